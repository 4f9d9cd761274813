/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libgammu packs and unpacks user data; only its functions that need neither a phone nor a
 * configuration are used, always on a frame of our own making. What it would lose or get
 * wrong is done here from the checked TPDU:
 * - it doubles tildes in UCS-2 text and turns U+0001 into one, as some phones want it;
 * - it gives an unknown escape sequence as a superscript one;
 * - it drops * # a b c from numbers, doesn't map alphanumeric senders to Unicode, and stops
 *   at types of number that it doesn't know;
 * - it knows user data headers as a whole only, not any combination of their elements;
 * - it has neither national language tables nor reserved codings, nor time zones for us;
 * - its splitter is limited to 50 parts and numbers messages by the clock.
 */
#include "modem/codec.h"

#include <errno.h>
#include <gammu.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include "modem/alphabet.h"
#include "modem/pdu_check.h"

/* User data of one message (23.040, 9.2.3.24), alone and as a part with its 6-octet header. */
#define DATA_OCTETS 140
#define SINGLE_SEPTETS 160
#define PART_SEPTETS 153
#define SINGLE_UNITS 70
#define PART_UNITS 67

/* Information elements of the user data header. */
#define ELEMENT_CONCAT_8 0x00
#define ELEMENT_INDICATION 0x01
#define ELEMENT_PORT_8 0x04
#define ELEMENT_PORT_16 0x05
#define ELEMENT_CONCAT_16 0x08
#define ELEMENT_SINGLE_SHIFT 0x24
#define ELEMENT_LOCKING_SHIFT 0x25

/* libgammu's for a field that a frame doesn't have. */
#define NO_FIELD 255
/* What libgammu makes of an escape that begins no sequence of the extension table. */
#define GAMMU_LONE_ESCAPE 0xb9

#define ELLIPSIS 0x2026
#define CODING_UCS2 0x08
#define NUMBER_TYPE_MASK 0x70
#define NUMBER_INTERNATIONAL 0x10
#define NUMBER_ALPHANUMERIC 0x50
#define NUMBER_RESERVED 0x70
#define ADDRESS_DIGITS "0123456789*#abc"

/* ---- Reading ---- */

/*
 * A time stamp (9.2.3.11): swapped BCD digits, zone in quarters of an hour with the sign in
 * bit 3. Returns milliseconds since 1970, UTC, or 0 when it isn't a date.
 */
static int64_t read_time(const uint8_t *octets)
{
	int fields[6];
	int zone = (octets[6] & 7) * 10 + (octets[6] >> 4);
	struct tm date = { 0 }, parsed;
	time_t seconds;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if ((octets[i] & 0x0f) > 9 || octets[i] >> 4 > 9)
			return 0;
		fields[i] = (octets[i] & 0x0f) * 10 + (octets[i] >> 4);
	}
	/* No place on Earth is further than 14 hours from UTC. */
	if (octets[6] >> 4 > 9 || zone > 14 * 4)
		return 0;
	date.tm_year = fields[0] < 90 ? fields[0] + 100 : fields[0];
	date.tm_mon = fields[1] - 1;
	date.tm_mday = fields[2];
	date.tm_hour = fields[3];
	date.tm_min = fields[4];
	date.tm_sec = fields[5];
	parsed = date;
	seconds = timegm(&parsed);
	/* timegm() carries a 31 June over to July: such a date isn't one. */
	if (parsed.tm_mon != date.tm_mon || parsed.tm_mday != date.tm_mday ||
		parsed.tm_hour != date.tm_hour || parsed.tm_min != date.tm_min ||
		parsed.tm_sec != date.tm_sec)
		return 0;
	seconds -= (octets[6] & 8 ? -zone : zone) * 15 * 60;
	return (int64_t)seconds * 1000;
}

/*
 * Text in the default alphabet: count septets of user data, which begins with its header
 * when there is one. Returns the number of units, at most MODEM_PART_UNITS.
 */
