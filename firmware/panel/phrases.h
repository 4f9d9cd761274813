/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that the panel says, in one table, so that each text's room can be checked. */
#ifndef KOTAK_PANEL_PHRASES_H
#define KOTAK_PANEL_PHRASES_H

#include "base/cleanup.h"
#include "wire/state.h"

enum phrase {
	PHRASE_NONE,
	/* The first screen, which nobody is at */
	PHRASE_PRESS_ANY,
	PHRASE_SMS_TOO,
	PHRASE_FREE,
	PHRASE_FIGURES,
	/* Whether anybody is there, and what an earlier one left */
	PHRASE_STILL_THERE,
	PHRASE_RESUME,
	PHRASE_RESUME_YES,
	PHRASE_RESUME_NO,
	/* The menu */
	PHRASE_MENU,
	PHRASE_MENU_COMPLAINT,
	PHRASE_MENU_TICKET,
	PHRASE_MENU_BOARD,
	PHRASE_MENU_RIGHTS,
	PHRASE_MENU_LANGUAGE,
	/* A new complaint */
	PHRASE_CATEGORY,
	PHRASE_CATEGORY_ACCESS,
	PHRASE_CATEGORY_QUALITY,
	PHRASE_CATEGORY_PROCEDURE,
	PHRASE_CATEGORY_OTHER,
	PHRASE_ABOUT,
	PHRASE_ABOUT_OFFICE,
	PHRASE_ABOUT_OFFICIAL,
	PHRASE_ABOUT_AGENCY,
	PHRASE_ABOUT_OTHER,
	PHRASE_PLACE,
	PHRASE_PLACE_OTHER,
	PHRASE_PART,
	PHRASE_PART_OTHER,
	PHRASE_ADDRESS,
	PHRASE_ADDRESS_HELP,
	PHRASE_HOW_TO_WRITE,
	PHRASE_TEXT,
	PHRASE_TEXT_HELP,
	PHRASE_TEXT_SHORT,
	PHRASE_NAME,
	PHRASE_NAME_HELP,
	PHRASE_NAMELESS,
	PHRASE_NAMELESS_FILL,
	PHRASE_NAMELESS_SKIP,
	PHRASE_PHONE,
	PHRASE_PHONE_HELP,
	PHRASE_PHONE_WRONG,
	PHRASE_CONFIDENTIAL,
	PHRASE_CONFIDENTIAL_YES,
	PHRASE_CONFIDENTIAL_NO,
	PHRASE_REVIEW,
	PHRASE_REVIEW_CATEGORY,
	PHRASE_REVIEW_ABOUT,
	PHRASE_REVIEW_ADDRESS,
	PHRASE_REVIEW_TEXT,
	PHRASE_REVIEW_NAME,
	PHRASE_REVIEW_PHONE,
	PHRASE_REVIEW_CONFIDENTIAL,
	PHRASE_YES,
	PHRASE_NO,
	PHRASE_EMPTY,
	PHRASE_SENDING,
	PHRASE_SEND_TROUBLE,
	PHRASE_DROP,
	PHRASE_DROP_YES,
	PHRASE_DROP_NO,
	/* Its ticket */
	PHRASE_SLIP_PRINTING,
	PHRASE_SLIP_TAKE,
	PHRASE_SLIP_NONE,
	PHRASE_PIN_IS,
	PHRASE_KEEP,
	PHRASE_PRINT_AGAIN,
	PHRASE_LEAVE,
	PHRASE_LEAVE_YES,
	PHRASE_LEAVE_NO,
	PHRASE_THANKS,
	/* One's own ticket */
	PHRASE_NUMBER,
	PHRASE_NUMBER_HELP,
	PHRASE_NUMBER_WRONG,
	PHRASE_PIN,
	PHRASE_PIN_HELP,
	PHRASE_PIN_WRONG,
	PHRASE_LOOKING,
	PHRASE_SAVING,
	PHRASE_NOT_FOUND,
	PHRASE_BLOCKED,
	PHRASE_NOT_NOW,
	PHRASE_CASE,
	PHRASE_CASE_ANSWER,
	PHRASE_CASE_QUESTION,
	PHRASE_CASE_ADD,
	PHRASE_CASE_RATE,
	PHRASE_CASE_WITHDRAW,
	PHRASE_ANSWER,
	PHRASE_QUESTION,
	PHRASE_REPLY,
	PHRASE_ADD,
	PHRASE_ADD_HELP,
	PHRASE_RATE,
	PHRASE_RATE_1,
	PHRASE_RATE_2,
	PHRASE_RATE_3,
	PHRASE_RATE_4,
	PHRASE_RATE_5,
	PHRASE_WITHDRAW,
	PHRASE_WITHDRAW_YES,
	PHRASE_WITHDRAW_NO,
	PHRASE_DONE_RATED,
	PHRASE_DONE_REOPENED,
	PHRASE_DONE_ADDED,
	PHRASE_DONE_WITHDRAWN,
	PHRASE_DONE_NOT,
	/* The notice board, and one's rights */
	PHRASE_BOARD_FIGURES,
	PHRASE_BOARD_CASES,
	PHRASE_BOARD_NEWS,
	PHRASE_FIGURES_RECEIVED,
	PHRASE_FIGURES_OPEN,
	PHRASE_FIGURES_ANSWERED,
	PHRASE_FIGURES_DAYS,
	PHRASE_CASE_LINE,
	PHRASE_NOTHING_YET,
	PHRASE_RIGHTS_WHEN,
	PHRASE_RIGHTS_AGAIN,
	PHRASE_RIGHTS_SECRET,
	/* The keys, in the last row */
	PHRASE_BACK,
	PHRASE_ERASE,
	PHRASE_NEXT,
	PHRASE_OK,
	PHRASE_SEND,
	PHRASE_AGAIN,
	PHRASE_FINISH,
	PHRASE_COUNT,
};

/* The room a phrase has on a display of 16 columns. */
enum phrase_kind {
	PHRASE_BODY,   /* wrapped and paged: only no word may be longer than a row */
	PHRASE_LINE,   /* one row */
	PHRASE_SCREEN, /* both rows of two, without keys */
	PHRASE_TITLE,  /* one row that it shares with the letters' mode: 12 */
	PHRASE_ITEM,   /* of a menu, behind its digit: two rows of 14 */
	PHRASE_LEFT,   /* what * does, in the last row: 8 */
	PHRASE_RIGHT,  /* what # does, in the last row: 7 */
};

struct phrase_info {
	const char *msgid; /* Indonesian, also what is said without a catalogue */
	enum phrase_kind kind;
};

extern const struct phrase_info phrases[PHRASE_COUNT];

/* The phrase in this language (a code of language_codes; NULL or unknown: the first). UTF-8, never
 * NULL, not to be freed; {names} in braces are yet to be filled in. */
const char *phrase_say(const char *language, enum phrase phrase);
/* A complaint's state in the words that SMS have for it. */
const char *phrase_state(const char *language, enum complaint_state state);

#endif
