/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The panel on a terminal (curses, already begun). */
#ifndef PANEL_VIEW_DRAW_H
#define PANEL_VIEW_DRAW_H

#include <stdbool.h>

#include "picture.h"

enum draw_look {
	DRAW_AUTO,    /* the largest that fits the terminal */
	DRAW_BLOCKS,  /* a dot is half a character */
	DRAW_BRAILLE, /* a dot is a dot of a braille character */
	DRAW_PLAIN,   /* characters */
};

struct draw_status {
	bool connected;
	const char *path; /* of the simulator's control socket */
	bool holding;	  /* the next key is to be held */
	bool blink;	  /* the blinking cursor's block is to be seen just now */
};

/* Colours; unicode: whether the terminal can show more than ASCII. */
void draw_begin(bool unicode);
void draw_panel(
	const struct picture *picture, const struct draw_status *status, enum draw_look wanted);

#endif
