/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "panel/worker.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/json.h"
#include "base/link.h"
#include "base/log.h"
#include "panel/echo.h"
#include "panel/panel.h"

/* kotakd sends the start message before it runs the worker: it is there already. */
#define START_WITHIN_MS 10000
/* Devices that couldn't be opened are tried again. */
#define OPEN_AGAIN_US 10000000
/* The display is initialised anew at a change of screens, when it wasn't for so long … */
#define REFRESH_SCREEN_US 3000000
/* … and between keys, so that garbage goes by itself while a long text is thought about … */
#define REFRESH_ANYWAY_US 10000000
/* … but not when the next key may come any moment. */
#define REFRESH_QUIET_US 1000000
/* How often echo figures are told while keys are pressed. */
#define FIGURES_US 5000000
/* How long the display may take to be wiped at the end. */
#define WIPE_US 300000
/* So many messages of kotakd are taken before keys are looked at again. */
#define MESSAGES_AT_ONCE 16

struct panel_worker {
	const struct panel_drivers *drivers;
	struct link *link;
	json_t *start;
	struct panel_wanted wanted; /* points into start */
	struct panel_devices devices;
	bool open;
	int64_t open_us; /* when they are to be opened (again) */
	char trouble[200];

	struct panel *panel;
	struct display_frame shown; /* what the display was last told to show */
	bool drawing;		    /* it doesn't show that yet */
	uint64_t screen;
	int64_t refreshed_us;
	int64_t touched_us; /* the last key */

	int64_t key_us; /* the first edge of a key whose echo isn't on the display; 0: none */
	struct echo echo;
	uint64_t echo_told;
	int64_t figures_us;
	char told[3][200]; /* the troubles of the last status message */
	bool told_any;
};

static int64_t monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Keys come before everything else on this machine; where that isn't allowed, it goes without. */
static void be_urgent(void)
{
	const struct sched_param least = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &least) < 0)
		log_debug("panel: no real-time priority: %s", strerror(errno));
	/* A page that has to come back from the SD card first is late. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0)
		log_debug("panel: memory can't be locked: %s", strerror(errno));
}

/* Waits for the start message and reads what devices are wanted. */
static int receive_start(struct panel_worker *self)
{
	struct pollfd wait = { .fd = link_fd(self->link), .events = POLLIN };
	int i2c = 0, bus = 0, address = 0, columns = 0, rows = 0, wiring_b = 0;

	if (poll(&wait, 1, START_WITHIN_MS) != 1)
		return -ETIMEDOUT;
	int result = link_next(self->link, &self->start);
	if (result != 1)
		return result < 0 ? result : -EPROTO;
	struct panel_wanted *wanted = &self->wanted;
	/* On real lines there is no simulator's socket, and the member is null. */
	wanted->lines = json_string_value(json_object_get(self->start, "lines"));
	if (json_unpack(self->start, "{s:s, s:s, s:{s:i, s:i, s:b, s?i, s?i, s?b}}", "driver",
		    &wanted->driver, "board", &wanted->board, "display", "columns", &columns,
		    "rows", &rows, "i2c", &i2c, "bus", &bus, "address", &address, "wiring_b",
		    &wiring_b) < 0)
		return -EPROTO;
	if (columns < 0 || rows < 0 || bus < 0 || address < 0)
		return -EPROTO;
	wanted->columns = (unsigned)columns;
	wanted->rows = (unsigned)rows;
	wanted->i2c = i2c;
	wanted->bus = (unsigned)bus;
	wanted->address = (unsigned)address;
	wanted->wiring_b = wiring_b;
	return 0;
}

/* Opens the devices and begins the conversation on them. */
static void open_devices(struct panel_worker *self, int64_t now_us)
{
	self->trouble[0] = '\0';
	int result = self->drivers->open(
		&self->wanted, &self->devices, self->trouble, sizeof(self->trouble));
	if (result < 0) {
		self->open_us = now_us + OPEN_AGAIN_US;
		return;
	}
	const struct panel_config config = { .columns = self->wanted.columns,
		.rows = self->wanted.rows,
		.has_letters = self->devices.keypad->ops->has_letters(self->devices.keypad) };
	result = panel_new(&config, now_us / 1000, &self->panel);
	if (result == 0)
		result = panel_take(self->panel, self->start, now_us / 1000);
	if (result < 0) {
		snprintf(self->trouble, sizeof(self->trouble), "the conversation can't begin: %s",
			strerror(-result));
		panel_free(take_pointer(self->panel));
		self->drivers->close(&self->devices);
		self->open_us = now_us + OPEN_AGAIN_US;
		return;
	}
	self->open = true;
	self->refreshed_us = now_us;
	self->screen = panel_screen(self->panel);
	/* Anything differs from this, so the first frame is drawn. */
	memset(&self->shown, 0xff, sizeof(self->shown));
}

