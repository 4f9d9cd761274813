/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a head lets the public read (SOP 8b, 9b): summaries of what was done about complaints, and
 * improvements made because of them. A draft is looked at once more, then published; what was
 * published is never edited, only withdrawn. Each step is an event of the server's log.
 */
#ifndef PPIDD_PUBLICATION_H
#define PPIDD_PUBLICATION_H

#include <jansson.h>

#include "tools/ppidd/chain.h"
#include "tools/ppidd/http.h"

#define PUBLICATION_TITLE_MAX 120 /* bytes */
#define PUBLICATION_TEXT_MAX 2000
#define PUBLICATION_TICKETS_MAX 50

extern const struct route publication_routes[]; /* ends with an empty one */

struct publication_draft {
	const char *id;	  /* a UUID */
	const char *kind; /* "outcome" or "improvement" */
	const char *title, *text;
	const char *tickets; /* numbers, with anything between them */
};

/*
 * Writes a draft, or writes one anew. -EINVAL: something is empty or of no kind; -EMSGSIZE;
 * -EILSEQ; -ENOENT: one of the tickets isn't there; -EPERM: it is a draft no more.
 */
must_check int publication_save(
	struct db *db, const struct step *step, const struct publication_draft *draft);
/* To "published" from a draft, to "withdrawn" from published. -EPERM: another state; -ENOENT. */
must_check int publication_move(
	struct db *db, const struct step *step, const char *id, const char *to);

/* {id, kind, title, text, state, officer, created, published, tickets: [{ticket, uuid}]}. -ENOENT.
 */
must_check int publication_find(struct db *db, const char *id, json_t **out);
/* The newest, without tickets; only_public: what is published, the last published first. */
must_check int publication_list(struct db *db, bool only_public, int64_t most, json_t **out);

/*
 * What in title and text looks like the complainant of one of its tickets, or like any number of a
 * person: an array of words for the officer, empty when there is nothing.
 */
must_check int publication_warnings(struct db *db, const json_t *publication, json_t **out);

/* public_summary.c: what is published, for everybody. */
int public_get_outcomes(struct request *request);
int public_get_improvements(struct request *request);
int public_get_publications_json(struct request *request);

#endif
