/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pcf8574.h"

/* An output that changes with the acknowledge of its byte. */
struct wiring {
	uint8_t rs, rw, enable, backlight;
	unsigned data_shift; /* D4's */
};

static const struct wiring wirings[] = {
	[EXPANDER_A] = { 0x01, 0x02, 0x04, 0x08, 4 },
	[EXPANDER_B] = { 0x10, 0x20, 0x40, 0x80, 0 },
};

void pcf8574_init(struct pcf8574 *expander, enum expander_wiring wiring, struct hd44780 *chip)
{
	*expander = (struct pcf8574) {
		.wiring = wiring, .chip = chip, .byte_ns = PCF8574_BYTE_NS, .free_ns = INT64_MIN
	};
}

static void put(struct pcf8574 *expander, int64_t time_ns, uint8_t outputs)
{
	const struct wiring *wiring = &wirings[expander->wiring];
	uint8_t levels = (uint8_t)((outputs >> wiring->data_shift & 0x0f) << HD44780_DATA_SHIFT);

	if (outputs & wiring->rs)
		levels |= HD44780_RS;
	if (outputs & wiring->rw)
		levels |= HD44780_RW;
	if (outputs & wiring->enable)
		levels |= HD44780_ENABLE;
	expander->outputs = outputs;
	expander->backlight = outputs & wiring->backlight;
	hd44780_pins(expander->chip, time_ns, levels);
}

void pcf8574_power_on(struct pcf8574 *expander, int64_t time_ns)
{
	/* Before the display has its power: no pin of it moves. */
	hd44780_power_off(expander->chip);
	put(expander, time_ns, 0xff);
	hd44780_power_on(expander->chip, time_ns);
}

void pcf8574_power_off(struct pcf8574 *expander)
{
	hd44780_power_off(expander->chip);
	expander->backlight = false;
}

int64_t pcf8574_write(struct pcf8574 *expander, int64_t time_ns, const uint8_t *bytes, size_t count)
{
	/* The address goes first. */
	int64_t at_ns =
		(time_ns > expander->free_ns ? time_ns : expander->free_ns) + expander->byte_ns;

	for (size_t i = 0; i < count; i++) {
		at_ns += expander->byte_ns;
		put(expander, at_ns, bytes[i]);
	}
	expander->bytes += count;
	expander->free_ns = at_ns;
	return at_ns;
}
