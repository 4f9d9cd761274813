/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ticket number KKK-NNNNNN-C: kiosk, serial, one check digit (Damm's quasigroup,
 * which catches every single wrong digit and every swap of neighbours). Digits only,
 * for a numeric keypad and for reading aloud.
 */
#ifndef KOTAK_WIRE_TICKET_H
#define KOTAK_WIRE_TICKET_H

#include <stdint.h>

#include "base/cleanup.h"

#define TICKET_SIZE 13 /* KKK-NNNNNN-C and the terminator */
#define TICKET_KIOSK_MAX 999
/* Serials from here on are given by the server only, when two complaints carry one number. */
#define TICKET_SERIAL_SERVER 900000
#define TICKET_SERIAL_MAX 999999
/* How far serials jump when a kiosk starts a new epoch after a restore. */
#define TICKET_RESTORE_JUMP 10000

/* Writes the number. -ERANGE when kiosk (1-999) or serial (1-999999) is out of range. */
must_check int ticket_format(char out[static TICKET_SIZE], unsigned kiosk, uint32_t serial);

/*
 * Reads a number as a person writes it: with or without dashes, dots or spaces.
 * -EINVAL unless it is ten digits with the right check digit. out gets the canonical form.
 */
must_check int ticket_parse(const char *text, char out[static TICKET_SIZE]);

/* The serial and kiosk of a canonical ticket number. */
uint32_t ticket_serial(const char ticket[static TICKET_SIZE]);
unsigned ticket_kiosk(const char ticket[static TICKET_SIZE]);

#endif
