/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)

#define BACKOFF_FIRST SECOND
#define BACKOFF_YOUNG (5 * SECOND)
#define OUTAGE_YOUNG (10 * MINUTE)
#define OUTAGE_FRACTION 20
#define BACKOFF_MOST (15 * MINUTE)

/* A missing token file, or a refused token's successor, is looked for so often. */
#define TOKEN_LOOK (5 * SECOND)
/* A good answer is noted in the database at most so often: each note is a write to the card. */
#define CONTACT_NOTE MINUTE
/* Without a long poll the server is asked so often whether it has something for us. */
#define PROBE_INSTEAD_OF_POLL MINUTE

int64_t sync_backoff(unsigned failures, int64_t outage_ms, uint32_t random)
{
	unsigned doublings = failures > 20 ? 20 : failures ? failures - 1 : 0;
	int64_t delay = BACKOFF_FIRST << doublings;
	int64_t most = outage_ms < OUTAGE_YOUNG ? BACKOFF_YOUNG
						: BACKOFF_YOUNG + outage_ms / OUTAGE_FRACTION;

	if (most > BACKOFF_MOST)
		most = BACKOFF_MOST;
	if (delay > most)
		delay = most;
	return delay - delay / 4 * (int64_t)(random % 1001) / 1000;
}

/* xorshift: jitter needs no secrecy, but a seed must give the same again. */
static uint32_t next_random(struct sync *sync)
{
	sync->random ^= sync->random << 13;
	sync->random ^= sync->random >> 17;
	sync->random ^= sync->random << 5;
	return sync->random;
}

int sync_push(struct sync *sync, struct sync_slot *slot, enum sync_request request,
	const char *path, const char *body, int64_t timeout_ms)
{
	const struct uplink_request what = {
		.tag = ++sync->last_tag,
		.path = path,
		.token = sync->token,
		.body = body,
		.timeout_ms = timeout_ms,
	};
	int error = sync->uplink->ops->push(sync->uplink, &what);

	if (error < 0)
		return error;
	slot->request = request;
	slot->tag = what.tag;
	slot->started_ms = sync->now_ms;
	return 0;
}

void sync_cancel(struct sync *sync, struct sync_slot *slot)
{
	if (slot->request != REQUEST_NONE)
		sync->uplink->ops->cancel(sync->uplink, slot->tag);
	slot->request = REQUEST_NONE;
}

/* Writes contact and trouble down, for readers of the database. */
static void note_contact(struct sync *sync, int64_t contact_ms)
{
	int error = store_begin(sync->store);

	if (error < 0)
		return;
	error = store_sync_contact(sync->store, contact_ms, sync->trouble_text);
	if (error == 0)
		error = store_commit(sync->store);
	if (error < 0)
		store_rollback(sync->store);
}

void sync_say(struct sync *sync, enum sync_trouble kind, const char *format, ...)
{
	va_list arguments;

	if (kind == sync->trouble)
		return;
	va_start(arguments, format);
	vsnprintf(sync->trouble_text, sizeof(sync->trouble_text), format, arguments);
	va_end(arguments);
	sync->trouble = kind;
	log_warning("sync: %s", sync->trouble_text);
	note_contact(sync, 0);
}

void sync_contact(struct sync *sync)
{
	bool better = sync->trouble != TROUBLE_NONE && !sync->batch_failing;

	if (sync->state != SYNC_UP)
		log_notice("sync: the server answers");
	sync_enter(sync, SYNC_UP);
	sync->refused = false;
	if (better) {
		sync->trouble = TROUBLE_NONE;
		*sync->trouble_text = '\0';
	}
	if (!better && sync->contact_noted_ms &&
		sync->now_ms - sync->contact_noted_ms < CONTACT_NOTE)
		return;
	sync->contact_noted_ms = sync->now_ms;
	note_contact(sync, sync->moment->now_ms);
}

void sync_enter(struct sync *sync, enum sync_state state)
{
	if (state == sync->state)
		return;
	sync->state = state;
	sync->since_ms = sync->moment->now_ms;
}

