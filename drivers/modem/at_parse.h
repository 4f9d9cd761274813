/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in the lines of AT answers (27.005, 27.007). Every line is from outside: hostile. */
#ifndef KOTAK_MODEM_AT_PARSE_H
#define KOTAK_MODEM_AT_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "port/modem.h"

#define AT_STORE_SIZE 8
#define AT_STORES_MAX 6

/* The comma-separated fields of a line. */
struct at_fields {
	const char *at; /* NULL after the last */
};

/* The fields after the colon of "+NAME: a,b,c". */
struct at_fields at_fields_of(const char *line);
/* The next field without its quotes, cut to size. false when there are no more. */
bool at_next_text(struct at_fields *fields, char *out, size_t size);
/* The next field as a number; false when it isn't one (the field is passed over all the same). */
bool at_next_number(struct at_fields *fields, int *out);

/* A message store and the place in it, of +CMTI and +CDSI. */
bool at_parse_notice(const char *line, char store[static AT_STORE_SIZE], unsigned *slot);

/* The stores that can be read (the first list) of the answer to AT+CPMS=?; how many. */
size_t at_parse_stores(const char *line, char stores[static AT_STORES_MAX][AT_STORE_SIZE]);
/* The stores for reading and for receiving of the answer to AT+CPMS?. */
bool at_parse_selected(
	const char *line, char reading[static AT_STORE_SIZE], char receiving[static AT_STORE_SIZE]);
/* Used and total of the store selected for reading, of the answer to AT+CPMS="SM". */
bool at_parse_usage(const char *line, unsigned *used, unsigned *total);

/* The arguments of AT+CNMI (27.005, 3.4.1). */
struct at_notices {
	int mode, mt, bm, ds, bfr;
};
/*
 * The best that the answer to AT+CNMI=? offers: messages stored and announced (mt 1), reports
 * stored and announced (ds 2) when stored_reports, else sent as they come (ds 1). false when
 * the line can't be understood.
 */
bool at_choose_notices(const char *line, bool stored_reports, struct at_notices *out);
/* Of the answer to AT+CNMI?. */
bool at_parse_notices(const char *line, struct at_notices *out);

/* +CREG, +CGREG, +CEREG: both as answer (n,stat,…) and spontaneous (stat,…). */
bool at_parse_registration(const char *line, enum modem_registration *out);
/* +CSQ: dBm, 0 when not known. */
bool at_parse_signal(const char *line, int *dbm);
/* +COPS: the operator's name, "" when there is none. */
bool at_parse_operator(const char *line, char *out, size_t size);

/* +CNUM (27.007 section 7.1): the number, "" when it tells none that one could be called by. */
void at_parse_own_number(const char *line, char out[static MODEM_ADDRESS_SIZE]);

/* Whether the time that a line carries is UTC; its zone then says nothing about it. */
enum at_time_kind { AT_TIME_LOCAL, AT_TIME_UTC };
/*
 * Network time (NITZ) in any of the forms that makes use: *PSUTTZ, +CTZE, +CTZV, ^NWTIME,
 * +QLTS. Milliseconds since 1970 (UTC), false when there is no whole and sane date with zone.
 */
bool at_parse_network_time(const char *line, enum at_time_kind kind, int64_t *time_ms);

/* Octets of hex digits; 0 when it isn't hex or has more than size. */
size_t at_parse_hex(const char *hex, uint8_t *out, size_t size);

/* Text from the modem for a status page: printable ASCII only, cut to size. */
void at_copy_printable(char *out, size_t size, const char *text);

#endif
