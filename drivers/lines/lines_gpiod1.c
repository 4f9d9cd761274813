/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines by libgpiod 1.6. Watched lines have a descriptor each, which an epoll descriptor puts
 * together; outputs are one handle that is always set as a whole, so that what wasn't named keeps
 * the value of its shadow.
 */
#include "lines/lines_gpiod.h"

#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <string.h>
#include <sys/epoll.h>

#include "lines/lines_words.h"

struct group {
	struct lines lines;
	struct gpiod_chip *chip;
	struct gpiod_line_bulk bulk; /* the chip's */
	uint32_t values;	     /* what the outputs were set to */
	int epoll_fd;		     /* -1: no edges */
};

struct search {
	const char *label;
	struct gpiod_chip *chip;
};

DEFINE_CLEANUP(chip, struct gpiod_chip *, gpiod_chip_close);
#define autochip __attribute__((cleanup(chip_cleanup)))

static struct group *group_of(struct lines *lines)
{
	return (struct group *)lines;
}

static int group_fd(const struct lines *lines)
{
	return ((const struct group *)lines)->epoll_fd;
}

static int group_next(struct lines *lines, struct lines_event *event)
{
	struct group *self = group_of(lines);
	struct gpiod_line_event edge;
	struct epoll_event ready;
	int count;

	if (self->epoll_fd < 0)
		return 0;
	do {
		count = epoll_wait(self->epoll_fd, &ready, 1, 0);
	} while (count < 0 && errno == EINTR);
	if (count <= 0)
		return count < 0 ? -errno : 0;
	if (gpiod_line_event_read(gpiod_line_bulk_get_line(&self->bulk, ready.data.u32), &edge) <
		0) {
		/* Without a chip the kernel says that something is there, and that it isn't. */
		return errno == EAGAIN && !(ready.events & EPOLLHUP) ? 0
		       : errno == EAGAIN			     ? -ENODEV
								     : -errno;
	}
	*event = (struct lines_event) {
		.line = ready.data.u32,
		.rising = edge.event_type == GPIOD_LINE_EVENT_RISING_EDGE,
		.time_us = (int64_t)edge.ts.tv_sec * 1000000 + edge.ts.tv_nsec / 1000,
	};
	return 1;
}

static int group_get(struct lines *lines, uint32_t *values)
{
	struct group *self = group_of(lines);
	int each[GPIOD_LINE_BULK_MAX_LINES] = { 0 };

	if (gpiod_line_get_value_bulk(&self->bulk, each) < 0)
		return -errno;
	*values = 0;
	for (unsigned i = 0; i < gpiod_line_bulk_num_lines(&self->bulk); i++) {
		if (each[i])
			*values |= UINT32_C(1) << i;
	}
	return 0;
}

static int group_set(struct lines *lines, uint32_t mask, uint32_t values)
{
	struct group *self = group_of(lines);
	uint32_t all = (self->values & ~mask) | (values & mask);
	int each[GPIOD_LINE_BULK_MAX_LINES] = { 0 };

	for (unsigned i = 0; i < gpiod_line_bulk_num_lines(&self->bulk); i++)
		each[i] = all >> i & 1;
	if (gpiod_line_set_value_bulk(&self->bulk, each) < 0)
		return -errno;
	self->values = all;
	return 0;
}

static void group_close(struct lines *lines)
{
	struct group *self = group_of(lines);

	if (!self)
		return;
	if (self->epoll_fd >= 0)
		close(self->epoll_fd);
	if (self->chip)
		gpiod_chip_close(self->chip);
	free(self);
}

static const struct lines_ops group_ops = {
	.name = "gpiod",
	.fd = group_fd,
	.next = group_next,
	.get = group_get,
	.set = group_set,
	.close = group_close,
};

static int look_at_chip(void *context, const char *path)
{
	struct search *search = context;
	autochip struct gpiod_chip *chip = gpiod_chip_open(path);

	if (!chip)
		return errno == EACCES || errno == EPERM || errno == ENOMEM ? -errno : 0;
	if (strcmp(gpiod_chip_label(chip), search->label) != 0)
		return 0;
	search->chip = take_pointer(chip);
	return 1;
}

static struct gpiod_line *find_line(struct gpiod_chip *chip, const char *name)
{
	unsigned offset;

	return lines_offset(name, &offset) ? gpiod_chip_get_line(chip, offset)
					   : gpiod_chip_find_line(chip, name);
}

static int find_lines(struct group *self, const struct lines_name *names, size_t count,
	const struct lines_trouble *trouble)
{
	gpiod_line_bulk_init(&self->bulk);
	for (size_t i = 0; i < count; i++) {
		struct gpiod_line *line = find_line(self->chip, names[i].line);

		if (!line && (errno == ENODEV || errno == ENOMEM))
			return lines_failed(trouble, names[i].chip, -errno);
		if (!line)
			return lines_no_line(trouble, &names[i]);
		gpiod_line_bulk_add(&self->bulk, line);
	}
	return 0;
}

