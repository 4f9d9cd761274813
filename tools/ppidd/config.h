/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppidd.conf, see ppidd.conf(5). */
#ifndef PPIDD_CONFIG_H
#define PPIDD_CONFIG_H

#include <netdb.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "tools/ppidd/deadline.h"

struct config {
	char *listen;
	struct sockaddr_storage address;
	socklen_t address_size;
	bool loopback;
	char *tls_cert, *tls_key; /* both or none */
	char *frame_ancestors;	  /* origins that may show the desk in a frame, or NULL */
	char *office;		  /* the name on every page */
	char *timezone;		  /* as TZ */
	char *store_url;
	struct deadline_rules deadlines;
	int64_t survey_after_days;  /* 0: complainants are asked by officers only */
	int64_t erase_after_months; /* after a complaint ended; 0: personal data is kept */
	int64_t silence_hours;	    /* without a word of a kiosk until that is told; 0: never */
};

/*
 * Reads and checks the file; every error is said in the log with its place. 0, -EINVAL for a
 * wrong configuration, or the negative errno of reading it. config_free() in any case.
 */
must_check int config_read(const char *path, struct config *config);
void config_free(struct config *config);

#endif
