/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a modem worker is run. For process.c only. */
#ifndef KOTAK_MODEM_PROCESS_CHILD_H
#define KOTAK_MODEM_PROCESS_CHILD_H

#include "port/modem.h"
#include "worker/child.h"

/* child_run() with the arguments of modem_worker_run(): this name, device and way to begin. */
must_check int modem_child_run(struct child *child, const char *executable, char *name,
	char *device, enum modem_reset recover, int channel);

#endif
