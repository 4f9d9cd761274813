/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A modem worker for tests of the process driver: a test program runs itself as its worker,
 * and the name of the device says how it behaves.
 */
#ifndef KOTAK_TESTS_FAKE_WORKER_H
#define KOTAK_TESTS_FAKE_WORKER_H

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "modem/channel.h"

/* The SIM's PIN, which must not show on the worker's command line. */
#define FAKE_WORKER_PIN "73519246"

static inline bool command_line_has(const char *text)
{
	autofile FILE *file = fopen("/proc/self/cmdline", "re");
	char line[4096] = "";
	size_t size = file ? fread(line, 1, sizeof(line) - 1, file) : 0;

	return memmem(line, size, text, strlen(text)) != NULL;
}

/* Open descriptors beyond the standard ones and the channel. */
static inline unsigned stray_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned count = 0;

	if (!folder)
		return 999;
	for (struct dirent *entry; (entry = readdir(folder));) {
		long fd = strtol(entry->d_name, NULL, 10);

		count += entry->d_name[0] != '.' && fd > 3 && fd != dirfd(folder);
	}
	closedir(folder);
	return count;
}

static inline const char *option(int argc, char **argv, const char *name)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return argv[i + 1];
	return "";
}

static inline void emit(struct channel *channel, const struct modem_event *event)
{
	while (channel_send_event(channel, event) == -EAGAIN) {
		struct pollfd out = { .fd = channel_fd(channel), .events = POLLOUT };

		poll(&out, 1, -1);
	}
}

/* Tells in its status what the test wants to know of the process. */
static inline void emit_status(struct channel *channel, int argc, char **argv, const char *pin)
{
	struct modem_event event = { .type = MODEM_STATUS };

	event.status.answering = strcmp(option(argc, argv, "--device"), "mute") != 0;

	snprintf(
		event.status.port, sizeof(event.status.port), "%s", option(argc, argv, "--device"));
	snprintf(event.status.maker, sizeof(event.status.maker), "%s",
		option(argc, argv, "--recover"));
	snprintf(
		event.status.model, sizeof(event.status.model), "%s", option(argc, argv, "--name"));
	snprintf(event.status.imei, sizeof(event.status.imei), "%s", pin);
	snprintf(event.status.operator_name, sizeof(event.status.operator_name), "%s",
		command_line_has(FAKE_WORKER_PIN) ? "PIN on the command line" : "");
	event.status.slots_aside = stray_descriptors();
	event.status.unknown_lines = (unsigned)getpid();
	emit(channel, &event);
}

static inline void send_message(struct channel *channel, const char *device, int64_t id)
{
	struct modem_event event = {
		.type = MODEM_SUBMITTING, .id = id, .reference = 9, .parts = 1
	};

	if (strcmp(device, "dies before submitting") == 0)
		raise(SIGKILL);
	if (strcmp(device, "speaks of another") == 0)
		event.id++;
	emit(channel, &event);
	if (strcmp(device, "dies after submitting") == 0)
		raise(SIGKILL);
	event.type = MODEM_SENT;
	emit(channel, &event);
	event.id = id;
	emit(channel, &event);
}

static inline void serve(
	struct channel *channel, const char *device, const struct channel_request *request)
{
	struct modem_event event = { .id = request->id };

	switch (request->type) {
	case CHANNEL_STORED:
		event.type = MODEM_STRAY_SENT;
		event.reference = (unsigned)request->token & 0xff;
		break;
	case CHANNEL_DECODE:
		event.type = MODEM_DECODED;
		event.decoded.text_units = request->pdu_size;
		break;
	case CHANNEL_SEND:
		send_message(channel, device, request->message.id);
		return;
	case CHANNEL_USSD:
		event.type = MODEM_USSD;
		snprintf(event.text, sizeof(event.text), "%s", request->code);
		break;
	case CHANNEL_RESET_SOFT:
		event.type = MODEM_NETWORK_TIME;
		event.time_ms = 77;
		break;
	case CHANNEL_START:
		return;
	}
	emit(channel, &event);
}

/* Behaviours that begin at once. */
static inline void misbehave(struct channel *channel, const char *device)
{
	struct modem_event event = { .type = MODEM_USSD };

	if (strcmp(device, "exits") == 0)
		exit(3);
	if (strcmp(device, "hangs") == 0 || strcmp(device, "hangs with words unread") == 0)
		pause();
	if (strcmp(device, "closes") == 0) {
		channel_free(channel);
		pause();
	}
	if (strcmp(device, "talks rubbish") == 0) {
		if (send(channel_fd(channel), "rubbish", 7, 0) == 7)
			pause();
	}
	if (strcmp(device, "floods and dies") == 0) {
		for (event.id = 0; event.id < 150; event.id++)
			emit(channel, &event);
		raise(SIGUSR1);
	}
	if (strcmp(device, "has a PDU") == 0) {
		event = (struct modem_event) { .type = MODEM_PDU, .token = 5, .pdu_size = 3 };
		emit(channel, &event);
	}
}

/* The worker's main(). */
static inline int fake_worker_run(int argc, char **argv)
{
	static struct channel_request request;
	const char *device = option(argc, argv, "--device");
	struct channel *channel;
	int result = channel_new((int)strtol(option(argc, argv, "--channel"), NULL, 10), &channel);

	if (result < 0)
		return 1;
	while ((result = channel_next_request(channel, &request)) >= 0) {
		struct pollfd in = { .fd = channel_fd(channel), .events = POLLIN };

		if (result == 0) {
			poll(&in, 1, -1);
		} else if (request.type == CHANNEL_START) {
			emit_status(channel, argc, argv, request.pin);
			misbehave(channel, device);
		} else {
			serve(channel, device, &request);
		}
	}
	if (strcmp(device, "stays") == 0)
		pause();
	channel_free(channel);
	return result == -EPIPE ? 0 : 1;
}

#endif
