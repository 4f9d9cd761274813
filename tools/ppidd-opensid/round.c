/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd-opensid/round.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "tools/ppidd-opensid/pengaduan.h"
#include "tools/ppidd/record.h"

/* In one round, so that the service manager hears from us in between. */
#define AT_A_TIME 50
/* A kiosk whose clock was wrong may say 1970, which TIMESTAMP can't. */
#define SANE_MS INT64_C(946684800000) /* 2000 */
#define ACTOR_SIZE (OPENSID_NAME_MAX + 16)
#define JUDUL_SIZE 64
#define NOTICE_SIZE 160

struct work {
	struct db *db;
	struct opensid opensid;
	struct step step;
	struct pengaduan pengaduan;
	struct round *round;
	json_t *copies; /* here */
	json_t *rows;	/* there */
	bool restored;
};

/* An error of MariaDB's side, told in the round. */
static int theirs(struct work *work, int error)
{
	if (error == -EIO || error == -EBADMSG)
		snprintf(work->round->why, sizeof(work->round->why), "%s",
			pengaduan_why(&work->pengaduan));
	return error;
}

/* Copies whose rows are gone. */
static int find_lost(const struct work *work, json_t **out)
{
	autojson json_t *lost = json_array();
	const char *uuid;
	json_t *copy;

	if (!lost)
		return -ENOMEM;
	json_object_foreach (work->copies, uuid, copy) {
		if (!json_is_null(json_object_get(copy, "row")) &&
			!json_object_get(work->rows, uuid) &&
			json_array_append_new(lost, json_string(uuid)) < 0)
			return -ENOMEM;
	}
	*out = take_pointer(lost);
	return 0;
}

/* Deleted by somebody, or lost with a backup that was put back: then all is written anew. */
static int take_losses(struct work *work)
{
	autojson json_t *lost = NULL;
	size_t i;
	json_t *uuid;

	int error = find_lost(work, &lost);
	if (error >= 0 && work->restored) {
		error = opensid_restored(work->db, &work->opensid, lost);
		json_decref(take_pointer(work->copies));
		return error < 0 ? error : opensid_copies(work->db, &work->opensid, &work->copies);
	}
	json_array_foreach (lost, i, uuid) {
		if (error >= 0)
			error = opensid_gone(
				work->db, &work->step, &work->opensid, json_string_value(uuid));
	}
	return error;
}

static int take_row(struct work *work, const char *uuid, const json_t *row, const json_t *copy)
{
	int64_t id = record_number(row, "id"), status = record_number(row, "status");
	bool back = record_number(copy, "level") == OPENSID_NOTHING &&
		    !json_is_true(json_object_get(row, "erased"));
	int error = 0;

	if (record_number(copy, "row") != id)
		error = opensid_moved(work->db, &work->opensid, uuid, id);
	else if (back)
		error = opensid_again(work->db, &work->opensid, uuid);
	if (error >= 0 && status >= OPENSID_WAITING && status <= OPENSID_DONE &&
		status != record_number(copy, "status")) {
		error = opensid_status_seen(
			work->db, &work->step, &work->opensid, uuid, (enum opensid_status)status);
		work->round->taken++;
	}
	return error;
}

static int take_rows(struct work *work)
{
	const char *uuid;
	json_t *row;
	int error = 0;

	json_object_foreach (work->rows, uuid, row) {
		const json_t *copy = json_object_get(work->copies, uuid);
		if (copy && error >= 0)
			error = take_row(work, uuid, row, copy);
	}
	return error;
}

static int take_reply(struct work *work, int64_t id, const char *uuid)
{
	autojson json_t *row = NULL;

	int error = theirs(work, pengaduan_reply(&work->pengaduan, id, &row));
	if (error < 0 || json_is_null(row))
		return error;
	autofree char *text = words_from_column(record_words(row, "text"), OPENSID_REPLY_MAX);
	autofree char *by = words_from_column(record_words(row, "by"), OPENSID_REPLY_MAX);
	if (!text || !by)
		return -ENOMEM;
	const struct opensid_reply reply = { .complaint = uuid,
		.row_id = id,
		.status = (enum opensid_status)record_number(row, "status"),
		.by = by,
		.text = text };
	work->round->taken++;
	return opensid_reply(work->db, &work->step, &work->opensid, &reply);
}

