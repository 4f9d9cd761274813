/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other portals may ask for: the four categories of the SOP, and what is asked with each. */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/html.h"
#include "tools/ppidd/open311.h"

/* When what this file says was changed last: clients keep it until then. */
#define CHANGESET "2026-11-25 00:00"
#define SPECIFICATION "http://wiki.open311.org/GeoReport_v2"

static const struct {
	const char *code, *description, *keywords;
} services[] = {
	{ "access", "Permintaan informasi publik ditolak, tidak dijawab, atau terlambat diberikan.",
		"informasi, ditolak, terlambat, tidak dijawab" },
	{ "quality", "Informasi yang diberikan salah, kurang, atau tidak jelas.",
		"informasi, mutu, salah, tidak lengkap" },
	{ "procedure",
		"Prosedur permintaan informasi tidak jelas, atau tidak dijalankan sebagaimana "
		"mestinya.",
		"prosedur, syarat, biaya, pelayanan" },
	{ "other", "Hal lain yang berkaitan dengan pelayanan informasi publik.",
		"lain-lain, pelayanan" },
};

bool open311_service_known(const char *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		if (strcmp(services[i].code, code) == 0)
			return true;
	}
	return false;
}

int open311_get_discovery(struct request *request)
{
	const char *office = request->config->office;
	autofree char *host = open311_host(request), *url = NULL, *contact = NULL, *keys = NULL;

	if (!host)
		return -ENOMEM;
	if (asprintf(&url, "%s" OPEN311_ROOT, host) < 0)
		url = NULL;
	if (asprintf(&contact, "%s, PPID. Keterangan untuk umum: %s/publik", office, host) < 0)
		contact = NULL;
	if (asprintf(&keys, "Kunci diberikan oleh pengelola PPID %s.", office) < 0)
		keys = NULL;
	if (!url || !contact || !keys)
		return -ENOMEM;
	autojson json_t *json = json_pack("{s:s, s:s, s:s, s:[{s:s, s:s, s:s, s:s, s:[s, s]}]}",
		"changeset", CHANGESET, "contact", contact, "key_service", keys, "endpoints",
		"specification", SPECIFICATION, "url", url, "changeset", CHANGESET, "type",
		"production", "formats", "text/xml", "application/json");
	return json ? open311_answer(request, "discovery", json) : -ENOMEM;
}

int open311_get_services(struct request *request)
{
	autojson json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		json_t *service = json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:s}", "service_code",
			services[i].code, "service_name", word_category(services[i].code),
			"description", services[i].description, "metadata", 1, "type", "realtime",
			"keywords", services[i].keywords, "group", "Pelayanan informasi publik");
		if (json_array_append_new(list, service) < 0)
			return -ENOMEM;
	}
	return open311_answer(request, "services", list);
}

static json_t *value(const char *key, const char *name)
{
	return json_pack("{s:s, s:s}", "key", key, "name", name);
}

static json_t *attribute(
	const char *code, int order, const char *description, const char *help, json_t *values)
{
	return json_pack("{s:b, s:s, s:s, s:b, s:s, s:i, s:s, s:o}", "variable", 1, "code", code,
		"datatype", "singlevaluelist", "required", 0, "datatype_description", help, "order",
		order, "description", description, "values", values);
}

int open311_get_service(struct request *request)
{
	static const char *const about[] = { "office", "official", "agency", "other" };
	char code[PATH_PART_MAX + 1];
	json_t *about_values = json_array();

	open311_part(request, code);
	for (size_t i = 0; i < ARRAY_SIZE(about); i++)
		json_array_append_new(about_values, value(about[i], word_about(about[i])));
	json_t *confidential_values = json_pack("[o, o]",
		value("true", "Ya, nama dan kontak saya dirahasiakan"), value("false", "Tidak"));
	autojson json_t *definition = json_pack("{s:s, s:[o, o]}", "service_code", code,
		"attributes",
		attribute("about", 1, "Siapa yang diadukan?",
			"Aduan tentang kantor ini atau petugasnya ditangani satu tingkat di "
			"atasnya.",
			about_values),
		attribute("confidential", 2, "Rahasiakan nama dan kontak Anda?",
			"Hanya petugas yang memeriksa aduan yang melihatnya; yang menangani tidak.",
			confidential_values));
	if (!definition)
		return -ENOMEM;
	if (!open311_service_known(code))
		return open311_refuse(
			request, MHD_HTTP_NOT_FOUND, "Tidak ada service_code seperti itu.");
	return open311_answer(request, "service_definition", definition);
}
