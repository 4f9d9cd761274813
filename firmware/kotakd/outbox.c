/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/outbox.h"

#include <errno.h>

#include "base/log.h"
#include "dialogue/septets.h"
#include "kotakd/balance.h"

#define MINUTE_MS 60000
/* A modem that couldn't send for so long leaves its messages to another. */
#define TAKEOVER_MS 5000

int outbox_new(const struct kiosk *kiosk, struct outbox *outbox)
{
	outbox->count = kiosk->modem_count;
	outbox->parts = calloc(kiosk->modem_count + 1, sizeof(*outbox->parts));
	return outbox->parts ? 0 : -ENOMEM;
}

void outbox_release(struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->count; i++)
		outgoing_part_release(&outbox->parts[i]);
	free(outbox->parts);
	*outbox = (struct outbox) { 0 };
}

/* A modem that doesn't tell of its SIM or its network is given the benefit of the doubt. */
static bool carries(const struct modem_slot *slot)
{
	const struct modem_status *status = &slot->status;

	return slot->running && status->answering &&
	       (status->sim == MODEM_SIM_READY || status->sim == MODEM_SIM_UNKNOWN) &&
	       (status->registration == MODEM_REGISTRATION_HOME ||
		       status->registration == MODEM_REGISTRATION_ROAMING ||
		       status->registration == MODEM_REGISTRATION_UNKNOWN);
}

/* When another modem takes over what is meant for this one (monotonic); INT64_MAX: never. */
static int64_t takeover_ms(const struct modem_slot *slot)
{
	return slot->unable_since_ms ? slot->unable_since_ms + TAKEOVER_MS : INT64_MAX;
}

/*
 * The modems that carry their own messages, as a JSON object, with the least urgent that each has
 * money for. One that can't for a moment still counts: its worker is being started again, or it is
 * between two cells.
 */
static char *carrying_modems(struct kiosk *kiosk)
{
	autojson json_t *modems = json_object();

	for (size_t i = 0; i < kiosk->modem_count; i++) {
		struct modem_slot *slot = &kiosk->modems[i];
		if (carries(slot))
			slot->unable_since_ms = 0;
		else if (!slot->unable_since_ms)
			slot->unable_since_ms = kiosk->time.mono_ms;
		if (kiosk->time.mono_ms < takeover_ms(slot) &&
			json_object_set_new(modems, slot->config->name,
				json_integer((json_int_t)balance_least(&slot->balance))) < 0)
			return NULL;
	}
	return json_dumps(modems, JSON_COMPACT);
}

/* How many parts a text will have; the modem's encoder has the last word. */
static unsigned parts_of(const char *text)
{
	long septets = septets_count(text);

	if (septets >= 0)
		return septets <= SEPTETS_ONE_PART
			       ? 1
			       : (unsigned)((septets + SEPTETS_PER_PART - 1) / SEPTETS_PER_PART);
	size_t units = units_count(text);
	return units <= UNITS_ONE_PART ? 1
				       : (unsigned)((units + UNITS_PER_PART - 1) / UNITS_PER_PART);
}

/* Whether the operator's limit of messages a minute leaves room for one more. */
static int slot_has_room(struct kiosk *kiosk, struct modem_slot *slot)
{
	int64_t count = 0, oldest_ms = 0;

	slot->rest_ms = 0;
	if (!slot->config->sms_per_minute)
		return 1;
	int error = store_outgoing_sent_since(kiosk->store, slot->config->name,
		kiosk->time.wall_ms - MINUTE_MS, &count, &oldest_ms);
	if (error < 0)
		return error;
	if (count < slot->config->sms_per_minute)
		return 1;
	slot->rest_ms = oldest_ms + MINUTE_MS;
	return 0;
}

/* What this modem is given, if anything: *part, written down as being sent. */
static int choose_for(struct kiosk *kiosk, struct modem_slot *slot, const char *carrying,
	struct outgoing_part *part)
{
	if (!carries(slot) || slot->sending_id)
		return 0;
	int found = slot_has_room(kiosk, slot);
	if (found > 0)
		found = store_outgoing_next(kiosk->store, kiosk->time.wall_ms, slot->config->name,
			carrying, balance_least(&slot->balance), part);
	if (found > 0)
		found = store_outgoing_submitting(kiosk->store, kiosk->time.wall_ms, part,
			parts_of(part->text), slot->config->name);
	return found;
}

/* What it was refused, another one shall try first. */
static bool refused_lately(const struct kiosk *kiosk, const struct modem_slot *slot)
{
	return slot->refused_ms && kiosk->time.mono_ms < slot->refused_ms + MINUTE_MS;
}

int outbox_choose(struct kiosk *kiosk, struct outbox *outbox)
{
	autofree char *carrying = carrying_modems(kiosk);
	int error = carrying ? 0 : -ENOMEM;

	for (size_t turn = 0; error >= 0 && turn < 2 * kiosk->modem_count; turn++) {
		size_t i = turn % kiosk->modem_count;
		struct modem_slot *slot = &kiosk->modems[i];

		if (refused_lately(kiosk, slot) == (turn >= kiosk->modem_count))
			error = choose_for(kiosk, slot, carrying, &outbox->parts[i]);
	}
	return error < 0 ? error : 0;
}

