/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/config.h"

#include <errno.h>
#include <libgen.h>
#include <regex.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/conf.h"
#include "base/log.h"
#include "kotakd/config_panel.h"
#include "wire/event.h"
#include "wire/ticket.h"

#define DEFAULT_REPORT_WAIT_S 20
#define DEFAULT_PARTS_WAIT_S 600
#define DEFAULT_KEEP_MONTHS 24
#define DEFAULT_HEALTH_AFTER_S 60
#define DEFAULT_SMS_PER_MINUTE 0 /* no limit of our own */

typedef int config_check(const struct conf_entry *entry, void *field);

struct config_key {
	const char *section;
	const char *key;
	size_t offset; /* in struct config, or in struct config_modem for [modem NAME] */
	config_check *check;
};

static int check_string(const struct conf_entry *entry, void *field)
{
	return conf_string(entry, field);
}

static int check_kiosk_id(const struct conf_entry *entry, void *field)
{
	return conf_integer(entry, 1, TICKET_KIOSK_MAX, field);
}

static int check_rate(const struct conf_entry *entry, void *field)
{
	return conf_integer(entry, 0, 600, field);
}

static int check_wait(const struct conf_entry *entry, void *field)
{
	return conf_integer(entry, 1, 86400, field);
}

static int check_months(const struct conf_entry *entry, void *field)
{
	return conf_integer(entry, 0, 1200, field);
}

static int check_pin(const struct conf_entry *entry, void *field)
{
	size_t digits = strspn(entry->value, "0123456789");

	if (entry->value[digits] || digits < 4 || digits > 8) {
		/* The PIN itself is kept out of the log. */
		struct conf_entry masked = *entry;
		masked.value = "****";
		return conf_refuse(&masked, "a PIN is 4 to 8 digits");
	}
	return conf_string(entry, field);
}

static int check_ussd(const struct conf_entry *entry, void *field)
{
	if (!*entry->value || entry->value[strspn(entry->value, "0123456789*#+")])
		return conf_refuse(entry, "a USSD code has digits, * and # only, such as *888#");
	return conf_string(entry, field);
}

static int check_pattern(const struct conf_entry *entry, void *field)
{
	regex_t pattern;

	if (regcomp(&pattern, entry->value, REG_EXTENDED) != 0)
		return conf_refuse(entry, "must be an extended regular expression");
	size_t groups = pattern.re_nsub;
	regfree(&pattern);
	if (groups < 1)
		return conf_refuse(entry, "needs one (group) around the amount");
	return conf_string(entry, field);
}

static bool is_this_machine(const char *host, size_t size)
{
	static const char *const names[] = { "localhost", "[::1]" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (size == strlen(names[i]) && strncasecmp(host, names[i], size) == 0)
			return true;
	}
	return strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == size;
}

static bool is_port(const char *text, size_t size)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	return size > 0 && strspn(text, "0123456789") == size && end == text + size && port >= 1 &&
	       port <= 65535;
}

static int check_url(const struct conf_entry *entry, void *field)
{
	bool plain = strncasecmp(entry->value, "http://", 7) == 0;

	if (!plain && strncasecmp(entry->value, "https://", 8) != 0)
		return conf_refuse(
			entry, "must begin with https:// (http:// on this machine only)");
	const char *host = entry->value + (plain ? 7 : 8);
	size_t size = strcspn(host, "/");
	size_t host_size = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
	bool port = host_size < size;
	if (host_size == 0 || host_size > size ||
		entry->value[strcspn(entry->value, "@?# \"<>\\")] ||
		(port && (host[host_size] != ':' ||
				 !is_port(host + host_size + 1, size - host_size - 1))))
		return conf_refuse(entry, "must be https://HOST[:PORT], with nothing behind it but "
					  "a path");
	if (plain && !is_this_machine(host, host_size))
		return conf_refuse(entry, "plain http is for this machine only, since the token "
					  "would travel in the clear: use https");
	return conf_string(entry, field);
}

static int check_socket(const struct conf_entry *entry, void *field)
{
	struct sockaddr_un address;

	if (strlen(entry->value) >= sizeof(address.sun_path))
		return conf_refuse(entry, "a socket's path has at most %zu characters",
			sizeof(address.sun_path) - 1);
	return conf_string(entry, field);
}

