/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The socket that the drivers' simulated lines and I2C devices connect to: docs/panel.md, "The
 * simulated panel". A connection is one group of lines or one I2C device.
 */
#ifndef PANEL_SIM_LINES_SERVER_H
#define PANEL_SIM_LINES_SERVER_H

#include <jansson.h>
#include <systemd/sd-event.h>

#include "base/cleanup.h"
#include "board.h"

struct lines_server;

/* Listens at path; an old socket there is replaced. Negative errno on failure. */
must_check int lines_server_open(sd_event *loop, const char *path, struct lines_server **out);
/* Set before the loop runs; the board outlives the server. */
void lines_server_attach(struct lines_server *server, struct board *board);
void lines_server_close(struct lines_server *server);

/* Takes what every connection has sent so far. */
void lines_server_drain(struct lines_server *server);
/* board_handler's edge(): owner is a connection. */
void lines_server_edge(void *owner, unsigned line, bool rising, int64_t time_ns);
/* The chip goes out (its connections are closed) or comes back. */
void lines_server_chip(struct lines_server *server, bool out);
/* Cuts the connection that holds this line; whether there was one. */
bool lines_server_cut(struct lines_server *server, unsigned line);
/* A list of connections: "kind", "consumer", "lines", "address", "edges_lost". */
json_t *lines_server_show(const struct lines_server *server);

#endif
