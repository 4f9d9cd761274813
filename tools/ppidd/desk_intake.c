/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complaints that came by word of mouth, telephone, letter …: typed in by an officer. */
#include "tools/ppidd/desk_intake.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "tools/ppidd/calendar.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/desk_case.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/record.h"

#define FORM_MOST 65536

static const char *const channels[] = { "face", "telephone", "letter", "whatsapp", "email",
	"social", "website" };

int intake_day(const char *text, int64_t now_ms, int64_t *time_ms)
{
	static const char *const formats[] = { "%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y" };

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct tm parts = { .tm_isdst = -1 };
		const char *end = strptime(text, formats[i], &parts);
		if (!end || end[strspn(end, " ")] || parts.tm_year < 0 || parts.tm_year > 8000)
			continue;
		struct tm noon = parts;
		noon.tm_hour = 12;
		time_t seconds = mktime(&noon);
		/* 31 February would be a day in March. */
		if (seconds == (time_t)-1 || noon.tm_mday != parts.tm_mday)
			continue;
		*time_ms = (int64_t)seconds * 1000;
		if (calendar_day(*time_ms) == calendar_day(now_ms))
			*time_ms = now_ms;
		return 0;
	}
	return -EINVAL;
}

const char *intake_today(int64_t now_ms, char out[static DAY_TEXT_SIZE])
{
	time_t seconds = (time_t)(now_ms / 1000);
	struct tm parts;

	out[0] = '\0';
	if (localtime_r(&seconds, &parts))
		strftime(out, DAY_TEXT_SIZE, "%Y-%m-%d", &parts);
	return out;
}

void intake_option(FILE *out, const char *value, const char *words, const char *chosen)
{
	html(out, "<option value=\"%s\"", value);
	fputs(strcmp(value, chosen) == 0 ? " selected" : "", out);
	html(out, ">%s</option>\n", words);
}

void intake_channels(FILE *out, const char *chosen)
{
	if (!*chosen)
		intake_option(out, "", "Pilih salah satu", chosen);
	for (size_t i = 0; i < ARRAY_SIZE(channels); i++)
		intake_option(out, channels[i], word_channel(channels[i]), chosen);
}

bool intake_known_channel(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(channels); i++) {
		if (strcmp(channels[i], name) == 0)
			return true;
	}
	return false;
}

/* The form's fields, as typed. */
enum field {
	CHANNEL,
	CAME,
	KIND,
	TEXT,
	NAME,
	ADDRESS,
	CONTACT,
	CATEGORY,
	ABOUT,
	CONFIDENTIAL,
	FIELDS
};

static const struct {
	const char *name, *label;
	size_t most;
} fields[FIELDS] = {
	[CHANNEL] = { "channel", "Datang melalui", 20 },
	[CAME] = { "came", "Tanggal diterima", 20 },
	[KIND] = { "kind", "Jenis", 20 },
	[TEXT] = { "text", "Isi aduan", ENTRY_TEXT_MAX },
	[NAME] = { "name", "Nama", ENTRY_NAME_MAX },
	[ADDRESS] = { "address", "Alamat", ENTRY_ADDRESS_MAX },
	[CONTACT] = { "contact", "Nomor HP, email atau akun", ENTRY_CONTACT_MAX },
	[CATEGORY] = { "category", "Kategori menurut pengadu", 20 },
	[ABOUT] = { "about", "Tentang siapa", 20 },
	[CONFIDENTIAL] = { "confidential", "Rahasiakan identitasnya", 20 },
};

struct intake_form {
	char *typed[FIELDS]; /* each to be freed; NULL: not sent */
	char *once;
	char wrong[160];
	enum field at; /* where it is wrong; FIELDS: nowhere in particular */
};

static void form_free(struct intake_form *form)
{
	for (int i = 0; i < FIELDS; i++)
		free(form->typed[i]);
	free(form->once);
}

static const char *typed(const struct intake_form *form, enum field field)
{
	return form->typed[field] ? form->typed[field] : "";
}

static int wrong(struct intake_form *form, enum field at, const char *words)
{
	form->at = at;
	snprintf(form->wrong, sizeof(form->wrong), "%s", words);
	return -EINVAL;
}

/* A label with the attributes that its field shares with all of them. */
static void begin_field(FILE *out, const struct intake_form *form, enum field field,
	const char *element, const char *more)
{
	const char *name = fields[field].name;

	html(out, "<label for=\"%s\">%s</label>\n<%s id=\"%s\" name=\"%s\"", name,
		fields[field].label, element, name, name);
	if (form->at == field && *form->wrong)
		fputs(" aria-invalid=\"true\" aria-describedby=\"wrong\" autofocus", out);
	fputs(more, out);
}

static void input(FILE *out, const struct intake_form *form, enum field field, const char *more)
{
	begin_field(out, form, field, "input", more);
	html(out, " maxlength=\"%lld\" value=\"%s\">\n", (long long)fields[field].most,
		typed(form, field));
}

