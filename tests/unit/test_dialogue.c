/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What residents write, and what must come of it. */
#include "tests/unit/dialogue_fixture.h"

#include "base/cleanup.h"

#define C DIALOGUE_COMPLAINT
#define D DIALOGUE_DETAILS
#define S DIALOGUE_STATUS
#define H DIALOGUE_HELP
#define I DIALOGUE_IGNORED
#define N DIALOGUE_INFO

#define NONE DIALOGUE_AWAIT_NOTHING
#define DETAILS DIALOGUE_AWAIT_DETAILS
#define ADDRESS DIALOGUE_AWAIT_ADDRESS
#define QUESTION DIALOGUE_AWAIT_QUESTION

/* {own} and {other} stand for ticket numbers. NULL for what isn't looked at. */
static const struct sample {
	enum dialogue_topic topic;
	const char *text;
	enum dialogue_intention intention;
	const char *content; /* the complaint's text, or the name of DETAILS */
	const char *address; /* DETAILS */
} samples[] = {
	/* A keyword, in any dress */
	{ NONE, "ADUAN jalan rusak di depan balai", C, "jalan rusak di depan balai", NULL },
	{ NONE, "aduan jalan rusak", C, "jalan rusak", NULL },
	{ NONE, "Aduan: jalan rusak", C, "jalan rusak", NULL },
	{ NONE, "ADUAN - jalan rusak", C, "jalan rusak", NULL },
	{ NONE, "aduan,jalan rusak", C, "jalan rusak", NULL },
	{ NONE, "ADUAN\njalan rusak\ndi RT 2", C, "jalan rusak\ndi RT 2", NULL },
	{ NONE, "  *ADUAN* jalan rusak  ", C, "jalan rusak", NULL },
	{ NONE, "#aduan jalan rusak", C, "jalan rusak", NULL },
	{ NONE, "LAPOR lampu jalan mati", C, "lampu jalan mati", NULL },
	{ NONE, "lapor pak, lampu jln mati", C, "pak, lampu jln mati", NULL },
	{ NONE, "LAPORAN: air tdk ngalir", C, "air tdk ngalir", NULL },
	{ NONE, "KELUHAN petugas kasar", C, "petugas kasar", NULL },
	{ NONE, "PENGADUAN pungli di loket 2", C, "pungli di loket 2", NULL },
	{ NONE, "ADUN jalan rusak", C, "jalan rusak", NULL },
	{ NONE, "aduann jalan rusak", C, "jalan rusak", NULL },
	{ NONE, "Assalamualaikum, mau lapor jalan rusak", C, "jalan rusak", NULL },
	{ NONE, "Assalamu'alaikum wr wb. ADUAN: jalan rusak", C, "jalan rusak", NULL },
	{ NONE, "selamat pagi pak, saya mau lapor: jalan rusak", C, "jalan rusak", NULL },
	{ NONE, "Permisi bu aduan jembatan putus", C, "jembatan putus", NULL },
	{ NONE, "met siang min lapor got mampet", C, "got mampet", NULL },
	{ NONE, "kulonuwun pak badhe lapor dalan rusak", C, "dalan rusak", NULL },
	{ NONE, "ADUAN saya tdk dapat raskin", C, "saya tdk dapat raskin", NULL },
	/* The keyword belongs to the sentence: nothing of it may go */
	{ NONE, "aduan saya kemarin belum ditanggapi pak rt", C,
		"aduan saya kemarin belum ditanggapi pak rt", NULL },
	{ NONE, "Laporan keuangan desa tidak pernah ditempel", C,
		"Laporan keuangan desa tidak pernah ditempel", NULL },
	{ NONE, "keluhan warga soal sampah tdk digubris", C,
		"keluhan warga soal sampah tdk digubris", NULL },
	/* No keyword at all */
	{ NONE, "jalan rusak", C, "jalan rusak", NULL },
	{ NONE, "Pak lurah, lampu jalan dusun Karang sdh seminggu mati, tlg diperbaiki", C, NULL,
		NULL },
	{ NONE, "sy mau tanya knp KTP sy blm jadi pdhl sdh 3 bln", C, NULL, NULL },
	{ NONE, "gmn ini pak bansos kok yg dpt org kaya semua", C, NULL, NULL },
	{ NONE, "minta surat tanah dipersulit trs dimintain uang 500rb", C, NULL, NULL },
	{ NONE, "pak, margi wonten Triharjo risak sanget, nyuwun dipun dandosi", C, NULL, NULL },
	{ NONE, "nyuwun sewu pak lurah, lampu margi mboten murub sampun seminggu", C, NULL, NULL },
	{ NONE, "dalan ngarep omahku bolong gedhe, mbok ya didandani", C, NULL, NULL },
	{ NONE, "pripun niki pak, raskin kok mboten rata", C, NULL, NULL },
	{ NONE, "banyune ora mili wis telung dina", C, NULL, NULL },
	{ NONE, "petugas pelayanan jam 9 belum datang", C, NULL, NULL },
	{ NONE, "Permohonan informasi APBDes 2025 sdh 2 minggu tdk dijawab", C, NULL, NULL },
	{ NONE, "terima kasih bantuannya tapi jalan masih rusak", C, NULL, NULL },
	{ NONE, "ok tapi kapan diperbaiki?", C, NULL, NULL },
	{ NONE, "bantuan pangan tidak merata", C, NULL, NULL },
	{ NONE, "bantuan sosial belum cair", C, NULL, NULL },
	{ NONE, "status tanah warisan saya belum jelas", C, NULL, NULL },
	{ NONE, "cek jalan depan rumah saya rusak", C, NULL, NULL },
	{ NONE, "tolong cek selokan RT 3 mampet", C, NULL, NULL },
	{ NONE, "info lowongan ditutup-tutupi perangkat", C, NULL, NULL },
	{ NONE, "tolong jalan licin banyak yg jatuh", C, NULL, NULL },
	{ NONE, "banjir", C, "banjir", NULL },
	{ NONE, "sampah numpuk \xF0\x9F\x98\xA1\xF0\x9F\x98\xA1", C, NULL, NULL },
	{ NONE, "aduan ttg {own} kok belum selesai, tambah rusak", C, NULL, NULL },
	{ NONE, "pungli 50rb di loket", C, "pungli 50rb di loket", NULL },
	{ NONE, "100% %s %n {pin} {ticket}", C, "100% %s %n {pin} {ticket}", NULL },
	/* A keyword with nothing behind it */
	{ NONE, "ADUAN", H, NULL, NULL },
	{ NONE, "aduan:", H, NULL, NULL },
	{ NONE, "Lapor!", H, NULL, NULL },
	{ NONE, "saya mau lapor", H, NULL, NULL },
	{ NONE, "pak mau lapor pak", H, NULL, NULL },
	/* How does it work */
	{ NONE, "BANTUAN", H, NULL, NULL },
	{ NONE, "bantuan pak", H, NULL, NULL },
	{ NONE, "Help", H, NULL, NULL },
	{ NONE, "INFO", N, NULL, NULL },
	{ NONE, "info?", N, NULL, NULL },
	{ NONE, "mohon info", N, NULL, NULL },
	{ NONE, "?", H, NULL, NULL },
	{ NONE, "??", H, NULL, NULL },
	{ NONE, "cara lapor pak?", H, NULL, NULL },
	{ NONE, "Assalamualaikum", H, NULL, NULL },
	{ NONE, "selamat pagi pak", H, NULL, NULL },
	{ NONE, "halo", H, NULL, NULL },
	{ NONE, "tes", H, NULL, NULL },
	{ NONE, "P", H, NULL, NULL },
	{ NONE, "1", H, NULL, NULL },
	{ NONE, "stop", DIALOGUE_CONSENT, NULL, NULL },
	{ NONE, "mau ngadu pak", H, NULL, NULL },
	/* How far is it */
	{ NONE, "CEK", S, NULL, NULL },
	{ NONE, "cek.", S, NULL, NULL },
	{ NONE, "Cek {own}", S, NULL, NULL },
	{ NONE, "STATUS {own}", S, NULL, NULL },
	{ NONE, "cek tiket saya", S, NULL, NULL },
	{ NONE, "cek aduan saya pak", S, NULL, NULL },
	{ NONE, "tolong cek aduan saya", S, NULL, NULL },
	{ NONE, "pak mau cek tiket {own}", S, NULL, NULL },
	{ NONE, "{own}", S, NULL, NULL },
	{ NONE, "tiket {own} sudah sampai mana?", S, NULL, NULL },
	{ NONE, "gimana perkembangan aduan saya", S, NULL, NULL },
	{ NONE, "bgmn kabar laporan sy kemarin pak?", S, NULL, NULL },
	{ NONE, "pripun kabaripun", C, NULL, NULL },
	{ NONE, "kapan aduan saya ditangani?", S, NULL, NULL },
	{ NONE, "saya lupa nomor tiket", S, NULL, NULL },
	{ NONE, "003-000123-0", S, NULL, NULL },
	{ NONE, "piye kabare laporanku", S, NULL, NULL },
	{ NONE, "pripun laporan kula pak", S, NULL, NULL },
	/* Courtesies */
	{ NONE, "ok", I, NULL, NULL },
	{ NONE, "OKE pak", I, NULL, NULL },
	{ NONE, "okeee siap", I, NULL, NULL },
	{ NONE, "terima kasih", I, NULL, NULL },
	{ NONE, "Terima kasih banyak atas bantuannya pak", I, NULL, NULL },
	{ NONE, "makasih bu", I, NULL, NULL },
	{ NONE, "mksh infonya min", I, NULL, NULL },
	{ NONE, "matur nuwun", I, NULL, NULL },
	{ NONE, "nggih pak, matur suwun sanget", I, NULL, NULL },
	{ NONE, "ya", I, NULL, NULL },
	{ NONE, "sip", I, NULL, NULL },
	{ NONE, "Terima kasih pak, sudah diperbaiki", I, NULL, NULL },
	{ NONE, "", I, NULL, NULL },
	{ NONE, "   ", I, NULL, NULL },
	{ NONE, "...", I, NULL, NULL },
	{ NONE, "!!!", I, NULL, NULL },
	{ NONE, "\xF0\x9F\x91\x8D", I, NULL, NULL },
	/* Asked for name and address */
	{ DETAILS, "SITI AMINAH, DUSUN KARANG RT 02", D, "SITI AMINAH", "DUSUN KARANG RT 02" },
	{ DETAILS, "Budi Santoso, Karang RT 2 RW 5, Triharjo", D, "Budi Santoso",
		"Karang RT 2 RW 5, Triharjo" },
	{ DETAILS, "Budi Santoso\nDusun Karang\nRT 02", D, "Budi Santoso", "Dusun Karang, RT 02" },
	{ DETAILS, "nama budi alamat dusun karang rt 2", D, "budi", "dusun karang rt 2" },
	{ DETAILS, "Nama: Budi\nAlamat: Karang", D, "Budi", "Karang" },
	{ DETAILS, "Nama saya Budi, alamat di Jl. Wates km 5", D, "Budi", "Jl. Wates km 5" },
	{ DETAILS, "alamat dsn Karang rt 3 nama Budi", D, "Budi", "dsn Karang rt 3" },
	{ DETAILS, "saya Budi dr dusun Karang", D, "Budi", "dusun Karang" },
	{ DETAILS, "Budi dusun karang rt2", D, "Budi", "dusun karang rt2" },
	{ DETAILS, "Siti Aminah", D, "Siti Aminah", NULL },
	{ DETAILS, "Assalamualaikum, nama saya Siti alamat Karang", D, "Siti", "Karang" },
	{ DETAILS, "Dusun Karang RT 02 RW 01", D, NULL, "Dusun Karang RT 02 RW 01" },
	{ DETAILS, "jeneng Paijo, omah Karang kidul", D, "Paijo", "Karang kidul" },
	{ DETAILS, "asmo kulo Sutrisno griyo Dukuh Kidul", D, "Sutrisno", "Dukuh Kidul" },
	{ ADDRESS, "Dusun Karang, RT 02", D, NULL, "Dusun Karang, RT 02" },
	{ ADDRESS, "karang tengah", D, NULL, "karang tengah" },
	{ ADDRESS, "alamat: karang", D, NULL, "karang" },
	/* Asked for them, but it is something else */
	{ DETAILS, "jalan rusak, lampu mati", C, "jalan rusak, lampu mati", NULL },
	{ DETAILS, "lampu jalan dusun karang rt 2 mati", C, NULL, NULL },
	{ DETAILS, "ADUAN lagi: got mampet", C, NULL, NULL },
	{ DETAILS, "kenapa harus pakai nama?", C, NULL, NULL },
	{ DETAILS, "petugas di loket satu orangnya galak banget", C, NULL, NULL },
	{ DETAILS, "selain itu sampah juga numpuk di pinggir kali", C, NULL, NULL },
	{ ADDRESS, "air pdam mati sudah 3 hari di dusun karang", C, NULL, NULL },
	{ DETAILS, "CEK", S, NULL, NULL },
	{ DETAILS, "bantuan", H, NULL, NULL },
	{ DETAILS, "ok pak", I, NULL, NULL },
	{ DETAILS, "makasih", I, NULL, NULL },
	{ DETAILS, "anjing liar berkeliaran", C, NULL, NULL },
	{ DETAILS, "saya sutrisno dari karang rt 2", D, "sutrisno", "karang rt 2" },
	{ DETAILS, "Joko / Karang RT 2", D, "Joko", "Karang RT 2" },
	{ DETAILS, "Sri Wahyuni - Karang Kidul", D, "Sri Wahyuni", "Karang Kidul" },
	{ DETAILS, "tidak mau", I, NULL, NULL },
	{ DETAILS, "maaf nama saya rahasia", I, NULL, NULL },
	/* Asked by an officer */
	{ QUESTION, "081234567890", D, NULL, NULL },
	{ QUESTION, "terima kasih, sudah diperbaiki pak", D, NULL, NULL },
	{ QUESTION, "laporan saya yang kemarin itu pak", D, NULL, NULL },
	{ QUESTION, "di depan rumah pak RT, tiang nomor 3", D, NULL, NULL },
	{ QUESTION, "ya", D, NULL, NULL },
	{ QUESTION, "sudah sejak seminggu", D, NULL, NULL },
	{ QUESTION, "tidak tahu", D, NULL, NULL },
	{ QUESTION, "2", D, NULL, NULL },
	{ QUESTION, "terima kasih", I, NULL, NULL },
	{ QUESTION, "ADUAN got mampet", C, "got mampet", NULL },
	{ QUESTION, "CEK", S, NULL, NULL },
};

