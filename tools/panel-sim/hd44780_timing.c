/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hd44780_timing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hd44780.h"

#define DATA_PINS (HD44780_D4 | HD44780_D5 | HD44780_D6 | HD44780_D7)
#define ADDRESS_PINS (HD44780_RS | HD44780_RW)
/* Long before anything: no time since then is too short. */
#define NEVER_NS (INT64_MIN / 4)

/* Figure 24's steps, and those that come before one may write. */
enum step {
	STEP_FIRST,
	STEP_SECOND,
	STEP_THIRD,
	STEP_FOUR_BITS,
	STEP_FUNCTION,
	STEP_OFF,
	STEP_CLEAR,
	STEP_ENTRY,
	STEP_ON,
	STEP_DONE,
};

struct hd44780_timing {
	unsigned rows;
	/* When each kind of pin changed last. */
	int64_t rose_ns, fell_ns, data_ns, address_ns;

	/* Nothing may be written before busy_ns + due_ns. */
	int64_t busy_ns, due_ns;
	enum hd44780_fault due_fault;
	bool due_said;
	bool disturbed;
	unsigned regained; /* steps of an initialisation that a disturbed chip took in a row */

	enum step step;	 /* what is due; STEP_DONE: nothing in particular */
	bool from_power; /* this initialisation began with power-on */
	bool initialised;
	struct hd44780_step steps[HD44780_STEPS_MAX];
	size_t step_count;
	/* The last three nibbles, the newest first: whether a 0x3, how long after the one before.
	 */
	struct {
		bool is_reset;
		int64_t after_ns;
	} nibbles[3];
	int64_t nibble_ns; /* when the newest ended */

	uint64_t resets, count;
	struct hd44780_violation kept[HD44780_VIOLATIONS_KEPT + 1]; /* the last is lost */
};

static const struct {
	const char *name, *what;
} faults[] = {
	[HD44780_FAULT_CYCLE] = { "cycle", "E rose again" },
	[HD44780_FAULT_PULSE] = { "pulse", "E was high for" },
	[HD44780_FAULT_ADDRESS_SETUP] = { "address setup",
		"RS or R/W was stable before E rose for" },
	[HD44780_FAULT_DATA_SETUP] = { "data setup", "data was stable before E fell for" },
	[HD44780_FAULT_DATA_HOLD] = { "data hold", "data was held after E fell for" },
	[HD44780_FAULT_ADDRESS_HOLD] = { "address hold", "RS or R/W was held after E fell for" },
	[HD44780_FAULT_EXECUTION] = { "execution", "written to while busy, after" },
	[HD44780_FAULT_POWER] = { "power", "written to after power-on by" },
	[HD44780_FAULT_FIRST_RESET] = { "first reset", "written to after the first 0x3 by" },
	[HD44780_FAULT_SECOND_RESET] = { "second reset", "written to after the second 0x3 by" },
	[HD44780_FAULT_ORDER] = { "order", NULL },
	[HD44780_FAULT_READ] = { "read", NULL },
};

const char *hd44780_fault_name(enum hd44780_fault fault)
{
	return faults[fault].name;
}

int hd44780_timing_new(unsigned rows, struct hd44780_timing **out)
{
	struct hd44780_timing *timing = calloc(1, sizeof(*timing));

	if (!timing)
		return -ENOMEM;
	timing->rows = rows;
	timing->step = STEP_DONE;
	timing->rose_ns = timing->fell_ns = timing->data_ns = timing->address_ns = NEVER_NS;
	timing->busy_ns = timing->nibble_ns = NEVER_NS;
	*out = timing;
	return 0;
}

void hd44780_timing_free(struct hd44780_timing *timing)
{
	free(timing);
}

static struct hd44780_violation *violate(
	struct hd44780_timing *timing, enum hd44780_fault fault, int64_t time_ns)
{
	size_t index = timing->count < HD44780_VIOLATIONS_KEPT ? (size_t)timing->count
							       : HD44780_VIOLATIONS_KEPT;
	struct hd44780_violation *violation = &timing->kept[index];

