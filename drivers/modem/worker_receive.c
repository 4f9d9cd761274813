/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "modem/at_errors.h"
#include "modem/worker_private.h"

/* Tries before a slot is set aside. */
#define READ_TRIES 2
#define DELETE_TRIES 3
#define ASIDE_MS (10 * 60 * 1000)
/* A PDU that kotakd hasn't stored in this time (its disk may be full) is handed over again. */
#define GIVE_AGAIN_MS (2 * 60 * 1000)
/* Failed listings before the slots are read one by one. */
#define LIST_TRIES 2
/* No store is larger; a modem that says so is wrong. */
#define SWEEP_MAX 1000

/* 23.040, 9.2.3.1: the lowest bits of the first octet after the service-centre address. */
#define MTI_MASK 3
#define MTI_SUBMIT 1

static struct slot *find_slot(struct worker *worker, const char *store, unsigned index)
{
	struct slot *slot;

	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		if (slot->index == index && strcmp(slot->store, store) == 0)
			return slot;
	}
	return NULL;
}

static struct area *find_area(struct worker *worker, const char *store)
{
	for (size_t i = 0; i < worker->area_count; i++) {
		if (strcmp(worker->areas[i].name, store) == 0)
			return &worker->areas[i];
	}
	return NULL;
}

static struct slot *add_slot(struct worker *worker, const char *store, unsigned index)
{
	struct slot *slot = calloc(1, sizeof(*slot));
	const struct area *area = find_area(worker, store);

	/* The message stays in the modem; the next poll finds it again. */
	if (!slot) {
		log_error("modem %s: out of memory, a message waits in the modem",
			worker->config->name);
		return NULL;
	}
	snprintf(slot->store, sizeof(slot->store), "%s", store);
	slot->index = index;
	slot->listing = area ? area->listing : 0;
	TAILQ_INSERT_TAIL(&worker->slots, slot, entry);
	return slot;
}

static void drop_slot(struct worker *worker, struct slot *slot)
{
	if (worker->slot == slot)
		worker->slot = NULL;
	TAILQ_REMOVE(&worker->slots, slot, entry);
	free(slot->pdu);
	free(slot);
}

void worker_forget_slots(struct worker *worker)
{
	struct slot *slot;

	while ((slot = TAILQ_FIRST(&worker->slots)))
		drop_slot(worker, slot);
	worker->area = NULL;
	worker->selected[0] = '\0';
	worker->acknowledgements = 0;
}

void worker_doubt_all(struct worker *worker)
{
	struct slot *slot;

	TAILQ_FOREACH(slot, &worker->slots, entry)
	slot->doubtful = true;
	worker->selected[0] = '\0';
}

void worker_list_all(struct worker *worker)
{
	for (size_t i = 0; i < worker->area_count; i++)
		worker->areas[i].due = true;
}

unsigned worker_slots_aside(const struct worker *worker)
{
	const struct slot *slot;
	unsigned count = 0;

	TAILQ_FOREACH(slot, &worker->slots, entry)
	count += slot->state == SLOT_ASIDE;
	return count;
}

static void set_aside(struct worker *worker, struct slot *slot, const char *what)
{
	slot->state = SLOT_ASIDE;
	slot->retry_ms = worker->now_ms + ASIDE_MS;
	log_warning("modem %s: place %u of store %s can't be %s; set aside, tried again later. "
		    "If this stays, delete it with another program or change the SIM",
		worker->config->name, slot->index, slot->store, what);
}

static void set_pdu(struct worker *worker, struct slot *slot, uint8_t *pdu, size_t size)
{
	free(slot->pdu);
	slot->pdu = pdu;
	slot->pdu_size = size;
	slot->token = ++worker->last_token;
	slot->state = SLOT_READ;
	slot->doubtful = false;
	slot->refilled = false;
	slot->draft = false;
	slot->failures = 0;
}

/* The PDU is seen in the slot: is it the one that is known? */
static bool same_pdu(const struct slot *slot, const uint8_t *pdu, size_t size)
{
	return slot->pdu && slot->pdu_size == size && memcmp(slot->pdu, pdu, size) == 0;
}

