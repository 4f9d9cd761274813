/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first packet of a connection, read: which lines and how, or which I2C device. */
#ifndef PANEL_SIM_LINES_REQUEST_H
#define PANEL_SIM_LINES_REQUEST_H

#include <jansson.h>

#include "chip.h"

struct lines_request {
	bool i2c;
	struct chip_config config; /* lines */
	unsigned address;	   /* I2C */
};

/*
 * 0; -EPROTO it makes no sense; -ENODEV no such chip or bus; -ENOENT no such line; -EXDEV lines of
 * several chips; -EINVAL. trouble gets why, in words.
 */
must_check int lines_request_read(
	const json_t *packet, struct lines_request *out, char trouble[static CHIP_TROUBLE_SIZE]);

#endif
