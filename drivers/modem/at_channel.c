/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/at_channel.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modem/at_lines.h"

#define COMMAND_MAX 256
#define PAYLOAD_MAX 1024
#define OUTPUT_MAX (COMMAND_MAX + PAYLOAD_MAX + 16)
/* After the OK of a probe, so long nothing may follow that would be the answer to another. */
#define QUIET_MS 100
/* An answer is thought lost this long after noise in the midst of it. */
#define NOISE_PATIENCE_MS 2500
/* A few bad bytes while a message goes out (the transmitter disturbs the line) prove nothing. */
#define NOISE_BEARABLE 8
/* A string over several lines of which the end doesn't come. */
#define QUOTED_PATIENCE_MS 2000
/* Lines that may come between a +CDS and its PDU before it is given up. */
#define PDU_PATIENCE_LINES 4

enum state {
	STATE_IDLE,
	STATE_PROMPT, /* the command is written, its prompt isn't here */
	STATE_ANSWER, /* its final result isn't here */
	STATE_DELAY,  /* a resynchronisation begins at the deadline */
	STATE_PROBE,  /* AT is written */
	STATE_QUIET,  /* its OK came */
};

struct at_channel {
	const struct at_spontaneous *table;
	size_t table_count;
	void (*synchronised)(void *context);
	void *context;

	enum state state;
	int64_t deadline_ms;
	struct at_command command;
	char text[COMMAND_MAX];
	char payload[PAYLOAD_MAX];
	struct at_answer answer;
	char answer_line[AT_LINE_MAX + 1]; /* waits for its PDU */
	bool answer_waits;
	uint64_t garbage_before; /* of the command under way */
	unsigned tries;

	/* A spontaneous line that waits for its second one, or for the end of its string. */
	const struct at_spontaneous *pending;
	char pending_line[AT_LINE_MAX + 1];
	unsigned pending_age;
	int64_t pending_deadline_ms;

	struct at_lines lines;
	unsigned unknown;
	bool echoed;
	uint8_t output[OUTPUT_MAX];
	size_t output_size;
};

int at_channel_new(const struct at_spontaneous *table, size_t count,
	void (*synchronised)(void *context), void *context, struct at_channel **out)
{
	struct at_channel *channel = calloc(1, sizeof(*channel));

	if (!channel)
		return -ENOMEM;
	channel->table = table;
	channel->table_count = count;
	channel->synchronised = synchronised;
	channel->context = context;
	at_channel_reset(channel);
	*out = channel;
	return 0;
}

void at_channel_free(struct at_channel *channel)
{
	free(channel);
}

void at_channel_reset(struct at_channel *channel)
{
	channel->state = STATE_IDLE;
	channel->deadline_ms = INT64_MAX;
	channel->answer_waits = false;
	channel->tries = 0;
	channel->pending = NULL;
	channel->output_size = 0;
	at_lines_clear(&channel->lines);
}

bool at_is_hex(const char *text)
{
	size_t length = strlen(text);

	for (const char *at = text; *at; at++) {
		if (!isxdigit((unsigned char)*at))
			return false;
	}
	return length > 0 && length % 2 == 0;
}

static bool begins_with(const char *line, const char *prefix)
{
	return strncmp(line, prefix, strlen(prefix)) == 0;
}

static bool commanding(const struct at_channel *channel)
{
	return channel->state == STATE_PROMPT || channel->state == STATE_ANSWER;
}

static bool synchronising(const struct at_channel *channel)
{
	return channel->state == STATE_DELAY || channel->state == STATE_PROBE ||
	       channel->state == STATE_QUIET;
}

/* Bytes that don't fit can only be those of a modem that takes none: the deadline tells. */
static void put(struct at_channel *channel, const char *bytes, size_t size)
{
	if (size > sizeof(channel->output) - channel->output_size)
		size = sizeof(channel->output) - channel->output_size;
	memcpy(channel->output + channel->output_size, bytes, size);
	channel->output_size += size;
}

size_t at_channel_output(const struct at_channel *channel, const uint8_t **bytes)
{
	*bytes = channel->output;
	return channel->output_size;
}

void at_channel_written(struct at_channel *channel, size_t size)
{
	channel->output_size -= size;
	memmove(channel->output, channel->output + size, channel->output_size);
}

bool at_channel_busy(const struct at_channel *channel)
{
	return channel->state != STATE_IDLE;
}

