/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "wire/event.h"

/*
 * SHA-256 of the genesis zeros, a newline and the event's canonical text, computed outside
 * this program: printf '%064d\n%s' 0 "$CANONICAL" | sha256sum. Escapes are in small letters.
 */
#define CANONICAL                                                                                  \
	"{\"actor\":\"complainant\",\"boot\":7,\"clock\":\"gsm\",\"data\":{\"channel\":\"sms\","   \
	"\"n\":1,\"text\":\"\\u00e9\\ud83d\\ude42\"},\"epoch\":1,"                                 \
	"\"id\":\"123e4567-e89b-42d3-a456-426614174000\",\"seq\":1,"                               \
	"\"ticket\":\"003-000123-7\",\"time\":\"2026-11-24T17:20:49.123Z\","                       \
	"\"type\":\"complaint.received\"}"
#define EXPECTED "83e248805e8f165fc3b72678b839b07f96f4a4fb2a746a24d25fd4dde57441cd"

static json_t *sample(void)
{
	json_t *event = json_loads(CANONICAL, 0, NULL);

	assert_non_null(event);
	return event;
}

static void test_known_hash(void **state)
{
	autojson json_t *event = sample();
	char hash[HASH_SIZE];

	(void)state;
	assert_int_equal(event_hash(event, EVENT_GENESIS, hash), 0);
	assert_string_equal(hash, EXPECTED);
}

/* Neither the order of members, nor the form of escapes, nor the personal part matters. */
static void test_hash_is_stable(void **state)
{
	autojson json_t *event = json_object();
	autojson json_t *original = sample();
	const char *key;
	json_t *value;
	char hash[HASH_SIZE];

	(void)state;
	json_object_foreach (original, key, value) {
		autojson json_t *before = event;
		event = json_pack("{s:O}", key, value);
		assert_int_equal(json_object_update(event, before), 0);
	}
	autojson json_t *personal = json_pack("{s:s, s:{}}", "salt", "00", "body");
	assert_int_equal(json_object_set(event, "personal", personal), 0);
	assert_int_equal(json_object_set_new(event, "hash", json_string("anything")), 0);
	assert_int_equal(event_hash(event, EVENT_GENESIS, hash), 0);
	assert_string_equal(hash, EXPECTED);
}

/* Any changed byte that still is an event gives another hash. */
static void test_changed_byte(void **state)
{
	char text[] = CANONICAL;
	char hash[HASH_SIZE];
	size_t changed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		char kept = text[i];
		text[i] ^= 1;
		autojson json_t *event = json_loads(text, 0, NULL);
		text[i] = kept;
		int error = event ? event_hash(event, EVENT_GENESIS, hash) : -EINVAL;
		if (error < 0)
			continue;
		assert_string_not_equal(hash, EXPECTED);
		changed++;
	}
	assert_true(changed > 100);
	autojson json_t *event = sample();
	char previous[HASH_SIZE] = EVENT_GENESIS;
	previous[63] = '1';
	assert_int_equal(event_hash(event, previous, hash), 0);
	assert_string_not_equal(hash, EXPECTED);
}

static void test_missing_field(void **state)
{
	static const char *const fields[] = { "epoch", "seq", "id", "time", "clock", "boot",
		"actor", "type", "ticket", "data" };
	char hash[HASH_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		autojson json_t *event = sample();
		assert_int_equal(json_object_del(event, fields[i]), 0);
		assert_int_equal(event_hash(event, EVENT_GENESIS, hash), -EINVAL);
	}
}

static void test_seal(void **state)
{
	autojson json_t *event = sample();
	autojson json_t *again = sample();
	autojson json_t *body = json_pack("{s:s, s:s}", "from", "+62811", "text", "jalan rusak");

	(void)state;
	assert_int_equal(event_seal(event, body), 0);
	assert_int_equal(event_check_seal(event), 0);
	/* Salted: the same body twice can't be told from two bodies. */
	assert_int_equal(event_seal(again, body), 0);
	assert_string_not_equal(
		json_string_value(json_object_get(json_object_get(event, "data"), "personal")),
		json_string_value(json_object_get(json_object_get(again, "data"), "personal")));
}

static void test_seal_broken(void **state)
{
	autojson json_t *event = sample();
	autojson json_t *body = json_pack("{s:s}", "text", "jalan rusak");

	(void)state;
	assert_int_equal(event_seal(event, body), 0);
	/* The body is shared, not copied: change it in place. */
	assert_int_equal(json_object_set_new(body, "text", json_string("jalan rusal")), 0);
	assert_int_equal(event_check_seal(event), -EBADMSG);
	assert_int_equal(json_object_set_new(body, "text", json_string("jalan rusak")), 0);
	assert_int_equal(event_check_seal(event), 0);
	json_object_del(json_object_get(event, "data"), "personal");
	assert_int_equal(event_check_seal(event), -EBADMSG);
}

/* Erasing body and salt leaves an event whose hash, and so the chain, is the same. */
static void test_erased(void **state)
{
	autojson json_t *event = sample();
	autojson json_t *body = json_pack("{s:s}", "text", "jalan rusak");
	char before[HASH_SIZE], after[HASH_SIZE];

	(void)state;
	assert_int_equal(event_seal(event, body), 0);
	assert_int_equal(event_hash(event, EVENT_GENESIS, before), 0);
	json_object_del(event, "personal");
	assert_int_equal(event_check_seal(event), 0);
	assert_int_equal(event_hash(event, EVENT_GENESIS, after), 0);
	assert_string_equal(before, after);
}

static void test_faults_named(void **state)
{
	static const struct {
		const char *key, *value;
	} wrong[] = {
		{ "epoch", "0" },
		{ "epoch", "\"1\"" },
		{ "seq", "0" },
		{ "seq", "1.5" },
		{ "id", "\"x\"" },
		{ "id", "null" },
		{ "time", "\"yesterday\"" },
		{ "clock", "\"sundial\"" },
		{ "boot", "\"7\"" },
		{ "actor", "\"\"" },
		{ "type", "5" },
		{ "ticket", "\"003-000123-3\"" },
		{ "ticket", "12" },
		{ "data", "[]" },
		{ "hash", "\"short\"" },
		{ "personal", "{\"salt\": 1, \"body\": {}}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		autojson json_t *event = sample();
		json_t *value = json_loads(wrong[i].value, JSON_DECODE_ANY, NULL);
		assert_int_equal(json_object_set_new(event, "hash", json_string(EXPECTED)), 0);
		assert_null(event_fault(event));
		assert_int_equal(json_object_set_new(event, wrong[i].key, value), 0);
		const char *fault = event_fault(event);
		assert_non_null(fault);
		assert_non_null(strstr(fault, wrong[i].key));
	}
	autojson json_t *list = json_array();
	assert_non_null(event_fault(list));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_hash),
		cmocka_unit_test(test_hash_is_stable),
		cmocka_unit_test(test_changed_byte),
		cmocka_unit_test(test_missing_field),
		cmocka_unit_test(test_seal),
		cmocka_unit_test(test_seal_broken),
		cmocka_unit_test(test_erased),
		cmocka_unit_test(test_faults_named),
	};

	if (sodium_init() < 0)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
