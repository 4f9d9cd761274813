/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/vm/tracing.h"

#define TRACING "/sys/kernel/tracing/"
#define BUFFER_KB "16384"

struct tracing {
	int pipe, marker;
	char text[16384];
	size_t used;
	/* A message that was written; whether the device took it is said by another line. */
	struct tracing_event written;
	bool is_written;
};

int tracing_put(const char *path, const char *text)
{
	size_t length = strlen(text);
	autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);
	int result = fd < 0 || write(fd, text, length) != (ssize_t)length ? -errno : 0;

	if (result)
		fprintf(stderr, "%s: can't write \"%s\": %s\n", path, text, strerror(-result));
	return result;
}

static int set_up(void)
{
	static const char *const settings[][2] = {
		{ TRACING "tracing_on", "0" },
		{ TRACING "trace_clock", "x86-tsc" },
		{ TRACING "buffer_size_kb", BUFFER_KB },
		{ TRACING "events/gpio/gpio_value/filter", "get == 0" },
		{ TRACING "events/gpio/gpio_value/enable", "1" },
		{ TRACING "events/i2c/i2c_write/enable", "1" },
		{ TRACING "events/i2c/i2c_result/enable", "1" },
		{ TRACING "tracing_on", "1" },
	};
	/* Opening it for writing empties the record. */
	autoclose int record = open(TRACING "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);
	int result = record < 0 ? -errno : 0;

	for (size_t i = 0; !result && i < ARRAY_SIZE(settings); i++)
		result = tracing_put(settings[i][0], settings[i][1]);
	return result;
}

int tracing_new(struct tracing **out)
{
	struct tracing *tracing = calloc(1, sizeof(*tracing));
	int result;

	if (!tracing)
		return -ENOMEM;
	tracing->pipe = tracing->marker = -1;
	result = set_up();
	if (!result) {
		tracing->pipe = open(TRACING "trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		tracing->marker = open(TRACING "trace_marker", O_WRONLY | O_CLOEXEC);
		if (tracing->pipe < 0 || tracing->marker < 0)
			result = -errno;
	}
	if (result) {
		tracing_free(tracing);
		return result;
	}
	*out = tracing;
	return 0;
}

void tracing_free(struct tracing *tracing)
{
	if (!tracing)
		return;
	if (tracing->pipe >= 0)
		close(tracing->pipe);
	if (tracing->marker >= 0)
		close(tracing->marker);
	free(tracing);
}

int tracing_mark(struct tracing *tracing, int64_t mark)
{
	return dprintf(tracing->marker, "%" PRId64 "\n", mark) < 0 ? -errno : 0;
}

/* A number that the text begins with, after spaces; moves the text behind it. */
static bool take_number(const char **text, int base, int64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoll(*text, &end, base);
	if (errno || end == *text)
		return false;
	*text = end;
	return true;
}

static bool take_word(const char **text, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*text, word, length) != 0)
		return false;
	*text += length;
	return true;
}

/* "1016 set 1" */
static int read_line(const char *text, struct tracing_event *event)
{
	int64_t line, value;

	if (!take_number(&text, 10, &line) || !take_word(&text, " set ") ||
		!take_number(&text, 10, &value))
		return -EINVAL;
	event->type = TRACING_LINE;
	event->change = (struct trace_change) {
		.time_ns = event->time_ns,
		.line = (unsigned)line,
		.value = value != 0,
		.set = true,
	};
	return 1;
}

