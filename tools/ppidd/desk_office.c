/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What isn't needed every day, in one place; the menu has no room for all of it. */
#include "tools/ppidd/desk.h"

struct entry {
	const char *path, *words, *help;
	enum right right;
};

static const struct entry entries[] = {
	{ "/unreadable", "Tak terbaca", "Pesan yang tidak dapat dibaca mesin.", RIGHT_READ },
	{ "/objections", "Register keberatan", "Semua keberatan, alasannya, dan keputusan atasnya.",
		RIGHT_REPORT },
	{ "/holidays", "Hari libur", "Hari yang tidak dihitung sebagai hari kerja.", RIGHT_READ },
	{ "/account", "Akun saya", "Kata sandi, faktor kedua, dan tempat masuk.", RIGHT_OWN },
	{ "/readings", "Siapa membaca", "Petugas mana membuka data pribadi, dan kapan.",
		RIGHT_AUDIT },
	{ "/retention", "Penghapusan data",
		"Data pribadi mana dihapus, kapan, dan atas permintaan.", RIGHT_ADMINISTER },
	{ "/accounts", "Akun", "Tambah, ubah, dan tutup akun petugas.", RIGHT_ADMINISTER },
	{ "/apikeys", "Kunci portal", "Portal lain yang boleh mengirim aduan ke sini.",
		RIGHT_ADMINISTER },
};

static int get_office(struct request *request)
{
	struct page page;
	int error = desk_begin(request, &page, "Lainnya", "/office", 0, NULL);

	if (error < 0)
		return error;
	html(page.out, "<ul class=\"list\">\n");
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		if (officer_may(&request->officer, entries[i].right))
			html(page.out,
				"<li class=\"item\"><a "
				"href=\"%s\"><strong>%s</strong><br>%s</a></li>\n",
				entries[i].path, entries[i].words, entries[i].help);
	}
	html(page.out, "</ul>\n");
	return desk_answer(request, &page, MHD_HTTP_OK);
}

const struct route office_routes[] = {
	{ "GET", "/office", ROUTE_DESK, 0, get_office, RIGHT_OWN, READS_NOTHING },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
