/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vm/rig.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/vm/tracing.h"
#include "tools/panel-sim/trace.h"

#define MODULES "/run/modules/"
#define CHIP_FOLDER "/sys/kernel/config/gpio-sim/panel"
#define GPIO_CLASS "/sys/class/gpio"
#define MATRIX "/sys/module/key_matrix/parameters/"
#define SINK "/sys/module/i2c_sink/parameters/"
#define NUMBER_SIZE 16
#define PATH_SIZE 512
#define MARK_POWER_LINES (-1)
#define MARK_POWER_BACKPACK (-2)
#define MARK_PULLED (-3)

static const char *const names[RIG_LINES] = { "ROW1", "ROW2", "ROW3", "ROW4", "COLUMN1", "COLUMN2",
	"COLUMN3", "COLUMN4", "RS", "ENABLE", "D4", "D5", "D6", "D7", "BACKLIGHT", "BUZZER",
	"LAMP" };

struct rig {
	struct tracing *tracing;
	unsigned base; /* the kernel's number of the chip's first line */
	struct hd44780 *displays[2];
	struct pcf8574 expander;
	bool levels[RIG_LINES];
	uint64_t changes[RIG_LINES];
	int64_t pressed_ns, echoed_ns, shown_ns;
	uint8_t cells[2][HD44780_ROWS_MAX][HD44780_COLUMNS_MAX]; /* at the last press */
	int64_t rose_ns, set_ns; /* E's last rise; the last change of RS or data */
	struct rig_times times;
};

int rig_lock_memory(void)
{
	if (mlockall(MCL_CURRENT | MCL_FUTURE) == 0)
		return 0;
	perror("mlockall");
	return -errno;
}

static int load_module(const char *name, const char *parameters)
{
	char path[PATH_SIZE];
	int result = 0;
	autoclose int fd = -1;

	snprintf(path, sizeof(path), MODULES "%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (syscall(SYS_finit_module, fd, parameters, 0) < 0 && errno != EEXIST))
		result = -errno;
	if (result)
		fprintf(stderr, "%s: %s\n", path, strerror(-result));
	return result;
}

static int make_folder(const char *path)
{
	int result = mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;

	if (result)
		fprintf(stderr, "%s: %s\n", path, strerror(-result));
	return result;
}

static int make_chip(void)
{
	char path[PATH_SIZE], number[NUMBER_SIZE];
	int result = make_folder(CHIP_FOLDER);

	if (!result)
		result = make_folder(CHIP_FOLDER "/bank0");
	snprintf(number, sizeof(number), "%d", RIG_LINES);
	if (!result)
		result = tracing_put(CHIP_FOLDER "/bank0/num_lines", number);
	if (!result)
		result = tracing_put(CHIP_FOLDER "/bank0/label", RIG_CHIP);
	for (int i = 0; !result && i < RIG_LINES; i++) {
		snprintf(path, sizeof(path), CHIP_FOLDER "/bank0/line%d", i);
		result = make_folder(path);
		snprintf(path, sizeof(path), CHIP_FOLDER "/bank0/line%d/name", i);
		if (!result)
			result = tracing_put(path, names[i]);
	}
	return result ? result : tracing_put(CHIP_FOLDER "/live", "1");
}

static int load_matrix(void)
{
	return load_module("key-matrix", "chip=" RIG_CHIP " rows=0,1,2,3 columns=4,5,6,7");
}

static bool file_says(const char *path, char *text, size_t size)
{
	autofile FILE *file = fopen(path, "re");

	if (!file || !fgets(text, (int)size, file))
		return false;
	text[strcspn(text, "\n")] = '\0';
	return true;
}

/* The kernel's number of our chip's first line. */
static int find_base(unsigned *base)
{
	char path[PATH_SIZE], text[64];
	int result = -ENODEV;
	const struct dirent *entry;
	DIR *folder = opendir(GPIO_CLASS);

	while (folder && (entry = readdir(folder))) {
		snprintf(path, sizeof(path), GPIO_CLASS "/%s/label", entry->d_name);
		if (!file_says(path, text, sizeof(text)) || strcmp(text, RIG_CHIP) != 0)
			continue;
		snprintf(path, sizeof(path), GPIO_CLASS "/%s/base", entry->d_name);
		if (file_says(path, text, sizeof(text))) {
			*base = (unsigned)strtoul(text, NULL, 10);
			result = 0;
		}
	}
	if (folder)
		closedir(folder);
	return result;
}

static int make_hardware(struct rig *rig)
{
	char sink[64];
	int result = load_module("gpio-sim", "");

	snprintf(sink, sizeof(sink), "bus=%d address=%d", RIG_I2C_BUS, RIG_I2C_ADDRESS);
	if (!result)
		result = load_module("i2c-sink", sink);
	if (!result && access(CHIP_FOLDER, F_OK) < 0)
		result = make_chip();
	if (!result)
		result = load_matrix();
	if (!result)
		result = find_base(&rig->base);
	return result;
}

int rig_new(unsigned columns, unsigned rows, enum expander_wiring wiring, struct rig **out)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	int result;

	if (!rig)
		return -ENOMEM;
	rig->pressed_ns = rig->echoed_ns = rig->shown_ns = rig->rose_ns = rig->set_ns = -1;
	rig->times = (struct rig_times) { INT64_MAX, INT64_MAX, INT64_MAX };
	result = hd44780_new(columns, rows, &rig->displays[RIG_ON_LINES]);
	if (!result)
		result = hd44780_new(columns, rows, &rig->displays[RIG_ON_BACKPACK]);
	if (!result)
		result = make_hardware(rig);
	if (!result)
		result = tracing_new(&rig->tracing);
	if (!result) {
		pcf8574_init(&rig->expander, wiring, rig->displays[RIG_ON_BACKPACK]);
		result = rig_power_cycle(rig, RIG_ON_LINES);
	}
	if (!result)
		result = rig_power_cycle(rig, RIG_ON_BACKPACK);
	if (result) {
		rig_free(rig);
		return result;
	}
	*out = rig;
	return 0;
}

