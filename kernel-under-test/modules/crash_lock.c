// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deadlocks on purpose, each in one way. With arg[0] 1 an operation does the same in
 * the right way: the order, the context or the release that was wrong.
 */
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "services.h"

static DEFINE_SPINLOCK(spin_a);
static DEFINE_SPINLOCK(spin_b);
static DEFINE_MUTEX(mutex_a);
static DEFINE_MUTEX(mutex_b);
static DECLARE_RWSEM(rwsem_a);
static DECLARE_RWSEM(rwsem_b);
static DEFINE_RWLOCK(rwlock_a);

static noinline void spin_both(spinlock_t *first, spinlock_t *second)
{
	spin_lock(first);
	udelay(20);
	spin_lock(second);
	spin_unlock(second);
	spin_unlock(first);
}

static int spin_ab(void *unused)
{
	spin_both(&spin_a, &spin_b);
	return 0;
}

static int spin_ba(void *unused)
{
	spin_both(&spin_b, &spin_a);
	return 0;
}

/* Two threads, on two CPUs. */
static void run_two(int (*one)(void *), int (*other)(void *))
{
	struct svc_thread t[2];

	svc_thread_start(&t[0], 0, one, NULL);
	svc_thread_start(&t[1], 1, other, NULL);
	svc_thread_join(&t[0]);
	svc_thread_join(&t[1]);
}

static long op_spin_abba(const struct kut_op_args *a)
{
	run_two(spin_ab, a->arg[0] ? spin_ab : spin_ba);
	return 0;
}
KUT_OP("crash.spin_abba", op_spin_abba);

static noinline long op_mutex_twice(const struct kut_op_args *a)
{
	mutex_lock(&mutex_a);
	if (a->arg[0])
		mutex_unlock(&mutex_a);
	mutex_lock(&mutex_a);
	mutex_unlock(&mutex_a);
	return 0;
}
KUT_OP("crash.mutex_twice", op_mutex_twice);

/* A circle of three: a mutex, a spinlock's user and a semaphore each in one's hand. */
static noinline int mutex_then_read(void *unused)
{
	mutex_lock(&mutex_a);
	msleep(10);
	down_read(&rwsem_a);
	up_read(&rwsem_a);
	mutex_unlock(&mutex_a);
	return 0;
}

static noinline int write_then_mutex(void *unused)
{
	down_write(&rwsem_a);
	msleep(10);
	mutex_lock(&mutex_b);
	mutex_unlock(&mutex_b);
	up_write(&rwsem_a);
	return 0;
}

static noinline int mutex_then_mutex(void *right)
{
	mutex_lock(right ? &mutex_a : &mutex_b);
	msleep(10);
	mutex_lock(right ? &mutex_b : &mutex_a);
	mutex_unlock(&mutex_a);
	mutex_unlock(&mutex_b);
	return 0;
}

static long op_three(const struct kut_op_args *a)
{
	struct svc_thread t[3];

	svc_thread_start(&t[0], 0, mutex_then_read, NULL);
	svc_thread_start(&t[1], 1, write_then_mutex, NULL);
	svc_thread_start(&t[2], 0, mutex_then_mutex, (void *)a->arg[0]);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		svc_thread_join(&t[i]);
	return 0;
}
KUT_OP("crash.three", op_three);

/* The reader in the second row waits behind the writer, who waits for the first. */
static noinline int read_twice(void *once)
{
	down_read(&rwsem_b);
	msleep(20);
	if (once)
		up_read(&rwsem_b);
	down_read(&rwsem_b);
	up_read(&rwsem_b);
	if (!once)
		up_read(&rwsem_b);
	return 0;
}

static noinline int write_once(void *unused)
{
	msleep(5);
	down_write(&rwsem_b);
	up_write(&rwsem_b);
	return 0;
}

static long op_read_twice(const struct kut_op_args *a)
{
	struct svc_thread t[2];

	svc_thread_start(&t[0], 0, read_twice, (void *)a->arg[0]);
	svc_thread_start(&t[1], 1, write_once, NULL);
	svc_thread_join(&t[0]);
	svc_thread_join(&t[1]);
	return 0;
}
KUT_OP("crash.read_twice", op_read_twice);

static noinline long op_upgrade(const struct kut_op_args *a)
{
	read_lock(&rwlock_a);
	if (a->arg[0])
		read_unlock(&rwlock_a);
	write_lock(&rwlock_a);
	write_unlock(&rwlock_a);
	return 0;
}
KUT_OP("crash.upgrade", op_upgrade);

static void take_in_timer(struct timer_list *unused)
{
	spin_lock(&spin_a);
	spin_unlock(&spin_a);
}

static DEFINE_TIMER(taking_timer, take_in_timer);

/* The timer comes while its CPU holds the lock, unless bottom halves wait. */
static noinline long op_softirq_lock(const struct kut_op_args *a)
{
	mod_timer(&taking_timer, jiffies + 1);
	if (a->arg[0])
		spin_lock_bh(&spin_a);
	else
		spin_lock(&spin_a);
	mdelay(12);
	if (a->arg[0])
		spin_unlock_bh(&spin_a);
	else
		spin_unlock(&spin_a);
	timer_delete_sync(&taking_timer);
	return 0;
}
KUT_OP("crash.softirq_lock", op_softirq_lock);

/* crash.irq_lock: the same with a handler that svc_irq_raise() brings about. */
static irqreturn_t take_in_handler(int irq, void *unused)
{
	spin_lock(&spin_b);
	spin_unlock(&spin_b);
	return IRQ_HANDLED;
}