int at_channel_command(struct at_channel *channel, const struct at_command *command, int64_t now_ms)
{
	size_t size = strlen(command->text);
	size_t payload_size = command->payload ? strlen(command->payload) : 0;

	if (at_channel_busy(channel))
		return -EBUSY;
	if (size + 1 > sizeof(channel->text) || payload_size + 1 > sizeof(channel->payload))
		return -EMSGSIZE;
	channel->command = *command;
	memcpy(channel->text, command->text, size + 1);
	channel->command.text = channel->text;
	if (command->payload) {
		memcpy(channel->payload, command->payload, payload_size + 1);
		channel->command.payload = channel->payload;
	}
	channel->answer = (struct at_answer) { .code = -1 };
	channel->answer_waits = false;
	channel->garbage_before = channel->lines.garbage;
	channel->output_size = 0;
	put(channel, channel->text, size);
	put(channel, "\r", 1);
	channel->state = command->payload ? STATE_PROMPT : STATE_ANSWER;
	channel->deadline_ms =
		now_ms + (command->payload ? command->prompt_ms : command->timeout_ms);
	return 0;
}

/* Hands out a line of the answer together with the PDU that may belong to it. */
static void deliver_line(struct at_channel *channel, const char *line, const char *pdu)
{
	channel->answer.lines++;
	if (channel->command.line)
		channel->command.line(channel->command.context, line, pdu);
}

static void flush_waiting_line(struct at_channel *channel)
{
	if (!channel->answer_waits)
		return;
	channel->answer_waits = false;
	deliver_line(channel, channel->answer_line, "");
}

/* The state is settled first, for done() may start the next command. */
static void finish(struct at_channel *channel, enum at_result result, int code)
{
	struct at_command command = channel->command;
	struct at_answer answer;
	int64_t missed_ms = channel->deadline_ms;

	if (result != AT_TIMEOUT && result != AT_ABORTED)
		flush_waiting_line(channel);
	channel->answer.result = result;
	channel->answer.code = code;
	answer = channel->answer;
	channel->answer_waits = false;
	channel->state = STATE_IDLE;
	channel->deadline_ms = INT64_MAX;
	if (result == AT_TIMEOUT)
		at_channel_synchronise(channel, missed_ms);
	if (command.done)
		command.done(command.context, &answer);
}

void at_channel_abort(struct at_channel *channel)
{
	if (commanding(channel))
		finish(channel, AT_ABORTED, -1);
}

void at_channel_synchronise(struct at_channel *channel, int64_t start_ms)
{
	at_channel_abort(channel);
	channel->state = STATE_DELAY;
	channel->deadline_ms = start_ms;
	channel->tries = 0;
	channel->pending = NULL;
}

unsigned at_channel_tries(const struct at_channel *channel)
{
	return synchronising(channel) ? channel->tries : 0;
}

static void probe(struct at_channel *channel, int64_t now_ms)
{
	/* How long the answer to each probe is waited for; the last for all later ones. */
	static const int64_t patience_ms[] = { 300, 300, 500, 500, 1000 };
	size_t step = channel->tries < ARRAY_SIZE(patience_ms) ? channel->tries
							       : ARRAY_SIZE(patience_ms) - 1;

	channel->output_size = 0;
	/* ESC leaves a prompt, CR ends what the modem may have of a command. */
	put(channel, "\x1b\r", 2);
	/*
	 * Every other time in words: a modem that was left with digits for results, or without any
	 * (V.250, 6.2.5 and 6.2.6), would be taken for a silent one.
	 */
	const char *hello = channel->tries % 2 ? "ATQ0V1\r" : "AT\r";
	put(channel, hello, strlen(hello));
	channel->state = STATE_PROBE;
	channel->deadline_ms = now_ms + patience_ms[step];
}

struct final_result {
	const char *text;
	bool whole; /* else a number or words follow */
	enum at_result result;
};

/*
 * V.250, 5.7.1 and what makes have added. Those of calls (NO CARRIER, BUSY …) aren't among them:
 * we never dial, so they tell of somebody's call, not of the command under way.
 */
static const struct final_result final_results[] = {
	{ "OK", true, AT_OK },
	{ "ERROR", true, AT_ERROR },
	{ "+CME ERROR:", false, AT_CME_ERROR },
	{ "+CMS ERROR:", false, AT_CMS_ERROR },
	{ "COMMAND NOT SUPPORT", false, AT_ERROR },
	{ "TOO MANY PARAMETERS", true, AT_ERROR },
};

static const struct final_result *find_final(const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(final_results); i++) {
		const struct final_result *entry = &final_results[i];

		if (entry->whole ? strcmp(line, entry->text) == 0 : begins_with(line, entry->text))
			return entry;
	}
	return NULL;
}

static int error_code(const char *line)
{
	const char *text = strchr(line, ':');
	char *end;
	long code;

	if (!text)
		return -1;
	errno = 0;
	code = strtol(text + 1, &end, 10);
	if (end == text + 1 || errno || code < 0 || code > 65535)
		return -1;
	return (int)code;
}

