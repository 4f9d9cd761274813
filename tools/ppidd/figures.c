/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/figures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/ppidd/calendar.h"
#include "tools/ppidd/deadline.h"
#include "wire/state.h"

#define AT_ONCE 2000

const char *figures_outcome(const char *state)
{
	enum complaint_state known;

	if (strcmp(state, "referred") == 0 || strcmp(state, "withdrawn") == 0)
		return state;
	return state_from_name(state, &known) && !state_open(known) ? "answered" : "open";
}

/* Counting. */

void figures_count(struct figures *figures, const struct figures_row *row)
{
	const char *outcome = figures_outcome(row->state);

	figures->received++;
	figures->reopened += row->reopened;
	if (strcmp(outcome, "referred") == 0)
		figures->referred++;
	else if (strcmp(outcome, "withdrawn") == 0)
		figures->withdrawn++;
	else if (strcmp(outcome, "open") == 0)
		figures->open++;
	else
		figures->answered++;
	figures->late_open += row->late_open;
	if (row->rating >= 1 && row->rating <= FIGURES_RATINGS)
		figures->ratings[row->rating - 1]++;
	if (row->days < 0)
		return;
	figures->timed++;
	figures->in_time += row->days <= row->allowed;
	if (row->days > figures->worst)
		figures->worst = row->days;
	figures->days[row->days < FIGURES_DAYS ? row->days : FIGURES_DAYS - 1]++;
}

void figures_add(struct figures *to, const struct figures *more)
{
	to->received += more->received;
	to->answered += more->answered;
	to->open += more->open;
	to->referred += more->referred;
	to->withdrawn += more->withdrawn;
	to->timed += more->timed;
	to->in_time += more->in_time;
	to->late_open += more->late_open;
	to->reopened += more->reopened;
	if (more->worst > to->worst)
		to->worst = more->worst;
	for (int i = 0; i < FIGURES_RATINGS; i++)
		to->ratings[i] += more->ratings[i];
	for (int i = 0; i < FIGURES_DAYS; i++)
		to->days[i] += more->days[i];
}

static int64_t day_at(const struct figures *figures, int64_t rank)
{
	int64_t passed = 0;

	for (int i = 0; i < FIGURES_DAYS; i++) {
		passed += figures->days[i];
		if (passed > rank)
			return i;
	}
	return FIGURES_DAYS - 1;
}

int64_t figures_median(const struct figures *figures)
{
	int64_t count = figures->timed;

	if (count == 0)
		return -1;
	return 5 * (day_at(figures, (count - 1) / 2) + day_at(figures, count / 2));
}

int64_t figures_rated(const struct figures *figures)
{
	int64_t count = 0;

	for (int i = 0; i < FIGURES_RATINGS; i++)
		count += figures->ratings[i];
	return count;
}

static int64_t rating_sum(const struct figures *figures)
{
	int64_t sum = 0;

	for (int i = 0; i < FIGURES_RATINGS; i++)
		sum += figures->ratings[i] * (i + 1);
	return sum;
}

int64_t figures_mean(const struct figures *figures)
{
	int64_t count = figures_rated(figures);

	return count == 0 ? 0 : (200 * rating_sum(figures) + count) / (2 * count);
}

/* The whole number whose square is nearest to that, by halving. */
static int64_t root(int64_t square)
{
	int64_t low = 0, high = 1;

	while (high * high < square)
		high *= 2;
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		if (middle * middle <= square)
			low = middle;
		else
			high = middle;
	}
	return square - low * low > high * high - square ? high : low;
}

int64_t figures_spread(const struct figures *figures)
{
	int64_t count = figures_rated(figures), sum = rating_sum(figures), squares = 0;

	for (int i = 0; i < FIGURES_RATINGS; i++)
		squares += figures->ratings[i] * (i + 1) * (i + 1);
	if (count == 0)
		return 0;
	return root((count * squares - sum * sum) * 10000 / (count * count));
}

int64_t figures_share(const struct figures *figures)
{
	if (figures->timed == 0)
		return -1;
	return (2000 * figures->in_time + figures->timed) / (2 * figures->timed);
}

/* Groups. */

