/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of the simulated panel (docs/panel.md): one connection to its socket for each group. When
 * the simulator is gone every call of the group gives -ENODEV; a new request connects anew.
 */
#ifndef KOTAK_LINES_LINES_SIM_H
#define KOTAK_LINES_LINES_SIM_H

#include "base/cleanup.h"
#include "port/lines.h"

/* The path is copied; the caller closes the source, after its groups. 0 or -ENOMEM. */
must_check int lines_sim_source_new(const char *socket_path, struct lines_source **out);

#endif