static size_t unpack_default(
	const uint8_t *data, unsigned count, bool header, uint16_t units[static MODEM_PART_UNITS])
{
	GSM_SMSMessageLayout layout = { .firstbyte = 0, .TPUDL = 1, .Text = 2 };
	/* libgammu reads beyond the last septet before it stops. */
	unsigned char frame[2 + 2 * DATA_OCTETS] = { header ? 0x40 : 0, (unsigned char)count };
	GSM_SMSMessage message;
	size_t used = 0;

	memcpy(frame + 2, data, (count * 7 + 7) / 8);
	GSM_SetDefaultReceivedSMSData(&message);
	message.Coding = SMS_Coding_Default_No_Compression;
	if (GSM_DecodeSMSFrameText(GSM_GetGlobalDebug(), &message, frame, layout) != ERR_NONE)
		return 0;
	for (size_t i = 0; i < SINGLE_SEPTETS; i++) {
		unsigned unit = (unsigned)message.Text[2 * i] << 8 | message.Text[2 * i + 1];

		if (unit == 0)
			break;
		if (unit != GAMMU_LONE_ESCAPE)
			units[used++] = (uint16_t)unit;
	}
	return used;
}

/* The same with national language tables, which libgammu doesn't have. */
static size_t unpack_national(const uint8_t *data, unsigned count, size_t header_size,
	enum alphabet_language locking, enum alphabet_language single,
	uint16_t units[static MODEM_PART_UNITS])
{
	size_t used = 0;

	/* Text begins at the next septet boundary after the header. */
	for (size_t i = (header_size * 8 + 6) / 7; i < count; i++) {
		uint8_t septet = alphabet_septet(data, 0, i);
		uint16_t unit = 0;

		if (septet == ALPHABET_ESCAPE) {
			if (i + 1 < count)
				unit = alphabet_unit(single, true, alphabet_septet(data, 0, i + 1));
			if (!unit)
				continue;
			i++;
		} else {
			unit = alphabet_unit(locking, false, septet);
		}
		units[used++] = unit;
	}
	return used;
}

static void read_name(
	const uint8_t *pdu, const struct pdu_layout *layout, struct modem_decoded *out)
{
	uint16_t units[MODEM_PART_UNITS];
	size_t count =
		unpack_default(pdu + layout->address, layout->address_count * 4 / 7, false, units);

	out->address_type = MODEM_ADDRESS_ALPHANUMERIC;
	/* At most 11 characters of 3 bytes: they fit. */
	for (size_t i = 0; i < count; i++)
		alphabet_append(
			out->address, sizeof(out->address), units[i] < ' ' ? ' ' : units[i]);
}

static void read_address(
	const uint8_t *pdu, const struct pdu_layout *layout, struct modem_decoded *out)
{
	unsigned type = layout->address_type & NUMBER_TYPE_MASK;
	size_t used = 0;

	if (type == NUMBER_ALPHANUMERIC) {
		read_name(pdu, layout, out);
		return;
	}
	if (type == NUMBER_INTERNATIONAL)
		out->address[used++] = '+';
	for (unsigned i = 0; i < layout->address_count; i++) {
		unsigned digit = pdu[layout->address + i / 2] >> (i % 2 ? 4 : 0) & 0x0f;

		if (digit >= strlen(ADDRESS_DIGITS))
			break;
		out->address[used++] = ADDRESS_DIGITS[digit];
	}
	/* A plus alone is no number. */
	if (used == (type == NUMBER_INTERNATIONAL))
		used = 0;
	out->address[used] = '\0';
	if (used == 0 || type == NUMBER_RESERVED)
		out->address_type = MODEM_ADDRESS_OTHER;
	else if (type == NUMBER_INTERNATIONAL)
		out->address_type = MODEM_ADDRESS_INTERNATIONAL;
	else
		out->address_type = MODEM_ADDRESS_NATIONAL;
}

/* 9.2.3.24.1 and 9.2.3.24.8: an element with impossible numbers is to be ignored. */
static void read_concatenation(
	unsigned reference, bool wide, const uint8_t *counts, struct modem_decoded *out)
{
	if (counts[0] < 2 || counts[1] == 0 || counts[1] > counts[0])
		return;
	out->concat_reference = reference;
	out->concat_wide = wide;
	out->concat_total = counts[0];
	out->concat_number = counts[1];
}

