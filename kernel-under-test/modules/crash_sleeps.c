// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that may sleep, called where nothing may: with preemption disabled, with
 * interrupts off, or (which is right) with neither. Each has something to work on that
 * keeps it from sleeping where that is possible: the call alone is what is wrong.
 */
#include <linux/async.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/stop_machine.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "services.h"

enum context { RIGHT, NO_PREEMPTION, NO_INTERRUPTS };

/* What is there before the call; what it has used up is NULL. */
static struct {
	struct workqueue_struct *queue;
	struct delayed_work delayed;
	struct completion done;
	struct srcu_struct srcu;
	bool srcu_there;
	struct kmem_cache *cache;
	mempool_t *pool;
	void *area, *mapping;
	struct page *page;
	struct task_struct *thread;
} o;

/* What the call has made. */
static struct {
	struct workqueue_struct *queue;
	void *area, *mapping, *object, *element;
	void __percpu *percpu;
	struct page *page;
} made;

static void idle_item(struct work_struct *unused)
{
}

static int idle_thread(void *unused)
{
	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		schedule_timeout_idle(1);
	}
	return 0;
}

static int nothing(void *unused)
{
	return 0;
}

static long no_call(void *unused)
{
	return 0;
}

static irqreturn_t no_handler(int irq, void *unused)
{
	return IRQ_NONE;
}

static void prepare(void)
{
	o.queue = alloc_workqueue("crash", 0, 0);
	INIT_DELAYED_WORK(&o.delayed, idle_item);
	init_completion(&o.done);
	complete_all(&o.done);
	o.srcu_there = !init_srcu_struct(&o.srcu);
	o.cache = kmem_cache_create("crash", 64, 0, 0, NULL);
	o.pool = mempool_create_kmalloc_pool(2, 64);
	o.area = vmalloc(PAGE_SIZE);
	o.page = alloc_page(GFP_KERNEL);
	o.mapping = vmap(&o.page, 1, VM_MAP, PAGE_KERNEL);
	o.thread = kthread_run(idle_thread, NULL, "crash-idle");
	get_task_struct(o.thread);
	msleep(10); /* it has begun */
}

static void finish_made(void)
{
	if (made.queue)
		destroy_workqueue(made.queue);
	vfree(made.area);
	vunmap(made.mapping);
	kfree(made.object);
	if (made.element)
		mempool_free(made.element, o.pool);
	free_percpu(made.percpu);
	if (made.page)
		__free_page(made.page);
	memset(&made, 0, sizeof(made));
}

static void finish(void)
{
	finish_made();
	if (o.queue)
		destroy_workqueue(o.queue);
	if (o.srcu_there)
		cleanup_srcu_struct(&o.srcu);
	kmem_cache_destroy(o.cache);
	mempool_destroy(o.pool);
	vfree(o.area);
	vunmap(o.mapping);
	__free_page(o.page);
	if (o.thread) {
		kthread_stop(o.thread);
		put_task_struct(o.thread);
	}
	memset(&o, 0, sizeof(o));
}

/* The barrier keeps it from being a tail call: it shall be in the call trace. */
#define SLEEPER(name, ...)                                                                         \
	static noinline void call_##name(void)                                                     \
	{                                                                                          \
		__VA_ARGS__;                                                                       \
		barrier();                                                                         \
	}

