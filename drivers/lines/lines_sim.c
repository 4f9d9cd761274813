/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a descriptor of this driver's tells must stay true when an edge was received on the way to
 * something else: such edges wait in a queue, and an eventfd stands for them. It stands for the
 * simulator's being gone, too, when the socket is closed already.
 */
#include "lines/lines_sim.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include "lines/lines_words.h"
#include "lines/sim_socket.h"

/* As many as a kernel keeps of a whole group; the oldest are lost. */
#define EDGES_MAX (16 * LINES_MAX)

struct group {
	struct lines lines;
	size_t count;
	int socket;		/* -1: the simulator is gone */
	int epoll_fd, event_fd; /* -1: no edges */
	struct lines_event edges[EDGES_MAX];
	size_t first, waiting;
};

struct source {
	struct lines_source source;
	char path[];
};

static struct group *group_of(struct lines *lines)
{
	return (struct group *)lines;
}

static void mark(const struct group *self, bool readable)
{
	eventfd_t count;

	if (self->event_fd < 0)
		return;
	/* Neither can fail but by its being marked, or not, already. */
	if (readable)
		(void)eventfd_write(self->event_fd, 1);
	else
		(void)eventfd_read(self->event_fd, &count);
}

/* Nothing that comes later belongs to what was asked: the connection is of no use any more. */
static int lose(struct group *self, int error)
{
	if (self->socket >= 0)
		close(self->socket);
	self->socket = -1;
	mark(self, true);
	return error;
}

static void keep_edge(struct group *self, const struct lines_event *event)
{
	if (self->waiting == EDGES_MAX) {
		self->first = (self->first + 1) % EDGES_MAX;
		self->waiting--;
	}
	self->edges[(self->first + self->waiting++) % EDGES_MAX] = *event;
	mark(self, true);
}

/* 0, or -EPROTO when it isn't an edge. */
static int read_edge(const struct group *self, const json_t *message, struct lines_event *event)
{
	const json_t *line = json_object_get(message, "edge");
	const json_t *rising = json_object_get(message, "rising");
	const json_t *time_us = json_object_get(message, "us");
	double us = json_number_value(time_us);

	if (!json_is_integer(line) || json_integer_value(line) < 0 ||
		json_integer_value(line) >= (json_int_t)self->count || !json_is_boolean(rising) ||
		!json_is_number(time_us) || us < 0 || us > 9e15)
		return -EPROTO;
	*event = (struct lines_event) { .line = (unsigned)json_integer_value(line),
		.rising = json_is_true(rising),
		.time_us = (int64_t)us };
	return 0;
}

static int group_fd(const struct lines *lines)
{
	return ((const struct group *)lines)->epoll_fd;
}

static int receive_edge(struct group *self, struct lines_event *event)
{
	json_t *message = NULL;
	int result = self->socket < 0 ? -ENODEV : sim_socket_receive(self->socket, &message);

	if (result > 0) {
		int error = read_edge(self, message, event);

		json_decref(message);
		result = error ? error : 1;
	}
	return result < 0 ? lose(self, -ENODEV) : result;
}

static int group_next(struct lines *lines, struct lines_event *event)
{
	struct group *self = group_of(lines);

	if (self->waiting == 0)
		return receive_edge(self, event);
	*event = self->edges[self->first];
	self->first = (self->first + 1) % EDGES_MAX;
	if (--self->waiting == 0 && self->socket >= 0)
		mark(self, false);
	return 1;
}

