/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "switches.h"

#include <stdint.h>

struct net {
	uint32_t members;
	bool low, high;			 /* driven */
	bool bias_up, bias_down;	 /* by the chip's resistors */
	bool resistor_up, resistor_down; /* by the board's */
};

static uint32_t bit(size_t line)
{
	return UINT32_C(1) << line;
}

/* Which lines hang together with this one; four keys in a ring join eight at most. */
static uint32_t members_of(size_t line, bool closed[static SWITCHES_ROWS][SWITCHES_COLUMNS])
{
	uint32_t members = bit(line);
	uint32_t before = 0;

	while (members != before) {
		before = members;
		for (size_t row = 0; row < SWITCHES_ROWS; row++) {
			for (size_t column = 0; column < SWITCHES_COLUMNS; column++) {
				uint32_t pair = bit(row) | bit(SWITCHES_ROWS + column);

				if (closed[row][column] && (members & pair))
					members |= pair;
			}
		}
	}
	return members;
}

static void add_to_net(struct net *net, const struct wire *wire)
{
	net->low |= wire->drive == WIRE_LOW;
	net->high |= wire->drive == WIRE_HIGH;
	net->bias_up |= wire->bias == WIRE_PULL_UP;
	net->bias_down |= wire->bias == WIRE_PULL_DOWN;
	net->resistor_up |= wire->resistor == WIRE_PULL_UP;
	net->resistor_down |= wire->resistor == WIRE_PULL_DOWN;
}

static bool net_level(const struct net *net, bool charge)
{
	if (net->low)
		return false;
	if (net->high)
		return true;
	if (net->bias_up != net->bias_down)
		return net->bias_up;
	if (!net->bias_up && net->resistor_up != net->resistor_down)
		return net->resistor_up;
	return charge;
}

unsigned switches_settle(
	struct wire *wires, size_t count, bool closed[static SWITCHES_ROWS][SWITCHES_COLUMNS])
{
	uint32_t done = 0;
	unsigned shorted = 0;

	for (size_t first = 0; first < count; first++) {
		struct net net = { .members = members_of(first, closed) };

		if (done & bit(first))
			continue;
		for (size_t line = 0; line < count; line++)
			if (net.members & bit(line))
				add_to_net(&net, &wires[line]);
		for (size_t line = 0; line < count; line++)
			if (net.members & bit(line))
				wires[line].level = net_level(&net, wires[line].level);
		done |= net.members;
		shorted += net.low && net.high;
	}
	return shorted;
}
