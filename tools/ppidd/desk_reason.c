/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kiosks give their reasons in English, for technicians; officers read them in Indonesian. What
 * isn't known here is shown as the kiosk wrote it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ppidd/desk.h"

/* TP-Status of 23.040 9.2.3.15, as the kiosk writes it at the end of its words. */
static const struct {
	unsigned long status;
	const char *words;
} status_words[] = {
	{ 0x41, "HP penerima tidak cocok" },
	{ 0x42, "ditolak oleh HP penerima" },
	{ 0x43, "nomornya mungkin tidak ada" },
	{ 0x46, "HP penerima tidak dapat dihubungi sampai batas waktu" },
	{ 0x47, "dihapus pengirim" },
	{ 0x48, "dihapus pusat SMS" },
	{ 0x49, "pesannya tidak ada lagi" },
	{ 0x60, "jaringan penuh" },
	{ 0x61, "HP penerima sibuk" },
	{ 0x62, "HP penerima tidak menjawab" },
	{ 0x63, "layanan ditolak" },
	{ 0x65, "gangguan pada HP penerima" },
};

static const struct {
	const char *beginning, *words;
} beginnings[] = {
	{ "not delivered:", "tidak dapat disampaikan jaringan" },
	{ "not sent in time", "tidak terkirim sampai batas waktu" },
	{ "refused by the network", "ditolak jaringan" },
	{ "the modem didn't take it", "modem tidak menerimanya" },
	{ "no credit", "pulsa habis" },
	{ "the complainant hasn't agreed to be asked", "pengadu belum bersedia ditanyai" },
	{ "the complainant left no number", "pengadu tidak meninggalkan nomor" },
	{ "no such complaint here", "aduan itu tidak ada di kotak ini" },
	{ "this kiosk doesn't know that type", "kotak ini belum mengenal perintah itu" },
	{ "it could not be carried out", "tidak dapat dijalankan" },
	{ "withdrawn by the complainant", "dicabut pengadu" },
	{ "the result did not help", "hasilnya belum membantu" },
	{ "answered the question", "pertanyaan sudah dijawab" },
	{ "asked the complainant", "menunggu jawaban pengadu" },
	{ "erased", "data pribadinya dihapus" },
	{ "the kiosk says otherwise", "menurut kotak aduan ini belum selesai" },
};

static const char *by_status(const char *reason)
{
	const char *at = strstr(reason, "(status ");
	unsigned long status = at ? strtoul(at + strlen("(status "), NULL, 10) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(status_words); i++) {
		if (status_words[i].status == status)
			return status_words[i].words;
	}
	return NULL;
}

void desk_reason(const char *reason, char *out, size_t size)
{
	const char *words = by_status(reason);

	for (size_t i = 0; !words && i < ARRAY_SIZE(beginnings); i++) {
		if (strncmp(reason, beginnings[i].beginning, strlen(beginnings[i].beginning)) == 0)
			words = beginnings[i].words;
	}
	/* The number stays for whoever asks the operator. */
	const char *code = words ? strchr(reason, '(') : NULL;
	if (code && (strncmp(code, "(status ", 8) == 0 || strncmp(code, "(error ", 7) == 0))
		snprintf(out, size, "%s %s", words, code);
	else
		snprintf(out, size, "%s", words ? words : reason);
}
