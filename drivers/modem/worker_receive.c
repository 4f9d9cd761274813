/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Emptying the modem's stores: what is asked next, and what the answers mean. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "modem/at_errors.h"
#include "modem/worker_private.h"

/* Failed listings before the slots are read one by one. */
#define LIST_TRIES 2
/* No store is larger; a modem that says so is wrong. */
#define SWEEP_MAX 1000
/* So many new messages in one store are read with one command. */
#define LIST_FROM 4
/* So many deletions go together, and before reading. */
#define DELETE_BATCH 8

struct area *worker_find_area(struct worker *worker, const char *store)
{
	for (size_t i = 0; i < worker->area_count; i++) {
		if (strcmp(worker->areas[i].name, store) == 0)
			return &worker->areas[i];
	}
	return NULL;
}

void worker_list_all(struct worker *worker)
{
	for (size_t i = 0; i < worker->area_count; i++)
		worker->areas[i].due = true;
}

/* A store that can't be selected: nothing in it can be reached. */
static void select_failed(struct worker *worker, const char *store)
{
	struct area *area = worker_find_area(worker, store);
	struct slot *slot;

	if (area) {
		area->due = false;
		area->sweep = false;
		area->failures++;
	}
	if (strcmp(worker->home, store) == 0)
		worker->home[0] = '\0';
	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		if (strcmp(slot->store, store) == 0 &&
			(slot->state == SLOT_NOTICED || slot->state == SLOT_KEPT))
			worker_set_aside(worker, slot, "reached");
	}
}

static void select_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	worker->selected[0] = '\0';
	if (answer->result == AT_OK)
		snprintf(worker->selected, sizeof(worker->selected), "%s", worker->selecting);
	else if (answer->result != AT_ABORTED)
		select_failed(worker, worker->selecting);
}

/* A modem that knows no AT+CPMS has one store, which needs no selecting. */
static bool is_selected(const struct worker *worker, const char *store)
{
	return !worker->selectable || strcmp(store, worker->selected) == 0;
}

static void select_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	struct area *area = worker_find_area(worker, worker->selecting);

	(void)pdu;
	if (area && !at_parse_usage(line, &area->used, &area->total))
		area->used = area->total = UINT_MAX;
}

static bool select_store(struct worker *worker, const char *store)
{
	char text[32];

	snprintf(worker->selecting, sizeof(worker->selecting), "%s", store);
	snprintf(text, sizeof(text), "AT+CPMS=\"%s\"", store);
	return worker_ask(worker, text, "+CPMS:", select_line, select_done);
}

static void read_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	struct at_fields fields = at_fields_of(line);
	int stat;

	/* "+CMGR: 0,,0" without a PDU is an empty slot of some makes. */
	if (!worker->slot || !pdu[0])
		return;
	if (!at_next_number(&fields, &stat))
		stat = 0;
	worker->read_found = true;
	worker_take_pdu(worker, worker->slot, stat, pdu);
}

static void read_failed(struct worker *worker, struct slot *slot, const struct at_answer *answer)
{
	const struct area *area = worker_find_area(worker, slot->store);

	/* While all places are gone through, those that there aren't any of are no trouble. */
	if (area && area->sweep && !slot->pdu && answer->result == AT_ERROR)
		worker_drop_slot(worker, slot);
	else if (++slot->failures >= WORKER_READ_TRIES)
		worker_set_aside(worker, slot, "read");
}

static void read_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;
	struct slot *slot = worker->slot;

	worker->slot = NULL;
	if (!slot || answer->result == AT_ABORTED || worker->read_found)
		return;
	if (answer->result == AT_OK || at_says_empty(answer))
		worker_drop_slot(worker, slot);
	else
		read_failed(worker, slot, answer);
}

static bool read_slot(struct worker *worker, struct slot *slot)
{
	char text[32];
	struct at_command command = {
		.text = text,
		.prefix = "+CMGR:",
		.pdu_follows = true,
		.line = read_line,
		.done = read_done,
	};

	worker->slot = slot;
	worker->read_found = false;
	snprintf(text, sizeof(text), "AT+CMGR=%u", slot->index);
	return worker_command(worker, &command);
}