static void handle_key(struct panel_worker *self, const struct keypad_event *event, int64_t now_us)
{
	static const enum signals_sound sounds[] = {
		[PANEL_CLICK] = SIGNALS_CLICK,
		[PANEL_REFUSED] = SIGNALS_REFUSED,
		[PANEL_SUCCESS] = SIGNALS_SUCCESS,
		[PANEL_WARNING] = SIGNALS_WARNING,
	};

	if (event) {
		self->touched_us = now_us;
		if (event->action == KEYPAD_PRESS && !self->key_us)
			self->key_us = event->time_us;
		if (panel_key(self->panel, event, now_us / 1000) < 0)
			log_error("panel: out of memory, a key is lost");
	}
	enum panel_sound sound = panel_take_sound(self->panel);
	if (sound != PANEL_SILENT)
		self->devices.signals->ops->sound(self->devices.signals, sounds[sound], now_us);
}

static void handle_keys(struct panel_worker *self, int64_t now_us)
{
	struct keypad *keypad = self->devices.keypad;
	struct keypad_event event;

	while (keypad->ops->next(keypad, &event, now_us) == 1)
		handle_key(self, &event, now_us);
}

/* 0, or a negative errno when kotakd is gone or not itself. */
static int handle_messages(struct panel_worker *self, int64_t now_us)
{
	int result = 0;

	for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
		autojson json_t *message = NULL;

		result = link_next(self->link, &message);
		if (result != 1)
			return result;
		if (!self->panel)
			continue;
		int taken = panel_take(self->panel, message, now_us / 1000);
		if (taken < 0)
			log_warning("panel: a message of kotakd's (%s) is passed over: %s",
				json_string_value(json_object_get(message, "type")),
				strerror(-taken));
	}
	return 0;
}

static bool same_frame(const struct display_frame *left, const struct display_frame *right)
{
	return memcmp(left->cells, right->cells, sizeof(left->cells)) == 0 &&
	       memcmp(left->glyphs, right->glyphs, sizeof(left->glyphs)) == 0 &&
	       left->cursor == right->cursor && left->cursor_row == right->cursor_row &&
	       left->cursor_column == right->cursor_column && left->backlight == right->backlight;
}

/* When the display is to be initialised anew though its screen stays. */
static int64_t refresh_deadline(const struct panel_worker *self)
{
	int64_t due_us = self->refreshed_us + REFRESH_ANYWAY_US;
	int64_t quiet_us = self->touched_us + REFRESH_QUIET_US;

	return due_us > quiet_us ? due_us : quiet_us;
}

/* Gives the display a new frame, when there is one. */
static void draw(struct panel_worker *self, int64_t now_us)
{
	struct display *display = self->devices.display;
	const struct display_frame *frame = panel_frame(self->panel);
	bool changed = panel_screen(self->panel) != self->screen;

	if (now_us >= refresh_deadline(self) ||
		(changed && now_us - self->refreshed_us >= REFRESH_SCREEN_US)) {
		display->ops->refresh(display);
		self->refreshed_us = now_us;
		self->drawing = true;
	}
	/* A new screen is more than an echo: its time would say nothing of letters. */
	if (changed)
		self->key_us = 0;
	self->screen = panel_screen(self->panel);
	if (same_frame(frame, &self->shown)) {
		if (!self->drawing)
			self->key_us = 0;
		return;
	}
	self->shown = *frame;
	display->ops->draw(display, frame);
	self->drawing = true;
}

static void work(struct panel_worker *self, int64_t now_us)
{
	struct display *display = self->devices.display;

	if (now_us < display->ops->deadline(display))
		return;
	int result = display->ops->work(display, now_us);
	self->drawing = result > 0;
	if (result == 0 && self->key_us)
		echo_add(&self->echo, monotonic_us() - self->key_us);
	if (result <= 0)
		self->key_us = 0;
}

/* What is wrong, and the figures, when either is news. */
static int tell_status(struct panel_worker *self, int64_t now_us)
{
	const struct panel_devices *devices = &self->devices;
	const char *now[3] = { "", "", self->trouble };
	bool news = !self->told_any;

	if (self->open) {
		now[0] = devices->display->ops->trouble(devices->display);
		now[1] = devices->keypad->ops->trouble(devices->keypad);
		now[2] = devices->signals->ops->trouble(devices->signals);
	}
	for (size_t i = 0; i < ARRAY_SIZE(now); i++)
		news = news || strncmp(now[i], self->told[i], sizeof(self->told[i]) - 1) != 0;
	if (!news && (self->echo.count == self->echo_told || now_us < self->figures_us))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(now); i++)
		snprintf(self->told[i], sizeof(self->told[i]), "%s", now[i]);
	self->told_any = true;
	self->echo_told = self->echo.count;
	self->figures_us = now_us + FIGURES_US;
	return link_send_new(
		self->link, json_pack("{s:s, s:s, s:s, s:s, s:o}", "type", "status", "display",
				    self->told[0], "keypad", self->told[1], "lines", self->told[2],
				    "echo", echo_figures(&self->echo)));
}

