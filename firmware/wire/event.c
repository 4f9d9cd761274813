/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/event.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/ids.h"
#include "wire/ticket.h"

#define CANONICAL (JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII)
#define SALT_SIZE 16

static const char *const hashed_fields[] = { "epoch", "seq", "id", "time", "clock", "boot", "actor",
	"type", "ticket", "data" };

/*
 * The canonical text of a value; caller frees. jansson escapes with upper-case digits, nearly
 * everybody else (Python, JavaScript, RFC 8785) with lower-case ones: so do we.
 */
static char *canonical_text(const json_t *value)
{
	char *text = json_dumps(value, CANONICAL);

	for (char *at = text; at && *at; at++) {
		if (*at != '\\')
			continue;
		at++;
		for (int i = 1; *at == 'u' && i <= 4; i++)
			at[i] = (char)tolower((unsigned char)at[i]);
	}
	return text;
}

static int hash_two(const char *first, const char *second, char hash[static HASH_SIZE])
{
	uint8_t digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t *)first, strlen(first));
	crypto_hash_sha256_update(&state, (const uint8_t *)"\n", 1);
	crypto_hash_sha256_update(&state, (const uint8_t *)second, strlen(second));
	crypto_hash_sha256_final(&state, digest);
	sodium_bin2hex(hash, HASH_SIZE, digest, sizeof(digest));
	return 0;
}

int event_hash(
	const json_t *event, const char previous[static HASH_SIZE], char hash[static HASH_SIZE])
{
	autojson json_t *bare = json_object();

	if (!bare)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(hashed_fields); i++) {
		json_t *value = json_object_get(event, hashed_fields[i]);
		if (!value)
			return -EINVAL;
		if (json_object_set(bare, hashed_fields[i], value) < 0)
			return -ENOMEM;
	}
	autofree char *text = canonical_text(bare);
	if (!text)
		return -ENOMEM;
	return hash_two(previous, text, hash);
}

static int personal_hash(const char *salt, const json_t *body, char hash[static HASH_SIZE])
{
	autofree char *text = canonical_text(body);

	if (!text)
		return -ENOMEM;
	return hash_two(salt, text, hash);
}

int event_seal(json_t *event, json_t *body)
{
	uint8_t salt[SALT_SIZE];
	char salt_hex[SALT_SIZE * 2 + 1];
	char hash[HASH_SIZE];

	randombytes_buf(salt, sizeof(salt));
	sodium_bin2hex(salt_hex, sizeof(salt_hex), salt, sizeof(salt));
	int error = personal_hash(salt_hex, body, hash);
	if (error < 0)
		return error;
	autojson json_t *personal = json_pack("{s:s, s:O}", "salt", salt_hex, "body", body);
	if (!personal || json_object_set(event, "personal", personal) < 0)
		return -ENOMEM;
	json_t *data = json_object_get(event, "data");
	if (!json_is_object(data))
		return -EINVAL;
	return json_object_set_new(data, "personal", json_string(hash)) < 0 ? -ENOMEM : 0;
}

int event_check_seal(const json_t *event)
{
	const json_t *personal = json_object_get(event, "personal");
	const char *sealed =
		json_string_value(json_object_get(json_object_get(event, "data"), "personal"));
	char hash[HASH_SIZE];

	if (!personal || json_is_null(personal))
		return 0;
	const char *salt = json_string_value(json_object_get(personal, "salt"));
	const json_t *body = json_object_get(personal, "body");
	if (!salt || !body || !sealed)
		return -EBADMSG;
	int error = personal_hash(salt, body, hash);
	if (error < 0)
		return error;
	return strcmp(hash, sealed) == 0 ? 0 : -EBADMSG;
}

static bool is_text(const json_t *value, size_t most)
{
	return json_is_string(value) && json_string_length(value) > 0 &&
	       json_string_length(value) <= most;
}

const char *event_fault(const json_t *event)
{
	static const char *const qualities[] = { "ntp", "gsm", "rtc", "guess" };
	const char *clock = json_string_value(json_object_get(event, "clock"));
	const char *id = json_string_value(json_object_get(event, "id"));
	const char *time = json_string_value(json_object_get(event, "time"));
	const json_t *ticket = json_object_get(event, "ticket");
	char canonical[TICKET_SIZE];
	int64_t time_ms;
	bool known = false;

	if (json_integer_value(json_object_get(event, "epoch")) < 1)
		return "epoch must be a positive integer";
	if (json_integer_value(json_object_get(event, "seq")) < 1)
		return "seq must be a positive integer";
	if (!id || !uuid_valid(id))
		return "id must be a UUID";
	if (!time || time_parse(time, &time_ms) < 0)
		return "time must be RFC 3339 in UTC";
	for (size_t i = 0; clock && i < ARRAY_SIZE(qualities); i++)
		known = known || strcmp(clock, qualities[i]) == 0;
	if (!known)
		return "clock must be ntp, gsm, rtc or guess";
	if (!json_is_integer(json_object_get(event, "boot")))
		return "boot must be an integer";
	if (!is_text(json_object_get(event, "actor"), 100))
		return "actor must be a short text";
	if (!is_text(json_object_get(event, "type"), 50))
		return "type must be a short text";
	if (!json_is_null(ticket) &&
		(!json_is_string(ticket) || ticket_parse(json_string_value(ticket), canonical) < 0))
		return "ticket must be a ticket number or null";
	if (!json_is_object(json_object_get(event, "data")))
		return "data must be an object";
	if (json_string_length(json_object_get(event, "hash")) != HASH_SIZE - 1)
		return "hash must be 64 hex digits";
	if (event_check_seal(event) < 0)
		return "personal does not agree with its hash in data";
	return NULL;
}
