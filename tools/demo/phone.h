/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The residents' phones: what was sent with them, and what the simulated network delivered
 * to them, asked of modem-sim over its control socket.
 */
#ifndef KOTAK_DEMO_PHONE_H
#define KOTAK_DEMO_PHONE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cleanup.h"

struct phones;

/* Connects to modem-sim's control socket. Caller closes. */
must_check int phones_open(const char *control, struct phones **out);
void phones_close(struct phones *phones);

/* A resident sends an SMS. 0, -EINVAL when the simulator refuses it, or a negative errno. */
must_check int phones_send(struct phones *phones, const char *number, const char *text);

/*
 * What the phone of this number shows, oldest first: an array of {"mine": bool, "text",
 * "time_ms", "taken": bool} where taken says that the kiosk took it off its modem.
 * Caller owns *out.
 */
must_check int phones_show(struct phones *phones, const char *number, json_t **out);

/* Pulls the modem's plug, or puts it back. */
must_check int phones_plug(struct phones *phones, bool plugged, const char *link);

#endif
