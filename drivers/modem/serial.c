/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "modem/usb_device.h"
#include "modem/usb_ids.h"

#define BAUD_RATE 115200

struct serial {
	struct sp_port *port; /* NULL: opened without libserialport */
	int fd;
	int device_fd; /* claims the USB modem behind it; -1: there is none */
	char *path;
};

struct ranked_port {
	int rank;
	const char *path; /* the port list's */
};

static int add_candidate(struct serial_candidates *candidates, const char *path)
{
	char **paths;
	char *resolved = realpath(path, NULL);

	if (!resolved)
		return errno == ENOMEM ? -ENOMEM : 0;
	for (size_t i = 0; i < candidates->count; i++) {
		if (strcmp(candidates->paths[i], resolved) == 0) {
			free(resolved);
			return 0;
		}
	}
	paths = reallocarray(candidates->paths, candidates->count + 1, sizeof(*paths));
	if (!paths) {
		free(resolved);
		return -ENOMEM;
	}
	candidates->paths = paths;
	candidates->paths[candidates->count++] = resolved;
	return 0;
}

void serial_candidates_free(struct serial_candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++)
		free(candidates->paths[i]);
	free(candidates->paths);
	*candidates = (struct serial_candidates) { 0 };
}

/* The USB interface number behind a port, -1 when there is none. */
static int interface_number(const char *path)
{
	/* The tty's device is the interface itself (ttyACM) or a port below it (ttyUSB). */
	static const char *const places[] = { "device", "device/.." };
	const char *name = strrchr(path, '/');
	int number = -1;

	for (size_t i = 0; name && number < 0 && i < ARRAY_SIZE(places); i++) {
		char file_name[PATH_MAX];
		char text[16];
		autofile FILE *file = NULL;

		snprintf(file_name, sizeof(file_name), "/sys/class/tty/%s/%s/bInterfaceNumber",
			name + 1, places[i]);
		file = fopen(file_name, "re");
		if (file && fgets(text, sizeof(text), file))
			number = (int)strtol(text, NULL, 16);
	}
	return number;
}

static int compare_ranks(const void *first, const void *second)
{
	const struct ranked_port *a = first;
	const struct ranked_port *b = second;

	return a->rank != b->rank ? a->rank - b->rank : strverscmp(a->path, b->path);
}

static int find_modems(struct serial_candidates *out)
{
	struct sp_port **ports = NULL;
	autofree struct ranked_port *ranked = NULL;
	size_t listed = 0, count = 0;
	int error = 0;

	if (sp_list_ports(&ports) != SP_OK)
		return 0; /* no /sys: there is nothing to be found */
	while (ports[listed])
		listed++;
	ranked = calloc(listed + 1, sizeof(*ranked));
	if (!ranked)
		error = -ENOMEM;
	for (size_t i = 0; !error && i < listed; i++) {
		const char *path = sp_get_port_name(ports[i]);
		int vendor, product, rank;

		if (sp_get_port_usb_vid_pid(ports[i], &vendor, &product) != SP_OK)
			continue;
		rank = usb_port_rank(vendor, product, interface_number(path));
		if (rank != USB_NOT_A_MODEM)
			ranked[count++] = (struct ranked_port) { .rank = rank, .path = path };
	}
	if (!error)
		qsort(ranked, count, sizeof(*ranked), compare_ranks);
	for (size_t i = 0; !error && i < count; i++)
		error = add_candidate(out, ranked[i].path);
	sp_free_port_list(ports);
	return error;
}

static int find_pattern(const char *pattern, struct serial_candidates *out)
{
	glob_t matches;
	int error = 0;

	switch (glob(pattern, 0, NULL, &matches)) {
	case 0:
		for (size_t i = 0; !error && i < matches.gl_pathc; i++)
			error = add_candidate(out, matches.gl_pathv[i]);
		globfree(&matches);
		return error;
	case GLOB_NOSPACE:
		return -ENOMEM;
	default:
		return 0;
	}
}

int serial_find(const char *device, struct serial_candidates *out)
{
	int error;

	*out = (struct serial_candidates) { 0 };
	if (strcmp(device, "auto") == 0)
		error = find_modems(out);
	else if (strpbrk(device, "*?["))
		error = find_pattern(device, out);
	else
		error = add_candidate(out, device);
	if (error)
		serial_candidates_free(out);
	return error;
}

