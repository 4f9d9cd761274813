/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PCF8574 backpack. Its outputs change at each byte's acknowledge, all at once: RS has to be
 * there a byte before E rises. Bytes of a step are kept together for one message.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "display/bus.h"

/* One byte with its acknowledge at 100 kHz, the most that the data sheet allows. */
#define BYTE_NS 90000
#define MESSAGE_MAX 64

struct outputs {
	uint8_t rs, rw, enable, backlight;
	unsigned data_shift;
};

static const struct outputs wirings[] = {
	[PCF8574_WIRING_A] = { 0x01, 0x02, 0x04, 0x08, 4 },
	[PCF8574_WIRING_B] = { 0x10, 0x20, 0x40, 0x80, 0 },
};

struct bus_pcf8574 {
	struct bus base;
	int (*open)(void *context, struct i2c **out);
	void *context;
	const struct outputs *outputs;
	struct i2c *i2c;
	int rs; /* what RS is, -1: not known, or R/W may be high */
	uint8_t bytes[MESSAGE_MAX];
	size_t count;
};

static int flush(struct bus *base)
{
	struct bus_pcf8574 *bus = (struct bus_pcf8574 *)base;
	int error = 0;

	if (bus->count > 0) {
		error = bus->i2c->ops->write(bus->i2c, bus->bytes, bus->count);
		base->spent_ns += BYTE_NS; /* the address */
	}
	bus->count = 0;
	return error;
}

static int put(struct bus_pcf8574 *bus, uint8_t byte)
{
	int error = bus->count == MESSAGE_MAX ? flush(&bus->base) : 0;

	if (error >= 0) {
		bus->bytes[bus->count++] =
			(uint8_t)(byte | (bus->base.light ? bus->outputs->backlight : 0));
		bus->base.spent_ns += BYTE_NS;
	}
	return error;
}

static int open_device(struct bus *base, char *trouble, size_t trouble_size)
{
	struct bus_pcf8574 *bus = (struct bus_pcf8574 *)base;
	int error = bus->open(bus->context, &bus->i2c);

	bus->count = 0;
	if (error < 0) {
		bus->i2c = NULL;
		base->ops->explain(error, trouble, trouble_size);
	}
	return error;
}

static int calm(struct bus *base)
{
	struct bus_pcf8574 *bus = (struct bus_pcf8574 *)base;
	const struct outputs *outputs = bus->outputs;

	/* After its power-on all outputs are high: E must fall while R/W still is, as the end of a
	 * read, or the chip would take what no one wrote. */
	bus->rs = -1;
	return put(bus, (uint8_t)(0xff & ~(outputs->enable | outputs->backlight)));
}

static int nibble(struct bus *base, bool rs, uint8_t value)
{
	struct bus_pcf8574 *bus = (struct bus_pcf8574 *)base;
	uint8_t byte = (uint8_t)(value << bus->outputs->data_shift | (rs ? bus->outputs->rs : 0));
	int error = 0;

	if (bus->rs != rs)
		error = put(bus, byte);
	bus->rs = rs;
	if (error >= 0)
		error = put(bus, byte | bus->outputs->enable);
	if (error >= 0)
		error = put(bus, byte);
	return error;
}

/* The next byte takes its time anyhow; more is spent on bytes that change nothing. */
static int settle(struct bus *base, int64_t ns)
{
	struct bus_pcf8574 *bus = (struct bus_pcf8574 *)base;
	int error = 0;

	for (int64_t left = ns - BYTE_NS; left > 0 && error >= 0; left -= BYTE_NS)
		error = put(bus, bus->bytes[bus->count - 1]);
	return error;
}

static void explain(int error, char *trouble, size_t trouble_size)
{
	const char *what;

	switch (error) {
	case -ENXIO:
	case -EREMOTEIO:
	case -EIO:
		what = "the display's backpack doesn't answer on I2C: check its plug, its power "
		       "and "
		       "its address (i2cdetect shows it)";
		break;
	case -ETIMEDOUT:
	case -EAGAIN:
		what = "the display's I2C bus hangs: unplug the backpack and look for SDA or SCL "
		       "shorted to ground or to each other";
		break;
	case -ENOENT:
	case -ENODEV:
		what = "the display's I2C bus isn't there: switch I2C on (raspi-config, Interface "
		       "Options) or correct i2c_bus in the board's file";
		break;
	case -EACCES:
	case -EPERM:
		what = "the display's I2C bus may not be used: kotakd's user has to be in the "
		       "group "
		       "i2c";
		break;
	case -EBUSY:
		what = "the display's I2C address is held by a driver of the kernel: remove its "
		       "device-tree overlay";
		break;
	default:
		what = NULL;
		break;
	}
	if (what)
		snprintf(trouble, trouble_size, "%s", what);
	else
		snprintf(trouble, trouble_size,
			"the display's I2C bus fails (%s): check the backpack's wires",
			strerror(-error));
}

static void shut(struct bus *base)
{
	struct bus_pcf8574 *bus = (struct bus_pcf8574 *)base;

	if (bus->i2c)
		bus->i2c->ops->close(bus->i2c);
	bus->i2c = NULL;
}

static void close_bus(struct bus *base)
{
	struct bus_pcf8574 *bus = (struct bus_pcf8574 *)base;

	shut(base);
	free(bus);
}

static const struct bus_ops ops = {
	.name = "pcf8574",
	.notices = true,
	.queues = true,
	.open = open_device,
	.calm = calm,
	.nibble = nibble,
	.settle = settle,
	.flush = flush,
	.explain = explain,
	.shut = shut,
	.close = close_bus,
};

int display_hd44780_pcf8574_new(int (*open)(void *context, struct i2c **out), void *context,
	enum pcf8574_wiring wiring, unsigned columns, unsigned rows, struct display **out)
{
	struct bus_pcf8574 *bus = calloc(1, sizeof(*bus));

	if (!bus)
		return -ENOMEM;
	bus->base.ops = &ops;
	bus->open = open;
	bus->context = context;
	bus->outputs = &wirings[wiring];
	return display_new(&bus->base, columns, rows, out);
}
