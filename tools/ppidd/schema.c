/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "base/log.h"
#include "tools/ppidd/catch_up.h"

static const char migration_001[] = {
#include "gen/tools/ppidd/migrations/001.sql.inc"
	0
};
static const char migration_002[] = {
#include "gen/tools/ppidd/migrations/002.sql.inc"
	0
};
static const char migration_003[] = {
#include "gen/tools/ppidd/migrations/003.sql.inc"
	0
};
static const char migration_004[] = {
#include "gen/tools/ppidd/migrations/004.sql.inc"
	0
};
static const char migration_005[] = {
#include "gen/tools/ppidd/migrations/005.sql.inc"
	0
};
static const char migration_006[] = {
#include "gen/tools/ppidd/migrations/006.sql.inc"
	0
};
static const char migration_007[] = {
#include "gen/tools/ppidd/migrations/007.sql.inc"
	0
};
static const char migration_008[] = {
#include "gen/tools/ppidd/migrations/008.sql.inc"
	0
};
static const char migration_009[] = {
#include "gen/tools/ppidd/migrations/009.sql.inc"
	0
};
static const char migration_010[] = {
#include "gen/tools/ppidd/migrations/010.sql.inc"
	0
};
static const char migration_011[] = {
#include "gen/tools/ppidd/migrations/011.sql.inc"
	0
};
static const char migration_012[] = {
#include "gen/tools/ppidd/migrations/012.sql.inc"
	0
};
static const char migration_013[] = {
#include "gen/tools/ppidd/migrations/013.sql.inc"
	0
};

/* Migration N brings version N - 1 to N. */
static const struct {
	const char *script;
	const char *append_only;    /* a table of it that only grows, if any */
	int (*then)(struct db *db); /* what is left to do with what there is */
} migrations[] = {
	{ migration_001, "event", NULL },
	{ migration_002, NULL, catch_up_2 },
	{ migration_003, NULL, catch_up_3 },
	{ migration_004, NULL, catch_up_4 },
	{ migration_005, "reading", NULL },
	{ migration_006, NULL, NULL },
	{ migration_007, NULL, NULL },
	{ migration_008, NULL, NULL },
	{ migration_009, NULL, NULL },
	{ migration_010, NULL, NULL },
	{ migration_011, NULL, NULL },
	{ migration_012, NULL, NULL },
	{ migration_013, NULL, NULL },
};

static int schema_version(struct db *db, int64_t *version)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows, "SELECT max(version) FROM schema_version", "");
	if (result < 0)
		return result;
	result = db_step(rows);
	if (result < 0)
		return result;
	*version = result > 0 ? db_integer(rows, 0) : 0;
	return 0;
}

static int migrate(struct db *db)
{
	int64_t version = 0;

	int error = schema_version(db, &version);
	for (int64_t i = version; error >= 0 && i < (int64_t)ARRAY_SIZE(migrations); i++) {
		error = db->ops->script(db, migrations[i].script);
		if (error >= 0 && migrations[i].append_only)
			error = db->ops->append_only(db, migrations[i].append_only);
		if (error >= 0 && migrations[i].then)
			error = migrations[i].then(db);
		if (error >= 0)
			error = db_run(
				db, "INSERT INTO schema_version (version) VALUES ($1)", "i", i + 1);
		if (error >= 0)
			log_notice("store: schema brought to version %lld", (long long)(i + 1));
	}
	return error < 0 ? error : 0;
}

int schema_update(struct db *db)
{
	int64_t version = 0;

	int error = db->ops->script(
		db, "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY);");
	if (error < 0)
		return error;
	error = schema_version(db, &version);
	if (error < 0)
		return error;
	if (version > (int64_t)ARRAY_SIZE(migrations)) {
		log_error("store: schema version %lld is newer than this program: install the "
			  "newer ppidd",
			(long long)version);
		return -EPROTO;
	}
	if (version == (int64_t)ARRAY_SIZE(migrations))
		return 0;
	error = db_begin(db);
	if (error < 0)
		return error;
	/* Looked up again inside: another process may have been first. */
	return db_end(db, migrate(db));
}
