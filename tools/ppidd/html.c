/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/html.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void escape(FILE *out, const char *text)
{
	for (; text && *text; text++) {
		unsigned char byte = (unsigned char)*text;
		switch (byte) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		case '\r': /* of forms' line ends */
			break;
		default:
			/* Control characters have no place in HTML. */
			if (byte < ' ' && byte != '\n' && byte != '\t')
				fputs("\xef\xbf\xbd", out);
			else
				putc(byte, out);
		}
	}
}

void html(FILE *out, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	for (const char *at = format; *at; at++) {
		if (*at != '%') {
			putc(*at, out);
		} else if (at[1] == 's') {
			escape(out, va_arg(arguments, const char *));
			at++;
		} else if (strncmp(at, "%lld", 4) == 0) {
			fprintf(out, "%lld", va_arg(arguments, long long));
			at += 3;
		} else if (at[1] == '%') {
			putc('%', out);
			at++;
		} else {
			abort(); /* a format of ours that this function doesn't know */
		}
	}
	va_end(arguments);
}

char *html_query_escape(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-";
	autofree char *out = malloc(strlen(text) * 3 + 1);
	size_t length = 0;

	if (!out)
		return NULL;
	for (; *text; text++) {
		if (strchr(plain, *text))
			out[length++] = *text;
		else
			length += (size_t)snprintf(
				out + length, 4, "%%%02X", (unsigned)(unsigned char)*text);
	}
	out[length] = '\0';
	return take_pointer(out);
}

static void menu_entry(FILE *out, const struct page_head *head, const char *path, const char *words)
{
	bool here = head->place && strcmp(head->place, path) == 0;

	html(out, "<li><a href=\"%s\"", path);
	fputs(here ? " aria-current=\"page\"" : "", out);
	html(out, ">%s</a></li>\n", words);
}

/* Who may not open a page isn't offered it; what isn't needed daily is behind the last entry. */
static void menu(FILE *out, const struct page_head *head)
{
	static const struct {
		const char *path, *words;
		enum right right;
	} entries[] = {
		{ "/complaints", "Aduan", RIGHT_READ },
		{ "/announcements", "Pengumuman", RIGHT_ANNOUNCE },
		{ "/reports", "Laporan", RIGHT_REPORT },
		{ "/publications", "Terbitan", RIGHT_PUBLISH },
		{ "/kiosks", "Kotak", RIGHT_READ },
		{ "/office", "Lainnya", RIGHT_OWN },
	};

	html(out, "<nav aria-label=\"Menu utama\"><ul>\n");
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		if (officer_may(head->officer, entries[i].right))
			menu_entry(out, head, entries[i].path, entries[i].words);
	}
	html(out,
		"</ul></nav>\n<form class=\"who\" method=\"post\" action=\"/logout\">"
		"<input type=\"hidden\" name=\"form\" value=\"%s\">"
		"<a href=\"/account\">%s <small>(%s)</small></a> <button "
		"class=\"quiet\">Keluar</button></form>\n",
		head->form_token, head->officer->name, word_role(head->officer->role));
}

int page_begin(struct page *page, const struct page_head *head)
{
	page->text = NULL;
	page->size = 0;
	page->out = open_memstream(&page->text, &page->size);
	if (!page->out)
		return -ENOMEM;
	html(page->out,
		"<!DOCTYPE html>\n<html lang=\"id\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<title>%s – %s</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n",
		head->title, head->office);
	if (head->sheet)
		html(page->out, "<link rel=\"stylesheet\" href=\"%s\">\n", head->sheet);
	if (head->refresh_s > 0)
		html(page->out, "<meta http-equiv=\"refresh\" content=\"%lld; url=%s\">\n",
			(long long)head->refresh_s, head->refresh_url);
	html(page->out,
		"</head>\n<body>\n<a class=\"skip\" href=\"#main\">Langsung ke isi</a>\n"
		"<header><p class=\"office\">%s</p>\n",
		head->office);
	if (head->officer)
		menu(page->out, head);
	else if (head->menu)
		head->menu(page->out, head->place);
	html(page->out, "</header>\n<main id=\"main\">\n<h1>%s</h1>\n", head->title);
	return 0;
}

int page_end(struct page *page)
{
	html(page->out, "</main>\n</body>\n</html>\n");
	bool failed = ferror(page->out) != 0;
	if (fclose(page->out) != 0 || failed) {
		free(page->text);
		page->text = NULL;
		return -ENOMEM;
	}
	return 0;
}

char *html_error_page(const char *office, const char *words, size_t *size)
{
	struct page_head head = { .title = "Maaf", .office = office };
	struct page page;

	if (page_begin(&page, &head) < 0)
		return NULL;
	html(page.out, "<p>%s</p>\n<p><a href=\"/complaints\">Ke daftar aduan</a></p>\n", words);
	if (page_end(&page) < 0)
		return NULL;
	*size = page.size;
	return page.text;
}

struct word {
	const char *name, *words;
};

static const char *find_word(const struct word *list, size_t count, const char *name)
{
	for (size_t i = 0; name && i < count; i++) {
		if (strcmp(list[i].name, name) == 0)
			return list[i].words;
	}
	return name ? name : "";
}