/*
 * libserialport leaves a port where read() gives 0 when there is nothing to read, as it does
 * after a hangup. With VMIN the one is EAGAIN, the other 0.
 */
static int block_at_nothing(int fd)
{
	struct termios settings;

	if (tcgetattr(fd, &settings) < 0)
		return -errno;
	settings.c_cc[VMIN] = 1;
	settings.c_cc[VTIME] = 0;
	return tcsetattr(fd, TCSANOW, &settings) < 0 ? -errno : 0;
}

/* libserialport's way; -ENOSYS when it can't handle this port, which says nothing about it. */
static int open_known(struct serial *serial)
{
	int error = -ENOSYS;

	if (sp_get_port_by_name(serial->path, &serial->port) != SP_OK)
		return error;
	if (sp_open(serial->port, SP_MODE_READ_WRITE) != SP_OK) {
		int code = sp_last_error_code();

		if (code == EBUSY || code == EACCES || code == ENOENT || code == ENODEV ||
			code == ENXIO || code == EIO)
			error = -code;
	} else if (sp_get_port_handle(serial->port, &serial->fd) == SP_OK) {
		/* A driver that refuses one of these has no such thing to set. */
		(void)sp_set_baudrate(serial->port, BAUD_RATE);
		(void)sp_set_bits(serial->port, 8);
		(void)sp_set_parity(serial->port, SP_PARITY_NONE);
		(void)sp_set_stopbits(serial->port, 1);
		(void)sp_set_flowcontrol(serial->port, SP_FLOWCONTROL_NONE);
		return block_at_nothing(serial->fd);
	} else {
		sp_close(serial->port);
	}
	sp_free_port(serial->port);
	serial->port = NULL;
	return error;
}

/* The same by hand, for every other kind of tty. */
static int open_unknown(struct serial *serial)
{
	struct termios settings;

	serial->fd = open(serial->path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (serial->fd < 0)
		return -errno;
	if (tcgetattr(serial->fd, &settings) < 0)
		return -errno;
	cfmakeraw(&settings);
	settings.c_cflag |= CLOCAL | CREAD;
	cfsetspeed(&settings, B115200);
	if (tcsetattr(serial->fd, TCSANOW, &settings) < 0)
		return -errno;
	return 0;
}

static int claim(struct serial *serial)
{
	serial->device_fd = usb_device_claim(serial->path);
	/* A port that can't be claimed as a modem's is claimed by itself. */
	if (serial->device_fd == -EBUSY)
		return -EBUSY;
	if (flock(serial->fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	/*
	 * Keeps programs out that know no flock(). Not on a pseudo-terminal, where it would outlive
	 * us for as long as the other side is open, and keep our successor out too.
	 */
	if (serial->port)
		(void)ioctl(serial->fd, TIOCEXCL);
	return 0;
}

int serial_open(const char *path, struct serial **out)
{
	struct serial *serial = calloc(1, sizeof(*serial));
	int error;

	if (!serial)
		return -ENOMEM;
	serial->fd = -1;
	serial->device_fd = -1;
	serial->path = strdup(path);
	error = serial->path ? open_known(serial) : -ENOMEM;
	if (error == -ENOSYS)
		error = open_unknown(serial);
	if (!error)
		error = claim(serial);
	if (error) {
		serial_close(serial);
		return error;
	}
	*out = serial;
	return 0;
}

void serial_close(struct serial *serial)
{
	if (!serial)
		return;
	/* Else the kernel would wait for a modem that takes nothing any more. */
	if (serial->fd >= 0)
		(void)tcflush(serial->fd, TCIOFLUSH);
	if (serial->port) {
		(void)sp_close(serial->port);
		sp_free_port(serial->port);
	} else if (serial->fd >= 0) {
		close(serial->fd);
	}
	if (serial->device_fd >= 0)
		close(serial->device_fd);
	free(serial->path);
	free(serial);
}

int serial_fd(const struct serial *serial)
{
	return serial->fd;
}

const char *serial_path(const struct serial *serial)
{
	return serial->path;
}

static ssize_t result_of(ssize_t count)
{
	if (count > 0)
		return count;
	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return -EAGAIN;
	return -ENODEV;
}

ssize_t serial_read(struct serial *serial, uint8_t *bytes, size_t size)
{
	return result_of(read(serial->fd, bytes, size));
}

ssize_t serial_write(struct serial *serial, const uint8_t *bytes, size_t size)
{
	return result_of(write(serial->fd, bytes, size));
}
