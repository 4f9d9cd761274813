/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kotak-demo: a village on one page. A resident's phone and the kiosk in the lobby stand beside the
 * officers' desk; between them work kotakd and ppidd, all real but the radio, the keypad, the
 * display and the paper.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>

#include "base/log.h"
#include "kiosk.h"
#include "page.h"
#include "phone.h"
#include "village.h"

#define DEFAULT_PORT 8080

struct options {
	const char *build;
	const char *folder;
	unsigned port;
};

static int usage(void)
{
	fputs("usage: kotak-demo [--build FOLDER] [--folder FOLDER] [--port N]\n"
	      "  --build   where the programs are (build)\n"
	      "  --folder  where the demo keeps its files, emptied at the start (build/demo)\n"
	      "  --port    of the page on 127.0.0.1 (8080, or the next that is free)\n",
		stderr);
	return 2;
}

static int options_read(int argc, char **argv, struct options *options)
{
	static const struct option known[] = { { "build", required_argument, NULL, 'b' },
		{ "folder", required_argument, NULL, 'f' },
		{ "port", required_argument, NULL, 'p' }, { 0 } };
	char *end;
	int letter;

	while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1) {
		unsigned long port;
		switch (letter) {
		case 'b':
			options->build = optarg;
			break;
		case 'f':
			options->folder = optarg;
			break;
		case 'p':
			errno = 0;
			port = strtoul(optarg, &end, 10);
			if (errno || *end || !*optarg || port < 1 || port > 65535)
				return -EINVAL;
			options->port = (unsigned)port;
			break;
		default:
			return -EINVAL;
		}
	}
	return optind == argc ? 0 : -EINVAL;
}

static int on_child(sd_event_source *source, int fd, uint32_t revents, void *context)
{
	const struct process *process = context;

	(void)fd;
	(void)revents;
	log_error("demo: %s ended by itself; its log in the demo's folder says why", process->name);
	sd_event_exit(sd_event_source_get_event(source), 1);
	return 0;
}

static int watch(sd_event *event, struct process *process)
{
	/* process_stop() reaps it, so only the descriptor is watched. */
	return sd_event_add_io(event, NULL, process->pidfd, EPOLLIN, on_child, process);
}

static int open_simulators(sd_event *event, const struct village *village, struct phones **phones,
	struct kiosk **kiosk)
{
	char modem[VILLAGE_PATH_SIZE];
	char panel[VILLAGE_PATH_SIZE];
	char printer[VILLAGE_PATH_SIZE];

	int error = village_socket(village, "modem.sock", modem);
	if (!error)
		error = village_socket(village, "panel.sock", panel);
	if (!error)
		error = village_socket(village, "printer.sock", printer);
	if (!error)
		error = phones_open(modem, phones);
	return error ? error : kiosk_open(event, panel, printer, kiosk);
}

static int serve(
	const struct options *options, sd_event *event, struct village *village, unsigned port)
{
	struct phones *phones = NULL;
	struct kiosk *kiosk = NULL;
	struct page *page = NULL;

	int error = village_start(village, options->build, options->folder, port);
	if (!error)
		error = open_simulators(event, village, &phones, &kiosk);
	if (!error)
		error = page_open(event, port, village, phones, kiosk, &page);
	if (!error)
		error = watch(event, &village->modem);
	if (error >= 0)
		error = watch(event, &village->panel);
	if (error >= 0)
		error = watch(event, &village->printer);
	if (error >= 0)
		error = watch(event, &village->kiosk);
	if (error >= 0) {
		printf("\n  The demo is at  http://127.0.0.1:%u/\n\n"
		       "  Officers' desk: http://127.0.0.1:%u/  (user %s, password %s)\n"
		       "  The kiosk in a terminal: %s/panel-view --control %s/panel.sock\n"
		       "  Ctrl-C ends everything.\n\n",
			port, village->desk_port, VILLAGE_OFFICER, VILLAGE_PASSWORD, options->build,
			village->sockets);
		fflush(stdout);
		error = sd_event_loop(event);
	}
	page_close(page);
	kiosk_close(kiosk);
	phones_close(phones);
	return error;
}

int main(int argc, char **argv)
{
	struct options options = { .build = "build", .folder = "build/demo", .port = DEFAULT_PORT };
	struct village village = { .notify = -1, .lock = -1 };
	sd_event *event = NULL;
	sigset_t stopping;

	log_open("kotak-demo", LOG_INFO);
	if (options_read(argc, argv, &options) < 0)
		return usage();
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&stopping);
	sigaddset(&stopping, SIGINT);
	sigaddset(&stopping, SIGTERM);
	sigaddset(&stopping, SIGHUP);
	sigprocmask(SIG_BLOCK, &stopping, NULL);

	int error = sd_event_new(&event);
	/* Without a handler of ours these end the loop with exit 0. */
	if (error >= 0)
		error = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
	if (error >= 0)
		error = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
	if (error >= 0)
		error = sd_event_add_signal(event, NULL, SIGHUP, NULL, NULL);
	if (error >= 0)
		error = serve(&options, event, &village, village_free_port(options.port));
	if (error < 0)
		log_error("demo: %s", strerror(-error));
	sd_event_unref(event);
	village_stop(&village);
	if (error == 0)
		puts("The demo has ended; nothing is left running.");
	return error ? 1 : 0;
}
