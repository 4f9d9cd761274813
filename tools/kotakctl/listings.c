/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that show what the database holds. They work whether or not kotakd is running. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "store/listing.h"
#include "tools/kotakctl/kotakctl.h"
#include "tools/kotakctl/table.h"
#include "wire/ticket.h"

#define TEXT_COLUMNS 60
#define EVENTS_AT_ONCE 500

typedef int list_function(struct store *store, json_t **out);

struct store *open_store(const struct request *request)
{
	const char *path = request->config->store_path;
	struct store *store = NULL;
	int error = store_open_read(path, &store);

	/* Everything else was said where it was found. */
	if (error == -ENOENT && access(path, F_OK) < 0)
		log_error(
			"%s: no such database: start kotakd once, it makes it ([store] path in %s)",
			path, request->config_path);
	else if (error == -EACCES)
		log_error("%s: not readable: run kotakctl as root or as kotakd's user", path);
	return error < 0 ? NULL : store;
}

static enum outcome failed(int error)
{
	log_error("the database could not be read: %s", strerror(-error));
	return OUTCOME_FAILED;
}

static enum outcome print_json(const json_t *value)
{
	int error = json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);

	putchar('\n');
	return error < 0 || fflush(stdout) != 0 ? OUTCOME_FAILED : OUTCOME_FINE;
}

/* Prints the list as JSON or as a table, or that it is empty. */
static enum outcome print_list(const struct request *request, list_function *list,
	const struct table_column *columns, size_t count, const char *nothing)
{
	autostore struct store *store = open_store(request);
	autojson json_t *rows = NULL;

	if (!store)
		return OUTCOME_FAILED;
	int error = list(store, &rows);
	if (error < 0)
		return failed(error);
	if (request->json)
		return print_json(rows);
	if (json_array_size(rows) == 0)
		puts(nothing);
	else
		error = table_print(stdout, rows, columns, count);
	return error < 0 ? failed(error) : OUTCOME_FINE;
}

enum outcome command_complaints(const struct request *request)
{
	static const struct table_column columns[] = { { "ticket", "TICKET", 0, false },
		{ "state", "STATE", 0, false }, { "created", "CREATED", 0, true },
		{ "channel", "BY", 0, false }, { "from", "FROM", 0, false },
		{ "name", "NAME", 20, false }, { "text", "TEXT", TEXT_COLUMNS, false } };

	return print_list(
		request, store_list_complaints, columns, ARRAY_SIZE(columns), "No complaint yet.");
}

enum outcome command_inbox(const struct request *request)
{
	static const struct table_column columns[] = { { "received", "RECEIVED", 0, true },
		{ "from", "FROM", 0, false }, { "outcome", "OUTCOME", 30, false },
		{ "ticket", "TICKET", 0, false }, { "text", "TEXT", TEXT_COLUMNS, false },
		{ "reason", "REASON", 40, false }, { "pdu", "PDU", 0, false } };

	return print_list(
		request, store_list_inbox, columns, ARRAY_SIZE(columns), "Nothing received yet.");
}

/* "1 of 3 sent" says more in a table than a list of objects. */
static int list_outbox_counted(struct store *store, json_t **out)
{
	json_t *message;
	size_t index;
	int error = store_list_outbox(store, out);

	if (error < 0)
		return error;
	json_array_foreach (*out, index, message) {
		if (json_object_set_new(message, "part_count",
			    json_integer((json_int_t)json_array_size(
				    json_object_get(message, "parts")))) < 0)
			return -ENOMEM;
	}
	return 0;
}

enum outcome command_outbox(const struct request *request)
{
	static const struct table_column columns[] = { { "created", "CREATED", 0, true },
		{ "to", "TO", 0, false }, { "purpose", "PURPOSE", 0, false },
		{ "ticket", "TICKET", 0, false }, { "state", "STATE", 0, false },
		{ "part_count", "PARTS", 0, false }, { "attempts", "TRIES", 0, false },
		{ "reason", "REASON", 30, false }, { "text", "TEXT", TEXT_COLUMNS, false } };

	return print_list(request, request->json ? store_list_outbox : list_outbox_counted, columns,
		ARRAY_SIZE(columns), "Nothing sent yet.");
}

/* Canonical form of the command's ticket number; says what is wrong with it. */
static bool read_ticket(const char *given, char ticket[static TICKET_SIZE])
{
	if (ticket_parse(given, ticket) == 0)
		return true;
	log_error("%s is no ticket number: ten digits such as 003-000123-4, the last one a check "
		  "digit",
		given);
	return false;
}

static const struct table_column event_columns[] = { { "epoch", "EPOCH", 0, false },
	{ "seq", "SEQ", 0, false }, { "time", "TIME", 0, true }, { "clock", "CLOCK", 0, false },
	{ "actor", "ACTOR", 20, false }, { "type", "TYPE", 0, false },
	{ "ticket", "TICKET", 0, false }, { "data", "DATA", 80, false } };

