/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kotakd: the kiosk's daemon. One event loop; it alone writes the database. Run with --worker
 * modem, panel or printer it is a worker instead, which kotakd does by itself.
 */
#include <argp.h>
#include <errno.h>
#include <jansson.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/log.h"
#include "clock/system_clock.h"
#include "devices/panel.h"
#include "dialogue/dialogue.h"
#include "kotakd/kiosk.h"
#include "modem/process.h"
#include "modem/scripted.h"
#include "panel/worker.h"
#include "printer/worker.h"
#include "uplink/uplink_curl.h"
#include "worker/child.h"
#include "worker/process.h"

#define EXIT_USAGE 2
/* kotakd.service allows it (LimitNICE). */
#define PANEL_NICE (-10)

struct options {
	const char *config;
	bool check;
	bool verbose;
};

static const struct argp_option option_list[] = {
	{ "config", 'c', "FILE", 0, "The configuration (kotakd.conf(5))", 0 },
	{ "check-config", 'n', NULL, 0, "Only check the configuration", 0 },
	{ "verbose", 'v', NULL, 0, "Log details for a technician", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'c':
		options->config = argument;
		return 0;
	case 'n':
		options->check = true;
		return 0;
	case 'v':
		options->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is not expected", argument);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = { .options = option_list,
	.parser = parse_option,
	.doc = "Takes complaints by SMS, keeps them, and exchanges them with the PPID server." };

const char *argp_program_version = "kotakd " KOTAK_VERSION;

static int modem_new(const struct config_modem *config, struct modem **out)
{
	const struct modem_process_config process = { .device = config->device,
		.pin = config->pin };

	if (strcmp(config->device, "none") == 0)
		return modem_scripted_new(config->name, SCRIPTED_ABSENT, out);
	return modem_process_new(config->name, &process, out);
}

static int panel_new_worker(const struct config *config, struct worker **out)
{
	(void)config;
	return worker_process_new("panel", NULL, out);
}

static int printer_new_worker(const struct config *config, struct worker **out)
{
	(void)config;
	return worker_process_new("printer", NULL, out);
}

static const struct kiosk_drivers drivers = { .clock_new = clock_system_new,
	.uplink_new = uplink_curl_new,
	.modem_new = modem_new,
	.panel_new = panel_new_worker,
	.printer_new = printer_new_worker };

/* What the configuration names: files, folders, and the panel's board. */
static int check_files(const char *path, const struct config *config)
{
	const struct panel_wanted wanted = { .driver = config->panel_driver,
		.board = config->panel_board,
		.lines = config->panel_lines,
		.i2c = config->display.i2c };
	int error = config_check_files(path, config);
	bool panel = strcmp(config->panel_driver, "none") != 0;

	if (panel && panel_devices_check(&wanted) < 0) {
		log_error("%s: [panel] board = %s: its lines can't be used as they are", path,
			config->panel_board);
		error = -EINVAL;
	}
	return error;
}

/* What a resident typed went through JSON: nothing of it stays in memory that is free. */
static void wiping_free(void *memory)
{
	if (memory)
		explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

/* A key is echoed before anything else is worked on. Not allowed: it is as quick as the others. */
static void go_first(void)
{
	if (setpriority(PRIO_PROCESS, 0, PANEL_NICE) < 0)
		log_debug("panel: no priority over others (%s)", strerror(errno));
}

static int panel_worker(void)
{
	json_set_alloc_funcs(malloc, wiping_free);
	log_open("kotakd panel", LOG_INFO);
	go_first();
	prctl(PR_SET_NAME, "kotakd-panel");
	if (sodium_init() < 0 || dialogue_init_beside_program() < 0) {
		log_error("panel: no random numbers, or no memory for the languages");
		return EXIT_FAILURE;
	}
	return panel_worker_main(CHILD_CHANNEL, &panel_devices_drivers);
}

static int printer_worker(void)
{
	log_open("kotakd printer", LOG_INFO);
	prctl(PR_SET_NAME, "kotakd-printer");
	return printer_worker_main(CHILD_CHANNEL);
}

/* The kind of worker that the arguments ask for, NULL for none. */
static const char *worker_kind(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--worker") == 0)
			return i + 1 < argc ? argv[i + 1] : "";
	}
	return NULL;
}

static int run_worker(const char *kind, int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (strcmp(kind, "panel") == 0)
		return panel_worker();
	if (strcmp(kind, "printer") == 0)
		return printer_worker();
	return modem_worker_run(argc, argv);
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct kiosk kiosk = { .drivers = &drivers };
	int status;

	argp_err_exit_status = EXIT_USAGE;
	if (worker_kind(argc, argv))
		return run_worker(worker_kind(argc, argv), argc, argv);
	argp_parse(&parser, argc, argv, 0, NULL, &options);
	log_open("kotakd", options.verbose ? LOG_DEBUG : LOG_INFO);
	if (!options.config) {
		log_error("name the configuration: kotakd --config /etc/kotak/kotakd.conf");
		return EXIT_USAGE;
	}
	if (sodium_init() < 0) {
		log_error("no random numbers: this kernel is too old");
		return EXIT_FAILURE;
	}
	signal(SIGPIPE, SIG_IGN);
	/* What is made here holds names, numbers and texts: nobody else's to read. */
	umask(027);
	if (config_load(options.config, &kiosk.config) < 0 ||
		(options.check && check_files(options.config, &kiosk.config) < 0))
		status = EXIT_USAGE;
	else
		status = options.check || kiosk_run(&kiosk) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	kiosk_close(&kiosk);
	return status;
}
