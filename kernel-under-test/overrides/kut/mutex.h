/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Forced in front of mutex.c: the runtime has the kernel's names (sleep_lock.c),
 * notes who holds and who waits, and calls these.
 */
#ifndef KUT_MUTEX_H
#define KUT_MUTEX_H

#define mutex_lock real_mutex_lock
#define mutex_lock_interruptible real_mutex_lock_interruptible
#define mutex_lock_killable real_mutex_lock_killable
#define mutex_lock_io real_mutex_lock_io
#define mutex_trylock real_mutex_trylock
#define mutex_unlock real_mutex_unlock
#define atomic_dec_and_mutex_lock real_atomic_dec_and_mutex_lock

#endif
