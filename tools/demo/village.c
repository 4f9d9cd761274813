/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "village.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/log.h"

#define READY_MS 20000
#define STOP_MS 5000
#define MARK "made-by-kotak-demo"

static int port_bind(unsigned port, unsigned *bound)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int yes = 1;
	autoclose int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&address, size) < 0 ||
		getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return -errno;
	*bound = ntohs(address.sin_port);
	return 0;
}

unsigned village_free_port(unsigned wanted)
{
	unsigned port = 0;

	for (unsigned i = 0; wanted && i < 10; i++) {
		if (port_bind(wanted + i, &port) == 0)
			return port;
	}
	return port_bind(0, &port) == 0 ? port : 0;
}

__attribute__((format(printf, 2, 3))) static int format_path(
	char out[static VILLAGE_PATH_SIZE], const char *format, ...)
{
	va_list values;

	va_start(values, format);
	int length = vsnprintf(out, VILLAGE_PATH_SIZE, format, values);
	va_end(values);
	return length < 0 || length >= VILLAGE_PATH_SIZE ? -ENAMETOOLONG : 0;
}

int village_socket(
	const struct village *village, const char *name, char out[static VILLAGE_PATH_SIZE])
{
	return format_path(out, "%s/%s", village->sockets, name);
}

static int village_file(
	const struct village *village, const char *name, char out[static VILLAGE_PATH_SIZE])
{
	return format_path(out, "%s/%s", village->folder, name);
}

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *place)
{
	(void)about;
	(void)type;
	(void)place;
	return remove(path) < 0 ? -errno : 0;
}

