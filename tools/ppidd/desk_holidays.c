/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/http.h"

const struct route holiday_routes[] = {
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
