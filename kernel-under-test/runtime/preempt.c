// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preemption: when a task is asked to give its CPU up, and when a CPU lets the others
 * go on though no time would pass by itself.
 *
 * A task is asked (need_resched()) when another one becomes ready behind it, and by
 * the tick while others wait. It follows in cond_resched(); where the kernel is
 * preemptible (7.x, PREEMPT_LAZY) only the tick asks, and the task also follows when it
 * enables preemption, or behind an interrupt.
 *
 * Every so many locks, as the seed has it, a CPU stands still around one for a while.
 * It is what a cache miss or a hypervisor does to a real CPU, so it may happen in any
 * context. In a set that was compiled with trace-pc it does so every so many basic
 * blocks as well. With seed 0 it does not.
 */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "kut.h"

/* Taking and releasing a lock are three points: before, and around the release. */
#define MEAN_POINTS 24
#define MEAN_BLOCKS 100
#define LONGEST_PS  (4UL * 1000 * 1000) /* about what a poll of a command queue takes */

int kut_lock_points;
static int blocks; /* until the next preemption; 0: there is none */

static int next_point(int mean)
{
	return 1 + kut_host->choose(2 * mean - 1);
}

/* The first block draws the first distance: a set without trace-pc draws none. */
void kut_preempt_init(void)
{
	kut_lock_points = kut_layout.seed ? next_point(MEAN_POINTS) : 0;
	blocks = kut_layout.seed ? 1 : 0;
}

static void ask(struct kut_cpu *cpu)
{
	if (cpu->running == &cpu->idle)
		return;
	set_tsk_need_resched(&cpu->running->task);
	if (IS_ENABLED(CONFIG_PREEMPTION))
		set_preempt_need_resched();
}

void kut_woken_on(struct kut_cpu *cpu)
{
	if (!IS_ENABLED(CONFIG_PREEMPTION))
		ask(cpu);
}

void kut_tick(struct kut_cpu *cpu)
{
	cpu->tick = jiffies;
	if (!list_empty(&cpu->queue))
		ask(cpu);
}

bool kut_cond_resched(void)
{
	struct kut_cpu *cpu = kut_this_cpu();

	if (!need_resched() && !list_empty(&cpu->queue) && kut_host->choose(2))
		ask(cpu);
	return need_resched() ? kut_resched() : kut_offer();
}

static void stand_still(void)
{
	struct kut_cpu *cpu = kut_this_cpu();

	if (kut_aside)
		return;
	kut_spend(1 + kut_host->choose(LONGEST_PS));
	if (IS_ENABLED(CONFIG_PREEMPTION) && !list_empty(&cpu->queue) && kut_host->choose(2))
		ask(cpu);
	kut_irq_poll();
}

void kut_lock_point_now(void)
{
	kut_lock_points = next_point(MEAN_POINTS);
	stand_still();
}

/* The compiler calls it at the head of each basic block. */
void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
	if (likely(!blocks || --blocks))
		return;
	blocks = next_point(MEAN_BLOCKS);
	stand_still();
}
