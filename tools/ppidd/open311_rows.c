/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the public sees of complaints that came by a portal: nothing that a person wrote, be it the
 * complainant or an officer, and days instead of moments. A list may have a thousand of them, so
 * they are written as they are read, without a tree in between.
 */
#include "tools/ppidd/open311_rows.h"

#include <errno.h>
#include <string.h>

#include "tools/ppidd/html.h"
#include "tools/ppidd/open311.h"

#define SECOND_MS INT64_C(1000)
#define ROOT "service_requests"

/* A state in the specification's terms, and in the public's. */
static const struct state_words {
	const char *state, *status, *notes;
} states[] = {
	{ "received", "open", "Diterima, akan diperiksa." },
	{ "incomplete", "open", "Menunggu keterangan dari pengadu." },
	{ "verified", "open", "Sudah diperiksa, menjadi urusan kami." },
	{ "assigned", "open", "Petugas sudah ditunjuk." },
	{ "investigating", "open", "Sedang ditangani." },
	{ "reopened", "open", "Dibuka kembali dan ditangani lagi." },
	{ "resolved", "closed", "Sudah dijawab." },
	{ "closed", "closed", "Selesai." },
	{ "referred", "closed", "Dialihkan ke instansi lain yang berwenang." },
	{ "withdrawn", "closed", "Dicabut oleh pengadu." },
};

static const struct state_words *words_of(const char *state)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (strcmp(states[i].state, state) == 0)
			return &states[i];
	}
	return &states[0];
}

int open311_rows_begin(struct open311_rows *rows, bool json, const char *office)
{
	*rows = (struct open311_rows) { .json = json };
	rows->office = open311_words(json, office);
	if (rows->office)
		rows->out = open_memstream(&rows->text, &rows->size);
	if (!rows->out)
		return -ENOMEM;
	fputs(json ? "[" : OPEN311_XML "<" ROOT ">", rows->out);
	return 0;
}

/* One field; value is as the form writes it, NULL for none. */
static void put(const struct open311_rows *rows, const char *name, const char *value)
{
	FILE *out = rows->out;

	fputs(rows->json ? " \"" : "<", out);
	fputs(name, out);
	if (rows->json) {
		fputs(value ? "\": \"" : "\": null", out);
		fputs(value ? value : "", out);
		fputs(value ? "\"" : "", out);
		return;
	}
	fputs(">", out);
	fputs(value ? value : "", out);
	fputs("</", out);
	fputs(name, out);
	fputs(">", out);
}

void open311_rows_add(struct open311_rows *rows, const struct open311_row *row)
{
	const struct state_words *words = words_of(row->state);
	bool closed = strcmp(words->status, "closed") == 0;
	bool elsewhere = strcmp(words->state, "referred") == 0;
	char requested[W3C_SIZE], updated[W3C_SIZE], expected[W3C_SIZE];

	w3c_format(row->created_ms, true, requested);
	w3c_format(closed && row->resolved_ms ? row->resolved_ms : row->updated_ms, true, updated);
	/* A last day is over with its midnight, which would read as the next day's. */
	w3c_format(row->due_ms ? row->due_ms - SECOND_MS : 0, false, expected);
	/* All but the office's name are words of ours that neither form has to escape. */
	const char *const fields[][2] = {
		{ "service_request_id", row->uuid },
		{ "status", words->status },
		{ "status_notes", words->notes },
		{ "service_name", word_category(row->service) },
		{ "service_code", row->service },
		{ "description", NULL },
		{ "agency_responsible", elsewhere ? "Instansi lain" : rows->office },
		{ "service_notice", "Dijawab dalam 7 hari kerja, atau 14 hari kerja bila rumit, "
				    "dengan alasan." },
		{ "requested_datetime", requested },
		{ "updated_datetime", updated },
		{ "expected_datetime", *expected ? expected : NULL },
		{ "address", NULL },
		{ "address_id", NULL },
		{ "zipcode", NULL },
		{ "lat", NULL },
		{ "long", NULL },
		{ "media_url", NULL },
	};

	if (rows->json && rows->count > 0)
		fputs(",", rows->out);
	fputs(rows->json ? "\n {" : "\n<request>", rows->out);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (rows->json && i > 0)
			fputs(",", rows->out);
		put(rows, fields[i][0], fields[i][1]);
	}
	fputs(rows->json ? " }" : "</request>", rows->out);
	rows->count++;
}

int open311_rows_end(struct open311_rows *rows)
{
	fputs(rows->json ? "\n]" : "\n</" ROOT ">\n", rows->out);
	bool failed = ferror(rows->out) != 0;
	if (fclose(take_pointer(rows->out)) != 0 || failed)
		return -ENOMEM;
	return 0;
}

void open311_rows_free(struct open311_rows *rows)
{
	if (rows->out)
		fclose(rows->out);
	free(rows->text);
	free(rows->office);
}
