/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "typist.h"

#include <errno.h>
#include <string.h>

int typist_add(struct typist *typist, const struct stroke *strokes, size_t count, int64_t now_us)
{
	struct stroke *grown;

	if (!count)
		return 0;
	if (count > TYPIST_STROKES_MAX - typist->count)
		return -ENOSPC;
	grown = reallocarray(typist->strokes, typist->count + count, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	if (!typist->count)
		typist->next_us = now_us;
	memcpy(grown + typist->count, strokes, count * sizeof(*grown));
	typist->strokes = grown;
	typist->count += count;
	typist->added += count;
	return 0;
}

int64_t typist_deadline(const struct typist *typist)
{
	return typist->count ? typist->next_us : INT64_MAX;
}

static void drop_first(struct typist *typist)
{
	typist->count--;
	typist->done++;
	memmove(typist->strokes, typist->strokes + 1, typist->count * sizeof(*typist->strokes));
}

bool typist_step(struct typist *typist, int64_t now_us, struct typist_move *move)
{
	const struct stroke *stroke;

	while (typist->count && typist->next_us <= now_us) {
		if (typist->phase == STROKE_RESTS) {
			typist->phase = STROKE_WAITS;
			drop_first(typist);
			continue;
		}
		stroke = &typist->strokes[0];
		if (stroke->contact == STROKE_PAUSE) {
			typist->next_us += stroke->gap_us;
			typist->phase = STROKE_RESTS;
			continue;
		}
		move->contact = stroke->contact;
		move->pressed = typist->phase == STROKE_WAITS;
		move->time_us = typist->next_us;
		typist->next_us += move->pressed ? stroke->down_us : stroke->gap_us;
		typist->phase = move->pressed ? STROKE_DOWN : STROKE_RESTS;
		return true;
	}
	return false;
}

bool typist_stop(struct typist *typist, unsigned *contact)
{
	bool held = typist->count && typist->phase == STROKE_DOWN;

	if (held)
		*contact = typist->strokes[0].contact;
	free(typist->strokes);
	*typist = (struct typist) { .added = typist->added, .done = typist->added };
	return held;
}