void rig_free(struct rig *rig)
{
	if (!rig)
		return;
	tracing_free(rig->tracing);
	hd44780_free(rig->displays[RIG_ON_LINES]);
	hd44780_free(rig->displays[RIG_ON_BACKPACK]);
	free(rig);
}

int rig_power_cycle(struct rig *rig, enum rig_glass glass)
{
	return tracing_mark(
		rig->tracing, glass == RIG_ON_LINES ? MARK_POWER_LINES : MARK_POWER_BACKPACK);
}

int rig_plug(struct rig *rig, bool in)
{
	int result = tracing_put(SINK "present", in ? "1" : "0");

	return result ? result : tracing_mark(rig->tracing, in ? MARK_POWER_BACKPACK : MARK_PULLED);
}

int rig_hang(bool hangs)
{
	return tracing_put(SINK "hangs", hangs ? "1" : "0");
}

int rig_chip(struct rig *rig, bool there)
{
	int result = 0;

	/* The switches know the chip by its address. */
	if (!there && syscall(SYS_delete_module, "key_matrix", O_NONBLOCK) < 0)
		result = -errno;
	if (!result)
		result = tracing_put(CHIP_FOLDER "/live", there ? "1" : "0");
	if (!result && there)
		result = find_base(&rig->base);
	if (!result && there)
		result = load_matrix();
	return result;
}

static void take_mark(struct rig *rig, const struct tracing_event *event)
{
	switch (event->mark) {
	case MARK_POWER_LINES:
		hd44780_power_off(rig->displays[RIG_ON_LINES]);
		hd44780_power_on(rig->displays[RIG_ON_LINES], event->time_ns);
		break;
	case MARK_POWER_BACKPACK:
		pcf8574_power_off(&rig->expander);
		pcf8574_power_on(&rig->expander, event->time_ns);
		break;
	case MARK_PULLED:
		pcf8574_power_off(&rig->expander);
		break;
	default:
		rig->pressed_ns = event->time_ns;
		rig->echoed_ns = -1;
		for (int glass = 0; glass < 2; glass++) {
			struct hd44780_glass seen;

			hd44780_look(rig->displays[glass], &seen);
			memcpy(rig->cells[glass], seen.codes, sizeof(seen.codes));
		}
	}
}

