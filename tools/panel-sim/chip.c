/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chip.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/queue.h>

struct chip_group {
	LIST_ENTRY(chip_group) entry;
	struct chip_config config;
	uint32_t values;
	void *owner;
};

struct chip {
	struct chip_handler handler;
	LIST_HEAD(, chip_group) groups;
	struct chip_group *holders[CHIP_LINES];
	char others[CHIP_LINES][CHIP_CONSUMER_SIZE]; /* consumers that aren't ours */
	bool levels[CHIP_LINES];
	bool closed[SWITCHES_ROWS][SWITCHES_COLUMNS];
	unsigned shorted; /* nets, just now */
	uint64_t shorts;
};

static const char *const names[CHIP_LINES] = { "row-1", "row-2", "row-3", "row-4", "column-1",
	"column-2", "column-3", "column-4", "lcd-rs", "lcd-enable", "lcd-d4", "lcd-d5", "lcd-d6",
	"lcd-d7", "lcd-backlight", "buzzer", "lamp" };

/*
 * Resistors of the board: transistors stay off, and the display's enable low, while nobody drives
 * them. The matrix has none: its columns want the chip's pull-ups.
 */
static const enum wire_pull resistors[CHIP_LINES] = {
	[CHIP_LCD_ENABLE] = WIRE_PULL_DOWN,
	[CHIP_LCD_BACKLIGHT] = WIRE_PULL_DOWN,
	[CHIP_BUZZER] = WIRE_PULL_DOWN,
	[CHIP_LAMP] = WIRE_PULL_DOWN,
};

int chip_new(const struct chip_handler *handler, struct chip **out)
{
	struct chip *chip = calloc(1, sizeof(*chip));

	if (!chip)
		return -ENOMEM;
	chip->handler = *handler;
	LIST_INIT(&chip->groups);
	*out = chip;
	return 0;
}

void chip_free(struct chip *chip)
{
	free(chip);
}

int chip_find(const char *line)
{
	char *end;
	unsigned long offset;

	for (unsigned i = 0; i < CHIP_LINES; i++)
		if (!strcmp(names[i], line))
			return (int)i;
	if (*line < '0' || *line > '9')
		return -1;
	errno = 0;
	offset = strtoul(line, &end, 10);
	return errno || *end || offset >= CHIP_LINES ? -1 : (int)offset;
}

const char *chip_line_name(unsigned line)
{
	return names[line];
}

static bool line_value(const struct chip_group *group, unsigned index)
{
	return group->values >> index & 1;
}

static struct wire wire_of(const struct chip_group *group, unsigned index)
{
	const struct chip_config *config = &group->config;
	bool high = line_value(group, index) != config->active_low;

	if (!config->output)
		return (struct wire) { .bias = config->bias };
	if (config->open_drain)
		return (struct wire) { .drive = high ? WIRE_FREE : WIRE_LOW };
	return (struct wire) { .drive = high ? WIRE_HIGH : WIRE_LOW };
}

static void tell_edges(const struct chip *chip, uint32_t changed, int64_t time_ns)
{
	const struct chip_group *group;

	LIST_FOREACH(group, &chip->groups, entry)
	for (unsigned i = 0; group->config.edges && i < group->config.count; i++) {
		unsigned line = group->config.lines[i];

		if (changed >> line & 1)
			chip->handler.edge(chip->handler.context, group->owner, i,
				chip->levels[line] != group->config.active_low, time_ns);
	}
}

static void settle(struct chip *chip, int64_t time_ns)
{
	struct wire wires[CHIP_LINES] = { 0 };
	const struct chip_group *group;
	uint32_t changed = 0;
	unsigned shorted;

	LIST_FOREACH(group, &chip->groups, entry)
	for (unsigned i = 0; i < group->config.count; i++)
		wires[group->config.lines[i]] = wire_of(group, i);
	for (unsigned i = 0; i < CHIP_LINES; i++) {
		wires[i].resistor = resistors[i];
		wires[i].level = chip->levels[i];
	}
	shorted = switches_settle(wires, CHIP_LINES, chip->closed);
	if (shorted > chip->shorted)
		chip->shorts += shorted - chip->shorted;
	chip->shorted = shorted;
	for (unsigned i = 0; i < CHIP_LINES; i++) {
		changed |= (uint32_t)(wires[i].level != chip->levels[i]) << i;
		chip->levels[i] = wires[i].level;
	}
	if (!changed)
		return;
	chip->handler.levels(chip->handler.context, changed, time_ns);
	tell_edges(chip, changed, time_ns);
}

