// SPDX-License-Identifier: GPL-2.0-only
/* Calls from one CPU to another: functions, irq_work, stop_machine(). */
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>

#include "services.h"

struct seen {
	unsigned long cpus, hardirq, irqs_on;
	unsigned int calls;
	s64 at;
};

static void look(void *data)
{
	struct seen *s = data;
	unsigned long bit = BIT(raw_smp_processor_id());

	s->cpus |= bit;
	s->hardirq |= in_hardirq() ? bit : 0;
	s->irqs_on |= irqs_disabled() ? 0 : bit;
	s->calls++;
	s->at = ktime_get();
}

/* services.call: CPU, wait -> result, CPUs, in interrupts, with them on, calls at the return, ns.
 */
static long op_call(const struct kut_op_args *a)
{
	struct seen s = {0};
	s64 start = ktime_get();
	int ret = smp_call_function_single(a->arg[0], look, &s, a->arg[1]);
	unsigned int calls = READ_ONCE(s.calls);

	if (!a->arg[1])
		msleep(1);
	svc_put(a, 0, ret);
	svc_put(a, 1, s.cpus);
	svc_put(a, 2, s.hardirq);
	svc_put(a, 3, s.irqs_on);
	svc_put(a, 4, calls);
	svc_put(a, 5, s.calls ? s.at - start : -1);
	return s.calls;
}
KUT_OP("services.call", op_call);

static bool odd(int cpu, void *unused)
{
	return cpu & 1;
}

static void put_seen(const struct kut_op_args *a, unsigned int index, const struct seen *s)
{
	svc_put(a, index, s->cpus);
	svc_put(a, index + 1, s->hardirq);
	svc_put(a, index + 2, s->irqs_on);
}

/*
 * services.call_all: on_each_cpu(), smp_call_function(), on_each_cpu_mask() of arg0,
 * on_each_cpu_cond() for odd numbers -> for each: CPUs, in interrupts, with them on.
 */
static long op_call_all(const struct kut_op_args *a)
{
	struct seen all = {0}, others = {0}, some = {0}, cond = {0};
	struct cpumask mask = {.bits = {a->arg[0]}};

	on_each_cpu(look, &all, 1);
	preempt_disable();
	smp_call_function(look, &others, 1);
	preempt_enable();
	on_each_cpu_mask(&mask, look, &some, true);
	on_each_cpu_cond(odd, look, &cond, true);
	put_seen(a, 0, &all);
	put_seen(a, 3, &others);
	put_seen(a, 6, &some);
	put_seen(a, 9, &cond);
	return raw_smp_processor_id();
}
KUT_OP("services.call_all", op_call_all);

static bool off, on_again;

static int irqs_off_for_a_while(void *unused)
{
	unsigned long flags;

	local_irq_save(flags);
	WRITE_ONCE(off, true);
	udelay(500);
	svc_step('o');
	local_irq_restore(flags);
	WRITE_ONCE(on_again, true);
	return 0;
}

static void step_call(void *letter)
{
	svc_step(in_hardirq() && irqs_disabled() ? (long)letter : '!');
}

/* services.call_late: to a CPU whose interrupts are off for 500 us; waits for the call. */
static long op_call_late(const struct kut_op_args *a)
{
	struct svc_thread t;

	svc_begin();
	WRITE_ONCE(off, false);
	svc_thread_start(&t, a->arg[0], irqs_off_for_a_while, NULL);
	while (!READ_ONCE(off))
		msleep(1);
	smp_call_function_single(a->arg[0], step_call, (void *)'c', 1);
	svc_step('r');
	svc_thread_join(&t);
	return svc_text_out(a);
}
KUT_OP("services.call_late", op_call_late);

