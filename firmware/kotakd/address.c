/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/address.h"

#include <stdio.h>
#include <string.h>

#define COUNTRY "62"
/* Indonesian short codes have 3 to 6 digits; a subscriber's number has at least 9. */
#define SHORT_CODE_DIGITS 6
#define MOBILE_DIGITS_MIN 9

static size_t digits_of(const char *address)
{
	size_t digits = 0;

	for (; *address; address++)
		digits += *address >= '0' && *address <= '9';
	return digits;
}

void address_normalise(
	const char *address, enum modem_address_type type, char out[static MODEM_ADDRESS_SIZE])
{
	const char *prefix = "";

	if (type == MODEM_ADDRESS_INTERNATIONAL) {
		if (*address != '+')
			prefix = "+";
	} else if (type == MODEM_ADDRESS_NATIONAL && digits_of(address) >= MOBILE_DIGITS_MIN) {
		if (strncmp(address, "00", 2) == 0) {
			prefix = "+";
			address += 2;
		} else if (*address == '0') {
			prefix = "+" COUNTRY;
			address++;
		} else if (strncmp(address, COUNTRY, 2) == 0) {
			prefix = "+";
		}
	}
	snprintf(out, MODEM_ADDRESS_SIZE, "%s%s", prefix, address);
}

const char *address_silence(const char *address, enum modem_address_type type)
{
	switch (type) {
	case MODEM_ADDRESS_ALPHANUMERIC:
		return "alphanumeric sender";
	case MODEM_ADDRESS_INTERNATIONAL:
		return digits_of(address) ? NULL : "sender without a number";
	case MODEM_ADDRESS_NATIONAL:
		return digits_of(address) > SHORT_CODE_DIGITS ? NULL : "short code";
	case MODEM_ADDRESS_OTHER:
	default:
		return digits_of(address) > SHORT_CODE_DIGITS &&
				       address[strspn(address, "+0123456789")] == '\0'
			       ? NULL
			       : "sender without a number";
	}
}
