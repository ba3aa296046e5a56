// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seam: how the architecture starts and stops a CPU. Since 6.5 kernel/cpu.c and the
 * CPU that starts or dies meet by themselves; in 5.10 the architecture waits.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/percpu.h>
#include <linux/sched/smt.h>
#include <linux/workqueue.h>
#include <asm/smp.h>
#include <asm/topology.h>
#include <asm/x86_init.h>

#include "kut.h"

static void cpus_done(unsigned int max_cpus)
{
}

static void pin_vcpu(int cpu)
{
}

/* No hypervisor below moves a CPU to another. */
struct x86_platform_ops x86_platform = {.hyper.pin_vcpu = pin_vcpu};

/* Interrupts are on from the start. */
bool early_boot_irqs_disabled;

/* A CPU has one thread. */
DEFINE_STATIC_KEY_FALSE(sched_smt_present);

#if KUT_BEFORE(6, 0)

static int start(unsigned int cpu, struct task_struct *idle)
{
	kut_cpu_power_on(cpu);
	while (!cpu_online(cpu))
		cpu_relax();
	return 0;
}

static void die(unsigned int cpu)
{
	while (READ_ONCE(kut_cpus[cpu].power))
		cpu_relax();
}

void kut_cpu_sync_alive(struct kut_cpu *cpu)
{
}

void kut_cpu_report_dead(struct kut_cpu *cpu)
{
}

static DEFINE_PER_CPU(struct cpu, cpu_devices);

/* The architecture makes the CPUs' devices; the first CPU of an x86 machine stays. */
static int __init register_cpus(void)
{
	unsigned int cpu;
	int ret = 0;

	for_each_present_cpu(cpu) {
		per_cpu(cpu_devices, cpu).hotpluggable = cpu > 0;
		ret = ret ?: register_cpu(&per_cpu(cpu_devices, cpu), cpu);
	}
	return ret;
}
subsys_initcall(register_cpus);

void send_call_function_single_ipi(int cpu);
void send_call_function_single_ipi(int cpu)
{
	kut_send_call(cpu);
}

void rcu_momentary_dyntick_idle(void);
void rcu_momentary_dyntick_idle(void)
{
	kut_rcu_quiescent(kut_this_cpu());
}

#else

struct cpumask __cpu_primary_thread_mask = {CPU_BITS_ALL};

int arch_cpuhp_kick_ap_alive(unsigned int cpu, struct task_struct *idle)
{
	kut_cpu_power_on(cpu);
	return 0;
}

void kut_cpu_sync_alive(struct kut_cpu *cpu)
{
	cpuhp_ap_sync_alive();
}

void kut_cpu_report_dead(struct kut_cpu *cpu)
{
	cpuhp_ap_report_dead();
}

/* The first CPU of an x86 machine stays. */
bool arch_cpu_is_hotpluggable(int cpu)
{
	return cpu > 0;
}

void rcu_momentary_eqs(void);
void rcu_momentary_eqs(void)
{
	kut_rcu_quiescent(kut_this_cpu());
}

#endif

struct smp_ops smp_ops = {
	.smp_cpus_done = cpus_done,
	.smp_send_reschedule = kut_send_reschedule,
	.send_call_func_ipi = kut_send_call_mask,
	.send_call_func_single_ipi = kut_send_call,
	.cpu_disable = kut_cpu_disable,
#if KUT_BEFORE(6, 0)
	.cpu_up = start,
	.cpu_die = die,
#endif
};
