/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "wire/event.h"

#define READ_SIZE 65536
/* A screen is some kilobytes; more without a line's end is no simulator of ours. */
#define LINE_MAX_SIZE (1U << 20)

void feed_close(struct feed *feed, int64_t now_ms)
{
	if (feed->fd >= 0)
		close(feed->fd);
	free(feed->input);
	feed->fd = -1;
	feed->input = NULL;
	feed->size = feed->capacity = 0;
	feed->retry_ms = now_ms + FEED_RETRY_MS;
}

bool feed_keep(struct feed *feed, int64_t now_ms)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (feed->fd >= 0 || now_ms < feed->retry_ms)
		return feed->fd >= 0;
	feed->retry_ms = now_ms + FEED_RETRY_MS;
	if (strlen(feed->path) >= sizeof(address.sun_path))
		return false;
	memcpy(address.sun_path, feed->path, strlen(feed->path) + 1);
	feed->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (feed->fd < 0)
		return false;
	if (connect(feed->fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		feed_close(feed, now_ms);
		return false;
	}
	feed_ask(feed, json_pack("{s:s}", "do", "watch"));
	feed_ask(feed, json_pack("{s:s}", "do", "state"));
	return feed->fd >= 0;
}

bool feed_read(struct feed *feed, int64_t now_ms)
{
	ssize_t size;

	if (feed->size + READ_SIZE > feed->capacity) {
		char *grown = realloc(feed->input, feed->size + READ_SIZE);

		if (!grown || feed->size > LINE_MAX_SIZE) {
			feed->input = grown ? grown : feed->input;
			feed_close(feed, now_ms);
			return false;
		}
		feed->input = grown;
		feed->capacity = feed->size + READ_SIZE;
	}
	size = recv(feed->fd, feed->input + feed->size, READ_SIZE, MSG_DONTWAIT);
	if (size > 0)
		feed->size += (size_t)size;
	if (size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR)))
		return true;
	feed_close(feed, now_ms);
	return false;
}

json_t *feed_next(struct feed *feed)
{
	const char *end = feed->size ? memchr(feed->input, '\n', feed->size) : NULL;
	json_t *line;
	size_t size;

	if (!end)
		return NULL;
	size = (size_t)(end - feed->input) + 1;
	line = json_loadb(feed->input, size - 1, 0, NULL);
	feed->size -= size;
	memmove(feed->input, feed->input + size, feed->size);
	/* What can't be read is as good as an answer that says nothing. */
	return line ? line : json_object();
}

void feed_ask(struct feed *feed, json_t *request)
{
	autojson json_t *owned = request;
	autofree char *text = owned ? json_dumps(owned, JSON_COMPACT) : NULL;
	autofree char *line = NULL;
	int length;

	if (feed->fd < 0 || !text)
		return;
	length = asprintf(&line, "%s\n", text);
	if (length < 0)
		line = NULL;
	/* Requests are small and the simulator reads at once: what doesn't fit is a dead one. */
	if (!line || send(feed->fd, line, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) != length)
		shutdown(feed->fd, SHUT_RDWR);
}
