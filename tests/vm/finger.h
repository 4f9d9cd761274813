/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finger on the virtual machine's key matrix: contacts that close, open and bounce in a thread
 * of real-time priority, so that they move while a driver is in the middle of its scan. Each press
 * leaves a mark in the kernel's record. Times are CLOCK_MONOTONIC.
 */
#ifndef TESTS_VM_FINGER_H
#define TESTS_VM_FINGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "tests/vm/tracing.h"

#define FINGER_DOWN_US 90000
#define FINGER_GAP_US 90000

struct finger;

/* tracing may be NULL and must outlive the finger. Contacts don't bounce. 0 or -errno. */
must_check int finger_new(struct tracing *tracing, struct finger **out);
/* Lets go of everything; NULL is fine. */
void finger_free(struct finger *finger);

/* From now on contacts bounce for so long, at a press and at a release. */
void finger_bounce(struct finger *finger, uint64_t seed, int64_t least_us, int64_t most_us);
/* Types the keys one after the other behind those that wait. 0, -EINVAL (no such key), -errno. */
must_check int finger_type(
	struct finger *finger, const char *keys, int64_t down_us, int64_t gap_us);
/* Holds a key down or lets it go, beside what is typed. */
must_check int finger_hold(struct finger *finger, char key, bool down);
/* Whether nothing waits to be typed and no contact moves. */
bool finger_rests(struct finger *finger);
/* How often a contact closed or opened so far. */
uint64_t finger_contacts(struct finger *finger);
/* CLOCK_MONOTONIC of the last press of a key, -1: none. */
int64_t finger_pressed_us(struct finger *finger);

#endif