static void read_header(const uint8_t *pdu, const struct pdu_layout *layout,
	struct modem_decoded *out, uint8_t *locking, uint8_t *single)
{
	struct pdu_element element;
	size_t at = 0;

	while (pdu_next_element(pdu, layout, &at, &element)) {
		const uint8_t *data = element.data;

		/* The last element of a kind counts (9.2.3.24). */
		if (element.identifier == ELEMENT_CONCAT_8 && element.size == 3)
			read_concatenation(data[0], false, data + 1, out);
		else if (element.identifier == ELEMENT_CONCAT_16 && element.size == 4)
			read_concatenation((unsigned)data[0] << 8 | data[1], true, data + 2, out);
		else if (element.identifier == ELEMENT_PORT_8 && element.size == 2)
			out->port = data[0];
		else if (element.identifier == ELEMENT_PORT_16 && element.size == 4)
			out->port = data[0] << 8 | data[1];
		else if (element.identifier == ELEMENT_INDICATION)
			out->indication = true;
		else if (element.identifier == ELEMENT_SINGLE_SHIFT && element.size == 1)
			*single = data[0];
		else if (element.identifier == ELEMENT_LOCKING_SHIFT && element.size == 1)
			*locking = data[0];
	}
}

/* Returns NULL, or why the text can't be read. */
static const char *read_text(
	const uint8_t *pdu, const struct pdu_layout *layout, struct modem_decoded *out)
{
	const uint8_t *data = pdu + layout->data_length + 1;
	uint8_t locking = ALPHABET_DEFAULT, single = ALPHABET_DEFAULT;

	out->message_class = layout->message_class;
	out->indication = layout->indication;
	read_header(pdu, layout, out, &locking, &single);
	if (layout->compressed)
		return "compressed text";
	switch (layout->alphabet) {
	case PDU_OCTETS:
		out->binary = true;
		break;
	case PDU_UCS2:
		for (size_t at = layout->header_size; at + 2 <= layout->data_count; at += 2)
			out->text[out->text_units++] = (uint16_t)(data[at] << 8 | data[at + 1]);
		break;
	case PDU_SEPTETS:
		/* Without its locking-shift table the text would be other words, not fewer. */
		if (locking > ALPHABET_PORTUGUESE)
			return "text in a national alphabet that isn't supported";
		if (locking == ALPHABET_DEFAULT && single == ALPHABET_DEFAULT)
			out->text_units = unpack_default(
				data, layout->data_count, layout->header_size > 0, out->text);
		else
			out->text_units = unpack_national(data, layout->data_count,
				layout->header_size, locking, single, out->text);
		break;
	}
	return NULL;
}

static const char *decode(const uint8_t *pdu, size_t size, struct modem_decoded *out)
{
	struct pdu_layout layout;
	const char *fault = pdu_check(pdu, size, &layout);

	if (fault)
		return fault;
	read_address(pdu, &layout, out);
	if (layout.service_centre_time)
		out->service_centre_ms = read_time(pdu + layout.service_centre_time);
	out->reference = layout.reference;
	switch (layout.type) {
	case PDU_DELIVER:
		out->type = MODEM_DECODED_DELIVER;
		return read_text(pdu, &layout, out);
	case PDU_SUBMIT:
		out->type = MODEM_DECODED_OTHER;
		return read_text(pdu, &layout, out);
	case PDU_REPORT:
		out->type = MODEM_DECODED_REPORT;
		out->status = layout.status;
		out->discharged_ms = read_time(pdu + layout.discharge_time);
		return NULL;
	}
	return "it is of no known type";
}

static void clear(struct modem_decoded *out)
{
	memset(out, 0, sizeof(*out));
	out->type = MODEM_DECODED_UNREADABLE;
	out->address_type = MODEM_ADDRESS_OTHER;
	out->message_class = -1;
	out->port = -1;
}

