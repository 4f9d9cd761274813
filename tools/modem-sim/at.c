/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "at.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "modem.h"

#define LINE_MAX_SIZE 2048 /* a longer command line is answered with ERROR */
#define BODY_MAX_SIZE 4096
#define INPUT_MAX_SIZE (64 * 1024)
#define CTRL_Z 0x1A
#define ESCAPE 0x1B
#define BACKSPACE 0x08

static void work_on(struct modem *modem);

void at_info_bytes(struct modem *modem, const struct buffer *text)
{
	autobuffer out = { 0 };

	if (modem->settings.verbose)
		buffer_append(&out, "\r\n", 2);
	buffer_append(&out, buffer_data(text), text->size);
	buffer_append(&out, "\r\n", 2);
	modem_write(modem, buffer_data(&out), out.size);
}

void at_info(struct modem *modem, const char *format, ...)
{
	autobuffer text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	buffer_vprint(&text, format, arguments);
	va_end(arguments);
	at_info_bytes(modem, &text);
}

void at_say_bytes(struct modem *modem, const struct buffer *text)
{
	autobuffer out = { 0 };

	if (!modem_listens(modem))
		return;
	buffer_append(&out, "\r\n", 2);
	buffer_append(&out, buffer_data(text), text->size);
	buffer_append(&out, "\r\n", 2);
	if (modem->at.state == AT_PROMPTED)
		buffer_append(&modem->at.held, buffer_data(&out), out.size);
	else
		modem_write(modem, buffer_data(&out), out.size);
}

void at_say(struct modem *modem, const char *format, ...)
{
	autobuffer text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	buffer_vprint(&text, format, arguments);
	va_end(arguments);
	at_say_bytes(modem, &text);
}

static const struct {
	int code;
	const char *text;
} error_texts[] = {
	{ AT_CME(CME_NOT_ALLOWED), "operation not allowed" },
	{ AT_CME(CME_NOT_SUPPORTED), "operation not supported" },
	{ AT_CME(CME_SIM_MISSING), "SIM not inserted" },
	{ AT_CME(CME_SIM_PIN), "SIM PIN required" },
	{ AT_CME(CME_SIM_PUK), "SIM PUK required" },
	{ AT_CME(CME_SIM_FAILURE), "SIM failure" },
	{ AT_CME(CME_WRONG_PASSWORD), "incorrect password" },
	{ AT_CME(CME_NOT_FOUND), "not found" },
	{ AT_CME(CME_NO_NETWORK), "no network service" },
	{ AT_CME(CME_INVALID_PARAMETERS), "Incorrect parameters" },
	{ AT_CMS(CMS_OPERATION_NOT_ALLOWED), "operation not allowed" },
	{ AT_CMS(CMS_INVALID_PDU), "invalid PDU mode parameter" },
	{ AT_CMS(CMS_INVALID_TEXT), "invalid text mode parameter" },
	{ AT_CMS(CMS_SIM_MISSING), "SIM not inserted" },
	{ AT_CMS(CMS_SIM_PIN), "SIM PIN required" },
	{ AT_CMS(CMS_SIM_FAILURE), "SIM failure" },
	{ AT_CMS(CMS_SIM_PUK), "SIM PUK required" },
	{ AT_CMS(CMS_MEMORY_FAILURE), "memory failure" },
	{ AT_CMS(CMS_INVALID_INDEX), "invalid memory index" },
	{ AT_CMS(CMS_MEMORY_FULL), "memory full" },
	{ AT_CMS(CMS_NO_NETWORK), "no network service" },
	{ AT_CMS(CMS_NO_ACK_EXPECTED), "no +CNMA acknowledgement expected" },
	{ AT_CMS(CMS_UNKNOWN), "unknown error" },
};

static const char *error_text(int result)
{
	for (size_t i = 0; i < ARRAY_SIZE(error_texts); i++)
		if (error_texts[i].code == result)
			return error_texts[i].text;
	return NULL;
}

/* +CMS errors are always said in full, +CME errors as +CMEE asks. */
static void put_failure(struct modem *modem, int result, struct buffer *text)
{
	bool sms = result >= AT_CMS_BASE;
	const char *words = modem->settings.error_form == 2 ? error_text(result) : NULL;

	if (!sms && !modem->settings.error_form)
		buffer_print(text, "ERROR");
	else if (words)
		buffer_print(text, "+%s ERROR: %s", sms ? "CMS" : "CME", words);
	else
		buffer_print(text, "+%s ERROR: %d", sms ? "CMS" : "CME",
			result - (sms ? AT_CMS_BASE : AT_CME_BASE));
}

