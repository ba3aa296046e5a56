// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work that runs behind an interrupt, or as soon as bottom halves are enabled
 * again: expired timers, RCU callbacks, tasklets.
 */
#include <linux/bottom_half.h>
#include <linux/interrupt.h>
#include <linux/preempt.h>

#include "kut.h"

static struct tasklet_struct *tasklets, **tasklets_tail = &tasklets;

void kut_softirq_raise(struct kut_cpu *cpu)
{
	cpu->softirq = true;
	kut_kick(cpu);
}

void kut_softirq_run(struct kut_cpu *cpu)
{
	unsigned long flags = cpu->flags;

	if (cpu->in_softirq)
		return;
	cpu->in_softirq = true;
	while (cpu->softirq) {
		cpu->softirq = false;
		preempt_count_add(SOFTIRQ_OFFSET);
		cpu->flags = X86_EFLAGS_IF;
		kut_timers_run(cpu);
		kut_rcu_run();
		kut_tasklets_run();
		preempt_count_sub(SOFTIRQ_OFFSET);
	}
	cpu->flags = flags;
	cpu->in_softirq = false;
}

void __local_bh_enable_ip(unsigned long ip, unsigned int cnt)
{
	preempt_count_sub(cnt);
	if (!in_interrupt() && kut_this_cpu()->softirq)
		kut_softirq_run(kut_this_cpu());
}

void __tasklet_schedule(struct tasklet_struct *t)
{
	t->next = NULL;
	*tasklets_tail = t;
	tasklets_tail = &t->next;
	kut_softirq_raise(kut_this_cpu());
}

void kut_tasklets_run(void)
{
	while (tasklets) {
		struct tasklet_struct *t = tasklets;

		tasklets = t->next;
		if (!tasklets)
			tasklets_tail = &tasklets;
		clear_bit(TASKLET_STATE_SCHED, &t->state);
		if (t->use_callback)
			t->callback(t);
		else
			t->func(t->data);
	}
}
