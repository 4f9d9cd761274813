/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What officers decide about a complaint. Each decision is one transaction: events in the
 * server's log, the command to the kiosk and the state shown change together.
 */
#ifndef PPIDD_DECISION_H
#define PPIDD_DECISION_H

#include <jansson.h>

#include "tools/ppidd/chain.h"
#include "tools/ppidd/complaint.h"
#include "wire/state.h"

/* Longest answer or question in bytes: ten SMS parts of 153 septets. */
#define DECISION_TEXT_MAX 1500
#define DECISION_REASON_MAX 500
/* So that an office's name is whole in the one SMS that tells of a referral. */
#define DECISION_OFFICE_MAX 50
#define DECISION_NOTE_MAX 4000

struct decision {
	const char *complaint; /* UUID or ticket number */
	const char *once; /* UUID of this decision: made twice it counts once; NULL: a new one */
	const char *text; /* reason, answer, question or note */
	enum complaint_view view; /* what the officer doesn't see isn't there to be decided */
	bool superior;		  /* by PPID's superior, who alone decides on objections */
	/* The channel by which the complainant asked for it, as in enter.h; NULL: the office's own.
	 */
	const char *via;
	/* Others, by UUID, that get the same in the same transaction: all or none. */
	const char *const *others;
	size_t others_count;
};

/*
 * Return 0, and in *complaint (caller owns, may be NULL) the complaint after it. -ENOENT: no
 * such complaint; -EPERM: not a legal step from its state; -EINVAL: no text where one is
 * needed; -EMSGSIZE: too long; -EILSEQ: not UTF-8 text; -EALREADY: this decision was made
 * before (nothing changed); -EACCES: only PPID's superior decides that; -ETIME: an objection that
 * came too late; -ENOMSG: one that doesn't name its ticket and ground.
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
 * What isn't PPID's business goes to the office named, and the complainant is told which; text is
 * the reason, if any. -ENODATA: no name, or too long a one.
 */
must_check int decide_referral(struct db *db, const struct step *step,
	const struct decision *decision, const char *office, json_t **complaint);
/* access, quality, procedure or other; about: office, official, agency, other or "" for unsaid.
 * -EDOM: neither. */
must_check int decide_category(struct db *db, const struct step *step,
	const struct decision *decision, const char *category, const char *about,
	json_t **complaint);
/* Who is responsible, of a verified complaint. -ENOKEY: no account that may handle it. */
must_check int decide_assignment(struct db *db, const struct step *step,
	const struct decision *decision, const char *officer, json_t **complaint);
/*
 * A note of the investigation, which it begins; kind: finding, solution or internal; cause:
 * administrative, procedure, technical, other, or "" to leave it. -EDOM: neither.
 */
must_check int decide_note(struct db *db, const struct step *step, const struct decision *decision,
	const char *kind, const char *cause, json_t **complaint);
/* 14 working days with a reason, which the complainant is told. -ENOTUNIQ: they are given. */
must_check int decide_extension(struct db *db, const struct step *step,
	const struct decision *decision, json_t **complaint);

/*
 * What the complainant says by another way than the kiosk's (via); text is what was said, or the
 * words of a rating. decide_state() with via withdraws or reopens as they ask.
 */
struct details {
	const char *name, *address; /* NULL or "": as they are */
	const char *contact;	    /* only of a complaint that no kiosk took in: else -EDOM */
};
/* Adds to a complaint that isn't referred or withdrawn; what was asked is answered with it. */
must_check int decide_details(struct db *db, const struct step *step,
	const struct decision *decision, const struct details *details, json_t **complaint);
/* 1 to 5, of an answered complaint. -EDOM: no such rating. */
must_check int decide_rating(struct db *db, const struct step *step,
	const struct decision *decision, int64_t rating, json_t **complaint);
/* Whether name, address and number are kept from the unit that handles it. */
must_check int decide_confidential(struct db *db, const struct step *step,
	const struct decision *decision, bool on, json_t **complaint);

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