static int remove_tree(const char *path)
{
	return nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Takes the demo's folder of before away; anybody else's is left alone, and one in use too. */
static int folder_clear(const char *folder, const char *mark)
{
	autoclose int old = open(mark, O_RDWR | O_CLOEXEC);

	if (old >= 0 && flock(old, LOCK_EX | LOCK_NB) < 0) {
		log_error("demo: another demo runs in %s; stop it, or give another folder with "
			  "--folder",
			folder);
		return -EBUSY;
	}
	if (old >= 0)
		return remove_tree(folder);
	if (rmdir(folder) < 0 && errno != ENOENT) {
		log_error("demo: %s is there already and no demo made it; give another with "
			  "--folder",
			folder);
		return -EEXIST;
	}
	return 0;
}

static int folder_make(const char *folder, int *lock)
{
	char mark[VILLAGE_PATH_SIZE];

	if (format_path(mark, "%s/" MARK, folder) < 0)
		return -ENAMETOOLONG;
	int error = folder_clear(folder, mark);
	if (error < 0)
		return error;
	if (mkdir(folder, 0700) < 0)
		return -errno;
	*lock = open(mark, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return *lock < 0 || flock(*lock, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
}

__attribute__((format(printf, 2, 3))) static int write_file(
	const char *path, const char *format, ...)
{
	va_list values;
	autofile FILE *file = fopen(path, "we");

	if (!file)
		return -errno;
	va_start(values, format);
	int written = vfprintf(file, format, values);
	va_end(values);
	return written < 0 || fflush(file) != 0 ? -EIO : 0;
}

static int write_confs(const struct village *village, unsigned page_port)
{
	char path[VILLAGE_PATH_SIZE];
	const char *folder = village->folder;
	const char *sockets = village->sockets;

	int error = village_file(village, "kotakd.conf", path);
	if (!error)
		error = write_file(path,
			"[kiosk]\nid = 3\nname = Triharjo\nlocale = id\ntimezone = Asia/Jakarta\n"
			"[store]\npath = %s/kiosk.db\n[modem demo]\ndevice = %s/modem\n"
			"[sync]\nurl = http://127.0.0.1:%u\ntoken_file = %s/token\n"
			"[control]\nsocket = %s/kotak.sock\n[panel]\ndriver = sim\n"
			"board = simulated\nlines = %s/panel.lines\ndisplay = 20x4 i2c:1:0x27\n"
			"places = %s/places\n[printer]\ndevice = %s/printer\n",
			folder, sockets, village->desk_port, folder, sockets, sockets, folder,
			sockets);
	if (!error)
		error = village_file(village, "places", path);
	if (!error)
		error = write_file(path, "Kalikepek: RT 01, RT 02, RT 03\nKarang: RT 01, RT 02\n"
					 "Seworan: RT 01, RT 02, RT 03, RT 04\nWetan Pasar\n");
	if (!error)
		error = village_file(village, "ppidd.conf", path);
	if (!error)
		error = write_file(path,
			"[server]\nlisten = 127.0.0.1:%u\n"
			"frame_ancestors = http://127.0.0.1:%u http://localhost:%u\n"
			"[store]\nurl = sqlite:%s/server.db\n",
			village->desk_port, page_port, page_port, folder);
	return error;
}

/* Starts a program and waits for its READY=1. */
static int start_notifying(struct village *village, struct process *process, const char *conf)
{
	char program[VILLAGE_PATH_SIZE];
	char conf_path[VILLAGE_PATH_SIZE];
	char log[VILLAGE_PATH_SIZE];
	char notify[VILLAGE_PATH_SIZE];
	char message[1024];

	if (format_path(program, "%s/%s", village->build, process->name) < 0 ||
		village_file(village, conf, conf_path) < 0 ||
		format_path(log, "%s/%s.log", village->folder, process->name) < 0 ||
		format_path(notify, "NOTIFY_SOCKET=%s/notify", village->sockets) < 0)
		return -ENAMETOOLONG;
	/* What an earlier program said while it stopped. */
	while (recv(village->notify, message, sizeof(message), MSG_DONTWAIT) > 0)
		;
	int error = process_start(
		process, (char *[]) { program, "--config", conf_path, NULL }, log, notify);
	int64_t deadline = process_clock_ms() + READY_MS;
	while (!error) {
		error = process_await(process, village->notify, deadline - process_clock_ms());
		if (error < 0)
			break;
		ssize_t size = recv(village->notify, message, sizeof(message) - 1, MSG_DONTWAIT);
		message[size < 0 ? 0 : size] = '\0';
		if (strstr(message, "READY=1"))
			return 0;
	}
	log_error("demo: %s doesn't start; %s says why", process->name, log);
	return error;
}

/*
 * Starts a simulator, with its control socket at NAME.sock, and waits until that and what else is
 * awaited (a name beside it) are there: nothing else of its word "ready" is needed.
 */
static int start_simulator(struct village *village, struct process *process, const char *name,
	const char *awaited, const char *const words[])
{
	char program[VILLAGE_PATH_SIZE];
	char control[VILLAGE_PATH_SIZE];
	char other[VILLAGE_PATH_SIZE];
	char log[VILLAGE_PATH_SIZE];
	const char *argv[16] = { program, "--control", control };

	if (format_path(program, "%s/%s", village->build, process->name) < 0 ||
		format_path(control, "%s/%s.sock", village->sockets, name) < 0 ||
		village_socket(village, awaited, other) < 0 ||
		format_path(log, "%s/%s.log", village->folder, process->name) < 0)
		return -ENAMETOOLONG;
	for (size_t i = 0; words[i] && i + 4 < ARRAY_SIZE(argv); i++)
		argv[i + 3] = words[i];
	int error = process_start(process, (char *const *)argv, log, NULL);
	int64_t deadline = process_clock_ms() + READY_MS;
	while (!error && (access(control, F_OK) < 0 || access(other, F_OK) < 0)) {
		if (process_clock_ms() > deadline)
			error = -ETIME;
		else if (process_await(process, -1, 10) == -ECHILD)
			error = -ECHILD;
	}
	if (error < 0)
		log_error("demo: %s doesn't start; %s says why", process->name, log);
	return error;
}

static int start_simulators(struct village *village)
{
	char modem[VILLAGE_PATH_SIZE];
	char lines[VILLAGE_PATH_SIZE];
	char printer[VILLAGE_PATH_SIZE];

	if (village_socket(village, "modem", modem) < 0 ||
		village_socket(village, "panel.lines", lines) < 0 ||
		village_socket(village, "printer", printer) < 0)
		return -ENAMETOOLONG;
	int error = start_simulator(village, &village->modem, "modem", "modem",
		(const char *[]) { "--make", "sim7600", "--link", modem, NULL });
	if (!error)
		error = start_simulator(village, &village->panel, "panel", "panel.lines",
			(const char *[]) { "--lines", lines, NULL });
	if (!error)
		error = start_simulator(village, &village->printer, "printer", "printer",
			(const char *[]) { "--link", printer, "--folder", village->folder, NULL });
	return error;
}

static int run_tool(const struct village *village, const char *tool, const char *conf,
	const char *const words[], const char *input, char **output)
{
	char program[VILLAGE_PATH_SIZE];
	char conf_path[VILLAGE_PATH_SIZE];
	const char *argv[8] = { program, "--config", conf_path };

	if (format_path(program, "%s/%s", village->build, tool) < 0 ||
		village_file(village, conf, conf_path) < 0)
		return -ENAMETOOLONG;
	for (size_t i = 0; words[i] && i + 4 < ARRAY_SIZE(argv); i++)
		argv[i + 3] = words[i];
	return process_run((char *const *)argv, input, output);
}

/* The last line, which is the enrolment code. */
static char *last_line(char *text)
{
	while (*text && text[strlen(text) - 1] == '\n')
		text[strlen(text) - 1] = '\0';
	char *line = strrchr(text, '\n');
	return line ? line + 1 : text;
}

static int introduce(const struct village *village)
{
	char url[64];
	autofree char *code = NULL;
	autofree char *nothing = NULL;
	autofree char *words = NULL;

	/* Who may see all: also what residents write about the office itself. */
	int status = run_tool(village, "ppidctl", "ppidd.conf",
		(const char *[]) { "user", "add", VILLAGE_OFFICER, "head", NULL },
		VILLAGE_PASSWORD "\n", &nothing);
	if (status == 0)
		status = run_tool(village, "ppidctl", "ppidd.conf",
			(const char *[]) { "kiosk", "add", "3", "Triharjo", NULL }, NULL, &code);
	if (status == 0) {
		snprintf(url, sizeof(url), "http://127.0.0.1:%u", village->desk_port);
		status = run_tool(village, "kotakctl", "kotakd.conf",
			(const char *[]) { "enroll", url, last_line(code), NULL }, NULL, &words);
	}
	if (status != 0)
		log_error("demo: the kiosk could not be made known to the server");
	return status > 0 ? -EIO : status;
}

static int notify_open(struct village *village)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", village->sockets);
	village->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (village->notify < 0 ||
		bind(village->notify, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return 0;
}

int village_start(
	struct village *village, const char *build, const char *folder, unsigned page_port)
{
	*village = (struct village) { .modem = PROCESS_NONE("modem-sim"),
		.panel = PROCESS_NONE("panel-sim"),
		.printer = PROCESS_NONE("printer-sim"),
		.kiosk = PROCESS_NONE("kotakd"),
		.server = PROCESS_NONE("ppidd"),
		.notify = -1,
		.lock = -1 };
	autofree char *whole = realpath(build, NULL);
	if (!whole || format_path(village->build, "%s", whole) < 0) {
		log_error("demo: %s: no such folder; `make` builds the programs", build);
		return -ENOENT;
	}
	int error = folder_make(folder, &village->lock);
	autofree char *fresh = error < 0 ? NULL : realpath(folder, NULL);
	if (!fresh || format_path(village->folder, "%s", fresh) < 0)
		return error < 0 ? error : -EIO;
	snprintf(village->sockets, sizeof(village->sockets), "/tmp/kotak-demo-XXXXXX");
	if (!mkdtemp(village->sockets)) {
		village->sockets[0] = '\0';
		log_error("demo: no folder can be made under /tmp: %s", strerror(errno));
		return -EIO;
	}
	village->desk_port = village_free_port(0);
	error = notify_open(village);
	if (!error)
		error = write_confs(village, page_port);
	if (!error)
		error = start_simulators(village);
	if (!error)
		error = start_notifying(village, &village->server, "ppidd.conf");
	if (!error)
		error = introduce(village);
	if (!error)
		error = start_notifying(village, &village->kiosk, "kotakd.conf");
	return error;
}

void village_stop(struct village *village)
{
	process_stop(&village->kiosk, STOP_MS);
	process_stop(&village->server, STOP_MS);
	process_stop(&village->modem, STOP_MS);
	process_stop(&village->panel, STOP_MS);
	process_stop(&village->printer, STOP_MS);
	if (village->notify >= 0)
		close(village->notify);
	if (village->lock >= 0)
		close(village->lock);
	village->notify = village->lock = -1;
	if (village->sockets[0] && remove_tree(village->sockets) < 0)
		log_warning("demo: %s could not be removed", village->sockets);
	village->sockets[0] = '\0';
}

int village_server(struct village *village, bool on)
{
	if (!on) {
		process_stop(&village->server, STOP_MS);
		return 0;
	}
	return village->server.pid ? 0 : start_notifying(village, &village->server, "ppidd.conf");
}

int village_status(const struct village *village, char **text)
{
	int status = run_tool(village, "kotakctl", "kotakd.conf",
		(const char *[]) { "status", NULL }, NULL, text);

	return status > 0 && *text && **text ? 0 : status > 0 ? -EIO : status;
}