static int check_locale(const struct conf_entry *entry, void *field)
{
	static const char *const known[] = { "id", "jv", "en" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(entry->value, known[i]) == 0)
			return conf_string(entry, field);
	}
	return conf_refuse(entry, "must be id, jv or en");
}

static int check_timezone(const struct conf_entry *entry, void *field)
{
	autofree char *path = NULL;

	if (strstr(entry->value, "..") || *entry->value == '/')
		return conf_refuse(entry, "must be a name such as Asia/Jakarta");
	if (asprintf(&path, "/usr/share/zoneinfo/%s", entry->value) < 0)
		return -ENOMEM;
	/* A minimal system has no zone files: then the name can't be checked, nor be wrong. */
	if (access("/usr/share/zoneinfo", F_OK) == 0 && access(path, R_OK) < 0)
		return conf_refuse(entry, "no such time zone; Asia/Jakarta, Asia/Makassar or "
					  "Asia/Jayapura");
	return conf_string(entry, field);
}

#define IN(member) offsetof(struct config, member)
#define IN_MODEM(member) offsetof(struct config_modem, member)

static const struct config_key keys[] = {
	{ "kiosk", "id", IN(kiosk_id), check_kiosk_id },
	{ "kiosk", "name", IN(kiosk_name), check_string },
	{ "kiosk", "locale", IN(locale), check_locale },
	{ "kiosk", "timezone", IN(timezone), check_timezone },
	{ "store", "path", IN(store_path), check_string },
	{ "store", "keep_months", IN(keep_months), check_months },
	{ "modem", "device", IN_MODEM(device), check_string },
	{ "modem", "pin", IN_MODEM(pin), check_pin },
	{ "modem", "balance_ussd", IN_MODEM(balance_ussd), check_ussd },
	{ "modem", "balance_pattern", IN_MODEM(balance_pattern), check_pattern },
	{ "modem", "sms_per_minute", IN_MODEM(sms_per_minute), check_rate },
	{ "sync", "url", IN(sync_url), check_url },
	{ "sync", "token_file", IN(sync_token_file), check_string },
	{ "sync", "ca_file", IN(sync_ca_file), check_string },
	{ "sync", "health_after", IN(health_after_s), check_wait },
	{ "panel", "driver", IN(panel_driver), config_panel_driver },
	{ "panel", "board", IN(panel_board), check_string },
	{ "panel", "lines", IN(panel_lines), check_string },
	{ "panel", "display", IN(panel_display), config_panel_display },
	{ "panel", "places", IN(panel_places), check_string },
	{ "printer", "device", IN(printer_device), config_printer_device },
	{ "printer", "baud", IN(printer_baud), config_printer_baud },
	{ "control", "socket", IN(control_socket), check_socket },
	{ "sms", "report_wait", IN(report_wait_s), check_wait },
	{ "sms", "parts_wait", IN(parts_wait_s), check_wait },
};

/* The modem of this name, made when it is new; NULL when memory is out. */
static struct config_modem *config_modem(struct config *config, const char *name)
{
	for (size_t i = 0; i < config->modem_count; i++) {
		if (strcmp(config->modems[i].name, name) == 0)
			return &config->modems[i];
	}
	struct config_modem *modems =
		reallocarray(config->modems, config->modem_count + 1, sizeof(*config->modems));
	if (!modems)
		return NULL;
	config->modems = modems;
	struct config_modem *modem = &modems[config->modem_count];
	*modem = (struct config_modem) { .name = strdup(name),
		.sms_per_minute = DEFAULT_SMS_PER_MINUTE };
	if (!modem->name)
		return NULL;
	config->modem_count++;
	return modem;
}

static int config_unknown(const struct conf_entry *entry)
{
	char list[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].section, entry->section) == 0 && used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
				used ? ", " : "", keys[i].key);
	}
	if (!used)
		return conf_refuse(entry,
			"no such section; there are [kiosk], [store], "
			"[modem NAME], [sync], [sms], [panel], [printer] and [control]");
	return conf_refuse(entry, "no such key; [%s] has %s", entry->section, list);
}

