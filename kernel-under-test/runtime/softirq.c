// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work that runs behind an interrupt, or as soon as bottom halves are enabled
 * again: expired timers, RCU callbacks, tasklets.
 */
#include <linux/bottom_half.h>
#include <linux/interrupt.h>
#include <linux/preempt.h>

#include "kut.h"

/* Turns for free; then each costs time, so that what raises itself does not stop the clock. */
#define FREE_TURNS 2
#define MAX_TURNS  10

void kut_softirq_raise(struct kut_cpu *cpu)
{
	cpu->softirq = true;
	kut_kick(cpu);
}

void kut_softirq_run(struct kut_cpu *cpu)
{
	unsigned long flags = cpu->flags;
	struct kut_outer outer = kut_interrupt_enter(cpu);

	preempt_count_add(SOFTIRQ_OFFSET);
	for (unsigned int turn = 0; cpu->softirq; turn++) {
		cpu->softirq = false;
		cpu->flags = X86_EFLAGS_IF;
		if (turn >= FREE_TURNS)
			kut_spend(KUT_COST_IRQ_ENTRY);
		kut_timers_run(cpu);
		kut_rcu_run();
		kut_tasklets_run(cpu);
		if (turn == MAX_TURNS) /* tasks have a right to the CPU, too */
			break;
	}
	preempt_count_sub(SOFTIRQ_OFFSET);
	cpu->flags = flags;
	kut_interrupt_leave(cpu, &outer);
}

void __local_bh_enable_ip(unsigned long ip, unsigned int cnt)
{
	preempt_count_sub(cnt);
	kut_irq_poll();
}
