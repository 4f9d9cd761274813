/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/backup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "store/internal.h"

/* SQLite's own copying: consistent while others write, and on the disk when it returns. */
static int copy_database(struct store *from, const char *path)
{
	autostore struct store *to = NULL;
	int error = store_connect(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &to);

	if (error < 0)
		return error;
	sqlite3_backup *backup = sqlite3_backup_init(to->db, "main", from->db, "main");
	int code = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(to->db);
	if (backup)
		(void)sqlite3_backup_finish(backup);
	return code == SQLITE_DONE ? 0 : store_failed(to, code, "copying the database");
}

/* Whether a backup of this name would replace the database itself. */
static bool is_itself(struct store *store, const char *path)
{
	struct stat ours, theirs;
	const char *file = sqlite3_db_filename(store->db, "main");

	return file && stat(file, &ours) == 0 && stat(path, &theirs) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

int store_backup(struct store *store, const char *path)
{
	autofree char *unfinished = NULL;

	if (is_itself(store, path)) {
		log_error("%s is the database itself: name another file for the copy", path);
		return -EINVAL;
	}

	if (asprintf(&unfinished, "%s.unfinished", path) < 0)
		return -ENOMEM;
	if (unlink(unfinished) < 0 && errno != ENOENT) {
		int error = -errno;
		log_error("%s: %s: choose another place", unfinished, strerror(-error));
		return error;
	}
	int error = copy_database(store, unfinished);
	if (error == 0)
		error = store_rename(unfinished, path);
	if (error < 0)
		unlink(unfinished);
	return error;
}

/* A damaged backup must not take the place of anything. */
static int check_backup(struct store *backup, const char *path)
{
	autofree char *fault = NULL;
	int64_t count = 0;
	int error = store_verify(backup, &count, &fault);

	if (error == -EBADMSG)
		log_error(
			"%s is no good: %s", path, fault ? fault : "its event log doesn't verify");
	else if (error == 0 && count == 0)
		log_error("%s has no events: it is no backup of a kiosk", path);
	return error < 0 ? error : count == 0 ? -EBADMSG : 0;
}

/* What of the present epoch the server surely has. */
static int shared_with_server(struct store *store, int64_t epoch, int64_t *shared)
{
	*shared = 0;
	int found = store_value(
		store, shared, "SELECT acked_seq FROM sync WHERE acked_epoch = ?", "i", epoch);

	return found < 0 ? found : 0;
}

static int begin_anew(struct store *store, const struct moment *moment)
{
	int64_t epoch, seq, shared;
	char hash[HASH_SIZE];
	int error = store_begin(store);

	if (error == 0)
		error = store_log_head(store, &epoch, &seq, hash);
	if (error == 0)
		error = shared_with_server(store, epoch, &shared);
	if (error == 0)
		error = store_epoch_start(store, moment, epoch + 1, shared, "restored");
	/* What came in after the backup, the server may give back. */
	if (error == 0)
		error = store_sync_restore(store, "");
	if (error == 0)
		error = store_commit(store);
	if (error < 0)
		store_rollback(store);
	return error;
}

int store_restore(const char *path, unsigned kiosk, const char *backup, const struct moment *moment)
{
	autostore struct store *from = NULL;
	autostore struct store *store = NULL;
	autofree char *prepared = NULL;
	int lock = -1;
	int error = store_take_lock(path, &lock);

	if (error == 0 && asprintf(&prepared, "%s.prepared", path) < 0)
		error = -ENOMEM;
	if (error == 0)
		error = store_open_read(backup, &from);
	if (error == 0)
		error = check_backup(from, backup);
	if (error == 0)
		error = copy_database(from, prepared);
	if (error == 0)
		error = store_replace(prepared, path, "replaced");
	if (lock >= 0)
		close(lock);
	if (error == 0)
		error = store_open(path, kiosk, &store);
	return error < 0 ? error : begin_anew(store, moment);
}
