/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the error numbers of 27.005 section 3.2.5 and 27.007 section 9.2 mean for us. */
#ifndef KOTAK_MODEM_AT_ERRORS_H
#define KOTAK_MODEM_AT_ERRORS_H

#include <stdbool.h>

#include "modem/at_channel.h"

/* Whether a message that got this +CMS ERROR will get it again whenever it is sent. */
bool at_cms_permanent(int code);

/* Whether an answer to AT+CMGR or AT+CMGD says that the slot is empty or doesn't exist. */
bool at_says_empty(const struct at_answer *answer);

#endif
