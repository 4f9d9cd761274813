/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppidctl's commands about accounts and what they may do. */
#include <errno.h>

#include "base/log.h"
#include "tools/ppidd/account.h"
#include "tools/ppidd/ctl.h"
#include "tools/ppidd/http.h"

/* The roles that may use a route; caller owns. NULL without memory. */
static json_t *route_roles(const struct route *route)
{
	autojson json_t *roles = json_array();

	for (unsigned i = 0; role_name(i); i++) {
		if (role_may(role_name(i), route->right) &&
			json_array_append_new(roles, json_string(role_name(i))) < 0)
			return NULL;
	}
	return take_pointer(roles);
}

static json_t *route_record(const struct route *route)
{
	static const char *const reads[] = { "nothing", "complaint", "list" };

	return json_pack("{s:s, s:s, s:b, s:s, s:s, s:o}", "method", route->method, "path",
		route->pattern, "session", route->kind == ROUTE_DESK, "right",
		right_name(route->right), "reads", reads[route->reads], "roles",
		route_roles(route));
}

static void print_route(const struct route *route)
{
	printf("%-5s %-32s %-10s", route->method, route->pattern, right_name(route->right));
	for (unsigned i = 0; role_name(i); i++)
		printf(" %s", role_may(role_name(i), route->right) ? role_name(i) : "-");
	putchar('\n');
}

int ctl_roles(struct ctl *ctl)
{
	autojson json_t *list = json_array();

	for (size_t i = 0; route_tables[i]; i++) {
		for (const struct route *route = route_tables[i]; route->method; route++) {
			if (!ctl->json && route->kind == ROUTE_DESK)
				print_route(route);
			else if (ctl->json && json_array_append_new(list, route_record(route)) < 0)
				return ctl_failed("roles", -ENOMEM);
		}
	}
	if (ctl->json) {
		json_dumpf(list, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	return CTL_FINE;
}

static int user_result(struct ctl *ctl, int error)
{
	if (error == -ENOENT)
		log_error(
			"there is no officer %s: ppidctl user list shows them", ctl->arguments[0]);
	else if (error == -EINVAL)
		log_error("a role is intake, officer, head, auditor or administrator");
	else if (error < 0)
		return ctl_failed("user", error);
	if (error == -EINVAL)
		return CTL_USAGE;
	return error < 0 ? CTL_FAILED : CTL_FINE;
}

int ctl_user_role(struct ctl *ctl)
{
	return user_result(
		ctl, account_set_role(ctl->db, &ctl->step, ctl->arguments[0], ctl->arguments[1]));
}

int ctl_user_enable(struct ctl *ctl)
{
	return user_result(ctl, account_enable(ctl->db, &ctl->step, ctl->arguments[0]));
}

int ctl_user_factor(struct ctl *ctl)
{
	return user_result(ctl, account_drop_factor(ctl->db, &ctl->step, ctl->arguments[0]));
}
