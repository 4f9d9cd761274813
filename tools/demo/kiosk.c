/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kiosk.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "ask.h"
#include "base/log.h"
#include "process.h"
#include "wire/event.h"

#define PANEL "panel-sim"
#define PRINTER "printer-sim"
/* The printer is asked this often, however many look at the page. */
#define PRINTER_EVERY_MS 300
#define SLIP_MAX (4L << 20)

struct kiosk {
	FILE *panel, *printer;
	FILE *watch; /* panel-sim tells of changes */
	sd_event_source *readable;
	char *line; /* what has come of a line */
	size_t size, capacity;
	json_t *told; /* the last event of each kind, by its name */
	json_t *slips;
	bool display, plugged, paper;
	json_int_t serial;
	int64_t printer_ms; /* when it was asked last */
};

/* An event replaces the one before it of its kind. */
static void take_line(struct kiosk *kiosk, const char *text, size_t size)
{
	autojson json_t *event = json_loadb(text, size, 0, NULL);
	const char *name = json_string_value(json_object_get(event, "event"));

	if (name && json_object_set(kiosk->told, name, event) == 0)
		kiosk->serial++;
}

static void take_lines(struct kiosk *kiosk)
{
	const char *end;
	size_t done = 0;

	while ((end = memchr(kiosk->line + done, '\n', kiosk->size - done))) {
		size_t size = (size_t)(end - kiosk->line) - done;

		take_line(kiosk, kiosk->line + done, size);
		done += size + 1;
	}
	kiosk->size -= done;
	memmove(kiosk->line, kiosk->line + done, kiosk->size);
}

static int on_readable(sd_event_source *source, int fd, uint32_t revents, void *context)
{
	struct kiosk *kiosk = context;

	(void)revents;
	if (kiosk->capacity - kiosk->size < BUFSIZ) {
		char *grown = realloc(kiosk->line, kiosk->capacity * 2 + BUFSIZ);
		if (!grown)
			return -ENOMEM;
		kiosk->line = grown;
		kiosk->capacity = kiosk->capacity * 2 + BUFSIZ;
	}
	ssize_t size =
		recv(fd, kiosk->line + kiosk->size, kiosk->capacity - kiosk->size, MSG_DONTWAIT);
	if (size > 0) {
		kiosk->size += (size_t)size;
		take_lines(kiosk);
	} else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
		/* That the program ended is noticed, and said, by who watches it. */
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
	}
	return 0;
}

static int open_watch(struct kiosk *kiosk, sd_event *event, const char *panel_control)
{
	int error = ask_open(panel_control, &kiosk->watch);

	if (error < 0)
		return error;
	if (dprintf(fileno(kiosk->watch), "{\"do\":\"watch\"}\n") < 0)
		return -errno;
	return sd_event_add_io(
		event, &kiosk->readable, fileno(kiosk->watch), EPOLLIN, on_readable, kiosk);
}

int kiosk_open(
	sd_event *event, const char *panel_control, const char *printer_control, struct kiosk **out)
{
	struct kiosk *kiosk = calloc(1, sizeof(*kiosk));

	if (!kiosk)
		return -ENOMEM;
	kiosk->display = kiosk->plugged = kiosk->paper = true;
	kiosk->told = json_object();
	kiosk->slips = json_array();
	int error = kiosk->told && kiosk->slips ? 0 : -ENOMEM;
	if (!error)
		error = ask_open(panel_control, &kiosk->panel);
	if (!error)
		error = ask_open(printer_control, &kiosk->printer);
	if (!error)
		error = open_watch(kiosk, event, panel_control);
	if (error < 0)
		kiosk_close(kiosk);
	else
		*out = kiosk;
	return error < 0 ? error : 0;
}

void kiosk_close(struct kiosk *kiosk)
{
	if (!kiosk)
		return;
	sd_event_source_unref(kiosk->readable);
	if (kiosk->panel)
		fclose(kiosk->panel);
	if (kiosk->printer)
		fclose(kiosk->printer);
	if (kiosk->watch)
		fclose(kiosk->watch);
	json_decref(kiosk->told);
	json_decref(kiosk->slips);
	free(kiosk->line);
	free(kiosk);
}

static json_int_t last_slip(const struct kiosk *kiosk)
{
	const json_t *last = json_array_get(kiosk->slips, json_array_size(kiosk->slips) - 1);

	return json_integer_value(json_object_get(last, "number"));
}

static int take_slips(struct kiosk *kiosk)
{
	autojson json_t *answer = NULL;
	size_t index;
	json_t *slip;

	int error = ask(kiosk->printer, PRINTER,
		json_pack("{s:s, s:I}", "do", "slips", "after", last_slip(kiosk)), &answer);
	json_array_foreach (json_object_get(answer, "slips"), index, slip) {
		if (json_array_append(kiosk->slips, slip) < 0)
			return -ENOMEM;
		kiosk->serial++;
	}
	return error;
}

