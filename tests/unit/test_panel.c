/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conversations from the first key to the last, each screen as it is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/panel_fixture.h"

static const char start[] =
	"{\"type\": \"start\", \"name\": \"Kalurahan Triharjo\", \"language\": \"id\","
	" \"timezone\": \"Asia/Jakarta\", \"places\": [{\"name\": \"Karang\", \"parts\":"
	" [\"RT 01\", \"RT 02\"]}, {\"name\": \"Sogan\", \"parts\": []}, {\"name\": \"Tambak\","
	" \"parts\": [\"RT 03\"]}], \"printer\": true, \"number\": \"081234567890\","
	" \"session\": null}";

/* Twenty columns, four rows, Indonesian, a slip. */
static const struct step large[] = {
	{ STEP_KEYS, "5",
		"Bahasa/Language\n"
		"1 Indonesia\n"
		"2 Basa Jawi\n"
		"3 English         *<\n" },
	{ STEP_KEYS, "1",
		"Silakan pilih:\n"
		"1 Aduan baru\n"
		"2 Tiket saya\n"
		"*kembali 1/2 #lanjut\n" },
	{ STEP_KEYS, "#",
		"3 Papan informasi\n"
		"4 Hak Anda\n"
		"5 Ganti bahasa\n"
		"*kembali 2/2 #lanjut\n" },
	{ STEP_KEYS, "1",
		"Soal apa?\n"
		"1 Ditolak, lambat\n"
		"2 Info salah, kurang\n"
		"*kembali 1/2 #lanjut\n" },
	{ STEP_KEYS, "#",
		"3 Prosedur tak jelas\n"
		"4 Lain: jalan, lampu\n"
		"\n"
		"*kembali 2/2 #lanjut\n" },
	{ STEP_KEYS, "#",
		"Soal apa?\n"
		"1 Ditolak, lambat\n"
		"2 Info salah, kurang\n"
		"*kembali 1/2 #lanjut\n" },
	{ STEP_KEYS, "4",
		"Tentang siapa?\n"
		"1 Kantor kalurahan\n"
		"2 Seorang petugas\n"
		"*kembali 1/2 #lanjut\n" },
	{ STEP_KEYS, "#",
		"3 Instansi lain\n"
		"4 Lain/tidak tahu\n"
		"\n"
		"*kembali 2/2 #lanjut\n" },
	{ STEP_KEYS, "1",
		"Dusun Anda?\n"
		"1 Karang\n"
		"2 Sogan\n"
		"*kembali 1/2 #lanjut\n" },
	{ STEP_KEYS, "1",
		"RT Anda?\n"
		"1 RT 01\n"
		"2 RT 02\n"
		"0 Tidak tahu      *<\n" },
	{ STEP_KEYS, "2",
		"Cara menulis: tekan\n"
		"tombol 2 satu kali\n"
		"untuk A, dua kali\n"
		"*kembali 1/3 #lanjut\n" },
	{ STEP_KEYS, "#",
		"untuk B, tiga kali\n"
		"untuk C. Tombol 0:\n"
		"spasi. Tombol *:\n"
		"*kembali 2/3 #lanjut\n" },
	{ STEP_KEYS, "#",
		"hapus. Tombol #:\n"
		"selesai.\n"
		"\n"
		"*kembali   3/3   #OK\n" },
	{ STEP_KEYS, "#",
		"Isi aduan        Abc\n"
		"\n"
		"Apa, di mana?\n"
		"*kembali         #OK\n" },
	{ STEP_WORDS, "lampu",
		"Isi aduan        abc\n"
		"Lampu\n"
		"\n"
		"A=Lampunya       #OK\n" },
	{ STEP_KEYS, "#",
		"Masih terlalu\n"
		"singkat. Mohon tulis\n"
		"apa, di mana dan\n"
		"*kembali 1/2 #lanjut\n" },
	{ STEP_KEYS, "#",
		"kapan.\n"
		"\n"
		"\n"
		"*kembali   2/2   #OK\n" },
	{ STEP_KEYS, "#",
		"Isi aduan        abc\n"
		"Lampu\n"
		"\n"
		"A=Lampunya       #OK\n" },
	{ STEP_WORDS, " jalan di depan balai mati",
		"Isi aduan        abc\n"
		"Lampu jalan di\n"
		"depan balai mati\n"
		"*hapus           #OK\n" },
	{ STEP_KEYS, "#",
		"Nama Anda        Abc\n"
		"\n"
		"Boleh kosong.\n"
		"*kembali         #OK\n" },
	{ STEP_WORDS, "siti aminah",
		"Nama Anda        abc\n"
		"Siti Aminah\n"
		"\n"
		"*hapus           #OK\n" },
	{ STEP_KEYS, "#",
		"Nomor HP\n"
		"\n"
		"Jawaban via SMS.\n"
		"*kembali         #OK\n" },
	{ STEP_KEYS, "0812",
		"Nomor HP\n"
		"0812\n"
		"\n"
		"*hapus           #OK\n" },
	{ STEP_KEYS, "#",
		"Nomor HP belum\n"
		"benar. Periksa lagi,\n"
		"atau kosongkan.\n"
		"*kembali         #OK\n" },
	{ STEP_KEYS, "#",
		"Nomor HP\n"
		"0812\n"
		"\n"
		"*hapus           #OK\n" },
	{ STEP_KEYS, "34567890",
		"Nomor HP\n"
		"081234567890\n"
		"\n"
		"*hapus           #OK\n" },
	{ STEP_KEYS, "#",
		"Rahasiakan nama dan\n"
		"nomor Anda?\n"
		"1 Ya, rahasiakan\n"
		"2 Tidak perlu     #v\n" },
	{ STEP_KEYS, "#",
		"Nanti hanya dilihat\n"
		"petugas verifikasi.\n"
		"\n"
		"                  #v\n" },
	{ STEP_KEYS, "1",
		"Sudah benar? Tekan\n"
		"nomor untuk\n"
		"mengubah.\n"
		"*kembali 1/6 #lanjut\n" },
	{ STEP_KEYS, "#",
		"1 Soal: Lain: jalan,\n"
		"  lampu\n"
		"\n"
		"*kembali 2/6 #lanjut\n" },
	{ STEP_KEYS, "#",
		"2 Tentang: Kantor\n"
		"  kalurahan\n"
		"\n"
		"*kembali 3/6 #lanjut\n" },
	{ STEP_KEYS, "#",
		"3 Alamat: Karang RT\n"
		"  02\n"
		"\n"
		"*kembali 4/6 #lanjut\n" },
	{ STEP_KEYS, "#",
		"4 Isi: Lampu jalan\n"
		"  di depan balai\n"
		"  mati\n"
		"*kembali 5/6 #lanjut\n" },
	{ STEP_KEYS, "#",
		"5 Nama: Siti Aminah\n"
		"6 HP: 081234567890\n"
		"7 Rahasia: ya\n"
		"*kembali 6/6  #kirim\n" },
	{ STEP_KEYS, "6",
		"Nomor HP\n"
		"081234567890\n"
		"\n"
		"*hapus           #OK\n" },
	{ STEP_KEYS, "****#",
		"Sudah benar? Tekan\n"
		"nomor untuk\n"
		"mengubah.\n"
		"*kembali 1/6 #lanjut\n" },
	{ STEP_KEYS, "##",
		"2 Tentang: Kantor\n"
		"  kalurahan\n"
		"\n"
		"*kembali 3/6 #lanjut\n" },
	{ STEP_KEYS, "####",
		"Sedang dikirim.\n"
		"Mohon tunggu.\n"
		"\n"
		"*kembali\n" },
	{ STEP_MESSAGE, "{\"type\": \"printer\", \"able\": true, \"state\": \"ready\"}",
		"Sedang dikirim.\n"
		"Mohon tunggu.\n"
		"\n"
		"*kembali\n" },
	{ STEP_TICKET, "x",
		"  Slip dicetak...\n"
		"    003-000123-7\n"
		"     PIN: 4711\n"
		"     1/2     #lanjut\n" },
	{ STEP_KEYS, "#",
		"Simpan nomor dan PIN\n"
		"ini untuk melihat\n"
		"perkembangannya.\n"
		"     2/2      #sudah\n" },
	{ STEP_KEYS, "#",
		"Nomor sudah dicatat?\n"
		"1 Sudah\n"
		"2 Belum, kembali\n"
		"*kembali\n" },
	{ STEP_KEYS, "*",
		"  Slip dicetak...\n"
		"    003-000123-7\n"
		"     PIN: 4711\n"
		"     1/2     #lanjut\n" },
	{ STEP_KEYS, "#",
		"Simpan nomor dan PIN\n"
		"ini untuk melihat\n"
		"perkembangannya.\n"
		"     2/2      #sudah\n" },
	{ STEP_KEYS, "#",
		"Nomor sudah dicatat?\n"
		"1 Sudah\n"
		"2 Belum, kembali\n"
		"*kembali\n" },
	{ STEP_KEYS, "1",
		"\n"
		"Terima kasih. Aduan\n"
		"     diterima.\n"
		"\n" },
	{ STEP_WAIT, "6000",
		" Kalurahan Triharjo\n"
		"  Tekan tombol apa\n"
		"        saja\n"
		"\n" },
	{ 0 },
};

