/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of the places in the modem's stores, from their announcement to their deletion. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "modem/worker_private.h"

#define ASIDE_MS (10 * 60 * 1000)
/* A PDU that kotakd hasn't stored in this time (its disk may be full) is handed over again. */
#define GIVE_AGAIN_MS (2 * 60 * 1000)

/* 23.040, 9.2.3.1: the lowest bits of the first octet after the service-centre address. */
#define MTI_MASK 3
#define MTI_SUBMIT 1

struct slot *worker_find_slot(struct worker *worker, const char *store, unsigned index)
{
	struct slot *slot;

	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		if (slot->index == index && strcmp(slot->store, store) == 0)
			return slot;
	}
	return NULL;
}

struct slot *worker_add_slot(struct worker *worker, const char *store, unsigned index)
{
	struct slot *slot = calloc(1, sizeof(*slot));
	const struct area *area = worker_find_area(worker, store);

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

void worker_drop_slot(struct worker *worker, struct slot *slot)
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
		worker_drop_slot(worker, slot);
	worker->area = NULL;
	worker->selected[0] = '\0';
	worker->acknowledgements = 0;
}

void worker_doubt_all(struct worker *worker)
{
	struct slot *slot;

	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		slot->doubtful = true;
	}
	worker->selected[0] = '\0';
}

unsigned worker_slots_aside(const struct worker *worker)
{
	const struct slot *slot;
	unsigned count = 0;

	TAILQ_FOREACH(slot, &worker->slots, entry)
	{
		count += slot->state == SLOT_ASIDE;
	}
	for (size_t i = 0; i < worker->area_count; i++)
		count += worker->areas[i].hidden;
	return count;
}

void worker_set_aside(struct worker *worker, struct slot *slot, const char *what)
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
	slot->single = false;
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
void worker_take_pdu(struct worker *worker, struct slot *slot, int stat, const char *hex)
{
	autofree uint8_t *pdu = NULL;
	size_t size = strlen(hex) / 2;

	if (size > 0 && size <= MODEM_PDU_MAX)
		pdu = malloc(size);
	if (!pdu || at_parse_hex(hex, pdu, size) != size) {
		/* Nothing that could be kept. */
		if (++slot->failures >= WORKER_READ_TRIES)
			worker_set_aside(worker, slot, "read");
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
		if (++slot->failures >= WORKER_DELETE_TRIES)
			worker_set_aside(worker, slot, "deleted");
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
	struct slot *slot;

	/* The same messages are in SM or ME under numbers of their own: known once, deleted once.
	 */
	if (strcmp(store, "MT") == 0 && worker->area_count > 0 &&
		!worker_find_area(worker, store)) {
		worker_list_all(worker);
		return;
	}
	slot = worker_find_slot(worker, store, index);
	if (!slot)
		slot = worker_add_slot(worker, store, index);
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
	struct slot *slot = worker_add_slot(worker, "", 0);

	if (!slot)
		return;
	worker_take_pdu(worker, slot, 0, hex);
	if (slot->state != SLOT_READ)
		worker_drop_slot(worker, slot);
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
		worker_drop_slot(worker, slot);
		worker->acknowledgements += worker->acknowledge;
	} else if (slot->state == SLOT_GIVEN) {
		slot->state = SLOT_KEPT;
	}
}
