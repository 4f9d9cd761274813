/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem.h"

#include <stdio.h>
#include <string.h>

#include "network.h"

#define NOISE_EVERY_MS 20
#define NOISE_BYTES 48

static void settings_reset(struct modem *modem)
{
	const struct make *make = modem->make;
	struct modem_settings *settings = &modem->settings;
	struct store *store = storage_find(&modem->storage, make->default_store);

	*settings = (struct modem_settings) {
		.echo = true,
		.verbose = true,
		.charset = "IRA",
		.text_first_octet = 17,
		.text_validity = 167,
		.ussd_notice = false,
		.reading = store,
		.writing = store,
		.receiving = store,
		.spontaneous = true,
		.domain = 1,
		.functionality = 1,
		.phonebook = "SM",
	};
	memcpy(settings->notices, make->default_notices, sizeof(settings->notices));
	settings->registers[3] = 13;
	settings->registers[4] = 10;
	settings->registers[5] = 8;
}

bool modem_listens(const struct modem *modem)
{
	return modem->power == MODEM_RUNNING && !modem->silent && !modem->noisy;
}

void modem_write(struct modem *modem, const void *bytes, size_t size)
{
	if (modem->power == MODEM_RUNNING && !modem->silent)
		line_write(modem->line, bytes, size);
}

static void line_received(void *context, const uint8_t *bytes, size_t size)
{
	struct modem *modem = context;

	/* What comes in noise or while starting is lost, as on a UART. */
	if (modem_listens(modem))
		at_receive(modem, bytes, size);
}

static void line_attended_changed(void *context, bool attended)
{
	struct modem *modem = context;

	/* What is handed directly to a client could not go out while nobody listened. */
	if (attended)
		network_kick(modem->network);
}

enum sim_state modem_sim(const struct modem *modem)
{
	if (modem->world.sim != SIM_READY)
		return modem->world.sim;
	if (!*modem->world.pin || modem->pin_open)
		return SIM_READY;
	return modem->pin_tries ? SIM_PIN : SIM_PUK;
}

int modem_give_pin(struct modem *modem, const char *pin)
{
	switch (modem_sim(modem)) {
	case SIM_PIN:
		break;
	case SIM_PUK:
		return CME_SIM_PUK;
	case SIM_READY:
		return CME_NOT_ALLOWED;
	default:
		return CME_SIM_MISSING;
	}
	if (strcmp(pin, modem->world.pin) != 0) {
		modem->pin_tries--;
		return modem->pin_tries ? CME_WRONG_PASSWORD : CME_SIM_PUK;
	}
	modem->pin_tries = MODEM_PIN_TRIES;
	modem->pin_open = true;
	return 0;
}

enum registration modem_registration(const struct modem *modem)
{
	if (modem->power != MODEM_RUNNING || modem->settings.functionality != 1 ||
		modem_sim(modem) != SIM_READY)
		return REGISTRATION_NONE;
	return modem->searching ? REGISTRATION_SEARCHING : modem->world.registration;
}

bool modem_registered(const struct modem *modem)
{
	enum registration registration = modem_registration(modem);

	return registration == REGISTRATION_HOME || registration == REGISTRATION_ROAMING;
}

const char *modem_cell(const struct modem *modem, unsigned notice)
{
	if (notice < 2 || !modem_registered(modem))
		return "";
	return modem->make->lte ? ",\"1A2B\",\"00C3D4E5\",7" : ",\"1A2B\",\"00C3D4E5\"";
}

void modem_registration_changed(struct modem *modem)
{
	static const char *const names[] = { "+CREG", "+CGREG", "+CEREG" };
	enum registration registration = modem_registration(modem);

	if (registration == modem->announced)
		return;
	modem->announced = registration;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (modem->settings.registration_notice[i])
			at_say(modem, "%s: %u%s", names[i], (unsigned)registration,
				modem_cell(modem, modem->settings.registration_notice[i]));
	if (modem_registered(modem))
		network_kick(modem->network);
}

void modem_signal_changed(struct modem *modem)
{
	if (modem->make->huawei && modem->settings.spontaneous)
		at_say(modem, "^RSSI:%u", modem->world.signal);
}

static void search_over(void *context)
{
	struct modem *modem = context;

	modem->searching = false;
	modem_registration_changed(modem);
}

void modem_sim_opened(struct modem *modem)
{
	for (size_t i = 0; i < modem->boot_line && modem->make->boot[i].text; i++) {
		const struct boot_line *line = &modem->make->boot[i];

		if (line->needs_sim)
			at_say(modem, "%s", line->text);
	}
	modem_registration_changed(modem);
}

/* Says the next line of a start and sets the timer for the one after it. */
static void boot_step(void *context)
{
	struct modem *modem = context;
	const struct boot_line *line;
	int64_t passed;

	if (modem->power == MODEM_BOOTING) {
		modem->power = MODEM_RUNNING;
		modem->boot_since_ms = loop_now_ms(modem->loop);
		timer_set(&modem->search, modem->world.search_ms);
		modem_registration_changed(modem);
	}
	passed = loop_now_ms(modem->loop) - modem->boot_since_ms;
	while (modem->boot_line < ARRAY_SIZE(modem->make->boot)) {
		line = &modem->make->boot[modem->boot_line];
		if (!line->text)
			return;
		if (line->after_ms > passed) {
			timer_set(&modem->boot, line->after_ms - passed);
			return;
		}
		modem->boot_line++;
		if (!line->needs_sim || modem_sim(modem) == SIM_READY)
			at_say(modem, "%s", line->text);
	}
}

