/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A complaint from another portal. */
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "tools/ppidd/apikey.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/open311.h"
#include "tools/ppidd/record.h"

#define FORM_TYPE "application/x-www-form-urlencoded"
#define FORM_MOST ((size_t)64 * 1024)
#define ID_BYTES 16
#define LATITUDE_MOST 90.0
#define LONGITUDE_MOST 180.0

struct posting {
	json_t *fields;
	const char *key; /* as sent */
	char portal[APIKEY_NAME_MAX + 1];
	char once[UUID_SIZE];
	char *name, *address, *contact, *text; /* put together from several fields */
};

static void posting_free(struct posting *posting)
{
	json_decref(posting->fields);
	free(posting->name);
	free(posting->address);
	free(posting->contact);
	free(posting->text);
}

static const char *field(const struct posting *posting, const char *name)
{
	return record_words(posting->fields, name);
}

static bool is_form(struct request *request)
{
	const char *type = MHD_lookup_connection_value(
		request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);

	return type && strncasecmp(type, FORM_TYPE, strlen(FORM_TYPE)) == 0 &&
	       strchr(";, ", type[strlen(FORM_TYPE)]) != NULL;
}

/*
 * The same form of the same key on the same day is the same complaint: a portal that never saw our
 * answer may send it again. Nobody can compute the id who doesn't have the key.
 */
static void name_posting(const struct request *request, struct posting *posting)
{
	uint8_t digest[ID_BYTES];
	char hex[2 * ID_BYTES + 1];
	char day[W3C_SIZE];
	crypto_generichash_state state;

	w3c_format(request->now_ms, true, day);
	crypto_generichash_init(
		&state, (const uint8_t *)posting->key, strlen(posting->key), sizeof(digest));
	crypto_generichash_update(&state, (const uint8_t *)day, strlen(day));
	crypto_generichash_update(&state, (const uint8_t *)request->body, request->size);
	crypto_generichash_final(&state, digest, sizeof(digest));
	digest[6] = (uint8_t)((digest[6] & 0x0fU) | 0x40U);
	digest[8] = (uint8_t)((digest[8] & 0x3fU) | 0x80U);
	sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
	snprintf(posting->once, sizeof(posting->once), "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
		hex + 12, hex + 16, hex + 20);
}

/* Both texts with that between them where there are two; caller frees. NULL without memory. */
static char *join(const char *one, const char *between, const char *other, const char *end)
{
	char *joined = NULL;

	if (!*other)
		return strdup(one);
	if (asprintf(&joined, "%s%s%s%s", one, *one ? between : "", other, end) < 0)
		return NULL;
	return joined;
}

static int put_together(struct posting *posting)
{
	autofree char *point = NULL, *place = NULL;

	if (*field(posting, "lat"))
		point = join(field(posting, "lat"), ", ", field(posting, "long"), "");
	place = join(field(posting, "address_string"), " / ", field(posting, "address_id"), "");
	posting->address = place ? join(place, " (", point ? point : "", *place ? ")" : "") : NULL;
	posting->name = join(field(posting, "first_name"), " ", field(posting, "last_name"), "");
	posting->contact = join(field(posting, "phone"), ", ", field(posting, "email"), "");
	posting->text =
		join(field(posting, "description"), "\n\n", field(posting, "media_url"), "");
	return posting->address && posting->name && posting->contact && posting->text ? 0 : -ENOMEM;
}

struct refusal {
	unsigned status;
	const char *words;
};

/* What is missing or wrong in the form; status 0: nothing. */
static struct refusal check_fields(const struct posting *posting)
{
	const char *latitude = field(posting, "lat"), *longitude = field(posting, "long");
	const char *code = field(posting, "service_code");
	const char *confidential = field(posting, "attribute[confidential]");

	if (!*code)
		return (struct refusal) { MHD_HTTP_BAD_REQUEST, "service_code tidak diisi." };
	if (!open311_service_known(code))
		return (struct refusal) { MHD_HTTP_NOT_FOUND,
			"Tidak ada service_code seperti itu." };
	if (!*latitude != !*longitude)
		return (struct refusal) { MHD_HTTP_BAD_REQUEST,
			"lat dan long harus diisi dua-duanya." };
	if (*latitude && (!open311_degrees(latitude, LATITUDE_MOST) ||
				 !open311_degrees(longitude, LONGITUDE_MOST)))
		return (struct refusal) { MHD_HTTP_BAD_REQUEST,
			"lat (-90 sampai 90) atau long (-180 sampai 180) bukan angka derajat." };
	if (!*latitude && !*field(posting, "address_string") && !*field(posting, "address_id"))
		return (struct refusal) { MHD_HTTP_BAD_REQUEST,
			"Tempat tidak diisi: lat dan long, address_string, atau address_id." };
	if (*confidential && strcmp(confidential, "true") != 0 &&
		strcmp(confidential, "false") != 0)
		return (struct refusal) { MHD_HTTP_BAD_REQUEST,
			"attribute[confidential] hanya true atau false." };
	return (struct refusal) { 0, NULL };
}