static void delete_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;
	struct slot *slot = worker->slot;

	worker->slot = NULL;
	if (!slot || answer->result == AT_ABORTED)
		return;
	if (answer->result == AT_OK || at_says_empty(answer)) {
		struct area *area = worker_find_area(worker, slot->store);

		if (area)
			area->usage_fresh = false;
		if (slot->refilled) {
			free(slot->pdu);
			slot->pdu = NULL;
			slot->state = SLOT_NOTICED;
			slot->failures = 0;
		} else {
			slot->state = SLOT_DELETED;
		}
		slot->refilled = false;
		return;
	}
	slot->doubtful = true;
	if (++slot->failures >= WORKER_DELETE_TRIES)
		worker_set_aside(worker, slot, "deleted");
}

static bool delete_slot(struct worker *worker, struct slot *slot)
{
	char text[32];

	worker->slot = slot;
	slot->refilled = false;
	snprintf(text, sizeof(text), "AT+CMGD=%u", slot->index);
	return worker_ask(worker, text, NULL, NULL, delete_done);
}

static void list_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	struct area *area = worker->area;
	struct at_fields fields = at_fields_of(line);
	struct slot *slot;
	int index, stat;

	if (!area || !at_next_number(&fields, &index) || !at_next_number(&fields, &stat) ||
		index < 0 || index > 65535)
		return;
	area->listed++;
	slot = worker_find_slot(worker, area->name, (unsigned)index);
	if (!slot)
		slot = worker_add_slot(worker, area->name, (unsigned)index);
	if (!slot)
		return;
	slot->listing = area->listing;
	if (pdu[0])
		worker_take_pdu(worker, slot, stat, pdu);
	else if (!slot->pdu && slot->state != SLOT_ASIDE)
		slot->state = SLOT_NOTICED;
	worker_offer(worker);
}

/* A whole listing doesn't show these: they are empty. */
static void drop_unlisted(struct worker *worker, const struct area *area)
{
	struct slot *slot, *next;

	for (slot = TAILQ_FIRST(&worker->slots); slot; slot = next) {
		next = TAILQ_NEXT(slot, entry);
		if (strcmp(slot->store, area->name) != 0 || slot->listing == area->listing)
			continue;
		if (slot->state == SLOT_READ || slot->state == SLOT_GIVEN)
			slot->doubtful = true;
		else
			worker_drop_slot(worker, slot);
	}
}

/* Some makes pass over what they can't read without a word; it takes up room all the same. */
static void tell_hidden(struct worker *worker, struct area *area)
{
	unsigned hidden =
		area->used > area->listed && area->used != UINT_MAX ? area->used - area->listed : 0;

	if (hidden > area->hidden)
		log_warning("modem %s: store %s has %u messages that it doesn't show. If this "
			    "stays, delete them with another program or change the SIM",
			worker->config->name, area->name, hidden);
	area->hidden = hidden;
}

/* Nobody reads drafts and copies of sent messages, and a store full of them takes no message. */
static void tell_drafts(struct worker *worker)
{
	if (worker->drafts > 0)
		log_notice(
			"modem %s: deleting %u drafts and copies of sent messages from the modem",
			worker->config->name, worker->drafts);
	worker->drafts = 0;
}

static void list_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;
	struct area *area = worker->area;

	worker->area = NULL;
	if (!area || answer->result == AT_ABORTED)
		return;
	if (answer->result == AT_OK) {
		area->due = false;
		area->failures = 0;
		tell_hidden(worker, area);
		tell_drafts(worker);
		drop_unlisted(worker, area);
	} else if (++area->failures >= LIST_TRIES) {
		area->due = false;
		area->sweep = true;
		area->sweep_next = 0;
	}
}

static bool list_area(struct worker *worker, struct area *area)
{
	struct at_command command = {
		.text = "AT+CMGL=4",
		.prefix = "+CMGL:",
		.pdu_follows = true,
		.line = list_line,
		.done = list_done,
	};

	worker->area = area;
	area->listing++;
	area->listed = 0;
	return worker_command(worker, &command);
}

/* What was announced and not listed as new has to be read by itself. */
static void list_new_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;
	struct area *area = worker->area;
	struct slot *slot;

	(void)answer;
	worker->area = NULL;
	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		if (area && slot->state == SLOT_NOTICED && strcmp(slot->store, area->name) == 0)
			slot->single = true;
	}
}

static bool list_new(struct worker *worker, struct area *area)
{
	struct at_command command = {
		.text = "AT+CMGL=0",
		.prefix = "+CMGL:",
		.pdu_follows = true,
		.line = list_line,
		.done = list_new_done,
	};

	worker->area = area;
	return worker_command(worker, &command);
}

/* Listing doesn't work: the next place that nothing is known of, as if it had been announced. */
static struct slot *sweep_slot(struct worker *worker, struct area *area)
{
	unsigned end = area->total < SWEEP_MAX ? area->total : SWEEP_MAX;

