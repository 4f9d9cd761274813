/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keypad/matrix.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "keypad/contacts.h"

/*
 * How long a column takes to rise by the Pi's own pull-up (50 to 65 kilohms) and a metre of cable
 * (some 100 pF): five times 6 us, and as much again.
 */
#define SETTLE_US 50
#define RETRY_US 2000000
/* After an edge it is looked for a while, since the contact may be open just then. */
#define QUIET_US 5000
/* A column that is low by itself for so long isn't a disturbance. */
#define FAULT_US 1000000
/* Idle, all lines are used all the same now and then: some kernels don't tell that a chip is gone.
 */
#define CHECK_US 10000000
/* Two readings must agree; a contact that bounces faster than this is left to the next scan. */
#define READINGS_MAX 3
/* Edges taken at a time; a line that oscillates mustn't hold up everything else. */
#define EDGES_MAX 256

#define ALL_ROWS ((1u << KEYPAD_ROWS) - 1)
#define NAME_SIZE 32

struct line_copy {
	char chip[NAME_SIZE], line[NAME_SIZE];
};

enum matrix_state {
	MATRIX_LOST, /* the lines are to be requested, at next_us */
	MATRIX_IDLE, /* all rows driven, an edge is waited for */
	MATRIX_SCANNING,
};

struct matrix {
	struct keypad keypad;
	struct lines_source *source;
	struct line_copy row_names[KEYPAD_ROWS], column_names[KEYPAD_COLUMNS_MAX];
	size_t column_count;
	struct lines *rows, *columns; /* NULL while lost */
	int epoll_fd;		      /* has the columns' descriptor while it is watched */
	enum matrix_state state;
	int64_t next_us;
	int64_t active_us; /* the last edge or key seen */
	int64_t edge_us[KEYPAD_COLUMNS_MAX], last_edge_us[KEYPAD_COLUMNS_MAX];
	uint32_t low;	/* columns that were low with no row driven */
	int64_t low_us; /* since when */
	bool faulty;	/* they are for too long */
	struct contacts contacts;
	char lost_trouble[256];
	char trouble[256]; /* what trouble() gives */
	void (*settle)(void *context, unsigned us);
	void *settle_context;
};

static struct matrix *matrix_of(struct keypad *keypad)
{
	return (struct matrix *)keypad;
}

static const struct matrix *const_matrix_of(const struct keypad *keypad)
{
	return (const struct matrix *)keypad;
}

/* Shorter than any sleep: the processor waits. */
static void settle_by_clock(void *context, unsigned us)
{
	struct timespec from, now;

	(void)context;
	clock_gettime(CLOCK_MONOTONIC, &from);
	do {
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - from.tv_sec) * 1000000000LL + now.tv_nsec - from.tv_nsec <
		 us * 1000LL);
}

static void forget_edges(struct matrix *self)
{
	for (size_t i = 0; i < KEYPAD_COLUMNS_MAX; i++)
		self->edge_us[i] = self->last_edge_us[i] = INT64_MIN;
}

static void close_lines(struct matrix *self)
{
	/* Closing takes the descriptor out of the epoll set. */
	if (self->columns)
		self->columns->ops->close(self->columns);
	if (self->rows)
		self->rows->ops->close(self->rows);
	self->rows = self->columns = NULL;
}

static void lose(struct matrix *self, int error, int64_t now_us)
{
	close_lines(self);
	contacts_lose(&self->contacts, now_us);
	forget_edges(self);
	self->low = 0;
	self->faulty = false;
	self->state = MATRIX_LOST;
	self->next_us = now_us + RETRY_US;
	if (!*self->lost_trouble)
		snprintf(self->lost_trouble, sizeof(self->lost_trouble),
			error == -ENODEV
				? "the keypad's lines on %s are gone: is the chip there? It is "
				  "tried again"
				: "the keypad's lines on %s fail (%s): it is tried again",
			self->row_names[0].chip, strerror(-error));
}

