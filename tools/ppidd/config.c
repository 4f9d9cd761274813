/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/conf.h"
#include "base/log.h"
#include "tools/ppidd/db.h"

#define SURVEY_DAYS_DEFAULT 3
#define SURVEY_DAYS_MAX 365
#define ERASE_MONTHS_DEFAULT 24
#define ERASE_MONTHS_MAX 1200
#define SILENCE_HOURS_DEFAULT 24
#define SILENCE_HOURS_MAX 8760

static bool is_loopback(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
	return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 ==
	       IN_LOOPBACKNET;
}

/* Splits HOST:PORT or [HOST]:PORT in place. */
static bool split_listen(char *text, char **host, char **port)
{
	char *colon = strrchr(text, ':');

	if (!colon || colon == text || !colon[1])
		return false;
	*colon = '\0';
	*port = colon + 1;
	*host = text;
	if (*text == '[') {
		if (colon[-1] != ']')
			return false;
		colon[-1] = '\0';
		*host = text + 1;
	}
	return strspn(*port, "0123456789") == strlen(*port) && strtol(*port, NULL, 10) <= 65535;
}

static int take_listen(struct config *config, const struct conf_entry *entry)
{
	static const char right[] =
		"must be HOST:PORT, for example 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:443";
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	struct addrinfo *found = NULL;
	char *host, *port;

	int error = conf_string(entry, &config->listen);
	if (error < 0)
		return error;
	autofree char *copy = strdup(entry->value);
	if (!copy)
		return -ENOMEM;
	if (!split_listen(copy, &host, &port))
		return conf_refuse(entry, "%s", right);
	int code = getaddrinfo(host, port, &hints, &found);
	if (code != 0)
		return conf_refuse(entry, "%s (%s)", right, gai_strerror(code));
	memcpy(&config->address, found->ai_addr, found->ai_addrlen);
	config->address_size = found->ai_addrlen;
	config->loopback = is_loopback(&config->address);
	freeaddrinfo(found);
	return 0;
}

static int take_file(const struct conf_entry *entry, char **out)
{
	int error = conf_string(entry, out);

	if (error < 0)
		return error;
	if (access(entry->value, R_OK) < 0)
		return conf_refuse(entry, "must be a readable PEM file (%s)", strerror(errno));
	return 0;
}

/* It goes into a header: only what origins are made of. */
static int take_origins(const struct conf_entry *entry, char **out)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.:/-*[]' ";

	if (strspn(entry->value, allowed) != strlen(entry->value))
		return conf_refuse(entry, "must be origins with spaces between, for example "
					  "http://127.0.0.1:8000");
	return conf_string(entry, out);
}

static int take_store(const struct conf_entry *entry, char **out)
{
	const char *location;

	if (!db_backend(entry->value, &location) || !*location) {
		/* What is written there may hold a password: not into the log. */
		log_error("%s:%u: [store] url: must be sqlite:PATH or "
			  "postgresql://USER@HOST/DATABASE",
			entry->file, entry->line);
		return -EINVAL;
	}
	return conf_string(entry, out);
}

static int take_deadline(struct config *config, const struct conf_entry *entry)
{
	struct deadline_rules *rules = &config->deadlines;
	const struct {
		const char *key;
		int64_t *days;
	} keys[] = {
		{ "complaint", &rules->of[CASE_COMPLAINT].days },
		{ "complaint_extended", &rules->of[CASE_COMPLAINT].extended },
		{ "information", &rules->of[CASE_INFORMATION].days },
		{ "information_extended", &rules->of[CASE_INFORMATION].extended },
		{ "objection", &rules->of[CASE_OBJECTION].days },
		{ "objection_within", &rules->objection_within },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(entry->key, keys[i].key) == 0)
			return conf_integer(entry, 1, DEADLINE_DAYS_MOST, keys[i].days);
	}
	return conf_refuse(entry, "unknown: known are [deadlines] complaint, complaint_extended, "
				  "information, information_extended, objection, objection_within");
}

