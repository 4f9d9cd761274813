/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sms_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "charset.h"
#include "network.h"
#include "text.h"

const char *status_name(unsigned status)
{
	static const char *const names[] = { "REC UNREAD", "REC READ", "STO UNSENT", "STO SENT",
		"ALL" };

	return status < ARRAY_SIZE(names) ? names[status] : NULL;
}

/* "yy/MM/dd,hh:mm:ss+zz" in Western Indonesian Time. */
static void put_time(struct buffer *out, int64_t time_ms)
{
	time_t local = (time_t)(time_ms / 1000) + (time_t)NETWORK_OFFSET_MINUTES * 60;
	struct tm parts;
	char text[32];

	if (time_ms && gmtime_r(&local, &parts) &&
		strftime(text, sizeof(text), "%y/%m/%d,%H:%M:%S", &parts))
		buffer_print(out, "\"%s+%02d\"", text, NETWORK_OFFSET_MINUTES / 15);
	else
		buffer_print(out, "\"\"");
}

/* An address in the chosen set: only UCS2 writes digits otherwise than as digits. */
static void put_address(struct modem *modem, struct buffer *out, const char *address)
{
	autofree uint16_t *units = NULL;
	size_t count = 0;

	buffer_print(out, "\"");
	if (text_from_utf8(address, &units, &count) == 0)
		charset_put(out, modem->settings.charset, units, count);
	buffer_print(out, "\"");
}

static void put_report(struct modem *modem, struct buffer *out, const struct pdu_content *content)
{
	buffer_print(out, "%u,%u,", content->first_octet, content->reference);
	put_address(modem, out, content->address);
	buffer_print(out, ",%u,", content->address_type);
	put_time(out, content->service_centre_ms);
	buffer_print(out, ",");
	put_time(out, content->discharged_ms);
	buffer_print(out, ",%u", content->status);
}

/* <length> counts characters, or octets for data (27.005 section 3.1). */
static void put_details(
	struct modem *modem, struct buffer *out, const struct pdu_content *content, bool listing)
{
	size_t length = content->binary ? content->octet_count : content->unit_count;

	if (listing)
		buffer_print(out, ",%u,%zu", content->address_type, length);
	else
		buffer_print(out, ",%u,%u,%u,%u,\"%s\",145,%zu", content->address_type,
			content->first_octet, content->protocol, content->coding,
			modem->service_centre, length);
}

static void put_message(
	struct modem *modem, struct buffer *out, const struct pdu_content *content, bool listing)
{
	const char *charset = modem->settings.charset;

	put_address(modem, out, content->address);
	buffer_print(out, ",");
	if (content->type == PDU_DELIVER || listing)
		buffer_print(out, ",");
	if (content->type == PDU_DELIVER)
		put_time(out, content->service_centre_ms);
	if (modem->settings.text_details)
		put_details(modem, out, content, listing);
	buffer_print(out, "\r\n");
	if (content->binary)
		buffer_hex(out, content->octets, content->octet_count);
	else if (charset_fits(charset, content->units, content->unit_count))
		charset_put(out, charset, content->units, content->unit_count);
	else /* UCS-2 is shown in hex whatever the set (27.005 section 3.1 <data>) */
		ucs2_hex_put(out, content->units, content->unit_count);
}

void text_mode_put(struct modem *modem, struct buffer *out, const struct slot *slot, bool listing)
{
	struct pdu_content content;

	buffer_print(out, "\"%s\",", status_name(slot->status));
	if (pdu_decode(slot->pdu, slot->size, false, &content) < 0)
		buffer_print(out, "\"\",,\"\"\r\n");
	else if (content.type == PDU_REPORT)
		put_report(modem, out, &content);
	else
		put_message(modem, out, &content, listing);
}

int text_mode_compose(
	struct modem *modem, const char *address, const char *text, size_t size, struct pdu *pdu)
{
	const struct modem_settings *settings = &modem->settings;
	autofree uint16_t *units = NULL;
	size_t count = 0;
	struct pdu_part part = { .address = address,
		.ucs2 = (settings->text_coding & 0x0C) == 8,
		.message_class = -1,
		.report_wanted = settings->text_first_octet & 0x20 };
	int result = charset_take(settings->charset, text, size, &units, &count);

	if (result < 0)
		return result;
	part.units = units;
	part.unit_count = count;
	return pdu_encode_submit(&part, pdu);
}
