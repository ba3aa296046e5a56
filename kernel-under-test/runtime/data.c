// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data that real objects import and whose value matters. boot.c fills in what
 * depends on the machine.
 */
#include <linux/backing-dev.h>
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/init_task.h>
#include <linux/jump_label.h>
#include <linux/kernel_stat.h>
#include <linux/kobject.h>
#include <linux/pci.h>
#include <linux/smp.h>
#include <linux/user_namespace.h>
#include <asm/current.h>
#include <asm/io_apic.h>
#include <asm/processor.h>
#include <asm/setup.h>
#include <asm/smp.h>

/* addresses */
unsigned long page_offset_base, vmemmap_base, phys_base;

/* CPUs */
DEFINE_PER_CPU_READ_MOSTLY(cpumask_var_t, cpu_sibling_map);
DEFINE_PER_CPU(struct kernel_stat, kstat);

struct cpuinfo_x86 boot_cpu_data __ro_after_init = {
	.x86_phys_bits = 48,
	.x86_virt_bits = 48,
	.x86_clflush_size = 64,
	.x86_cache_alignment = 64,
};

/* what the idle tasks use, which no other one does */
struct mm_struct init_mm = {.mm_count = ATOMIC_INIT(1)};

/* state of the system */
enum system_states system_state = SYSTEM_BOOTING;
bool static_key_initialized = true;
bool initcall_debug;
char boot_command_line[COMMAND_LINE_SIZE];
struct kobject *kernel_kobj; /* NULL: iommu_groups lies at the top of sysfs */

/* memory: what is allocated and freed is not cleared, as the kernel has it by default */
DEFINE_STATIC_KEY_FALSE(init_on_alloc);
DEFINE_STATIC_KEY_FALSE(init_on_free);

/* PCI of the architecture */
unsigned long pci_mem_start = 0xaeedbabe;
int noioapicquirk = 1, noioapicreroute, nr_ioapics;

/* names of the VFS that kernfs and sysfs point at and that no path here reaches */
struct user_namespace init_user_ns;
struct backing_dev_info noop_backing_dev_info;
const struct address_space_operations ram_aops;
