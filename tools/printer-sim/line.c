/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "memory.h"

/* How often a slow line takes its share. */
#define SLICE_US 50000
#define SECOND_US 1000000
#define BYTES_MAX 4096

struct line {
	sd_event *loop;
	char *link;
	line_receiver *receive;
	void *context;
	int master;
	int host; /* the host's end, held open too, so that the terminal outlives its clients */
	sd_event_source *io;
	sd_event_source *timer; /* of a slow line */
	unsigned bytes_per_second;
	uint8_t bytes[BYTES_MAX]; /* read, and not taken yet */
	size_t size;
};

static void offer(struct line *line)
{
	size_t taken = line->receive(line->context, line->bytes, line->size);

	line->size -= taken;
	memmove(line->bytes, line->bytes + taken, line->size);
	if (line->io)
		sd_event_source_set_enabled(line->io,
			line->size || line->bytes_per_second ? SD_EVENT_OFF : SD_EVENT_ON);
}

/* Reads at most so many bytes, and offers them. */
static void take(struct line *line, size_t most)
{
	if (line->master < 0)
		return;
	if (most > sizeof(line->bytes) - line->size)
		most = sizeof(line->bytes) - line->size;
	if (most) {
		ssize_t count = read(line->master, line->bytes + line->size, most);

		if (count > 0)
			line->size += (size_t)count;
	}
	if (line->size)
		offer(line);
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *context)
{
	(void)source;
	(void)fd;
	(void)events;
	take(context, BYTES_MAX);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
	struct line *line = context;
	size_t share = (size_t)line->bytes_per_second * SLICE_US / SECOND_US;

	if (!line->bytes_per_second)
		return 0;
	take(line, share ? share : 1);
	sd_event_source_set_time(source, usec + SLICE_US);
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return 0;
}

void line_new(
	sd_event *loop, const char *link, line_receiver *receive, void *context, struct line **out)
{
	struct line *line = must_allocate(1, sizeof(*line));

	line->loop = loop;
	line->link = must_copy(link);
	line->receive = receive;
	line->context = context;
	line->master = -1;
	line->host = -1;
	*out = line;
}

void line_free(struct line *line)
{
	if (!line)
		return;
	line_unplug(line);
	sd_event_source_disable_unref(line->timer);
	free(line->link);
	free(line);
}

static int open_terminal(struct line *line, char *name, size_t size)
{
	struct termios settings;

	line->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (line->master < 0 || grantpt(line->master) < 0 || unlockpt(line->master) < 0)
		return -errno;
	if (ptsname_r(line->master, name, size))
		return -errno;
	line->host = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (line->host < 0 || tcgetattr(line->host, &settings) < 0)
		return -errno;
	cfmakeraw(&settings);
	return tcsetattr(line->host, TCSANOW, &settings) < 0 ? -errno : 0;
}

static int replace_link(const char *target, const char *link)
{
	char temporary[PATH_MAX];
	int length = snprintf(temporary, sizeof(temporary), "%s.new", link);

	if (length < 0 || (size_t)length >= sizeof(temporary))
		return -ENAMETOOLONG;
	unlink(temporary);
	if (symlink(target, temporary) < 0 || rename(temporary, link) < 0)
		return -errno;
	return 0;
}

int line_plug(struct line *line)
{
	char name[64];
	int result;

	if (line_plugged(line))
		return -EBUSY;
	result = open_terminal(line, name, sizeof(name));
	if (result >= 0)
		result = sd_event_add_io(line->loop, &line->io, line->master, EPOLLIN, on_io, line);
	if (result >= 0)
		result = replace_link(name, line->link);
	if (result < 0)
		line_unplug(line);
	else if (line->bytes_per_second)
		sd_event_source_set_enabled(line->io, SD_EVENT_OFF);
	return result < 0 ? result : 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void line_unplug(struct line *line)
{
	if (line_plugged(line))
		unlink(line->link);
	line->io = sd_event_source_disable_unref(line->io);
	close_fd(&line->host);
	close_fd(&line->master);
	line->size = 0;
}

bool line_plugged(const struct line *line)
{
	return line->master >= 0;
}

void line_slow(struct line *line, unsigned bytes_per_second)
{
	uint64_t now;

	line->bytes_per_second = bytes_per_second;
	if (line->io)
		sd_event_source_set_enabled(
			line->io, bytes_per_second ? SD_EVENT_OFF : SD_EVENT_ON);
	line->timer = sd_event_source_disable_unref(line->timer);
	if (bytes_per_second && sd_event_now(line->loop, CLOCK_MONOTONIC, &now) >= 0)
		sd_event_add_time(line->loop, &line->timer, CLOCK_MONOTONIC, now + SLICE_US, 0,
			on_timer, line);
}

void line_resume(struct line *line)
{
	if (line->size)
		offer(line);
}

void line_write(struct line *line, const uint8_t *bytes, size_t size)
{
	if (line->master < 0)
		return;
	if (write(line->master, bytes, size) < 0 && errno != EAGAIN)
		fprintf(stderr, "printer-sim: writing to the host: %s\n", strerror(errno));
}
