/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/scripted.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>

#include "modem/codec.h"

struct queued {
	struct queued *next;
	struct modem_event event;
};

/* A call with copies of its texts. */
struct kept_call {
	struct kept_call *next;
	struct scripted_call call;
	char *recipient, *text, *code;
};

struct modem_scripted {
	struct modem modem;
	char *name;
	enum scripted_manner manner;
	int event_fd; /* readable while events are queued */
	struct queued *first, **last;
	struct kept_call *first_call, **last_call;
	size_t calls;
	size_t counts[SCRIPTED_RESET + 1];
	int errors[SCRIPTED_RESET + 1];
	int64_t deadline_ms;
	unsigned reference; /* the last one given */
};

static struct modem_scripted *scripted(struct modem *modem)
{
	return (struct modem_scripted *)modem;
}

static const struct modem_scripted *scripted_const(const struct modem *modem)
{
	return (const struct modem_scripted *)modem;
}

int modem_scripted_inject(struct modem *modem, const struct modem_event *event)
{
	struct modem_scripted *self = scripted(modem);
	struct queued *queued = malloc(sizeof(*queued));
	uint64_t one = 1;

	if (!queued)
		return -ENOMEM;
	queued->next = NULL;
	queued->event = *event;
	*self->last = queued;
	self->last = &queued->next;
	return write(self->event_fd, &one, sizeof(one)) < 0 ? -errno : 0;
}

int modem_scripted_deliver(struct modem *modem, uint64_t token, const uint8_t *pdu, size_t size)
{
	struct modem_event event = { .type = MODEM_PDU, .token = token, .pdu_size = size };

	if (size > sizeof(event.pdu))
		return -EINVAL;
	memcpy(event.pdu, pdu, size);
	return modem_scripted_inject(modem, &event);
}

size_t modem_scripted_calls(const struct modem *modem)
{
	return scripted_const(modem)->calls;
}

const struct scripted_call *modem_scripted_call(const struct modem *modem, size_t index)
{
	const struct kept_call *kept = scripted_const(modem)->first_call;

	while (kept && index-- > 0)
		kept = kept->next;
	return kept ? &kept->call : NULL;
}

size_t modem_scripted_count(const struct modem *modem, enum scripted_call_type type)
{
	return scripted_const(modem)->counts[type];
}

void modem_scripted_fail(struct modem *modem, enum scripted_call_type type, int error)
{
	scripted(modem)->errors[type] = error;
}

void modem_scripted_set_deadline(struct modem *modem, int64_t deadline_ms)
{
	scripted(modem)->deadline_ms = deadline_ms;
}

static void free_call(struct kept_call *kept)
{
	free(kept->recipient);
	free(kept->text);
	free(kept->code);
	free(kept);
}

/* A copy of text in *out; false without memory. NULL stays NULL. */
static bool keep_text(const char *text, char **out)
{
	*out = text ? strdup(text) : NULL;
	return *out || !text;
}

/* Keeps a call and says what it is to return: 0 to go on, or a negative errno. */
static int record(struct modem_scripted *self, const struct scripted_call *call)
{
	struct kept_call *kept;

	self->counts[call->type]++;
	if (self->errors[call->type] < 0)
		return self->errors[call->type];
	if (self->manner == SCRIPTED_ABSENT && call->type != SCRIPTED_START)
		return -ENOTCONN;
	kept = calloc(1, sizeof(*kept));
	if (!kept)
		return -ENOMEM;
	kept->call = *call;
	if (!keep_text(call->message.recipient, &kept->recipient) ||
		!keep_text(call->message.text, &kept->text) ||
		!keep_text(call->code, &kept->code)) {
		free_call(kept);
		return -ENOMEM;
	}
	kept->call.message.recipient = kept->recipient;
	kept->call.message.text = kept->text;
	kept->call.code = kept->code;
	*self->last_call = kept;
	self->last_call = &kept->next;
	self->calls++;
	return 0;
}

static int scripted_start(struct modem *modem, int64_t now_ms)
{
	struct modem_scripted *self = scripted(modem);
	struct scripted_call call = { .type = SCRIPTED_START, .now_ms = now_ms };
	struct modem_event event = { .type = MODEM_STARTED };
	int result = record(self, &call);

	if (result < 0)
		return result;
	if (self->manner != SCRIPTED_ABSENT) {
		result = modem_scripted_inject(modem, &event);
		if (result < 0 || self->manner != SCRIPTED_OBLIGING)
			return result;
	}
	event = (struct modem_event) { .type = MODEM_STATUS };
	if (self->manner == SCRIPTED_ABSENT) {
		snprintf(event.status.trouble, sizeof(event.status.trouble),
			"no modem is configured: set device in [modem %s]", self->name);
	} else {
		event.status.answering = true;
		event.status.sim = MODEM_SIM_READY;
		event.status.registration = MODEM_REGISTRATION_HOME;
	}
	return modem_scripted_inject(modem, &event);
}

static int scripted_fd(const struct modem *modem)
{
	return scripted_const(modem)->event_fd;
}

