/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd-opensid/settings.h"

#include <errno.h>
#include <string.h>

#include "base/conf.h"
#include "base/log.h"

#define INTERVAL_S 60
#define INTERVAL_MOST_S 3600
#define PORT 3306
#define KIOSK_MOST 999

/* It stands in events, in the log and in a lock's name. */
static int take_name(const struct conf_entry *entry, char **out)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	if (strspn(entry->value, allowed) != strlen(entry->value) ||
		strlen(entry->value) > OPENSID_NAME_MAX)
		return conf_refuse(entry,
			"must be at most %d small letters, digits and -, for "
			"example triharjo",
			OPENSID_NAME_MAX);
	return conf_string(entry, out);
}

/* HOST, HOST:PORT, [HOST] or [HOST]:PORT, taken apart in place. */
static bool split_server(char *text, char **host, int64_t *port)
{
	char *colon = strrchr(text, ':'), *bracket = strrchr(text, ']'), *end;

	*host = text;
	if (*text == '[') {
		if (!bracket || (bracket[1] && bracket + 1 != colon))
			return false;
		*bracket = '\0';
		*host = text + 1;
		colon = bracket[1] ? colon : NULL;
	}
	if (!colon)
		return **host != '\0';
	*colon = '\0';
	*port = strtol(colon + 1, &end, 10);
	return **host && end != colon + 1 && !*end && *port >= 1 && *port <= 65535;
}

static int take_server(struct settings *settings, const struct conf_entry *entry)
{
	static const char unix_word[] = "unix:";
	autofree char *copy = strdup(entry->value);
	char *host;

	if (!copy)
		return -ENOMEM;
	if (strncmp(entry->value, unix_word, strlen(unix_word)) == 0) {
		settings->socket = strdup(entry->value + strlen(unix_word));
		return settings->socket ? 0 : -ENOMEM;
	}
	settings->port = PORT;
	if (!split_server(copy, &host, &settings->port))
		return conf_refuse(entry, "must be HOST:PORT, HOST, or unix:PATH");
	settings->host = strdup(host);
	return settings->host ? 0 : -ENOMEM;
}

static int take_kiosks(struct settings *settings, const struct conf_entry *entry)
{
	const char *at = entry->value;
	char *end;

	while (*at) {
		long number = strtol(at, &end, 10);
		if (end == at || number < 1 || number > KIOSK_MOST || (*end && *end != ' ') ||
			settings->kiosk_count == OPENSID_KIOSKS_MAX)
			return conf_refuse(entry,
				"must be at most %d kiosk numbers with spaces "
				"between, for example 3 4",
				OPENSID_KIOSKS_MAX);
		settings->kiosks[settings->kiosk_count++] = number;
		at = end + strspn(end, " ");
	}
	return settings->kiosk_count > 0 ? 0 : conf_refuse(entry, "must not be empty");
}

static int take_copy(struct settings *settings, const struct conf_entry *entry)
{
	static const struct {
		const char *word;
		enum opensid_level level;
	} words[] = { { "number", OPENSID_NUMBER }, { "text", OPENSID_TEXT },
		{ "identity", OPENSID_IDENTITY } };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(entry->value, words[i].word) == 0) {
			settings->copy = words[i].level;
			return 0;
		}
	}
	return conf_refuse(entry, "must be number, text or identity");
}

static int take_ca(const struct conf_entry *entry, char **out)
{
	if (access(entry->value, R_OK) < 0)
		return conf_refuse(entry, "must be a readable PEM file (%s)", strerror(errno));
	return conf_string(entry, out);
}

