/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket: one JSON object a line each way, any number of clients. What the requests
 * do is in control_requests.c and control_faults.c and, for people, in panel-sim(1).
 */
#ifndef PANEL_SIM_CONTROL_H
#define PANEL_SIM_CONTROL_H

#include <jansson.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "board.h"
#include "sim.h"

struct control;

/* Listens at path (an old socket there is replaced). Negative errno on failure. */
must_check int control_open(struct sim *sim, const char *path, struct control **out);
void control_close(struct control *control);

/* Tells watchers at once of lamp, buzzer and keys. */
void control_changed(struct control *control, enum board_change change, int64_t time_ns);
/* Gives the answers that are due, and tells watchers of a glass that changed. */
void control_settle(struct control *control);

/*
 * The answer to one request, {"ok": …}; the caller's. When sim->awaited is set it is to be given
 * only once so many strokes are done and the contacts lie still. Never NULL while there is memory.
 */
json_t *control_answer(struct sim *sim, const json_t *request);

/*
 * client.c: sends one request and prints the answer (all answers for "watch"). Returns the
 * exit status: 0 for ok, 1 otherwise, 2 for a request that is no JSON.
 */
int control_client(const char *path, const char *request);

#endif
