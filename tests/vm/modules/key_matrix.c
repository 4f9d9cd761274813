/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Key switches between lines of a gpio-sim chip: what a matrix keypad is to a board. The
 * gpio tracepoints say when a row is driven or let go, and the columns follow before the system
 * call returns, as they follow on copper; a program outside the kernel would come too late for a
 * driver that waits microseconds.
 *
 *   insmod key-matrix.ko chip=LABEL rows=0,1,2,3 columns=4,5,6,7
 *   echo 0x21 >/sys/module/key_matrix/parameters/keys     closes switches; bit = row * columns +
 * column cat /sys/module/key_matrix/parameters/shorts     how often a row driven high met one
 * driven low
 *
 * A column is low while switches join it to a row driven low, also by way of other columns and
 * rows: three keys at the corners of a rectangle make a fourth. It falls at once, and rises by its
 * pull-up rise_us later, as a cable does; without a pull-up it stays low.
 *
 * gpio-sim takes a mutex, and tracepoints are called with preemption off. That is sound because
 * nobody sleeps while holding it and the machine has one processor and no involuntary preemption
 * (checked at the start): here it is always free.
 */
#include <linux/gpio/driver.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pinctrl/pinconf-generic.h>
#include <linux/tracepoint.h>

#include "gpiolib.h"

#define LINES_MOST 4

static char *chip_label = "kotak-vm";
module_param_named(chip, chip_label, charp, 0444);

static unsigned int rows[LINES_MOST], columns[LINES_MOST];
static int row_count, column_count;
module_param_array(rows, uint, &row_count, 0444);
module_param_array(columns, uint, &column_count, 0444);

static unsigned int shorts;
module_param(shorts, uint, 0444);

static unsigned int rise_us = 30;
module_param(rise_us, uint, 0644);

enum level {
	FLOATING,
	LOW,
	HIGH,
};

static struct gpio_chip *chip;
static unsigned long keys;
static bool latches[LINES_MOST]; /* what the row would do as an output */
static enum level levels[LINES_MOST];

static bool closed(int row, int column)
{
	return keys & BIT(row * column_count + column);
}

/* Columns that were let go rise at their time, by a thread above all others. */
static struct task_struct *riser;
static struct hrtimer rise_timer;
static bool column_low[LINES_MOST], rising[LINES_MOST];
static ktime_t rise_at[LINES_MOST];

/* Which columns and rows the closed switches join to this row, as sets of bits. */
static void join(int row, unsigned long *joined_rows, unsigned long *joined_columns)
{
	unsigned long before;
	int r, c;

	*joined_rows = BIT(row);
	*joined_columns = 0;
	do {
		before = *joined_rows;
		for (r = 0; r < row_count; r++)
			for (c = 0; c < column_count; c++)
				if (closed(r, c) &&
					((*joined_rows & BIT(r)) || (*joined_columns & BIT(c)))) {
					*joined_rows |= BIT(r);
					*joined_columns |= BIT(c);
				}
	} while (*joined_rows != before);
}

static void set_column(int column, bool low)
{
	const struct gpio_desc *desc = &chip->gpiodev->descs[columns[column]];
	bool high = !low && test_bit(FLAG_PULL_UP, &desc->flags);

	chip->set_config(chip, columns[column],
		pinconf_to_config_packed(
			high ? PIN_CONFIG_BIAS_PULL_UP : PIN_CONFIG_BIAS_PULL_DOWN, 1));
}

/* With preemption off. */
static void plan_rise(void)
{
	ktime_t next = KTIME_MAX;
	int c;

	for (c = 0; c < column_count; c++)
		if (rising[c] && rise_at[c] < next)
			next = rise_at[c];
	if (next != KTIME_MAX)
		hrtimer_start(&rise_timer, next, HRTIMER_MODE_ABS);
}

static enum hrtimer_restart wake_riser(struct hrtimer *timer)
{
	wake_up_process(riser);
	return HRTIMER_NORESTART;
}

