/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What officers decide about a complaint. Each decision is one transaction: events in the
 * server's log, the command to the kiosk and the state shown change together.
 */
#ifndef PPIDD_DECISION_H
#define PPIDD_DECISION_H

#include <jansson.h>

#include "tools/ppidd/chain.h"
#include "wire/state.h"

/* Longest answer or question in bytes: ten SMS parts of 153 septets. */
#define DECISION_TEXT_MAX 1500
#define DECISION_REASON_MAX 500

struct decision {
	const char *complaint; /* UUID or ticket number */
	const char *once; /* UUID of this decision: made twice it counts once; NULL: a new one */
	const char *text; /* reason, answer or question */
};

/*
 * Return 0, and in *complaint (caller owns, may be NULL) the complaint after it. -ENOENT: no
 * such complaint; -EPERM: not a legal step from its state; -EINVAL: no text where one is
 * needed; -EMSGSIZE: too long; -EILSEQ: not UTF-8 text; -EALREADY: this decision was made
 * before (nothing changed).
 */
must_check int decide_state(struct db *db, const struct step *step, const struct decision *decision,
	enum complaint_state to, json_t **complaint);
/* An answer resolves the complaint by the shortest legal way. */
must_check int decide_answer(struct db *db, const struct step *step,
	const struct decision *decision, json_t **complaint);
/* A question to the complainant; the complaint is incomplete until they reply. */
must_check int decide_question(struct db *db, const struct step *step,
	const struct decision *decision, json_t **complaint);

/*
 * The words as they will be sent: line ends unified, blank edges cut; caller frees *out.
 * -EMSGSIZE: more than most bytes; -EILSEQ: not UTF-8 text.
 */
must_check int decision_words(const char *words, size_t most, char **out);

/* Whether an answer or a question can be given in that state. */
bool decision_may_answer(enum complaint_state state);
bool decision_may_ask(enum complaint_state state);

/* Why a decision was refused, in Indonesian, for people. */
const char *decision_refusal(int error);

#endif
