/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Telephone numbers as the kiosk keeps them, and whom it doesn't answer. */
#ifndef KOTAK_KOTAKD_ADDRESS_H
#define KOTAK_KOTAKD_ADDRESS_H

#include "port/modem.h"

/*
 * The one form of a number: Indonesian ones as +62…, whether the network wrote 08…, 62… or
 * +62…; anything else as it came.
 */
void address_normalise(
	const char *address, enum modem_address_type type, char out[static MODEM_ADDRESS_SIZE]);

/*
 * NULL when a message from this sender is a person's, else why it isn't answered: names
 * (advertisers, banks) and short codes would answer our answer, or charge for it.
 */
const char *address_silence(const char *address, enum modem_address_type type);

#endif
