// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleeps where nothing may sleep, and handlers that leave the preempt count, the
 * interrupts or a lock other than they found them. With arg[0] 1 an operation does
 * the same in the right way.
 */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "services.h"

static DEFINE_SPINLOCK(spin);
static DEFINE_MUTEX(mutex);
static bool right; /* for what runs later */

static noinline void sleeping_part(void)
{
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
}

static noinline long op_sleep_spin(const struct kut_op_args *a)
{
	spin_lock(&spin);
	if (a->arg[0])
		spin_unlock(&spin);
	sleeping_part();
	if (!a->arg[0])
		spin_unlock(&spin);
	return 0;
}
KUT_OP("crash.sleep_spin", op_sleep_spin);

static noinline long op_sleep_irqs_off(const struct kut_op_args *a)
{
	local_irq_disable();
	if (a->arg[0])
		local_irq_enable();
	sleeping_part();
	local_irq_enable();
	return 0;
}
KUT_OP("crash.sleep_irqs_off", op_sleep_irqs_off);

static noinline long op_sleep_rcu(const struct kut_op_args *a)
{
	rcu_read_lock();
	if (a->arg[0])
		rcu_read_unlock();
	sleeping_part();
	if (!a->arg[0])
		rcu_read_unlock();
	return 0;
}
KUT_OP("crash.sleep_rcu", op_sleep_rcu);

static void sleep_in_timer(struct timer_list *unused)
{
	if (!right)
		sleeping_part();
	right = true;
}

static DEFINE_TIMER(sleeping_timer, sleep_in_timer);

static long op_sleep_timer(const struct kut_op_args *a)
{
	right = a->arg[0];
	mod_timer(&sleeping_timer, jiffies + 1);
	msleep(20);
	return 0;
}
KUT_OP("crash.sleep_timer", op_sleep_timer);

/* crash.sleep_state: blocks with the state set for another wait already. */
static noinline long op_sleep_state(const struct kut_op_args *a)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	if (a->arg[0])
		__set_current_state(TASK_RUNNING);
	sleeping_part();
	__set_current_state(TASK_RUNNING);
	return 0;
}
KUT_OP("crash.sleep_state", op_sleep_state);

static void leak_in_timer(struct timer_list *unused)
{
	if (!right)
		preempt_disable();
}

static DEFINE_TIMER(leaking_timer, leak_in_timer);

static long op_leak_timer(const struct kut_op_args *a)
{
	right = a->arg[0];
	mod_timer(&leaking_timer, jiffies + 1);
	msleep(20);
	return 0;
}
KUT_OP("crash.leak_timer", op_leak_timer);

static void leak_in_tasklet(unsigned long unused)
{
	if (!right)
		preempt_disable();
}

static DECLARE_TASKLET_OLD(leaking_tasklet, leak_in_tasklet);

static long op_leak_tasklet(const struct kut_op_args *a)
{
	right = a->arg[0];
	tasklet_schedule(&leaking_tasklet);
	tasklet_kill(&leaking_tasklet);
	return 0;
}
KUT_OP("crash.leak_tasklet", op_leak_tasklet);

static void leak_in_callback(struct rcu_head *unused)
{
	if (!right)
		preempt_disable();
}

static long op_leak_rcu(const struct kut_op_args *a)
{
	static struct rcu_head head;

	right = a->arg[0];
	call_rcu(&head, leak_in_callback);
	rcu_barrier();
	return 0;
}
KUT_OP("crash.leak_rcu", op_leak_rcu);

static irqreturn_t leak_in_handler(int irq, void *unused)
{
	if (!right)
		preempt_disable();
	return IRQ_HANDLED;
}

static long op_leak_handler(const struct kut_op_args *a)
{
	int irq = svc_irq_map(), ret = request_irq(irq, leak_in_handler, 0, "crash", NULL);

	if (ret)
		return ret;
	right = a->arg[0];
	svc_irq_raise();
	msleep(4);
	free_irq(irq, NULL);
	return 0;
}
KUT_OP("crash.leak_handler", op_leak_handler);

static void leak_in_call(void *unused)
{
	if (!right)
		preempt_disable();
}

