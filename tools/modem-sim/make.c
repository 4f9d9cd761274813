/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "make.h"

#include <string.h>

#include "base/cleanup.h"

static const struct make makes[] = {
	{
		.name = "sim800",
		.manufacturer = "SIMCOM_Ltd",
		.model = "SIMCOM_SIM800L",
		.revision = "Revision:1418B05SIM800L24",
		.identity = "867959031234561",
		.information = "SIM800 R14.18",
		.first_index = 1,
		.stores = { "SM", "ME", "MT" },
		.default_store = "SM",
		.report_store = "SM",
		.empty_slot = EMPTY_SLOT_ZERO,
		.delete_lists_used = true,
		.ussd_form = USSD_CHARSET,
		.prompt = "\r\n> ",
		.notices = "(0,1,2,3),(0,1,2,3),(0,2),(0,1),(0,1)",
		.default_notices = { 2, 1, 0, 0, 0 },
		.charsets = "\"IRA\",\"GSM\",\"UCS2\",\"HEX\",\"PCCP\",\"PCDN\",\"8859-1\"",
		.full_line = "+SMS FULL",
		.chatter = { "*PSUTTZ: 2026,11,24,10,15,0,\"+28\",0", "DST: 0",
			"+CIEV: 10,\"51010\",\"TELKOMSEL\",\"TELKOMSEL\", 0, 0" },
		.boot = { { 0, "RDY", false }, { 10, "+CFUN: 1", false },
			{ 20, "+CPIN: READY", true }, { 200, "Call Ready", true },
			{ 300, "*PSUTTZ: 2026,11,24,10,15,0,\"+28\",0", true },
			{ 310, "DST: 0", true }, { 400, "SMS Ready", true } },
		.send_ms = 20,
	},
	{
		.name = "sim7600",
		.manufacturer = "SIMCOM INCORPORATED",
		.model = "SIMCOM_SIM7600E-H",
		.revision = "+CGMR: LE20B03SIM7600M22",
		.identity = "867584031234566",
		.information = "Manufacturer: SIMCOM INCORPORATED\nModel: SIMCOM_SIM7600E-H\n"
			       "Revision: SIM7600M22_V2.0\nIMEI: 867584031234566\n+GCAP: +CGSM",
		.first_index = 0,
		.stores = { "ME", "MT", "SM", "SR" },
		.default_store = "ME",
		.report_store = "SR",
		.empty_slot = EMPTY_SLOT_ERROR,
		.ussd_form = USSD_UCS2,
		.lte = true,
		.prompt = "\r\n> ",
		.notices = "(0,1,2),(0,1,2,3),(0,2),(0,1,2),(0,1)",
		.default_notices = { 2, 1, 0, 0, 0 },
		.charsets = "\"IRA\",\"UCS2\",\"GSM\"",
		.full_line = "+SMS FULL",
		.chatter = { "+CTZV: 26/11/24,10:15:00,+28", "+NITZ: 2026/11/24,03:15:00,+28,0" },
		.boot = { { 0, "RDY", false }, { 50, "+CPIN: READY", true },
			{ 100, "SMS DONE", true }, { 300, "PB DONE", true } },
		.send_ms = 10,
	},
	{
		.name = "ec25",
		.manufacturer = "Quectel",
		.model = "EC25",
		.revision = "EC25EFAR06A11M4G",
		.identity = "861107031234560",
		.information = "Quectel\nEC25\nRevision: EC25EFAR06A11M4G",
		.first_index = 0,
		.stores = { "SM", "ME", "MT", "SR" },
		.default_store = "ME",
		.report_store = "SR",
		.empty_slot = EMPTY_SLOT_OK,
		.ussd_form = USSD_CHARSET,
		.lte = true,
		.prompt = "\r\n> ",
		.notices = "(0-2),(0-3),(0-3),(0-2),(0,1)",
		.default_notices = { 2, 1, 0, 0, 0 },
		.charsets = "\"GSM\",\"IRA\",\"UCS2\"",
		.full_line = "+QIND: \"smsfull\",\"%s\"",
		.chatter = { "+QIND: \"csq\",20,99", "+QIND: \"act\",\"LTE\"" },
		.boot = { { 0, "RDY", false }, { 10, "+CFUN: 1", false },
			{ 50, "+CPIN: READY", true }, { 200, "+QUSIM: 1", true },
			{ 300, "+QIND: SMS DONE", true }, { 400, "+QIND: PB DONE", true } },
		.send_ms = 10,
	},
	{
		.name = "e173",
		.manufacturer = "huawei",
		.model = "E173",
		.revision = "11.126.85.00.209",
		.identity = "353142033840706",
		.information = "Manufacturer: huawei\nModel: E173\nRevision: 11.126.85.00.209\n"
			       "IMEI: 353142033840706\n+GCAP: +CGSM,+DS,+ES",
		.first_index = 0,
		.stores = { "ME", "MT", "SM", "SR" },
		.default_store = "SM",
		.report_store = "SM",
		.empty_slot = EMPTY_SLOT_ERROR,
		.delete_empty_fails = true,
		.ussd_form = USSD_PACKED,
		.huawei = true,
		.prompt = "\r\n> ",
		.notices = "(0-2),(0-3),(0,2,3),(0-2),(0,1)",
		.default_notices = { 0, 0, 0, 0, 0 },
		.charsets = "\"IRA\",\"UCS2\",\"GSM\"",
		.full_line = "^SMMEMFULL: \"%s\"",
		.chatter = { "^RSSI:18",
			"^DSFLOWRPT:0000003C,00000000,00000000,0000000000000000,"
			"0000000000000000,00000000,00000000",
			"^BOOT:37741303,0,0,0,75" },
		.boot = { { 0, "^BOOT:37741303,0,0,0,75", false }, { 100, "^SIMST:1", true },
			{ 110, "^SRVST:2", true }, { 300, "^MODE:5,4", true },
			{ 310, "^RSSI:18", true } },
		.send_ms = 15,
	},
};

const struct make *make_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(makes); i++)
		if (!strcmp(makes[i].name, name))
			return &makes[i];
	return NULL;
}

const char *make_names(void)
{
	return "sim800, sim7600, ec25, e173";
}
