/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/usb_reset.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/usbdevice_fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

/* A USB device is at most so many directories above its tty. */
#define LEVELS_MAX 6

static bool read_number(const char *directory, const char *name, unsigned *out)
{
	char file_name[PATH_MAX];
	char text[16];
	autofile FILE *file = NULL;

	if (snprintf(file_name, sizeof(file_name), "%s/%s", directory, name) >=
		(int)sizeof(file_name))
		return false;
	file = fopen(file_name, "re");
	if (!file || !fgets(text, sizeof(text), file))
		return false;
	*out = (unsigned)strtoul(text, NULL, 10);
	return *out > 0;
}

/* Looks upwards from the tty's place in /sys for the device with a bus and an address. */
static int find_device(const char *tty_path, unsigned *bus, unsigned *device)
{
	const char *name = strrchr(tty_path, '/');
	char link[PATH_MAX];
	autofree char *directory = NULL;

	if (!name ||
		snprintf(link, sizeof(link), "/sys/class/tty%s/device", name) >= (int)sizeof(link))
		return -ENODEV;
	directory = realpath(link, NULL);
	for (int level = 0; directory && level < LEVELS_MAX; level++) {
		char *end;

		if (read_number(directory, "busnum", bus) &&
			read_number(directory, "devnum", device))
			return 0;
		end = strrchr(directory, '/');
		if (!end)
			break;
		*end = '\0';
	}
	return -ENODEV;
}

int usb_reset_port(const char *tty_path)
{
	unsigned bus, device;
	char node[64];
	autoclose int fd = -1;
	int error = find_device(tty_path, &bus, &device);

	if (error)
		return error;
	snprintf(node, sizeof(node), "/dev/bus/usb/%03u/%03u", bus, device);
	fd = open(node, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return ioctl(fd, USBDEVFS_RESET, 0) < 0 ? -errno : 0;
}