static long op_leak_call(const struct kut_op_args *a)
{
	right = a->arg[0];
	return smp_call_function_single(!raw_smp_processor_id(), leak_in_call, NULL, 1);
}
KUT_OP("crash.leak_call", op_leak_call);

/* crash.leak_item: 0 a spinlock, 1 nothing, 2 a mutex. */
static unsigned long leaks;

static void leak_in_item(struct work_struct *unused)
{
	if (leaks == 0)
		spin_lock(&spin);
	if (leaks == 2)
		mutex_lock(&mutex);
	leaks = 1;
}

static DECLARE_WORK(leaking_item, leak_in_item);

static long op_leak_item(const struct kut_op_args *a)
{
	leaks = a->arg[0];
	schedule_work(&leaking_item);
	flush_work(&leaking_item);
	spin_lock_init(&spin);
	mutex_init(&mutex);
	return 0;
}
KUT_OP("crash.leak_item", op_leak_item);

static int exit_with_mutex(void *release)
{
	mutex_lock(&mutex);
	if (release)
		mutex_unlock(&mutex);
	return 0;
}

static long op_exit_locked(const struct kut_op_args *a)
{
	struct svc_thread t;

	svc_thread_start(&t, 1, exit_with_mutex, (void *)a->arg[0]);
	svc_thread_join(&t);
	if (!a->arg[0])
		mutex_init(&mutex);
	return 0;
}
KUT_OP("crash.exit_locked", op_exit_locked);

static int unlock_mutex(void *unused)
{
	mutex_unlock(&mutex);
	return 0;
}

static long op_unlock_other(const struct kut_op_args *a)
{
	struct svc_thread t;

	mutex_lock(&mutex);
	if (a->arg[0]) {
		mutex_unlock(&mutex);
		return 0;
	}
	svc_thread_start(&t, 1, unlock_mutex, NULL);
	svc_thread_join(&t);
	return 0;
}
KUT_OP("crash.unlock_other", op_unlock_other);

static long op_unlock_twice(const struct kut_op_args *a)
{
	spin_lock(&spin);
	spin_unlock(&spin);
	if (!a->arg[0]) {
		preempt_disable();
		spin_unlock(&spin);
	}
	return 0;
}
KUT_OP("crash.unlock_twice", op_unlock_twice);

static DECLARE_RWSEM(rwsem);
static DEFINE_RWLOCK(rwlock);

#define STEP(name, call)                                                                           \
	static noinline void name(void)                                                            \
	{                                                                                          \
		call;                                                                              \
		barrier(); /* no tail call: it shall be in the call trace */                       \
	}

STEP(no_lock, )
STEP(no_spinning_lock, preempt_disable())
STEP(rwsem_read, down_read(&rwsem))
STEP(rwsem_write, down_write(&rwsem))
STEP(rwlock_read, read_lock(&rwlock))
STEP(rwlock_write, write_lock(&rwlock))
STEP(rwsem_read_end, up_read(&rwsem))
STEP(rwsem_write_end, up_write(&rwsem))
STEP(rwlock_read_end, read_unlock(&rwlock))
STEP(rwlock_write_end, write_unlock(&rwlock))

/* crash.unlock_rw: the same with a lock that has readers and writers; arg[1] is the row. */
static const struct {
	void (*right)(void), (*wrong)(void), (*unlock)(void);
} unlocks[] = {
	{rwsem_read, no_lock, rwsem_read_end},
	{rwsem_write, no_lock, rwsem_write_end},
	{rwsem_read, rwsem_write, rwsem_read_end},
	{rwlock_read, no_spinning_lock, rwlock_read_end},
	{rwlock_write, no_spinning_lock, rwlock_write_end},
};

static long op_unlock_rw(const struct kut_op_args *a)
{
	if (a->arg[1] >= ARRAY_SIZE(unlocks))
		return -EINVAL;
	if (a->arg[0])
		unlocks[a->arg[1]].right();
	else
		unlocks[a->arg[1]].wrong();
	unlocks[a->arg[1]].unlock();
	init_rwsem(&rwsem);
	rwlock_init(&rwlock);
	return 0;
}
KUT_OP("crash.unlock_rw", op_unlock_rw);