static int request_flags(const struct lines_config *config)
{
	static const int biases[] = {
		[LINES_BIAS_AS_IS] = 0,
		[LINES_BIAS_DISABLED] = GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE,
		[LINES_BIAS_PULL_UP] = GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP,
		[LINES_BIAS_PULL_DOWN] = GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN,
	};
	int flags = biases[config->bias];

	if (config->active_low)
		flags |= GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW;
	if (config->direction == LINES_OUTPUT && config->drive == LINES_OPEN_DRAIN)
		flags |= GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN;
	return flags;
}

static int request_lines(struct group *self, const char *consumer, const struct lines_name *names,
	const struct lines_config *config, const struct lines_trouble *trouble)
{
	unsigned count = gpiod_line_bulk_num_lines(&self->bulk);
	int each[GPIOD_LINE_BULK_MAX_LINES] = { 0 };
	struct gpiod_line_request_config request = {
		.consumer = consumer,
		.request_type = config->edges ? GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES
				: config->direction == LINES_OUTPUT
					? GPIOD_LINE_REQUEST_DIRECTION_OUTPUT
					: GPIOD_LINE_REQUEST_DIRECTION_INPUT,
		.flags = request_flags(config),
	};
	int error;

	self->values = config->values;
	for (unsigned i = 0; i < count; i++)
		each[i] = config->values >> i & 1;
	if (gpiod_line_request_bulk(&self->bulk, &request, each) == 0)
		return 0;
	error = -errno;
	for (unsigned i = 0; error == -EBUSY && i < count; i++) {
		struct gpiod_line *line = gpiod_line_bulk_get_line(&self->bulk, i);

		/* Those that were ours for a moment are free again. */
		if (gpiod_line_update(line) == 0 && gpiod_line_is_used(line))
			return lines_busy(trouble, &names[i], gpiod_line_consumer(line));
	}
	return error == -EBUSY ? lines_busy(trouble, &names[0], NULL)
			       : lines_failed(trouble, names[0].chip, error);
}

static int watch_edges(struct group *self)
{
	self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (self->epoll_fd < 0)
		return -errno;
	for (unsigned i = 0; i < gpiod_line_bulk_num_lines(&self->bulk); i++) {
		int fd = gpiod_line_event_get_fd(gpiod_line_bulk_get_line(&self->bulk, i));
		struct epoll_event event = { .events = EPOLLIN, .data.u32 = i };
		int flags = fcntl(fd, F_GETFL);

		if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
			epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
			return -errno;
	}
	return 0;
}

static int fill_group(struct group *self, const char *consumer, const struct lines_name *names,
	size_t count, const struct lines_config *config, const struct lines_trouble *trouble)
{
	struct search search = { .label = names[0].chip };
	int result = lines_each_chip(look_at_chip, &search);

	if (result <= 0)
		return lines_no_chip(trouble, search.label, result);
	self->chip = search.chip;
	result = find_lines(self, names, count, trouble);
	if (result < 0)
		return result;
	result = request_lines(self, consumer, names, config, trouble);
	if (result < 0 || !config->edges)
		return result;
	result = watch_edges(self);
	return result < 0 ? lines_failed(trouble, search.label, result) : 0;
}

static int source_request(struct lines_source *source, const char *consumer,
	const struct lines_name *names, size_t count, const struct lines_config *config,
	struct lines **out, char *trouble_text, size_t trouble_size)
{
	struct lines_trouble trouble = { .size = trouble_size };
	struct group *self;
	int result;

	(void)source;
	trouble.text = trouble_text;
	result = lines_check_request(names, count, config, &trouble);
	if (result < 0)
		return result;
	self = calloc(1, sizeof(*self));
	if (!self)
		return lines_failed(&trouble, names[0].chip, -ENOMEM);
	self->lines.ops = &group_ops;
	self->epoll_fd = -1;
	result = fill_group(self, consumer, names, count, config, &trouble);
	if (result < 0)
		group_close(&self->lines);
	else
		*out = &self->lines;
	return result;
}

static void source_close(struct lines_source *source)
{
	free(source);
}

static const struct lines_source_ops source_ops = {
	.name = "gpiod",
	.request = source_request,
	.close = source_close,
};

int lines_gpiod_source_new(struct lines_source **out)
{
	struct lines_source *source = calloc(1, sizeof(*source));

	if (!source)
		return -ENOMEM;
	source->ops = &source_ops;
	*out = source;
	return 0;
}