/* Sixteen columns, two rows, Javanese; as little given as may be, no printer. */
static const struct step small[] = {
	{ STEP_KEYS, "5",
		"Bahasa/Language\n"
		"1 Indonesia   #v\n" },
	{ STEP_KEYS, "2",
		"Mangga milih:\n"
		"              #v\n" },
	{ STEP_KEYS, "#",
		"1 Wadulan enggal\n"
		"2 Tiket kula  #v\n" },
	{ STEP_KEYS, "#",
		"3 Papan pawartos\n"
		"              #v\n" },
	{ STEP_KEYS, "#",
		"4 Hak\n"
		"  panjenengan #v\n" },
	{ STEP_KEYS, "1",
		"Bab punapa?\n"
		"              #v\n" },
	{ STEP_KEYS, "#",
		"1 Katolak, dangu\n"
		"              #v\n" },
	{ STEP_KEYS, "2",
		"Bab sinten?\n"
		"              #v\n" },
	{ STEP_KEYS, "#",
		"1 Kantor\n"
		"  kalurahan   #v\n" },
	{ STEP_KEYS, "4",
		"Dusun pundi?\n"
		"1 Karang      #v\n" },
	{ STEP_KEYS, "#",
		"2 Sogan\n"
		"3 Tambak      #v\n" },
	{ STEP_KEYS, "0",
		"Alamat       Abc\n"
		"\n" },
	{ STEP_WORDS, "wates",
		"Alamat       abc\n"
		"Wates\n" },
	{ STEP_KEYS, "#",
		"Caranipun\n"
		"nyerat:       #v\n" },
	{ STEP_KEYS, "####", NULL },
	{ STEP_KEYS, "#",
		"mbusak. Tombol\n"
		"#: rampung.   #^\n" },
	{ STEP_KEYS, "#",
		"Wosipun      Abc\n"
		"\n" },
	{ STEP_WORDS, "margi risak sanget",
		"Wosipun      abc\n"
		"sanget\n" },
	{ STEP_KEYS, "#",
		"Asma         Abc\n"
		"\n" },
	{ STEP_KEYS, "#",
		"Tanpa asma saged\n"
		"langkung      #v\n" },
	{ STEP_KEYS, "#",
		"dangu.\n"
		"1 Ngisi asma  #v\n" },
	{ STEP_KEYS, "#", NULL },
	{ STEP_KEYS, "2",
		"Nomer HP\n"
		"\n" },
	{ STEP_KEYS, "#",
		"Asma lan nomer\n"
		"              #v\n" },
	{ STEP_KEYS, "#",
		"dipunwadosaken?\n"
		"              #v\n" },
	{ STEP_KEYS, "2",
		"Sampun leres?\n"
		"Pencet        #v\n" },
	{ STEP_KEYS, "#", NULL },
	{ STEP_KEYS, "#",
		"1 Bab: Info\n"
		"  lepat,      #v\n" },
	{ STEP_KEYS, "#",
		"  kirang\n"
		"              #v\n" },
	{ STEP_KEYS, "#",
		"2 Tumrap:\n"
		"              #v\n" },
	{ STEP_KEYS, "#",
		"  Sanes/mboten\n"
		"  mangertos   #v\n" },
	{ STEP_KEYS, "#",
		"3 Alamat: Wates\n"
		"              #v\n" },
	{ STEP_KEYS, "#",
		"4 Wosipun: Margi\n"
		"  risak       #v\n" },
	{ STEP_KEYS, "#",
		"  sanget\n"
		"              #v\n" },
	{ STEP_KEYS, "#",
		"5 Asma: kothong\n"
		"6 HP: kothong #v\n" },
	{ STEP_KEYS, "#",
		"7 Wados: mboten\n"
		"              #^\n" },
	{ STEP_KEYS, "#",
		"Saweg\n"
		"dipunkirim.   #v\n" },
	{ STEP_TICKET, "",
		"  003-000123-7\n"
		"   PIN: 4711  #v\n" },
	{ STEP_KEYS, "#",
		"Mugi dipunserat:\n"
		"Nomer lan PIN #v\n" },
	{ STEP_KEYS, "#",
		"mugi dipunsimpen\n"
		"kangge        #v\n" },
	{ STEP_KEYS, "#",
		"mirsani\n"
		"lampahipun.   #^\n" },
	{ STEP_KEYS, "#",
		"Nomer sampun\n"
		"dipunserat?   #v\n" },
	{ STEP_KEYS, "#",
		"1 Sampun\n"
		"2 Dereng      #v\n" },
	{ STEP_KEYS, "#",
		"Nomer sampun\n"
		"dipunserat?   #v\n" },
	{ STEP_KEYS, "*",
		"  003-000123-7\n"
		"   PIN: 4711  #v\n" },
	{ STEP_KEYS, "#####",
		"1 Sampun\n"
		"2 Dereng      #v\n" },
	{ STEP_KEYS, "1",
		"  Matur nuwun.\n"
		"Sampun katampi.\n" },
	{ 0 },
};

