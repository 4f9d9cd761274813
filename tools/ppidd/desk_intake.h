/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What officers type in for people who use no kiosk, and bring to them. Handlers of
 * intake_routes[]. */
#ifndef PPIDD_DESK_INTAKE_H
#define PPIDD_DESK_INTAKE_H

#include "tools/ppidd/desk.h"

#define DAY_TEXT_SIZE 16

/*
 * A day as people write it (2026-11-24, 24-11-2026, 24/11/2026, 24.11.2026) as a moment of it: noon
 * by the office's clock, or now when it is today. -EINVAL: no such day.
 */
must_check int intake_day(const char *text, int64_t now_ms, int64_t *time_ms);
/* "2026-11-24", the day that a moment falls on, for a form's field. */
const char *intake_today(int64_t now_ms, char out[static DAY_TEXT_SIZE]);

/* The options of a list of channels, "" first when none is chosen. */
void intake_channels(FILE *out, const char *chosen);
bool intake_known_channel(const char *name);
void intake_option(FILE *out, const char *value, const char *words, const char *chosen);
/* "Jawaban", "Pertanyaan" …: a handover's kind in words. */
const char *intake_kind(const char *kind);
/* "Dibacakan", "Diserahkan" … */
const char *intake_how(const char *how);

/* desk_intake_receipt.c: what the complainant takes home; pin NULL: it was told before. */
must_check int intake_receipt(
	struct request *request, const json_t *complaint, const char *pin, bool seen);
int intake_get_receipt(struct request *request);

/* desk_intake_handover.c */
int intake_get_handovers(struct request *request);
int intake_post_handed(struct request *request);
/* What is owed to the complainant, and what was brought, on the complaint's page. */
void intake_section(
	struct request *request, FILE *out, const json_t *complaint, const json_t *handovers);

/* desk_intake_reply.c: what a complainant says in person. */
int intake_get_reply(struct request *request);
int intake_post_reply(struct request *request);

/* letter.c */
int letter_get(struct request *request);
/* Begins a page that is meant to be printed. */
must_check int paper_begin(struct request *request, struct page *page, const char *title);
int paper_get_sheet(struct request *request);

#endif
