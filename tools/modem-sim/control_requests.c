/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the requests of the control socket do, but for the faults (control_faults.c). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "control_fields.h"
#include "modem.h"
#include "network.h"
#include "text.h"

#define PARTS_LIST_MAX 512

/* A list of part numbers; false when it is something else. */
static bool take_numbers(const json_t *request, const char *key, unsigned *numbers, size_t *count)
{
	const json_t *list = json_object_get(request, key);

	*count = 0;
	if (!list || json_is_null(list))
		return true;
	if (!json_is_array(list) || json_array_size(list) > PARTS_LIST_MAX)
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_int_t number = json_integer_value(json_array_get(list, i));

		if (number < 1 || number > PDU_PARTS_MAX)
			return false;
		numbers[(*count)++] = (unsigned)number;
	}
	return true;
}

static json_t *delivered(struct modem *modem, const struct delivery *delivery)
{
	int reference = -1;
	int parts = network_deliver(modem->network, delivery, &reference);

	if (parts == -EINVAL)
		return control_refusal("\"from\" must be a number of up to 20 digits or a name of "
				       "up to 11 characters");
	if (parts == -E2BIG)
		return control_refusal("\"text\" doesn't fit 255 parts");
	if (parts < 0)
		return control_refusal("%s", strerror(-parts));
	return json_pack("{s:b, s:i, s:o}", "ok", 1, "parts", parts, "reference",
		reference >= 0 ? json_integer(reference) : json_null());
}

static json_t *deliver(struct modem *modem, const json_t *request)
{
	unsigned order[PARTS_LIST_MAX];
	unsigned skip[PARTS_LIST_MAX];
	autofree uint16_t *units = NULL;
	struct delivery delivery = { .order = order, .skip = skip };
	const char *text;
	int64_t message_class;
	int64_t reference;

	if (!field_text(request, "from", NULL, &delivery.from) ||
		!field_text(request, "text", NULL, &text))
		return control_refusal("\"from\" and \"text\" are wanted, as strings");
	if (text_from_utf8(text, &units, &delivery.unit_count) < 0)
		return control_refusal("\"text\" isn't UTF-8");
	if (!field_number(request, "class", 0, 3, -1, &message_class) ||
		!field_number(request, "reference", 0, 65535, -1, &reference) ||
		!field_flag(request, "wide", false, &delivery.wide) ||
		!field_flag(request, "ucs2", false, &delivery.force_ucs2) ||
		!field_flag(request, "split_pairs", false, &delivery.cut_pairs) ||
		!field_store(modem, request, &delivery.store))
		return control_refusal("\"class\" is 0-3 or null, \"reference\" 0-65535, \"wide\", "
				       "\"ucs2\" and \"split_pairs\" true or false, \"store\" one "
				       "of this make's");
	if (!take_numbers(request, "order", order, &delivery.order_count) ||
		!take_numbers(request, "skip", skip, &delivery.skip_count))
		return control_refusal("\"order\" and \"skip\" are lists of part numbers from 1");
	delivery.units = units;
	delivery.message_class = (int)message_class;
	delivery.reference = (int)reference;
	return delivered(modem, &delivery);
}

static json_t *deliver_pdu(struct modem *modem, const json_t *request)
{
	uint8_t octets[PDU_MAX];
	const char *hex;
	const char *store;
	int size;

	if (!field_text(request, "pdu", NULL, &hex))
		return control_refusal("\"pdu\" is wanted, in hex, beginning with the service "
				       "centre's address");
	if (!field_store(modem, request, &store))
		return control_refusal("this make has no such store");
	size = hex_read(hex, strlen(hex), octets, sizeof(octets));
	if (size <= 0 || network_deliver_pdu(modem->network, octets, (size_t)size, store) < 0)
		return control_refusal("\"pdu\" must be 1-%d octets in hex", PDU_MAX);
	return control_fine();
}

static json_t *sent(struct modem *modem, const json_t *request)
{
	int64_t after;

	if (!field_number(request, "after", 0, INT32_MAX, 0, &after))
		return control_refusal("\"after\" is the number of the last one known");
	return json_pack(
		"{s:b, s:o}", "ok", 1, "sent", network_sent(modem->network, (size_t)after));
}

