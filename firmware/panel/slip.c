/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "panel/slip.h"

#include <errno.h>
#include <string.h>

#include "dialogue/language.h"
#include "dialogue/template.h"
#include "dialogue/utf8.h"

/* Marks texts for xgettext; they are translated where they are said. */
#define N_(msgid) msgid

/* Letters of double width in a line. */
#define BIG_COLUMNS (PRINTER_COLUMNS / 2)
#define VALUES_COUNT 6

enum condition {
	ALWAYS,
	IF_COPY,
	IF_CATEGORY,
	IF_NUMBER,
	IF_NO_NUMBER,
};

/* The slip from top to bottom. A text may take so many lines, in every language. */
static const struct slip_line {
	enum condition condition;
	enum printer_kind kind;
	unsigned lines;
	const char *text;
} slip[] = {
	{ ALWAYS, PRINTER_TITLE, 2, "{office}" },
	{ ALWAYS, PRINTER_TITLE, 1, N_("TANDA TERIMA ADUAN") },
	{ IF_COPY, PRINTER_TITLE, 1, N_("*** SALINAN ***") },
	{ ALWAYS, PRINTER_RULE, 1, "" },
	{ ALWAYS, PRINTER_TITLE, 1, N_("Nomor tiket") },
	{ ALWAYS, PRINTER_BIG, 1, "{ticket}" },
	{ ALWAYS, PRINTER_BIG, 1, N_("PIN {pin}") },
	{ ALWAYS, PRINTER_SPACE, 1, "" },
	{ ALWAYS, PRINTER_TEXT, 1, N_("Diterima {when}") },
	{ IF_CATEGORY, PRINTER_TEXT, 2, N_("Soal: {category}") },
	{ ALWAYS, PRINTER_TEXT, 2, N_("Dijawab paling lama 7 hari kerja, 14 kalau rumit.") },
	{ ALWAYS, PRINTER_RULE, 1, "" },
	{ ALWAYS, PRINTER_TITLE, 1, N_("Menanyakan jawabannya") },
	{ IF_NUMBER, PRINTER_TEXT, 1, N_("Lewat SMS ke {number}:") },
	{ IF_NO_NUMBER, PRINTER_TEXT, 1, N_("Lewat SMS ke kotak ini:") },
	{ ALWAYS, PRINTER_TITLE, 1, "CEK {ticket} {pin}" },
	{ ALWAYS, PRINTER_TEXT, 2, N_("Di kotak ini: dengan nomor tiket dan PIN.") },
	{ IF_NUMBER, PRINTER_TEXT, 2, N_("Atau pindai ini dengan HP, lalu kirim SMS-nya:") },
	{ ALWAYS, PRINTER_SPACE, 1, "" }, /* a camera wants white around it */
	{ ALWAYS, PRINTER_QR, 1, "" },
	{ ALWAYS, PRINTER_RULE, 1, "" },
	{ ALWAYS, PRINTER_TEXT, 2, N_("Mengadu itu hak Anda dan gratis.") },
	{ ALWAYS, PRINTER_TEXT, 2, N_("Simpan slip ini. PIN jangan diberikan ke orang lain.") },
};

static const struct {
	const char *name, *text;
} categories[] = {
	{ "access", N_("permintaan ditolak atau lambat") },
	{ "quality", N_("informasi salah atau kurang") },
	{ "procedure", N_("tata cara tidak jelas") },
	{ "other", N_("hal lain") },
};

static const char *category_text(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(categories); i++) {
		if (strcmp(name, categories[i].name) == 0)
			return categories[i].text;
	}
	return NULL;
}

static bool given(const char *text)
{
	return text && *text;
}

static bool wanted(enum condition condition, const struct slip_values *values)
{
	switch (condition) {
	case ALWAYS:
		return true;
	case IF_COPY:
		return values->copy;
	case IF_CATEGORY:
		return category_text(values->category) != NULL;
	case IF_NUMBER:
		return given(values->number);
	case IF_NO_NUMBER:
		return !given(values->number);
	}
	return false;
}

