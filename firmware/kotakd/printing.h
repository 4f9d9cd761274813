/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The paper slips: the printer's worker is supervised, and each slip is recorded before its
 * bytes go out and settled by what the printer says of it. A slip that may be on paper already
 * is printed again as a copy; one that nobody waits for any more isn't printed at all, since its
 * PIN would lie in the tray.
 */
#ifndef KOTAK_KOTAKD_PRINTING_H
#define KOTAK_KOTAKD_PRINTING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "port/printer.h"
#include "store/store.h"

/* How long a slip is worth printing after it was asked for. */
#define PRINTING_EXPIRY_MS 180000

struct kiosk;
struct printing;

enum printing_stage {
	PRINTING_WAITING, /* it is asked for; reason: why the printer can't just now */
	PRINTING_PRINTED, /* reason: PRINTER_SILENT when the printer never tells */
	PRINTING_FAILED,  /* for good */
};

/* Who wants to know; called from printing_open() and printing_tick() only. */
struct printing_listener {
	/* A slip's stage changed. reason is PRINTER_UNKNOWN when there is none to tell. */
	void (*slip)(void *context, const char *uuid, enum printing_stage stage,
		enum printer_state reason);
	/* The printer's state changed. */
	void (*printer)(void *context, bool able, enum printer_state state);
	void *context;
};

/*
 * Starts the worker of [printer] and sets kiosk->printing, which stays NULL when none is
 * configured. The listener is copied; NULL: nobody wants to know. Needs store and loop.
 * 0 or a negative errno, said in the log.
 */
must_check int printing_open(struct kiosk *kiosk, const struct printing_listener *listener);
/* Closes kiosk->printing; NULL there is fine. */
void printing_close(struct kiosk *kiosk);
/* Whatever came from the worker or became due: after every wake-up. */
void printing_tick(struct kiosk *kiosk);
/* When printing_tick() wants to be called (monotonic), INT64_MAX for never. */
int64_t printing_deadline(const struct kiosk *kiosk);

/*
 * Records a slip of this complaint, inside the caller's transaction; the next printing_tick()
 * prints it. 1: recorded, 0: there is no printer, or a negative errno.
 */
must_check int printing_ask(struct kiosk *kiosk, const struct moment *moment, const char *uuid);
/* Its visitor is gone: what isn't printed yet of this complaint never is. In a transaction too. */
must_check int printing_cancel(struct kiosk *kiosk, const char *uuid);
/* What the "printer" message says; false and PRINTER_ABSENT when there is none. */
bool printing_able(const struct kiosk *kiosk, enum printer_state *state);

/* The item "printer" of `kotakctl status`. */
struct printing_status {
	bool ok;
	char text[256];
	int64_t since_ms;   /* wall clock; 0: not known */
	const char *advice; /* NULL while ok */
};
/* 1 and *out, or 0 when no printer is configured. */
int printing_status(const struct kiosk *kiosk, struct printing_status *out);

#endif
