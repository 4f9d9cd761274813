/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A card that loses power: an SQLite VFS over the real one. What is written reaches the real
 * files at once, as it would the page cache, but counts as kept only from the next xSync of
 * its file. At a chosen xSync the power goes: that call and all after it fail, and
 * power_after_cut() leaves in the files what a card may then have: of each file's unsynced
 * writes none, all, the first few with the last one torn, any of them in any order, or any of
 * their 512-byte sectors with rubbish in some.
 *
 * It can also be a card without room: writes (or syncs) number from … to fail.
 */
#ifndef KOTAK_TESTS_POWER_VFS_H
#define KOTAK_TESTS_POWER_VFS_H

/* cmocka wants these before its own header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define SECTOR 512
#define NODES_MAX 8

/* What a cut leaves of the unsynced writes; a seed chooses. */
enum power_loss {
	LOSS_ALL,     /* none of them came through */
	LOSS_NOTHING, /* all did, only nobody heard */
	LOSS_TAIL,    /* the first few, the last of these torn */
	LOSS_SOME,    /* any of them, later ones before earlier ones */
	LOSS_SECTORS, /* any of their sectors, some with rubbish */
	LOSS_KINDS,
};

struct power_write {
	int64_t offset;
	size_t size;
	uint8_t *bytes; /* NULL: truncated to offset */
};

/* One file by name, whoever has it open. */
struct power_node {
	char *path;
	bool kept; /* the card knows that it exists */
	uint8_t *bytes;
	size_t size;
	struct power_write *writes;
	size_t count;
};

struct power {
	struct power_node nodes[NODES_MAX];
	size_t node_count;
	uint64_t random;
	bool dead;
	unsigned syncs;	   /* so far */
	unsigned cut_at;   /* the sync at which the power goes; 0: never */
	unsigned writes;   /* so far */
	unsigned no_room;  /* the write from which on there is no room; 0: never */
	unsigned room;	   /* the write from which on there is room again */
	unsigned bad_sync; /* the one sync that fails though the power stays; 0: none */
};

static struct power power;
static sqlite3_vfs *power_real;

struct power_file {
	sqlite3_file base;
	struct power_node *node; /* NULL: temporary */
	sqlite3_file real[];
};

/* splitmix64: the same seed gives the same cut everywhere. */
static inline uint64_t power_random(uint64_t below)
{
	uint64_t z = power.random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % below;
}

static inline void power_forget_writes(struct power_node *node)
{
	for (size_t i = 0; i < node->count; i++)
		free(node->writes[i].bytes);
	free(node->writes);
	node->writes = NULL;
	node->count = 0;
}

static inline void power_resize(struct power_node *node, size_t size)
{
	if (size > node->size) {
		node->bytes = realloc(node->bytes, size);
		assert_non_null(node->bytes);
		memset(node->bytes + node->size, 0, size - node->size);
	}
	node->size = size;
}

static inline void power_put(
	struct power_node *node, int64_t offset, const void *bytes, size_t size)
{
	if (node->size < (size_t)offset + size)
		power_resize(node, (size_t)offset + size);
	memcpy(node->bytes + offset, bytes, size);
}

static inline void power_apply(struct power_node *node, const struct power_write *write)
{
	if (write->bytes)
		power_put(node, write->offset, write->bytes, write->size);
	else if ((size_t)write->offset < node->size)
		power_resize(node, (size_t)write->offset);
}

/* Each sector of the write on its own; rubbish only where something was being written. */
static inline void power_apply_sectors(struct power_node *node, const struct power_write *write)
{
	for (size_t at = 0; at < write->size; at += SECTOR) {
		uint8_t rubbish[SECTOR];
		size_t size = write->size - at < SECTOR ? write->size - at : SECTOR;
		uint64_t fate = power_random(8);
		const uint8_t *bytes = write->bytes + at;

		if (fate < 3)
			continue;
		if (fate == 3) {
			for (size_t i = 0; i < size; i++)
				rubbish[i] = (uint8_t)power_random(256);
			bytes = rubbish;
		}
		power_put(node, write->offset + (int64_t)at, bytes, size);
	}
}