void sync_postpone(struct sync *sync, struct sync_slot *slot)
{
	if (sync->upload.failures == 0 && sync->inbox.failures == 0)
		sync->outage_since_ms = sync->now_ms;
	slot->failures++;
	slot->not_before_ms =
		sync->now_ms + sync_backoff(slot->failures, sync->now_ms - sync->outage_since_ms,
				       next_random(sync));
}

void sync_refused(struct sync *sync, int status)
{
	sync_say(sync, TROUBLE_REFUSED,
		"the server refuses this kiosk's token (HTTP %d): it was revoked or belongs to "
		"another server; enrol kiosk %u again with kotakctl enroll",
		status, sync->kiosk);
	sync_enter(sync, SYNC_REFUSED);
	sync->refused = true;
	sync->probe_due = true;
	sync->token_look_ms = sync->now_ms + TOKEN_LOOK;
	sync_cancel(sync, &sync->inbox);
	/* Asking again with the same token can only help once somebody acted at the server. */
	sync_postpone(sync, &sync->upload);
	sync->upload.not_before_ms += MINUTE;
}

json_t *sync_json(const struct uplink_response *response)
{
	json_t *answer = response->body ? json_loadb(response->body, response->size,
						  JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL)
					: NULL;

	if (answer && !json_is_object(answer)) {
		json_decref(answer);
		return NULL;
	}
	return answer;
}

int64_t sync_number(const json_t *value)
{
	/* What JSON's readers agree upon; far from where arithmetic with it could overflow. */
	static const int64_t most = INT64_C(1) << 53;
	int64_t number = json_is_integer(value) ? json_integer_value(value) : -1;

	return number >= 0 && number <= most ? number : -1;
}

bool sync_page_missing(int status)
{
	return status == 404 || status == 405 || status == 410 || status == 501;
}

/* Reads the token anew before each request: enrolling again takes effect at once. */
static bool token_ready(struct sync *sync)
{
	char token[TOKEN_SIZE];
	int error = token_read(sync->token_file, token);

	if (error == 0) {
		if (strcmp(token, sync->token) == 0)
			return true;
		memcpy(sync->token, token, sizeof(token));
		sync->refused = false;
		sync->probe_due = true;
		sync->upload.failures = 0;
		sync->upload.not_before_ms = sync->now_ms;
		return true;
	}
	if (error == -ENOENT || error == -ENOTDIR)
		sync_say(sync, TROUBLE_NOT_ENROLLED,
			"not enrolled: add kiosk %u at the server and run kotakctl enroll URL CODE",
			sync->kiosk);
	else if (error == -EBADMSG)
		sync_say(sync, TROUBLE_TOKEN_FILE,
			"%s holds no token: enrol again with kotakctl enroll", sync->token_file);
	else
		sync_say(sync, TROUBLE_TOKEN_FILE, "%s can't be read (%s): check its owner",
			sync->token_file, strerror(-error));
	sync_enter(sync, SYNC_NOT_ENROLLED);
	*sync->token = '\0';
	sync_cancel(sync, &sync->inbox);
	return false;
}

int sync_new(struct store *store, struct uplink *uplink, const struct sync_config *config,
	struct sync **out)
{
	struct sync *sync = calloc(1, sizeof(*sync));

	if (!sync)
		return -ENOMEM;
	sync->token_file = strdup(config->token_file);
	if (!sync->token_file) {
		free(sync);
		return -ENOMEM;
	}
	sync->store = store;
	sync->uplink = uplink;
	sync->kiosk = config->kiosk;
	sync->random = config->seed ? config->seed : randombytes_random() | 1;
	sync->probe_due = true;
	sync->events_due = true;
	*out = sync;
	return 0;
}

void sync_free(struct sync *sync)
{
	if (!sync)
		return;
	sync_cancel(sync, &sync->upload);
	sync_cancel(sync, &sync->inbox);
	sodium_memzero(sync->token, sizeof(sync->token));
	free(sync->token_file);
	free(sync);
}

void sync_wake(struct sync *sync)
{
	sync->events_due = true;
	/* Somebody may just have enrolled this kiosk. */
	sync->token_look_ms = 0;
}

