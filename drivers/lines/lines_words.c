/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines/lines_words.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/dev"
#define PREFIX "gpiochip"

static void say(const struct lines_trouble *trouble, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void say(const struct lines_trouble *trouble, const char *format, ...)
{
	va_list arguments;

	if (!trouble->text || trouble->size == 0)
		return;
	va_start(arguments, format);
	vsnprintf(trouble->text, trouble->size, format, arguments);
	va_end(arguments);
}

static int is_chip(const struct dirent *entry)
{
	return strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0;
}

int lines_each_chip(int (*look)(void *context, const char *path), void *context)
{
	struct dirent **entries;
	int count = scandir(FOLDER, &entries, is_chip, versionsort);
	int result = 0;
	bool denied = false;

	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		char path[sizeof(FOLDER) + sizeof(entries[i]->d_name)];

		snprintf(path, sizeof(path), FOLDER "/%s", entries[i]->d_name);
		free(entries[i]);
		if (result == 0)
			result = look(context, path);
		if (result == -EACCES) {
			denied = true;
			result = 0;
		}
	}
	free(entries);
	return result == 0 && denied ? -EACCES : result;
}

static bool named_before(const struct lines_name *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i].chip, names[count].chip) == 0 &&
			strcmp(names[i].line, names[count].line) == 0)
			return true;
	}
	return false;
}

int lines_check_request(const struct lines_name *names, size_t count,
	const struct lines_config *config, const struct lines_trouble *trouble)
{
	if (count == 0 || count > LINES_MAX) {
		say(trouble, "%zu lines in one request: 1 to %d can be", count, LINES_MAX);
		return -EINVAL;
	}
	if (config->edges && config->direction != LINES_INPUT) {
		say(trouble, "outputs have no edges to watch");
		return -EINVAL;
	}
	for (size_t i = 1; i < count; i++) {
		if (named_before(names, i)) {
			say(trouble, "line %s of %s is named twice", names[i].line, names[i].chip);
			return -EINVAL;
		}
		if (strcmp(names[i].chip, names[0].chip) != 0) {
			say(trouble,
				"line %s is on chip %s and line %s on chip %s: lines that belong "
				"together must be on one chip",
				names[0].line, names[0].chip, names[i].line, names[i].chip);
			return -EXDEV;
		}
	}
	return 0;
}

bool lines_offset(const char *line, unsigned *offset)
{
	char *end;
	unsigned long value;

	if (*line < '0' || *line > '9')
		return false;
	errno = 0;
	value = strtoul(line, &end, 10);
	if (errno || *end || value > UINT16_MAX)
		return false;
	*offset = (unsigned)value;
	return true;
}

int lines_no_chip(const struct lines_trouble *trouble, const char *label, int found)
{
	if (found == -EACCES) {
		say(trouble,
			"/dev/gpiochip* may not be opened: put the user that runs kotakd into the "
			"group gpio (ls -l /dev/gpiochip*)");
		return -EACCES;
	}
	if (found < 0)
		return lines_failed(trouble, label, found);
	say(trouble,
		"there is no GPIO chip %s: is [panel] board in kotakd.conf this machine's? "
		"(gpiodetect lists its chips)",
		label);
	return -ENODEV;
}

int lines_no_line(const struct lines_trouble *trouble, const struct lines_name *name)
{
	say(trouble,
		"chip %s has no line %s: correct the board's profile (gpioinfo lists the lines)",
		name->chip, name->line);
	return -ENOENT;
}

int lines_busy(
	const struct lines_trouble *trouble, const struct lines_name *name, const char *consumer)
{
	say(trouble,
		"line %s of %s is held by %s: end that program or driver (dtoverlay= in "
		"config.txt), or wire the panel to another line",
		name->line, name->chip, consumer && *consumer ? consumer : "another program");
	return -EBUSY;
}

int lines_failed(const struct lines_trouble *trouble, const char *label, int error)
{
	if (error == -ENODEV)
		say(trouble, "GPIO chip %s is gone: plug it in again, or restart the machine",
			label);
	else
		say(trouble, "GPIO chip %s: %s", label, strerror(-error));
	return error;
}
