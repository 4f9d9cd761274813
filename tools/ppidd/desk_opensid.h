/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the desk shows of a complaint's copy in OpenSID. */
#ifndef PPIDD_DESK_OPENSID_H
#define PPIDD_DESK_OPENSID_H

#include <jansson.h>
#include <stdio.h>

/* An event of the copy's life in words; NULL for other events. */
const char *desk_opensid_words(const json_t *event);
/* The newest answer proposed there that no answer followed, of a history; NULL: none. */
const json_t *desk_opensid_proposal(const json_t *history);
/* Above the form that is filled with it: whose words these are; nothing for NULL. */
void desk_opensid_hint(FILE *out, const json_t *proposal);

/* What the list says of OpenSID, each for those whose business it is. */
struct desk_opensid {
	json_t *proposals, *silent; /* of opensid_proposals() and opensid_silent() */
};
struct request;
int desk_opensid_read(struct request *request, struct desk_opensid *news);
void desk_opensid_show(FILE *out, const struct desk_opensid *news);
void desk_opensid_free(struct desk_opensid *news);

#endif
