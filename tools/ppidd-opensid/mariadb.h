/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection to MariaDB (or MySQL), by prepared statements only. Calls block, for at most
 * MARIADB_TIMEOUT_S each: this program has nothing else to do. Nothing is logged here: a
 * function that fails leaves in mariadb_why() what a technician needs, without the server's
 * own words, which may repeat what was written.
 */
#ifndef PPIDD_OPENSID_MARIADB_H
#define PPIDD_OPENSID_MARIADB_H

#include <jansson.h>

#include "tools/ppidd-opensid/settings.h"

#define MARIADB_TIMEOUT_S 10

struct mariadb;

/* *out is the caller's also after an error, for mariadb_why(); NULL only without memory. -EIO */
must_check int mariadb_open(
	const struct settings *settings, const char *password, struct mariadb **out);
void mariadb_close(struct mariadb *mariadb);
DEFINE_CLEANUP(mariadb, struct mariadb *, mariadb_close);
#define automariadb __attribute__((cleanup(mariadb_cleanup)))

/*
 * Runs one statement with "?" for its arguments; types as db_query()'s. *rows, when asked for
 * (caller owns), is a list of rows, each a list of texts and nulls. Returns the number of changed
 * rows. -EIO: the connection or the account is no good; -EBADMSG: the server refused these
 * values; other statements may do.
 */
must_check int mariadb_query(
	struct mariadb *mariadb, json_t **rows, const char *sql, const char *types, ...);
/* The number that the last row put in got. */
int64_t mariadb_inserted(struct mariadb *mariadb);

/* Why the last call failed, and what to do about it. */
const char *mariadb_why(const struct mariadb *mariadb);

#endif
