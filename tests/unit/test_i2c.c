/* SPDX-License-Identifier: GPL-2.0-or-later */
/* I2C devices: the simulated panel's, and what can be seen of the kernel's without a bus. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "i2c/i2c_dev.h"
#include "i2c/i2c_sim.h"
#include "panel_server.h"

static struct panel_server server;

static int set_up(void **state)
{
	(void)state;
	server_start(&server);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	server_end(&server);
	return 0;
}

static void test_write(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x7f, 0xff, 0x0a };
	struct i2c *i2c = NULL;
	json_t *packet;

	(void)state;
	assert_int_equal(i2c_sim_open(server.path, 1, 0x27, &i2c), 0);
	packet = server_told(&server);
	assert_string_equal(json_string_value(json_object_get(packet, "request")), "i2c");
	assert_int_equal(json_integer_value(json_object_get(packet, "bus")), 1);
	assert_int_equal(json_integer_value(json_object_get(packet, "address")), 0x27);
	json_decref(packet);
	assert_int_equal(i2c->ops->write(i2c, bytes, sizeof(bytes)), 0);
	packet = server_told(&server);
	assert_string_equal(json_string_value(json_object_get(packet, "write")), "007fff0a");
	assert_true(json_real_value(json_object_get(packet, "us")) > 0);
	json_decref(packet);
	assert_int_equal(i2c->ops->write(i2c, bytes, 100000), -EMSGSIZE);
	i2c->ops->close(i2c);
}

/* A device that isn't there just now may come back; a simulator that is gone has to be opened anew.
 */
static void test_errors(void **state)
{
	static const uint8_t absent[] = { 0xde, 0xad }, end[] = { 0x51 }, silence[] = { 0x52 };
	const uint8_t *const last[] = { end, silence };
	static const int errors[] = { -ENODEV, -ETIMEDOUT };
	struct i2c *i2c = NULL;

	(void)state;
	assert_int_equal(i2c_sim_open(server.path, 1, 0x20, &i2c), -EBUSY);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(i2c_sim_open(server.path, 1, 0x27, &i2c), 0);
		assert_int_equal(i2c->ops->write(i2c, absent, sizeof(absent)), -EREMOTEIO);
		assert_int_equal(i2c->ops->write(i2c, absent, 1), 0);
		assert_int_equal(i2c->ops->write(i2c, last[i], 1), errors[i]);
		assert_int_equal(i2c->ops->write(i2c, absent, 1), -ENODEV);
		i2c->ops->close(i2c);
	}
	server_kill(&server);
	assert_int_equal(i2c_sim_open(server.path, 1, 0x27, &i2c), -ENODEV);
}

static void test_device(void **state)
{
	struct i2c *i2c = NULL;

	(void)state;
	assert_int_equal(i2c_dev_open(1, 0x07, &i2c), -EINVAL);
	assert_int_equal(i2c_dev_open(1, 0x78, &i2c), -EINVAL);
	assert_int_equal(i2c_dev_open(99999, 0x27, &i2c), -ENOENT);
	assert_null(i2c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_write, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_errors, set_up, tear_down),
		cmocka_unit_test(test_device),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
