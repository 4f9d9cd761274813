/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the worker share. One thing decides what the modem is asked next:
 * worker_run() in worker.c, whenever the AT channel is free. The parts offer it their work.
 *
 *   worker.c          loop, port, requests, who is next
 *   worker_init.c     from "it answers AT" to "it is ready"
 *   worker_poll.c     what is asked now and then
 *   worker_receive.c  emptying the message stores
 *   worker_slots.c    what is known of each message in them
 *   worker_send.c     sending, USSD
 *   worker_notice.c   spontaneous lines
 *   worker_status.c   what a technician is told
 */
#ifndef KOTAK_MODEM_WORKER_PRIVATE_H
#define KOTAK_MODEM_WORKER_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <systemd/sd-event.h>

#include "modem/at_channel.h"
#include "modem/at_parse.h"
#include "modem/channel.h"
#include "modem/codec.h"
#include "modem/quirks.h"
#include "modem/serial.h"
#include "modem/worker.h"

#define WORKER_NEVER INT64_MAX
#define WORKER_STEPS_MAX 40
/* Tries before a slot is set aside. */
#define WORKER_READ_TRIES 2
#define WORKER_DELETE_TRIES 3

enum worker_phase {
	PHASE_CLOSED,	/* no port */
	PHASE_PROBING,	/* open; nobody knows yet whether a modem is there */
	PHASE_INIT,	/* it answers and is being set up */
	PHASE_SIM_WAIT, /* it answers, but its SIM can't be used now */
	PHASE_READY,
};

enum slot_state {
	SLOT_NOTICED, /* something is in it: read it */
	SLOT_READ,    /* its PDU isn't yet on the way to kotakd */
	SLOT_GIVEN,   /* kotakd has the PDU, maybe not on its disk */
	SLOT_KEPT,    /* it may be deleted */
	SLOT_DELETED, /* remembered until a listing shows that it is really empty */
	SLOT_ASIDE,   /* can't be read or deleted: left alone for a long while */
};

/* One place in a store, or a PDU that came without one (+CMT, +CDS): store "". */
struct slot {
	TAILQ_ENTRY(slot) entry;
	char store[AT_STORE_SIZE];
	unsigned index;
	enum slot_state state;
	uint64_t token;
	uint8_t *pdu; /* NULL: not read, or a draft */
	size_t pdu_size;
	int64_t given_ms;
	bool doubtful; /* the index may have been taken anew: compare before deleting */
	bool refilled; /* announced while it was being deleted */
	bool draft;
	bool single; /* to be read by itself: a listing of new messages didn't show it */
	unsigned failures;
	int64_t retry_ms; /* SLOT_ASIDE */
	unsigned listing; /* number of the last listing of its store that it was seen in */
};
TAILQ_HEAD(slots, slot);

/* A message store of the modem. */
struct area {
	char name[AT_STORE_SIZE];
	bool due;   /* to be listed */
	bool sweep; /* listing fails: read one by one */
	unsigned sweep_next;
	unsigned used, total;
	bool usage_fresh; /* used and total were asked for this listing */
	unsigned listing; /* counts them */
	unsigned listed;  /* messages that the present one has shown */
	unsigned hidden;  /* used, but not shown: can be neither read nor deleted */
	unsigned failures;
};

struct sending {
	bool pending;
	int64_t id;
	struct codec_frame frame;
	bool submitted;
	int reference; /* -1: none came */
	unsigned attempts;
	int64_t since_ms;
	int64_t ask_ms; /* held back until the network is there: when to ask again; 0: not yet */
};

struct ussd {
	bool pending; /* to be sent */
	bool waiting; /* for the network's answer */
	bool packed, tried_both;
	int64_t id;
	char code[CHANNEL_CODE_MAX + 1];
	int64_t deadline_ms;
};

struct worker {
	const struct modem_worker_config *config;
	int64_t now_ms; /* monotonic, of the event being handled */
	int exit_status;

	sd_event *loop;
	sd_event_source *timer;
	sd_event_source *channel_source;
	sd_event_source *serial_source;

	struct channel *channel;
	struct channel_request request; /* the one being handled: too large for the stack */
	struct modem_event event;	/* likewise */

	enum worker_phase phase;
	struct serial_candidates candidates;
	size_t candidate;
	struct serial *serial;
	int64_t reopen_ms;
	int open_error; /* the last one said */
	bool usb_reset_due;
	bool soft_reset_due;

	struct at_channel *at;
	const struct modem_quirks *quirks;
	bool lost; /* the modem has been silent for too long, and that was said */

