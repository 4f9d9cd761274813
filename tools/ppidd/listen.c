/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/log.h"

int listen_open(const struct config *config)
{
	static const int on = 1;
	autoclose int listener =
		socket(config->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
		bind(listener, (const struct sockaddr *)&config->address, config->address_size) <
			0 ||
		listen(listener, SOMAXCONN) < 0) {
		int error = -errno;
		log_error("can't listen on %s: %s%s", config->listen, strerror(-error),
			error == -EADDRINUSE ? ": another program does, choose another port" : "");
		return error;
	}
	int taken = listener;
	listener = -1;
	return taken;
}

void listen_announce(const struct config *config, int listener)
{
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof(address);
	char host[NI_MAXHOST], port[NI_MAXSERV];

	if (getsockname(listener, (struct sockaddr *)&address, &size) < 0 ||
		getnameinfo((const struct sockaddr *)&address, size, host, sizeof(host), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	bool six = address.ss_family == AF_INET6;
	log_notice("listening on %s://%s%s%s:%s/", config->tls_cert ? "https" : "http",
		six ? "[" : "", host, six ? "]" : "", port);
	if (!config->tls_cert)
		log_notice("without TLS, for this machine only: write tls_cert and tls_key to "
			   "serve others");
}
