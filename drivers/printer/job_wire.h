/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The message "job" of docs/panel.md. */
#ifndef KOTAK_PRINTER_JOB_WIRE_H
#define KOTAK_PRINTER_JOB_WIRE_H

#include <jansson.h>

#include "base/cleanup.h"
#include "port/printer.h"

/* 0, or -EPROTO for anything that isn't a job that fits (out is undefined then). */
must_check int job_from_message(const json_t *message, struct printer_job *out);

#endif
