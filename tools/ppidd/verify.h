/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PPIDD_VERIFY_H
#define PPIDD_VERIFY_H

#include "tools/ppidd/db.h"

/*
 * Checks the database's pages, every kiosk's chain and the server's, and that the complaints
 * and messages shown agree with the events that they came by. 0, or -EBADMSG and in *fault
 * (caller frees) the place and what is wrong there; *count gets the number of events checked.
 */
must_check int verify_all(struct db *db, int64_t *count, char **fault);

#endif
