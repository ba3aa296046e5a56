/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Forced in front of spinlock.c: all of a lock function is in one function, so that
 * its return address is where the lock was taken (asm/spinlock.h).
 */
#ifndef KUT_SPINLOCK_H
#define KUT_SPINLOCK_H

#undef inline
#define inline inline __attribute__((__always_inline__)) __gnu_inline __maybe_unused notrace

#endif
