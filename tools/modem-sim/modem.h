/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modem: what it is set to, how it is faring, what it hears from the network. The AT
 * side is in at*.c, the network's side in network.c; this is what both act upon.
 */
#ifndef MODEM_SIM_MODEM_H
#define MODEM_SIM_MODEM_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "at.h"
#include "buffer.h"
#include "line.h"
#include "make.h"
#include "pdu.h"
#include "storage.h"
#include "timer.h"

struct network;

#define MODEM_PIN_TRIES 3

enum sim_state {
	SIM_READY,
	SIM_PIN,
	SIM_PUK,
	SIM_MISSING,
	SIM_FAILURE,
};

/* <stat> of +CREG. */
enum registration {
	REGISTRATION_NONE,
	REGISTRATION_HOME,
	REGISTRATION_SEARCHING,
	REGISTRATION_DENIED,
	REGISTRATION_UNKNOWN,
	REGISTRATION_ROAMING,
};

/* +CNMI, in its order. */
enum notice {
	NOTICE_MODE,
	NOTICE_MESSAGE,
	NOTICE_BROADCAST,
	NOTICE_REPORT,
	NOTICE_BUFFER,
	NOTICE_COUNT,
};

/* What AT commands set and a start resets. */
struct modem_settings {
	bool echo;
	bool verbose;
	bool quiet;
	unsigned error_form; /* +CMEE */
	bool text_mode;	     /* +CMGF */
	unsigned notices[NOTICE_COUNT];
	unsigned service;						      /* +CSMS */
	bool text_details;						      /* +CSDH */
	char charset[12];						      /* +CSCS */
	unsigned text_first_octet, text_validity, text_protocol, text_coding; /* +CSMP */
	unsigned registration_notice[3]; /* +CREG, +CGREG, +CEREG */
	unsigned operator_form;		 /* +COPS=3,N */
	bool ussd_notice;		 /* +CUSD */
	struct store *reading;		 /* +CPMS mem1 */
	struct store *writing;		 /* mem2 */
	struct store *receiving;	 /* mem3 */
	unsigned more_messages;		 /* +CMMS */
	bool spontaneous;		 /* ^CURC */
	unsigned domain;		 /* +CGSMS */
	unsigned functionality;		 /* +CFUN */
	char phonebook[4];		 /* +CPBS */
	unsigned registers[32];		 /* S registers */
};

/* What the control socket sets: the world around the modem. */
struct modem_world {
	int delay_ms;			/* added to every AT command */
	int send_ms;			/* from Ctrl-Z to the answer */
	int boot_ms;			/* from a start to the first line */
	int search_ms;			/* from there to being registered */
	int ussd_ms;			/* from +CUSD to the network's answer */
	unsigned signal;		/* +CSQ: 0-31, 99 */
	enum registration registration; /* once searching is over */
	enum sim_state sim;		/* READY, MISSING or FAILURE: what is in the tray */
	char pin[9];			/* "" for none */
	char number[PDU_ADDRESS_SIZE];	/* own number, "" when the SIM doesn't say */
	bool notice;			/* whether +CMTI and +CDSI are really sent */
	unsigned chatter;		/* a spontaneous line before each n-th answer; 0 never */
	bool flash_direct;		/* class 0 goes to the line as +CMT instead of a store */
	int send_error;			/* code of the next refused sends */
	unsigned send_error_count;
	unsigned answers_lost; /* so many sends go out, but their answer is lost */
};

enum modem_power {
	MODEM_UNPLUGGED,
	MODEM_BOOTING,
	MODEM_RUNNING,
};

struct modem {
	sd_event *loop;
	const struct make *make;
	struct line *line;
	struct network *network;
	struct storage storage;
	struct modem_settings settings;
	struct modem_world world;
	struct at at;

	enum modem_power power;
	struct timer boot;
	size_t boot_line;
	int64_t boot_since_ms;
	bool searching;
	struct timer search;
	enum registration announced;

	bool pin_open; /* the PIN was given since the start */
	unsigned pin_tries;

	bool silent;
	struct timer silence;
	bool noisy;
	struct timer noise;
	int64_t noise_until_ms;

	unsigned reference;		       /* TP-MR of the last SMS-SUBMIT */
	char service_centre[PDU_ADDRESS_SIZE]; /* +CSCA */
	int64_t clock_offset_ms;	       /* +CCLK set against the loop's wall clock */
	char *ussd_code;		       /* under way */
	struct timer ussd;
	bool ussd_session;
	bool acknowledge; /* a +CMT or +CDS waits for +CNMA */

	unsigned long commands; /* AT commands carried out, for measurements */
	unsigned chatter_count;
	size_t chatter_next;
};

struct modem_options {
	const struct make *make;
	struct storage_sizes sizes;
	const char *number; /* or NULL */
	int delay_ms;
	bool trace; /* the dialogue on standard error */
	bool boot;  /* begin with a start instead of a modem long awake */
};

/* Makes the modem with its line plugged at link. Negative errno on failure. */
must_check int modem_open(
	sd_event *loop, const struct modem_options *options, const char *link, struct modem **out);
void modem_close(struct modem *modem);

/* A start: settings lost, boot lines after boot_ms, then searching for the network. */
void modem_restart(struct modem *modem);
void modem_unplug(struct modem *modem);
must_check int modem_plug(struct modem *modem, const char *link);
/* Neither hears nor speaks for ms milliseconds; messages wait at the service centre. */
void modem_silence(struct modem *modem, int64_t ms);
/* Random bytes in both directions for ms milliseconds. */
void modem_noise(struct modem *modem, int64_t ms);

/* Whether the modem hears its line just now. */
bool modem_listens(const struct modem *modem);
/* Bytes to the line, unless the modem can't speak just now. */
void modem_write(struct modem *modem, const void *bytes, size_t size);

enum sim_state modem_sim(const struct modem *modem);
/* Gives the PIN. 0, or the +CME ERROR code. */
int modem_give_pin(struct modem *modem, const char *pin);
/* Lines a start says once the SIM is open. */
void modem_sim_opened(struct modem *modem);

enum registration modem_registration(const struct modem *modem);
bool modem_registered(const struct modem *modem);
/* Where it is registered, as +CREG=notice shows it: area, cell and technology, or "". */
const char *modem_cell(const struct modem *modem, unsigned notice);
/* To be called after whatever may have changed it. */
void modem_registration_changed(struct modem *modem);
void modem_signal_changed(struct modem *modem);

/* modem_receive.c: what the network hands over. */
enum reception {
	RECEPTION_DONE,
	RECEPTION_GIVEN, /* on the line; network_answered() tells what became of it */
	RECEPTION_FULL,	 /* no free slot: try again once there is one */
	RECEPTION_LATER, /* not reachable */
};
struct arrival {
	const uint8_t *pdu;
	size_t size;
	bool report;
	int message_class; /* -1 none */
	const char *store; /* a store asked for, or NULL */
};
enum reception modem_receive(struct modem *modem, const struct arrival *arrival);
/* The client said +CNMA, or the slots have changed. */
void modem_space_freed(struct modem *modem);

#endif
