/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A receipt printer that speaks ESC/POS on a serial port (or a USB printer's /dev/usb/lp0).
 *
 * Its state is asked for with DLE EOT before and after each job, between the job's chunks and
 * every few seconds. A printer that has never answered since we began (no wire back, or a model
 * that can't) is PRINTER_SILENT: it is given its jobs all the same, and they count as done when
 * their bytes are out. One that has answered before and doesn't any more is PRINTER_ABSENT.
 */
#ifndef KOTAK_PRINTER_SERIAL_H
#define KOTAK_PRINTER_SERIAL_H

#include "base/cleanup.h"
#include "port/printer.h"

/*
 * device: the port's path, which needn't be there yet. baud: 1200 to 230400, of the usual rates.
 * 0, -EINVAL for another rate, -ENOMEM.
 */
must_check int printer_serial_new(const char *device, unsigned baud, struct printer **out);

#endif
