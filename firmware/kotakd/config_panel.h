/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the configuration that is about the lobby panel and its printer. */
#ifndef KOTAK_KOTAKD_CONFIG_PANEL_H
#define KOTAK_KOTAKD_CONFIG_PANEL_H

#include "base/conf.h"
#include "kotakd/config.h"

/* Checks of one value each: 0, or -EINVAL after saying what would be right. */
must_check int config_panel_driver(const struct conf_entry *entry, void *field);
must_check int config_panel_display(const struct conf_entry *entry, void *field);
must_check int config_printer_device(const struct conf_entry *entry, void *field);
must_check int config_printer_baud(const struct conf_entry *entry, void *field);

/* Fills in what wasn't given and what follows from it. 0, -ENOMEM, or -EINVAL, said. */
must_check int config_panel_complete(const char *path, struct config *config);

#endif
