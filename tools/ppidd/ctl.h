/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of ppidctl. */
#ifndef PPIDD_CTL_H
#define PPIDD_CTL_H

#include <stdbool.h>

#include "tools/ppidd/chain.h"

enum { CTL_FINE = 0, CTL_FAILED = 1, CTL_USAGE = 2 };

struct ctl {
	struct db *db;
	struct step step;
	bool json;
	unsigned count;
	char **arguments; /* after the command's own words */
};

struct ctl_command {
	const char *words; /* "kiosk add" */
	const char *arguments;
	unsigned least, most;
	const char *help;
	/* Returns an exit status; says what failed itself. */
	int (*run)(struct ctl *ctl);
};
/* Ends with an empty one. */
extern const struct ctl_command ctl_commands[];

/* ctl_list.c */
int ctl_kiosk_list(struct ctl *ctl);
int ctl_user_list(struct ctl *ctl);
int ctl_complaints(struct ctl *ctl);
int ctl_show(struct ctl *ctl);
int ctl_events(struct ctl *ctl);

/* ctl_user.c */
int ctl_roles(struct ctl *ctl);
int ctl_user_role(struct ctl *ctl);
int ctl_user_enable(struct ctl *ctl);
int ctl_user_factor(struct ctl *ctl);

/* Says why something failed; returns CTL_FAILED. */
int ctl_failed(const char *what, int error);

#endif