static int look_at_printer(struct kiosk *kiosk)
{
	autojson json_t *answer = NULL;
	int64_t now_ms = process_clock_ms();

	if (now_ms - kiosk->printer_ms < PRINTER_EVERY_MS)
		return 0;
	kiosk->printer_ms = now_ms;
	int error = ask(kiosk->printer, PRINTER, json_pack("{s:s}", "do", "state"), &answer);
	if (!error && json_integer_value(json_object_get(answer, "slips")) > last_slip(kiosk))
		error = take_slips(kiosk);
	return error;
}

static json_t *list_slips(const struct kiosk *kiosk)
{
	json_t *list = json_array();
	size_t index;
	json_t *slip;

	json_array_foreach (kiosk->slips, index, slip) {
		const char *big =
			json_string_value(json_array_get(json_object_get(slip, "big"), 0));

		json_array_append_new(
			list, json_pack("{s:O, s:s}", "number", json_object_get(slip, "number"),
				      "ticket", big ? big : ""));
	}
	return list;
}

int kiosk_show(struct kiosk *kiosk, json_int_t after, json_t **out)
{
	int error = look_at_printer(kiosk);

	if (error < 0)
		return error;
	if (after == kiosk->serial) {
		*out = json_pack("{s:I}", "serial", kiosk->serial);
		return *out ? 0 : -ENOMEM;
	}
	*out = json_pack("{s:I, s:O*, s:O*, s:O*, s:O*, s:b, s:b, s:b, s:o}", "serial",
		kiosk->serial, "screen", json_object_get(kiosk->told, "screen"), "lamp",
		json_object_get(kiosk->told, "lamp"), "buzzer",
		json_object_get(kiosk->told, "buzzer"), "keys",
		json_object_get(kiosk->told, "keys"), "display", kiosk->display, "printer",
		kiosk->plugged, "paper", kiosk->paper, "slips", list_slips(kiosk));
	return *out ? 0 : -ENOMEM;
}

int kiosk_key(struct kiosk *kiosk, const char *key, bool down)
{
	return ask(kiosk->panel, PANEL,
		json_pack("{s:s, s:s}", "do", down ? "press" : "release", "key", key), NULL);
}

int kiosk_hands_off(struct kiosk *kiosk)
{
	return ask(kiosk->panel, PANEL, json_pack("{s:s}", "do", "hands_off"), NULL);
}

static int switch_display(struct kiosk *kiosk, bool on)
{
	return ask(kiosk->panel, PANEL,
		json_pack("{s:s, s:s}", "do", "fault", "name", on ? "i2c_plug" : "i2c_unplug"),
		NULL);
}

static int switch_paper(struct kiosk *kiosk, bool on)
{
	return ask(kiosk->printer, PRINTER,
		json_pack("{s:s, s:s}", "do", "paper", "state", on ? "in" : "out"), NULL);
}

static int switch_printer(struct kiosk *kiosk, bool on)
{
	return ask(kiosk->printer, PRINTER, json_pack("{s:s}", "do", on ? "plug" : "unplug"), NULL);
}

int kiosk_switch(struct kiosk *kiosk, const char *what, bool on)
{
	const struct {
		const char *name;
		int (*run)(struct kiosk *kiosk, bool on);
		bool *now;
	} switches[] = {
		{ "display", switch_display, &kiosk->display },
		{ "printer", switch_printer, &kiosk->plugged },
		{ "paper", switch_paper, &kiosk->paper },
	};

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++) {
		if (strcmp(switches[i].name, what) != 0)
			continue;
		if (*switches[i].now == on)
			return 0;
		int error = switches[i].run(kiosk, on);
		if (!error) {
			*switches[i].now = on;
			kiosk->serial++;
		}
		return error;
	}
	return -EINVAL;
}

static int read_file(const char *path, void **content, size_t *size)
{
	struct stat about;
	autofile FILE *file = fopen(path, "re");

	if (!file || fstat(fileno(file), &about) < 0)
		return -errno;
	if (about.st_size <= 0 || about.st_size > SLIP_MAX)
		return -EFBIG;
	*size = (size_t)about.st_size;
	*content = malloc(*size);
	if (!*content)
		return -ENOMEM;
	return fread(*content, 1, *size, file) == *size ? 0 : -EIO;
}

int kiosk_slip(struct kiosk *kiosk, json_int_t number, void **content, size_t *size)
{
	size_t index;
	json_t *slip;

	*content = NULL;
	json_array_foreach (kiosk->slips, index, slip) {
		const char *path = json_string_value(json_object_get(slip, "file"));
		if (json_integer_value(json_object_get(slip, "number")) == number && path)
			return read_file(path, content, size);
	}
	return -ENOENT;
}
