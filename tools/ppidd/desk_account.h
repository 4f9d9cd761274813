/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages of accounts: one's own, and for an administrator everybody's. */
#ifndef PPIDD_DESK_ACCOUNT_H
#define PPIDD_DESK_ACCOUNT_H

#include "tools/ppidd/account.h"
#include "tools/ppidd/desk.h"

/* Where a log-in that isn't complete goes on; NULL for LOGIN_DONE. */
const char *desk_step_page(enum login_step step);

/* Begins a form of this session; </form> ends it. */
void desk_account_form(struct request *request, FILE *out, const char *action);
/* The way out of a log-in that one can't complete. */
void desk_account_leave(struct request *request, FILE *out);
/* A password field with its label; complete is what a browser's keeper of passwords makes of it. */
void desk_password_field(FILE *out, const char *name, const char *label, const char *complete);
/* What was refused, in the officer's words. */
const char *desk_account_refusal(int error);
unsigned desk_account_status(int error);

/* desk_account.c */
int desk_get_account(struct request *request);
int desk_get_password(struct request *request);
int desk_post_password(struct request *request);
int desk_post_sessions(struct request *request);

/* desk_account_factor.c */
int desk_get_factor(struct request *request);
int desk_post_factor(struct request *request);
int desk_post_factor_off(struct request *request);
int desk_get_code(struct request *request);
int desk_post_code(struct request *request);

/* desk_users.c */
int desk_get_users(struct request *request);
int desk_post_user(struct request *request);
int desk_get_user(struct request *request);
int desk_post_user_role(struct request *request);
int desk_post_user_password(struct request *request);
int desk_post_user_disable(struct request *request);
int desk_post_user_enable(struct request *request);
int desk_post_user_factor(struct request *request);

/* desk_audit.c: who was shown personal data. */
int desk_get_readings(struct request *request);

#endif