static int fill(const struct slip_values *values, const char *template, char *out, size_t size)
{
	const char *category = category_text(values->category);
	const struct template_value named[VALUES_COUNT] = {
		{ "office", values->office, true },
		{ "ticket", values->ticket, false },
		{ "pin", values->pin, false },
		{ "when", values->when, false },
		{ "number", given(values->number) ? values->number : "", false },
		{ "category", category ? language_say(category) : "", false },
	};
	autofree char *text = NULL;
	/* One part of an SMS is less than a line of a job holds. */
	int error = template_fill(template, named, VALUES_COUNT, 1, &text);

	if (error == 0 && strlen(text) >= size)
		error = -EMSGSIZE;
	if (error == 0)
		memcpy(out, text, strlen(text) + 1);
	return error;
}

/* What a camera reads: an SMS that only has to be sent, else the number itself. */
static int fill_qr(const struct slip_values *values, char *out, size_t size)
{
	int length = given(values->number) ? snprintf(out, size, "SMSTO:%s:CEK %s %s",
						     values->number, values->ticket, values->pin)
					   : snprintf(out, size, "%s", values->ticket);

	return length < 0 || (size_t)length >= size ? -EMSGSIZE : 0;
}

static int compose_line(
	const struct slip_values *values, const struct slip_line *from, struct printer_job *out)
{
	struct printer_line *line = &out->lines[out->count];

	if (out->count == PRINTER_LINES_MAX)
		return -EMSGSIZE;
	out->count++;
	line->kind = from->kind;
	line->text[0] = '\0';
	if (from->kind == PRINTER_QR)
		return fill_qr(values, line->text, sizeof(line->text));
	return fill(values, language_say(from->text), line->text, sizeof(line->text));
}

int slip_compose(const struct slip_values *values, const char *language, struct printer_job *out)
{
	locale_t before = language_begin(language);
	int error = 0;

	out->count = 0;
	for (size_t i = 0; !error && i < ARRAY_SIZE(slip); i++) {
		if (wanted(slip[i].condition, values))
			error = compose_line(values, &slip[i], out);
	}
	language_end(before);
	return error;
}

/* How many lines a text takes, wrapped at its words; 0 when a word is longer than a line. */
static unsigned lines_of(const char *text, size_t columns)
{
	unsigned lines = 1;
	size_t column = 0;

	while (*text) {
		size_t word = 0;
		while (*text == ' ')
			text++;
		while (*text && *text != ' ') {
			(void)utf8_next(&text);
			word++;
		}
		if (word > columns)
			return 0;
		if (column && column + 1 + word > columns) {
			lines++;
			column = word;
		} else {
			column += word + (column ? 1 : 0);
		}
	}
	return lines;
}

static bool fits(const struct slip_line *from, const struct slip_values *longest, FILE *report,
	const char *language)
{
	char text[PRINTER_TEXT_MAX];
	size_t columns = from->kind == PRINTER_BIG ? BIG_COLUMNS : PRINTER_COLUMNS;
	unsigned lines = 0;

	if (fill(longest, language_say(from->text), text, sizeof(text)) == 0)
		lines = lines_of(text, columns);
	if (lines && lines <= from->lines)
		return true;
	fprintf(report, "slip, %s: \"%s\" takes more than its %u line%s of %zu\n", language,
		language_say(from->text), from->lines, from->lines == 1 ? "" : "s", columns);
	return false;
}

size_t slip_faults(const char *language, FILE *report)
{
	locale_t before = language_begin(language);
	struct slip_values longest = { .office = "",
		.ticket = "999-999999-9",
		.pin = "9999",
		.when = "30-12-2026 23:59",
		.number = "+6281234567890" };
	size_t faults = 0;

	for (size_t i = 0; i < ARRAY_SIZE(slip); i++) {
		if (slip[i].condition == IF_CATEGORY) {
			for (size_t j = 0; j < ARRAY_SIZE(categories); j++) {
				longest.category = categories[j].name;
				faults += !fits(&slip[i], &longest, report, language);
			}
		} else if (slip[i].kind != PRINTER_QR) {
			faults += !fits(&slip[i], &longest, report, language);
		}
	}
	language_end(before);
	return faults;
}