/* All events (of one ticket), gathered page by page. */
static int gather_events(struct store *store, const char *ticket, json_t **out)
{
	autojson json_t *all = json_array();
	int64_t epoch = 0, seq = 0;

	if (!all)
		return -ENOMEM;
	for (;;) {
		autojson json_t *page = NULL;
		int error = store_list_events(store, epoch, seq, ticket, EVENTS_AT_ONCE, &page);
		size_t count = json_array_size(page);
		if (error < 0)
			return error;
		if (count == 0)
			break;
		const json_t *last = json_array_get(page, count - 1);
		epoch = json_integer_value(json_object_get(last, "epoch"));
		seq = json_integer_value(json_object_get(last, "seq"));
		if (json_array_extend(all, page) < 0)
			return -ENOMEM;
	}
	*out = take_pointer(all);
	return 0;
}

enum outcome command_events(const struct request *request)
{
	char ticket[TICKET_SIZE];
	bool one = request->argument_count > 0;

	if (one && !read_ticket(request->arguments[0], ticket))
		return OUTCOME_USAGE;
	autostore struct store *store = open_store(request);
	autojson json_t *events = NULL;
	if (!store)
		return OUTCOME_FAILED;
	int error = gather_events(store, one ? ticket : NULL, &events);
	if (error < 0)
		return failed(error);
	if (request->json)
		return print_json(events);
	if (json_array_size(events) == 0)
		puts("No event yet.");
	else
		error = table_print(stdout, events, event_columns, ARRAY_SIZE(event_columns));
	return error < 0 ? failed(error) : OUTCOME_FINE;
}

/* Every line of a text, indented; what isn't printable is made visible. */
static int print_indented(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		autofree char *line = strndup(text, length);
		autofree char *visible = line ? visible_text(line) : NULL;
		if (!visible)
			return -ENOMEM;
		printf("    %s\n", visible);
		text += length + (text[length] == '\n');
	}
	return 0;
}

static int print_complaint(const json_t *complaint, const json_t *events)
{
	static const struct table_column fields[] = { { "ticket", "Ticket", 0, false },
		{ "state", "State", 0, false }, { "category", "Category", 0, false },
		{ "about", "About", 0, false }, { "channel", "Came by", 0, false },
		{ "from", "From", 0, false }, { "name", "Name", 0, false },
		{ "address", "Address", 0, false }, { "language", "Language", 0, false },
		{ "created", "Created", 0, true }, { "updated", "Last change", 0, true },
		{ "uuid", "Identity", 0, false } };
	const char *text = json_string_value(json_object_get(complaint, "text"));
	const char *answer = json_string_value(json_object_get(complaint, "answer"));
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		autofree char *cell = table_cell(complaint, &fields[i]);
		if (!cell)
			return -ENOMEM;
		printf("%-12s %s\n", fields[i].heading, cell);
	}
	puts("\nComplaint");
	error = print_indented(text ? text : "(erased)");
	if (error == 0 && answer) {
		puts("\nAnswer");
		error = print_indented(answer);
	}
	if (error == 0) {
		puts("\nEvents");
		error = table_print(stdout, events, event_columns, ARRAY_SIZE(event_columns));
	}
	return error;
}

enum outcome command_show(const struct request *request)
{
	char ticket[TICKET_SIZE];
	autojson json_t *complaint = NULL;
	autojson json_t *events = NULL;

	if (!read_ticket(request->arguments[0], ticket))
		return OUTCOME_USAGE;
	autostore struct store *store = open_store(request);
	if (!store)
		return OUTCOME_FAILED;
	int found = store_show(store, ticket, &complaint);
	if (found == 0) {
		log_error("no complaint has the number %s here", ticket);
		return OUTCOME_FAILED;
	}
	int error = found < 0 ? found : gather_events(store, ticket, &events);
	if (error < 0)
		return failed(error);
	if (!request->json) {
		error = print_complaint(complaint, events);
		return error < 0 ? failed(error) : OUTCOME_FINE;
	}
	if (json_object_set(complaint, "events", events) < 0)
		return failed(-ENOMEM);
	return print_json(complaint);
}

enum outcome command_verify(const struct request *request)
{
	autostore struct store *store = open_store(request);
	autofree char *fault = NULL;
	int64_t count = 0;

	if (!store)
		return OUTCOME_FAILED;
	int error = store_verify(store, &count, &fault);
	if (error < 0 && error != -EBADMSG)
		return failed(error);
	if (request->json) {
		autojson json_t *verdict = json_pack("{s:b, s:I, s:s?}", "ok", error == 0, "events",
			(json_int_t)count, "fault", fault);
		enum outcome printed = print_json(verdict);
		return error < 0 ? OUTCOME_FAILED : printed;
	}
	if (error < 0) {
		autofree char *visible = visible_text(fault ? fault : "place not known");
		printf("The event log was changed: %s. %lld events before it are unaltered.\n"
		       "What to do: keep this database as it is, compare with a backup or the "
		       "server.\n",
			visible ? visible : "", (long long)count);
		return OUTCOME_FAILED;
	}
	printf("The event log is whole: %lld events, each chained to the one before it.\n",
		(long long)count);
	return OUTCOME_FINE;
}
