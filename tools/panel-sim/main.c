/* SPDX-License-Identifier: GPL-2.0-or-later */
/* panel-sim: keypad, display, buzzer and lamp of the lobby's panel, without the hardware. */
#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "control.h"
#include "sim.h"

#define EXIT_USAGE 2
#define I2C_ADDRESS 0x27
#define US_PER_MS 1000

struct arguments {
	struct board_options board;
	const char *lines, *control, *request;
};

const char *argp_program_version = "panel-sim " KOTAK_VERSION;

static const char documentation[] =
	"The lobby panel's hardware, simulated: lines, key switches that bounce, an HD44780 on "
	"lines and one behind a PCF8574, buzzer, lamp.\v"
	"Drivers connect to the socket of --lines, people and tests to the one of --control: one "
	"JSON object a line each way, see panel-sim(1). \"ready\" is printed (and READY=1 sent to "
	"systemd) once both are there.";

enum {
	OPTION_LINES = 1000,
	OPTION_CONTROL,
	OPTION_SIZE,
	OPTION_KEYPAD,
	OPTION_WIRING,
	OPTION_ADDRESS,
	OPTION_BOUNCE,
	OPTION_SEED,
	OPTION_DO,
};

static const struct argp_option options[] = {
	{ "lines", OPTION_LINES, "SOCKET", 0, "where drivers connect", 0 },
	{ "control", OPTION_CONTROL, "SOCKET", 0, "where requests are taken", 0 },
	{ "size", OPTION_SIZE, "20x4|16x2", 0, "the display's (20x4)", 0 },
	{ "keypad", OPTION_KEYPAD, "4x4|4x3", 0, "with the letters A to D or without (4x4)", 0 },
	{ "wiring", OPTION_WIRING, "a|b", 0, "of the I2C backpack (a)", 0 },
	{ "address", OPTION_ADDRESS, "N", 0, "of the I2C backpack (0x27)", 0 },
	{ "bounce", OPTION_BOUNCE, "LEAST-MOST", 0, "how many ms contacts bounce (1-20); 0: never",
		0 },
	{ "seed", OPTION_SEED, "N", 0, "of the bouncing (1)", 0 },
	{ "do", OPTION_DO, "REQUEST", 0, "send one request to --control, print the answer", 0 },
	{ 0 },
};

static unsigned long read_number(
	const struct argp_state *state, const char *text, unsigned long most, const char *wanted)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || value > most)
		argp_error(state, "%s is not %s", text, wanted);
	return value;
}

/* "1-20", or "0". */
static void read_bounce(
	const struct argp_state *state, const char *text, struct board_options *board)
{
	const long most_ms = BOUNCE_MOST_US / US_PER_MS;
	char *end;
	long least = strtol(text, &end, 10);
	long most = least;

	if (end != text && *end == '-')
		most = strtol(end + 1, &end, 10);
	if (end == text || *end || least < 0 || most < least || most > most_ms)
		argp_error(state, "--bounce wants LEAST-MOST in milliseconds, up to %ld", most_ms);
	board->bounce_least_us = least * US_PER_MS;
	board->bounce_most_us = most * US_PER_MS;
}

/* Which of the two words it is. */
static bool choose(
	const struct argp_state *state, const char *text, const char *first, const char *second)
{
	if (strcmp(text, first) != 0 && strcmp(text, second) != 0)
		argp_error(state, "%s is neither %s nor %s", text, first, second);
	return strcmp(text, second) == 0;
}

static error_t take_option(int key, char *value, struct argp_state *state)
{
	struct arguments *arguments = state->input;
	struct board_options *board = &arguments->board;

	switch (key) {
	case OPTION_LINES:
		arguments->lines = value;
		return 0;
	case OPTION_CONTROL:
		arguments->control = value;
		return 0;
	case OPTION_SIZE:
		board->columns = choose(state, value, "20x4", "16x2") ? 16 : 20;
		board->rows = board->columns == 16 ? 2 : 4;
		return 0;
	case OPTION_KEYPAD:
		board->keypad_columns = choose(state, value, "4x4", "4x3") ? 3 : 4;
		return 0;
	case OPTION_WIRING:
		board->wiring = choose(state, value, "a", "b") ? EXPANDER_B : EXPANDER_A;
		return 0;
	case OPTION_ADDRESS:
		board->i2c_address =
			(unsigned)read_number(state, value, 0x77, "an I2C address (up to 0x77)");
		return 0;
	case OPTION_BOUNCE:
		read_bounce(state, value, board);
		return 0;
	case OPTION_SEED:
		board->seed = read_number(state, value, ULONG_MAX, "a number");
		return 0;
	case OPTION_DO:
		arguments->request = value;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: no such option", value);
		return 0;
	case ARGP_KEY_END:
		if (!arguments->control || (!arguments->lines && !arguments->request))
			argp_error(state, "--lines and --control are wanted");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
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

static int run(const struct arguments *arguments)
{
	struct sim sim = { 0 };
	sd_event *loop = NULL;
	int result = sd_event_new(&loop);

	if (result >= 0)
		result = stop_on_signals(loop);
	if (result >= 0)
		result = sim_open(
			loop, &arguments->board, arguments->lines, arguments->control, &sim);
	if (result >= 0) {
		puts("ready");
		fflush(stdout);
		sd_notify(0, "READY=1");
		result = sd_event_loop(loop);
	}
	if (result < 0)
		log_error("ended: %s", strerror(-result));
	sim_close(&sim);
	sd_event_unref(loop);
	return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static const struct argp argp = { options, take_option, NULL, documentation, NULL, NULL,
		NULL };
	struct arguments arguments = { .board = { .columns = 20,
					       .rows = 4,
					       .keypad_columns = 4,
					       .wiring = EXPANDER_A,
					       .i2c_address = I2C_ADDRESS,
					       .seed = 1,
					       .bounce_least_us = US_PER_MS,
					       .bounce_most_us = 20 * US_PER_MS } };

	log_open("panel-sim", LOG_INFO);
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (arguments.request)
		return control_client(arguments.control, arguments.request);
	return run(&arguments);
}