static int take_entry(void *context, const struct conf_entry *entry)
{
	struct settings *settings = context;
	bool opensid = strcmp(entry->section, "opensid") == 0;
	const char *key = entry->key;

	if (strcmp(entry->section, "ppidd") == 0 && strcmp(key, "config") == 0)
		return conf_string(entry, &settings->ppidd_config);
	if (opensid && strcmp(key, "name") == 0)
		return take_name(entry, &settings->name);
	if (opensid && strcmp(key, "server") == 0)
		return take_server(settings, entry);
	if (opensid && strcmp(key, "database") == 0)
		return conf_string(entry, &settings->database);
	if (opensid && strcmp(key, "user") == 0)
		return conf_string(entry, &settings->user);
	if (opensid && strcmp(key, "password_file") == 0)
		return conf_string(entry, &settings->password_file);
	if (opensid && strcmp(key, "tls_ca") == 0)
		return take_ca(entry, &settings->tls_ca);
	if (opensid && strcmp(key, "config_id") == 0)
		return conf_integer(entry, 1, INT32_MAX, &settings->config_id);
	if (opensid && strcmp(key, "kiosks") == 0)
		return take_kiosks(settings, entry);
	if (opensid && strcmp(key, "copy") == 0)
		return take_copy(settings, entry);
	if (opensid && strcmp(key, "interval") == 0)
		return conf_integer(entry, 1, INTERVAL_MOST_S, &settings->interval_s);
	return conf_refuse(entry, "unknown: known are [ppidd] config and [opensid] name, server, "
				  "database, user, password_file, tls_ca, config_id, kiosks, copy "
				  "and interval");
}

static bool is_local(const struct settings *settings)
{
	return settings->socket || strcmp(settings->host, "localhost") == 0 ||
	       strncmp(settings->host, "127.", strlen("127.")) == 0 ||
	       strcmp(settings->host, "::1") == 0;
}

static int missing(const char *path, const char *key, const char *advice)
{
	log_error("%s: %s is missing: %s", path, key, advice);
	return -EINVAL;
}

static int check_whole(const char *path, const struct settings *settings)
{
	int error = 0;

	if (!settings->ppidd_config)
		error = missing(path, "[ppidd] config", "write config = /etc/kotak/ppidd.conf");
	if (!settings->name)
		error = missing(
			path, "[opensid] name", "write the village's, for example triharjo");
	if (!settings->host && !settings->socket)
		error = missing(path, "[opensid] server",
			"write server = unix:/run/mysqld/mysqld.sock, or HOST:PORT");
	if (!settings->database || !settings->user)
		error = missing(path, "[opensid] database or user",
			"write OpenSID's database and the account made for this program");
	if (settings->kiosk_count == 0)
		error = missing(path, "[opensid] kiosks", "write the village's kiosk numbers");
	if (settings->copy == OPENSID_NOTHING)
		error = missing(path, "[opensid] copy",
			"say number, text or identity; OpenSID may show it to everybody, see "
			"ppidd-opensid(8)");
	if ((settings->host || settings->socket) && !is_local(settings) && !settings->tls_ca) {
		log_error("%s: [opensid] server is another machine: names and numbers go there "
			  "encrypted only: write tls_ca",
			path);
		error = -EINVAL;
	}
	return error;
}

int settings_read(const char *path, struct settings *settings)
{
	settings->interval_s = INTERVAL_S;
	int error = conf_read(path, take_entry, settings);

	if (error < 0 && error != -EINVAL)
		return error;
	int whole = check_whole(path, settings);
	if (error == 0)
		error = whole;
	return error < 0 ? error : config_read(settings->ppidd_config, &settings->ppidd);
}

void settings_free(struct settings *settings)
{
	config_free(&settings->ppidd);
	free(settings->ppidd_config);
	free(settings->name);
	free(settings->host);
	free(settings->socket);
	free(settings->database);
	free(settings->user);
	free(settings->password_file);
	free(settings->tls_ca);
}

/* Where the service manager put it, when the configuration names no file. */
static char *password_path(const struct settings *settings)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char *path = NULL;

	if (settings->password_file)
		return strdup(settings->password_file);
	if (!folder || asprintf(&path, "%s/opensid-password", folder) < 0)
		return NULL;
	return path;
}

int settings_password(const struct settings *settings, char password[static PASSWORD_SIZE])
{
	autofree char *path = password_path(settings);

	password[0] = '\0';
	/* The account may be known by its socket's user, without a password. */
	if (!path)
		return 0;
	autofile FILE *file = fopen(path, "re");
	if (!file)
		return -errno;
	if (!fgets(password, PASSWORD_SIZE, file))
		return -ENODATA;
	password[strcspn(password, "\r\n")] = '\0';
	return 0;
}
