// SPDX-License-Identifier: GPL-2.0-only
/*
 * Imports for which a constant is the right answer, each with the reason. What is
 * not here and nowhere else is refused by the loader when it is called.
 */
#include <linux/backing-dev.h>
#include <linux/cpu.h>
#include <linux/fs.h>
#include <linux/hardirq.h>
#include <linux/kobject.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/random.h>
#include <linux/sched/isolation.h>
#include <linux/vgaarb.h>

#include "kut.h"

/* All memory is write-back; a BAR that sysfs would map can be write-combining. */
bool pat_enabled(void)
{
	return true;
}

/* CPUs come and go only by a scenario's wish, which does not exist yet. */
void cpu_hotplug_disable(void)
{
}

void cpu_hotplug_enable(void)
{
}

void cpus_read_lock(void)
{
}

void cpus_read_unlock(void)
{
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
