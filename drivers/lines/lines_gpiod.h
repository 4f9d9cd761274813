/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of the kernel's GPIO chips (/dev/gpiochip*), by libgpiod. Two files implement it, for 1.6
 * and for 2.x; the build takes the one whose library is there. They behave the same.
 */
#ifndef KOTAK_LINES_LINES_GPIOD_H
#define KOTAK_LINES_LINES_GPIOD_H

#include "base/cleanup.h"
#include "port/lines.h"

/* The caller closes it, after its groups. 0 or -ENOMEM: chips are looked for at each request. */
must_check int lines_gpiod_source_new(struct lines_source **out);

#endif
