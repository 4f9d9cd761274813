/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buzzer and lamp in virtual time, over lines that come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "signals/line_signals.h"

/* Two lines that remember when each was set. */
struct change {
	int64_t time_us;
	bool on;
};

struct fake_lines {
	struct lines lines;
	struct fake_source *source;
	bool requested, on;
	struct change changes[64];
	size_t count;
};

struct fake_source {
	struct lines_source source;
	struct fake_lines lines[2]; /* buzzer, lamp */
	int64_t now_us;
	int refusal; /* of requests */
	int failure; /* of sets */
	unsigned requests;
};

static int fake_set(struct lines *lines, uint32_t mask, uint32_t values)
{
	struct fake_lines *self = (struct fake_lines *)lines;

	assert_int_equal(mask, 1);
	if (self->source->failure)
		return self->source->failure;
	assert_true(self->count < ARRAY_SIZE(self->changes));
	self->on = values & 1;
	self->changes[self->count++] =
		(struct change) { .time_us = self->source->now_us, .on = self->on };
	return 0;
}

static void fake_close(struct lines *lines)
{
	((struct fake_lines *)lines)->requested = false;
}

static const struct lines_ops fake_lines_ops = { .set = fake_set, .close = fake_close };

static int fake_request(struct lines_source *source, const char *consumer,
	const struct lines_name *names, size_t count, const struct lines_config *config,
	struct lines **out, char *trouble, size_t trouble_size)
{
	struct fake_source *self = (struct fake_source *)source;
	struct fake_lines *lines = &self->lines[strcmp(names->line, "lamp") == 0];

	assert_non_null(consumer);
	assert_int_equal(count, 1);
	assert_int_equal(config->direction, LINES_OUTPUT);
	self->requests++;
	if (self->refusal) {
		snprintf(trouble, trouble_size, "%s is taken", names->line);
		return self->refusal;
	}
	assert_false(lines->requested);
	lines->requested = true;
	lines->on = config->values & 1;
	*out = &lines->lines;
	return 0;
}

static const struct lines_source_ops fake_source_ops = { .request = fake_request };

static void source_init(struct fake_source *source)
{
	*source = (struct fake_source) { .source.ops = &fake_source_ops, .now_us = 1000000 };
	for (size_t i = 0; i < ARRAY_SIZE(source->lines); i++) {
		source->lines[i].lines.ops = &fake_lines_ops;
		source->lines[i].source = source;
	}
}

static struct signals *signals_new(struct fake_source *source)
{
	const struct lines_name buzzer = { "chip", "buzzer" }, lamp = { "chip", "lamp" };
	struct signals *signals = NULL;

	assert_int_equal(line_signals_new(&source->source, &buzzer, &lamp, &signals), 0);
	signals->ops->tick(signals, source->now_us);
	return signals;
}

/* Lets time pass, with a tick whenever one is due. */
static void pass(struct signals *signals, struct fake_source *source, int64_t us)
{
	int64_t end_us = source->now_us + us;

	while (signals->ops->deadline(signals) <= end_us) {
		int64_t due_us = signals->ops->deadline(signals);

		source->now_us = due_us > source->now_us ? due_us : source->now_us;
		signals->ops->tick(signals, source->now_us);
		assert_true(signals->ops->deadline(signals) > source->now_us);
	}
	source->now_us = end_us;
}

static void test_a_click_ends(void **state)
{
	struct fake_source source;
	struct fake_lines *buzzer = &source.lines[0];

	(void)state;
	source_init(&source);
	struct signals *signals = signals_new(&source);
	signals->ops->sound(signals, SIGNALS_CLICK, source.now_us);
	pass(signals, &source, 1000000);
	assert_int_equal(buzzer->count, 2);
	assert_true(buzzer->changes[0].on);
	assert_false(buzzer->changes[1].on);
	assert_int_equal(buzzer->changes[1].time_us - buzzer->changes[0].time_us, 15000);
	assert_int_equal(signals->ops->deadline(signals), INT64_MAX);
	signals->ops->close(signals);
}

static void test_every_sound_ends_in_silence(void **state)
{
	(void)state;
	for (int sound = SIGNALS_CLICK; sound <= SIGNALS_WARNING; sound++) {
		struct fake_source source;

		source_init(&source);
		struct signals *signals = signals_new(&source);
		signals->ops->sound(signals, (enum signals_sound)sound, source.now_us);
		pass(signals, &source, 3000000);
		assert_true(source.lines[0].count >= 2);
		assert_false(source.lines[0].on);
		assert_int_equal(signals->ops->deadline(signals), INT64_MAX);
		signals->ops->close(signals);
	}
}

