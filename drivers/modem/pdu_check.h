/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lengths of an SMS PDU against 3GPP TS 23.040, before anything decodes it: every length
 * in a PDU was written by a stranger. What passes can be read field by field at the offsets
 * given here without looking at its size again.
 */
#ifndef KOTAK_MODEM_PDU_CHECK_H
#define KOTAK_MODEM_PDU_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Service-centre time stamps and discharge times are seven octets (23.040, 9.2.3.11). */
#define PDU_TIME_SIZE 7

enum pdu_type {
	PDU_DELIVER,
	PDU_SUBMIT,
	PDU_REPORT,
};

enum pdu_alphabet {
	PDU_SEPTETS, /* GSM 7 bit */
	PDU_OCTETS,  /* 8-bit data */
	PDU_UCS2,
};

/* Offsets are from the start of the PDU; 0 where there is no such field. */
struct pdu_layout {
	enum pdu_type type;
	size_t tpdu; /* the TPDU's first octet */

	uint8_t address_type;	/* type-of-number octet */
	unsigned address_count; /* semi-octets */
	size_t address;		/* of its first digits */

	unsigned reference; /* TP-MR */
	size_t service_centre_time;
	size_t discharge_time;
	unsigned status; /* TP-ST */

	uint8_t protocol; /* TP-PID */
	enum pdu_alphabet alphabet;
	bool compressed;
	bool indication; /* message waiting (23.038 section 4, groups 1100 to 1110) */
	int message_class;

	size_t data_length;  /* of TP-UDL; user data follows it */
	unsigned data_count; /* TP-UDL: septets or octets */
	size_t header_size;  /* octets of the user data header with its length octet */
};

/*
 * Checks a PDU with its service-centre address in front. Returns NULL and the layout, or in
 * words what is wrong (a static string). Octets after the user data are allowed, since some
 * modems give a SIM's whole record, filled up with FF.
 */
const char *pdu_check(const uint8_t *pdu, size_t size, struct pdu_layout *layout);

/* One information element of a checked PDU's user data header (23.040, 9.2.3.24). */
struct pdu_element {
	uint8_t identifier;
	uint8_t size;
	const uint8_t *data;
};

/* Goes through the header's elements: *at begins as 0; false after the last. */
bool pdu_next_element(
	const uint8_t *pdu, const struct pdu_layout *layout, size_t *at, struct pdu_element *out);

#endif
