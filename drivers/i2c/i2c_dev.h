/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device on one of the kernel's I2C buses (/dev/i2c-N). */
#ifndef KOTAK_I2C_I2C_DEV_H
#define KOTAK_I2C_I2C_DEV_H

#include <stdint.h>

#include "base/cleanup.h"
#include "port/i2c.h"

/*
 * address: seven bits, without the direction. 0, or -ENOENT there is no such bus, -EACCES, -EBUSY
 * a kernel driver has the address, -EINVAL. Whether the device is there is seen at the first write.
 */
must_check int i2c_dev_open(unsigned bus, uint8_t address, struct i2c **out);

#endif