static void power_down(struct modem *modem)
{
	at_reset(modem);
	timer_stop(&modem->boot);
	timer_stop(&modem->search);
	timer_stop(&modem->ussd);
	timer_stop(&modem->silence);
	timer_stop(&modem->noise);
	free(modem->ussd_code);
	modem->ussd_code = NULL;
	modem->ussd_session = false;
	network_answered(modem->network, false);
	modem->silent = false;
	modem->noisy = false;
	modem->pin_open = false;
	modem->searching = true;
	modem->boot_line = 0;
	modem->announced = REGISTRATION_NONE;
	settings_reset(modem);
}

void modem_restart(struct modem *modem)
{
	if (modem->power == MODEM_UNPLUGGED)
		return;
	power_down(modem);
	modem->power = MODEM_BOOTING;
	timer_set(&modem->boot, modem->world.boot_ms);
}

void modem_unplug(struct modem *modem)
{
	line_unplug(modem->line);
	power_down(modem);
	modem->power = MODEM_UNPLUGGED;
}

int modem_plug(struct modem *modem, const char *link)
{
	int result = line_plug(modem->line, link);

	if (result < 0)
		return result;
	modem->power = MODEM_BOOTING;
	modem_restart(modem);
	return 0;
}

static void silence_over(void *context)
{
	struct modem *modem = context;

	modem->silent = false;
	network_kick(modem->network);
}

void modem_silence(struct modem *modem, int64_t ms)
{
	if (modem->power == MODEM_UNPLUGGED)
		return;
	at_reset(modem);
	modem->silent = true;
	timer_set(&modem->silence, ms);
}

static void noise_step(void *context)
{
	struct modem *modem = context;
	uint8_t bytes[NOISE_BYTES];

	if (loop_now_ms(modem->loop) >= modem->noise_until_ms) {
		modem->noisy = false;
		network_kick(modem->network);
		return;
	}
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(random() >> 8);
	modem_write(modem, bytes, sizeof(bytes));
	timer_set(&modem->noise, NOISE_EVERY_MS);
}

void modem_noise(struct modem *modem, int64_t ms)
{
	if (modem->power == MODEM_UNPLUGGED)
		return;
	modem->noisy = true;
	modem->noise_until_ms = loop_now_ms(modem->loop) + ms;
	noise_step(modem);
}

static void world_init(struct modem *modem, const struct modem_options *options)
{
	modem->world = (struct modem_world) {
		.delay_ms = options->delay_ms,
		.send_ms = options->make->send_ms,
		.boot_ms = 1500,
		.search_ms = 700,
		.ussd_ms = 50,
		.signal = 20,
		.registration = REGISTRATION_HOME,
		.sim = SIM_READY,
		.notice = true,
	};
	if (options->number)
		snprintf(modem->world.number, sizeof(modem->world.number), "%s", options->number);
}

int modem_open(
	sd_event *loop, const struct modem_options *options, const char *link, struct modem **out)
{
	struct modem *modem = must_allocate(1, sizeof(*modem));
	struct line_handler handler = {
		.received = line_received, .attended = line_attended_changed, .context = modem
	};
	int result;

	modem->loop = loop;
	modem->make = options->make;
	modem->pin_tries = MODEM_PIN_TRIES;
	snprintf(modem->service_centre, sizeof(modem->service_centre), NETWORK_SERVICE_CENTRE);
	world_init(modem, options);
	storage_init(&modem->storage, options->make, options->sizes);
	timer_init(&modem->boot, loop, boot_step, modem);
	timer_init(&modem->search, loop, search_over, modem);
	timer_init(&modem->silence, loop, silence_over, modem);
	timer_init(&modem->noise, loop, noise_step, modem);
	at_init(modem);
	modem->network = network_new(loop, modem);
	power_down(modem);
	result = line_open(loop, &handler, options->trace, &modem->line);
	if (result >= 0)
		result = line_plug(modem->line, link);
	if (result < 0) {
		modem_close(modem);
		return result;
	}
	modem->power = MODEM_BOOTING;
	if (options->boot) {
		modem_restart(modem);
	} else {
		modem->power = MODEM_RUNNING;
		modem->searching = false;
		modem->boot_line = ARRAY_SIZE(modem->make->boot); /* all said long ago */
		modem->announced = modem_registration(modem);
	}
	*out = modem;
	return 0;
}

void modem_close(struct modem *modem)
{
	if (!modem)
		return;
	line_close(modem->line);
	at_free(modem);
	network_free(modem->network);
	timer_free(&modem->boot);
	timer_free(&modem->search);
	timer_free(&modem->silence);
	timer_free(&modem->noise);
	timer_free(&modem->ussd);
	free(modem->ussd_code);
	storage_free(&modem->storage);
	free(modem);
}
