/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each SIM's operator last told of its money. */
#ifndef KOTAK_STORE_BALANCE_H
#define KOTAK_STORE_BALANCE_H

#include "store/store.h"

struct stored_balance {
	const char *operator_name; /* for store_balance_put only */
	const char *raw;	   /* likewise: the answer as it came */
	int64_t amount;		   /* rupiah; -1: it couldn't be understood */
	int64_t valid_until_ms;	   /* 0: not told */
	int64_t asked_ms;
};

/* 1 and *out, or 0 when it was never told. */
must_check int store_balance(struct store *store, const char *modem, struct stored_balance *out);
must_check int store_balance_put(
	struct store *store, const char *modem, const struct stored_balance *balance);

#endif
