/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scope-bound ownership: a variable declared with one of these releases what it
 * holds when its scope ends, so that a function has one exit path whatever fails.
 * take_pointer() hands the value on and leaves NULL behind.
 */
#ifndef KOTAK_BASE_CLEANUP_H
#define KOTAK_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define must_check __attribute__((warn_unused_result))

/* Defines the cleanup function NAME##_cleanup for a pointer type and its release function. */
#define DEFINE_CLEANUP(name, type, release)                                                        \
	static inline void name##_cleanup(type *variable) /* NOLINT(bugprone-macro-parentheses) */ \
	{                                                                                          \
		if (*variable)                                                                     \
			release(*variable);                                                        \
	}                                                                                          \
	struct name##_cleanup_needs_semicolon

static inline void free_cleanup(void *variable)
{
	free(*(void **)variable);
}

static inline void close_cleanup(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

DEFINE_CLEANUP(file, FILE *, fclose);

#define autofree __attribute__((cleanup(free_cleanup)))
#define autoclose __attribute__((cleanup(close_cleanup)))
#define autofile __attribute__((cleanup(file_cleanup)))

#define take_pointer(variable)                                                                     \
	({                                                                                         \
		typeof(variable) taken_ = (variable);                                              \
		(variable) = NULL;                                                                 \
		taken_;                                                                            \
	})

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
