/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages in text mode (27.005, +CMGF=1). */
#ifndef MODEM_SIM_SMS_TEXT_H
#define MODEM_SIM_SMS_TEXT_H

#include <stddef.h>

#include "modem.h"

/* "ALL", "REC UNREAD" … by enum slot_status; NULL beyond SLOT_ALL. */
const char *status_name(unsigned status);

/*
 * Appends what follows "+CMGR: " or "+CMGL: N," for the slot, then CRLF and the text. A PDU
 * that can't be read has no address and no text.
 */
void text_mode_put(struct modem *modem, struct buffer *out, const struct slot *slot, bool listing);

/* An SMS-SUBMIT of what was typed, as +CSMP and +CSCS say. -EINVAL, -E2BIG. */
must_check int text_mode_compose(
	struct modem *modem, const char *address, const char *text, size_t size, struct pdu *pdu);

#endif
