/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppidd-opensid.conf, see ppidd-opensid(8). */
#ifndef PPIDD_OPENSID_SETTINGS_H
#define PPIDD_OPENSID_SETTINGS_H

#include "tools/ppidd/config.h"
#include "tools/ppidd/opensid.h"

#define PASSWORD_SIZE 256

struct settings {
	struct config ppidd; /* of the file that [ppidd] config names */
	char *ppidd_config;
	char *name; /* of the bridge; the log and the history call it so */
	char *host; /* NULL: socket */
	char *socket;
	int64_t port;
	char *database, *user, *password_file;
	char *tls_ca;	   /* NULL: no TLS, on this machine only */
	int64_t config_id; /* of a database of several villages; 0: the only one */
	int64_t kiosks[OPENSID_KIOSKS_MAX];
	size_t kiosk_count;
	enum opensid_level copy; /* OPENSID_NOTHING: not said */
	int64_t interval_s;
};

/* As config_read(): errors are said in the log with their place. settings_free() in any case. */
must_check int settings_read(const char *path, struct settings *settings);
void settings_free(struct settings *settings);

/* The password's file, read anew each time; "" without one. -ENODATA: it is empty. */
must_check int settings_password(
	const struct settings *settings, char password[static PASSWORD_SIZE]);

#endif
