/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 27.005: reading, deleting, writing and sending messages. */
#include <stdio.h>
#include <string.h>

#include "charset.h"
#include "modem.h"
#include "network.h"
#include "sms_text.h"
#include "text.h"

static struct slot *slot_at(struct modem *modem, unsigned index)
{
	unsigned first = modem->storage.first_index;

	return index < first ? NULL : store_slot(modem->settings.reading, index - first, NULL);
}

/* What follows "+CMGR: " or "+CMGL: N,": status, length and PDU, or the text mode's. */
static void put_slot(struct modem *modem, struct buffer *out, const struct slot *slot, bool listing)
{
	if (modem->settings.text_mode) {
		text_mode_put(modem, out, slot, listing);
		return;
	}
	buffer_print(out, "%d,,%zu\r\n", (int)slot->status, pdu_tpdu_length(slot->pdu, slot->size));
	buffer_hex(out, slot->pdu, slot->size);
}

static int empty_slot(struct modem *modem)
{
	switch (modem->make->empty_slot) {
	case EMPTY_SLOT_OK:
		return AT_OK;
	case EMPTY_SLOT_ZERO:
		at_info(modem, "+CMGR: 0,,0");
		return AT_OK;
	default:
		return AT_CMS(CMS_INVALID_INDEX);
	}
}

static int read_message(struct modem *modem, const struct at_request *request)
{
	autobuffer out = { 0 };
	struct slot *slot;
	unsigned index;

	if (request->kind == AT_TEST)
		return AT_OK;
	if (request->kind != AT_SET || !*at_text(request, 0) ||
		!at_number(request, 0, 0, 99999, 0, &index))
		return AT_CMS(CMS_INVALID_INDEX);
	slot = slot_at(modem, index);
	if (!slot)
		return AT_CMS(CMS_INVALID_INDEX);
	if (slot->reading != SLOT_SOUND)
		return AT_CMS(CMS_MEMORY_FAILURE);
	if (!slot->used)
		return empty_slot(modem);
	buffer_print(&out, "+CMGR: ");
	put_slot(modem, &out, slot, false);
	at_info_bytes(modem, &out);
	if (slot->status == SLOT_UNREAD)
		slot->status = SLOT_READ;
	return AT_OK;
}

/* The status asked for: a number, or in text mode a name. */
static bool status_wanted(struct modem *modem, const struct at_request *request, unsigned *status)
{
	const char *text = at_text(request, 0);

	if (!modem->settings.text_mode)
		return at_number(request, 0, 0, SLOT_ALL, SLOT_UNREAD, status);
	for (*status = 0; status_name(*status); ++*status)
		if (!strcmp(status_name(*status), *text ? text : "REC UNREAD"))
			return true;
	return false;
}

/* One entry of a list; entries follow each other without an empty line. */
static void list_slot(
	struct modem *modem, struct buffer *out, unsigned index, const struct slot *slot)
{
	buffer_print(out, "+CMGL: %u,", index);
	put_slot(modem, out, slot, true);
	buffer_append(out, "\r\n", 2);
}

static int list_messages(struct modem *modem, const struct at_request *request)
{
	struct store *store = modem->settings.reading;
	autobuffer out = { 0 };
	unsigned status;
	unsigned keep_unread;
	int result = AT_OK;

	if (request->kind == AT_TEST) {
		at_info(modem, "+CMGL: %s",
			modem->settings.text_mode ? "(\"REC UNREAD\",\"REC READ\",\"STO "
						    "UNSENT\",\"STO SENT\",\"ALL\")"
						  : "(0-4)");
		return AT_OK;
	}
	if (request->kind == AT_READ || !status_wanted(modem, request, &status) ||
		!at_number(request, 1, 0, 1, 0, &keep_unread))
		return AT_CMS(CMS_OPERATION_NOT_ALLOWED);
	for (unsigned position = 0; position < store_total(store); position++) {
		struct slot *slot = store_slot(store, position, NULL);

		if (!slot->used || (status != SLOT_ALL && slot->status != status))
			continue;
		if (slot->reading == SLOT_FAILS) {
			result = AT_CMS(CMS_MEMORY_FAILURE);
			break;
		}
		if (slot->reading == SLOT_PRETENDS)
			continue;
		list_slot(modem, &out, position + modem->storage.first_index, slot);
		if (slot->status == SLOT_UNREAD && !keep_unread)
			slot->status = SLOT_READ;
	}
	if (out.size) {
		modem_write(modem, "\r\n", 2);
		modem_write(modem, buffer_data(&out), out.size);
	}
	return result;
}

