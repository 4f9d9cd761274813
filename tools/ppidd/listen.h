/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PPIDD_LISTEN_H
#define PPIDD_LISTEN_H

#include "tools/ppidd/config.h"

/* A listening, non-blocking socket for the configured address, or a negative errno (said). */
must_check int listen_open(const struct config *config);
/* Says in the log where the server is to be found, the port that the kernel chose included. */
void listen_announce(const struct config *config, int listener);

#endif
