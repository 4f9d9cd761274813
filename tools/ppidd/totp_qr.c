/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <qrencode.h>

#include "tools/ppidd/html.h"
#include "tools/ppidd/totp.h"

#define QUIET_ZONE 4 /* modules of white around it, as readers need */

DEFINE_CLEANUP(qr, QRcode *, QRcode_free);

/* One run of dark modules after the other, line by line. */
static void draw(FILE *out, const QRcode *code)
{
	for (int y = 0; y < code->width; y++) {
		for (int x = 0, run = 0; x < code->width; x += run + 1) {
			const unsigned char *line = code->data + (size_t)y * (size_t)code->width;
			for (run = 0; x + run < code->width && (line[x + run] & 1);)
				run++;
			if (run > 0)
				fprintf(out, "M%d %dh%dv1h-%dz", x + QUIET_ZONE, y + QUIET_ZONE,
					run, run);
		}
	}
}

int totp_qr(FILE *out, const char *text, const char *title)
{
	__attribute__((cleanup(qr_cleanup))) QRcode *code =
		QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);

	if (!code)
		return -errno;
	long long size = code->width + 2 * QUIET_ZONE;
	html(out,
		"<svg class=\"qr\" role=\"img\" viewBox=\"0 0 %lld %lld\" "
		"xmlns=\"http://www.w3.org/2000/svg\"><title>%s</title>"
		"<path fill=\"#fff\" d=\"M0 0h%lldv%lldH0z\"/><path fill=\"#000\" d=\"",
		size, size, title, size, size);
	draw(out, code);
	html(out, "\"/></svg>\n");
	return 0;
}