static int request(struct matrix *self, const struct line_copy *names, size_t count,
	const struct lines_config *config, struct lines **out)
{
	struct lines_name each[LINES_MAX];

	for (size_t i = 0; i < count; i++)
		each[i] = (struct lines_name) { .chip = names[i].chip, .line = names[i].line };
	self->lost_trouble[0] = '\0';
	return self->source->ops->request(self->source, "kotak-keypad", each, count, config, out,
		self->lost_trouble, sizeof(self->lost_trouble));
}

static int watch(struct matrix *self, int operation, bool on)
{
	struct epoll_event event = { .events = on ? EPOLLIN : 0 };
	int fd = self->columns->ops->fd(self->columns);

	return epoll_ctl(self->epoll_fd, operation, fd, &event) < 0 ? -errno : 0;
}

static int request_lines(struct matrix *self)
{
	static const struct lines_config rows = { .direction = LINES_OUTPUT,
		.drive = LINES_OPEN_DRAIN,
		.active_low = true,
		.values = ALL_ROWS };
	static const struct lines_config columns = { .direction = LINES_INPUT,
		.bias = LINES_BIAS_PULL_UP,
		.active_low = true,
		.edges = true };
	int error = request(self, self->row_names, KEYPAD_ROWS, &rows, &self->rows);

	if (!error)
		error = request(
			self, self->column_names, self->column_count, &columns, &self->columns);
	if (!error)
		error = watch(self, EPOLL_CTL_ADD, false);
	return error;
}

/*
 * Takes the edges that are there: 1 when there was any, 0, or a negative errno. own: they were
 * made by scanning and tell nothing.
 */
static int take_edges(struct matrix *self, bool own)
{
	int any = 0;

	for (unsigned taken = 0; taken < EDGES_MAX; taken++) {
		struct lines_event event = { 0 };
		int result = self->columns->ops->next(self->columns, &event);
		size_t column = event.line % KEYPAD_COLUMNS_MAX;

		if (result <= 0)
			return result < 0 ? result : any;
		any = 1;
		if (own)
			continue;
		if (self->last_edge_us[column] == INT64_MIN ||
			event.time_us - self->last_edge_us[column] > CONTACTS_OPEN_US)
			self->edge_us[column] = event.time_us;
		self->last_edge_us[column] = event.time_us;
	}
	return any;
}

/* The columns that are closed in the last reading and in those before it, and in any of them. */
static int read_columns(struct matrix *self, uint32_t *closed, uint32_t *maybe)
{
	uint32_t before = 0, now = 0;
	int error = self->columns->ops->get(self->columns, &before);

	*closed = *maybe = before;
	for (unsigned reading = 1; !error && reading < READINGS_MAX; reading++) {
		error = self->columns->ops->get(self->columns, &now);
		*closed &= now;
		*maybe |= now;
		if (now == before)
			break;
		before = now;
	}
	return error;
}

static int drive_rows(struct matrix *self, uint32_t rows, bool settled)
{
	int error = self->rows->ops->set(self->rows, ALL_ROWS, rows);

	if (!error && settled)
		self->settle(self->settle_context, SETTLE_US);
	return error;
}

/* With no row driven every column is high: one that isn't has another way to ground. */
static int find_low_columns(struct matrix *self, int64_t now_us)
{
	uint32_t low, maybe;
	int error = drive_rows(self, 0, true);

	if (!error)
		error = read_columns(self, &low, &maybe);
	if (error)
		return error;
	if (!low || !(low & self->low))
		self->low_us = now_us;
	self->low = low;
	self->faulty = low && now_us - self->low_us >= FAULT_US;
	return 0;
}

static int scan_rows(struct matrix *self, struct contacts_scan *scan)
{
	int error = find_low_columns(self, scan->now_us);

	for (unsigned row = 0; !error && row < KEYPAD_ROWS; row++) {
		uint32_t closed, maybe;

		error = drive_rows(self, 1u << row, true);
		if (!error)
			error = read_columns(self, &closed, &maybe);
		if (error)
			break;
		scan->closed = (uint16_t)(scan->closed | (closed & ~self->low)
								 << (row * CONTACTS_COLUMNS));
		scan->maybe =
			(uint16_t)(scan->maybe | (maybe & ~self->low) << (row * CONTACTS_COLUMNS));
	}
	return error ? error : drive_rows(self, ALL_ROWS, false);
}

