/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/open311.h"

#include <string.h>

#include "tools/ppidd/body.h"
#include "tools/ppidd/desk_apikey.h"

#define KEY_FORM_MOST 1024

bool open311_asked(const struct request *request)
{
	return strncmp(request->uri, OPEN311_ROOT "/", strlen(OPEN311_ROOT "/")) == 0;
}

int open311_refuse(struct request *request, unsigned status, const char *words)
{
	size_t size = 0;
	autojson json_t *errors =
		json_pack("[{s:i, s:s}]", "code", (int)status, "description", words);
	char *text = errors ? open311_text(request, "errors", errors, &size) : NULL;

	return answer_text(request, status, open311_type(request), text, size);
}

#define PUBLIC_GET(path, handler)                                                                  \
	{                                                                                          \
		"GET", OPEN311_ROOT path, ROUTE_PUBLIC, 0, handler, RIGHT_NONE, READS_NOTHING      \
	}
#define PUBLIC_POST(path, handler)                                                                 \
	{                                                                                          \
		"POST", OPEN311_ROOT path, ROUTE_PUBLIC, BODY_SENT_MOST, handler, RIGHT_NONE,      \
			READS_NOTHING                                                              \
	}

const struct route open311_routes[] = {
	PUBLIC_GET("/discovery.xml", open311_get_discovery),
	PUBLIC_GET("/discovery.json", open311_get_discovery),
	PUBLIC_GET("/services.xml", open311_get_services),
	PUBLIC_GET("/services.json", open311_get_services),
	PUBLIC_GET("/services/*", open311_get_service),
	PUBLIC_GET("/requests.xml", open311_get_requests),
	PUBLIC_GET("/requests.json", open311_get_requests),
	PUBLIC_GET("/requests/*", open311_get_request),
	PUBLIC_GET("/tokens/*", open311_get_token),
	PUBLIC_POST("/requests.xml", open311_post_request),
	PUBLIC_POST("/requests.json", open311_post_request),
	{ "GET", "/apikeys", ROUTE_DESK, 0, desk_get_apikeys, RIGHT_ADMINISTER, READS_NOTHING },
	{ "POST", "/apikeys", ROUTE_DESK, KEY_FORM_MOST, desk_post_apikey, RIGHT_ADMINISTER,
		READS_NOTHING },
	{ "POST", "/apikeys/*/revoke", ROUTE_DESK, KEY_FORM_MOST, desk_post_apikey_revoke,
		RIGHT_ADMINISTER, READS_NOTHING },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