static inline void power_lose(struct power_node *node, enum power_loss loss)
{
	size_t first = loss == LOSS_TAIL && node->count ? power_random(node->count + 1) : 0;

	for (size_t i = 0; i < node->count; i++) {
		const struct power_write *write = &node->writes[i];

		bool whole = loss == LOSS_NOTHING || (loss == LOSS_TAIL && i < first) ||
			     (loss == LOSS_SOME && power_random(2));

		if (whole) {
			power_apply(node, write);
		} else if (loss == LOSS_TAIL && i == first && write->bytes) {
			size_t sectors = (write->size + SECTOR - 1) / SECTOR;
			size_t size = power_random(sectors + 1) * SECTOR;
			power_put(node, write->offset, write->bytes,
				size < write->size ? size : write->size);
		} else if (loss == LOSS_SECTORS && write->bytes) {
			power_apply_sectors(node, write);
		}
	}
}

static inline struct power_node *power_node(const char *path)
{
	struct stat stat;

	for (size_t i = 0; i < power.node_count; i++) {
		if (strcmp(power.nodes[i].path, path) == 0)
			return &power.nodes[i];
	}
	assert_in_range(power.node_count, 0, NODES_MAX - 1);
	struct power_node *node = &power.nodes[power.node_count++];
	*node = (struct power_node) { .path = strdup(path) };
	assert_non_null(node->path);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &stat) == 0) {
		node->kept = true;
		power_resize(node, (size_t)stat.st_size);
		assert_int_equal(read(fd, node->bytes, node->size), node->size);
	}
	return node;
}

static inline void power_note(
	struct power_node *node, int64_t offset, const void *bytes, size_t size)
{
	node->writes = reallocarray(node->writes, node->count + 1, sizeof(*node->writes));
	assert_non_null(node->writes);
	struct power_write *write = &node->writes[node->count++];
	*write = (struct power_write) { .offset = offset, .size = size };
	if (bytes) {
		write->bytes = malloc(size);
		assert_non_null(write->bytes);
		memcpy(write->bytes, bytes, size);
	}
}

#define REAL(file) (((struct power_file *)(file))->real)
#define NODE(file) (((struct power_file *)(file))->node)
#define CALL(file, method, ...) REAL(file)->pMethods->method(REAL(file), ##__VA_ARGS__)

static int power_close(sqlite3_file *file)
{
	return CALL(file, xClose);
}

static int power_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
	return power.dead ? SQLITE_IOERR_READ : CALL(file, xRead, bytes, size, offset);
}

static int power_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
	if (power.dead)
		return SQLITE_IOERR_WRITE;
	power.writes++;
	if (power.no_room && power.writes >= power.no_room && power.writes < power.room)
		return SQLITE_FULL;
	if (NODE(file))
		power_note(NODE(file), offset, bytes, (size_t)size);
	return CALL(file, xWrite, bytes, size, offset);
}

static int power_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	if (power.dead)
		return SQLITE_IOERR_TRUNCATE;
	if (NODE(file))
		power_note(NODE(file), size, NULL, 0);
	return CALL(file, xTruncate, size);
}

static int power_sync(sqlite3_file *file, int flags)
{
	struct power_node *node = NODE(file);

	(void)flags;
	if (power.dead)
		return SQLITE_IOERR_FSYNC;
	power.syncs++;
	if (power.syncs == power.cut_at) {
		power.dead = true;
		return SQLITE_IOERR_FSYNC;
	}
	if (power.syncs == power.bad_sync)
		return SQLITE_IOERR_FSYNC;
	if (!node)
		return SQLITE_OK;
	for (size_t i = 0; i < node->count; i++)
		power_apply(node, &node->writes[i]);
	power_forget_writes(node);
	node->kept = true;
	return SQLITE_OK;
}

static int power_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return power.dead ? SQLITE_IOERR_FSTAT : CALL(file, xFileSize, size);
}

static int power_lock(sqlite3_file *file, int level)
{
	return CALL(file, xLock, level);
}

static int power_unlock(sqlite3_file *file, int level)
{
	return CALL(file, xUnlock, level);
}

static int power_check_lock(sqlite3_file *file, int *reserved)
{
	return CALL(file, xCheckReservedLock, reserved);
}

