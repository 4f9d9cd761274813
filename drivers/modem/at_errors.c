/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/at_errors.h"

#include <stddef.h>

struct cms_range {
	int first, last;
};

/*
 * 1-127: the network's cause (24.011, E-2), 128-255: the service centre's (23.040, 9.2.3.22),
 * 300 and up: the modem's. What isn't here is thought temporary, above all the ways in which
 * networks say that the credit is used up (8, 10, 21, 50, 69): a message is given up by its
 * expiry, not by a guess.
 */
static const struct cms_range permanent[] = {
	{ 1, 1 },     /* unassigned number */
	{ 30, 30 },   /* unknown subscriber */
	{ 81, 81 },   /* invalid reference */
	{ 95, 97 },   /* semantically wrong, mandatory information, message type */
	{ 143, 145 }, /* protocol identifier or coding scheme not supported */
	{ 176, 177 }, /* TPDU not supported */
	{ 195, 195 }, /* invalid destination */
	{ 304, 305 }, /* invalid parameter */
};

bool at_cms_permanent(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(permanent); i++) {
		if (code >= permanent[i].first && code <= permanent[i].last)
			return true;
	}
	return false;
}

bool at_says_empty(const struct at_answer *answer)
{
	/* Invalid memory index; 27.007: invalid index, not found. */
	return (answer->result == AT_CMS_ERROR && answer->code == 321) ||
	       (answer->result == AT_CME_ERROR && (answer->code == 21 || answer->code == 22));
}
