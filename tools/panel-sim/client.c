/* SPDX-License-Identifier: GPL-2.0-or-later */
/* panel-sim --control SOCKET --do REQUEST: the control socket for shells. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "control.h"
#include "wire/event.h"

#define EXIT_USAGE 2

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int connected;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	connected = fd;
	fd = -1;
	return connected;
}

/* Prints answers until the first, or for ever when watching. */
static int print_answers(FILE *stream, bool watching)
{
	autofree char *line = NULL;
	size_t size = 0;
	int status = EXIT_FAILURE;

	while (getline(&line, &size, stream) > 0) {
		autojson json_t *answer = json_loads(line, 0, NULL);

		if (json_is_true(json_object_get(answer, "ok")))
			status = EXIT_SUCCESS;
		fputs(line, stdout);
		fflush(stdout);
		if (!watching || status != EXIT_SUCCESS)
			break;
	}
	return status;
}

int control_client(const char *path, const char *request)
{
	json_error_t error;
	autojson json_t *parsed = json_loads(request, 0, &error);
	autofree char *line = parsed ? json_dumps(parsed, JSON_COMPACT) : NULL;
	const char *name = json_string_value(json_object_get(parsed, "do"));
	autofile FILE *stream = NULL;
	int fd;

	if (!line) {
		fprintf(stderr, "panel-sim: --do wants a JSON object: %s\n", error.text);
		return EXIT_USAGE;
	}
	fd = connect_to(path);
	if (fd < 0) {
		fprintf(stderr, "panel-sim: no simulator listens at %s: %s\n", path, strerror(-fd));
		return EXIT_FAILURE;
	}
	stream = fdopen(fd, "r+");
	if (!stream) {
		close(fd);
		return EXIT_FAILURE;
	}
	if (fprintf(stream, "%s\n", line) < 0 || fflush(stream) < 0)
		return EXIT_FAILURE;
	return print_answers(stream, name && !strcmp(name, "watch"));
}
