/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/desk_case.h"

#include <string.h>

#include "tools/ppidd/record.h"

static const char *const grounds[CASE_GROUNDS] = {
	"Permohonan informasi ditolak karena dikecualikan",
	"Informasi berkala tidak disediakan",
	"Permohonan informasi tidak ditanggapi",
	"Ditanggapi tidak sebagaimana yang diminta",
	"Permohonan informasi tidak dipenuhi",
	"Biaya yang dikenakan tidak wajar",
	"Informasi disampaikan melewati waktu yang diatur",
};

const char *desk_word_kind(const char *kind)
{
	static const char *const words[CASE_KIND_COUNT] = { "Aduan", "Permohonan informasi",
		"Keberatan" };
	enum case_kind known;

	return case_from_name(kind, &known) ? words[known] : kind;
}

const char *desk_word_ground(const char *ground)
{
	if (ground[0] < 'a' || ground[0] >= 'a' + CASE_GROUNDS || ground[1] != '\0')
		return ground;
	return grounds[ground[0] - 'a'];
}

bool desk_case_decides(const struct request *request, const json_t *complaint)
{
	return case_kind_of(complaint) != CASE_OBJECTION ||
	       officer_may(&request->officer, RIGHT_OBJECTION);
}

void desk_case_hint(FILE *out, const json_t *complaint)
{
	if (case_kind_of(complaint) != CASE_OBJECTION)
		return;
	if (case_late(complaint))
		html(out,
			"<p class=\"wrong\">Keberatan ini datang melewati batas waktunya, %lld "
			"hari kerja. Hanya pimpinan yang dapat tetap menerimanya, dengan "
			"alasan.</p>\n",
			(long long)deadline_rules()->objection_within);
	else if (!case_named(complaint))
		html(out, "<p class=\"hint\">Pengadu mengajukan keberatan. Periksa tiket yang "
			  "dimaksud dan pilih alasannya menurut undang-undang.</p>\n");
	html(out, "<p class=\"hint\">Keberatan dijawab atasan PPID, yaitu pimpinan.</p>\n");
}

void desk_case_facts(FILE *out, const json_t *complaint)
{
	const char *objects_to = record_text(complaint, "objects_to");
	const char *ground = record_text(complaint, "ground");

	html(out, "<div><dt>Jenis</dt><dd>%s</dd></div>\n",
		desk_word_kind(record_words(complaint, "kind")));
	if (case_kind_of(complaint) != CASE_OBJECTION)
		return;
	if (objects_to)
		html(out,
			"<div><dt>Keberatan atas</dt><dd><a href=\"/complaints/%s\">%s</a></dd>"
			"</div>\n",
			objects_to, objects_to);
	if (ground)
		html(out, "<div><dt>Alasan keberatan</dt><dd>%s. %s</dd></div>\n", ground,
			desk_word_ground(ground));
}

void desk_case_tag(FILE *out, const json_t *complaint)
{
	if (case_kind_of(complaint) != CASE_COMPLAINT)
		html(out, " <span class=\"state\">%s</span>",
			desk_word_kind(record_words(complaint, "kind")));
}

static void option(FILE *out, const char *value, const char *words, bool chosen)
{
	html(out, "<option value=\"%s\"", value);
	fputs(chosen ? " selected" : "", out);
	html(out, ">%s</option>\n", words);
}

static void ground_options(FILE *out, const char *chosen)
{
	option(out, "", "Pilih alasan", !*chosen);
	for (int i = 0; i < CASE_GROUNDS; i++) {
		const char letter[2] = { (char)('a' + i), '\0' };
		html(out, "<option value=\"%s\"", letter);
		fputs(strcmp(letter, chosen) == 0 ? " selected" : "", out);
		html(out, ">%s. %s</option>\n", letter, grounds[i]);
	}
}

/* The law's clocks beside their names, so that nobody has to know them by heart. */
static void kind_options(FILE *out, enum case_kind chosen)
{
	const struct deadline_rules *rules = deadline_rules();

	for (int i = 0; i < CASE_KIND_COUNT; i++) {
		const char *name = case_name((enum case_kind)i);
		html(out, "<option value=\"%s\"", name);
		fputs(i == (int)chosen ? " selected" : "", out);
		html(out, ">%s (%lld hari kerja)</option>\n", desk_word_kind(name),
			(long long)rules->of[i].days);
	}
}

void desk_case_form(
	struct request *request, FILE *out, const json_t *complaint, const struct form_state *form)
{
	bool tried = form->form && strcmp(form->form, "kind") == 0;
	bool superior = officer_may(&request->officer, RIGHT_OBJECTION);
	autofree char *kind = tried ? request_field(request, "kind") : NULL;
	autofree char *ticket = tried ? request_field(request, "objects_to") : NULL;
	autofree char *ground = tried ? request_field(request, "ground") : NULL;
	enum case_kind chosen = case_kind_of(complaint);
	char once[UUID_SIZE];

	uuid_new(once);
	/* What was typed stays. */
	if (kind)
		(void)case_from_name(kind, &chosen);
	html(out,
		"<section class=\"card\"><h2>Jenis perkara</h2>\n"
		"<form method=\"post\" action=\"/complaints/%s/kind\">",
		record_words(complaint, "uuid"));
	desk_form_token(request, out);
	html(out,
		"<input type=\"hidden\" name=\"once\" value=\"%s\">\n"
		"<label for=\"case\">Ini sebuah …</label>\n"
		"<select id=\"case\" name=\"kind\" aria-describedby=\"case-help\">\n",
		once);
	kind_options(out, chosen);
	html(out,
		"</select>\n<p id=\"case-help\" class=\"help\">Batas waktunya dihitung dari hari "
		"diterima.</p>\n"
		"<fieldset><legend>Hanya untuk keberatan</legend>\n"
		"<label for=\"objects-to\">Keberatan atas tiket nomor</label>\n"
		"<input id=\"objects-to\" name=\"objects_to\" maxlength=\"20\" "
		"inputmode=\"numeric\" autocomplete=\"off\" value=\"%s\">\n"
		"<label for=\"ground\">Alasan menurut undang-undang</label>\n"
		"<select id=\"ground\" name=\"ground\">\n",
		ticket ? ticket : record_words(complaint, "objects_to"));
	ground_options(out, ground ? ground : record_words(complaint, "ground"));
	html(out, "</select>\n");
	if (superior)
		html(out,
			"<label for=\"late\">Bila terlambat: alasan tetap diterima</label>\n"
			"<input id=\"late\" name=\"text\" maxlength=\"500\" value=\"%s\">\n",
			tried && form->text ? form->text : "");
	html(out, "</fieldset>\n");
	fputs(case_named(complaint) ? "<button class=\"second\">" : "<button>", out);
	html(out, "Simpan jenis</button></form></section>\n");
}
