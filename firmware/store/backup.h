/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of the database: taken while kotakd works, put back while it doesn't. */
#ifndef KOTAK_STORE_BACKUP_H
#define KOTAK_STORE_BACKUP_H

#include "store/store.h"

/*
 * Writes a whole, consistent copy of the open database as path, which appears only when it is
 * complete and on the disk. 0 or a negative errno, said in the log.
 */
must_check int store_backup(struct store *store, const char *path);

/*
 * Puts a backup in the place of the database at path, whose files are kept beside it as
 * .replaced-TIME. The copy begins a new epoch with serials far ahead, since numbers given out
 * after the backup was taken must never be given again. -EBUSY while kotakd runs, -EBADMSG
 * when the backup is damaged or its event log doesn't verify; said in the log.
 */
must_check int store_restore(
	const char *path, unsigned kiosk, const char *backup, const struct moment *moment);

#endif
