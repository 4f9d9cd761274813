/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The legal steps by SMS, against the real store: until when one may object, and KEBERATAN. */
#include "tests/unit/talk_fixture.h"

#define EVENTS(type) "SELECT count(*) FROM event WHERE type = '" type "'"
#define OBJECTS_TO(number)                                                                         \
	"SELECT count(*) FROM event WHERE type = 'complaint.received'"                             \
	" AND json_extract (data, '$.kind') = 'objection'"                                         \
	" AND json_extract (data, '$.objects_to') ="                                               \
	" (SELECT uuid FROM complaint ORDER BY ticket LIMIT 1 OFFSET " number " - 1)"

static int begin(void **state)
{
	struct kiosk_talk *kiosk = calloc(1, sizeof(*kiosk));

	assert_non_null(kiosk);
	kiosk_begin(kiosk);
	assert_int_equal(
		store_contact_learn(kiosk->store, RESIDENT, "Siti Aminah", "Karang RT 02", 1), 0);
	*state = kiosk;
	return 0;
}

static int end(void **state)
{
	kiosk_end(*state);
	free(*state);
	return 0;
}

static void resolve(struct kiosk_talk *kiosk, int64_t number)
{
	autofree char *ticket = ticket_of(kiosk, number);

	has(office(kiosk, "answer", ticket,
		    "\"to\": \"resolved\", \"text\": \"Sudah.\", \"object_until\": "
		    "\"2027-01-20\""),
		"Sudah. Bila keberatan, sampai 20-01-2027 kirim: KEBERATAN");
}

static const char *say_with(
	struct kiosk_talk *kiosk, const char *before, int64_t number, const char *after)
{
	autofree char *ticket = ticket_of(kiosk, number);
	autofree char *text = NULL;

	assert_true(asprintf(&text, "%s%s%s", before, ticket, after) > 0);
	return say(kiosk, RESIDENT, text);
}

static void test_days_told(void **state)
{
	struct kiosk_talk *kiosk = *state;

	say(kiosk, RESIDENT, "Jalan di dusun kami rusak parah");
	autofree char *ticket = ticket_of(kiosk, 1);
	has(office(kiosk, "state", ticket, "\"to\": \"verified\", \"due\": \"2026-12-03\""),
		"sudah diverifikasi. Dijawab paling lambat 03-12-2026.");
	has(office(kiosk, "extended", ticket,
		    "\"reason\": \"Menunggu batu\", \"due\": \"2026-12-14\""),
		"diperpanjang sampai 14-12-2026. Alasan: Menunggu batu");
	/* Of a server that tells no day, or one that is none. */
	has(office(kiosk, "extended", ticket, "\"reason\": \"Menunggu batu\""),
		"diperpanjang. Alasan: Menunggu batu");
	has(office(kiosk, "extended", ticket, "\"reason\": \"Lama\", \"due\": \"2026-12-1x\""),
		"diperpanjang. Alasan: Lama");
	const char *answer = office(kiosk, "answer", ticket, "\"text\": \"Sudah.\"");
	has(answer, "Sudah.");
	assert_null(strstr(answer, "KEBERATAN"));
}

static void test_objection(void **state)
{
	struct kiosk_talk *kiosk = *state;

	say(kiosk, RESIDENT, "Mohon data anggaran jalan tahun ini");
	resolve(kiosk, 1);
	const char *reply = say(kiosk, RESIDENT, "KEBERATAN datanya tahun lalu");
	has(reply, "Keberatan atas tiket 003-000001-");
	has(reply, "Tiket 003-000002-");
	has(reply, "PIN");
	has(reply, "30 hari kerja");
	assert_int_equal(kiosk_count(kiosk, OBJECTS_TO("1")), 1);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM complaint_personal WHERE"
					    " text = 'datanya tahun lalu'"),
		1);
	/* Without words it explains itself and changes nothing. */
	has(say(kiosk, RESIDENT, "KEBERATAN"), "contoh: KEBERATAN");
	/* Somebody else's isn't objected to. */
	autofree char *ticket = ticket_of(kiosk, 1);
	autofree char *text = NULL;
	assert_true(asprintf(&text, "KEBERATAN %s salah semua", ticket) > 0);
	has(say(kiosk, "+6281299990000", text), "tidak ada tiket itu");
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM complaint"), 2);
	/* Who has none complains, and loses no word. */
	has(say(kiosk, "+6281299990000", "KEBERATAN saya tidak diberi data"), "Aduan diterima");
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM complaint_personal WHERE"
					    " text = 'KEBERATAN saya tidak diberi data'"),
		1);
	assert_int_equal(kiosk_count(kiosk, OBJECTS_TO("1")), 1);
}

