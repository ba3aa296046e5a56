// SPDX-License-Identifier: GPL-2.0-only
/* CPUs that wait for each other for ever; see crash.c. */
#include <linux/completion.h>
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>

#include "kut_module.h"

static DECLARE_COMPLETION(there);

static int spin(void *unused)
{
	complete(&there);
	for (;;)
		cpu_relax();
	return 0;
}

static noinline void busy_cpu(unsigned int cpu)
{
	struct task_struct *p = kthread_create_on_cpu(spin, NULL, cpu, "spin/%u");

	wake_up_process(p);
	wait_for_completion(&there);
}

static int nothing(void *unused)
{
	return 0;
}

/* A task of CPU 1 does not give its CPU up: its stopper does not come to run. */
static noinline long op_stop_machine(const struct kut_op_args *a)
{
	busy_cpu(1);
	return stop_machine(nothing, NULL, NULL);
}
KUT_OP("crash.stop_machine", op_stop_machine);

static void no_call(void *unused)
{
}

static int irqs_off(void *unused)
{
	local_irq_disable();
	complete(&there);
	for (;;)
		cpu_relax();
	return 0;
}

/* A call to a CPU whose interrupts stay off. */
static noinline long op_call_deaf(const struct kut_op_args *a)
{
	struct task_struct *p = kthread_create_on_cpu(irqs_off, NULL, 1, "deaf/%u");

	wake_up_process(p);
	wait_for_completion(&there);
	return smp_call_function_single(1, no_call, NULL, 1);
}
KUT_OP("crash.call_deaf", op_call_deaf);
