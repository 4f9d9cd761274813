/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kiosk put together: store, clock, sync and modems around one loop, and its end. */
#include "kotakd/kiosk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "base/log.h"
#include "dialogue/dialogue.h"
#include "kotakd/commands.h"
#include "kotakd/control.h"
#include "kotakd/erasure.h"
#include "kotakd/health.h"
#include "kotakd/modems.h"
#include "kotakd/panel.h"
#include "kotakd/printing.h"
#include "store/boot.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

/* A clock that is put forward or back by so much was set; by less, it was steered. */
#define CLOCK_MOVED_MS 60000
/* Nothing that was written longer ago waits for anything yet. */
#define CLOCK_MOVED_WINDOW_MS (INT64_C(31) * 24 * 3600 * 1000)

void kiosk_wake_sync(struct kiosk *kiosk)
{
	kiosk_panel_changed(kiosk, false);
	if (!kiosk->sync)
		return;
	sync_wake(kiosk->sync);
	kiosk->sync_woken = true;
}

struct moment kiosk_moment(const struct kiosk *kiosk)
{
	return (struct moment) {
		.now_ms = kiosk->time.wall_ms, .clock = kiosk->time.quality, .boot = kiosk->boot
	};
}

/* Nothing written is edited: this event says how the guessed times of this boot are to be read. */
static int kiosk_clock_event(struct kiosk *kiosk)
{
	struct moment moment = kiosk_moment(kiosk);
	autojson json_t *data = json_pack("{s:I, s:I, s:s}", "boot", (json_int_t)kiosk->boot,
		"offset_ms", (json_int_t)kiosk->clock_offset_ms, "quality",
		clock_quality_name(kiosk->time.quality));

	return data ? store_event(kiosk->store, &moment, "kiosk", "clock.set", NULL, data, NULL)
		    : -ENOMEM;
}

/* The clock was set: written down, and what runs out some day keeps the time it has left. */
static void kiosk_record_clock(struct kiosk *kiosk)
{
	int error = store_begin(kiosk->store);

	if (error == 0 && kiosk->clock_moved_ms)
		error = store_clock_moved(
			kiosk->store, kiosk->clock_moved_since_ms, kiosk->clock_moved_ms);
	if (error == 0 && kiosk->clock_improved)
		error = kiosk_clock_event(kiosk);
	if (error == 0)
		error = store_commit(kiosk->store);
	if (error < 0) {
		store_rollback(kiosk->store);
		return;
	}
	kiosk->clock_improved = false;
	kiosk->clock_moved_ms = 0;
}

/* Whatever was written on the clock's old time: while it was guessed, else of late. */
static void kiosk_clock_moved(
	struct kiosk *kiosk, const struct clock_reading *before, int64_t moved_ms)
{
	int64_t since_ms = before->wall_ms - CLOCK_MOVED_WINDOW_MS;
	int64_t trusted_ms = 0;

	if (before->quality == CLOCK_GUESS &&
		store_last_trusted_time(kiosk->store, &trusted_ms) == 0 && trusted_ms)
		since_ms = trusted_ms;
	if (!kiosk->clock_moved_ms)
		kiosk->clock_moved_since_ms = since_ms;
	kiosk->clock_moved_ms += moved_ms;
	log_notice("the clock was set: %lld s %s", (long long)llabs(moved_ms) / 1000,
		moved_ms > 0 ? "forward" : "back");
}

void kiosk_read_clock(struct kiosk *kiosk)
{
	const struct clock_reading before = kiosk->time;

	kiosk->clock->ops->read(kiosk->clock, &kiosk->time);
	if (!before.mono_ms)
		return;
	int64_t moved_ms =
		(kiosk->time.wall_ms - kiosk->time.mono_ms) - (before.wall_ms - before.mono_ms);
	if (before.quality == CLOCK_GUESS && kiosk->time.quality != CLOCK_GUESS) {
		kiosk->clock_improved = true;
		kiosk->clock_offset_ms = moved_ms;
	}
	if (llabs(moved_ms) >= CLOCK_MOVED_MS)
		kiosk_clock_moved(kiosk, &before, moved_ms);
	/* Before anything is written on the new time. */
	if (kiosk->clock_improved || kiosk->clock_moved_ms)
		kiosk_record_clock(kiosk);
}

static int read_boot_id(char *out, size_t size)
{
	autoclose int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, out, size - 1);

	if (got < 0)
		return -errno;
	out[got] = '\0';
	out[strcspn(out, "\n")] = '\0';
	return 0;
}

