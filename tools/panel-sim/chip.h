/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated chip with its lines: who holds which, what each is driven to, and the level that
 * comes of it. Answers with the errnos that the kernel's GPIO character device gives. Pure: what
 * changes is told to the handler, time is an argument (CLOCK_MONOTONIC, microseconds).
 */
#ifndef PANEL_SIM_CHIP_H
#define PANEL_SIM_CHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "switches.h"

#define CHIP_LABEL "kotak-panel"
#define CHIP_GROUP_MAX 16     /* lines of one request */
#define CHIP_CONSUMER_SIZE 32 /* as the kernel's GPIO_MAX_NAME_SIZE */
#define CHIP_TROUBLE_SIZE 160

/* The lines by offset. */
enum chip_line {
	CHIP_ROW_1,
	CHIP_COLUMN_1 = CHIP_ROW_1 + SWITCHES_ROWS,
	CHIP_LCD_RS = CHIP_COLUMN_1 + SWITCHES_COLUMNS,
	CHIP_LCD_ENABLE,
	CHIP_LCD_D4,
	CHIP_LCD_D5,
	CHIP_LCD_D6,
	CHIP_LCD_D7,
	CHIP_LCD_BACKLIGHT,
	CHIP_BUZZER,
	CHIP_LAMP,
	CHIP_LINES,
};

struct chip_config {
	char consumer[CHIP_CONSUMER_SIZE];
	unsigned lines[CHIP_GROUP_MAX]; /* offsets, in the group's order */
	size_t count;
	bool output, open_drain, active_low, edges;
	enum wire_pull bias;
	uint32_t values; /* logical: what outputs begin with */
};

struct chip;
struct chip_group; /* lines held by one request */

struct chip_handler {
	void *context;
	/* Levels changed, all at this instant: bit i of changed is line i. */
	void (*levels)(void *context, uint32_t changed, int64_t time_ns);
	/* A line of a group that watches edges changed; rising is logical. */
	void (*edge)(void *context, void *owner, unsigned line, bool rising, int64_t time_ns);
};

must_check int chip_new(const struct chip_handler *handler, struct chip **out);
/* Groups must have been released. NULL is fine. */
void chip_free(struct chip *chip);

/* The offset of a line by its name or by its offset in digits; -1 when there is none. */
int chip_find(const char *line);
const char *chip_line_name(unsigned line);

/*
 * Requests a group. owner goes to the handler's edge(). 0; -EBUSY a line is held, trouble says by
 * whom; -EINVAL the same line twice or edges on outputs; -ENOMEM.
 */
must_check int chip_request(struct chip *chip, const struct chip_config *config, void *owner,
	int64_t time_ns, struct chip_group **out, char trouble[static CHIP_TROUBLE_SIZE]);
/* The lines become inputs without bias. NULL is fine. */
void chip_release(struct chip *chip, struct chip_group *group, int64_t time_ns);
/* Sets the lines whose bit is in mask. -EPERM for inputs, -EINVAL for bits beyond the group. */
must_check int chip_set(struct chip *chip, struct chip_group *group, uint32_t mask, uint32_t values,
	int64_t time_ns);
/* Logical levels of the group's lines as their pins have them. */
uint32_t chip_get(const struct chip *chip, const struct chip_group *group);
const struct chip_config *chip_group_config(const struct chip_group *group);

/* Joins or parts row and column: a key's contact. */
void chip_contact(struct chip *chip, unsigned row, unsigned column, bool closed, int64_t time_ns);
bool chip_level(const struct chip *chip, unsigned line);
/* Who holds the line, NULL for nobody. */
const char *chip_holder(const struct chip *chip, unsigned line);
/* How often an output came to drive high against another that drives low. */
uint64_t chip_shorts(const struct chip *chip);

/* Another consumer, that isn't ours, takes a line: -EBUSY when it is held. NULL gives it back. */
must_check int chip_hold(struct chip *chip, unsigned line, const char *consumer);

#endif
