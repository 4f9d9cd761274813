/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The panel from inside. A table says for each screen what it shows and what its keys do; panel.c
 * turns keys, messages and time into calls of it. What belongs to one person is in struct session,
 * and is wiped whole.
 */
#ifndef KOTAK_PANEL_INTERNAL_H
#define KOTAK_PANEL_INTERNAL_H

#include <jansson.h>

#include "base/ids.h"
#include "panel/entry.h"
#include "panel/panel.h"
#include "panel/phrases.h"
#include "panel/view.h"
#include "wire/ticket.h"

#define PANEL_QUEUE_MAX 16
#define PANEL_PIN_SIZE 5
#define PANEL_NUMBER_SIZE 32
#define PANEL_NAME_SIZE 64
/* Of a complaint's fields, without the terminator. */
#define DRAFT_ADDRESS_MAX 80
#define DRAFT_NAME_MAX 60
#define DRAFT_PHONE_MAX 15
/* Letters and digits that a complaint or an addition must have at least. */
#define TEXT_USEFUL_MIN 10
/* How long an attract page stays. */
#define ATTRACT_PAGE_MS 5000
/* Without an answer to a complaint it is sent again. */
#define SEND_AGAIN_MS 10000
/* Without an answer to anything else the person is told so. */
#define ANSWER_MS 15000
#define THANKS_MS 6000
/* A ticket is shown again after a restart only to who may still stand there. */
#define TICKET_AGE_S 120

enum screen {
	SCREEN_ATTRACT,
	SCREEN_RESUME,
	SCREEN_LANGUAGE,
	SCREEN_MENU,
	SCREEN_NOTE, /* one phrase, then session.after */
	SCREEN_CATEGORY,
	SCREEN_ABOUT,
	SCREEN_PLACE,
	SCREEN_PART,
	SCREEN_ADDRESS,
	SCREEN_HOW_TO_WRITE,
	SCREEN_TEXT,
	SCREEN_NAME,
	SCREEN_NAMELESS,
	SCREEN_PHONE,
	SCREEN_CONFIDENTIAL,
	SCREEN_REVIEW,
	SCREEN_SENDING,
	SCREEN_DROP,
	SCREEN_TICKET,
	SCREEN_LEAVE,
	SCREEN_THANKS,
	SCREEN_NUMBER,
	SCREEN_PIN,
	SCREEN_ASKING,
	SCREEN_CASE,
	SCREEN_ANSWER,
	SCREEN_QUESTION,
	SCREEN_ADD,
	SCREEN_RATE,
	SCREEN_WITHDRAW,
	SCREEN_BOARD,
	SCREEN_FIGURES,
	SCREEN_CASES,
	SCREEN_NEWS,
	SCREEN_RIGHTS,
	SCREEN_COUNT,
};

enum request_kind {
	REQUEST_NONE,
	REQUEST_LOOKUP,
	REQUEST_RATE,
	REQUEST_ADD,
	REQUEST_WITHDRAW,
};

/* -1 where nothing was chosen yet; "" where nothing was typed. */
struct draft {
	int category, about, confidential;
	int place;	    /* its number in places, while an RT is asked for */
	char id[UUID_SIZE]; /* "" when there is no complaint */
	char address[DRAFT_ADDRESS_MAX + 1];
	char text[ENTRY_MAX + 1];
	char name[DRAFT_NAME_MAX + 1];
	char phone[DRAFT_PHONE_MAX + 1];
	bool editing;	/* back to the review after this field */
	bool shown_how; /* how to write */
	/* Where the entry's cursor and the pages were, for after a restart */
	size_t cursor;
	unsigned page;
};

/* Everything of one person, and nothing else. */
struct session {
	const char *language; /* a code of language_codes; NULL: the office's */
	enum screen screen, after;
	enum phrase note;
	unsigned page;
	struct entry entry;
	struct draft draft;
	/* What kotakd was last told of the draft; nothing while told_draft.id is "" */
	struct draft told_draft;
	enum screen told_screen;
	bool given;	/* kotakd knows of draft.id */
	bool submitted; /* and was asked to make it a complaint */
	bool trouble;	/* which doesn't succeed just now */
	int64_t again_ms;
	int64_t left_ms; /* this screen leaves by itself */
	/* A ticket: the new complaint's, or the one that is looked up */
	char ticket[TICKET_SIZE];
	char pin[PANEL_PIN_SIZE];
	bool printing, printed;
	enum request_kind kind;
	uint32_t request; /* 0: none is under way */
	int rating;
	char added[UUID_SIZE]; /* the addition's own id: it may be sent twice */
	char addition[ENTRY_MAX + 1];
	json_t *found;
};

