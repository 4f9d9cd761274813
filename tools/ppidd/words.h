/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words that complaints are found by, on both databases alike: each word of text, name,
 * address, telephone number and ticket is a row of complaint_word_personal, so that looking for
 * the beginnings of words costs the same in a large office. A complaint without a word_place isn't
 * among them yet; whoever takes complaints in lets words_catch_up() follow.
 */
#ifndef PPIDD_WORDS_H
#define PPIDD_WORDS_H

#include "tools/ppidd/db.h"

#define WORD_SIZE 25   /* 24 bytes; what is longer is cut where a letter ends */
#define WORDS_TEXT 128 /* of one complaint; what comes after is not found */

/* Takes up to most complaints in whose words aren't there yet; returns how many. */
must_check int words_catch_up(struct db *db, int64_t most);
/* Takes in all of them, a thousand in a transaction, calling progress after each. */
must_check int words_catch_up_all(struct db *db, void (*progress)(void));
/* What it is found by has changed, in the caller's transaction. */
must_check int words_changed(struct db *db, const char *uuid);
/* Its personal data is erased: it isn't found by words any more. In the caller's transaction. */
must_check int words_forget(struct db *db, const char *uuid);

/* Where a complaint stands among the others: by time, then by the UUID's beginning. */
int64_t words_place(int64_t created_ms, const char *uuid);

struct word {
	char text[WORD_SIZE];
};
/*
 * The words of a text, in lower case, up to most of them; a telephone number's 0 becomes 62, as
 * numbers are kept. Returns their count.
 */
size_t words_split(const char *text, struct word *words, size_t most);

#endif
