/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OpenSID's table pengaduan, as far as the bridge uses it. A complaint is a row without
 * id_pengaduan, a follow-up one with it. Our rows are known by ip_address "kotak:UUID": there
 * it isn't shown, and OpenSID lets one address complain once a day, so no visitor's stands there.
 * Errors are mariadb.h's.
 */
#ifndef PPIDD_OPENSID_PENGADUAN_H
#define PPIDD_OPENSID_PENGADUAN_H

#include "tools/ppidd-opensid/mariadb.h"
#include "tools/ppidd-opensid/words.h"

/* What stands in a row whose words were erased. */
#define PENGADUAN_ERASED "Isi aduan ini sudah dihapus."

struct pengaduan {
	struct mariadb *mariadb;
	int64_t config_id; /* the village, in a table of several; 0: the table has no such column */
	struct room nama, telepon, judul, isi;
	bool has_telepon, telepon_needed, has_foto, has_updated;
	char why[256]; /* of what isn't MariaDB's to say */
};

struct content {
	const char *nama, *telepon, *judul, *isi; /* telepon may be NULL */
};

/* Finds the table's shape and the village, and keeps other bridges out. */
must_check int pengaduan_open(
	struct pengaduan *pengaduan, struct mariadb *mariadb, const struct settings *settings);
const char *pengaduan_why(const struct pengaduan *pengaduan);

/* The number that the next row gets; 0 when the server doesn't say. */
must_check int pengaduan_next(struct pengaduan *pengaduan, int64_t *next_id);
/* Our rows: {UUID: {id, status, erased}}. */
must_check int pengaduan_rows(struct pengaduan *pengaduan, json_t **out);
/* The follow-ups of our rows, oldest first: a list of {id, uuid}. */
must_check int pengaduan_replies(struct pengaduan *pengaduan, json_t **out);
/* One of them: {by, text, status}; null when it is gone. */
must_check int pengaduan_reply(struct pengaduan *pengaduan, int64_t id, json_t **out);

must_check int pengaduan_insert(struct pengaduan *pengaduan, const char *uuid,
	const struct content *content, int64_t status, int64_t created_ms, int64_t *id);
/* Sets the status, too, if it is still the one before. 0: there is no such row any more. */
must_check int pengaduan_update(struct pengaduan *pengaduan, int64_t id, const char *uuid,
	const struct content *content, int64_t before, int64_t status);
/* Erases what was written about a complaint. */
must_check int pengaduan_erase_replies(struct pengaduan *pengaduan, int64_t id);

#endif
