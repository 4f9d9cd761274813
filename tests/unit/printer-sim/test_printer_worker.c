/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker as a process, between kotakd's end of the link and the simulated printer. */
#include "tests/unit/printer-sim/printer_fixture.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/json.h"
#include "base/link.h"
#include "printer/worker.h"

struct worker_house {
	struct house house; /* without a driver of its own */
	struct link *link;
	pid_t worker;
	bool gone; /* the worker's end is closed */
};

static int setup(void **state)
{
	struct worker_house *self = test_calloc(1, sizeof(*self));
	int ends[2];

	open_house(&self->house, true, NULL);
	assert_return_code(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
	self->worker = fork();
	assert_return_code(self->worker, errno);
	if (self->worker == 0) {
		close(ends[0]);
		_exit(printer_worker_main(ends[1]));
	}
	close(ends[1]);
	assert_return_code(link_new(ends[0], &self->link), 0);
	*state = self;
	return 0;
}

static int worker_exit(struct worker_house *self)
{
	int status = 0;

	assert_int_equal(waitpid(self->worker, &status, 0), self->worker);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int teardown(void **state)
{
	struct worker_house *self = *state;

	link_free(self->link);
	if (!self->gone)
		assert_int_equal(worker_exit(self), 0);
	close_house(&self->house);
	test_free(self);
	return 0;
}

static void say(struct worker_house *self, json_t *message)
{
	assert_non_null(message);
	assert_return_code(link_send_new(self->link, message), 0);
}

static void say_start(struct worker_house *self)
{
	say(self, json_pack("{s:s, s:s, s:i}", "type", "start", "device", self->house.link, "baud",
			  9600));
}

/* The next message of this type (the caller's reference); others are passed over. */
static json_t *heard(struct worker_house *self, const char *type)
{
	time_t began = time(NULL);

	while (in_time(began)) {
		json_t *message = NULL;
		int result = link_next(self->link, &message);

		if (result == 1) {
			const char *name = json_string_value(json_object_get(message, "type"));

			if (strcmp(name, type) == 0)
				return message;
			json_decref(message);
		} else {
			assert_int_equal(result, 0);
			turn(&self->house);
		}
	}
	fail_msg("no message \"%s\" came", type);
	return NULL;
}

static void hear_state(struct worker_house *self, const char *wanted)
{
	bool found = false;

	while (!found) {
		autojson json_t *message = heard(self, "status");

		found = strcmp(json_string_value(json_object_get(message, "state")), wanted) == 0;
	}
}

static json_t *job(int id, const char *number)
{
	return json_pack("{s:s, s:i, s:[{s:s, s:s}, {s:s, s:s}, {s:s}]}", "type", "job", "id", id,
		"lines", "kind", "title", "text", "TANDA TERIMA", "kind", "big", "text", number,
		"kind", "rule");
}

static void test_prints(void **state)
{
	struct worker_house *self = *state;

	say_start(self);
	hear_state(self, "ready");
	say(self, job(12, "003-000123-4"));
	autojson json_t *done = heard(self, "done");
	assert_int_equal(json_integer_value(json_object_get(done, "id")), 12);
	assert_string_equal(slip_big(&self->house, 0), "003-000123-4");
}

static void test_states_are_told(void **state)
{
	struct worker_house *self = *state;

	say_start(self);
	hear_state(self, "ready");
	tell_sim(&self->house, "{\"do\": \"paper\", \"state\": \"out\"}");
	hear_state(self, "paper out");
	say(self, job(1, "1"));
	autojson json_t *failed = heard(self, "failed");
	assert_true(json_is_false(json_object_get(failed, "maybe_printed")));
	assert_true(json_string_length(json_object_get(failed, "text")) > 0);
	tell_sim(&self->house, "{\"do\": \"paper\", \"state\": \"in\"}");
	hear_state(self, "ready");
	tell_sim(&self->house, "{\"do\": \"unplug\"}");
	hear_state(self, "absent");
	tell_sim(&self->house, "{\"do\": \"plug\"}");
	hear_state(self, "ready");
}

static void ends_at(struct worker_house *self, const char *nonsense)
{
	say_start(self);
	hear_state(self, "ready");
	say(self, json_loads(nonsense, 0, NULL));
	self->gone = true;
	assert_int_equal(worker_exit(self), 1);
}

static void test_unknown_message_ends_it(void **state)
{
	ends_at(*state, "{\"type\": \"dance\"}");
}

static void test_job_without_lines_ends_it(void **state)
{
	ends_at(*state, "{\"type\": \"job\", \"id\": 1}");
}

static void test_unknown_kind_ends_it(void **state)
{
	ends_at(*state, "{\"type\": \"job\", \"id\": 1, \"lines\": [{\"kind\": \"song\"}]}");
}

static void test_unknown_rate_ends_it(void **state)
{
	struct worker_house *self = *state;

	say(self, json_pack("{s:s, s:s, s:i}", "type", "start", "device", self->house.link, "baud",
			  12345));
	self->gone = true;
	assert_int_equal(worker_exit(self), 1);
}

/* kotakd goes while a slip is being printed: the worker goes too, and soon. */
static void test_left_in_the_middle(void **state)
{
	struct worker_house *self = *state;

	say_start(self);
	hear_state(self, "ready");
	tell_sim(&self->house, "{\"do\": \"slow\", \"bytes_per_second\": 20}");
	say(self, job(1, "1"));
	link_free(self->link);
	self->link = NULL;
	self->gone = true;
	assert_int_equal(worker_exit(self), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_prints, setup, teardown),
		cmocka_unit_test_setup_teardown(test_states_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown_message_ends_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_job_without_lines_ends_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown_kind_ends_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown_rate_ends_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_left_in_the_middle, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