static int take_entry(void *context, const struct conf_entry *entry)
{
	struct config *config = context;
	bool server = strcmp(entry->section, "server") == 0;
	bool store = strcmp(entry->section, "store") == 0;
	bool desk = strcmp(entry->section, "desk") == 0;

	if (server && strcmp(entry->key, "listen") == 0)
		return take_listen(config, entry);
	if (server && strcmp(entry->key, "tls_cert") == 0)
		return take_file(entry, &config->tls_cert);
	if (server && strcmp(entry->key, "tls_key") == 0)
		return take_file(entry, &config->tls_key);
	if (server && strcmp(entry->key, "frame_ancestors") == 0)
		return take_origins(entry, &config->frame_ancestors);
	if (server && strcmp(entry->key, "office") == 0)
		return conf_string(entry, &config->office);
	if (server && strcmp(entry->key, "timezone") == 0)
		return conf_string(entry, &config->timezone);
	if (store && strcmp(entry->key, "url") == 0)
		return take_store(entry, &config->store_url);
	if (desk && strcmp(entry->key, "survey_after_days") == 0)
		return conf_integer(entry, 0, SURVEY_DAYS_MAX, &config->survey_after_days);
	if (desk && strcmp(entry->key, "erase_after_months") == 0)
		return conf_integer(entry, 0, ERASE_MONTHS_MAX, &config->erase_after_months);
	if (desk && strcmp(entry->key, "silence_hours") == 0)
		return conf_integer(entry, 0, SILENCE_HOURS_MAX, &config->silence_hours);
	if (strcmp(entry->section, "deadlines") == 0)
		return take_deadline(config, entry);
	return conf_refuse(entry, "unknown: known are [server] listen, tls_cert, tls_key, office, "
				  "timezone, frame_ancestors, [store] url, "
				  "[desk] survey_after_days, erase_after_months, "
				  "silence_hours and [deadlines]");
}

/* More time is never less. */
static int check_deadlines(const char *path, const struct deadline_rules *rules)
{
	for (int i = 0; i < CASE_OBJECTION; i++) {
		const char *name = case_name((enum case_kind)i);
		if (rules->of[i].extended >= rules->of[i].days)
			continue;
		log_error("%s: [deadlines] %s_extended = %lld: must be at least %s, which is %lld",
			path, name, (long long)rules->of[i].extended, name,
			(long long)rules->of[i].days);
		return -EINVAL;
	}
	return 0;
}

static int check_whole(const char *path, const struct config *config)
{
	int error = check_deadlines(path, &config->deadlines);

	if (!config->listen) {
		log_error("%s: [server] listen is missing: write HOST:PORT, for example "
			  "listen = 127.0.0.1:8080",
			path);
		error = -EINVAL;
	}
	if (!config->store_url) {
		log_error("%s: [store] url is missing: write for example "
			  "url = sqlite:/var/lib/ppidd/ppidd.db",
			path);
		error = -EINVAL;
	}
	if (!config->tls_cert != !config->tls_key) {
		log_error("%s: [server] tls_cert and tls_key belong together: write both", path);
		error = -EINVAL;
	}
	if (config->listen && config->address_size > 0 && !config->loopback && !config->tls_cert) {
		log_error("%s: [server] listen = %s: without TLS only loopback is allowed: write "
			  "tls_cert and tls_key, or listen = 127.0.0.1:8080",
			path, config->listen);
		error = -EINVAL;
	}
	return error;
}

int config_read(const char *path, struct config *config)
{
	config->survey_after_days = SURVEY_DAYS_DEFAULT;
	config->erase_after_months = ERASE_MONTHS_DEFAULT;
	config->silence_hours = SILENCE_HOURS_DEFAULT;
	config->deadlines = *deadline_rules();
	int error = conf_read(path, take_entry, config);

	if (error < 0 && error != -EINVAL)
		return error;
	config->deadlines.of[CASE_OBJECTION].extended = config->deadlines.of[CASE_OBJECTION].days;
	int whole = check_whole(path, config);
	if (error == 0)
		error = whole;
	if (error == 0 && !config->office)
		config->office = strdup("PPID");
	/* Western Indonesian Time also where no zone database is installed. */
	if (error == 0 && !config->timezone)
		config->timezone = strdup("WIB-7");
	if (error == 0 && (!config->office || !config->timezone))
		error = -ENOMEM;
	return error;
}

void config_free(struct config *config)
{
	free(config->listen);
	free(config->tls_cert);
	free(config->tls_key);
	free(config->frame_ancestors);
	free(config->office);
	free(config->timezone);
	free(config->store_url);
}
