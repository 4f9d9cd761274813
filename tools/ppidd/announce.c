/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/announce.h"

#include <errno.h>
#include <string.h>

#include "tools/ppidd/command.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/record.h"

int announce_audience(struct db *db, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT k.number, k.name, (SELECT count(*) FROM contact_personal a "
		"WHERE a.kiosk = k.number AND a.announcements = 1) FROM kiosk k "
		"WHERE k.token_hash IS NOT NULL AND k.revoked_ms IS NULL ORDER BY k.number",
		"");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:I, s:s, s:I}", "kiosk",
			(json_int_t)db_integer(rows, 0), "name", db_words(rows, 1), "agreed",
			(json_int_t)db_integer(rows, 2));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}

static int announce_at(
	struct db *db, const struct step *step, int64_t kiosk, const char *id, const char *text)
{
	struct command command = { .kiosk = kiosk, .type = "announce", .text = text };

	memcpy(command.id, id, sizeof(command.id));
	int error = command_add(db, step, &command);
	if (error < 0)
		return error;
	autojson json_t *data =
		json_pack("{s:I, s:s}", "kiosk", (json_int_t)kiosk, "command", command.id);
	autojson json_t *personal = json_pack("{s:s}", "text", text);
	if (!data || !personal)
		return -ENOMEM;
	return chain_append(db, step, "kiosk.announcement", NULL, data, personal);
}

static int announce_in_step(struct db *db, const struct step *step,
	const struct announcement *announcement, const char *text)
{
	autojson json_t *kiosks = NULL;
	char id[UUID_SIZE];
	int count = 0;
	size_t i;
	json_t *kiosk;

	uuid_new(id);
	if (announcement->once && uuid_valid(announcement->once))
		memcpy(id, announcement->once, sizeof(id));
	int error = command_known(db, id);
	if (error > 0)
		error = -EALREADY;
	if (error >= 0)
		error = announce_audience(db, &kiosks);
	json_array_foreach (kiosks, i, kiosk) {
		int64_t number = record_number(kiosk, "kiosk");
		if (error < 0 || (announcement->kiosk != 0 && announcement->kiosk != number))
			continue;
		/* The first has the announcement's own id, by which a second press is known. */
		if (count++ > 0)
			uuid_new(id);
		error = announce_at(db, step, number, id, text);
	}
	if (error < 0)
		return error;
	return count > 0 ? count : -ENOENT;
}

int announce(struct db *db, const struct step *step, const struct announcement *announcement)
{
	autofree char *text = NULL;

	int error = decision_words(
		announcement->text ? announcement->text : "", ANNOUNCEMENT_MAX, &text);
	if (error < 0)
		return error;
	if (!*text)
		return -EINVAL;
	error = db_begin(db);
	return error < 0 ? error : db_end(db, announce_in_step(db, step, announcement, text));
}
