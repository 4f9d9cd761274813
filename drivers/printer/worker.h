/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The printer worker: the process that owns the receipt printer's port. docs/panel.md has its
 * messages. */
#ifndef KOTAK_PRINTER_WORKER_H
#define KOTAK_PRINTER_WORKER_H

/*
 * Runs until kotakd closes its end of the link (fd, a SOCK_SEQPACKET socket that this function
 * takes over). Returns an exit status: 0 when the peer went away, 1 when the worker can't go on
 * (said in the log).
 */
int printer_worker_main(int fd);

#endif
