/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exchanging an enrolment code for the kiosk's token. Blocks: for an operator's command only. */
#ifndef KOTAK_UPLINK_ENROLL_H
#define KOTAK_UPLINK_ENROLL_H

#include "base/cleanup.h"

/*
 * Asks the server at url (as for uplink_curl_new) for the token of this kiosk. *token gets 64
 * hex digits. On failure *error says what is wrong and what to do about it. The caller frees
 * both. Returns 0, -EACCES when the server refused the code, -EPROTO for an answer that makes
 * no sense, -EINVAL for an unusable address, -ENOTCONN without an answer, -ENOMEM.
 */
must_check int uplink_enroll(const char *url, const char *ca_file, const char *code, unsigned kiosk,
	char **token, char **error);

#endif
