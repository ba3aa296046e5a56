// SPDX-License-Identifier: GPL-2.0-only
/* Sleeps, delays and timers. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/timer.h>

#include "services.h"

char svc_text[SVC_STEPS];
unsigned int svc_steps;

static int thread_main(void *data)
{
	struct svc_thread *t = data;

	complete(&t->begun);
	return t->fn(t->data);
}

int svc_thread_start(struct svc_thread *t, unsigned int cpu, int (*fn)(void *data), void *data)
{
	t->fn = fn;
	t->data = data;
	init_completion(&t->begun);
	t->task = kthread_create_on_cpu(thread_main, t, cpu, "services/%u");
	if (IS_ERR(t->task))
		return PTR_ERR(t->task);
	get_task_struct(t->task);
	wake_up_process(t->task);
	return 0;
}

int svc_thread_join(struct svc_thread *t)
{
	wait_for_completion(&t->begun);
	return kthread_stop_put(t->task);
}

enum { SVC_MSLEEP, SVC_USLEEP, SVC_UDELAY, SVC_NDELAY, SVC_MDELAY, SVC_TIMEOUT, SVC_INTERRUPTIBLE };

/* services.sleep: kind, amount, upper limit (usleep_range) -> ns, jiffies, what it returned. */
static long op_sleep(const struct kut_op_args *a)
{
	ktime_t start = ktime_get();
	unsigned long start_jiffies = jiffies, n = a->arg[1];
	long ret = 0;

	switch (a->arg[0]) {
	case SVC_MSLEEP:
		msleep(n);
		break;
	case SVC_USLEEP:
		usleep_range(n, a->arg[2]);
		break;
	case SVC_UDELAY:
		udelay(n);
		break;
	case SVC_NDELAY:
		ndelay(n);
		break;
	case SVC_MDELAY:
		mdelay(n);
		break;
	case SVC_TIMEOUT:
		ret = schedule_timeout_uninterruptible(n);
		break;
	case SVC_INTERRUPTIBLE:
		ret = msleep_interruptible(n);
		break;
	default:
		return -EINVAL;
	}
	svc_put(a, 0, ktime_get() - start);
	svc_put(a, 1, jiffies - start_jiffies);
	svc_put(a, 2, ret);
	return 0;
}
KUT_OP("services.sleep", op_sleep);

struct lettered {
	struct timer_list timer;
	char letter;
};

static unsigned int early;

static void write_letter(struct timer_list *t)
{
	if (time_before(jiffies, t->expires))
		early++;
	svc_step(container_of(t, struct lettered, timer)->letter);
}

/* services.timers: the order in which timers expire; capital letters are results. */
static long op_timers(const struct kut_op_args *a)
{
	struct lettered t[7];
	unsigned long now = jiffies;

	svc_begin();
	early = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
		timer_setup_on_stack(&t[i].timer, write_letter, 0);
		t[i].letter = 'a' + i;
	}
	mod_timer(&t[0].timer, now + 6);
	mod_timer(&t[1].timer, now + 2);
	mod_timer(&t[2].timer, now + 2);
	mod_timer(&t[3].timer, now + 3);
	mod_timer(&t[4].timer, now + 9);
	mod_timer(&t[5].timer, now + 2);
	svc_step(mod_timer(&t[0].timer, now + 1) ? 'P' : 'I'); /* back */
	svc_step(mod_timer(&t[3].timer, now + 7) ? 'P' : 'I'); /* forward */
	svc_step(timer_reduce(&t[4].timer, now + 4) ? 'P' : 'I');
	timer_reduce(&t[1].timer, now + 8); /* later: no effect */
	svc_step(timer_delete(&t[5].timer) ? 'P' : 'I');
	svc_step(mod_timer(&t[6].timer, now + 5) ? 'P' : 'I');
	msleep(60);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		if (timer_delete_sync(&t[i].timer))
			svc_step('X');
	if (early)
		svc_step('E');
	return svc_text_out(a);
}
KUT_OP("services.timers", op_timers);

struct repeated {
	struct timer_list timer;
	unsigned long delay, left;
	struct completion done;
};

static void repeat(struct timer_list *t)
{
	struct repeated *r = container_of(t, struct repeated, timer);

	if (--r->left)
		mod_timer(t, jiffies + r->delay);
	else
		complete(&r->done);
}

/* services.timer_rearm: delay, times: a timer arms itself again -> jiffies it took. */
static long op_timer_rearm(const struct kut_op_args *a)
{
	struct repeated r = {.delay = a->arg[0], .left = a->arg[1]};
	unsigned long start = jiffies;

	init_completion(&r.done);
	timer_setup_on_stack(&r.timer, repeat, 0);
	mod_timer(&r.timer, jiffies + r.delay);
	wait_for_completion(&r.done);
	timer_delete_sync(&r.timer);
	return jiffies - start;
}
KUT_OP("services.timer_rearm", op_timer_rearm);

struct slow {
	struct timer_list timer;
	int stage, again;
	unsigned int cpu;
};

static void be_slow(struct timer_list *t)
{
	struct slow *s = container_of(t, struct slow, timer);

	s->cpu = raw_smp_processor_id();
	WRITE_ONCE(s->stage, 1);
	mdelay(2);
	if (s->again)
		mod_timer(t, jiffies + 1);
	WRITE_ONCE(s->stage, 2);
}

/*
 * services.timer_sync: arm again?; delete a timer while its function runs on CPU 1
 * -> stage of the function (2: it has returned), result, still pending, its CPU.
 */
static long op_timer_sync(const struct kut_op_args *a)
{
	struct slow s = {.again = a->arg[0]};

	timer_setup_on_stack(&s.timer, be_slow, 0);
	s.timer.expires = jiffies + 1;
	add_timer_on(&s.timer, 1);
	while (!READ_ONCE(s.stage))
		cpu_relax();
	svc_put(a, 1, try_to_del_timer_sync(&s.timer));
	svc_put(a, 2, timer_delete_sync(&s.timer));
	svc_put(a, 0, s.stage);
	svc_put(a, 3, timer_pending(&s.timer));
	svc_put(a, 4, s.cpu);
	timer_shutdown_sync(&s.timer);
	mod_timer(&s.timer, jiffies);
	svc_put(a, 5, timer_pending(&s.timer));
	return 0;
}
KUT_OP("services.timer_sync", op_timer_sync);
