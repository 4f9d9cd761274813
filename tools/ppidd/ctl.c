/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/ctl.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>

#include "base/log.h"
#include "tools/ppidd/announce.h"
#include "tools/ppidd/copy.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/officer.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/survey.h"
#include "tools/ppidd/verify.h"

#define COMPLAINT_NAME_MAX 100

int ctl_failed(const char *what, int error)
{
	log_error("%s: %s", what, strerror(-error));
	return CTL_FAILED;
}

static int bad_usage(const char *words)
{
	log_error("%s", words);
	return CTL_USAGE;
}

/* A kiosk's number; 0 when it is none. */
static int64_t kiosk_number(const char *text)
{
	char *end;

	long long number = strtoll(text, &end, 10);
	return end == text || *end || number < 1 || number > 999 ? 0 : number;
}

static int kiosk_refused(int64_t number, int error)
{
	if (error == -EEXIST)
		log_error("kiosk %" PRId64 " is there already: ppidctl kiosk code %" PRId64
			  " gives it a new code",
			number, number);
	else if (error == -ENOENT)
		log_error("there is no kiosk %" PRId64 ": ppidctl kiosk list shows them", number);
	else
		return ctl_failed("kiosk", error);
	return CTL_FAILED;
}

static int print_code(struct ctl *ctl, int64_t number, const char *code)
{
	if (!ctl->json) {
		puts(code);
		return CTL_FINE;
	}
	printf("{\"kiosk\": %" PRId64 ", \"code\": \"%s\", \"minutes\": %d}\n", number, code,
		(int)(CODE_VALID_MS / 60000));
	return CTL_FINE;
}

static int kiosk_add_command(struct ctl *ctl)
{
	int64_t number = kiosk_number(ctl->arguments[0]);
	const char *name = ctl->arguments[1];
	char code[CODE_SIZE];

	if (number == 0)
		return bad_usage("a kiosk's ID is a number from 1 to 998");
	if (number == DESK_KIOSK)
		return bad_usage("999 is the desk itself, which numbers what officers type in: "
				 "choose another number, 1 to 998");
	if (!record_is_text(name) || !*name || strlen(name) > COMPLAINT_NAME_MAX)
		return bad_usage("a kiosk's name is a text of 1 to 100 bytes in UTF-8");
	int error = kiosk_add(ctl->db, &ctl->step, number, name, code);
	return error < 0 ? kiosk_refused(number, error) : print_code(ctl, number, code);
}

static int kiosk_code_command(struct ctl *ctl)
{
	int64_t number = kiosk_number(ctl->arguments[0]);
	char code[CODE_SIZE];

	if (number == 0)
		return bad_usage("a kiosk's ID is a number from 1 to 999");
	int error = kiosk_new_code(ctl->db, &ctl->step, number, code);
	return error < 0 ? kiosk_refused(number, error) : print_code(ctl, number, code);
}

static int kiosk_revoke_command(struct ctl *ctl)
{
	int64_t number = kiosk_number(ctl->arguments[0]);

	if (number == 0)
		return bad_usage("a kiosk's ID is a number from 1 to 999");
	int error = kiosk_revoke(ctl->db, &ctl->step, number);
	return error < 0 ? kiosk_refused(number, error) : CTL_FINE;
}

/* Shows what is typed, or not. */
static void terminal_echo(bool on)
{
	struct termios mode;

	if (tcgetattr(STDIN_FILENO, &mode) < 0)
		return;
	if (on)
		mode.c_lflag |= (tcflag_t)ECHO;
	else
		mode.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &mode);
}

/* One line of standard input without its end; the caller wipes it. */
static int read_password(char *out, size_t size)
{
	bool person = isatty(STDIN_FILENO) == 1;

	if (person) {
		fputs("Password: ", stderr);
		terminal_echo(false);
	}
	const char *line = fgets(out, (int)size, stdin);
	if (person) {
		terminal_echo(true);
		fputc('\n', stderr);
	}
	if (!line)
		return -EINVAL;
	out[strcspn(out, "\r\n")] = '\0';
	if (*out && strlen(out) < PASSWORD_GOOD)
		log_warning(
			"that password is short and easily guessed: %d letters or more are better",
			PASSWORD_GOOD);
	return 0;
}

static int user_refused(const char *name, int error)
{
	if (error == -EEXIST)
		log_error("there is an officer %s already", name);
	else if (error == -ENOENT)
		log_error("there is no officer %s: ppidctl user list shows them", name);
	else if (error == -EINVAL)
		return bad_usage("the password (on standard input) must have 1 to 200 bytes");
	else
		return ctl_failed("user", error);
	return CTL_FAILED;
}

