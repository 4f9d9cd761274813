/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two machines that answer each other: how to tell that the other side is one. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "store/inbound.h"
#include "store/internal.h"

/* Messages in a row that make a loop, with the one that came just now. */
#define LOOP_MESSAGES 3
/* How many of our last messages to a number are compared; shorter ones people write too. */
#define OWN_MESSAGES 20
#define OWN_LENGTH_MIN 20

/* What machines call themselves, in lower case. */
static const char *const automatic[] = { "pesan otomatis", "balasan otomatis", "jawaban otomatis",
	"auto reply", "autoreply", "auto-reply", "automatic", "jangan balas", "jangan dibalas",
	"tidak perlu dibalas", "do not reply", "no-reply", "noreply" };

/* The text in lower case with each number as one 0: counters, times and tickets differ. */
static char *without_numbers(const char *text)
{
	char *out = malloc(strlen(text) + 1);
	size_t used = 0;

	for (; out && *text; text++) {
		bool digit = isdigit((unsigned char)*text);

		if (digit && used > 0 && out[used - 1] == '0')
			continue;
		out[used++] = digit ? '0' : (char)tolower((unsigned char)*text);
	}
	if (out)
		out[used] = '\0';
	return out;
}

static bool is_one_word(const char *text)
{
	unsigned words = 0;
	bool inside = false;

	for (; *text; text++) {
		bool letter = isalpha((unsigned char)*text) || (unsigned char)*text >= 0x80;

		words += letter && !inside;
		inside = letter;
	}
	return words <= 1;
}

static bool says_automatic(const char *plain)
{
	for (size_t i = 0; i < ARRAY_SIZE(automatic); i++) {
		if (strstr(plain, automatic[i]))
			return true;
	}
	return false;
}

/* Whether what we sent to this number lately stands in the text. */
static int echoes(struct store *store, const char *sender, int64_t since_ms, const char *plain)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT text FROM outgoing_sms WHERE recipient = ? AND created_ms > ?"
		" AND length(text) >= ? ORDER BY created_ms DESC, id DESC LIMIT ?",
		"tiii", sender, since_ms, (int64_t)OWN_LENGTH_MIN, (int64_t)OWN_MESSAGES);

	while (found >= 0 && (found = store_step(store, statement)) > 0) {
		autofree char *text = store_column_copy(statement, 0);
		autofree char *own = text ? without_numbers(text) : NULL;

		if (!own)
			return -ENOMEM;
		if (strstr(plain, own))
			return 1;
	}
	return found;
}

/* Whether the messages before this one were the same; alike: but for their numbers. */
static int repeats(struct store *store, const struct inbound_message *message, int64_t since_ms,
	const char *plain, bool alike)
{
	autostatement sqlite3_stmt *statement = NULL;
	int same = 1;
	int found = store_query(store, &statement,
		"SELECT text FROM inbound_message WHERE sender = ? AND id < ? AND received_ms > ?"
		" ORDER BY id DESC LIMIT ?",
		"tiii", message->sender, message->id, since_ms, (int64_t)LOOP_MESSAGES - 1);

	while (found >= 0 && (found = store_step(store, statement)) > 0) {
		autofree char *text = store_column_copy(statement, 0);
		autofree char *before = text ? without_numbers(text) : NULL;

		if (!before)
			return -ENOMEM;
		same += strcmp(message->text, text) == 0 || (alike && strcmp(plain, before) == 0);
	}
	return found < 0 ? found : same >= LOOP_MESSAGES;
}

int store_message_loops(
	struct store *store, const struct inbound_message *message, int64_t since_ms)
{
	autofree char *plain = without_numbers(message->text);

	if (!plain)
		return -ENOMEM;
	int machine = echoes(store, message->sender, since_ms, plain);
	if (machine == 0 && !is_one_word(plain))
		machine = repeats(store, message, since_ms, plain, says_automatic(plain));
	return machine;
}
