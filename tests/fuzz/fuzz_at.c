/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes from the line: the AT dialogue and everything that takes its lines apart. */
#include <string.h>

#include "base/log.h"
#include "modem/at_channel.h"
#include "modem/at_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *line)
{
	char stores[AT_STORES_MAX][AT_STORE_SIZE];
	char first[AT_STORE_SIZE], second[AT_STORE_SIZE], name[48];
	unsigned used, total;
	uint8_t octets[64];
	struct at_notices notices;
	enum modem_registration registration;
	int64_t time_ms;
	int dbm;

	at_parse_notice(line, first, &used);
	at_parse_stores(line, stores);
	at_parse_selected(line, first, second);
	at_parse_usage(line, &used, &total);
	at_choose_notices(line, true, &notices);
	at_parse_notices(line, &notices);
	at_parse_registration(line, &registration);
	at_parse_signal(line, &dbm);
	at_parse_operator(line, name, sizeof(name));
	at_parse_network_time(line, AT_TIME_LOCAL, &time_ms);
	at_parse_hex(line, octets, sizeof(octets));
	at_copy_printable(name, sizeof(name), line);
}

static void on_line(void *context, const char *line, const char *pdu)
{
	(void)context;
	parse(line);
	if (pdu)
		parse(pdu);
}

static void on_synchronised(void *context)
{
	(void)context;
}

static void on_done(void *context, const struct at_answer *answer)
{
	(void)context;
	(void)answer;
}

/* The first octet picks the command under way; the rest comes in pieces of its size. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct at_spontaneous table[] = {
		{ "+CMTI:", AT_SHAPE_LINE, on_line },
		{ "RDY", AT_SHAPE_WHOLE, on_line },
		{ "+CMT:", AT_SHAPE_PDU, on_line },
		{ "+CUSD:", AT_SHAPE_QUOTED, on_line },
	};
	static const struct at_command commands[] = {
		{ .text = "AT+CMGL=4",
			.prefix = "+CMGL:",
			.pdu_follows = true,
			.timeout_ms = 100,
			.line = on_line,
			.done = on_done },
		{ .text = "AT+CGMI",
			.prefix = "",
			.timeout_ms = 100,
			.line = on_line,
			.done = on_done },
		{ .text = "AT+CMGS=20",
			.prefix = "+CMGS:",
			.payload = "0011",
			.prompt_ms = 50,
			.timeout_ms = 100,
			.line = on_line,
			.done = on_done },
	};
	struct at_channel *channel = NULL;
	const uint8_t *bytes;
	int64_t now_ms = 0;

	log_open("fuzz", LOG_EMERG);
	if (size < 1 ||
		at_channel_new(table, ARRAY_SIZE(table), on_synchronised, NULL, &channel) < 0)
		return 0;
	size_t step = data[0] / ARRAY_SIZE(commands) + 1;
	const struct at_command *command = &commands[data[0] % ARRAY_SIZE(commands)];
	for (size_t at = 1; at < size; at += step) {
		if (!at_channel_busy(channel) && at_channel_command(channel, command, now_ms) < 0)
			break;
		at_channel_written(channel, at_channel_output(channel, &bytes));
		at_channel_input(channel, data + at, at + step < size ? step : size - at, now_ms);
		now_ms += 7;
		at_channel_tick(channel, now_ms);
	}
	at_channel_free(channel);
	return 0;
}
