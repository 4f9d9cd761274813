/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver against the simulated printer, over a pseudo-terminal. */
#include <errno.h>

#include "tests/unit/printer-sim/printer_fixture.h"

static int setup(void **state)
{
	struct house *house = test_calloc(1, sizeof(*house));

	open_house(house, true, NULL);
	assert_return_code(printer_serial_new(house->link, BAUD, &house->printer), 0);
	*state = house;
	return 0;
}

static int teardown(void **state)
{
	close_house(*state);
	test_free(*state);
	return 0;
}

static void test_prints(void **state)
{
	struct house *house = *state;

	until_state(house, PRINTER_READY);
	submit(house, 7, "003-000123-4");
	until_end(house);
	assert_int_equal(house->ended.type, PRINTER_DONE);
	assert_int_equal(house->ended.id, 7);
	assert_int_equal(json_array_size(house->sim.device.slips), 1);
	assert_string_equal(slip_big(house, 0), "003-000123-4");
	assert_true(json_is_true(slip_member(house, 0, "cut")));
	assert_string_equal(json_string_value(json_array_get(slip_member(house, 0, "qr"), 0)),
		"SMSTO:+6281234567890:CEK 003-000123-4 4821");
	assert_int_equal(sim_figure(house, "unknown"), 0);
	/* Real-time questions were asked between its chunks, not only around it. */
	assert_true(house->sim.device.questions >= 4 * 4);
}

static void test_one_at_a_time(void **state)
{
	struct house *house = *state;
	struct printer_job *job = make_job(2, "2");
	const struct printer_ops *ops = house->printer->ops;

	assert_int_equal(ops->submit(house->printer, job, house->now_ms), -ENOTCONN);
	until_state(house, PRINTER_READY);
	submit(house, 1, "1");
	assert_int_equal(ops->submit(house->printer, job, house->now_ms), -EBUSY);
	until_end(house);
	assert_return_code(ops->submit(house->printer, job, house->now_ms), 0);
	until_end(house);
	assert_int_equal(house->ended.id, 2);
	assert_int_equal(json_array_size(house->sim.device.slips), 2);
	test_free(job);
}

static void test_states(void **state)
{
	struct house *house = *state;
	static const struct {
		const char *request;
		enum printer_state state;
	} steps[] = {
		{ "{\"do\": \"paper\", \"state\": \"low\"}", PRINTER_PAPER_LOW },
		{ "{\"do\": \"paper\", \"state\": \"out\"}", PRINTER_PAPER_OUT },
		{ "{\"do\": \"cover\", \"open\": true}", PRINTER_COVER_OPEN },
		{ "{\"do\": \"paper\", \"state\": \"in\"}", PRINTER_COVER_OPEN },
		{ "{\"do\": \"cover\", \"open\": false}", PRINTER_READY },
		{ "{\"do\": \"cutter\"}", PRINTER_FAULT },
		{ "{\"do\": \"cutter\", \"stuck\": false}", PRINTER_READY },
	};

	until_state(house, PRINTER_READY);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		until_rest(house);
		tell_sim(house, steps[i].request);
		pass(house, 3000);
		turn(house);
		until_rest(house);
		assert_string_equal(
			printer_state_name(house->state), printer_state_name(steps[i].state));
		assert_true(house->state == PRINTER_READY ? !*house->text : *house->text);
	}
}

/* The paper ends in the middle: failed, and what was left in the printer never comes out. */
static void test_paper_out_in_the_middle(void **state)
{
	struct house *house = *state;
	time_t began = time(NULL);

	until_state(house, PRINTER_READY);
	tell_sim(house, "{\"do\": \"paper\", \"mm\": 30}");
	submit(house, 1, "003-000123-4");
	until_end(house);
	assert_int_equal(house->ended.type, PRINTER_FAILED);
	assert_true(house->ended.maybe_printed);
	assert_int_equal(house->state, PRINTER_PAPER_OUT);
	while (sim_figure(house, "waiting") && in_time(began))
		turn(house);
	assert_int_equal(sim_figure(house, "waiting"), 0);
	until_rest(house);
	tell_sim(house, "{\"do\": \"paper\", \"state\": \"in\"}");
	pass(house, 3000);
	until_state(house, PRINTER_READY);
	submit(house, 2, "003-000124-2");
	until_end(house);
	assert_int_equal(house->ended.type, PRINTER_DONE);
	/* The torso that came off with the old roll, and one whole slip. */
	assert_int_equal(json_array_size(house->sim.device.slips), 2);
	assert_string_equal(json_string_value(slip_member(house, 0, "end")), "paper");
	assert_int_equal(json_array_size(slip_member(house, 1, "big")), 1);
	assert_string_equal(slip_big(house, 1), "003-000124-2");
}

