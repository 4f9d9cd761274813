/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Erasure by age, a batch at a time, once a day; and the files forget what was erased. Nothing is
 * done by a clock that only guesses.
 */
#ifndef KOTAK_KOTAKD_ERASURE_H
#define KOTAK_KOTAKD_ERASURE_H

#include "kotakd/kiosk.h"

/* When something is to be done next, by the monotonic clock. */
int64_t erasure_deadline(const struct kiosk *kiosk);
void erasure_tick(struct kiosk *kiosk);

#endif
