/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <argp.h>
#include <errno.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "tools/kotakctl/kotakctl.h"

#define DEFAULT_CONFIG "/etc/kotak/kotakd.conf"
#define ARGUMENTS_MAX 2

static const struct command {
	const char *name;
	int least, most; /* arguments */
	command_function *run;
	const char *takes; /* in words; NULL: no arguments */
} commands[] = {
	{ "status", 0, 0, command_status, NULL },
	{ "complaints", 0, 0, command_complaints, NULL },
	{ "show", 1, 1, command_show, "a ticket number" },
	{ "inbox", 0, 0, command_inbox, NULL },
	{ "outbox", 0, 0, command_outbox, NULL },
	{ "events", 0, 1, command_events, "a ticket number or nothing" },
	{ "verify", 0, 0, command_verify, NULL },
	{ "enroll", 2, 2, command_enroll, "a URL and a code" },
	{ "doctor", 0, 0, command_doctor, NULL },
	{ "backup", 1, 1, command_backup, "a file" },
	{ "restore", 1, 1, command_restore, "a file" },
	{ "export", 0, 0, command_export, NULL },
};

struct command_line {
	const char *config;
	const char *name;
	char *arguments[ARGUMENTS_MAX];
	int argument_count;
	bool json;
};

const char *argp_program_version = "kotakctl " KOTAK_VERSION;

static const char documentation[] =
	"Shows and tends a Kotak kiosk.\v"
	"Commands:\n"
	"  status             what works, what doesn't and since when, and what to do\n"
	"  complaints         all complaints\n"
	"  show TICKET        one complaint with its events\n"
	"  inbox              messages received, and what became of them\n"
	"  outbox             messages sent or to be sent\n"
	"  events [TICKET]    the event log\n"
	"  verify             proves that the event log is unaltered\n"
	"  enroll URL CODE    makes this kiosk known to the server\n"
	"  doctor             checks the installation\n"
	"  backup FILE        a copy of the database, also while kotakd runs\n"
	"  restore FILE       puts such a copy back; kotakd must be stopped\n"
	"  export             everything as JSON\n"
	"\n"
	"Exit status: 0 fine, 1 failed, 2 usage or configuration.";

static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "kotakd's configuration (" DEFAULT_CONFIG ")", 0 },
	{ "json", 'j', NULL, 0, "print JSON", 0 },
	{ 0 },
};

static error_t take_option(int key, char *value, struct argp_state *state)
{
	struct command_line *line = state->input;

	switch (key) {
	case 'c':
		line->config = value;
		return 0;
	case 'j':
		line->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!line->name)
			line->name = value;
		else if (line->argument_count < ARGUMENTS_MAX)
			line->arguments[line->argument_count++] = value;
		else
			argp_error(state, "too many arguments: %s", value);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which command?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct command *find_command(const struct command_line *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *command = &commands[i];
		if (strcmp(command->name, line->name) != 0)
			continue;
		if (line->argument_count >= command->least && line->argument_count <= command->most)
			return command;
		log_error("%s takes %s: see kotakctl --help", command->name,
			command->takes ? command->takes : "no arguments");
		return NULL;
	}
	log_error("%s: no such command: see kotakctl --help", line->name);
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct argp argp = { options, take_option, "COMMAND [ARGUMENT...]",
		documentation, NULL, NULL, NULL };
	struct command_line line = { .config = DEFAULT_CONFIG };
	struct config config;
	enum outcome outcome = OUTCOME_USAGE;

	log_open("kotakctl", LOG_NOTICE);
	/* Only what characters are: messages and numbers stay as scripts expect them. */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		log_warning("locale C.UTF-8 is missing: letters beyond ASCII are shown escaped");
	argp_err_exit_status = OUTCOME_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &line);
	const struct command *command = find_command(&line);
	if (!command)
		return (int)OUTCOME_USAGE;
	if (sodium_init() < 0) {
		log_error("no random numbers to be had: check /dev/urandom");
		return (int)OUTCOME_FAILED;
	}
	if (config_load(line.config, &config) == 0) {
		struct request request = { .config = &config,
			.config_path = line.config,
			.arguments = line.arguments,
			.argument_count = line.argument_count,
			.json = line.json };
		/* Times are shown as they are where the kiosk stands. */
		setenv("TZ", config.timezone, 1);
		tzset();
		outcome = command->run(&request);
	}
	/* A listing that didn't get to its file is no listing. */
	if (fflush(stdout) == EOF || ferror(stdout)) {
		log_error("what was to be printed could not be written: %s", strerror(errno));
		outcome = OUTCOME_FAILED;
	}
	config_release(&config);
	return (int)outcome;
}
