// SPDX-License-Identifier: GPL-2.0-only
/* See track.h. */
#include <linux/kernel.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/sections.h>

#include "kut.h"
#include "track.h"

#define SCAN_WORDS	64 /* of the stack, at most */
#define MAX_STACK	(1024 * 1024)
#define SHORTEST_CALL	2
#define LONGEST_CALL	7
#define PS_PER_US	(1000UL * 1000)
#define OPCODE_CALL	0xe8
#define OPCODE_INDIRECT 0xff

/* A return address stands behind a call: e8 rel32, or ff /2 with 2 to 7 bytes. */
static bool behind_call(unsigned long addr)
{
	const u8 *p = (const u8 *)addr;

	if (addr - (unsigned long)_text - LONGEST_CALL > (unsigned long)(_etext - _text))
		return false;
	if (p[-5] == OPCODE_CALL)
		return true;
	for (int n = SHORTEST_CALL; n <= LONGEST_CALL; n++)
		if (p[-n] == OPCODE_INDIRECT && ((p[-n + 1] >> 3) & 7) == 2)
			return true;
	return false;
}

/* How far the stack of `frame` may be read: not at all, if it is not the current task's. */
static const unsigned long *scan_end(const unsigned long *frame)
{
	unsigned long top = kut_task_of(current)->stack_top, at = (unsigned long)frame;

	if (at >= top || top - at > MAX_STACK)
		return frame;
	return min(frame + SCAN_WORDS, (const unsigned long *)top);
}

void kut_track_take(struct kut_track *t, const unsigned long *frame)
{
	const unsigned long *end = scan_end(frame);
	unsigned int n = 0;

	t->when = kut_host->now() ?: 1;
	t->pid = current->pid;
	t->cpu = raw_smp_processor_id();
	t->call[n++] = frame[1];
	for (const unsigned long *at = frame + 2; at < end && n < KUT_TRACK_DEPTH; at++)
		if (behind_call(*at))
			t->call[n++] = *at;
	while (n < KUT_TRACK_DEPTH)
		t->call[n++] = 0;
}

bool kut_track_same_place(const struct kut_track *a, const struct kut_track *b)
{
	return !memcmp(a->call, b->call, KUT_TRACK_KEY * sizeof(a->call[0]));
}

/* The place of the call: where it returns to may be the next function already. */
static void place_of(u32 call, char *buf, unsigned long size)
{
	kut_host->symbolize(call - 1, buf, size);
}

void kut_track_place(const struct kut_track *t, char *buf, unsigned long size)
{
	place_of(t->call[0], buf, size);
}

void kut_track_log(const char *what, const struct kut_track *t)
{
	unsigned long now = kut_host->now();
	unsigned long age = now > t->when ? now - t->when : 0; /* at 0 ps, `when` is 1 */
	char at[128];

	if (!t->when)
		return;
	kut_track_place(t, at, sizeof(at));
	kut_log(LOGLEVEL_ERR, "%s in %s age=%luus cpu=%u pid=%d\n", what, at, age / PS_PER_US,
		t->cpu, t->pid);
	for (unsigned int i = 1; i < KUT_TRACK_DEPTH && t->call[i]; i++) {
		place_of(t->call[i], at, sizeof(at));
		kut_log(LOGLEVEL_ERR, " ? %s\n", at);
	}
}
