/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ask.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/log.h"
#include "wire/event.h"

int ask_open(const char *path, FILE **out)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 5 };

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	FILE *stream = fdopen(fd, "r");
	if (!stream)
		return -ENOMEM;
	fd = -1; /* the stream's from here on */
	*out = stream;
	return 0;
}

int ask(FILE *control, const char *simulator, json_t *request, json_t **answer)
{
	autojson json_t *owned = request;
	autofree char *text = owned ? json_dumps(owned, JSON_COMPACT) : NULL;
	autofree char *line = NULL;
	size_t size = 0;

	if (!text)
		return -ENOMEM;
	if (dprintf(fileno(control), "%s\n", text) < 0 || getline(&line, &size, control) < 0) {
		log_error("demo: %s doesn't answer", simulator);
		clearerr(control);
		return -EIO;
	}
	autojson json_t *said = json_loads(line, 0, NULL);
	if (!json_is_true(json_object_get(said, "ok")))
		return -EINVAL;
	if (answer)
		*answer = take_pointer(said);
	return 0;
}
