/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The runtime's own header: how its files meet. The runtime gives the target's
 * real kernel objects the services they import; it is compiled with the kernel's
 * flags against the same tree, so every struct has the tree's own shape.
 */
#ifndef KUT_RUNTIME_H
#define KUT_RUNTIME_H

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <kut/held.h>

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

/* Interrupts of a CPU that do not come through the controller: vector.c. */
enum kut_vector {
	KUT_VECTOR_CALL,
	KUT_VECTOR_IRQ_WORK,
	KUT_VECTOR_TIMER,
	KUT_VECTOR_RESCHEDULE,
	KUT_VECTORS,
};

#define KUT_NEVER (~0UL)
/* In the trace their numbers begin behind the inputs of the controller. */
#define KUT_TRACE_VECTOR 1024

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
	bool should_stop, should_park;
	bool stopper;		   /* goes before all others of its CPU */
	int home;		   /* the CPU that it belongs to: kthread_set_per_cpu(); -1: none */
	struct completion parked;  /* of a kthread */
	struct kut_worker *worker; /* of a workqueue; NULL for other tasks */
	struct list_head joiners;
	int exit_code;
	unsigned long off_since;   /* ps: when it gave its CPU up last, or was made */
	unsigned long told_since;  /* what that was when hung.c told of it */
	struct kut_held_list held; /* locks that sleep */
	struct kut_held wants;	   /* what it waits for; .task NULL: nothing */
	struct completion gone;	   /* of a kthread: task.vfork_done, till it exits */
	unsigned long stack_top;   /* nothing of its stack lies above; 0 before it runs */
	void *leave[5]; /* __builtin_setjmp(): where a task ends that leaves its function */
};

struct kut_cpu {
	unsigned int id;
	struct kut_task *running;
	struct kut_task idle;
	struct list_head queue;
	unsigned long flags;	  /* the virtual IF, as X86_EFLAGS_IF */
	bool line;		  /* the interrupt controller's output */
	bool softirq;		  /* timers, RCU callbacks or tasklets wait */
	unsigned long tick;	  /* the jiffy of its last tick */
	unsigned long timer_tick; /* the jiffy at which its timers ran last */
	bool idle_waiting, delay_waiting;
	void *attention;		/* event: an interrupt comes into idleness or a delay */
	unsigned long due[KUT_VECTORS]; /* ps: when the CPU can take it; KUT_NEVER: not sent */
	unsigned long alarm;		/* ps: the first of these */
	unsigned long softirqs;		/* bits: those of open_softirq() that were raised */
	bool rcu_watches;		/* grace periods wait for it */
	bool power;		    /* of a CPU that was started; kernel/cpu.c keeps its state */
	unsigned long quiescent;    /* counts passes through a quiescent state */
	unsigned long spins;	    /* turns of spin loops since the last progress */
	unsigned long spin_since;   /* ps */
	unsigned long spin_ip;	    /* of the loop */
	bool called;		    /* another CPU's call is under way to it, or runs */
	unsigned long switch_since; /* ps: since when it could not switch tasks */
	unsigned long irqs_off_ip;  /* where interrupts were disabled */
	unsigned int outer_spins;   /* spinlocks that the interrupted code holds */
};

extern struct kut_cpu kut_cpus[KUT_MAX_CPUS];
extern struct list_head kut_tasks; /* but for the idle ones */
extern unsigned int kut_aside;	   /* the host has called: this is no task, and cannot wait */

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
/* A point where the CPU could be given up, and is kept: false. */
bool kut_offer(void);
/* The calling task gives its CPU up against its will, unless it is atomic. */
void kut_preempt(void);
/* Into the queue of a CPU where it may run. */
void kut_enqueue(struct kut_task *t);
void kut_idle_start(unsigned int cpu);
/* Let every runnable task of all CPUs run until nothing is left to do now, or 10 ms passed. */
void kut_settle(void);

/* affinity.c */
unsigned int kut_choose_cpu(struct kut_task *t);
void kut_set_allowed(struct kut_task *t, const struct cpumask *mask);
/* Tasks that wait for the CPU and may no longer run there go elsewhere. */
void kut_push_tasks(struct kut_cpu *cpu);
bool kut_wait_inactive(struct kut_task *t, unsigned int state);

/* hotplug.c: the idle task's way onto its CPU and off it, until it comes up again */
void kut_cpu_starts(struct kut_cpu *cpu);
void kut_cpu_dies(struct kut_cpu *cpu);
/* Begin to run a CPU that is off. */
void kut_cpu_power_on(unsigned int cpu);
void kut_cpus_init(void);
/* The calling CPU goes off: interrupts and their like find it no more. */
int kut_cpu_disable(void);

/* seam_smp.c */
void kut_cpu_sync_alive(struct kut_cpu *cpu);
void kut_cpu_report_dead(struct kut_cpu *cpu);

