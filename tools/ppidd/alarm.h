/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is the matter with kiosks, begun and ended by itself: a kiosk that is silent, and what the
 * kiosks tell of themselves. Kinds, by their severity:
 *
 *   3  silent, modem, sim, sim-refused, no-network, disk   nobody is served, or soon nobody
 *   2  balance, panel, paper, printer                      something of it isn't
 *   1  clock, old-version, other                           to be looked into some time
 *
 * Begin and end are events kiosk.alarm {kiosk, kind, subject, on} of the server's log. What strikes
 * the eye in the kiosk's log itself (alert, kiosk.h) is another thing: a person takes that away.
 */
#ifndef PPIDD_ALARM_H
#define PPIDD_ALARM_H

#include <jansson.h>

#include "tools/ppidd/chain.h"

#define ALARM_WORST 3

/*
 * Begins and ends alarms as things stand at that moment. A kiosk is silent when nothing was heard
 * of it for silence_ms; 0: none ever is. Returns how many began or ended.
 */
must_check int alarm_run(struct db *db, int64_t now_ms, int64_t silence_ms);

/*
 * Array of {kiosk, kind, subject, severity, since, seen_by, seen, amount, valid_until}, the worst
 * first; kiosk 0: of all. amount and valid_until are those of the SIM of a "balance", else null.
 */
must_check int alarm_list(struct db *db, int64_t kiosk, json_t **out);
/* How many kiosks have one that nobody has seen yet. */
must_check int alarm_count(struct db *db, int64_t *kiosks);
/* Somebody knows of all of that kiosk's: written down, and they no longer count as news. */
must_check int alarm_seen(
	struct db *db, const struct step *step, int64_t kiosk, const char *officer);

#endif
