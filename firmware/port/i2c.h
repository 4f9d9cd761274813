/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The I2C seam: messages written to one device on a bus. */
#ifndef KOTAK_PORT_I2C_H
#define KOTAK_PORT_I2C_H

#include <stddef.h>
#include <stdint.h>

struct i2c;

struct i2c_ops {
	const char *name;
	/*
	 * Writes all bytes in one message. 0, or a negative errno: -ENXIO or -EREMOTEIO when no
	 * device answers, -ETIMEDOUT when the bus hangs. The device may come back at any time.
	 */
	int (*write)(struct i2c *i2c, const uint8_t *bytes, size_t count);
	void (*close)(struct i2c *i2c);
};

struct i2c {
	const struct i2c_ops *ops;
};

#endif
