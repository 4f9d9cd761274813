/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kotakd.conf, read and checked once at the start. kotakd.conf(5) says the same to people. */
#ifndef KOTAK_KOTAKD_CONFIG_H
#define KOTAK_KOTAKD_CONFIG_H

#include <jansson.h>
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

/* How the panel's display is connected: "20x4 gpio", "16x2 i2c:1:0x27:b". */
struct config_display {
	unsigned columns, rows; /* 20x4 or 16x2 */
	bool i2c;		/* behind a PCF8574, else on the board's lines */
	unsigned bus, address;	/* of the I2C bus */
	bool wiring_b;		/* the less common way a backpack is wired: P4 is RS */
};

struct config {
	int64_t kiosk_id; /* 1-999 */
	char *kiosk_name;
	char *locale;	/* "id" */
	char *timezone; /* "Asia/Jakarta" */
	char *store_path;
	int64_t keep_months; /* personal data, after a complaint ended; 0: for ever */
	struct config_modem *modems;
	size_t modem_count;
	char *sync_url; /* NULL: this kiosk doesn't sync */
	char *sync_token_file;
	char *sync_ca_file;	/* NULL: the system's */
	int64_t health_after_s; /* how long something is broken before the server is told */
	char *panel_driver;	/* "gpio", "sim" or "none" */
	char *panel_board;	/* a profile's name or path; NULL only when there is no panel */
	char *panel_lines; /* gpio: a file of exceptions to the profile, or NULL; sim: the socket */
	char *panel_display; /* as written, see display */
	struct config_display display;
	char *panel_places; /* a file of dusun and their RT; NULL: residents write it themselves */
	char *printer_device; /* NULL: there is no printer */
	int64_t printer_baud;
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
/*
 * The places of [panel] places, as the panel's start message has them: [{"name": "Karang", "parts":
 * ["RT 01", "RT 02"]}]; an empty list when there is no such file. Caller owns *out. -EINVAL (or the
 * errno of opening it) after the error was said.
 */
must_check int config_places(const struct config *config, json_t **out);
/* What only the machine can tell: whether folders and files that are named are there. 0 or -EINVAL,
 * said. */
must_check int config_check_files(const char *path, const struct config *config);
void config_release(struct config *config);

#endif
