/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One complaint's history and messages in plain words. */
#include <string.h>

#include "tools/ppidd/desk_case.h"
#include "tools/ppidd/desk_complaint.h"
#include "tools/ppidd/desk_intake.h"
#include "tools/ppidd/desk_opensid.h"
#include "tools/ppidd/record.h"

#define TIME_WORDS 40
#define REASON_SIZE 1024
#define OFFICER_PREFIX "officer:"
#define OPENSID_PREFIX "opensid:"
#define PORTAL_PREFIX "portal:"
#define STATE_BECOMES "Status menjadi"

const char *desk_who(const char *actor)
{
	if (strncmp(actor, OFFICER_PREFIX, strlen(OFFICER_PREFIX)) == 0)
		return actor + strlen(OFFICER_PREFIX);
	if (strncmp(actor, OPENSID_PREFIX, strlen(OPENSID_PREFIX)) == 0)
		return "OpenSID";
	/* Which portal it was is the key's name. */
	if (strncmp(actor, PORTAL_PREFIX, strlen(PORTAL_PREFIX)) == 0)
		return actor;
	if (strcmp(actor, "complainant") == 0)
		return "Pengadu";
	return strcmp(actor, "server") == 0 ? "Server" : "Kotak";
}

/* A change of state that the kiosk only repeats after an officer's command. */
static bool is_echo(const json_t *event)
{
	return record_number(event, "source") != 0 &&
	       record_text(json_object_get(event, "data"), "command") != NULL;
}

const char *desk_event_words(const json_t *event)
{
	static const struct {
		const char *type, *words;
	} words[] = {
		{ "complaint.received", "Aduan diterima" },
		{ "complaint.restored", "Aduan dikembalikan ke kotak dari server" },
		{ "complaint.details", "Keterangan tambahan dari pengadu" },
		{ "complaint.state", STATE_BECOMES },
		{ "complaint.answer", "Jawaban petugas" },
		{ "complaint.question", "Pertanyaan petugas" },
		{ "complaint.renumbered", "Nomor tiket diganti" },
		{ "complaint.rated", "Penilaian pengadu" },
		{ "complaint.confidential", "Kerahasiaan identitas" },
		{ "complaint.survey", "Pengadu ditanyai kepuasannya" },
		{ "complaint.category", "Kategori ditetapkan" },
		{ "complaint.kind", "Jenis perkara" },
		{ "complaint.assigned", "Ditugaskan kepada" },
		{ "complaint.note", "Catatan penanganan" },
		{ "complaint.extended", "Waktu diperpanjang" },
		{ "complaint.handed", "Disampaikan kepada pengadu" },
		{ "complaint.erased", "Data pribadi dihapus" },
	};
	const json_t *data = json_object_get(event, "data");
	const char *type = record_words(event, "type");

	if ((strcmp(type, "complaint.state") == 0 || strcmp(type, "complaint.renumbered") == 0) &&
		is_echo(event))
		return NULL;
	/* What complainants decide themselves. */
	if (strcmp(type, "complaint.state") == 0 &&
		strcmp(record_words(event, "actor"), "complainant") == 0) {
		if (strcmp(record_words(data, "to"), "withdrawn") == 0)
			return "Aduan dicabut oleh pengadu";
		if (strcmp(record_words(data, "to"), "reopened") == 0)
			return "Aduan dibuka kembali oleh pengadu";
	}
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].type, type) == 0)
			return words[i].words;
	}
	return desk_opensid_words(event);
}

static void details(FILE *out, const char *label, const char *text)
{
	if (text && *text)
		html(out, "<span class=\"text\">%s%s</span>", label, text);
}

void desk_event_headline(FILE *out, const json_t *event, const char *words)
{
	const json_t *data = json_object_get(event, "data");
	const char *type = record_words(event, "type");
	int64_t rating = record_number(data, "rating");

	html(out, "<strong>%s", words);
	if (strcmp(words, STATE_BECOMES) == 0)
		html(out, " %s", word_state(record_words(data, "to")));
	if (strcmp(type, "complaint.renumbered") == 0)
		html(out, ": %s → %s", record_words(data, "old"), record_words(data, "ticket"));
	if (strcmp(type, "complaint.category") == 0)
		html(out, ": %s", word_category(record_words(data, "category")));
	if (strcmp(type, "complaint.kind") == 0)
		html(out, ": %s%s", desk_word_kind(record_words(data, "kind")),
			json_is_true(json_object_get(data, "late")) ? ", meskipun terlambat" : "");
	if (strcmp(type, "complaint.assigned") == 0)
		html(out, " %s", record_words(data, "officer"));
	if (strcmp(type, "complaint.note") == 0)
		html(out, ": %s", desk_word_note(record_words(data, "kind")));
	if (strcmp(type, "complaint.extended") == 0)
		html(out, " menjadi %lld hari kerja",
			(long long)record_number(data, "working_days"));
	if (strcmp(type, "complaint.handed") == 0)
		html(out, ": %s, %s", intake_kind(record_words(data, "kind")),
			intake_how(record_words(data, "how")));
	if (strcmp(type, "complaint.rated") == 0)
		html(out, ": %lld dari 5, %s", (long long)rating, word_rating(rating));
	if (strcmp(type, "complaint.confidential") == 0)
		html(out, json_is_true(json_object_get(data, "on")) ? ": diminta pengadu"
								    : ": dilepas pengadu");
	if (record_text(data, "via"))
		html(out, " (kata pengadu, %s)", word_channel(record_words(data, "via")));
	if (strcmp(type, "complaint.erased") == 0 && record_number(event, "source") != 0)
		html(out, " di kotak");
	html(out, "</strong>");
}

