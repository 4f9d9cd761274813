/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines/profile.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/log.h"

#define MODEL_FILE "/proc/device-tree/model"
#define INSTALLED KOTAK_PREFIX "/share/kotak/boards"
/* What the kernel has room for (struct gpiochip_info). */
#define NAME_MAX_LENGTH 31
#define LINES_OF_KEY_MAX 4
#define BUS_MAX 255

enum key {
	KEY_ROWS,
	KEY_COLUMNS,
	KEY_RS,
	KEY_ENABLE,
	KEY_DATA,
	KEY_BACKLIGHT,
	KEY_BUZZER,
	KEY_LAMP,
	KEY_COUNT,
};

static const struct key_form {
	const char *section, *name;
	size_t least, most;
	const char *right; /* how many lines */
	enum key together; /* on one chip, since they are set or read together */
} forms[KEY_COUNT] = {
	[KEY_ROWS] = { "keypad", "rows", 4, 4, "four lines, from the row with 1 to that with 0",
		KEY_ROWS },
	[KEY_COLUMNS] = { "keypad", "columns", 3, 4,
		"three lines, or four when the keypad has A to D", KEY_COLUMNS },
	[KEY_RS] = { "display", "rs", 1, 1, "one line", KEY_RS },
	[KEY_ENABLE] = { "display", "enable", 1, 1, "one line", KEY_RS },
	[KEY_DATA] = { "display", "data", 4, 4, "four lines, D4 to D7", KEY_RS },
	[KEY_BACKLIGHT] = { "display", "backlight", 1, 1, "one line", KEY_BACKLIGHT },
	[KEY_BUZZER] = { "outputs", "buzzer", 1, 1, "one line", KEY_BUZZER },
	[KEY_LAMP] = { "outputs", "lamp", 1, 1, "one line", KEY_LAMP },
};

/* What a file says of a key; the strings are this structure's. */
struct given {
	char *file, *value;
	unsigned line;
	char *words; /* value, cut into names[] */
	struct lines_name names[LINES_OF_KEY_MAX];
	size_t count; /* 0: the board has none */
};

struct loaded {
	struct profile profile;
	char *path, *model, *label;
	struct given given[KEY_COUNT];
};

static struct loaded *loaded_of(struct profile *profile)
{
	return (struct loaded *)profile;
}

void profile_free(struct profile *profile)
{
	struct loaded *self = loaded_of(profile);

	if (!self)
		return;
	for (size_t i = 0; i < KEY_COUNT; i++) {
		free(self->given[i].file);
		free(self->given[i].value);
		free(self->given[i].words);
	}
	free(self->path);
	free(self->model);
	free(self->label);
	free(self);
}

static bool is_name(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && length <= NAME_MAX_LENGTH;
}

static int take_name(const struct conf_entry *entry, char **out)
{
	if (!is_name(entry->value))
		return conf_refuse(entry, "must be 1 to %d characters", NAME_MAX_LENGTH);
	return conf_string(entry, out);
}

/* Cuts the words of a value into lines; chips are named when all files were read. */
static int cut(const struct conf_entry *entry, const struct key_form *form, struct given *given)
{
	char *rest = given->words, *word;

	given->count = 0;
	while ((word = strsep(&rest, " \t"))) {
		char *colon = strrchr(word, ':');
		struct lines_name name = { .line = colon ? colon + 1 : word };

		if (!*word)
			continue;
		if (colon) {
			*colon = '\0';
			name.chip = word;
		}
		if (!is_name(name.line) || (name.chip && !is_name(name.chip)))
			return conf_refuse(entry,
				"a line is its name or number, or CHIP:NAME, of up to %d "
				"characters",
				NAME_MAX_LENGTH);
		if (given->count == form->most)
			return conf_refuse(entry, "must be %s", form->right);
		given->names[given->count++] = name;
	}
	/* Nothing at all takes away what the board's own file has. */
	if (given->count > 0 && given->count < form->least)
		return conf_refuse(entry, "must be %s", form->right);
	return 0;
}

static int take_lines(struct loaded *self, const struct conf_entry *entry, enum key key)
{
	struct given *given = &self->given[key];
	char *file = strdup(entry->file), *value = strdup(entry->value),
	     *words = strdup(entry->value);

	free(given->file);
	free(given->value);
	free(given->words);
	*given = (struct given) {
		.file = file, .value = value, .words = words, .line = entry->line
	};
	if (!file || !value || !words)
		return -ENOMEM;
	return cut(entry, &forms[key], given);
}

