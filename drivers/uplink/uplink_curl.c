/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "uplink/uplink_curl.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/log.h"

/* Establishing TCP and TLS over a 2G link takes up to some ten seconds. */
#define CONNECT_TIMEOUT_MS 20000
/* An upload that moves less than this many bytes a second for so long sits on a dead link. */
#define LOW_SPEED_BYTES 10L
#define LOW_SPEED_SECONDS 30L
/* A server that vanished during a long poll is noticed after about a minute. */
#define KEEPALIVE_IDLE_SECONDS 30L
#define KEEPALIVE_INTERVAL_SECONDS 10L
/* The upload and the long poll. */
#define KEPT_CONNECTIONS 2L

/* One exchange, from push() until its answer is handed out. */
struct exchange {
	struct exchange *next;
	struct uplink_curl *owner;
	uint64_t tag;
	CURL *easy;
	struct curl_slist *headers;
	uint8_t *body; /* what is sent, compressed unless plain */
	char *answer;
	size_t answer_size;
	bool too_large;
	bool compressed;
	bool done;
	CURLcode result;
	char error[CURL_ERROR_SIZE];
};

struct uplink_curl {
	struct uplink uplink;
	char *url; /* without a slash at its end */
	char *ca_file;
	bool secure;
	bool plain; /* the server answered 415 to a compressed body */
	int epoll_fd;
	int timer_fd;
	CURLM *multi; /* made at the first request: a kiosk without a server needs no memory for it
		       */
	struct exchange *exchanges;
};

static void exchange_free(struct exchange *exchange)
{
	if (exchange->easy)
		curl_easy_cleanup(exchange->easy);
	curl_slist_free_all(exchange->headers);
	free(exchange->body);
	free(exchange->answer);
	free(exchange);
}

DEFINE_CLEANUP(exchange, struct exchange *, exchange_free);
DEFINE_CLEANUP(curlu, CURLU *, curl_url_cleanup);

