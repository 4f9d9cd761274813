/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An I2C bus with one device that takes every write, as a PCF8574 does, in the time that a real
 * bus would need. Who wants to see the bytes reads the kernel's trace of i2c:i2c_write and
 * i2c_result. (The kernel's i2c-stub takes SMBus commands only.)
 */
#include <linux/delay.h>
#include <linux/i2c.h>
#include <linux/module.h>

/* Bits of a byte on the wire: eight and the acknowledgement. */
#define BITS_PER_BYTE_SENT 9

static int bus = 1;
module_param(bus, int, 0444);
MODULE_PARM_DESC(bus, "number of the bus");

static unsigned short address = 0x27;
module_param(address, ushort, 0644);
MODULE_PARM_DESC(address, "where the device answers");

static bool present = true;
module_param(present, bool, 0644);
MODULE_PARM_DESC(present, "whether the device is plugged in; without it nothing answers");

static bool hangs;
module_param(hangs, bool, 0644);
MODULE_PARM_DESC(hangs, "whether somebody holds the bus: every message times out");

static unsigned int hertz = 100000;
module_param(hertz, uint, 0644);
MODULE_PARM_DESC(hertz, "clock of the bus");

static void spend(unsigned int bytes)
{
	unsigned int us = bytes * BITS_PER_BYTE_SENT * 1000000 / hertz;

	if (us)
		usleep_range(us, us + 1);
}

static int transfer(struct i2c_adapter *adapter, struct i2c_msg *messages, int count)
{
	int i;

	if (hangs) {
		msleep(20);
		return -ETIMEDOUT;
	}
	for (i = 0; i < count; i++) {
		if (!present || messages[i].addr != address) {
			spend(1);
			return -ENXIO;
		}
		spend(1 + messages[i].len);
		if (messages[i].flags & I2C_M_RD)
			memset(messages[i].buf, 0xff, messages[i].len);
	}
	return count;
}

static u32 functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm algorithm = {
	.master_xfer = transfer,
	.functionality = functionality,
};

static struct i2c_adapter adapter = {
	.owner = THIS_MODULE,
	.name = "i2c-sink",
	.algo = &algorithm,
};

static int __init sink_init(void)
{
	if (!hertz)
		return -EINVAL;
	adapter.nr = bus;
	return i2c_add_numbered_adapter(&adapter);
}
module_init(sink_init);

static void __exit sink_exit(void)
{
	i2c_del_adapter(&adapter);
}
module_exit(sink_exit);

MODULE_DESCRIPTION("I2C bus with one device that takes every write");
MODULE_LICENSE("GPL");
