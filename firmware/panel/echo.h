/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long keys take until the display shows them: figures for the status. */
#ifndef KOTAK_PANEL_ECHO_H
#define KOTAK_PANEL_ECHO_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* So many of the latest count. */
#define ECHO_KEPT 1000

struct echo {
	int32_t us[ECHO_KEPT];
	uint64_t count; /* ever */
};

void echo_add(struct echo *echo, int64_t us);
/* {"count", "p50_us", "p99_us", "max_us"} of the latest; NULL without memory. */
json_t *echo_figures(const struct echo *echo);

#endif