static const struct at_spontaneous *find_spontaneous(
	const struct at_channel *channel, const char *line)
{
	for (size_t i = 0; i < channel->table_count; i++) {
		const struct at_spontaneous *entry = &channel->table[i];

		if (entry->shape == AT_SHAPE_WHOLE ? strcmp(line, entry->prefix) == 0
						   : begins_with(line, entry->prefix))
			return entry;
	}
	return NULL;
}

static bool string_open(const char *line)
{
	unsigned quotes = 0;

	for (; *line; line++)
		quotes += *line == '"';
	return quotes % 2 == 1;
}

static void keep_pending(struct at_channel *channel, const struct at_spontaneous *entry,
	const char *line, int64_t now_ms)
{
	channel->pending = entry;
	channel->pending_age = 0;
	channel->pending_deadline_ms = now_ms + QUOTED_PATIENCE_MS;
	snprintf(channel->pending_line, sizeof(channel->pending_line), "%s", line);
}

static void tell_pending(struct at_channel *channel, const char *pdu)
{
	const struct at_spontaneous *entry = channel->pending;

	channel->pending = NULL;
	if (entry->handle)
		entry->handle(channel->context, channel->pending_line, pdu);
}

/* Whether the line was the one that a spontaneous line before it had been waiting for. */
static bool take_pending(struct at_channel *channel, const char *line)
{
	size_t size;

	if (!channel->pending)
		return false;
	if (channel->pending->shape == AT_SHAPE_PDU) {
		if (at_is_hex(line)) {
			tell_pending(channel, line);
			return true;
		}
		if (++channel->pending_age >= PDU_PATIENCE_LINES)
			channel->pending = NULL;
		return false;
	}
	if (find_final(line) || find_spontaneous(channel, line)) {
		tell_pending(channel, "");
		return false;
	}
	size = strlen(channel->pending_line);
	snprintf(channel->pending_line + size, sizeof(channel->pending_line) - size, "\n%s", line);
	if (!string_open(channel->pending_line))
		tell_pending(channel, "");
	return true;
}

static void take_spontaneous(struct at_channel *channel, const struct at_spontaneous *entry,
	const char *line, int64_t now_ms)
{
	if (entry->shape == AT_SHAPE_PDU ||
		(entry->shape == AT_SHAPE_QUOTED && string_open(line))) {
		keep_pending(channel, entry, line, now_ms);
		return;
	}
	if (entry->handle)
		entry->handle(channel->context, line, "");
}

/* Whether the line may be the answer to a command whose answers have no prefix. */
static bool plain_text(const struct at_channel *channel, const char *line)
{
	return !find_final(line) && !find_spontaneous(channel, line) && !strchr("^*$#%&", line[0]);
}

/* Whether the line is part of the answer to the command under way. */
static bool take_answer_line(struct at_channel *channel, const char *line, int64_t now_ms)
{
	const struct at_command *command = &channel->command;

	if (channel->answer_waits && at_is_hex(line)) {
		char *header = channel->answer_line;

		channel->answer_waits = false;
		channel->deadline_ms = now_ms + command->timeout_ms;
		deliver_line(channel, header, line);
		return true;
	}
	if (!command->prefix || channel->state != STATE_ANSWER)
		return false;
	if (command->prefix[0] == '\0' ? !plain_text(channel, line)
				       : !begins_with(line, command->prefix))
		return false;
	flush_waiting_line(channel);
	channel->deadline_ms = now_ms + command->timeout_ms;
	if (command->pdu_follows) {
		snprintf(channel->answer_line, sizeof(channel->answer_line), "%s", line);
		channel->answer_waits = true;
	} else {
		deliver_line(channel, line, "");
	}
	return true;
}

static void take_final(struct at_channel *channel, const struct final_result *entry,
	const char *line, int64_t now_ms)
{
	switch (channel->state) {
	case STATE_PROMPT:
		/* An OK here can only be late: there is nothing yet that could have been done. */
		if (entry->result == AT_OK)
			break;
		/* fall through */
	case STATE_ANSWER:
		finish(channel, entry->result, entry->whole ? -1 : error_code(line));
		break;
	case STATE_PROBE:
		if (entry->result == AT_OK) {
			channel->state = STATE_QUIET;
			channel->deadline_ms = now_ms + QUIET_MS;
		}
		break;
	case STATE_QUIET:
		channel->deadline_ms = now_ms + QUIET_MS;
		break;
	case STATE_IDLE:
	case STATE_DELAY:
		break; /* the late answer to a command given up */
	}
}

/* What nobody knows and no modem says: after it nothing can be relied upon. */
static bool looks_garbled(const struct at_channel *channel, const char *line)
{
	return channel->lines.garbled || !(isupper((unsigned char)line[0]) ||
						 strchr("+^*$#%&_!@", line[0]) || at_is_hex(line));
}

