// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mutexes and rwsems: the kernel's own code (mutex.c, rwsem.c of its tree, under the
 * names of overrides/kut/), and around it who holds and who waits.
 */
#include <linux/mutex.h>
#include <linux/rwsem.h>

#include "locks.h"

/* Calls real_NAME(lock), which returns when it has the lock. */
#define TAKE(name, type, kind)                                                                     \
	void real_##name(type *lock);                                                              \
	void name(type *lock)                                                                      \
	{                                                                                          \
		struct kut_held outer = kut_wait_begin(lock, _RET_IP_, kind);                      \
                                                                                                   \
		real_##name(lock);                                                                 \
		kut_wait_end(&outer);                                                              \
		kut_lock_got(lock, _RET_IP_, kind);                                                \
	}

/* Or one that returns 0 when it has it, and an error when a signal came. */
#define TAKE_OR_FAIL(name, type, kind)                                                             \
	int real_##name(type *lock);                                                               \
	int name(type *lock)                                                                       \
	{                                                                                          \
		struct kut_held outer = kut_wait_begin(lock, _RET_IP_, kind);                      \
		int ret;                                                                           \
                                                                                                   \
		ret = real_##name(lock);                                                           \
		kut_wait_end(&outer);                                                              \
		if (!ret)                                                                          \
			kut_lock_got(lock, _RET_IP_, kind);                                        \
		return ret;                                                                        \
	}

#define TRY(name, type, kind)                                                                      \
	int real_##name(type *lock);                                                               \
	int name(type *lock)                                                                       \
	{                                                                                          \
		int got = real_##name(lock);                                                       \
                                                                                                   \
		if (got)                                                                           \
			kut_lock_got(lock, _RET_IP_, kind);                                        \
		return got;                                                                        \
	}

#define RELEASE(name, type, kind)                                                                  \
	void real_##name(type *lock);                                                              \
	void name(type *lock)                                                                      \
	{                                                                                          \
		kut_lock_gone(lock, kind);                                                         \
		real_##name(lock);                                                                 \
	}

TAKE(mutex_lock, struct mutex, KUT_MUTEX)
TAKE(mutex_lock_io, struct mutex, KUT_MUTEX)
TAKE_OR_FAIL(mutex_lock_interruptible, struct mutex, KUT_MUTEX)
TAKE_OR_FAIL(mutex_lock_killable, struct mutex, KUT_MUTEX)
TRY(mutex_trylock, struct mutex, KUT_MUTEX)
RELEASE(mutex_unlock, struct mutex, KUT_MUTEX)

int atomic_dec_and_mutex_lock(atomic_t *cnt, struct mutex *lock)
{
	if (atomic_add_unless(cnt, -1, 1))
		return 0;
	mutex_lock(lock);
	if (atomic_dec_and_test(cnt))
		return 1;
	mutex_unlock(lock);
	return 0;
}

TAKE(down_read, struct rw_semaphore, KUT_DOWN_READ)
TAKE_OR_FAIL(down_read_interruptible, struct rw_semaphore, KUT_DOWN_READ)
TAKE_OR_FAIL(down_read_killable, struct rw_semaphore, KUT_DOWN_READ)
TRY(down_read_trylock, struct rw_semaphore, KUT_DOWN_READ)
RELEASE(up_read, struct rw_semaphore, KUT_DOWN_READ)
TAKE(down_write, struct rw_semaphore, KUT_DOWN_WRITE)
TAKE_OR_FAIL(down_write_killable, struct rw_semaphore, KUT_DOWN_WRITE)
TRY(down_write_trylock, struct rw_semaphore, KUT_DOWN_WRITE)
RELEASE(up_write, struct rw_semaphore, KUT_DOWN_WRITE)

void real_downgrade_write(struct rw_semaphore *lock);
void downgrade_write(struct rw_semaphore *lock)
{
	kut_lock_downgraded(lock);
	real_downgrade_write(lock);
}