static int take_bus(struct loaded *self, const struct conf_entry *entry)
{
	int64_t bus = -1;
	int error = *entry->value ? conf_integer(entry, 0, BUS_MAX, &bus) : 0;

	if (!error)
		self->profile.i2c_bus = (int)bus;
	return error;
}

static int take_entry(void *context, const struct conf_entry *entry)
{
	struct loaded *self = context;

	if (*entry->instance)
		return conf_refuse(entry, "[%s] has no name behind it", entry->section);
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (strcmp(entry->section, forms[i].section) == 0 &&
			strcmp(entry->key, forms[i].name) == 0)
			return take_lines(self, entry, (enum key)i);
	}
	if (strcmp(entry->section, "board") == 0 && strcmp(entry->key, "model") == 0)
		return conf_string(entry, &self->model);
	if (strcmp(entry->section, "chip") == 0 && strcmp(entry->key, "label") == 0)
		return take_name(entry, &self->label);
	if (strcmp(entry->section, "display") == 0 && strcmp(entry->key, "i2c_bus") == 0)
		return take_bus(self, entry);
	return conf_refuse(entry,
		"unknown: a board has [board] model, [chip] label, [keypad] rows, columns, "
		"[display] rs, enable, data, backlight, i2c_bus and [outputs] buzzer, lamp");
}

static int refuse(const struct loaded *self, enum key key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static int refuse(const struct loaded *self, enum key key, const char *format, ...)
{
	const struct given *given = &self->given[key];
	const struct conf_entry entry = { .file = given->file,
		.line = given->line,
		.section = forms[key].section,
		.instance = "",
		.key = forms[key].name,
		.value = given->value };
	char right[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(right, sizeof(right), format, arguments);
	va_end(arguments);
	return conf_refuse(&entry, "%s", right);
}

static int name_chips(struct loaded *self)
{
	int result = 0;

	for (size_t i = 0; i < KEY_COUNT; i++) {
		struct given *given = &self->given[i];

		for (size_t line = 0; line < given->count; line++) {
			if (!given->names[line].chip)
				given->names[line].chip = self->label;
			if (!given->names[line].chip) {
				result = refuse(self, (enum key)i,
					"which chip is %s on? Add [chip] label, or write CHIP:%s",
					given->names[line].line, given->names[line].line);
				break;
			}
		}
	}
	return result;
}

static bool same_line(const struct lines_name *one, const struct lines_name *other)
{
	return strcmp(one->chip, other->chip) == 0 && strcmp(one->line, other->line) == 0;
}

/* 0, or -EINVAL when a line of this key stands before it, in this key or in another. */
static int check_unused(const struct loaded *self, enum key key, size_t line)
{
	const struct lines_name *name = &self->given[key].names[line];

	for (size_t i = 0; i <= (size_t)key; i++) {
		const struct given *other = &self->given[i];
		size_t count = i == (size_t)key ? line : other->count;

		for (size_t before = 0; before < count; before++) {
			if (same_line(name, &other->names[before]))
				return refuse(self, key,
					"line %s of %s is used by [%s] %s already (%s:%u)",
					name->line, name->chip, forms[i].section, forms[i].name,
					other->file, other->line);
		}
	}
	return 0;
}

/* 0, or -EINVAL when a line isn't on the chip of those that it is set or read with. */
static int check_together(const struct loaded *self, enum key key, size_t line)
{
	const struct given *first = &self->given[forms[key].together];
	const struct lines_name *name = &self->given[key].names[line];

	if (first->count == 0 || strcmp(name->chip, first->names[0].chip) == 0)
		return 0;
	return refuse(self, key, "line %s must be on the same chip as %s, on %s", name->line,
		first->names[0].line, first->names[0].chip);
}

static int check_lines(const struct loaded *self)
{
	int result = 0;

	for (size_t i = 0; i < KEY_COUNT; i++) {
		for (size_t line = 0; line < self->given[i].count; line++) {
			int error = check_unused(self, (enum key)i, line);

			if (!error)
				error = check_together(self, (enum key)i, line);
			if (error)
				result = error;
		}
	}
	return result;
}

/* 0, or -EINVAL when some of these are there without the others; the first that is there says it.
 */
static int check_complete(const struct loaded *self, const enum key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t other = 0; other < count; other++) {
			if (self->given[keys[i]].count > 0 && self->given[keys[other]].count == 0)
				return refuse(self, keys[i], "needs [%s] %s, which isn't there",
					forms[keys[other]].section, forms[keys[other]].name);
		}
	}
	return 0;
}

