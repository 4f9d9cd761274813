/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "sync/token.h"
#include "tools/kotakctl/kotakctl.h"
#include "uplink/enroll.h"

/* Run by root, the token must still belong to kotakd's user: to whom its folder belongs. */
static int give_to_folder_owner(const char *path)
{
	autofree char *copy = strdup(path);
	struct stat folder;

	if (!copy)
		return -ENOMEM;
	if (geteuid() != 0)
		return 0;
	if (stat(dirname(copy), &folder) < 0 || lchown(path, folder.st_uid, folder.st_gid) < 0)
		return -errno;
	return 0;
}

enum outcome command_enroll(const struct request *request)
{
	const struct config *config = request->config;
	const char *url = request->arguments[0];
	autofree char *token = NULL;
	autofree char *wrong = NULL;
	autofree char *answer = NULL;

	if (!config->sync_token_file) {
		log_error("%s: [sync] token_file is missing: name the file that keeps the kiosk's "
			  "token, such as /var/lib/kotak/token",
			request->config_path);
		return OUTCOME_USAGE;
	}
	int error = uplink_enroll(url, config->sync_ca_file, request->arguments[1],
		(unsigned)config->kiosk_id, &token, &wrong);
	if (error < 0) {
		log_error("not enrolled: %s", wrong ? wrong : strerror(-error));
		return OUTCOME_FAILED;
	}
	error = token_write(config->sync_token_file, token);
	if (error == 0)
		error = give_to_folder_owner(config->sync_token_file);
	explicit_bzero(token, strlen(token));
	if (error < 0) {
		log_error("%s: %s: make its folder writable and ask for a new code, this one is "
			  "used up",
			config->sync_token_file, strerror(-error));
		return OUTCOME_FAILED;
	}
	if (!config->sync_url || strcmp(config->sync_url, url) != 0)
		log_warning("%s: [sync] url is %s: set it to %s and restart kotakd",
			request->config_path, config->sync_url ? config->sync_url : "missing", url);
	/* A kotakd that isn't running reads the token when it starts. */
	if (control_ask(config, "wake", &answer) == 0)
		log_info("kotakd was told");
	if (request->json)
		printf("{\"enrolled\": true, \"kiosk\": %lld}\n", (long long)config->kiosk_id);
	else
		printf("Kiosk %lld is enrolled at %s.\n", (long long)config->kiosk_id, url);
	return OUTCOME_FINE;
}