static int take_replies(struct work *work)
{
	autojson json_t *replies = NULL, *known = NULL;
	char number[24];
	size_t i, taken = 0;
	json_t *reply;

	int error = theirs(work, pengaduan_replies(&work->pengaduan, &replies));
	if (error >= 0)
		error = opensid_replies(work->db, &work->opensid, &known);
	json_array_foreach (replies, i, reply) {
		const char *uuid = record_words(reply, "uuid");
		snprintf(number, sizeof(number), "%" PRId64, record_number(reply, "id"));
		if (error < 0 || json_object_get(known, number) ||
			!json_object_get(work->copies, uuid))
			continue;
		if (taken++ == AT_A_TIME) {
			work->round->more = true;
			break;
		}
		error = take_reply(work, record_number(reply, "id"), uuid);
	}
	return error;
}

/* A complaint as its level shows it. The texts live as long as due and the buffers. */
static struct content content_of(
	const json_t *due, char judul[static JUDUL_SIZE], char notice[static NOTICE_SIZE])
{
	enum opensid_level level = (enum opensid_level)record_number(due, "show");
	const char *ticket = record_words(due, "ticket"), *name = record_text(due, "name");
	const char *text = record_text(due, "text");

	snprintf(judul, JUDUL_SIZE, "Aduan kotak %s", ticket);
	snprintf(notice, NOTICE_SIZE, "Isi aduan ini ada di meja PPID: nomor tiket %s.", ticket);
	if (level == OPENSID_NOTHING)
		return (struct content) {
			.nama = "Warga", .judul = judul, .isi = PENGADUAN_ERASED
		};
	return (struct content) { .nama = name && *name ? name : "Warga",
		.telepon = record_text(due, "from"),
		.judul = judul,
		.isi = text && *text ? text : notice };
}

/* The status to write: what our state makes of it, when that is news. */
static enum opensid_status status_to_write(const json_t *due, enum opensid_status ours)
{
	int64_t there = record_number(due, "status"), told = record_number(due, "told");

	if (told == (int64_t)ours)
		return (enum opensid_status)there;
	/* After a backup was put back what is further there stays. */
	if (told == 0 && there > (int64_t)ours)
		return (enum opensid_status)there;
	return ours;
}

static int put_new(struct work *work, const json_t *due, const struct content *content,
	struct opensid_shown *shown)
{
	const json_t *row = json_object_get(work->rows, shown->complaint);
	int64_t created_ms = record_number(due, "created");

	/* Put there by a round that was cut off before it could note it. */
	if (row) {
		shown->row_id = record_number(row, "id");
		shown->status = (enum opensid_status)record_number(row, "status");
		int changed = pengaduan_update(&work->pengaduan, shown->row_id, shown->complaint,
			content, (int64_t)shown->status, (int64_t)shown->status);
		return changed < 0 ? changed : 1;
	}
	if (created_ms < SANE_MS || created_ms > work->step.now_ms)
		created_ms = work->step.now_ms;
	shown->status = shown->told;
	int changed = pengaduan_insert(&work->pengaduan, shown->complaint, content,
		(int64_t)shown->status, created_ms, &shown->row_id);
	return changed < 0 ? changed : 1;
}

/* 0: the row went away meanwhile, which the next round sees. */
static int put_again(struct work *work, const json_t *due, const struct content *content,
	struct opensid_shown *shown)
{
	shown->row_id = record_number(due, "row");
	shown->status = status_to_write(due, shown->told);
	if (shown->now == OPENSID_NOTHING) {
		int error = pengaduan_erase_replies(&work->pengaduan, shown->row_id);
		if (error < 0)
			return error;
	}
	return pengaduan_update(&work->pengaduan, shown->row_id, shown->complaint, content,
		record_number(due, "status"), (int64_t)shown->status);
}

