/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The figures of SOP 6b, 7b and 8a: what became of the complaints that came in a period, in all
 * and by month, category, channel, kiosk, officer and cause. Handling times are working days from
 * the day it came, or was reopened last, to the day of the answer, less those that the complainant
 * was waited for.
 */
#ifndef PPIDD_FIGURES_H
#define PPIDD_FIGURES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/ids.h"
#include "tools/ppidd/db.h"

/* Handling times are counted apart up to this many working days; the worst is exact. */
#define FIGURES_DAYS 128
#define FIGURES_KEY_SIZE 128
#define FIGURES_RATINGS 5

struct figures {
	/* received = answered + open + referred + withdrawn */
	int64_t received, answered, open, referred, withdrawn;
	int64_t timed;	   /* of the answered: those whose handling time is known */
	int64_t in_time;   /* of the timed: within their working days */
	int64_t late_open; /* of the open: past their last day */
	int64_t reopened;  /* of the received: at least once */
	int64_t ratings[FIGURES_RATINGS];
	int64_t worst; /* working days */
	uint32_t days[FIGURES_DAYS];
};

struct figures_group {
	/* "2026-11", "access", "sms", "3", an account, an office that was referred to; "": none */
	char key[FIGURES_KEY_SIZE];
	struct figures figures;
};

/* Groups in the order of their keys once figures_collect() is through. */
struct figures_list {
	struct figures_group *groups;
	size_t count, room;
	json_t *places; /* key: index */
};

enum figures_by {
	BY_MONTH,
	BY_CATEGORY,
	BY_CHANNEL,
	BY_KIOSK,
	BY_OFFICER,
	BY_CAUSE,
	BY_REFERRAL,
	BY_COUNT
};

struct figures_set {
	struct figures total;
	struct figures_list by[BY_COUNT];
};

struct figures_filter {
	int64_t from_ms, until_ms;		  /* came in from_ms ≤ t < until_ms */
	int64_t kiosk;				  /* 0: all */
	const char *category, *officer, *channel; /* "": all */
	const char *kind; /* of case, as case_name() has it; NULL: complaints */
	bool any_kind;	  /* whatever kind */
};

/* One complaint, as it counts. */
struct figures_row {
	const char *uuid, *ticket, *state, *category, *channel, *officer, *cause; /* "": none */
	const char *kind;							  /* of case */
	const char *referred_to; /* NULL: it wasn't */
	int64_t kiosk, created_ms;
	int64_t resolved_ms; /* 0: not answered */
	int64_t days;	     /* handling time; -1: not known */
	int64_t allowed;     /* working days that it may take */
	int64_t rating;	     /* 0: none */
	bool late_open, reopened;
};

/*
 * Where a walk over the complaints of a filter has come to; all zeros to begin with. A walk takes
 * some at a time, so that a large office's figures can be made between other work: each complaint
 * is taken once, as it is then.
 */
struct figures_walk {
	int64_t created_ms;
	char uuid[UUID_SIZE];
	bool under_way;
};
/*
 * Looks at the next complaints, up to most of them, and calls take for those that the filter lets
 * through, oldest first. 1: there may be more, 0: that was all; a negative result of take ends it.
 */
must_check int figures_step(struct db *db, const struct figures_filter *filter, int64_t now_ms,
	struct figures_walk *walk, int64_t most,
	int (*take)(void *context, const struct figures_row *row), void *context);
/* For figures_step(): counts in a struct figures_set; figures_finish() when the walk is over. */
must_check int figures_take(void *set, const struct figures_row *row);
must_check int figures_finish(struct figures_set *set);

/* All at once: adds what the filter lets through; figures_free() in any case. */
must_check int figures_collect(struct db *db, const struct figures_filter *filter, int64_t now_ms,
	struct figures_set *set);
/* Counts one complaint. */
void figures_count(struct figures *figures, const struct figures_row *row);
void figures_add(struct figures *to, const struct figures *more);
/* Adds all of another set. -ENOMEM. */
must_check int figures_merge(struct figures_set *to, const struct figures_set *more);
void figures_free(struct figures_set *set);
static inline void figures_set_cleanup(struct figures_set *set)
{
	figures_free(set);
}
#define autofigures __attribute__((cleanup(figures_set_cleanup)))

/* The group of that key, or NULL. */
const struct figures_group *figures_find(const struct figures_list *list, const char *key);

/* The median handling time in tenths of a working day; -1 when none is known. */
int64_t figures_median(const struct figures *figures);
/* How many rated; mean and standard deviation of them in hundredths, 0 when nobody did. */
int64_t figures_rated(const struct figures *figures);
int64_t figures_mean(const struct figures *figures);
int64_t figures_spread(const struct figures *figures);
/* Of the timed, how many of a thousand were in time; -1 when there are none. */
int64_t figures_share(const struct figures *figures);

/* "open", "answered", "referred" or "withdrawn": which of the four a state counts as. */
const char *figures_outcome(const char *state);

#endif
