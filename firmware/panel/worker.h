/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The panel worker: the process that holds keypad, display and signals and runs the conversation
 * (panel.h) by itself, so that a key is echoed at once whatever kotakd is doing.
 */
#ifndef KOTAK_PANEL_WORKER_H
#define KOTAK_PANEL_WORKER_H

#include "base/cleanup.h"
#include "port/panel.h"

/*
 * Runs until kotakd closes its end of the link (fd, a SOCK_SEQPACKET socket that this function
 * takes over); the display is wiped then. Returns an exit status: 0 when kotakd went away, 1 when
 * the worker can't go on (said in the log).
 */
must_check int panel_worker_main(int fd, const struct panel_drivers *drivers);

#endif
