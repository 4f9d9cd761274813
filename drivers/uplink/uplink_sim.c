/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "uplink/uplink_sim.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>

struct sim_exchange {
	struct sim_exchange *next;
	struct uplink_request request;
	struct uplink_response response;
	bool answered;
	char *path, *token, *body;
};

struct uplink_sim {
	struct uplink uplink;
	int event_fd; /* readable while an answer waits */
	struct sim_exchange *exchanges;
};

static struct uplink_sim *uplink_sim(struct uplink *uplink)
{
	return (struct uplink_sim *)uplink;
}

static const struct sim_exchange *first_exchange(const struct uplink *uplink)
{
	return ((const struct uplink_sim *)uplink)->exchanges;
}

static void exchange_free(struct sim_exchange *exchange)
{
	free(exchange->path);
	free(exchange->token);
	free(exchange->body);
	free(exchange->response.body);
	free(exchange->response.error);
	free(exchange);
}

DEFINE_CLEANUP(sim_exchange, struct sim_exchange *, exchange_free);

static int uplink_sim_fd(const struct uplink *uplink)
{
	return ((const struct uplink_sim *)uplink)->event_fd;
}

static int copy_text(char **out, const char *text)
{
	*out = text ? strdup(text) : NULL;
	return text && !*out ? -ENOMEM : 0;
}

static int uplink_sim_push(struct uplink *uplink, const struct uplink_request *request)
{
	struct sim_exchange *exchange __attribute__((cleanup(sim_exchange_cleanup))) =
		calloc(1, sizeof(*exchange));
	struct sim_exchange **end = &uplink_sim(uplink)->exchanges;

	if (!exchange || copy_text(&exchange->path, request->path) < 0 ||
		copy_text(&exchange->token, request->token) < 0 ||
		copy_text(&exchange->body, request->body) < 0)
		return -ENOMEM;
	exchange->request = *request;
	exchange->request.path = exchange->path;
	exchange->request.token = exchange->token;
	exchange->request.body = exchange->body;
	while (*end)
		end = &(*end)->next;
	*end = take_pointer(exchange);
	return 0;
}

static int uplink_sim_next(struct uplink *uplink, struct uplink_response *response)
{
	struct uplink_sim *self = uplink_sim(uplink);
	uint64_t count;

	for (struct sim_exchange **link = &self->exchanges; *link; link = &(*link)->next) {
		struct sim_exchange *exchange = *link;
		if (!exchange->answered)
			continue;
		*response = exchange->response;
		exchange->response = (struct uplink_response) { 0 };
		*link = exchange->next;
		exchange_free(exchange);
		return 1;
	}
	/* No answer is left: not readable until the next one. */
	if (read(self->event_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return -errno;
	return 0;
}

static void uplink_sim_cancel(struct uplink *uplink, uint64_t tag)
{
	for (struct sim_exchange **link = &uplink_sim(uplink)->exchanges; *link;
		link = &(*link)->next) {
		struct sim_exchange *exchange = *link;
		if (exchange->request.tag != tag)
			continue;
		*link = exchange->next;
		exchange_free(exchange);
		return;
	}
}

static void uplink_sim_close(struct uplink *uplink)
{
	if (!uplink)
		return;
	struct uplink_sim *self = uplink_sim(uplink);
	while (self->exchanges) {
		struct sim_exchange *exchange = self->exchanges;
		self->exchanges = exchange->next;
		exchange_free(exchange);
	}
	close(self->event_fd);
	free(self);
}

static const struct uplink_ops uplink_sim_ops = {
	.name = "sim",
	.fd = uplink_sim_fd,
	.push = uplink_sim_push,
	.next = uplink_sim_next,
	.cancel = uplink_sim_cancel,
	.close = uplink_sim_close,
};

int uplink_sim_new(struct uplink **out)
{
	autofree struct uplink_sim *self = calloc(1, sizeof(*self));

	if (!self)
		return -ENOMEM;
	self->uplink.ops = &uplink_sim_ops;
	self->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (self->event_fd < 0)
		return -errno;
	*out = &take_pointer(self)->uplink;
	return 0;
}

const struct uplink_request *uplink_sim_find(const struct uplink *uplink, const char *path)
{
	for (const struct sim_exchange *exchange = first_exchange(uplink); exchange;
		exchange = exchange->next) {
		if (!exchange->answered && strncmp(exchange->path, path, strlen(path)) == 0)
			return &exchange->request;
	}
	return NULL;
}

size_t uplink_sim_count(const struct uplink *uplink)
{
	size_t count = 0;

	for (const struct sim_exchange *exchange = first_exchange(uplink); exchange;
		exchange = exchange->next)
		count += !exchange->answered;
	return count;
}

static int settle(struct uplink *uplink, uint64_t tag, const struct uplink_response *response)
{
	struct uplink_sim *self = uplink_sim(uplink);
	const uint64_t one = 1;

	for (struct sim_exchange *exchange = self->exchanges; exchange; exchange = exchange->next) {
		if (exchange->request.tag != tag || exchange->answered)
			continue;
		exchange->response = *response;
		exchange->answered = true;
		return write(self->event_fd, &one, sizeof(one)) < 0 ? -errno : 0;
	}
	free(response->body);
	free(response->error);
	return -ENOENT;
}

int uplink_sim_answer(struct uplink *uplink, uint64_t tag, int status, const char *body)
{
	struct uplink_response response = { .tag = tag, .status = status };

	if (copy_text(&response.body, body) < 0)
		return -ENOMEM;
	response.size = body ? strlen(body) : 0;
	return settle(uplink, tag, &response);
}

int uplink_sim_fail(struct uplink *uplink, uint64_t tag, const char *error, bool certificate)
{
	struct uplink_response response = { .tag = tag, .certificate = certificate };

	if (copy_text(&response.error, error) < 0)
		return -ENOMEM;
	return settle(uplink, tag, &response);
}
