/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printer-sim: an ESC/POS receipt printer on a pseudo-terminal. See printer-sim(1). */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "sim.h"

#define EXIT_USAGE 2
#define PAPER_MM_MAX 100000
/* A roll of 40 mm across. */
#define PAPER_MM_DEFAULT 10000

const char *argp_program_version = "printer-sim " KOTAK_VERSION;

enum {
	OPTION_LINK = 1000,
	OPTION_CONTROL,
	OPTION_FOLDER,
	OPTION_PAPER,
	OPTION_NO_CUTTER,
	OPTION_SILENT,
	OPTION_DO,
};

struct arguments {
	struct device_options device;
	bool silent;
	const char *link, *control, *request;
};

static const struct argp_option options[] = {
	{ "link", OPTION_LINK, "PATH", 0, "Where the port appears; what is there is replaced", 0 },
	{ "control", OPTION_CONTROL, "SOCKET", 0, "Where requests are taken, a JSON object a line",
		0 },
	{ "folder", OPTION_FOLDER, "FOLDER", 0, "Where slips go as slip-NNNN.png (.)", 0 },
	{ "paper-mm", OPTION_PAPER, "N", 0, "What is on the roll (10000)", 0 },
	{ "no-cutter", OPTION_NO_CUTTER, NULL, 0, "Slips are torn off where they are fed out", 0 },
	{ "silent", OPTION_SILENT, NULL, 0, "Never answers anything", 0 },
	{ "do", OPTION_DO, "REQUEST", 0, "Send one request to --control, print the answer", 0 },
	{ 0 },
};

static error_t take_option(int key, char *value, struct argp_state *state)
{
	struct arguments *arguments = state->input;
	char *end;

	switch (key) {
	case OPTION_LINK:
		arguments->link = value;
		return 0;
	case OPTION_CONTROL:
		arguments->control = value;
		return 0;
	case OPTION_FOLDER:
		arguments->device.folder = value;
		return 0;
	case OPTION_PAPER:
		errno = 0;
		arguments->device.paper_mm = strtol(value, &end, 10);
		if (errno || end == value || *end || arguments->device.paper_mm < 0 ||
			arguments->device.paper_mm > PAPER_MM_MAX)
			argp_error(state, "--paper-mm wants a number of millimetres");
		return 0;
	case OPTION_NO_CUTTER:
		arguments->device.cutter = false;
		return 0;
	case OPTION_SILENT:
		arguments->silent = true;
		return 0;
	case OPTION_DO:
		arguments->request = value;
		return 0;
	case ARGP_KEY_END:
		if (arguments->request ? !arguments->control : !arguments->link)
			argp_error(state,
				arguments->request ? "--do wants --control" : "--link is needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = { options, take_option, NULL,
	"An ESC/POS receipt printer for 58 mm paper on a pseudo-terminal, for tests and "
	"demonstrations: \"ready\" is printed once it answers.",
	NULL, NULL, NULL };

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

static int run(const struct arguments *arguments)
{
	struct printer_sim sim = { 0 };
	sd_event *loop = NULL;
	int result = sd_event_new(&loop);

	if (result >= 0)
		result = stop_on_signals(loop);
	if (result >= 0) {
		result = printer_sim_open(
			&sim, loop, &arguments->device, arguments->link, arguments->control);
		sim.device.silent = arguments->silent;
		if (result >= 0) {
			puts("ready");
			fflush(stdout);
			sd_notify(0, "READY=1");
			result = sd_event_loop(loop);
		}
		printer_sim_close(&sim);
	}
	sd_event_unref(loop);
	return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {
		.device = { .folder = ".", .cutter = true, .paper_mm = PAPER_MM_DEFAULT }
	};

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, &arguments);
	if (arguments.request)
		return control_client(arguments.control, arguments.request);
	return run(&arguments);
}