/* vector.c: interrupts that CPUs send each other, and their own timers */
void kut_vectors_reset(struct kut_cpu *cpu);
void kut_vectors_take(struct kut_cpu *cpu);
/* ps until the next can be taken; KUT_NEVER: none is under way. */
unsigned long kut_vector_wait(const struct kut_cpu *cpu);
/* Any that is not the timer's is under way. */
bool kut_vector_sent(const struct kut_cpu *cpu);
static inline bool kut_vector_due(const struct kut_cpu *cpu)
{
	return cpu->alarm != KUT_NEVER && cpu->alarm <= kut_host->now();
}
void kut_vector_timer(struct kut_cpu *cpu, unsigned long due);
void kut_send_call(int cpu);
void kut_send_call_mask(const struct cpumask *mask);
void kut_send_reschedule(int cpu);

/* clockevent.c */
void kut_clockevent_start(void);
void kut_clockevent_interrupt(struct kut_cpu *cpu);

/* seam_clockevent.c */
/* The hrtimer whose function runs on the CPU, in a hard interrupt or a soft one; NULL: none. */
const struct hrtimer *kut_hrtimer_running(unsigned int cpu, bool soft);

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
/* The task that its function has interrupted; NULL: it does not run. */
struct kut_task *kut_timer_runs_in(const struct timer_list *t);

/* delay.c: the CPU is busy, but takes interrupts when they come. */
void kut_busy(unsigned long ps);
void kut_nap(unsigned long min_us, unsigned long max_us, unsigned int state);

/* rcu.c */
void kut_rcu_watch(struct kut_cpu *cpu, bool on);
void kut_rcu_quiescent(struct kut_cpu *cpu);
void kut_rcu_run(void);
void kut_rcu_kvfree(struct rcu_head *head, void *object); /* head in the object, or NULL */

/* srcu.c */
int kut_srcu_init(struct srcu_struct *ssp);

/* softirq.c */
void kut_softirq_init(void);
void kut_softirq_raise(struct kut_cpu *cpu);
/* Not from an interrupt, nor from itself: see in_interrupt(). */
void kut_softirq_run(struct kut_cpu *cpu);
void kut_softirq_call(unsigned int nr); /* seam_softirq.c */

/* tasklet.c */
void kut_tasklets_run(struct kut_cpu *cpu);
/* What waits on a CPU that is off goes to this one. */
void kut_tasklets_take_over(struct kut_cpu *dead);

/* workqueue.c */
void kut_workqueue_init(void);
void kut_workqueue_flush(struct workqueue_struct *wq);
struct workqueue_struct *kut_workqueue_new(const char *fmt, va_list args, unsigned int flags,
					   int max_active);
/* The worker that runs the item; NULL: none. */
struct kut_task *kut_work_runs_in(const struct work_struct *work);
/* Of an item that waits in its queue: the worker that runs the one in front; or NULL. */
struct kut_task *kut_work_waits_for(const struct work_struct *work);
long kut_work_on_cpu(int cpu, long (*fn)(void *arg), void *arg);
/* A worker's task goes to sleep in a work item; it runs again. */
void kut_worker_sleeps(struct kut_worker *worker);
void kut_worker_runs(struct kut_worker *worker);

/* async.c */
void kut_async_init(void);

/* kthread.c */
void kut_task_works_run(struct task_struct *task);

/*
 * pages.c: blocks of 2^order pages, with one reference; the kernel's names:
 * seam_page.c. `frame` is KUT_FRAME (track.h) of what the kernel called.
 */
void kut_pages_init(void);
struct page *kut_pages_alloc(gfp_t gfp, unsigned int order, const unsigned long *frame);
unsigned long kut_pages_get(gfp_t gfp, unsigned int order, const unsigned long *frame);
void kut_pages_release(struct page *page, unsigned int order, const unsigned long *frame);

/* slab.c, kmalloc.c; the kernel's names: seam_slab.c */
void *kut_alloc(size_t size, gfp_t gfp, const unsigned long *frame);
void *kut_realloc(const void *p, size_t size, gfp_t gfp, const unsigned long *frame);
void *kut_kvalloc(size_t size, gfp_t gfp, const unsigned long *frame);
void *kut_kvrealloc(const void *p, size_t size, gfp_t gfp, const unsigned long *frame);
size_t kut_alloc_size(size_t size); /* what an allocation of `size` really has */
struct kmem_cache *kut_cache_create(const char *name, unsigned int size, unsigned int align,
				    slab_flags_t flags, void (*ctor)(void *));
bool kut_cache_alloc_bulk(struct kmem_cache *c, gfp_t gfp, size_t n, void **objects,
			  const unsigned long *frame);

/* seam_page.c */
void kut_compound_make(struct page *page, unsigned int order);
void kut_page_reset(struct page *page);
void kut_page_set_slab(struct page *page, bool slab); /* PageSlab() */

