/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/conf.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"

/* What stood before, to find what is given twice. */
struct conf_seen {
	char *name; /* "section instance key" */
	unsigned line;
};

struct conf_run {
	const char *path;
	FILE *file;
	unsigned line;
	bool continued; /* the reader returned a piece of a line that was too long for its buffer */
	conf_handler *handler;
	void *context;
	struct conf_seen *seen;
	size_t seen_count;
	int result;
};

static void conf_run_release(struct conf_run *run)
{
	for (size_t i = 0; i < run->seen_count; i++)
		free(run->seen[i].name);
	free(run->seen);
}

/* A key that is given twice: the later counts, as with a piece appended to the file, and it is
 * said. */
static int conf_once(struct conf_run *run, const char *section, const struct conf_entry *entry)
{
	autofree char *name = NULL;

	if (asprintf(&name, "%s %s", section, entry->key) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	for (size_t i = 0; i < run->seen_count; i++) {
		if (strcmp(run->seen[i].name, name) == 0) {
			log_warning("%s:%u: [%s] %s: given before, in line %u: this one counts",
				entry->file, entry->line, section, entry->key, run->seen[i].line);
			run->seen[i].line = entry->line;
			return 0;
		}
	}
	struct conf_seen *seen = reallocarray(run->seen, run->seen_count + 1, sizeof(*run->seen));
	if (!seen)
		return -ENOMEM;
	run->seen = seen;
	seen[run->seen_count++] = (struct conf_seen) { .name = name, .line = entry->line };
	name = NULL;
	return 0;
}

/* libinih's handlers aren't told the line (unless built so); its reader is called once a line. */
static char *conf_read_line(char *buffer, int size, void *stream)
{
	struct conf_run *run = stream;
	char *line = fgets(buffer, size, run->file);

	if (!line)
		return NULL;
	bool first = !run->continued;
	run->line += first;
	run->continued = strchr(line, '\n') == NULL && !feof(run->file);
	/* Some versions of the library read the rest in many small pieces: said once. */
	if (run->continued && first) {
		log_error("%s:%u: line longer than %d characters: shorten it", run->path, run->line,
			size - 2);
		run->result = -EINVAL;
	}
	return line;
}

static int conf_take_entry(void *user, const char *section, const char *key, const char *value)
{
	struct conf_run *run = user;
	autofree char *name = strdup(section);
	struct conf_entry entry = { .file = run->path, .line = run->line, .instance = "" };
	char *space;

	if (!name) {
		run->result = -ENOMEM;
		return 1;
	}
	space = strchr(name, ' ');
	if (space) {
		*space = '\0';
		entry.instance = space + 1 + strspn(space + 1, " ");
	}
	entry.section = name;
	entry.key = key;
	entry.value = value ? value : "";
	int error = run->handler(run->context, &entry);
	/* Nothing more is to be said of an entry that was refused. */
	if (error == 0)
		error = conf_once(run, section, &entry);
	if (error < 0)
		run->result = error;
	return 1;
}

int conf_read(const char *path, conf_handler *handler, void *context)
{
	autofile FILE *file = fopen(path, "re");
	struct conf_run run __attribute__((cleanup(conf_run_release))) = {
		.path = path, .file = file, .handler = handler, .context = context
	};

	if (!file) {
		int error = -errno;
		log_error("%s: %s: name a readable file with --config", path, strerror(-error));
		return error;
	}
	int bad_line = ini_parse_stream(conf_read_line, &run, conf_take_entry, &run);
	if (bad_line > 0) {
		log_error("%s:%d: neither [section] nor key = value", path, bad_line);
		return -EINVAL;
	}
	if (bad_line < 0)
		return -ENOMEM;
	return run.result;
}

int conf_refuse(const struct conf_entry *entry, const char *format, ...)
{
	char right[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(right, sizeof(right), format, arguments);
	va_end(arguments);
	log_error("%s:%u: [%s%s%s] %s = %s: %s", entry->file, entry->line, entry->section,
		*entry->instance ? " " : "", entry->instance, entry->key, entry->value, right);
	return -EINVAL;
}

int conf_integer(const struct conf_entry *entry, int64_t min, int64_t max, int64_t *out)
{
	char *end;

	errno = 0;
	long long value = strtoll(entry->value, &end, 10);
	if (errno || end == entry->value || *end || value < min || value > max)
		return conf_refuse(entry, "must be a whole number from %lld to %lld",
			(long long)min, (long long)max);
	*out = value;
	return 0;
}

int conf_boolean(const struct conf_entry *entry, bool *out)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = { { "yes", true }, { "no", false }, { "true", true }, { "false", false },
		{ "on", true }, { "off", false }, { "1", true }, { "0", false } };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(entry->value, words[i].word) == 0) {
			*out = words[i].value;
			return 0;
		}
	}
	return conf_refuse(entry, "must be yes or no");
}

int conf_string(const struct conf_entry *entry, char **out)
{
	if (!*entry->value)
		return conf_refuse(entry, "must not be empty");
	char *copy = strdup(entry->value);
	if (!copy)
		return -ENOMEM;
	free(*out);
	*out = copy;
	return 0;
}
