/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serial ports: finding, opening, writing without blocking. libserialport does the work, and
 * nobody else uses it. What it doesn't know (it wants a port to stand in /sys/class/tty, which
 * pseudo-terminals don't) is opened with the kernel's own calls.
 */
#ifndef KOTAK_MODEM_SERIAL_H
#define KOTAK_MODEM_SERIAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"

/* Device paths to try, best first. */
struct serial_candidates {
	char **paths; /* with links followed */
	size_t count;
};

/*
 * The ports that device stands for just now: a path (links are followed), a pattern (glob(7)),
 * or "auto": the ports of USB modems, those of known makes only. Fills out, which is empty when
 * there is none. -ENOMEM. Free with serial_candidates_free().
 */
must_check int serial_find(const char *device, struct serial_candidates *out);
void serial_candidates_free(struct serial_candidates *candidates);

struct serial;

/*
 * Opens a port for ourselves alone: 115200 8N1 (USB modems don't care), raw, non-blocking.
 * -EBUSY when another process has it, -ENOTTY when it is no serial port, else errno of open.
 */
must_check int serial_open(const char *path, struct serial **out);
/* Drops what waits to be written; NULL is fine. */
void serial_close(struct serial *serial);

int serial_fd(const struct serial *serial);
const char *serial_path(const struct serial *serial);

/* Like read(2) and write(2), but -EAGAIN, and -ENODEV when the port is gone in whatever way. */
must_check ssize_t serial_read(struct serial *serial, uint8_t *bytes, size_t size);
must_check ssize_t serial_write(struct serial *serial, const uint8_t *bytes, size_t size);

#endif