/* The step with which this run begins: the boot is counted, the start written down. */
static int kiosk_record_start(struct kiosk *kiosk)
{
	char boot_id[64] = "";
	int error = read_boot_id(boot_id, sizeof(boot_id));

	if (error < 0)
		log_warning("%s: %s: boots can't be told apart", BOOT_ID, strerror(-error));
	error = store_begin(kiosk->store);
	if (error == 0)
		error = store_boot(kiosk->store, boot_id, &kiosk->boot);
	if (error == 0) {
		struct moment moment = kiosk_moment(kiosk);
		autojson json_t *data = json_pack("{s:s}", "version", KOTAK_VERSION);
		error = data ? store_event(kiosk->store, &moment, "kiosk", "kiosk.started", NULL,
				       data, NULL)
			     : -ENOMEM;
	}
	if (error == 0)
		error = store_commit(kiosk->store);
	if (error < 0)
		store_rollback(kiosk->store);
	return error;
}

static int kiosk_open_store(struct kiosk *kiosk)
{
	int64_t last_ms = 0;
	int error = store_open(
		kiosk->config.store_path, (unsigned)kiosk->config.kiosk_id, &kiosk->store);

	if (error == 0)
		error = store_last_time(kiosk->store, &last_ms);
	if (error == 0)
		error = kiosk->drivers->clock_new(last_ms, &kiosk->clock);
	if (error < 0)
		return error;
	kiosk_read_clock(kiosk);
	kiosk->started_ms = kiosk->time.wall_ms;
	return kiosk_record_start(kiosk);
}

/* New commands are acted on at once, and what they queued goes out with the next tick. */
static void kiosk_commands(struct kiosk *kiosk)
{
	struct moment moment = kiosk_moment(kiosk);
	int done = commands_run(kiosk->store, &moment, kiosk->utc_offset_s);

	if (done > 0) {
		kiosk->housekept_ms = 0;
		kiosk_panel_changed(kiosk, true);
		kiosk_wake_sync(kiosk);
	}
}

static void kiosk_sync(struct kiosk *kiosk)
{
	struct moment moment = kiosk_moment(kiosk);

	if (sync_handle(kiosk->sync, &moment, kiosk->time.mono_ms) > 0)
		kiosk_commands(kiosk);
}

static int on_uplink(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct kiosk *kiosk = context;

	(void)source;
	(void)fd;
	(void)events;
	kiosk_read_clock(kiosk);
	kiosk_sync(kiosk);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
	(void)source;
	(void)usec;
	(void)context;
	/* The work is done after every wake-up, this one included. */
	return 0;
}

static int64_t kiosk_deadline(struct kiosk *kiosk)
{
	const int64_t deadlines[] = { modems_deadline(kiosk), kiosk_panel_deadline(kiosk),
		printing_deadline(kiosk), erasure_deadline(kiosk), health_deadline(kiosk),
		kiosk->sync ? sync_deadline(kiosk->sync) : INT64_MAX };
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < ARRAY_SIZE(deadlines); i++) {
		if (deadlines[i] < first)
			first = deadlines[i];
	}
	return first;
}

/* After every wake-up: what has become due, then the time of the next. */
static int on_post(sd_event_source *source, void *context)
{
	struct kiosk *kiosk = context;

	(void)source;
	kiosk_read_clock(kiosk);
	modems_tick(kiosk);
	kiosk_panel_tick(kiosk);
	printing_tick(kiosk);
	erasure_tick(kiosk);
	health_tick(kiosk);
	if (kiosk->sync &&
		(kiosk->sync_woken || kiosk->time.mono_ms >= sync_deadline(kiosk->sync))) {
		kiosk->sync_woken = false;
		kiosk_sync(kiosk);
		modems_tick(kiosk);
	}
	if (store_damaged(kiosk->store)) {
		log_error("stopping, to set the damaged database aside at the next start");
		return sd_event_exit(kiosk->loop, -EBADMSG);
	}
	int64_t next = kiosk_deadline(kiosk);
	int error = sd_event_source_set_time(kiosk->timer, next <= 0 ? 0
							   : next < INT64_MAX / 1000
								   ? (uint64_t)next * 1000
								   : UINT64_MAX);
	if (error >= 0)
		error = sd_event_source_set_enabled(kiosk->timer, SD_EVENT_ONESHOT);
	return error;
}