static int scripted_next(struct modem *modem, struct modem_event *event, int64_t now_ms)
{
	struct modem_scripted *self = scripted(modem);
	struct queued *queued = self->first;
	uint64_t count;

	(void)now_ms;
	if (!queued)
		return 0;
	*event = queued->event;
	self->first = queued->next;
	if (!self->first)
		self->last = &self->first;
	free(queued);
	if (read(self->event_fd, &count, sizeof(count)) < 0)
		return -errno;
	return 1;
}

static int64_t scripted_deadline(const struct modem *modem)
{
	return scripted_const(modem)->deadline_ms;
}

static void scripted_tick(struct modem *modem, int64_t now_ms)
{
	(void)now_ms;
	scripted(modem)->counts[SCRIPTED_TICK]++;
}

static int scripted_stored(struct modem *modem, uint64_t token)
{
	struct scripted_call call = { .type = SCRIPTED_STORED, .token = token };

	return record(scripted(modem), &call);
}

static int scripted_decode(struct modem *modem, int64_t id, const uint8_t *pdu, size_t size)
{
	struct modem_scripted *self = scripted(modem);
	struct scripted_call call = { .type = SCRIPTED_DECODE, .id = id, .pdu_size = size };
	struct modem_event event = { .type = MODEM_DECODED, .id = id };
	int result;

	if (size > sizeof(call.pdu))
		return -EINVAL;
	memcpy(call.pdu, pdu, size);
	result = record(self, &call);
	if (result < 0 || self->manner != SCRIPTED_OBLIGING)
		return result;
	codec_decode(pdu, size, &event.decoded);
	return modem_scripted_inject(modem, &event);
}

static int scripted_send(struct modem *modem, const struct modem_message *message)
{
	struct modem_scripted *self = scripted(modem);
	struct scripted_call call = { .type = SCRIPTED_SEND, .message = *message };
	struct modem_event event = { .type = MODEM_SUBMITTING, .id = message->id };
	struct codec_frame frame = { .parts = 0 };
	int result = record(self, &call);

	if (result < 0 || self->manner != SCRIPTED_OBLIGING)
		return result;
	result = codec_encode(message->text, message->recipient, message->part,
		message->concat_reference, message->report, &frame);
	if (result == 0) {
		result = modem_scripted_inject(modem, &event);
		if (result < 0)
			return result;
		event.type = MODEM_SENT;
		event.reference = ++self->reference & 0xff;
	} else {
		event.type = MODEM_SEND_FAILED;
		event.permanent = true;
	}
	event.parts = frame.parts;
	return modem_scripted_inject(modem, &event);
}

static int scripted_ussd(struct modem *modem, int64_t id, const char *code)
{
	struct modem_scripted *self = scripted(modem);
	struct scripted_call call = { .type = SCRIPTED_USSD, .id = id, .code = code };
	struct modem_event event = { .type = MODEM_USSD, .id = id, .final = true };
	int result = record(self, &call);

	if (result < 0 || self->manner != SCRIPTED_OBLIGING)
		return result;
	snprintf(event.text, sizeof(event.text), "%s", code);
	return modem_scripted_inject(modem, &event);
}

static int scripted_reset(struct modem *modem, enum modem_reset how, int64_t now_ms)
{
	struct scripted_call call = { .type = SCRIPTED_RESET, .how = how, .now_ms = now_ms };

	return record(scripted(modem), &call);
}

static void scripted_close(struct modem *modem)
{
	struct modem_scripted *self = scripted(modem);

	for (struct queued *queued = self->first, *next; queued; queued = next) {
		next = queued->next;
		free(queued);
	}
	for (struct kept_call *kept = self->first_call, *next; kept; kept = next) {
		next = kept->next;
		free_call(kept);
	}
	if (self->event_fd >= 0)
		close(self->event_fd);
	free(self->name);
	free(self);
}

static const struct modem_ops scripted_ops = {
	.name = "scripted",
	.start = scripted_start,
	.fd = scripted_fd,
	.next = scripted_next,
	.deadline = scripted_deadline,
	.tick = scripted_tick,
	.stored = scripted_stored,
	.decode = scripted_decode,
	.send = scripted_send,
	.ussd = scripted_ussd,
	.reset = scripted_reset,
	.close = scripted_close,
};

int modem_scripted_new(const char *name, enum scripted_manner manner, struct modem **out)
{
	struct modem_scripted *self = calloc(1, sizeof(*self));

	if (!self)
		return -ENOMEM;
	self->modem.ops = &scripted_ops;
	self->manner = manner;
	self->last = &self->first;
	self->last_call = &self->first_call;
	self->deadline_ms = INT64_MAX;
	self->name = strdup(name);
	/* One count an event, so that it stays readable until the last was taken. */
	self->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	if (!self->name || self->event_fd < 0) {
		int result = self->name ? -errno : -ENOMEM;

		scripted_close(&self->modem);
		return result;
	}
	*out = &self->modem;
	return 0;
}
