/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulated panel's lines against a server that answers well, badly or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <time.h>

#include "lines/lines_sim.h"
#include "lines/lines_words.h"
#include "panel_server.h"

struct fixture {
	struct panel_server server;
	struct lines_source *source;
	char trouble[200];
};

static const struct lines_config inputs = {
	.direction = LINES_INPUT, .bias = LINES_BIAS_PULL_UP, .active_low = true, .edges = true
};
static const struct lines_config outputs = {
	.direction = LINES_OUTPUT, .drive = LINES_OPEN_DRAIN, .values = 5
};

static int set_up(void **state)
{
	static struct fixture fixture;

	server_start(&fixture.server);
	if (lines_sim_source_new(fixture.server.path, &fixture.source) < 0)
		return -1;
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	fixture->source->ops->close(fixture->source);
	server_end(&fixture->server);
	return 0;
}

static int request(struct fixture *fixture, const char *chip, const struct lines_config *config,
	struct lines **out)
{
	const struct lines_name names[] = { { chip, "row-1" }, { chip, "row-2" },
		{ chip, "row-3" } };

	memset(fixture->trouble, '?', sizeof(fixture->trouble));
	return fixture->source->ops->request(fixture->source, "tester", names, ARRAY_SIZE(names),
		config, out, fixture->trouble, sizeof(fixture->trouble));
}

static struct lines *must_request(struct fixture *fixture, const struct lines_config *config)
{
	struct lines *lines = NULL;

	assert_int_equal(request(fixture, "kotak-panel", config, &lines), 0);
	return lines;
}

static void assert_text(const json_t *packet, const char *key, const char *text)
{
	assert_string_equal(json_string_value(json_object_get(packet, key)), text);
}

static void test_request(void **state)
{
	struct fixture *fixture = *state;
	struct lines *lines = must_request(fixture, &inputs);
	json_t *packet = server_told(&fixture->server);
	const json_t *last = json_array_get(json_object_get(packet, "lines"), 2);

	assert_text(packet, "request", "lines");
	assert_text(packet, "consumer", "tester");
	assert_text(packet, "direction", "input");
	assert_text(packet, "bias", "pull-up");
	assert_true(json_is_true(json_object_get(packet, "active_low")));
	assert_true(json_is_true(json_object_get(packet, "edges")));
	assert_int_equal(json_array_size(json_object_get(packet, "lines")), 3);
	assert_text(last, "chip", "kotak-panel");
	assert_text(last, "line", "row-3");
	json_decref(packet);
	assert_true(lines->ops->fd(lines) >= 0);
	lines->ops->close(lines);

	lines = must_request(fixture, &outputs);
	packet = server_told(&fixture->server);
	assert_text(packet, "direction", "output");
	assert_text(packet, "drive", "open-drain");
	assert_true(json_is_false(json_object_get(packet, "edges")));
	assert_int_equal(json_integer_value(json_object_get(packet, "values")), 5);
	json_decref(packet);
	assert_int_equal(lines->ops->fd(lines), -1);
	lines->ops->close(lines);
}

static void test_set_and_get(void **state)
{
	struct fixture *fixture = *state;
	struct lines *lines = must_request(fixture, &outputs);
	uint32_t values = 0;
	json_t *packet;
	struct timespec now;

	json_decref(server_told(&fixture->server));
	assert_int_equal(lines->ops->set(lines, 6, 2), 0);
	packet = server_told(&fixture->server);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(packet, "set"), 0)), 6);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(packet, "set"), 1)), 2);
	clock_gettime(CLOCK_MONOTONIC, &now);
	assert_true(json_is_real(json_object_get(packet, "us")));
	assert_true(json_real_value(json_object_get(packet, "us")) <=
		    (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3);
	assert_true(json_real_value(json_object_get(packet, "us")) >
		    (double)now.tv_sec * 1e6 - SERVER_PATIENCE_MS * 1e3);
	json_decref(packet);
	/* No more lines than there are. */
	assert_int_equal(lines->ops->set(lines, 7, 0), 0);
	assert_int_equal(lines->ops->get(lines, &values), 0);
	assert_int_equal(values, 7);
	lines->ops->close(lines);
}

/* Edges that arrive before an answer aren't lost, and the descriptor tells of them. */
static void test_edges(void **state)
{
	struct fixture *fixture = *state;
	struct lines *lines = must_request(fixture, &inputs);
	struct lines_event event;
	uint32_t values;
	int fd = lines->ops->fd(lines);

	assert_false(server_readable(fd));
	assert_int_equal(lines->ops->next(lines, &event), 0);
	assert_int_equal(lines->ops->set(lines, 7, 1), 0);
	assert_int_equal(lines->ops->get(lines, &values), 0);
	assert_true(server_readable(fd));
	assert_int_equal(lines->ops->next(lines, &event), 1);
	assert_int_equal(event.line, 1);
	assert_true(event.rising);
	assert_int_equal(event.time_us, 1234);
	assert_true(server_readable(fd));
	assert_int_equal(lines->ops->next(lines, &event), 1);
	assert_int_equal(event.line, 0);
	assert_false(event.rising);
	assert_int_equal(event.time_us, 1300);
	assert_false(server_readable(fd));
	assert_int_equal(lines->ops->next(lines, &event), 0);

	assert_int_equal(lines->ops->set(lines, 7, 5), 0);
	assert_int_equal(lines->ops->get(lines, &values), 0);
	server_wait(fd);
	assert_int_equal(lines->ops->next(lines, &event), 1);
	assert_int_equal(event.line, 1);
	lines->ops->close(lines);
}

