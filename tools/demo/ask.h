/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulators' control sockets: one JSON object a line each way. */
#ifndef KOTAK_DEMO_ASK_H
#define KOTAK_DEMO_ASK_H

#include <jansson.h>
#include <stdio.h>

#include "base/cleanup.h"

/* Connects; the caller closes the stream. A simulator has five seconds for an answer. */
must_check int ask_open(const char *path, FILE **out);

/*
 * One request (taken over) and its answer, which is the caller's; answer may be NULL. -EINVAL when
 * the answer isn't ok, -EIO (said in the log, with the simulator's name) when there is none.
 */
must_check int ask(FILE *control, const char *simulator, json_t *request, json_t **answer);

#endif
