/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines_request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "board.h"

#define I2C_ADDRESS_MAX 0x77

__attribute__((format(printf, 3, 4))) static int refuse(
	int error, char trouble[static CHIP_TROUBLE_SIZE], const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(trouble, CHIP_TROUBLE_SIZE, format, values);
	va_end(values);
	return error;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* The place of a word in a list, 0 when it isn't given, -1 when it is another one. */
static int word_of(const json_t *packet, const char *key, const char *const words[], size_t count)
{
	const json_t *value = json_object_get(packet, key);

	if (!value)
		return 0;
	for (size_t i = 0; json_is_string(value) && i < count; i++)
		if (!strcmp(json_string_value(value), words[i]))
			return (int)i;
	return -1;
}

static bool flag_of(const json_t *packet, const char *key, bool *flag)
{
	const json_t *value = json_object_get(packet, key);

	*flag = json_is_true(value);
	return !value || json_is_boolean(value);
}

static int read_line(const json_t *each, unsigned *line, char trouble[static CHIP_TROUBLE_SIZE])
{
	const char *chip = text_of(each, "chip");
	const char *name = text_of(each, "line");
	int found;

	if (!chip || !name)
		return refuse(-EPROTO, trouble, "a line is {\"chip\", \"line\"}");
	if (strcmp(chip, CHIP_LABEL) != 0)
		return refuse(-ENODEV, trouble, "there is no chip %.40s, only " CHIP_LABEL, chip);
	found = chip_find(name);
	if (found < 0)
		return refuse(-ENOENT, trouble, "chip " CHIP_LABEL " has no line %.40s", name);
	*line = (unsigned)found;
	return 0;
}

static bool several_chips(const json_t *lines)
{
	const char *first = text_of(json_array_get(lines, 0), "chip");

	for (size_t i = 1; first && i < json_array_size(lines); i++) {
		const char *chip = text_of(json_array_get(lines, i), "chip");

		if (chip && strcmp(chip, first) != 0)
			return true;
	}
	return false;
}

static int read_lines(
	const json_t *packet, struct chip_config *config, char trouble[static CHIP_TROUBLE_SIZE])
{
	const json_t *lines = json_object_get(packet, "lines");
	int error = 0;

	config->count = json_array_size(lines);
	if (!config->count || config->count > CHIP_GROUP_MAX)
		return refuse(
			-EINVAL, trouble, "\"lines\" is a list of 1 to %d lines", CHIP_GROUP_MAX);
	if (several_chips(lines))
		return refuse(-EXDEV, trouble, "the lines of a group belong to one chip");
	for (size_t i = 0; i < config->count && !error; i++)
		error = read_line(json_array_get(lines, i), &config->lines[i], trouble);
	return error;
}

static int read_config(
	const json_t *packet, struct chip_config *config, char trouble[static CHIP_TROUBLE_SIZE])
{
	static const char *const directions[] = { "input", "output" };
	static const char *const drives[] = { "push-pull", "open-drain" };
	static const char *const biases[] = { "as-is", "disabled", "pull-up", "pull-down" };
	static const enum wire_pull pulls[] = { WIRE_LOOSE, WIRE_LOOSE, WIRE_PULL_UP,
		WIRE_PULL_DOWN };
	const char *consumer = text_of(packet, "consumer");
	const json_t *values = json_object_get(packet, "values");
	int direction = word_of(packet, "direction", directions, ARRAY_SIZE(directions));
	int drive = word_of(packet, "drive", drives, ARRAY_SIZE(drives));
	int bias = word_of(packet, "bias", biases, ARRAY_SIZE(biases));

	if (direction < 0 || drive < 0 || bias < 0 || (values && !json_is_integer(values)) ||
		!flag_of(packet, "active_low", &config->active_low) ||
		!flag_of(packet, "edges", &config->edges))
		return refuse(-EPROTO, trouble,
			"direction, bias, drive, active_low, edges or values isn't what it can be");
	snprintf(config->consumer, sizeof(config->consumer), "%s", consumer ? consumer : "?");
	config->output = direction == 1;
	config->open_drain = drive == 1;
	config->bias = config->output ? WIRE_LOOSE : pulls[bias];
	config->values = (uint32_t)json_integer_value(values);
	return read_lines(packet, config, trouble);
}

static int read_i2c(const json_t *packet, unsigned *address, char trouble[static CHIP_TROUBLE_SIZE])
{
	const json_t *bus = json_object_get(packet, "bus");
	const json_t *given = json_object_get(packet, "address");

	if (!json_is_integer(bus) || !json_is_integer(given))
		return refuse(-EPROTO, trouble, "\"bus\" and \"address\" are numbers");
	if (json_integer_value(bus) != BOARD_I2C_BUS)
		return refuse(-ENODEV, trouble, "there is no I2C bus %d, only %d",
			(int)json_integer_value(bus), BOARD_I2C_BUS);
	if (json_integer_value(given) < 0 || json_integer_value(given) > I2C_ADDRESS_MAX)
		return refuse(-EINVAL, trouble, "an I2C address is at most 0x%x", I2C_ADDRESS_MAX);
	*address = (unsigned)json_integer_value(given);
	return 0;
}

int lines_request_read(
	const json_t *packet, struct lines_request *out, char trouble[static CHIP_TROUBLE_SIZE])
{
	const char *what = text_of(packet, "request");

	*out = (struct lines_request) { 0 };
	*trouble = '\0';
	if (what && !strcmp(what, "lines"))
		return read_config(packet, &out->config, trouble);
	out->i2c = what && !strcmp(what, "i2c");
	if (out->i2c)
		return read_i2c(packet, &out->address, trouble);
	return refuse(-EPROTO, trouble, "the first packet requests \"lines\" or \"i2c\"");
}