static int config_take(void *context, const struct conf_entry *entry)
{
	struct config *config = context;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const struct config_key *key = &keys[i];
		if (strcmp(key->section, entry->section) != 0 || strcmp(key->key, entry->key) != 0)
			continue;
		if (strcmp(entry->section, "modem") != 0) {
			if (*entry->instance)
				return conf_refuse(entry, "only [modem NAME] takes a name");
			return key->check(entry, (char *)config + key->offset);
		}
		if (!*entry->instance)
			return conf_refuse(entry, "needs a name: [modem sim1]");
		struct config_modem *modem = config_modem(config, entry->instance);
		return modem ? key->check(entry, (char *)modem + key->offset) : -ENOMEM;
	}
	return config_unknown(entry);
}

/* What no single entry can tell. */
static int config_complete(const char *path, const struct config *config)
{
	int result = 0;

	if (!config->kiosk_id) {
		log_error("%s: [kiosk] id is missing: give this kiosk's number, 1 to 999", path);
		result = -EINVAL;
	}
	if (!config->store_path) {
		log_error("%s: [store] path is missing: name the database file, such as "
			  "/var/lib/kotak/kotak.db",
			path);
		result = -EINVAL;
	}
	for (size_t i = 0; i < config->modem_count; i++) {
		if (!config->modems[i].device) {
			log_error("%s: [modem %s] device is missing: give its path, or auto", path,
				config->modems[i].name);
			result = -EINVAL;
		}
	}
	if (config->sync_url && !config->sync_token_file) {
		log_error("%s: [sync] token_file is missing: name the file that keeps the "
			  "kiosk's token, such as /var/lib/kotak/token",
			path);
		result = -EINVAL;
	}
	return result;
}

static int config_default(char **field, const char *value)
{
	if (!*field)
		*field = strdup(value);
	return *field ? 0 : -ENOMEM;
}

int config_load(const char *path, struct config *config)
{
	*config = (struct config) { .report_wait_s = DEFAULT_REPORT_WAIT_S,
		.parts_wait_s = DEFAULT_PARTS_WAIT_S,
		.keep_months = DEFAULT_KEEP_MONTHS,
		.health_after_s = DEFAULT_HEALTH_AFTER_S };
	int error = conf_read(path, config_take, config);
	if (error < 0)
		return error;
	error = config_complete(path, config);
	if (error < 0)
		return error;
	if (config_default(&config->kiosk_name, "Kotak") < 0 ||
		config_default(&config->locale, "id") < 0 ||
		config_default(&config->timezone, "Asia/Jakarta") < 0)
		return -ENOMEM;
	return config_panel_complete(path, config);
}

/* Whether the folder that a file is to be made in is there. */
static bool has_folder(const char *file)
{
	autofree char *copy = strdup(file);
	struct stat status;

	return copy && stat(dirname(copy), &status) == 0 && S_ISDIR(status.st_mode);
}

int config_check_files(const char *path, const struct config *config)
{
	autojson json_t *places = NULL;
	int error = 0;

	if (!has_folder(config->store_path)) {
		log_error("%s: [store] path = %s: its folder isn't there: make it, and give it to "
			  "the user that kotakd runs as",
			path, config->store_path);
		error = -EINVAL;
	}
	return config_places(config, &places) < 0 ? -EINVAL : error;
}

void config_release(struct config *config)
{
	for (size_t i = 0; i < config->modem_count; i++) {
		struct config_modem *modem = &config->modems[i];
		free(modem->name);
		free(modem->device);
		free(modem->pin);
		free(modem->balance_ussd);
		free(modem->balance_pattern);
	}
	free(config->modems);
	free(config->kiosk_name);
	free(config->locale);
	free(config->timezone);
	free(config->store_path);
	free(config->sync_url);
	free(config->sync_token_file);
	free(config->sync_ca_file);
	free(config->panel_driver);
	free(config->panel_board);
	free(config->panel_lines);
	free(config->panel_display);
	free(config->panel_places);
	free(config->printer_device);
	free(config->control_socket);
	*config = (struct config) { 0 };
}
