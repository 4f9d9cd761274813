/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kotakd.conf, read and checked once at the start. kotakd.conf(5) says the same to people. */
#ifndef KOTAK_KOTAKD_CONFIG_H
#define KOTAK_KOTAKD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct config_modem {
	char *name;
	char *device;	       /* a path, a glob pattern or "auto"; "none" for no hardware */
	char *pin;	       /* NULL: none */
	char *balance_ussd;    /* NULL: not asked */
	char *balance_pattern; /* NULL: the whole answer */
	int64_t sms_per_minute;
};

struct config {
	int64_t kiosk_id; /* 1-999 */
	char *kiosk_name;
	char *locale;	/* "id" */
	char *timezone; /* "Asia/Jakarta" */
	char *store_path;
	struct config_modem *modems;
	size_t modem_count;
	char *sync_url; /* NULL: this kiosk doesn't sync */
	char *sync_token_file;
	char *sync_ca_file; /* NULL: the system's */
	char *panel_driver; /* "none" … */
	char *panel_board;
	char *panel_lines;
	char *panel_display;
	char *printer_device;
	char *control_socket;
	/* How long a message that may or may not have been sent waits for its status report. */
	int64_t report_wait_s;
	/* How long a message waits for its missing parts. */
	int64_t parts_wait_s;
};

/*
 * Reads and checks the file. Every error was said in the log with file, line and key when
 * this returns -EINVAL (or the errno of opening it). config_release() in every case.
 */
must_check int config_load(const char *path, struct config *config);
void config_release(struct config *config);

#endif
