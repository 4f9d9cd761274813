/* SPDX-License-Identifier: GPL-2.0-or-later */
/* USSD strings (27.007, 7.15): makes give them plain, as UCS-2 in hex or as packed septets in hex.
 */
#ifndef KOTAK_MODEM_AT_USSD_H
#define KOTAK_MODEM_AT_USSD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* A USSD string has at most 182 septets; in UCS-2 or UTF-8 fewer than this many bytes. */
#define AT_USSD_TEXT_SIZE 768

struct at_ussd {
	char raw[AT_USSD_TEXT_SIZE];  /* the string as it came */
	char text[AT_USSD_TEXT_SIZE]; /* UTF-8 */
	bool final;		      /* the network waits for no answer */
};

/* Of a line "+CUSD: m[,string,dcs]"; false when there is no m. */
bool at_parse_ussd(const char *line, struct at_ussd *out);

/* A code of digits, * and # as packed septets in hex (23.038, 6.1.2.3). -EMSGSIZE, -EINVAL. */
must_check int at_pack_ussd(const char *code, char *out, size_t size);

#endif