	/* Some count from 0, some from 1. */
	while (area->sweep_next <= end) {
		unsigned index = area->sweep_next++;

		if (!worker_find_slot(worker, area->name, index))
			return worker_add_slot(worker, area->name, index);
	}
	area->sweep = false;
	return NULL;
}

/* Slots that wait for their turn after ASIDE_MS, once a listing or sweep is due anyway. */
static void retry_aside(struct worker *worker, const struct area *area)
{
	struct slot *slot;

	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		if (slot->state != SLOT_ASIDE || strcmp(slot->store, area->name) != 0 ||
			worker->now_ms < slot->retry_ms)
			continue;
		slot->state = slot->pdu ? SLOT_KEPT : SLOT_NOTICED;
		slot->doubtful = true;
		slot->failures = 0;
	}
}

/*
 * Prefers what is in the store selected. Reading goes before deleting, except that a batch of
 * deletions makes room for what waits in the network, to be read with one command then.
 */
static struct slot *choose_slot(struct worker *worker)
{
	struct slot *slot, *read = NULL, *delete = NULL;
	unsigned deletions = 0;

	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		bool here = is_selected(worker, slot->store);
		struct slot **place = slot->state == SLOT_NOTICED ? &read : &delete;

		if (slot->state != SLOT_NOTICED && slot->state != SLOT_KEPT)
			continue;
		deletions += slot->state == SLOT_KEPT;
		if (!*place || (here && !is_selected(worker, (*place)->store)))
			*place = slot;
	}
	if (deletions >= DELETE_BATCH && worker->delete_batch == 0)
		worker->delete_batch = DELETE_BATCH;
	if (!delete)
		worker->delete_batch = 0;
	if (!read || worker->delete_batch > 0)
		return delete;
	return read;
}

/* How many new messages of this store wait to be read. */
static unsigned count_new(const struct worker *worker, const char *store)
{
	const struct slot *slot;
	unsigned count = 0;

	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		count += slot->state == SLOT_NOTICED && !slot->single &&
			 strcmp(slot->store, store) == 0;
	}
	return count;
}

static bool visit_slot(struct worker *worker, struct slot *slot)
{
	struct area *area = worker_find_area(worker, slot->store);

	if (!is_selected(worker, slot->store))
		return select_store(worker, slot->store);
	if (slot->state == SLOT_NOTICED && area && count_new(worker, slot->store) >= LIST_FROM)
		return list_new(worker, area);
	if (slot->state == SLOT_NOTICED || slot->doubtful)
		return read_slot(worker, slot);
	if (worker->delete_batch > 0)
		worker->delete_batch--;
	return delete_slot(worker, slot);
}

static struct area *choose_area(struct worker *worker)
{
	/* The store where messages arrive comes last, for it stays selected. */
	for (size_t i = worker->area_count; i > 0; i--) {
		if (worker->areas[i - 1].due || worker->areas[i - 1].sweep)
			return &worker->areas[i - 1];
	}
	return NULL;
}

static bool visit_area(struct worker *worker, struct area *area)
{
	if (area->sweep) {
		struct slot *slot;

		if (!is_selected(worker, area->name))
			return select_store(worker, area->name);
		slot = sweep_slot(worker, area);
		return slot && read_slot(worker, slot);
	}
	if (!worker->selectable) {
		retry_aside(worker, area);
		area->used = UINT_MAX;
		return list_area(worker, area);
	}
	/* Selecting also tells whether there is anything in it. */
	if (!area->usage_fresh || (area->used > 0 && !is_selected(worker, area->name))) {
		retry_aside(worker, area);
		area->usage_fresh = true;
		return select_store(worker, area->name);
	}
	area->usage_fresh = false;
	if (area->used > 0)
		return list_area(worker, area);
	area->due = false;
	area->hidden = 0;
	area->listing++;
	drop_unlisted(worker, area);
	return false;
}

bool worker_receive_next(struct worker *worker)
{
	struct slot *slot;
	struct area *area;

	if (worker->acknowledgements > 0) {
		worker->acknowledgements--;
		return worker_ask(worker, "AT+CNMA", NULL, NULL, NULL);
	}
	slot = choose_slot(worker);
	if (slot)
		return visit_slot(worker, slot);
	while ((area = choose_area(worker))) {
		if (visit_area(worker, area))
			return true;
	}
	if (worker->home[0] && !is_selected(worker, worker->home))
		return select_store(worker, worker->home);
	return false;
}