static int delete_tested(struct modem *modem)
{
	struct store *store = modem->settings.reading;
	unsigned total = store_total(store);
	unsigned first = modem->storage.first_index;
	autobuffer used = { 0 };

	if (!modem->make->delete_lists_used) {
		at_info(modem, "+CMGD: (%u-%u),(0-4)", first, first + total - 1);
		return AT_OK;
	}
	for (unsigned position = 0; position < total; position++)
		if (store_slot(store, position, NULL)->used)
			buffer_print(&used, "%s%u", used.size ? "," : "", position + first);
	at_info(modem, "+CMGD: (%s),(0-4)", buffer_text(&used));
	return AT_OK;
}

/* Empties one slot; a worn-out one says so or only pretends. */
static int delete_slot(struct modem *modem, unsigned position)
{
	struct slot *slot = store_slot(modem->settings.reading, position, NULL);

	if (slot->deleting == SLOT_FAILS)
		return AT_CMS(CMS_MEMORY_FAILURE);
	if (slot->deleting == SLOT_PRETENDS)
		return AT_OK;
	store_clear(modem->settings.reading, position);
	modem_space_freed(modem);
	return AT_OK;
}

/* <delflag> 1-4: read; read and sent; read, sent and unsent; all. */
static bool flag_covers(unsigned delete_flag, enum slot_status status)
{
	switch (status) {
	case SLOT_READ:
		return true;
	case SLOT_SENT:
		return delete_flag >= 2;
	case SLOT_UNSENT:
		return delete_flag >= 3;
	default:
		return delete_flag == 4;
	}
}

static int delete_many(struct modem *modem, unsigned delete_flag)
{
	struct store *store = modem->settings.reading;
	int result = AT_OK;

	for (unsigned position = 0; position < store_total(store); position++) {
		const struct slot *slot = store_slot(store, position, NULL);
		int one;

		if (!slot->used || !flag_covers(delete_flag, slot->status))
			continue;
		one = delete_slot(modem, position);
		if (one != AT_OK)
			result = one;
	}
	return result;
}

static int delete_message(struct modem *modem, const struct at_request *request)
{
	const struct slot *slot;
	unsigned index;
	unsigned delete_flag;

	if (request->kind == AT_TEST)
		return delete_tested(modem);
	if (request->kind != AT_SET || !*at_text(request, 0) ||
		!at_number(request, 0, 0, 99999, 0, &index) ||
		!at_number(request, 1, 0, 4, 0, &delete_flag))
		return AT_CMS(CMS_INVALID_INDEX);
	if (delete_flag)
		return delete_many(modem, delete_flag);
	slot = slot_at(modem, index);
	if (!slot || (!slot->used && modem->make->delete_empty_fails))
		return AT_CMS(CMS_INVALID_INDEX);
	return delete_slot(modem, index - modem->storage.first_index);
}

/* The network's verdict on what was sent. */
static void sending_over(void *context)
{
	struct modem *modem = context;
	struct buffer *pdu = &modem->at.work_pdu;
	unsigned reference = (modem->reference + 1) & 0xFF;
	int error;

	if (modem->world.send_error_count) {
		modem->world.send_error_count--;
		at_finish(modem, AT_CMS(modem->world.send_error));
		return;
	}
	if (!modem_registered(modem)) {
		at_finish(modem, AT_CMS(CMS_NO_NETWORK));
		return;
	}
	error = network_submit(modem->network, buffer_data(pdu), pdu->size, reference);
	if (error) {
		at_finish(modem, AT_CMS(error));
		return;
	}
	modem->reference = reference;
	if (modem->world.answers_lost) {
		modem->world.answers_lost--;
		at_finish(modem, AT_NOTHING);
		return;
	}
	at_info(modem, "%s: %u", modem->at.work_stored ? "+CMSS" : "+CMGS", reference);
	at_finish(modem, AT_OK);
}

/* Hands a PDU to the network; the answer comes send_ms later. stored: by +CMSS. */
static int send_pdu(struct modem *modem, const uint8_t *pdu, size_t size, bool stored)
{
	struct at *at = &modem->at;
	struct pdu_content content;

	if (pdu_decode(pdu, size, true, &content) < 0)
		return AT_CMS(CMS_INVALID_PDU);
	buffer_drop(&at->work_pdu, at->work_pdu.size);
	buffer_append(&at->work_pdu, pdu, size);
	at->work_stored = stored;
	timer_free(&at->work);
	timer_init(&at->work, modem->loop, sending_over, modem);
	timer_set(&at->work, modem->world.send_ms);
	return AT_PENDING;
}

/* What was typed at a prompt as a PDU; AT_OK or the error. */
static int body_pdu(struct modem *modem, const char *text, size_t size, struct pdu *pdu)
{
	int octets;

	if (modem->settings.text_mode)
		return text_mode_compose(modem, modem->at.prompt_address, text, size, pdu) == 0
			       ? AT_OK
			       : AT_CMS(CMS_INVALID_TEXT);
	while (size && (*text == ' ' || *text == '\0')) {
		text++;
		size--;
	}
	octets = hex_read(text, size, pdu->octets, sizeof(pdu->octets));
	if (octets <= 0)
		return AT_CMS(CMS_INVALID_PDU);
	pdu->size = (size_t)octets;
	if (pdu_tpdu_length(pdu->octets, pdu->size) != modem->at.prompt_length)
		return AT_CMS(CMS_INVALID_PDU);
	return AT_OK;
}