/* What is kept from others of the one is kept of the other. */
static void test_confidential(void **state)
{
	struct kiosk_talk *kiosk = *state;

	say(kiosk, RESIDENT, "RAHASIA Pamong minta uang untuk surat");
	resolve(kiosk, 1);
	say(kiosk, RESIDENT, "KEBERATAN tidak ditanggapi sebagaimana mestinya");
	assert_int_equal(
		kiosk_count(kiosk, "SELECT count(*) FROM complaint WHERE confidential = 1"), 2);
	assert_int_equal(kiosk_count(kiosk, EVENTS("complaint.confidential")), 2);
}

static void test_which(void **state)
{
	struct kiosk_talk *kiosk = *state;

	say(kiosk, RESIDENT, "Mohon data anggaran jalan tahun ini");
	say(kiosk, RESIDENT, "Mohon data bantuan sosial dusun kami");
	resolve(kiosk, 1);
	resolve(kiosk, 2);
	has(say(kiosk, RESIDENT, "KEBERATAN belum lengkap"), "Tiket yang mana");
	has(say(kiosk, RESIDENT, "2"), "Keberatan atas tiket 003-000001-");
	assert_int_equal(kiosk_count(kiosk, OBJECTS_TO("1")), 1);
	/* What may be a sentence is asked about, and can be a complaint after all. */
	has(say(kiosk, RESIDENT, "keberatan iuran sampah naik"), "aduan baru");
	has(say(kiosk, RESIDENT, "3"), "Aduan");
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM complaint_personal WHERE"
					    " text = 'keberatan iuran sampah naik'"),
		1);
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM event WHERE json_extract (data,"
					    " '$.kind') = 'objection'"),
		1);
	has(say_with(kiosk, "KEBERATAN ", 2, " datanya salah"), "Keberatan atas tiket 003-000002-");
	assert_int_equal(kiosk_count(kiosk, OBJECTS_TO("2")), 1);
}

/* Nobody says which: the words become a complaint, they aren't lost. */
static void test_never_said_which(void **state)
{
	struct kiosk_talk *kiosk = *state;

	say(kiosk, RESIDENT, "Mohon data anggaran jalan tahun ini");
	say(kiosk, RESIDENT, "Mohon data bantuan sosial dusun kami");
	has(say(kiosk, RESIDENT, "KEBERATAN belum ditanggapi juga"), "Tiket yang mana");
	kiosk->at.now_ms += 2 * DIALOGUE_CHOICE_MS;
	say(kiosk, RESIDENT, "CEK");
	assert_int_equal(kiosk_count(kiosk, "SELECT count(*) FROM complaint_personal WHERE"
					    " text = 'belum ditanggapi juga'"),
		1);
}

/* What wasn't answered in time can be objected to as well. */
static void test_unanswered(void **state)
{
	struct kiosk_talk *kiosk = *state;

	say(kiosk, RESIDENT, "Mohon data anggaran jalan tahun ini");
	has(say(kiosk, RESIDENT, "KEBERATAN sudah sebulan tidak ditanggapi"),
		"Keberatan atas tiket 003-000001-");
	assert_int_equal(kiosk_count(kiosk, OBJECTS_TO("1")), 1);
}

static void test_languages(void **state)
{
	struct kiosk_talk *kiosk = *state;

	say(kiosk, RESIDENT, "Mohon data anggaran jalan tahun ini");
	say(kiosk, RESIDENT, "BAHASA EN");
	autofree char *ticket = ticket_of(kiosk, 1);
	has(office(kiosk, "answer", ticket,
		    "\"text\": \"Done.\", \"object_until\": \"2027-01-20\""),
		"To object, by 20-01-2027 send: KEBERATAN");
	has(say(kiosk, RESIDENT, "KEBERATAN not complete"), "within 30 working days");
	say(kiosk, RESIDENT, "BAHASA JV");
	has(say(kiosk, RESIDENT, "KABOTAN dereng jangkep"), "Kabotan bab tiket");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_days_told),
		TEST(test_objection),
		TEST(test_confidential),
		TEST(test_which),
		TEST(test_never_said_which),
		TEST(test_unanswered),
		TEST(test_languages),
	};

	const char *build = getenv("KOTAK_BUILD");
	char locale[256];

	cmocka_set_message_output(CM_OUTPUT_TAP);
	snprintf(locale, sizeof(locale), "%s/locale", build ? build : "build");
	if (sodium_init() < 0 || dialogue_init(locale) < 0)
		return 1;
	return cmocka_run_group_tests_name("objections", tests, NULL, NULL);
}
