/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks over the installation, one line a check, and says what to do about what it finds. */
#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "store/listing.h"
#include "sync/token.h"
#include "tools/kotakctl/kotakctl.h"
#include "tools/kotakctl/table.h"

/* Less than this and the database may soon be unable to take complaints. */
#define SPACE_LEAST_MIB 200
#define TEXT_SIZE 320

struct findings {
	json_t *list; /* {check, ok, text, advice} */
	size_t wrong;
};

/* Notes a check; advice is NULL when it is fine. */
__attribute__((format(printf, 4, 5))) static void note(
	struct findings *findings, const char *check, const char *advice, const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof(text), format, values);
	va_end(values);
	findings->wrong += advice ? 1 : 0;
	json_array_append_new(
		findings->list, json_pack("{s:s, s:b, s:s, s:s?}", "check", check, "ok",
					advice == NULL, "text", text, "advice", advice));
}

static void check_chain(struct store *store, struct findings *findings)
{
	autofree char *fault = NULL;
	int64_t count = 0;
	int error = store_verify(store, &count, &fault);

	if (error == 0)
		note(findings, "event log", NULL, "%lld events, all chained", (long long)count);
	else
		note(findings, "event log",
			"keep this database as it is, compare with a backup or the server",
			"changed or unreadable: %s", fault ? fault : strerror(-error));
}

static void check_store(const struct request *request, struct findings *findings)
{
	const char *path = request->config->store_path;
	autostore struct store *store = NULL;
	int error = store_open_read(path, &store);

	if (error < 0) {
		note(findings, "database",
			error == -ENOENT ? "start kotakd once, it makes it"
			: error == -EACCES
				? "run kotakctl as root or as kotakd's user"
				: "restart kotakd: it repairs or rebuilds it at its start",
			"%s: %s", path, strerror(-error));
		return;
	}
	if (store_quick_check(store) == 1)
		note(findings, "database", NULL, "%s is whole", path);
	else
		note(findings, "database",
			"restart kotakd: it sets the damaged file aside and rebuilds; then renew "
			"the SD card",
			"%s is damaged", path);
	check_chain(store, findings);
}

static void check_space(const struct request *request, struct findings *findings)
{
	autofree char *copy = strdup(request->config->store_path);
	struct statvfs space;

	if (!copy)
		return;
	const char *folder = dirname(copy);
	if (statvfs(folder, &space) < 0) {
		note(findings, "disk", "make the folder, owned by kotakd's user", "%s: %s", folder,
			strerror(errno));
		return;
	}
	unsigned long long mib =
		(unsigned long long)space.f_bavail * space.f_frsize / (1024ULL * 1024ULL);
	note(findings, "disk",
		mib < SPACE_LEAST_MIB ? "free space: journalctl --vacuum-size=50M, or a larger card"
				      : NULL,
		"%llu MiB free in %s", mib, folder);
}

static void check_token(const struct request *request, struct findings *findings)
{
	const char *path = request->config->sync_token_file;
	char token[TOKEN_SIZE];
	struct stat file;

	if (!request->config->sync_url) {
		note(findings, "server", NULL, "none configured: complaints stay here");
		return;
	}
	int error = token_read(path, token);
	explicit_bzero(token, sizeof(token));
	if (error < 0)
		note(findings, "token",
			error == -EACCES ? "run kotakctl as root or as kotakd's user"
					 : "get a code at the server (ppidctl kiosk add) and run "
					   "kotakctl enroll URL CODE",
			"%s: %s", path,
			error == -ENOENT    ? "not enrolled yet"
			: error == -EBADMSG ? "this is no token"
					    : strerror(-error));
	else if (stat(path, &file) == 0 && (file.st_mode & 077))
		note(findings, "token",
			"chmod 600 this file, and enrol anew if others may have read it",
			"%s: others may read it (mode %03o)", path, file.st_mode & 0777);
	else
		note(findings, "token", NULL, "%s is there and private", path);
}

static void check_modem(const struct config_modem *modem, struct findings *findings)
{
	char check[64];
	glob_t found = { 0 };

	snprintf(check, sizeof(check), "modem %s", modem->name);
	if (strcmp(modem->device, "auto") == 0 || strcmp(modem->device, "none") == 0) {
		note(findings, check, NULL, "device = %s", modem->device);
		return;
	}
	if (glob(modem->device, 0, NULL, &found) != 0)
		note(findings, check, "plug it in, or set [modem] device to its path or to auto",
			"%s is not there", modem->device);
	else if (access(found.gl_pathv[0], R_OK | W_OK) < 0)
		note(findings, check, "add the user to the group dialout", "%s: %s",
			found.gl_pathv[0], strerror(errno));
	else
		note(findings, check, NULL, "%s is there", found.gl_pathv[0]);
	globfree(&found);
}

static void check_lobby(const struct request *request, struct findings *findings)
{
	const struct config *config = request->config;
	autojson json_t *places = NULL;

	if (config->panel_places && config_places(config, &places) < 0)
		note(findings, "places", "mend the file that [panel] places names",
			"%s can't be used", config->panel_places);
	else if (config->panel_places)
		note(findings, "places", NULL, "%s has %zu dusun", config->panel_places,
			json_array_size(places));
	if (config->printer_device && access(config->printer_device, F_OK) < 0)
		note(findings, "printer", "plug it in, or set [printer] device to its path",
			"%s is not there", config->printer_device);
	else if (config->printer_device)
		note(findings, "printer", NULL, "%s is there", config->printer_device);
}

static void check_kotakd(const struct request *request, struct findings *findings)
{
	autofree char *answer = NULL;
	int error = control_ask(request->config, "status", &answer);

	if (error == 0)
		note(findings, "kotakd", NULL, "answers: kotakctl status says how it is");
	else if (error == -ENOENT)
		note(findings, "kotakd", "add [control] socket to the configuration",
			"can't be asked");
	else
		note(findings, "kotakd", "systemctl start kotakd, then journalctl -u kotakd -n 50",
			"does not answer on %s: %s", request->config->control_socket,
			strerror(-error));
}

static int print_findings(const struct findings *findings)
{
	const json_t *finding;
	size_t index;

	json_array_foreach (findings->list, index, finding) {
		const char *advice = json_string_value(json_object_get(finding, "advice"));
		autofree char *text =
			visible_text(json_string_value(json_object_get(finding, "text")));
		autofree char *check =
			visible_text(json_string_value(json_object_get(finding, "check")));
		if (!text || !check)
			return -ENOMEM;
		printf("%-6s %-14s %s\n", advice ? "WRONG" : "ok", check, text);
		if (advice)
			printf("%-6s %-14s What to do: %s\n", "", "", advice);
	}
	return 0;
}

enum outcome command_doctor(const struct request *request)
{
	autojson json_t *list = json_array();
	struct findings findings = { .list = list };

	if (!list)
		return OUTCOME_FAILED;
	note(&findings, "configuration", NULL, "%s makes sense", request->config_path);
	check_store(request, &findings);
	check_space(request, &findings);
	check_token(request, &findings);
	for (size_t i = 0; i < request->config->modem_count; i++)
		check_modem(&request->config->modems[i], &findings);
	check_lobby(request, &findings);
	check_kotakd(request, &findings);
	if (request->json) {
		json_dumpf(list, stdout, JSON_INDENT(2));
		putchar('\n');
	} else if (print_findings(&findings) < 0) {
		return OUTCOME_FAILED;
	}
	return findings.wrong > 0 ? OUTCOME_FAILED : OUTCOME_FINE;
}
