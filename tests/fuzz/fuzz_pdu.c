/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer: what a stranger could have sent, through everything that reads it. */
#include <assert.h>
#include <string.h>

#include "modem/alphabet.h"
#include "modem/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct modem_decoded decoded;

	codec_decode(data, size, &decoded);
	assert(decoded.text_units <= MODEM_PART_UNITS);
	assert(memchr(decoded.address, 0, sizeof(decoded.address)));
	assert(alphabet_valid(decoded.address, strlen(decoded.address)));
	assert(decoded.concat_number <= decoded.concat_total);
	assert((decoded.type == MODEM_DECODED_UNREADABLE) == (decoded.reason[0] != '\0'));
	return 0;
}