/* The cover is opened in the middle: the half slip is cut off before the next one. */
static void test_cover_opened_in_the_middle(void **state)
{
	struct house *house = *state;
	time_t began = time(NULL);

	until_state(house, PRINTER_READY);
	tell_sim(house, "{\"do\": \"slow\", \"bytes_per_second\": 2000}");
	submit(house, 1, "003-000123-4");
	while (house->sim.device.paper.rows < 100 && in_time(began))
		turn(house);
	tell_sim(house, "{\"do\": \"cover\"}");
	until_end(house);
	assert_int_equal(house->ended.type, PRINTER_FAILED);
	assert_true(house->ended.maybe_printed);
	assert_int_equal(house->state, PRINTER_COVER_OPEN);
	until_rest(house);
	tell_sim(house, "{\"do\": \"cover\", \"open\": false}");
	tell_sim(house, "{\"do\": \"slow\", \"bytes_per_second\": 0}");
	pass(house, 3000);
	until_state(house, PRINTER_READY);
	submit(house, 2, "003-000124-2");
	until_end(house);
	assert_int_equal(house->ended.type, PRINTER_DONE);
	assert_int_equal(json_array_size(house->sim.device.slips), 2);
	assert_string_equal(slip_big(house, 0), "003-000123-4");
	assert_string_equal(slip_big(house, 1), "003-000124-2");
	assert_int_equal(json_array_size(slip_member(house, 1, "qr")), 1);
}

static void test_no_paper_before(void **state)
{
	struct house *house = *state;

	until_state(house, PRINTER_READY);
	until_rest(house);
	/* It ends just before the job, so that the driver learns of it by asking. */
	tell_sim(house, "{\"do\": \"paper\", \"state\": \"out\"}");
	submit(house, 1, "003-000123-4");
	until_end(house);
	assert_int_equal(house->ended.type, PRINTER_FAILED);
	assert_false(house->ended.maybe_printed);
	assert_int_equal(sim_figure(house, "waiting"), 0);
}

static void test_unplugged(void **state)
{
	struct house *house = *state;

	until_state(house, PRINTER_READY);
	until_rest(house);
	tell_sim(house, "{\"do\": \"unplug\"}");
	until_state(house, PRINTER_ABSENT);
	assert_int_equal(house->printer->ops->fd(house->printer), -1);
	tell_sim(house, "{\"do\": \"plug\"}");
	pass(house, 2000);
	until_state(house, PRINTER_READY);
}

static void test_unplugged_in_the_middle(void **state)
{
	struct house *house = *state;
	time_t began = time(NULL);

	until_state(house, PRINTER_READY);
	tell_sim(house, "{\"do\": \"slow\", \"bytes_per_second\": 1000}");
	submit(house, 1, "003-000123-4");
	while (house->sim.device.received < 200 && in_time(began))
		turn(house);
	tell_sim(house, "{\"do\": \"unplug\"}");
	until_end(house);
	assert_int_equal(house->ended.type, PRINTER_FAILED);
	assert_true(house->ended.maybe_printed);
	assert_int_equal(house->state, PRINTER_ABSENT);
}

/* The port stays, but its name stands for another one now. */
static void test_renamed(void **state)
{
	struct house *house = *state;

	until_state(house, PRINTER_READY);
	until_rest(house);
	assert_return_code(unlink(house->link), 0);
	pass(house, 3000);
	until_state(house, PRINTER_ABSENT);
	assert_return_code(symlink("/dev/null", house->link), 0);
	pass(house, 2000);
	turn(house);
	/* A device that isn't a printer's either way: it never answers. */
	assert_int_not_equal(house->state, PRINTER_READY);
}

static void test_switched_off(void **state)
{
	struct house *house = *state;
	struct printer_job *job = make_job(1, "1");

	until_state(house, PRINTER_READY);
	until_rest(house);
	tell_sim(house, "{\"do\": \"power\", \"on\": false}");
	for (int i = 0; i < 6; i++) {
		pass(house, 3000);
		turn(house);
	}
	assert_int_equal(house->state, PRINTER_ABSENT);
	assert_int_equal(
		house->printer->ops->submit(house->printer, job, house->now_ms), -ENOTCONN);
	test_free(job);
	tell_sim(house, "{\"do\": \"power\"}");
	pass(house, 3000);
	until_state(house, PRINTER_READY);
}

