/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kiosks as an office sees them: found among many, named and placed, revoked by mistake. */
#ifndef PPIDD_KIOSK_OFFICE_H
#define PPIDD_KIOSK_OFFICE_H

#include "tools/ppidd/kiosk.h"

/* In bytes. */
#define KIOSK_NAME_MOST 80
#define KIOSK_STANDS_MOST 160
#define KIOSK_REGION_MOST 80

/* What people call a kiosk; none of them NULL. */
struct kiosk_place {
	const char *name;
	const char *stands; /* where it stands: "Balai kalurahan, Dusun Karang RT 02" */
	const char *region; /* "Kalurahan Triharjo, Kapanewon Wates" */
};

/*
 * As kiosk_add(), with its place: -EINVAL: no name; -EMSGSIZE, -EILSEQ: words that are too long,
 * or no UTF-8; -EEXIST: the number is taken; -ERANGE: it isn't a kiosk's.
 */
must_check int kiosk_add_placed(struct db *db, const struct step *step, int64_t number,
	const struct kiosk_place *place, char code[static CODE_SIZE]);
/* Renames and places it; nothing is written when nothing changes. -ENOENT, and as above. */
must_check int kiosk_describe(
	struct db *db, const struct step *step, int64_t number, const struct kiosk_place *place);
/* Takes a revocation back: its token is good again. -ENOENT: it wasn't revoked. */
must_check int kiosk_restore(struct db *db, const struct step *step, int64_t number);

/* The least number that no kiosk has; 0 when all are given. */
must_check int kiosk_free_number(struct db *db, int64_t *number);

/*
 * Array of {kiosk, name, stands, region, state (new, enrolled, revoked), contact, version, worst},
 * the worst first; search: a number or words of its name and place; skips the first so many. At
 * most that many, 1 when there are more behind them, else 0.
 */
must_check int kiosk_page(
	struct db *db, const char *search, int64_t skip, int64_t most, json_t **out);
/* How many kiosks in use are well, have something, don't work; not enrolled; revoked. */
struct kiosk_counts {
	int64_t well, trouble, down, fresh, revoked;
};
must_check int kiosk_count(struct db *db, struct kiosk_counts *counts);
/*
 * {kiosk, name, stands, region, state, worst, contact, version, added, enrolled, code (until when
 * one is good, or null), complaints, commands}. -ENOENT.
 */
must_check int kiosk_find(struct db *db, int64_t number, int64_t now_ms, json_t **out);

#endif
