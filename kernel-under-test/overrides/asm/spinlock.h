/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spinlocks: the kernel's own fast paths and slow paths, and around them what the
 * kernel does not know of its locks: who holds which since where, for the report of
 * a deadlock, and points where the seed lets other CPUs go on.
 */
#ifndef KUT_ASM_SPINLOCK_H
#define KUT_ASM_SPINLOCK_H

#include_next <asm/spinlock.h>

#ifndef __ASSEMBLY__

#include <asm/current.h>
#include <kut/held.h>

/* kut_held of this CPU: held[0] is never used, held[n] was taken last. */
DECLARE_PER_CPU(struct kut_held_list, kut_spins);

/* Locks until the next preemption; 0 and below: there is none. */
extern int kut_lock_points;
void kut_lock_point_now(void);

void kut_spin_contended(arch_spinlock_t *lock, unsigned long ip);
void kut_read_contended(arch_rwlock_t *lock, unsigned long ip);
void kut_write_contended(arch_rwlock_t *lock, unsigned long ip);
/* What was not taken last, or not by this CPU. */
void kut_spin_forget(const void *lock, enum kut_lock kind);

/* The caller of the lock function: spinlock.c has nothing but these. */
static __always_inline unsigned long kut_lock_ip(void)
{
#ifdef KBUILD_BASENAME
	if (__builtin_strcmp(KBUILD_BASENAME, "spinlock") == 0)
		return (unsigned long)__builtin_return_address(0);
#endif
	return kut_this_ip();
}

static __always_inline void kut_lock_point(void)
{
	if (unlikely(--kut_lock_points == 0))
		kut_lock_point_now();
}

static __always_inline void kut_spin_note(const void *lock, unsigned long ip, enum kut_lock kind)
{
	struct kut_held_list *l = raw_cpu_ptr(&kut_spins);

	if (likely(++l->n < KUT_MAX_HELD))
		l->held[l->n] = (struct kut_held){ lock, ip, current, kind };
}

static __always_inline void kut_spin_release(const void *lock, enum kut_lock kind)
{
	struct kut_held_list *l = raw_cpu_ptr(&kut_spins);

	kut_lock_point();
	if (likely(l->n < KUT_MAX_HELD && l->held[l->n].lock == lock))
		l->n--;
	else
		kut_spin_forget(lock, kind);
}

#define KUT_LOCK(name, type, try, contended, kind)                                 \
	static __always_inline void kut_##name##_lock(type *lock)                  \
	{                                                                          \
		unsigned long ip = kut_lock_ip();                                  \
                                                                                   \
		kut_lock_point();                                                  \
		if (unlikely(!try(lock)))                                          \
			contended(lock, ip);                                       \
		kut_spin_note(lock, ip, kind);                                     \
	}                                                                          \
                                                                                   \
	static __always_inline int kut_##name##_trylock(type *lock)                \
	{                                                                          \
		int got = try(lock);                                               \
                                                                                   \
		if (got)                                                           \
			kut_spin_note(lock, kut_lock_ip(), kind);                  \
		return got;                                                        \
	}                                                                          \
                                                                                   \
	static __always_inline void kut_##name##_unlock(type *lock)                \
	{                                                                          \
		kut_spin_release(lock, kind);                                      \
		queued_##name##_unlock(lock);                                      \
		kut_lock_point();                                                  \
	}

KUT_LOCK(spin, arch_spinlock_t, queued_spin_trylock, kut_spin_contended, KUT_SPINLOCK)
KUT_LOCK(read, arch_rwlock_t, queued_read_trylock, kut_read_contended, KUT_READ_LOCK)
KUT_LOCK(write, arch_rwlock_t, queued_write_trylock, kut_write_contended, KUT_WRITE_LOCK)
#undef KUT_LOCK

#undef arch_spin_lock
#undef arch_spin_trylock
#undef arch_spin_unlock
#undef arch_read_lock
#undef arch_read_trylock
#undef arch_read_unlock
#undef arch_write_lock
#undef arch_write_trylock
#undef arch_write_unlock
#define arch_spin_lock(l) kut_spin_lock(l)
#define arch_spin_trylock(l) kut_spin_trylock(l)
#define arch_spin_unlock(l) kut_spin_unlock(l)
#define arch_read_lock(l) kut_read_lock(l)
#define arch_read_trylock(l) kut_read_trylock(l)
#define arch_read_unlock(l) kut_read_unlock(l)
#define arch_write_lock(l) kut_write_lock(l)
#define arch_write_trylock(l) kut_write_trylock(l)
#define arch_write_unlock(l) kut_write_unlock(l)

#endif /* __ASSEMBLY__ */
#endif
