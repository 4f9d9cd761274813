/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers of the control socket, and the fields of its requests. */
#ifndef PANEL_SIM_CONTROL_FIELDS_H
#define PANEL_SIM_CONTROL_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim.h"

/* {"ok": true} */
json_t *control_fine(void);
/* {"ok": true} with what content has; takes content over. */
json_t *control_fine_with(json_t *content);
/* {"ok": false, "error": …} */
json_t *control_refusal(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Each reads one field, or takes otherwise when it is absent or null; false: it can't be that. */
bool field_number(const json_t *request, const char *key, int64_t least, int64_t most,
	int64_t otherwise, int64_t *number);
bool field_flag(const json_t *request, const char *key, bool otherwise, bool *flag);
/* Without otherwise (NULL) it must be there. */
bool field_text(const json_t *request, const char *key, const char *otherwise, const char **text);
/* "key": a key of the keypad. */
bool field_key(const struct sim *sim, const json_t *request, unsigned *contact);

/* control_faults.c: the answer to "fault", and all faults undone. */
json_t *control_fault(struct sim *sim, const json_t *request);
void control_mend(struct sim *sim);

#endif