const char *chip_holder(const struct chip *chip, unsigned line)
{
	if (chip->holders[line])
		return chip->holders[line]->config.consumer;
	return *chip->others[line] ? chip->others[line] : NULL;
}

static int check_request(const struct chip *chip, const struct chip_config *config,
	char trouble[static CHIP_TROUBLE_SIZE])
{
	uint32_t seen = 0;

	if (config->edges && config->output) {
		snprintf(trouble, CHIP_TROUBLE_SIZE, "outputs can't watch edges");
		return -EINVAL;
	}
	for (size_t i = 0; i < config->count; i++) {
		unsigned line = config->lines[i];

		if (seen >> line & 1) {
			snprintf(trouble, CHIP_TROUBLE_SIZE, "line %s is asked for twice",
				names[line]);
			return -EINVAL;
		}
		seen |= UINT32_C(1) << line;
		if (chip_holder(chip, line)) {
			snprintf(trouble, CHIP_TROUBLE_SIZE,
				"line %s of chip " CHIP_LABEL " is held by \"%s\"", names[line],
				chip_holder(chip, line));
			return -EBUSY;
		}
	}
	return 0;
}

int chip_request(struct chip *chip, const struct chip_config *config, void *owner, int64_t time_ns,
	struct chip_group **out, char trouble[static CHIP_TROUBLE_SIZE])
{
	struct chip_group *group;
	int error = check_request(chip, config, trouble);

	if (error < 0)
		return error;
	group = calloc(1, sizeof(*group));
	if (!group)
		return -ENOMEM;
	group->config = *config;
	group->values = config->values;
	group->owner = owner;
	for (size_t i = 0; i < config->count; i++)
		chip->holders[config->lines[i]] = group;
	LIST_INSERT_HEAD(&chip->groups, group, entry);
	/* A pull-up that takes hold is no edge for who asked for it. */
	group->config.edges = false;
	settle(chip, time_ns);
	group->config.edges = config->edges;
	*out = group;
	return 0;
}

void chip_release(struct chip *chip, struct chip_group *group, int64_t time_ns)
{
	if (!group)
		return;
	for (size_t i = 0; i < group->config.count; i++)
		chip->holders[group->config.lines[i]] = NULL;
	LIST_REMOVE(group, entry);
	free(group);
	settle(chip, time_ns);
}

int chip_set(struct chip *chip, struct chip_group *group, uint32_t mask, uint32_t values,
	int64_t time_ns)
{
	if (!group->config.output)
		return -EPERM;
	if (mask >> group->config.count)
		return -EINVAL;
	group->values = (group->values & ~mask) | (values & mask);
	settle(chip, time_ns);
	return 0;
}

uint32_t chip_get(const struct chip *chip, const struct chip_group *group)
{
	uint32_t values = 0;

	for (size_t i = 0; i < group->config.count; i++)
		values |=
			(uint32_t)(chip->levels[group->config.lines[i]] != group->config.active_low)
			<< i;
	return values;
}

const struct chip_config *chip_group_config(const struct chip_group *group)
{
	return &group->config;
}

void chip_contact(struct chip *chip, unsigned row, unsigned column, bool closed, int64_t time_ns)
{
	if (chip->closed[row][column] == closed)
		return;
	chip->closed[row][column] = closed;
	settle(chip, time_ns);
}

bool chip_level(const struct chip *chip, unsigned line)
{
	return chip->levels[line];
}

uint64_t chip_shorts(const struct chip *chip)
{
	return chip->shorts;
}

int chip_hold(struct chip *chip, unsigned line, const char *consumer)
{
	if (consumer && chip_holder(chip, line))
		return -EBUSY;
	snprintf(chip->others[line], CHIP_CONSUMER_SIZE, "%s", consumer ? consumer : "");
	return 0;
}
