// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seam: the tick that 5.10 gives up with a CPU, the timer that 7.x sets at an interrupt's
 * end, and where the hrtimer that runs is told.
 */
#include <linux/hrtimer.h>
#include <linux/percpu.h>

#include "kut.h"

#if KUT_BEFORE(6, 15)
void kut_hrtimer_rearm(void);
void kut_hrtimer_rearm(void)
{
}
#else
#include <linux/hrtimer_bases.h>
#include <linux/hrtimer_rearm.h>

void kut_hrtimer_rearm(void);
void kut_hrtimer_rearm(void)
{
	hrtimer_rearm_deferred();
}

/* 0 when the time is over, -EINTR if the task was woken before. */
static int sleep_until(struct hrtimer_sleeper *sleeper, ktime_t expires, u64 delta,
		       enum hrtimer_mode mode)
{
	hrtimer_set_expires_range_ns(&sleeper->timer, expires, delta);
	hrtimer_sleeper_start_expires(sleeper, mode);
	if (sleeper->task)
		schedule();
	hrtimer_cancel(&sleeper->timer);
	destroy_hrtimer_on_stack(&sleeper->timer);
	__set_current_state(TASK_RUNNING);
	return sleeper->task ? -EINTR : 0;
}

int schedule_hrtimeout_range_clock(ktime_t *expires, u64 delta, const enum hrtimer_mode mode,
				   clockid_t clock)
{
	struct hrtimer_sleeper sleeper;

	if (expires && *expires) {
		hrtimer_setup_sleeper_on_stack(&sleeper, clock, mode);
		return sleep_until(&sleeper, *expires, delta, mode);
	}
	if (!expires)
		schedule();
	__set_current_state(TASK_RUNNING);
	return expires ? 0 : -EINTR;
}

int schedule_hrtimeout_range(ktime_t *expires, u64 delta, const enum hrtimer_mode mode)
{
	return schedule_hrtimeout_range_clock(expires, delta, mode, CLOCK_MONOTONIC);
}

int schedule_hrtimeout(ktime_t *expires, const enum hrtimer_mode mode)
{
	return schedule_hrtimeout_range(expires, 0, mode);
}
#endif

DECLARE_PER_CPU(struct hrtimer_cpu_base, hrtimer_bases);

/* The bases of hard interrupts come first, then as many of soft ones. */
const struct hrtimer *kut_hrtimer_running(unsigned int cpu, bool soft)
{
	const unsigned int half = HRTIMER_MAX_CLOCK_BASES / 2;
	const struct hrtimer_clock_base *base = per_cpu_ptr(&hrtimer_bases, cpu)->clock_base;

	for (unsigned int i = soft ? half : 0; i < (soft ? 2 * half : half); i++)
		if (base[i].running)
			return base[i].running;
	return NULL;
}