static int power_control(sqlite3_file *file, int operation, void *argument)
{
	return CALL(file, xFileControl, operation, argument);
}

static int power_sector_size(sqlite3_file *file)
{
	(void)file;
	return SECTOR;
}

static int power_characteristics(sqlite3_file *file)
{
	return CALL(file, xDeviceCharacteristics);
}

/* The index of the WAL is memory only: a cut takes it whole. */
static int power_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **map)
{
	return power.dead ? SQLITE_IOERR_SHMMAP : CALL(file, xShmMap, page, size, extend, map);
}

static int power_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return CALL(file, xShmLock, offset, count, flags);
}

static void power_shm_barrier(sqlite3_file *file)
{
	CALL(file, xShmBarrier);
}

static int power_shm_unmap(sqlite3_file *file, int delete)
{
	return CALL(file, xShmUnmap, delete);
}

static const sqlite3_io_methods power_methods = {
	.iVersion = 2,
	.xClose = power_close,
	.xRead = power_read,
	.xWrite = power_write,
	.xTruncate = power_truncate,
	.xSync = power_sync,
	.xFileSize = power_file_size,
	.xLock = power_lock,
	.xUnlock = power_unlock,
	.xCheckReservedLock = power_check_lock,
	.xFileControl = power_control,
	.xSectorSize = power_sector_size,
	.xDeviceCharacteristics = power_characteristics,
	.xShmMap = power_shm_map,
	.xShmLock = power_shm_lock,
	.xShmBarrier = power_shm_barrier,
	.xShmUnmap = power_shm_unmap,
};

static int power_open(
	sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out_flags)
{
	struct power_file *ours = (struct power_file *)file;

	(void)vfs;
	ours->base.pMethods = NULL;
	if (power.dead)
		return SQLITE_IOERR;
	ours->node = path ? power_node(path) : NULL;
	int code = power_real->xOpen(power_real, path, ours->real, flags, out_flags);
	if (ours->real->pMethods)
		ours->base.pMethods = &power_methods;
	return code;
}

/* SQLite syncs the folder after deleting what would be rolled back: then it is gone. */
static int power_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
	(void)vfs;
	if (power.dead)
		return SQLITE_IOERR_DELETE;
	struct power_node *node = power_node(path);
	power_forget_writes(node);
	node->size = 0;
	node->kept = false;
	return power_real->xDelete(power_real, path, sync_folder);
}

static sqlite3_vfs power_vfs;

/* From now on SQLite writes to a card that loses power at this sync (0: never). */
static inline void power_begin(unsigned cut_at, uint64_t seed)
{
	power = (struct power) { .cut_at = cut_at, .random = seed };
	if (!power_real) {
		power_real = sqlite3_vfs_find("unix");
		assert_non_null(power_real);
		power_vfs = *power_real;
		power_vfs.zName = "power";
		power_vfs.szOsFile = (int)sizeof(struct power_file) + power_real->szOsFile;
		power_vfs.xOpen = power_open;
		power_vfs.xDelete = power_delete;
	}
	assert_int_equal(sqlite3_vfs_register(&power_vfs, 1), SQLITE_OK);
}

/* All connections are closed: leaves in the files what a card may have, and the plain VFS. */
static inline void power_after_cut(enum power_loss loss)
{
	assert_int_equal(sqlite3_vfs_register(power_real, 1), SQLITE_OK);
	for (size_t i = 0; i < power.node_count; i++) {
		struct power_node *node = &power.nodes[i];
		/* A file that was never synced: perhaps not even its name is there. */
		bool there = node->kept || (loss != LOSS_ALL && node->count && power_random(2));

		if (power.dead) {
			power_lose(node, loss);
			unlink(node->path);
		}
		autoclose int fd = power.dead && there
					   ? open(node->path, O_WRONLY | O_CREAT | O_TRUNC, 0600)
					   : -1;
		if (fd >= 0)
			assert_int_equal(write(fd, node->bytes, node->size), node->size);
		power_forget_writes(node);
		free(node->bytes);
		free(node->path);
	}
	power.node_count = 0;
}

#endif
