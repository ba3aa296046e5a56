/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The runtime's own header: how its files meet. The runtime gives the target's
 * real kernel objects the services they import; it is compiled with the kernel's
 * flags against the same tree, so every struct has the tree's own shape.
 */
#ifndef KUT_RUNTIME_H
#define KUT_RUNTIME_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "compat.h"
#include "host_ops.h"

extern const struct kut_host_ops *kut_host;
extern struct kut_layout kut_layout;

/* Simulated cost of what the hosted kernel does, in ps. */
enum kut_cost {
	KUT_COST_RELAX = 20 * 1000,	 /* one turn of a spin loop */
	KUT_COST_SWITCH = 500 * 1000,	 /* context switch */
	KUT_COST_IRQ_ENTRY = 300 * 1000, /* taking an interrupt */
};

#define KUT_PS_PER_JIFFY (1000UL * 1000 * 1000 * 1000 / HZ)

struct kut_worker;

/* A task of the hosted kernel: a thread of the event kernel bound to a CPU. */
struct kut_task {
	struct task_struct task; /* first: `current` points at it */
	struct list_head queue;	 /* in its CPU's run queue while `queued` */
	struct list_head all;	 /* in kut_tasks, until it exits */
	void *thread;		 /* of the host; NULL before it has started */
	bool queued, started, exited;
	void *wakeup; /* event: the CPU is yours */
	int (*fn)(void *data);
	void *data;
	bool should_stop;
	struct kut_worker *worker; /* of a workqueue; NULL for other tasks */
	struct list_head joiners;
	int exit_code;
	struct completion gone; /* of a kthread: task.vfork_done, till it exits */
	void *leave[5];		/* __builtin_setjmp(): where a task ends that leaves its function */
};

struct kut_cpu {
	unsigned int id;
	struct kut_task *running;
	struct kut_task idle;
	struct list_head queue;
	unsigned long flags;	  /* the virtual IF, as X86_EFLAGS_IF */
	bool line;		  /* the interrupt controller's output */
	bool softirq;		  /* timers, RCU callbacks or tasklets wait */
	unsigned long timer_tick; /* the jiffy at which its timers ran last */
	bool idle_waiting, delay_waiting;
	void *attention;	    /* event: an interrupt comes into a delay */
	unsigned long quiescent;    /* counts passes through a quiescent state */
	unsigned long spins;	    /* turns of spin loops since the last progress */
	unsigned long spin_since;   /* ps */
	unsigned long switch_since; /* ps: since when it could not switch tasks */
};

extern struct kut_cpu kut_cpus[KUT_MAX_CPUS];
extern struct list_head kut_tasks; /* but for the idle ones */

struct kut_cpu *kut_this_cpu(void);
static inline struct kut_task *kut_task_of(struct task_struct *task)
{
	return container_of(task, struct kut_task, task);
}

/* sched.c */
void kut_sched_init(void);
void kut_kick(struct kut_cpu *cpu);
/* After every call of the host that may have let others run. */
void kut_resumed(struct kut_cpu *cpu);
struct kut_task *kut_task_create(const char *name, int (*fn)(void *), void *data, int cpu);
void kut_spend(unsigned long ps);
/* A CPU that has no chance to switch tasks for long is stuck; may not return. */
void kut_check_lockup(struct kut_cpu *cpu);
/* The calling task ends here. */
void __noreturn kut_task_leave(int code);
/* Sleep until `task` has exited; its exit code. */
int kut_task_join(struct kut_task *task);
bool kut_resched(void);
void kut_idle_start(unsigned int cpu);
/* Let every runnable task of all CPUs run until nothing is left to do now, or 10 ms passed. */
void kut_settle(void);

/* irq.c */
void kut_irq_poll(void);
void kut_intc_init(void);

/* timer.c */
void kut_time_init(void);
void kut_time_update(void);
void kut_timers_run(struct kut_cpu *cpu);
void kut_timer_init(struct timer_list *t, void (*fn)(struct timer_list *), unsigned int flags);
/* Whether it was pending; the second one waits for a handler that runs. */
int kut_timer_delete(struct timer_list *t);
int kut_timer_delete_sync(struct timer_list *t);

