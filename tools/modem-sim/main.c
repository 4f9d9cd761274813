/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modem-sim: a modem on a pseudo-terminal, with a network behind it. See docs/modem-sim.md. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "modem.h"

#define EXIT_USAGE 2

struct options {
	struct modem_options modem;
	const char *link;
	const char *control;
	const char *request;
};

static void usage(FILE *stream)
{
	fprintf(stream,
		"Usage: modem-sim --make MAKE --link PATH --control SOCKET [OPTION]...\n"
		"       modem-sim --control SOCKET --do REQUEST\n"
		"\n"
		"A modem (%s) on a pseudo-terminal at PATH; \"ready\" is\n"
		"printed once it answers. Requests on the control socket are JSON objects.\n"
		"\n"
		"  --delay-ms N   answer each AT command N ms late (0)\n"
		"  --sm N         slots on the SIM (50)\n"
		"  --me N         slots in the modem (100)\n"
		"  --sr N         slots for status reports (50)\n"
		"  --number N     own number\n"
		"  --boot         begin with the lines of a start\n"
		"  --trace        write the dialogue on standard error\n"
		"  --do REQUEST   send one request, print the answer\n"
		"  --help, --version\n",
		make_names());
}

static int complain(const char *option, const char *wanted)
{
	fprintf(stderr, "modem-sim: %s wants %s\n", option, wanted);
	return EXIT_USAGE;
}

static bool read_count(const char *text, unsigned long most, unsigned *count)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || value > most)
		return false;
	*count = (unsigned)value;
	return true;
}

enum {
	OPTION_MAKE = 1000,
	OPTION_LINK,
	OPTION_CONTROL,
	OPTION_DELAY,
	OPTION_SM,
	OPTION_ME,
	OPTION_SR,
	OPTION_NUMBER,
	OPTION_BOOT,
	OPTION_TRACE,
	OPTION_DO,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "make", required_argument, NULL, OPTION_MAKE },
	{ "link", required_argument, NULL, OPTION_LINK },
	{ "control", required_argument, NULL, OPTION_CONTROL },
	{ "delay-ms", required_argument, NULL, OPTION_DELAY },
	{ "sm", required_argument, NULL, OPTION_SM },
	{ "me", required_argument, NULL, OPTION_ME },
	{ "sr", required_argument, NULL, OPTION_SR },
	{ "number", required_argument, NULL, OPTION_NUMBER },
	{ "boot", no_argument, NULL, OPTION_BOOT },
	{ "trace", no_argument, NULL, OPTION_TRACE },
	{ "do", required_argument, NULL, OPTION_DO },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* -1: go on; otherwise the exit status. */
static int take_option(struct options *options, int option, const char *value)
{
	unsigned delay = 0;

	switch (option) {
	case OPTION_MAKE:
		options->modem.make = make_find(value);
		return options->modem.make ? -1 : complain("--make", make_names());
	case OPTION_LINK:
		options->link = value;
		return -1;
	case OPTION_CONTROL:
		options->control = value;
		return -1;
	case OPTION_DELAY:
		if (!read_count(value, 600000, &delay))
			return complain("--delay-ms", "a number of milliseconds");
		options->modem.delay_ms = (int)delay;
		return -1;
	case OPTION_SM:
		return read_count(value, 65535, &options->modem.sizes.sim)
			       ? -1
			       : complain("--sm", "a number of slots");
	case OPTION_ME:
		return read_count(value, 65535, &options->modem.sizes.memory)
			       ? -1
			       : complain("--me", "a number of slots");
	case OPTION_SR:
		return read_count(value, 65535, &options->modem.sizes.reports)
			       ? -1
			       : complain("--sr", "a number of slots");
	case OPTION_NUMBER:
		options->modem.number = value;
		return -1;
	case OPTION_BOOT:
		options->modem.boot = true;
		return -1;
	case OPTION_TRACE:
		options->modem.trace = true;
		return -1;
	case OPTION_DO:
		options->request = value;
		return -1;
	case OPTION_HELP:
		usage(stdout);
		return EXIT_SUCCESS;
	case OPTION_VERSION:
		puts("modem-sim " KOTAK_VERSION);
		return EXIT_SUCCESS;
	default:
		usage(stderr);
		return EXIT_USAGE;
	}
}

static int stop_on_signals(sd_event *loop)
{
	sigset_t signals;
	int result;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return -errno;
	/* Without a handler sd-event ends the loop. */
	result = sd_event_add_signal(loop, NULL, SIGTERM, NULL, NULL);
	return result < 0 ? result : sd_event_add_signal(loop, NULL, SIGINT, NULL, NULL);
}

static int run(const struct options *options)
{
	sd_event *loop = NULL;
	struct modem *modem = NULL;
	struct control *control = NULL;
	int result = sd_event_new(&loop);

	if (result >= 0)
		result = stop_on_signals(loop);
	if (result >= 0) {
		result = modem_open(loop, &options->modem, options->link, &modem);
		if (result < 0)
			fprintf(stderr, "modem-sim: can't make the port at %s: %s\n", options->link,
				strerror(-result));
	}
	if (result >= 0) {
		result = control_open(loop, modem, options->control, &control);
		if (result < 0)
			fprintf(stderr, "modem-sim: can't listen at %s: %s\n", options->control,
				strerror(-result));
	}
	if (result >= 0) {
		puts("ready");
		fflush(stdout);
		result = sd_event_loop(loop);
	}
	control_close(control);
	modem_close(modem);
	sd_event_unref(loop);
	return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options options = { .modem.sizes = { .sim = 50, .memory = 100, .reports = 50 } };
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		int status = take_option(&options, option, optarg);

		if (status >= 0)
			return status;
	}
	if (optind < argc || !options.control) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (options.request)
		return control_client(options.control, options.request);
	if (!options.modem.make || !options.link) {
		usage(stderr);
		return EXIT_USAGE;
	}
	return run(&options);
}
