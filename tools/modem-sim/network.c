/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "network.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/queue.h>

#include "buffer.h"
#include "modem.h"
#include "stamps.h"
#include "text.h"
#include "timer.h"

/* How long the network waits for a client's +CNMA (24.011 section 10: TR2M). */
#define ANSWER_MS 15000

/* Something on its way to the modem. */
struct pending {
	TAILQ_ENTRY(pending) entry;
	uint8_t *pdu;
	size_t size;
	bool report;
	int message_class;
	char store[3]; /* "" none asked for */
};

/* A report that isn't due yet. */
struct report {
	LIST_ENTRY(report) entry;
	struct network *network;
	struct timer timer;
	struct pdu pdu;
};

struct ussd_answer {
	LIST_ENTRY(ussd_answer) entry;
	char *code;
	char *text;
	bool more;
};

struct network {
	sd_event *loop;
	struct modem *modem;
	struct timer kick;
	TAILQ_HEAD(, pending) queue;
	size_t queued;
	struct pending *given; /* of the queue: waits for the client's +CNMA */
	struct timer unanswered;
	LIST_HEAD(, report) reports;
	LIST_HEAD(, ussd_answer) ussd_answers;
	struct stamps stamps;
	json_t *sent;
	unsigned next_reference;
	enum report_kind report_kind;
	int report_ms;
	unsigned long delivered;
	void (*watcher)(void *context, const json_t *sent);
	void *watcher_context;
};

static void hand_over(void *context);
static void answer_missing(void *context);

struct network *network_new(sd_event *loop, struct modem *modem)
{
	struct network *network = must_allocate(1, sizeof(*network));

	network->loop = loop;
	network->modem = modem;
	network->sent = json_array();
	network->report_ms = 100;
	network->next_reference = 1;
	TAILQ_INIT(&network->queue);
	LIST_INIT(&network->reports);
	LIST_INIT(&network->ussd_answers);
	timer_init(&network->kick, loop, hand_over, network);
	timer_init(&network->unanswered, loop, answer_missing, network);
	network_ussd_set(network, "*888#", "Pulsa Rp25.000 aktif sd 31/12/2026", false);
	return network;
}

static void pending_free(struct network *network, struct pending *pending)
{
	TAILQ_REMOVE(&network->queue, pending, entry);
	network->queued--;
	free(pending->pdu);
	free(pending);
}

static void report_free(struct report *report)
{
	LIST_REMOVE(report, entry);
	timer_free(&report->timer);
	free(report);
}

static void ussd_free(struct ussd_answer *answer)
{
	LIST_REMOVE(answer, entry);
	free(answer->code);
	free(answer->text);
	free(answer);
}

void network_free(struct network *network)
{
	struct pending *pending;
	struct report *report;
	struct ussd_answer *answer;

	if (!network)
		return;
	while ((pending = TAILQ_FIRST(&network->queue)))
		pending_free(network, pending);
	while ((report = LIST_FIRST(&network->reports)))
		report_free(report);
	while ((answer = LIST_FIRST(&network->ussd_answers)))
		ussd_free(answer);
	timer_free(&network->kick);
	timer_free(&network->unanswered);
	stamps_free(&network->stamps);
	json_decref(network->sent);
	free(network);
}

void network_kick(struct network *network)
{
	if (network && !network->kick.set && !TAILQ_EMPTY(&network->queue))
		timer_set(&network->kick, 0);
}

size_t network_queued(const struct network *network)
{
	return network->queued;
}

unsigned long network_delivered(const struct network *network)
{
	return network->delivered;
}

void network_answered(struct network *network, bool taken)
{
	struct pending *pending = network ? network->given : NULL;

	if (!pending)
		return;
	network->given = NULL;
	network->modem->acknowledge = false;
	timer_stop(&network->unanswered);
	if (taken) {
		network->delivered += !pending->report;
		pending_free(network, pending);
	}
	network_kick(network);
}

static void answer_missing(void *context)
{
	network_answered(context, false);
}

/*
 * Offers what waits, in order. A full store holds back what is meant for it and not the
 * rest: messages, reports and each store asked for by name are lanes of their own.
 */
static void hand_over(void *context)
{
	struct network *network = context;
	struct pending *pending = TAILQ_FIRST(&network->queue);
	const struct pending *blocked[4] = { NULL };
	size_t blocked_count = 0;

	while (pending) {
		struct pending *next = TAILQ_NEXT(pending, entry);
		struct arrival arrival = { .pdu = pending->pdu,
			.size = pending->size,
			.report = pending->report,
			.message_class = pending->message_class,
			.store = *pending->store ? pending->store : NULL };
		bool held = pending == network->given;

		for (size_t i = 0; i < blocked_count; i++)
			held |= blocked[i]->report == pending->report &&
				!strcmp(blocked[i]->store, pending->store);
		if (!held) {
			enum reception reception = modem_receive(network->modem, &arrival);

			if (reception == RECEPTION_LATER)
				return;
			if (reception == RECEPTION_GIVEN) {
				network->given = pending;
				timer_set(&network->unanswered, ANSWER_MS);
			} else if (reception == RECEPTION_DONE) {
				network->delivered += !pending->report;
				pending_free(network, pending);
			} else if (blocked_count < ARRAY_SIZE(blocked)) {
				blocked[blocked_count++] = pending;
			}
		}
		pending = next;
	}
}

