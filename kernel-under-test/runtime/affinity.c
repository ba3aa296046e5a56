// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which CPU a task may run on, as the kernel's is_cpu_allowed() has it: one that goes
 * down keeps, from sched_cpu_deactivate() on, only the threads that belong to it.
 */
#include <linux/cpumask.h>
#include <linux/sched.h>

#include "kut.h"

static bool may_run(const struct kut_task *t, unsigned int cpu)
{
	if (!cpumask_test_cpu(cpu, t->task.cpus_ptr))
		return false;
	if (t->stopper)
		return true;
	return cpu_online(cpu) && (cpu_active(cpu) || t->home == (int)cpu);
}

unsigned int kut_choose_cpu(struct kut_task *t)
{
	unsigned int cpu = task_cpu(&t->task);

	if (may_run(t, cpu))
		return cpu;
	for_each_online_cpu(cpu)
		if (may_run(t, cpu))
			return cpu;
	/* None of its CPUs is up: as with the kernel it may now run on any. */
	kut_set_allowed(t, cpu_possible_mask);
	return cpumask_first(cpu_active_mask);
}

void kut_set_allowed(struct kut_task *t, const struct cpumask *mask)
{
	cpumask_copy(&t->task.cpus_mask, mask);
	t->task.nr_cpus_allowed = cpumask_weight(mask);
}

void kut_push_tasks(struct kut_cpu *cpu)
{
	struct kut_task *t, *next;

	list_for_each_entry_safe(t, next, &cpu->queue, queue) {
		if (may_run(t, cpu->id))
			continue;
		list_del(&t->queue);
		kut_enqueue(t);
	}
}

/*
 * The calling task moves at once, one that waits or sleeps when it runs next, and
 * one that runs on another CPU when it calls schedule().
 */
int set_cpus_allowed_ptr(struct task_struct *p, const struct cpumask *mask)
{
	struct kut_task *t = kut_task_of(p);

	if (!cpumask_intersects(mask, cpu_online_mask))
		return -EINVAL;
	kut_set_allowed(t, mask);
	if (cpumask_test_cpu(task_cpu(p), mask))
		return 0;
	if (t->queued) {
		list_del(&t->queue);
		kut_enqueue(t);
	} else if (p == current) {
		__set_current_state(TASK_RUNNING);
		schedule();
	}
	return 0;
}

/* Wait until the task uses no CPU; false if it is in another state than `state` then. */
bool kut_wait_inactive(struct kut_task *t, unsigned int state)
{
	for (;;) {
		if (state && !(READ_ONCE(kut_task_state(&t->task)) & state))
			return false;
		if (t->queued)
			schedule_timeout_uninterruptible(1);
		else if (kut_cpus[task_cpu(&t->task)].running == t)
			cpu_relax();
		else
			return true;
	}
}
