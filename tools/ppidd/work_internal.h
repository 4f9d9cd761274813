/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the desk's lists share. */
#ifndef PPIDD_WORK_INTERNAL_H
#define PPIDD_WORK_INTERNAL_H

#include "tools/ppidd/work.h"

/* Where the last of some rows, which there are, stands. -EINVAL: nowhere that a page begins. */
must_check int work_place_of(enum work_list list, const json_t *rows, struct work_place *place);

/* work_search.c: work_list() for filter->search. */
must_check int work_search(
	struct db *db, const struct work_filter *filter, json_t **out, struct work_place *next);
/* work_search.c: work_list() for filter->state "undelivered". */
must_check int work_undelivered(
	struct db *db, const struct work_filter *filter, json_t **out, struct work_place *next);

#endif
