/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stamps.h"

#include <stdlib.h>

#include "buffer.h"

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t key, uint8_t octet)
{
	return (key ^ octet) * 0x100000001B3ULL;
}

static uint64_t key_of(const char *from, const uint16_t *units, size_t count)
{
	uint64_t key = 0xCBF29CE484222325ULL;

	while (*from)
		key = mix(key, (uint8_t)*from++);
	key = mix(key, 0);
	for (size_t i = 0; i < count; i++)
		key = mix(mix(key, (uint8_t)(units[i] >> 8)), (uint8_t)units[i]);
	return key ? key : 1;
}

static struct stamp *place_of(struct stamp *places, size_t capacity, uint64_t key)
{
	size_t place = (size_t)key & (capacity - 1);

	while (places[place].key && places[place].key != key)
		place = (place + 1) & (capacity - 1);
	return &places[place];
}

/* Makes room, leaving behind what is too old to matter. */
static void grow(struct stamps *stamps, int64_t second)
{
	size_t capacity = stamps->capacity ? stamps->capacity * 2 : 256;
	struct stamp *places = must_allocate(capacity, sizeof(*places));

	stamps->used = 0;
	for (size_t i = 0; i < stamps->capacity; i++) {
		struct stamp *old = &stamps->places[i];

		if (!old->key || old->second < second)
			continue;
		*place_of(places, capacity, old->key) = *old;
		stamps->used++;
	}
	free(stamps->places);
	stamps->places = places;
	stamps->capacity = capacity;
}

int64_t stamps_unique(struct stamps *stamps, int64_t now_ms, const char *from,
	const uint16_t *units, size_t count)
{
	int64_t second = now_ms / 1000;
	uint64_t key = key_of(from, units, count);
	struct stamp *stamp;

	if (stamps->used * 2 >= stamps->capacity)
		grow(stamps, second);
	stamp = place_of(stamps->places, stamps->capacity, key);
	if (!stamp->key)
		stamps->used++;
	else if (stamp->second >= second)
		second = stamp->second + 1;
	stamp->key = key;
	stamp->second = second;
	return second * 1000;
}

void stamps_free(struct stamps *stamps)
{
	free(stamps->places);
	*stamps = (struct stamps) { 0 };
}
