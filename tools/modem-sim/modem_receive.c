/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the network hands over: into a store with a notice, or straight to the line (+CNMI). */
#include <string.h>

#include "modem.h"
#include "network.h"

/* +CMTI or +CDSI for a message just stored, if it is wanted. */
static void announce(
	struct modem *modem, const char *name, const struct store *store, unsigned position)
{
	if (modem->world.notice)
		at_say(modem, "%s: \"%s\",%u", name, store->name,
			position + modem->storage.first_index);
}

static void announce_full(struct modem *modem, struct store *store)
{
	char line[64];
	const char *mark = strstr(modem->make->full_line, "%s");
	size_t before = mark ? (size_t)(mark - modem->make->full_line) : 0;

	if (store->announced_full)
		return;
	store->announced_full = true;
	if (!mark)
		snprintf(line, sizeof(line), "%s", modem->make->full_line);
	else
		snprintf(line, sizeof(line), "%.*s%s%s", (int)before, modem->make->full_line,
			store->name, mark + 2);
	at_say(modem, "%s", line);
}

static enum reception keep(struct modem *modem, struct store *store, const struct arrival *arrival)
{
	bool wanted = arrival->report ? modem->settings.notices[NOTICE_REPORT] == 2
				      : modem->settings.notices[NOTICE_MESSAGE] != 0;
	struct store *owner = store;
	unsigned position = 0;

	if (store_put(store, arrival->pdu, arrival->size, SLOT_UNREAD, &owner, &position) < 0) {
		announce_full(modem, owner);
		return RECEPTION_FULL;
	}
	if (wanted)
		announce(modem, arrival->report ? "+CDSI" : "+CMTI", owner, position);
	if (owner->used == owner->total)
		announce_full(modem, owner);
	return RECEPTION_DONE;
}

/* +CMT or +CDS: only to somebody who is there; with +CSMS=1 it isn't done before +CNMA. */
static enum reception hand_over(struct modem *modem, const struct arrival *arrival)
{
	size_t length = pdu_tpdu_length(arrival->pdu, arrival->size);
	autobuffer hex = { 0 };

	if (!line_attended(modem->line) || modem->acknowledge)
		return RECEPTION_LATER;
	buffer_hex(&hex, arrival->pdu, arrival->size);
	if (arrival->report)
		at_say(modem, "+CDS: %zu\r\n%s", length, buffer_text(&hex));
	else
		at_say(modem, "+CMT: ,%zu\r\n%s", length, buffer_text(&hex));
	modem->acknowledge = modem->settings.service == 1;
	return modem->acknowledge ? RECEPTION_GIVEN : RECEPTION_DONE;
}

static struct store *store_for(struct modem *modem, const struct arrival *arrival)
{
	struct store *store = NULL;

	if (arrival->store)
		store = storage_find(&modem->storage, arrival->store);
	else if (arrival->report)
		store = storage_find(&modem->storage, modem->make->report_store);
	else if (arrival->message_class == 2) /* for the SIM (23.038 section 4) */
		store = storage_find(&modem->storage, "SM");
	return store ? store : modem->settings.receiving;
}

/* Whether +CNMI wants it on the line rather than in a store (27.005 section 3.4.1). */
static bool goes_to_line(const struct modem *modem, const struct arrival *arrival)
{
	const unsigned *notices = modem->settings.notices;

	if (arrival->store)
		return false;
	if (arrival->report)
		return notices[NOTICE_REPORT] == 1;
	if (arrival->message_class == 2)
		return false;
	if (arrival->message_class == 0 && modem->world.flash_direct)
		return true;
	return notices[NOTICE_MESSAGE] == 2 ||
	       (notices[NOTICE_MESSAGE] == 3 && arrival->message_class == 3);
}

enum reception modem_receive(struct modem *modem, const struct arrival *arrival)
{
	if (!modem_listens(modem) || !modem_registered(modem))
		return RECEPTION_LATER;
	if (arrival->report && modem->settings.notices[NOTICE_REPORT] == 0)
		return RECEPTION_DONE; /* nobody asked for it */
	if (goes_to_line(modem, arrival))
		return hand_over(modem, arrival);
	return keep(modem, store_for(modem, arrival), arrival);
}

void modem_space_freed(struct modem *modem)
{
	network_kick(modem->network);
}
