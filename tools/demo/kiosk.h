/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lobby's kiosk: what its panel shows and its printer printed, asked of panel-sim and
 * printer-sim over their control sockets, and the resident's finger.
 */
#ifndef KOTAK_DEMO_KIOSK_H
#define KOTAK_DEMO_KIOSK_H

#include <jansson.h>
#include <stdbool.h>
#include <systemd/sd-event.h>

#include "base/cleanup.h"

struct kiosk;

/* Connects to both simulators. Caller closes. */
must_check int kiosk_open(sd_event *event, const char *panel_control, const char *printer_control,
	struct kiosk **out);
void kiosk_close(struct kiosk *kiosk);

/*
 * {"serial"} when nothing changed since that serial number, else with it "screen", "lamp",
 * "buzzer" and "keys" as panel-sim tells of them, "display" and "printer" (plugged in), "paper"
 * (there is some), "slips": [{"number", "ticket"}] oldest first. Caller owns *out.
 */
must_check int kiosk_show(struct kiosk *kiosk, json_int_t after, json_t **out);

/* A finger goes down on a key, or up. -EINVAL: no such key. */
must_check int kiosk_key(struct kiosk *kiosk, const char *key, bool down);
/* No finger is on any key. */
must_check int kiosk_hands_off(struct kiosk *kiosk);
/* Plugs "display" or "printer" in, or puts "paper" in, or takes it away. -EINVAL: nothing such. */
must_check int kiosk_switch(struct kiosk *kiosk, const char *what, bool on);

/* The slip's picture, a PNG; caller frees. -ENOENT: no such slip. */
must_check int kiosk_slip(struct kiosk *kiosk, json_int_t number, void **content, size_t *size);

#endif