/* services.call_async: one that is under way already, and once more behind it. */
static long op_call_async(const struct kut_op_args *a)
{
	call_single_data_t csd = {.func = step_call, .info = (void *)'a'};
	unsigned long flags;

	svc_begin();
	/* no interrupt comes to this CPU meanwhile, nor the call to the other one */
	local_irq_save(flags);
	svc_put(a, 0, smp_call_function_single_async(a->arg[0], &csd));
	svc_put(a, 1, smp_call_function_single_async(a->arg[0], &csd));
	local_irq_restore(flags);
	msleep(1);
	svc_put(a, 2, svc_steps);
	svc_put(a, 3, smp_call_function_single_async(a->arg[0], &csd));
	msleep(1);
	svc_put(a, 4, svc_steps);
	svc_put(a, 5, smp_call_function_single_async(nr_cpu_ids, &csd));
	return 0;
}
KUT_OP("services.call_async", op_call_async);

/* services.call_irqs_off: CPU, many: a call with interrupts off, which must not be. */
static long op_call_irqs_off(const struct kut_op_args *a)
{
	struct cpumask mask = {.bits = {BIT(a->arg[0])}};
	struct seen s = {0};
	unsigned long flags;

	local_irq_save(flags);
	if (a->arg[1])
		smp_call_function_many(&mask, look, &s, true);
	else
		smp_call_function_single(a->arg[0], look, &s, 1);
	local_irq_restore(flags);
	return s.calls;
}
KUT_OP("services.call_irqs_off", op_call_irqs_off);

static atomic_t flood;

static void count_call(void *unused)
{
	atomic_inc(&flood);
}

static int flood_one(void *data)
{
	const unsigned long *arg = data;

	for (unsigned long i = 0; i < arg[1]; i++)
		smp_call_function_single(arg[0], count_call, NULL, i & 1);
	return 0;
}

/* services.ipi_flood: to CPU arg0, arg1 calls from each CPU at once -> calls that came. */
static long op_ipi_flood(const struct kut_op_args *a)
{
	struct svc_thread t[NR_CPUS];
	unsigned int cpu;

	atomic_set(&flood, 0);
	for_each_online_cpu(cpu)
		svc_thread_start(&t[cpu], cpu, flood_one, (void *)a->arg);
	for_each_online_cpu(cpu)
		svc_thread_join(&t[cpu]);
	msleep(1);
	return atomic_read(&flood);
}
KUT_OP("services.ipi_flood", op_ipi_flood);

static unsigned int worked_on;

static void work_step(struct irq_work *work)
{
	worked_on = raw_smp_processor_id();
	svc_step(in_hardirq() && irqs_disabled() ? 'w' : '!');
}

/* services.irq_work: CPU: on this one, and on the other one, queued twice each. */
static long op_irq_work(const struct kut_op_args *a)
{
	struct irq_work work = {.func = work_step};
	unsigned long flags;

	svc_begin();
	local_irq_save(flags);
	svc_step(irq_work_queue(&work) ? 'Q' : '-');
	svc_step(irq_work_queue(&work) ? 'Q' : '-');
	svc_step('o');
	local_irq_restore(flags);
	irq_work_sync(&work);
	svc_step(worked_on == raw_smp_processor_id() ? 's' : '!');
	local_irq_save(flags);
	svc_step(irq_work_queue_on(&work, a->arg[0]) ? 'Q' : '-');
	svc_step(irq_work_queue_on(&work, a->arg[0]) ? 'Q' : '-');
	local_irq_restore(flags);
	irq_work_sync(&work);
	svc_step(worked_on == a->arg[0] ? 's' : '!');
	return svc_text_out(a);
}
KUT_OP("services.irq_work", op_irq_work);

static bool counting;
static unsigned long counters[NR_CPUS];

static int count_up(void *unused)
{
	while (READ_ONCE(counting)) {
		counters[raw_smp_processor_id()]++;
		cond_resched();
		usleep_range(1, 2);
	}
	return 0;
}

static unsigned long sum_up(void)
{
	unsigned long sum = 0;

	for (unsigned int i = 0; i < NR_CPUS; i++)
		sum += READ_ONCE(counters[i]);
	return sum;
}

