/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vm/finger.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "tools/panel-sim/bounce.h"
#include "tools/panel-sim/typist.h"

#define KEYS_FILE "/sys/module/key_matrix/parameters/keys"
#define US_PER_S 1000000

static const char legends[] = "123A456B789C*0#D";

struct finger {
	struct tracing *tracing;
	int keys, wake;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* of all below */
	bool stop;
	struct typist typist;
	struct bounce bounce;
	unsigned closed; /* as the kernel was told, a bit a contact */
	uint64_t contacts;
	int64_t pressed_us;
};

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

static void tell_kernel(struct finger *finger)
{
	char text[16];
	unsigned closed = 0;

	for (unsigned i = 0; i < BOUNCE_CONTACTS; i++)
		closed |= finger->bounce.contacts[i].closed ? 1U << i : 0;
	if (closed == finger->closed)
		return;
	finger->closed = closed;
	finger->contacts++;
	snprintf(text, sizeof(text), "0x%x", closed);
	if (pwrite(finger->keys, text, strlen(text), 0) < 0)
		perror(KEYS_FILE);
}

static void move(struct finger *finger, unsigned contact, bool pressed)
{
	int64_t now = now_us();

	if (pressed) {
		finger->pressed_us = now;
		if (finger->tracing && tracing_mark(finger->tracing, legends[contact]) < 0)
			perror("trace_marker");
	}
	bounce_move(&finger->bounce, contact, pressed, now);
	tell_kernel(finger);
}

/* Moves what is due; returns when something is next. */
static int64_t move_all(struct finger *finger)
{
	struct typist_move due;
	unsigned contact;
	int64_t time_us;

	while (bounce_step(&finger->bounce, now_us(), &contact, &time_us))
		tell_kernel(finger);
	while (typist_step(&finger->typist, now_us(), &due))
		move(finger, due.contact, due.pressed);
	time_us = typist_deadline(&finger->typist);
	return bounce_deadline(&finger->bounce) < time_us ? bounce_deadline(&finger->bounce)
							  : time_us;
}

static void *run(void *argument)
{
	struct finger *finger = argument;
	struct pollfd woken = { .fd = finger->wake, .events = POLLIN };
	struct timespec wait;
	int64_t next, left;
	uint64_t count;

	pthread_mutex_lock(&finger->lock);
	while (!finger->stop) {
		next = move_all(finger);
		pthread_mutex_unlock(&finger->lock);
		left = next == INT64_MAX ? 0 : next - now_us();
		left = left < 0 ? 0 : left;
		wait = (struct timespec) { .tv_sec = left / US_PER_S,
			.tv_nsec = left % US_PER_S * 1000 };
		if (ppoll(&woken, 1, next == INT64_MAX ? NULL : &wait, NULL) > 0 &&
			read(finger->wake, &count, sizeof(count)) < 0)
			perror("finger");
		pthread_mutex_lock(&finger->lock);
	}
	pthread_mutex_unlock(&finger->lock);
	return NULL;
}

static void wake(struct finger *finger)
{
	uint64_t one = 1;

	if (write(finger->wake, &one, sizeof(one)) < 0)
		perror("finger");
}

int finger_new(struct tracing *tracing, struct finger **out)
{
	struct finger *finger = calloc(1, sizeof(*finger));
	struct sched_param priority = { .sched_priority = 80 };
	pthread_attr_t attributes;
	int result;

	if (!finger)
		return -ENOMEM;
	finger->tracing = tracing;
	finger->pressed_us = -1;
	pthread_mutex_init(&finger->lock, NULL);
	bounce_init(&finger->bounce, 1, 0, 0);
	finger->keys = open(KEYS_FILE, O_WRONLY | O_CLOEXEC);
	finger->wake = eventfd(0, EFD_CLOEXEC);
	if (finger->keys < 0 || finger->wake < 0) {
		result = -errno;
		finger_free(finger);
		return result;
	}
	pthread_attr_init(&attributes);
	pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attributes, SCHED_FIFO);
	pthread_attr_setschedparam(&attributes, &priority);
	result = -pthread_create(&finger->thread, &attributes, run, finger);
	pthread_attr_destroy(&attributes);
	finger->running = !result;
	if (result) {
		finger_free(finger);
		return result;
	}
	*out = finger;
	return 0;
}

void finger_free(struct finger *finger)
{
	if (!finger)
		return;
	if (finger->running) {
		pthread_mutex_lock(&finger->lock);
		finger->stop = true;
		bounce_init(&finger->bounce, 1, 0, 0);
		tell_kernel(finger);
		pthread_mutex_unlock(&finger->lock);
		wake(finger);
		pthread_join(finger->thread, NULL);
	}
	pthread_mutex_destroy(&finger->lock);
	if (finger->keys >= 0)
		close(finger->keys);
	if (finger->wake >= 0)
		close(finger->wake);
	free(finger->typist.strokes);
	free(finger);
}

void finger_bounce(struct finger *finger, uint64_t seed, int64_t least_us, int64_t most_us)
{
	pthread_mutex_lock(&finger->lock);
	finger->bounce.random = seed;
	finger->bounce.least_us = least_us;
	finger->bounce.most_us = most_us;
	pthread_mutex_unlock(&finger->lock);
}

static int contact_of(char key)
{
	const char *found = key ? strchr(legends, key) : NULL;

	return found ? (int)(found - legends) : -1;
}

int finger_type(struct finger *finger, const char *keys, int64_t down_us, int64_t gap_us)
{
	struct stroke stroke = { .down_us = down_us, .gap_us = gap_us };
	int contact, result = 0;

	pthread_mutex_lock(&finger->lock);
	for (; *keys && !result; keys++) {
		contact = contact_of(*keys);
		stroke.contact = (unsigned)contact;
		result = contact < 0 ? -EINVAL : typist_add(&finger->typist, &stroke, 1, now_us());
	}
	pthread_mutex_unlock(&finger->lock);
	wake(finger);
	return result;
}

int finger_hold(struct finger *finger, char key, bool down)
{
	int contact = contact_of(key);

	if (contact < 0)
		return -EINVAL;
	pthread_mutex_lock(&finger->lock);
	move(finger, (unsigned)contact, down);
	pthread_mutex_unlock(&finger->lock);
	wake(finger);
	return 0;
}

bool finger_rests(struct finger *finger)
{
	bool rests;

	pthread_mutex_lock(&finger->lock);
	rests = typist_deadline(&finger->typist) == INT64_MAX &&
		bounce_deadline(&finger->bounce) == INT64_MAX;
	pthread_mutex_unlock(&finger->lock);
	return rests;
}

uint64_t finger_contacts(struct finger *finger)
{
	uint64_t contacts;

	pthread_mutex_lock(&finger->lock);
	contacts = finger->contacts;
	pthread_mutex_unlock(&finger->lock);
	return contacts;
}

int64_t finger_pressed_us(struct finger *finger)
{
	int64_t pressed_us;

	pthread_mutex_lock(&finger->lock);
	pressed_us = finger->pressed_us;
	pthread_mutex_unlock(&finger->lock);
	return pressed_us;
}
