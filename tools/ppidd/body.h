/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies of requests: collected, inflated within bounds, taken apart. */
#ifndef PPIDD_BODY_H
#define PPIDD_BODY_H

#include <jansson.h>
#include <stddef.h>

#include "base/cleanup.h"

#define BODY_SENT_MOST ((size_t)1024 * 1024)
#define BODY_INFLATED_MOST ((size_t)8 * 1024 * 1024)

/* Appends and keeps the whole terminated. */
must_check int body_append(
	char **body, size_t *size, size_t *capacity, const char *data, size_t more);

/*
 * Inflates one gzip stream. -EMSGSIZE: more than most bytes would come out; -EBADMSG: no
 * gzip stream, or bytes after it. *out is terminated, caller frees.
 */
must_check int body_inflate(
	const char *data, size_t size, size_t most, char **out, size_t *out_size);

/* Reads JSON from outside. NULL and in words[] what is wrong (place included, no content). */
json_t *body_json(const char *text, size_t size, char words[static 128]);

/* A field of application/x-www-form-urlencoded text; caller frees. NULL when it isn't there. */
char *body_field(const char *form, const char *name);

/* A whole small file (a certificate), terminated; caller frees. Errors are said in the log. */
must_check int body_read_file(const char *path, char **out);

#endif