SLEEPER(flush_work, flush_work(&o.delayed.work))
SLEEPER(flush_delayed_work, flush_delayed_work(&o.delayed))
SLEEPER(cancel_work_sync, cancel_work_sync(&o.delayed.work))
SLEEPER(cancel_delayed_work_sync, cancel_delayed_work_sync(&o.delayed))
SLEEPER(flush_workqueue, flush_workqueue(o.queue))
SLEEPER(drain_workqueue, drain_workqueue(o.queue))
SLEEPER(destroy_workqueue, destroy_workqueue(o.queue), o.queue = NULL)
SLEEPER(alloc_workqueue, made.queue = alloc_workqueue("crash", 0, 0))
SLEEPER(work_on_cpu, work_on_cpu(0, no_call, NULL))
SLEEPER(async_synchronize_full, async_synchronize_full())
SLEEPER(wait_for_completion, wait_for_completion(&o.done))
SLEEPER(wait_for_completion_timeout, wait_for_completion_timeout(&o.done, 1))
SLEEPER(synchronize_rcu, synchronize_rcu())
SLEEPER(synchronize_rcu_expedited, synchronize_rcu_expedited())
SLEEPER(rcu_barrier, rcu_barrier())
SLEEPER(synchronize_srcu, synchronize_srcu(&o.srcu))
SLEEPER(synchronize_srcu_expedited, synchronize_srcu_expedited(&o.srcu))
SLEEPER(srcu_barrier, srcu_barrier(&o.srcu))
SLEEPER(cleanup_srcu_struct, cleanup_srcu_struct(&o.srcu), o.srcu_there = false)
SLEEPER(kthread_create, wake_up_process(kthread_create(nothing, NULL, "crash-made")))
SLEEPER(kthread_park, kthread_park(o.thread))
SLEEPER(kthread_stop, kthread_stop(o.thread), put_task_struct(o.thread), o.thread = NULL)
SLEEPER(vmalloc, made.area = vmalloc(PAGE_SIZE))
SLEEPER(vfree, vfree(o.area), o.area = NULL)
SLEEPER(vmap, made.mapping = vmap(&o.page, 1, VM_MAP, PAGE_KERNEL))
SLEEPER(vunmap, vunmap(o.mapping), o.mapping = NULL)
SLEEPER(ioremap, ioremap(0x1000, PAGE_SIZE))
SLEEPER(iounmap, iounmap(NULL))
SLEEPER(kmalloc, made.object = kmalloc(64, GFP_KERNEL))
SLEEPER(alloc_page, made.page = alloc_page(GFP_KERNEL))
SLEEPER(alloc_percpu, made.percpu = alloc_percpu(long))
SLEEPER(kmem_cache_create, kmem_cache_destroy(kmem_cache_create("crash2", 64, 0, 0, NULL)))
SLEEPER(kmem_cache_destroy, kmem_cache_destroy(o.cache), o.cache = NULL)
SLEEPER(mempool_alloc, made.element = mempool_alloc(o.pool, GFP_KERNEL))
SLEEPER(cpus_read_lock, cpus_read_lock(); cpus_read_unlock())
SLEEPER(stop_machine, stop_machine(nothing, NULL, NULL))
SLEEPER(request_irq,
	if (!request_irq(svc_irq_map(), no_handler, 0, "crash", &o)) free_irq(svc_irq_map(), &o))
SLEEPER(msleep, msleep(1))
SLEEPER(usleep_range, usleep_range(10, 20))
SLEEPER(schedule_timeout, schedule_timeout_uninterruptible(1))

#undef SLEEPER
#define SLEEPER(name)                                                                              \
	{                                                                                          \
#name, call_##name                                                                 \
	}

static const struct {
	const char *name;
	void (*call)(void);
} sleepers[] = {
	SLEEPER(flush_work),
	SLEEPER(flush_delayed_work),
	SLEEPER(cancel_work_sync),
	SLEEPER(cancel_delayed_work_sync),
	SLEEPER(flush_workqueue),
	SLEEPER(drain_workqueue),
	SLEEPER(destroy_workqueue),
	SLEEPER(alloc_workqueue),
	SLEEPER(work_on_cpu),
	SLEEPER(async_synchronize_full),
	SLEEPER(wait_for_completion),
	SLEEPER(wait_for_completion_timeout),
	SLEEPER(synchronize_rcu),
	SLEEPER(synchronize_rcu_expedited),
	SLEEPER(rcu_barrier),
	SLEEPER(synchronize_srcu),
	SLEEPER(synchronize_srcu_expedited),
	SLEEPER(srcu_barrier),
	SLEEPER(cleanup_srcu_struct),
	SLEEPER(kthread_create),
	SLEEPER(kthread_park),
	SLEEPER(kthread_stop),
	SLEEPER(vmalloc),
	SLEEPER(vfree),
	SLEEPER(vmap),
	SLEEPER(vunmap),
	SLEEPER(ioremap),
	SLEEPER(iounmap),
	SLEEPER(kmalloc),
	SLEEPER(alloc_page),
	SLEEPER(alloc_percpu),
	SLEEPER(kmem_cache_create),
	SLEEPER(kmem_cache_destroy),
	SLEEPER(mempool_alloc),
	SLEEPER(cpus_read_lock),
	SLEEPER(stop_machine),
	SLEEPER(request_irq),
	SLEEPER(msleep),
	SLEEPER(usleep_range),
	SLEEPER(schedule_timeout),
};

static DEFINE_SPINLOCK(atomic_lock);

static noinline void call_in(enum context context, void (*call)(void))
{
	if (context == NO_PREEMPTION)
		spin_lock(&atomic_lock);
	if (context == NO_INTERRUPTS)
		local_irq_disable();
	call();
	if (context == NO_INTERRUPTS)
		local_irq_enable();
	if (context == NO_PREEMPTION)
		spin_unlock(&atomic_lock);
}

/* crash.sleeper: the function whose name is in buf, in the context arg[0]. */
static long op_sleeper(const struct kut_op_args *a)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(sleepers); i++) {
		if (strlen(sleepers[i].name) != a->buf_len ||
		    memcmp(sleepers[i].name, a->buf, a->buf_len))
			continue;
		prepare();
		call_in(a->arg[0], sleepers[i].call);
		finish();
		return 0;
	}
	return -ENOENT;
}
KUT_OP("crash.sleeper", op_sleeper);
