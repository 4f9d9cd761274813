/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of one complaint, in parts: what is known, the forms, what is done with them. */
#ifndef PPIDD_DESK_COMPLAINT_H
#define PPIDD_DESK_COMPLAINT_H

#include "tools/ppidd/desk.h"

/* Others that say much the same are offered for one answer to all of them. */
#define SIMILAR_MOST 12

struct form_state {
	const char *wrong; /* what was refused, or NULL */
	const char *text;  /* what was typed, so that it isn't lost */
	const char *form;  /* in which form: "state", "answer", "question" … */
};

/* What the page is made of, each as its module lists it. */
struct complaint_page {
	json_t *complaint, *history, *messages, *commands, *notes, *similar, *officers, *handovers;
};

/* desk_complaint.c: the page, with what was wrong in a form. */
must_check int desk_show_complaint(
	struct request *request, unsigned status, const struct form_state *form);

/* desk_complaint_forms.c: those that the reader may send in the complaint's state. */
void desk_complaint_forms(struct request *request, FILE *out, const struct complaint_page *parts,
	const struct form_state *form);
/* desk_next.c: whose turn it is; a link to the forms for whose it is. */
void desk_next_step(struct request *request, FILE *out, const json_t *complaint);
const char *desk_word_note(const char *kind);
const char *desk_word_cause(const char *cause);

/*
 * By when it is to be answered, in words for a page. Returns a class for them: "late", "soon",
 * "waits", "" and, with no words, for what is ended.
 */
#define DUE_WORDS 120
const char *desk_due(const json_t *complaint, int64_t now_ms, char out[static DUE_WORDS]);

/* desk_complaint_post.c */
int desk_post_verify(struct request *request);
int desk_post_refer(struct request *request);
int desk_post_category(struct request *request);
int desk_post_assign(struct request *request);
int desk_post_note(struct request *request);
int desk_post_extend(struct request *request);
int desk_post_kind(struct request *request);

#endif
