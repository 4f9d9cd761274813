/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buzzer and lamp on two lines, active high. Lines that can't be had are asked for every two
 * seconds. */
#ifndef KOTAK_SIGNALS_LINE_SIGNALS_H
#define KOTAK_SIGNALS_LINE_SIGNALS_H

#include "base/cleanup.h"
#include "port/lines.h"
#include "port/signals.h"

/*
 * A line whose chip is NULL isn't there, which is no trouble. Names are copied; the source must
 * outlive it. The caller closes it. 0 or -ENOMEM.
 */
must_check int line_signals_new(struct lines_source *source, const struct lines_name *buzzer,
	const struct lines_name *lamp, struct signals **out);

#endif
