/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device on the simulated panel's I2C bus (docs/panel.md). */
#ifndef KOTAK_I2C_I2C_SIM_H
#define KOTAK_I2C_I2C_SIM_H

#include <stdint.h>

#include "base/cleanup.h"
#include "port/i2c.h"

/*
 * 0, or the simulator's errno, or -ENODEV when there is no simulator. When it goes away later
 * every write gives -ENODEV: open it anew.
 */
must_check int i2c_sim_open(
	const char *socket_path, unsigned bus, uint8_t address, struct i2c **out);

#endif
