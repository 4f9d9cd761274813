/* SPDX-License-Identifier: GPL-2.0-or-later */
/* {"do":"config"}: the world around the modem. All fields are checked before any is set. */
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "control_fields.h"
#include "modem.h"
#include "network.h"

static const char *const report_names[] = { "delivered", "temporary", "permanent", "none" };
static const char *const registration_names[] = { "none", "home", "searching", "denied", "unknown",
	"roaming" };
static const char *const sim_names[] = { "ready", "pin", "puk", "missing", "failure" };

static int name_index(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return (int)i;
	return -1;
}

/* A field that is one of names; *value stays when it is absent. */
static bool field_choice(
	const json_t *request, const char *key, const char *const *names, size_t count, int *value)
{
	const char *text;
	int found;

	if (!json_object_get(request, key))
		return true;
	if (!field_text(request, key, NULL, &text))
		return false;
	found = name_index(text, names, count);
	if (found >= 0)
		*value = found;
	return found >= 0;
}

static bool field_ms(const json_t *request, const char *key, int *ms)
{
	int64_t number;
	bool fits = field_number(request, key, 0, LONGEST_MS, *ms, &number);

	if (fits)
		*ms = (int)number;
	return fits;
}

static const char *take_times(const json_t *request, struct modem_world *world, int *report_ms)
{
	struct {
		const char *key;
		int *ms;
	} fields[] = { { "delay_ms", &world->delay_ms }, { "send_ms", &world->send_ms },
		{ "boot_ms", &world->boot_ms }, { "search_ms", &world->search_ms },
		{ "ussd_ms", &world->ussd_ms }, { "report_ms", report_ms } };

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!field_ms(request, fields[i].key, fields[i].ms))
			return fields[i].key;
	return NULL;
}

/* As +CSQ has it, or in dBm (27.007 section 8.5: 2 dBm a step from -113). */
static bool take_signal(const json_t *request, unsigned *signal)
{
	int64_t number;

	if (!field_number(request, "signal", -113, 99, *signal, &number))
		return false;
	if (number < 0)
		number = number > -51 ? 31 : (number + 113) / 2;
	if (number > 31 && number != 99)
		return false;
	*signal = (unsigned)number;
	return true;
}

static bool take_pin(const json_t *request, struct modem_world *world)
{
	const char *pin;

	if (!json_object_get(request, "pin"))
		return true;
	if (!field_text(request, "pin", "", &pin) || strlen(pin) >= sizeof(world->pin))
		return false;
	snprintf(world->pin, sizeof(world->pin), "%s", pin);
	return true;
}

static bool take_number(const json_t *request, struct modem_world *world)
{
	const char *number;

	if (!json_object_get(request, "number"))
		return true;
	if (!field_text(request, "number", "", &number) || strlen(number) >= sizeof(world->number))
		return false;
	snprintf(world->number, sizeof(world->number), "%s", number);
	return true;
}

/* The fields into a copy of the world; returns the name of one that doesn't fit, or NULL. */
static const char *take_world(const json_t *request, struct modem_world *world)
{
	int registration = (int)world->registration;
	int sim = (int)world->sim;
	int flash = world->flash_direct;
	int64_t chatter;
	static const char *const flash_names[] = { "store", "line" };

	if (!take_signal(request, &world->signal))
		return "signal";
	if (!field_choice(request, "registration", registration_names,
		    ARRAY_SIZE(registration_names), &registration))
		return "registration";
	if (!field_choice(request, "sim", sim_names, ARRAY_SIZE(sim_names), &sim) ||
		sim == SIM_PIN || sim == SIM_PUK)
		return "sim";
	if (!field_choice(request, "class0", flash_names, ARRAY_SIZE(flash_names), &flash))
		return "class0";
	if (!take_pin(request, world))
		return "pin";
	if (!take_number(request, world))
		return "number";
	if (!field_flag(request, "cmti", world->notice, &world->notice))
		return "cmti";
	if (!field_number(request, "chatter", 0, 100000, world->chatter, &chatter))
		return "chatter";
	world->registration = (enum registration)registration;
	world->sim = (enum sim_state)sim;
	world->flash_direct = flash;
	world->chatter = (unsigned)chatter;
	return NULL;
}

/* Lets the modem notice what has changed around it. */
static void set_world(struct modem *modem, const struct modem_world *world, bool pin_changed)
{
	bool signal_changed = world->signal != modem->world.signal;

	modem->world = *world;
	if (pin_changed) {
		modem->pin_open = false;
		modem->pin_tries = MODEM_PIN_TRIES;
	}
	modem_registration_changed(modem);
	if (signal_changed)
		modem_signal_changed(modem);
	network_kick(modem->network);
}

static json_t *describe(struct modem *modem, int reports, int report_ms)
{
	const struct modem_world *world = &modem->world;

	return json_pack("{s:b, s:i, s:i, s:i, s:i, s:i, s:i, s:s, s:i, s:s, s:s, s:o, s:b, s:s, "
			 "s:i, s:s}",
		"ok", 1, "delay_ms", world->delay_ms, "send_ms", world->send_ms, "boot_ms",
		world->boot_ms, "search_ms", world->search_ms, "ussd_ms", world->ussd_ms,
		"report_ms", report_ms, "reports", report_names[reports], "signal",
		(int)world->signal, "registration", registration_names[world->registration], "sim",
		sim_names[world->sim], "pin", *world->pin ? json_string(world->pin) : json_null(),
		"cmti", world->notice, "class0", world->flash_direct ? "line" : "store", "chatter",
		(int)world->chatter, "number", world->number);
}

/* A misspelt key would be a test that tests nothing. Its name goes to unknown. */
static bool has_unknown_key(const json_t *request, char *unknown, size_t size)
{
	static const char known[] = " do delay_ms send_ms boot_ms search_ms ussd_ms report_ms "
				    "reports signal registration sim pin cmti class0 chatter "
				    "number ";
	json_t *copy = json_deep_copy(request);
	const char *key;
	json_t *value;

	*unknown = '\0';
	json_object_foreach (copy, key, value) {
		const char *found = strstr(known, key);

		if (!*key || !found || found[-1] != ' ' || found[strlen(key)] != ' ')
			snprintf(unknown, size, "%s", *key ? key : "?");
	}
	json_decref(copy);
	return *unknown;
}

json_t *control_config(struct modem *modem, const json_t *request)
{
	struct modem_world world = modem->world;
	enum report_kind kind;
	int report_ms;
	int reports;
	char unknown[32];
	const char *wrong = has_unknown_key(request, unknown, sizeof(unknown)) ? unknown : NULL;

	network_get_reports(modem->network, &kind, &report_ms);
	reports = (int)kind;
	if (!wrong)
		wrong = take_times(request, &world, &report_ms);
	if (!wrong &&
		!field_choice(request, "reports", report_names, ARRAY_SIZE(report_names), &reports))
		wrong = "reports";
	if (!wrong)
		wrong = take_world(request, &world);
	if (wrong)
		return control_refusal("\"%s\" isn't a setting or its value doesn't fit", wrong);
	network_set_reports(modem->network, (enum report_kind)reports, report_ms);
	set_world(modem, &world, json_object_get(request, "pin") != NULL);
	return describe(modem, reports, report_ms);
}
