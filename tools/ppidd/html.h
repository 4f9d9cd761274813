/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages: every text that gets into one goes through html(), which escapes it. */
#ifndef PPIDD_HTML_H
#define PPIDD_HTML_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/ids.h"
#include "tools/ppidd/officer.h"
#include "wire/state.h"

#define SESSION_COOKIE "ppidd_session"

/*
 * As fprintf for %s (escaped; NULL is nothing), %lld and %%, no flags or widths. The format
 * is ours and is HTML.
 */
void html(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Percent-encodes for a query; caller frees. NULL without memory. */
char *html_query_escape(const char *text);

/* One page in the making: a stream into memory. */
struct page {
	FILE *out;
	char *text;
	size_t size;
};

struct page_head {
	const char *title;
	const char *office;
	const struct officer *officer; /* NULL: nobody is logged in, no menu */
	const char *form_token;	       /* for the log-out button */
	const char *place;	       /* path of the present menu entry */
	int64_t refresh_s;	       /* 0: does not reload itself */
	const char *refresh_url;
	const char *sheet; /* path of one more style sheet, or NULL */
	/* Writes the menu of pages that need no log-in; NULL: there is none. */
	void (*menu)(FILE *out, const char *place);
};

must_check int page_begin(struct page *page, const struct page_head *head);
/* Ends it; page->text and page->size are the caller's. */
must_check int page_end(struct page *page);

/* A whole page of one sentence; NULL without memory. */
char *html_error_page(const char *office, const char *words, size_t *size);

/* What officers call things. An unknown name is shown as it is. */
const char *word_state(const char *state);
const char *word_channel(const char *channel);
/* The four categories, and whom a complaint is about. */
const char *word_category(const char *category);
const char *word_about(const char *about);
const char *word_message(const char *state);
const char *word_purpose(const char *purpose);
const char *word_role(const char *role);
/* "sangat tidak puas" to "sangat puas" for 1 to 5. */
const char *word_rating(int64_t rating);
/* "Rp12.500" */
#define MONEY_SIZE 40
const char *word_rupiah(int64_t amount, char out[static MONEY_SIZE]);
/* "24 Nov 2026" from RFC 3339, in the office's time zone; "" for NULL. */
const char *word_date(const char *time, char out[static 40]);
/* "24 Nov 2026 17.20 WIB" from RFC 3339, in the office's time zone; "" for NULL. */
const char *word_time(const char *time, char out[static 40]);

#endif
