/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "kotakd/balance.h"
#include "kotakd/kiosk.h"
#include "kotakd/panel.h"
#include "kotakd/printing.h"
#include "store/count.h"

/* With less than this a busy day may fill the card. */
#define FREE_MIN_MIB 64
/* Temperature sensors that are looked at. */
#define ZONES_MAX 8

/*
 * One thing that works or doesn't. fault and advice count while it doesn't; since_ms 0: not
 * known.
 */
struct item {
	const char *name;
	bool ok;
	const char *fault; /* one word for programs, see status.h */
	char text[512];
	int64_t since_ms;
	const char *advice;
};

static int item_add(json_t *items, const struct item *item)
{
	char since[TIME_SIZE];

	if (item->since_ms)
		time_format(item->since_ms, since);
	return json_array_append_new(items,
		json_pack("{s:s, s:b, s:s?, s:s, s:s?, s:s?}", "name", item->name, "ok", item->ok,
			"fault", item->ok ? NULL : item->fault, "text", item->text, "since",
			item->since_ms ? since : NULL, "advice", item->ok ? NULL : item->advice));
}

static const char *const sim_faults[] = { [MODEM_SIM_MISSING] = "sim-missing",
	[MODEM_SIM_PIN] = "sim-pin",
	[MODEM_SIM_PIN_WRONG] = "sim-pin-wrong",
	[MODEM_SIM_PUK] = "sim-puk",
	[MODEM_SIM_FAULT] = "sim-fault" };

/* What is wrong with a modem, the most basic thing first. */
static void modem_words(const struct modem_slot *slot, struct item *item)
{
	const struct modem_status *status = &slot->status;

	item->since_ms = slot->status_since_ms;
	if (strcmp(slot->config->device, "none") == 0) {
		item->ok = true;
		snprintf(item->text, sizeof(item->text), "none: this kiosk sends and takes no SMS");
	} else if (!status->answering) {
		snprintf(item->text, sizeof(item->text), "does not answer%s%s",
			*status->trouble ? ": " : "", status->trouble);
		item->fault = "no-answer";
		item->advice = "check its cable and power, then [modem] device in kotakd.conf";
	} else if (status->sim != MODEM_SIM_READY && status->sim != MODEM_SIM_UNKNOWN) {
		snprintf(item->text, sizeof(item->text), "SIM: %s", modem_sim_name(status->sim));
		item->fault = sim_faults[status->sim];
		item->advice = status->sim == MODEM_SIM_MISSING
				       ? "switch off, put the SIM in, contacts first, switch on"
				       : "put the right PIN into kotakd.conf, or the SIM into a "
					 "phone and unlock it";
	} else if (status->registration != MODEM_REGISTRATION_HOME &&
		   status->registration != MODEM_REGISTRATION_ROAMING) {
		snprintf(item->text, sizeof(item->text), "no network: %s",
			modem_registration_name(status->registration));
		item->fault =
			status->registration == MODEM_REGISTRATION_DENIED ? "denied" : "no-network";
		item->advice = "check the antenna and the place, and that the SIM is still valid";
	} else {
		item->ok = true;
		snprintf(item->text, sizeof(item->text),
			"works: %s %s on %s, %s, signal %d dBm%s%s", status->maker, status->model,
			status->port,
			*status->operator_name ? status->operator_name : "operator not known",
			status->signal_dbm, *status->trouble ? "; " : "", status->trouble);
	}
}

/* The SIM's money, where it is known. */
static int add_balance(struct kiosk *kiosk, json_t *items, const struct modem_slot *slot)
{
	const struct balance *balance = &slot->balance;
	autofree char *name = NULL;
	struct item item = { .since_ms = slot->balance_asked_ms };
	char until[TIME_SIZE] = "";

	if (!slot->balance_asked_ms)
		return 0;
	if (asprintf(&name, "balance %s", slot->config->name) < 0)
		return -ENOMEM;
	item.name = name;
	item.fault = balance->amount < 0 ? "not-understood" : "low";
	item.ok = balance->amount >= 0 && !balance_low(balance, kiosk->time.wall_ms);
	if (balance->valid_until_ms)
		time_format(balance->valid_until_ms, until);
	if (balance->amount < 0)
		snprintf(item.text, sizeof(item.text), "the operator's answer isn't understood");
	else
		snprintf(item.text, sizeof(item.text), "Rp %lld%s%.10s", (long long)balance->amount,
			*until ? ", valid until " : "", until);
	item.advice = balance->amount < 0 ? "set balance_ussd and balance_pattern in kotakd.conf"
					  : "top up the SIM; until then announcements, then "
					    "answers wait, tickets go last";
	return item_add(items, &item) < 0 ? -ENOMEM : 0;
}