/* 1 and the values, 0 when the message is an edge, or a negative errno. */
static int read_values(struct group *self, const json_t *message, uint32_t *values)
{
	const json_t *given = json_object_get(message, "values");
	struct lines_event event;
	int error;

	if (json_is_integer(given)) {
		*values = (uint32_t)json_integer_value(given) &
			  (uint32_t)((UINT64_C(1) << self->count) - 1);
		return 1;
	}
	error = read_edge(self, message, &event);
	if (!error)
		keep_edge(self, &event);
	return error;
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int group_get(struct lines *lines, uint32_t *values)
{
	static const char question[] = "{\"get\": 1}";
	struct group *self = group_of(lines);
	int64_t until_ns = now_ns() + SIM_SOCKET_PATIENCE_MS * INT64_C(1000000);
	int result = self->socket < 0 ? -ENODEV
				      : sim_socket_send(self->socket, question, strlen(question));

	while (result == 0) {
		json_t *message = NULL;
		int64_t left_ns = until_ns - now_ns();

		result = left_ns > 0 ? sim_socket_wait(self->socket, (int)(left_ns / 1000000) + 1)
				     : -ETIMEDOUT;
		if (result == 0)
			result = sim_socket_receive(self->socket, &message);
		if (result > 0)
			result = read_values(self, message, values);
		json_decref(message);
	}
	return result > 0 ? 0 : lose(self, -ENODEV);
}

static int group_set(struct lines *lines, uint32_t mask, uint32_t values)
{
	struct group *self = group_of(lines);
	int64_t ns = now_ns();
	char packet[96];
	int size = snprintf(packet, sizeof(packet), "{\"set\": [%u, %u], \"us\": %lld.%03d}",
		(unsigned)mask, (unsigned)values, (long long)(ns / 1000), (int)(ns % 1000));

	if (self->socket < 0)
		return -ENODEV;
	return sim_socket_send(self->socket, packet, (size_t)size) < 0 ? lose(self, -ENODEV) : 0;
}

static void group_close(struct lines *lines)
{
	struct group *self = group_of(lines);

	if (!self)
		return;
	if (self->socket >= 0)
		close(self->socket);
	if (self->event_fd >= 0)
		close(self->event_fd);
	if (self->epoll_fd >= 0)
		close(self->epoll_fd);
	free(self);
}

static const struct lines_ops group_ops = {
	.name = "sim",
	.fd = group_fd,
	.next = group_next,
	.get = group_get,
	.set = group_set,
	.close = group_close,
};

static json_t *request_message(const char *consumer, const struct lines_name *names, size_t count,
	const struct lines_config *config)
{
	static const char *const biases[] = { [LINES_BIAS_AS_IS] = "as-is",
		[LINES_BIAS_DISABLED] = "disabled",
		[LINES_BIAS_PULL_UP] = "pull-up",
		[LINES_BIAS_PULL_DOWN] = "pull-down" };
	json_t *lines = json_array();

	for (size_t i = 0; i < count; i++) {
		/* A failure leaves an array that is too short: refused below. */
		(void)json_array_append_new(lines,
			json_pack("{s:s, s:s}", "chip", names[i].chip, "line", names[i].line));
	}
	if (json_array_size(lines) != count) {
		json_decref(lines);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:o, s:s, s:s, s:s, s:b, s:b, s:I}", "request", "lines",
		"consumer", consumer, "lines", lines, "direction",
		config->direction == LINES_OUTPUT ? "output" : "input", "bias",
		biases[config->bias], "drive",
		config->drive == LINES_OPEN_DRAIN ? "open-drain" : "push-pull", "active_low",
		(int)config->active_low, "edges", (int)config->edges, "values",
		(json_int_t)config->values);
}

static int add_to_epoll(const struct group *self, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int watch_edges(struct group *self)
{
	int error;

	self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	self->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (self->epoll_fd < 0 || self->event_fd < 0)
		return -errno;
	error = add_to_epoll(self, self->event_fd);
	return error ? error : add_to_epoll(self, self->socket);
}

static int fill_group(struct group *self, const char *path, json_t *message, bool edges,
	char *trouble, size_t trouble_size)
{
	int error = sim_socket_open(path, &self->socket);

	if (error) {
		json_decref(message);
		if (trouble_size > 0)
			snprintf(trouble, trouble_size,
				"no simulated panel at %s (%s): start panel-sim with --lines %s",
				path, strerror(-error), path);
		return error;
	}
	if (trouble_size > 0)
		snprintf(trouble, trouble_size, "the simulated panel at %s doesn't answer", path);
	error = sim_socket_send_new(self->socket, message);
	if (!error)
		error = sim_socket_answer(self->socket, trouble, trouble_size);
	/* What was said in case it failed. */
	if (!error && trouble_size > 0)
		*trouble = '\0';
	return error || !edges ? error : watch_edges(self);
}

static int source_request(struct lines_source *source, const char *consumer,
	const struct lines_name *names, size_t count, const struct lines_config *config,
	struct lines **out, char *trouble_text, size_t trouble_size)
{
	struct lines_trouble trouble = { .size = trouble_size };
	struct group *self;
	int error;

	trouble.text = trouble_text;
	error = lines_check_request(names, count, config, &trouble);
	if (error)
		return error;
	self = calloc(1, sizeof(*self));
	if (!self)
		return lines_failed(&trouble, names[0].chip, -ENOMEM);
	self->lines.ops = &group_ops;
	self->count = count;
	self->socket = self->epoll_fd = self->event_fd = -1;
	error = fill_group(self, ((struct source *)source)->path,
		request_message(consumer, names, count, config), config->edges, trouble_text,
		trouble_text ? trouble_size : 0);
	if (error)
		group_close(&self->lines);
	else
		*out = &self->lines;
	return error;
}

static void source_close(struct lines_source *source)
{
	free(source);
}

static const struct lines_source_ops source_ops = {
	.name = "sim",
	.request = source_request,
	.close = source_close,
};

int lines_sim_source_new(const char *socket_path, struct lines_source **out)
{
	size_t size = strlen(socket_path) + 1;
	struct source *self = malloc(sizeof(*self) + size);

	if (!self)
		return -ENOMEM;
	self->source.ops = &source_ops;
	memcpy(self->path, socket_path, size);
	*out = &self->source;
	return 0;
}