/* percpu.c */
void kut_percpu_init(void);
void __percpu *kut_percpu_alloc(size_t size, size_t align, gfp_t gfp, const unsigned long *frame);

/* vmap.c, strings.c */
void *kut_vmalloc(unsigned long size, gfp_t gfp, const unsigned long *frame);
void *kut_memdup(const void *src, size_t len, gfp_t gfp, const unsigned long *frame);

/* seam_current.c: what `current` and smp_processor_id() read */
void kut_set_current(struct task_struct *task);
void kut_current_init(unsigned int cpu, unsigned long offset, struct task_struct *idle);

/* printk.c: one WARN, BUG or lockup, in the kernel's words, is a finding. */
void kut_log(int level, const char *fmt, ...) __printf(2, 3);
void kut_finding(const char *kind, const char *fmt, ...) __printf(2, 3);

/* address.c: whether it is one of the process, and another one in each run. */
bool kut_is_host_address(unsigned long addr);
/* What can be said of an address in every run alike: 60 bytes are enough. */
const char *kut_address(const void *p, char *buf, unsigned long size);

/* leak.c: what is allocated from now on is the scenario's. */
void kut_memory_booted(void);

/* iomap.c: whether ioremap() has given this out. */
bool kut_io_mapped(const volatile void __iomem *io);
#define KUT_IO_SIZE (1UL << 44) /* of physical addresses behind kut_layout.io_base */

/* calls.c */
void kut_calls_init(void);
void kut_submit(struct kut_call *call);
const char *kut_op_name(unsigned int index);

/* params.c */
void kut_parse_cmdline(void);

/* hung.c */
unsigned long kut_hung(const char *op, unsigned long limit);

/* seam_boot.c */
void kut_lib_init(void); /* radix trees and the like */
bool kut_dt_verify(phys_addr_t dtb);
void kut_base_init(void); /* before driver_init() */

/* acpi.c, acpi_irq.c, seam_acpi.c: only called if there is a root pointer */
void kut_acpi_tables_init(void);
void kut_acpi_prepare(void);
void kut_acpi_init(void);
void kut_acpi_intc_init(void);

/* atomic.c */
const char *kut_symbol(unsigned long addr, char *buf, unsigned long size);
/* Where preemption and interrupts were disabled, the locks that are held, and the call trace. */
void kut_show_atomic(void);
void kut_might_resched(const char *file, int line, unsigned int expected);
void kut_might_sleep(const char *file, int line, unsigned int expected);
void kut_cant_sleep(const char *file, int line, unsigned int offset);
/* What is left behind is held for ever, and by nobody. */
void kut_forget_spins(void);
/* Behind a call of `fn`: as the counts were before; a difference is told and repaired. */
bool kut_check_balance(const char *what, const void *fn, int count, bool irqs_off);

/* preempt.c */
void kut_preempt_init(void);
/* A task has become ready on `cpu`, which may run another one. */
void kut_woken_on(struct kut_cpu *cpu);
/* In each new jiffy, when the CPU takes interrupts. */
void kut_tick(struct kut_cpu *cpu);
/* cond_resched(): true: others ran meanwhile. */
bool kut_cond_resched(void);

/* locks.c */
/* Around a wait; the end gets what the beginning returned. */
struct kut_held kut_wait_begin(const void *object, unsigned long ip, enum kut_lock kind);
void kut_wait_end(const struct kut_held *outer);
void kut_show_held(const struct kut_task *t);
/* Around a handler: what the interrupted code waits for does not keep the handler waiting. */
struct kut_outer {
	unsigned int spins;
	struct kut_held wants;
};
struct kut_outer kut_interrupt_enter(struct kut_cpu *cpu);
void kut_interrupt_leave(struct kut_cpu *cpu, const struct kut_outer *outer);
/* A task that ends must hold no lock, and not be atomic. */
void kut_check_exit(struct kut_task *t);

/* deadlock.c: the calling task spins or goes to sleep; if for ever, the run ends here. */
void kut_check_deadlock(void);
/* The same for CPUs that have been in loops of the kernel's own for long. */
void kut_check_spinners(void);

/* boot.c */
void kut_boot(void *unused);

/* die.c */
#define KUT_CUT_HERE "------------[ cut here ]------------\n"
void kut_oops(const struct kut_fault *fault);
/* What this CPU's lockup is called: a hard one with interrupts off. */
void kut_lockup_text(char *text, unsigned long size, unsigned int seconds);
void kut_show_other_cpus(void);
int kut_bug(unsigned long ip, const char *file, unsigned int line, unsigned int flags);

/* seam_kunit.c */
/* A KUnit case expects the WARN that the current task meets, and counts it. */
bool kut_warning_suppressed(void);

#endif
