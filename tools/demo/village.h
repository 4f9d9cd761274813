/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The village of the demo: simulated modem, panel and printer, kiosk and server in a fresh folder,
 * with the kiosk enrolled and an officer's account.
 */
#ifndef KOTAK_DEMO_VILLAGE_H
#define KOTAK_DEMO_VILLAGE_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "process.h"

#define VILLAGE_OFFICER "petugas"
#define VILLAGE_PASSWORD "balai-desa-2026"
#define VILLAGE_PATH_SIZE 512

struct village {
	char build[VILLAGE_PATH_SIZE];	/* where the programs are */
	char folder[VILLAGE_PATH_SIZE]; /* stores, configurations, logs */
	char sockets[64];		/* short, since a socket's path may not be long */
	unsigned desk_port;
	struct process modem;
	struct process panel;
	struct process printer;
	struct process kiosk;
	struct process server;
	int notify; /* where the programs say READY=1 */
	int lock;   /* held as long as the folder is in use */
};

/*
 * Empties folder (which must be absent, empty or a demo's), writes everything and starts all.
 * page_port: the page that may show the desk in a frame. Errors are said; village_stop() in
 * every case.
 */
must_check int village_start(
	struct village *village, const char *build, const char *folder, unsigned page_port);
void village_stop(struct village *village);

/* The server alone, to show that nothing waits for it. */
must_check int village_server(struct village *village, bool on);

/* What kotakctl status says; caller frees. */
must_check int village_status(const struct village *village, char **text);

/* A simulator's device ("modem", "printer") or control socket ("modem.sock" …), by name. */
must_check int village_socket(
	const struct village *village, const char *name, char out[static VILLAGE_PATH_SIZE]);

/* A TCP port of 127.0.0.1 that is free: wanted or one of the nine after it, else any. */
unsigned village_free_port(unsigned wanted);

#endif
