/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket: a client connects, sends one line and reads one JSON document until
 * the end. "status" gives status_document(); "wake" makes the sync look again at once.
 */
#ifndef KOTAK_KOTAKD_CONTROL_H
#define KOTAK_KOTAKD_CONTROL_H

#include "base/cleanup.h"

struct kiosk;
struct control;

/* Listens at the path (an old socket there is replaced). 0 or a negative errno, said. */
must_check int control_open(struct kiosk *kiosk, const char *path, struct control **out);
/* NULL is fine. Removes the socket. */
void control_close(struct control *control);

#endif
