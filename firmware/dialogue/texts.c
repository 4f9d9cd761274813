/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/texts.h"

#include <string.h>

#include "dialogue/language.h"

#define N_(msgid) msgid

/*
 * TRANSLATORS: {names} in braces are filled in and must stay. Each text must fit one SMS:
 * 160 septets of the GSM alphabet with its longest values (braces and € cost two). Words in
 * capitals (ADUAN, CEK, BANTUAN) are commands and stay as they are.
 */
const struct text_info texts[TEXT_COUNT] = {
	[TEXT_TICKET] = { N_("Terima kasih, {name}. Aduan Anda diterima. Tiket {ticket}, PIN "
			     "{pin}. "
			     "Simpan nomor ini. Kirim CEK untuk melihat perkembangannya."),
		"name", 20, 1 },
	[TEXT_TICKET_ASK] = { N_("Aduan diterima. Tiket {ticket}, PIN {pin}. Simpan nomor ini. "
				 "Mohon balas dengan nama dan alamat, contoh: SITI AMINAH, "
				 "DUSUN KARANG RT 02"),
		NULL, 0, 1 },
	[TEXT_TICKET_ASK_NAME] = { N_("Aduan diterima. Tiket {ticket}, PIN {pin}. Simpan nomor "
				      "ini. "
				      "Mohon balas dengan nama Anda, contoh: NAMA SITI AMINAH"),
		NULL, 0, 1 },
	[TEXT_TICKET_ASK_ADDRESS] = { N_("Aduan diterima. Tiket {ticket}, PIN {pin}. Simpan nomor "
					 "ini. Mohon balas dengan alamat Anda, contoh: "
					 "DUSUN KARANG RT 02"),
		NULL, 0, 1 },
	[TEXT_TICKET_PARTIAL] = { N_("Sebagian SMS Anda tidak sampai, yang sampai dicatat. Tiket "
				     "{ticket}, PIN {pin}. Mohon kirim lagi yang kurang dengan: "
				     "TAMBAH (isinya)"),
		NULL, 0, 1 },
	[TEXT_TICKET_PARTIAL_ASK] = { N_("Sebagian SMS Anda tidak sampai. Tiket {ticket}, PIN "
					 "{pin}. Mohon kirim lagi yang kurang dengan: TAMBAH "
					 "(isinya). Lalu balas: NAMA, ALAMAT"),
		NULL, 0, 1 },
	[TEXT_DETAILS_DONE] = { N_("Terima kasih, {name}. Nama dan alamat dicatat untuk tiket "
				   "{ticket}. Kirim CEK untuk melihat perkembangannya."),
		"name", 20, 1 },
	[TEXT_DETAILS_ASK_NAME] = { N_("Alamat dicatat untuk tiket {ticket}. Mohon balas juga "
				       "dengan "
				       "nama Anda, contoh: NAMA SITI AMINAH"),
		NULL, 0, 1 },
	[TEXT_DETAILS_ASK_ADDRESS] = { N_("Terima kasih, {name}. Untuk tiket {ticket} mohon balas "
					  "juga "
					  "dengan alamat Anda, contoh: DUSUN KARANG RT 02"),
		"name", 20, 1 },
	[TEXT_QUESTION_ANSWERED] = { N_("Terima kasih. Jawaban Anda dicatat untuk tiket {ticket} "
					"dan "
					"diteruskan kepada petugas."),
		NULL, 0, 1 },
	[TEXT_STATUS] = { N_("Tiket {ticket}: {state} ({date}). Hasilnya dikirim ke nomor yang "
			     "dipakai mengadu."),
		NULL, 0, 1 },
	[TEXT_STATUS_ENDED] = { N_("Tiket {ticket}: {state} ({date})."), NULL, 0, 1 },
	[TEXT_STATUS_ANSWER] = { N_("Tiket {ticket}: {state} ({date}). Jawaban: {answer}"),
		"answer", 40, 1 },
	[TEXT_STATUS_NONE] = { N_("Belum ada aduan dari nomor ini. Kirim aduan Anda dengan SMS, "
				  "atau "
				  "untuk aduan dari nomor lain kirim: CEK (nomor tiket) (PIN)"),
		NULL, 0, 1 },
	[TEXT_STATUS_REFUSED] = { N_("Maaf, nomor tiket atau PIN tidak cocok. Kirim: CEK (nomor "
				     "tiket) "
				     "(PIN). Dari nomor yang dipakai mengadu cukup: CEK"),
		NULL, 0, 1 },
	[TEXT_STATUS_MISTYPED] = { N_("Nomor tiket salah ketik. Mohon periksa angkanya, lalu kirim "
				      "lagi: CEK (nomor tiket, 10 angka) (PIN, 4 angka)"),
		NULL, 0, 1 },
	[TEXT_STATUS_LATER] = { N_("Maaf, terlalu banyak nomor tiket atau PIN yang tidak cocok. "
				   "Mohon "
				   "coba lagi nanti, atau datang ke kantor kalurahan."),
		NULL, 0, 1 },
	[TEXT_HELP] = { N_("Kirim aduan Anda ke nomor ini. CEK: perkembangan. Juga TAMBAH (isi), "
			   "NILAI 1-5, BATAL, RAHASIA, BAHASA, INFO, MULAI/BERHENTI, bila perlu "
			   "dengan nomor tiket."),
		NULL, 0, 1 },
	[TEXT_HELP_COMPLAINT] = { N_("Tulis ADUAN lalu isi aduan Anda dalam satu SMS, contoh: "
				     "ADUAN "
				     "lampu jalan di Dusun Karang RT 02 mati sejak Senin"),
		NULL, 0, 1 },
	[TEXT_HELP_EMPTY] = { N_("Pesan Anda kosong. Tulis isi aduan Anda dan kirim ke nomor ini. "
				 "Kirim BANTUAN untuk petunjuk."),
		NULL, 0, 1 },
	[TEXT_THANKS] = { N_("Sama-sama. Kalau ada aduan lagi, kirim saja SMS ke nomor ini."), NULL,
		0, 1 },
	[TEXT_OK] = { N_("Baik. Kirim CEK untuk melihat perkembangan aduan Anda."), NULL, 0, 1 },
	[TEXT_MESSAGE_ANSWER] = { N_("Tiket {ticket}: {text}"), "text", 1200, 10 },
	[TEXT_MESSAGE_ANSWER_UNTIL] = { N_("Tiket {ticket}: {text} Bila keberatan, sampai {date} "
					   "kirim: KEBERATAN (alasannya)"),
		"text", 1200, 10 },
	[TEXT_MESSAGE_QUESTION] = { N_("Tiket {ticket}: petugas bertanya: {text} Mohon jawab "
				       "dengan "
				       "membalas SMS ini."),
		"text", 1200, 10 },
	[TEXT_MESSAGE_STATE] = { N_("Tiket {ticket}: aduan Anda {state}."), NULL, 0, 1 },
	[TEXT_MESSAGE_STATE_REASON] = { N_("Tiket {ticket}: aduan Anda {state}. Keterangan: "
					   "{text}"),
		"text", 50, 1 },
	[TEXT_MESSAGE_STATE_UNTIL] = { N_("Tiket {ticket}: aduan Anda {state}. Dijawab paling "
					  "lambat {date}."),
		NULL, 0, 1 },
	[TEXT_MESSAGE_EXTENDED] = { N_("Tiket {ticket}: waktu penanganan aduan Anda diperpanjang."),
		NULL, 0, 1 },
	[TEXT_MESSAGE_EXTENDED_REASON] = { N_("Tiket {ticket}: waktu penanganan aduan Anda "
					      "diperpanjang. Alasan: {text}"),
		"text", 50, 1 },
	[TEXT_MESSAGE_EXTENDED_UNTIL] = { N_("Tiket {ticket}: waktu penanganan diperpanjang sampai "
					     "{date}. Alasan: {text}"),
		"text", 50, 1 },
	[TEXT_MESSAGE_RENUMBERED] = { N_("Nomor tiket Anda {old} diganti menjadi {ticket}. PIN "
					 "tetap "
					 "sama. Mohon simpan nomor yang baru."),
		NULL, 0, 1 },
	[TEXT_MESSAGE_SURVEY] = { N_("Tiket {ticket}: apakah penanganannya membantu? Balas NILAI "
				     "lalu angka 1 (tidak) sampai 5 (sangat). BERHENTI: jangan "
				     "tanya lagi."),
		NULL, 0, 1 },
	[TEXT_MESSAGE_ANNOUNCEMENT] = { N_("Pengumuman: {text} (BERHENTI: tidak mau lagi)"), "text",
		600, 5 },
	[TEXT_TICKET_PLAIN] = { N_("Aduan diterima. Tiket {ticket}, PIN {pin}. Simpan nomor ini. "
				   "Kirim CEK untuk melihat perkembangannya."),
		NULL, 0, 1 },
	[TEXT_TICKET_CONFIDENTIAL] = { N_("Aduan rahasia diterima. Tiket {ticket}, PIN {pin}. "
					  "Simpan nomor ini. Nama, alamat dan nomor Anda hanya "
					  "dilihat petugas verifikasi."),
		NULL, 0, 1 },
	[TEXT_TICKET_OBJECTION] = { N_("Keberatan atas tiket {old} diterima. Tiket {ticket}, PIN "
				       "{pin}. Simpan nomor ini. Dijawab atasan PPID paling lama "
				       "30 hari kerja."),
		NULL, 0, 1 },
	[TEXT_OBJECT_EMPTY] = { N_("Tulis KEBERATAN lalu alasannya dalam satu SMS, contoh: "
				   "KEBERATAN data yang saya minta belum lengkap"),
		NULL, 0, 1 },
	[TEXT_TICKET_UNCHOSEN] = { N_("Tiketnya belum Anda pilih, maka tambahan Anda dicatat "
				      "sebagai aduan baru. Tiket {ticket}, PIN {pin}. Simpan nomor "
				      "ini."),
		NULL, 0, 1 },
	[TEXT_ADDED] = { N_("Keterangan tambahan Anda dicatat untuk tiket {ticket}. Kirim CEK "
			    "untuk melihat perkembangannya."),
		NULL, 0, 1 },
	[TEXT_ADDED_PARTIAL] = { N_("Sebagian SMS Anda tidak sampai, yang sampai dicatat untuk "
				    "tiket {ticket}. Mohon kirim lagi bagian yang kurang: TAMBAH "
				    "(isinya)"),
		NULL, 0, 1 },
	[TEXT_ADD_EMPTY] = { N_("Tulis TAMBAH lalu keterangan Anda dalam satu SMS, contoh: TAMBAH "
				"tiangnya di depan pos ronda"),
		NULL, 0, 1 },
	[TEXT_WHICH] = { N_("Tiket yang mana? {choices}. Balas dengan angkanya, contoh: 1"), NULL,
		0, 1 },
	[TEXT_WHICH_NAME] = { N_("Mohon sebutkan juga nomor tiketnya: {choices}"), NULL, 0, 1 },
	[TEXT_OWNER_ONLY] = { N_("Maaf, dari nomor ini tidak ada tiket itu. Hanya nomor yang "
				 "dipakai mengadu bisa mengubahnya. Untuk aduan baru kirim: ADUAN "
				 "(isinya)"),
		NULL, 0, 1 },
	[TEXT_NONE_OPEN] = { N_("Tidak ada aduan yang masih berjalan dari nomor ini. Untuk aduan "
				"baru kirim: ADUAN (isinya)"),
		NULL, 0, 1 },
	[TEXT_ENDED] = { N_("Tiket {ticket} {state}, jadi tidak ada yang diubah. Untuk aduan baru "
			    "kirim: ADUAN (isinya)"),
		NULL, 0, 1 },
	[TEXT_WITHDRAW_ASK] = { N_("Batalkan tiket {ticket}? Balas YA untuk membatalkan, atau "
				   "TIDAK supaya tetap ditangani."),
		NULL, 0, 1 },
	[TEXT_WITHDRAWN] = { N_("Tiket {ticket} dibatalkan atas permintaan Anda. Kalau ada aduan "
				"lagi, kirim saja SMS ke nomor ini."),
		NULL, 0, 1 },
	[TEXT_WITHDRAW_KEPT] = { N_("Baik, tiket {ticket} tidak dibatalkan dan tetap ditangani."),
		NULL, 0, 1 },
	[TEXT_RATED] = { N_("Terima kasih. Nilai {rating} dicatat untuk tiket {ticket}."), NULL, 0,
		1 },
	[TEXT_RATED_REOPENED] = { N_("Nilai {rating} dicatat. Maaf hasilnya belum membantu: tiket "
				     "{ticket} dibuka kembali. Kirim TAMBAH (yang masih kurang)."),
		NULL, 0, 1 },
	[TEXT_RATE_HOW] = { N_("Mohon beri nilai dengan angka 1 (tidak membantu) sampai 5 (sangat "
			       "membantu), contoh: NILAI 4"),
		NULL, 0, 1 },
	[TEXT_RATE_NONE] = { N_("Belum ada aduan dari nomor ini yang sudah selesai, jadi belum ada "
				"yang bisa dinilai. Kirim CEK untuk melihat perkembangannya."),
		NULL, 0, 1 },
	[TEXT_CONFIDENTIAL_ON] = { N_("Tiket {ticket} dirahasiakan: nama, alamat dan nomor Anda "
				      "hanya dilihat petugas verifikasi. Jawaban tetap dikirim "
				      "kepada Anda."),
		NULL, 0, 1 },
	[TEXT_CONFIDENTIAL_OFF] = { N_("Tiket {ticket} tidak dirahasiakan lagi: petugas yang "
				       "menangani dapat melihat nama, alamat dan nomor Anda."),
		NULL, 0, 1 },
	[TEXT_CONFIDENTIAL_NEXT] = { N_("Aduan Anda yang berikutnya dirahasiakan: nama, alamat dan "
					"nomor Anda hanya dilihat petugas verifikasi. Silakan "
					"kirim isinya."),
		NULL, 0, 1 },
	[TEXT_CONFIDENTIAL_HOW] = { N_("Untuk aduan baru yang dirahasiakan kirim: RAHASIA "
				       "(isinya). Untuk aduan yang sudah ada: RAHASIA (nomor "
				       "tiket)"),
		NULL, 0, 1 },
	[TEXT_LANGUAGE_SET] = { N_("Baik. Mulai sekarang kami memakai Bahasa Indonesia. Kirim "
				   "BANTUAN untuk petunjuk."),
		NULL, 0, 1 },
	[TEXT_LANGUAGE_ASK] = { N_("Bahasa apa? Kirim BAHASA ID (Indonesia), BAHASA JV (Jawa) atau "
				   "BAHASA EN (Inggris)."),
		NULL, 0, 1 },
	[TEXT_ANNOUNCEMENTS_ON] = { N_("Baik. Pengumuman kalurahan akan dikirim ke nomor ini. "
				       "Kirim BERHENTI kalau tidak mau lagi."),
		NULL, 0, 1 },
	[TEXT_ANNOUNCEMENTS_OFF] = { N_("Baik. Pengumuman tidak dikirim lagi ke nomor ini. Jawaban "
					"atas aduan Anda tetap dikirim. Kirim MULAI kalau mau "
					"lagi."),
		NULL, 0, 1 },
	[TEXT_INFO] = { N_("Mengadu itu hak Anda dan gratis. Dijawab paling lama 7 hari kerja, 14 "
			   "kalau rumit. Belum puas? Kirim NILAI 1: dibuka lagi. RAHASIA: "
			   "identitas dijaga."),
		NULL, 0, 1 },
	[TEXT_EXPIRED] = { N_("Maaf, pertanyaan kami tadi sudah lewat waktunya dan tidak ada yang "
			      "diubah. Mohon kirim perintahnya lagi. BANTUAN: petunjuk."),
		NULL, 0, 1 },
};

