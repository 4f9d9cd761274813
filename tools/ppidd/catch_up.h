/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PPIDD_CATCH_UP_H
#define PPIDD_CATCH_UP_H

#include "tools/ppidd/db.h"

/*
 * Applies the events of kiosks newer than the server was, of types that schema version 2
 * understands and version 1 only kept. Once, in the caller's transaction.
 */
must_check int catch_up_2(struct db *db);
/* The same for what version 3 takes of events that were applied in part: whom complaints are about.
 */
must_check int catch_up_3(struct db *db);
/* What may follow what, and by when what is open is to be answered. */
must_check int catch_up_4(struct db *db);

#endif
