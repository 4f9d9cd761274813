/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PDU as a stranger may write it: the length checks, then libgammu's codec behind them. */
#include "base/log.h"
#include "modem/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct modem_decoded decoded;

	if (size > MODEM_PDU_MAX)
		return 0;
	log_open("fuzz", LOG_EMERG);
	codec_decode(data, size, &decoded);
	return 0;
}