static noinline long op_irq_lock(const struct kut_op_args *a)
{
	int irq = svc_irq_map(), ret = request_irq(irq, take_in_handler, 0, "crash", NULL);
	unsigned long flags = 0;

	if (ret)
		return ret;
	irq_set_affinity(irq, cpumask_of(raw_smp_processor_id()));
	if (a->arg[0])
		spin_lock_irqsave(&spin_b, flags);
	else
		spin_lock(&spin_b);
	svc_irq_raise();
	udelay(5);
	if (a->arg[0])
		spin_unlock_irqrestore(&spin_b, flags);
	else
		spin_unlock(&spin_b);
	free_irq(irq, NULL);
	return 0;
}
KUT_OP("crash.irq_lock", op_irq_lock);

static noinline void item_takes(struct work_struct *unused)
{
	msleep(5);
	mutex_lock(&mutex_a);
	mutex_unlock(&mutex_a);
}

static DECLARE_WORK(taking_work, item_takes);

static noinline long op_flush_locked(const struct kut_op_args *a)
{
	schedule_work(&taking_work);
	msleep(1);
	if (!a->arg[0])
		mutex_lock(&mutex_a);
	flush_work(&taking_work);
	if (!a->arg[0])
		mutex_unlock(&mutex_a);
	return 0;
}
KUT_OP("crash.flush_locked", op_flush_locked);

static noinline void timer_takes(struct timer_list *unused)
{
	udelay(100);
	spin_lock(&spin_a);
	spin_unlock(&spin_a);
}

static DEFINE_TIMER(slow_timer, timer_takes);

static int arm_slow_timer(void *unused)
{
	mod_timer(&slow_timer, jiffies + 1);
	return 0;
}

/* The timer's function runs on CPU 1 while CPU 0, with its lock, waits for its end. */
static noinline long op_delete_locked(const struct kut_op_args *a)
{
	unsigned long start = jiffies;
	struct svc_thread t;

	svc_thread_start(&t, 1, arm_slow_timer, NULL);
	svc_thread_join(&t);
	while (timer_pending(&slow_timer) && time_before(jiffies, start + HZ))
		cpu_relax();
	if (!a->arg[0])
		spin_lock_bh(&spin_a);
	timer_delete_sync(&slow_timer);
	if (!a->arg[0])
		spin_unlock_bh(&spin_a);
	return 0;
}
KUT_OP("crash.delete_locked", op_delete_locked);

static noinline int stopped_takes(void *unused)
{
	msleep(5);
	mutex_lock(&mutex_b);
	mutex_unlock(&mutex_b);
	while (!kthread_should_stop())
		msleep(1);
	return 0;
}

static noinline long op_stop_locked(const struct kut_op_args *a)
{
	struct task_struct *p = kthread_run(stopped_takes, NULL, "crash-stopped");

	if (IS_ERR(p))
		return PTR_ERR(p);
	msleep(1);
	if (!a->arg[0])
		mutex_lock(&mutex_b);
	kthread_stop(p);
	if (!a->arg[0])
		mutex_unlock(&mutex_b);
	return 0;
}
KUT_OP("crash.stop_locked", op_stop_locked);

static void nothing(void *unused)
{
}

/* CPU 1 takes the lock with interrupts off: it does not take the call of who has it. */
static noinline int spin_deaf(void *unused)
{
	unsigned long flags;

	msleep(1);
	spin_lock_irqsave(&spin_a, flags);
	spin_unlock_irqrestore(&spin_a, flags);
	return 0;
}

static noinline long op_call_locked(const struct kut_op_args *a)
{
	struct svc_thread t;

	svc_thread_start(&t, 1, spin_deaf, NULL);
	if (!a->arg[0])
		spin_lock(&spin_a);
	mdelay(10);
	smp_call_function_single(1, nothing, NULL, 1);
	if (!a->arg[0])
		spin_unlock(&spin_a);
	svc_thread_join(&t);
	return 0;
}
KUT_OP("crash.call_locked", op_call_locked);

static bool try_only;

static noinline enum hrtimer_restart cancel_itself(struct hrtimer *timer)
{
	if (try_only)
		hrtimer_try_to_cancel(timer);
	else
		hrtimer_cancel(timer);
	return HRTIMER_NORESTART;
}

static struct hrtimer cancelled_timer;

static noinline long op_hrtimer_itself(const struct kut_op_args *a)
{
	try_only = a->arg[0];
	kut_hrtimer_setup(&cancelled_timer, cancel_itself, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer_start(&cancelled_timer, ms_to_ktime(1), HRTIMER_MODE_REL);
	msleep(10);
	return 0;
}
KUT_OP("crash.hrtimer_itself", op_hrtimer_itself);

static noinline long op_queue_locked(const struct kut_op_args *a)
{
	struct workqueue_struct *queue = alloc_workqueue("crash", 0, 0);

	queue_work(queue, &taking_work);
	if (!a->arg[0])
		mutex_lock(&mutex_a);
	flush_workqueue(queue);
	if (!a->arg[0])
		mutex_unlock(&mutex_a);
	destroy_workqueue(queue);
	return 0;
}
KUT_OP("crash.queue_locked", op_queue_locked);

static noinline void later_item(struct work_struct *unused)
{
}

static DECLARE_WORK(later_work, later_item);

static noinline void item_flushes(struct work_struct *unused)
{
	msleep(5);
	flush_work(&later_work);
	barrier(); /* no tail call: it shall be in the call trace */
}

static DECLARE_WORK(flushing_work, item_flushes);

/* An item waits for one that comes behind it in a queue where one runs at a time. */
static noinline long op_flush_later(const struct kut_op_args *a)
{
	struct workqueue_struct *queue = alloc_ordered_workqueue("crash", 0);

	queue_work(queue, &flushing_work);
	queue_work(a->arg[0] ? system_wq : queue, &later_work);
	destroy_workqueue(queue);
	return 0;
}
KUT_OP("crash.flush_later", op_flush_later);
