// SPDX-License-Identifier: GPL-2.0-only
/* Locks between CPUs, wait queues, completions, bits, threads. */
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

#include "services.h"

enum { SVC_MUTEX, SVC_RWSEM, SVC_SPINLOCK, SVC_SPINLOCK_IRQ, SVC_NOTHING };

static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(rwsem);
static DEFINE_SPINLOCK(spinlock);

struct contest {
	unsigned long kind, rounds;
	bool sleeps;
	int inside, worst;
	unsigned long sum;
};

static unsigned long enter(const struct contest *c)
{
	unsigned long flags = 0;

	if (c->kind == SVC_MUTEX)
		mutex_lock(&mutex);
	else if (c->kind == SVC_RWSEM)
		down_write(&rwsem);
	else if (c->kind == SVC_SPINLOCK)
		spin_lock(&spinlock);
	else if (c->kind == SVC_SPINLOCK_IRQ)
		spin_lock_irqsave(&spinlock, flags);
	return flags;
}

static void leave(const struct contest *c, unsigned long flags)
{
	if (c->kind == SVC_MUTEX)
		mutex_unlock(&mutex);
	else if (c->kind == SVC_RWSEM)
		up_write(&rwsem);
	else if (c->kind == SVC_SPINLOCK)
		spin_unlock(&spinlock);
	else if (c->kind == SVC_SPINLOCK_IRQ)
		spin_unlock_irqrestore(&spinlock, flags);
}

/* Between reading and writing `sum` another CPU has time to do the same. */
static int contend(void *data)
{
	struct contest *c = data;

	for (unsigned long i = 0; i < c->rounds; i++) {
		unsigned long flags = enter(c), sum;

		c->worst = max(c->worst, ++c->inside);
		sum = READ_ONCE(c->sum);
		if (c->sleeps && i % 4 == 0)
			msleep(1);
		else
			udelay(1);
		WRITE_ONCE(c->sum, sum + 1);
		c->inside--;
		leave(c, flags);
		ndelay(700);
	}
	return 0;
}

/* services.contend: kind, rounds, sleep inside? -> most threads inside at once, sum. */
static long op_contend(const struct kut_op_args *a)
{
	struct contest c = {.kind = a->arg[0], .rounds = a->arg[1], .sleeps = a->arg[2]};
	struct svc_thread t[4];

	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		svc_thread_start(&t[i], i % 2, contend, &c);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		svc_thread_join(&t[i]);
	svc_put(a, 0, c.worst);
	svc_put(a, 1, c.sum);
	return 0;
}
KUT_OP("services.contend", op_contend);

static int readers_inside;

static int read_side(void *unused)
{
	down_read(&rwsem);
	readers_inside++;
	msleep(10);
	svc_step('0' + readers_inside);
	up_read(&rwsem);
	return 0;
}

static int write_side(void *unused)
{
	down_write(&rwsem);
	svc_step('w');
	up_write(&rwsem);
	return 0;
}

/* services.rwsem: two readers are in together, the writer comes behind them. */
static long op_rwsem(const struct kut_op_args *a)
{
	struct svc_thread t[3];

	svc_begin();
	readers_inside = 0;
	svc_thread_start(&t[0], 0, read_side, NULL);
	svc_thread_start(&t[1], 1, read_side, NULL);
	msleep(4);
	svc_thread_start(&t[2], 1, write_side, NULL);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		svc_thread_join(&t[i]);
	return svc_text_out(a);
}
KUT_OP("services.rwsem", op_rwsem);

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DECLARE_COMPLETION(completion);
static unsigned long condition;

static int set_condition(void *ms)
{
	msleep((unsigned long)ms);
	condition = 1;
	wake_up(&queue);
	return 0;
}

/*
 * services.wait: ms until the condition is true -> wait_event_timeout() of one
 * second, of 2 jiffies without anybody, wait_event_interruptible(), both in jiffies.
 */
static long op_wait(const struct kut_op_args *a)
{
	struct svc_thread t;
	unsigned long start = jiffies;

	condition = 0;
	svc_thread_start(&t, 1, set_condition, (void *)a->arg[0]);
	svc_put(a, 0, HZ - wait_event_timeout(queue, condition, HZ));
	svc_put(a, 1, jiffies - start);
	svc_thread_join(&t);
	condition = 0;
	start = jiffies;
	svc_put(a, 2, wait_event_timeout(queue, condition, 2));
	svc_put(a, 3, jiffies - start);
	svc_thread_start(&t, 0, set_condition, (void *)a->arg[0]);
	svc_put(a, 4, wait_event_interruptible(queue, condition));
	svc_put(a, 5, condition);
	svc_thread_join(&t);
	return 0;
}
KUT_OP("services.wait", op_wait);

