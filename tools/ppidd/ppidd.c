/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppidd: the central PPID server. One process, one event loop. */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/http.h"
#include "tools/ppidd/words.h"

enum { EXIT_FINE = 0, EXIT_FAILED = 1, EXIT_CONFIG = 2 };

struct options {
	const char *config;
	bool check;
};

static error_t take_option(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'c':
		options->config = value;
		return 0;
	case 'C':
		options->check = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unknown argument: %s", value);
		return 0;
	case ARGP_KEY_END:
		if (!options->config)
			argp_error(state, "--config FILE is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options =
		(const struct argp_option[]) {
			{ "config", 'c', "FILE", 0, "Read this configuration, see ppidd.conf(5)",
				0 },
			{ "check-config", 'C', NULL, 0, "Only check the configuration", 0 },
			{ 0 },
		},
	.parser = take_option,
	.doc = "The central PPID server: takes what kiosks send, shows it to officers, and brings "
	       "their answers back.",
};

static int start_log(struct db *db)
{
	struct timespec now;
	autojson json_t *data = json_pack("{s:s}", "version", KOTAK_VERSION);

	clock_gettime(CLOCK_REALTIME, &now);
	struct step step = {
		.now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
		.actor = "server",
	};
	int error = data ? db_begin(db) : -ENOMEM;
	if (error < 0)
		return error;
	error = chain_count_start(db);
	if (error >= 0)
		error = chain_append(db, &step, "server.started", NULL, data, NULL);
	return db_end(db, error);
}

static int catch_signals(sd_event *event)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -errno;
	/* Without a handler of ours, sd-event ends the loop. */
	int error = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
	if (error >= 0)
		error = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
	return error;
}

/* A large office's first start after an update takes minutes: the service manager waits. */
static void still_starting(void)
{
	sd_notify(0, "EXTEND_TIMEOUT_USEC=60000000");
}

static int serve(const struct config *config)
{
	autodb struct db *db = NULL;
	struct server *server = NULL;
	sd_event *event = NULL;

	int error = db_open(config->store_url, &db);
	if (error >= 0)
		error = start_log(db);
	if (error >= 0)
		error = words_catch_up_all(db, still_starting);
	if (error < 0) {
		log_error("the store of [store] url can't be used: %s", strerror(-error));
		return error;
	}
	error = sd_event_new(&event);
	if (error >= 0)
		error = catch_signals(event);
	if (error >= 0)
		error = server_start(event, config, db, &server);
	if (error >= 0) {
		(void)sd_event_set_watchdog(event, true);
		sd_notify(0, "READY=1");
		error = sd_event_loop(event);
		sd_notify(0, "STOPPING=1");
		log_notice("stopped");
	}
	server_stop(server);
	sd_event_unref(event);
	return error;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct config config = { 0 };

	argp_program_version = "ppidd " KOTAK_VERSION;
	argp_err_exit_status = EXIT_CONFIG;
	log_open("ppidd", LOG_INFO);
	argp_parse(&argp, argc, argv, 0, NULL, &options);
	if (sodium_init() < 0) {
		log_error("libsodium can't start");
		return EXIT_FAILED;
	}
	int error = config_read(options.config, &config);
	int status = error < 0 ? EXIT_CONFIG : EXIT_FINE;
	if (error >= 0 && !options.check) {
		setenv("TZ", config.timezone, 1);
		tzset();
		deadline_use(&config.deadlines);
		status = serve(&config) < 0 ? EXIT_FAILED : EXIT_FINE;
	}
	config_free(&config);
	return status;
}
