/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/at_parse.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct at_fields at_fields_of(const char *line)
{
	const char *colon = strchr(line, ':');

	return (struct at_fields) { .at = colon ? colon + 1 : NULL };
}

bool at_next_text(struct at_fields *fields, char *out, size_t size)
{
	const char *at = fields->at;
	bool quoted = false;
	size_t used = 0;

	out[0] = '\0';
	if (!at)
		return false;
	while (*at == ' ')
		at++;
	for (; *at && (quoted || *at != ','); at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (used + 1 < size)
			out[used++] = *at;
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
	fields->at = *at == ',' ? at + 1 : NULL;
	return true;
}

bool at_next_number(struct at_fields *fields, int *out)
{
	char text[16];
	char *end;
	long value;

	if (!at_next_text(fields, text, sizeof(text)) || text[0] == '\0')
		return false;
	errno = 0;
	value = strtol(text, &end, 10);
	if (*end || errno || value < -1000000000 || value > 1000000000)
		return false;
	*out = (int)value;
	return true;
}

bool at_parse_notice(const char *line, char store[static AT_STORE_SIZE], unsigned *slot)
{
	struct at_fields fields = at_fields_of(line);
	int number;

	if (!at_next_text(&fields, store, AT_STORE_SIZE) || !at_next_number(&fields, &number))
		return false;
	if (number < 0 || number > 65535 || strlen(store) != 2)
		return false;
	*slot = (unsigned)number;
	return isalpha((unsigned char)store[0]) && isalpha((unsigned char)store[1]);
}

size_t at_parse_stores(const char *line, char stores[static AT_STORES_MAX][AT_STORE_SIZE])
{
	const char *at = strchr(line, '(');
	const char *end = at ? strchr(at, ')') : NULL;
	size_t count = 0;

	while (end && at < end && count < AT_STORES_MAX) {
		const char *open = memchr(at, '"', (size_t)(end - at));
		const char *close = open ? memchr(open + 1, '"', (size_t)(end - open - 1)) : NULL;

		if (!close)
			break;
		if (close - open == 3) {
			snprintf(stores[count], AT_STORE_SIZE, "%.2s", open + 1);
			count++;
		}
		at = close + 1;
	}
	return count;
}

bool at_parse_selected(
	const char *line, char reading[static AT_STORE_SIZE], char receiving[static AT_STORE_SIZE])
{
	struct at_fields fields = at_fields_of(line);
	char names[3][AT_STORE_SIZE] = { "", "", "" };
	int used, total;

	for (size_t i = 0; i < 3; i++) {
		if (!at_next_text(&fields, names[i], AT_STORE_SIZE) || strlen(names[i]) != 2 ||
			!at_next_number(&fields, &used) || !at_next_number(&fields, &total))
			break;
	}
	snprintf(reading, AT_STORE_SIZE, "%s", names[0]);
	snprintf(receiving, AT_STORE_SIZE, "%s", names[2][0] ? names[2] : names[0]);
	return strlen(reading) == 2;
}

bool at_parse_usage(const char *line, unsigned *used, unsigned *total)
{
	struct at_fields fields = at_fields_of(line);
	int first, second;

	if (!at_next_number(&fields, &first) || !at_next_number(&fields, &second))
		return false;
	if (first < 0 || second < 0)
		return false;
	*used = (unsigned)first;
	*total = (unsigned)second;
	return true;
}

/* One group of a range description, "(0-2,4)" or "1", as a set of the numbers 0 to 31. */
static const char *parse_group(const char *at, uint32_t *set)
{
	bool grouped;
	unsigned last = 0;
	bool range = false;

	*set = 0;
	while (*at == ' ')
		at++;
	grouped = *at == '(';
	if (grouped)
		at++;
	for (; *at && *at != ')' && (grouped || *at != ','); at++) {
		char *end;
		unsigned long number;

		if (*at == '-') {
			range = true;
			continue;
		}
		if (!isdigit((unsigned char)*at))
			continue;
		number = strtoul(at, &end, 10);
		at = end - 1;
		if (number > 31)
			continue;
		for (unsigned value = range ? last : (unsigned)number; value <= number; value++)
			*set |= UINT32_C(1) << value;
		last = (unsigned)number;
		range = false;
	}
	if (grouped && *at == ')')
		at++;
	while (*at && *at != ',')
		at++;
	return *at == ',' ? at + 1 : at;
}

static int first_of(uint32_t set, const int *preferred, size_t count, int otherwise)
{
	for (size_t i = 0; i < count; i++) {
		if (set >> preferred[i] & 1)
			return preferred[i];
	}
	return otherwise;
}

bool at_choose_notices(const char *line, bool stored_reports, struct at_notices *out)
{
	static const int modes[] = { 2, 1, 3 };
	static const int announced[] = { 1 };
	static const int stored[] = { 2, 1 };
	static const int direct[] = { 1, 2 };
	static const int buffers[] = { 0, 1 };
	const char *at = strchr(line, ':');
	uint32_t set[5];

	if (!at)
		return false;
	at++;
	for (size_t i = 0; i < 5; i++)
		at = parse_group(at, &set[i]);
	out->mode = first_of(set[0], modes, ARRAY_SIZE(modes), 0);
	out->mt = first_of(set[1], announced, 1, 0);
	out->bm = 0;
	out->ds = first_of(set[3], stored_reports ? stored : direct, 2, 0);
	out->bfr = first_of(set[4], buffers, 2, 0);
	return out->mode != 0 && out->mt != 0;
}

bool at_parse_notices(const char *line, struct at_notices *out)
{
	struct at_fields fields = at_fields_of(line);
	bool whole = at_next_number(&fields, &out->mode) && at_next_number(&fields, &out->mt);

	if (!at_next_number(&fields, &out->bm))
		out->bm = 0;
	if (!at_next_number(&fields, &out->ds))
		out->ds = 0;
	if (!at_next_number(&fields, &out->bfr))
		out->bfr = 0;
	return whole;
}

bool at_parse_registration(const char *line, enum modem_registration *out)
{
	/* 27.007, 10.1.20; 6 and 7: for SMS only; 9 and 10: no circuit-switched fallback. */
	static const enum modem_registration states[] = {
		[0] = MODEM_REGISTRATION_NONE,
		[1] = MODEM_REGISTRATION_HOME,
		[2] = MODEM_REGISTRATION_SEARCHING,
		[3] = MODEM_REGISTRATION_DENIED,
		[4] = MODEM_REGISTRATION_UNKNOWN,
		[5] = MODEM_REGISTRATION_ROAMING,
		[6] = MODEM_REGISTRATION_HOME,
		[7] = MODEM_REGISTRATION_ROAMING,
		[8] = MODEM_REGISTRATION_NONE,
		[9] = MODEM_REGISTRATION_HOME,
		[10] = MODEM_REGISTRATION_ROAMING,
	};
	struct at_fields fields = at_fields_of(line);
	int first, second;

	if (!at_next_number(&fields, &first))
		return false;
	/* Spontaneous lines have an area code in second place, in quotes or of four digits. */
	while (fields.at && *fields.at == ' ')
		fields.at++;
	if (fields.at && *fields.at != '"' && at_next_number(&fields, &second) && second >= 0 &&
		(size_t)second < ARRAY_SIZE(states))
		first = second;
	if (first < 0 || (size_t)first >= ARRAY_SIZE(states))
		return false;
	*out = states[first];
	return true;
}

bool at_parse_signal(const char *line, int *dbm)
{
	struct at_fields fields = at_fields_of(line);
	int level;

	if (!at_next_number(&fields, &level))
		return false;
	if (level >= 0 && level <= 31)
		*dbm = -113 + 2 * level;
	else if (level >= 100 && level < 191) /* as makes give it for 3G and LTE */
		*dbm = -116 + (level - 100);
	else
		*dbm = 0;
	return true;
}

bool at_parse_operator(const char *line, char *out, size_t size)
{
	struct at_fields fields = at_fields_of(line);
	char name[64];
	int ignored;

	out[0] = '\0';
	if (!at_next_number(&fields, &ignored))
		return false;
	if (at_next_number(&fields, &ignored) && at_next_text(&fields, name, sizeof(name)))
		at_copy_printable(out, size, name);
	return true;
}

/*
 * The numbers in a line after its colon, with a minus sign before them taken along; *first gets
 * the place of the one that ends at mark, if any. None when there is one too large for a date.
 */
static size_t numbers_of(const char *line, const char *mark, int *out, size_t most, size_t *first)
{
	size_t count = 0;

	for (const char *at = strchr(line, ':'); at && *at && count < most;) {
		if (isdigit((unsigned char)*at)) {
			char *end;
			bool negative = at[-1] == '-';
			long value = strtol(at, &end, 10);

			if (value > 9999)
				return 0;
			if (end == mark)
				*first = count;
			out[count++] = (int)(negative ? -value : value);
			at = end;
		} else {
			at++;
		}
	}
	return count;
}

bool at_parse_network_time(const char *line, enum at_time_kind kind, int64_t *time_ms)
{
	const char *slash = strchr(line, '/');
	size_t date = 0;
	size_t count;
	int n[9];
	int zone;
	struct tm tm = { 0 };

	/* The zone stands before or after the date; with a daylight saving field or without. */
	count = numbers_of(line, slash, n, ARRAY_SIZE(n), &date);
	if (date > 2 || count < date + 6 || (date == 0 && count < 7))
		return false;
	zone = date > 0 ? n[0] : n[6];
	tm.tm_year = n[date] < 100 ? n[date] + 100 : n[date] - 1900;
	tm.tm_mon = n[date + 1] - 1;
	tm.tm_mday = n[date + 2];
	tm.tm_hour = n[date + 3];
	tm.tm_min = n[date + 4];
	tm.tm_sec = n[date + 5];
	if (tm.tm_year < 124 || tm.tm_year > 199 || tm.tm_mon < 0 || tm.tm_mon > 11 ||
		tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour < 0 || tm.tm_hour > 23 ||
		tm.tm_min < 0 || tm.tm_min > 59 || tm.tm_sec < 0 || tm.tm_sec > 60 || zone < -48 ||
		zone > 56)
		return false;
	*time_ms = (int64_t)timegm(&tm) * 1000;
	if (kind == AT_TIME_LOCAL)
		*time_ms -= (int64_t)zone * 15 * 60 * 1000;
	return true;
}

/* Digits of the longest number (E.164). */
#define NUMBER_DIGITS_MAX 15
/* 27.007 refers to 24.008, 10.5.4.7: an international number, in the ISDN plan. */
#define NUMBER_INTERNATIONAL 145

void at_parse_own_number(const char *line, char out[static MODEM_ADDRESS_SIZE])
{
	struct at_fields fields = at_fields_of(line);
	char name[64], number[MODEM_ADDRESS_SIZE];
	int type = 0;

	out[0] = '\0';
	if (!at_next_text(&fields, name, sizeof(name)) ||
		!at_next_text(&fields, number, sizeof(number)))
		return;
	(void)at_next_number(&fields, &type);
	const char *digits = number + (number[0] == '+');
	size_t count = strspn(digits, "0123456789");
	if (count == 0 || count > NUMBER_DIGITS_MAX || digits[count])
		return;
	snprintf(out, MODEM_ADDRESS_SIZE, "%s%s",
		type == NUMBER_INTERNATIONAL || digits > number ? "+" : "", digits);
}

static int digit_of(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	character = (char)toupper((unsigned char)character);
	return character >= 'A' && character <= 'F' ? character - 'A' + 10 : -1;
}

size_t at_parse_hex(const char *hex, uint8_t *out, size_t size)
{
	size_t length = strlen(hex);

	if (length % 2 || length / 2 > size)
		return 0;
	for (size_t i = 0; i < length / 2; i++) {
		int high = digit_of(hex[2 * i]);
		int low = digit_of(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return 0;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return length / 2;
}

void at_copy_printable(char *out, size_t size, const char *text)
{
	size_t used = 0;

	for (; *text && used + 1 < size; text++) {
		if (*text >= ' ' && *text < 0x7f && *text != '"')
			out[used++] = *text;
	}
	out[used] = '\0';
}
