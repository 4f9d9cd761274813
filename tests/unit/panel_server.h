/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The least that a simulated panel can be, in a process of its own: it answers as the chip's label
 * or the I2C address asks it to, and tells its parent what it was sent.
 */
#ifndef KOTAK_TESTS_PANEL_SERVER_H
#define KOTAK_TESTS_PANEL_SERVER_H

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/cleanup.h"

#define SERVER_CLIENTS 8
#define SERVER_PATIENCE_MS 60000

struct panel_server {
	char folder[32];
	char path[64];
	pid_t process;
	int listener; /* kept open, so that the socket is there before the process runs */
	FILE *told;   /* packets, one a line */
};

static inline void server_say(int fd, const char *packet)
{
	(void)!send(fd, packet, strlen(packet), MSG_NOSIGNAL);
}

static inline void server_answer_lines(int fd, const char *chip)
{
	if (strcmp(chip, "busy") == 0)
		server_say(fd, "{\"ok\": false, \"errno\": 16, \"error\": \"held by a hog\"}");
	else if (strcmp(chip, "odd") == 0)
		server_say(fd, "[17]");
	else if (strcmp(chip, "zero") == 0)
		server_say(fd, "{\"ok\": false, \"errno\": 0}");
	else if (strcmp(chip, "gone") == 0)
		shutdown(fd, SHUT_RDWR);
	else if (strcmp(chip, "silent") != 0)
		server_say(fd, "{\"ok\": true}");
}

static inline void server_answer_i2c(int fd, json_int_t address)
{
	if (address == 0x20)
		server_say(fd, "{\"ok\": false, \"errno\": 16, \"error\": \"in use\"}");
	else
		server_say(fd, "{\"ok\": true}");
}

static inline void server_answer_write(int fd, const char *bytes)
{
	if (strcmp(bytes, "dead") == 0)
		server_say(fd, "{\"ok\": false, \"errno\": 121}");
	else if (strcmp(bytes, "51") == 0)
		shutdown(fd, SHUT_RDWR);
	else if (strcmp(bytes, "52") != 0)
		server_say(fd, "{\"ok\": true}");
}

/* What get is answered with hangs on what was set last. */
static inline void server_answer_get(int fd, json_int_t set)
{
	static const char *const edges[] = { "{\"edge\": 1, \"rising\": true, \"us\": 1234.75}",
		"{\"edge\": 0, \"rising\": false, \"us\": 1300}" };

	if (set == 1) {
		server_say(fd, edges[0]);
		server_say(fd, edges[1]);
	}
	if (set == 2)
		server_say(fd, "{\"edge\": 99, \"rising\": true, \"us\": 1}");
	if (set == 3)
		server_say(fd, "rubbish");
	if (set != 4)
		server_say(fd, "{\"values\": 4294967295}");
	if (set == 5)
		server_say(fd, edges[0]);
	if (set == 6)
		shutdown(fd, SHUT_RDWR);
}

static inline void server_packet(int fd, const json_t *packet, json_int_t *set)
{
	const char *request = json_string_value(json_object_get(packet, "request"));
	const json_t *line = json_array_get(json_object_get(packet, "lines"), 0);
	const json_t *values = json_array_get(json_object_get(packet, "set"), 1);

	if (request && strcmp(request, "lines") == 0)
		server_answer_lines(fd, json_string_value(json_object_get(line, "chip")));
	else if (request)
		server_answer_i2c(fd, json_integer_value(json_object_get(packet, "address")));
	else if (json_object_get(packet, "get"))
		server_answer_get(fd, *set);
	else if (values)
		*set = json_integer_value(values);
	else
		server_answer_write(fd, json_string_value(json_object_get(packet, "write")));
}

static inline void server_run(int listener, FILE *told)
{
	struct pollfd fds[1 + SERVER_CLIENTS] = { { .fd = listener, .events = POLLIN } };
	json_int_t set[1 + SERVER_CLIENTS] = { 0 };
	nfds_t count = 1;

	while (poll(fds, count, -1) > 0) {
		for (nfds_t i = 1; i < count; i++) {
			char packet[4096];
			ssize_t size;
			json_t *object;

			if (!fds[i].revents)
				continue;
			size = recv(fds[i].fd, packet, sizeof(packet), 0);
			if (size <= 0) {
				close(fds[i].fd);
				fds[i].fd = -1;
				continue;
			}
			fprintf(told, "%.*s\n", (int)size, packet);
			fflush(told);
			object = json_loadb(packet, (size_t)size, 0, NULL);
			server_packet(fds[i].fd, object, &set[i]);
			json_decref(object);
		}
		if (fds[0].revents && count < 1 + SERVER_CLIENTS) {
			fds[count].events = POLLIN;
			fds[count++].fd = accept(listener, NULL, NULL);
		}
	}
}

static inline void server_start(struct panel_server *server)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int ends[2];

	*server = (struct panel_server) { .folder = "/tmp/kotak-panel-XXXXXX" };
	assert_non_null(mkdtemp(server->folder));
	snprintf(server->path, sizeof(server->path), "%s/lines", server->folder);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", server->path);
	server->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(
		bind(server->listener, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(server->listener, SERVER_CLIENTS), 0);
	assert_int_equal(pipe(ends), 0);
	server->process = fork();
	assert_true(server->process >= 0);
	if (server->process == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		server_run(server->listener, fdopen(ends[1], "w"));
		_exit(0);
	}
	close(ends[1]);
	server->told = fdopen(ends[0], "r");
	assert_non_null(server->told);
}

static inline void server_kill(struct panel_server *server)
{
	if (server->process <= 0)
		return;
	close(server->listener);
	kill(server->process, SIGKILL);
	waitpid(server->process, NULL, 0);
	unlink(server->path);
	server->process = 0;
}

static inline void server_end(struct panel_server *server)
{
	server_kill(server);
	fclose(server->told);
	rmdir(server->folder);
}

/* The next packet that the server got; the caller's reference. */
static inline json_t *server_told(struct panel_server *server)
{
	char line[4096];
	json_t *packet;

	assert_non_null(fgets(line, sizeof(line), server->told));
	packet = json_loads(line, 0, NULL);
	assert_non_null(packet);
	return packet;
}

static inline bool server_readable(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	return poll(&poller, 1, 0) == 1;
}

static inline void server_wait(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&poller, 1, SERVER_PATIENCE_MS), 1);
}

#endif
