/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sets one make of modem apart from another, as data: a new make is a new table.
 * The values follow the makers' AT command manuals and what users of these modems report.
 */
#ifndef MODEM_SIM_MAKE_H
#define MODEM_SIM_MAKE_H

#include <stdbool.h>
#include <stddef.h>

/* AT+CMGR of a slot that holds nothing. */
enum empty_slot {
	EMPTY_SLOT_ERROR, /* +CMS ERROR: 321 */
	EMPTY_SLOT_OK,	  /* OK alone */
	EMPTY_SLOT_ZERO,  /* +CMGR: 0,,0, an empty line, OK */
};

/* How the text of +CUSD is written. */
enum ussd_form {
	USSD_CHARSET, /* in the set chosen with +CSCS; UCS-2 hex when it doesn't fit */
	USSD_UCS2,    /* always UCS-2 hex */
	USSD_PACKED,  /* septets packed and in hex, in both directions; UCS-2 hex otherwise */
};

/* A line that comes by itself after a start. */
struct boot_line {
	int after_ms; /* after the modem answers again */
	const char *text;
	bool needs_sim; /* only when the SIM is open */
};

struct make {
	const char *name;	   /* for --make */
	const char *manufacturer;  /* +CGMI */
	const char *model;	   /* +CGMM */
	const char *revision;	   /* +CGMR */
	const char *identity;	   /* +CGSN */
	const char *information;   /* ATI, a line a line */
	unsigned first_index;	   /* of every store */
	const char *stores[5];	   /* for +CPMS, in the maker's order; "MT" is ME and SM together */
	const char *default_store; /* for messages */
	const char *report_store;  /* for reports when +CNMI asks to store them */
	enum empty_slot empty_slot;
	bool delete_empty_fails; /* +CMGD of an empty slot: +CMS ERROR: 321 instead of OK */
	bool delete_lists_used;	 /* +CMGD=? lists the slots in use instead of a range */
	enum ussd_form ussd_form;
	bool lte;    /* +CEREG, and the access technology in +COPS */
	bool huawei; /* ^CURC, ^PORTSEL, ^SYSINFO, and ^RSSI when the signal changes */
	const char *prompt;
	const char *notices;	     /* +CNMI=? */
	unsigned default_notices[5]; /* +CNMI after a start */
	const char *charsets;	     /* +CSCS=? */
	const char *full_line;	     /* said when a store is full; may have %s for the store */
	const char *chatter[4];	     /* what it says by itself at times */
	struct boot_line boot[8];    /* ends with a NULL text */
	int send_ms;		     /* from Ctrl-Z to the network's answer, unless configured */
};

/* NULL when there is no such make. */
const struct make *make_find(const char *name);
/* The names of all makes, for a usage message. */
const char *make_names(void);

#endif
