// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work that runs behind an interrupt, or as soon as bottom halves are enabled
 * again: expired timers, RCU callbacks, tasklets, and what was raised by its number.
 */
#include <linux/bitops.h>
#include <linux/bottom_half.h>
#include <linux/cpuhotplug.h>
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

static void run_raised(struct kut_cpu *cpu)
{
	unsigned long raised = cpu->softirqs;
	unsigned int nr;

	cpu->softirqs = 0;
	for_each_set_bit(nr, &raised, NR_SOFTIRQS)
		kut_softirq_call(nr);
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
		run_raised(cpu);
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

void __raise_softirq_irqoff(unsigned int nr)
{
	struct kut_cpu *cpu = kut_this_cpu();

	cpu->softirqs |= BIT(nr);
	kut_softirq_raise(cpu);
}

void raise_softirq_irqoff(unsigned int nr)
{
	__raise_softirq_irqoff(nr);
}

void raise_softirq(unsigned int nr)
{
	__raise_softirq_irqoff(nr);
	kut_irq_poll();
}

void do_softirq(void)
{
	struct kut_cpu *cpu = kut_this_cpu();

	if (cpu->softirq && !in_interrupt())
		kut_softirq_run(cpu);
}

static int take_over(unsigned int dead)
{
	kut_tasklets_take_over(&kut_cpus[dead]);
	return 0;
}

void kut_softirq_init(void)
{
	cpuhp_setup_state_nocalls(CPUHP_SOFTIRQ_DEAD, "softirq:dead", NULL, take_over);
}