/* It is switched off while it prints: the answer to the question doesn't come. */
static void test_switched_off_in_the_middle(void **state)
{
	struct house *house = *state;
	time_t began = time(NULL);

	until_state(house, PRINTER_READY);
	tell_sim(house, "{\"do\": \"slow\", \"bytes_per_second\": 1000}");
	submit(house, 1, "003-000123-4");
	while (house->sim.device.received < 200 && in_time(began))
		turn(house);
	tell_sim(house, "{\"do\": \"power\", \"on\": false}");
	for (int i = 0; i < 200; i++)
		turn(house);
	pass(house, 30000);
	until_end(house);
	assert_int_equal(house->ended.type, PRINTER_FAILED);
	assert_true(house->ended.maybe_printed);
	assert_int_equal(house->state, PRINTER_ABSENT);
}

static void test_never_answers(void **state)
{
	struct house *house = *state;

	tell_sim(house, "{\"do\": \"silent\"}");
	for (int i = 0; i < 6; i++) {
		turn(house);
		pass(house, 1500);
	}
	until_state(house, PRINTER_SILENT);
	assert_true(printer_able(house->state));
	submit(house, 1, "003-000123-4");
	until_end(house);
	assert_int_equal(house->ended.type, PRINTER_DONE);
	assert_int_equal(json_array_size(house->sim.device.slips), 1);
	assert_int_equal(sim_figure(house, "unknown"), 0);
	/* It can answer after all. */
	tell_sim(house, "{\"do\": \"silent\", \"on\": false}");
	pass(house, 3000);
	until_state(house, PRINTER_READY);
}

static void test_noise(void **state)
{
	struct house *house = *state;

	until_state(house, PRINTER_READY);
	for (int i = 0; i < 20; i++) {
		tell_sim(house, "{\"do\": \"garbage\", \"bytes\": 500}");
		turn(house);
	}
	pass(house, 3000);
	turn(house);
	until_rest(house);
	pass(house, 3000);
	turn(house);
	until_rest(house);
	assert_int_equal(house->state, PRINTER_READY);
	submit(house, 1, "003-000123-4");
	until_end(house);
	assert_int_equal(house->ended.type, PRINTER_DONE);
}

static void test_slow(void **state)
{
	struct house *house = *state;

	until_state(house, PRINTER_READY);
	tell_sim(house, "{\"do\": \"slow\", \"bytes_per_second\": 400}");
	submit(house, 1, "003-000123-4");
	until_end(house);
	assert_int_equal(house->ended.type, PRINTER_DONE);
	assert_string_equal(slip_big(house, 0), "003-000123-4");
}

static void test_what_is_no_printer(void **state)
{
	struct house *house = *state;
	struct printer *printer = NULL;
	struct printer_event event;

	assert_int_equal(printer_serial_new(house->link, 9601, &printer), -EINVAL);
	/* A folder: said, and tried again. */
	assert_return_code(printer_serial_new(house->folder, BAUD, &printer), 0);
	assert_int_equal(printer->ops->next(printer, &event, 1), 1);
	assert_int_equal(event.state, PRINTER_ABSENT);
	assert_true(printer->ops->deadline(printer) > 1);
	printer->ops->close(printer);
}

/* Closing waits for nothing, though the printer takes nothing in. */
static void test_close_in_the_middle(void **state)
{
	struct house *house = *state;

	until_state(house, PRINTER_READY);
	tell_sim(house, "{\"do\": \"slow\", \"bytes_per_second\": 20}");
	submit(house, 1, "003-000123-4");
	turn(house);
	time_t began = time(NULL);
	house->printer->ops->close(house->printer);
	house->printer = NULL;
	assert_true(in_time(began));
	assert_int_equal(json_array_size(house->sim.device.slips), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_prints, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_states, setup, teardown),
		cmocka_unit_test_setup_teardown(test_paper_out_in_the_middle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cover_opened_in_the_middle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_paper_before, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unplugged, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unplugged_in_the_middle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_renamed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_switched_off, setup, teardown),
		cmocka_unit_test_setup_teardown(test_switched_off_in_the_middle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_never_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_noise, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slow, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_no_printer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_close_in_the_middle, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
