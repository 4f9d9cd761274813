/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines on standard error, with the journal's level prefix ("<3>") when the
 * journal listens. A line is for a technician: what happened, what to do about it.
 * Personal data (names, numbers, texts) never goes here.
 */
#ifndef KOTAK_BASE_LOG_H
#define KOTAK_BASE_LOG_H

#include <syslog.h>

/* Names the program in each line and sets the most detailed level written (LOG_INFO …). */
void log_open(const char *program, int level);

void log_write(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_ERR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_notice(...) log_write(LOG_NOTICE, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)

#endif