void codec_decode(const uint8_t *pdu, size_t size, struct modem_decoded *out)
{
	const char *fault;

	clear(out);
	fault = decode(pdu, size, out);
	if (!fault)
		return;
	clear(out);
	snprintf(out->reason, sizeof(out->reason), "%s", fault);
}

/* ---- Writing ---- */

/* How a text goes out. */
struct plan {
	bool wide;	/* UCS-2 */
	unsigned cost;	/* septets or units of the whole text */
	unsigned limit; /* of them in one part */
	unsigned parts;
};

/* How often alphabet_plain()'s character stands for this one. */
static unsigned plain_count(int32_t code_point)
{
	return code_point == ELLIPSIS ? 3 : 1;
}

/* Septets or units that a character of the text takes in this form. */
static unsigned character_cost(int32_t code_point, bool wide)
{
	if (wide)
		return code_point >= 0x10000 ? 2 : 1;
	return alphabet_septets(alphabet_plain(code_point)) * plain_count(code_point);
}

/* Goes behind as many characters as one part takes: neither a pair nor an escape is split. */
static const char *skip_part(const char *text, const struct plan *plan)
{
	unsigned used = 0;

	for (;;) {
		const char *next = text;
		int32_t code_point = alphabet_next(&next);

		if (code_point > 0)
			used += character_cost(code_point, plan->wide);
		if (code_point <= 0 || used > plan->limit)
			return text;
		text = next;
	}
}

int codec_septets(const char *text)
{
	int septets = 0;

	for (;;) {
		int32_t code_point = alphabet_next(&text);
		unsigned cost;

		if (code_point == 0)
			return septets;
		cost = code_point < 0 ? 0 : character_cost(code_point, false);
		if (cost == 0 || septets > INT_MAX - 6)
			return -1;
		septets += (int)cost;
	}
}

static int make_plan(const char *text, struct plan *plan)
{
	int septets = codec_septets(text);
	int32_t code_point;
	const char *at = text;

	plan->wide = septets < 0;
	plan->cost = septets < 0 ? 0 : (unsigned)septets;
	while (plan->wide && (code_point = alphabet_next(&at)) != 0) {
		if (code_point < 0)
			return -EILSEQ;
		plan->cost += character_cost(code_point, true);
	}
	plan->parts = 1;
	plan->limit = plan->wide ? SINGLE_UNITS : SINGLE_SEPTETS;
	if (plan->cost <= plan->limit)
		return 0;
	plan->limit = plan->wide ? PART_UNITS : PART_SEPTETS;
	plan->parts = 0;
	for (at = text; *at; at = skip_part(at, plan))
		if (++plan->parts > CODEC_PARTS_MAX)
			return -EMSGSIZE;
	return 0;
}

static size_t put_unit(unsigned char *text, size_t size, int32_t unit)
{
	text[size] = (unsigned char)(unit >> 8);
	text[size + 1] = (unsigned char)unit;
	return size + 2;
}

/* Puts the characters from text to end into the message, as UTF-16 big endian. */
static void put_text(GSM_SMSMessage *message, const char *text, const char *end, bool wide)
{
	size_t size = 0;

	while (text < end) {
		int32_t code_point = alphabet_next(&text);

		if (!wide) {
			for (unsigned i = plain_count(code_point); i > 0; i--)
				size = put_unit(message->Text, size, alphabet_plain(code_point));
			continue;
		}
		if (code_point >= 0x10000) {
			size = put_unit(message->Text, size, 0xd7c0 + (code_point >> 10));
			code_point = 0xdc00 + (code_point & 0x3ff);
		}
		size = put_unit(message->Text, size, code_point);
	}
	put_unit(message->Text, size, 0);
	/*
	 * UCS-2 goes through libgammu as 8-bit data, since it would change tildes in text; the
	 * coding octet is set right afterwards.
	 */
	message->Coding = wide ? SMS_Coding_8bit : SMS_Coding_Default_No_Compression;
	message->Length = (int)(wide ? size : size / 2);
}

