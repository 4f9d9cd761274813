/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The power goes while a damaged database is rebuilt, or a backup put in place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "store/backup.h"
#include "store/complaint.h"
#include "store/internal.h"

#define KIOSK 3
#define COMPLAINTS 20

static const struct moment noon = {
	.now_ms = INT64_C(1790000000000), .clock = CLOCK_NTP, .boot = 1
};

/* Renames that still succeed; afterwards the power is off. */
static unsigned renames_left = UINT32_MAX;

/* In the place of libc's, whose parameters have names that are reserved. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int rename(const char *from, const char *to)
{
	if (renames_left == 0) {
		errno = EIO;
		return -1;
	}
	renames_left--;
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

struct place {
	char folder[64];
	char path[80];
	char backup[96];
};

static void complain(struct store *store, unsigned number)
{
	char ticket[TICKET_SIZE], pin[PIN_SIZE], uuid[UUID_SIZE], text[64];

	snprintf(text, sizeof(text), "Jalan rusak nomor %u", number);
	assert_return_code(store_begin(store), 0);
	assert_return_code(store_ticket_next(store, ticket, pin), 0);
	const struct complaint_opening opening = { .ticket = ticket,
		.pin = pin,
		.channel = "sms",
		.language = "id",
		.sender = "+628111",
		.text = text };
	assert_return_code(store_complaint_open(store, &noon, &opening, uuid), 0);
	assert_return_code(store_commit(store), 0);
}

static int64_t complaints(struct store *store)
{
	int64_t count = 0;

	assert_int_equal(store_value(store, &count, "SELECT count(*) FROM complaint", ""), 1);
	return count;
}

/* A database with complaints, and a backup of it with one more. */
static int setup(void **state)
{
	struct place *place = test_calloc(1, sizeof(*place));
	autostore struct store *store = NULL;

	snprintf(place->folder, sizeof(place->folder), "/tmp/kotak-replace-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->path, sizeof(place->path), "%s/k.db", place->folder);
	snprintf(place->backup, sizeof(place->backup), "%s/backup.db", place->folder);
	assert_return_code(store_open(place->path, KIOSK, &store), 0);
	for (unsigned i = 0; i < COMPLAINTS; i++)
		complain(store, i);
	assert_return_code(store_backup(store, place->backup), 0);
	complain(store, COMPLAINTS);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;
	autofree char *command = NULL;

	renames_left = UINT32_MAX;
	assert_true(asprintf(&command, "%s/*", place->folder) > 0);
	glob_t found;
	if (glob(command, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
		globfree(&found);
	}
	assert_int_equal(rmdir(place->folder), 0);
	test_free(place);
	return 0;
}

static void damage(const char *path)
{
	autostore struct store *store = NULL;
	uint8_t noise[4096];
	int64_t page = 0;

	assert_return_code(store_open(path, KIOSK, &store), 0);
	assert_int_equal(store_value(store, &page,
				 "SELECT rootpage FROM sqlite_schema WHERE name = 'complaint'", ""),
		1);
	store_close(take_pointer(store));
	autoclose int fd = open(path, O_RDWR | O_CLOEXEC);
	randombytes_buf(noise, sizeof(noise));
	assert_int_equal(pwrite(fd, noise, sizeof(noise), (page - 1) * 4096), sizeof(noise));
}

/* One that was begun and never finished must not matter. */
static void litter(const char *path)
{
	autofree char *name = NULL;

	assert_true(asprintf(&name, "%s.unfinished", path) > 0);
	autofile FILE *file = fopen(name, "we");
	assert_non_null(file);
	fputs("half a database", file);
}

static void test_rebuilding_is_completed(void **state)
{
	const struct place *place = *state;
	int error = -1;

	for (unsigned cut = 0; error < 0; cut++) {
		autostore struct store *store = NULL;
		litter(place->path);
		damage(place->path);
		renames_left = cut;
		error = store_open(place->path, KIOSK, &store);
		store_close(take_pointer(store));
		renames_left = UINT32_MAX;
		assert_return_code(store_open(place->path, KIOSK, &store), 0);
		assert_int_equal(complaints(store), COMPLAINTS + 1);
		assert_in_range(cut, 0, 10);
	}
}

static void test_a_restore_is_done_or_not(void **state)
{
	const struct place *place = *state;
	int error = -1;

	for (unsigned cut = 0; error < 0; cut++) {
		autostore struct store *store = NULL;
		renames_left = cut;
		error = store_restore(place->path, KIOSK, place->backup, &noon);
		renames_left = UINT32_MAX;
		assert_return_code(store_open(place->path, KIOSK, &store), 0);
		assert_in_range(complaints(store), COMPLAINTS, COMPLAINTS + 1);
		assert_in_range(cut, 0, 10);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rebuilding_is_completed),
		TEST(test_a_restore_is_done_or_not),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_EMERG);
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
