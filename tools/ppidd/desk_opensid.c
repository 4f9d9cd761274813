/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/desk_opensid.h"

#include <string.h>

#include "tools/ppidd/desk.h"
#include "tools/ppidd/opensid.h"
#include "tools/ppidd/record.h"

#define PROPOSALS_MOST 20

static bool is(const json_t *record, const char *key, const char *value)
{
	return strcmp(record_words(record, key), value) == 0;
}

static const char *copied_words(int64_t level)
{
	switch (level) {
	case OPENSID_IDENTITY:
		return "Disalin ke OpenSID dengan nama dan nomor pengadu";
	case OPENSID_TEXT:
		return "Disalin ke OpenSID tanpa nama dan nomor pengadu";
	default:
		return "Disalin ke OpenSID: nomor tiketnya saja";
	}
}

static const char *changed_words(int64_t level)
{
	switch (level) {
	case OPENSID_IDENTITY:
		return "Salinan di OpenSID kini dengan nama dan nomor pengadu";
	case OPENSID_TEXT:
		return "Salinan di OpenSID kini tanpa nama dan nomor pengadu";
	default:
		return "Salinan di OpenSID kini nomor tiketnya saja";
	}
}

static const char *status_words(int64_t status)
{
	switch (status) {
	case OPENSID_WAITING:
		return "Status di OpenSID: Menunggu Diproses";
	case OPENSID_UNDER_WAY:
		return "Status di OpenSID: Sedang Diproses";
	default:
		return "Status di OpenSID: Selesai Diproses";
	}
}

const char *desk_opensid_words(const json_t *event)
{
	const json_t *data = json_object_get(event, "data");

	if (is(event, "type", "complaint.proposal"))
		return record_number(data, "status") == OPENSID_DONE ? "Usulan jawaban dari OpenSID"
								     : "Catatan dari OpenSID";
	if (!is(event, "type", "complaint.copy"))
		return NULL;
	if (is(data, "what", "copied"))
		return copied_words(record_number(data, "level"));
	if (is(data, "what", "changed"))
		return changed_words(record_number(data, "level"));
	if (is(data, "what", "status"))
		return status_words(record_number(data, "status"));
	return is(data, "what", "gone") ? "Salinan di OpenSID dihapus oleh petugas di sana"
					: "Isi salinan di OpenSID dihapus";
}

const json_t *desk_opensid_proposal(const json_t *history)
{
	for (size_t i = json_array_size(history); i > 0; i--) {
		const json_t *event = json_array_get(history, i - 1);
		if (is(event, "type", "complaint.answer"))
			return NULL;
		if (is(event, "type", "complaint.proposal") &&
			record_number(json_object_get(event, "data"), "status") == OPENSID_DONE &&
			record_text(json_object_get(event, "personal"), "text"))
			return event;
	}
	return NULL;
}

void desk_opensid_hint(FILE *out, const json_t *proposal)
{
	char time[40];

	if (proposal)
		html(out,
			"<p class=\"hint\">Usulan dari OpenSID (%s, %s) sudah diisikan di bawah. "
			"Periksa dulu: belum ada yang dikirim kepada pengadu.</p>\n",
			record_words(json_object_get(proposal, "personal"), "by"),
			word_time(record_text(proposal, "time"), time));
}

int desk_opensid_read(struct request *request, struct desk_opensid *news)
{
	int error = 0;

	if (officer_may(&request->officer, RIGHT_HANDLE))
		error = opensid_proposals(
			request->db, desk_view(request), PROPOSALS_MOST, &news->proposals);
	if (error >= 0 && officer_may(&request->officer, RIGHT_REPORT))
		error = opensid_silent(request->db, request->now_ms, &news->silent);
	return error;
}

static void waiting(FILE *out, const json_t *proposals)
{
	size_t i;
	json_t *item;

	html(out, "<p class=\"hint\">Usulan jawaban dari OpenSID menunggu keputusan:");
	json_array_foreach (proposals, i, item) {
		html(out, "%s<a class=\"ticket\" href=\"/complaints/%s\">%s</a>",
			i > 0 ? " · " : " ", record_words(item, "uuid"),
			record_words(item, "ticket"));
	}
	html(out, "</p>\n");
}

void desk_opensid_show(FILE *out, const struct desk_opensid *news)
{
	char time[40];
	size_t i;
	json_t *item;

	if (json_array_size(news->proposals) > 0)
		waiting(out, news->proposals);
	json_array_foreach (news->silent, i, item) {
		html(out,
			"<p class=\"hint\">OpenSID (%s) tidak terhubung sejak %s. Tidak ada yang "
			"hilang; mintalah pengelola memeriksanya.</p>\n",
			record_words(item, "name"), word_time(record_text(item, "contact"), time));
	}
}

void desk_opensid_free(struct desk_opensid *news)
{
	json_decref(news->proposals);
	json_decref(news->silent);
}