/* All rows are driven when it begins and when it ends. */
static int scan(struct matrix *self, int64_t now_us)
{
	struct contacts_scan scan = { .now_us = now_us };
	uint32_t columns = 0;
	int result = self->columns->ops->get(self->columns, &columns);

	memcpy(scan.edge_us, self->edge_us, sizeof(scan.edge_us));
	if (result == 0 && columns)
		result = scan_rows(self, &scan);
	if (result < 0)
		return result;
	if (!columns) {
		self->low = 0;
		self->faulty = false;
	}
	contacts_take(&self->contacts, &scan);
	result = take_edges(self, columns != 0);
	if (scan.maybe || (result > 0 && !columns))
		self->active_us = now_us;
	if (scan.maybe)
		forget_edges(self);
	return result < 0 ? result : 0;
}

/* Back to waiting for an edge, unless there is something just now. */
static int rest(struct matrix *self, int64_t now_us)
{
	uint32_t columns = 0;
	int error = self->columns->ops->get(self->columns, &columns);

	if (error || columns)
		return error;
	self->state = MATRIX_IDLE;
	self->next_us = now_us + CHECK_US;
	return watch(self, EPOLL_CTL_MOD, true);
}

static int plan(struct matrix *self, int64_t now_us)
{
	self->next_us = contacts_deadline(&self->contacts, now_us);
	if (self->next_us != INT64_MAX)
		return 0;
	if (self->faulty) {
		self->next_us = now_us + CONTACTS_STUCK_SCAN_US;
		return 0;
	}
	self->next_us = now_us + CONTACTS_BUSY_US;
	return now_us - self->active_us >= QUIET_US ? rest(self, now_us) : 0;
}

/* Whether an edge came, or a column is found to be low all the same. */
static int wake(struct matrix *self, int64_t now_us)
{
	uint32_t columns = 0;
	int result = take_edges(self, false);

	if (result == 0 && now_us >= self->next_us) {
		result = drive_rows(self, ALL_ROWS, false);
		if (result == 0)
			result = self->columns->ops->get(self->columns, &columns);
		self->next_us = now_us + CHECK_US;
	}
	if (result < 0 || (result == 0 && !columns))
		return result;
	self->state = MATRIX_SCANNING;
	self->active_us = self->next_us = now_us;
	return watch(self, EPOLL_CTL_MOD, false);
}

static int take_up(struct matrix *self, int64_t now_us)
{
	int error = request_lines(self);

	if (error) {
		lose(self, error, now_us);
		return error;
	}
	self->lost_trouble[0] = '\0';
	self->state = MATRIX_SCANNING;
	self->active_us = self->next_us = now_us;
	return 0;
}

/* Whatever is to be done now. */
static int step(struct matrix *self, int64_t now_us)
{
	int error = 0;

	if (self->state == MATRIX_LOST)
		return now_us >= self->next_us ? take_up(self, now_us) : 0;
	if (self->state == MATRIX_IDLE)
		error = wake(self, now_us);
	if (!error && self->state == MATRIX_SCANNING && now_us >= self->next_us) {
		error = scan(self, now_us);
		if (!error)
			error = plan(self, now_us);
	}
	if (error)
		lose(self, error, now_us);
	return error;
}

static void say_low(struct matrix *self)
{
	unsigned column = (unsigned)__builtin_ctz(self->low);

	snprintf(self->trouble, sizeof(self->trouble),
		"column %u of the keypad (%s) is low by itself: look for a short circuit to "
		"ground in its cable",
		column + 1, self->column_names[column].line);
}

