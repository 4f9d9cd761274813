/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking what became of complaints: by their ids, or those of some days. */
#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/open311.h"
#include "tools/ppidd/public.h"

#define DAYS_MOST 90
#define DAY_MS INT64_C(86400000)
#define ROWS_MOST 1000
#define IDS_MOST 100
#define SERVICES_MOST 64 /* bytes of ",access,…," */

/* The next of a list with commas between, without blanks around it; false: there is none. */
static bool next_of(const char **list, char out[static UUID_SIZE])
{
	const char *begin = *list;
	size_t length = strcspn(begin, ",");

	if (!*begin)
		return false;
	*list += length + (begin[length] == ',');
	while (length > 0 && *begin == ' ') {
		begin++;
		length--;
	}
	while (length > 0 && begin[length - 1] == ' ')
		length--;
	/* What is longer is no name of ours. */
	snprintf(out, UUID_SIZE, "%.*s", length < UUID_SIZE ? (int)length : 0, begin);
	return true;
}

static int begin(struct request *request, struct open311_rows *rows)
{
	return open311_rows_begin(rows, open311_wants_json(request), request->config->office);
}

static int answer_rows(struct request *request, struct open311_rows *rows)
{
	int error = open311_rows_end(rows);

	if (error < 0)
		return error;
	return public_answer(request, open311_type(request), take_pointer(rows->text), rows->size);
}

static int answer_ids(struct request *request, const char *ids)
{
	autorequests struct open311_rows rows = { 0 };
	char id[UUID_SIZE];
	size_t count = 0;

	int error = begin(request, &rows);
	while (error >= 0 && next_of(&ids, id)) {
		if (++count > IDS_MOST)
			return open311_refuse(request, MHD_HTTP_BAD_REQUEST,
				"Paling banyak 100 service_request_id sekali bertanya.");
		error = open311_find(request->db, id, &rows);
		if (error == -ENOENT)
			error = 0;
	}
	return error < 0 ? error : answer_rows(request, &rows);
}

/* Each returns NULL, or what is wrong with the argument. */

static const char *read_services(const char *asked, char out[static SERVICES_MOST])
{
	char code[UUID_SIZE];
	size_t used = 0;

	out[0] = '\0';
	while (next_of(&asked, code)) {
		if (!*code)
			continue;
		if (!open311_service_known(code))
			return "Tidak ada service_code seperti itu.";
		if (used + strlen(code) + 3 > SERVICES_MOST)
			return "Terlalu banyak service_code.";
		used += (size_t)snprintf(
			out + used, SERVICES_MOST - used, "%s%s,", used ? "" : ",", code);
	}
	return NULL;
}

static const char *read_status(const char *asked, struct open311_filter *filter)
{
	char status[UUID_SIZE];
	bool any = false;

	while (next_of(&asked, status)) {
		if (!*status)
			continue;
		if (strcmp(status, "open") != 0 && strcmp(status, "closed") != 0)
			return "status hanya open atau closed.";
		any = true;
		filter->open |= strcmp(status, "open") == 0;
		filter->closed |= strcmp(status, "closed") == 0;
	}
	if (!any)
		filter->open = filter->closed = true;
	return NULL;
}

static const char *read_days(
	const char *start, const char *end, struct open311_filter *filter, int64_t now_ms)
{
	if ((*start && w3c_parse(start, &filter->from_ms) < 0) ||
		(*end && w3c_parse(end, &filter->until_ms) < 0))
		return "start_date dan end_date ditulis seperti 2026-11-24T00:00:00Z.";
	if (!*end)
		filter->until_ms = *start ? filter->from_ms + DAYS_MOST * DAY_MS : now_ms;
	if (!*end && filter->until_ms > now_ms)
		filter->until_ms = now_ms;
	if (!*start)
		filter->from_ms = filter->until_ms - DAYS_MOST * DAY_MS;
	if (*start && *end && filter->from_ms > filter->until_ms)
		return "start_date tidak boleh sesudah end_date.";
	if (filter->until_ms - filter->from_ms > DAYS_MOST * DAY_MS)
		return "start_date dan end_date paling jauh 90 hari.";
	/* Days are shown, so whole days are asked for. */
	filter->from_ms = day_begin(filter->from_ms, 0);
	filter->until_ms = day_begin(filter->until_ms, 1);
	return NULL;
}

static const char *argument(struct request *request, const char *name)
{
	const char *text = request_argument(request, name);

	/* The specification: an empty one is as none. */
	return text ? text : "";
}

int open311_get_requests(struct request *request)
{
	struct open311_filter filter = { .most = ROWS_MOST };
	autorequests struct open311_rows rows = { 0 };
	char services[SERVICES_MOST];

	if (*argument(request, "service_request_id"))
		return answer_ids(request, argument(request, "service_request_id"));
	const char *wrong = read_services(argument(request, "service_code"), services);
	if (wrong)
		return open311_refuse(request, MHD_HTTP_NOT_FOUND, wrong);
	filter.services = services;
	wrong = read_status(argument(request, "status"), &filter);
	if (!wrong)
		wrong = read_days(argument(request, "start_date"), argument(request, "end_date"),
			&filter, request->now_ms);
	if (wrong)
		return open311_refuse(request, MHD_HTTP_BAD_REQUEST, wrong);
	int error = begin(request, &rows);
	if (error >= 0)
		error = open311_list(request->db, &filter, &rows);
	return error < 0 ? error : answer_rows(request, &rows);
}

int open311_get_request(struct request *request)
{
	autorequests struct open311_rows rows = { 0 };
	char id[PATH_PART_MAX + 1];

	open311_part(request, id);
	int error = begin(request, &rows);
	if (error >= 0)
		error = open311_find(request->db, id, &rows);
	if (error == -ENOENT)
		return open311_refuse(
			request, MHD_HTTP_NOT_FOUND, "Tidak ada service_request_id seperti itu.");
	return error < 0 ? error : answer_rows(request, &rows);
}

int open311_get_token(struct request *request)
{
	autorequests struct open311_rows rows = { 0 };
	char id[PATH_PART_MAX + 1];

	open311_part(request, id);
	int error = begin(request, &rows);
	if (error >= 0)
		error = open311_find(request->db, id, &rows);
	if (error == -ENOENT)
		return open311_refuse(request, MHD_HTTP_NOT_FOUND, "Tidak ada token seperti itu.");
	if (error < 0)
		return error;
	autojson json_t *list = json_pack("[{s:s, s:s}]", "service_request_id", id, "token", id);
	return list ? open311_answer(request, "service_requests", list) : -ENOMEM;
}
