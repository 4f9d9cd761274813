/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What works, what doesn't and since when, and what to do about it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "store/listing.h"
#include "tools/kotakctl/kotakctl.h"
#include "tools/kotakctl/table.h"

#define NAME_WIDTH 14

/* Counts of what waits, in words; those that are nothing are left out. */
static const struct {
	const char *key;
	const char *words;
} queues[] = {
	{ "complaints", "complaints here" },
	{ "open", "of them open" },
	{ "undecoded", "received, not decoded yet" },
	{ "parts_waiting", "parts that wait for the rest of their message" },
	{ "outgoing", "messages to send" },
	{ "unsure", "parts of which it isn't known whether they were sent" },
	{ "unsynced", "events the server doesn't have yet" },
	{ "commands", "commands of the server to act on" },
};

static void print_queue(const json_t *queue)
{
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(queues); i++) {
		json_int_t count = json_integer_value(json_object_get(queue, queues[i].key));
		if (count == 0)
			continue;
		if (!any)
			puts("Waiting:");
		any = true;
		printf("  %6lld %s\n", (long long)count, queues[i].words);
	}
	if (!any)
		puts("Nothing waits.");
}

static const char *text_of(const json_t *object, const char *key, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : otherwise;
}

/* One thing: "ok   modem gsm1   works: …", or what is wrong, since when, and what to do. */
static int print_item(const json_t *item)
{
	bool ok = json_is_true(json_object_get(item, "ok"));
	autofree char *name = visible_text(text_of(item, "name", "?"));
	autofree char *text = visible_text(text_of(item, "text", ""));
	autofree char *advice = visible_text(text_of(item, "advice", ""));
	char since[LOCAL_TIME_SIZE] = "";

	if (!name || !text || !advice)
		return -ENOMEM;
	if (json_is_string(json_object_get(item, "since")))
		local_time(text_of(item, "since", ""), since);
	printf("%-6s %-*s %s%s%s%s\n", ok ? "ok" : "WRONG", NAME_WIDTH, name, text,
		*since ? " (since " : "", since, *since ? ")" : "");
	if (!ok && *advice)
		printf("%-6s %-*s What to do: %s\n", "", NAME_WIDTH, "", advice);
	return 0;
}

/* How long after a key its letter is on the panel's display, once keys were pressed. */
static void print_echo(const json_t *panel)
{
	const json_t *echo = json_object_get(panel, "echo");
	json_int_t count = json_integer_value(json_object_get(echo, "count"));

	if (count > 0)
		printf("Keys of the panel: %lld, on the display after %.1f ms, 99 of 100 within "
		       "%.1f ms, the slowest after %.1f ms\n",
			(long long)count,
			(double)json_integer_value(json_object_get(echo, "p50_us")) / 1000,
			(double)json_integer_value(json_object_get(echo, "p99_us")) / 1000,
			(double)json_integer_value(json_object_get(echo, "max_us")) / 1000);
}

static int print_document(const json_t *document)
{
	const json_t *kiosk = json_object_get(document, "kiosk");
	const json_t *items = json_object_get(document, "items");
	autofree char *name = visible_text(text_of(kiosk, "name", ""));
	char started[LOCAL_TIME_SIZE];
	const json_t *item;
	size_t index, wrong = 0;

	if (!name)
		return -ENOMEM;
	local_time(text_of(kiosk, "started", "?"), started);
	printf("Kiosk %lld, %s: version %s, running since %s (clock: %s)\n\n",
		(long long)json_integer_value(json_object_get(kiosk, "id")), name,
		text_of(kiosk, "version", "?"), started, text_of(kiosk, "clock", "?"));
	json_array_foreach (items, index, item) {
		wrong += json_is_true(json_object_get(item, "ok")) ? 0 : 1;
		if (print_item(item) < 0)
			return -ENOMEM;
	}
	putchar('\n');
	print_echo(json_object_get(document, "panel"));
	print_queue(json_object_get(document, "queue"));
	if (wrong == 0)
		puts("Everything works.");
	else if (wrong == 1)
		puts("1 thing needs attention.");
	else
		printf("%zu things need attention.\n", wrong);
	return 0;
}

/* What to do when kotakd doesn't answer. */
static const char *silence_advice(int error)
{
	switch (error) {
	case -ENOENT:
		return "add [control] socket to the configuration and restart kotakd";
	case -EACCES:
		return "run kotakctl as root or as kotakd's user";
	case -ETIMEDOUT:
		return "kotakd hangs: systemctl restart kotakd, and send journalctl -u kotakd to "
		       "the makers";
	default:
		return "systemctl start kotakd; if it stops again: journalctl -u kotakd -n 50";
	}
}

/* kotakd doesn't answer: says so, and what the database alone can tell. */
static enum outcome status_from_store(const struct request *request, int why)
{
	const char *text = why == -ECONNREFUSED ? "is not running"
			   : why == -ENOENT	? "can't be asked: no control socket is configured"
			   : why == -ETIMEDOUT	? "does not answer"
						: "can't be asked";
	autojson json_t *queue = NULL;
	autostore struct store *store = open_store(request);

	if (store && store_queue_counts(store, &queue) < 0)
		log_warning("the database could not be read");
	autojson json_t *document =
		json_pack("{s:{s:I, s:s}, s:[{s:s, s:b, s:s, s:n, s:s}], s:[], s:O?}", "kiosk",
			"id", (json_int_t)request->config->kiosk_id, "name",
			request->config->kiosk_name, "items", "name", "kotakd", "ok", 0, "text",
			text, "since", "advice", silence_advice(why), "modems", "queue", queue);
	if (!document)
		return OUTCOME_FAILED;
	if (request->json) {
		json_dumpf(document, stdout, JSON_INDENT(2));
		putchar('\n');
		return OUTCOME_FAILED;
	}
	const json_t *items = json_object_get(document, "items");
	if (print_item(json_array_get(items, 0)) == 0 && queue) {
		putchar('\n');
		print_queue(queue);
	}
	return OUTCOME_FAILED;
}

enum outcome command_status(const struct request *request)
{
	autofree char *answer = NULL;
	int error = control_ask(request->config, "status", &answer);
	autojson json_t *document = error == 0 ? json_loads(answer, 0, NULL) : NULL;

	if (error == 0 && !json_is_object(document))
		error = -EPROTO;
	if (error < 0)
		return status_from_store(request, error);
	if (request->json) {
		json_dumpf(document, stdout, JSON_INDENT(2));
		putchar('\n');
		return OUTCOME_FINE;
	}
	return print_document(document) < 0 ? OUTCOME_FAILED : OUTCOME_FINE;
}
