/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The money on the kiosks' SIM cards, as the kiosks tell it. */
#ifndef PPIDD_SIM_H
#define PPIDD_SIM_H

#include <jansson.h>

#include "tools/ppidd/db.h"

#define SIM_WORDS_MAX 64

struct sim {
	int64_t kiosk;
	const char *modem, *operator_name;
	int64_t amount;		/* rupiah; negative: not understood */
	int64_t valid_until_ms; /* 0: not told */
	bool low;		/* the kiosk wants it topped up */
	int64_t told_ms;
};

/* What a kiosk told last, in the caller's transaction. */
must_check int sim_told(struct db *db, const struct sim *sim);

/* Array of {kiosk, modem, operator, amount, valid_until, low, told}; those not told are null. */
must_check int sim_list(struct db *db, json_t **out);

/* 1 when a kiosk in use has a SIM to top up, 0 when none. */
must_check int sim_any_low(struct db *db);

#endif