const char *word_state(const char *state)
{
	static const struct word words[] = {
		{ "received", "Diterima" },
		{ "incomplete", "Menunggu keterangan" },
		{ "verified", "Terverifikasi" },
		{ "assigned", "Ditugaskan" },
		{ "investigating", "Sedang ditangani" },
		{ "resolved", "Selesai dijawab" },
		{ "closed", "Ditutup" },
		{ "referred", "Dialihkan" },
		{ "withdrawn", "Dicabut" },
		{ "reopened", "Dibuka kembali" },
	};

	return find_word(words, ARRAY_SIZE(words), state);
}

const char *word_channel(const char *channel)
{
	static const struct word words[] = {
		{ "sms", "SMS" },
		{ "ussd", "USSD" },
		{ "panel", "Kiosk di lobi" },
		{ "desk", "Meja petugas" },
		{ "face", "Tatap muka" },
		{ "telephone", "Telepon" },
		{ "email", "Email" },
		{ "whatsapp", "WhatsApp" },
		{ "letter", "Surat" },
		{ "website", "Situs web" },
		{ "social", "Media sosial" },
		{ "portal", "Portal lain" },
	};

	return find_word(words, ARRAY_SIZE(words), channel);
}

const char *word_category(const char *category)
{
	static const struct word words[] = {
		{ "access", "Informasi ditolak atau terlambat" },
		{ "quality", "Mutu atau kelengkapan informasi" },
		{ "procedure", "Prosedur tidak jelas atau tidak dijalankan" },
		{ "other", "Lain-lain" },
	};

	return find_word(words, ARRAY_SIZE(words), category);
}

const char *word_about(const char *about)
{
	static const struct word words[] = {
		{ "office", "kantor ini" },
		{ "official", "petugas kantor ini" },
		{ "agency", "instansi lain" },
		{ "other", "lainnya" },
	};

	return find_word(words, ARRAY_SIZE(words), about);
}

const char *word_message(const char *state)
{
	static const struct word words[] = {
		{ "queued", "menunggu dikirim" },
		{ "submitted", "sedang dikirim" },
		{ "sent", "terkirim" },
		{ "delivered", "sampai di penerima" },
		{ "failed", "tidak sampai" },
		{ "expired", "tidak sampai" },
	};

	return find_word(words, ARRAY_SIZE(words), state);
}

const char *word_purpose(const char *purpose)
{
	static const struct word words[] = {
		{ "ticket", "Nomor tiket" },
		{ "details", "Permintaan nama dan alamat" },
		{ "thanks", "Ucapan terima kasih" },
		{ "status", "Keterangan status" },
		{ "help", "Bantuan" },
		{ "answer", "Jawaban" },
		{ "question", "Pertanyaan" },
		{ "state", "Kabar perubahan status" },
		{ "renumbered", "Nomor tiket baru" },
		{ "survey", "Pertanyaan kepuasan" },
		{ "extended", "Kabar perpanjangan waktu" },
		{ "announcement", "Pengumuman" },
		{ "rating", "Tanggapan atas penilaian" },
		{ "confidential", "Kabar kerahasiaan" },
		{ "withdrawal", "Kabar pencabutan" },
		{ "confirm", "Permintaan kepastian" },
		{ "which", "Pertanyaan tiket yang mana" },
		{ "refusal", "Penolakan dengan alasan" },
		{ "courtesy", "Balasan salam" },
	};

	return find_word(words, ARRAY_SIZE(words), purpose);
}

const char *word_role(const char *role)
{
	static const struct word words[] = {
		{ "intake", "penerima aduan" },
		{ "officer", "petugas" },
		{ "head", "pimpinan" },
		{ "auditor", "pemeriksa" },
		{ "administrator", "pengelola" },
	};

	return find_word(words, ARRAY_SIZE(words), role);
}

const char *word_rating(int64_t rating)
{
	static const char *const words[] = { "sangat tidak puas", "tidak puas", "cukup", "puas",
		"sangat puas" };

	return rating >= 1 && rating <= (int64_t)ARRAY_SIZE(words) ? words[rating - 1] : "";
}

const char *word_rupiah(int64_t amount, char out[static MONEY_SIZE])
{
	char digits[24];
	size_t used;

	size_t count = (size_t)snprintf(digits, sizeof(digits), "%lld", (long long)amount);
	used = (size_t)snprintf(out, MONEY_SIZE, "Rp");
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0 && digits[i - 1] != '-')
			out[used++] = '.';
		out[used++] = digits[i];
	}
	out[used] = '\0';
	return out;
}

/* The parts of RFC 3339 in the office's time zone. */
static bool local_parts(const char *time, struct tm *parts)
{
	int64_t time_ms;

	if (!time || time_parse(time, &time_ms) < 0)
		return false;
	time_t seconds = (time_t)(time_ms / 1000);
	return localtime_r(&seconds, parts) && parts->tm_mon >= 0 && parts->tm_mon < 12;
}

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep",
	"Okt", "Nov", "Des" };

const char *word_date(const char *time, char out[static 40])
{
	struct tm parts;

	out[0] = '\0';
	if (local_parts(time, &parts))
		snprintf(out, 40, "%d %s %d", parts.tm_mday, months[parts.tm_mon],
			parts.tm_year + 1900);
	return out;
}

const char *word_time(const char *time, char out[static 40])
{
	struct tm parts;

	out[0] = '\0';
	if (local_parts(time, &parts))
		snprintf(out, 40, "%d %s %d %02d.%02d %s", parts.tm_mday, months[parts.tm_mon],
			parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_zone);
	return out;
}
