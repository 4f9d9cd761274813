/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modem seam. Shaped by what must never be lost: a PDU is in the modem until the
 * core says it is stored; a message is outgoing until the modem gave it a reference.
 * A descriptor in, events out; never blocks.
 */
#ifndef KOTAK_PORT_MODEM_H
#define KOTAK_PORT_MODEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest SMS PDU with its service-centre address (23.040: 164 + 12), with room to spare. */
#define MODEM_PDU_MAX 512
/* 20 digits, a plus and the terminator; alphanumeric senders have at most 11 characters. */
#define MODEM_ADDRESS_SIZE 48
/* Longest text of one part in UTF-16 code units: 160 septets, each at most one unit. */
#define MODEM_PART_UNITS 280

enum modem_address_type {
	MODEM_ADDRESS_INTERNATIONAL, /* with its plus */
	MODEM_ADDRESS_NATIONAL,	     /* as dialled: 08…, or a short code */
	MODEM_ADDRESS_ALPHANUMERIC,  /* a name: never answered */
	MODEM_ADDRESS_OTHER,
};

enum modem_decoded_type {
	MODEM_DECODED_DELIVER,	  /* SMS-DELIVER */
	MODEM_DECODED_REPORT,	  /* SMS-STATUS-REPORT */
	MODEM_DECODED_OTHER,	  /* a draft or sent copy (SMS-SUBMIT) found in a store */
	MODEM_DECODED_UNREADABLE, /* refused by the length checks or by the codec */
};

/* What a PDU says (23.040). */
struct modem_decoded {
	enum modem_decoded_type type;
	char reason[96]; /* MODEM_DECODED_UNREADABLE: why, for the officer */

	char address[MODEM_ADDRESS_SIZE]; /* TP-OA, or TP-RA of a report */
	enum modem_address_type address_type;
	int64_t service_centre_ms; /* TP-SCTS as UTC; 0 when it isn't a date */

	/* SMS-DELIVER. UTF-16 code units, host order: a surrogate pair may be split over parts. */
	uint16_t text[MODEM_PART_UNITS];
	size_t text_units;
	bool binary;		   /* 8-bit data: text is empty, data stays in the PDU */
	int message_class;	   /* 0-3, -1 none */
	bool indication;	   /* message waiting indication (23.038 groups C-E) */
	int port;		   /* destination port of the user data header, -1 none */
	unsigned concat_reference; /* with concat_wide: 16 bits */
	bool concat_wide;
	unsigned concat_total;	/* 0: not a part of a longer message */
	unsigned concat_number; /* from 1 */

	/* SMS-STATUS-REPORT */
	unsigned reference;    /* TP-MR */
	unsigned status;       /* TP-ST, 23.040 section 9.2.3.15 */
	int64_t discharged_ms; /* TP-DT as UTC; 0 when it isn't a date */
};

enum modem_registration {
	MODEM_REGISTRATION_UNKNOWN,
	MODEM_REGISTRATION_NONE,
	MODEM_REGISTRATION_SEARCHING,
	MODEM_REGISTRATION_DENIED,
	MODEM_REGISTRATION_HOME,
	MODEM_REGISTRATION_ROAMING,
};

enum modem_sim {
	MODEM_SIM_UNKNOWN,
	MODEM_SIM_READY,
	MODEM_SIM_MISSING,
	MODEM_SIM_PIN,	     /* wants a PIN that the configuration doesn't have */
	MODEM_SIM_PIN_WRONG, /* the configured PIN was refused: not tried again, two tries are left
			      */
	MODEM_SIM_PUK,
	MODEM_SIM_FAULT,
};

struct modem_status {
	bool answering; /* the port is open and the modem answers AT */
	char port[64];	/* the device actually in use */
	char maker[48];
	char model[48];
	char imei[24];
	char own_number[MODEM_ADDRESS_SIZE]; /* of the SIM, where it knows it; "" else */
	char operator_name[48];
	enum modem_sim sim;
	enum modem_registration registration;
	int signal_dbm;		/* 0: not known */
	unsigned slots_aside;	/* slots that can't be read or deleted */
	unsigned unknown_lines; /* spontaneous lines nobody knew, since the worker's start */
	char trouble[160];	/* what is wrong and what to do, "" when nothing */
};