/* The operations are only reachable through an uplink that is the first member of ours. */
static struct uplink_curl *uplink_curl(struct uplink *uplink)
{
	return (struct uplink_curl *)uplink;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
	struct uplink_curl *self = context;
	struct epoll_event event = { .data.fd = fd };

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		/* It may be closed already, which took it out of the set. */
		(void)epoll_ctl(self->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		event.events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		event.events |= EPOLLOUT;
	int action = known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
	if (epoll_ctl(self->epoll_fd, action, fd, &event) < 0) {
		log_error("uplink: watching a connection: %s", strerror(errno));
		return -1;
	}
	/* Any non-null value marks the socket as one that we watch. */
	curl_multi_assign(self->multi, fd, self);
	return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *context)
{
	const struct uplink_curl *self = context;
	struct itimerspec timer = { 0 };

	(void)multi;
	if (timeout_ms > 0) {
		timer.it_value.tv_sec = timeout_ms / 1000;
		timer.it_value.tv_nsec = timeout_ms % 1000 * 1000000;
	} else if (timeout_ms == 0) {
		timer.it_value.tv_nsec = 1; /* zero would disarm it */
	}
	return timerfd_settime(self->timer_fd, 0, &timer, NULL) < 0 ? -1 : 0;
}

static size_t on_answer(const char *data, size_t unit, size_t count, void *context)
{
	struct exchange *exchange = context;
	size_t size = unit * count;

	if (size > UPLINK_ANSWER_MAX - exchange->answer_size) {
		exchange->too_large = true;
		return 0;
	}
	char *grown = realloc(exchange->answer, exchange->answer_size + size + 1);
	if (!grown)
		return 0;
	memcpy(grown + exchange->answer_size, data, size);
	exchange->answer = grown;
	exchange->answer_size += size;
	grown[exchange->answer_size] = '\0';
	return size;
}

static int compress_body(const char *text, uint8_t **out, size_t *out_size)
{
	z_stream stream = { 0 };
	size_t size = strlen(text);

	if (size > UINT32_MAX / 2)
		return -EMSGSIZE;
	/* 15 + 16: the largest window, with gzip's header. */
	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
		    Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	uLong bound = deflateBound(&stream, (uLong)size);
	autofree uint8_t *packed = malloc(bound);
	int code = Z_MEM_ERROR;
	if (packed) {
		stream.next_in = (const Bytef *)text;
		stream.avail_in = (uInt)size;
		stream.next_out = packed;
		stream.avail_out = (uInt)bound;
		code = deflate(&stream, Z_FINISH);
	}
	*out_size = stream.total_out;
	deflateEnd(&stream);
	if (code != Z_STREAM_END)
		return -ENOMEM;
	*out = take_pointer(packed);
	return 0;
}

static int add_header(struct exchange *exchange, const char *line)
{
	struct curl_slist *longer = curl_slist_append(exchange->headers, line);

	if (!longer)
		return -ENOMEM;
	exchange->headers = longer;
	return 0;
}

static int set_body(struct exchange *exchange, const char *text, bool plain)
{
	size_t size = strlen(text);
	int error;

	if (plain) {
		exchange->body = (uint8_t *)strdup(text);
		error = exchange->body ? 0 : -ENOMEM;
	} else {
		error = compress_body(text, &exchange->body, &size);
	}
	exchange->compressed = !plain;
	if (error == 0)
		error = add_header(exchange, "Content-Type: application/json");
	if (error == 0 && exchange->compressed)
		error = add_header(exchange, "Content-Encoding: gzip");
	/* Without this libcurl may wait a second for leave to send the body. */
	if (error == 0)
		error = add_header(exchange, "Expect:");
	if (error < 0)
		return error;
	curl_easy_setopt(exchange->easy, CURLOPT_POST, 1L);
	curl_easy_setopt(exchange->easy, CURLOPT_POSTFIELDS, exchange->body);
	curl_easy_setopt(exchange->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
	curl_easy_setopt(exchange->easy, CURLOPT_LOW_SPEED_LIMIT, LOW_SPEED_BYTES);
	curl_easy_setopt(exchange->easy, CURLOPT_LOW_SPEED_TIME, LOW_SPEED_SECONDS);
	return 0;
}

static int set_token(struct exchange *exchange, const char *token)
{
	autofree char *line = NULL;

	if (asprintf(&line, "Authorization: Bearer %s", token) < 0)
		return -ENOMEM;
	return add_header(exchange, line);
}

static void set_transport(struct exchange *exchange, int64_t timeout_ms)
{
	const struct uplink_curl *self = exchange->owner;
	CURL *easy = exchange->easy;
	long timeout = timeout_ms > 0 && timeout_ms < INT32_MAX ? (long)timeout_ms : INT32_MAX;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->error);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)UPLINK_ANSWER_MAX);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "kotak/" KOTAK_VERSION);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, self->secure ? "https" : "http");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Names are resolved in a thread of libcurl's. Without a network that takes half a minute,
	 * and giving up must not wait for it. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
		timeout < CONNECT_TIMEOUT_MS ? timeout : CONNECT_TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (self->ca_file) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, self->ca_file);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	/* In the clear only within this machine, so never through a proxy. */
	if (!self->secure)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