static void one_event(FILE *out, const json_t *event, const char *words)
{
	const json_t *data = json_object_get(event, "data");
	const json_t *body = json_object_get(event, "personal");
	const char *type = record_words(event, "type");
	char time[TIME_WORDS], reason[REASON_SIZE];

	html(out, "<li><span class=\"meta\">%s · %s</span>", desk_who(record_words(event, "actor")),
		word_time(record_text(event, "time"), time));
	desk_event_headline(out, event, words);
	if (strcmp(type, "complaint.details") == 0) {
		details(out, "Nama: ", record_text(body, "name"));
		details(out, "Alamat: ", record_text(body, "address"));
	}
	/* The note's words stand among the notes. */
	if (strcmp(type, "complaint.received") != 0 && strcmp(type, "complaint.restored") != 0 &&
		strcmp(type, "complaint.note") != 0)
		details(out, "", record_text(body, "text"));
	details(out, "Ditulis oleh: ", record_text(body, "by"));
	details(out, "Alasan: ", record_text(body, "reason"));
	if (strcmp(type, "complaint.state") == 0 && record_text(data, "reason")) {
		desk_reason(record_text(data, "reason"), reason, sizeof(reason));
		details(out, "Alasan: ", reason);
	}
	html(out, "</li>\n");
}

void desk_additions(FILE *out, const json_t *events)
{
	size_t i;
	json_t *event;

	json_array_foreach (events, i, event) {
		const json_t *body = json_object_get(event, "personal");
		char time[TIME_WORDS];
		/* With a name or an address it was the answer to our question for them. */
		if (strcmp(record_words(event, "type"), "complaint.details") != 0 ||
			!*record_words(body, "text") || record_text(body, "name") ||
			record_text(body, "address"))
			continue;
		html(out,
			"<blockquote class=\"text addition\"><span class=\"meta\">Tambahan %s"
			"</span>%s</blockquote>\n",
			word_time(record_text(event, "time"), time), record_words(body, "text"));
	}
}

void desk_history(FILE *out, const json_t *events)
{
	size_t i;
	json_t *event;

	html(out, "<section class=\"card\"><h2>Riwayat</h2>\n<ol class=\"history\">\n");
	json_array_foreach (events, i, event) {
		const char *words = desk_event_words(event);
		if (words)
			one_event(out, event, words);
	}
	html(out, "</ol></section>\n");
}

const char *desk_word_command(const char *type)
{
	if (strcmp(type, "answer") == 0)
		return "Jawaban";
	if (strcmp(type, "question") == 0)
		return "Pertanyaan";
	if (strcmp(type, "survey") == 0)
		return "Pertanyaan kepuasan";
	if (strcmp(type, "extended") == 0)
		return "Kabar perpanjangan waktu";
	if (strcmp(type, "erase") == 0)
		return "Penghapusan di kotak";
	return strcmp(type, "renumber") == 0 ? "Nomor tiket baru" : "Perubahan status";
}

/*
 * Commands that no kiosk has taken yet, or refused: the message isn't even queued. One that was
 * done without a message waits at the kiosk, where its complainant comes to read it.
 */
static void one_command(FILE *out, const json_t *command)
{
	bool refused = strcmp(record_words(command, "state"), "refused") == 0;
	bool done = strcmp(record_words(command, "state"), "done") == 0;
	char time[TIME_WORDS], reason[REASON_SIZE];

	html(out,
		"<li><span class=\"meta\">%s</span><strong>%s</strong> <span class=\"delivery "
		"%s\">",
		word_time(record_text(command, "created"), time),
		desk_word_command(record_words(command, "type")),
		refused ? "failed"
		: done	? "sent"
			: "queued");
	desk_reason(record_words(command, "reason"), reason, sizeof(reason));
	if (refused)
		html(out, "ditolak kotak: %s", reason);
	else if (done)
		html(out, "dibaca di kiosk");
	else
		html(out, "menunggu diambil kotak");
	html(out, "</span>");
	details(out, "", record_text(command, "text"));
	html(out, "</li>\n");
}

bool desk_may_show_message(const char *purpose)
{
	return strcmp(purpose, "answer") == 0 || strcmp(purpose, "question") == 0 ||
	       strcmp(purpose, "state") == 0 || strcmp(purpose, "survey") == 0 ||
	       strcmp(purpose, "extended") == 0;
}

static void one_message(FILE *out, const json_t *message)
{
	const char *state = record_words(message, "state");
	char time[TIME_WORDS], reason[REASON_SIZE];

	desk_reason(record_words(message, "reason"), reason, sizeof(reason));
	html(out,
		"<li><span class=\"meta\">%s</span><strong>%s</strong> "
		"<span class=\"delivery %s\">%s%s%s</span>",
		word_time(record_text(message, "updated"), time),
		word_purpose(record_words(message, "purpose")), state, word_message(state),
		*reason ? ": " : "", reason);
	if (desk_may_show_message(record_words(message, "purpose")))
		details(out, "", record_text(message, "text"));
	html(out, "</li>\n");
}

void desk_messages(FILE *out, const json_t *messages, const json_t *commands)
{
	size_t i;
	json_t *item;

	if (json_array_size(messages) + json_array_size(commands) == 0)
		return;
	html(out, "<section class=\"card\"><h2>Pesan ke pengadu</h2>\n<ul class=\"history\">\n");
	json_array_foreach (messages, i, item) {
		one_message(out, item);
	}
	json_array_foreach (commands, i, item) {
		one_command(out, item);
	}
	html(out, "</ul></section>\n");
}
