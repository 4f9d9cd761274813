/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The public figures for other programs; docs/open-data.md describes the fields. */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/public.h"

static const char *const columns[PUBLIC_COLUMNS] = { "received", "answered", "open",
	"referred_or_withdrawn" };

/* A number, "<5", or null where it is kept back. */
static json_t *json_cell(const struct public_row *row, enum public_column column)
{
	if (row->few && column == PUBLIC_RECEIVED)
		return json_string("<5");
	if (row->kept || (row->outline && column != PUBLIC_RECEIVED))
		return json_null();
	return json_integer((json_int_t)row->values[column]);
}

static json_t *tenths(int64_t value)
{
	return value < 0 ? json_null() : json_real((double)value / 10);
}

static json_t *json_row(const struct public_row *row)
{
	json_t *json = json_object();

	for (int i = 0; i < PUBLIC_COLUMNS; i++)
		json_object_set_new(json, columns[i], json_cell(row, (enum public_column)i));
	json_object_set_new(json, "in_time_percent",
		row->share < 0 ? json_null() : json_integer((json_int_t)row->share));
	json_object_set_new(json, "median_working_days", tenths(row->median));
	json_object_set_new(json, "rating_mean", tenths(row->rating));
	return json;
}

static json_t *json_table(const struct public_table *table, const json_t *kiosks)
{
	json_t *list = json_array();

	/* null: too few for this table. */
	if (table->kept) {
		json_decref(list);
		return json_null();
	}
	for (size_t i = 0; i < table->count; i++) {
		json_t *row = json_row(&table->rows[i]);
		json_object_set_new(row, "key", json_string(table->rows[i].key));
		json_object_set_new(row, "name",
			json_string(report_name(kiosks, table->by, table->rows[i].key)));
		json_array_append_new(list, row);
	}
	return list;
}

static int make_json(struct request *request, const struct public_figures *figures,
	const json_t *kiosks, char **text, size_t *size)
{
	autojson json_t *json = json_pack("{s:s, s:s, s:s, s:o}", "office", request->config->office,
		"from", figures->from, "until", figures->until, "total", json_row(&figures->total));

	for (int i = 0; json && i < PUBLIC_TABLES; i++)
		json_object_set_new(json, report_by_name(figures->tables[i].by),
			json_table(&figures->tables[i], kiosks));
	*text = json ? json_dumps(json, JSON_INDENT(1)) : NULL;
	*size = *text ? strlen(*text) : 0;
	return *text ? 0 : -ENOMEM;
}

int opendata_get_json(struct request *request)
{
	static struct public_copy copy;

	return public_answer_figures(request, "application/json", &copy, make_json);
}

static void csv_row(FILE *out, const char *by, const char *name, const struct public_row *row)
{
	csv_field(out, by);
	putc(',', out);
	csv_field(out, row->key);
	putc(',', out);
	csv_field(out, name);
	for (int i = 0; i < PUBLIC_COLUMNS; i++) {
		if (row->few && i == PUBLIC_RECEIVED)
			fputs(",<5", out);
		else if (row->kept || (row->outline && i != PUBLIC_RECEIVED))
			putc(',', out);
		else
			fprintf(out, ",%lld", (long long)row->values[i]);
	}
	putc(',', out);
	if (row->share >= 0)
		fprintf(out, "%lld", (long long)row->share);
	putc(',', out);
	if (row->median >= 0)
		fprintf(out, "%lld.%lld", (long long)(row->median / 10),
			(long long)(row->median % 10));
	putc(',', out);
	if (row->rating >= 0)
		fprintf(out, "%lld.%lld", (long long)(row->rating / 10),
			(long long)(row->rating % 10));
	fputs("\r\n", out);
}

static int make_csv(struct request *request, const struct public_figures *figures,
	const json_t *kiosks, char **text, size_t *size)
{
	(void)request;
	FILE *out = open_memstream(text, size);

	if (!out)
		return -ENOMEM;
	fputs("by,key,name,received,answered,open,referred_or_withdrawn,in_time_percent,"
	      "median_working_days,rating_mean\r\n",
		out);
	csv_row(out, "total", "", &figures->total);
	for (int i = 0; i < PUBLIC_TABLES; i++) {
		const struct public_table *table = &figures->tables[i];
		for (size_t row = 0; !table->kept && row < table->count; row++)
			csv_row(out, report_by_name(table->by),
				report_name(kiosks, table->by, table->rows[row].key),
				&table->rows[row]);
	}
	return fclose(out) == 0 ? 0 : -ENOMEM;
}

int opendata_get_csv(struct request *request)
{
	static struct public_copy copy;

	return public_answer_figures(request, "text/csv; charset=utf-8", &copy, make_csv);
}