static void take_answer(struct sync *sync, const struct uplink_response *response)
{
	struct sync_slot *slot = response->tag == sync->upload.tag ? &sync->upload : &sync->inbox;
	enum sync_request request = slot->request;

	/* The answer to a request that was given up meanwhile. */
	if (response->tag != slot->tag || request == REQUEST_NONE)
		return;
	slot->request = REQUEST_NONE;
	if (response->status == 401 || response->status == 403)
		sync_refused(sync, response->status);
	else if (request == REQUEST_HASHES)
		conflict_hashes(sync, response);
	else if (slot == &sync->upload)
		upload_answer(sync, request, response);
	else
		inbox_answer(sync, request, response);
}

static void take_answers(struct sync *sync)
{
	struct uplink_response response;
	int result;

	while ((result = sync->uplink->ops->next(sync->uplink, &response)) > 0) {
		take_answer(sync, &response);
		free(response.body);
		free(response.error);
	}
	if (result < 0)
		log_error("sync: the uplink failed: %s", strerror(-result));
}

static bool upload_wanted(const struct sync *sync)
{
	return sync->probe_due || sync->events_due || sync->fork.active;
}

/* Commands are taken only once we know that our database isn't an older copy. */
static bool inbox_allowed(const struct sync *sync)
{
	if (sync->fork.active || sync->refused)
		return false;
	return sync->probe_useless || (sync->state == SYNC_UP && !sync->probe_due);
}

static int64_t upload_deadline(const struct sync *sync)
{
	if (sync->upload.request != REQUEST_NONE)
		return INT64_MAX;
	if (upload_wanted(sync))
		return sync->upload.not_before_ms;
	if (sync->now_ms < sync->poll_absent_until_ms)
		return sync->upload.started_ms + PROBE_INSTEAD_OF_POLL;
	return INT64_MAX;
}

static int64_t inbox_deadline(const struct sync *sync)
{
	if (sync->inbox.request != REQUEST_NONE || !inbox_allowed(sync))
		return INT64_MAX;
	return sync->inbox.not_before_ms;
}

static void start_requests(struct sync *sync)
{
	bool look = (!*sync->token || sync->refused) && sync->now_ms >= sync->token_look_ms;
	bool upload = sync->now_ms >= upload_deadline(sync);
	bool inbox = sync->now_ms >= inbox_deadline(sync);

	if (!*sync->token && !look)
		return;
	if (!look && !upload && !inbox)
		return;
	if (look)
		sync->token_look_ms = sync->now_ms + TOKEN_LOOK;
	if (!token_ready(sync))
		return;
	if (sync->now_ms >= upload_deadline(sync)) {
		if (!upload_wanted(sync))
			sync->probe_due = true;
		upload_start(sync);
	}
	if (sync->now_ms >= inbox_deadline(sync))
		inbox_start(sync);
}

int sync_handle(struct sync *sync, const struct moment *moment, int64_t now_mono_ms)
{
	sync->moment = moment;
	sync->now_ms = now_mono_ms;
	sync->commands_taken = 0;
	take_answers(sync);
	start_requests(sync);
	sync->moment = NULL;
	return sync->commands_taken;
}

int64_t sync_deadline(const struct sync *sync)
{
	int64_t upload = upload_deadline(sync);
	int64_t inbox = inbox_deadline(sync);
	int64_t first = upload < inbox ? upload : inbox;

	if (!*sync->token)
		return sync->token_look_ms;
	if (sync->refused && sync->token_look_ms < first)
		return sync->token_look_ms;
	return first;
}

int sync_status(struct sync *sync, struct sync_status *status)
{
	struct sync_place place;
	int error = store_sync_place(sync->store, &place);

	*status = (struct sync_status) { .state = sync->state, .since_ms = sync->since_ms };
	if (error == 0)
		error = store_sync_waiting(sync->store, &status->waiting);
	if (error < 0)
		return error;
	status->contact_ms = place.contact_ms;
	snprintf(status->trouble, sizeof(status->trouble), "%s", sync->trouble_text);
	return 0;
}

const char *sync_state_name(enum sync_state state)
{
	static const char *const names[] = { "starting", "not enrolled", "refused", "down", "up" };

	return names[state];
}
