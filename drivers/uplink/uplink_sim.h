/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated uplink: requests wait until the one who holds it answers or fails them, so that
 * every order of answers, losses and delays can be played through without a network.
 */
#ifndef KOTAK_UPLINK_SIM_H
#define KOTAK_UPLINK_SIM_H

#include "base/cleanup.h"
#include "port/uplink.h"

/* Release it with its close operation. */
must_check int uplink_sim_new(struct uplink **out);

/* The oldest request under way whose path begins so, or NULL; valid until it is answered. */
const struct uplink_request *uplink_sim_find(const struct uplink *uplink, const char *path);

/* How many requests are under way. */
size_t uplink_sim_count(const struct uplink *uplink);

/* Answers the request; body may be NULL. -ENOENT when it isn't under way. */
must_check int uplink_sim_answer(struct uplink *uplink, uint64_t tag, int status, const char *body);

/* Fails the request as if there had been no answer. -ENOENT when it isn't under way. */
must_check int uplink_sim_fail(
	struct uplink *uplink, uint64_t tag, const char *error, bool certificate);

#endif
