/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A JSON value that is let go of at the end of its scope. */
#ifndef KOTAK_BASE_JSON_H
#define KOTAK_BASE_JSON_H

#include <jansson.h>

#include "base/cleanup.h"

DEFINE_CLEANUP(json, json_t *, json_decref);
#define autojson __attribute__((cleanup(json_cleanup)))

#endif