static int wait_exclusively(void *unused)
{
	DEFINE_WAIT(wait);

	prepare_to_wait_exclusive(&queue, &wait, TASK_UNINTERRUPTIBLE);
	schedule();
	finish_wait(&queue, &wait);
	svc_step('w');
	return 0;
}

/* services.exclusive: five exclusive waiters; wake_up(), wake_up_nr(2), wake_up_all(). */
static long op_exclusive(const struct kut_op_args *a)
{
	struct svc_thread t[5];

	svc_begin();
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		svc_thread_start(&t[i], i % 2, wait_exclusively, NULL);
	msleep(10);
	wake_up(&queue);
	msleep(10);
	svc_step('1');
	wake_up_nr(&queue, 2);
	msleep(10);
	svc_step('2');
	wake_up_all(&queue);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		svc_thread_join(&t[i]);
	return svc_text_out(a);
}
KUT_OP("services.exclusive", op_exclusive);

static int wait_completion(void *unused)
{
	wait_for_completion(&completion);
	svc_step('c');
	return 0;
}

/* services.completion: before and behind the wait, time-out, complete_all(). */
static long op_completion(const struct kut_op_args *a)
{
	struct svc_thread t[3];

	svc_begin();
	reinit_completion(&completion);
	complete(&completion);
	wait_for_completion(&completion);
	svc_step('a');
	if (!try_wait_for_completion(&completion))
		svc_step('b');
	if (!wait_for_completion_timeout(&completion, 2))
		svc_step('t');
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		svc_thread_start(&t[i], i % 2, wait_completion, NULL);
	msleep(10);
	complete(&completion);
	msleep(10);
	svc_step('1');
	complete_all(&completion);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		svc_thread_join(&t[i]);
	if (completion_done(&completion))
		svc_step('d');
	return svc_text_out(a);
}
KUT_OP("services.completion", op_completion);

static int clear_bit_later(void *word)
{
	msleep(10);
	svc_step('c');
	clear_and_wake_up_bit(3, word);
	return 0;
}

/* services.bit: wait_on_bit() until another thread clears it. */
static long op_bit(const struct kut_op_args *a)
{
	unsigned long word = BIT(3) | BIT(4);
	struct svc_thread t;

	svc_begin();
	svc_thread_start(&t, 1, clear_bit_later, &word);
	wait_on_bit(&word, 3, TASK_UNINTERRUPTIBLE);
	svc_step(word == BIT(4) ? 'w' : 'x');
	svc_thread_join(&t);
	return svc_text_out(a);
}
KUT_OP("services.bit", op_bit);

static int step_once(void *unused)
{
	svc_step('t');
	return 0;
}

/*
 * services.resched: arg[0] 0: another thread is ready on the CPU of one that is busy,
 * first with preemption disabled (a; n if it is asked to give way), then enabled (b, c),
 * then in cond_resched() (d). 1: the same without a cond_resched(): it waits for the end.
 */
static long op_resched(const struct kut_op_args *a)
{
	struct task_struct *p = kthread_create(step_once, NULL, "svc-step");

	if (IS_ERR(p))
		return PTR_ERR(p);
	kthread_bind(p, raw_smp_processor_id());
	svc_begin();
	preempt_disable();
	wake_up_process(p);
	mdelay(9);
	svc_step('a');
	if (need_resched())
		svc_step('n');
	preempt_enable();
	svc_step('b');
	mdelay(9);
	svc_step('c');
	if (!a->arg[0])
		cond_resched();
	svc_step('d');
	msleep(10);
	return svc_text_out(a);
}
KUT_OP("services.resched", op_resched);

static int until_stopped(void *turns)
{
	while (!kthread_should_stop()) {
		++*(unsigned long *)turns;
		schedule_timeout_interruptible(HZ);
	}
	return 42;
}

static int on_cpu(void *unused)
{
	int cpu = raw_smp_processor_id();

	set_cpus_allowed_ptr(current, cpumask_of(!cpu));
	return cpu * 10 + raw_smp_processor_id();
}

/*
 * services.kthread: result of a thread that is stopped in its sleep, its turns,
 * result of one that is stopped before it begins, CPUs of one that moves (10 * from
 * + to), of its name's match.
 */
static long op_kthread(const struct kut_op_args *a)
{
	unsigned long turns = 0, none = 0;
	struct task_struct *p = kthread_run(until_stopped, &turns, "svc-%s/%d", "stop", 7);
	struct svc_thread t;

	svc_put(a, 4, !strcmp(p->comm, "svc-stop/7"));
	msleep(20);
	svc_put(a, 0, kthread_stop(p));
	svc_put(a, 1, turns);
	p = kthread_create(until_stopped, &none, "svc-never");
	svc_put(a, 2, kthread_stop(p));
	svc_put(a, 5, none);
	svc_thread_start(&t, 1, on_cpu, NULL);
	svc_put(a, 3, svc_thread_join(&t));
	return 0;
}
KUT_OP("services.kthread", op_kthread);
