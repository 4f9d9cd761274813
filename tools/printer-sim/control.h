/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket: one JSON object a line each way, any number of clients. printer-sim(1) says
 * what can be asked. */
#ifndef PRINTER_SIM_CONTROL_H
#define PRINTER_SIM_CONTROL_H

#include <jansson.h>
#include <systemd/sd-event.h>

#include "base/cleanup.h"

struct printer_sim;
struct control;

/* Listens at path (an old socket there is replaced). 0 or a negative errno. */
must_check int control_open(
	sd_event *loop, struct printer_sim *sim, const char *path, struct control **out);
void control_close(struct control *control);
/* Tells those who watch. */
void control_tell(struct control *control, const json_t *event);

/* requests.c: the answer to one request (caller's reference). */
json_t *control_answer(struct printer_sim *sim, const json_t *request);

/* client.c: sends one request and prints the answer (all for "watch"). The exit status. */
int control_client(const char *path, const char *request);

#endif
