/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket: one JSON object a line each way, any number of clients. What each
 * request does is in control_requests.c and, for people, in docs/modem-sim.md.
 */
#ifndef MODEM_SIM_CONTROL_H
#define MODEM_SIM_CONTROL_H

#include <jansson.h>
#include <systemd/sd-event.h>

#include "base/cleanup.h"

struct modem;
struct control;

/* Listens at path (an old socket there is replaced). Negative errno on failure. */
must_check int control_open(
	sd_event *loop, struct modem *modem, const char *path, struct control **out);
void control_close(struct control *control);

/* The answer to one request, {"ok": …}; caller owns. Never NULL. control_requests.c */
json_t *control_answer(struct modem *modem, const json_t *request);
/* An answer {"ok": false, "error": …}. */
json_t *control_refusal(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * client.c: sends one request and prints the answer (all answers for "watch"). Returns the
 * exit status: 0 for ok, 1 otherwise.
 */
int control_client(const char *path, const char *request);

#endif
