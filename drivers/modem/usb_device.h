/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The USB device behind a port: its place in /sys, and claiming it as a whole. */
#ifndef KOTAK_MODEM_USB_DEVICE_H
#define KOTAK_MODEM_USB_DEVICE_H

#include "base/cleanup.h"

/* Its directory in /sys, which the caller frees; NULL when there is no USB device behind a tty. */
char *usb_device_of(const char *tty_path);

/* A number that stands in one of its files ("busnum", or "idVendor" in hex); -1 when there is none.
 */
int usb_device_number(const char *directory, const char *name, int base);

/*
 * Claims the modem that a tty belongs to, so that two workers don't talk to one modem by two of
 * its ports. Returns a descriptor to be closed in the end; -EBUSY when another has claimed it;
 * -ENODEV when it isn't a known modem (an adapter may carry a modem on each of its ports).
 */
must_check int usb_device_claim(const char *tty_path);

#endif
