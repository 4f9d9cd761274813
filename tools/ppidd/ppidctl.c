/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppidctl: the administrator's command; works beside a running ppidd. */
#include <argp.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/config.h"
#include "tools/ppidd/ctl.h"
#include "tools/ppidd/officer.h"

#define WORDS_MAX 8

struct options {
	const char *config, *as;
	bool json;
	char *words[WORDS_MAX];
	unsigned count;
};

static error_t take_option(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'c':
		options->config = value;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'a':
		if (!officer_name_valid(value))
			argp_error(state, "--as: a name has letters, digits and . _ - @");
		options->as = value;
		return 0;
	case ARGP_KEY_ARG:
		if (options->count == WORDS_MAX)
			argp_error(state, "too many arguments");
		else
			options->words[options->count++] = value;
		return 0;
	case ARGP_KEY_END:
		if (!options->config)
			argp_error(state, "--config FILE is missing");
		if (options->count == 0)
			argp_error(state, "a command is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* --help lists the commands from their table. */
static char *help_filter(int key, const char *text, void *input)
{
	char *out = NULL;
	size_t size = 0;
	(void)input;

	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	FILE *stream = open_memstream(&out, &size);
	if (!stream)
		return NULL;
	fputs("Commands:\n", stream);
	for (const struct ctl_command *command = ctl_commands; command->words; command++)
		fprintf(stream, "  %s %s: %s\n", command->words, command->arguments, command->help);
	if (fclose(stream) != 0) {
		free(out);
		return NULL;
	}
	return out;
}

static const struct argp argp = {
	.options =
		(const struct argp_option[]) {
			{ "config", 'c', "FILE", 0, "ppidd's configuration, see ppidd.conf(5)", 0 },
			{ "json", 'j', NULL, 0, "Write JSON", 0 },
			{ "as", 'a', "NAME", 0, "Act as this officer in the event log", 0 },
			{ 0 },
		},
	.parser = take_option,
	.args_doc = "COMMAND [ARGUMENT...]",
	.doc = "The administrator's command of the central PPID server.\v ",
	.help_filter = help_filter,
};

/* How many of the given words are the command's; 0 when it is another. */
static unsigned command_matches(const struct ctl_command *command, const struct options *options)
{
	const char *at = command->words;
	unsigned used = 0;

	while (*at) {
		size_t length = strcspn(at, " ");
		if (used == options->count || strlen(options->words[used]) != length ||
			strncmp(options->words[used], at, length) != 0)
			return 0;
		used++;
		at += length + (at[length] == ' ');
	}
	return used;
}

static const struct ctl_command *find_command(const struct options *options, unsigned *used)
{
	for (const struct ctl_command *command = ctl_commands; command->words; command++) {
		*used = command_matches(command, options);
		if (*used > 0)
			return command;
	}
	return NULL;
}

static int run(struct options *options, const struct config *config)
{
	autodb struct db *db = NULL;
	struct timespec now;
	char actor[OFFICER_NAME_MAX + 16];
	unsigned used = 0;

	const struct ctl_command *command = find_command(options, &used);
	if (!command) {
		log_error("unknown command: %s (see ppidctl --help)", options->words[0]);
		return CTL_USAGE;
	}
	unsigned count = options->count - used;
	if (count < command->least || count > command->most) {
		log_error("usage: ppidctl --config FILE %s %s", command->words, command->arguments);
		return CTL_USAGE;
	}
	int error = db_open(config->store_url, &db);
	if (error < 0) {
		log_error("the store of [store] url can't be used: %s", strerror(-error));
		return CTL_FAILED;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(actor, sizeof(actor), "officer:%s", options->as ? options->as : "ppidctl");
	struct ctl ctl = {
		.db = db,
		.step = { .now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
			.actor = actor },
		.json = options->json,
		.count = count,
		.arguments = options->words + used,
	};
	return command->run(&ctl);
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct config config = { 0 };

	argp_program_version = "ppidctl " KOTAK_VERSION;
	argp_err_exit_status = CTL_USAGE;
	log_open("ppidctl", LOG_WARNING);
	argp_parse(&argp, argc, argv, 0, NULL, &options);
	if (sodium_init() < 0) {
		log_error("libsodium can't start");
		return CTL_FAILED;
	}
	int status = config_read(options.config, &config) < 0 ? CTL_USAGE : CTL_FINE;
	if (status == CTL_FINE) {
		/* Deadlines are counted by the office's days here too. */
		setenv("TZ", config.timezone, 1);
		tzset();
		deadline_use(&config.deadlines);
		status = run(&options, &config);
	}
	config_free(&config);
	if (status == CTL_FINE && (fflush(stdout) != 0 || ferror(stdout))) {
		log_error("can't write: %s", strerror(errno));
		status = CTL_FAILED;
	}
	return status;
}