/* Some makes say things of their own accord right before an answer. */
static void chatter(struct modem *modem)
{
	const char *const *lines = modem->make->chatter;

	if (!modem->world.chatter || ++modem->chatter_count % modem->world.chatter ||
		!modem->settings.spontaneous)
		return;
	if (modem->chatter_next >= ARRAY_SIZE(modem->make->chatter) || !lines[modem->chatter_next])
		modem->chatter_next = 0;
	at_say(modem, "%s", lines[modem->chatter_next++]);
}

static void answer(struct modem *modem, int result)
{
	static const char *const words[] = { "OK", "ERROR", "NO CARRIER" };
	static const char *const digits[] = { "0", "4", "3" };
	autobuffer text = { 0 };
	autobuffer out = { 0 };

	if (result == AT_NOTHING || modem->settings.quiet)
		return;
	if (result >= AT_CME_BASE)
		put_failure(modem, result, &text);
	else
		buffer_print(&text, "%s", modem->settings.verbose ? words[result] : digits[result]);
	if (modem->settings.verbose)
		buffer_print(&out, "\r\n%s\r\n", buffer_text(&text));
	else
		buffer_print(&out, "%s\r", buffer_text(&text));
	modem_write(modem, buffer_data(&out), out.size);
}

static void release_held(struct modem *modem)
{
	struct buffer *held = &modem->at.held;

	modem_write(modem, buffer_data(held), held->size);
	buffer_drop(held, held->size);
}

/* The line is done: the rest of it, if any, is forgotten. */
static void end_line(struct modem *modem, int result)
{
	modem->at.state = AT_IDLE;
	free(modem->at.commands);
	modem->at.commands = NULL;
	answer(modem, result);
	release_held(modem);
}

/* Splits "1,,"a,b"" in place. Quotes are taken off; a quoted comma separates nothing. */
static void split_arguments(struct at_request *request, char *text)
{
	while (request->count < AT_ARGUMENTS_MAX) {
		struct at_argument *argument = &request->arguments[request->count++];
		char *end;

		while (*text == ' ')
			text++;
		argument->quoted = *text == '"';
		if (argument->quoted)
			text++;
		argument->text = text;
		end = argument->quoted ? strchr(text, '"') : strpbrk(text, ",");
		if (argument->quoted && end)
			*end++ = '\0';
		text = end ? strchr(end, ',') : NULL;
		if (!text)
			return;
		*text++ = '\0';
	}
}

static const struct at_command *find_command(const char *name)
{
	static const struct at_command *const tables[] = {
		at_general_commands,
		at_network_commands,
		at_phone_commands,
		at_sms_commands,
		at_message_commands,
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct at_command *command = tables[i]; command->name; command++)
			if (!strcasecmp(command->name, name))
				return command;
	return NULL;
}

static int sim_fault(const struct modem *modem, const struct at_command *command)
{
	bool sms = command->sim == AT_SIM_NEEDED_SMS;

	if (command->sim == AT_SIM_NOT_NEEDED)
		return AT_OK;
	switch (modem_sim(modem)) {
	case SIM_PIN:
		return sms ? AT_CMS(CMS_SIM_PIN) : AT_CME(CME_SIM_PIN);
	case SIM_PUK:
		return sms ? AT_CMS(CMS_SIM_PUK) : AT_CME(CME_SIM_PUK);
	case SIM_MISSING:
		return sms ? AT_CMS(CMS_SIM_MISSING) : AT_CME(CME_SIM_MISSING);
	case SIM_FAILURE:
		return sms ? AT_CMS(CMS_SIM_FAILURE) : AT_CME(CME_SIM_FAILURE);
	default:
		return AT_OK;
	}
}

/* text is one extended command, "+X", "+X?", "+X=?" or "+X=…"; it is cut up. */
static int run_extended(struct modem *modem, char *text)
{
	struct at_request request = { .name = text, .kind = AT_EXECUTE };
	const struct at_command *command;
	char *mark = text + 1 + strcspn(text + 1, "=?");
	char kind = *mark;
	int fault;

	*mark = '\0';
	if (kind == '?') {
		request.kind = AT_READ;
	} else if (kind == '=' && mark[1] == '?') {
		request.kind = AT_TEST;
	} else if (kind == '=') {
		request.kind = AT_SET;
		split_arguments(&request, mark + 1);
	}
	while (mark > text && mark[-1] == ' ')
		*--mark = '\0';
	command = find_command(text);
	if (!command)
		return AT_ERROR;
	request.name = command->name;
	fault = request.kind == AT_TEST ? AT_OK : sim_fault(modem, command);
	return fault == AT_OK ? command->run(modem, &request) : fault;
}