static void choices(FILE *out, const struct intake_form *form)
{
	static const char *const categories[] = { "access", "quality", "procedure", "other" };
	static const char *const abouts[] = { "office", "official", "agency", "other" };

	begin_field(out, form, CATEGORY, "select", ">\n");
	intake_option(out, "", "Belum jelas", typed(form, CATEGORY));
	for (size_t i = 0; i < ARRAY_SIZE(categories); i++)
		intake_option(
			out, categories[i], word_category(categories[i]), typed(form, CATEGORY));
	html(out, "</select>\n");
	begin_field(out, form, ABOUT, "select", ">\n");
	intake_option(out, "", "Tidak disebut", typed(form, ABOUT));
	for (size_t i = 0; i < ARRAY_SIZE(abouts); i++)
		intake_option(out, abouts[i], word_about(abouts[i]), typed(form, ABOUT));
	html(out, "</select>\n<p class=\"help\">Aduan tentang kantor ini atau petugasnya hanya "
		  "dilihat pimpinan.</p>\n");
}

static void complainant(FILE *out, const struct intake_form *form)
{
	html(out, "<fieldset class=\"group\"><legend>Pengadu</legend>\n"
		  "<p class=\"help\">Boleh kosong bila tidak disebut.</p>\n");
	input(out, form, NAME, " autocomplete=\"off\"");
	input(out, form, ADDRESS, " autocomplete=\"off\" placeholder=\"dusun, RT/RW\"");
	input(out, form, CONTACT, " autocomplete=\"off\"");
	html(out, "<div class=\"tick\"><input type=\"checkbox\" id=\"confidential\" "
		  "name=\"confidential\" value=\"1\"");
	fputs(*typed(form, CONFIDENTIAL) ? " checked" : "", out);
	html(out, "><label for=\"confidential\">Rahasiakan: nama, alamat dan nomornya hanya "
		  "dilihat penerima aduan dan pimpinan.</label></div>\n</fieldset>\n");
}

static int form_page(struct request *request, unsigned status, const struct intake_form *form)
{
	char once[UUID_SIZE], today[DAY_TEXT_SIZE];
	struct page page;

	int error = desk_begin(request, &page, "Catat aduan", "/complaints", 0, NULL);
	if (error < 0)
		return error;
	if (*form->wrong)
		html(page.out, "<p id=\"wrong\" class=\"wrong\" role=\"alert\">%s</p>\n",
			form->wrong);
	html(page.out,
		"<p>Untuk aduan yang datang lewat tatap muka, telepon, surat, WhatsApp, email, "
		"media sosial atau situs web. Pengadu mendapat nomor tiket dan PIN.</p>\n"
		"<form class=\"card\" method=\"post\" action=\"/intake\">");
	desk_form_token(request, page.out);
	uuid_new(once);
	html(page.out, "<input type=\"hidden\" name=\"once\" value=\"%s\">\n",
		form->once && uuid_valid(form->once) ? form->once : once);
	begin_field(page.out, form, CHANNEL, "select", " required>\n");
	intake_channels(page.out, typed(form, CHANNEL));
	html(page.out, "</select>\n");
	begin_field(page.out, form, CAME, "input", " type=\"date\" required");
	intake_today(request->now_ms, today);
	html(page.out, " max=\"%s\" value=\"%s\">\n", today,
		form->typed[CAME] ? form->typed[CAME] : today);
	begin_field(page.out, form, KIND, "select", ">\n");
	for (int i = 0; i < CASE_KIND_COUNT; i++) {
		const char *kind = case_name((enum case_kind)i);
		intake_option(page.out, kind, desk_word_kind(kind), typed(form, KIND));
	}
	html(page.out, "</select>\n");
	begin_field(page.out, form, TEXT, "textarea", " rows=\"6\" required");
	html(page.out, " maxlength=\"%lld\">%s</textarea>\n", (long long)ENTRY_TEXT_MAX,
		typed(form, TEXT));
	complainant(page.out, form);
	choices(page.out, form);
	html(page.out, "<button>Simpan dan beri nomor tiket</button></form>\n");
	return desk_answer(request, &page, status);
}

static int get_intake(struct request *request)
{
	static const struct intake_form empty = { .at = FIELDS };

	return form_page(request, MHD_HTTP_OK, &empty);
}