	timing->count++;
	*violation = (struct hd44780_violation) { .fault = fault, .time_ns = time_ns };
	return violation;
}

static void at_least(struct hd44780_timing *timing, enum hd44780_fault fault, int64_t time_ns,
	int64_t was_ns, int64_t least_ns)
{
	struct hd44780_violation *violation;

	if (was_ns >= least_ns)
		return;
	violation = violate(timing, fault, time_ns);
	violation->was_ns = was_ns;
	violation->least_ns = least_ns;
	snprintf(violation->what, sizeof(violation->what), "%s %" PRId64 " ns, not %" PRId64 " ns",
		faults[fault].what, was_ns, least_ns);
}

void hd44780_timing_power(struct hd44780_timing *timing, int64_t time_ns)
{
	timing->rose_ns = timing->fell_ns = timing->data_ns = timing->address_ns = NEVER_NS;
	timing->busy_ns = timing->nibble_ns = time_ns;
	timing->due_ns = HD44780_POWER_NS;
	timing->due_fault = HD44780_FAULT_POWER;
	timing->due_said = false;
	timing->disturbed = false;
	timing->step = STEP_FIRST;
	timing->from_power = true;
	timing->initialised = false;
	timing->step_count = 0;
}

void hd44780_timing_disturbed(struct hd44780_timing *timing)
{
	timing->disturbed = true;
	timing->regained = 0;
	timing->step = STEP_DONE;
	timing->due_ns = 0;
}

static void enable_rose(struct hd44780_timing *timing, int64_t time_ns, uint8_t levels)
{
	at_least(timing, HD44780_FAULT_CYCLE, time_ns, time_ns - timing->rose_ns, HD44780_CYCLE_NS);
	at_least(timing, HD44780_FAULT_ADDRESS_SETUP, time_ns, time_ns - timing->address_ns,
		HD44780_ADDRESS_SETUP_NS);
	if (!timing->disturbed && !timing->due_said)
		at_least(timing, timing->due_fault, time_ns, time_ns - timing->busy_ns,
			timing->due_ns);
	timing->due_said = true; /* once, not for both nibbles */
	if (levels & HD44780_RW) {
		struct hd44780_violation *violation = violate(timing, HD44780_FAULT_READ, time_ns);

		snprintf(violation->what, sizeof(violation->what), "read: R/W was high");
	}
	timing->rose_ns = time_ns;
}

static void enable_fell(struct hd44780_timing *timing, int64_t time_ns)
{
	at_least(timing, HD44780_FAULT_PULSE, time_ns, time_ns - timing->rose_ns, HD44780_PULSE_NS);
	at_least(timing, HD44780_FAULT_DATA_SETUP, time_ns, time_ns - timing->data_ns,
		HD44780_DATA_SETUP_NS);
	timing->fell_ns = time_ns;
}

void hd44780_timing_pins(
	struct hd44780_timing *timing, int64_t time_ns, uint8_t before, uint8_t levels)
{
	uint8_t changed = before ^ levels;
	bool is_high = levels & HD44780_ENABLE;

	/* With the pins of one instant the order is the worst: E's edge beside a change. */
	if ((changed & HD44780_ENABLE) && !is_high)
		enable_fell(timing, time_ns);
	if (changed & ADDRESS_PINS) {
		/* While E is high RS must not move at all. */
		at_least(timing, HD44780_FAULT_ADDRESS_HOLD, time_ns,
			(before & levels & HD44780_ENABLE) ? 0 : time_ns - timing->fell_ns,
			HD44780_ADDRESS_HOLD_NS);
		timing->address_ns = time_ns;
	}
	if (changed & DATA_PINS) {
		if (!(before & levels & HD44780_ENABLE))
			at_least(timing, HD44780_FAULT_DATA_HOLD, time_ns,
				time_ns - timing->fell_ns, HD44780_DATA_HOLD_NS);
		timing->data_ns = time_ns;
	}
	if ((changed & HD44780_ENABLE) && is_high)
		enable_rose(timing, time_ns, levels);
}

