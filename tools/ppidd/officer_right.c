/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may do what: the one place that says so. A route names the right it asks for (desk.c), a
 * page shows the forms that its reader may send, and a query leaves out what isn't for its reader.
 */
#include <string.h>

#include "tools/ppidd/officer.h"

enum role { INTAKE = 1, OFFICER = 2, HEAD = 4, AUDITOR = 8, ADMINISTRATOR = 16 };

#define EVERYBODY (INTAKE | OFFICER | HEAD | AUDITOR | ADMINISTRATOR)

/* In the order of the bits above. */
static const char *const roles[] = { "intake", "officer", "head", "auditor", "administrator" };

static const struct {
	const char *name;
	unsigned roles;
} rights[RIGHT_COUNT] = {
	[RIGHT_NONE] = { "none", 0 },
	[RIGHT_OWN] = { "own", EVERYBODY },
	[RIGHT_READ] = { "read", EVERYBODY },
	[RIGHT_INTAKE] = { "intake", INTAKE | OFFICER | HEAD | ADMINISTRATOR },
	[RIGHT_HANDLE] = { "handle", OFFICER | HEAD | ADMINISTRATOR },
	/* The one above PPID (UU 14/2008 art. 36). */
	[RIGHT_OBJECTION] = { "objection", HEAD },
	[RIGHT_ANNOUNCE] = { "announce", OFFICER | HEAD | ADMINISTRATOR },
	/* Not the auditor: whether the work was done right is seen without the name. */
	[RIGHT_IDENTITY] = { "identity", INTAKE | HEAD | ADMINISTRATOR },
	/* Those who sit beside the one it is about don't see it: it goes one level up. */
	[RIGHT_ABOUT_OFFICE] = { "about-office", HEAD | AUDITOR | ADMINISTRATOR },
	[RIGHT_REPORT] = { "report", HEAD | AUDITOR | ADMINISTRATOR },
	[RIGHT_PUBLISH] = { "publish", HEAD | ADMINISTRATOR },
	[RIGHT_AUDIT] = { "audit", HEAD | AUDITOR | ADMINISTRATOR },
	[RIGHT_ADMINISTER] = { "administer", ADMINISTRATOR },
};

const char *right_name(enum right right)
{
	return rights[right].name;
}

const char *role_name(unsigned i)
{
	return i < ARRAY_SIZE(roles) ? roles[i] : NULL;
}

bool role_may(const char *role, enum right right)
{
	for (unsigned i = 0; i < ARRAY_SIZE(roles); i++) {
		if (strcmp(roles[i], role) == 0)
			return (rights[right].roles & 1U << i) != 0;
	}
	return false;
}

bool role_needs_factor(const char *role)
{
	return role_may(role, RIGHT_ADMINISTER);
}

bool officer_may(const struct officer *officer, enum right right)
{
	return role_may(officer->role, right);
}

bool officer_may_change(const struct officer *officer)
{
	return officer_may(officer, RIGHT_INTAKE);
}

bool officer_sees_identity(const struct officer *officer)
{
	return officer_may(officer, RIGHT_IDENTITY);
}

bool officer_role_valid(const char *role)
{
	/* Every role may look after its own account. */
	return role_may(role, RIGHT_OWN);
}
