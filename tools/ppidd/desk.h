/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The officers' desk: pages that work without a script. Handlers of desk_routes[]. */
#ifndef PPIDD_DESK_H
#define PPIDD_DESK_H

#include "tools/ppidd/complaint.h"
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

/* The answer hands the browser this session. */
must_check int desk_session_cookie(struct request *request, const char *token);

/* What the officer may see of complaints. */
enum complaint_view desk_view(const struct request *request);
/* Instead of a name, address or number that isn't for the reader. */
#define DESK_KEPT "dirahasiakan"
/* The officer as an event's actor. */
#define DESK_ACTOR_SIZE (OFFICER_NAME_MAX + 16)
const char *desk_actor(const struct request *request, char out[static DESK_ACTOR_SIZE]);

int desk_get_login(struct request *request);
int desk_post_login(struct request *request);
int desk_post_logout(struct request *request);
int desk_get_list(struct request *request);
int desk_get_complaint(struct request *request);
int desk_post_state(struct request *request);
int desk_post_answer(struct request *request);
int desk_post_question(struct request *request);
int desk_post_survey(struct request *request);
int desk_get_announcements(struct request *request);
int desk_post_announcement(struct request *request);
int desk_get_kiosks(struct request *request);
int desk_post_checked(struct request *request);
int desk_get_unreadable(struct request *request);

/* desk_history.c: one complaint's history in plain words. */
void desk_history(FILE *out, const json_t *events);
void desk_messages(FILE *out, const json_t *messages, const json_t *commands);
/* What happened, in words; NULL for what an officer needn't see. */
const char *desk_event_words(const json_t *event);
/* The words with what they are about. */
void desk_event_headline(FILE *out, const json_t *event, const char *words);
/* Whether a message's words may be shown: our own notices carry the complainant's PIN. */
bool desk_may_show_message(const char *purpose);
const char *desk_word_command(const char *type);
/* What a route showed, as in reading.h. */
const char *desk_word_reading(const char *what);
/* An event's or command's actor in words. */
const char *desk_who(const char *actor);
/* What the complainant added later with words of their own. */
void desk_additions(FILE *out, const json_t *events);

/* desk_reason.c: a kiosk's reason in an officer's language; unknown ones as they are. */
void desk_reason(const char *reason, char *out, size_t size);

#endif
