/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both of the simulator's sockets need. */
#ifndef PANEL_SIM_SOCKETS_H
#define PANEL_SIM_SOCKETS_H

#include <stdint.h>

#include "base/cleanup.h"

/* CLOCK_MONOTONIC. */
int64_t sim_clock_us(void);
int64_t sim_clock_ns(void);

/*
 * A listening Unix socket of this type at path, non-blocking; a socket that an earlier run left is
 * replaced, nothing else is. The descriptor, or a negative errno.
 */
must_check int sim_listen(const char *path, int type);

#endif