void hd44780_timing_nibble(struct hd44780_timing *timing, int64_t time_ns, bool rs, uint8_t nibble)
{
	timing->nibbles[2] = timing->nibbles[1];
	timing->nibbles[1] = timing->nibbles[0];
	timing->nibbles[0].is_reset = !rs && nibble == 0x3;
	timing->nibbles[0].after_ns = timing->rose_ns - timing->nibble_ns;
	timing->nibble_ns = time_ns;
}

static void due(
	struct hd44780_timing *timing, int64_t time_ns, enum hd44780_fault fault, int64_t ns)
{
	timing->busy_ns = time_ns;
	timing->due_fault = fault;
	timing->due_said = false;
	timing->due_ns = ns;
}

/* How long the chip is busy with a byte (table 6). */
static int64_t execution_ns(bool rs, uint8_t byte)
{
	if (rs)
		return HD44780_DATA_EXECUTION_NS;
	return byte >= 1 && byte <= 3 ? HD44780_LONG_EXECUTION_NS : HD44780_EXECUTION_NS;
}

/* Whether the byte is what figure 24 has at this step. */
static bool is_step(const struct hd44780_timing *timing, bool rs, uint8_t byte, bool eight_bits)
{
	uint8_t lines = timing->rows > 1 ? 0x08 : 0;
	bool is = false;

	switch (timing->step) {
	case STEP_FIRST:
	case STEP_SECOND:
	case STEP_THIRD:
		is = eight_bits && byte >> 4 == 0x3;
		break;
	case STEP_FOUR_BITS:
		is = eight_bits && byte >> 4 == 0x2;
		break;
	case STEP_FUNCTION:
		is = !eight_bits && (byte & 0xf8) == (0x20 | lines);
		break;
	case STEP_OFF:
		is = (byte & 0xfc) == 0x08;
		break;
	case STEP_CLEAR:
		is = byte == 0x01;
		break;
	case STEP_ENTRY:
		is = (byte & 0xfc) == 0x04;
		break;
	case STEP_ON:
		is = (byte & 0xfc) == 0x0c;
		break;
	case STEP_DONE:
		break;
	}
	return is && !rs;
}

static void keep_step(struct hd44780_timing *timing, uint8_t byte, bool eight_bits)
{
	struct hd44780_step *step = &timing->steps[timing->step_count];

	if (!timing->from_power || timing->step_count == HD44780_STEPS_MAX)
		return;
	timing->step_count++;
	/* To the rise, from which waits count. */
	step->time_ns = timing->rose_ns;
	step->after_ns = timing->rose_ns - timing->busy_ns;
	step->least_ns = timing->due_ns;
	if (eight_bits)
		snprintf(step->what, sizeof(step->what), "0x%x", byte >> 4);
	else
		snprintf(step->what, sizeof(step->what), "0x%02x", byte);
}

static void wrong_step(struct hd44780_timing *timing, int64_t time_ns, bool rs, uint8_t byte)
{
	static const char *const names[] = { "first 0x3", "second 0x3", "third 0x3", "0x2 (4 bits)",
		"function set" };
	struct hd44780_violation *violation = violate(timing, HD44780_FAULT_ORDER, time_ns);

	snprintf(violation->what, sizeof(violation->what), "%s 0x%02x instead of the %s",
		rs ? "data" : "instruction", byte, names[timing->step]);
}

/* A step of an initialisation: true when the byte was one. */
static bool follow(
	struct hd44780_timing *timing, int64_t time_ns, bool rs, uint8_t byte, bool eight_bits)
{
	enum step step = timing->step;

