/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the pages about kiosks share. */
#ifndef PPIDD_DESK_KIOSK_H
#define PPIDD_DESK_KIOSK_H

#include "tools/ppidd/desk.h"
#include "tools/ppidd/kiosk_office.h"

#define KIOSK_FORM_MOST 16384

/* desk_kiosk_words.c: what a kiosk's state is called, by {state, worst}; class: of its badge. */
const char *kiosk_words(const json_t *kiosk, const char **class);
/* What is the matter, and what to do about it, of one of alarm_list(). */
void alarm_words(FILE *out, const json_t *alarm);
const char *alarm_advice(const char *kind);
/* One {item, fault} as a kiosk tells it. */
void fault_words(FILE *out, const json_t *fault);
/* What struck the eye in a kiosk's log (alert_list()). */
const char *alert_words(const char *kind);
const char *word_clock(const char *quality);
const char *word_sim(const char *sim);
const char *word_registration(const char *registration);
/* "kuat", "cukup" or "lemah" */
const char *word_signal(int64_t dbm);

/* desk_kiosks.c: one SIM's money, of sim_list(). */
void sim_line(FILE *out, const json_t *sim);
/* The alerts of the list, each with the button that takes its kiosk's away. */
void show_alerts(struct request *request, FILE *out, const json_t *alerts);
/* The fields of a kiosk's name and place. */
void place_fields(FILE *out, const json_t *kiosk);
/* The list with what was wrong with a form; kiosk: what was typed in, or NULL. */
int kiosks_page(struct request *request, unsigned status, const char *wrong, const json_t *kiosk);

/* desk_kiosk.c: the number that request->part is; 0: none. */
int64_t kiosk_asked(const struct request *request);
int kiosk_page_of(struct request *request, unsigned status, const char *wrong);

/* desk_kiosk_change.c: what an administrator does. */
int desk_post_kiosk(struct request *request);
int desk_post_kiosk_name(struct request *request);
int desk_post_kiosk_code(struct request *request);
int desk_get_kiosk_revoke(struct request *request);
int desk_post_kiosk_revoke(struct request *request);
int desk_post_kiosk_restore(struct request *request);
/* And whoever handles complaints. */
int desk_post_kiosk_seen(struct request *request);

#endif