static void shorten(int64_t *least, int64_t from_ns, int64_t to_ns)
{
	if (from_ns >= 0 && to_ns - from_ns < *least)
		*least = to_ns - from_ns;
}

static void measure(struct rig *rig, unsigned line, const struct trace_change *change)
{
	int64_t now_ns = change->time_ns;

	if (line == RIG_ENABLE && change->value) {
		shorten(&rig->times.cycle_ns, rig->rose_ns, now_ns);
		shorten(&rig->times.setup_ns, rig->set_ns, now_ns);
		rig->rose_ns = now_ns;
	} else if (line == RIG_ENABLE) {
		shorten(&rig->times.pulse_ns, rig->rose_ns, now_ns);
	} else if (line >= RIG_RS && line < RIG_BACKLIGHT) {
		rig->set_ns = now_ns;
	}
}

static void take_line(struct rig *rig, const struct trace_change *change)
{
	const struct trace_wiring wiring = {
		.rs = rig->base + RIG_RS,
		.enable = rig->base + RIG_ENABLE,
		.data = { rig->base + RIG_D4, rig->base + RIG_D4 + 1, rig->base + RIG_D4 + 2,
			rig->base + RIG_D4 + 3 },
	};
	unsigned line = change->line - rig->base;

	if (line >= RIG_LINES)
		return;
	if (rig->levels[line] != change->value) {
		rig->changes[line]++;
		measure(rig, line, change);
	}
	rig->levels[line] = change->value;
	trace_feed(rig->displays[RIG_ON_LINES], &wiring, change);
}

/* Something on a glass may have changed. */
static void note_change(struct rig *rig, int64_t time_ns)
{
	struct hd44780_glass seen;

	rig->shown_ns = time_ns;
	for (int glass = 0; glass < 2 && rig->echoed_ns < 0; glass++) {
		hd44780_look(rig->displays[glass], &seen);
		if (memcmp(rig->cells[glass], seen.codes, sizeof(seen.codes)) != 0)
			rig->echoed_ns = time_ns;
	}
}

int rig_look(struct rig *rig)
{
	struct tracing_event event;
	uint64_t before;
	int result;

	while ((result = tracing_next(rig->tracing, &event)) > 0) {
		before = hd44780_changes(rig->displays[RIG_ON_LINES]) +
			 hd44780_changes(rig->displays[RIG_ON_BACKPACK]);
		if (event.type == TRACING_MARK)
			take_mark(rig, &event);
		else if (event.type == TRACING_LINE)
			take_line(rig, &event.change);
		else if (event.message.bus == RIG_I2C_BUS &&
			 event.message.address == RIG_I2C_ADDRESS)
			pcf8574_write(&rig->expander, event.time_ns, event.message.bytes,
				event.message.count);
		if (before != hd44780_changes(rig->displays[RIG_ON_LINES]) +
				      hd44780_changes(rig->displays[RIG_ON_BACKPACK]))
			note_change(rig, event.time_ns);
	}
	return result;
}

struct hd44780 *rig_display(struct rig *rig, enum rig_glass glass)
{
	return rig->displays[glass];
}

bool rig_level(const struct rig *rig, enum rig_line line)
{
	return rig->levels[line];
}

bool rig_light(const struct rig *rig, enum rig_glass glass)
{
	return glass == RIG_ON_LINES ? rig->levels[RIG_BACKLIGHT] : rig->expander.backlight;
}

uint64_t rig_changes(const struct rig *rig, enum rig_line line)
{
	return rig->changes[line];
}

struct rig_echo rig_echo(const struct rig *rig)
{
	int64_t from = rig->pressed_ns;

	return (struct rig_echo) {
		.first_ns = rig->echoed_ns > from ? rig->echoed_ns - from : -1,
		.last_ns = rig->shown_ns > from ? rig->shown_ns - from : -1,
	};
}

struct rig_times rig_times(const struct rig *rig)
{
	return rig->times;
}

long rig_shorts(void)
{
	char text[NUMBER_SIZE];

	return file_says(MATRIX "shorts", text, sizeof(text)) ? strtol(text, NULL, 10) : -1;
}

struct tracing *rig_tracing(struct rig *rig)
{
	return rig->tracing;
}