/* Length of the extended command at text: up to a semicolon outside quotes. */
static size_t extended_length(const char *text)
{
	bool quoted = false;
	size_t length = 0;

	while (text[length] && (quoted || text[length] != ';'))
		if (text[length++] == '"')
			quoted = !quoted;
	return length;
}

static int run_next(struct modem *modem)
{
	struct at *at = &modem->at;
	const char *text = at->commands + at->cursor;
	int result;

	modem->commands++;
	if (*text && strchr("+^*$%#", *text)) {
		size_t length = extended_length(text);
		autofree char *command = strndup(text, length);

		at->cursor += length + (text[length] == ';');
		result = command ? run_extended(modem, command) : AT_ERROR;
	} else if (*text) {
		const char *next = text;

		result = at_basic(modem, &next);
		at->cursor += (size_t)(next - text);
		if (at->commands[at->cursor] == ';')
			at->cursor++;
	} else {
		result = AT_OK;
	}
	return result;
}

/* Whether the line has more to do; blanks between commands don't count. */
static bool has_more(struct at *at)
{
	while (at->commands[at->cursor] == ' ' || at->commands[at->cursor] == ';')
		at->cursor++;
	return at->commands[at->cursor];
}

static void run_line(struct modem *modem);

static void delay_over(void *context)
{
	struct modem *modem = context;

	modem->at.state = AT_BUSY;
	run_line(modem);
	work_on(modem);
}

static void start_command(struct modem *modem)
{
	struct at *at = &modem->at;

	if (modem->world.delay_ms > 0) {
		at->state = AT_DELAYED;
		timer_set(&at->delay, modem->world.delay_ms);
		return;
	}
	at->state = AT_BUSY;
	run_line(modem);
}

/* Carries out commands of the line until one must wait or all are done. */
static void run_line(struct modem *modem)
{
	struct at *at = &modem->at;
	int result;

	chatter(modem);
	result = run_next(modem);
	if (result == AT_PENDING)
		return;
	if (!at->commands) /* a restart under way forgot the line */
		return;
	if (result == AT_OK && has_more(at))
		start_command(modem);
	else
		end_line(modem, result);
}

static void finish(struct modem *modem, int result)
{
	struct at *at = &modem->at;

	if (at->state != AT_BUSY)
		return;
	if (result == AT_OK && at->commands && has_more(at))
		start_command(modem);
	else
		end_line(modem, result);
}

void at_finish(struct modem *modem, int result)
{
	finish(modem, result);
	work_on(modem);
}

int at_prompt(struct modem *modem, at_body *taker)
{
	struct at *at = &modem->at;

	at->state = AT_PROMPTED;
	at->body_taker = taker;
	buffer_drop(&at->body, at->body.size);
	modem_write(modem, modem->make->prompt, strlen(modem->make->prompt));
	return AT_PENDING;
}

static void echo(struct modem *modem, uint8_t byte)
{
	if (modem->settings.echo)
		modem_write(modem, &byte, 1);
}

static void take_body(struct modem *modem, uint8_t byte)
{
	struct at *at = &modem->at;
	int result;

	if (byte != CTRL_Z && byte != ESCAPE) {
		echo(modem, byte);
		if (byte == BACKSPACE && at->body.size)
			at->body.size--;
		else if (byte == '\r' && modem->settings.text_mode)
			buffer_append(&at->body, "\n", 1);
		else if (byte != '\r' && byte != '\n' && at->body.size < BODY_MAX_SIZE)
			buffer_append(&at->body, &byte, 1);
		if (byte == '\r')
			modem_write(modem, modem->make->prompt, strlen(modem->make->prompt));
		return;
	}
	at->state = AT_BUSY;
	result = at->body_taker(modem, buffer_text(&at->body), at->body.size, byte == CTRL_Z);
	if (result != AT_PENDING)
		finish(modem, result);
}