	/* worker_init.c */
	size_t step;
	uint8_t step_timeouts[WORKER_STEPS_MAX];
	int64_t sim_retry_ms;
	unsigned sim_tries;
	bool pin_refused;
	int pin_tries_left; /* -1: not known */
	bool echo_stays;
	bool charset_refused;
	struct at_notices notices;
	bool notices_chosen, notices_known;
	struct at_notices notices_read; /* what it says after it was set */
	bool acknowledge;		/* CSMS 1: +CMT and +CDS want +CNMA */
	int64_t poll_ms;
	int64_t check_ms;
	int64_t last_check_ms;
	bool settings_lost;
	bool signal_due, registration_due, packet_due, operator_due;
	enum modem_registration circuit, packet;

	/* worker_receive.c */
	struct slots slots;
	struct slot *slot; /* being read or deleted */
	struct area areas[AT_STORES_MAX];
	size_t area_count;
	bool selectable;   /* AT+CPMS works */
	struct area *area; /* being listed */
	char home[AT_STORE_SIZE];
	char selected[AT_STORE_SIZE];
	char selecting[AT_STORE_SIZE];
	bool read_found;
	unsigned delete_batch; /* deletions left that go before reading */
	uint64_t last_token;
	unsigned acknowledgements; /* AT+CNMA owed */
	unsigned drafts;
	int64_t full_ms; /* last time that a store was said to be full */

	struct sending sending;
	struct ussd ussd;

	struct modem_status status;
	struct modem_status told;
	bool told_once;
};

/* worker.c */
/* Issues a command; false (never while the AT channel is free) when it can't be. */
bool worker_command(struct worker *worker, const struct at_command *command);
/* The same for the usual case; the deadline comes from a table. */
bool worker_ask(struct worker *worker, const char *text, const char *prefix,
	void (*line)(void *context, const char *line, const char *pdu),
	void (*done)(void *context, const struct at_answer *answer));
/* Sends worker->event to kotakd. A full channel, where kotakd hasn't read for long, ends us. */
void worker_emit(struct worker *worker);
/* A blank worker->event of a type. */
struct modem_event *worker_event(struct worker *worker, enum modem_event_type type);
/* The modem has started anew or is about to: everything under way is void. */
void worker_restart(struct worker *worker, int64_t delay_ms);
/* Gives up the port; another one, or the same, is opened soon. */
void worker_close_port(struct worker *worker, int64_t delay_ms);

/* worker_init.c: each _next issues one command and returns true, or has nothing to do. */
void worker_init_begin(struct worker *worker);
bool worker_init_next(struct worker *worker);
int64_t worker_init_deadline(const struct worker *worker);

/* worker_poll.c */
bool worker_check_next(struct worker *worker);
bool worker_query_next(struct worker *worker);
void worker_poll(struct worker *worker);
void worker_check_soon(struct worker *worker);

/* worker_receive.c */
bool worker_receive_next(struct worker *worker);
/* All stores are to be listed. */
void worker_list_all(struct worker *worker);
struct area *worker_find_area(struct worker *worker, const char *store);

/* worker_slots.c */
struct slot *worker_find_slot(struct worker *worker, const char *store, unsigned index);
/* NULL, and said, when memory is short. */
struct slot *worker_add_slot(struct worker *worker, const char *store, unsigned index);
void worker_drop_slot(struct worker *worker, struct slot *slot);
/* Leaves it alone for a long while; what: "read", "deleted". */
void worker_set_aside(struct worker *worker, struct slot *slot, const char *what);
/* What a listing or a reading has shown of a slot: <stat> of 27.005 and the PDU in hex. */
void worker_take_pdu(struct worker *worker, struct slot *slot, int stat, const char *hex);
/* Hands read PDUs to kotakd as far as the channel takes them. */
void worker_offer(struct worker *worker);
void worker_stored(struct worker *worker, uint64_t token);
void worker_slot_noticed(struct worker *worker, const char *store, unsigned index);
void worker_pdu_came(struct worker *worker, const char *hex);
/* After a missed deadline nobody knows what was done: compare before deleting. */
void worker_doubt_all(struct worker *worker);
void worker_forget_slots(struct worker *worker);
unsigned worker_slots_aside(const struct worker *worker);

/* worker_send.c */
void worker_send_request(struct worker *worker, const struct modem_message *message);
bool worker_send_next(struct worker *worker);
/* Whether it has waited so long that reading has to wait for once. */
bool worker_send_impatient(const struct worker *worker);
void worker_ussd_request(struct worker *worker, int64_t id, const char *code);
bool worker_ussd_next(struct worker *worker);
void worker_ussd_answer(struct worker *worker, const char *line);
/* Gives up what has waited too long for a modem that isn't ready. */
void worker_send_tick(struct worker *worker);
int64_t worker_send_deadline(const struct worker *worker);

/* worker_notice.c */
extern const struct at_spontaneous worker_notices[];
extern const size_t worker_notices_count;

/* worker_status.c */
/* Tells kotakd if anything has changed since the last time. */
void worker_tell_status(struct worker *worker);
void worker_take_signal(struct worker *worker, int dbm);
/* A +CREG or +CEREG line. */
void worker_take_registration(struct worker *worker, const char *line);

#endif
