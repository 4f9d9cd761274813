/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What anybody may open without an account: statistics, rights, the state of one's own complaint
 * with ticket number and PIN, and the same figures as open data.
 */
#ifndef PPIDD_PUBLIC_H
#define PPIDD_PUBLIC_H

#include "tools/ppidd/html.h"
#include "tools/ppidd/http.h"
#include "tools/ppidd/public_figures.h"

extern const struct route public_routes[]; /* ends with an empty one */

/* A public page with its own menu. */
must_check int public_begin(
	struct request *request, struct page *page, const char *title, const char *place);
/* Ends and answers it; it is not kept by anybody on the way. */
must_check int public_end(struct request *request, struct page *page, unsigned status);

/*
 * Answers what is the same for everybody: caches may keep it for some minutes, and whoever has it
 * already (If-None-Match) is told so. Takes ownership of text.
 */
must_check int public_answer(struct request *request, const char *type, char *text, size_t size);

/* What was made of the figures lately, for the next asker. */
struct public_copy {
	char *text;
	size_t size;
	int64_t edition, made_ms;
};
/*
 * Answers with what make() writes of the figures, or wrote within the last minute of the same
 * figures. While they were never read the request waits for them: 0 as well, and the handler is
 * called again.
 */
must_check int public_answer_figures(struct request *request, const char *type,
	struct public_copy *copy,
	int (*make)(struct request *request, const struct public_figures *figures,
		const json_t *kiosks, char **text, size_t *size));

/* public_ticket.c */
int public_get_ticket(struct request *request);
int public_post_ticket(struct request *request);

/* opendata.c */
int opendata_get_json(struct request *request);
int opendata_get_csv(struct request *request);

/* What a cell of a public table says: its number, or in words why it isn't there. */
const char *public_cell(
	const struct public_row *row, enum public_column column, char out[static NUMBER_SIZE]);
/* Names of the kiosks: "3": "Balai …". Caller owns. */
must_check int public_kiosks(struct db *db, json_t **out);

#endif
