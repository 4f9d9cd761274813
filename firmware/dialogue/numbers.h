/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ticket numbers and PINs as people write them. */
#ifndef KOTAK_DIALOGUE_NUMBERS_H
#define KOTAK_DIALOGUE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "dialogue/dialogue.h"
#include "dialogue/words.h"

#define GROUPS_MAX 16
#define GROUP_SIZE 24

/* The groups of digits in a text, as a person separates them. */
struct groups {
	char digits[GROUPS_MAX][GROUP_SIZE];
	size_t count;
	bool overlong;
};

struct ticket_number {
	bool given;
	bool mistyped; /* given, but no ticket has that number */
	char ticket[TICKET_SIZE];
	bool pin_given;
	char pin[DIALOGUE_PIN_SIZE]; /* "" when what was given can't be a PIN */
};

/*
 * Adds a word to the groups if it is a number; on old keypads O and l stand in for 0 and 1.
 * Returns whether it was one.
 */
bool groups_add(struct groups *groups, const struct word *word);

/* Ticket and PIN from the digits of a request, however they were split. */
void groups_ticket(const struct groups *groups, struct ticket_number *out);

/*
 * Reads a ticket number that a text begins with, also behind words like "tiket no". Returns
 * where the rest begins: text itself when there is none.
 */
const char *ticket_lead(const char *text, struct ticket_number *out);

#endif
