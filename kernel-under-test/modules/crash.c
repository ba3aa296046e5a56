// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations that go wrong on purpose, each in one way that kernel code goes
 * wrong: with them a test shows how a run ends. The parameter crash.boot=1 makes
 * an initcall oops.
 */
#include <linux/bottom_half.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#include "kut_module.h"

#define WILD ((void *)0xffff888012345678UL) /* mapped in no hosted kernel */

static bool boot;
module_param(boot, bool, 0);

static noinline int read_null(void)
{
	int *p = NULL;

	OPTIMIZER_HIDE_VAR(p);
	return READ_ONCE(*p);
}

static int __init crash_init(void)
{
	return boot ? read_null() : 0;
}
late_initcall(crash_init);

static noinline long op_oops(const struct kut_op_args *a)
{
	return read_null() + 1;
}
KUT_OP("crash.oops", op_oops);

static noinline long op_wild(const struct kut_op_args *a)
{
	int *p = WILD;

	OPTIMIZER_HIDE_VAR(p);
	return READ_ONCE(*p);
}
KUT_OP("crash.wild", op_wild);

static noinline long op_jump(const struct kut_op_args *a)
{
	long (*fn)(void) = WILD;

	OPTIMIZER_HIDE_VAR(fn);
	return fn() + 1;
}
KUT_OP("crash.jump", op_jump);

static noinline long op_warn(const struct kut_op_args *a)
{
	return WARN_ON(a->arg[0] == 0);
}
KUT_OP("crash.warn", op_warn);

static noinline long op_warn_once(const struct kut_op_args *a)
{
	return WARN_ON_ONCE(a->arg[0] == 0);
}
KUT_OP("crash.warn_once", op_warn_once);

static noinline long op_warn_text(const struct kut_op_args *a)
{
	return WARN(a->arg[0] == 0, "on purpose: %d %s %d %d %d %d %lu\n", 1, "two", 3, 4, 5, 6,
		    7UL);
}
KUT_OP("crash.warn_text", op_warn_text);

static noinline long op_bug(const struct kut_op_args *a)
{
	BUG_ON(a->arg[0] == 0);
	return 0;
}
KUT_OP("crash.bug", op_bug);

static noinline long op_panic(const struct kut_op_args *a)
{
	panic("on purpose, number %d", 7);
}
KUT_OP("crash.panic", op_panic);

static noinline long op_loop(const struct kut_op_args *a)
{
	for (;;)
		barrier();
	return 0;
}
KUT_OP("crash.loop", op_loop);

static noinline long op_clock(const struct kut_op_args *a)
{
	while (ktime_get() < KTIME_MAX)
		barrier();
	return 0;
}
KUT_OP("crash.clock", op_clock);

/* Time passes, but too little for a lockup before the log is full. */
static noinline long op_flood(const struct kut_op_args *a)
{
	for (unsigned long i = 0;; i++) {
		pr_info("line %lu\n", i);
		ndelay(1);
	}
	return 0;
}
KUT_OP("crash.flood", op_flood);

static bool never;

static noinline long op_poll(const struct kut_op_args *a)
{
	unsigned long flags;

	while (!READ_ONCE(never)) {
		local_irq_save(flags);
		local_irq_restore(flags);
		cpu_relax();
	}
	return 0;
}
KUT_OP("crash.poll", op_poll);

static noinline long op_delay(const struct kut_op_args *a)
{
	while (!READ_ONCE(never))
		udelay(10);
	return 0;
}
KUT_OP("crash.delay", op_delay);

static DEFINE_SPINLOCK(never_released);

static noinline long op_spin(const struct kut_op_args *a)
{
	unsigned long flags;

	spin_lock(&never_released);
	spin_lock_irqsave(&never_released, flags);
	return 0;
}
KUT_OP("crash.spin", op_spin);

static DEFINE_MUTEX(mutex_a);
static DEFINE_MUTEX(mutex_b);

static noinline void lock_both(struct mutex *first, struct mutex *second)
{
	mutex_lock(first);
	msleep(10);
	mutex_lock(second);
	mutex_unlock(second);
	mutex_unlock(first);
}

static int other_order(void *unused)
{
	lock_both(&mutex_b, &mutex_a);
	return 0;
}

