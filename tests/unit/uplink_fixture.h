/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A little HTTP server on loopback that lives in the test's own loop. */
#ifndef KOTAK_TESTS_UPLINK_FIXTURE_H
#define KOTAK_TESTS_UPLINK_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "uplink/enroll.h"
#include "uplink/uplink_curl.h"

#define CONNECTIONS 8
#define REQUEST_MOST 200000
#define PATIENCE_MS 120000

struct connection {
	int fd;
	char *text;
	size_t size;
};

struct http {
	int listen_fd;
	char url[64];
	struct connection connections[CONNECTIONS];
	size_t accepted;
	char *headers; /* of the last request, with its first line */
	char *body;    /* of the last request, decompressed */
	/* Answers the request of which headers and body are set. */
	void (*answer)(struct http *http, int fd, const char *path);
};

static inline int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void http_open(struct http *http)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);

	http->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(http->listen_fd >= 0);
	assert_int_equal(bind(http->listen_fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(http->listen_fd, 16), 0);
	assert_int_equal(getsockname(http->listen_fd, (struct sockaddr *)&address, &size), 0);
	snprintf(http->url, sizeof(http->url), "http://127.0.0.1:%u", ntohs(address.sin_port));
	for (size_t i = 0; i < CONNECTIONS; i++)
		http->connections[i].fd = -1;
}

static inline void connection_close(struct connection *connection)
{
	if (connection->fd >= 0)
		close(connection->fd);
	free(connection->text);
	*connection = (struct connection) { .fd = -1 };
}

static inline void http_close(struct http *http)
{
	for (size_t i = 0; i < CONNECTIONS; i++)
		connection_close(&http->connections[i]);
	close(http->listen_fd);
	free(http->headers);
	free(http->body);
}

static inline void http_write(int fd, const void *data, size_t size)
{
	/* A client that hangs up early is part of some tests. */
	(void)send(fd, data, size, MSG_NOSIGNAL);
}

static inline void http_say(int fd, int status, const char *more, const char *body)
{
	char head[512];
	int size = snprintf(head, sizeof(head), "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n%s\r\n",
		status, strlen(body), more);

	http_write(fd, head, (size_t)size);
	http_write(fd, body, strlen(body));
}

static inline size_t gzip(const char *text, size_t size, uint8_t *out, size_t room)
{
	z_stream stream = { .next_in = (const Bytef *)text, .avail_in = (uInt)size };

	assert_int_equal(
		deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_out = out;
	stream.avail_out = (uInt)room;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	return stream.total_out;
}

static inline char *gunzip(const char *data, size_t size)
{
	char *text = calloc(1, REQUEST_MOST);
	z_stream stream = { .next_in = (const Bytef *)data, .avail_in = (uInt)size };

	assert_non_null(text);
	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	stream.next_out = (Bytef *)text;
	stream.avail_out = REQUEST_MOST - 1;
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	inflateEnd(&stream);
	return text;
}

/* Takes a whole request out of the connection's text and has it answered. */
static inline void http_take(struct http *http, struct connection *connection)
{
	const char *end = connection->text ? strstr(connection->text, "\r\n\r\n") : NULL;

	if (!end)
		return;
	size_t head = (size_t)(end - connection->text) + 4;
	const char *field = strstr(connection->text, "Content-Length: ");
	size_t length = field && field < end ? (size_t)strtoul(field + 16, NULL, 10) : 0;
	if (connection->size < head + length)
		return;
	free(http->headers);
	free(http->body);
	http->headers = strndup(connection->text, head);
	bool packed = strstr(http->headers, "Content-Encoding: gzip") != NULL;
	http->body = packed ? gunzip(connection->text + head, length)
			    : strndup(connection->text + head, length);
	connection->size -= head + length;
	memmove(connection->text, connection->text + head + length, connection->size + 1);
	const char *target = strchr(http->headers, ' ') + 1;
	autofree char *path = strndup(target, strcspn(target, " "));
	http->answer(http, connection->fd, path);
}

static inline void http_read(struct http *http, struct connection *connection)
{
	char buffer[65536];
	ssize_t size = recv(connection->fd, buffer, sizeof(buffer), MSG_DONTWAIT);

	if (size <= 0) {
		connection_close(connection);
		return;
	}
	connection->text = realloc(connection->text, connection->size + (size_t)size + 1);
	assert_non_null(connection->text);
	memcpy(connection->text + connection->size, buffer, (size_t)size);
	connection->size += (size_t)size;
	connection->text[connection->size] = '\0';
	http_take(http, connection);
}

/* Serves what is ready, waiting for it or for the other descriptor (-1: none) so long. */
static inline void http_serve(struct http *http, int other_fd, int timeout_ms)
{
	struct pollfd fds[CONNECTIONS + 2];

	for (size_t i = 0; i < CONNECTIONS; i++)
		fds[i] = (struct pollfd) { .fd = http->connections[i].fd, .events = POLLIN };
	fds[CONNECTIONS] = (struct pollfd) { .fd = http->listen_fd, .events = POLLIN };
	fds[CONNECTIONS + 1] = (struct pollfd) { .fd = other_fd, .events = POLLIN };
	if (poll(fds, ARRAY_SIZE(fds), timeout_ms) <= 0)
		return;
	for (size_t i = 0; i < CONNECTIONS; i++) {
		if (fds[i].revents)
			http_read(http, &http->connections[i]);
	}
	if (!fds[CONNECTIONS].revents)
		return;
	for (size_t i = 0; i < CONNECTIONS; i++) {
		if (http->connections[i].fd >= 0)
			continue;
		http->connections[i].fd = accept(http->listen_fd, NULL, NULL);
		http->accepted++;
		return;
	}
}

#endif
