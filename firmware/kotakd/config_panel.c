/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/config_panel.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>

#include "base/log.h"
#include "wire/event.h"

#define DEFAULT_BOARD "raspberry-pi-4"
#define DEFAULT_DISPLAY "20x4 gpio"
#define DEFAULT_BAUD 9600
#define SIMULATED_BOARD "simulated"

/* The addresses that 7-bit I2C leaves to devices (UM10204 section 3.1.12). */
#define I2C_ADDRESS_MIN 0x08
#define I2C_ADDRESS_MAX 0x77
#define I2C_BUS_MAX 99

/* All of it goes to the worker in one message, and a village has no more. */
#define PLACES_MAX 64
#define PARTS_MAX 99
#define PLACE_CHARACTERS 40
#define PLACES_BYTES 16384

int config_panel_driver(const struct conf_entry *entry, void *field)
{
	static const char *const drivers[] = { "gpio", "sim", "none" };

	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		if (strcmp(entry->value, drivers[i]) == 0)
			return conf_string(entry, field);
	}
	return conf_refuse(entry, "must be gpio (a panel on this board's lines), sim (panel-sim) "
				  "or none");
}

/* A whole number up to most in the C notation; *text moves behind it. */
static bool read_number(const char **text, unsigned most, unsigned *out)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	unsigned long value = strtoul(*text, &end, 0);
	if (end == *text || value > most)
		return false;
	*out = (unsigned)value;
	*text = end;
	return true;
}

/* ":BUS:ADDRESS[:b]" */
static bool read_i2c(const char *text, struct config_display *out)
{
	out->i2c = true;
	if (*text++ != ':' || !read_number(&text, I2C_BUS_MAX, &out->bus) || *text++ != ':' ||
		!read_number(&text, I2C_ADDRESS_MAX, &out->address) ||
		out->address < I2C_ADDRESS_MIN)
		return false;
	out->wiring_b = strcasecmp(text, ":b") == 0;
	return out->wiring_b || !*text;
}

static bool read_display(const char *text, struct config_display *out)
{
	*out = (struct config_display) { .columns = 20, .rows = 4 };
	if (strncmp(text, "16x2", 4) == 0)
		*out = (struct config_display) { .columns = 16, .rows = 2 };
	else if (strncmp(text, "20x4", 4) != 0)
		return false;
	text += 4;
	size_t spaces = strspn(text, " \t");
	if (spaces == 0)
		return false;
	text += spaces;
	if (strncmp(text, "i2c", 3) == 0)
		return read_i2c(text + 3, out);
	return strcmp(text, "gpio") == 0;
}

int config_panel_display(const struct conf_entry *entry, void *field)
{
	struct config_display display;

	if (!read_display(entry->value, &display))
		return conf_refuse(entry, "must be 20x4 or 16x2 and where it is connected: 20x4 "
					  "gpio, or 20x4 i2c:BUS:ADDRESS such as 20x4 i2c:1:0x27 "
					  "(and :b behind it for a backpack whose P4 is RS)");
	return conf_string(entry, field);
}

int config_printer_device(const struct conf_entry *entry, void *field)
{
	if (*entry->value != '/')
		return conf_refuse(entry, "must be the printer's tty, such as "
					  "/dev/serial/by-id/usb-… or /dev/ttyUSB1");
	return conf_string(entry, field);
}

int config_printer_baud(const struct conf_entry *entry, void *field)
{
	static const int64_t speeds[] = { 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200 };
	int64_t speed = 0;
	int error = conf_integer(entry, speeds[0], speeds[ARRAY_SIZE(speeds) - 1], &speed);

	for (size_t i = 0; error == 0 && i < ARRAY_SIZE(speeds); i++) {
		if (speeds[i] != speed)
			continue;
		*(int64_t *)field = speed;
		return 0;
	}
	return error < 0 ? error
			 : conf_refuse(entry, "must be 1200, 2400, 4800, 9600, 19200, 38400, 57600 "
					      "or 115200, as the printer's self test says");
}

static int config_default(char **field, const char *value)
{
	if (!*field)
		*field = strdup(value);
	return *field ? 0 : -ENOMEM;
}