/* What is typed in is told apart here, so that the words say which field is meant. */
static int read_entry(struct intake_form *form, int64_t now_ms, struct entry *entry)
{
	char words[sizeof(form->wrong)];

	for (int i = 0; i < FIELDS; i++) {
		if (strlen(typed(form, (enum field)i)) <= fields[i].most)
			continue;
		snprintf(words, sizeof(words), "%s terlalu panjang.", fields[i].label);
		return wrong(form, (enum field)i, words);
	}
	if (!*typed(form, CHANNEL))
		return wrong(form, CHANNEL, "Pilih lewat apa aduan ini datang.");
	if (*typed(form, CAME) && intake_day(typed(form, CAME), now_ms, &entry->came_ms) < 0)
		return wrong(form, CAME, "Tanggal itu tidak ada. Tulis seperti 24-11-2026.");
	if (entry->came_ms > now_ms)
		return wrong(form, CAME, "Tanggal itu belum tiba.");
	/* What came today came now. */
	if (entry->came_ms == now_ms)
		entry->came_ms = 0;
	entry->once = form->once;
	entry->channel = typed(form, CHANNEL);
	entry->kind = *typed(form, KIND) ? typed(form, KIND) : NULL;
	entry->text = typed(form, TEXT);
	entry->name = typed(form, NAME);
	entry->address = typed(form, ADDRESS);
	entry->contact = typed(form, CONTACT);
	entry->category = typed(form, CATEGORY);
	entry->about = typed(form, ABOUT);
	entry->confidential = *typed(form, CONFIDENTIAL) != '\0';
	return 0;
}

/* What isn't UTF-8 can't be shown again. */
static void drop_broken(struct intake_form *form)
{
	for (int i = 0; i < FIELDS; i++) {
		if (form->typed[i] && !record_is_text(form->typed[i]))
			form->typed[i][0] = '\0';
	}
}

static int refused(struct request *request, struct intake_form *form, int error)
{
	unsigned status = MHD_HTTP_BAD_REQUEST;

	switch (error) {
	case -EINVAL:
		if (!*form->wrong)
			wrong(form, TEXT, "Isi aduannya masih kosong.");
		break;
	case -EILSEQ:
		wrong(form, FIELDS, "Ada huruf yang rusak. Periksa lagi yang kosong.");
		break;
	case -EDOM:
		wrong(form, CHANNEL, "Pilihan itu tidak dikenal.");
		break;
	case -ERANGE:
		wrong(form, CAME, "Tanggal itu lebih dari setahun yang lalu.");
		break;
	case -EEXIST:
		wrong(form, FIELDS, "Formulir ini sudah tidak berlaku. Buka lagi dan ulangi.");
		break;
	default:
		wrong(form, FIELDS, decision_refusal(error));
		status = MHD_HTTP_SERVICE_UNAVAILABLE;
	}
	drop_broken(form);
	return form_page(request, status, form);
}

static int enter(struct request *request, const struct entry *entry, struct entered *out)
{
	char actor[DESK_ACTOR_SIZE];
	const struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };

	int error = db_begin(request->db);
	return error < 0 ? error
			 : db_end(request->db, enter_complaint(request->db, &step, entry, out));
}

/* The receipt is the answer itself: its PIN stands in no address and is shown only now. */
static int entered(struct request *request, const struct entered *out)
{
	autojson json_t *complaint = NULL, *still = NULL;

	int error = complaint_find(request->db, out->uuid, VIEW_WHOLE, &complaint);
	if (error < 0)
		return error;
	int seen = complaint_find(request->db, out->uuid, desk_view(request), &still);
	server_wake(request->server);
	return intake_receipt(request, complaint, *out->pin ? out->pin : NULL, seen != -ENOENT);
}

static int post_intake(struct request *request)
{
	struct intake_form form = { .at = FIELDS };
	struct entry entry = { 0 };
	struct entered out;
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	for (int i = 0; i < FIELDS; i++)
		form.typed[i] = request_field(request, fields[i].name);
	form.once = request_field(request, "once");
	error = read_entry(&form, request->now_ms, &entry);
	if (error >= 0)
		error = enter(request, &entry, &out);
	error = error < 0 && error != -EALREADY ? refused(request, &form, error)
						: entered(request, &out);
	form_free(&form);
	return error;
}

const struct route intake_routes[] = {
	{ "GET", "/intake", ROUTE_DESK, 0, get_intake, RIGHT_INTAKE, READS_NOTHING },
	{ "POST", "/intake", ROUTE_DESK, FORM_MOST, post_intake, RIGHT_INTAKE, READS_NOTHING },
	{ "GET", "/complaints/*/receipt", ROUTE_DESK, 0, intake_get_receipt, RIGHT_INTAKE,
		READS_COMPLAINT },
	{ "GET", "/complaints/*/reply", ROUTE_DESK, 0, intake_get_reply, RIGHT_INTAKE,
		READS_COMPLAINT },
	{ "POST", "/complaints/*/reply", ROUTE_DESK, FORM_MOST, intake_post_reply, RIGHT_INTAKE,
		READS_COMPLAINT },
	{ "GET", "/handovers", ROUTE_DESK, 0, intake_get_handovers, RIGHT_INTAKE, READS_LIST },
	{ "POST", "/complaints/*/handed", ROUTE_DESK, FORM_MOST, intake_post_handed, RIGHT_INTAKE,
		READS_COMPLAINT },
	{ "GET", "/complaints/*/letter", ROUTE_DESK, 0, letter_get, RIGHT_INTAKE, READS_COMPLAINT },
	{ "GET", "/paper.css", ROUTE_PUBLIC, 0, paper_get_sheet, RIGHT_NONE, READS_NOTHING },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