static void assert_complaint(struct stand *stand, const char *expected)
{
	const json_t *submit = told_last(stand, "submit");
	json_t *complaint = json_of(expected);

	assert_non_null(submit);
	assert_true(json_equal(json_object_get(submit, "complaint"), complaint));
	json_decref(complaint);
	assert_int_equal(told_count(stand, "submit"), 1);
	assert_string_equal(
		message_text(told_last(stand, "discard"), "id"), message_text(submit, "id"));
	assert_string_equal(
		message_text(told_last(stand, "draft"), "id"), message_text(submit, "id"));
}

static void test_large(void **state)
{
	struct stand stand;

	(void)state;
	stand_begin(&stand, 20, 4, start);
	walk(&stand, large);
	assert_complaint(&stand,
		"{\"language\": \"id\", \"category\": \"other\", \"about\": \"office\","
		" \"address\": \"Karang RT 02\", \"text\": \"Lampu jalan di depan balai mati\","
		" \"name\": \"Siti Aminah\", \"phone\": \"08123456\", \"confidential\": true}");
	stand_end(&stand);
}

static void test_small(void **state)
{
	struct stand stand;

	(void)state;
	stand_begin(&stand, 16, 2, start);
	walk(&stand, small);
	assert_complaint(&stand,
		"{\"language\": \"jv\", \"category\": \"quality\", \"about\": \"other\","
		" \"address\": \"Wates\", \"text\": \"Margi risak sanget\","
		" \"name\": \"\", \"phone\": \"\", \"confidential\": false}");
	stand_end(&stand);
}

