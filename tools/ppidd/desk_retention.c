/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Erasure: the rule, what it erases next, one ticket on request, and what was erased. */
#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/desk_retention.h"
#include "tools/ppidd/erase.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/retention.h"

/* Batches while a person waits; what is left is erased by the next press or the daily run. */
#define BATCHES_AT_ONCE 10
#define AGAIN_MOST 200

static int show(struct request *request, unsigned status, const struct retention_form *form)
{
	struct retention_parts parts = { .months = request->config->erase_after_months,
		.limit_ms = retention_limit(request->now_ms, request->config->erase_after_months) };
	struct page page;

	int error = retention_look(request->db, parts.limit_ms, RETENTION_SHOWN, &parts.due);
	if (error >= 0)
		error = erase_list(request->db, RETENTION_LOG_SHOWN, &parts.log);
	if (error >= 0)
		error = erase_forgotten(request->db, RETENTION_SHOWN, &parts.forgotten);
	if (error >= 0)
		error = erase_count_copies(request->db, &parts.copies);
	if (error >= 0)
		error = desk_begin(request, &page, "Penghapusan data", "/office", 0, NULL);
	if (error >= 0) {
		desk_retention_page(request, page.out, &parts, form);
		error = desk_answer(request, &page, status);
	}
	json_decref(parts.due.list);
	json_decref(parts.log);
	json_decref(parts.forgotten);
	return error;
}

static int get_retention(struct request *request)
{
	const struct retention_form form = { .ticket = request_argument(request, "ticket"),
		.done = request_argument(request, "done") };

	return show(request, MHD_HTTP_OK, &form);
}

static const char *refusal(int error)
{
	switch (error) {
	case -ENOENT:
		return "Tiket itu tidak ditemukan. Periksa nomornya.";
	case -EPERM:
		return "Aduan itu belum selesai. Cabut dahulu atas permintaan pengadu, lalu hapus.";
	case -EALREADY:
		return "Data pribadi aduan itu sudah dihapus.";
	case -EDOM:
		return "Pilih dahulu siapa yang meminta.";
	default:
		return "Basis data sedang tidak dapat dipakai. Coba lagi sebentar lagi.";
	}
}

static int refuse(struct request *request, int error, const char *ticket)
{
	const struct retention_form form = { .ticket = ticket, .wrong = refusal(error) };
	bool known = error == -ENOENT || error == -EPERM || error == -EALREADY || error == -EDOM;

	return show(request,
		error == -EPERM || error == -EALREADY ? MHD_HTTP_CONFLICT
		: known				      ? MHD_HTTP_BAD_REQUEST
						      : MHD_HTTP_SERVICE_UNAVAILABLE,
		&form);
}

static int confirmed(const char *deed)
{
	return deed && strcmp(deed, "erase") == 0;
}

static int confirm(struct request *request, const struct retention_confirm *asked)
{
	struct page page;

	int error = desk_begin(request, &page, "Penghapusan data", "/office", 0, NULL);
	if (error < 0)
		return error;
	desk_retention_confirm(request, page.out, asked);
	return desk_answer(request, &page, MHD_HTTP_OK);
}

/* Erased: kiosks are told, and the files forget. */
static int done(struct request *request, const char *location)
{
	retention_erased(request->server);
	server_wake(request->server);
	return answer_redirect(request, location);
}

static int post_due(struct request *request)
{
	autofree char *deed = NULL;
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	deed = request_field(request, "do");
	int64_t limit_ms = retention_limit(request->now_ms, request->config->erase_after_months);
	if (!confirmed(deed)) {
		struct retention_due due = { 0 };
		error = retention_look(request->db, limit_ms, 0, &due);
		json_decref(due.list);
		if (error < 0)
			return error;
		const struct retention_confirm asked = { .count = due.count };
		return due.count > 0 ? confirm(request, &asked)
				     : answer_redirect(request, "/retention");
	}
	const struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	for (int i = 0; i < BATCHES_AT_ONCE; i++) {
		error = retention_batch(request->db, &step, limit_ms);
		if (error <= 0)
			break;
	}
	return error < 0 ? refuse(request, error, NULL) : done(request, "/retention?done=due");
}

/* One erasure in a transaction of its own. */
static int erase_one(struct db *db, const struct step *step, const struct erasure *erasure)
{
	int error = db_begin(db);

	return error < 0 ? error : db_end(db, erase_complaint(db, step, erasure));
}

/* 0 when it may be erased. */
static int check_ticket(const json_t *complaint, const char *reason)
{
	enum complaint_state state;

	if (!state_from_name(record_words(complaint, "state"), &state) || state_open(state))
		return -EPERM;
	return erase_reason_valid(reason) && strcmp(reason, "repeated") != 0 ? 0 : -EDOM;
}

static int post_ticket(struct request *request)
{
	autofree char *ticket = NULL, *reason = NULL, *deed = NULL;
	autojson json_t *complaint = NULL;
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	ticket = request_field(request, "ticket");
	reason = request_field(request, "reason");
	deed = request_field(request, "do");
	error = complaint_find(request->db, ticket ? ticket : "", desk_view(request), &complaint);
	if (error >= 0)
		error = check_ticket(complaint, reason ? reason : "");
	if (error < 0)
		return refuse(request, error, ticket);
	if (!confirmed(deed)) {
		const struct retention_confirm asked = { .complaint = complaint, .reason = reason };
		return confirm(request, &asked);
	}
	const struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	const struct erasure erasure = {
		.complaint = record_text(complaint, "uuid"), .kind = ERASE_REQUEST, .reason = reason
	};
	error = erase_one(request->db, &step, &erasure);
	return error < 0 ? refuse(request, error, ticket) : done(request, "/retention?done=ticket");
}

/* After an older backup was put back: what kiosks say was erased on request. */
static int post_again(struct request *request)
{
	autojson json_t *forgotten = NULL;
	char actor[DESK_ACTOR_SIZE];
	size_t i;
	json_t *item;
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	const struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = erase_forgotten(request->db, AGAIN_MOST, &forgotten);
	json_array_foreach (forgotten, i, item) {
		const struct erasure erasure = { .complaint = record_text(item, "uuid"),
			.kind = ERASE_REQUEST,
			.reason = "repeated" };
		if (error >= 0)
			error = erase_one(request->db, &step, &erasure);
		/* Opened again, or erased by somebody else, since the list was read. */
		if (error == -EPERM || error == -EALREADY)
			error = 0;
	}
	return error < 0 ? refuse(request, error, NULL) : done(request, "/retention?done=again");
}

const struct route retention_routes[] = {
	{ "GET", "/retention", ROUTE_DESK, 0, get_retention, RIGHT_ADMINISTER, READS_NOTHING },
	{ "POST", "/retention/due", ROUTE_DESK, 1000, post_due, RIGHT_ADMINISTER, READS_NOTHING },
	{ "POST", "/retention/ticket", ROUTE_DESK, 1000, post_ticket, RIGHT_ADMINISTER,
		READS_NOTHING },
	{ "POST", "/retention/again", ROUTE_DESK, 1000, post_again, RIGHT_ADMINISTER,
		READS_NOTHING },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
