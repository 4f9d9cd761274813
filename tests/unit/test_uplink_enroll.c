/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Enrolment: a code for a token, and words for an operator when there is none. */
#include "tests/unit/uplink_fixture.h"

#include <signal.h>
#include <sys/wait.h>

#define TOKEN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* What the server says, by the code that it is asked with. */
static void answer(struct http *http, int fd, const char *path)
{
	if (strcmp(path, "/v1/enroll") != 0 || strstr(http->body, "GONE"))
		http_say(fd, 404, "", "");
	else if (strstr(http->body, "\"code\":\"GOOD\"") && strstr(http->body, "\"kiosk\":3") &&
		 strstr(http->body, "\"version\":\""))
		http_say(
			fd, 200, "", "{\"token\":\"" TOKEN "\",\"kiosk\":3,\"name\":\"Triharjo\"}");
	else if (strstr(http->body, "LEAST"))
		http_say(fd, 200, "", "{\"token\":\"" TOKEN "\"}");
	else if (strstr(http->body, "OTHER"))
		http_say(fd, 200, "", "{\"token\":\"" TOKEN "\",\"kiosk\":4}");
	else if (strstr(http->body, "SHORT"))
		http_say(fd, 200, "", "{\"token\":\"0011\",\"kiosk\":3}");
	else if (strstr(http->body, "PAGE"))
		http_say(fd, 200, "", "<html>");
	else
		http_say(fd, 403, "", "{\"error\":\"unknown \\u001b[31m code\"}");
}

struct helper {
	struct http http;
	pid_t pid;
};

static int setup(void **state)
{
	struct helper *helper = calloc(1, sizeof(*helper));

	assert_non_null(helper);
	log_open("test", LOG_CRIT);
	helper->http.answer = answer;
	http_open(&helper->http);
	helper->pid = fork();
	assert_true(helper->pid >= 0);
	if (helper->pid == 0) {
		/* Ends by itself should the test die. */
		for (int64_t end = clock_ms() + PATIENCE_MS; clock_ms() < end;)
			http_serve(&helper->http, -1, 1000);
		_exit(0);
	}
	*state = helper;
	return 0;
}

static int teardown(void **state)
{
	struct helper *helper = *state;

	kill(helper->pid, SIGKILL);
	assert_int_equal(waitpid(helper->pid, NULL, 0), helper->pid);
	http_close(&helper->http);
	free(helper);
	return 0;
}

static void expect_refusal(void **state, const char *code, int result, const char *words)
{
	const struct helper *helper = *state;
	autofree char *token = NULL;
	autofree char *error = NULL;

	assert_int_equal(uplink_enroll(helper->http.url, NULL, code, 3, &token, &error), result);
	assert_null(token);
	assert_non_null(error);
	assert_non_null(strstr(error, words));
	assert_null(strchr(error, '\x1b'));
}

static void code_for_token(void **state)
{
	const struct helper *helper = *state;

	for (int i = 0; i < 2; i++) {
		autofree char *token = NULL;
		autofree char *error = NULL;
		assert_int_equal(uplink_enroll(helper->http.url, NULL, i ? "GOOD" : "LEAST", 3,
					 &token, &error),
			0);
		assert_string_equal(token, TOKEN);
		assert_null(error);
	}
}

static void refusals(void **state)
{
	expect_refusal(state, "BAD", -EACCES, "unknown ?[31m code");
	expect_refusal(state, "BAD", -EACCES, "ask for a new one");
	expect_refusal(state, "OTHER", -EPROTO, "another kiosk");
	expect_refusal(state, "SHORT", -EPROTO, "no token");
	expect_refusal(state, "PAGE", -EPROTO, "no token");
	expect_refusal(state, "GONE", -EPROTO, "404");
	expect_refusal(state, "not utf-8 \xff", -EINVAL, "code");
}

static void no_server(void **state)
{
	autofree char *token = NULL;
	autofree char *error = NULL;

	(void)state;
	log_open("test", LOG_CRIT);
	/* Nothing listens on the discard port of a test machine. */
	assert_int_equal(
		uplink_enroll("http://127.0.0.1:9", NULL, "GOOD", 3, &token, &error), -ENOTCONN);
	assert_non_null(strstr(error, "no answer"));
}

static void bad_address(void **state)
{
	autofree char *token = NULL;
	autofree char *error = NULL;

	(void)state;
	log_open("test", LOG_CRIT);
	assert_int_equal(
		uplink_enroll("http://ppid.example.id", NULL, "GOOD", 3, &token, &error), -EINVAL);
	assert_non_null(strstr(error, "https"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(code_for_token, setup, teardown),
		cmocka_unit_test_setup_teardown(refusals, setup, teardown),
		cmocka_unit_test(no_server),
		cmocka_unit_test(bad_address),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
