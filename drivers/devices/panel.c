/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "devices/panel.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "display/hd44780.h"
#include "i2c/i2c_dev.h"
#include "i2c/i2c_sim.h"
#include "keypad/matrix.h"
#include "lines/lines_gpiod.h"
#include "lines/lines_sim.h"
#include "lines/profile.h"
#include "signals/line_signals.h"

struct rest {
	struct lines_source *source;
	struct profile *profile;
	char *socket; /* of the simulator; NULL: real hardware */
	unsigned bus;
	uint8_t address;
};

static int open_i2c(void *context, struct i2c **out)
{
	const struct rest *rest = context;

	return rest->socket ? i2c_sim_open(rest->socket, rest->bus, rest->address, out)
			    : i2c_dev_open(rest->bus, rest->address, out);
}

static int open_source(const struct panel_wanted *wanted, struct rest *rest)
{
	if (strcmp(wanted->driver, "sim") != 0)
		return lines_gpiod_source_new(&rest->source);
	rest->socket = strdup(wanted->lines ? wanted->lines : "");
	return rest->socket ? lines_sim_source_new(rest->socket, &rest->source) : -ENOMEM;
}

static int open_display(
	const struct panel_wanted *wanted, struct rest *rest, struct panel_devices *out)
{
	const struct profile *profile = rest->profile;

	if (wanted->i2c)
		return display_hd44780_pcf8574_new(open_i2c, rest,
			wanted->wiring_b ? PCF8574_WIRING_B : PCF8574_WIRING_A, wanted->columns,
			wanted->rows, &out->display);
	struct display_lines_wiring wiring = {
		.rs = profile->rs, .enable = profile->enable, .backlight = profile->backlight
	};
	memcpy(wiring.data, profile->data, sizeof(wiring.data));
	return display_hd44780_lines_new(
		rest->source, &wiring, wanted->columns, wanted->rows, &out->display);
}

/* What a profile must have for what is wanted of it. */
static int check_profile(const struct panel_wanted *wanted, const struct profile *profile,
	char *trouble, size_t trouble_size)
{
	const char *lacks = NULL;

	if (!profile->row_count || !profile->column_count)
		lacks = "[keypad] rows and columns";
	else if (!wanted->i2c && !profile->has_display)
		lacks = "[display] rs, enable and data, which a display on gpio needs";
	if (!lacks)
		return 0;
	snprintf(trouble, trouble_size, "profile %s lacks %s", profile->path, lacks);
	return -EINVAL;
}

/* The simulator's "lines" are its socket, and change nothing of the profile. */
static int load_profile(const struct panel_wanted *wanted, struct profile **out)
{
	bool simulated = strcmp(wanted->driver, "sim") == 0;

	return profile_load(wanted->board, simulated ? NULL : wanted->lines, out);
}

int panel_devices_check(const struct panel_wanted *wanted)
{
	autoprofile struct profile *profile = NULL;
	char trouble[160];
	int error = load_profile(wanted, &profile);

	if (error < 0) {
		log_error("board profile %s can't be used (%s)", wanted->board, strerror(-error));
		return error;
	}
	error = check_profile(wanted, profile, trouble, sizeof(trouble));
	if (error < 0)
		log_error("%s", trouble);
	return error;
}

static void close_devices(struct panel_devices *devices)
{
	struct rest *rest = devices->rest;

	if (devices->keypad)
		devices->keypad->ops->close(devices->keypad);
	if (devices->display)
		devices->display->ops->close(devices->display);
	if (devices->signals)
		devices->signals->ops->close(devices->signals);
	if (rest) {
		if (rest->source)
			rest->source->ops->close(rest->source);
		profile_free(rest->profile);
		free(rest->socket);
		free(rest);
	}
	*devices = (struct panel_devices) { 0 };
}

static int open_devices(const struct panel_wanted *wanted, struct panel_devices *out, char *trouble,
	size_t trouble_size)
{
	struct rest *rest = calloc(1, sizeof(*rest));

	*out = (struct panel_devices) { .rest = rest };
	if (!rest)
		return -ENOMEM;
	rest->bus = wanted->bus;
	rest->address = (uint8_t)wanted->address;
	int result = load_profile(wanted, &rest->profile);
	if (result < 0) {
		rest->profile = NULL;
		snprintf(trouble, trouble_size,
			"board profile %s can't be used (%s): the log says which line of it",
			wanted->board, strerror(-result));
	} else {
		result = check_profile(wanted, rest->profile, trouble, trouble_size);
	}
	if (result == 0)
		result = open_source(wanted, rest);
	if (result == 0)
		result = keypad_matrix_new(rest->source, rest->profile->rows,
			rest->profile->row_count, rest->profile->columns,
			rest->profile->column_count, &out->keypad);
	if (result == 0)
		result = open_display(wanted, rest, out);
	if (result == 0)
		result = line_signals_new(
			rest->source, &rest->profile->buzzer, &rest->profile->lamp, &out->signals);
	if (result < 0) {
		if (!*trouble)
			snprintf(trouble, trouble_size, "panel: %s", strerror(-result));
		close_devices(out);
	}
	return result;
}

const struct panel_drivers panel_devices_drivers = { .open = open_devices, .close = close_devices };
