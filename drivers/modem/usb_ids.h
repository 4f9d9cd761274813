/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which USB serial ports belong to modems. No other port is ever written to with "auto". */
#ifndef KOTAK_MODEM_USB_IDS_H
#define KOTAK_MODEM_USB_IDS_H

/* A port that isn't a modem's. */
#define USB_NOT_A_MODEM (-1)

/*
 * How promising a port is, by its device's USB ids and its interface number (-1: not known): the
 * lower the better, 0 where the make has its AT port; USB_NOT_A_MODEM for anything else.
 */
int usb_port_rank(int vendor, int product, int interface_number);

#endif
