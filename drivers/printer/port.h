/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The port of a receipt printer: a serial one, or the /dev/usb/lp0 of a USB printer. */
#ifndef KOTAK_PRINTER_PORT_H
#define KOTAK_PRINTER_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/cleanup.h"

struct serial;

struct printer_port {
	struct serial *serial; /* NULL: closed, or no serial port */
	int fd;		       /* -1: closed */
	struct stat opened;    /* what the path stood for */
};
#define PRINTER_PORT_CLOSED                                                                        \
	{                                                                                          \
		.fd = -1                                                                           \
	}

/* Whether serial ports have this rate. */
bool port_rate_known(unsigned baud);
/* 0, -EBUSY when another program has it, -ENOTTY for a file that is no port, or errno of open. */
must_check int port_open(struct printer_port *port, const char *device, unsigned baud);
/* Drops what waits to be sent, so that it never waits itself. Closed: does nothing. */
void port_close(struct printer_port *port);
/* Whether the path still stands for what was opened. */
bool port_there(const struct printer_port *port, const char *device);
/* Like read(2) and write(2), but -EAGAIN, and -ENODEV when the port is gone in whatever way. */
must_check ssize_t port_read(struct printer_port *port, uint8_t *bytes, size_t size);
must_check ssize_t port_write(struct printer_port *port, const uint8_t *bytes, size_t size);
/* Bytes that it hasn't sent yet, as far as it tells. */
int port_unsent(const struct printer_port *port);
/* Drops them. */
void port_drop(struct printer_port *port);

#endif