static json_t *stores(struct modem *modem, const json_t *request)
{
	json_t *list = json_object();

	(void)request;
	for (size_t i = 0; i < modem->storage.count; i++) {
		const struct store *store = &modem->storage.stores[i];

		if (!store->slots) /* a view of others would count twice */
			continue;
		json_object_set_new(list, store->name,
			json_pack("{s:I, s:I}", "used", (json_int_t)store_used(store), "total",
				(json_int_t)store_total(store)));
	}
	return json_pack("{s:b, s:o, s:I}", "ok", 1, "stores", list, "queued",
		(json_int_t)network_queued(modem->network));
}

static json_t *slots(struct modem *modem, const json_t *request)
{
	const char *name;
	struct store *store;
	json_t *list = json_array();

	if (!field_store(modem, request, &name) || !name) {
		json_decref(list);
		return control_refusal("\"store\" is wanted, one of this make's");
	}
	store = storage_find(&modem->storage, name);
	for (unsigned position = 0; position < store_total(store); position++) {
		const struct slot *slot = store_slot(store, position, NULL);
		autobuffer hex = { 0 };

		if (!slot->used)
			continue;
		buffer_hex(&hex, slot->pdu, slot->size);
		json_array_append_new(
			list, json_pack("{s:I, s:i, s:s}", "index",
				      (json_int_t)position + modem->storage.first_index, "status",
				      (int)slot->status, "pdu", buffer_text(&hex)));
	}
	return json_pack("{s:b, s:o}", "ok", 1, "slots", list);
}

static json_t *state(struct modem *modem, const json_t *request)
{
	static const char *const powers[] = { "unplugged", "booting", "running" };
	const struct modem_settings *settings = &modem->settings;

	(void)request;
	return json_pack("{s:b, s:s, s:s, s:s, s:b, s:b, s:i, s:i, s:s, s:s, s:[i,i,i,i,i], s:b, "
			 "s:I, s:I, s:I}",
		"ok", 1, "make", modem->make->name, "power", powers[modem->power], "link",
		line_link(modem->line), "attended", line_attended(modem->line), "echo",
		settings->echo, "registration", (int)modem_registration(modem), "sim",
		(int)modem_sim(modem), "charset", settings->charset, "receiving",
		settings->receiving->name, "cnmi", settings->notices[0], settings->notices[1],
		settings->notices[2], settings->notices[3], settings->notices[4], "prompted",
		modem->at.state == AT_PROMPTED, "commands", (json_int_t)modem->commands,
		"delivered", (json_int_t)network_delivered(modem->network), "queued",
		(json_int_t)network_queued(modem->network));
}

static json_t *say(struct modem *modem, const json_t *request)
{
	const char *line;

	if (!field_text(request, "line", NULL, &line))
		return control_refusal("\"line\" is wanted");
	at_say(modem, "%s", line);
	return control_fine();
}

static json_t *ussd_network(struct modem *modem, const json_t *request)
{
	const char *code;
	const char *text;
	bool more;

	if (!field_text(request, "code", NULL, &code) ||
		!field_text(request, "answer", NULL, &text) ||
		!field_flag(request, "more", false, &more))
		return control_refusal("\"code\" and \"answer\" are wanted, as strings");
	network_ussd_set(modem->network, code, text, more);
	return control_fine();
}

static const struct {
	const char *name;
	json_t *(*run)(struct modem *modem, const json_t *request);
} requests[] = {
	{ "deliver", deliver },
	{ "deliver_pdu", deliver_pdu },
	{ "sent", sent },
	{ "stores", stores },
	{ "slots", slots },
	{ "state", state },
	{ "say", say },
	{ "config", control_config },
	{ "fault", control_fault },
	{ "ussd_network", ussd_network },
};

json_t *control_answer(struct modem *modem, const json_t *request)
{
	const char *name;
	json_t *answer = NULL;

	if (!json_is_object(request) || !field_text(request, "do", NULL, &name))
		return control_refusal("a JSON object with \"do\" is wanted");
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		if (!strcmp(requests[i].name, name))
			answer = requests[i].run(modem, request);
	if (answer)
		return answer;
	return control_refusal("nothing is called \"%s\" here", name);
}
