/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/health.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "kotakd/kiosk.h"
#include "kotakd/status.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
/* So many times as long as a fault has to last something has to be well to be mended. */
#define MENDED_TIMES 5
/* How often is looked; twice in the time that a fault has to last when that is short. */
#define LOOK_MS 30000
/* A server that can't be reached is no news for it. */
#define SERVER_ITEM "server"
#define FAULT_SIZE 24
/* A kiosk has one or two; more would make the event large. */
#define MODEMS_MOST 4

/* One item of the status. "" is well. */
struct watched {
	char *name;
	char now[FAULT_SIZE];  /* as it was seen last … */
	int64_t since_ms;      /* … and since when (monotonic) */
	char held[FAULT_SIZE]; /* what counts */
	bool settled;	       /* held was seen for long enough; not so at the start */
	bool seen;	       /* in this look */
};

struct health {
	int64_t fault_ms, started_ms, look_ms; /* monotonic; look_ms: the next look */
	struct watched *items;
	size_t count;
	bool changed;			      /* what counts isn't what was told last */
	int64_t told_ms[HEALTH_EVENTS_MOST];  /* monotonic; a ring: told[next] is the oldest */
	bool told_at_all[HEALTH_EVENTS_MOST]; /* whether that place was used */
	size_t next;
	int64_t last_ms; /* when told last; counts once first is over */
	bool first;	 /* nothing was told in this life */
};

int health_new(int64_t fault_ms, int64_t mono_ms, struct health **out)
{
	struct health *health = calloc(1, sizeof(*health));

	if (!health)
		return -ENOMEM;
	health->fault_ms = fault_ms;
	health->started_ms = mono_ms;
	health->first = true;
	*out = health;
	return 0;
}

void health_free(struct health *health)
{
	if (!health)
		return;
	for (size_t i = 0; i < health->count; i++)
		free(health->items[i].name);
	free(health->items);
	free(health);
}

/* The item of this name, made when it is new; NULL without memory. */
static struct watched *find(struct health *health, const char *name, int64_t mono_ms)
{
	for (size_t i = 0; i < health->count; i++) {
		if (strcmp(health->items[i].name, name) == 0)
			return &health->items[i];
	}
	struct watched *items =
		reallocarray(health->items, health->count + 1, sizeof(*health->items));
	if (!items)
		return NULL;
	health->items = items;
	struct watched *item = &items[health->count];
	*item = (struct watched) { .name = strdup(name), .since_ms = mono_ms };
	if (!item->name)
		return NULL;
	health->count++;
	return item;
}

static void see(struct health *health, struct watched *item, const char *fault, int64_t mono_ms)
{
	if (strcmp(item->now, fault) != 0) {
		snprintf(item->now, sizeof(item->now), "%s", fault);
		item->since_ms = mono_ms;
	}
	/* While nothing was told yet, well is believed as soon as a fault is. */
	bool patient = !*item->now && item->settled && !health->first;
	int64_t wait_ms = health->fault_ms * (patient ? MENDED_TIMES : 1);
	bool lasted = mono_ms - item->since_ms >= wait_ms;

	if (!lasted || (item->settled && strcmp(item->held, item->now) == 0))
		return;
	health->changed |= strcmp(item->held, item->now) != 0;
	memcpy(item->held, item->now, sizeof(item->held));
	item->settled = true;
}

static bool all_settled(const struct health *health, bool well)
{
	for (size_t i = 0; i < health->count; i++) {
		if (!health->items[i].settled || (well && *health->items[i].held))
			return false;
	}
	return true;
}

/* The first is told when all is well, else when what isn't had time to get so. */
static bool is_due(struct health *health, int64_t mono_ms)
{
	size_t oldest = health->next;

	if (health->first)
		return all_settled(health, true) ||
		       mono_ms - health->started_ms >= health->fault_ms * MENDED_TIMES;
	if (health->told_at_all[oldest] && mono_ms - health->told_ms[oldest] < DAY_MS)
		return false;
	return health->changed || mono_ms - health->last_ms >= DAY_MS;
}

/* What is gone (an unplugged modem's balance, say) counts as well. */
static void see_all_gone(struct health *health, int64_t mono_ms)
{
	for (size_t i = 0; i < health->count; i++) {
		if (!health->items[i].seen)
			see(health, &health->items[i], "", mono_ms);
		health->items[i].seen = false;
	}
}

int health_look(struct health *health, const json_t *items, int64_t mono_ms)
{
	size_t index;
	json_t *item;

	json_array_foreach (items, index, item) {
		const char *name = json_string_value(json_object_get(item, "name"));
		const char *fault = json_string_value(json_object_get(item, "fault"));
		bool well = json_is_true(json_object_get(item, "ok"));
		if (!name || strcmp(name, SERVER_ITEM) == 0)
			continue;
		struct watched *watched = find(health, name, mono_ms);
		if (!watched)
			return -ENOMEM;
		watched->seen = true;
		see(health, watched, well ? "" : fault ? fault : "unknown", mono_ms);
	}
	see_all_gone(health, mono_ms);
	return is_due(health, mono_ms);
}