static void take_line(struct at_channel *channel, const char *line, int64_t now_ms)
{
	const struct at_spontaneous *spontaneous;
	const struct final_result *final;

	if (take_pending(channel, line))
		return;
	if (commanding(channel)) {
		/* The echo, before ATE0 or after the modem forgot it. */
		if (strcmp(line, channel->text) == 0 ||
			(channel->answer.payload_sent && strcmp(line, channel->payload) == 0)) {
			channel->echoed = true;
			return;
		}
		if (take_answer_line(channel, line, now_ms))
			return;
	}
	final = find_final(line);
	if (final) {
		take_final(channel, final, line, now_ms);
		return;
	}
	spontaneous = find_spontaneous(channel, line);
	if (spontaneous) {
		take_spontaneous(channel, spontaneous, line, now_ms);
		return;
	}
	if (begins_with(line, "AT")) {
		channel->echoed = true;
		return;
	}
	channel->unknown++;
	if (looks_garbled(channel, line))
		channel->lines.garbage++;
}

static void take_prompt(struct at_channel *channel, int64_t now_ms)
{
	if (channel->command.prompt)
		channel->command.prompt(channel->command.context);
	channel->answer.payload_sent = true;
	channel->state = STATE_ANSWER;
	channel->deadline_ms = now_ms + channel->command.timeout_ms;
	put(channel, channel->payload, strlen(channel->payload));
	put(channel, "\x1a", 1);
}

/* Noise may have eaten an answer or been taken for one. */
static void take_noise(struct at_channel *channel, int64_t now_ms)
{
	uint64_t noise = channel->lines.garbage - channel->garbage_before;
	uint64_t bearable = channel->answer.payload_sent ? NOISE_BEARABLE : 0;

	if (commanding(channel) && noise > bearable &&
		channel->deadline_ms > now_ms + NOISE_PATIENCE_MS)
		channel->deadline_ms = now_ms + NOISE_PATIENCE_MS;
	else if (channel->state == STATE_QUIET)
		channel->deadline_ms = now_ms + QUIET_MS;
}

void at_channel_input(struct at_channel *channel, const uint8_t *bytes, size_t size, int64_t now_ms)
{
	uint64_t garbage = channel->lines.garbage;
	char line[AT_LINE_MAX + 1];

	for (size_t i = 0; i < size; i++) {
		switch (at_lines_feed(&channel->lines, bytes[i], channel->state == STATE_PROMPT)) {
		case AT_TOKEN_LINE:
			/* A copy, for a handler may reset the channel. */
			memcpy(line, channel->lines.text, channel->lines.size + 1);
			take_line(channel, line, now_ms);
			break;
		case AT_TOKEN_PROMPT:
			take_prompt(channel, now_ms);
			break;
		case AT_TOKEN_NONE:
			break;
		}
	}
	if (channel->lines.garbage != garbage)
		take_noise(channel, now_ms);
}

int64_t at_channel_deadline(const struct at_channel *channel)
{
	int64_t deadline_ms = channel->deadline_ms;

	if (channel->pending && channel->pending->shape == AT_SHAPE_QUOTED &&
		channel->pending_deadline_ms < deadline_ms)
		deadline_ms = channel->pending_deadline_ms;
	return deadline_ms;
}

void at_channel_tick(struct at_channel *channel, int64_t now_ms)
{
	if (channel->pending && channel->pending->shape == AT_SHAPE_QUOTED &&
		now_ms >= channel->pending_deadline_ms)
		tell_pending(channel, "");
	if (now_ms < channel->deadline_ms)
		return;
	switch (channel->state) {
	case STATE_IDLE:
		channel->deadline_ms = INT64_MAX;
		break;
	case STATE_PROMPT:
	case STATE_ANSWER:
		finish(channel, AT_TIMEOUT, -1);
		break;
	case STATE_DELAY:
		probe(channel, now_ms);
		break;
	case STATE_PROBE:
		channel->tries++;
		probe(channel, now_ms);
		break;
	case STATE_QUIET:
		channel->state = STATE_IDLE;
		channel->deadline_ms = INT64_MAX;
		channel->tries = 0;
		channel->synchronised(channel->context);
		break;
	}
}

unsigned at_channel_unknown_lines(const struct at_channel *channel)
{
	return channel->unknown;
}

bool at_channel_echoed(const struct at_channel *channel)
{
	return channel->echoed;
}

void at_channel_forget_echo(struct at_channel *channel)
{
	channel->echoed = false;
}

void at_channel_hurry(struct at_channel *channel, int64_t deadline_ms)
{
	if (commanding(channel) && channel->deadline_ms > deadline_ms)
		channel->deadline_ms = deadline_ms;
}
