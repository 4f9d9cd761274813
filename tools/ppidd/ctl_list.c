/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppidctl's listings. JSON is written piece by piece, so that no listing need fit in memory. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "tools/ppidd/complaint.h"
#include "tools/ppidd/ctl.h"
#include "tools/ppidd/officer.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/work.h"

#define COMPLAINTS_A_TIME 500

static int print_json(const json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	return CTL_FINE;
}

/* Text for a terminal: control characters could drive it. */
static void print_plain(const char *text)
{
	for (; *text; text++)
		putchar((unsigned char)*text < ' ' || *text == 0x7f ? ' ' : *text);
}

static void print_fields(const json_t *item, const char *const *keys)
{
	for (size_t i = 0; keys[i]; i++) {
		const json_t *value = json_object_get(item, keys[i]);
		if (i > 0)
			putchar('\t');
		if (json_is_integer(value))
			printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
		else
			print_plain(json_is_string(value) ? json_string_value(value) : "-");
	}
	putchar('\n');
}

static int print_list(struct ctl *ctl, const json_t *list, const char *const *keys)
{
	size_t i;
	json_t *item;

	if (ctl->json)
		return print_json(list);
	json_array_foreach (list, i, item) {
		print_fields(item, keys);
	}
	return CTL_FINE;
}

int ctl_kiosk_list(struct ctl *ctl)
{
	static const char *const keys[] = { "kiosk", "state", "name", "contact", "commands",
		"complaints", NULL };
	autojson json_t *list = NULL;

	int error = kiosk_list(ctl->db, &list);
	return error < 0 ? ctl_failed("kiosks", error) : print_list(ctl, list, keys);
}

int ctl_user_list(struct ctl *ctl)
{
	static const char *const keys[] = { "name", "role", "added", "disabled", NULL };
	autojson json_t *list = NULL;

	int error = officer_list(ctl->db, &list);
	return error < 0 ? ctl_failed("users", error) : print_list(ctl, list, keys);
}

int ctl_complaints(struct ctl *ctl)
{
	static const char *const keys[] = { "ticket", "state", "channel", "created", "text", NULL };
	struct work_place place;
	struct work_filter filter = {
		.list = WORK_ALL,
		.view = VIEW_WHOLE,
		.state = "",
		.search = "",
		.most = COMPLAINTS_A_TIME,
	};
	autojson json_t *all = json_array();
	int more = 1;

	/* One snapshot for all pages. */
	int error = db_begin_read(ctl->db);
	while (error >= 0 && more > 0) {
		autojson json_t *list = NULL;
		error = more = work_list(ctl->db, &filter, &list, &place);
		if (error >= 0 && json_array_extend(all, list) < 0)
			error = -ENOMEM;
		filter.after = &place;
	}
	db_rollback(ctl->db);
	return error < 0 ? ctl_failed("complaints", error) : print_list(ctl, all, keys);
}

static int show_plain(const json_t *complaint)
{
	static const char *const keys[] = { "ticket", "state", "channel", "from", "name", "address",
		"text", "created", "updated", "kiosk_name", NULL };
	static const char *const event_keys[] = { "time", "actor", "type", NULL };
	static const char *const message_keys[] = { "updated", "purpose", "state", "text", NULL };
	size_t i;
	json_t *item;

	for (i = 0; keys[i]; i++) {
		printf("%-12s", keys[i]);
		print_plain(record_words(complaint, keys[i]));
		putchar('\n');
	}
	if (record_number(complaint, "rating") != 0)
		printf("%-12s%" PRId64 " of 5\n", "rating", record_number(complaint, "rating"));
	if (json_is_true(json_object_get(complaint, "confidential")))
		printf("%-13s%s\n", "confidential", "yes");
	puts("\nevents");
	json_array_foreach (json_object_get(complaint, "events"), i, item) {
		print_fields(item, event_keys);
	}
	puts("\nmessages");
	json_array_foreach (json_object_get(complaint, "messages"), i, item) {
		print_fields(item, message_keys);
	}
	return CTL_FINE;
}

int ctl_show(struct ctl *ctl)
{
	autojson json_t *complaint = NULL;
	json_t *events = NULL, *messages = NULL, *commands = NULL;

	int error = db_begin_read(ctl->db);
	if (error >= 0)
		error = complaint_find(ctl->db, ctl->arguments[0], VIEW_WHOLE, &complaint);
	const char *uuid = record_words(complaint, "uuid");
	if (error >= 0)
		error = complaint_history(ctl->db, uuid, VIEW_WHOLE, &events);
	if (error >= 0)
		error = complaint_messages(ctl->db, uuid, VIEW_WHOLE, &messages);
	if (error >= 0)
		error = complaint_commands(ctl->db, uuid, &commands);
	db_rollback(ctl->db);
	if (error >= 0 && (json_object_set_new(complaint, "events", events) < 0 ||
				  json_object_set_new(complaint, "messages", messages) < 0 ||
				  json_object_set_new(complaint, "commands", commands) < 0))
		error = -ENOMEM;
	if (error < 0)
		return ctl_failed(ctl->arguments[0], error);
	return ctl->json ? print_json(complaint) : show_plain(complaint);
}

int ctl_events(struct ctl *ctl)
{
	static const char *const keys[] = { "source", "epoch", "seq", "time", "actor", "type",
		"ticket", NULL };
	autorows struct db_rows *rows = NULL;
	const char *between = "";

	int result = db_query(ctl->db, &rows,
		"SELECT " CHAIN_COLUMNS ", e.source FROM event e "
		"ORDER BY e.taken_ms, e.source, e.epoch, e.seq",
		"");
	if (ctl->json)
		fputs("[", stdout);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		autojson json_t *event = NULL;
		result = chain_row(rows, &event);
		if (result < 0)
			break;
		json_object_set_new(event, "source",
			json_integer((json_int_t)db_integer(rows, CHAIN_COLUMN_COUNT)));
		if (!ctl->json) {
			print_fields(event, keys);
			continue;
		}
		fputs(between, stdout);
		between = ",\n";
		json_dumpf(event, stdout, JSON_COMPACT);
	}
	if (ctl->json)
		fputs("]\n", stdout);
	return result < 0 ? ctl_failed("events", result) : CTL_FINE;
}