/* 27.005, 3.1 <stat>: 2 stored unsent, 3 stored sent. */
static bool is_draft(int stat, const uint8_t *pdu, size_t size)
{
	size_t first = size > 0 ? (size_t)pdu[0] + 1 : 0;

	return (stat == 2 || stat == 3) && size > first && (pdu[first] & MTI_MASK) == MTI_SUBMIT;
}

/* What a listing or a reading has shown of a slot. */
static void take_pdu(struct worker *worker, struct slot *slot, int stat, const char *hex)
{
	autofree uint8_t *pdu = NULL;
	size_t size = strlen(hex) / 2;

	if (size > 0 && size <= MODEM_PDU_MAX)
		pdu = malloc(size);
	if (!pdu || at_parse_hex(hex, pdu, size) != size) {
		/* Nothing that could be kept. */
		if (++slot->failures >= READ_TRIES)
			set_aside(worker, slot, "read");
		else
			slot->state = SLOT_NOTICED;
		return;
	}
	if (is_draft(stat, pdu, size)) {
		set_pdu(worker, slot, take_pointer(pdu), size);
		slot->draft = true;
		slot->state = SLOT_KEPT;
		worker->drafts++;
		return;
	}
	if (!same_pdu(slot, pdu, size)) {
		set_pdu(worker, slot, take_pointer(pdu), size);
		return;
	}
	slot->doubtful = false;
	switch (slot->state) {
	case SLOT_NOTICED:
		slot->state = SLOT_READ;
		break;
	case SLOT_DELETED:
		/* Said to be deleted, and still there: it is stored, so try again. */
		slot->doubtful = true;
		if (++slot->failures >= DELETE_TRIES)
			set_aside(worker, slot, "deleted");
		else
			slot->state = SLOT_KEPT;
		break;
	case SLOT_GIVEN:
		if (worker->now_ms - slot->given_ms > GIVE_AGAIN_MS)
			slot->state = SLOT_READ;
		break;
	case SLOT_READ:
	case SLOT_KEPT:
	case SLOT_ASIDE:
		break;
	}
}

void worker_slot_noticed(struct worker *worker, const char *store, unsigned index)
{
	struct slot *slot = find_slot(worker, store, index);

	if (!slot)
		slot = add_slot(worker, store, index);
	if (!slot)
		return;
	switch (slot->state) {
	case SLOT_NOTICED:
		break;
	case SLOT_ASIDE:
	case SLOT_DELETED:
		free(slot->pdu);
		slot->pdu = NULL;
		slot->failures = 0;
		slot->state = SLOT_NOTICED;
		break;
	case SLOT_KEPT:
		slot->refilled = true;
		/* fall through */
	case SLOT_READ:
	case SLOT_GIVEN:
		slot->doubtful = true;
		break;
	}
}

void worker_pdu_came(struct worker *worker, const char *hex)
{
	struct slot *slot = add_slot(worker, "", 0);

	if (!slot)
		return;
	take_pdu(worker, slot, 0, hex);
	if (slot->state != SLOT_READ)
		drop_slot(worker, slot);
}

void worker_offer(struct worker *worker)
{
	struct slot *slot;

	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		struct modem_event *event;

		if (slot->state != SLOT_READ)
			continue;
		if (channel_waiting(worker->channel))
			return;
		event = worker_event(worker, MODEM_PDU);
		event->token = slot->token;
		event->pdu_size = slot->pdu_size;
		memcpy(event->pdu, slot->pdu, slot->pdu_size);
		slot->state = SLOT_GIVEN;
		slot->given_ms = worker->now_ms;
		worker_emit(worker);
	}
}

void worker_stored(struct worker *worker, uint64_t token)
{
	struct slot *slot;

	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		if (slot->token == token && slot->pdu)
			break;
	}
	/* Of before the modem's last start: it will be handed over again. */
	if (!slot)
		return;
	if (slot->store[0] == '\0') {
		drop_slot(worker, slot);
		worker->acknowledgements += worker->acknowledge;
	} else if (slot->state == SLOT_GIVEN) {
		slot->state = SLOT_KEPT;
	}
}

