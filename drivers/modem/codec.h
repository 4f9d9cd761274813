/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMS PDUs to and from what the core understands (3GPP TS 23.040, 23.038). libgammu does the
 * coding, behind pdu_check(), for it trusts the lengths in a PDU. Runs in the worker only.
 */
#ifndef KOTAK_MODEM_CODEC_H
#define KOTAK_MODEM_CODEC_H

#include "base/cleanup.h"
#include "port/modem.h"

/* Service-centre address and TPDU of an SMS-SUBMIT in hex: 12 + 164 octets at most. */
#define CODEC_HEX_SIZE 384
/* A message has at most this many parts: the concatenation header counts in one octet. */
#define CODEC_PARTS_MAX 255

/* One part, as +CMGS wants it (27.005, 3.5.1). */
struct codec_frame {
	char hex[CODEC_HEX_SIZE]; /* "00" (the SIM's own service centre) and the TPDU */
	unsigned tpdu_length;	  /* octets after the service-centre address: AT+CMGS=N */
	unsigned parts;		  /* of the whole message */
};

/*
 * Decodes a PDU with its service-centre address in front, as +CMGR and +CMGL give it. Never
 * fails: what can't be read is MODEM_DECODED_UNREADABLE with the reason in words.
 */
void codec_decode(const uint8_t *pdu, size_t size, struct modem_decoded *out);

/*
 * Encodes one part (from 0) of a text: GSM 7 bit where that has every character, after
 * typographic quotes, dashes and spaces became plain ones, else UCS-2. A surrogate pair or an
 * escape sequence is never split. Every part of a longer text carries concat_reference.
 * Returns 0; -EINVAL when recipient is no number (an optional plus, then 3 to 20 of 0-9 * #);
 * -EILSEQ when text isn't UTF-8; -EMSGSIZE when it needs more than CODEC_PARTS_MAX parts;
 * -ERANGE when there is no such part, with out->parts set. All are permanent.
 */
must_check int codec_encode(const char *text, const char *recipient, unsigned part,
	uint8_t concat_reference, bool report, struct codec_frame *out);

/*
 * How many septets the text takes in the GSM 7 bit alphabet as codec_encode() sends it
 * (160 fit one message, 153 a part of several), or -1 when it would go out as UCS-2.
 */
int codec_septets(const char *text);

#endif
