// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts that the machine's controller does not know: those that CPUs send each
 * other or themselves, and each CPU's own timer. One that is sent is in flight for a
 * while; from then on the CPU takes it as soon as its interrupts are on.
 */
#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <asm/smp.h>

#include "kut.h"

/* Time in flight between two CPUs, in ps; the seed adds up to SPREAD. */
#define FLIGHT 300000UL
#define SPREAD 1000000UL

static void wake(struct kut_cpu *cpu)
{
	if (cpu->idle_waiting || cpu->delay_waiting)
		kut_host->event_notify(cpu->attention, kut_vector_wait(cpu));
}

static void set_due(struct kut_cpu *cpu, enum kut_vector vector, unsigned long due)
{
	unsigned long alarm = KUT_NEVER;

	cpu->due[vector] = due;
	for (unsigned int v = 0; v < KUT_VECTORS; v++)
		alarm = min(alarm, cpu->due[v]);
	cpu->alarm = alarm;
}

unsigned long kut_vector_wait(const struct kut_cpu *cpu)
{
	unsigned long now = kut_host->now();

	if (cpu->alarm == KUT_NEVER)
		return KUT_NEVER;
	return cpu->alarm > now ? cpu->alarm - now : 0;
}

bool kut_vector_sent(const struct kut_cpu *cpu)
{
	for (unsigned int v = 0; v < KUT_VECTORS; v++)
		if (v != KUT_VECTOR_TIMER && cpu->due[v] != KUT_NEVER)
			return true;
	return false;
}

void kut_vector_timer(struct kut_cpu *cpu, unsigned long due)
{
	set_due(cpu, KUT_VECTOR_TIMER, due);
	wake(cpu);
}

void kut_vectors_reset(struct kut_cpu *cpu)
{
	for (unsigned int v = 0; v < KUT_VECTORS; v++)
		cpu->due[v] = KUT_NEVER;
	cpu->alarm = KUT_NEVER;
}

/* One that is in flight already is enough: a CPU remembers each vector once. */
static void send(unsigned int to, enum kut_vector vector)
{
	struct kut_cpu *cpu = &kut_cpus[to];
	unsigned long flight = 0;

	cpu->called |= vector == KUT_VECTOR_CALL;
	if (cpu->due[vector] != KUT_NEVER)
		return;
	if (cpu != kut_this_cpu())
		flight = FLIGHT + kut_host->choose(SPREAD + 1);
	set_due(cpu, vector, kut_host->now() + flight);
	wake(cpu);
}

static void handle(struct kut_cpu *cpu, enum kut_vector vector)
{
	static const void *const handlers[] = {
		[KUT_VECTOR_CALL] = generic_smp_call_function_single_interrupt,
		[KUT_VECTOR_IRQ_WORK] = irq_work_run,
		[KUT_VECTOR_TIMER] = kut_clockevent_interrupt,
		[KUT_VECTOR_RESCHEDULE] = kut_send_reschedule,
	};
	int count = preempt_count();

	kut_host->trace_irq(cpu->id, KUT_TRACE_VECTOR + vector);
	switch (vector) {
	case KUT_VECTOR_CALL:
		generic_smp_call_function_single_interrupt();
		cpu->called = cpu->due[KUT_VECTOR_CALL] != KUT_NEVER;
		break;
	case KUT_VECTOR_IRQ_WORK:
		irq_work_run();
		break;
	case KUT_VECTOR_TIMER:
		kut_clockevent_interrupt(cpu);
		break;
	default: /* a reschedule has done its work when the CPU leaves its idle loop */
		break;
	}
	kut_check_balance("interrupt", handlers[vector], count, true);
}

/* The caller has entered the interrupt: HARDIRQ is counted, the flag is clear. */
void kut_vectors_take(struct kut_cpu *cpu)
{
	for (unsigned int v = 0; v < KUT_VECTORS; v++) {
		if (cpu->due[v] > kut_host->now())
			continue;
		set_due(cpu, v, KUT_NEVER);
		handle(cpu, v);
	}
}

void kut_send_call(int cpu)
{
	send(cpu, KUT_VECTOR_CALL);
}

void kut_send_call_mask(const struct cpumask *mask)
{
	unsigned int cpu;

	for_each_cpu(cpu, mask)
		send(cpu, KUT_VECTOR_CALL);
}

void kut_send_reschedule(int cpu)
{
	send(cpu, KUT_VECTOR_RESCHEDULE);
}

void arch_irq_work_raise(void)
{
	send(raw_smp_processor_id(), KUT_VECTOR_IRQ_WORK);
}

void wake_up_if_idle(int cpu);
void wake_up_if_idle(int cpu)
{
	if (kut_cpus[cpu].running == &kut_cpus[cpu].idle)
		kut_send_reschedule(cpu);
}
