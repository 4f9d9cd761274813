/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few TPDUs of 23.040 that a service centre and a modem exchange: SMS-DELIVER and
 * SMS-STATUS-REPORT are made here, SMS-SUBMIT is read (and the others for text mode).
 * A PDU here is what AT commands carry: the service-centre address, then the TPDU.
 */
#ifndef MODEM_SIM_PDU_H
#define MODEM_SIM_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* A proper PDU has at most 12 + 164 octets; the control socket may store odder ones. */
#define PDU_MAX 512
#define PDU_ADDRESS_SIZE 64 /* 20 digits or 11 characters of up to 3 bytes, and then some */
#define PDU_USER_DATA_MAX 140
#define PDU_SEPTETS_MAX 160
#define PDU_PARTS_MAX 255

struct pdu {
	uint8_t octets[PDU_MAX];
	size_t size;
};

enum pdu_type {
	PDU_DELIVER,
	PDU_SUBMIT,
	PDU_REPORT, /* SMS-STATUS-REPORT */
};

/* What a part says of its place in a longer message (23.040 section 9.2.3.24.1 and .8). */
struct pdu_concat {
	unsigned total;	 /* 0: not a part of a longer message */
	unsigned number; /* from 1 */
	unsigned reference;
	bool wide; /* 16-bit reference */
};

/* A decoded PDU; times are milliseconds since 1970 (UTC), 0 where there is none. */
struct pdu_content {
	enum pdu_type type;
	uint8_t first_octet;
	char address[PDU_ADDRESS_SIZE]; /* the other side's number or name, UTF-8 */
	uint8_t address_type;
	uint8_t protocol;   /* TP-PID */
	uint8_t coding;	    /* TP-DCS */
	bool report_wanted; /* TP-SRR */
	unsigned reference; /* TP-MR */
	unsigned status;    /* TP-ST */
	int64_t service_centre_ms;
	int64_t discharged_ms;
	struct pdu_concat concat;
	bool binary;
	uint16_t units[PDU_SEPTETS_MAX];
	size_t unit_count;
	uint8_t octets[PDU_USER_DATA_MAX]; /* binary: without the header */
	size_t octet_count;
};

/*
 * Decodes what the AT interface carries. to_network says which direction the type bits
 * mean (23.040 section 9.2.3.1). -EBADMSG when a length or a field makes no sense.
 */
must_check int pdu_decode(
	const uint8_t *octets, size_t size, bool to_network, struct pdu_content *content);

/* Octets of the TPDU, as AT+CMGR and +CMT count them; 0 when the SCA swallows everything. */
size_t pdu_tpdu_length(const uint8_t *octets, size_t size);

/* One part to be made. */
struct pdu_part {
	const char *service_centre; /* number with its plus, or NULL for an empty address */
	const char *address;	    /* a number, or a name of up to 11 characters */
	const uint16_t *units;
	size_t unit_count;
	bool ucs2;	   /* else the text must fit the default alphabet */
	int message_class; /* 0-3, -1 none */
	struct pdu_concat concat;
	int64_t service_centre_ms; /* DELIVER */
	int offset_minutes;	   /* of the service centre's clock from UTC */
	bool report_wanted;	   /* SUBMIT */
};

/* -EINVAL for an address, -E2BIG for a text that can't be coded in one part. */
must_check int pdu_encode_deliver(const struct pdu_part *part, struct pdu *pdu);
must_check int pdu_encode_submit(const struct pdu_part *part, struct pdu *pdu);

struct pdu_report {
	const char *service_centre;
	const char *address;
	unsigned reference;
	unsigned status;
	int64_t service_centre_ms;
	int64_t discharged_ms;
	int offset_minutes;
};
must_check int pdu_encode_report(const struct pdu_report *report, struct pdu *pdu);

/*
 * Where a text must be cut: ends[i] gets the unit after part i. A text that fits one part
 * gives 1. Escape sequences are never cut; surrogate pairs only when cut_pairs is set, as
 * some phones do. Returns the number of parts or -E2BIG.
 */
must_check int pdu_split(const uint16_t *units, size_t count, bool ucs2, bool wide, bool cut_pairs,
	size_t ends[static PDU_PARTS_MAX]);

#endif
