/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/modems.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/log.h"
#include "kotakd/address.h"
#include "kotakd/balance.h"
#include "kotakd/intake.h"
#include "kotakd/outbox.h"
#include "store/inbound.h"

/* Events taken in one transaction: enough to make a backlog quick, few enough to stay brief. */
#define BATCH_MAX 64
/* How long after a failed commit the modems are read again. */
#define REREAD_MS 5000
/* A PDU over which this many workers died alone is kept as unreadable. */
#define CRASHES_MAX 2
/* How often the outbox is looked through for what has grown too old. */
#define HOUSEKEEP_MS 60000
/* Settings that name a PIN which its SIM refused. */
#define PIN_REFUSED "pin refused by "

/* One wake-up's work: what has to wait for the commit. */
struct batch {
	struct modem_slot *slot;
	uint64_t tokens[BATCH_MAX];
	size_t token_count;
	struct outbox outbox;
};

static bool is_own_number(const void *context, const char *number)
{
	const struct kiosk *kiosk = context;
	char own[MODEM_ADDRESS_SIZE];

	for (size_t i = 0; i < kiosk->modem_count; i++) {
		const char *told = kiosk->modems[i].status.own_number;
		address_normalise(told,
			*told == '+' ? MODEM_ADDRESS_INTERNATIONAL : MODEM_ADDRESS_NATIONAL, own);
		if (*told && strcmp(own, number) == 0)
			return true;
	}
	return false;
}

static struct intake kiosk_intake(const struct kiosk *kiosk)
{
	return (struct intake) { .store = kiosk->store,
		.language = kiosk->config.locale,
		.utc_offset_s = kiosk->utc_offset_s,
		.own = is_own_number,
		.context = kiosk };
}

static void decoding_forget(struct decoding *decoding, int64_t id)
{
	for (size_t i = 0; i < decoding->count; i++) {
		if (decoding->ids[i] == id) {
			decoding->ids[i] = decoding->ids[--decoding->count];
			return;
		}
	}
}

/*
 * The worker that decoded is gone. If it was at fault and had one PDU alone, that one is to
 * blame; if several, each of them gets its turn alone. A worker that somebody killed says
 * nothing against a message.
 */
static int decoding_interrupted(struct kiosk *kiosk, bool at_fault)
{
	struct decoding *decoding = &kiosk->decoding;
	struct moment moment = kiosk_moment(kiosk);
	int error = 0;

	if (at_fault && decoding->count == 1) {
		int crashes = store_pdu_crashed(kiosk->store, decoding->ids[0]);
		if (crashes >= CRASHES_MAX)
			crashes = store_pdu_unreadable(kiosk->store, &moment, decoding->ids[0],
				"decoding it ended the decoder twice");
		error = crashes < 0 ? crashes : 0;
	}
	for (size_t i = 0; i < decoding->count; i++) {
		if (at_fault && decoding->ids[i] > decoding->alone_upto)
			decoding->alone_upto = decoding->ids[i];
	}
	decoding->count = 0;
	decoding->after = 0;
	return error;
}

/* Gives PDUs that wait to a worker that runs; what can't be given now waits in the store. */
static void decoding_feed(struct kiosk *kiosk)
{
	struct decoding *decoding = &kiosk->decoding;

	if (decoding->count == 0) {
		decoding->modem = kiosk->modem_count;
		for (size_t i = 0; i < kiosk->modem_count; i++) {
			if (kiosk->modems[i].running)
				decoding->modem = i;
		}
	}
	while (decoding->modem < kiosk->modem_count && decoding->count < DECODING_MAX) {
		struct modem *modem = kiosk->modems[decoding->modem].modem;
		uint8_t pdu[MODEM_PDU_MAX];
		size_t size;
		int64_t id;
		bool alone = decoding->after < decoding->alone_upto;
		if (alone && decoding->count)
			return;
		if (store_pdu_raw(kiosk->store, decoding->after, &id, pdu, &size) <= 0)
			return;
		if (modem->ops->decode(modem, id, pdu, size) < 0)
			return;
		decoding->ids[decoding->count++] = id;
		decoding->after = id;
	}
}

static int take_pdu(struct batch *batch, const struct modem_event *event)
{
	struct kiosk *kiosk = batch->slot->kiosk;
	struct moment moment = kiosk_moment(kiosk);
	int64_t id;
	int added = store_pdu_add(
		kiosk->store, &moment, batch->slot->config->name, event->pdu, event->pdu_size, &id);

	if (added < 0)
		return added;
	batch->tokens[batch->token_count++] = event->token;
	return 0;
}

