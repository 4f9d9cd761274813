/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the worker's process begins, before it speaks to a modem. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/log.h"
#include "modem/channel.h"
#include "modem/process.h"
#include "modem/worker.h"

#define EXIT_USAGE 2
/* kotakd sends the start message before it runs the worker: it is there already. */
#define START_WITHIN_MS 10000

struct arguments {
	int channel;
	struct modem_worker_config config;
};

static int read_channel(const char *text)
{
	char *end;
	long number;
	int type = 0;
	socklen_t size = sizeof(type);

	errno = 0;
	number = strtol(text, &end, 10);
	if (errno || *end || end == text || number < 0 || number > INT_MAX)
		return -EINVAL;
	if (getsockopt((int)number, SOL_SOCKET, SO_TYPE, &type, &size) < 0 ||
		type != SOCK_SEQPACKET)
		return -ENOTSOCK;
	return (int)number;
}

static int read_recover(const char *text, enum modem_worker_recover *recover)
{
	static const char *const names[] = {
		[MODEM_RECOVER_NONE] = "none",
		[MODEM_RECOVER_SOFT] = "soft",
		[MODEM_RECOVER_HARD] = "hard",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(text, names[i]) == 0) {
			*recover = (enum modem_worker_recover)i;
			return 0;
		}
	}
	return -EINVAL;
}

static int read_arguments(int argc, char **argv, struct arguments *arguments)
{
	static const struct option options[] = {
		{ "worker", required_argument, NULL, 'w' },
		{ "channel", required_argument, NULL, 'c' },
		{ "name", required_argument, NULL, 'n' },
		{ "device", required_argument, NULL, 'd' },
		{ "recover", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	*arguments = (struct arguments) { .channel = -1 };
	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'w':
			break;
		case 'c':
			arguments->channel = read_channel(optarg);
			break;
		case 'n':
			arguments->config.name = optarg;
			break;
		case 'd':
			arguments->config.device = optarg;
			break;
		case 'r':
			if (read_recover(optarg, &arguments->config.recover) < 0)
				return -EINVAL;
			break;
		default:
			return -EINVAL;
		}
	}
	return optind == argc && arguments->channel >= 0 && arguments->config.name &&
			       arguments->config.device
		       ? 0
		       : -EINVAL;
}

/* Waits for the start message. 0, or a negative errno. */
static int receive_start(struct channel *channel, struct channel_request *start)
{
	struct pollfd channel_poll = { .fd = channel_fd(channel), .events = POLLIN };
	int result;

	if (poll(&channel_poll, 1, START_WITHIN_MS) != 1)
		return -ETIMEDOUT;
	result = channel_next_request(channel, start);
	if (result < 0)
		return result;
	return result == 1 && start->type == CHANNEL_START ? 0 : -EPROTO;
}

int modem_worker_run(int argc, char **argv)
{
	struct arguments arguments;
	struct channel_request start;
	struct channel *channel;
	int result;

	log_open("kotakd modem", LOG_INFO);
	/* It was run as /proc/self/exe, which would show as "exe". */
	prctl(PR_SET_NAME, "kotakd-modem");
	if (read_arguments(argc, argv, &arguments) < 0) {
		log_error("a modem worker is started by kotakd, with --worker modem --channel N "
			  "--name X --device D --recover none|soft|hard");
		return EXIT_USAGE;
	}
	result = channel_new(arguments.channel, &channel);
	if (result < 0) {
		log_error("modem %s: channel to kotakd: %s", arguments.config.name,
			strerror(-result));
		return EXIT_FAILURE;
	}
	result = receive_start(channel, &start);
	arguments.channel = channel_release(channel);
	if (result < 0) {
		log_error("modem %s: kotakd doesn't say how to start: %s", arguments.config.name,
			strerror(-result));
		close(arguments.channel);
		return EXIT_FAILURE;
	}
	arguments.config.pin = start.pin;
	return modem_worker_main(arguments.channel, &arguments.config);
}
