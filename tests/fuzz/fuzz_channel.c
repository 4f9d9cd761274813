/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer: what a worker that isn't ours any more could send to kotakd. */
#include <assert.h>
#include <string.h>

#include "modem/channel_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct modem_event event;
	uint8_t again[WIRE_PACKET_MAX];

	/* There is one way to write an event, so that what is taken is written back alike. */
	if (wire_get_event(data, size, &event)) {
		assert(wire_put_event(&event, again) == size);
		assert(memcmp(data, again, size) == 0);
	}
	return 0;
}