enum modem_event_type {
	MODEM_STARTED,	  /* a new worker is up: decoding requests of before are gone */
	MODEM_STOPPED,	  /* it is gone (text says why); sends under way have their outcome below */
	MODEM_STATUS,	  /* status */
	MODEM_PDU,	  /* pdu, token: keep it, then call stored(token) */
	MODEM_DECODED,	  /* id, decoded */
	MODEM_SUBMITTING, /* id: from here on the message may be on the air */
	MODEM_SENT,	  /* id, reference */
	MODEM_SEND_FAILED,  /* id, error, maybe_sent */
	MODEM_STRAY_SENT,   /* reference: a +CMGS for a send of the worker before this one */
	MODEM_USSD,	    /* id, text, raw, final */
	MODEM_NETWORK_TIME, /* time_ms, from NITZ */
};

struct modem_event {
	enum modem_event_type type;
	uint64_t token;
	int64_t id;
	uint8_t pdu[MODEM_PDU_MAX];
	size_t pdu_size;
	struct modem_decoded decoded;
	struct modem_status status;
	unsigned reference; /* TP-MR that the modem gave */
	unsigned parts;	    /* MODEM_SENT: of how many parts the whole message is */
	int error;	    /* +CMS ERROR code, 0 none, -1 no answer */
	bool maybe_sent;    /* the modem may have sent it all the same */
	bool permanent;	    /* trying again won't help (e.g. a number that isn't one) */
	char text[256];	    /* MODEM_STOPPED: why; MODEM_USSD: the text, UTF-8 */
	char raw[512];	    /* MODEM_USSD: as it came */
	bool final;	    /* MODEM_USSD: the network doesn't wait for an answer */
	bool at_fault;	    /* MODEM_STOPPED: it crashed or hung; nobody outside ended it */
	int64_t time_ms;
};

/* One part of a message to send. The whole text goes along: encoding is the driver's. */
struct modem_message {
	int64_t id;		  /* the caller's, comes back in events */
	const char *recipient;	  /* +62… or a national number */
	const char *text;	  /* UTF-8, the whole message */
	unsigned part;		  /* from 0 */
	uint8_t concat_reference; /* the same for all parts of a message, also when sent again */
	bool report;		  /* ask for a status report */
};

enum modem_reset {
	MODEM_RESET_WORKER, /* kill and start again */
	MODEM_RESET_SOFT,   /* AT+CFUN=1,1 */
	MODEM_RESET_HARD,   /* USB port or power line */
};

struct modem;

struct modem_ops {
	const char *name;
	/* 0 or a negative errno; afterwards MODEM_STARTED and MODEM_STATUS come as events. */
	int (*start)(struct modem *modem, int64_t now_ms);
	/* Readable when next() has something; changes with every MODEM_STARTED; -1 while stopped.
	 */
	int (*fd)(const struct modem *modem);
	/* 1 and an event, 0 when there is none, or a negative errno. */
	int (*next)(struct modem *modem, struct modem_event *event, int64_t now_ms);
	/* When tick() wants to be called (monotonic), INT64_MAX for never. */
	int64_t (*deadline)(const struct modem *modem);
	/* Heartbeats, restarts with backoff, escalation. */
	void (*tick)(struct modem *modem, int64_t now_ms);
	/* The PDU of this token is on the disk: it may be deleted from the modem. */
	int (*stored)(struct modem *modem, uint64_t token);
	int (*decode)(struct modem *modem, int64_t id, const uint8_t *pdu, size_t size);
	/* One at a time: the next after MODEM_SENT, MODEM_SEND_FAILED or MODEM_STOPPED. */
	int (*send)(struct modem *modem, const struct modem_message *message);
	int (*ussd)(struct modem *modem, int64_t id, const char *code);
	int (*reset)(struct modem *modem, enum modem_reset how, int64_t now_ms);
	void (*close)(struct modem *modem);
};

struct modem {
	const struct modem_ops *ops;
};

/* Words for status pages. */
const char *modem_sim_name(enum modem_sim sim);
const char *modem_registration_name(enum modem_registration registration);

#endif
