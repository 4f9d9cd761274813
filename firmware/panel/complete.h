/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Completion of words: the most frequent one that goes on from the letters typed. The list of
 * words, Indonesian and Javanese, is inside the program (docs/decisions has where it comes from).
 */
#ifndef KOTAK_PANEL_COMPLETE_H
#define KOTAK_PANEL_COMPLETE_H

#include <stddef.h>

/* Fewer letters than these are completed by too many words to offer one. */
#define COMPLETE_LETTERS_MIN 2
#define COMPLETE_WORD_MAX 24

/*
 * The most frequent word that begins with the count letters (ASCII, capital or small) and has
 * more than those but at most `most`: its length, and the word in small letters in out; of equally
 * frequent ones the first of the alphabet. 0 and "" when there is none.
 */
size_t complete_word(
	const char *letters, size_t count, size_t most, char out[static COMPLETE_WORD_MAX + 1]);

#endif
