// SPDX-License-Identifier: GPL-2.0-only
/* Waiting for time to pass: delays keep the CPU, sleeps give it up. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <linux/timer.h>

#include "kut.h"

#define PS_PER_US (1000UL * 1000)

void kut_busy(unsigned long ps)
{
	struct kut_cpu *cpu = kut_this_cpu();
	unsigned long now = kut_host->now();
	unsigned long end = now + ps + kut_host->choose(ps / 4 + 1);

	for (; now < end; now = kut_host->now()) {
		if (!(cpu->flags & X86_EFLAGS_IF) || in_hardirq()) {
			kut_spend(end - now);
			continue;
		}
		cpu->delay_waiting = true;
		kut_host->event_wait(cpu->attention, min(end - now, kut_vector_wait(cpu)));
		cpu->delay_waiting = false;
		kut_resumed(cpu);
		kut_irq_poll();
		cpu = kut_this_cpu(); /* it may have been preempted, and moved */
	}
}

static void delay(unsigned long ps)
{
	struct kut_cpu *cpu = kut_this_cpu();

	cpu->spins = 0;
	kut_check_lockup(cpu);
	kut_irq_poll();
	kut_busy(ps);
}

void __udelay(unsigned long usecs)
{
	delay(usecs * PS_PER_US);
}

void __ndelay(unsigned long nsecs)
{
	delay(nsecs * 1000);
}

/* The argument of udelay() with a constant: microseconds times 2^32 / 10^6. */
void __const_udelay(unsigned long xloops)
{
	delay((xloops * 244140625UL >> 20) + 1); /* times 10^12 / 2^32, rounded up */
}

struct sleeper {
	struct timer_list timer;
	struct task_struct *task;
};

static void wake_sleeper(struct timer_list *t)
{
	wake_up_process(container_of(t, struct sleeper, timer)->task);
}

signed long schedule_timeout(signed long timeout)
{
	struct sleeper s = {.task = current};
	unsigned long expire = jiffies + timeout;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	if (timeout < 0) {
		pr_err("schedule_timeout: wrong timeout value %lx\n", timeout);
		dump_stack();
		__set_current_state(TASK_RUNNING);
		return 0;
	}
	kut_timer_init(&s.timer, wake_sleeper, 0);
	mod_timer(&s.timer, expire);
	schedule();
	kut_timer_delete_sync(&s.timer);
	timeout = expire - jiffies;
	return timeout < 0 ? 0 : timeout;
}

signed long schedule_timeout_interruptible(signed long timeout)
{
	__set_current_state(TASK_INTERRUPTIBLE);
	return schedule_timeout(timeout);
}

signed long schedule_timeout_uninterruptible(signed long timeout)
{
	__set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(timeout);
}

signed long schedule_timeout_idle(signed long timeout)
{
	__set_current_state(TASK_IDLE);
	return schedule_timeout(timeout);
}

void msleep(unsigned int msecs)
{
	unsigned long timeout = msecs_to_jiffies(msecs);

	while (timeout)
		timeout = schedule_timeout_uninterruptible(timeout);
}

/* Nothing sends signals here, but a wake-up of the state does end it early. */
unsigned long msleep_interruptible(unsigned int msecs)
{
	unsigned long timeout = msecs_to_jiffies(msecs);

	while (timeout && !signal_pending(current))
		timeout = schedule_timeout_interruptible(timeout);
	return jiffies_to_msecs(timeout);
}

/* Sleeps of microseconds are finer than a jiffy: an event of its own wakes the task. */
struct nap {
	struct task_struct *task;
	void *event;
	unsigned long ps;
	bool over;
};

static void nap_thread(void *arg)
{
	struct nap *nap = arg;

	kut_host->event_wait(nap->event, nap->ps);
	nap->over = true;
	wake_up_process(nap->task);
}

void kut_nap(unsigned long min, unsigned long max, unsigned int state)
{
	struct nap nap = {.task = current, .ps = min * PS_PER_US};

	nap.ps += kut_host->choose((max - min) * PS_PER_US + 1);
	nap.event = kut_host->event_new("nap");
	kut_host->thread_start("nap", nap_thread, &nap);
	while (!nap.over) {
		set_current_state(state);
		if (!nap.over)
			schedule();
	}
	__set_current_state(TASK_RUNNING);
	kut_host->event_free(nap.event);
}
