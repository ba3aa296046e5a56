// SPDX-License-Identifier: GPL-2.0-only
/*
 * Imports for which a constant is the right answer, each with the reason. What is
 * not here and nowhere else is refused by the loader when it is called.
 */
#include <linux/backing-dev.h>
#include <linux/cpu.h>
#include <linux/fs.h>
#include <linux/hardirq.h>
#include <linux/irq.h>
#include <linux/kobject.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/perf_event.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched/hotplug.h>
#include <linux/sched/isolation.h>
#include <linux/slab.h>
#include <linux/tick.h>
#include <linux/vgaarb.h>
#include <linux/workqueue.h>

#include "kut.h"

/* All memory is write-back; a BAR that sysfs would map can be write-combining. */
bool pat_enabled(void)
{
	return true;
}

/* Nothing is kept for each CPU that would be made or given up with it. */
int perf_event_init_cpu(unsigned int cpu)
{
	return 0;
}

int perf_event_exit_cpu(unsigned int cpu)
{
	return 0;
}

int random_prepare_cpu(unsigned int cpu)
{
	return 0;
}

int random_online_cpu(unsigned int cpu)
{
	return 0;
}

/* Run queues and pools of workers are there from the start. */
int sched_cpu_starting(unsigned int cpu)
{
	return 0;
}

int workqueue_prepare_cpu(unsigned int cpu)
{
	return 0;
}

/* Each CPU's own timer is one-shot, and never asleep. */
int tick_init_highres(void);
int tick_init_highres(void)
{
	return 0;
}

void hotplug_cpu__broadcast_tick_pull(int cpu)
{
}

/* RCU's lists are for all CPUs; it learns of one as it starts and as it dies. */
int rcutree_prepare_cpu(unsigned int cpu)
{
	return 0;
}

int rcutree_online_cpu(unsigned int cpu)
{
	return 0;
}

int rcutree_offline_cpu(unsigned int cpu)
{
	return 0;
}

int rcutree_dying_cpu(unsigned int cpu)
{
	return 0;
}

int rcutree_dead_cpu(unsigned int cpu)
{
	return 0;
}

/* sysfs is a tree of kernfs nodes that is read through its operations; nobody mounts it. */
int bdi_init(struct backing_dev_info *bdi)
{
	return 0;
}

int register_filesystem(struct file_system_type *fs)
{
	return 0;
}

/* The devicetree's host bridge numbers its buses itself. */
unsigned int pcibios_assign_all_busses(void)
{
	return 1;
}

/* There is no VGA device. */
struct pci_dev *vga_default_device(void)
{
	return NULL;
}

/* Free objects of a cache are its own: giving their pages back is a kindness, not a duty. */
int kmem_cache_shrink(struct kmem_cache *c)
{
	return 0;
}

/* All code is built in. */
bool is_module_address(unsigned long addr)
{
	return false;
}

struct module_kobject *lookup_or_create_module_kobject(const char *name)
{
	return NULL;
}

/* All code is built in: no module comes or goes that one could be told of. */
int register_module_notifier(struct notifier_block *nb)
{
	return 0;
}

int unregister_module_notifier(struct notifier_block *nb)
{
	return 0;
}

/* RAM is what the machine's firmware says; the host has read it already. */
int memblock_add(phys_addr_t base, phys_addr_t size)
{
	return 0;
}

/* The interrupt controller is of_irq_init()'s to find. */
int arch_early_irq_init(void)
{
	return 0;
}
