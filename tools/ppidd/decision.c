/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/decision.h"

#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/case.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/decision_internal.h"
#include "tools/ppidd/record.h"

int decision_words(const char *words, size_t most, char **out)
{
	const char *begin = words + strspn(words, " \t\r\n");
	size_t length = strlen(begin), used = 0;

	while (length > 0 && strchr(" \t\r\n", begin[length - 1]))
		length--;
	autofree char *tidy = malloc(length + 1);
	if (!tidy)
		return -ENOMEM;
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)begin[i];
		if (byte == '\r')
			continue;
		tidy[used++] = byte < ' ' && byte != '\n' ? ' ' : (char)byte;
	}
	tidy[used] = '\0';
	if (used > most)
		return -EMSGSIZE;
	if (!record_is_text(tidy))
		return -EILSEQ;
	*out = take_pointer(tidy);
	return 0;
}

/* One event of the server's log about a complaint; words and body may be NULL. */
static int log_event(struct db *db, const struct step *step, const char *type,
	const json_t *complaint, json_t *data, const char *key, const char *words, json_t *body)
{
	autojson json_t *own = data;
	autojson json_t *personal = NULL;

	if (!own || json_object_set(own, "uuid", json_object_get(complaint, "uuid")) < 0)
		return -ENOMEM;
	if ((words && *words) || json_object_size(body) > 0) {
		personal = body ? json_copy(body) : json_object();
		if (!personal)
			return -ENOMEM;
	}
	if (words && *words && json_object_set_new(personal, key, json_string(words)) < 0)
		return -ENOMEM;
	return chain_append(db, step, type, record_text(complaint, "ticket"), own, personal);
}

/* By which way the complainant asked for it. */
static int set_via(json_t *data, const char *via)
{
	return data && via && json_object_set_new(data, "via", json_string(via)) < 0 ? -ENOMEM : 0;
}

/* Whether this decision was made before: by its command, or by its event where no kiosk is told. */
static int decision_known(struct db *db, const char *complaint, const char *id)
{
	autorows struct db_rows *rows = NULL;
	char pattern[UUID_SIZE + 16];

	int known = command_known(db, id);
	if (known != 0)
		return known;
	snprintf(pattern, sizeof(pattern), "%%\"command\":\"%s\"%%", id);
	int result = db_query(db, &rows,
		"SELECT 1 FROM event WHERE complaint = $1 AND +source = 0 AND data LIKE $2", "tt",
		complaint, pattern);
	return result < 0 ? result : db_step(rows);
}

/* Each step of the way is an event; the officer's reason goes with the last one. */
static int log_steps(struct db *db, const struct step *step, const json_t *complaint,
	const struct command *command, const enum complaint_state *path, int count,
	const char *reason, const char *via)
{
	const char *from = record_text(complaint, "state");

	for (int i = 0; i < count; i++) {
		const char *to = state_name(path[i]);
		json_t *data = json_pack(
			"{s:s, s:s, s:s}", "from", from, "to", to, "command", command->id);
		int error = set_via(data, via);
		if (error < 0)
			json_decref(data);
		else
			error = log_event(db, step, "complaint.state", complaint, data, "reason",
				i == count - 1 ? reason : NULL, NULL);
		if (error < 0)
			return error;
		from = to;
	}
	return 0;
}

static int find_way(const json_t *complaint, const struct deed *deed, enum complaint_state *to,
	enum complaint_state path[static STATE_COUNT], int *count)
{
	enum complaint_state from;

	*count = 0;
	if (!state_from_name(record_words(complaint, "state"), &from))
		return -EBADMSG;
	*to = deed->to;
	int error = deed->steer ? deed->steer(from, to) : 0;
	if (error < 0 || *to == NO_STATE)
		return error;
	*count = state_path(from, *to, path);
	if (*count < 0 || (!deed->whole_way && *count != 1))
		return -EPERM;
	return 0;
}

/* What is said of it beside the steps, and what changes with it. */
static int log_deed(struct db *db, const struct step *step, const struct deed *deed,
	const json_t *complaint, const char *id, const char *words, const char *via)
{
	int error = 0;

	if (deed->event) {
		json_t *data = json_pack("{s:s}", "command", id);
		if (data && deed->data && json_object_update(data, deed->data) < 0)
			error = -ENOMEM;
		if (error >= 0)
			error = set_via(data, via);
		if (error < 0)
			json_decref(data);
		else
			error = log_event(db, step, deed->event, complaint, data, deed->key, words,
				deed->body);
	}
	if (error >= 0 && deed->also)
		error = deed->also(db, step, deed, complaint, id, words);
	return error;
}

