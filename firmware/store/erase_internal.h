/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What erasure on command and by age share. */
#ifndef KOTAK_STORE_ERASE_INTERNAL_H
#define KOTAK_STORE_ERASE_INTERNAL_H

#include "store/complaint.h"
#include "store/erase.h"

/* The rows of a complaint that hold words or a number; the complaint itself stays. */
must_check int store_erase_rows(struct store *store, const struct complaint *complaint);

/* What a number asked for, with the words of the events that say so. */
must_check int store_erase_contact(struct store *store, const char *number);

#endif
