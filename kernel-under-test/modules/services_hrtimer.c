// SPDX-License-Identifier: GPL-2.0-only
/* High-resolution timers: kernel/time/hrtimer.c on the CPU's one-shot timer. */
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>

#include "services.h"

struct shot {
	struct hrtimer timer;
	s64 due, first, last;
	unsigned long again, period, cpus, hard, soft;
	unsigned int calls;
	char letter;
	bool busy;
};

static enum hrtimer_restart fire(struct hrtimer *timer)
{
	struct shot *s = container_of(timer, struct shot, timer);
	s64 now = ktime_get();

	if (!s->calls++)
		s->first = now;
	s->last = now;
	s->cpus |= BIT(raw_smp_processor_id());
	s->hard += in_hardirq() && irqs_disabled();
	s->soft += in_serving_softirq() && !in_hardirq();
	if (s->letter)
		svc_step(s->letter);
	if (s->busy) {
		WRITE_ONCE(s->busy, false);
		udelay(100);
	}
	if (s->calls > s->again)
		return HRTIMER_NORESTART;
	hrtimer_forward(timer, hrtimer_get_expires(timer), ns_to_ktime(s->period));
	return HRTIMER_RESTART;
}

static void prepare(struct shot *s, enum hrtimer_mode mode)
{
	kut_hrtimer_setup(&s->timer, fire, CLOCK_MONOTONIC, mode);
}

enum { SVC_HARD, SVC_SOFT, SVC_PINNED };

static enum hrtimer_mode mode_of(unsigned long kind)
{
	return kind == SVC_SOFT	    ? HRTIMER_MODE_REL_SOFT
	       : kind == SVC_PINNED ? HRTIMER_MODE_REL_PINNED_HARD
				    : HRTIMER_MODE_REL_HARD;
}

/*
 * services.hrtimer: kind, ns, times more, period -> ns from the start to the first
 * and to the last call, calls, CPUs, in hard and in soft interrupts; still queued.
 */
static long op_hrtimer(const struct kut_op_args *a)
{
	struct shot s = {.again = a->arg[2], .period = a->arg[3]};
	s64 start;

	prepare(&s, mode_of(a->arg[0]));
	start = ktime_get();
	hrtimer_start(&s.timer, ns_to_ktime(a->arg[1]), mode_of(a->arg[0]));
	while (hrtimer_active(&s.timer))
		msleep(4);
	svc_put(a, 0, s.first - start);
	svc_put(a, 1, s.last - start);
	svc_put(a, 2, s.calls);
	svc_put(a, 3, s.cpus);
	svc_put(a, 4, s.hard);
	svc_put(a, 5, s.soft);
	svc_put(a, 6, hrtimer_is_queued(&s.timer));
	return raw_smp_processor_id();
}
KUT_OP("services.hrtimer", op_hrtimer);

/* services.hrtimer_order: started in another order than they expire; one is cancelled. */
static long op_hrtimer_order(const struct kut_op_args *a)
{
	static const struct {
		char letter;
		unsigned int us;
	} list[] = {{'c', 300}, {'a', 100}, {'x', 150}, {'d', 400}, {'b', 200}};
	struct shot s[ARRAY_SIZE(list)] = {0};

	svc_begin();
	for (unsigned int i = 0; i < ARRAY_SIZE(list); i++) {
		s[i].letter = list[i].letter;
		prepare(&s[i], HRTIMER_MODE_REL_HARD);
		hrtimer_start(&s[i].timer, ns_to_ktime(1000UL * list[i].us), HRTIMER_MODE_REL_HARD);
	}
	svc_step(hrtimer_cancel(&s[2].timer) ? 'C' : '-');
	svc_step(hrtimer_cancel(&s[2].timer) ? 'C' : '-');
	/* a second start moves it */
	hrtimer_start(&s[3].timer, ns_to_ktime(50000), HRTIMER_MODE_REL_HARD);
	msleep(8);
	return svc_text_out(a);
}
KUT_OP("services.hrtimer_order", op_hrtimer_order);

static int start_there(void *data)
{
	struct shot *s = data;

	hrtimer_start(&s->timer, ns_to_ktime(20000), HRTIMER_MODE_REL_PINNED_HARD);
	return 0;
}

/*
 * services.hrtimer_cancel: its function runs on CPU arg0 for 100 us: try_to_cancel,
 * cancel -> -1, 0, and whether the function has ended by then; the CPU.
 */
static long op_hrtimer_cancel(const struct kut_op_args *a)
{
	struct shot s = {.busy = true};
	struct svc_thread t;

	prepare(&s, HRTIMER_MODE_REL_PINNED_HARD);
	svc_thread_start(&t, a->arg[0], start_there, &s);
	while (READ_ONCE(s.busy))
		cpu_relax();
	svc_put(a, 0, hrtimer_try_to_cancel(&s.timer));
	svc_put(a, 1, hrtimer_cancel(&s.timer));
	svc_put(a, 2, ktime_get() - s.first);
	svc_put(a, 3, s.cpus);
	svc_thread_join(&t);
	return s.calls;
}
KUT_OP("services.hrtimer_cancel", op_hrtimer_cancel);

/* services.hrtimeout: ns, slack -> ns slept, result; woken early after 100 us -> the same. */
static long op_hrtimeout(const struct kut_op_args *a)
{
	ktime_t time = ns_to_ktime(a->arg[0]);
	s64 start = ktime_get();
	int ret;

	set_current_state(TASK_UNINTERRUPTIBLE);
	ret = schedule_hrtimeout_range(&time, a->arg[1], HRTIMER_MODE_REL);
	svc_put(a, 0, ktime_get() - start);
	svc_put(a, 1, ret);
	return kut_task_state(current);
}
KUT_OP("services.hrtimeout", op_hrtimeout);