	if (!is_step(timing, rs, byte, eight_bits)) {
		/* Before the interface is set nothing else makes sense. Behind it a refresh goes
		 * its own way: it neither blanks nor clears. */
		if (step <= STEP_FUNCTION)
			wrong_step(timing, time_ns, rs, byte);
		else if (step != STEP_ON)
			timing->step = STEP_DONE;
		return false;
	}
	keep_step(timing, byte, eight_bits);
	timing->step = step + 1;
	if (step == STEP_FIRST) {
		timing->resets++;
		due(timing, time_ns, HD44780_FAULT_FIRST_RESET, HD44780_FIRST_RESET_NS);
	} else if (step == STEP_SECOND) {
		due(timing, time_ns, HD44780_FAULT_SECOND_RESET, HD44780_SECOND_RESET_NS);
	} else {
		due(timing, time_ns, HD44780_FAULT_EXECUTION, execution_ns(rs, byte));
	}
	if (step == STEP_ON && timing->from_power)
		timing->initialised = true;
	return true;
}

/*
 * The bus goes to 8 bits while the chip works: another initialisation. In phase the chip took the
 * first two 0x3 for this byte; out of phase the first ended the byte before, and this one holds the
 * second and third.
 */
static void begin_again(struct hd44780_timing *timing, int64_t time_ns)
{
	int64_t after_ns = timing->nibbles[0].after_ns;
	bool in_phase = after_ns >= HD44780_FIRST_RESET_NS;
	bool out_of_phase = timing->nibbles[2].is_reset &&
			    timing->nibbles[1].after_ns >= HD44780_FIRST_RESET_NS;

	timing->resets++;
	timing->from_power = false;
	if (!in_phase && out_of_phase)
		at_least(timing, HD44780_FAULT_SECOND_RESET, time_ns, after_ns,
			HD44780_SECOND_RESET_NS);
	else
		at_least(timing, HD44780_FAULT_FIRST_RESET, time_ns, after_ns,
			HD44780_FIRST_RESET_NS);
	timing->step = !in_phase && out_of_phase ? STEP_FOUR_BITS : STEP_THIRD;
	due(timing, time_ns, HD44780_FAULT_SECOND_RESET, HD44780_SECOND_RESET_NS);
}

/* Set to 8 bits, then to 4, then the function: from here on the chip and its driver agree. */
static void regain(struct hd44780_timing *timing, bool rs, uint8_t byte, bool eight_bits)
{
	uint8_t function = timing->rows > 1 ? 0x28 : 0x20;

	if (!rs && byte >> 4 == 0x3)
		timing->regained = 1;
	else if (!rs && eight_bits && byte >> 4 == 0x2 && timing->regained == 1)
		timing->regained = 2;
	else if (!rs && !eight_bits && (byte & 0xf8) == function && timing->regained == 2)
		timing->disturbed = false;
	else
		timing->regained = 0;
}

void hd44780_timing_byte(
	struct hd44780_timing *timing, int64_t time_ns, bool rs, uint8_t byte, bool eight_bits)
{
	bool is_reset = !rs && !eight_bits && byte >> 4 == 0x3;

	if (timing->disturbed) {
		regain(timing, rs, byte, eight_bits);
		due(timing, time_ns, HD44780_FAULT_EXECUTION, execution_ns(rs, byte));
	} else if (is_reset) {
		begin_again(timing, time_ns);
	} else if (timing->step == STEP_DONE || !follow(timing, time_ns, rs, byte, eight_bits)) {
		due(timing, time_ns, HD44780_FAULT_EXECUTION, execution_ns(rs, byte));
	}
}

uint64_t hd44780_violations(const struct hd44780_timing *timing)
{
	return timing->count;
}

const struct hd44780_violation *hd44780_violation(const struct hd44780_timing *timing, size_t index)
{
	return index < timing->count && index < HD44780_VIOLATIONS_KEPT ? &timing->kept[index]
									: NULL;
}

void hd44780_forget_violations(struct hd44780_timing *timing)
{
	timing->count = 0;
}

bool hd44780_initialised(const struct hd44780_timing *timing)
{
	return timing->initialised;
}

size_t hd44780_steps(const struct hd44780_timing *timing, const struct hd44780_step **steps)
{
	*steps = timing->steps;
	return timing->step_count;
}

uint64_t hd44780_resets(const struct hd44780_timing *timing)
{
	return timing->resets;
}
