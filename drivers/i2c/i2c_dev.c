/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "i2c/i2c_dev.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

/* In units of 10 ms: time for the longest message of a display, and a hung bus costs no more. */
#define TIMEOUT_TENS_MS 5UL

struct i2c_dev {
	struct i2c i2c;
	int fd;
};

static int dev_write(struct i2c *i2c, const uint8_t *bytes, size_t count)
{
	const struct i2c_dev *self = (const struct i2c_dev *)i2c;
	ssize_t written = write(self->fd, bytes, count);

	if (written < 0)
		return -errno;
	return (size_t)written == count ? 0 : -EIO;
}

static void dev_close(struct i2c *i2c)
{
	struct i2c_dev *self = (struct i2c_dev *)i2c;

	if (!self)
		return;
	close(self->fd);
	free(self);
}

static const struct i2c_ops dev_ops = {
	.name = "dev",
	.write = dev_write,
	.close = dev_close,
};

int i2c_dev_open(unsigned bus, uint8_t address, struct i2c **out)
{
	char path[32];
	autoclose int fd = -1;
	struct i2c_dev *self;

	/* 0 to 7 and 0x78 to 0x7f are reserved (UM10204, table 4). */
	if (address < 0x08 || address > 0x77)
		return -EINVAL;
	snprintf(path, sizeof(path), "/dev/i2c-%u", bus);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, I2C_SLAVE, (unsigned long)address) < 0)
		return -errno;
	/* The display tries again by itself, and knows when. */
	if (ioctl(fd, I2C_TIMEOUT, TIMEOUT_TENS_MS) < 0 || ioctl(fd, I2C_RETRIES, 0UL) < 0)
		return -errno;
	self = calloc(1, sizeof(*self));
	if (!self)
		return -ENOMEM;
	self->i2c.ops = &dev_ops;
	self->fd = fd;
	fd = -1;
	*out = &self->i2c;
	return 0;
}