/* An item that can't be dealt with must not hold up those behind it. */
static int set_aside(struct kiosk *kiosk, int64_t pdu_id, int error)
{
	struct moment moment = kiosk_moment(kiosk);

	if (error == -EIO || error == -ENOSPC || error == -ENOMEM)
		return error;
	log_error("a message could not be dealt with (%s): it is kept and shown to the officer",
		strerror(-error));
	return store_pdu_unreadable(kiosk->store, &moment, pdu_id, "it could not be dealt with");
}

static int take_decoded(struct kiosk *kiosk, const struct modem_event *event)
{
	struct intake intake = kiosk_intake(kiosk);
	struct moment moment = kiosk_moment(kiosk);
	int error = store_savepoint(kiosk->store);

	decoding_forget(&kiosk->decoding, event->id);
	if (error < 0)
		return error;
	if (event->decoded.service_centre_ms && event->decoded.type == MODEM_DECODED_DELIVER)
		kiosk->clock->ops->learn_gsm(kiosk->clock, event->decoded.service_centre_ms);
	error = intake_decoded(&intake, &moment, event->id, &event->decoded);
	if (error == 0)
		return store_release(kiosk->store);
	store_undo(kiosk->store);
	return set_aside(kiosk, event->id, error);
}

static int worker_started(struct modem_slot *slot)
{
	slot->running = true;
	return 0;
}

static int worker_stopped(struct modem_slot *slot, const struct modem_event *event)
{
	struct kiosk *kiosk = slot->kiosk;
	int error = 0;

	log_warning("modem %s: its worker ended (%s), it is started again", slot->config->name,
		event->text);
	slot->running = false;
	kiosk->restarts++;
	if (slot->status.answering)
		slot->status_since_ms = kiosk->time.wall_ms;
	slot->status.answering = false;
	if (&kiosk->modems[kiosk->decoding.modem] == slot)
		error = decoding_interrupted(kiosk, event->at_fault);
	if (error == 0)
		error = outbox_worker_gone(kiosk, slot);
	return error;
}

/* Names the configured PIN without holding it, to know it again after a restart. */
static int64_t pin_mark(const struct config_modem *config)
{
	int64_t mark = 0;

	crypto_generichash((uint8_t *)&mark, sizeof(mark), (const uint8_t *)config->pin,
		strlen(config->pin), (const uint8_t *)config->name, strlen(config->name));
	return mark;
}

/* Three refusals lock a SIM: one that was refused is written down and never tried again. */
static int remember_refused_pin(struct modem_slot *slot)
{
	autofree char *name = NULL;

	if (!slot->config->pin || slot->status.sim == MODEM_SIM_PIN_WRONG)
		return 0;
	if (asprintf(&name, PIN_REFUSED "%s", slot->config->name) < 0)
		return -ENOMEM;
	return store_setting_put(slot->kiosk->store, name, pin_mark(slot->config));
}

/* Whether this very PIN was refused before, in an earlier life. */
static int pin_was_refused(struct kiosk *kiosk, const struct config_modem *config)
{
	autofree char *name = NULL;
	int64_t mark = 0;

	if (!config->pin)
		return 0;
	if (asprintf(&name, PIN_REFUSED "%s", config->name) < 0)
		return -ENOMEM;
	int found = store_setting(kiosk->store, name, &mark);
	return found <= 0 ? found : mark == pin_mark(config);
}

static int take_status(struct modem_slot *slot, const struct modem_event *event)
{
	int error = event->status.sim == MODEM_SIM_PIN_WRONG ? remember_refused_pin(slot) : 0;

	if (event->status.answering != slot->status.answering || !slot->status_since_ms)
		slot->status_since_ms = slot->kiosk->time.wall_ms;
	slot->status = event->status;
	return error;
}

static int take_event(struct batch *batch, const struct modem_event *event)
{
	struct modem_slot *slot = batch->slot;

	switch (event->type) {
	case MODEM_STARTED:
		return worker_started(slot);
	case MODEM_STOPPED:
		return worker_stopped(slot, event);
	case MODEM_STATUS:
		return take_status(slot, event);
	case MODEM_PDU:
		return take_pdu(batch, event);
	case MODEM_DECODED:
		return take_decoded(slot->kiosk, event);
	case MODEM_SUBMITTING:
	case MODEM_SENT:
	case MODEM_SEND_FAILED:
	case MODEM_STRAY_SENT:
		return outbox_event(slot->kiosk, slot, event);
	case MODEM_NETWORK_TIME:
		slot->kiosk->clock->ops->learn_gsm(slot->kiosk->clock, event->time_ms);
		return 0;
	case MODEM_USSD:
		return balance_answer(slot->kiosk, slot, event);
	default:
		return 0;
	}
}