static int do_in_step(struct db *db, const struct step *step, const struct decision *decision,
	const struct deed *deed, const char *words)
{
	autojson json_t *complaint = NULL;
	enum complaint_state path[STATE_COUNT], to = NO_STATE;
	int count = 0;

	int error = complaint_find(db, decision->complaint, decision->view, &complaint);
	if (error < 0)
		return error;
	bool reason = !deed->event || strcmp(deed->key, "reason") == 0;
	struct command command = {
		.kiosk = record_number(complaint, "kiosk"),
		.complaint = record_text(complaint, "uuid"),
		.ticket = record_text(complaint, "ticket"),
		.text = reason ? NULL : words,
		.reason = reason ? words : NULL,
	};
	uuid_new(command.id);
	if (decision->once && uuid_valid(decision->once))
		memcpy(command.id, decision->once, sizeof(command.id));
	int made = decision_known(db, command.complaint, command.id);
	if (made != 0)
		return made < 0 ? made : -EALREADY;
	error = complaint_gone(complaint) ? -EPERM
					  : case_guard(complaint, decision, deed->event, deed->to);
	if (error >= 0)
		error = find_way(complaint, deed, &to, path, &count);
	command.type = deed->steer && to != NO_STATE ? "state" : deed->command;
	command.target = to == NO_STATE ? NULL : state_name(to);
	if (error >= 0)
		error = log_steps(db, step, complaint, &command, path, count,
			deed->event ? NULL : words, decision->via);
	if (error >= 0)
		error = log_deed(db, step, deed, complaint, command.id, words, decision->via);
	/* A note's words are no business of the kiosk's. */
	if (deed->steer)
		command.text = command.reason = NULL;
	if (error >= 0 && command.type)
		error = case_set_day(db, step, complaint, &command);
	if (error >= 0 && command.type)
		error = command_add(db, step, &command);
	if (error >= 0)
		error = complaint_settle(db, command.complaint, step->now_ms);
	return error < 0 ? error : 0;
}

int decision_do(struct db *db, const struct step *step, const struct decision *decision,
	const struct deed *deed, json_t **complaint)
{
	autofree char *words = NULL;

	int error = decision_words(decision->text ? decision->text : "", deed->words_most, &words);
	if (error < 0)
		return error;
	if (deed->words_needed && !*words)
		return -EINVAL;
	error = db_begin(db);
	if (error < 0)
		return error;
	error = do_in_step(db, step, decision, deed, words);
	for (size_t i = 0; error >= 0 && i < decision->others_count; i++) {
		const struct decision other = { .complaint = decision->others[i],
			.view = decision->view,
			.superior = decision->superior };
		error = do_in_step(db, step, &other, deed, words);
	}
	error = db_end(db, error);
	if (error < 0 || !complaint)
		return error;
	return complaint_find(db, decision->complaint, decision->view, complaint);
}

int decide_state(struct db *db, const struct step *step, const struct decision *decision,
	enum complaint_state to, json_t **complaint)
{
	struct deed deed = { .command = "state", .to = to, .words_most = DECISION_REASON_MAX };

	return decision_do(db, step, decision, &deed, complaint);
}

int decide_answer(
	struct db *db, const struct step *step, const struct decision *decision, json_t **complaint)
{
	static const struct deed deed = { .command = "answer",
		.event = "complaint.answer",
		.key = "text",
		.to = STATE_RESOLVED,
		.whole_way = true,
		.words_needed = true,
		.words_most = DECISION_TEXT_MAX };

	return decision_do(db, step, decision, &deed, complaint);
}

int decide_question(
	struct db *db, const struct step *step, const struct decision *decision, json_t **complaint)
{
	static const struct deed deed = { .command = "question",
		.event = "complaint.question",
		.key = "text",
		.to = STATE_INCOMPLETE,
		.whole_way = true,
		.words_needed = true,
		.words_most = DECISION_TEXT_MAX };

	return decision_do(db, step, decision, &deed, complaint);
}

bool decision_may_answer(enum complaint_state state)
{
	enum complaint_state path[STATE_COUNT];

	return state_path(state, STATE_RESOLVED, path) >= 0;
}

bool decision_may_ask(enum complaint_state state)
{
	enum complaint_state path[STATE_COUNT];

	return state_path(state, STATE_INCOMPLETE, path) >= 0;
}

const char *decision_refusal(int error)
{
	switch (error) {
	case -ENOENT:
		return "Aduan itu tidak ditemukan.";
	case -EPERM:
		return "Langkah itu tidak dapat dilakukan dari status aduan sekarang.";
	case -EINVAL:
		return "Teksnya masih kosong.";
	case -EMSGSIZE:
		return "Teksnya terlalu panjang.";
	case -EILSEQ:
		return "Teksnya berisi huruf yang rusak.";
	case -EEXIST:
		return "Pengadu sudah ditanyai, atau sudah memberi penilaian.";
	case -ENOKEY:
		return "Petugas itu tidak dapat ditugasi aduan ini.";
	case -ENODATA:
		return "Nama instansi tujuan masih kosong atau terlalu panjang.";
	case -ENOTUNIQ:
		return "Waktu aduan ini sudah pernah diperpanjang.";
	case -EDOM:
		return "Pilihan itu tidak dikenal.";
	case -EACCES:
		return "Keberatan hanya ditugaskan dan dijawab oleh atasan PPID, yaitu pimpinan.";
	case -ENOMSG:
		return "Lengkapi dulu jenis perkaranya: tiket yang diajukan keberatan, dan "
		       "alasannya menurut undang-undang.";
	case -ENXIO:
		return "Tiket yang diajukan keberatan tidak ditemukan, atau tiket itu sendiri "
		       "sebuah "
		       "keberatan. Periksa nomornya.";
	case -ETIME:
		return "Keberatan ini datang melewati batas waktunya. Hanya pimpinan yang dapat "
		       "tetap "
		       "menerimanya, dengan alasan.";
	case -EALREADY:
		return "Keputusan ini sudah tercatat.";
	default:
		return "Basis data sedang tidak dapat dipakai. Coba lagi sebentar lagi.";
	}
}