/* A kiosk without a list of places asks for them in words; one with many numbers them anew
 * on each nine. */
static void test_places(void **state)
{
	struct stand stand;

	(void)state;
	stand_begin(&stand, 20, 4, NULL);
	press(&stand, "51141");
	assert_int_equal(stand.panel->session.screen, SCREEN_ADDRESS);
	assert_screen(&stand, "Alamat Anda      Abc\n\nmis. Karang RT 2\n*kembali         #OK\n");
	press(&stand, "*");
	assert_int_equal(stand.panel->session.screen, SCREEN_ABOUT);
	stand_end(&stand);
	stand_begin(&stand, 20, 4,
		"{\"type\": \"start\", \"places\": [{\"name\": \"A\"}, {\"name\": \"B\"}, "
		"{\"name\": \"C\"},"
		" {\"name\": \"D\"}, {\"name\": \"E\"}, {\"name\": \"F\"}, {\"name\": \"G\"}, "
		"{\"name\": \"H\"},"
		" {\"name\": \"I\"}, {\"name\": \"Dukuh Jambu \u00e9\u2026\"}, {\"name\": "
		"\"K\"}]}");
	press(&stand, "51141###");
	assert_screen(&stand, "9 I\n0 Tempat lain\n\n*kembali 4/5 #lanjut\n");
	press(&stand, "#");
	assert_screen(&stand, "1 Dukuh Jambu e...\n2 K\n0 Tempat lain\n*kembali 5/5 #lanjut\n");
	press(&stand, "1");
	assert_int_equal(stand.panel->session.screen, SCREEN_HOW_TO_WRITE);
	assert_string_equal(stand.panel->session.draft.address, "Dukuh Jambu e...");
	stand_end(&stand);
}

