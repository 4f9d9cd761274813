/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The demo's one page, served on 127.0.0.1 from within the event loop. */
#ifndef KOTAK_DEMO_PAGE_H
#define KOTAK_DEMO_PAGE_H

#include <systemd/sd-event.h>

#include "base/cleanup.h"
#include "kiosk.h"
#include "phone.h"
#include "village.h"

struct page;

/* Serves on 127.0.0.1:port until closed. village, phones and kiosk stay the caller's. */
must_check int page_open(sd_event *event, unsigned port, struct village *village,
	struct phones *phones, struct kiosk *kiosk, struct page **out);
void page_close(struct page *page);

#endif
