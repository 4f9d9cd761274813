/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asking complainants whether it helped: by itself some days after an answer arrived, once a
 * complaint, or when an officer wants to know. The kiosk asks only those who agreed.
 */
#ifndef PPIDD_SURVEY_H
#define PPIDD_SURVEY_H

#include "tools/ppidd/decision.h"

#define RATING_WORST 1
#define RATING_BEST 5

/*
 * An officer asks. As decide_state(), and -EPERM: it isn't answered yet; -EEXIST: they were
 * asked already, or told unasked, since it was last reopened.
 */
must_check int decide_survey(struct db *db, const struct step *step,
	const struct decision *decision, json_t **complaint);

/*
 * Asks about every answer that arrived after_ms ago or longer, in a transaction of its own.
 * Returns how many were asked (some may be left: *next_ms is not after now then); *next_ms
 * gets when the next one is due, INT64_MAX when none is under way.
 */
must_check int survey_run(struct db *db, int64_t now_ms, int64_t after_ms, int64_t *next_ms);

/* For apply.c, in its transaction: a message arrived, which counts when it is an answer. */
must_check int survey_answer_arrived(struct db *db, const char *message, int64_t time_ms);
/* The complainant was asked. */
must_check int survey_made(struct db *db, const char *complaint, int64_t now_ms);

#endif
