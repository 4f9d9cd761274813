/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "panel/phrases.h"

#include <string.h>

#include "dialogue/language.h"
#include "dialogue/texts.h"

#define N_(msgid) msgid
#define LANGUAGES_MAX 4

/*
 * TRANSLATORS: a display of 16 or 20 columns shows these to people who may never have used a
 * computer: plain words, and none longer than 16 letters. {names} in braces are filled in and
 * must stay; the key in front (*, #) must stay too. `make` says what doesn't fit.
 */
const struct phrase_info phrases[PHRASE_COUNT] = {
	[PHRASE_NONE] = { "", PHRASE_BODY },
	[PHRASE_PRESS_ANY] = { N_("Tekan tombol apa saja"), PHRASE_SCREEN },
	[PHRASE_SMS_TOO] = { N_("Bisa juga lewat SMS ke {number}"), PHRASE_BODY },
	[PHRASE_FREE] = { N_("Mengadu itu hak Anda dan gratis."), PHRASE_BODY },
	[PHRASE_FIGURES] = { N_("Aduan masuk {received}, sudah dijawab {answered}."), PHRASE_BODY },
	[PHRASE_STILL_THERE] = { N_("Masih di sini? Tekan tombol: {seconds}"), PHRASE_SCREEN },
	[PHRASE_RESUME] = { N_("Tadi ada aduan yang belum selesai."), PHRASE_BODY },
	[PHRASE_RESUME_YES] = { N_("Lanjutkan"), PHRASE_ITEM },
	[PHRASE_RESUME_NO] = { N_("Hapus"), PHRASE_ITEM },
	[PHRASE_MENU] = { N_("Silakan pilih:"), PHRASE_LINE },
	[PHRASE_MENU_COMPLAINT] = { N_("Aduan baru"), PHRASE_ITEM },
	[PHRASE_MENU_TICKET] = { N_("Tiket saya"), PHRASE_ITEM },
	[PHRASE_MENU_BOARD] = { N_("Papan informasi"), PHRASE_ITEM },
	[PHRASE_MENU_RIGHTS] = { N_("Hak Anda"), PHRASE_ITEM },
	[PHRASE_MENU_LANGUAGE] = { N_("Ganti bahasa"), PHRASE_ITEM },
	[PHRASE_CATEGORY] = { N_("Soal apa?"), PHRASE_LINE },
	[PHRASE_CATEGORY_ACCESS] = { N_("Ditolak, lambat"), PHRASE_ITEM },
	[PHRASE_CATEGORY_QUALITY] = { N_("Info salah, kurang"), PHRASE_ITEM },
	[PHRASE_CATEGORY_PROCEDURE] = { N_("Prosedur tak jelas"), PHRASE_ITEM },
	[PHRASE_CATEGORY_OTHER] = { N_("Lain: jalan, lampu"), PHRASE_ITEM },
	[PHRASE_ABOUT] = { N_("Tentang siapa?"), PHRASE_LINE },
	[PHRASE_ABOUT_OFFICE] = { N_("Kantor kalurahan"), PHRASE_ITEM },
	[PHRASE_ABOUT_OFFICIAL] = { N_("Seorang petugas"), PHRASE_ITEM },
	[PHRASE_ABOUT_AGENCY] = { N_("Instansi lain"), PHRASE_ITEM },
	[PHRASE_ABOUT_OTHER] = { N_("Lain/tidak tahu"), PHRASE_ITEM },
	[PHRASE_PLACE] = { N_("Dusun Anda?"), PHRASE_LINE },
	[PHRASE_PLACE_OTHER] = { N_("Tempat lain"), PHRASE_ITEM },
	[PHRASE_PART] = { N_("RT Anda?"), PHRASE_LINE },
	[PHRASE_PART_OTHER] = { N_("Tidak tahu"), PHRASE_ITEM },
	[PHRASE_ADDRESS] = { N_("Alamat Anda"), PHRASE_TITLE },
	[PHRASE_ADDRESS_HELP] = { N_("mis. Karang RT 2"), PHRASE_LINE },
	[PHRASE_HOW_TO_WRITE] = { N_("Cara menulis: tekan tombol 2 satu kali untuk A, dua kali "
				     "untuk B, tiga "
				     "kali untuk C. Tombol 0: spasi. Tombol *: hapus. Tombol #: "
				     "selesai."),
		PHRASE_BODY },
	[PHRASE_TEXT] = { N_("Isi aduan"), PHRASE_TITLE },
	[PHRASE_TEXT_HELP] = { N_("Apa, di mana?"), PHRASE_LINE },
	[PHRASE_TEXT_SHORT] = { N_("Masih terlalu singkat. Mohon tulis apa, di mana dan kapan."),
		PHRASE_BODY },
	[PHRASE_NAME] = { N_("Nama Anda"), PHRASE_TITLE },
	[PHRASE_NAME_HELP] = { N_("Boleh kosong."), PHRASE_LINE },
	[PHRASE_NAMELESS] = { N_("Tanpa nama bisa lebih lama."), PHRASE_BODY },
	[PHRASE_NAMELESS_FILL] = { N_("Isi nama"), PHRASE_ITEM },
	[PHRASE_NAMELESS_SKIP] = { N_("Tanpa nama"), PHRASE_ITEM },
	[PHRASE_PHONE] = { N_("Nomor HP"), PHRASE_TITLE },
	[PHRASE_PHONE_HELP] = { N_("Jawaban via SMS."), PHRASE_LINE },
	[PHRASE_PHONE_WRONG] = { N_("Nomor HP belum benar. Periksa lagi, atau kosongkan."),
		PHRASE_BODY },
	[PHRASE_CONFIDENTIAL] = { N_("Rahasiakan nama dan nomor Anda?"), PHRASE_BODY },
	[PHRASE_CONFIDENTIAL_WHO] = { N_("Nanti hanya dilihat petugas verifikasi."), PHRASE_BODY },
	[PHRASE_CONFIDENTIAL_YES] = { N_("Ya, rahasiakan"), PHRASE_ITEM },
	[PHRASE_CONFIDENTIAL_NO] = { N_("Tidak perlu"), PHRASE_ITEM },
	[PHRASE_REVIEW] = { N_("Sudah benar? Tekan nomor untuk mengubah."), PHRASE_BODY },
	[PHRASE_REVIEW_CATEGORY] = { N_("Soal: {value}"), PHRASE_BODY },
	[PHRASE_REVIEW_ABOUT] = { N_("Tentang: {value}"), PHRASE_BODY },
	[PHRASE_REVIEW_ADDRESS] = { N_("Alamat: {value}"), PHRASE_BODY },
	[PHRASE_REVIEW_TEXT] = { N_("Isi: {value}"), PHRASE_BODY },
	[PHRASE_REVIEW_NAME] = { N_("Nama: {value}"), PHRASE_BODY },
	[PHRASE_REVIEW_PHONE] = { N_("HP: {value}"), PHRASE_BODY },
	[PHRASE_REVIEW_CONFIDENTIAL] = { N_("Rahasia: {value}"), PHRASE_BODY },
	[PHRASE_YES] = { N_("ya"), PHRASE_BODY },
	[PHRASE_NO] = { N_("tidak"), PHRASE_BODY },
	[PHRASE_EMPTY] = { N_("kosong"), PHRASE_BODY },
	[PHRASE_SENDING] = { N_("Sedang dikirim. Mohon tunggu."), PHRASE_BODY },
	[PHRASE_SEND_TROUBLE] = { N_("Belum bisa disimpan. Jangan pergi dulu: dicoba terus."),
		PHRASE_BODY },
	[PHRASE_DROP] = { N_("Hapus aduan ini?"), PHRASE_BODY },
	[PHRASE_DROP_YES] = { N_("Ya, hapus"), PHRASE_ITEM },
	[PHRASE_DROP_NO] = { N_("Tidak, lanjutkan"), PHRASE_ITEM },
	[PHRASE_SLIP_PRINTING] = { N_("Slip dicetak..."), PHRASE_LINE },
	[PHRASE_SLIP_TAKE] = { N_("Ambil slip Anda"), PHRASE_LINE },
	[PHRASE_SLIP_NONE] = { N_("Catat nomor ini:"), PHRASE_LINE },
	[PHRASE_PIN_IS] = { N_("PIN: {pin}"), PHRASE_LINE },
	[PHRASE_KEEP] = { N_("Simpan nomor dan PIN ini untuk melihat perkembangannya."),
		PHRASE_BODY },
	[PHRASE_PRINT_AGAIN] = { N_("Cetak lagi"), PHRASE_ITEM },
	[PHRASE_LEAVE] = { N_("Nomor sudah dicatat?"), PHRASE_BODY },
	[PHRASE_LEAVE_YES] = { N_("Sudah"), PHRASE_ITEM },
	[PHRASE_LEAVE_NO] = { N_("Belum, kembali"), PHRASE_ITEM },
	[PHRASE_THANKS] = { N_("Terima kasih. Aduan diterima."), PHRASE_SCREEN },
	[PHRASE_NUMBER] = { N_("Nomor tiket"), PHRASE_TITLE },
	[PHRASE_NUMBER_HELP] = { N_("10 angka di slip"), PHRASE_LINE },
	[PHRASE_NUMBER_WRONG] = { N_("Nomor tiket salah ketik. Mohon periksa angkanya."),
		PHRASE_BODY },
	[PHRASE_PIN] = { N_("PIN"), PHRASE_TITLE },
	[PHRASE_PIN_HELP] = { N_("4 angka di slip"), PHRASE_LINE },
	[PHRASE_PIN_WRONG] = { N_("PIN harus 4 angka."), PHRASE_BODY },
	[PHRASE_LOOKING] = { N_("Sedang dicari. Mohon tunggu."), PHRASE_BODY },
	[PHRASE_SAVING] = { N_("Sedang dicatat. Mohon tunggu."), PHRASE_BODY },
	[PHRASE_NOT_FOUND] = { N_("Nomor tiket atau PIN tidak cocok."), PHRASE_BODY },
	[PHRASE_BLOCKED] = { N_("Terlalu banyak yang tidak cocok. Mohon coba lagi nanti, atau "
				"tanya "
				"petugas."),
		PHRASE_BODY },
	[PHRASE_NOT_NOW] = { N_("Belum bisa sekarang. Mohon coba lagi sebentar lagi."),
		PHRASE_BODY },
	[PHRASE_CASE] = { N_("{ticket}: {state} ({date})."), PHRASE_BODY },
	[PHRASE_CASE_DUE] = { N_("Dijawab paling lambat {date}."), PHRASE_BODY },
	[PHRASE_CASE_EXTENDED] = { N_("Waktu diperpanjang: {text}"), PHRASE_BODY },
	[PHRASE_CASE_ANSWER] = { N_("Baca jawaban"), PHRASE_ITEM },
	[PHRASE_CASE_QUESTION] = { N_("Pertanyaan petugas"), PHRASE_ITEM },
	[PHRASE_CASE_ADD] = { N_("Tambah keterangan"), PHRASE_ITEM },
	[PHRASE_CASE_RATE] = { N_("Beri nilai"), PHRASE_ITEM },
	[PHRASE_CASE_WITHDRAW] = { N_("Batalkan aduan"), PHRASE_ITEM },
	[PHRASE_ANSWER] = { N_("Jawaban: {text}"), PHRASE_BODY },
	[PHRASE_OBJECT_UNTIL] = { N_("Bila keberatan, bilang petugas sampai {date}."),
		PHRASE_BODY },
	[PHRASE_QUESTION] = { N_("Petugas bertanya: {text}"), PHRASE_BODY },
	[PHRASE_REPLY] = { N_("Jawab"), PHRASE_ITEM },
	[PHRASE_ADD] = { N_("Keterangan"), PHRASE_TITLE },
	[PHRASE_ADD_HELP] = { N_("Tulis di sini"), PHRASE_LINE },
	[PHRASE_RATE] = { N_("Apakah membantu?"), PHRASE_BODY },
	[PHRASE_RATE_1] = { N_("Tidak membantu"), PHRASE_ITEM },
	[PHRASE_RATE_2] = { N_("Kurang"), PHRASE_ITEM },
	[PHRASE_RATE_3] = { N_("Cukup"), PHRASE_ITEM },
	[PHRASE_RATE_4] = { N_("Membantu"), PHRASE_ITEM },
	[PHRASE_RATE_5] = { N_("Sangat membantu"), PHRASE_ITEM },
	[PHRASE_WITHDRAW] = { N_("Batalkan aduan ini untuk selamanya?"), PHRASE_BODY },
	[PHRASE_WITHDRAW_YES] = { N_("Ya, batalkan"), PHRASE_ITEM },
	[PHRASE_WITHDRAW_NO] = { N_("Tidak jadi"), PHRASE_ITEM },
	[PHRASE_DONE_RATED] = { N_("Terima kasih. Nilai Anda dicatat."), PHRASE_BODY },
	[PHRASE_DONE_REOPENED] = { N_("Nilai dicatat. Maaf belum membantu: aduan dibuka kembali."),
		PHRASE_BODY },
	[PHRASE_DONE_ADDED] = { N_("Keterangan Anda dicatat."), PHRASE_BODY },
	[PHRASE_DONE_WITHDRAWN] = { N_("Aduan sudah dibatalkan."), PHRASE_BODY },
	[PHRASE_DONE_NOT] = { N_("Tidak bisa lagi untuk tiket ini."), PHRASE_BODY },
	[PHRASE_BOARD_FIGURES] = { N_("Angka aduan"), PHRASE_ITEM },
	[PHRASE_BOARD_CASES] = { N_("Aduan terjawab"), PHRASE_ITEM },
	[PHRASE_BOARD_NEWS] = { N_("Pengumuman"), PHRASE_ITEM },
	[PHRASE_FIGURES_RECEIVED] = { N_("Aduan masuk: {received}"), PHRASE_BODY },
	[PHRASE_FIGURES_OPEN] = { N_("Masih ditangani: {open}"), PHRASE_BODY },
	[PHRASE_FIGURES_ANSWERED] = { N_("Sudah dijawab: {answered}"), PHRASE_BODY },
	[PHRASE_FIGURES_DAYS] = { N_("Biasanya dijawab dalam {days} hari"), PHRASE_BODY },
	[PHRASE_CASE_LINE] = { N_("Dijawab {date} ({days} hari)."), PHRASE_BODY },
	[PHRASE_NOTHING_YET] = { N_("Belum ada isinya."), PHRASE_BODY },
	[PHRASE_RIGHTS_WHEN] = { N_("Aduan dijawab paling lama 7 hari kerja, 14 kalau rumit."),
		PHRASE_BODY },
	[PHRASE_RIGHTS_AGAIN] = { N_("Belum puas? Beri nilai 1: aduan dibuka lagi."), PHRASE_BODY },
	[PHRASE_RIGHTS_SECRET] = { N_("Nama Anda bisa dirahasiakan."), PHRASE_BODY },
	[PHRASE_BACK] = { N_("*kembali"), PHRASE_LEFT },
	[PHRASE_ERASE] = { N_("*hapus"), PHRASE_LEFT },
	[PHRASE_NEXT] = { N_("#lanjut"), PHRASE_RIGHT },
	[PHRASE_OK] = { N_("#OK"), PHRASE_RIGHT },
	[PHRASE_SEND] = { N_("#kirim"), PHRASE_RIGHT },
	[PHRASE_AGAIN] = { N_("#ulangi"), PHRASE_RIGHT },
	[PHRASE_FINISH] = { N_("#sudah"), PHRASE_RIGHT },
};

/* gettext looks a text up anew after every change of the language, but what it once found stays
 * where it is: each language is asked once. */
static struct {
	bool asked;
	const char *phrases[PHRASE_COUNT];
	const char *states[STATE_COUNT];
} said[LANGUAGES_MAX];

static size_t language_number(const char *language)
{
	for (size_t i = 0; language && language_codes[i] && i < LANGUAGES_MAX; i++) {
		if (strcmp(language, language_codes[i]) == 0)
			return i;
	}
	return 0;
}

/* Number of a language whose texts are here. */
static size_t language_asked(const char *language)
{
	size_t number = language_number(language);

	if (!said[number].asked) {
		locale_t before = language_begin(language_codes[number]);
		for (unsigned i = 0; i < PHRASE_COUNT; i++)
			said[number].phrases[i] = language_say(phrases[i].msgid);
		for (unsigned i = 0; i < STATE_COUNT; i++)
			said[number].states[i] = language_say(text_states[i]);
		language_end(before);
		said[number].asked = true;
	}
	return number;
}

const char *phrase_say(const char *language, enum phrase phrase)
{
	return said[language_asked(language)].phrases[phrase];
}

const char *phrase_state(const char *language, enum complaint_state state)
{
	return said[language_asked(language)].states[state];
}
