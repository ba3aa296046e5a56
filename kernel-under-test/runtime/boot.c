// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way up: what start_kernel() would have done for the objects of the target,
 * in its order, then the initcalls in a task of their own.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/sched/task.h>
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/kernfs.h>
#include <linux/hrtimer.h>
#include <linux/of_fdt.h>
#include <linux/rcupdate.h>
#include <linux/sched/wake_q.h>
#include <linux/smp.h>
#include <linux/sysfs.h>
#include <asm/setup.h>

#include "kut.h"

void __init kernfs_init(void);
void __init driver_init(void);
int __init early_irq_init(void);

static int booted;

int kut_booted(void);
int kut_booted(void)
{
	return booted;
}

static void memory_bases_init(void)
{
	page_offset_base = kut_layout.page_offset;
	vmemmap_base = kut_layout.page_structs;
	vmalloc_base = kut_layout.vmalloc_base;
	phys_base = 0;
}

static void early_init(void)
{
	memory_bases_init();
	kut_sched_init();
	kut_percpu_init();
	kut_resumed(&kut_cpus[0]);
	kut_cpus_init();
	kut_pages_init();
	kut_preempt_init();
	kut_time_init();
	kut_workqueue_init();
	kut_async_init();
	kut_lib_init();
}

static void firmware_init(void)
{
	if (IS_ENABLED(CONFIG_ACPI) && kut_layout.rsdp) {
		kut_acpi_tables_init();
		kut_acpi_prepare();
		kut_acpi_init();
		return;
	}
	if (!kut_dt_verify(kut_layout.dtb))
		panic("the devicetree blob is not valid");
	unflatten_device_tree();
}

static void do_initcall(const struct kut_boot_call *call)
{
	int ret = ((initcall_t)call->fn)();

	if (ret && ret != -ENODEV)
		kut_log(LOGLEVEL_WARNING, "initcall %s returned %d\n", call->name, ret);
	if (preempt_count() || irqs_disabled())
		kut_finding("initcall imbalance", "initcall %s left interrupts off or a lock held",
			    call->name);
	kut_settle();
}

/* Those of level "early" run before the other CPUs come up; returns the first of the rest. */
static unsigned int do_early_initcalls(void)
{
	struct kut_boot_call call;
	unsigned int i;

	for (i = 0; kut_host->initcall(i, &call) && !strcmp(call.level, "early"); i++)
		do_initcall(&call);
	return i;
}

static void do_initcalls(unsigned int first)
{
	struct kut_boot_call call;

	for (unsigned int i = first; kut_host->initcall(i, &call); i++)
		do_initcall(&call);
}

static int kernel_init(void *unused)
{
	unsigned int first;

	kut_log(LOGLEVEL_NOTICE, "Kernel command line: %s\n", kut_layout.cmdline ?: "");
	strscpy(boot_command_line, kut_layout.cmdline ?: "", COMMAND_LINE_SIZE);
	kut_parse_cmdline();
	early_irq_init();
	hrtimers_init();
	kut_clockevent_start();
	call_function_init();
	kernfs_init();
	if (sysfs_init())
		panic("sysfs_init failed");
	firmware_init();
	first = do_early_initcalls();
	smp_init();
	kut_softirq_init();
	kut_base_init();
	driver_init();
	kut_intc_init();
	system_state = SYSTEM_SCHEDULING;
	do_initcalls(first);
	system_state = SYSTEM_RUNNING;
	booted = 1;
	kut_memory_booted();
	kut_host->done(NULL);
	return 0;
}

void kut_boot(void *unused)
{
	struct kut_task *init;

	early_init();
	init = kut_task_create("swapper/0", kernel_init, NULL, 0);
	init->task.pid = init->task.tgid = 1;
	put_task_struct(&init->task);
	wake_up_process(&init->task);
	kut_idle_start(0);
}
