/* SPDX-License-Identifier: GPL-2.0-only */
/* How the files about locks meet: locks.c, deadlock.c, sleep_lock.c. */
#ifndef KUT_LOCKS_H
#define KUT_LOCKS_H

#include "kut.h"

const char *kut_lock_kind(enum kut_lock kind);
/* A symbol, or an address that is the same in each run. */
const char *kut_lock_name(const void *lock, char *buf, unsigned long size);

/* The calling task holds a lock that sleeps, no longer does, or shares it from now on. */
void kut_lock_got(const void *lock, unsigned long ip, enum kut_lock kind);
void kut_lock_gone(const void *lock, enum kut_lock kind);
void kut_lock_downgraded(const void *lock);

#endif
