/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I2C backpack: a PCF8574's eight outputs on an HD44780's pins and the backlight, in the two
 * wirings that are sold. Bytes of a message reach the outputs one after the other, as the bus
 * carries them; a message that comes while the bus still carries another waits for it.
 */
#ifndef PANEL_SIM_PCF8574_H
#define PANEL_SIM_PCF8574_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hd44780.h"

/* One byte and its acknowledge at 100 kHz, the most that a PCF8574 takes. */
#define PCF8574_BYTE_NS 90000

enum expander_wiring {
	EXPANDER_A, /* P0 RS, P1 R/W, P2 E, P3 backlight, P4-P7 D4-D7 */
	EXPANDER_B, /* P4 RS, P5 R/W, P6 E, P7 backlight, P0-P3 D4-D7 */
};

struct pcf8574 {
	enum expander_wiring wiring;
	struct hd44780 *chip; /* not owned */
	int64_t byte_ns;      /* PCF8574_BYTE_NS; less is a faster bus */
	int64_t free_ns;      /* the bus is busy until then */
	uint8_t outputs;
	bool backlight;
	uint64_t bytes; /* taken so far, the address bytes aside */
};

/* Without power until pcf8574_power_on(). */
void pcf8574_init(struct pcf8574 *expander, enum expander_wiring wiring, struct hd44780 *chip);
/* Plugged in: all outputs go high (E and R/W among them), the chip gets its power. */
void pcf8574_power_on(struct pcf8574 *expander, int64_t time_ns);
void pcf8574_power_off(struct pcf8574 *expander);
/* A message that began at time_ns. Returns when the bus is free again. */
int64_t pcf8574_write(
	struct pcf8574 *expander, int64_t time_ns, const uint8_t *bytes, size_t count);

#endif