/* TP-DA (9.1.2.5): count, type and swapped digits. Returns its octets, 0 for no number. */
static size_t put_address(unsigned char address[static 12], const char *recipient)
{
	bool international = recipient[0] == '+';
	const char *digits = recipient + international;
	size_t count = strlen(digits);

	if (count < 3 || count > 20 || strspn(digits, "0123456789*#") != count)
		return 0;
	memset(address, 0xff, 12);
	address[0] = (unsigned char)count;
	address[1] = international ? 0x91 : 0x81;
	for (size_t i = 0; i < count; i++) {
		unsigned digit = (unsigned)(strchr(ADDRESS_DIGITS, digits[i]) - ADDRESS_DIGITS);
		unsigned char *pair = &address[2 + i / 2];

		*pair = (unsigned char)(i % 2 ? (*pair & 0x0f) | digit << 4 : 0xf0 | digit);
	}
	return 2 + (count + 1) / 2;
}

static void put_concatenation(
	GSM_UDHHeader *header, uint8_t reference, unsigned part, unsigned parts)
{
	header->Type = UDH_ConcatenatedMessages;
	header->ID8bit = reference;
	header->PartNumber = (int)part + 1;
	header->AllParts = (int)parts;
	GSM_EncodeUDHHeader(GSM_GetGlobalDebug(), header);
}

static void put_hex(struct codec_frame *out, const unsigned char *tpdu, size_t size)
{
	static const char digits[] = "0123456789ABCDEF";
	char *at = out->hex;

	*at++ = '0';
	*at++ = '0';
	for (size_t i = 0; i < size; i++) {
		*at++ = digits[tpdu[i] >> 4];
		*at++ = digits[tpdu[i] & 0x0f];
	}
	*at = '\0';
	out->tpdu_length = (unsigned)size;
}

int codec_encode(const char *text, const char *recipient, unsigned part, uint8_t concat_reference,
	bool report, struct codec_frame *out)
{
	unsigned char address[12];
	size_t address_size = put_address(address, recipient);
	unsigned char after = (unsigned char)(2 + address_size);
	GSM_SMSMessageLayout layout = { .firstbyte = 0,
		.TPMR = 1,
		.Number = NO_FIELD,
		.SMSCNumber = NO_FIELD,
		.TPPID = after,
		.TPDCS = (unsigned char)(after + 1),
		.TPVP = (unsigned char)(after + 2),
		.TPUDL = (unsigned char)(after + 3),
		.Text = (unsigned char)(after + 4),
		.DateTime = NO_FIELD,
		.SMSCTime = NO_FIELD,
		.TPStatus = NO_FIELD };
	unsigned char tpdu[256] = { 0 };
	GSM_SMSMessage message;
	struct plan plan;
	int result, size = 0;

	if (address_size == 0)
		return -EINVAL;
	result = make_plan(text, &plan);
	if (result < 0)
		return result;
	out->parts = plan.parts;
	if (part >= plan.parts)
		return -ERANGE;
	for (unsigned i = 0; i < part; i++)
		text = skip_part(text, &plan);
	GSM_SetDefaultReceivedSMSData(&message);
	/* libgammu's way to say SMS-SUBMIT with and without TP-SRR. */
	message.PDU = report ? SMS_Status_Report : SMS_Submit;
	message.Class = -1;
	message.SMSC.Validity.Relative = SMS_VALID_3_Days;
	if (plan.parts > 1)
		put_concatenation(&message.UDH, concat_reference, part, plan.parts);
	put_text(&message, text, skip_part(text, &plan), plan.wide);
	if (GSM_EncodeSMSFrame(GSM_GetGlobalDebug(), &message, tpdu, layout, &size, TRUE) !=
			ERR_NONE ||
		size < layout.Text || (size_t)size > sizeof(out->hex) / 2 - 2)
		return -EINVAL;
	memcpy(tpdu + 2, address, address_size);
	if (plan.wide)
		tpdu[layout.TPDCS] = CODING_UCS2;
	put_hex(out, tpdu, (size_t)size);
	return 0;
}