/* delay.c: the CPU is busy, but takes interrupts when they come. */
void kut_busy(unsigned long ps);
void kut_nap(unsigned long min_us, unsigned long max_us, unsigned int state);

/* rcu.c */
void kut_rcu_quiescent(struct kut_cpu *cpu);
void kut_rcu_run(void);
void kut_rcu_kvfree(struct rcu_head *head, void *object); /* head in the object, or NULL */

/* srcu.c */
int kut_srcu_init(struct srcu_struct *ssp);

/* softirq.c */
void kut_softirq_raise(struct kut_cpu *cpu);
/* Not from an interrupt, nor from itself: see in_interrupt(). */
void kut_softirq_run(struct kut_cpu *cpu);

/* tasklet.c */
void kut_tasklets_run(struct kut_cpu *cpu);

/* workqueue.c */
void kut_workqueue_init(void);
void kut_workqueue_flush(struct workqueue_struct *wq);
struct workqueue_struct *kut_workqueue_new(const char *fmt, va_list args, unsigned int flags,
					   int max_active);
/* A worker's task goes to sleep in a work item; it runs again. */
void kut_worker_sleeps(struct kut_worker *worker);
void kut_worker_runs(struct kut_worker *worker);

/* async.c */
void kut_async_init(void);

/* kthread.c */
void kut_task_works_run(struct task_struct *task);

/* pages.c: blocks of 2^order pages, with one reference; the kernel's names: seam_page.c */
void kut_pages_init(void);
struct page *kut_pages_alloc(gfp_t gfp, unsigned int order);
unsigned long kut_pages_get(gfp_t gfp, unsigned int order);
void kut_pages_release(struct page *page, unsigned int order);

/* slab.c; the kernel's names: seam_slab.c */
void *kut_alloc(size_t size, gfp_t gfp);
void *kut_realloc(const void *p, size_t size, gfp_t gfp);
void *kut_kvalloc(size_t size, gfp_t gfp);
void *kut_kvrealloc(const void *p, size_t size, gfp_t gfp);
size_t kut_alloc_size(size_t size); /* what an allocation of `size` really has */
struct kmem_cache *kut_cache_create(const char *name, unsigned int size, unsigned int align,
				    slab_flags_t flags, void (*ctor)(void *));
void *kut_cache_alloc(struct kmem_cache *c, gfp_t gfp);
bool kut_cache_alloc_bulk(struct kmem_cache *c, gfp_t gfp, size_t n, void **objects);

/* seam_page.c */
void kut_compound_make(struct page *page, unsigned int order);
void kut_page_reset(struct page *page);

/* percpu.c */
void kut_percpu_init(void);
void __percpu *kut_percpu_alloc(size_t size, size_t align, gfp_t gfp);

/* vmap.c, strings.c */
void *kut_vmalloc(unsigned long size); /* zeroed */
void *kut_memdup(const void *src, size_t len, gfp_t gfp);

/* seam_current.c: what `current` and smp_processor_id() read */
void kut_set_current(struct task_struct *task);
void kut_current_init(unsigned int cpu, unsigned long offset, struct task_struct *idle);

/* printk.c: one WARN, BUG or lockup, in the kernel's words, is a finding. */
void kut_log(int level, const char *fmt, ...) __printf(2, 3);
void kut_finding(const char *kind, const char *fmt, ...) __printf(2, 3);

/* calls.c */
void kut_calls_init(void);
void kut_submit(struct kut_call *call);
const char *kut_op_name(unsigned int index);

/* params.c */
void kut_parse_cmdline(void);

/* hung.c */
int kut_hung(const char *op, unsigned long seconds);

/* seam_boot.c */
void kut_lib_init(void); /* radix trees and the like */
bool kut_dt_verify(phys_addr_t dtb);
void kut_base_init(void); /* before driver_init() */

/* boot.c */
void kut_boot(void *unused);

/* die.c */
#define KUT_CUT_HERE "------------[ cut here ]------------\n"
void kut_oops(const struct kut_fault *fault);
int kut_bug(unsigned long ip, const char *file, unsigned int line, unsigned int flags);

/* seam_kunit.c */
/* A KUnit case expects the WARN that the current task meets, and counts it. */
bool kut_warning_suppressed(void);

#endif
