// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who holds which lock, and who waits for whom. Spinlocks are in a list of the CPU
 * that took them, locks that sleep in a list of their task. Who begins to spin, or
 * goes to sleep, for a lock or for the end of a task, a work item or a timer, looks
 * whether a circle closes: the last of a deadlock sees all others wait (deadlock.c).
 */
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "locks.h"

DEFINE_PER_CPU(struct kut_held_list, kut_spins);

const char *kut_lock_kind(enum kut_lock kind)
{
	static const char *const names[] = {
		[KUT_SPINLOCK] = "spinlock",	      [KUT_READ_LOCK] = "rwlock (read)",
		[KUT_WRITE_LOCK] = "rwlock (write)",  [KUT_MUTEX] = "mutex",
		[KUT_DOWN_READ] = "rwsem (read)",     [KUT_DOWN_WRITE] = "rwsem (write)",
		[KUT_TASK_END] = "the end of task",   [KUT_WORK_END] = "the end of work item",
		[KUT_TIMER_END] = "the end of timer", [KUT_HRTIMER_END] = "the end of hrtimer",
		[KUT_QUEUE_END] = "the end of queue", [KUT_CALL_END] = "the end of a call to",
	};

	return names[kind];
}

const char *kut_lock_name(const void *lock, char *buf, unsigned long size)
{
	unsigned long addr = (unsigned long)lock;

	for (unsigned int i = 0; i < kut_layout.cpus; i++)
		if (addr - kut_layout.percpu_copy[i] < kut_layout.percpu_used)
			addr -= kut_layout.percpu_copy[i] - kut_layout.percpu_start;
	kut_symbol(addr, buf, size);
	if (strstr(buf, "+0x0/"))
		*strchr(buf, '+') = '\0';
	if (!strncmp(buf, "0x", 2) && kut_is_host_address(addr))
		strscpy(buf, "on a stack", size);
	return buf;
}

static void add(struct kut_held_list *l, struct kut_held held)
{
	if (++l->n < KUT_MAX_HELD)
		l->held[l->n] = held;
}

/* The kind that it was held as; -1: it is not in the list. */
static int drop(struct kut_held_list *l, const void *lock)
{
	for (unsigned int i = min(l->n, KUT_MAX_HELD - 1U); i; i--) {
		int kind = l->held[i].kind;

		if (l->held[i].lock != lock)
			continue;
		memmove(&l->held[i], &l->held[i + 1], (KUT_MAX_HELD - 1 - i) * sizeof(l->held[0]));
		l->n--;
		return kind;
	}
	return -1;
}

/* Locks beyond the list's room are counted, not known. */
static bool drop_unknown(struct kut_held_list *l)
{
	if (l->n < KUT_MAX_HELD)
		return false;
	l->n--;
	return true;
}

/* `was`: what it is held as; -1: nobody holds it. */
static void bad_unlock(const void *lock, enum kut_lock kind, int was)
{
	char name[96];

	kut_finding("bad unlock", "BUG: %s %s is released by %s:%d%s%s", kut_lock_kind(kind),
		    kut_lock_name(lock, name, sizeof(name)), current->comm, current->pid,
		    was < 0	  ? " and held by nobody"
		    : was == kind ? ", which does not hold it"
				  : " and held as ",
		    was < 0 || was == kind ? "" : kut_lock_kind(was));
	kut_show_atomic();
}

void kut_spin_forget(const void *lock, enum kut_lock kind)
{
	for (unsigned int i = 0; i < kut_layout.cpus; i++)
		if (drop(per_cpu_ptr(&kut_spins, i), lock) >= 0)
			return;
	if (!drop_unknown(this_cpu_ptr(&kut_spins)))
		bad_unlock(lock, kind, -1);
}

void kut_lock_got(const void *lock, unsigned long ip, enum kut_lock kind)
{
	add(&kut_task_of(current)->held, (struct kut_held){lock, ip, current, kind});
}

/* As drop(), from the list of whichever task; KUT_MAX_HELD: perhaps it was in one of them. */
static int drop_of_any(const void *lock)
{
	struct kut_task *t;
	int was, none = -1;

	list_for_each_entry(t, &kut_tasks, all) {
		was = drop(&t->held, lock);
		if (was >= 0)
			return was;
		if (t->held.n >= KUT_MAX_HELD)
			none = KUT_MAX_HELD;
	}
	return none;
}

