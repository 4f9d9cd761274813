/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts with named places: "Tiket {ticket}, PIN {pin}." Translators may reorder them, and
 * what a stranger wrote is only ever a value, never a format.
 */
#ifndef KOTAK_DIALOGUE_TEMPLATE_H
#define KOTAK_DIALOGUE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct template_value {
	const char *name;
	const char *text;
	bool shorten; /* may be cut, with ".." at its end; at most one of a template's values */
};

/*
 * Fills the template into at most parts parts of an SMS. Values are made plain (see
 * septets_plain) but for a shortened one of a message of several parts, which may stay
 * UCS-2. Caller frees *out. -EMSGSIZE when it doesn't fit with the value cut to nothing,
 * -EINVAL when the template names a value that isn't given.
 */
must_check int template_fill(const char *template, const struct template_value *values,
	size_t count, unsigned parts, char **out);

#endif