void health_told(struct health *health, int64_t mono_ms)
{
	health->first = false;
	health->changed = false;
	health->last_ms = mono_ms;
	health->told_ms[health->next] = mono_ms;
	health->told_at_all[health->next] = true;
	health->next = (health->next + 1) % HEALTH_EVENTS_MOST;
}

/* [{"item", "fault"}]; before the first was told also what hasn't lasted yet. */
static json_t *faults_part(const struct health *health)
{
	json_t *faults = json_array();

	for (size_t i = 0; faults && i < health->count; i++) {
		const struct watched *item = &health->items[i];
		const char *fault = item->settled ? item->held : item->now;
		if (*fault &&
			json_array_append_new(faults,
				json_pack("{s:s, s:s}", "item", item->name, "fault", fault)) < 0)
			json_decref(take_pointer(faults));
	}
	return faults;
}

static json_t *modem_part(const json_t *modem)
{
	static const char *const keys[] = { "name", "answering", "sim", "registration",
		"signal_dbm", "operator" };
	json_t *part = json_object();

	for (size_t i = 0; part && i < ARRAY_SIZE(keys); i++) {
		if (json_object_set(part, keys[i], json_object_get(modem, keys[i])) < 0)
			json_decref(take_pointer(part));
	}
	const json_t *balance = json_object_get(modem, "balance");
	if (part && json_is_object(balance) &&
		json_object_update(part, (json_t *)(uintptr_t)balance) < 0)
		json_decref(take_pointer(part));
	return part;
}

static json_t *modems_part(const json_t *modems)
{
	json_t *parts = json_array();
	size_t index;
	json_t *modem;

	json_array_foreach (modems, index, modem) {
		if (parts && index < MODEMS_MOST &&
			json_array_append_new(parts, modem_part(modem)) < 0)
			json_decref(take_pointer(parts));
	}
	return parts;
}

/* Whether an item is there at all, and well as it was seen last; null when it isn't. */
static json_t *whether(const json_t *items, const char *wanted)
{
	size_t index;
	json_t *item;

	json_array_foreach (items, index, item) {
		if (strcmp(json_string_value(json_object_get(item, "name")), wanted) == 0)
			return json_incref(json_object_get(item, "ok"));
	}
	return json_null();
}

json_t *health_data(const struct health *health, const json_t *document)
{
	const json_t *kiosk = json_object_get(document, "kiosk");
	const json_t *queue = json_object_get(document, "queue");
	const json_t *machine = json_object_get(document, "machine");
	const json_t *items = json_object_get(document, "items");
	json_t *data = json_pack("{s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:o, s:o, s:o, s:o}",
		"version", json_object_get(kiosk, "version"), "clock",
		json_object_get(kiosk, "clock"), "free_mib", json_object_get(machine, "free_mib"),
		"temperature", json_object_get(machine, "temperature"), "uptime_s",
		json_object_get(machine, "uptime_s"), "restarts",
		json_object_get(machine, "restarts"), "events_waiting",
		json_object_get(queue, "unsynced"), "sms_waiting",
		json_object_get(queue, "outgoing"), "panel", whether(items, "panel"), "printer",
		whether(items, "printer"), "modems",
		modems_part(json_object_get(document, "modems")), "faults", faults_part(health));

	if (data && json_dumpb(data, NULL, 0, JSON_COMPACT) > HEALTH_DATA_MOST)
		json_object_del(data, "modems");
	return data;
}

int health_open(struct kiosk *kiosk)
{
	return health_new(kiosk->config.health_after_s * 1000, kiosk->time.mono_ms, &kiosk->health);
}

static int write_event(struct kiosk *kiosk, const json_t *document)
{
	const struct moment moment = kiosk_moment(kiosk);
	autojson json_t *data = health_data(kiosk->health, document);
	int error = data ? store_begin(kiosk->store) : -ENOMEM;

	if (error < 0)
		return error;
	error = store_event(kiosk->store, &moment, "kiosk", "kiosk.health", NULL, data, NULL);
	if (error == 0)
		error = store_commit(kiosk->store);
	if (error < 0)
		store_rollback(kiosk->store);
	return error;
}

void health_tick(struct kiosk *kiosk)
{
	struct health *health = kiosk->health;
	int64_t often_ms = health->fault_ms / 2 < LOOK_MS ? health->fault_ms / 2 : LOOK_MS;

	if (kiosk->time.mono_ms < health->look_ms)
		return;
	health->look_ms = kiosk->time.mono_ms + often_ms;
	autojson json_t *document = status_document(kiosk);
	int due = document ? health_look(health, json_object_get(document, "items"),
				     kiosk->time.mono_ms)
			   : -ENOMEM;
	if (due > 0)
		due = write_event(kiosk, document);
	else if (due == 0)
		return;
	if (due < 0) {
		/* The item "storage" says so to whoever asks; here it is tried again. */
		log_debug("the kiosk's health can't be told now (%s)", strerror(-due));
		return;
	}
	health_told(health, kiosk->time.mono_ms);
	kiosk_wake_sync(kiosk);
}

int64_t health_deadline(const struct kiosk *kiosk)
{
	return kiosk->health->look_ms;
}
