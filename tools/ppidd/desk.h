/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The officers' desk: pages that work without a script. Handlers of desk_routes[]. */
#ifndef PPIDD_DESK_H
#define PPIDD_DESK_H

#include "tools/ppidd/html.h"
#include "tools/ppidd/http.h"

/* Begins a page with the office's head and, for an officer, the menu. */
must_check int desk_begin(struct request *request, struct page *page, const char *title,
	const char *place, int64_t refresh_s, const char *refresh_url);
/* Ends and answers it. */
must_check int desk_answer(struct request *request, struct page *page, unsigned status);
/* The hidden field that every form carries. */
void desk_form_token(struct request *request, FILE *out);
/*
 * Whether a form came from a page of this session and may change something. Else the
 * refusal was answered, and its result is in *error.
 */
must_check bool desk_form_ok(struct request *request, bool changes, int *error);

int desk_get_login(struct request *request);
int desk_post_login(struct request *request);
int desk_post_logout(struct request *request);
int desk_get_list(struct request *request);
int desk_get_complaint(struct request *request);
int desk_post_state(struct request *request);
int desk_post_answer(struct request *request);
int desk_post_question(struct request *request);
int desk_get_kiosks(struct request *request);
int desk_post_checked(struct request *request);
int desk_get_unreadable(struct request *request);

/* desk_history.c: one complaint's history in plain words. */
void desk_history(FILE *out, const json_t *events);
void desk_messages(FILE *out, const json_t *messages, const json_t *commands);

#endif