/* "i2c-1 #0 a=027 f=0000 l=6 [38-3c-38-28-2c-28]" */
static int read_message(const char *text, struct tracing_event *event)
{
	struct trace_message *message = &event->message;
	int64_t bus, number, address, flags, length, byte;

	if (!take_word(&text, "i2c-") || !take_number(&text, 10, &bus) || !take_word(&text, " #") ||
		!take_number(&text, 10, &number) || !take_word(&text, " a=") ||
		!take_number(&text, 16, &address) || !take_word(&text, " f=") ||
		!take_number(&text, 16, &flags) || !take_word(&text, " l=") ||
		!take_number(&text, 10, &length) || length > TRACE_MESSAGE_MAX ||
		!take_word(&text, " ["))
		return -EINVAL;
	event->type = TRACING_MESSAGE;
	message->time_ns = event->time_ns;
	message->bus = (unsigned)bus;
	message->address = (unsigned)address;
	for (message->count = 0; message->count < (size_t)length; message->count++) {
		if ((message->count && !take_word(&text, "-")) || !take_number(&text, 16, &byte))
			return -EINVAL;
		message->bytes[message->count] = (uint8_t)byte;
	}
	return take_word(&text, "]") ? 1 : -EINVAL;
}

/* "i2c-1 n=1 ret=1": as many messages were taken as were sent */
static int read_result(const char *text, struct tracing *tracing, struct tracing_event *event)
{
	int64_t bus, sent, taken;

	if (!take_word(&text, "i2c-") || !take_number(&text, 10, &bus) ||
		!take_word(&text, " n=") || !take_number(&text, 10, &sent) ||
		!take_word(&text, " ret=") || !take_number(&text, 10, &taken))
		return -EINVAL;
	if (!tracing->is_written || sent != taken) {
		tracing->is_written = false;
		return 0;
	}
	*event = tracing->written;
	tracing->is_written = false;
	return 1;
}

/*
 * One line of the record: "     test-118     [000] .....   2096104876: gpio_value: 496 set 1". 1
 * and an event, 0 when there is nothing in it for the caller, or a negative errno.
 */
static int read_record(struct tracing *tracing, const char *text, struct tracing_event *event)
{
	const char *place = strchr(text, ']');
	int result;

	if (strstr(text, "LOST") || !place)
		return strstr(text, "LOST") ? -ENOBUFS : -EINVAL;
	place++;
	place += strspn(place, " ");
	place += strcspn(place, " "); /* what the processor was at */
	if (!take_number(&place, 10, &event->time_ns) || !take_word(&place, ": "))
		return -EINVAL;
	if (take_word(&place, "gpio_value: "))
		return read_line(place, event);
	if (take_word(&place, "i2c_result: "))
		return read_result(place, tracing, event);
	if (take_word(&place, "i2c_write: ")) {
		result = read_message(place, event);
		tracing->written = *event;
		tracing->is_written = result == 1;
		return result < 0 ? result : 0;
	}
	if (take_word(&place, "tracing_mark_write: ")) {
		event->type = TRACING_MARK;
		return take_number(&place, 10, &event->mark) ? 1 : -EINVAL;
	}
	return 0;
}

/* 1: there is a whole line at the beginning of the text, 0: the kernel has no more. */
static int fill(struct tracing *tracing)
{
	ssize_t got;

	while (!memchr(tracing->text, '\n', tracing->used)) {
		if (tracing->used == sizeof(tracing->text))
			return -EMSGSIZE;
		got = read(tracing->pipe, tracing->text + tracing->used,
			sizeof(tracing->text) - tracing->used);
		if (got < 0 && errno != EINTR)
			return errno == EAGAIN ? 0 : -errno;
		if (got == 0)
			return 0;
		if (got > 0)
			tracing->used += (size_t)got;
	}
	return 1;
}

int tracing_next(struct tracing *tracing, struct tracing_event *event)
{
	char *end;
	size_t length;
	int result, found;

	do {
		result = fill(tracing);
		if (result <= 0)
			return result;
		end = memchr(tracing->text, '\n', tracing->used);
		*end = '\0';
		found = read_record(tracing, tracing->text, event);
		if (found < 0)
			fprintf(stderr, "trace: %s: %s\n", strerror(-found), tracing->text);
		length = (size_t)(end - tracing->text) + 1;
		tracing->used -= length;
		memmove(tracing->text, end + 1, tracing->used);
	} while (found == 0);
	return found;
}
