/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a complaint's page and the lists show of its kind (case.h). */
#ifndef PPIDD_DESK_CASE_H
#define PPIDD_DESK_CASE_H

#include "tools/ppidd/case.h"
#include "tools/ppidd/desk_complaint.h"

#define CASE_FORM_MOST 16384

/* What officers call a kind of case, and a ground of an objection. */
const char *desk_word_kind(const char *kind);
const char *desk_word_ground(const char *ground);

/* Whether the reader may assign and answer it. */
bool desk_case_decides(const struct request *request, const json_t *complaint);
/* What is to be known before anything else: who answers an objection, and that it came too late. */
void desk_case_hint(FILE *out, const json_t *complaint);
/* Its kind among the facts, inside a <dl>. */
void desk_case_facts(FILE *out, const json_t *complaint);
/* A word in a list, for what is no complaint. */
void desk_case_tag(FILE *out, const json_t *complaint);
/* The form to decide which kind it is. */
void desk_case_form(
	struct request *request, FILE *out, const json_t *complaint, const struct form_state *form);

#endif
