/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync/token.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool token_valid(const char *text)
{
	return strlen(text) == TOKEN_SIZE - 1 &&
	       strspn(text, "0123456789abcdefABCDEF") == TOKEN_SIZE - 1;
}

int token_read(const char *path, char token[static TOKEN_SIZE])
{
	/* A token, a line's end and one more, which shows that something follows. */
	char text[TOKEN_SIZE + 3] = "";
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	ssize_t size = read(fd, text, sizeof(text) - 1);
	if (size < 0)
		return -errno;
	text[strcspn(text, "\r\n")] = '\0';
	if (size > TOKEN_SIZE + 1 || !token_valid(text))
		return -EBADMSG;
	memcpy(token, text, TOKEN_SIZE);
	return 0;
}

static int write_line(const char *path, const char *token)
{
	char line[TOKEN_SIZE + 1];
	int size = snprintf(line, sizeof(line), "%s\n", token);
	autoclose int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -errno;
	/* A left-over of an interrupted run keeps the mode that it had. */
	if (fchmod(fd, 0600) < 0)
		return -errno;
	ssize_t written = write(fd, line, (size_t)size);
	if (written < 0)
		return -errno;
	if (written != size)
		return -ENOSPC;
	return fsync(fd) < 0 ? -errno : 0;
}

static int sync_folder_of(const char *path)
{
	autofree char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	autoclose int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return fsync(fd) < 0 ? -errno : 0;
}

int token_write(const char *path, const char *token)
{
	autofree char *draft = NULL;

	if (!token_valid(token))
		return -EINVAL;
	if (asprintf(&draft, "%s.new", path) < 0)
		return -ENOMEM;
	int error = write_line(draft, token);
	if (error == 0 && rename(draft, path) < 0)
		error = -errno;
	if (error < 0) {
		unlink(draft);
		return error;
	}
	return sync_folder_of(path);
}
