/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One ticket's whole file: all that is known, every event of kiosk and server with what proves it,
 * and who read it. Its form is described in docs/ticket-file.md.
 */
#ifndef PPIDD_DOSSIER_H
#define PPIDD_DOSSIER_H

#include <jansson.h>

#include "tools/ppidd/complaint.h"

/*
 * By UUID or ticket number, at one moment of the database; caller owns *out. Of a confidential
 * complaint a reader without that right gets neither name, address and number nor what would tell
 * them. -ENOENT: there is none that the reader may see.
 */
must_check int dossier_collect(
	struct db *db, const char *name, enum complaint_view view, int64_t now_ms, json_t **out);

#endif