/* An rwsem may be released by another task than the one that took it. */
void kut_lock_gone(const void *lock, enum kut_lock kind)
{
	struct kut_held_list *mine = &kut_task_of(current)->held;
	int was = drop(mine, lock);

	if (likely(was == kind) || (was < 0 && drop_unknown(mine)))
		return;
	if (was < 0)
		was = drop_of_any(lock);
	if (kind == KUT_MUTEX || (was != kind && was != KUT_MAX_HELD))
		bad_unlock(lock, kind, was);
}

void kut_lock_downgraded(const void *lock)
{
	struct kut_held_list *l = &kut_task_of(current)->held;

	for (unsigned int i = min(l->n, KUT_MAX_HELD - 1U); i; i--)
		if (l->held[i].lock == lock)
			l->held[i].kind = KUT_DOWN_READ;
}

struct kut_held kut_wait_begin(const void *object, unsigned long ip, enum kut_lock kind)
{
	struct kut_task *t = kut_task_of(current);
	struct kut_held outer = t->wants;

	t->wants = (struct kut_held){object, ip, current, kind};
	return outer;
}

void kut_wait_end(const struct kut_held *outer)
{
	kut_task_of(current)->wants = *outer;
}

struct kut_outer kut_interrupt_enter(struct kut_cpu *cpu)
{
	struct kut_outer outer = {cpu->outer_spins, kut_wait_begin(NULL, 0, 0)};

	kut_task_of(current)->wants.task = NULL;
	cpu->outer_spins = this_cpu_read(kut_spins.n);
	return outer;
}

/* A circle that closed meanwhile was not seen: there was one less who waited. */
void kut_interrupt_leave(struct kut_cpu *cpu, const struct kut_outer *outer)
{
	cpu->outer_spins = outer->spins;
	kut_wait_end(&outer->wants);
	if (unlikely(outer->wants.task))
		kut_check_deadlock();
}

#define CONTENDED(name, type, take, kind)                                                          \
	void name(type *lock, unsigned long ip)                                                    \
	{                                                                                          \
		struct kut_held outer = kut_wait_begin(lock, ip, kind);                            \
                                                                                                   \
		kut_check_deadlock();                                                              \
		take(lock);                                                                        \
		kut_wait_end(&outer);                                                              \
	}

CONTENDED(kut_spin_contended, arch_spinlock_t, queued_spin_lock, KUT_SPINLOCK)
CONTENDED(kut_read_contended, arch_rwlock_t, queued_read_lock, KUT_READ_LOCK)
CONTENDED(kut_write_contended, arch_rwlock_t, queued_write_lock, KUT_WRITE_LOCK)

static void show(const struct kut_held_list *l, const struct kut_task *t)
{
	char name[96], at[128];

	for (unsigned int i = min(l->n, KUT_MAX_HELD - 1U); i; i--) {
		const struct kut_held *h = &l->held[i];

		if (h->task == &t->task)
			kut_log(LOGLEVEL_ERR, " holds %s %s, taken at %s\n", kut_lock_kind(h->kind),
				kut_lock_name(h->lock, name, sizeof(name)),
				kut_symbol(h->ip, at, sizeof(at)));
	}
}

void kut_show_held(const struct kut_task *t)
{
	for (unsigned int i = 0; i < kut_layout.cpus; i++)
		show(per_cpu_ptr(&kut_spins, i), t);
	show(&t->held, t);
}

void kut_check_exit(struct kut_task *t)
{
	if (preempt_count() || irqs_disabled()) {
		kut_finding("exit in atomic context", "BUG: %s/%d exited with preempt_count %d%s",
			    t->task.comm, t->task.pid, preempt_count(),
			    irqs_disabled() ? " and interrupts off" : "");
		kut_show_atomic();
		kut_forget_spins();
		preempt_count_set(0);
		local_irq_enable();
	}
	if (!t->held.n)
		return;
	kut_finding("lock held at exit", "BUG: %s/%d still has locks held!", t->task.comm,
		    t->task.pid);
	kut_show_held(t);
	dump_stack();
}
