/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/usb_reset.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "modem/usb_device.h"

int usb_reset_port(const char *tty_path)
{
	autofree char *directory = usb_device_of(tty_path);
	autoclose int fd = -1;
	char node[64];
	int bus, device;

	if (!directory)
		return -ENODEV;
	bus = usb_device_number(directory, "busnum", 10);
	device = usb_device_number(directory, "devnum", 10);
	if (bus < 0 || device < 0)
		return -ENODEV;
	snprintf(node, sizeof(node), "/dev/bus/usb/%03d/%03d", bus, device);
	fd = open(node, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return ioctl(fd, USBDEVFS_RESET, 0) < 0 ? -errno : 0;
}
