/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines by libgpiod 2.x: one request, and one descriptor, for the whole group. */
#include "lines/lines_gpiod.h"

#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <string.h>

#include "lines/lines_words.h"

struct group {
	struct lines lines;
	struct gpiod_line_request *request;
	struct gpiod_edge_event_buffer *edges; /* NULL: none are watched */
	size_t count;
	unsigned offsets[LINES_MAX];
};

struct search {
	const char *label;
	struct gpiod_chip *chip;
};

DEFINE_CLEANUP(chip, struct gpiod_chip *, gpiod_chip_close);
DEFINE_CLEANUP(chip_info, struct gpiod_chip_info *, gpiod_chip_info_free);
DEFINE_CLEANUP(line_info, struct gpiod_line_info *, gpiod_line_info_free);
DEFINE_CLEANUP(line_settings, struct gpiod_line_settings *, gpiod_line_settings_free);
DEFINE_CLEANUP(line_config, struct gpiod_line_config *, gpiod_line_config_free);
DEFINE_CLEANUP(request_config, struct gpiod_request_config *, gpiod_request_config_free);
#define autochip __attribute__((cleanup(chip_cleanup)))
#define autochip_info __attribute__((cleanup(chip_info_cleanup)))
#define autoline_info __attribute__((cleanup(line_info_cleanup)))
#define autoline_settings __attribute__((cleanup(line_settings_cleanup)))
#define autoline_config __attribute__((cleanup(line_config_cleanup)))
#define autorequest_config __attribute__((cleanup(request_config_cleanup)))

static struct group *group_of(struct lines *lines)
{
	return (struct group *)lines;
}

static int group_fd(const struct lines *lines)
{
	const struct group *self = (const struct group *)lines;

	return self->edges ? gpiod_line_request_get_fd(self->request) : -1;
}

static int group_next(struct lines *lines, struct lines_event *event)
{
	struct group *self = group_of(lines);
	struct gpiod_edge_event *edge;
	unsigned offset;

	if (!self->edges)
		return 0;
	if (gpiod_line_request_read_edge_events(self->request, self->edges, 1) < 0)
		return errno == EAGAIN ? 0 : -errno;
	edge = gpiod_edge_event_buffer_get_event(self->edges, 0);
	if (!edge)
		return -errno;
	offset = gpiod_edge_event_get_line_offset(edge);
	for (unsigned i = 0; i < self->count; i++) {
		if (self->offsets[i] != offset)
			continue;
		*event = (struct lines_event) {
			.line = i,
			.rising = gpiod_edge_event_get_event_type(edge) ==
				  GPIOD_EDGE_EVENT_RISING_EDGE,
			.time_us = (int64_t)(gpiod_edge_event_get_timestamp_ns(edge) / 1000),
		};
		return 1;
	}
	return -EPROTO;
}

static int group_get(struct lines *lines, uint32_t *values)
{
	struct group *self = group_of(lines);
	enum gpiod_line_value each[LINES_MAX];

	if (gpiod_line_request_get_values_subset(self->request, self->count, self->offsets, each) <
		0)
		return -errno;
	*values = 0;
	for (size_t i = 0; i < self->count; i++) {
		if (each[i] == GPIOD_LINE_VALUE_ACTIVE)
			*values |= UINT32_C(1) << i;
	}
	return 0;
}

static enum gpiod_line_value line_value(uint32_t values, size_t line)
{
	return values >> line & 1 ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
}

static int group_set(struct lines *lines, uint32_t mask, uint32_t values)
{
	struct group *self = group_of(lines);
	enum gpiod_line_value each[LINES_MAX];
	unsigned offsets[LINES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < self->count; i++) {
		if (!(mask >> i & 1))
			continue;
		offsets[count] = self->offsets[i];
		each[count++] = line_value(values, i);
	}
	if (count == 0)
		return 0;
	return gpiod_line_request_set_values_subset(self->request, count, offsets, each) < 0
		       ? -errno
		       : 0;
}

static void group_close(struct lines *lines)
{
	struct group *self = group_of(lines);

	if (!self)
		return;
	gpiod_edge_event_buffer_free(self->edges);
	gpiod_line_request_release(self->request);
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
	autochip_info struct gpiod_chip_info *info = NULL;

	if (chip)
		info = gpiod_chip_get_info(chip);
	if (!info)
		return errno == EACCES || errno == EPERM || errno == ENOMEM ? -errno : 0;
	if (strcmp(gpiod_chip_info_get_label(info), search->label) != 0)
		return 0;
	search->chip = take_pointer(chip);
	return 1;
}