/* The text with {own} and {other} filled in. Caller frees. */
static char *expand(const struct fixture *fixture, const char *text)
{
	const char *place = strstr(text, "{own}");
	char *out = NULL;

	if (place)
		assert_true(asprintf(&out, "%.*s%s%s", (int)(place - text), text, fixture->own,
				    place + strlen("{own}")) > 0);
	else
		out = strdup(text);
	assert_non_null(out);
	return out;
}

static bool same(const char *wanted, const char *got)
{
	return !wanted || (got && strcmp(wanted, got) == 0);
}

static bool as_wanted(const struct sample *sample, const struct dialogue_output *out)
{
	if (out->intention != sample->intention || out->open_complaint != (sample->intention == C))
		return false;
	if (sample->intention == C)
		return same(sample->content, out->complaint_text);
	if (sample->intention == D && sample->topic != QUESTION)
		return same(sample->content, out->details_name) &&
		       same(sample->address, out->details_address);
	return true;
}

static void test_samples(void **state)
{
	struct fixture fixture;
	struct dialogue_lookup lookup;
	size_t wrong = 0;

	(void)state;
	fixture_init(&fixture);
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct sample *sample = &samples[i];
		struct dialogue_output out;
		autofree char *text = expand(&fixture, sample->text);
		struct dialogue_input input = fixture_input(&fixture, &lookup, text);
		input.session.topic = sample->topic;
		if (sample->topic != NONE)
			memcpy(input.session.ticket, fixture.own, TICKET_SIZE);
		assert_int_equal(dialogue_handle(&input, &out), 0);
		assert_one_part(out.reply);
		if (!as_wanted(sample, &out)) {
			print_error("topic %s: \"%s\": %s, \"%s\", \"%s\"\n",
				dialogue_topic_name(sample->topic), text,
				dialogue_intention_name(out.intention),
				out.complaint_text ? out.complaint_text
				: out.details_name ? out.details_name
						   : "-",
				out.details_address ? out.details_address : "-");
			wrong++;
		}
		dialogue_output_free(&out);
	}
	assert_true(ARRAY_SIZE(samples) >= 80);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("dialogue", tests, NULL, NULL);
}