static int group_of(struct figures_list *list, const char *key, struct figures **out)
{
	char cut[FIGURES_KEY_SIZE];

	/* Cut where a letter ends: keys are UTF-8. */
	size_t length = strnlen(key, sizeof(cut) - 1);
	while (key[length] && length > 0 && ((unsigned char)key[length] & 0xc0U) == 0x80U)
		length--;
	memcpy(cut, key, length);
	cut[length] = '\0';
	if (!list->places)
		list->places = json_object();
	const json_t *place = json_object_get(list->places, cut);
	if (place) {
		*out = &list->groups[json_integer_value(place)].figures;
		return 0;
	}
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 8;
		struct figures_group *more =
			reallocarray(list->groups, room, sizeof(*list->groups));
		if (!more)
			return -ENOMEM;
		list->groups = more;
		list->room = room;
	}
	if (json_object_set_new(list->places, cut, json_integer((json_int_t)list->count)) < 0)
		return -ENOMEM;
	struct figures_group *group = &list->groups[list->count++];
	memset(group, 0, sizeof(*group));
	memcpy(group->key, cut, sizeof(cut));
	*out = &group->figures;
	return 0;
}

/* Numbers by their size, what has no name last. */
static int compare_groups(const void *one, const void *other)
{
	const char *a = ((const struct figures_group *)one)->key;
	const char *b = ((const struct figures_group *)other)->key;

	if (!*a || !*b)
		return (*b != '\0') - (*a != '\0');
	bool numbers = strspn(a, "0123456789") == strlen(a) && strspn(b, "0123456789") == strlen(b);
	if (numbers && strlen(a) != strlen(b))
		return strlen(a) < strlen(b) ? -1 : 1;
	return strcmp(a, b);
}

static int sort_groups(struct figures_list *list)
{
	if (list->count > 1)
		qsort(list->groups, list->count, sizeof(*list->groups), compare_groups);
	for (size_t i = 0; i < list->count; i++) {
		if (json_object_set_new(
			    list->places, list->groups[i].key, json_integer((json_int_t)i)) < 0)
			return -ENOMEM;
	}
	return 0;
}

const struct figures_group *figures_find(const struct figures_list *list, const char *key)
{
	const json_t *place = json_object_get(list->places, key);

	return place ? &list->groups[json_integer_value(place)] : NULL;
}

static int sort_all(struct figures_set *set)
{
	int error = 0;

	for (int by = 0; error >= 0 && by < BY_COUNT; by++)
		error = sort_groups(&set->by[by]);
	return error;
}

int figures_merge(struct figures_set *to, const struct figures_set *more)
{
	struct figures *figures = NULL;

	figures_add(&to->total, &more->total);
	for (int by = 0; by < BY_COUNT; by++) {
		for (size_t i = 0; i < more->by[by].count; i++) {
			int error = group_of(&to->by[by], more->by[by].groups[i].key, &figures);
			if (error < 0)
				return error;
			figures_add(figures, &more->by[by].groups[i].figures);
		}
	}
	return sort_all(to);
}

void figures_free(struct figures_set *set)
{
	for (int by = 0; by < BY_COUNT; by++) {
		free(set->by[by].groups);
		json_decref(set->by[by].places);
	}
	memset(set, 0, sizeof(*set));
}

int figures_take(void *context, const struct figures_row *row)
{
	struct figures_set *set = context;
	struct figures *figures = NULL;
	char month[16] = "", kiosk[24];
	struct tm parts;

	time_t seconds = (time_t)(row->created_ms / 1000);
	if (localtime_r(&seconds, &parts))
		strftime(month, sizeof(month), "%Y-%m", &parts);
	snprintf(kiosk, sizeof(kiosk), "%lld", (long long)row->kiosk);
	const char *keys[BY_COUNT] = { [BY_MONTH] = month,
		[BY_CATEGORY] = row->category,
		[BY_CHANNEL] = row->channel,
		[BY_KIOSK] = kiosk,
		[BY_OFFICER] = row->officer,
		[BY_CAUSE] = row->cause,
		[BY_REFERRAL] = row->referred_to };
	figures_count(&set->total, row);
	for (int by = 0; by < BY_COUNT; by++) {
		if (!keys[by])
			continue;
		int error = group_of(&set->by[by], keys[by], &figures);
		if (error < 0)
			return error;
		figures_count(figures, row);
	}
	return 0;
}

int figures_finish(struct figures_set *set)
{
	return sort_all(set);
}

int figures_collect(
	struct db *db, const struct figures_filter *filter, int64_t now_ms, struct figures_set *set)
{
	struct figures_walk walk = { 0 };
	int more;