/* What was typed isn't lost by one key too many. */
static void test_dropping(void **state)
{
	struct stand stand;

	(void)state;
	stand_begin(&stand, 20, 4, start);
	press(&stand, "511");
	assert_int_equal(stand.panel->session.screen, SCREEN_CATEGORY);
	press(&stand, "*");
	assert_int_equal(stand.panel->session.screen, SCREEN_MENU);
	assert_int_equal(told_count(&stand, "discard"), 0);
	press(&stand, "1412");
	drain(&stand);
	press(&stand, "****");
	assert_screen(&stand, "Hapus aduan ini?\n1 Ya, hapus\n2 Tidak, lanjutkan\n*kembali\n");
	press(&stand, "2***");
	assert_int_equal(stand.panel->session.screen, SCREEN_DROP);
	press(&stand, "1");
	assert_int_equal(stand.panel->session.screen, SCREEN_MENU);
	assert_int_equal(told_count(&stand, "discard"), 1);
	press(&stand, "1");
	assert_string_equal(stand.panel->session.draft.address, "");
	stand_end(&stand);
}

static void test_slips(void **state)
{
	struct stand stand;
	const char *id = NULL;
	char message[160];

	(void)state;
	stand_begin(&stand, 20, 4, start);
	press(&stand, "511412###");
	type_word(&stand, "air mati total");
	press(&stand, "##2#2#########");
	take(&stand, "{\"type\": \"printer\", \"able\": true, \"state\": \"ready\"}");
	give_ticket(&stand, true);
	assert_int_equal(panel_take_sound(stand.panel), PANEL_SUCCESS);
	id = message_text(told_last(&stand, "submit"), "id");
	assert_non_null(strstr(screen_text(&stand), "Slip dicetak..."));
	press(&stand, "1");
	assert_int_equal(told_count(&stand, "print"), 0);
	snprintf(message, sizeof(message),
		"{\"type\": \"printing\", \"id\": \"%s\", \"state\": \"failed\", \"reason\": "
		"\"paper out\"}",
		id);
	take(&stand, message);
	assert_non_null(strstr(screen_text(&stand), "Catat nomor ini:"));
	press(&stand, "1");
	assert_int_equal(told_count(&stand, "print"), 1);
	assert_string_equal(message_text(told_last(&stand, "print"), "id"), id);
	snprintf(message, sizeof(message),
		"{\"type\": \"printing\", \"id\": \"%s\", \"state\": \"printed\", \"reason\": "
		"null}",
		id);
	take(&stand, message);
	assert_non_null(strstr(screen_text(&stand), "Ambil slip Anda"));
	/* On paper it may be left behind without a question. */
	press(&stand, "###");
	assert_int_equal(stand.panel->session.screen, SCREEN_THANKS);
	/* The next one in the queue needn't wait. */
	press(&stand, "5");
	assert_int_equal(stand.panel->session.screen, SCREEN_LANGUAGE);
	stand_end(&stand);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_dropping),
		cmocka_unit_test(test_slips),
	};

	(void)argc;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (speak(argv[0]) < 0)
		return 1;
	return cmocka_run_group_tests_name("panel", tests, NULL, NULL);
}