struct panel {
	struct panel_config config;
	int64_t now_ms;
	/* The office */
	char name[PANEL_NAME_SIZE];
	char number[PANEL_NUMBER_SIZE];
	const char *language;
	json_t *places, *notice;
	bool printer, printer_able;
	bool connected;
	enum panel_lamp lamp;
	/* The person */
	struct session session;
	uint32_t requests;
	int64_t touched_ms;
	bool asking_still_there;
	/* What comes of it */
	json_t *queue[PANEL_QUEUE_MAX];
	size_t queued;
	struct view view;
	struct display_frame frame;
	uint64_t screens;
	enum panel_sound sound;
	int64_t page_ms; /* attract: when its page turns */
	bool failed;	 /* no memory for something on the way */
};

struct screen_ops {
	const char *name; /* in drafts; NULL: a draft isn't kept here */
	enum phrase star, hash;
	/* Begins the entry and so on; NULL: nothing. */
	void (*open)(struct panel *panel);
	void (*compose)(struct panel *panel);
	/* An item of the menu. */
	void (*choose)(struct panel *panel, char digit, unsigned chapter);
	/* OK, or # behind the last page; NULL: nothing, # begins the pages again. */
	void (*accept)(struct panel *panel);
	void (*back)(struct panel *panel);
	/* The entry changed. Having one makes it an entry's screen. */
	void (*typed)(struct panel *panel);
};

/* Each file has its screens; screens.c puts them into one table. */
const struct screen_ops *screen_ops(enum screen screen);
extern const struct screen_ops complaint_screens[SCREEN_COUNT];
extern const struct screen_ops ticket_screens[SCREEN_COUNT];
extern const struct screen_ops case_screens[SCREEN_COUNT];
extern const struct screen_ops board_screens[SCREEN_COUNT];

/* Another screen, from its first page. */
void panel_go(struct panel *panel, enum screen screen);
/* Says one thing, then goes on to after. */
void panel_note(struct panel *panel, enum phrase note, enum screen after);
/* The session is over: wiped, and kotakd told to keep nothing. */
void panel_wipe(struct panel *panel);
/* The same, but somebody is still there, who reads the same language. */
void panel_restart(struct panel *panel, enum screen screen);
/* The code itself as language_codes has it, NULL when it is none. */
const char *language_known(const char *language);
/* The language that the person at it reads. */
const char *panel_language(const struct panel *panel);
/* After whatever happened: kotakd is told of a draft's change, the person sees it. 0 or -ENOMEM. */
int panel_settle(struct panel *panel);

/* complaint.c */
void complaint_begin(struct panel *panel);
/* Sends the complaint (again): at most one is on its way to kotakd. */
void complaint_send(struct panel *panel);
#define COMPLAINT_CATEGORIES 4
#define COMPLAINT_ABOUTS 4
extern const char *const complaint_categories[COMPLAINT_CATEGORIES];
extern const char *const complaint_abouts[COMPLAINT_ABOUTS];
/* The category's phrase; another name is PHRASE_CATEGORY_OTHER. */
enum phrase complaint_category_phrase(const char *name);
/* Letters and digits. */
size_t complaint_useful(const char *text);

/* case.c: asks for what session.kind says. */
void case_ask(struct panel *panel, enum request_kind kind);
void case_answered(struct panel *panel, const json_t *message);
void case_done(struct panel *panel, bool ok, bool reopened);
void case_failed(struct panel *panel);

/* tell.c: messages for kotakd; a reference is taken over, NULL is no memory. */
void tell(struct panel *panel, json_t *message);
/* Takes one out of the queue (caller's reference). */
json_t *tell_take(struct panel *panel, size_t at);
/* Those of this session that kotakd hasn't got yet. */
void tell_forget(struct panel *panel);
void tell_request(struct panel *panel);
void tell_print(struct panel *panel);
void tell_submit(struct panel *panel);
/* Whatever of the draft is new. */
void tell_draft(struct panel *panel);

/* draft.c: the draft as the panel wants it back; NULL without memory. */
json_t *draft_data(const struct panel *panel);
/* Fills the session; 0 or -EPROTO, and the session is as it was. */
must_check int draft_restore(struct panel *panel, const char *id, const json_t *data);
bool draft_same(const struct draft *one, const struct draft *other);
/* From SCREEN_RESUME to where it was. */
void draft_resume(struct panel *panel);

/* messages.c: a member that is a string, else "". */
const char *message_text(const json_t *message, const char *key);
/* Its day in local time as people write it; "" for what isn't RFC 3339. */
#define DAY_SIZE 16
void message_day(const char *time, char out[static DAY_SIZE]);
/* The same of a day, "2026-12-03"; "" for what is none. */
void message_date(const char *date, char out[static DAY_SIZE]);

#endif
