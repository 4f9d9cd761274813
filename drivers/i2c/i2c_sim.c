/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "i2c/i2c_sim.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lines/sim_socket.h"

#define WRITE_MAX 1024

struct i2c_sim {
	struct i2c i2c;
	int socket; /* -1: the simulator is gone */
};

static int sim_write(struct i2c *i2c, const uint8_t *bytes, size_t count)
{
	struct i2c_sim *self = (struct i2c_sim *)i2c;
	char packet[2 * WRITE_MAX + 64] = "{\"write\": \"";
	size_t size = strlen(packet);
	struct timespec now;
	int error;

	if (self->socket < 0)
		return -ENODEV;
	if (count > WRITE_MAX)
		return -EMSGSIZE;
	for (size_t i = 0; i < count; i++)
		size += (size_t)snprintf(packet + size, sizeof(packet) - size, "%02x", bytes[i]);
	clock_gettime(CLOCK_MONOTONIC, &now);
	size += (size_t)snprintf(packet + size, sizeof(packet) - size, "\", \"us\": %lld.%03d}",
		(long long)now.tv_sec * 1000000 + now.tv_nsec / 1000, (int)(now.tv_nsec % 1000));
	error = sim_socket_send(self->socket, packet, size);
	if (!error)
		error = sim_socket_answer(self->socket, NULL, 0);
	/* What comes late would be taken for the next answer. */
	if (error == -ENODEV || error == -ETIMEDOUT || error == -EPROTO) {
		close(self->socket);
		self->socket = -1;
	}
	return error;
}

static void sim_close(struct i2c *i2c)
{
	struct i2c_sim *self = (struct i2c_sim *)i2c;

	if (!self)
		return;
	if (self->socket >= 0)
		close(self->socket);
	free(self);
}

static const struct i2c_ops sim_ops = {
	.name = "sim",
	.write = sim_write,
	.close = sim_close,
};

int i2c_sim_open(const char *socket_path, unsigned bus, uint8_t address, struct i2c **out)
{
	autoclose int fd = -1;
	struct i2c_sim *self;
	int error = sim_socket_open(socket_path, &fd);

	if (!error)
		error = sim_socket_send_new(fd, json_pack("{s:s, s:i, s:i}", "request", "i2c",
							"bus", (int)bus, "address", (int)address));
	if (!error)
		error = sim_socket_answer(fd, NULL, 0);
	if (error)
		return error;
	self = calloc(1, sizeof(*self));
	if (!self)
		return -ENOMEM;
	self->i2c.ops = &sim_ops;
	self->socket = fd;
	fd = -1;
	*out = &self->i2c;
	return 0;
}