/* Takes what is there, at most BATCH_MAX. Returns how many, or a negative errno. */
static int take_events(struct batch *batch)
{
	struct modem_slot *slot = batch->slot;
	struct modem_event event;
	int count = 0;

	while (count < BATCH_MAX) {
		int got = slot->modem->ops->next(slot->modem, &event, slot->kiosk->time.mono_ms);
		if (got < 0)
			log_error("modem %s: what its worker says can't be understood (%s)",
				slot->config->name, strerror(-got));
		if (got <= 0)
			break;
		count++;
		int error = take_event(batch, &event);
		if (error < 0)
			return error;
	}
	return count;
}

static int batch_run(struct batch *batch)
{
	struct kiosk *kiosk = batch->slot->kiosk;
	int error = store_begin(kiosk->store);
	int count = 0;

	if (error < 0)
		return error;
	count = take_events(batch);
	error = count;
	if (error >= 0)
		error = outbox_choose(kiosk, &batch->outbox);
	if (error >= 0)
		error = store_commit(kiosk->store);
	if (error < 0)
		store_rollback(kiosk->store);
	return error < 0 ? error : count;
}

/* Nothing of the batch was kept: the modems still have it, and are read again after a while. */
static void batch_lost(struct kiosk *kiosk)
{
	log_error("the last step could not be written down: modems are read again in %d s; free "
		  "space or change the SD card",
		REREAD_MS / 1000);
	kiosk->reread_ms = kiosk->time.mono_ms + REREAD_MS;
	for (size_t i = 0; i < kiosk->modem_count; i++)
		kiosk->modems[i].sending_id = 0;
	kiosk->decoding = (struct decoding) { .modem = kiosk->modem_count };
}

static void batch_finish(struct batch *batch)
{
	struct modem_slot *slot = batch->slot;

	for (size_t i = 0; i < batch->token_count; i++) {
		int error = slot->modem->ops->stored(slot->modem, batch->tokens[i]);
		/* Not heard: the modem offers it again, and it is known then. */
		if (error < 0)
			log_debug("modem %s: acknowledgement not taken (%s)", slot->config->name,
				strerror(-error));
	}
	outbox_send(slot->kiosk, &batch->outbox);
	decoding_feed(slot->kiosk);
	kiosk_wake_sync(slot->kiosk);
}

/* Returns whether there may be more. */
static bool slot_work(struct modem_slot *slot)
{
	struct kiosk *kiosk = slot->kiosk;
	struct batch batch = { .slot = slot };
	int error = outbox_new(kiosk, &batch.outbox);

	if (error == 0)
		error = batch_run(&batch);
	if (error < 0)
		batch_lost(kiosk);
	else
		batch_finish(&batch);
	outbox_release(&batch.outbox);
	return error >= BATCH_MAX;
}

static int on_modem(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct modem_slot *slot = context;

	(void)source;
	(void)fd;
	(void)events;
	kiosk_read_clock(slot->kiosk);
	while (slot_work(slot))
		;
	return 0;
}

static int slot_start(struct kiosk *kiosk, struct modem_slot *slot)
{
	struct config_modem config = *slot->config;
	int refused = pin_was_refused(kiosk, &config);

	if (refused > 0) {
		log_error(
			"modem %s: its SIM refused this PIN before, it isn't tried again: correct "
			"pin in the configuration",
			config.name);
		config.pin = NULL;
	}
	int error = refused < 0 ? refused : kiosk->drivers->modem_new(&config, &slot->modem);

	if (error == 0)
		error = slot->modem->ops->start(slot->modem, kiosk->time.mono_ms);
	if (error == 0)
		error = sd_event_add_io(kiosk->loop, &slot->source,
			slot->modem->ops->fd(slot->modem), EPOLLIN, on_modem, slot);
	if (error < 0)
		log_error("modem %s can't be started: %s", config.name, strerror(-error));
	return error;
}

