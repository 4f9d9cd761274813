/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The administrator's page of other portals' keys. Handlers of open311_routes[]. */
#ifndef PPIDD_DESK_APIKEY_H
#define PPIDD_DESK_APIKEY_H

#include "tools/ppidd/http.h"

int desk_get_apikeys(struct request *request);
int desk_post_apikey(struct request *request);
int desk_post_apikey_revoke(struct request *request);

#endif
