/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printer-sim --control SOCKET --do REQUEST: the control socket for shells. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "control.h"

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

/* Prints answers: the first, or for ever when watching. The exit status of the first. */
static int print_answers(FILE *stream, bool watching)
{
	autofree char *line = NULL;
	size_t size = 0;
	int status = EXIT_FAILURE;

	while (getline(&line, &size, stream) > 0) {
		json_t *answer = json_loads(line, 0, NULL);

		if (json_is_true(json_object_get(answer, "ok")))
			status = EXIT_SUCCESS;
		json_decref(answer);
		fputs(line, stdout);
		fflush(stdout);
		if (!watching || status != EXIT_SUCCESS)
			break;
	}
	return status;
}

int control_client(const char *path, const char *request)
{
	json_t *parsed = json_loads(request, 0, NULL);
	autofree char *line = parsed ? json_dumps(parsed, JSON_COMPACT) : NULL;
	const char *name = json_string_value(json_object_get(parsed, "do"));
	bool watching = name && strcmp(name, "watch") == 0;
	autofile FILE *stream = NULL;
	int fd;

	json_decref(parsed);
	if (!line) {
		fputs("printer-sim: --do wants a JSON object\n", stderr);
		return 2;
	}
	fd = connect_to(path);
	if (fd < 0) {
		fprintf(stderr, "printer-sim: no simulator listens at %s: %s\n", path,
			strerror(-fd));
		return EXIT_FAILURE;
	}
	stream = fdopen(fd, "r+");
	if (!stream) {
		close(fd);
		return EXIT_FAILURE;
	}
	if (fprintf(stream, "%s\n", line) < 0 || fflush(stream) < 0)
		return EXIT_FAILURE;
	return print_answers(stream, watching);
}
