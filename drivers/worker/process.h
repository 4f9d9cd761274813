/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The real worker of port/worker.h: a child process behind a link. Its heart is looked at every
 * ten seconds; one that is silent for twenty is killed. One that ends is started again, at once
 * the first time, then after pauses that double up to ten seconds, from the beginning once it
 * has lived for a minute.
 */
#ifndef KOTAK_WORKER_PROCESS_H
#define KOTAK_WORKER_PROCESS_H

#include "base/cleanup.h"
#include "port/worker.h"

/*
 * A worker that isn't running yet, to be run as "EXECUTABLE --worker NAME" with its end of the
 * link as descriptor CHILD_CHANNEL; executable NULL: this program itself. Copies everything.
 * -ENOMEM, or the errno of what the kernel refused.
 */
must_check int worker_process_new(const char *name, const char *executable, struct worker **out);

#endif