/* TRANSLATORS: these follow "Tiket 003-000123-4: " and "aduan Anda ". */
const char *const text_states[STATE_COUNT] = {
	[STATE_RECEIVED] = N_("sudah diterima, menunggu verifikasi"),
	[STATE_INCOMPLETE] = N_("menunggu keterangan dari Anda"),
	[STATE_VERIFIED] = N_("sudah diverifikasi"),
	[STATE_ASSIGNED] = N_("sudah diserahkan kepada petugas"),
	[STATE_INVESTIGATING] = N_("sedang ditangani petugas"),
	[STATE_RESOLVED] = N_("selesai ditangani"),
	[STATE_CLOSED] = N_("selesai dan ditutup"),
	[STATE_REFERRED] = N_("dialihkan ke instansi yang berwenang"),
	[STATE_WITHDRAWN] = N_("dibatalkan"),
	[STATE_REOPENED] = N_("dibuka kembali"),
};

/* TRANSLATORS: the last choice in "Tiket yang mana? 1) 003-000123-4, 2) aduan baru." */
const char *const text_new_complaint = N_("aduan baru");

int text_fill(enum text text, const struct template_value *values, char **out)
{
	const struct text_info *info = &texts[text];
	struct template_value marked[12];
	size_t count = 0;

	for (; count < ARRAY_SIZE(marked) && values[count].name; count++) {
		marked[count] = values[count];
		marked[count].shorten =
			info->shorten && strcmp(info->shorten, values[count].name) == 0;
	}
	return template_fill(language_say(info->msgid), marked, count, info->parts, out);
}
