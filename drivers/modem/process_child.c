/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/process_child.h"

#include <stdio.h>

static const char *recover_name(enum modem_reset recover)
{
	switch (recover) {
	case MODEM_RESET_SOFT:
		return "soft";
	case MODEM_RESET_HARD:
		return "hard";
	case MODEM_RESET_WORKER:
		break;
	}
	return "none";
}

int modem_child_run(struct child *child, const char *executable, char *name, char *device,
	enum modem_reset recover, int channel)
{
	char program[] = "kotakd", worker[] = "--worker", modem[] = "modem";
	char channel_option[] = "--channel", channel_text[] = CHILD_CHANNEL_TEXT;
	char name_option[] = "--name", device_option[] = "--device";
	char recover_option[] = "--recover", recover_text[8];
	char *argv[] = { program, worker, modem, channel_option, channel_text, name_option, name,
		device_option, device, recover_option, recover_text, NULL };

	snprintf(recover_text, sizeof(recover_text), "%s", recover_name(recover));
	return child_run(child, executable, argv, channel);
}
