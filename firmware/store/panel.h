/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the panel keeps: its one session, and the notice board. Inside the caller's transaction. */
#ifndef KOTAK_STORE_PANEL_H
#define KOTAK_STORE_PANEL_H

#include "store/store.h"

struct panel_session {
	char uuid[UUID_SIZE]; /* the complaint's, once it is one */
	char *data;	      /* the draft as JSON, NULL once it is a complaint */
	int64_t updated_ms;   /* wall clock */
	int64_t boot;	      /* in which it was written, -1: not known, … */
	int64_t mono_ms;      /* … and when, by that boot's clock */
};
void panel_session_release(struct panel_session *session);

/* 1 and *out (release it), or 0. */
must_check int store_panel_session(struct store *store, struct panel_session *out);
/*
 * Replaces whatever session there was. data NULL: it has become a complaint. mono_ms is the
 * moment by the boot's own clock.
 */
must_check int store_panel_put(struct store *store, const struct moment *moment, int64_t mono_ms,
	const char *uuid, const char *data);
/* Forgets the session of this uuid; NULL: any. */
must_check int store_panel_clear(struct store *store, const char *uuid);

/*
 * Remembers an addition's id: 1 when it is new, 0 when it was written down before. The last
 * hundred are known, far more than one visitor leaves unanswered.
 */
must_check int store_panel_addition(
	struct store *store, const struct moment *moment, const char *id);

/* Keeps what was announced; the oldest ones beyond a dozen are dropped. */
must_check int store_notice_add(
	struct store *store, const char *command_id, const char *text, int64_t now_ms);
/*
 * The notice board, the "notice" message of docs/panel.md: figures (the median is that of the
 * latest 500), cases and news. A case's place is what an address begins with, without RT; where
 * residents wrote the address themselves it may be anything: show it only when it is a dusun of
 * the office's list. Caller owns *out.
 */
must_check int store_notice_board(
	struct store *store, int64_t now_ms, int utc_offset_s, json_t **out);

#endif