static int check(struct loaded *self)
{
	static const enum key keypad[] = { KEY_ROWS, KEY_COLUMNS };
	static const enum key display[] = { KEY_RS, KEY_ENABLE, KEY_DATA };
	int result = name_chips(self);
	int keypad_error = check_complete(self, keypad, ARRAY_SIZE(keypad));
	int display_error = check_complete(self, display, ARRAY_SIZE(display));

	if (result < 0)
		return result;
	result = check_lines(self);
	return result < 0 ? result : keypad_error < 0 ? keypad_error : display_error;
}

static struct lines_name one_line(const struct loaded *self, enum key key)
{
	return self->given[key].count > 0 ? self->given[key].names[0] : (struct lines_name) { 0 };
}

static void fill(struct loaded *self)
{
	struct profile *profile = &self->profile;

	profile->path = self->path;
	profile->model = self->model;
	profile->row_count = self->given[KEY_ROWS].count;
	profile->column_count = self->given[KEY_COLUMNS].count;
	memcpy(profile->rows, self->given[KEY_ROWS].names, sizeof(profile->rows));
	memcpy(profile->columns, self->given[KEY_COLUMNS].names, sizeof(profile->columns));
	profile->rs = one_line(self, KEY_RS);
	profile->enable = one_line(self, KEY_ENABLE);
	memcpy(profile->data, self->given[KEY_DATA].names, sizeof(profile->data));
	profile->has_display = self->given[KEY_RS].count > 0;
	profile->backlight = one_line(self, KEY_BACKLIGHT);
	profile->buzzer = one_line(self, KEY_BUZZER);
	profile->lamp = one_line(self, KEY_LAMP);
}

static const char *beside_program(char out[static PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", out, PATH_MAX - sizeof("/boards"));
	char *slash;

	if (length < 0)
		return NULL;
	out[length] = '\0';
	slash = strrchr(out, '/');
	if (!slash)
		return NULL;
	memcpy(slash, "/boards", sizeof("/boards"));
	return out;
}

static void list_boards(const char *folder, char *out, size_t size)
{
	char pattern[PATH_MAX];
	glob_t found = { 0 };

	snprintf(pattern, sizeof(pattern), "%s/*.conf", folder);
	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			const char *name = strrchr(found.gl_pathv[i], '/') + 1;
			size_t length = strlen(out);

			snprintf(out + length, size - length, "%s%.*s", length ? ", " : "",
				(int)(strlen(name) - strlen(".conf")), name);
		}
	}
	globfree(&found);
}

static int find_board(const char *board, char **out)
{
	char program[PATH_MAX], boards[512] = "";
	const char *const folders[] = { beside_program(program), INSTALLED };

	if (strchr(board, '/')) {
		*out = strdup(board);
		return *out ? 0 : -ENOMEM;
	}
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		autofree char *path = NULL;

		if (!folders[i])
			continue;
		if (asprintf(&path, "%s/%s.conf", folders[i], board) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		if (access(path, F_OK) == 0) {
			*out = take_pointer(path);
			return 0;
		}
		list_boards(folders[i], boards, sizeof(boards));
	}
	log_error("[panel] board = %s: there is no such board; name one of these, or a file with "
		  "its path: %s",
		board, *boards ? boards : "(none is installed)");
	return -ENOENT;
}

bool profile_fits(const struct profile *profile, const char *model_file)
{
	char model[128] = "";
	autofile FILE *file = NULL;
	size_t size;

	if (!profile->model)
		return true;
	file = fopen(model_file, "re");
	size = file ? fread(model, 1, sizeof(model) - 1, file) : 0;
	model[size] = '\0';
	return strncmp(model, profile->model, strlen(profile->model)) == 0;
}

int profile_load(const char *board, const char *overrides, struct profile **out)
{
	struct loaded *self = calloc(1, sizeof(*self));
	autoprofile struct profile *profile = self ? &self->profile : NULL;
	int error, override_error = 0;

	if (!self)
		return -ENOMEM;
	self->profile.i2c_bus = -1;
	error = find_board(board, &self->path);
	if (!error)
		error = conf_read(self->path, take_entry, self);
	/* Read also when the board is wrong: everything wrong is said. */
	if (overrides && self->path)
		override_error = conf_read(overrides, take_entry, self);
	if (!error)
		error = override_error;
	if (!error)
		error = check(self);
	if (error)
		return error;
	fill(self);
	if (!profile_fits(&self->profile, MODEL_FILE))
		log_warning("%s is for %s, which this machine doesn't call itself (" MODEL_FILE
			    "): is [panel] board right?",
			self->path, self->model);
	*out = take_pointer(profile);
	return 0;
}