/* {"amount", "valid_until"}, null while it was never told; NULL without memory. */
static json_t *balance_part(const struct modem_slot *slot)
{
	const struct balance *balance = &slot->balance;
	char until[TIME_SIZE];

	if (!slot->balance_asked_ms)
		return json_null();
	if (balance->valid_until_ms)
		time_format(balance->valid_until_ms, until);
	return json_pack("{s:o, s:s?}", "amount",
		balance->amount < 0 ? json_null() : json_integer(balance->amount), "valid_until",
		balance->valid_until_ms ? until : NULL);
}

static int add_modem(json_t *items, json_t *modems, const struct modem_slot *slot)
{
	const struct modem_status *status = &slot->status;
	autofree char *name = NULL;
	struct item item = { 0 };

	if (asprintf(&name, "modem %s", slot->config->name) < 0)
		return -ENOMEM;
	item.name = name;
	modem_words(slot, &item);
	if (item_add(items, &item) < 0)
		return -ENOMEM;
	json_t *detail = json_pack(
		"{s:s, s:b, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:s, s:o}", "name",
		slot->config->name, "answering", status->answering, "port", status->port, "maker",
		status->maker, "model", status->model, "imei", status->imei, "operator",
		status->operator_name, "sim", modem_sim_name(status->sim), "registration",
		modem_registration_name(status->registration), "signal_dbm", status->signal_dbm,
		"slots_aside", (int)status->slots_aside, "unknown_lines",
		(int)status->unknown_lines, "trouble", status->trouble, "balance",
		balance_part(slot));
	return json_array_append_new(modems, detail) < 0 ? -ENOMEM : 0;
}

static int add_sync(struct kiosk *kiosk, json_t *items, int64_t *waiting)
{
	struct sync_status status = { 0 };
	struct item item = { .name = "server", .fault = "server" };

	if (!kiosk->sync) {
		item.ok = true;
		snprintf(item.text, sizeof(item.text), "none configured: complaints stay here");
		return item_add(items, &item);
	}
	int error = sync_status(kiosk->sync, &status);
	if (error < 0)
		return error;
	*waiting = status.waiting;
	item.ok = (status.state == SYNC_UP || status.state == SYNC_STARTING) && !*status.trouble;
	item.since_ms = status.since_ms;
	item.advice = "nothing is lost meanwhile: it is sent when the server is there again";
	snprintf(item.text, sizeof(item.text), "%s, %lld events wait%s%.200s",
		sync_state_name(status.state), (long long)status.waiting,
		*status.trouble ? ": " : "", status.trouble);
	return item_add(items, &item);
}

/* *free_mib stays as it is when nobody can tell. */
static int add_store(struct kiosk *kiosk, json_t *items, int64_t *free_mib)
{
	struct item item = { .name = "storage", .fault = "unreadable" };
	struct statvfs file_system;

	if (statvfs(kiosk->config.store_path, &file_system) < 0) {
		snprintf(item.text, sizeof(item.text), "can't be looked at: %s", strerror(errno));
		item.advice = "check the SD card";
		return item_add(items, &item);
	}
	*free_mib = (int64_t)((unsigned long long)file_system.f_bavail * file_system.f_frsize /
			      (1024ULL * 1024ULL));
	item.ok = *free_mib >= FREE_MIN_MIB;
	item.fault = item.ok ? "not-written" : "full";
	snprintf(item.text, sizeof(item.text), "%lld MiB free%s", (long long)*free_mib,
		kiosk->reread_ms ? "; the last step could not be written down" : "");
	if (kiosk->reread_ms)
		item.ok = false;
	item.advice = "free space on the card, or change it";
	return item_add(items, &item);
}

static int add_clock(const struct kiosk *kiosk, json_t *items)
{
	struct item item = {
		.name = "clock", .ok = kiosk->time.quality != CLOCK_GUESS, .fault = "guess"
	};

	snprintf(item.text, sizeof(item.text), "%s",
		item.ok ? clock_quality_name(kiosk->time.quality)
			: "only guessed: no time from the internet or the mobile network yet");
	item.advice = "it sets itself when a message or the network brings the time";
	return item_add(items, &item);
}