int config_panel_complete(const char *path, struct config *config)
{
	struct sockaddr_un address;

	if (!config->printer_baud)
		config->printer_baud = DEFAULT_BAUD;
	if (config_default(&config->panel_driver, "none") < 0 ||
		config_default(&config->panel_display, DEFAULT_DISPLAY) < 0)
		return -ENOMEM;
	/* It was checked as it was read. */
	(void)read_display(config->panel_display, &config->display);
	if (strcmp(config->panel_driver, "none") == 0)
		return 0;
	bool simulated = strcmp(config->panel_driver, "sim") == 0;
	if (simulated && !config->panel_lines) {
		log_error("%s: [panel] lines is missing: with driver = sim name panel-sim's socket",
			path);
		return -EINVAL;
	}
	if (simulated && strlen(config->panel_lines) >= sizeof(address.sun_path)) {
		log_error("%s: [panel] lines: a socket's path has at most %zu characters", path,
			sizeof(address.sun_path) - 1);
		return -EINVAL;
	}
	return config_default(&config->panel_board, simulated ? SIMULATED_BOARD : DEFAULT_BOARD);
}

/* Where a wrong line of the places is. */
struct place_line {
	const char *file;
	unsigned line;
};

static int refuse_place(const struct place_line *at, const char *right)
{
	log_error("%s:%u: %s", at->file, at->line, right);
	return -EINVAL;
}

/* Without the white space around it. */
static char *trim(char *text)
{
	text += strspn(text, " \t\r\n");
	for (size_t length = strlen(text); length && isspace((unsigned char)text[length - 1]);)
		text[--length] = '\0';
	return text;
}

/* The display has ASCII without these two; both names go into an address beside a comma. */
static bool showable(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > PLACE_CHARACTERS)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (name[i] < ' ' || name[i] > '}' || name[i] == '\\')
			return false;
	}
	return true;
}

static int read_parts(const struct place_line *at, char *list, json_t *parts)
{
	char *part;

	while ((part = strsep(&list, ","))) {
		part = trim(part);
		if (!showable(part) || json_array_size(parts) >= PARTS_MAX)
			return refuse_place(at, "after the colon comes a list such as RT 01, RT "
						"02: at most 99, of 1 to 40 plain letters each");
		if (json_array_append_new(parts, json_string(part)) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int read_place(const struct place_line *at, char *text, json_t *places)
{
	char *list = strchr(text, ':');
	autojson json_t *parts = json_array();

	if (!parts)
		return -ENOMEM;
	if (list)
		*list++ = '\0';
	text = trim(text);
	if (!showable(text) || strchr(text, ','))
		return refuse_place(at, "a line is a dusun and its RT, such as Karang: RT 01, RT "
					"02, in at most 40 plain letters each");
	if (json_array_size(places) >= PLACES_MAX)
		return refuse_place(at, "at most 64 dusun");
	int error = list && *trim(list) ? read_parts(at, list, parts) : 0;
	if (error < 0)
		return error;
	return json_array_append_new(
		       places, json_pack("{s:s, s:O}", "name", text, "parts", parts)) < 0
		       ? -ENOMEM
		       : 0;
}

static int read_places(FILE *file, const char *path, json_t *places)
{
	struct place_line at = { .file = path };
	autofree char *line = NULL;
	size_t size = 0, bytes = 0;
	ssize_t length;
	int error = 0;

	while (error == 0 && (length = getline(&line, &size, file)) >= 0) {
		at.line++;
		bytes += (size_t)length;
		if (bytes > PLACES_BYTES)
			return refuse_place(&at, "too long: at most 16 KiB");
		if (strlen(line) != (size_t)length)
			return refuse_place(&at, "not a text file");
		char *text = trim(line);
		if (*text && *text != '#')
			error = read_place(&at, text, places);
	}
	return error;
}

int config_places(const struct config *config, json_t **out)
{
	autojson json_t *places = json_array();

	if (!places)
		return -ENOMEM;
	if (config->panel_places) {
		autofile FILE *file = fopen(config->panel_places, "re");
		int error = file ? 0 : -errno;
		if (error < 0)
			log_error("[panel] places = %s: %s: name a file that kotakd may read, with "
				  "one dusun a line, such as Karang: RT 01, RT 02",
				config->panel_places, strerror(-error));
		else
			error = read_places(file, config->panel_places, places);
		if (error < 0)
			return error;
	}
	*out = take_pointer(places);
	return 0;
}
