/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S 1000000000

void trace_feed(
	struct hd44780 *chip, const struct trace_wiring *wiring, const struct trace_change *change)
{
	uint8_t pin = 0;
	uint8_t levels = hd44780_levels(chip);

	if (change->line == wiring->rs)
		pin = HD44780_RS;
	else if (change->line == wiring->enable)
		pin = HD44780_ENABLE;
	for (unsigned i = 0; i < 4; i++) {
		if (change->line == wiring->data[i])
			pin = (uint8_t)(HD44780_D4 << i);
	}
	if (!pin || !change->set)
		return;
	levels = change->value ? levels | pin : levels & (uint8_t)~pin;
	hd44780_pins(chip, change->time_ns, levels);
}

void trace_feed_all(struct hd44780 *chip, const struct trace_wiring *wiring,
	const struct trace_change *changes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		trace_feed(chip, wiring, &changes[i]);
}

/* Reads digits to *value and moves *at behind them. */
static bool read_number(const char **at, int base, int64_t most, int64_t *value)
{
	char *end;

	errno = 0;
	if (!isxdigit((unsigned char)**at))
		return false;
	*value = strtoll(*at, &end, base);
	if (errno || end == *at || *value > most)
		return false;
	*at = end;
	return true;
}

static bool skip(const char **at, const char *text)
{
	size_t length = strlen(text);

	if (strncmp(*at, text, length) != 0)
		return false;
	*at += length;
	return true;
}

/* "12.345678" or "12.345678901", which ends before the colon. */
static bool read_time(const char *begin, int64_t *time_ns)
{
	int64_t seconds, fraction, unit = NS_PER_S;
	const char *at = begin, *dot;

	if (!read_number(&at, 10, INT64_MAX / NS_PER_S - 1, &seconds) || *at != '.')
		return false;
	dot = at++;
	if (!read_number(&at, 10, NS_PER_S - 1, &fraction) || *at != ':')
		return false;
	for (const char *digit = dot + 1; digit < at; digit++)
		unit /= 10;
	*time_ns = seconds * NS_PER_S + fraction * unit;
	return true;
}

/*
 * Finds " EVENT: " and the time before it: "kotakd-12 [000] d..1. 12.345678: EVENT: …"; *at is what
 * stands behind.
 */
static int find_event(const char *line, const char *event, const char **at, int64_t *time_ns)
{
	const char *found = strstr(line, event), *begin;

	if (!found)
		return -ENOMSG;
	*at = found + strlen(event);
	begin = found;
	while (begin > line && !isspace((unsigned char)begin[-1]))
		begin--;
	return read_time(begin, time_ns) ? 0 : -EINVAL;
}

int trace_read_gpio(const char *line, struct trace_change *change)
{
	int64_t number, value;
	const char *at;
	int error = find_event(line, ": gpio_value: ", &at, &change->time_ns);

	if (error < 0)
		return error;
	if (!read_number(&at, 10, INT32_MAX, &number) || !skip(&at, " "))
		return -EINVAL;
	change->set = skip(&at, "set ");
	if ((!change->set && !skip(&at, "get ")) || !read_number(&at, 10, INT32_MAX, &value))
		return -EINVAL;
	change->line = (unsigned)number;
	change->value = value != 0;
	return 0;
}

static int read_bytes(const char **at, size_t count, struct trace_message *message)
{
	int64_t value;

	if (count > TRACE_MESSAGE_MAX)
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		if ((i > 0 && !skip(at, "-")) || !read_number(at, 16, 0xff, &value))
			return -EINVAL;
		message->bytes[i] = (uint8_t)value;
	}
	message->count = count;
	return skip(at, "]") ? 0 : -EINVAL;
}

int trace_read_i2c(const char *line, struct trace_message *message)
{
	int64_t bus, index, address, flags, count;
	const char *at;
	int error = find_event(line, ": i2c_write: ", &at, &message->time_ns);

	if (error < 0)
		return error;
	if (!skip(&at, "i2c-") || !read_number(&at, 10, INT32_MAX, &bus) || !skip(&at, " #") ||
		!read_number(&at, 10, INT32_MAX, &index) || !skip(&at, " a=") ||
		!read_number(&at, 16, 0x3ff, &address) || !skip(&at, " f=") ||
		!read_number(&at, 16, 0xffff, &flags) || !skip(&at, " l=") ||
		!read_number(&at, 10, TRACE_MESSAGE_MAX, &count) || !skip(&at, " ["))
		return -EINVAL;
	message->bus = (unsigned)bus;
	message->address = (unsigned)address;
	return read_bytes(&at, (size_t)count, message);
}