static int user_add_command(struct ctl *ctl)
{
	const char *name = ctl->arguments[0], *role = ctl->arguments[1];
	char password[PASSWORD_MAX + 2];

	if (!officer_name_valid(name))
		return bad_usage("a name has 1 to 40 letters, digits and . _ - @");
	if (!officer_role_valid(role))
		return bad_usage("a role is intake, officer, head, auditor or administrator");
	int error = read_password(password, sizeof(password));
	if (error >= 0)
		error = officer_add(ctl->db, &ctl->step, name, role, password);
	sodium_memzero(password, sizeof(password));
	return error < 0 ? user_refused(name, error) : CTL_FINE;
}

static int user_password_command(struct ctl *ctl)
{
	const char *name = ctl->arguments[0];
	char password[PASSWORD_MAX + 2];

	int error = read_password(password, sizeof(password));
	if (error >= 0)
		error = officer_set_password(ctl->db, &ctl->step, name, password);
	sodium_memzero(password, sizeof(password));
	return error < 0 ? user_refused(name, error) : CTL_FINE;
}

static int user_disable_command(struct ctl *ctl)
{
	int error = officer_disable(ctl->db, &ctl->step, ctl->arguments[0]);

	return error < 0 ? user_refused(ctl->arguments[0], error) : CTL_FINE;
}

