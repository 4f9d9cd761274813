/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ppidd-opensid: copies complaints into a village's OpenSID and takes back what is said of them
 * there. A process of its own, so that a MariaDB that hangs never holds up the desk.
 */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd-opensid/round.h"

enum { EXIT_FINE = 0, EXIT_FAILED = 1, EXIT_CONFIG = 2 };

/* After a change here: a busy office writes every second. */
#define SOON_S 3
#define ACCURACY_US ((uint64_t)100 * 1000)

struct options {
	const char *config;
	bool check, once;
};

struct bridge {
	const struct settings *settings;
	struct db *db;
	sd_event_source *timer;
	uint64_t next_us; /* CLOCK_MONOTONIC, when the timer goes off */
	bool down;
	int64_t refused;
	char why[256]; /* as last logged */
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
	case '1':
		options->once = true;
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
			{ "config", 'c', "FILE", 0, "Read this configuration, see ppidd-opensid(8)",
				0 },
			{ "check-config", 'C', NULL, 0, "Only check the configuration", 0 },
			{ "once", '1', NULL, 0, "Do all there is to do, and end", 0 },
			{ 0 },
		},
	.parser = take_option,
	.doc = "Copies complaints into the table pengaduan of a village's OpenSID, and takes back "
	       "what is said of them there.",
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Said once, not in every round. */
static void say_trouble(struct bridge *bridge, const struct round *round, int error)
{
	const char *why = error == -EIO && *round->why ? round->why : strerror(-error);

	if (!bridge->down || strcmp(bridge->why, why) != 0)
		log_warning("%s: %s; tried again every %lld s, and nothing is lost meanwhile",
			bridge->settings->name, why, (long long)bridge->settings->interval_s);
	bridge->down = true;
	snprintf(bridge->why, sizeof(bridge->why), "%s", why);
	sd_notifyf(0, "STATUS=%s", why);
}

static void say_done(struct bridge *bridge, const struct round *round)
{
	if (bridge->down)
		log_notice("%s: OpenSID can be used again", bridge->settings->name);
	bridge->down = false;
	if (round->refused > 0 && round->refused != bridge->refused)
		log_warning("%s: %lld complaints aren't taken there (%s); the others are",
			bridge->settings->name, (long long)round->refused, round->why);
	bridge->refused = round->refused;
	if (round->written > 0 || round->taken > 0)
		log_info("%s: %lld written there, %lld taken from there", bridge->settings->name,
			(long long)round->written, (long long)round->taken);
	sd_notify(0, "STATUS=OpenSID was reached in the last round");
}

/* 1 when there is more to do at once. */
static int one_round(struct bridge *bridge)
{
	struct round round;

	int error = round_run(bridge->db, bridge->settings, now_ms(), &round);
	if (error < 0)
		say_trouble(bridge, &round, error);
	else
		say_done(bridge, &round);
	return error < 0 ? error : round.more;
}

static void wake_in(struct bridge *bridge, uint64_t seconds)
{
	uint64_t now_us = 0;

	sd_event_now(sd_event_source_get_event(bridge->timer), CLOCK_MONOTONIC, &now_us);
	bridge->next_us = now_us + seconds * 1000000;
	sd_event_source_set_time(bridge->timer, bridge->next_us);
	sd_event_source_set_enabled(bridge->timer, SD_EVENT_ONESHOT);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
	struct bridge *bridge = context;
	(void)source;
	(void)usec;

	wake_in(bridge, one_round(bridge) > 0 ? 0 : (uint64_t)bridge->settings->interval_s);
	return 0;
}

/* Somebody wrote into the store: a new complaint, perhaps. */
static int on_store(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct bridge *bridge = context;
	uint64_t now_us = 0;
	(void)fd;
	(void)events;

	int changed = bridge->db->ops->changed(bridge->db);
	(void)changed; /* it may be committed a moment later: the round looks */
	sd_event_now(sd_event_source_get_event(source), CLOCK_MONOTONIC, &now_us);
	/* A MariaDB that is away isn't asked more often for that. */
	if (!bridge->down && bridge->next_us > now_us + (uint64_t)SOON_S * 1000000)
		wake_in(bridge, SOON_S);
	return 0;
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

static int run_loop(struct bridge *bridge, sd_event *event)
{
	int watch = bridge->db->ops->watch_fd(bridge->db);

	int error = catch_signals(event);
	if (error >= 0)
		error = sd_event_add_time(
			event, &bridge->timer, CLOCK_MONOTONIC, 0, ACCURACY_US, on_timer, bridge);
	if (error >= 0 && watch >= 0)
		error = sd_event_add_io(event, NULL, watch, EPOLLIN, on_store, bridge);
	if (error < 0) {
		log_error("event loop: %s", strerror(-error));
		return error;
	}
	(void)sd_event_set_watchdog(event, true);
	sd_notify(0, "READY=1");
	log_notice("%s: bridge to OpenSID started", bridge->settings->name);
	error = sd_event_loop(event);
	sd_notify(0, "STOPPING=1");
	sd_event_source_unref(bridge->timer);
	return error;
}

static int serve(const struct settings *settings, bool once)
{
	autodb struct db *db = NULL;
	struct bridge bridge = { .settings = settings };
	sd_event *event = NULL;

	int error = db_open_existing(settings->ppidd.store_url, &db);
	if (error < 0) {
		log_error("the store of ppidd can't be used: %s%s", strerror(-error),
			error == -ENOENT ? " (start ppidd first)" : "");
		return error;
	}
	bridge.db = db;
	if (once) {
		while ((error = one_round(&bridge)) > 0)
			;
		return error;
	}
	error = sd_event_new(&event);
	if (error >= 0)
		error = run_loop(&bridge, event);
	sd_event_unref(event);
	return error;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct settings settings = { 0 };

	argp_program_version = "ppidd-opensid " KOTAK_VERSION;
	argp_err_exit_status = EXIT_CONFIG;
	log_open("ppidd-opensid", LOG_INFO);
	argp_parse(&argp, argc, argv, 0, NULL, &options);
	if (sodium_init() < 0) {
		log_error("libsodium can't start");
		return EXIT_FAILED;
	}
	int error = settings_read(options.config, &settings);
	int status = error < 0 ? EXIT_CONFIG : EXIT_FINE;
	if (error >= 0 && !options.check) {
		setenv("TZ", settings.ppidd.timezone, 1);
		tzset();
		status = serve(&settings, options.once) < 0 ? EXIT_FAILED : EXIT_FINE;
	}
	settings_free(&settings);
	return status;
}