static noinline long op_deadlock(const struct kut_op_args *a)
{
	struct task_struct *other = kthread_run(other_order, NULL, "crash-other");

	if (IS_ERR(other))
		return PTR_ERR(other);
	lock_both(&mutex_a, &mutex_b);
	return 0;
}
KUT_OP("crash.deadlock", op_deadlock);

static noinline long op_hang(const struct kut_op_args *a)
{
	DECLARE_COMPLETION_ONSTACK(nobody);

	wait_for_completion(&nobody);
	return 0;
}
KUT_OP("crash.hang", op_hang);

static DECLARE_COMPLETION(wanted);

static int hold_and_wait(void *how)
{
	mutex_lock(&mutex_a);
	if (how)
		wait_for_completion_killable(&wanted);
	else
		wait_for_completion(&wanted);
	mutex_unlock(&mutex_a);
	return 0;
}

static int lock_killable(void *unused)
{
	if (mutex_lock_killable(&mutex_a))
		return -EINTR;
	mutex_unlock(&mutex_a);
	return 0;
}

/*
 * crash.hang_behind: two threads stay behind, the second one waits for what the first
 * one holds. With arg[0] 1 the first wait is one that a signal could end, and the
 * second one too; crash.hang_over lets both go on.
 */
static noinline long op_hang_behind(const struct kut_op_args *a)
{
	reinit_completion(&wanted);
	kthread_run(hold_and_wait, (void *)a->arg[0], "crash-holder");
	msleep(10);
	kthread_run(a->arg[0] ? lock_killable : hold_and_wait, NULL, "crash-waiter");
	return 0;
}
KUT_OP("crash.hang_behind", op_hang_behind);

static noinline long op_hang_over(const struct kut_op_args *a)
{
	complete_all(&wanted);
	return 0;
}
KUT_OP("crash.hang_over", op_hang_over);

static noinline long op_atomic(const struct kut_op_args *a)
{
	local_bh_disable();
	schedule();
	local_bh_enable();
	return 0;
}
KUT_OP("crash.atomic", op_atomic);

static noinline long op_double_free(const struct kut_op_args *a)
{
	void *p = kmalloc(64, GFP_KERNEL);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	return 0;
}
KUT_OP("crash.double_free", op_double_free);

struct victim {
	unsigned long pad[4];
	int *pointer;
};

/* crash.use_after_free: 0 writes to the freed object, 1 follows a pointer in it. */
static noinline long op_use_after_free(const struct kut_op_args *a)
{
	struct victim *v = kzalloc(sizeof(*v), GFP_KERNEL);

	kfree(v);
	OPTIMIZER_HIDE_VAR(v);
	if (a->arg[0])
		return READ_ONCE(*READ_ONCE(v->pointer));
	WRITE_ONCE(v->pad[2], 1);
	kfree(kzalloc(sizeof(*v), GFP_KERNEL));
	return 0;
}
KUT_OP("crash.use_after_free", op_use_after_free);

static noinline long op_divide(const struct kut_op_args *a)
{
	unsigned long zero = 0;

	OPTIMIZER_HIDE_VAR(zero);
	return 7 / zero;
}
KUT_OP("crash.divide", op_divide);

static noinline long deeper(unsigned long depth)
{
	volatile unsigned long frame[32];

	frame[0] = depth;
	if (!depth)
		return 0;
	return deeper(frame[0] + 1) + frame[0];
}

static noinline long op_stack(const struct kut_op_args *a)
{
	return deeper(1);
}
KUT_OP("crash.stack", op_stack);

static noinline long op_bad_service(const struct kut_op_args *a)
{
	kut_report("crash", WILD, 16);
	return 0;
}
KUT_OP("crash.bad_service", op_bad_service);

static noinline long op_bad_string(const struct kut_op_args *a)
{
	pr_info("a bad string: %s\n", (const char *)WILD);
	return 0;
}
KUT_OP("crash.bad_string", op_bad_string);

static void timer_oops(struct timer_list *unused)
{
	read_null();
}

static DEFINE_TIMER(oops_timer, timer_oops);

static noinline long op_irq_oops(const struct kut_op_args *a)
{
	mod_timer(&oops_timer, jiffies + 1);
	msleep(100);
	return 0;
}
KUT_OP("crash.irq_oops", op_irq_oops);

static noinline long op_leak_irq(const struct kut_op_args *a)
{
	local_irq_disable();
	return 0;
}
KUT_OP("crash.leak_irq", op_leak_irq);
