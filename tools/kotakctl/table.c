/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/kotakctl/table.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "base/ids.h"

#define GAP 2 /* spaces between columns */

/* Signs that show nothing themselves but change how others are shown. */
static bool deceives(wchar_t character)
{
	return (character >= 0x200B && character <= 0x200F) ||
	       (character >= 0x2028 && character <= 0x202E) ||
	       (character >= 0x2060 && character <= 0x206F) || character == 0xFEFF ||
	       (character >= 0xFFF9 && character <= 0xFFFB) ||
	       (character >= 0xE0000 && character <= 0xE0FFF) || character == 0x061C;
}

static void write_escaped(FILE *out, wchar_t character)
{
	if (character == L'\n')
		fputs("\\n", out);
	else if (character == L'\t')
		fputs("\\t", out);
	else if (character < 0x100)
		fprintf(out, "\\x%02x", (unsigned)character);
	else
		fprintf(out, "\\u%04x", (unsigned)character);
}

char *visible_text(const char *text)
{
	char *copy = NULL;
	size_t size;
	FILE *out = open_memstream(&copy, &size);
	size_t left = strlen(text);

	if (!out)
		return NULL;
	while (left > 0) {
		wchar_t character;
		mbstate_t state = { 0 };
		size_t length = mbrtowc(&character, text, left, &state);
		if (length == (size_t)-1 || length == (size_t)-2 || length == 0) {
			fprintf(out, "\\x%02x", (unsigned char)*text);
			length = 1;
		} else if (wcwidth(character) < 0 || deceives(character)) {
			write_escaped(out, character);
		} else {
			fwrite(text, 1, length, out);
		}
		text += length;
		left -= length;
	}
	if (fclose(out) != 0) {
		free(copy);
		return NULL;
	}
	return copy;
}

/* Bytes of the longest beginning of text that is at most most columns wide; *width gets its own. */
static size_t beginning(const char *text, size_t most, size_t *width)
{
	size_t left = strlen(text);
	size_t bytes = 0;

	*width = 0;
	while (left > 0) {
		wchar_t character;
		mbstate_t state = { 0 };
		size_t length = mbrtowc(&character, text + bytes, left, &state);
		if (length == (size_t)-1 || length == (size_t)-2 || length == 0)
			break;
		int columns = wcwidth(character);
		if (columns > 0 && *width + (size_t)columns > most)
			break;
		*width += columns > 0 ? (size_t)columns : 0;
		bytes += length;
		left -= length;
	}
	return bytes;
}

size_t visible_width(const char *text)
{
	size_t width;

	beginning(text, SIZE_MAX, &width);
	return width;
}

void local_time(const char *text, char out[static LOCAL_TIME_SIZE])
{
	int64_t time_ms;
	struct tm parts;

	snprintf(out, LOCAL_TIME_SIZE, "%s", text);
	if (time_parse(text, &time_ms) < 0)
		return;
	time_t seconds = (time_t)(time_ms / 1000);
	if (localtime_r(&seconds, &parts))
		strftime(out, LOCAL_TIME_SIZE, "%Y-%m-%d %H:%M", &parts);
}

char *table_cell(const json_t *row, const struct table_column *column)
{
	const json_t *value = json_object_get(row, column->key);
	const char *text = json_string_value(value);
	char time[LOCAL_TIME_SIZE];

	if (text && column->time) {
		local_time(text, time);
		return visible_text(time);
	}
	if (text)
		return visible_text(text);
	if (!value || json_is_null(value))
		return strdup("-");
	return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
}

/* Writes a cell padded to its column's width; the last one isn't padded. */
static void write_cell(FILE *out, const char *cell, size_t width, bool last)
{
	size_t used;
	size_t bytes = beginning(cell, width, &used);

	if (cell[bytes] != '\0') {
		bytes = beginning(cell, width - 1, &used);
		fwrite(cell, 1, bytes, out);
		fputs("…", out);
		used++;
	} else {
		fwrite(cell, 1, bytes, out);
	}
	for (size_t i = used; !last && i < width + GAP; i++)
		fputc(' ', out);
}

static void write_row(FILE *out, char *const *cells, const size_t *widths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		write_cell(out, cells[i], widths[i], i + 1 == count);
	fputc('\n', out);
}

/* Fills cells (lines × columns, the headings first) and the widths they need. */
static int fill_cells(const json_t *rows, const struct table_column *columns, size_t count,
	size_t total, char **cells, size_t *widths)
{
	for (size_t i = 0; i < total; i++) {
		const struct table_column *column = &columns[i % count];
		cells[i] = i < count ? strdup(column->heading)
				     : table_cell(json_array_get(rows, i / count - 1), column);
		if (!cells[i])
			return -ENOMEM;
		size_t width = visible_width(cells[i]);
		if (column->most > 0 && width > column->most)
			width = column->most;
		if (width > widths[i % count])
			widths[i % count] = width;
	}
	return 0;
}

int table_print(FILE *out, const json_t *rows, const struct table_column *columns, size_t count)
{
	size_t total = (json_array_size(rows) + 1) * count;
	autofree size_t *widths = calloc(count, sizeof(*widths));
	char **cells = calloc(total, sizeof(*cells));
	int error = widths && cells ? 0 : -ENOMEM;

	if (error == 0)
		error = fill_cells(rows, columns, count, total, cells, widths);
	for (size_t first = 0; error == 0 && first + count <= total; first += count)
		write_row(out, cells + first, widths, count);
	for (size_t i = 0; cells && i < total; i++)
		free(cells[i]);
	free(cells);
	return error;
}
