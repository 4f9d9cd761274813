/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be done next about a complaint, in one sentence before all else. */
#include "tools/ppidd/desk_case.h"
#include "tools/ppidd/desk_complaint.h"
#include "tools/ppidd/record.h"

struct next {
	enum right right; /* of who does it; others are told only whose turn it is */
	const char *words, *others;
};

static const struct next steps[STATE_COUNT] = {
	[STATE_RECEIVED] = { RIGHT_INTAKE, "periksa apakah aduan ini lengkap dan urusan kantor ini",
		"diperiksa penerima aduan" },
	[STATE_INCOMPLETE] = { RIGHT_NONE, NULL, "menunggu keterangan pengadu" },
	[STATE_VERIFIED] = { RIGHT_HANDLE, "tunjuk petugas yang bertanggung jawab",
		"ditunjuk petugasnya" },
	[STATE_ASSIGNED] = { RIGHT_HANDLE, "selidiki, catat temuannya, lalu jawab",
		"diselidiki petugas" },
	[STATE_INVESTIGATING] = { RIGHT_HANDLE, "jawab pengadu", "dijawab petugas" },
	[STATE_REOPENED] = { RIGHT_HANDLE, "jawaban belum menolong: selidiki lagi, lalu jawab",
		"diselidiki lagi oleh petugas" },
	[STATE_RESOLVED] = { RIGHT_HANDLE,
		"sudah dijawab; tutup bila pengadu puas atau tidak menanggapi",
		"ditutup petugas bila pengadu puas" },
};

void desk_next_step(struct request *request, FILE *out, const json_t *complaint)
{
	enum complaint_state state;

	if (!state_from_name(record_words(complaint, "state"), &state) || !steps[state].others ||
		complaint_gone(complaint))
		return;
	static const struct next unnamed = { RIGHT_INTAKE,
		"tentukan tiket dan alasan keberatannya, lalu periksa",
		"diperiksa penerima aduan" };
	static const struct next late = { RIGHT_OBJECTION,
		"terima meskipun terlambat, dengan alasan, atau jawab bahwa terlambat",
		"diputuskan pimpinan, karena datang terlambat" };
	const struct next *next = &steps[state];
	if (state == STATE_RECEIVED && case_late(complaint))
		next = &late;
	else if (state == STATE_RECEIVED && !case_named(complaint))
		next = &unnamed;
	if (next->words && officer_may(&request->officer, next->right) &&
		(next->right == RIGHT_INTAKE || desk_case_decides(request, complaint)))
		html(out, "<p class=\"next\">Langkah berikutnya: <a href=\"#langkah\">%s</a></p>\n",
			next->words);
	else
		html(out, "<p class=\"next\">Langkah berikutnya: %s</p>\n", next->others);
}