static void test_the_later_sound_counts(void **state)
{
	struct fake_source source;

	(void)state;
	source_init(&source);
	struct signals *signals = signals_new(&source);
	signals->ops->sound(signals, SIGNALS_WARNING, source.now_us);
	pass(signals, &source, 10000);
	signals->ops->sound(signals, SIGNALS_CLICK, source.now_us);
	/* It is heard though the other was still on. */
	assert_int_equal(source.lines[0].count, 3);
	assert_false(source.lines[0].changes[1].on);
	pass(signals, &source, 20000);
	assert_false(source.lines[0].on);
	assert_int_equal(signals->ops->deadline(signals), INT64_MAX);
	signals->ops->close(signals);
}

static void test_the_lamp_blinks(void **state)
{
	struct fake_source source;
	struct fake_lines *lamp = &source.lines[1];

	(void)state;
	source_init(&source);
	struct signals *signals = signals_new(&source);
	signals->ops->lamp(signals, SIGNALS_LAMP_BLINK, source.now_us);
	pass(signals, &source, 4900000);
	assert_int_equal(lamp->count, 10);
	signals->ops->lamp(signals, SIGNALS_LAMP_ON, source.now_us);
	assert_true(lamp->on);
	pass(signals, &source, 4900000);
	assert_int_equal(lamp->count, 11);
	signals->ops->lamp(signals, SIGNALS_LAMP_OFF, source.now_us);
	assert_false(lamp->on);
	signals->ops->close(signals);
}

static void test_lines_that_are_taken_are_asked_for_again(void **state)
{
	struct fake_source source;

	(void)state;
	source_init(&source);
	source.refusal = -EBUSY;
	struct signals *signals = signals_new(&source);
	assert_string_equal(signals->ops->trouble(signals), "buzzer is taken");
	signals->ops->lamp(signals, SIGNALS_LAMP_ON, source.now_us);
	pass(signals, &source, 10000000);
	assert_true(source.requests >= 8 && source.requests <= 14);
	source.refusal = 0;
	pass(signals, &source, 2000000);
	assert_string_equal(signals->ops->trouble(signals), "");
	/* It comes back as it ought to be. */
	assert_true(source.lines[1].on);
	signals->ops->close(signals);
	assert_false(source.lines[1].requested);
	assert_false(source.lines[1].on);
}

static void test_a_chip_that_goes_comes_back(void **state)
{
	struct fake_source source;

	(void)state;
	source_init(&source);
	struct signals *signals = signals_new(&source);
	source.failure = -ENODEV;
	signals->ops->sound(signals, SIGNALS_CLICK, source.now_us);
	assert_non_null(strstr(signals->ops->trouble(signals), "buzzer"));
	assert_false(source.lines[0].requested);
	source.failure = 0;
	pass(signals, &source, 3000000);
	assert_true(source.lines[0].requested);
	assert_false(source.lines[0].on);
	assert_string_equal(signals->ops->trouble(signals), "");
	signals->ops->close(signals);
}

static void test_lines_that_are_not_wired_are_no_trouble(void **state)
{
	const struct lines_name none = { 0 };
	struct signals *signals = NULL;
	struct fake_source source;

	(void)state;
	source_init(&source);
	assert_int_equal(line_signals_new(&source.source, &none, &none, &signals), 0);
	signals->ops->sound(signals, SIGNALS_SUCCESS, source.now_us);
	signals->ops->lamp(signals, SIGNALS_LAMP_ON, source.now_us);
	pass(signals, &source, 5000000);
	assert_int_equal(source.requests, 0);
	assert_string_equal(signals->ops->trouble(signals), "");
	signals->ops->close(signals);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_click_ends),
		cmocka_unit_test(test_every_sound_ends_in_silence),
		cmocka_unit_test(test_the_later_sound_counts),
		cmocka_unit_test(test_the_lamp_blinks),
		cmocka_unit_test(test_lines_that_are_taken_are_asked_for_again),
		cmocka_unit_test(test_a_chip_that_goes_comes_back),
		cmocka_unit_test(test_lines_that_are_not_wired_are_no_trouble),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("signals", tests, NULL, NULL);
}
