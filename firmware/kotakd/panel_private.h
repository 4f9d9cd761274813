/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the panel's side share with each other and nobody else. */
#ifndef KOTAK_KOTAKD_PANEL_PRIVATE_H
#define KOTAK_KOTAKD_PANEL_PRIVATE_H

#include "kotakd/kiosk.h"
#include "store/complaint.h"
#include "store/panel.h"

/* Wrong PINs are counted for the panel as a whole: it doesn't know who stands there. */
#define PANEL_SENDER "panel"
/* The longest text that is taken of a resident; the panel itself allows less. */
#define PANEL_TEXT_MAX 2000

#define PANEL_TROUBLE_MAX 160

struct kiosk_panel {
	struct kiosk *kiosk;
	struct worker *worker;
	sd_event_source *source;
	json_t *places;

	bool running;
	bool start_stale;  /* the start message is the one that a worker has had already */
	char stopped[160]; /* why it isn't */
	char display[PANEL_TROUBLE_MAX], keypad[PANEL_TROUBLE_MAX], lines[PANEL_TROUBLE_MAX];
	json_t *echo;
	int64_t since_ms; /* wall clock: since when it works, or doesn't */

	/* What isn't written yet: the latest draft, and the end of a session. */
	char draft_id[UUID_SIZE]; /* "": none */
	char *draft;
	char ended_id[UUID_SIZE]; /* "": none */
	bool ended_more;	  /* and those before it, that couldn't be written either */
	int64_t retry_ms;	  /* monotonic; 0: now */
	bool trouble_said;

	char number[MODEM_ADDRESS_SIZE];
	const char *lamp;
	int64_t lamp_ms;   /* monotonic: when to look again */
	int64_t notice_ms; /* monotonic: when to tell again */
	int64_t noticed_ms;
	json_t *notice; /* as last told */
};

/* One message of the worker being dealt with, inside a transaction. */
struct panel_turn {
	struct kiosk *kiosk;
	struct moment moment;
	json_t *answers; /* array: what is said once it is committed */
	bool changed;	 /* there is news for the server and the notice board */
};

/*
 * Each deals with one message: 0, -EPROTO when it makes no sense (nothing was changed), or a
 * negative errno of the store.
 */
typedef int panel_action(struct panel_turn *turn, const json_t *message);

/* panel_submit.c: the complaint, once, with its ticket, PIN and slip; and the slip once more. */
panel_action panel_submit;
panel_action panel_print;
/* panel_own.c: what a complainant asks of a complaint with its number and PIN. */
panel_action panel_lookup;
panel_action panel_rate;
panel_action panel_add;
panel_action panel_withdraw;

/* panel_start.c: gives the worker what its next life begins with. 0 or a negative errno. */
must_check int panel_give_start(struct kiosk_panel *panel);

/* panel_news.c: what the panel is told unasked, and what it tells of itself. */
/* Takes over the message. What a worker doesn't take is told it again when it is started anew. */
void panel_tell(struct kiosk_panel *panel, json_t *message);
void panel_started(struct kiosk_panel *panel);
void panel_stopped(struct kiosk_panel *panel, const char *why);
void panel_take_status(struct kiosk_panel *panel, const json_t *message);
/* Number, lamp and notice board, where they changed. */
void panel_tell_news(struct kiosk_panel *panel);
/* The kiosk's own number for SMS, as its SIM or network tells; "" while none does. */
void panel_find_number(const struct kiosk *kiosk, char out[static MODEM_ADDRESS_SIZE]);

/* Adds an answer; its reference is taken over. NULL gives -ENOMEM. */
must_check int panel_say(struct panel_turn *turn, json_t *answer);

/*
 * A text member of at most most bytes, which may hold line breaks but no other control characters;
 * "" when it is null or missing. NULL: it is no such text.
 */
const char *panel_text(const json_t *message, const char *name, size_t most);

#endif
