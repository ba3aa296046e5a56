// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs that come up and go down. kernel/cpu.c leads them through their states; here is
 * what its states call of the scheduler, and a CPU's own way: its idle task starts it,
 * and is left over alone at the end.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/irq.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/hotplug.h>
#include <linux/sched/idle.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "kut.h"

void __init boot_cpu_init(void);

void __init kut_cpus_init(void)
{
	for (unsigned int cpu = 0; cpu < kut_layout.cpus; cpu++) {
		set_cpu_possible(cpu, true);
		set_cpu_present(cpu, true);
	}
	boot_cpu_init();
	boot_cpu_hotplug_init();
	setup_nr_cpu_ids();
	kut_cpus[0].rcu_watches = true;
}

struct task_struct *fork_idle(int cpu)
{
	return &kut_cpus[cpu].idle.task;
}

void kut_cpu_power_on(unsigned int id)
{
	struct kut_cpu *cpu = &kut_cpus[id];

	kut_vectors_reset(cpu);
	cpu->power = true;
	if (cpu->idle.started)
		kut_host->event_notify(cpu->attention, KUT_COST_SWITCH);
	else
		kut_idle_start(id);
}

/* As start_secondary(): interrupts are off until the CPU is online. */
void kut_cpu_starts(struct kut_cpu *cpu)
{
	cpu->flags = 0;
	mmgrab(&init_mm); /* kernel/cpu.c drops it when the CPU has died */
	cpu->idle.task.active_mm = &init_mm;
	kut_cpu_sync_alive(cpu);
	notify_cpu_starting(cpu->id);
	set_cpu_online(cpu->id, true);
	kut_clockevent_start();
	cpu->flags = X86_EFLAGS_IF;
	cpuhp_online_idle(CPUHP_AP_ONLINE_IDLE);
}

void kut_cpu_dies(struct kut_cpu *cpu)
{
	cpu->flags = 0;
	cpuhp_report_idle_dead();
	cpu->power = false;
	kut_cpu_report_dead(cpu);
	while (!cpu->power)
		kut_host->event_wait(cpu->attention, KUT_NEVER);
	kut_resumed(cpu);
	kut_cpu_starts(cpu);
}

/* In stop_machine(), with interrupts off: nothing more comes to this CPU. */
int kut_cpu_disable(void)
{
	set_cpu_online(raw_smp_processor_id(), false);
	irq_migrate_all_off_this_cpu();
	return 0;
}

int sched_cpu_activate(unsigned int cpu)
{
	set_cpu_active(cpu, true);
	return 0;
}

/* Who has seen the CPU as active, with preemption disabled, is done with that after this. */
int sched_cpu_deactivate(unsigned int cpu)
{
	set_cpu_active(cpu, false);
	synchronize_rcu();
	kut_push_tasks(&kut_cpus[cpu]);
	return 0;
}

/* Called on the CPU by its hotplug thread: the others go as they call schedule(). */
int sched_cpu_wait_empty(unsigned int cpu)
{
	kut_push_tasks(&kut_cpus[cpu]);
	return 0;
}

int sched_cpu_dying(unsigned int cpu)
{
	kut_push_tasks(&kut_cpus[cpu]);
	return 0;
}

void sched_set_stop_task(int cpu, struct task_struct *stop);
void sched_set_stop_task(int cpu, struct task_struct *stop)
{
	kut_task_of(stop)->stopper = true;
}
