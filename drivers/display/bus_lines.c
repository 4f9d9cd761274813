/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Six lines of one chip, and the backlight's wherever it is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "display/bus.h"

#define NAME_SIZE 64
/* What a call of the kernel costs on the slowest board, for the budget of a step. */
#define CALL_NS 2000

enum line {
	LINE_RS,
	LINE_ENABLE,
	LINE_DATA,
	LINE_COUNT = LINE_DATA + 4,
};
#define BIT(line) (1u << (line))
#define DATA_MASK (0xfu << LINE_DATA)

struct bus_lines {
	struct bus base;
	struct lines_source *source; /* not owned */
	char chips[LINE_COUNT + 1][NAME_SIZE], names[LINE_COUNT + 1][NAME_SIZE];
	bool has_backlight; /* the names' last */
	struct lines *lines, *backlight;
	uint32_t values; /* RS and data, as they are */
	bool lit;
};

static int request(struct bus_lines *bus, size_t first, size_t count, uint32_t values,
	struct lines **out, char *trouble, size_t trouble_size)
{
	const struct lines_config config = { .direction = LINES_OUTPUT, .values = values };
	struct lines_name names[LINE_COUNT];

	for (size_t i = 0; i < count; i++)
		names[i] = (struct lines_name) { bus->chips[first + i], bus->names[first + i] };
	return bus->source->ops->request(
		bus->source, "kotak-display", names, count, &config, out, trouble, trouble_size);
}

static void shut(struct bus *base)
{
	struct bus_lines *bus = (struct bus_lines *)base;

	if (bus->lines)
		bus->lines->ops->close(bus->lines);
	if (bus->backlight)
		bus->backlight->ops->close(bus->backlight);
	bus->lines = bus->backlight = NULL;
}

static int open_lines(struct bus *base, char *trouble, size_t trouble_size)
{
	struct bus_lines *bus = (struct bus_lines *)base;
	int error = request(bus, 0, LINE_COUNT, 0, &bus->lines, trouble, trouble_size);

	bus->values = 0;
	bus->lit = base->light;
	if (error >= 0 && bus->has_backlight)
		error = request(
			bus, LINE_COUNT, 1, base->light, &bus->backlight, trouble, trouble_size);
	if (error < 0)
		shut(base);
	return error;
}

static int set(struct bus_lines *bus, uint32_t mask, uint32_t values, int64_t settle_ns)
{
	int error = bus->lines->ops->set(bus->lines, mask, values);

	bus->base.spent_ns += CALL_NS + settle_ns;
	if (error >= 0)
		bus->base.wait(bus->base.wait_context, settle_ns);
	return error;
}

static int calm(struct bus *base)
{
	struct bus_lines *bus = (struct bus_lines *)base;
	int error = 0;

	if (bus->backlight && bus->lit != base->light)
		error = bus->backlight->ops->set(bus->backlight, 1, base->light);
	bus->lit = base->light;
	if (error >= 0)
		error = set(bus, BIT(LINE_ENABLE), 0, base->times.hold_ns);
	return error;
}

static int nibble(struct bus *base, bool rs, uint8_t value)
{
	struct bus_lines *bus = (struct bus_lines *)base;
	uint32_t values = (uint32_t)value << LINE_DATA | (rs ? BIT(LINE_RS) : 0);
	int error = 0;

	if (values != bus->values)
		error = set(bus, BIT(LINE_RS) | DATA_MASK, values, base->times.setup_ns);
	bus->values = values;
	if (error >= 0)
		error = set(bus, BIT(LINE_ENABLE), BIT(LINE_ENABLE), base->times.pulse_ns);
	if (error >= 0)
		error = set(bus, BIT(LINE_ENABLE), 0, base->times.hold_ns);
	return error;
}

static int settle(struct bus *bus, int64_t ns)
{
	bus->wait(bus->wait_context, ns);
	bus->spent_ns += ns;
	return 0;
}

static int flush(struct bus *bus)
{
	(void)bus;
	return 0;
}

static void explain(int error, char *trouble, size_t trouble_size)
{
	snprintf(trouble, trouble_size,
		"the display's lines can't be set any more (%s): their GPIO chip is gone or its "
		"driver was unloaded; see what \"gpioinfo\" still shows",
		strerror(-error));
}

static void close_bus(struct bus *base)
{
	struct bus_lines *bus = (struct bus_lines *)base;

	shut(base);
	free(bus);
}

static const struct bus_ops ops = {
	.name = "lines",
	.open = open_lines,
	.calm = calm,
	.nibble = nibble,
	.settle = settle,
	.flush = flush,
	.explain = explain,
	.shut = shut,
	.close = close_bus,
};

static int copy_name(struct bus_lines *bus, size_t index, const struct lines_name *name)
{
	int chip = snprintf(bus->chips[index], NAME_SIZE, "%s", name->chip);
	int line = snprintf(bus->names[index], NAME_SIZE, "%s", name->line);

	return chip < NAME_SIZE && line < NAME_SIZE ? 0 : -EINVAL;
}

int display_hd44780_lines_new(struct lines_source *source,
	const struct display_lines_wiring *wiring, unsigned columns, unsigned rows,
	struct display **out)
{
	autofree struct bus_lines *bus = calloc(1, sizeof(*bus));
	int error = bus ? 0 : -ENOMEM;

	if (error < 0)
		return error;
	bus->base.ops = &ops;
	bus->source = source;
	bus->has_backlight = wiring->backlight.line != NULL;
	error = copy_name(bus, LINE_RS, &wiring->rs);
	if (error >= 0)
		error = copy_name(bus, LINE_ENABLE, &wiring->enable);
	for (size_t i = 0; i < 4 && error >= 0; i++)
		error = copy_name(bus, LINE_DATA + i, &wiring->data[i]);
	if (error >= 0 && bus->has_backlight)
		error = copy_name(bus, LINE_COUNT, &wiring->backlight);
	if (error >= 0)
		error = display_new(&take_pointer(bus)->base, columns, rows, out);
	return error;
}
