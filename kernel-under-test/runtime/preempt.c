// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preemption where no time would pass by itself: every so many locks, as the seed
 * has it, a CPU stands still around a lock for a while, and the others go on. It is
 * what a slower instruction, a cache miss or a hypervisor does to a real CPU, so it
 * may happen in any context. With seed 0 it does not.
 */
#include <linux/spinlock.h>

#include "kut.h"

/* Taking and releasing a lock are three points: before, and around the release. */
#define MEAN_POINTS 24
#define LONGEST_PS  (4UL * 1000 * 1000) /* about what a poll of a command queue takes */

int kut_lock_points;

static int next_point(void)
{
	return 1 + kut_host->choose(2 * MEAN_POINTS - 1);
}

void kut_preempt_init(void)
{
	kut_lock_points = kut_layout.seed ? next_point() : 0;
}

void kut_lock_point_now(void)
{
	kut_lock_points = next_point();
	if (kut_aside)
		return;
	kut_spend(1 + kut_host->choose(LONGEST_PS));
	kut_irq_poll();
}
