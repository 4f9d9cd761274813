/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/ticket.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* H. M. Damm, "Total anti-symmetrische Quasigruppen" (2004): a totally anti-symmetric one of
 * order 10. */
static const uint8_t damm_table[10][10] = {
	{ 0, 3, 1, 7, 5, 9, 8, 6, 4, 2 },
	{ 7, 0, 9, 2, 1, 5, 4, 8, 6, 3 },
	{ 4, 2, 0, 6, 8, 7, 1, 3, 5, 9 },
	{ 1, 7, 5, 0, 9, 8, 3, 4, 2, 6 },
	{ 6, 1, 2, 3, 0, 4, 5, 9, 7, 8 },
	{ 3, 6, 7, 4, 2, 0, 9, 5, 8, 1 },
	{ 5, 8, 6, 9, 7, 2, 0, 1, 3, 4 },
	{ 8, 9, 4, 5, 3, 6, 2, 0, 1, 7 },
	{ 9, 4, 3, 8, 6, 1, 7, 2, 0, 5 },
	{ 2, 5, 8, 1, 4, 3, 6, 7, 9, 0 },
};

/* The interim digit over all digits; 0 when the last one is the right check digit. */
static unsigned damm(const char *digits, size_t count)
{
	unsigned interim = 0;

	for (size_t i = 0; i < count; i++)
		interim = damm_table[interim][digits[i] - '0'];
	return interim;
}

int ticket_format(char out[static TICKET_SIZE], unsigned kiosk, uint32_t serial)
{
	char digits[10];

	if (kiosk < 1 || kiosk > TICKET_KIOSK_MAX || serial < 1 || serial > TICKET_SERIAL_MAX)
		return -ERANGE;
	snprintf(digits, sizeof(digits), "%03u%06u", kiosk % 1000U, serial % 1000000U);
	snprintf(out, TICKET_SIZE, "%.3s-%.6s-%c", digits, digits + 3,
		(char)('0' + damm(digits, 9)));
	return 0;
}

int ticket_parse(const char *text, char out[static TICKET_SIZE])
{
	char digits[11];
	size_t count = 0;

	for (; *text; text++) {
		if (strchr("-. \t", *text))
			continue;
		if (!isdigit((unsigned char)*text) || count == 10)
			return -EINVAL;
		digits[count++] = *text;
	}
	if (count != 10 || damm(digits, 10) != 0)
		return -EINVAL;
	digits[10] = '\0';
	snprintf(out, TICKET_SIZE, "%.3s-%.6s-%.1s", digits, digits + 3, digits + 9);
	return 0;
}

uint32_t ticket_serial(const char ticket[static TICKET_SIZE])
{
	return (uint32_t)strtoul(ticket + 4, NULL, 10);
}

unsigned ticket_kiosk(const char ticket[static TICKET_SIZE])
{
	return (unsigned)strtoul(ticket, NULL, 10);
}
