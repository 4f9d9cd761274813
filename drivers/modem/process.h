/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modem driver that kotakd uses: a worker process behind a channel, supervised. It is
 * started, pinged, killed when silent, started again after a while, and told to try harder
 * means (escalation.h) the longer the modem doesn't answer.
 */
#ifndef KOTAK_MODEM_PROCESS_H
#define KOTAK_MODEM_PROCESS_H

#include "base/cleanup.h"
#include "port/modem.h"

struct modem_process_config {
	const char *executable; /* what to run as the worker; NULL: this program itself */
	const char *device;	/* a path or "auto" */
	const char *pin;	/* of the SIM; NULL or "" for none */
};

/*
 * A modem whose worker isn't running yet: call ops->start(). Copies everything. -EINVAL when
 * pin has other than 4 to 8 digits, -ENOMEM, or the errno of what the kernel refused.
 *
 * The seam, as this driver fills it:
 * - fd() stays the same from creation to close(); poll it for input only.
 * - Call next() until it gives 0, and tick() at deadline(), which any call may have changed.
 * - start() returns 0 also when the worker can't be run just now: it is tried again.
 * - MODEM_STOPPED has final set when the worker was ended on purpose, to be replaced, and
 *   at_fault when it crashed, gave up or hung: then what it had in hand may be the cause.
 * - stored() with the token of an earlier worker does nothing: the PDU will come again.
 * - decode(), send() and ussd() give -ENOTCONN while no worker runs and -EAGAIN while its
 *   queue is full; send() gives -EBUSY while one is under way, -EMSGSIZE when the text has
 *   more than CHANNEL_TEXT_MAX bytes and -EINVAL when the worker couldn't take it.
 * - reset() gives -ENOTCONN for MODEM_RESET_SOFT while no worker runs.
 * - close() kills the worker and waits for its end.
 */
must_check int modem_process_new(
	const char *name, const struct modem_process_config *config, struct modem **out);

/*
 * The worker's main(), for kotakd's when argv has "--worker modem": reads
 * --channel N --name X --device D --recover none|soft|hard, takes the start message off the
 * channel and runs modem_worker_main(). Returns the exit status: 0, 1, or 2 for a wrong usage.
 */
must_check int modem_worker_run(int argc, char **argv);

#endif