static void say_stuck(struct matrix *self, uint16_t stuck)
{
	unsigned key = (unsigned)__builtin_ctz(stuck);
	unsigned row = key / CONTACTS_COLUMNS, column = key % CONTACTS_COLUMNS;
	int others = __builtin_popcount(stuck) - 1;
	char more[32] = "";

	if (others > 0)
		snprintf(more, sizeof(more), " and %d more", others);
	snprintf(self->trouble, sizeof(self->trouble),
		"key %c%s was pressed for more than a minute and is ignored: free it, or look for "
		"a short circuit between %s and %s",
		contacts_key(key), more, self->row_names[row].line,
		self->column_names[column].line);
}

static void say(struct matrix *self)
{
	uint16_t stuck = contacts_stuck(&self->contacts);

	self->trouble[0] = '\0';
	if (self->state == MATRIX_LOST)
		memcpy(self->trouble, self->lost_trouble, sizeof(self->trouble));
	else if (self->faulty)
		say_low(self);
	else if (stuck)
		say_stuck(self, stuck);
}

static int matrix_next(struct keypad *keypad, struct keypad_event *event, int64_t now_us)
{
	struct matrix *self = matrix_of(keypad);
	int error;

	if (contacts_next(&self->contacts, event))
		return 1;
	error = step(self, now_us);
	say(self);
	return contacts_next(&self->contacts, event) ? 1 : error;
}

static int matrix_fd(const struct keypad *keypad)
{
	return const_matrix_of(keypad)->epoll_fd;
}

static int64_t matrix_deadline(const struct keypad *keypad)
{
	const struct matrix *self = const_matrix_of(keypad);

	/* At once while there are more events than were fetched. */
	return self->contacts.count > 0 ? INT64_MIN : self->next_us;
}

static bool matrix_has_letters(const struct keypad *keypad)
{
	return const_matrix_of(keypad)->column_count == CONTACTS_COLUMNS;
}

static const char *matrix_trouble(const struct keypad *keypad)
{
	return const_matrix_of(keypad)->trouble;
}

static void matrix_close(struct keypad *keypad)
{
	struct matrix *self = matrix_of(keypad);

	if (!self)
		return;
	close_lines(self);
	if (self->epoll_fd >= 0)
		close(self->epoll_fd);
	free(self);
}

static const struct keypad_ops matrix_ops = {
	.name = "matrix",
	.fd = matrix_fd,
	.next = matrix_next,
	.deadline = matrix_deadline,
	.has_letters = matrix_has_letters,
	.trouble = matrix_trouble,
	.close = matrix_close,
};

static void copy_names(struct line_copy *copies, const struct lines_name *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		snprintf(copies[i].chip, sizeof(copies[i].chip), "%s", names[i].chip);
		snprintf(copies[i].line, sizeof(copies[i].line), "%s", names[i].line);
	}
}

int keypad_matrix_new(struct lines_source *source, const struct lines_name *rows, size_t row_count,
	const struct lines_name *columns, size_t column_count, struct keypad **out)
{
	struct matrix *self;

	if (row_count != KEYPAD_ROWS || column_count < KEYPAD_COLUMNS_MAX - 1 ||
		column_count > KEYPAD_COLUMNS_MAX)
		return -EINVAL;
	self = calloc(1, sizeof(*self));
	if (!self)
		return -ENOMEM;
	self->keypad.ops = &matrix_ops;
	self->source = source;
	self->column_count = column_count;
	copy_names(self->row_names, rows, row_count);
	copy_names(self->column_names, columns, column_count);
	contacts_begin(&self->contacts);
	forget_edges(self);
	self->next_us = INT64_MIN;
	self->settle = settle_by_clock;
	self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (self->epoll_fd < 0) {
		int error = -errno;

		matrix_close(&self->keypad);
		return error;
	}
	*out = &self->keypad;
	return 0;
}

void keypad_matrix_set_settle(
	struct keypad *keypad, void (*settle)(void *context, unsigned us), void *context)
{
	struct matrix *self = matrix_of(keypad);

	self->settle = settle;
	self->settle_context = context;
}
