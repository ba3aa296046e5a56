/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where memory was allocated and freed. A track is taken at each allocation and
 * each free, so it is small and cheap: code lies in the low 4 GiB, hence 32 bits
 * for a return address. The first one is certain; the others are found as the
 * guess unwinder finds them, by what on the stack can be a return address.
 */
#ifndef KUT_TRACK_H
#define KUT_TRACK_H

#include <linux/types.h>

#define KUT_TRACK_DEPTH 6
#define KUT_TRACK_KEY	4 /* so many calls tell one place from another */

struct kut_track {
	u64 when;		   /* ps; no track was taken: all bytes 0 */
	u32 call[KUT_TRACK_DEPTH]; /* innermost first; 0 behind the last */
	s32 pid;
	u32 cpu;
};

/* The frame of the function that the kernel called: frame[1] is where it returns to. */
#define KUT_FRAME ((const unsigned long *)__builtin_frame_address(0))

void kut_track_take(struct kut_track *track, const unsigned long *frame);
bool kut_track_same_place(const struct kut_track *a, const struct kut_track *b);
/* "Allocated in f+0x1/0x2 age=3us cpu=0 pid=1", and the calls; `what` is "Allocated", "Freed". */
void kut_track_log(const char *what, const struct kut_track *track);
/* The first call, symbolized, into a text. */
void kut_track_place(const struct kut_track *track, char *buf, unsigned long size);

#endif
