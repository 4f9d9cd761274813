/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole databases from one store into another, whichever backend either has. A backup is always a
 * file of SQLite's: every ppidctl opens it, no server of the right version is needed, and it leads
 * from one backend to the other.
 */
#ifndef PPIDD_COPY_H
#define PPIDD_COPY_H

#include "tools/ppidd/db.h"

/* One moment of the database into a new file, of which nothing is left after an error. */
must_check int copy_to_file(struct db *db, const char *path);
/*
 * All of a backup into a database that is still empty, in one transaction; older backups' schema is
 * brought up to date on the way. -ENOTEMPTY when the database knows kiosks, officers or complaints;
 * -ENOENT when there is no file.
 */
must_check int copy_from_file(struct db *db, const char *path);

#endif
