// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time: the clock, delays, sleeps, and struct timer_list. Timers lie in one list
 * sorted by expiry; a thread of the event kernel, the clock, marks the CPU of
 * each timer that is due, and the CPU runs it as a softirq.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched/clock.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>

#include "kut.h"

u64 jiffies_64 = INITIAL_JIFFIES;
asm(".globl jiffies\n.set jiffies, jiffies_64"); /* as the linker script does */
static unsigned long next_jiffy_ps = KUT_PS_PER_JIFFY;
static void *clock_event;
static struct timer_list *running[KUT_MAX_CPUS];

static struct hlist_head timers; /* pending, sorted by expiry */

static unsigned long expiry_ps(const struct timer_list *t)
{
	return (t->expires - (unsigned long)INITIAL_JIFFIES) * KUT_PS_PER_JIFFY;
}

void kut_time_update(void)
{
	unsigned long now = kut_host->now();

	if (likely(now < next_jiffy_ps))
		return;
	jiffies_64 = INITIAL_JIFFIES + now / KUT_PS_PER_JIFFY;
	next_jiffy_ps = (now / KUT_PS_PER_JIFFY + 1) * KUT_PS_PER_JIFFY;
}

static unsigned int cpu_of(const struct timer_list *t)
{
	return t->flags & TIMER_CPUMASK;
}

static void clock_thread(void *unused)
{
	for (;;) {
		unsigned long timeout = ~0UL, now = kut_host->now();
		struct timer_list *t;

		hlist_for_each_entry(t, &timers, entry) {
			if (expiry_ps(t) > now) {
				timeout = expiry_ps(t) - now;
				break;
			}
			kut_softirq_raise(&kut_cpus[cpu_of(t)]);
		}
		kut_host->event_wait(clock_event, timeout);
		kut_time_update();
	}
}

void kut_time_init(void)
{
	clock_event = kut_host->event_new("clock");
	kut_host->thread_start("clock", clock_thread, NULL);
}

void kut_timer_init(struct timer_list *t, void (*fn)(struct timer_list *), unsigned int flags)
{
	t->entry.pprev = NULL;
	t->function = fn;
	t->flags = flags | raw_smp_processor_id();
}

/* Behind all timers of the same expiry: equal times run in the order of arming. */
static void insert(struct timer_list *t)
{
	struct hlist_node **link = &timers.first;
	struct hlist_node *prev = NULL;

	while (*link) {
		struct timer_list *other = hlist_entry(*link, struct timer_list, entry);

		if (time_before(t->expires, other->expires))
			break;
		prev = *link;
		link = &prev->next;
	}
	if (prev)
		hlist_add_behind(&t->entry, prev);
	else
		hlist_add_head(&t->entry, &timers);
	if (timers.first == &t->entry)
		kut_host->event_notify(clock_event, 0);
}

static int detach(struct timer_list *t)
{
	if (!timer_pending(t))
		return 0;
	__hlist_del(&t->entry);
	t->entry.pprev = NULL;
	return 1;
}

int mod_timer(struct timer_list *t, unsigned long expires)
{
	int was_pending = detach(t);

	t->expires = expires;
	t->flags = (t->flags & ~TIMER_CPUMASK) | raw_smp_processor_id();
	insert(t);
	return was_pending;
}

int timer_reduce(struct timer_list *t, unsigned long expires)
{
	if (timer_pending(t) && time_before_eq(t->expires, expires))
		return 1;
	return mod_timer(t, expires);
}

void add_timer(struct timer_list *t)
{
	mod_timer(t, t->expires);
}

int kut_timer_delete(struct timer_list *t)
{
	return detach(t);
}

static bool is_running(struct timer_list *t)
{
	for (unsigned int i = 0; i < kut_layout.cpus; i++)
		if (running[i] == t)
			return true;
	return false;
}

int kut_timer_delete_sync(struct timer_list *t)
{
	int was_pending = detach(t);

	while (is_running(t)) {
		kut_spend(KUT_COST_RELAX);
		was_pending |= detach(t);
	}
	return was_pending;
}

void kut_timers_run(struct kut_cpu *cpu)
{
	struct timer_list *t;
	unsigned long now = kut_host->now();

again:
	hlist_for_each_entry(t, &timers, entry) {
		if (expiry_ps(t) > now)
			break;
		if (cpu_of(t) != cpu->id)
			continue;
		detach(t);
		running[cpu->id] = t;
		t->function(t);
		running[cpu->id] = NULL;
		goto again;
	}
}

ktime_t ktime_get(void)
{
	return kut_host->now() / 1000;
}

u64 ktime_get_mono_fast_ns(void)
{
	return ktime_get();
}

u64 sched_clock(void)
{
	return ktime_get();
}

/* The hosted kernel's real-time clock starts at the epoch: no wall clock enters a run. */
void ktime_get_real_ts64(struct timespec64 *ts)
{
	*ts = ns_to_timespec64(ktime_get());
}

/* As kernel/time/time.c defines it, without dragging in that file. */
struct timespec64 ns_to_timespec64(s64 nsec)
{
	return (struct timespec64){ .tv_sec = nsec / NSEC_PER_SEC, .tv_nsec = nsec % NSEC_PER_SEC };
}

unsigned long __msecs_to_jiffies(const unsigned int m)
{
	return (int)m < 0 ? MAX_JIFFY_OFFSET : DIV_ROUND_UP((unsigned long)m * HZ, MSEC_PER_SEC);
}

unsigned long __usecs_to_jiffies(const unsigned int u)
{
	return DIV_ROUND_UP((unsigned long)u * HZ, USEC_PER_SEC);
}

void __udelay(unsigned long usecs)
{
	kut_spend(usecs * 1000 * 1000);
	kut_irq_poll();
}

void __ndelay(unsigned long nsecs)
{
	kut_spend(nsecs * 1000);
	kut_irq_poll();
}

/* The argument of udelay() with a constant: microseconds times 2^32 / 10^6. */
void __const_udelay(unsigned long xloops)
{
	__udelay(DIV_ROUND_UP(xloops, 0x10c7UL));
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
	struct sleeper s = { .task = current };
	unsigned long expire = jiffies + timeout;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	kut_timer_init(&s.timer, wake_sleeper, 0);
	mod_timer(&s.timer, expire);
	schedule();
	kut_timer_delete_sync(&s.timer);
	timeout = expire - jiffies;
	return timeout < 0 ? 0 : timeout;
}

signed long schedule_timeout_uninterruptible(signed long timeout)
{
	__set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(timeout);
}

void msleep(unsigned int msecs)
{
	unsigned long timeout = msecs_to_jiffies(msecs) + 1;

	while (timeout)
		timeout = schedule_timeout_uninterruptible(timeout);
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

void kut_nap(unsigned long us, unsigned int state)
{
	struct nap nap = { .task = current, .ps = us * 1000 * 1000 };

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