static int find_lines(struct group *self, struct gpiod_chip *chip, const struct lines_name *names,
	size_t count, const struct lines_trouble *trouble)
{
	for (size_t i = 0; i < count; i++) {
		int offset = -1;
		autoline_info struct gpiod_line_info *info = NULL;

		if (!lines_offset(names[i].line, &self->offsets[i])) {
			offset = gpiod_chip_get_line_offset_from_name(chip, names[i].line);
			self->offsets[i] = (unsigned)offset;
		} else {
			info = gpiod_chip_get_line_info(chip, self->offsets[i]);
			offset = info ? 0 : -1;
		}
		if (offset < 0 && (errno == ENODEV || errno == ENOMEM))
			return lines_failed(trouble, names[i].chip, -errno);
		if (offset < 0)
			return lines_no_line(trouble, &names[i]);
	}
	self->count = count;
	return 0;
}

static int fill_settings(struct gpiod_line_settings *settings, const struct lines_config *config)
{
	static const enum gpiod_line_bias biases[] = {
		[LINES_BIAS_AS_IS] = GPIOD_LINE_BIAS_AS_IS,
		[LINES_BIAS_DISABLED] = GPIOD_LINE_BIAS_DISABLED,
		[LINES_BIAS_PULL_UP] = GPIOD_LINE_BIAS_PULL_UP,
		[LINES_BIAS_PULL_DOWN] = GPIOD_LINE_BIAS_PULL_DOWN,
	};
	bool output = config->direction == LINES_OUTPUT;
	int result = gpiod_line_settings_set_direction(
		settings, output ? GPIOD_LINE_DIRECTION_OUTPUT : GPIOD_LINE_DIRECTION_INPUT);

	gpiod_line_settings_set_active_low(settings, config->active_low);
	if (result == 0)
		result = gpiod_line_settings_set_bias(settings, biases[config->bias]);
	if (result == 0 && output && config->drive == LINES_OPEN_DRAIN)
		result = gpiod_line_settings_set_drive(settings, GPIOD_LINE_DRIVE_OPEN_DRAIN);
	if (result == 0 && config->edges)
		result = gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
	return result < 0 ? -errno : 0;
}

static int fill_line_config(const struct group *self, struct gpiod_line_config *line_config,
	const struct lines_config *config)
{
	autoline_settings struct gpiod_line_settings *settings = gpiod_line_settings_new();
	enum gpiod_line_value each[LINES_MAX];
	int result;

	if (!settings)
		return -ENOMEM;
	result = fill_settings(settings, config);
	if (result < 0)
		return result;
	if (gpiod_line_config_add_line_settings(line_config, self->offsets, self->count, settings) <
		0)
		return -errno;
	if (config->direction != LINES_OUTPUT)
		return 0;
	for (size_t i = 0; i < self->count; i++)
		each[i] = line_value(config->values, i);
	return gpiod_line_config_set_output_values(line_config, each, self->count) < 0 ? -errno : 0;
}

/* -EBUSY, having said which line is held by whom. */
static int say_busy(const struct group *self, struct gpiod_chip *chip,
	const struct lines_name *names, const struct lines_trouble *trouble)
{
	for (size_t i = 0; i < self->count; i++) {
		autoline_info struct gpiod_line_info *info =
			gpiod_chip_get_line_info(chip, self->offsets[i]);

		if (info && gpiod_line_info_is_used(info))
			return lines_busy(trouble, &names[i], gpiod_line_info_get_consumer(info));
	}
	return lines_busy(trouble, &names[0], NULL);
}

static int watch_edges(struct group *self)
{
	int fd = gpiod_line_request_get_fd(self->request);
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	self->edges = gpiod_edge_event_buffer_new(1);
	return self->edges ? 0 : -ENOMEM;
}

static int request_lines(struct group *self, struct gpiod_chip *chip, const char *consumer,
	const struct lines_config *config)
{
	autorequest_config struct gpiod_request_config *request = gpiod_request_config_new();
	autoline_config struct gpiod_line_config *line_config = gpiod_line_config_new();
	int result;

	if (!request || !line_config)
		return -ENOMEM;
	gpiod_request_config_set_consumer(request, consumer);
	result = fill_line_config(self, line_config, config);
	if (result < 0)
		return result;
	self->request = gpiod_chip_request_lines(chip, request, line_config);
	if (!self->request)
		return -errno;
	return config->edges ? watch_edges(self) : 0;
}

static int fill_group(struct group *self, const char *consumer, const struct lines_name *names,
	size_t count, const struct lines_config *config, const struct lines_trouble *trouble)
{
	struct search search = { .label = names[0].chip };
	int result = lines_each_chip(look_at_chip, &search);
	autochip struct gpiod_chip *chip = search.chip;

	if (result <= 0)
		return lines_no_chip(trouble, search.label, result);
	result = find_lines(self, chip, names, count, trouble);
	if (result < 0)
		return result;
	result = request_lines(self, chip, consumer, config);
	if (result == -EBUSY)
		return say_busy(self, chip, names, trouble);
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
