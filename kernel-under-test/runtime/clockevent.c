// SPDX-License-Identifier: GPL-2.0-only
/*
 * What kernel/time/hrtimer.c stands on: each CPU's one-shot timer, and the clock. The
 * timer is there from the start, so a CPU switches to high resolution as it comes up.
 */
#include <linux/clockchips.h>
#include <linux/hrtimer.h>
#include <linux/percpu.h>
#include <linux/timekeeping.h>

#include "kut.h"

#define PS_PER_NS    1000UL
#define MIN_DELTA_NS 1000

static struct clock_event_device devices[KUT_MAX_CPUS];

int tick_program_event(ktime_t expires, int force);
int tick_check_oneshot_change(int allow_nohz);
void kut_hrtimer_rearm(void);

/* As clockevents_program_event(): what is over already is refused unless forced. */
int tick_program_event(ktime_t expires, int force)
{
	struct kut_cpu *cpu = kut_this_cpu();
	unsigned long now = kut_host->now();

	devices[cpu->id].next_event = expires;
	if (expires >= (ktime_t)(KTIME_MAX / PS_PER_NS)) { /* 106 days: beyond any run */
		kut_vector_timer(cpu, KUT_NEVER);
		return 0;
	}
	if (expires <= ktime_get()) {
		if (!force)
			return -ETIME;
		kut_vector_timer(cpu, now + MIN_DELTA_NS * PS_PER_NS);
		return 0;
	}
	kut_vector_timer(cpu, expires * PS_PER_NS);
	return 0;
}

void kut_clockevent_interrupt(struct kut_cpu *cpu)
{
	hrtimer_interrupt(&devices[cpu->id]);
	kut_hrtimer_rearm();
}

int tick_check_oneshot_change(int allow_nohz)
{
	return !allow_nohz;
}

/* On the CPU that comes up, with interrupts off. */
void kut_clockevent_start(void)
{
	hrtimer_run_queues();
}

ktime_t ktime_get_update_offsets_now(unsigned int *cwsseq, ktime_t *real, ktime_t *boot,
				     ktime_t *tai);
/* All clocks are one: see ktime_get_real_ts64(). */
ktime_t ktime_get_update_offsets_now(unsigned int *cwsseq, ktime_t *real, ktime_t *boot,
				     ktime_t *tai)
{
	*real = *boot = *tai = 0;
	return ktime_get();
}

ktime_t ktime_get_with_offset(enum tk_offsets offs)
{
	return ktime_get();
}
