/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the panel keeps: its one session, and the notice board. Inside the caller's transaction. */
#ifndef KOTAK_STORE_PANEL_H
#define KOTAK_STORE_PANEL_H

#include "store/store.h"

struct panel_session {
	char uuid[UUID_SIZE]; /* the complaint's, once it is one */
	char *data;	      /* the draft as JSON, NULL once it is a complaint */
	int64_t updated_ms;
};
void panel_session_release(struct panel_session *session);

/* 1 and *out (release it), or 0. */
must_check int store_panel_session(struct store *store, struct panel_session *out);
/* Replaces whatever session there was. data NULL: it has become a complaint. */
must_check int store_panel_put(
	struct store *store, const char *uuid, const char *data, int64_t now_ms);
/* Forgets the session of this uuid; NULL: any. */
must_check int store_panel_clear(struct store *store, const char *uuid);

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