static void enqueue(struct network *network, const uint8_t *pdu, size_t size, bool report,
	int message_class, const char *store)
{
	struct pending *pending = must_allocate(1, sizeof(*pending));

	pending->pdu = must_allocate(size, 1);
	memcpy(pending->pdu, pdu, size);
	pending->size = size;
	pending->report = report;
	pending->message_class = message_class;
	snprintf(pending->store, sizeof(pending->store), "%s", store ? store : "");
	TAILQ_INSERT_TAIL(&network->queue, pending, entry);
	network->queued++;
	network_kick(network);
}

static bool is_listed(const unsigned *list, size_t count, unsigned number)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == number)
			return true;
	return false;
}

/* Encodes part number (from 1) of the text cut at ends. */
static int encode_part(const struct delivery *delivery, const size_t *ends, unsigned number,
	struct pdu_part *part, struct pdu *pdu)
{
	size_t start = number > 1 ? ends[number - 2] : 0;

	part->units = delivery->units + start;
	part->unit_count = ends[number - 1] - start;
	part->concat.number = number;
	return pdu_encode_deliver(part, pdu);
}

/* Sends off the parts in the order asked for; those not named follow in their own. */
static int send_parts(struct network *network, const struct delivery *delivery,
	struct pdu_part *part, const size_t *ends, unsigned parts)
{
	int count = 0;

	for (unsigned i = 0; i < delivery->order_count + parts; i++) {
		bool ordered = i < delivery->order_count;
		unsigned number =
			ordered ? delivery->order[i] : i - (unsigned)delivery->order_count + 1;
		struct pdu pdu;
		int result;

		if (!number || number > parts ||
			is_listed(delivery->skip, delivery->skip_count, number) ||
			(!ordered && is_listed(delivery->order, delivery->order_count, number)))
			continue;
		result = encode_part(delivery, ends, number, part, &pdu);
		if (result < 0)
			return result;
		enqueue(network, pdu.octets, pdu.size, false, delivery->message_class,
			delivery->store);
		count++;
	}
	return count;
}

int network_deliver(struct network *network, const struct delivery *delivery, int *reference)
{
	size_t ends[PDU_PARTS_MAX];
	bool ucs2 = delivery->force_ucs2 || !gsm7_fits(delivery->units, delivery->unit_count);
	struct pdu_part part = { .service_centre = NETWORK_SERVICE_CENTRE,
		.address = delivery->from,
		.ucs2 = ucs2,
		.message_class = delivery->message_class,
		.offset_minutes = NETWORK_OFFSET_MINUTES };
	int parts = pdu_split(delivery->units, delivery->unit_count, ucs2, delivery->wide,
		delivery->cut_pairs, ends);
	struct pdu probe;
	int result;

	if (parts < 0)
		return parts;
	*reference = -1;
	if (parts > 1) {
		*reference = delivery->reference >= 0 ? delivery->reference
						      : (int)network->next_reference++;
		*reference &= delivery->wide ? 0xFFFF : 0xFF;
		part.concat = (struct pdu_concat) { .total = (unsigned)parts,
			.reference = (unsigned)*reference,
			.wide = delivery->wide };
	}
	/* Refuse a bad address before any part is on its way. */
	result = encode_part(delivery, ends, 1, &part, &probe);
	if (result < 0)
		return result;
	part.service_centre_ms = stamps_unique(&network->stamps, loop_wall_ms(network->loop),
		delivery->from, delivery->units, delivery->unit_count);
	return send_parts(network, delivery, &part, ends, (unsigned)parts);
}

/* The class of a PDU that came as it is; -1 when it has none or can't be read. */
static int class_of(const struct pdu_content *content)
{
	bool has_class = (content->coding & 0xF0) == 0xF0 || (content->coding & 0xD0) == 0x10;

	return has_class ? content->coding & 3 : -1;
}

int network_deliver_pdu(struct network *network, const uint8_t *pdu, size_t size, const char *store)
{
	struct pdu_content content;
	bool readable;

	if (!size || size > PDU_MAX)
		return -EINVAL;
	readable = pdu_decode(pdu, size, false, &content) == 0;
	enqueue(network, pdu, size, readable && content.type == PDU_REPORT,
		readable && content.type == PDU_DELIVER ? class_of(&content) : -1, store);
	return 0;
}

static void report_due(void *context)
{
	struct report *report = context;

	enqueue(report->network, report->pdu.octets, report->pdu.size, true, -1, NULL);
	report_free(report);
}

