/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names that differ between the kernels served, and nothing more: each is the
 * newer kernel's name, given to the older one, or a word of ours for both. What
 * differs in more than its name is in a file seam_*.c of its own.
 */
#ifndef KUT_COMPAT_H
#define KUT_COMPAT_H

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sched.h>
#include <linux/version.h>

#define KUT_BEFORE(major, minor) (LINUX_VERSION_CODE < KERNEL_VERSION(major, minor, 0))

/* A bug entry's file counts from the entry, not from its own field. */
#define KUT_BUG_FILE_FROM_ENTRY KUT_BEFORE(6, 0)

#if KUT_BEFORE(5, 14)
#define kut_task_state(p) ((p)->state)
#else
#define kut_task_state(p) ((p)->__state)
#endif

#if KUT_BEFORE(5, 16) && defined(CONFIG_THREAD_INFO_IN_TASK)
#define kut_task_cpu(p) ((p)->cpu)
#else
#define kut_task_cpu(p) (task_thread_info(p)->cpu)
#endif

/* of wait_task_inactive() */
#if KUT_BEFORE(6, 0)
typedef long kut_match_state_t;
#else
typedef unsigned int kut_match_state_t;
#endif

/* What a platform driver's remove() returns: nothing, since 6.11. */
#if KUT_BEFORE(6, 11)
typedef int kut_remove_t;
#define KUT_REMOVED 0
#else
typedef void kut_remove_t;
#define KUT_REMOVED
#endif

#ifndef in_hardirq
#define in_hardirq() in_irq()
#endif

#ifndef MAX_PAGE_ORDER
#define MAX_PAGE_ORDER (MAX_ORDER - 1)
#endif

#ifndef MAX_JIFFY_OFFSET
#define MAX_JIFFY_OFFSET ((LONG_MAX >> 1) - 1)
#endif

#if KUT_BEFORE(5, 14)
#define kut_handle_domain_irq(domain, hwirq)	    generic_handle_irq(irq_find_mapping(domain, hwirq))
#define fwnode_dev_initialized(fwnode, initialized) ((void)0)
#else
#define kut_handle_domain_irq(domain, hwirq) generic_handle_domain_irq(domain, hwirq)
#endif

/* A new affinity takes effect at once: a flag, until it became the rule. */
#if KUT_BEFORE(6, 15)
#define kut_irq_moves_at_once(virq) irq_set_status_flags(virq, IRQ_MOVE_PCNTXT)
#else
#define kut_irq_moves_at_once(virq) ((void)0)
#endif

#if KUT_BEFORE(6, 2)
#define timer_delete	  del_timer
#define __flush_workqueue flush_workqueue
#define __WQ_DESTROYING	  (1U << 15)
#endif

#if !KUT_BEFORE(6, 15)
#define try_to_del_timer_sync timer_delete_sync_try
#endif

/* Where no area of the vmalloc room is made, and whether it takes one that may sleep. */
#if KUT_BEFORE(6, 18)
#define kut_vmap_forbidden() in_interrupt()
#define kut_vmap_sleeps(gfp) true
#else
#define kut_vmap_forbidden() in_hardirq()
#define kut_vmap_sleeps(gfp) gfpflags_allow_blocking(gfp)
#endif

#if KUT_BEFORE(6, 13)
#define kut_hrtimer_setup(timer, fn, clock, mode)                                                  \
	do {                                                                                       \
		hrtimer_init(timer, clock, mode);                                                  \
		(timer)->function = fn;                                                            \
	} while (0)
#else
#define kut_hrtimer_setup hrtimer_setup
#endif

/* Services that an older kernel has no use for, and whose tests run all the same. */
#if KUT_BEFORE(6, 2)
struct timer_list;
struct work_struct;
int timer_shutdown_sync(struct timer_list *t);
int kthread_stop_put(struct task_struct *p);
bool disable_work_sync(struct work_struct *work);
bool enable_work(struct work_struct *work);
#endif

static inline size_t kut_list_count(struct list_head *head)
{
	struct list_head *at;
	size_t n = 0;

	list_for_each(at, head) n++;
	return n;
}

#endif
