/* SPDX-License-Identifier: GPL-2.0-or-later */
/* panel-view: the simulated panel in a terminal, dot by dot, with its keys on the keyboard. */
#include <argp.h>
#include <ctype.h>
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "draw.h"
#include "feed.h"
#include "picture.h"
#include "wire/event.h"

#define EXIT_USAGE 2
#define TAP_MS 80
#define HOLD_MS 1200
#define GAP_MS 100
/* HD44780U data sheet, "Cursor/Blink Control Circuit": 409.6 ms at 250 kHz. */
#define BFEED_MS 410
#define CHECK_EVERY_MS 2000
#define KEY_ESCAPE 27
#define KEY_REDRAW 12

struct arguments {
	const char *control;
	enum draw_look look;
	bool bell;
};

struct view {
	struct feed feed;
	struct picture picture;
	struct draw_status status;
	int64_t checked_ms; /* when the violations were asked for last */
	bool bell;
	bool ended;
};

const char *argp_program_version = "panel-view " KOTAK_VERSION;

static const char documentation[] =
	"Shows the panel that panel-sim simulates, dot by dot, and types on its keypad.\v"
	"Keys: 0-9 * # a-d are the keypad's, Enter is #, Backspace is *. A key after \"!\", or a "
	"capital A-D, is held. Esc lets go of everything, q ends.";

enum {
	OPTION_CONTROL = 1000,
	OPTION_PLAIN,
	OPTION_LOOK,
	OPTION_BELL,
};

static const struct argp_option options[] = {
	{ "control", OPTION_CONTROL, "SOCKET", 0, "panel-sim's control socket", 0 },
	{ "look", OPTION_LOOK, "blocks|braille|plain", 0,
		"how dots are drawn; else the largest that fits", 0 },
	{ "plain", OPTION_PLAIN, NULL, 0, "the same as --look plain: characters", 0 },
	{ "bell", OPTION_BELL, NULL, 0, "ring the terminal's bell when the buzzer sounds", 0 },
	{ 0 },
};

static enum draw_look read_look(const struct argp_state *state, const char *word)
{
	static const char *const words[] = {
		[DRAW_BLOCKS] = "blocks", [DRAW_BRAILLE] = "braille", [DRAW_PLAIN] = "plain"
	};

	for (enum draw_look look = DRAW_BLOCKS; look <= DRAW_PLAIN; look++)
		if (!strcmp(words[look], word))
			return look;
	argp_error(state, "--look wants blocks, braille or plain");
	return DRAW_AUTO;
}

static error_t take_option(int key, char *value, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_CONTROL:
		arguments->control = value;
		return 0;
	case OPTION_PLAIN:
		arguments->look = DRAW_PLAIN;
		return 0;
	case OPTION_LOOK:
		arguments->look = read_look(state, value);
		return 0;
	case OPTION_BELL:
		arguments->bell = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: no such option", value);
		return 0;
	case ARGP_KEY_END:
		if (!arguments->control)
			argp_error(state, "--control is wanted: the socket of panel-sim");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void tap(struct view *view, char key, bool hold)
{
	const char text[2] = { key, '\0' };

	feed_ask(&view->feed, json_pack("{s:s, s:s, s:i, s:i, s:b}", "do", "tap", "key", text, "ms",
				      hold ? HOLD_MS : TAP_MS, "gap_ms", GAP_MS, "wait", 0));
}

/* The keypad's key that a key of the keyboard stands for, or 0. */
static char keypad_key(int pressed)
{
	if (pressed == '\n' || pressed == '\r' || pressed == KEY_ENTER)
		return '#';
	if (pressed == KEY_BACKSPACE || pressed == 127 || pressed == '\b')
		return '*';
	if (pressed > 0 && pressed < 128 && strchr("0123456789*#abcdABCD", pressed))
		return (char)toupper(pressed);
	return '\0';
}

static void take_key(struct view *view, int pressed)
{
	char key = keypad_key(pressed);

	if (key) {
		tap(view, key, view->status.holding || strchr("ABCD", pressed));
		view->status.holding = false;
	} else if (pressed == '!') {
		view->status.holding = !view->status.holding;
	} else if (pressed == KEY_ESCAPE) {
		view->status.holding = false;
		feed_ask(&view->feed, json_pack("{s:s}", "do", "hands_off"));
	} else if (pressed == KEY_REDRAW) {
		clearok(curscr, TRUE);
	} else if (pressed == 'q') {
		view->ended = true;
	}
}

static void take_lines(struct view *view, int64_t now_ms)
{
	json_t *line;

	if (!feed_read(&view->feed, now_ms))
		return;
	while ((line = feed_next(&view->feed))) {
		autojson json_t *owned = line;

		if (picture_take(&view->picture, owned) && view->bell)
			beep();
	}
}

/* When something is to be done without anybody asking. */
static int wait_ms(const struct view *view, int64_t now_ms)
{
	int64_t until_ms =
		view->feed.fd < 0 ? view->feed.retry_ms : view->checked_ms + CHECK_EVERY_MS;
	int64_t bfeed_ms = (now_ms / BFEED_MS + 1) * BFEED_MS;

	if (view->picture.cursor_block && bfeed_ms < until_ms)
		until_ms = bfeed_ms;
	return until_ms > now_ms ? (int)(until_ms - now_ms) : 0;
}

static void keep_feed(struct view *view, int64_t now_ms)
{
	bool before = view->status.connected;

	view->status.connected = feed_keep(&view->feed, now_ms);
	if (before && !view->status.connected)
		picture_init(&view->picture);
	if (view->status.connected && now_ms - view->checked_ms >= CHECK_EVERY_MS) {
		view->checked_ms = now_ms;
		feed_ask(&view->feed, json_pack("{s:s}", "do", "violations"));
	}
}

static int run(struct view *view, enum draw_look look)
{
	while (!view->ended) {
		int64_t now_ms = clock_ms();
		int pressed;

		keep_feed(view, now_ms);
		view->status.blink = now_ms / BFEED_MS % 2 == 0;
		draw_panel(&view->picture, &view->status, look);
		struct pollfd polled[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
			{ .fd = view->feed.fd, .events = POLLIN } };
		if (poll(polled, 2, wait_ms(view, now_ms)) < 0 && errno != EINTR)
			return -errno;
		while ((pressed = getch()) != ERR)
			take_key(view, pressed);
		if (polled[0].revents & (POLLHUP | POLLERR))
			view->ended = true;
		if (view->feed.fd >= 0)
			take_lines(view, clock_ms());
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = { options, take_option, NULL, documentation, NULL, NULL,
		NULL };
	struct arguments arguments = { 0 };
	struct view view = { .feed.fd = -1 };
	SCREEN *screen;
	int result;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	setlocale(LC_ALL, "");
	view.feed.path = view.status.path = arguments.control;
	view.bell = arguments.bell;
	picture_init(&view.picture);
	screen = newterm(NULL, stdout, stdin);
	if (!screen) {
		fputs("panel-view: this terminal can't be drawn on: set TERM\n", stderr);
		return EXIT_FAILURE;
	}
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	draw_begin(!strcmp(nl_langinfo(CODESET), "UTF-8"));
	result = run(&view, arguments.look);
	endwin();
	delscreen(screen);
	feed_close(&view.feed, 0);
	if (result < 0)
		fprintf(stderr, "panel-view: ended: %s\n", strerror(-result));
	return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
