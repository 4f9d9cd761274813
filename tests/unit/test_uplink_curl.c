/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The real uplink against a server on loopback: what arrives, what comes back, what goes wrong. */
#include "tests/unit/uplink_fixture.h"

#include <dlfcn.h>
#include <netdb.h>

struct bench {
	struct http http;
	struct uplink *uplink;
};

static void say_packed(int fd, size_t size)
{
	autofree char *text = malloc(size);
	autofree uint8_t *packed = malloc(size / 2 + 1000);
	char head[128];

	assert_non_null(text);
	assert_non_null(packed);
	memset(text, ' ', size);
	text[0] = '{';
	text[size - 1] = '}';
	size_t length = gzip(text, size, packed, size / 2 + 1000);
	int head_size = snprintf(head, sizeof(head),
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", length);
	http_write(fd, head, (size_t)head_size);
	http_write(fd, packed, length);
}

static void answer(struct http *http, int fd, const char *path)
{
	static const char endless[] = "HTTP/1.1 200 OK\r\nContent-Length: 6000000000\r\n\r\n";

	if (strcmp(path, "/silence") == 0)
		return;
	if (strcmp(path, "/packed") == 0)
		say_packed(fd, 100000);
	else if (strcmp(path, "/bomb") == 0)
		say_packed(fd, 16 << 20);
	else if (strcmp(path, "/endless") == 0)
		http_write(fd, endless, sizeof(endless) - 1);
	else if (strcmp(path, "/redirect") == 0)
		http_say(fd, 302, "Location: /elsewhere\r\n", "");
	else if (strcmp(path, "/plain-only") == 0 &&
		 strstr(http->headers, "Content-Encoding: gzip"))
		http_say(fd, 415, "", "");
	else if (strcmp(path, "/cut") == 0)
		http_write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", 40);
	else
		http_say(fd, 200, "", "{\"ok\":true}");
	if (strcmp(path, "/cut") == 0)
		shutdown(fd, SHUT_RDWR);
}

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	log_open("test", LOG_CRIT);
	bench->http.answer = answer;
	http_open(&bench->http);
	assert_int_equal(uplink_curl_new(bench->http.url, NULL, &bench->uplink), 0);
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	bench->uplink->ops->close(bench->uplink);
	http_close(&bench->http);
	free(bench);
	return 0;
}

static void push(
	struct bench *bench, uint64_t tag, const char *path, const char *body, int64_t timeout_ms)
{
	const struct uplink_request request = {
		.tag = tag, .path = path, .token = "secret", .body = body, .timeout_ms = timeout_ms
	};

	assert_int_equal(bench->uplink->ops->push(bench->uplink, &request), 0);
}

static struct uplink_response wait_answer(struct bench *bench)
{
	struct uplink_response response = { 0 };
	int64_t end = clock_ms() + PATIENCE_MS;
	int result;

	while ((result = bench->uplink->ops->next(bench->uplink, &response)) == 0) {
		assert_true(clock_ms() < end);
		http_serve(&bench->http, bench->uplink->ops->fd(bench->uplink), 100);
	}
	assert_int_equal(result, 1);
	return response;
}

static struct uplink_response exchange(struct bench *bench, const char *path, const char *body)
{
	push(bench, 7, path, body, PATIENCE_MS);
	struct uplink_response response = wait_answer(bench);
	assert_int_equal(response.tag, 7);
	return response;
}

static void release(struct uplink_response *response)
{
	free(response->body);
	free(response->error);
}

static void expect_failure(struct bench *bench, const char *path, int64_t timeout_ms)
{
	push(bench, 8, path, NULL, timeout_ms);
	struct uplink_response response = wait_answer(bench);
	assert_int_equal(response.tag, 8);
	assert_int_equal(response.status, 0);
	assert_null(response.body);
	assert_non_null(response.error);
	assert_true(strlen(response.error) > 5);
	assert_false(response.certificate);
	release(&response);
}

