// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time: the clock and struct timer_list. Timers lie in one list sorted by expiry; a
 * thread of the event kernel, the clock, marks the CPU of each timer that is due,
 * and the CPU runs it as a softirq.
 *
 * As in the kernel's wheel a timer is due at the tick behind its expiry, so that it
 * never comes early, and a CPU looks at its timers once in a tick, so that one whose
 * expiry has passed when it is armed waits for the next tick.
 */
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

/* Ticks since time 0. */
static unsigned long ticks(unsigned long j)
{
	return j - (unsigned long)INITIAL_JIFFIES;
}

void kut_time_update(void)
{
	unsigned long now = kut_host->now();

	if (likely(now < next_jiffy_ps))
		return;
	jiffies_64 = INITIAL_JIFFIES + now / KUT_PS_PER_JIFFY;
	next_jiffy_ps = (now / KUT_PS_PER_JIFFY + 1) * KUT_PS_PER_JIFFY;
}

static struct kut_cpu *cpu_of(const struct timer_list *t)
{
	return &kut_cpus[t->flags & TIMER_CPUMASK];
}

static unsigned long due_tick(const struct timer_list *t)
{
	unsigned long expires = time_before(t->expires, INITIAL_JIFFIES) ? 0 : ticks(t->expires);

	return max(expires, cpu_of(t)->timer_tick) + 1;
}

/* Mark the CPUs that have something due; how long until the next timer is. */
static unsigned long mark_due(unsigned long now)
{
	unsigned long timeout = ~0UL;
	struct timer_list *t;

	hlist_for_each_entry(t, &timers, entry) {
		unsigned long due = due_tick(t);

		if (due * KUT_PS_PER_JIFFY <= now)
			kut_softirq_raise(cpu_of(t));
		else
			timeout = min(timeout, due * KUT_PS_PER_JIFFY - now);
		if (time_after(t->expires, jiffies))
			break;
	}
	return timeout;
}

static void clock_thread(void *unused)
{
	for (;;) {
		kut_time_update();
		kut_host->event_wait(clock_event, mark_due(kut_host->now()));
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

static bool is_running(const struct timer_list *t, unsigned int *cpu)
{
	for (*cpu = 0; *cpu < kut_layout.cpus; ++*cpu)
		if (running[*cpu] == t)
			return true;
	return false;
}

struct kut_task *kut_timer_runs_in(const struct timer_list *t)
{
	unsigned int cpu;

	return is_running(t, &cpu) ? kut_cpus[cpu].running : NULL;
}

/* While its function runs, a timer keeps its CPU: the function never runs twice at once. */
static int arm(struct timer_list *t, unsigned long expires, unsigned int cpu)
{
	int was_pending = detach(t);
	unsigned int running_on;

	if (!t->function) /* shut down */
		return 0;
	t->expires = expires;
	if (is_running(t, &running_on))
		cpu = running_on;
	t->flags = (t->flags & ~TIMER_CPUMASK) | cpu;
	insert(t);
	return was_pending;
}

int mod_timer(struct timer_list *t, unsigned long expires)
{
	return arm(t, expires, raw_smp_processor_id());
}

int mod_timer_pending(struct timer_list *t, unsigned long expires)
{
	return timer_pending(t) ? mod_timer(t, expires) : 0;
}

int timer_reduce(struct timer_list *t, unsigned long expires)
{
	if (timer_pending(t) && time_before_eq(t->expires, expires))
		return 1;
	return mod_timer(t, expires);
}

void add_timer(struct timer_list *t)
{
	if (!WARN_ON_ONCE(timer_pending(t)))
		mod_timer(t, t->expires);
}

void add_timer_on(struct timer_list *t, int cpu)
{
	if (!WARN_ON_ONCE(timer_pending(t)))
		arm(t, t->expires, cpu);
}

int kut_timer_delete(struct timer_list *t)
{
	return detach(t);
}

int try_to_del_timer_sync(struct timer_list *t)
{
	unsigned int cpu;

	return is_running(t, &cpu) ? -1 : detach(t);
}

int kut_timer_delete_sync(struct timer_list *t)
{
	int ret = try_to_del_timer_sync(t);
	struct kut_held outer;

	WARN_ON(in_hardirq() && !(t->flags & TIMER_IRQSAFE));
	if (ret >= 0)
		return ret;
	outer = kut_wait_begin(t, _RET_IP_, KUT_TIMER_END);
	kut_check_deadlock();
	while ((ret = try_to_del_timer_sync(t)) < 0)
		cpu_relax();
	kut_wait_end(&outer);
	return ret;
}

int timer_shutdown(struct timer_list *t)
{
	t->function = NULL;
	return detach(t);
}

int timer_shutdown_sync(struct timer_list *t)
{
	int was_pending = kut_timer_delete_sync(t);

	timer_shutdown(t);
	return was_pending;
}

static void run(struct kut_cpu *cpu, struct timer_list *t)
{
	void (*fn)(struct timer_list *) = t->function;
	int count = preempt_count();

	running[cpu->id] = t;
	fn(t); /* may free the timer */
	running[cpu->id] = NULL;
	kut_check_balance("timer", fn, count, false);
}

/* Two timers of one tick run in the order of their expiry, then of arming. */
void kut_timers_run(struct kut_cpu *cpu)
{
	unsigned long tick = kut_host->now() / KUT_PS_PER_JIFFY;
	HLIST_HEAD(due);
	struct hlist_node **tail = &due.first, *next;
	struct timer_list *t;

	kut_time_update();
	if (tick == cpu->timer_tick)
		return;
	hlist_for_each_entry_safe(t, next, &timers, entry) {
		if (time_after_eq(t->expires, jiffies))
			break;
		if (cpu_of(t) != cpu)
			continue;
		hlist_del(&t->entry);
		t->entry.next = NULL;
		t->entry.pprev = tail;
		*tail = &t->entry;
		tail = &t->entry.next;
	}
	cpu->timer_tick = tick;
	while (due.first) {
		t = hlist_entry(due.first, struct timer_list, entry);
		detach(t);
		run(cpu, t);
	}
	kut_host->event_notify(clock_event, 0);
}

int timers_prepare_cpu(unsigned int cpu)
{
	kut_cpus[cpu].timer_tick = kut_host->now() / KUT_PS_PER_JIFFY;
	return 0;
}

/* Those of a CPU that has died go to this one. */
int timers_dead_cpu(unsigned int cpu)
{
	struct timer_list *t;

	hlist_for_each_entry(t, &timers, entry)
		if (cpu_of(t)->id == cpu)
			t->flags = (t->flags & ~TIMER_CPUMASK) | raw_smp_processor_id();
	kut_host->event_notify(clock_event, 0);
	return 0;
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
	return (struct timespec64){.tv_sec = nsec / NSEC_PER_SEC, .tv_nsec = nsec % NSEC_PER_SEC};
}

unsigned long __msecs_to_jiffies(const unsigned int m)
{
	return (int)m < 0 ? MAX_JIFFY_OFFSET : DIV_ROUND_UP((unsigned long)m * HZ, MSEC_PER_SEC);
}

unsigned long __usecs_to_jiffies(const unsigned int u)
{
	return DIV_ROUND_UP((unsigned long)u * HZ, USEC_PER_SEC);
}
