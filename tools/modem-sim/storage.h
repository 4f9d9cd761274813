/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modem's message stores: numbered slots, some of which may be worn out. */
#ifndef MODEM_SIM_STORAGE_H
#define MODEM_SIM_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "make.h"

/* 27.005 section 3.1 <stat>. */
enum slot_status {
	SLOT_UNREAD,
	SLOT_READ,
	SLOT_UNSENT,
	SLOT_SENT,
	SLOT_ALL,
};

enum slot_wear {
	SLOT_SOUND,
	SLOT_FAILS,    /* the operation is answered with an error */
	SLOT_PRETENDS, /* deleting: OK, but the message stays; listing: skipped without a word */
};

struct slot {
	bool used;
	enum slot_status status;
	uint8_t *pdu;
	size_t size;
	enum slot_wear reading;
	enum slot_wear deleting;
};

struct store {
	const char *name;
	struct slot *slots; /* NULL for a view of other stores */
	unsigned total;
	unsigned used;
	unsigned lowest_free; /* no free slot below it */
	bool announced_full;
	struct store *parts[2]; /* of a view, in the order of its indices */
};

#define STORES_MAX 4

struct storage {
	struct store stores[STORES_MAX];
	size_t count;
	unsigned first_index; /* what AT calls slot 0 */
};

struct storage_sizes {
	unsigned sim;
	unsigned memory;
	unsigned reports;
};

void storage_init(struct storage *storage, const struct make *make, struct storage_sizes sizes);
void storage_free(struct storage *storage);

/* NULL when the make has no such store. */
struct store *storage_find(struct storage *storage, const char *name);

unsigned store_total(const struct store *store);
unsigned store_used(const struct store *store);
/* Slot by position from 0, in a view too; NULL beyond the end. *owner may be NULL. */
struct slot *store_slot(struct store *store, unsigned position, struct store **owner);

/*
 * Puts a PDU (copied) into a free slot. *owner and *position say where: the real store,
 * not the view. -ENOSPC when all are taken.
 */
must_check int store_put(struct store *store, const uint8_t *pdu, size_t size,
	enum slot_status status, struct store **owner, unsigned *position);
/* Empties a slot, whatever its wear. */
void store_clear(struct store *store, unsigned position);

#endif
