/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The AT interpreter (V.250): lines in, commands out of them, answers back. Commands are
 * in tables of at_*.c. One command at a time, each delay_ms late; what comes meanwhile waits.
 */
#ifndef MODEM_SIM_AT_H
#define MODEM_SIM_AT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "buffer.h"
#include "timer.h"

struct modem;

/* What a command answers: one of these, or AT_CME(code) or AT_CMS(code). */
enum {
	AT_OK,
	AT_ERROR,
	AT_NO_CARRIER,
	AT_NOTHING, /* no final answer at all */
	AT_PENDING, /* the final answer comes with at_finish() */
	AT_CME_BASE = 1000,
	AT_CMS_BASE = 10000,
};
#define AT_CME(code) (AT_CME_BASE + (code))
#define AT_CMS(code) (AT_CMS_BASE + (code))

/* +CME ERROR (27.007 section 9.2) and +CMS ERROR (27.005 section 3.2.5) codes in use. */
enum {
	CME_NOT_ALLOWED = 3,
	CME_NOT_SUPPORTED = 4,
	CME_SIM_MISSING = 10,
	CME_SIM_PIN = 11,
	CME_SIM_PUK = 12,
	CME_SIM_FAILURE = 13,
	CME_WRONG_PASSWORD = 16,
	CME_NOT_FOUND = 22,
	CME_NO_NETWORK = 30,
	CME_INVALID_PARAMETERS = 50,
	CMS_OPERATION_NOT_ALLOWED = 302,
	CMS_INVALID_PDU = 304,
	CMS_INVALID_TEXT = 305,
	CMS_SIM_MISSING = 310,
	CMS_SIM_PIN = 311,
	CMS_SIM_FAILURE = 313,
	CMS_SIM_PUK = 316,
	CMS_MEMORY_FAILURE = 320,
	CMS_INVALID_INDEX = 321,
	CMS_MEMORY_FULL = 322,
	CMS_NO_NETWORK = 331,
	CMS_NO_ACK_EXPECTED = 340,
	CMS_UNKNOWN = 500,
};

enum at_kind {
	AT_EXECUTE, /* AT+X */
	AT_READ,    /* AT+X? */
	AT_TEST,    /* AT+X=? */
	AT_SET,	    /* AT+X=… */
};

#define AT_ARGUMENTS_MAX 12

struct at_argument {
	bool quoted;
	const char *text; /* "" when left out */
};

struct at_request {
	const char *name; /* "+CMGR" */
	enum at_kind kind;
	struct at_argument arguments[AT_ARGUMENTS_MAX];
	size_t count;
};

struct at_command {
	const char *name;
	int (*run)(struct modem *modem, const struct at_request *request);
	enum {
		AT_SIM_NOT_NEEDED,
		AT_SIM_NEEDED,	   /* else +CME ERROR */
		AT_SIM_NEEDED_SMS, /* else +CMS ERROR */
	} sim;
};

/* Each ends with a NULL name. */
extern const struct at_command at_general_commands[];
extern const struct at_command at_network_commands[];
extern const struct at_command at_phone_commands[];
extern const struct at_command at_sms_commands[];
extern const struct at_command at_message_commands[];

/* Takes the text after a prompt; complete is false when ESC ended it. Answers like a command. */
typedef int at_body(struct modem *modem, const char *text, size_t size, bool complete);

struct at {
	enum {
		AT_IDLE,    /* collecting a line */
		AT_DELAYED, /* a command waits for delay_ms */
		AT_BUSY,    /* a command is under way */
		AT_PROMPTED,
	} state;
	struct buffer input;
	struct buffer line;
	char *last_line; /* for A/ */
	char *commands;	 /* the line being carried out */
	size_t cursor;	 /* in it */
	struct timer delay;
	at_body *body_taker;
	struct buffer body;
	struct buffer held; /* spontaneous lines wait while a prompt is open */
	/* What the command with the prompt was told, for the body taker. */
	unsigned prompt_length; /* octets of the TPDU to come */
	unsigned prompt_status; /* +CMGW: enum slot_status */
	char prompt_address[64];
	struct timer work; /* the network's part of a command */
	struct buffer work_pdu;
	bool work_stored; /* it is sent by +CMSS */
};

void at_init(struct modem *modem);
void at_free(struct modem *modem);
/* Forgets everything under way, as a start does. */
void at_reset(struct modem *modem);
void at_receive(struct modem *modem, const uint8_t *bytes, size_t size);

/* An information line of the command being carried out, framed. */
void at_info(struct modem *modem, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for text that may hold any byte. */
void at_info_bytes(struct modem *modem, const struct buffer *text);
/* A line that comes by itself; held back while a prompt is open. */
void at_say(struct modem *modem, const char *format, ...) __attribute__((format(printf, 2, 3)));
void at_say_bytes(struct modem *modem, const struct buffer *text);
/* Opens a prompt; the command returns this function's value. */
int at_prompt(struct modem *modem, at_body *taker);
/* The final answer of a command that was AT_PENDING. */
void at_finish(struct modem *modem, int result);
/* Carries out a basic command (V.250): *text moves on behind it. at_basic.c */
int at_basic(struct modem *modem, const char **text);

/* The argument as a number within least..most, otherwise when it was left out. */
must_check bool at_number(const struct at_request *request, size_t argument, unsigned least,
	unsigned most, unsigned otherwise, unsigned *number);
/* The argument's text, "" when left out. */
const char *at_text(const struct at_request *request, size_t argument);
/* A setting that takes one number: sets, reads and tests it. */
int at_setting(struct modem *modem, const struct at_request *request, unsigned *value,
	unsigned most, int invalid);

#endif