static int put_one(struct work *work, const json_t *due)
{
	enum complaint_state state = STATE_RECEIVED;
	char judul[JUDUL_SIZE], notice[NOTICE_SIZE];
	const struct content content = content_of(due, judul, notice);

	if (!state_from_name(record_words(due, "state"), &state))
		return 0;
	struct opensid_shown shown = { .complaint = record_words(due, "uuid"),
		.ticket = record_words(due, "ticket"),
		.before = (enum opensid_level)record_number(due, "level"),
		.now = (enum opensid_level)record_number(due, "show"),
		.first = json_is_null(json_object_get(due, "row")),
		.updated_ms = record_number(due, "updated"),
		.told = opensid_status_of(state) };
	int changed = theirs(work, shown.first ? put_new(work, due, &content, &shown)
					       : put_again(work, due, &content, &shown));
	if (changed == -EBADMSG) {
		work->round->refused++;
		return 0;
	}
	if (changed <= 0)
		return changed;
	work->round->written++;
	return opensid_shown(work->db, &work->step, &work->opensid, &shown);
}

static int put_due(struct work *work)
{
	autojson json_t *list = NULL;
	size_t i;
	json_t *due;

	int error = opensid_due(work->db, &work->opensid, AT_A_TIME, &list);
	json_array_foreach (list, i, due) {
		if (error >= 0)
			error = put_one(work, due);
	}
	/* What was refused is met again: not at once. */
	if (json_array_size(list) == AT_A_TIME && work->round->refused == 0)
		work->round->more = true;
	return error;
}

static int read_both(struct work *work, int64_t *next_id)
{
	int64_t known_id = 0;

	int error = opensid_begin(work->db, &work->opensid, work->step.now_ms, &known_id);
	if (error >= 0)
		error = theirs(work, pengaduan_next(&work->pengaduan, next_id));
	if (error >= 0)
		error = theirs(work, pengaduan_rows(&work->pengaduan, &work->rows));
	if (error >= 0)
		error = opensid_copies(work->db, &work->opensid, &work->copies);
	work->restored = *next_id > 0 && *next_id < known_id;
	return error;
}

static int both_ways(struct work *work)
{
	int64_t next_id = 0;

	int error = read_both(work, &next_id);
	if (error >= 0)
		error = take_losses(work);
	if (error >= 0)
		error = take_rows(work);
	if (error >= 0)
		error = take_replies(work);
	if (error >= 0)
		error = put_due(work);
	/* With our own rows: when it is less next time, they are gone. */
	if (error >= 0)
		error = theirs(work, pengaduan_next(&work->pengaduan, &next_id));
	return error < 0 ? error
			 : opensid_end(work->db, &work->opensid, next_id, work->step.now_ms);
}

static int connect_first(
	struct work *work, const struct settings *settings, struct mariadb **mariadb)
{
	char password[PASSWORD_SIZE];

	int error = settings_password(settings, password);
	if (error < 0) {
		snprintf(work->round->why, sizeof(work->round->why),
			"the password of [opensid] user can't be read (%s): put it into its file, "
			"on a line, for this program's user only",
			strerror(-error));
		return -EIO;
	}
	error = mariadb_open(settings, password, mariadb);
	sodium_memzero(password, sizeof(password));
	work->pengaduan.mariadb = *mariadb;
	if (error >= 0)
		error = pengaduan_open(&work->pengaduan, *mariadb, settings);
	return theirs(work, error);
}

int round_run(struct db *db, const struct settings *settings, int64_t now_ms, struct round *round)
{
	automariadb struct mariadb *mariadb = NULL;
	char actor[ACTOR_SIZE];
	struct work work = { .db = db, .round = round };

	snprintf(actor, sizeof(actor), "opensid:%s", settings->name);
	work.opensid = (struct opensid) { .name = settings->name,
		.actor = actor,
		.kiosk_count = settings->kiosk_count,
		.level = settings->copy };
	memcpy(work.opensid.kiosks, settings->kiosks, sizeof(work.opensid.kiosks));
	work.step = (struct step) { .now_ms = now_ms, .actor = actor };
	*round = (struct round) { 0 };
	int error = connect_first(&work, settings, &mariadb);
	if (error >= 0)
		error = both_ways(&work);
	json_decref(work.copies);
	json_decref(work.rows);
	return error;
}