static int decision_result(struct ctl *ctl, int error, json_t *complaint)
{
	autojson json_t *own = complaint;

	if (error == -ENOENT)
		log_error("there is no complaint %s", ctl->arguments[0]);
	else if (error == -EPERM)
		log_error("that is no legal step from the complaint's state (see ppidctl show)");
	else if (error == -EINVAL)
		log_error("the text is empty");
	else if (error == -EEXIST)
		log_error("they were asked already, or have told");
	else if (error == -EMSGSIZE)
		log_error("the text is too long");
	else if (error == -EILSEQ)
		log_error("the text is not UTF-8");
	else if (error < 0)
		return ctl_failed("decision", error);
	if (error < 0)
		return CTL_FAILED;
	if (ctl->json) {
		json_dumpf(own, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		printf("%s %s\n", record_words(own, "ticket"), record_words(own, "state"));
	}
	return CTL_FINE;
}

static int answer_command(struct ctl *ctl)
{
	struct decision decision = { .complaint = ctl->arguments[0],
		.view = VIEW_WHOLE,
		.superior = true,
		.text = ctl->arguments[1] };
	json_t *complaint = NULL;

	int error = decide_answer(ctl->db, &ctl->step, &decision, &complaint);
	return decision_result(ctl, error, complaint);
}

static int question_command(struct ctl *ctl)
{
	struct decision decision = {
		.complaint = ctl->arguments[0], .view = VIEW_WHOLE, .text = ctl->arguments[1]
	};
	json_t *complaint = NULL;

	int error = decide_question(ctl->db, &ctl->step, &decision, &complaint);
	return decision_result(ctl, error, complaint);
}

static int state_command(struct ctl *ctl)
{
	struct decision decision = {
		.complaint = ctl->arguments[0],
		.view = VIEW_WHOLE,
		.text = ctl->count > 2 ? ctl->arguments[2] : NULL,
	};
	enum complaint_state to;
	json_t *complaint = NULL;

	if (!state_from_name(ctl->arguments[1], &to))
		return bad_usage(
			"there is no such state: received, incomplete, verified, assigned, "
			"investigating, resolved, closed, referred, withdrawn, reopened");
	int error = decide_state(ctl->db, &ctl->step, &decision, to, &complaint);
	return decision_result(ctl, error, complaint);
}

static int survey_command(struct ctl *ctl)
{
	struct decision decision = { .complaint = ctl->arguments[0], .view = VIEW_WHOLE };
	json_t *complaint = NULL;

	int error = decide_survey(ctl->db, &ctl->step, &decision, &complaint);
	return decision_result(ctl, error, complaint);
}

static int announce_command(struct ctl *ctl)
{
	struct announcement announcement = { .text = ctl->arguments[1] };

	if (strcmp(ctl->arguments[0], "all") != 0) {
		announcement.kiosk = kiosk_number(ctl->arguments[0]);
		if (announcement.kiosk == 0)
			return bad_usage("name a kiosk by its number from 1 to 999, or say all");
	}
	int count = announce(ctl->db, &ctl->step, &announcement);
	if (count == -ENOENT) {
		log_error("no such kiosk is enrolled: ppidctl kiosk list shows them");
		return CTL_FAILED;
	}
	if (count < 0)
		return decision_result(ctl, count, NULL);
	printf(ctl->json ? "{\"kiosks\": %d}\n" : "commanded to %d kiosks\n", count);
	return CTL_FINE;
}

static int verify_command(struct ctl *ctl)
{
	autofree char *fault = NULL;
	int64_t count = 0;

	int error = verify_all(ctl->db, &count, &fault);
	if (error < 0 && !fault)
		return ctl_failed("verify", error);
	if (ctl->json) {
		autojson json_t *result = json_pack("{s:b, s:I, s:s?}", "ok", error >= 0, "events",
			(json_int_t)count, "fault", fault);
		json_dumpf(result, stdout, JSON_COMPACT);
		putchar('\n');
	} else if (error < 0) {
		printf("%s\n", fault);
	} else {
		printf("%" PRId64 " events verified\n", count);
	}
	return error < 0 ? CTL_FAILED : CTL_FINE;
}

static int backup_command(struct ctl *ctl)
{
	const char *path = ctl->arguments[0];

	if (access(path, F_OK) == 0) {
		log_error("%s is there already: name a new file", path);
		return CTL_FAILED;
	}
	int error = ctl->db->ops->backup(ctl->db, path);
	if (error < 0)
		log_error("%s: %s: no backup was made", path, strerror(-error));
	return error < 0 ? CTL_FAILED : CTL_FINE;
}

static int restore_command(struct ctl *ctl)
{
	const char *path = ctl->arguments[0];

	int error = copy_from_file(ctl->db, path);
	if (error == -ENOTEMPTY)
		log_error("the store is in use already: restore into a new, empty one "
			  "(see ppidctl(8))");
	else if (error == -EEXIST)
		log_error("%s.restoring is in the way: if no other restore runs, remove it", path);
	else if (error < 0)
		log_error("%s: %s: nothing was restored", path, strerror(-error));
	return error < 0 ? CTL_FAILED : CTL_FINE;
}

const struct ctl_command ctl_commands[] = {
	{ "kiosk add", "ID NAME", 2, 2, "adds a kiosk, prints its enrolment code",
		kiosk_add_command },
	{ "kiosk code", "ID", 1, 1, "prints a new enrolment code", kiosk_code_command },
	{ "kiosk revoke", "ID", 1, 1, "locks a kiosk out", kiosk_revoke_command },
	{ "kiosk list", "", 0, 0, "shows the kiosks", ctl_kiosk_list },
	{ "user add", "NAME ROLE", 2, 2, "adds an officer; password on standard input",
		user_add_command },
	{ "user password", "NAME", 1, 1, "sets a new password from standard input",
		user_password_command },
	{ "user disable", "NAME", 1, 1, "locks an officer out", user_disable_command },
	{ "user role", "NAME ROLE", 2, 2, "gives an officer another role", ctl_user_role },
	{ "user enable", "NAME", 1, 1, "lets a locked out officer in again", ctl_user_enable },
	{ "user factor", "NAME", 1, 1, "takes an officer's second factor away", ctl_user_factor },
	{ "user list", "", 0, 0, "shows the officers", ctl_user_list },
	{ "roles", "", 0, 0, "shows which role may do what on the desk", ctl_roles },
	{ "complaints", "", 0, 0, "shows all complaints", ctl_complaints },
	{ "show", "TICKET", 1, 1, "shows one complaint with its history", ctl_show },
	{ "answer", "TICKET TEXT", 2, 2, "answers it and resolves it", answer_command },
	{ "state", "TICKET STATE [REASON]", 2, 3, "changes its state", state_command },
	{ "question", "TICKET TEXT", 2, 2, "asks the complainant", question_command },
	{ "survey", "TICKET", 1, 1, "asks the complainant whether it helped", survey_command },
	{ "announce", "KIOSK|all TEXT", 2, 2, "tells everybody who agreed to be told",
		announce_command },
	{ "events", "", 0, 0, "shows the event logs", ctl_events },
	{ "verify", "", 0, 0, "checks every chain of events", verify_command },
	{ "backup", "FILE", 1, 1, "copies the database while it is in use", backup_command },
	{ "restore", "FILE", 1, 1, "puts a backup into an empty store", restore_command },
	{ NULL, NULL, 0, 0, NULL, NULL },
};