	do
		more = figures_step(db, filter, now_ms, &walk, AT_ONCE, figures_take, set);
	while (more > 0);
	return more < 0 ? more : sort_all(set);
}

/* Rows. */

#define REOPENED                                                                                   \
	"CASE WHEN EXISTS (SELECT 1 FROM event e WHERE e.complaint = c.uuid "                      \
	"AND e.type = 'complaint.state' AND e.data LIKE '%\"to\":\"reopened\"%') THEN 1 ELSE 0 "   \
	"END "

static void read_row(struct db_rows *rows, int64_t now_ms, struct figures_row *row)
{
	int64_t due_ms = db_integer(rows, 13);

	*row = (struct figures_row) {
		.uuid = db_words(rows, 0),
		.ticket = db_words(rows, 1),
		.state = db_words(rows, 2),
		.category = db_words(rows, 3),
		.channel = db_words(rows, 4),
		.officer = db_words(rows, 5),
		.cause = db_words(rows, 6),
		.kind = db_words(rows, 17),
		.kiosk = db_integer(rows, 7),
		.created_ms = db_integer(rows, 8),
		.days = -1,
		.allowed = db_integer(rows, 10),
		.rating = db_integer(rows, 12),
		.reopened = db_integer(rows, 14) != 0,
	};
	const char *outcome = figures_outcome(row->state);
	row->referred_to = strcmp(outcome, "referred") == 0 ? db_words(rows, 16) : NULL;
	row->late_open = strcmp(outcome, "open") == 0 && due_ms != 0 && due_ms < now_ms;
	if (strcmp(outcome, "answered") != 0)
		return;
	row->resolved_ms = db_integer(rows, 9);
	if (row->resolved_ms == 0)
		return;
	row->days = calendar_between(
			    calendar_day(db_integer(rows, 15)), calendar_day(row->resolved_ms)) -
		    db_integer(rows, 11);
	if (row->days < 0)
		row->days = 0;
}

#define ROWS(condition)                                                                            \
	"SELECT c.uuid, c.ticket, c.state, c.category, c.channel, c.officer, c.cause, "            \
	"c.kiosk, c.created_ms, c.resolved_ms, c.working_days, c.waited_days, c.rating, "          \
	"c.due_ms, " REOPENED ", coalesce(c.counted_ms, c.created_ms), c.referred_to, c.kind "     \
	"FROM complaint c WHERE " condition "AND (c.created_ms, c.uuid) > ($1, $2) "               \
	"AND c.created_ms < $3 ORDER BY c.created_ms, c.uuid LIMIT $4"
static const char of_all[] = ROWS("$5 = 0 ");
static const char of_kiosk[] = ROWS("c.kiosk = $5 ");

/* Those of one kiosk are found by an index; the rest is told apart here, so that each step looks
 * at no more than it should. */
static bool lets_through(const struct figures_filter *filter, const struct figures_row *row)
{
	const char *kind = filter->kind ? filter->kind : case_name(CASE_COMPLAINT);

	return (filter->any_kind || strcmp(kind, row->kind) == 0) &&
	       (!*filter->category || strcmp(filter->category, row->category) == 0) &&
	       (!*filter->officer || strcmp(filter->officer, row->officer) == 0) &&
	       (!*filter->channel || strcmp(filter->channel, row->channel) == 0);
}

static void begin_walk(const struct figures_filter *filter, struct figures_walk *walk)
{
	if (walk->under_way)
		return;
	walk->under_way = true;
	walk->created_ms = filter->from_ms > INT64_MIN ? filter->from_ms - 1 : INT64_MIN;
	snprintf(walk->uuid, sizeof(walk->uuid), "~");
}

int figures_step(struct db *db, const struct figures_filter *filter, int64_t now_ms,
	struct figures_walk *walk, int64_t most,
	int (*take)(void *context, const struct figures_row *row), void *context)
{
	autorows struct db_rows *rows = NULL;
	struct figures_row row;
	int64_t seen = 0;

	begin_walk(filter, walk);
	int result = db_query(db, &rows, filter->kiosk == 0 ? of_all : of_kiosk, "itiii",
		walk->created_ms, walk->uuid, filter->until_ms, most, filter->kiosk);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		read_row(rows, now_ms, &row);
		seen++;
		walk->created_ms = row.created_ms;
		snprintf(walk->uuid, sizeof(walk->uuid), "%s", row.uuid);
		if (lets_through(filter, &row))
			result = take(context, &row);
	}
	return result < 0 ? result : seen == most;
}