/* What enter_complaint() found wrong; NULL: it is no fault of the asker's. */
static const struct refusal *refusal_of(int error)
{
	static const struct {
		int error;
		struct refusal refusal;
	} refusals[] = {
		{ -EAGAIN,
			{ MHD_HTTP_TOO_MANY_REQUESTS,
				"Kunci ini sudah mengirim terlalu banyak aduan dalam jam ini. Coba "
				"lagi jam berikutnya." } },
		{ -EINVAL, { MHD_HTTP_BAD_REQUEST, "description tidak diisi." } },
		{ -EMSGSIZE,
			{ MHD_HTTP_BAD_REQUEST,
				"Ada isian yang terlalu panjang: description paling banyak 8000 "
				"byte, tempat 300, nama 100, kontak 100." } },
		{ -EILSEQ, { MHD_HTTP_BAD_REQUEST, "Isian harus UTF-8." } },
		{ -E2BIG, { MHD_HTTP_BAD_REQUEST, "Terlalu banyak isian." } },
		{ -EDOM, { MHD_HTTP_BAD_REQUEST,
				 "attribute[about] hanya office, official, agency, atau other." } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		if (refusals[i].error == error)
			return &refusals[i].refusal;
	}
	return NULL;
}

static int take_in(struct request *request, const struct posting *posting, struct entered *out)
{
	char actor[APIKEY_ACTOR_SIZE];
	struct step step = { .now_ms = request->now_ms,
		.actor = apikey_actor(posting->portal, actor) };
	struct entry entry = { .once = posting->once,
		.channel = "portal",
		.category = field(posting, "service_code"),
		.about = field(posting, "attribute[about]"),
		.name = posting->name,
		.address = posting->address,
		.contact = posting->contact,
		.text = posting->text,
		.confidential = strcmp(field(posting, "attribute[confidential]"), "true") == 0 };

	int error = db_begin(request->db);
	if (error < 0)
		return error;
	error = enter_complaint(request->db, &step, &entry, out);
	if (error >= 0)
		error = apikey_post(request->db, posting->portal, request->now_ms);
	error = db_end(request->db, error);
	return error == -EALREADY ? 0 : error;
}

static int answer_taken(struct request *request, const struct entered *taken)
{
	autofree char *host = open311_host(request), *notice = NULL;
	size_t size = 0;

	if (!host)
		return -ENOMEM;
	/* The PIN is for the complainant alone, whom only the portal can tell. */
	if (asprintf(&notice,
		    "Nomor tiket %s%s%s. Dijawab dalam 7 hari kerja, atau 14 hari kerja bila "
		    "rumit. "
		    "Keadaan dan jawabannya: %s/publik/tiket",
		    taken->ticket, *taken->pin ? ", PIN " : "", taken->pin, host) < 0) {
		notice = NULL;
		return -ENOMEM;
	}
	autojson json_t *list = json_pack("[{s:s, s:s, s:n}]", "service_request_id", taken->uuid,
		"service_notice", notice, "account_id");
	char *text = list ? open311_text(request, "service_requests", list, &size) : NULL;
	return answer_text(request, MHD_HTTP_OK, open311_type(request), text, size);
}

static int refuse_by(struct request *request, int error)
{
	const struct refusal *refusal = refusal_of(error);

	return refusal ? open311_refuse(request, refusal->status, refusal->words) : error;
}

static int take_form(struct request *request, struct posting *posting)
{
	struct entered taken;

	int error =
		open311_form(request->body ? request->body : "", request->size, &posting->fields);
	if (error < 0)
		return refuse_by(request, error);
	posting->key = field(posting, "api_key");
	error = apikey_find(request->db, posting->key, posting->portal);
	if (error == -ENOENT || error == -EKEYREVOKED)
		return open311_refuse(request, MHD_HTTP_FORBIDDEN,
			!*posting->key	   ? "api_key tidak diisi."
			: error == -ENOENT ? "api_key tidak dikenal."
					   : "api_key sudah dicabut.");
	if (error < 0)
		return error;
	struct refusal wrong = check_fields(posting);
	if (wrong.status)
		return open311_refuse(request, wrong.status, wrong.words);
	name_posting(request, posting);
	error = put_together(posting);
	if (error >= 0)
		error = take_in(request, posting, &taken);
	return error < 0 ? refuse_by(request, error) : answer_taken(request, &taken);
}

int open311_post_request(struct request *request)
{
	struct posting posting = { 0 };

	if (!is_form(request))
		return open311_refuse(
			request, MHD_HTTP_BAD_REQUEST, "Content-Type harus " FORM_TYPE ".");
	if (request->size > FORM_MOST)
		return open311_refuse(request, MHD_HTTP_BAD_REQUEST, "Isian terlalu besar.");
	int error = take_form(request, &posting);
	posting_free(&posting);
	return error;
}
