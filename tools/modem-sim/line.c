/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "buffer.h"
#include "timer.h"

/* A reader who leaves this much lie isn't reading: a UART would have lost it long ago. */
#define BACKLOG_MAX (8U << 20)

struct line {
	sd_event *loop;
	struct line_handler handler;
	int master;
	int slave; /* kept open by us, so that the terminal outlives its clients */
	int watch; /* inotify: opens and closes of the slave by others */
	unsigned openers;
	char *link;
	sd_event_source *io;
	sd_event_source *watch_io;
	struct buffer output;
	struct timer flush;
	bool trace;
};

static void flush_output(void *context);

/* One line of the trace: the time, the direction ('>' from the client), the bytes. */
static void trace(const struct line *line, char direction, const uint8_t *bytes, size_t size)
{
	autobuffer text = { 0 };

	if (!line->trace)
		return;
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == '\r')
			buffer_print(&text, "\\r");
		else if (bytes[i] == '\n')
			buffer_print(&text, "\\n");
		else if (bytes[i] < ' ' || bytes[i] >= 0x7F)
			buffer_print(&text, "\\x%02x", bytes[i]);
		else
			buffer_append(&text, &bytes[i], 1);
	}
	fprintf(stderr, "%lld %c %s\n", (long long)loop_now_ms(line->loop), direction,
		buffer_text(&text));
}

int line_open(sd_event *loop, const struct line_handler *handler, bool traced, struct line **out)
{
	struct line *line = must_allocate(1, sizeof(*line));

	line->trace = traced;
	timer_init(&line->flush, loop, flush_output, line);
	line->loop = loop;
	line->handler = *handler;
	line->master = -1;
	line->slave = -1;
	line->watch = -1;
	*out = line;
	return 0;
}

void line_close(struct line *line)
{
	if (!line)
		return;
	line_unplug(line);
	timer_free(&line->flush);
	free(line);
}

bool line_plugged(const struct line *line)
{
	return line->master >= 0;
}

bool line_attended(const struct line *line)
{
	return line->openers > 0;
}

const char *line_link(const struct line *line)
{
	return line->link ? line->link : "";
}

static void set_raw(int slave)
{
	struct termios settings;

	if (tcgetattr(slave, &settings) == 0) {
		cfmakeraw(&settings);
		cfsetspeed(&settings, B115200);
		tcsetattr(slave, TCSANOW, &settings);
	}
}

/* The last client is gone: nothing stale and no lock of theirs waits for the next one. */
static void port_closed(struct line *line)
{
	buffer_drop(&line->output, line->output.size);
	ioctl(line->slave, TIOCNXCL);
	tcflush(line->slave, TCIFLUSH); /* not what they last wrote: that is on its way */
	set_raw(line->slave);
	sd_event_source_set_io_events(line->io, EPOLLIN);
	line->handler.attended(line->handler.context, false);
}

static int watch_ready(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct line *line = context;
	uint8_t bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t size;

	(void)source;
	(void)events;
	while ((size = read(fd, bytes, sizeof(bytes))) > 0) {
		for (size_t offset = 0; offset < (size_t)size;) {
			const struct inotify_event *event = (const void *)(bytes + offset);

			offset += sizeof(*event) + event->len;
			if (event->mask & IN_OPEN) {
				if (!line->openers++)
					line->handler.attended(line->handler.context, true);
			} else if (event->mask & (IN_CLOSE_WRITE | IN_CLOSE_NOWRITE)) {
				if (line->openers && !--line->openers)
					port_closed(line);
			}
		}
	}
	return 0;
}

static void flush_output(void *context)
{
	struct line *line = context;

	if (line->master < 0)
		return;
	while (line->output.size) {
		ssize_t written =
			write(line->master, buffer_data(&line->output), line->output.size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0 && errno != EAGAIN)
			buffer_drop(&line->output, line->output.size);
		if (written <= 0)
			break;
		trace(line, '<', buffer_data(&line->output), (size_t)written);
		buffer_drop(&line->output, (size_t)written);
	}
	sd_event_source_set_io_events(line->io, line->output.size ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static int io_ready(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct line *line = context;
	uint8_t bytes[4096];
	ssize_t size;

	(void)source;
	if (events & EPOLLOUT)
		flush_output(line);
	if (!(events & ~(uint32_t)EPOLLOUT))
		return 0;
	size = read(fd, bytes, sizeof(bytes));
	if (size <= 0)
		return 0;
	trace(line, '>', bytes, (size_t)size);
	line->handler.received(line->handler.context, bytes, (size_t)size);
	return 0;
}

void line_write(struct line *line, const void *bytes, size_t size)
{
	if (line->master < 0 || !line->openers || line->output.size + size > BACKLOG_MAX)
		return;
	buffer_append(&line->output, bytes, size);
	if (!line->flush.set)
		timer_set(&line->flush, 0);
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

static int open_terminal(struct line *line, char *name, size_t size)
{
	line->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (line->master < 0 || grantpt(line->master) < 0 || unlockpt(line->master) < 0)
		return -errno;
	if (ptsname_r(line->master, name, size))
		return -errno;
	line->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (line->slave < 0)
		return -errno;
	set_raw(line->slave);
	return 0;
}

/* Our own slave is open before the watch begins, so only others are counted. */
static int watch_terminal(struct line *line, const char *name)
{
	int result;

	line->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (line->watch < 0 || inotify_add_watch(line->watch, name, IN_OPEN | IN_CLOSE) < 0)
		return -errno;
	result = sd_event_add_io(
		line->loop, &line->watch_io, line->watch, EPOLLIN, watch_ready, line);
	if (result < 0)
		return result;
	/* Who opened the port must be known before what they wrote is read. */
	result = sd_event_source_set_priority(line->watch_io, SD_EVENT_PRIORITY_IMPORTANT);
	if (result < 0)
		return result;
	return sd_event_add_io(line->loop, &line->io, line->master, EPOLLIN, io_ready, line);
}

int line_plug(struct line *line, const char *link)
{
	char name[64];
	int result;

	if (line_plugged(line))
		return -EBUSY;
	result = open_terminal(line, name, sizeof(name));
	if (result >= 0)
		result = watch_terminal(line, name);
	if (result >= 0)
		result = replace_link(name, link);
	if (result < 0)
		line_unplug(line);
	else
		line->link = must_copy(link);
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
	if (line->link)
		unlink(line->link);
	free(line->link);
	line->link = NULL;
	line->io = sd_event_source_disable_unref(line->io);
	line->watch_io = sd_event_source_disable_unref(line->watch_io);
	buffer_free(&line->output);
	close_fd(&line->watch);
	close_fd(&line->slave);
	close_fd(&line->master);
	line->openers = 0;
}