static void schedule_report(
	struct network *network, const struct pdu_content *content, unsigned reference)
{
	static const unsigned statuses[] = {
		[REPORT_DELIVERED] = 0x00, [REPORT_TEMPORARY] = 0x20, [REPORT_PERMANENT] = 0x41
	};
	int64_t now = loop_wall_ms(network->loop);
	struct pdu_report fields = { .service_centre = NETWORK_SERVICE_CENTRE,
		.address = content->address,
		.reference = reference,
		.service_centre_ms = now,
		.discharged_ms = now + network->report_ms,
		.offset_minutes = NETWORK_OFFSET_MINUTES };
	struct report *report;

	if (network->report_kind == REPORT_NONE)
		return;
	report = must_allocate(1, sizeof(*report));
	fields.status = statuses[network->report_kind];
	if (pdu_encode_report(&fields, &report->pdu) < 0) {
		free(report);
		return;
	}
	report->network = network;
	timer_init(&report->timer, network->loop, report_due, report);
	timer_set(&report->timer, network->report_ms);
	LIST_INSERT_HEAD(&network->reports, report, entry);
}

static json_t *describe_sent(struct network *network, const struct pdu_content *content,
	const uint8_t *pdu, size_t size, unsigned reference)
{
	autofree char *text = text_to_utf8(content->units, content->unit_count);
	autobuffer hex = { 0 };
	autobuffer binary = { 0 };
	bool part = content->concat.total > 0;

	buffer_hex(&hex, pdu, size);
	buffer_hex(&binary, content->octets, content->octet_count);
	return json_pack("{s:I, s:s, s:s, s:i, s:i, s:i, s:o, s:I, s:b, s:s, s:s}", "n",
		(json_int_t)json_array_size(network->sent) + 1, "to", content->address, "text",
		text, "mr", (int)reference, "part", part ? (int)content->concat.number : 1, "parts",
		part ? (int)content->concat.total : 1, "reference",
		part ? json_integer(content->concat.reference) : json_null(), "time_ms",
		(json_int_t)loop_wall_ms(network->loop), "report", content->report_wanted, "binary",
		buffer_text(&binary), "pdu", buffer_text(&hex));
}

/* What is sent to the modem's own number comes back as a message. */
static void loop_back(struct network *network, const struct pdu_content *content)
{
	struct pdu_part part = { .service_centre = NETWORK_SERVICE_CENTRE,
		.address = network->modem->world.number,
		.units = content->units,
		.unit_count = content->unit_count,
		.ucs2 = !gsm7_fits(content->units, content->unit_count),
		.message_class = -1,
		.concat = content->concat,
		.offset_minutes = NETWORK_OFFSET_MINUTES };
	struct pdu pdu;

	if (!*part.address || strcmp(part.address, content->address) != 0 || content->binary)
		return;
	part.service_centre_ms = stamps_unique(&network->stamps, loop_wall_ms(network->loop),
		part.address, part.units, part.unit_count);
	if (pdu_encode_deliver(&part, &pdu) == 0)
		enqueue(network, pdu.octets, pdu.size, false, -1, NULL);
}

int network_submit(struct network *network, const uint8_t *pdu, size_t size, unsigned reference)
{
	struct pdu_content content;
	json_t *sent;

	if (pdu_decode(pdu, size, true, &content) < 0 || !*content.address)
		return CMS_INVALID_PDU;
	sent = describe_sent(network, &content, pdu, size, reference);
	if (!sent || json_array_append(network->sent, sent) < 0) {
		json_decref(sent);
		return CMS_UNKNOWN;
	}
	if (network->watcher)
		network->watcher(network->watcher_context, sent);
	json_decref(sent);
	if (content.report_wanted)
		schedule_report(network, &content, reference);
	loop_back(network, &content);
	return 0;
}

json_t *network_sent(const struct network *network, size_t after)
{
	json_t *list = json_array();

	for (size_t i = after; list && i < json_array_size(network->sent); i++)
		json_array_append(list, json_array_get(network->sent, i));
	return list;
}

void network_watch(
	struct network *network, void (*watcher)(void *context, const json_t *sent), void *context)
{
	network->watcher = watcher;
	network->watcher_context = context;
}

void network_set_reports(struct network *network, enum report_kind kind, int report_ms)
{
	network->report_kind = kind;
	network->report_ms = report_ms;
}

void network_get_reports(const struct network *network, enum report_kind *kind, int *report_ms)
{
	*kind = network->report_kind;
	*report_ms = network->report_ms;
}

void network_ussd_set(struct network *network, const char *code, const char *answer, bool more)
{
	struct ussd_answer *entry;

	LIST_FOREACH(entry, &network->ussd_answers, entry)
	{
		if (!strcmp(entry->code, code)) {
			ussd_free(entry);
			break;
		}
	}
	entry = must_allocate(1, sizeof(*entry));
	entry->code = must_copy(code);
	entry->text = must_copy(answer);
	entry->more = more;
	LIST_INSERT_HEAD(&network->ussd_answers, entry, entry);
}

const char *network_ussd(const struct network *network, const char *code, bool *more)
{
	const struct ussd_answer *entry;

	LIST_FOREACH(entry, &network->ussd_answers, entry)
	{
		if (!strcmp(entry->code, code)) {
			*more = entry->more;
			return entry->text;
		}
	}
	return NULL;
}
