/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks an HD44780U's bus against its data sheet (Hitachi ADE-207-272(Z), bus timing for 2.7 V to
 * 4.5 V, and figure 24, initialisation by instruction for 4 bits). A chip without violations after
 * a whole test proves the driver. Every violation is counted, the first ones are kept.
 */
#ifndef PANEL_SIM_HD44780_TIMING_H
#define PANEL_SIM_HD44780_TIMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* "Bus timing characteristics, write operation", and figure 25. */
#define HD44780_CYCLE_NS 1000	    /* tcycE: from one rise of E to the next */
#define HD44780_PULSE_NS 450	    /* PWEH: E high */
#define HD44780_ADDRESS_SETUP_NS 60 /* tAS: RS and R/W before E rises */
#define HD44780_DATA_SETUP_NS 195   /* tDSW: data before E falls */
#define HD44780_DATA_HOLD_NS 10	    /* tH: data after E fell */
#define HD44780_ADDRESS_HOLD_NS 20  /* tAH: RS and R/W after E fell */
/* Table 6: 37 us at 270 kHz, the address 4 us later after data; the oscillator may run at 190 kHz.
 */
#define HD44780_EXECUTION_NS 52579	  /* 37 us */
#define HD44780_DATA_EXECUTION_NS 58264	  /* 37 us + tADD */
#define HD44780_LONG_EXECUTION_NS 2160000 /* 1.52 ms: clear and home */
/* Figure 24. */
#define HD44780_POWER_NS 40000000
#define HD44780_FIRST_RESET_NS 4100000
#define HD44780_SECOND_RESET_NS 100000

enum hd44780_fault {
	HD44780_FAULT_CYCLE,
	HD44780_FAULT_PULSE,
	HD44780_FAULT_ADDRESS_SETUP,
	HD44780_FAULT_DATA_SETUP,
	HD44780_FAULT_DATA_HOLD,
	HD44780_FAULT_ADDRESS_HOLD,
	HD44780_FAULT_EXECUTION, /* written to while busy */
	HD44780_FAULT_POWER,	 /* written to too soon after power-on */
	HD44780_FAULT_FIRST_RESET,
	HD44780_FAULT_SECOND_RESET,
	HD44780_FAULT_ORDER, /* not the step that figure 24 has now */
	HD44780_FAULT_READ,  /* R/W was high: a 5 V module would drive the Pi's pins */
};

struct hd44780_violation {
	enum hd44780_fault fault;
	int64_t time_ns;
	int64_t was_ns, least_ns; /* 0 for ORDER and READ */
	char what[96];		  /* in words: "E was high for 120 ns, not 450 ns" */
};

/* One step of an initialisation. */
struct hd44780_step {
	char what[32]; /* "0x3", "0x2", "0x28" … */
	int64_t time_ns;
	int64_t after_ns, least_ns; /* since the step before it (or power-on), and what is due */
};

#define HD44780_VIOLATIONS_KEPT 64
#define HD44780_STEPS_MAX 9

struct hd44780_timing;

/* How many there were; the first HD44780_VIOLATIONS_KEPT can be looked at (NULL beyond them). */
uint64_t hd44780_violations(const struct hd44780_timing *timing);
const struct hd44780_violation *hd44780_violation(
	const struct hd44780_timing *timing, size_t index);
void hd44780_forget_violations(struct hd44780_timing *timing);

/*
 * Whether figure 24 was gone through since power-on, in order and with its times, to the end
 * (display on); the steps of the last power-on's, and how many were done so far.
 */
bool hd44780_initialised(const struct hd44780_timing *timing);
size_t hd44780_steps(const struct hd44780_timing *timing, const struct hd44780_step **steps);
/* Initialisations begun (0x3 as first nibble of figure 24), refreshes included. */
uint64_t hd44780_resets(const struct hd44780_timing *timing);

/* "pulse" and so on. */
const char *hd44780_fault_name(enum hd44780_fault fault);

/* The chip's calls. rows: of the module, for the function set's number of lines. -ENOMEM. */
must_check int hd44780_timing_new(unsigned rows, struct hd44780_timing **out);
void hd44780_timing_free(struct hd44780_timing *timing);
void hd44780_timing_power(struct hd44780_timing *timing, int64_t time_ns);
/* The chip's state isn't the driver's any more: order and busy times count from the next
 * initialisation on. */
void hd44780_timing_disturbed(struct hd44780_timing *timing);
/* Before the chip acts on them. */
void hd44780_timing_pins(
	struct hd44780_timing *timing, int64_t time_ns, uint8_t before, uint8_t levels);
/* E fell on a nibble, which may not be a byte yet. */
void hd44780_timing_nibble(struct hd44780_timing *timing, int64_t time_ns, bool rs, uint8_t nibble);
/* The byte that the chip understood. */
void hd44780_timing_byte(
	struct hd44780_timing *timing, int64_t time_ns, bool rs, uint8_t byte, bool eight_bits);

#endif