/* A store that can't be selected: nothing in it can be reached. */
static void select_failed(struct worker *worker, const char *store)
{
	struct area *area = find_area(worker, store);
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
			set_aside(worker, slot, "reached");
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

static void select_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	struct area *area = find_area(worker, worker->selecting);

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
	take_pdu(worker, worker->slot, stat, pdu);
}

static void read_failed(struct worker *worker, struct slot *slot, const struct at_answer *answer)
{
	const struct area *area = find_area(worker, slot->store);

	/* While all places are gone through, those that there aren't any of are no trouble. */
	if (area && area->sweep && !slot->pdu && answer->result == AT_ERROR)
		drop_slot(worker, slot);
	else if (++slot->failures >= READ_TRIES)
		set_aside(worker, slot, "read");
}

static void read_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;
	struct slot *slot = worker->slot;

	worker->slot = NULL;
	if (!slot || answer->result == AT_ABORTED || worker->read_found)
		return;
	if (answer->result == AT_OK || at_says_empty(answer))
		drop_slot(worker, slot);
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
	if (++slot->failures >= DELETE_TRIES)
		set_aside(worker, slot, "deleted");
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
	slot = find_slot(worker, area->name, (unsigned)index);
	if (!slot)
		slot = add_slot(worker, area->name, (unsigned)index);
	if (!slot)
		return;
	slot->listing = area->listing;
	if (pdu[0])
		take_pdu(worker, slot, stat, pdu);
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
			drop_slot(worker, slot);
	}
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
	return worker_command(worker, &command);
}

/* Listing doesn't work: the next place that nothing is known of, as if it had been announced. */
static struct slot *sweep_slot(struct worker *worker, struct area *area)
{
	unsigned end = area->total < SWEEP_MAX ? area->total : SWEEP_MAX;

	/* Some count from 0, some from 1. */
	while (area->sweep_next <= end) {
		unsigned index = area->sweep_next++;

		if (!find_slot(worker, area->name, index))
			return add_slot(worker, area->name, index);
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

/* Prefers what is in the store selected; reading goes before deleting. */
static struct slot *choose_slot(struct worker *worker)
{
	struct slot *slot, *best = NULL;
	int best_rank = 0;

	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		bool here = strcmp(slot->store, worker->selected) == 0;
		int rank = 0;

		if (slot->state == SLOT_NOTICED)
			rank = here ? 4 : 2;
		else if (slot->state == SLOT_KEPT)
			rank = here ? 3 : 1;
		if (rank > best_rank) {
			best = slot;
			best_rank = rank;
		}
		if (rank == 4)
			break;
	}
	return best;
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

bool worker_receive_waits(const struct worker *worker)
{
	const struct slot *slot;

	for (size_t i = 0; i < worker->area_count; i++) {
		if (worker->areas[i].due || worker->areas[i].sweep)
			return true;
	}
	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		if (slot->state == SLOT_NOTICED || slot->state == SLOT_KEPT)
			return true;
	}
	return worker->acknowledgements > 0;
}

static bool visit_area(struct worker *worker, struct area *area)
{
	if (area->sweep) {
		struct slot *slot;

		if (strcmp(worker->selected, area->name) != 0)
			return select_store(worker, area->name);
		slot = sweep_slot(worker, area);
		return slot && read_slot(worker, slot);
	}
	/* Selecting also tells whether there is anything in it. */
	if (!area->usage_fresh || (area->used > 0 && strcmp(worker->selected, area->name) != 0)) {
		retry_aside(worker, area);
		area->usage_fresh = true;
		return select_store(worker, area->name);
	}
	area->usage_fresh = false;
	if (area->used > 0)
		return list_area(worker, area);
	area->due = false;
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
	if (slot) {
		if (strcmp(slot->store, worker->selected) != 0)
			return select_store(worker, slot->store);
		if (slot->state == SLOT_NOTICED || slot->doubtful)
			return read_slot(worker, slot);
		return delete_slot(worker, slot);
	}
	while ((area = choose_area(worker))) {
		if (visit_area(worker, area))
			return true;
	}
	if (worker->home[0] && strcmp(worker->selected, worker->home) != 0)
		return select_store(worker, worker->home);
	return false;
}
