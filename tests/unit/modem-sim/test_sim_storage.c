/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulator's stores and its service-centre stamps. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tools/modem-sim/make.h"
#include "tools/modem-sim/stamps.h"
#include "tools/modem-sim/storage.h"

static const struct storage_sizes sizes = { .sim = 2, .memory = 3, .reports = 1 };

static struct store *put(struct storage *storage, const char *name, unsigned *position)
{
	struct store *owner = NULL;
	struct store *store = storage_find(storage, name);

	assert_non_null(store);
	if (store_put(store, (const uint8_t *)"pdu", 3, SLOT_UNREAD, &owner, position) < 0)
		return NULL;
	return owner;
}

static void every_make_has_its_stores(void **state)
{
	static const char *const names[] = { "sim800", "sim7600", "ec25", "e173" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct make *make = make_find(names[i]);
		struct storage storage;

		assert_non_null(make);
		assert_non_null(strstr(make_names(), names[i]));
		storage_init(&storage, make, sizes);
		assert_non_null(storage_find(&storage, make->default_store));
		assert_non_null(storage_find(&storage, make->report_store));
		assert_non_null(storage_find(&storage, "SM"));
		assert_null(storage_find(&storage, "XX"));
		storage_free(&storage);
	}
	assert_null(make_find("nokia"));
}

static void lowest_free_slot_is_taken(void **state)
{
	struct storage storage;
	struct store *memory;
	unsigned position = 99;

	(void)state;
	storage_init(&storage, make_find("ec25"), sizes);
	memory = storage_find(&storage, "ME");
	for (unsigned i = 0; i < 3; i++) {
		assert_ptr_equal(put(&storage, "ME", &position), memory);
		assert_int_equal(position, i);
	}
	assert_null(put(&storage, "ME", &position));
	store_clear(memory, 2);
	store_clear(memory, 0);
	store_clear(memory, 0); /* an empty one stays empty */
	assert_int_equal(store_used(memory), 1);
	assert_ptr_equal(put(&storage, "ME", &position), memory);
	assert_int_equal(position, 0);
	assert_ptr_equal(put(&storage, "ME", &position), memory);
	assert_int_equal(position, 2);
	assert_null(store_slot(memory, 3, NULL));
	storage_free(&storage);
}

/* "MT": first ME, then SM. */
static void view_joins_two_stores(void **state)
{
	struct storage storage;
	struct store *view;
	struct store *owner = NULL;
	unsigned position = 99;

	(void)state;
	storage_init(&storage, make_find("ec25"), sizes);
	view = storage_find(&storage, "MT");
	assert_int_equal(store_total(view), 5);
	for (int i = 0; i < 3; i++)
		assert_string_equal(put(&storage, "MT", &position)->name, "ME");
	assert_string_equal(put(&storage, "MT", &position)->name, "SM");
	assert_int_equal(position, 0);
	assert_int_equal(store_used(view), 4);
	assert_true(store_slot(view, 3, &owner)->used);
	assert_string_equal(owner->name, "SM");
	assert_false(store_slot(view, 4, NULL)->used);
	assert_null(store_slot(view, 5, NULL));
	store_clear(view, 3);
	assert_int_equal(store_used(storage_find(&storage, "SM")), 0);
	storage_free(&storage);
}

static void store_without_slots(void **state)
{
	struct storage storage;
	unsigned position = 0;

	(void)state;
	storage_init(&storage, make_find("ec25"), (struct storage_sizes) { 0 });
	assert_null(put(&storage, "SM", &position));
	assert_null(put(&storage, "MT", &position));
	assert_int_equal(store_total(storage_find(&storage, "MT")), 0);
	storage_free(&storage);
}

static void equal_texts_get_their_own_seconds(void **state)
{
	static const uint16_t text[] = { 'h', 'i' };
	struct stamps stamps = { 0 };

	(void)state;
	assert_int_equal(stamps_unique(&stamps, 5999, "+1", text, 2), 5000);
	assert_int_equal(stamps_unique(&stamps, 5999, "+1", text, 2), 6000);
	assert_int_equal(stamps_unique(&stamps, 6001, "+1", text, 2), 7000);
	assert_int_equal(stamps_unique(&stamps, 5999, "+2", text, 2), 5000);
	assert_int_equal(stamps_unique(&stamps, 5999, "+1", text, 1), 5000);
	assert_int_equal(stamps_unique(&stamps, 9000, "+1", text, 2), 9000);
	stamps_free(&stamps);
}

static void stamps_survive_growing(void **state)
{
	struct stamps stamps = { 0 };
	uint16_t text[2];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 20000; i++) {
			text[0] = (uint16_t)i;
			text[1] = (uint16_t)(i >> 4);
			assert_int_equal(
				stamps_unique(&stamps, 1000, "+1", text, 2), 1000 * (round + 1));
		}
	}
	stamps_free(&stamps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_make_has_its_stores),
		cmocka_unit_test(lowest_free_slot_is_taken),
		cmocka_unit_test(view_joins_two_stores),
		cmocka_unit_test(store_without_slots),
		cmocka_unit_test(equal_texts_get_their_own_seconds),
		cmocka_unit_test(stamps_survive_growing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("sim_storage", tests, NULL, NULL);
}
