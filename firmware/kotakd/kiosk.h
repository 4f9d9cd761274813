/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kiosk: what kotakd's rooms share. main puts it together and owns the loop; each file
 * of this room has one concern:
 *
 *   modems    what comes from the modem workers, committed before it is acknowledged
 *   intake    one decoded part or report: message, conversation, complaint, reply
 *   outbox    what a modem is given to send next
 *   commands  what the server wants done
 *   panel     the lobby panel's worker: drafts, tickets, residents' own complaints
 *   printing  the paper slips
 *   status    what a person asks about all this
 *   health    what the server is told of it
 *   control   the socket where they ask
 *
 * Time comes from the clock once per wake-up and is handed down.
 */
#ifndef KOTAK_KOTAKD_KIOSK_H
#define KOTAK_KOTAKD_KIOSK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "kotakd/config.h"
#include "port/clock.h"
#include "port/modem.h"
#include "port/uplink.h"
#include "port/worker.h"
#include "store/store.h"
#include "sync/sync.h"

/* How many PDUs may be with the decoder at a time. */
#define DECODING_MAX 32

/* The SIM's money. */
struct balance {
	int64_t amount;		/* rupiah; -1: not known */
	int64_t valid_until_ms; /* 0: not known */
};

/* One modem and what it has in hand. */
struct modem_slot {
	struct kiosk *kiosk;
	const struct config_modem *config;
	struct modem *modem;
	sd_event_source *source;
	bool running; /* its worker is up */
	struct modem_status status;
	int64_t status_since_ms; /* wall clock: since when answering is as it is */
	int64_t unable_since_ms; /* monotonic: since when it can't send; 0: it can */

	int64_t sending_id; /* outgoing_sms, 0: none */
	unsigned sending_part;
	bool sending_submitted; /* the modem has it: it may be on the air */
	int64_t refused_ms;	/* monotonic: when it last couldn't send a message; 0: never */
	struct balance balance;
	int64_t balance_asked_ms; /* wall clock: the last answer */
	int64_t balance_retry_ms; /* monotonic: not asked again before */
	int64_t balance_question; /* number of the last question */
	unsigned balance_sent;	  /* messages sent since the last answer */
	bool balance_due;	  /* it may have changed: asked before its time */

	int64_t rest_ms; /* wall clock: until then its operator's limit is used up; 0 */
};

/* PDUs that were given to a worker to decode. */
struct decoding {
	int64_t ids[DECODING_MAX];
	size_t count;
	size_t modem;	    /* index of the one that decodes */
	int64_t after;	    /* the last row given out */
	int64_t alone_upto; /* rows up to here were with a worker that died: one at a time */
};

/* The drivers of the seams, chosen by main: the core knows none of them. */
struct kiosk_drivers {
	int (*clock_new)(int64_t not_before_ms, struct clock **out);
	int (*uplink_new)(const char *url, const char *ca_file, struct uplink **out);
	int (*modem_new)(const struct config_modem *config, struct modem **out);
	/* The worker that holds the panel's lines and display, and the printer's. They take what
	 * they need from the start message; the configuration is lent. */
	int (*panel_new)(const struct config *config, struct worker **out);
	int (*printer_new)(const struct config *config, struct worker **out);
};

struct kiosk_panel; /* kotakd/panel.h */
struct printing;    /* kotakd/printing.h */
struct health;	    /* kotakd/health.h */

struct kiosk {
	struct config config;
	const struct kiosk_drivers *drivers;
	struct store *store;
	struct clock *clock;
	struct clock_reading time; /* of this wake-up */
	bool clock_improved;	   /* a good time came after guessed ones: to be written down … */
	int64_t clock_offset_ms;   /* … with what the guesses were short of it */
	int64_t clock_moved_ms;	   /* by how much it was put forward: stored times are to follow */
	int64_t clock_moved_since_ms; /* … those after this one */
	int64_t boot;
	int64_t started_ms;
	int64_t restarts; /* of workers, in this life */
	struct health *health;

	struct modem_slot *modems;
	size_t modem_count;
	struct decoding decoding;
	int64_t reread_ms;    /* monotonic: when modems are read again after a failed commit; 0 */
	int64_t housekept_ms; /* monotonic: when the outbox was last looked through */

	struct kiosk_panel *panel; /* NULL: this kiosk has none */
	struct printing *printing; /* NULL: this kiosk has no printer */

	struct uplink *uplink;
	struct sync *sync; /* NULL: this kiosk doesn't sync */
	bool sync_woken;   /* there is news for the server */

	int64_t erasure_ms;  /* monotonic: when old personal data is looked for */
	bool erasure_traces; /* what was erased may still be read in the files */

	sd_event *loop;
	sd_event_source *timer;
	sd_event_source *uplink_source;
	struct control *control;
	int utc_offset_s;
};

/*
 * Runs until SIGTERM or SIGINT. config must be loaded and drivers set, all else zero; kiosk_close()
 * in every case. 0 or a negative errno, said in the log.
 */
must_check int kiosk_run(struct kiosk *kiosk);
void kiosk_close(struct kiosk *kiosk);

/* Reads the clock: at the beginning of each callback of the loop. */
void kiosk_read_clock(struct kiosk *kiosk);

/* There is news for the server, or of it: looked at before the loop sleeps again. */
void kiosk_wake_sync(struct kiosk *kiosk);

/* The moment that rows and events of this wake-up carry. */
struct moment kiosk_moment(const struct kiosk *kiosk);

#endif