static int kiosk_open_sync(struct kiosk *kiosk)
{
	const struct sync_config config = { .token_file = kiosk->config.sync_token_file,
		.kiosk = (unsigned)kiosk->config.kiosk_id };

	if (!kiosk->config.sync_url)
		return 0;
	int error = kiosk->drivers->uplink_new(
		kiosk->config.sync_url, kiosk->config.sync_ca_file, &kiosk->uplink);
	if (error == 0)
		error = sync_new(kiosk->store, kiosk->uplink, &config, &kiosk->sync);
	if (error == 0)
		error = sd_event_add_io(kiosk->loop, &kiosk->uplink_source,
			kiosk->uplink->ops->fd(kiosk->uplink), EPOLLIN, on_uplink, kiosk);
	return error;
}

static int kiosk_open_loop(struct kiosk *kiosk)
{
	sigset_t signals;
	int error = sd_event_default(&kiosk->loop);

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return -errno;
	if (error >= 0)
		error = sd_event_add_signal(kiosk->loop, NULL, SIGTERM, NULL, NULL);
	if (error >= 0)
		error = sd_event_add_signal(kiosk->loop, NULL, SIGINT, NULL, NULL);
	if (error >= 0)
		error = sd_event_add_time(
			kiosk->loop, &kiosk->timer, CLOCK_BOOTTIME, 0, 20000, on_timer, kiosk);
	if (error >= 0)
		error = sd_event_add_post(kiosk->loop, NULL, on_post, kiosk);
	if (error >= 0)
		error = sd_event_set_watchdog(kiosk->loop, true);
	return error;
}

static void kiosk_set_timezone(struct kiosk *kiosk)
{
	time_t now = (time_t)(kiosk->time.wall_ms / 1000);
	struct tm local;

	if (setenv("TZ", kiosk->config.timezone, 1) < 0)
		return;
	tzset();
	if (localtime_r(&now, &local))
		kiosk->utc_offset_s = (int)local.tm_gmtoff;
}

/* The panel asks the printer what to say of it, so it comes second. */
static int kiosk_open_lobby(struct kiosk *kiosk)
{
	const struct printing_listener listener = kiosk_panel_listener(kiosk);
	int error = printing_open(kiosk, &listener);

	return error < 0 ? error : kiosk_panel_open(kiosk);
}

static int kiosk_open(struct kiosk *kiosk)
{
	int error = kiosk_open_store(kiosk);

	if (error >= 0)
		error = health_open(kiosk);
	if (error < 0)
		return error;
	kiosk_set_timezone(kiosk);
	error = dialogue_init_beside_program();
	if (error >= 0)
		error = kiosk_open_loop(kiosk);
	if (error >= 0)
		error = kiosk_open_sync(kiosk);
	if (error >= 0)
		error = modems_start(kiosk);
	if (error >= 0)
		error = kiosk_open_lobby(kiosk);
	if (error >= 0 && kiosk->config.control_socket)
		error = control_open(kiosk, kiosk->config.control_socket, &kiosk->control);
	if (error < 0)
		return error;
	/* Commands taken before an interruption are waiting. */
	kiosk_commands(kiosk);
	return 0;
}

void kiosk_close(struct kiosk *kiosk)
{
	control_close(kiosk->control);
	kiosk_panel_close(kiosk);
	printing_close(kiosk);
	modems_close(kiosk);
	health_free(kiosk->health);
	sync_free(kiosk->sync);
	sd_event_source_unref(kiosk->uplink_source);
	if (kiosk->uplink)
		kiosk->uplink->ops->close(kiosk->uplink);
	sd_event_source_unref(kiosk->timer);
	sd_event_unref(kiosk->loop);
	if (kiosk->clock)
		kiosk->clock->ops->close(kiosk->clock);
	store_close(kiosk->store);
	config_release(&kiosk->config);
}

int kiosk_run(struct kiosk *kiosk)
{
	int error = kiosk_open(kiosk);

	if (error >= 0) {
		log_notice("kiosk %lld (%s) runs, version " KOTAK_VERSION,
			(long long)kiosk->config.kiosk_id, kiosk->config.kiosk_name);
		sd_notify(0, "READY=1\nSTATUS=Takes complaints");
		error = sd_event_loop(kiosk->loop);
		sd_notify(0, "STOPPING=1");
	}
	if (error < 0)
		log_error("stopping: %s", strerror(-error));
	return error < 0 ? error : 0;
}
