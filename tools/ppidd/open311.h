/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2) for other portals: docs/open311.md says
 * what of it there is. What files of it share; the rest of the server needs the errors only.
 */
#ifndef PPIDD_OPEN311_H
#define PPIDD_OPEN311_H

#include <jansson.h>

#include "tools/ppidd/http.h"
#include "tools/ppidd/open311_rows.h"

#define OPEN311_ROOT "/open311/v2"

/* Whether the request is for this interface: then its errors have the interface's form, too. */
bool open311_asked(const struct request *request);
/*
 * Answers an error in the form asked for; words are ours, never the asker's. The code in the body
 * is the status.
 */
must_check int open311_refuse(struct request *request, unsigned status, const char *words);

/* open311_format.c: XML, or JSON where the address ends in .json. */

/* Where this interface is, as the asker called it: "https://HOST"; caller frees. */
char *open311_host(struct request *request);
/* The address's last part without .xml or .json. */
void open311_part(const struct request *request, char part[static PATH_PART_MAX + 1]);
/*
 * The body of an answer in the form asked for, root being the name that XML gives it; the
 * caller's. Texts lose what XML can't hold. NULL without memory.
 */
char *open311_text(
	const struct request *request, const char *root, const json_t *json, size_t *size);
const char *open311_type(const struct request *request);
bool open311_wants_json(const struct request *request);
/* A text as it stands in that form, without quotes around; caller frees. NULL without memory. */
char *open311_words(bool json, const char *text);
#define OPEN311_XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
/* Answers what anybody may see and caches may keep. */
must_check int open311_answer(struct request *request, const char *root, const json_t *json);

/* open311_form.c */

/*
 * The fields of a form, of which the first of a name counts; caller owns. -EILSEQ: not UTF-8, or
 * with a zero byte; -E2BIG: too many.
 */
must_check int open311_form(const char *body, size_t size, json_t **out);
/* Degrees, digits with an optional point: false for anything else and for more than most. */
bool open311_degrees(const char *text, double most);

/* open311_time.c: times as the W3C writes them, "2026-11-24T17:20:49+07:00". */
#define W3C_SIZE 26
/* In the office's time zone; day: the beginning of that day. "" for 0. */
void w3c_format(int64_t time_ms, bool day, char out[static W3C_SIZE]);
/* A date alone is that day's (month's, year's) beginning here. -EINVAL. */
must_check int w3c_parse(const char *text, int64_t *time_ms);
/* The beginning of the day or month of a moment, or of one so many days or months later. */
int64_t day_begin(int64_t time_ms, int later);
int64_t month_begin(int64_t time_ms, int later);

/* open311_service.c */

/* Whether there is such a service: a category. */
bool open311_service_known(const char *code);
int open311_get_discovery(struct request *request);
int open311_get_services(struct request *request);
int open311_get_service(struct request *request);

/* open311_list.c */

/* Adds the complaint of that id. -ENOENT: there is none, or it didn't come by a portal. */
must_check int open311_find(struct db *db, const char *uuid, struct open311_rows *list);

/* Which complaints are listed. */
struct open311_filter {
	int64_t from_ms, until_ms; /* days that begin within */
	const char *services;	   /* ",access,other,", or NULL: all */
	bool open, closed;
	int64_t most; /* rows */
};
/*
 * Adds those that the public may see among others: neither confidential nor about the office, and
 * not one of a few of its service in its month. Newest day first, in no order within it.
 */
must_check int open311_list(
	struct db *db, const struct open311_filter *filter, struct open311_rows *list);

/* open311_requests.c */
int open311_get_requests(struct request *request);
int open311_get_request(struct request *request);
int open311_get_token(struct request *request);

/* open311_post.c */
int open311_post_request(struct request *request);

#endif