static int add_panel(const struct kiosk *kiosk, json_t *items)
{
	struct kiosk_panel_status status;
	struct item item = { .name = "panel" };

	if (kiosk_panel_status(kiosk, &status) == 0)
		return 0;
	item.ok = status.ok;
	item.fault = status.running ? "devices" : "process";
	item.since_ms = status.since_ms;
	item.advice = status.advice;
	snprintf(item.text, sizeof(item.text), "%s", status.text);
	return item_add(items, &item);
}

static int add_printer(const struct kiosk *kiosk, json_t *items)
{
	struct printing_status status;
	enum printer_state state;
	struct item item = { .name = "printer" };

	if (printing_status(kiosk, &status) == 0)
		return 0;
	(void)printing_able(kiosk, &state);
	item.ok = status.ok;
	item.fault = printer_state_name(state);
	item.since_ms = status.since_ms;
	item.advice = status.advice;
	snprintf(item.text, sizeof(item.text), "%s", status.text);
	return item_add(items, &item);
}

/* The hottest sensor in whole degrees Celsius, null where there is none. */
static json_t *temperature(void)
{
	int64_t highest = INT64_MIN;

	for (int i = 0; i < ZONES_MAX; i++) {
		char path[64], text[16] = "";
		snprintf(path, sizeof(path), "/sys/class/thermal/thermal_zone%d/temp", i);
		autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
			continue;
		int64_t thousandths = strtoll(text, NULL, 10);
		if (thousandths > highest)
			highest = thousandths;
	}
	return highest == INT64_MIN ? json_null() : json_integer(highest / 1000);
}

/* The machine; free_mib -1: not known. */
static json_t *machine_part(const struct kiosk *kiosk, int64_t free_mib)
{
	return json_pack("{s:o, s:o, s:I, s:I}", "free_mib",
		free_mib < 0 ? json_null() : json_integer(free_mib), "temperature", temperature(),
		"uptime_s", (json_int_t)(kiosk->time.mono_ms / 1000), "restarts",
		(json_int_t)kiosk->restarts);
}

static json_t *kiosk_part(const struct kiosk *kiosk)
{
	char now[TIME_SIZE], started[TIME_SIZE];

	time_format(kiosk->time.wall_ms, now);
	time_format(kiosk->started_ms, started);
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:I}", "id",
		(json_int_t)kiosk->config.kiosk_id, "name", kiosk->config.kiosk_name, "version",
		KOTAK_VERSION, "started", started, "time", now, "clock",
		clock_quality_name(kiosk->time.quality), "boot", (json_int_t)kiosk->boot);
}

static json_t *queue_part(const struct store_counts *counts, int64_t unsynced)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "undecoded",
		(json_int_t)counts->undecoded, "unreadable", (json_int_t)counts->unreadable,
		"parts_waiting", (json_int_t)counts->parts_waiting, "outgoing",
		(json_int_t)counts->outgoing, "unsure", (json_int_t)counts->unsure, "failed",
		(json_int_t)counts->failed, "commands", (json_int_t)counts->commands, "unsynced",
		(json_int_t)unsynced, "complaints", (json_int_t)counts->complaints);
}

json_t *status_document(struct kiosk *kiosk)
{
	autojson json_t *items = json_array();
	autojson json_t *modems = json_array();
	struct store_counts counts = { 0 };
	int64_t unsynced = 0, free_mib = -1;

	if (!items || !modems || store_count(kiosk->store, kiosk->time.wall_ms, &counts) < 0)
		return NULL;
	for (size_t i = 0; i < kiosk->modem_count; i++) {
		if (add_modem(items, modems, &kiosk->modems[i]) < 0 ||
			add_balance(kiosk, items, &kiosk->modems[i]) < 0)
			return NULL;
	}
	if (add_sync(kiosk, items, &unsynced) < 0 || add_panel(kiosk, items) < 0 ||
		add_printer(kiosk, items) < 0 || add_store(kiosk, items, &free_mib) < 0 ||
		add_clock(kiosk, items) < 0)
		return NULL;
	return json_pack("{s:o, s:O, s:O, s:o, s:o, s:o}", "kiosk", kiosk_part(kiosk), "items",
		items, "modems", modems, "panel", kiosk_panel_detail(kiosk), "queue",
		queue_part(&counts, unsynced), "machine", machine_part(kiosk, free_mib));
}

bool status_all_ok(struct kiosk *kiosk)
{
	autojson json_t *document = status_document(kiosk);
	const json_t *items = json_object_get(document, "items");
	size_t index;
	json_t *item;

	json_array_foreach (items, index, item) {
		if (!json_is_true(json_object_get(item, "ok")))
			return false;
	}
	return document != NULL;
}
