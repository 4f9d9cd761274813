/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/usb_ids.h"

#include <stddef.h>

#include "base/cleanup.h"

#define ANY (-1)

/* Ranks of ports for which the table has no place. */
#define RANK_NEUTRAL 10
#define RANK_AVOID 20 /* diagnostics, GPS: silent at best */

struct usb_maker {
	int vendor;
	int first_product; /* lower ones are something else: GPS receivers, hubs */
	/* Interfaces that speak AT, best first, and those that don't; ANY ends a list. */
	int preferred[3];
	int avoided[3];
};

static const struct usb_maker makers[] = {
	/* Huawei: a "modem" port and a "PC UI" port, the diagnostics one between them. */
	{ 0x12d1, 0, { 2, 0, ANY }, { 1, ANY, ANY } },
	/* Quectel: 0 diagnostics, 1 GPS, 2 AT, 3 modem. */
	{ 0x2c7c, 0, { 2, 3, ANY }, { 0, 1, ANY } },
	/* SIMCom (Qualcomm): 0 diagnostics, 1 GPS, 2 AT, 3 modem, 4 audio. */
	{ 0x1e0e, 0, { 2, 3, ANY }, { 0, 1, 4 } },
	{ 0x05c6, 0, { 2, 3, ANY },
		{ 0, 1, ANY } }, /* Qualcomm, as older Quectel and SIMCom have it */
	{ 0x19d2, 0, { 1, 2, ANY }, { 0, ANY, ANY } },	      /* ZTE */
	{ 0x1bc7, 0, { 2, 3, ANY }, { 0, ANY, ANY } },	      /* Telit */
	{ 0x1199, 0, { 3, 2, ANY }, { 0, ANY, ANY } },	      /* Sierra Wireless */
	{ 0x1546, 0x1000, { 0, 2, ANY }, { ANY, ANY, ANY } }, /* u-blox */
	{ 0x2cb7, 0, { 2, 0, ANY }, { ANY, ANY, ANY } },      /* Fibocom */
	{ 0x1e2d, 0, { 0, 2, ANY }, { ANY, ANY, ANY } },      /* Gemalto, Cinterion */
	{ 0x0681, 0, { 0, ANY, ANY }, { ANY, ANY, ANY } },    /* Siemens */
	{ 0x1c9e, 0, { 2, 1, ANY }, { 0, ANY, ANY } },	      /* Longcheer, sold by many */
	{ 0x1bbb, 0, { 1, 2, ANY }, { 0, ANY, ANY } },	      /* Alcatel */
	{ 0x2020, 0, { 2, 1, ANY }, { 0, ANY, ANY } },	      /* BroadMobi */
	{ 0x0af0, 0, { 0, ANY, ANY }, { ANY, ANY, ANY } },    /* Option */
	{ 0x1410, 0, { 1, 0, ANY }, { ANY, ANY, ANY } },      /* Novatel */
	{ 0x413c, 0x8000, { 2, 3, ANY }, { 0, ANY, ANY } },   /* Dell's mobile broadband */
	{ 0x1782, 0, { 0, 1, ANY }, { ANY, ANY, ANY } },      /* Spreadtrum, UNISOC */
	{ 0x2949, 0, { 2, 1, ANY }, { 0, ANY, ANY } },	      /* MeiG */
	{ 0x305a, 0, { 2, 1, ANY }, { 0, ANY, ANY } },	      /* Neoway */
};

int usb_port_rank(int vendor, int product, int interface_number)
{
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++) {
		const struct usb_maker *maker = &makers[i];

		if (maker->vendor != vendor || product < maker->first_product)
			continue;
		if (interface_number < 0)
			return RANK_NEUTRAL;
		for (int place = 0; place < 3; place++) {
			if (maker->preferred[place] == interface_number)
				return place;
			if (maker->avoided[place] == interface_number)
				return RANK_AVOID;
		}
		return RANK_NEUTRAL;
	}
	return USB_NOT_A_MODEM;
}
