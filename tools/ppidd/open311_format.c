/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One tree, two forms: JSON is what the specification's "Spark convention" makes of the XML, so
 * that an array is the element that holds it, and its items are called after it.
 */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/html.h"
#include "tools/ppidd/open311.h"
#include "tools/ppidd/public.h"

#define JSON_END ".json"
#define XML_END ".xml"

static bool ends_in(const char *text, size_t length, const char *end)
{
	size_t size = strlen(end);

	return length >= size && memcmp(text + length - size, end, size) == 0;
}

bool open311_wants_json(const struct request *request)
{
	return ends_in(request->uri, strcspn(request->uri, "?"), JSON_END);
}

const char *open311_type(const struct request *request)
{
	return open311_wants_json(request) ? "application/json; charset=utf-8"
					   : "text/xml; charset=utf-8";
}

void open311_part(const struct request *request, char part[static PATH_PART_MAX + 1])
{
	size_t length = strlen(request->part);

	if (ends_in(request->part, length, JSON_END))
		length -= strlen(JSON_END);
	else if (ends_in(request->part, length, XML_END))
		length -= strlen(XML_END);
	memcpy(part, request->part, length);
	part[length] = '\0';
}

/* What the items of an array are called. */
static const char *item_name(const char *array)
{
	static const char *const names[][2] = {
		{ "services", "service" },
		{ "service_requests", "request" },
		{ "attributes", "attribute" },
		{ "values", "value" },
		{ "endpoints", "endpoint" },
		{ "formats", "format" },
		{ "errors", "error" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i][0], array) == 0)
			return names[i][1];
	}
	return "item";
}

/* Control characters are html()'s business; U+FFFE and U+FFFF are no characters of XML either. */
static void xml_words(FILE *out, const char *text)
{
	autofree char *clean = strdup(text);

	for (char *at = clean; at && (at = strstr(at, "\xef\xbf")) != NULL; at += 2) {
		if ((unsigned char)at[2] >= 0xbe)
			at[2] = '\xbd';
	}
	html(out, "%s", clean);
}

char *open311_words(bool json, const char *text)
{
	char *words = NULL;
	size_t size = 0;

	if (json) {
		autojson json_t *string = json_string(text);
		words = string ? json_dumps(string, JSON_ENCODE_ANY) : NULL;
		size_t length = words ? strlen(words) : 0;
		if (length >= 2) {
			memmove(words, words + 1, length - 2);
			words[length - 2] = '\0';
		}
		return words;
	}
	FILE *out = open_memstream(&words, &size);
	if (!out)
		return NULL;
	xml_words(out, text);
	if (fclose(out) != 0) {
		free(words);
		return NULL;
	}
	return words;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the trees that we make */
static void write_xml(FILE *out, const char *name, const json_t *json)
{
	const char *key;
	size_t i;
	json_t *item;

	html(out, "<%s>", name);
	if (json_is_object(json)) {
		/* The macro wants what it only reads to be changeable. */
		json_object_foreach ((json_t *)json, key, item) {
			write_xml(out, key, item);
		}
	} else if (json_is_array(json)) {
		json_array_foreach (json, i, item) {
			write_xml(out, item_name(name), item);
		}
	} else if (json_is_string(json)) {
		xml_words(out, json_string_value(json));
	} else if (json_is_integer(json)) {
		html(out, "%lld", (long long)json_integer_value(json));
	} else if (json_is_boolean(json)) {
		html(out, json_is_true(json) ? "true" : "false");
	}
	html(out, "</%s>", name);
}

char *open311_text(
	const struct request *request, const char *root, const json_t *json, size_t *size)
{
	char *text = NULL;

	if (open311_wants_json(request)) {
		text = json_dumps(json, JSON_INDENT(1));
		*size = text ? strlen(text) : 0;
		return text;
	}
	FILE *out = open_memstream(&text, size);
	if (!out)
		return NULL;
	html(out, OPEN311_XML);
	write_xml(out, root, json);
	html(out, "\n");
	bool failed = ferror(out) != 0;
	if (fclose(out) != 0 || failed) {
		free(text);
		return NULL;
	}
	return text;
}

int open311_answer(struct request *request, const char *root, const json_t *json)
{
	size_t size = 0;
	char *text = open311_text(request, root, json, &size);

	return text ? public_answer(request, open311_type(request), text, size) : -ENOMEM;
}

char *open311_host(struct request *request)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.:-[]";
	const char *host = MHD_lookup_connection_value(
		request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
	/* Of a proxy in front of us that speaks TLS for us. */
	const char *scheme = MHD_lookup_connection_value(
		request->connection, MHD_HEADER_KIND, "X-Forwarded-Proto");
	bool secure = request->secure || (scheme && strcmp(scheme, "https") == 0);
	char *url = NULL;

	if (!host || !*host || strspn(host, allowed) != strlen(host))
		host = request->config->listen;
	if (asprintf(&url, "%s://%s", secure ? "https" : "http", host) < 0)
		return NULL;
	return url;
}