static int multi_start(struct uplink_curl *self)
{
	if (self->multi)
		return 0;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	self->multi = curl_multi_init();
	if (!self->multi) {
		curl_global_cleanup();
		return -ENOMEM;
	}
	curl_multi_setopt(self->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(self->multi, CURLMOPT_SOCKETDATA, self);
	curl_multi_setopt(self->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(self->multi, CURLMOPT_TIMERDATA, self);
	curl_multi_setopt(self->multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS);
	return 0;
}

static int uplink_curl_fd(const struct uplink *uplink)
{
	return ((const struct uplink_curl *)uplink)->epoll_fd;
}

static int uplink_curl_push(struct uplink *uplink, const struct uplink_request *request)
{
	struct uplink_curl *self = uplink_curl(uplink);
	autofree char *address = NULL;
	int error = multi_start(self);

	if (error < 0)
		return error;
	struct exchange *exchange __attribute__((cleanup(exchange_cleanup))) =
		calloc(1, sizeof(*exchange));
	if (!exchange)
		return -ENOMEM;
	exchange->owner = self;
	exchange->tag = request->tag;
	exchange->easy = curl_easy_init();
	if (!exchange->easy || asprintf(&address, "%s%s", self->url, request->path) < 0)
		return -ENOMEM;
	set_transport(exchange, request->timeout_ms);
	if (curl_easy_setopt(exchange->easy, CURLOPT_URL, address) != CURLE_OK)
		return -ENOMEM;
	if (request->token)
		error = set_token(exchange, request->token);
	if (error == 0 && request->body)
		error = set_body(exchange, request->body, self->plain);
	if (error < 0)
		return error;
	curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->headers);
	if (curl_multi_add_handle(self->multi, exchange->easy) != CURLM_OK)
		return -ENOMEM;
	exchange->next = self->exchanges;
	self->exchanges = take_pointer(exchange);
	return 0;
}

/* Lets libcurl work on whatever is ready, then notes which exchanges came to their end. */
static void uplink_curl_pump(struct uplink_curl *self)
{
	struct epoll_event events[8];
	uint64_t expirations;
	int running;
	int count = epoll_wait(self->epoll_fd, events, ARRAY_SIZE(events), 0);

	for (int i = 0; i < count; i++) {
		int fd = events[i].data.fd;
		int what = 0;

		if (fd == self->timer_fd) {
			/* Nothing to read means that it was set anew meanwhile: no harm. */
			if (read(fd, &expirations, sizeof(expirations)) < 0)
				continue;
			curl_multi_socket_action(self->multi, CURL_SOCKET_TIMEOUT, 0, &running);
			continue;
		}
		if (events[i].events & EPOLLIN)
			what |= CURL_CSELECT_IN;
		if (events[i].events & EPOLLOUT)
			what |= CURL_CSELECT_OUT;
		if (events[i].events & (EPOLLERR | EPOLLHUP))
			what |= CURL_CSELECT_ERR;
		curl_multi_socket_action(self->multi, fd, what, &running);
	}

	const CURLMsg *message;
	while ((message = curl_multi_info_read(self->multi, &running))) {
		char *private = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
		struct exchange *exchange = (struct exchange *)(void *)private;
		exchange->done = true;
		exchange->result = message->data.result;
	}
}

static bool is_certificate_trouble(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
	       code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_INVALIDCERTSTATUS;
}

static int describe(struct exchange *exchange, struct uplink_response *response)
{
	long status = 0;
	const char *words = exchange->error;
	curl_off_t pretransfer_us = 0;

	*response = (struct uplink_response) { .tag = exchange->tag };
	if (exchange->result == CURLE_OK) {
		curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
		response->status = (int)status;
		response->size = exchange->answer_size;
		response->body = take_pointer(exchange->answer);
		if (status == 415 && exchange->compressed)
			exchange->owner->plain = true;
		return 0;
	}
	curl_easy_getinfo(exchange->easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer_us);
	response->reached = pretransfer_us > 0;
	response->certificate = is_certificate_trouble(exchange->result);
	if (exchange->too_large || exchange->result == CURLE_FILESIZE_EXCEEDED)
		words = "the answer is larger than 4 MiB";
	else if (!*words)
		words = curl_easy_strerror(exchange->result);
	response->error = strdup(words);
	return response->error ? 0 : -ENOMEM;
}

static struct exchange *take_exchange(struct uplink_curl *self, bool any, uint64_t tag)
{
	for (struct exchange **link = &self->exchanges; *link; link = &(*link)->next) {
		struct exchange *exchange = *link;
		if (any ? !exchange->done : exchange->tag != tag)
			continue;
		*link = exchange->next;
		curl_multi_remove_handle(self->multi, exchange->easy);
		return exchange;
	}
	return NULL;
}

static int uplink_curl_next(struct uplink *uplink, struct uplink_response *response)
{
	struct uplink_curl *self = uplink_curl(uplink);

	if (!self->multi)
		return 0;
	struct exchange *done __attribute__((cleanup(exchange_cleanup))) =
		take_exchange(self, true, 0);
	if (!done) {
		uplink_curl_pump(self);
		done = take_exchange(self, true, 0);
	}
	if (!done)
		return 0;
	int error = describe(done, response);
	return error < 0 ? error : 1;
}

static void uplink_curl_cancel(struct uplink *uplink, uint64_t tag)
{
	struct exchange *exchange = take_exchange(uplink_curl(uplink), false, tag);

	if (exchange)
		exchange_free(exchange);
}

static void uplink_curl_close(struct uplink *uplink)
{
	if (!uplink)
		return;
	struct uplink_curl *self = uplink_curl(uplink);
	while (self->exchanges) {
		struct exchange *exchange = self->exchanges;
		self->exchanges = exchange->next;
		curl_multi_remove_handle(self->multi, exchange->easy);
		exchange_free(exchange);
	}
	if (self->multi) {
		curl_multi_cleanup(self->multi);
		curl_global_cleanup();
	}
	if (self->timer_fd >= 0)
		close(self->timer_fd);
	if (self->epoll_fd >= 0)
		close(self->epoll_fd);
	free(self->url);
	free(self->ca_file);
	free(self);
}

static const struct uplink_ops uplink_curl_ops = {
	.name = "curl",
	.fd = uplink_curl_fd,
	.push = uplink_curl_push,
	.next = uplink_curl_next,
	.cancel = uplink_curl_cancel,
	.close = uplink_curl_close,
};

static bool is_this_machine(const char *host)
{
	struct in_addr address;

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

/* Whether the address may be used; says in the log what is wrong with it otherwise. */
static int check_url(const char *text, bool *secure)
{
	CURLU *url __attribute__((cleanup(curlu_cleanup))) = curl_url();
	char *part = NULL;
	int result = 0;

	if (!url)
		return -ENOMEM;
	if (curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK) {
		log_error("server address %s: must be https://HOST[:PORT]", text);
		return -EINVAL;
	}
	if (curl_url_get(url, CURLUPART_USER, &part, 0) == CURLUE_OK ||
		curl_url_get(url, CURLUPART_QUERY, &part, 0) == CURLUE_OK ||
		curl_url_get(url, CURLUPART_FRAGMENT, &part, 0) == CURLUE_OK) {
		log_error("server address: must have neither user, query nor fragment");
		result = -EINVAL;
	}
	curl_free(take_pointer(part));
	if (result < 0)
		return result;
	if (curl_url_get(url, CURLUPART_SCHEME, &part, 0) != CURLUE_OK)
		return -ENOMEM;
	*secure = strcasecmp(part, "https") == 0;
	bool plain = strcasecmp(part, "http") == 0;
	curl_free(take_pointer(part));
	if (*secure)
		return 0;
	if (!plain || curl_url_get(url, CURLUPART_HOST, &part, 0) != CURLUE_OK) {
		log_error("server address %s: must begin with https://", text);
		return -EINVAL;
	}
	if (!is_this_machine(part)) {
		log_error("server address %s: plain http is for this machine only, since the token "
			  "would travel in the clear: use https",
			text);
		result = -EINVAL;
	}
	curl_free(part);
	return result;
}

static void discard(struct uplink_curl *self)
{
	uplink_curl_close(&self->uplink);
}

DEFINE_CLEANUP(uplink_curl, struct uplink_curl *, discard);

int uplink_curl_new(const char *url, const char *ca_file, struct uplink **out)
{
	struct uplink_curl *self __attribute__((cleanup(uplink_curl_cleanup))) =
		calloc(1, sizeof(*self));
	struct epoll_event event = { .events = EPOLLIN };

	if (!self)
		return -ENOMEM;
	self->uplink.ops = &uplink_curl_ops;
	self->epoll_fd = -1;
	self->timer_fd = -1;
	int error = check_url(url, &self->secure);
	if (error < 0)
		return error;
	self->url = strdup(url);
	if (!self->url || (ca_file && !(self->ca_file = strdup(ca_file))))
		return -ENOMEM;
	for (size_t size = strlen(self->url); size > 0 && self->url[size - 1] == '/'; size--)
		self->url[size - 1] = '\0';
	self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (self->epoll_fd < 0)
		return -errno;
	self->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (self->timer_fd < 0)
		return -errno;
	event.data.fd = self->timer_fd;
	if (epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, self->timer_fd, &event) < 0)
		return -errno;
	*out = &take_pointer(self)->uplink;
	return 0;
}
