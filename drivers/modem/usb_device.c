/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/usb_device.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "modem/usb_ids.h"

/* A USB device is at most so many directories above its tty. */
#define LEVELS_MAX 6

int usb_device_number(const char *directory, const char *name, int base)
{
	char file_name[PATH_MAX];
	char text[16];
	char *end;
	long number;
	autofile FILE *file = NULL;

	if (snprintf(file_name, sizeof(file_name), "%s/%s", directory, name) >=
		(int)sizeof(file_name))
		return -1;
	file = fopen(file_name, "re");
	if (!file || !fgets(text, sizeof(text), file))
		return -1;
	number = strtol(text, &end, base);
	return end == text || number < 0 || number > INT_MAX ? -1 : (int)number;
}

char *usb_device_of(const char *tty_path)
{
	const char *name = strrchr(tty_path, '/');
	char link[PATH_MAX];
	autofree char *directory = NULL;

	if (!name ||
		snprintf(link, sizeof(link), "/sys/class/tty%s/device", name) >= (int)sizeof(link))
		return NULL;
	directory = realpath(link, NULL);
	for (int level = 0; directory && level < LEVELS_MAX; level++) {
		char *end;

		if (usb_device_number(directory, "idVendor", 16) >= 0)
			return take_pointer(directory);
		end = strrchr(directory, '/');
		if (!end || end == directory)
			break;
		*end = '\0';
	}
	return NULL;
}

int usb_device_claim(const char *tty_path)
{
	autofree char *directory = usb_device_of(tty_path);
	int fd, error;

	if (!directory ||
		usb_port_rank(usb_device_number(directory, "idVendor", 16),
			usb_device_number(directory, "idProduct", 16), -1) == USB_NOT_A_MODEM)
		return -ENODEV;
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	error = errno == EWOULDBLOCK ? -EBUSY : -errno;
	close(fd);
	return error;
}