/* More edges than anybody fetches: the newest are there. */
static void test_many_edges(void **state)
{
	struct fixture *fixture = *state;
	struct lines *lines = must_request(fixture, &inputs);
	struct lines_event event;
	uint32_t values;
	unsigned count = 0;

	assert_int_equal(lines->ops->set(lines, 7, 1), 0);
	for (int i = 0; i < 300; i++)
		assert_int_equal(lines->ops->get(lines, &values), 0);
	while (lines->ops->next(lines, &event) == 1)
		count++;
	assert_in_range(count, 100, 600);
	assert_int_equal(event.line, 0);
	assert_false(server_readable(lines->ops->fd(lines)));
	lines->ops->close(lines);
}

static void assert_gone(struct lines *lines)
{
	struct lines_event event;
	uint32_t values;

	for (int i = 0; i < 2; i++) {
		assert_true(server_readable(lines->ops->fd(lines)));
		assert_int_equal(lines->ops->next(lines, &event), -ENODEV);
		assert_int_equal(lines->ops->get(lines, &values), -ENODEV);
		assert_int_equal(lines->ops->set(lines, 1, 1), -ENODEV);
	}
	lines->ops->close(lines);
}

/* An edge of no line, rubbish, no answer in time, and an end: the group is of no use after it. */
static void test_bad_answers(void **state)
{
	static const uint32_t kinds[] = { 2, 3, 4 };
	struct fixture *fixture = *state;
	struct lines_event event;
	uint32_t values;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct lines *lines = must_request(fixture, &inputs);

		assert_int_equal(lines->ops->set(lines, 7, kinds[i]), 0);
		assert_int_equal(lines->ops->get(lines, &values), -ENODEV);
		assert_gone(lines);
	}
	struct lines *lines = must_request(fixture, &inputs);
	assert_int_equal(lines->ops->set(lines, 7, 6), 0);
	assert_int_equal(lines->ops->get(lines, &values), 0);
	server_wait(lines->ops->fd(lines));
	assert_int_equal(lines->ops->next(lines, &event), -ENODEV);
	assert_gone(lines);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *chip, *words;
		int error;
	} refusals[] = { { "busy", "held by a hog", -EBUSY }, { "odd", "doesn't answer", -EPROTO },
		{ "zero", "doesn't answer", -EPROTO }, { "gone", "doesn't answer", -ENODEV },
		{ "silent", "doesn't answer", -ETIMEDOUT } };
	struct fixture *fixture = *state;
	struct lines *lines = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		assert_int_equal(
			request(fixture, refusals[i].chip, &inputs, &lines), refusals[i].error);
		assert_non_null(strstr(fixture->trouble, refusals[i].words));
		assert_null(lines);
	}
}

/* The simulator dies and comes back. */
static void test_death(void **state)
{
	struct fixture *fixture = *state;
	struct lines *lines = must_request(fixture, &inputs);

	server_kill(&fixture->server);
	server_wait(lines->ops->fd(lines));
	assert_gone(lines);
	assert_int_equal(request(fixture, "kotak-panel", &inputs, &lines), -ENODEV);
	assert_non_null(strstr(fixture->trouble, "start panel-sim"));
	fixture->source->ops->close(fixture->source);
	server_end(&fixture->server);
	assert_int_equal(set_up(state), 0);
	lines = must_request(fixture, &inputs);
	lines->ops->close(lines);
}

/* What no driver asks the kernel or a simulator for. */
static void test_senseless(void **state)
{
	static const struct lines_config both = { .direction = LINES_OUTPUT, .edges = true };
	static const struct lines_name two_chips[] = { { "a", "1" }, { "b", "2" } };
	static const struct lines_name twice[] = { { "a", "1" }, { "a", "2" }, { "a", "1" } };
	struct lines_name many[LINES_MAX + 1];
	struct fixture *fixture = *state;
	char text[100] = "";
	const struct lines_trouble trouble = { .text = text, .size = sizeof(text) };
	struct lines *lines = NULL;

	(void)fixture;
	assert_int_equal(lines_check_request(two_chips, 2, &inputs, &trouble), -EXDEV);
	assert_non_null(strstr(text, "line 1 is on chip a and line 2 on chip b"));
	assert_int_equal(lines_check_request(twice, 3, &inputs, &trouble), -EINVAL);
	assert_non_null(strstr(text, "twice"));
	assert_int_equal(lines_check_request(twice, 2, &both, &trouble), -EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = two_chips[0];
	assert_int_equal(lines_check_request(many, ARRAY_SIZE(many), &inputs, &trouble), -EINVAL);
	assert_int_equal(lines_check_request(many, 0, &inputs, &trouble), -EINVAL);
	assert_int_equal(fixture->source->ops->request(
				 fixture->source, "tester", twice, 3, &inputs, &lines, NULL, 0),
		-EINVAL);
}

static void test_offsets(void **state)
{
	unsigned offset = 7;

	(void)state;
	assert_true(lines_offset("0", &offset) && offset == 0);
	assert_true(lines_offset("27", &offset) && offset == 27);
	assert_false(lines_offset("GPIO5", &offset));
	assert_false(lines_offset("5 ", &offset));
	assert_false(lines_offset("", &offset));
	assert_false(lines_offset("-1", &offset));
	assert_false(lines_offset("+1", &offset));
	assert_false(lines_offset("99999999999999999999", &offset));
	assert_int_equal(offset, 27);
}

#define with_server(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_server(test_request),
		with_server(test_set_and_get),
		with_server(test_edges),
		with_server(test_many_edges),
		with_server(test_bad_answers),
		with_server(test_refusals),
		with_server(test_death),
		with_server(test_senseless),
		cmocka_unit_test(test_offsets),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