int modems_start(struct kiosk *kiosk)
{
	kiosk->modems = calloc(kiosk->config.modem_count + 1, sizeof(*kiosk->modems));
	if (!kiosk->modems)
		return -ENOMEM;
	kiosk->decoding.modem = kiosk->config.modem_count;
	for (size_t i = 0; i < kiosk->config.modem_count; i++) {
		struct modem_slot *slot = &kiosk->modems[i];
		slot->kiosk = kiosk;
		slot->config = &kiosk->config.modems[i];
		slot->status_since_ms = kiosk->time.wall_ms;
		kiosk->modem_count = i + 1;
		int error = balance_load(kiosk, slot);
		if (error == 0)
			error = slot_start(kiosk, slot);
		if (error < 0)
			return error;
	}
	return 0;
}

void modems_close(struct kiosk *kiosk)
{
	for (size_t i = 0; i < kiosk->modem_count; i++) {
		sd_event_source_unref(kiosk->modems[i].source);
		if (kiosk->modems[i].modem)
			kiosk->modems[i].modem->ops->close(kiosk->modems[i].modem);
	}
	free(kiosk->modems);
	kiosk->modems = NULL;
	kiosk->modem_count = 0;
}

/* Sends that may go now, messages that have waited long enough for their missing parts. */
static void housekeep(struct kiosk *kiosk)
{
	struct intake intake = kiosk_intake(kiosk);
	struct moment moment = kiosk_moment(kiosk);
	struct outbox outbox = { 0 };
	int error = outbox_new(kiosk, &outbox);

	kiosk->housekept_ms = kiosk->time.mono_ms;
	if (error == 0)
		error = store_begin(kiosk->store);
	if (error == 0)
		error = outbox_housekeep(kiosk);
	if (error >= 0)
		error = intake_overdue(
			&intake, &moment, moment.now_ms - kiosk->config.parts_wait_s * 1000);
	if (error >= 0)
		error = outbox_choose(kiosk, &outbox);
	if (error >= 0)
		error = store_commit(kiosk->store);
	if (error < 0) {
		store_rollback(kiosk->store);
		batch_lost(kiosk);
	} else {
		outbox_send(kiosk, &outbox);
		decoding_feed(kiosk);
	}
	outbox_release(&outbox);
}

/* When housekeeping may find something to do; never sooner than a second after the last one. */
static int64_t housekeep_deadline(struct kiosk *kiosk)
{
	int64_t due = kiosk->housekept_ms + HOUSEKEEP_MS;
	int64_t parts = INT64_MAX, outgoing = INT64_MAX;

	/* A database that can't be asked is tried again with the other work of a minute. */
	if (store_parts_oldest(kiosk->store, &parts) < 0 || outbox_deadline(kiosk, &outgoing) < 0)
		return due;
	if (parts != INT64_MAX)
		parts += kiosk->config.parts_wait_s * 1000 - kiosk->time.wall_ms +
			 kiosk->time.mono_ms + 1;
	if (parts < due)
		due = parts;
	if (outgoing < due)
		due = outgoing;
	return due < kiosk->housekept_ms + 1000 ? kiosk->housekept_ms + 1000 : due;
}

void modems_tick(struct kiosk *kiosk)
{
	for (size_t i = 0; i < kiosk->modem_count; i++) {
		struct modem *modem = kiosk->modems[i].modem;
		if (kiosk->reread_ms && kiosk->time.mono_ms >= kiosk->reread_ms &&
			modem->ops->reset(modem, MODEM_RESET_WORKER, kiosk->time.mono_ms) < 0)
			log_debug("modem %s: no worker to restart", kiosk->modems[i].config->name);
		if (kiosk->time.mono_ms >= modem->ops->deadline(modem))
			modem->ops->tick(modem, kiosk->time.mono_ms);
		balance_ask(kiosk, &kiosk->modems[i]);
	}
	if (kiosk->reread_ms && kiosk->time.mono_ms >= kiosk->reread_ms)
		kiosk->reread_ms = 0;
	if (!kiosk->reread_ms && kiosk->time.mono_ms >= housekeep_deadline(kiosk))
		housekeep(kiosk);
}

int64_t modems_deadline(struct kiosk *kiosk)
{
	int64_t first = kiosk->reread_ms ? kiosk->reread_ms : housekeep_deadline(kiosk);

	for (size_t i = 0; i < kiosk->modem_count; i++) {
		int64_t deadline = kiosk->modems[i].modem->ops->deadline(kiosk->modems[i].modem);
		if (deadline < first)
			first = deadline;
	}
	return first;
}