static int rise(void *data)
{
	int c;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
		__set_current_state(TASK_RUNNING);
		preempt_disable();
		for (c = 0; c < column_count; c++)
			if (rising[c] && rise_at[c] <= ktime_get()) {
				rising[c] = column_low[c] = false;
				set_column(c, false);
			}
		plan_rise();
		preempt_enable();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* With preemption off. */
static void settle(void)
{
	unsigned long low = 0, joined_rows, joined_columns;
	int r, other, c;

	for (r = 0; r < row_count; r++) {
		if (levels[r] != LOW)
			continue;
		join(r, &joined_rows, &joined_columns);
		low |= joined_columns;
		for (other = 0; other < row_count; other++)
			if ((joined_rows & BIT(other)) && levels[other] == HIGH)
				shorts++;
	}
	for (c = 0; c < column_count; c++) {
		if (low & BIT(c)) {
			rising[c] = false;
			column_low[c] = true;
			set_column(c, true);
		} else if (column_low[c] && !rising[c]) {
			rising[c] = true;
			rise_at[c] = ktime_add_us(ktime_get(), rise_us);
		}
	}
	plan_rise();
}

static int find(const unsigned int *lines, int count, unsigned int gpio)
{
	int i;

	for (i = 0; i < count; i++)
		if (chip->base + lines[i] == gpio)
			return i;
	return -1;
}

/* Tracepoint gpio_value: said before the level changes. */
static void see_value(void *data, unsigned int gpio, int get, int value)
{
	int row = get ? -1 : find(rows, row_count, gpio);

	if (row < 0)
		return;
	latches[row] = value;
	if (levels[row] != FLOATING) {
		levels[row] = value ? HIGH : LOW;
		settle();
	}
}

/*
 * Tracepoint gpio_direction: said after it changed. A line with an open drain is an input when
 * it is let go, and an output without any gpio_value when it is pulled low.
 */
static void see_direction(void *data, unsigned int gpio, int in, int error)
{
	int row = find(rows, row_count, gpio);

	if (row >= 0) {
		if (in)
			latches[row] = false;
		levels[row] = in ? FLOATING : latches[row] ? HIGH : LOW;
	}
	if (row >= 0 || find(columns, column_count, gpio) >= 0)
		settle();
}

static int set_keys(const char *text, const struct kernel_param *parameter)
{
	unsigned long value;
	int result = kstrtoul(text, 0, &value);

	if (result)
		return result;
	if (value >> (row_count * column_count))
		return -ERANGE;
	preempt_disable();
	keys = value;
	if (chip)
		settle();
	preempt_enable();
	return 0;
}

static int get_keys(char *text, const struct kernel_param *parameter)
{
	return sysfs_emit(text, "0x%lx\n", keys);
}

static const struct kernel_param_ops keys_ops = {
	.set = set_keys,
	.get = get_keys,
};
module_param_cb(keys, &keys_ops, NULL, 0644);

static struct tracepoint *value_point, *direction_point;

static void look_at_tracepoint(struct tracepoint *point, void *data)
{
	if (!strcmp(point->name, "gpio_value"))
		value_point = point;
	else if (!strcmp(point->name, "gpio_direction"))
		direction_point = point;
}

static int has_label(struct gpio_chip *candidate, void *label)
{
	return candidate->label && !strcmp(candidate->label, label);
}

static bool lines_there(const unsigned int *lines, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (lines[i] >= chip->ngpio)
			return false;
	return count > 0;
}

static int __init matrix_init(void)
{
	int result;

	if (num_online_cpus() != 1 || preempt_model_full()) {
		pr_err("key-matrix: wants one processor and no involuntary preemption\n");
		return -EOPNOTSUPP;
	}
	chip = gpiochip_find(chip_label, has_label);
	for_each_kernel_tracepoint(look_at_tracepoint, NULL);
	if (!chip || !value_point || !direction_point)
		return -ENODEV;
	if (!lines_there(rows, row_count) || !lines_there(columns, column_count))
		return -EINVAL;
	hrtimer_init(&rise_timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	rise_timer.function = wake_riser;
	riser = kthread_run(rise, NULL, "key-matrix");
	if (IS_ERR(riser))
		return PTR_ERR(riser);
	sched_set_fifo(riser);
	result = tracepoint_probe_register(value_point, see_value, NULL);
	if (!result) {
		result = tracepoint_probe_register(direction_point, see_direction, NULL);
		if (result)
			tracepoint_probe_unregister(value_point, see_value, NULL);
	}
	if (result)
		kthread_stop(riser);
	return result;
}
module_init(matrix_init);

static void __exit matrix_exit(void)
{
	tracepoint_probe_unregister(direction_point, see_direction, NULL);
	tracepoint_probe_unregister(value_point, see_value, NULL);
	tracepoint_synchronize_unregister();
	hrtimer_cancel(&rise_timer);
	kthread_stop(riser);
}
module_exit(matrix_exit);

MODULE_DESCRIPTION("key switches between the lines of a gpio-sim chip");
MODULE_LICENSE("GPL");