static void begin_line(struct modem *modem, const char *commands)
{
	struct at *at = &modem->at;

	at->commands = must_copy(commands);
	at->cursor = 0;
	start_command(modem);
}

static void end_of_line(struct modem *modem)
{
	struct at *at = &modem->at;
	autofree char *line = must_copy(buffer_text(&at->line));

	buffer_drop(&at->line, at->line.size);
	if (strlen(line) < 2)
		return;
	if (strlen(line) >= LINE_MAX_SIZE) {
		answer(modem, AT_ERROR);
		return;
	}
	free(at->last_line);
	at->last_line = must_copy(line + 2);
	begin_line(modem, line + 2);
}

/* Outside a prompt: "AT", then anything up to CR; "A/" repeats the last line at once. */
static void take_line(struct modem *modem, uint8_t byte)
{
	struct at *at = &modem->at;

	echo(modem, byte);
	if (byte == '\r') {
		end_of_line(modem);
		return;
	}
	if (byte == BACKSPACE) {
		if (at->line.size)
			at->line.size--;
		return;
	}
	if (byte < ' ' || at->line.size >= LINE_MAX_SIZE)
		return;
	if (at->line.size == 0 && toupper(byte) != 'A')
		return;
	if (at->line.size == 1 && byte == '/') {
		buffer_drop(&at->line, 1);
		if (at->last_line) {
			autofree char *again = must_copy(at->last_line);

			begin_line(modem, again);
		}
		return;
	}
	if (at->line.size == 1 && toupper(byte) != 'T') {
		if (toupper(byte) != 'A')
			buffer_drop(&at->line, 1);
		return;
	}
	buffer_append(&at->line, &byte, 1);
}

/* Takes what has come in, until a command is under way. */
static void work_on(struct modem *modem)
{
	struct at *at = &modem->at;

	while (at->input.size && (at->state == AT_IDLE || at->state == AT_PROMPTED)) {
		uint8_t byte = *buffer_data(&at->input);

		buffer_drop(&at->input, 1);
		if (at->state == AT_PROMPTED)
			take_body(modem, byte);
		else
			take_line(modem, byte);
	}
}

void at_receive(struct modem *modem, const uint8_t *bytes, size_t size)
{
	if (modem->at.input.size + size <= INPUT_MAX_SIZE)
		buffer_append(&modem->at.input, bytes, size);
	work_on(modem);
}

void at_init(struct modem *modem)
{
	timer_init(&modem->at.delay, modem->loop, delay_over, modem);
}

void at_reset(struct modem *modem)
{
	struct at *at = &modem->at;

	timer_stop(&at->delay);
	timer_stop(&at->work);
	buffer_drop(&at->input, at->input.size);
	buffer_drop(&at->line, at->line.size);
	buffer_drop(&at->body, at->body.size);
	buffer_drop(&at->held, at->held.size);
	free(at->commands);
	at->commands = NULL;
	at->state = AT_IDLE;
}

void at_free(struct modem *modem)
{
	struct at *at = &modem->at;

	at_reset(modem);
	timer_free(&at->delay);
	timer_free(&at->work);
	buffer_free(&at->input);
	buffer_free(&at->line);
	buffer_free(&at->body);
	buffer_free(&at->held);
	buffer_free(&at->work_pdu);
	free(at->last_line);
	at->last_line = NULL;
}

const char *at_text(const struct at_request *request, size_t argument)
{
	return argument < request->count ? request->arguments[argument].text : "";
}

bool at_number(const struct at_request *request, size_t argument, unsigned least, unsigned most,
	unsigned otherwise, unsigned *number)
{
	const char *text = at_text(request, argument);
	unsigned long value;
	char *end;

	if (!*text) {
		*number = otherwise;
		return true;
	}
	if (!isdigit((unsigned char)*text))
		return false;
	value = strtoul(text, &end, 10);
	while (*end == ' ')
		end++;
	if (*end || value < least || value > most)
		return false;
	*number = (unsigned)value;
	return true;
}

int at_setting(struct modem *modem, const struct at_request *request, unsigned *value,
	unsigned most, int invalid)
{
	switch (request->kind) {
	case AT_READ:
		at_info(modem, "%s: %u", request->name, *value);
		return AT_OK;
	case AT_TEST:
		at_info(modem, "%s: (0-%u)", request->name, most);
		return AT_OK;
	default:
		return at_number(request, 0, 0, most, 0, value) ? AT_OK : invalid;
	}
}
