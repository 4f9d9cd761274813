/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operator's command: what its commands share. */
#ifndef KOTAK_KOTAKCTL_H
#define KOTAK_KOTAKCTL_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "kotakd/config.h"
#include "store/store.h"

/* What the program exits with. */
enum outcome {
	OUTCOME_FINE = 0,
	OUTCOME_FAILED = 1,
	OUTCOME_USAGE = 2,
};

struct request {
	const struct config *config;
	const char *config_path;
	char **arguments; /* of the command */
	int argument_count;
	bool json;
};

typedef enum outcome command_function(const struct request *request);

/* listings.c */
command_function command_complaints, command_show, command_inbox, command_outbox, command_events,
	command_verify;
/* status.c */
command_function command_status;
/* enroll.c */
command_function command_enroll;
/* doctor.c */
command_function command_doctor;
/* backup.c */
command_function command_backup, command_restore, command_export;

/* Opens the kiosk's database for reading; why it can't be was said when this returns NULL. */
must_check struct store *open_store(const struct request *request);

/*
 * Sends one request ("status") to kotakd and waits at most some seconds for its whole answer
 * (caller frees). Returns 0, -ENOENT without a [control] socket in the configuration,
 * -ECONNREFUSED when kotakd isn't running, -ETIMEDOUT, or another negative errno.
 */
must_check int control_ask(const struct config *config, const char *asked, char **answer);

#endif
