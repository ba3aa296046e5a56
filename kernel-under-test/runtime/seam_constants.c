// SPDX-License-Identifier: GPL-2.0-only
/* Seam: constants.c goes on, with what not all kernels import or declare alike. */
#include <linux/hardirq.h>
#include <linux/irq.h>
#include <linux/kthread.h>
#include <linux/memblock.h>
#include <linux/random.h>
#include <linux/sched/clock.h>
#include <linux/sched/isolation.h>
#include <linux/tick.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>
#include <asm/cacheflush.h>

#include "kut.h"

#if KUT_BEFORE(5, 18)
typedef enum hk_flags kut_hk;
#else
typedef enum hk_type kut_hk;
#endif

/* No CPU is isolated. */
const struct cpumask *housekeeping_cpumask(kut_hk type)
{
	return cpu_possible_mask;
}

bool housekeeping_enabled(kut_hk type)
{
	return false;
}

/* Entropy goes into a pool that nobody draws from; see get_random_bytes(). */
void add_bootloader_randomness(const void *buf, size_t len)
{
}

void add_interrupt_randomness(int irq)
{
}

#if KUT_BEFORE(6, 2)

void add_device_randomness(const void *buf, size_t len)
{
}

/* %p is hashed with a key from here: equal in every run. */
size_t __must_check get_random_bytes_arch(void *buf, size_t len)
{
	memset(buf, 0x6b, len);
	return len;
}

/* There is enough from the start: who waits for it need not. */
int register_random_ready_notifier(struct notifier_block *nb)
{
	return -EALREADY;
}

/* No clock has a parent or a rate to set. */
int of_clk_set_defaults(struct device_node *node, bool clk_supplier);
int of_clk_set_defaults(struct device_node *node, bool clk_supplier)
{
	return 0;
}

/* A CPU has one thread. */
bool topology_is_primary_thread(unsigned int cpu)
{
	return true;
}

bool topology_smt_supported(void)
{
	return false;
}

/* Time is kept without a tick: no CPU has one to set up, hand over or give up. */
void tick_setup_sched_timer(void);
void tick_setup_sched_timer(void)
{
}

void tick_cancel_sched_timer(int cpu);
void tick_cancel_sched_timer(int cpu)
{
}

void tick_handover_do_timer(void)
{
}

void tick_offline_cpu(unsigned int cpu)
{
}

/* The reader's section was ended before; RCU is told of quiescence by schedule(). */
void rcu_read_unlock_strict(void)
{
}

#else

/* Time is kept without a tick: no CPU has one to set up, hand over or give up. */
void tick_setup_sched_timer(bool hrtimer);
void tick_setup_sched_timer(bool hrtimer)
{
}

int tick_cpu_dying(unsigned int cpu)
{
	return 0;
}

void tick_assert_timekeeping_handover(void)
{
}

/* The kernel leaves a CPU alone that polls for work in its idle loop; none does here. */
bool call_function_single_prep_ipi(int cpu);
bool call_function_single_prep_ipi(int cpu)
{
	return true;
}

/* %p stays unhashed-and-hidden, equal in every run. */
int execute_with_initialized_rng(struct notifier_block *nb)
{
	return 0;
}

#endif

#if KUT_BEFORE(6, 15)

/* A new affinity takes effect at once: no move is under way. */
void irq_force_complete_move(struct irq_desc *desc);
void irq_force_complete_move(struct irq_desc *desc)
{
}

/* There is no tick to give up with a CPU. */
void tick_cleanup_dead_cpu(int cpu)
{
}

#endif

#if !KUT_BEFORE(6, 15)

/* A CPU has one thread. */
int topology_get_primary_thread(unsigned int cpu)
{
	return cpu;
}

/* All memory is coherent. */
void clflush_cache_range(void *addr, unsigned int size)
{
}

/* The CPUs share no cluster. */
const struct cpumask *cpu_clustergroup_mask(int cpu)
{
	return cpumask_of(cpu);
}

/* The policy is read back and decides nothing: who runs next is the seed's choice. */
void sched_set_fifo_secondary(struct task_struct *p)
{
	p->policy = SCHED_FIFO;
}

/* The clocks of the CPUs do not drift apart. */
u64 local_clock(void)
{
	return sched_clock();
}

#endif

#if !KUT_BEFORE(6, 2) && defined(CONFIG_ACPI)
/* What x86 finds below its Thunderbolt hosts: arm64 does not ask. */
bool arch_pci_dev_is_removable(struct pci_dev *pdev)
{
	return false;
}
#endif

#ifdef CONFIG_ACPI
void __acpi_unmap_table(void __iomem *map, unsigned long size);
/* Tables are read where they lie in RAM: nothing was mapped. */
void __acpi_unmap_table(void __iomem *map, unsigned long size)
{
}
#endif

#if KUT_BEFORE(6, 15)
/* The blob is kept out by kut_pages_init(); reserved-memory nodes have no user here. */
int memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	return 0;
}
#else
/* The blob is kept out by kut_pages_init(); reserved-memory nodes have no user here. */
int __memblock_reserve(phys_addr_t base, phys_addr_t size, int nid, enum memblock_flags flags)
{
	return 0;
}
#endif

#if KUT_BEFORE(6, 10)
/* vunmap() or vfree() follows, and takes the whole area away. */
void unmap_kernel_range(unsigned long addr, unsigned long size)
{
}
#endif
