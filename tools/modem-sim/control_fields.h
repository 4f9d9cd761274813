/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the fields of a control request: absent or null gives the default, else it must fit. */
#ifndef MODEM_SIM_CONTROL_FIELDS_H
#define MODEM_SIM_CONTROL_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

struct modem;

#define LONGEST_MS (24 * 3600 * 1000)

/* The answer {"ok": true}. */
json_t *control_fine(void);

must_check bool field_number(const json_t *request, const char *key, int64_t least, int64_t most,
	int64_t otherwise, int64_t *number);
must_check bool field_flag(const json_t *request, const char *key, bool otherwise, bool *flag);
/* otherwise NULL: the field is needed. *text lives as long as the request. */
must_check bool field_text(
	const json_t *request, const char *key, const char *otherwise, const char **text);
/* "store": NULL when absent; false when the make has no such store. */
must_check bool field_store(struct modem *modem, const json_t *request, const char **name);

/* control_config.c and control_faults.c: the answers to these two requests. */
json_t *control_config(struct modem *modem, const json_t *request);
json_t *control_fault(struct modem *modem, const json_t *request);

#endif