static int tell_kotakd(struct panel_worker *self, int64_t now_us)
{
	int result = tell_status(self, now_us);
	json_t *message;

	/* While kotakd doesn't read, the conversation keeps only its newest draft. */
	while (result == 0 && self->panel && !link_waiting(self->link) &&
		(message = panel_give(self->panel)) != NULL)
		result = link_send_new(self->link, message);
	if (result == 0)
		result = link_flush(self->link);
	return result == -EAGAIN ? 0 : result;
}

static int64_t earlier(int64_t left, int64_t right)
{
	return left < right ? left : right;
}

static int64_t next_deadline(const struct panel_worker *self)
{
	const struct panel_devices *devices = &self->devices;
	int64_t next = INT64_MAX;

	if (!self->open)
		return self->open_us;
	next = earlier(next, devices->keypad->ops->deadline(devices->keypad));
	next = earlier(next, devices->display->ops->deadline(devices->display));
	next = earlier(next, devices->signals->ops->deadline(devices->signals));
	int64_t panel_ms = panel_deadline(self->panel);
	if (panel_ms < INT64_MAX / 1000)
		next = earlier(next, panel_ms * 1000);
	if (self->echo.count != self->echo_told)
		next = earlier(next, self->figures_us);
	return earlier(next, refresh_deadline(self));
}

/* Sleeps until something happens or is due. */
static int wait_for_work(struct panel_worker *self)
{
	struct pollfd polled[2] = {
		{ .fd = link_fd(self->link),
			.events = (short)(POLLIN | (link_waiting(self->link) ? POLLOUT : 0)) },
		{ .fd = -1, .events = POLLIN },
	};
	int64_t deadline = next_deadline(self);
	int64_t left = deadline - monotonic_us();
	struct timespec timeout = { 0 };

	if (self->open)
		polled[1].fd = self->devices.keypad->ops->fd(self->devices.keypad);
	if (left > 0)
		timeout = (struct timespec) { .tv_sec = (time_t)(left / 1000000),
			.tv_nsec = (long)(left % 1000000) * 1000 };
	if (ppoll(polled, ARRAY_SIZE(polled), deadline == INT64_MAX ? NULL : &timeout, NULL) < 0 &&
		errno != EINTR)
		return -errno;
	return 0;
}

/* One turn: keys first, the display next, kotakd last. */
static int turn(struct panel_worker *self)
{
	int64_t now_us = monotonic_us();

	if (!self->open && now_us >= self->open_us)
		open_devices(self, now_us);
	if (self->open) {
		handle_keys(self, now_us);
		draw(self, now_us);
		work(self, now_us);
	}
	int result = handle_messages(self, now_us);
	if (result == 0 && self->open) {
		struct signals *signals = self->devices.signals;

		result = panel_tick(self->panel, now_us / 1000);
		handle_key(self, NULL, now_us);
		signals->ops->lamp(signals, (enum signals_lamp)panel_lamp(self->panel), now_us);
		signals->ops->tick(signals, now_us);
		draw(self, now_us);
	}
	return result < 0 ? result : tell_kotakd(self, now_us);
}

/* Nothing of anybody stays on the glass when nobody drives it any more. */
static void wipe(struct panel_worker *self)
{
	struct display *display = self->devices.display;
	struct display_frame blank = { 0 };
	int64_t end_us = monotonic_us() + WIPE_US;

	if (!self->open)
		return;
	memset(blank.cells, ' ', sizeof(blank.cells));
	display->ops->draw(display, &blank);
	while (monotonic_us() < end_us) {
		struct timespec pause = { .tv_nsec = 1000000 };
		int result = display->ops->work(display, monotonic_us());

		if (result <= 0)
			return;
		ppoll(NULL, 0, &pause, NULL);
	}
}

static void release(struct panel_worker *self)
{
	panel_free(self->panel);
	if (self->open)
		self->drivers->close(&self->devices);
	json_decref(self->start);
	link_free(self->link);
}

int panel_worker_main(int fd, const struct panel_drivers *drivers)
{
	struct panel_worker self = { .drivers = drivers };
	int result = link_new(fd, &self.link);

	be_urgent();
	if (result == 0)
		result = receive_start(&self);
	if (result < 0)
		log_error("panel: kotakd doesn't say how to start: %s", strerror(-result));
	while (result == 0) {
		result = turn(&self);
		if (result == 0)
			result = wait_for_work(&self);
	}
	if (result != -EPIPE)
		log_error("panel: stopping: %s", strerror(-result));
	wipe(&self);
	release(&self);
	return result == -EPIPE ? EXIT_SUCCESS : EXIT_FAILURE;
}
