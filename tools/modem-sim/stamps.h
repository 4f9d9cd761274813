/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Service-centre time stamps have whole seconds, so the same words from the same number
 * twice in a second would be one PDU, which a receiver must take for a repetition. This
 * gives the second one the next second.
 */
#ifndef MODEM_SIM_STAMPS_H
#define MODEM_SIM_STAMPS_H

#include <stddef.h>
#include <stdint.h>

struct stamp {
	uint64_t key; /* of sender and text; 0 is a free place */
	int64_t second;
};

/* An open-addressing table; zero-initialise. */
struct stamps {
	struct stamp *places;
	size_t capacity;
	size_t used;
};

/* The time in milliseconds, a whole second, for this text: now or as soon after as is unique. */
int64_t stamps_unique(struct stamps *stamps, int64_t now_ms, const char *from,
	const uint16_t *units, size_t count);
void stamps_free(struct stamps *stamps);

#endif
