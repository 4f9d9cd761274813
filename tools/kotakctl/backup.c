/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of what the kiosk keeps. */
#include "store/backup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "store/listing.h"
#include "tools/kotakctl/kotakctl.h"

static enum outcome said(const struct request *request, const char *what)
{
	autojson json_t *done = json_pack("{s:b, s:s}", "ok", 1, "file", request->arguments[0]);

	if (request->json && done)
		json_dumpf(done, stdout, JSON_INDENT(2));
	else
		printf("%s %s.", what, request->arguments[0]);
	printf("\n");
	return OUTCOME_FINE;
}

enum outcome command_backup(const struct request *request)
{
	autostore struct store *store = open_store(request);

	if (!store || store_backup(store, request->arguments[0]) < 0)
		return OUTCOME_FAILED;
	return said(request, "The database is copied to");
}

enum outcome command_restore(const struct request *request)
{
	const struct config *config = request->config;
	const struct moment moment = { .now_ms = (int64_t)time(NULL) * 1000, .clock = CLOCK_GUESS };
	int error = store_restore(
		config->store_path, (unsigned)config->kiosk_id, request->arguments[0], &moment);

	if (error < 0) {
		log_error("%s is not restored (%s)%s", request->arguments[0], strerror(-error),
			error == -EBUSY ? ": stop kotakd first" : "");
		return OUTCOME_FAILED;
	}
	return said(request, "The database is as it was in");
}

enum outcome command_export(const struct request *request)
{
	autostore struct store *store = open_store(request);
	autojson json_t *complaints = NULL;
	autojson json_t *events = NULL;

	if (!store || store_list_complaints(store, &complaints) < 0 ||
		store_list_events(store, 0, 0, NULL, INT32_MAX, &events) < 0)
		return OUTCOME_FAILED;
	autojson json_t *all = json_pack("{s:I, s:s, s:O, s:O}", "kiosk",
		(json_int_t)request->config->kiosk_id, "name", request->config->kiosk_name,
		"complaints", complaints, "events", events);
	if (!all || json_dumpf(all, stdout, JSON_INDENT(2)) < 0 || putchar('\n') == EOF)
		return OUTCOME_FAILED;
	return OUTCOME_FINE;
}
