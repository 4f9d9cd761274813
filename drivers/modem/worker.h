/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modem worker: the process that owns one modem's port, speaks AT to it (27.005, 27.007,
 * V.250) and parses what strangers sent. It keeps nothing that matters: whatever it had read
 * is in the modem until kotakd says that it is stored.
 */
#ifndef KOTAK_MODEM_WORKER_H
#define KOTAK_MODEM_WORKER_H

/* What the worker tries before it begins, since the worker before it had no success. */
enum modem_worker_recover {
	MODEM_RECOVER_NONE,
	MODEM_RECOVER_SOFT, /* AT+CFUN=1,1 as soon as the modem answers */
	MODEM_RECOVER_HARD, /* reset the USB device behind the port first, where there is one */
};

struct modem_worker_config {
	const char *name;   /* for the log: "sim1" of [modem sim1] */
	const char *device; /* a path, a pattern of paths, or "auto" */
	const char *pin;    /* of the SIM; NULL or "" for none */
	enum modem_worker_recover recover;
};

/*
 * Runs until kotakd closes its end of the channel (fd, a SOCK_SEQPACKET socket that this
 * function takes over). Returns an exit status: 0 when the peer went away, 1 when the worker
 * can't go on (said in the log). Strings in config must live as long.
 */
int modem_worker_main(int fd, const struct modem_worker_config *config);

#endif