static int send_body(struct modem *modem, const char *text, size_t size, bool complete)
{
	struct pdu pdu = { .size = 0 };
	int result;

	if (!complete)
		return AT_OK;
	result = body_pdu(modem, text, size, &pdu);
	return result == AT_OK ? send_pdu(modem, pdu.octets, pdu.size, false) : result;
}

/* A number as +CMGS takes it in text mode, out of the chosen set. */
static bool take_address(struct modem *modem, const char *text)
{
	autofree uint16_t *units = NULL;
	autofree char *address = NULL;
	size_t count = 0;
	bool hex = !strcmp(modem->settings.charset, "UCS2") &&
		   ucs2_hex_take(text, strlen(text), &units, &count) == 0;

	if (hex)
		address = text_to_utf8(units, count);
	else
		address = must_copy(text);
	if (!*address || strlen(address) >= sizeof(modem->at.prompt_address))
		return false;
	snprintf(modem->at.prompt_address, sizeof(modem->at.prompt_address), "%s", address);
	return true;
}

static int send_message(struct modem *modem, const struct at_request *request)
{
	if (request->kind == AT_TEST)
		return AT_OK;
	if (request->kind != AT_SET)
		return AT_CMS(CMS_INVALID_PDU);
	if (modem->settings.text_mode) {
		if (!take_address(modem, at_text(request, 0)))
			return AT_CMS(CMS_INVALID_TEXT);
	} else if (!at_number(request, 0, 1, PDU_MAX, 0, &modem->at.prompt_length) ||
		   !modem->at.prompt_length) {
		return AT_CMS(CMS_INVALID_PDU);
	}
	return at_prompt(modem, send_body);
}

static int write_body(struct modem *modem, const char *text, size_t size, bool complete)
{
	struct pdu pdu = { .size = 0 };
	struct store *owner = NULL;
	unsigned position = 0;
	int result;

	if (!complete)
		return AT_OK;
	result = body_pdu(modem, text, size, &pdu);
	if (result != AT_OK)
		return result;
	if (store_put(modem->settings.writing, pdu.octets, pdu.size,
		    (enum slot_status)modem->at.prompt_status, &owner, &position) < 0)
		return AT_CMS(CMS_MEMORY_FULL);
	at_info(modem, "+CMGW: %u", position + modem->storage.first_index);
	return AT_OK;
}

static int write_message(struct modem *modem, const struct at_request *request)
{
	struct at *at = &modem->at;
	bool text_mode = modem->settings.text_mode;

	if (request->kind == AT_TEST)
		return AT_OK;
	at->prompt_status = SLOT_UNSENT;
	if (text_mode) {
		if (!take_address(modem, at_text(request, 0)))
			return AT_CMS(CMS_INVALID_TEXT);
	} else if (!at_number(request, 0, 1, PDU_MAX, 0, &at->prompt_length) ||
		   !at->prompt_length ||
		   !at_number(request, 1, 0, SLOT_SENT, SLOT_UNSENT, &at->prompt_status)) {
		return AT_CMS(CMS_INVALID_PDU);
	}
	return at_prompt(modem, write_body);
}

static int send_stored(struct modem *modem, const struct at_request *request)
{
	struct slot *slot;
	unsigned index;
	int result;

	if (request->kind == AT_TEST)
		return AT_OK;
	if (request->kind != AT_SET || !at_number(request, 0, 0, 99999, 0, &index))
		return AT_CMS(CMS_INVALID_INDEX);
	slot = slot_at(modem, index);
	if (!slot || !slot->used)
		return AT_CMS(CMS_INVALID_INDEX);
	result = send_pdu(modem, slot->pdu, slot->size, true);
	if (result == AT_PENDING)
		slot->status = SLOT_SENT;
	return result;
}

const struct at_command at_message_commands[] = {
	{ "+CMGR", read_message, AT_SIM_NEEDED_SMS },
	{ "+CMGL", list_messages, AT_SIM_NEEDED_SMS },
	{ "+CMGD", delete_message, AT_SIM_NEEDED_SMS },
	{ "+CMGS", send_message, AT_SIM_NEEDED_SMS },
	{ "+CMGW", write_message, AT_SIM_NEEDED_SMS },
	{ "+CMSS", send_stored, AT_SIM_NEEDED_SMS },
	{ NULL, NULL, AT_SIM_NOT_NEEDED },
};
