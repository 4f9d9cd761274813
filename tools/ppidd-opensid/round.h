/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One round of the bridge: connects, takes what changed there, writes what changed here, leaves.
 * Cut off anywhere, the next round goes on: a row there is found again by its mark, and nothing
 * of ours says more than what is there.
 */
#ifndef PPIDD_OPENSID_ROUND_H
#define PPIDD_OPENSID_ROUND_H

#include "tools/ppidd-opensid/settings.h"

struct round {
	int64_t written; /* rows there that were made or changed */
	int64_t taken;	 /* statuses and follow-ups that came back */
	int64_t refused; /* complaints that MariaDB's columns don't take */
	bool more;	 /* there is more to do at once */
	char why[256];	 /* of an error or of what was refused, for a technician */
};

/* -EIO: see why; another error is the store's, which said so in the log. */
must_check int round_run(
	struct db *db, const struct settings *settings, int64_t now_ms, struct round *round);

#endif
