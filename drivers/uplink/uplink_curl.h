/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The uplink over HTTPS with libcurl: one descriptor for all its connections, no thread of ours. */
#ifndef KOTAK_UPLINK_CURL_H
#define KOTAK_UPLINK_CURL_H

#include "base/cleanup.h"
#include "port/uplink.h"

/* An answer larger than this, once decompressed, is refused. */
#define UPLINK_ANSWER_MAX ((size_t)4 << 20)

/*
 * url is the server's address, "https://HOST[:PORT][/PREFIX]"; plain http only for this
 * machine itself (localhost, 127.0.0.0/8, ::1), since the token would travel in the clear.
 * ca_file is a PEM file with the authority to trust instead of the system's, or NULL.
 * Nothing is connected yet. Returns 0, -EINVAL for an address that can't be used (said in the
 * log) or another negative errno. Release it with its close operation.
 */
must_check int uplink_curl_new(const char *url, const char *ca_file, struct uplink **out);

#endif