struct stopped {
	unsigned long cpus, irqs_on;
	unsigned long progress;
};

static int while_stopped(void *data)
{
	struct stopped *s = data;
	unsigned long before = sum_up();

	s->cpus |= BIT(raw_smp_processor_id());
	s->irqs_on |= irqs_disabled() ? 0 : BIT(raw_smp_processor_id());
	udelay(200);
	s->progress += sum_up() - before;
	return 7;
}

/*
 * services.stop_machine: CPUs: on them with all others held -> result, CPUs, with
 * interrupts on, what the others' threads did meanwhile, and before and after.
 */
static long op_stop_machine(const struct kut_op_args *a)
{
	struct cpumask mask = {.bits = {a->arg[0]}};
	struct svc_thread t[NR_CPUS];
	struct stopped s = {0};
	unsigned long before;
	unsigned int cpu;

	WRITE_ONCE(counting, true);
	for_each_online_cpu(cpu)
		svc_thread_start(&t[cpu], cpu, count_up, NULL);
	msleep(2);
	before = sum_up();
	svc_put(a, 0, stop_machine(while_stopped, &s, a->arg[0] ? &mask : NULL));
	svc_put(a, 1, s.cpus);
	svc_put(a, 2, s.irqs_on);
	svc_put(a, 3, s.progress);
	svc_put(a, 4, before);
	msleep(2);
	svc_put(a, 5, sum_up() - before);
	WRITE_ONCE(counting, false);
	for_each_online_cpu(cpu)
		svc_thread_join(&t[cpu]);
	return 0;
}
KUT_OP("services.stop_machine", op_stop_machine);

static int where(void *data)
{
	*(unsigned int *)data = raw_smp_processor_id();
	return in_interrupt() ? -1 : 5;
}

/* services.stop_one_cpu: CPU -> result, where it ran */
static long op_stop_one_cpu(const struct kut_op_args *a)
{
	unsigned int cpu = NR_CPUS;

	svc_put(a, 0, stop_one_cpu(a->arg[0], where, &cpu));
	svc_put(a, 1, cpu);
	return 0;
}
KUT_OP("services.stop_one_cpu", op_stop_one_cpu);

static bool busy;
static unsigned long turns;

static int take_turns(void *unused)
{
	while (READ_ONCE(busy)) {
		udelay(20);
		turns++;
		schedule();
	}
	return 0;
}

static int count_turns(void *data)
{
	*(unsigned long *)data = turns;
	return 0;
}

/* services.stopper_first: CPU that five tasks want -> their turns before its stopper's. */
static long op_stopper_first(const struct kut_op_args *a)
{
	unsigned long before, then = 0;
	struct svc_thread t[5];

	WRITE_ONCE(busy, true);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		svc_thread_start(&t[i], a->arg[0], take_turns, NULL);
	msleep(4);
	before = turns;
	stop_one_cpu(a->arg[0], count_turns, &then);
	WRITE_ONCE(busy, false);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		svc_thread_join(&t[i]);
	return then - before;
}
KUT_OP("services.stopper_first", op_stopper_first);

/* services.percpu_calls: each CPU adds to its own variable -> the CPUs whose sum is right. */
static DEFINE_PER_CPU(unsigned long, own);

static void add_own(void *unused)
{
	this_cpu_add(own, raw_smp_processor_id() + 1);
}

static long op_percpu_calls(const struct kut_op_args *a)
{
	unsigned long right = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(own, cpu) = 100;
	for (unsigned int i = 0; i < 3; i++)
		on_each_cpu(add_own, NULL, 1);
	for_each_possible_cpu(cpu)
		if (per_cpu(own, cpu) == 100 + 3 * (cpu + 1))
			right |= BIT(cpu);
	return right;
}
KUT_OP("services.percpu_calls", op_percpu_calls);
