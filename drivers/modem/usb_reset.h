/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last means before the power line: make the kernel reset the USB device behind a port. */
#ifndef KOTAK_MODEM_USB_RESET_H
#define KOTAK_MODEM_USB_RESET_H

#include "base/cleanup.h"

/*
 * Resets the USB device that a tty belongs to. The tty goes away and comes back, maybe under
 * another name. -ENODEV when there is no USB device behind it, -EACCES without the right to
 * write to its node in /dev/bus/usb, else errno of the reset.
 */
must_check int usb_reset_port(const char *tty_path);

#endif