void outbox_send(struct kiosk *kiosk, struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->count; i++) {
		struct modem_slot *slot = &kiosk->modems[i];
		const struct outgoing_part *part = &outbox->parts[i];
		if (!part->id)
			continue;
		const struct modem_message message = {
			.id = part->id,
			.recipient = part->recipient,
			.text = part->text,
			.part = part->part,
			.concat_reference = part->concat_reference,
			.report = true,
		};
		slot->sending_id = part->id;
		slot->sending_part = part->part;
		slot->sending_submitted = false;
		int error = slot->modem->ops->send(slot->modem, &message);
		if (error < 0) {
			/* Nothing left this process, so the message is simply queued again. */
			error = store_begin(kiosk->store);
			if (error == 0)
				error = outbox_worker_gone(kiosk, slot);
			if (error == 0)
				error = store_commit(kiosk->store);
			if (error < 0)
				store_rollback(kiosk->store);
			slot->sending_id = 0;
		}
	}
}

static int send_failed(struct kiosk *kiosk, const struct modem_slot *slot,
	const struct modem_event *event, const struct moment *moment)
{
	if (event->parts && slot->sending_part >= event->parts)
		return store_outgoing_total(
			kiosk->store, moment, event->id, slot->sending_part, event->parts);
	if (event->maybe_sent)
		return store_outgoing_unsure(
			kiosk->store, moment->now_ms, event->id, slot->sending_part);
	log_warning("modem %s: a message was not taken (error %d)%s", slot->config->name,
		event->error, event->permanent ? ", for good" : ", it will be tried again");
	return store_outgoing_refused(kiosk->store, moment, event->id, slot->sending_part,
		event->error, event->permanent);
}

int outbox_event(struct kiosk *kiosk, struct modem_slot *slot, const struct modem_event *event)
{
	struct moment moment = kiosk_moment(kiosk);
	int error;

	if (event->type == MODEM_STRAY_SENT)
		return store_outgoing_stray(
			kiosk->store, &moment, slot->config->name, event->reference);
	/* A worker that speaks of a message it wasn't given is not believed. */
	if (!slot->sending_id || event->id != slot->sending_id)
		return 0;
	switch (event->type) {
	case MODEM_SUBMITTING:
		slot->sending_submitted = true;
		return 0;
	case MODEM_SENT:
		error = store_outgoing_sent(kiosk->store, &moment, event->id, slot->sending_part,
			event->parts, event->reference);
		balance_spent(slot, true);
		break;
	case MODEM_SEND_FAILED:
		error = send_failed(kiosk, slot, event, &moment);
		if (event->error > 0)
			balance_spent(slot, false);
		if (!event->permanent && !event->maybe_sent)
			slot->refused_ms = kiosk->time.mono_ms;
		break;
	default:
		return -EINVAL;
	}
	slot->sending_id = 0;
	return error;
}

int outbox_worker_gone(struct kiosk *kiosk, struct modem_slot *slot)
{
	struct moment moment = kiosk_moment(kiosk);
	int64_t id = slot->sending_id;

	slot->sending_id = 0;
	if (!id)
		return 0;
	if (slot->sending_submitted)
		return store_outgoing_unsure(kiosk->store, moment.now_ms, id, slot->sending_part);
	return store_outgoing_refused(kiosk->store, &moment, id, slot->sending_part, 0, false);
}

/* Ids of the messages that modems have in hand. Caller frees. */
static int64_t *flying_ids(const struct kiosk *kiosk)
{
	int64_t *ids = calloc(kiosk->modem_count + 1, sizeof(*ids));

	for (size_t i = 0; ids && i < kiosk->modem_count; i++)
		ids[i] = kiosk->modems[i].sending_id;
	return ids;
}

int outbox_housekeep(struct kiosk *kiosk)
{
	struct moment moment = kiosk_moment(kiosk);
	autofree int64_t *flying = flying_ids(kiosk);

	if (!flying)
		return -ENOMEM;
	int released = store_outgoing_release(kiosk->store,
		moment.now_ms - kiosk->config.report_wait_s * 1000, flying, kiosk->modem_count);
	if (released < 0)
		return released;
	if (released > 0)
		log_notice("%d messages whose sending was interrupted got no report: sending them "
			   "again",
			released);
	int expired = store_outgoing_expire(kiosk->store, &moment);
	if (expired > 0)
		log_warning("%d messages could not be sent in time and are given up", expired);
	return expired < 0 ? expired : 0;
}

int outbox_deadline(struct kiosk *kiosk, int64_t *deadline_ms)
{
	int64_t wakeup = INT64_MAX, unsure = INT64_MAX;
	int error = store_outgoing_wakeup(kiosk->store, kiosk->time.wall_ms, &wakeup);

	if (error == 0)
		error = store_outgoing_unsure_since(kiosk->store, &unsure);
	if (error < 0)
		return error;
	if (unsure != INT64_MAX)
		unsure += kiosk->config.report_wait_s * 1000 + 1;
	int64_t first = wakeup < unsure ? wakeup : unsure;
	for (size_t i = 0; i < kiosk->modem_count; i++) {
		const struct modem_slot *slot = &kiosk->modems[i];
		if (slot->rest_ms && slot->rest_ms < first)
			first = slot->rest_ms;
	}
	*deadline_ms =
		first == INT64_MAX ? INT64_MAX : first - kiosk->time.wall_ms + kiosk->time.mono_ms;
	for (size_t i = 0; i < kiosk->modem_count; i++) {
		int64_t takeover = takeover_ms(&kiosk->modems[i]);
		if (takeover > kiosk->time.mono_ms && takeover < *deadline_ms)
			*deadline_ms = takeover;
	}
	return 0;
}
