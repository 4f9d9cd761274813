/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "storage.h"

#include <errno.h>
#include <string.h>

#include "buffer.h"

static unsigned size_of(const char *name, struct storage_sizes sizes)
{
	if (!strcmp(name, "SM"))
		return sizes.sim;
	if (!strcmp(name, "ME"))
		return sizes.memory;
	return sizes.reports;
}

void storage_init(struct storage *storage, const struct make *make, struct storage_sizes sizes)
{
	*storage = (struct storage) { .first_index = make->first_index };
	for (size_t i = 0; i < STORES_MAX && make->stores[i]; i++) {
		struct store *store = &storage->stores[storage->count++];

		store->name = make->stores[i];
		if (!strcmp(store->name, "MT"))
			continue;
		store->total = size_of(store->name, sizes);
		store->slots = must_allocate(store->total, sizeof(*store->slots));
	}
	for (size_t i = 0; i < storage->count; i++) {
		if (storage->stores[i].slots)
			continue;
		storage->stores[i].parts[0] = storage_find(storage, "ME");
		storage->stores[i].parts[1] = storage_find(storage, "SM");
	}
}

void storage_free(struct storage *storage)
{
	for (size_t i = 0; i < storage->count; i++) {
		struct store *store = &storage->stores[i];

		for (unsigned position = 0; position < store->total; position++)
			free(store->slots[position].pdu);
		free(store->slots);
	}
	storage->count = 0;
}

struct store *storage_find(struct storage *storage, const char *name)
{
	for (size_t i = 0; i < storage->count; i++)
		if (!strcmp(storage->stores[i].name, name))
			return &storage->stores[i];
	return NULL;
}

unsigned store_total(const struct store *store)
{
	unsigned total = store->total;

	for (size_t i = 0; i < ARRAY_SIZE(store->parts); i++)
		if (store->parts[i])
			total += store->parts[i]->total;
	return total;
}

unsigned store_used(const struct store *store)
{
	unsigned used = store->used;

	for (size_t i = 0; i < ARRAY_SIZE(store->parts); i++)
		if (store->parts[i])
			used += store->parts[i]->used;
	return used;
}

struct slot *store_slot(struct store *store, unsigned position, struct store **owner)
{
	if (store->slots) {
		if (owner)
			*owner = store;
		return position < store->total ? &store->slots[position] : NULL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(store->parts); i++) {
		struct store *part = store->parts[i];

		if (!part)
			continue;
		if (position < part->total)
			return store_slot(part, position, owner);
		position -= part->total;
	}
	return NULL;
}

static int put_real(struct store *store, const uint8_t *pdu, size_t size, enum slot_status status,
	unsigned *position)
{
	struct slot *slot;
	unsigned free_slot = store->lowest_free;

	while (free_slot < store->total && store->slots[free_slot].used)
		free_slot++;
	store->lowest_free = free_slot;
	if (free_slot == store->total)
		return -ENOSPC;
	slot = &store->slots[free_slot];
	slot->pdu = must_allocate(size, 1);
	memcpy(slot->pdu, pdu, size);
	slot->size = size;
	slot->status = status;
	slot->used = true;
	store->used++;
	*position = free_slot;
	return 0;
}

int store_put(struct store *store, const uint8_t *pdu, size_t size, enum slot_status status,
	struct store **owner, unsigned *position)
{
	if (store->slots) {
		*owner = store;
		return put_real(store, pdu, size, status, position);
	}
	for (size_t i = 0; i < ARRAY_SIZE(store->parts); i++) {
		*owner = store->parts[i];
		if (*owner && put_real(*owner, pdu, size, status, position) == 0)
			return 0;
	}
	return -ENOSPC;
}

void store_clear(struct store *store, unsigned position)
{
	struct store *owner = NULL;
	struct slot *slot = store_slot(store, position, &owner);

	if (!slot || !slot->used)
		return;
	free(slot->pdu);
	slot->pdu = NULL;
	slot->size = 0;
	slot->used = false;
	owner->used--;
	owner->announced_full = false;
	if ((unsigned)(slot - owner->slots) < owner->lowest_free)
		owner->lowest_free = (unsigned)(slot - owner->slots);
}
