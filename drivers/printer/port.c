/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "printer/port.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "modem/serial.h"

static const struct {
	unsigned baud;
	speed_t speed;
} speeds[] = {
	{ 1200, B1200 },
	{ 2400, B2400 },
	{ 4800, B4800 },
	{ 9600, B9600 },
	{ 19200, B19200 },
	{ 38400, B38400 },
	{ 57600, B57600 },
	{ 115200, B115200 },
	{ 230400, B230400 },
};

static const speed_t *speed_of(unsigned baud)
{
	for (size_t i = 0; i < ARRAY_SIZE(speeds); i++) {
		if (speeds[i].baud == baud)
			return &speeds[i].speed;
	}
	return NULL;
}

bool port_rate_known(unsigned baud)
{
	return speed_of(baud) != NULL;
}

static int set_speed(int fd, unsigned baud)
{
	const speed_t *speed = speed_of(baud);
	struct termios settings;

	if (!speed)
		return -EINVAL;
	if (tcgetattr(fd, &settings) < 0)
		return -errno;
	cfsetspeed(&settings, *speed);
	return tcsetattr(fd, TCSANOW, &settings) < 0 ? -errno : 0;
}

/* A USB printer of the printer class is no serial port, but takes the same bytes. */
static int open_plain(struct printer_port *port, const char *device)
{
	struct stat status;

	if (stat(device, &status) < 0)
		return -errno;
	if (!S_ISCHR(status.st_mode))
		return -ENOTTY;
	port->fd = open(device, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return port->fd < 0 ? -errno : 0;
}

int port_open(struct printer_port *port, const char *device, unsigned baud)
{
	int error;

	*port = (struct printer_port)PRINTER_PORT_CLOSED;
	error = serial_open(device, &port->serial);
	if (error == 0) {
		port->fd = serial_fd(port->serial);
		error = set_speed(port->fd, baud);
	} else if (error == -ENOTTY) {
		error = open_plain(port, device);
	}
	if (error == 0 && fstat(port->fd, &port->opened) < 0)
		error = -errno;
	if (error)
		port_close(port);
	return error;
}

void port_close(struct printer_port *port)
{
	if (port->serial)
		serial_close(port->serial);
	else if (port->fd >= 0)
		close(port->fd);
	port->serial = NULL;
	port->fd = -1;
}

bool port_there(const struct printer_port *port, const char *device)
{
	struct stat status;

	return stat(device, &status) == 0 && status.st_rdev == port->opened.st_rdev &&
	       status.st_dev == port->opened.st_dev && status.st_ino == port->opened.st_ino;
}

ssize_t port_read(struct printer_port *port, uint8_t *bytes, size_t size)
{
	if (port->serial)
		return serial_read(port->serial, bytes, size);
	ssize_t count = read(port->fd, bytes, size);
	if (count < 0)
		return errno == EAGAIN || errno == EINTR ? -EAGAIN : -ENODEV;
	/* usblp gives 0 when there is nothing to read. */
	return count > 0 ? count : -EAGAIN;
}

ssize_t port_write(struct printer_port *port, const uint8_t *bytes, size_t size)
{
	if (port->serial)
		return serial_write(port->serial, bytes, size);
	ssize_t count = write(port->fd, bytes, size);
	if (count < 0)
		return errno == EAGAIN || errno == EINTR ? -EAGAIN : -ENODEV;
	return count > 0 ? count : -EAGAIN;
}

int port_unsent(const struct printer_port *port)
{
	int count = 0;

	return ioctl(port->fd, TIOCOUTQ, &count) == 0 ? count : 0;
}

void port_drop(struct printer_port *port)
{
	(void)tcflush(port->fd, TCOFLUSH);
}
