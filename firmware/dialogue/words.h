/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text word by word, and the lists of words that the conversation knows. */
#ifndef KOTAK_DIALOGUE_WORDS_H
#define KOTAK_DIALOGUE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Longer words are cut; none of the known ones is that long. */
#define WORD_SIZE 32

/*
 * One word: letters and digits of any script. ASCII letters are in lower case, apostrophes
 * inside are left out ("jum'at"), letters repeated more than twice are kept twice ("okeee").
 */
struct word {
	char text[WORD_SIZE];
	const char *start; /* in the original text */
	const char *end;   /* behind it */
	bool capitals;	   /* written in capital letters only */
};

/* The next word at or after *cursor, which moves behind it; false when there is none. */
bool word_next(const char **cursor, struct word *word);

size_t words_count(const char *text);

/* What a word may mean; a word may mean several things. */
enum word_meaning {
	WORD_GREETING = 1 << 0,	      /* assalamualaikum, selamat, pagi, pak … */
	WORD_COMPLAINT = 1 << 1,      /* aduan, lapor … as a command */
	WORD_STATUS = 1 << 2,	      /* cek, status as a command */
	WORD_HELP = 1 << 3,	      /* bantuan, info as a command */
	WORD_THANKS = 1 << 4,	      /* terima kasih */
	WORD_OK = 1 << 5,	      /* ok, baik, ya */
	WORD_FILLER = 1 << 6,	      /* says nothing alone: pak, banyak, sekali, saya … */
	WORD_PROGRESS = 1 << 7,	      /* asks how far it is: perkembangan, gimana, hasilnya … */
	WORD_TICKET = 1 << 8,	      /* names a ticket: tiket, nomor, aduan, laporan … */
	WORD_ADDRESS = 1 << 9,	      /* part of an address: rt, dusun, jalan … */
	WORD_NAME = 1 << 10,	      /* announces a name: nama */
	WORD_LABEL_ADDRESS = 1 << 11, /* announces an address: alamat */
	WORD_SENTENCE = 1 << 12,      /* no name or address has it: rusak, tidak, kenapa … */
	WORD_OWNER = 1 << 13,	      /* belongs to "my complaint": saya, kami, kemarin … */
	WORD_INTENT = 1 << 14,	      /* before a command: mau, ingin, ada … */
	WORD_FROM = 1 << 15,	      /* between name and place: dari */
	WORD_REFUSAL = 1 << 16,	      /* says that one won't tell: tidak, mau, usah … */
	WORD_NUMBER = 1 << 17,	      /* before a ticket number: tiket, nomor, no */
	WORD_ADD = 1 << 18,	      /* tambah as a command, and so on */
	WORD_RATE = 1 << 19,
	WORD_WITHDRAW = 1 << 20,
	WORD_SECRET = 1 << 21,
	WORD_LANGUAGE = 1 << 22,
	WORD_STOP = 1 << 23,
	WORD_START = 1 << 24,
	WORD_DEGREE = 1 << 25, /* "tambah parah", "tambah lama": more of it, no command */
	WORD_YES = 1 << 26,
	WORD_NO = 1 << 27,
	WORD_DONE = 1 << 29,   /* what may have become of a complaint: ditangani, beres … */
	WORD_YET = 1 << 30,    /* belum */
	WORD_NOTICE = 1 << 28, /* what BERHENTI and MULAI may name: pengumuman, langganan … */
};

#define WORD_COMMANDS                                                                              \
	(WORD_ADD | WORD_RATE | WORD_WITHDRAW | WORD_SECRET | WORD_LANGUAGE | WORD_STOP |          \
		WORD_START)

/* The meanings of a word, 0 for one that isn't known. */
unsigned word_meanings(const char *text);

/* Whether a list like " satu dua tiga " has the word. */
bool word_in(const char *list, const char *text);

/*
 * The command that a word not known otherwise is a slip of the pen away from: one letter
 * wrong, missing, too many, or two swapped. 0 for none; words that are others' (bantal, mulia,
 * tambal) are none.
 */
unsigned word_slip(const char *text);

#endif
