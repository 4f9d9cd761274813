/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines seam: digital lines, requested in whole groups that belong to one chip. Lines are
 * named by their chip's label and their own name or offset, since chip numbers move between
 * kernels. Values are logical: bit i is line i of the group. Nothing blocks but for the time
 * that the kernel takes.
 */
#ifndef KOTAK_PORT_LINES_H
#define KOTAK_PORT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lines of one group. */
#define LINES_MAX 16

struct lines_name {
	const char *chip; /* its label, such as "pinctrl-bcm2711" */
	const char *line; /* its name, or its offset in decimal digits */
};

enum lines_direction {
	LINES_INPUT,
	LINES_OUTPUT,
};
enum lines_bias {
	LINES_BIAS_AS_IS,
	LINES_BIAS_DISABLED,
	LINES_BIAS_PULL_UP,
	LINES_BIAS_PULL_DOWN,
};
enum lines_drive {
	LINES_PUSH_PULL,
	LINES_OPEN_DRAIN,
};

/* The same for every line of the group. */
struct lines_config {
	enum lines_direction direction;
	enum lines_bias bias;	/* inputs */
	enum lines_drive drive; /* outputs */
	bool active_low;
	bool edges;	 /* inputs: both edges come as events */
	uint32_t values; /* outputs: what they begin with */
};

struct lines_event {
	unsigned line;	 /* of the group, from 0 */
	bool rising;	 /* logical */
	int64_t time_us; /* CLOCK_MONOTONIC, as near to the edge as is known */
};

struct lines;

struct lines_ops {
	const char *name;
	/* Readable when next() has an edge; one descriptor for the group's whole life, -1 when
	 * the group never watches edges. */
	int (*fd)(const struct lines *lines);
	/* 1 and an edge, 0 when there is none, or a negative errno (-ENODEV: the chip is gone). */
	int (*next)(struct lines *lines, struct lines_event *event);
	int (*get)(struct lines *lines, uint32_t *values);
	/* Sets those lines of the group whose bit is in mask, at once. */
	int (*set)(struct lines *lines, uint32_t mask, uint32_t values);
	/* NULL-safe. The lines become inputs or keep their level, as the kernel pleases. */
	void (*close)(struct lines *lines);
};

struct lines {
	const struct lines_ops *ops;
};

/* Where groups come from: the kernel's chips, or a simulator. */
struct lines_source;

struct lines_source_ops {
	const char *name;
	/*
	 * Requests the group. 0, or -ENODEV no such chip, -ENOENT no such line, -EBUSY another
	 * process has one of them, -EXDEV lines of several chips, -EINVAL, -EACCES …; trouble gets
	 * what is wrong in words for a technician, naming chip, line and (where the kernel tells)
	 * who holds it.
	 */
	int (*request)(struct lines_source *source, const char *consumer,
		const struct lines_name *names, size_t count, const struct lines_config *config,
		struct lines **out, char *trouble, size_t trouble_size);
	void (*close)(struct lines_source *source);
};

struct lines_source {
	const struct lines_source_ops *ops;
};

#endif
