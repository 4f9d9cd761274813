/* SPDX-License-Identifier: GPL-2.0-or-later */
/* {"do":"fault"}: what goes wrong with modems in the field. */
#include <string.h>

#include "control.h"
#include "control_fields.h"
#include "modem.h"
#include "network.h"
#include "text.h"

static json_t *silent(struct modem *modem, const json_t *request)
{
	int64_t ms;

	if (!field_number(request, "ms", 1, LONGEST_MS, 60000, &ms))
		return control_refusal("\"ms\" is a time in milliseconds");
	modem_silence(modem, ms);
	return control_fine();
}

static json_t *noise(struct modem *modem, const json_t *request)
{
	int64_t ms;

	if (!field_number(request, "ms", 1, LONGEST_MS, 10000, &ms))
		return control_refusal("\"ms\" is a time in milliseconds");
	modem_noise(modem, ms);
	return control_fine();
}

static json_t *reboot(struct modem *modem, const json_t *request)
{
	(void)request;
	if (modem->power == MODEM_UNPLUGGED)
		return control_refusal("the modem is unplugged");
	modem_restart(modem);
	return control_fine();
}

static json_t *unplug(struct modem *modem, const json_t *request)
{
	(void)request;
	modem_unplug(modem);
	return control_fine();
}

static json_t *plug(struct modem *modem, const json_t *request)
{
	const char *link;
	int result;

	if (!field_text(request, "link", NULL, &link) || !*link)
		return control_refusal("\"link\" is wanted: where the port shall appear");
	result = modem_plug(modem, link);
	if (result < 0)
		return control_refusal("can't plug in at %s: %s", link, strerror(-result));
	return control_fine();
}

static json_t *send_error(struct modem *modem, const json_t *request)
{
	int64_t code;
	int64_t count;

	if (!field_number(request, "code", 0, 9999, 38, &code) ||
		!field_number(request, "count", 0, 1000000, 1, &count))
		return control_refusal("\"code\" is that of +CMS ERROR, \"count\" how many times");
	modem->world.send_error = (int)code;
	modem->world.send_error_count = (unsigned)count;
	return control_fine();
}

static json_t *answer_lost(struct modem *modem, const json_t *request)
{
	int64_t count;

	if (!field_number(request, "count", 0, 1000000, 1, &count))
		return control_refusal("\"count\" is how many times");
	modem->world.answers_lost = (unsigned)count;
	return control_fine();
}

/* The slot that "store" and "index" name; NULL and *refusal otherwise. */
static struct slot *named_slot(struct modem *modem, const json_t *request, json_t **refusal)
{
	const char *name;
	int64_t index;
	int64_t first = modem->storage.first_index;
	struct slot *slot = NULL;

	if (field_store(modem, request, &name) && name &&
		field_number(request, "index", first, INT32_MAX, first, &index))
		slot = store_slot(
			storage_find(&modem->storage, name), (unsigned)(index - first), NULL);
	if (!slot)
		*refusal = control_refusal("\"store\" and \"index\" must name a slot of this make");
	return slot;
}

/* "how": "error" is answered with an error, "quiet" goes by without a word, "none" heals. */
static bool take_wear(const json_t *request, enum slot_wear *wear)
{
	const char *how;

	if (!field_text(request, "how", "error", &how))
		return false;
	*wear = !strcmp(how, "error")	? SLOT_FAILS
		: !strcmp(how, "quiet") ? SLOT_PRETENDS
					: SLOT_SOUND;
	return *wear != SLOT_SOUND || !strcmp(how, "none");
}

static json_t *slot_unreadable(struct modem *modem, const json_t *request)
{
	enum slot_wear wear;
	json_t *refusal = NULL;
	struct slot *slot = named_slot(modem, request, &refusal);

	if (!slot)
		return refusal;
	if (!take_wear(request, &wear))
		return control_refusal("\"how\" is error, quiet or none");
	slot->reading = wear;
	return control_fine();
}

static json_t *slot_undeletable(struct modem *modem, const json_t *request)
{
	enum slot_wear wear;
	json_t *refusal = NULL;
	struct slot *slot = named_slot(modem, request, &refusal);

	if (!slot)
		return refusal;
	if (!take_wear(request, &wear))
		return control_refusal("\"how\" is error, quiet or none");
	slot->deleting = wear;
	return control_fine();
}

/* Fills slots with messages somebody once wrote and never sent. */
static json_t *drafts(struct modem *modem, const json_t *request)
{
	static const uint16_t text[] = { 'd', 'r', 'a', 'f', 't' };
	struct pdu_part part = { .address = "+628110000001",
		.units = text,
		.unit_count = ARRAY_SIZE(text),
		.message_class = -1 };
	struct store *store;
	const char *name;
	int64_t count;
	int stored = 0;
	struct pdu pdu;

	if (!field_store(modem, request, &name) || !name ||
		!field_number(request, "count", 1, 100000, 100000, &count))
		return control_refusal("\"store\" is wanted, and \"count\" as a number");
	store = storage_find(&modem->storage, name);
	while (stored < count) {
		struct store *owner = NULL;
		unsigned position = 0;

		if (pdu_encode_submit(&part, &pdu) < 0 ||
			store_put(store, pdu.octets, pdu.size, SLOT_UNSENT, &owner, &position) < 0)
			break;
		stored++;
	}
	return json_pack("{s:b, s:i}", "ok", 1, "stored", stored);
}

static const struct {
	const char *name;
	json_t *(*run)(struct modem *modem, const json_t *request);
} faults[] = {
	{ "silent", silent },
	{ "noise", noise },
	{ "reboot", reboot },
	{ "unplug", unplug },
	{ "plug", plug },
	{ "send_error", send_error },
	{ "answer_lost", answer_lost },
	{ "slot_unreadable", slot_unreadable },
	{ "slot_undeletable", slot_undeletable },
	{ "drafts", drafts },
};

json_t *control_fault(struct modem *modem, const json_t *request)
{
	const char *name;

	if (!field_text(request, "name", NULL, &name))
		return control_refusal("\"name\" of the fault is wanted");
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		if (!strcmp(faults[i].name, name))
			return faults[i].run(modem, request);
	return control_refusal("there is no fault \"%s\"", name);
}