static void posts_packed(void **state)
{
	struct bench *bench = *state;
	struct uplink_response response =
		exchange(bench, "/v1/kiosk/events?x=1", "{\"events\":[]}");

	assert_int_equal(response.status, 200);
	assert_string_equal(response.body, "{\"ok\":true}");
	assert_int_equal(response.size, strlen(response.body));
	assert_null(response.error);
	release(&response);
	const char *headers = bench->http.headers;
	assert_ptr_equal(strstr(headers, "POST /v1/kiosk/events?x=1 HTTP/1.1\r\n"), headers);
	assert_non_null(strstr(headers, "\r\nContent-Encoding: gzip\r\n"));
	assert_non_null(strstr(headers, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(headers, "\r\nAuthorization: Bearer secret\r\n"));
	assert_non_null(strstr(headers, "\r\nUser-Agent: kotak/"));
	assert_null(strstr(headers, "Expect"));
	assert_string_equal(bench->http.body, "{\"events\":[]}");
}

static void gets_packed(void **state)
{
	struct bench *bench = *state;
	struct uplink_response response = exchange(bench, "/packed", NULL);

	assert_int_equal(response.status, 200);
	assert_int_equal(response.size, 100000);
	assert_int_equal(response.body[0], '{');
	assert_int_equal(response.body[response.size - 1], '}');
	assert_int_equal(response.body[response.size], '\0');
	release(&response);
	assert_ptr_equal(strstr(bench->http.headers, "GET "), bench->http.headers);
	assert_non_null(strstr(bench->http.headers, "Accept-Encoding: gzip\r\n"));
}

static void connection_is_kept(void **state)
{
	struct bench *bench = *state;

	for (int i = 0; i < 20; i++) {
		struct uplink_response response = exchange(bench, "/x", i % 2 ? "{}" : NULL);
		assert_int_equal(response.status, 200);
		release(&response);
	}
	assert_int_equal(bench->http.accepted, 1);
}

static void large_answers_are_refused(void **state)
{
	struct bench *bench = *state;

	expect_failure(bench, "/bomb", PATIENCE_MS);
	expect_failure(bench, "/endless", PATIENCE_MS);
	struct uplink_response response = exchange(bench, "/after", NULL);
	assert_int_equal(response.status, 200);
	release(&response);
}

static void silence_times_out(void **state)
{
	struct bench *bench = *state;
	int64_t start = clock_ms();

	expect_failure(bench, "/silence", 150);
	assert_in_range(clock_ms() - start, 140, PATIENCE_MS);
}

static void poll_beside_upload(void **state)
{
	struct bench *bench = *state;

	push(bench, 1, "/silence", NULL, PATIENCE_MS);
	struct uplink_response response = exchange(bench, "/v1/kiosk/events", "{}");
	assert_int_equal(response.status, 200);
	release(&response);
	for (size_t i = 0; i < CONNECTIONS; i++)
		connection_close(&bench->http.connections[i]);
	response = wait_answer(bench);
	assert_int_equal(response.tag, 1);
	assert_int_equal(response.status, 0);
	release(&response);
}

static void cancelled_is_silent(void **state)
{
	struct bench *bench = *state;
	struct uplink_response response;

	push(bench, 1, "/silence", NULL, PATIENCE_MS);
	http_serve(&bench->http, bench->uplink->ops->fd(bench->uplink), 10);
	assert_int_equal(bench->uplink->ops->next(bench->uplink, &response), 0);
	bench->uplink->ops->cancel(bench->uplink, 1);
	bench->uplink->ops->cancel(bench->uplink, 99);
	response = exchange(bench, "/x", NULL);
	assert_int_equal(response.status, 200);
	release(&response);
	/* One under way at the end is released by close. */
	push(bench, 2, "/silence", "{}", 1000);
}

static void cut_off_is_a_failure(void **state)
{
	expect_failure(*state, "/cut", PATIENCE_MS);
}

static void redirect_is_not_followed(void **state)
{
	struct uplink_response response = exchange(*state, "/redirect", NULL);

	assert_int_equal(response.status, 302);
	release(&response);
}

static void plain_for_who_cannot_unpack(void **state)
{
	struct bench *bench = *state;
	struct uplink_response response = exchange(bench, "/plain-only", "{\"a\":1}");

	assert_int_equal(response.status, 415);
	release(&response);
	response = exchange(bench, "/plain-only", "{\"a\":1}");
	assert_int_equal(response.status, 200);
	release(&response);
	assert_null(strstr(bench->http.headers, "Content-Encoding"));
	assert_string_equal(bench->http.body, "{\"a\":1}");
}

static void nobody_there(void **state)
{
	struct bench *bench = *state;

	close(bench->http.listen_fd);
	expect_failure(bench, "/x", PATIENCE_MS);
	http_open(&bench->http);
}

static void tls_to_a_plain_port(void **state)
{
	struct bench *bench = *state;
	char url[80];
	struct uplink *plain = bench->uplink;

	snprintf(url, sizeof(url), "https%s", strchr(bench->http.url, ':'));
	assert_int_equal(uplink_curl_new(url, NULL, &bench->uplink), 0);
	push(bench, 3, "/x", NULL, 300);
	struct uplink_response response = wait_answer(bench);
	assert_int_equal(response.status, 0);
	assert_false(response.certificate);
	release(&response);
	bench->uplink->ops->close(bench->uplink);
	bench->uplink = plain;
}

/*
 * Stands before the C library's, for libcurl too: a name server that doesn't answer, until the
 * test has seen enough.
 */
static int name_server[2] = { -1, -1 };

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
	struct addrinfo **result)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
		(int (*)(const char *, const char *, const struct addrinfo *,
			struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");
	struct pollfd released = { .fd = name_server[0], .events = POLLIN };

	if (!name || strcmp(name, "slow.example.id") != 0)
		return real(name, service, hints, result);
	(void)poll(&released, 1, PATIENCE_MS);
	return EAI_AGAIN;
}

static void slow_names_hold_up_nothing(void **state)
{
	struct bench *bench = *state;
	struct uplink_response response = { 0 };
	struct uplink *plain = bench->uplink;
	int64_t start = clock_ms();
	int64_t longest = 0;
	int result = 0;

	assert_int_equal(pipe(name_server), 0);
	assert_int_equal(uplink_curl_new("https://slow.example.id", NULL, &bench->uplink), 0);
	push(bench, 4, "/x", NULL, 300);
	while (result == 0) {
		int64_t before = clock_ms();
		assert_true(before - start < PATIENCE_MS / 2);
		result = bench->uplink->ops->next(bench->uplink, &response);
		longest = clock_ms() - before > longest ? clock_ms() - before : longest;
		if (result == 0)
			http_serve(&bench->http, bench->uplink->ops->fd(bench->uplink), 100);
	}
	assert_int_equal(result, 1);
	assert_int_equal(response.status, 0);
	release(&response);
	push(bench, 5, "/x", NULL, 300);
	bench->uplink->ops->close(bench->uplink);
	assert_true(longest < PATIENCE_MS / 2);
	assert_true(clock_ms() - start < PATIENCE_MS / 2);
	bench->uplink = plain;
	/* The other end stays open: threads of libcurl's may still be looking at it. */
	close(name_server[1]);
}

static void addresses(void **state)
{
	static const struct {
		const char *url;
		int result;
	} table[] = {
		{ "https://ppid.example.id", 0 },
		{ "https://ppid.example.id:8443/kotak/", 0 },
		{ "HTTPS://ppid.example.id", 0 },
		{ "http://localhost:8080", 0 },
		{ "http://127.0.0.1:8080/", 0 },
		{ "http://127.9.8.7", 0 },
		{ "http://[::1]:80", 0 },
		{ "http://ppid.example.id", -EINVAL },
		{ "http://192.168.1.2", -EINVAL },
		{ "http://127.0.0.1.example.id", -EINVAL },
		{ "http://localhost.example.id", -EINVAL },
		{ "http://127.0.0.1@example.id", -EINVAL },
		{ "http://[::2]", -EINVAL },
		{ "https://user:pass@example.id", -EINVAL },
		{ "https://example.id/?a=b", -EINVAL },
		{ "https://example.id/#a", -EINVAL },
		{ "ftp://example.id", -EINVAL },
		{ "file:///etc/passwd", -EINVAL },
		{ "example.id", -EINVAL },
		{ "", -EINVAL },
		{ "https://", -EINVAL },
	};
	(void)state;

	log_open("test", LOG_CRIT);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct uplink *uplink = NULL;
		assert_int_equal(uplink_curl_new(table[i].url, NULL, &uplink), table[i].result);
		if (uplink)
			uplink->ops->close(uplink);
	}
}

#define bench_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(posts_packed),
		bench_test(gets_packed),
		bench_test(connection_is_kept),
		bench_test(large_answers_are_refused),
		bench_test(silence_times_out),
		bench_test(poll_beside_upload),
		bench_test(cancelled_is_silent),
		bench_test(cut_off_is_a_failure),
		bench_test(redirect_is_not_followed),
		bench_test(plain_for_who_cannot_unpack),
		bench_test(nobody_there),
		bench_test(tls_to_a_plain_port),
		bench_test(slow_names_hold_up_nothing),
		cmocka_unit_test(addresses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
