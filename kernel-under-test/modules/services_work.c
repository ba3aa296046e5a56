// SPDX-License-Identifier: GPL-2.0-only
/* Workqueues, async functions, tasklets. */
#include <linux/async.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "services.h"

struct item {
	struct work_struct work;
	char letter;	 /* written in capitals at the start, as it is at the end */
	unsigned int ms; /* it sleeps */
	int cpu;
	int again; /* times that it queues itself again */
	struct workqueue_struct *wq;
};

static int inside, worst;

static void run_item(struct work_struct *work)
{
	struct item *item = container_of(work, struct item, work);

	worst = max(worst, ++inside);
	item->cpu = raw_smp_processor_id();
	svc_step(item->letter - 'a' + 'A');
	if (item->ms)
		msleep(item->ms);
	if (item->again && item->again--)
		queue_work(item->wq, work);
	svc_step(item->letter);
	inside--;
}

static void items_init(struct item *item, unsigned int n, struct workqueue_struct *wq)
{
	svc_begin();
	inside = worst = 0;
	for (unsigned int i = 0; i < n; i++) {
		item[i] = (struct item){.letter = 'a' + i, .wq = wq};
		INIT_WORK(&item[i].work, run_item);
	}
}

/* services.work_sleeps: the first item sleeps, the second does not wait for it. */
static long op_work_sleeps(const struct kut_op_args *a)
{
	struct item item[2];

	items_init(item, 2, system_wq);
	item[0].ms = 20;
	queue_work(system_wq, &item[0].work);
	queue_work(system_wq, &item[1].work);
	flush_work(&item[0].work);
	flush_work(&item[1].work);
	return svc_text_out(a);
}
KUT_OP("services.work_sleeps", op_work_sleeps);

/* services.work_once: queued again while it runs, it runs again, behind itself. */
static long op_work_once(const struct kut_op_args *a)
{
	struct item item[1];

	items_init(item, 1, system_unbound_wq);
	item[0].ms = 20;
	svc_step(queue_work(system_unbound_wq, &item[0].work) ? '1' : '0');
	svc_step(queue_work(system_unbound_wq, &item[0].work) ? '1' : '0');
	msleep(8);
	svc_step(queue_work(system_unbound_wq, &item[0].work) ? '1' : '0');
	flush_work(&item[0].work);
	svc_step(flush_work(&item[0].work) ? '1' : '0');
	return svc_text_out(a);
}
KUT_OP("services.work_once", op_work_once);

/* services.work_cancel: cancel a running item that queues itself for ever -> still busy. */
static long op_work_cancel(const struct kut_op_args *a)
{
	struct item item[2];

	items_init(item, 2, system_wq);
	item[0].ms = 8;
	item[0].again = INT_MAX;
	item[1].ms = 20;
	queue_work(system_wq, &item[0].work);
	msleep(30);
	cancel_work_sync(&item[0].work);
	svc_put(a, 0, work_busy(&item[0].work));
	svc_put(a, 1, inside);
	svc_put(a, 2, cancel_work_sync(&item[0].work));
	queue_work(system_wq, &item[1].work);
	svc_put(a, 3, cancel_work_sync(&item[1].work)); /* it has not begun */
	svc_put(a, 4, item[1].cpu);
	item[0].again = 0;
	svc_put(a, 5, queue_work(system_wq, &item[0].work)); /* usable again */
	flush_work(&item[0].work);
	svc_put(a, 6, disable_work_sync(&item[0].work));
	svc_put(a, 7, queue_work(system_wq, &item[0].work));
	svc_put(a, 8, enable_work(&item[0].work));
	return 0;
}
KUT_OP("services.work_cancel", op_work_cancel);

/* services.work_ordered: five items that sleep, on an ordered queue; destroying drains. */
static long op_work_ordered(const struct kut_op_args *a)
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("svc-ordered", 0);
	struct item item[5];

	items_init(item, 5, wq);
	for (unsigned int i = 0; i < 5; i++) {
		item[i].ms = 20 - 4 * i;
		queue_work(wq, &item[i].work);
	}
	destroy_workqueue(wq);
	return svc_text_out(a);
}
KUT_OP("services.work_ordered", op_work_ordered);

/* services.work_active: flags, max_active; ten items -> most of them at once. */
static long op_work_active(const struct kut_op_args *a)
{
	struct workqueue_struct *wq = alloc_workqueue("svc-%s", a->arg[0], a->arg[1], "active");
	struct item item[10];

	items_init(item, 10, wq);
	for (unsigned int i = 0; i < 10; i++) {
		item[i].ms = 12;
		queue_work_on(0, wq, &item[i].work);
	}
	__flush_workqueue(wq);
	svc_put(a, 0, svc_steps);
	destroy_workqueue(wq);
	return worst;
}
KUT_OP("services.work_active", op_work_active);

/* services.work_on: items queued on CPU 0 and on CPU 1 of a per-CPU queue -> their CPUs. */
static long op_work_on(const struct kut_op_args *a)
{
	struct item item[2];

	items_init(item, 2, system_wq);
	queue_work_on(0, system_wq, &item[0].work);
	queue_work_on(1, system_wq, &item[1].work);
	flush_work(&item[0].work);
	flush_work(&item[1].work);
	svc_put(a, 0, item[0].cpu);
	svc_put(a, 1, item[1].cpu);
	return 0;
}
KUT_OP("services.work_on", op_work_on);

/* services.work_flush: a flush does not wait for what queues itself behind it. */
static long op_work_flush(const struct kut_op_args *a)
{
	struct workqueue_struct *wq = alloc_workqueue("svc-flush", 0, 0);
	struct item item[1];

	items_init(item, 1, wq);
	item[0].ms = 4;
	item[0].again = 20;
	queue_work(wq, &item[0].work);
	__flush_workqueue(wq);
	svc_put(a, 0, item[0].again);
	destroy_workqueue(wq);
	svc_put(a, 1, item[0].again);
	return 0;
}
KUT_OP("services.work_flush", op_work_flush);

static void free_item(struct work_struct *work)
{
	kfree(container_of(work, struct item, work));
	svc_step('f');
}

/* services.work_free: an item frees itself in its function, while somebody flushes it. */
static long op_work_free(const struct kut_op_args *a)
{
	struct item *item = kzalloc(sizeof(*item), GFP_KERNEL);

	svc_begin();
	INIT_WORK(&item->work, free_item);
	queue_work(system_unbound_wq, &item->work);
	flush_work(&item->work);
	return svc_text_out(a);
}
KUT_OP("services.work_free", op_work_free);

struct delayed {
	struct delayed_work work;
	unsigned long when;
	int runs;
};

static void run_delayed(struct work_struct *work)
{
	struct delayed *d = container_of(to_delayed_work(work), struct delayed, work);

	d->when = jiffies;
	d->runs++;
}

/*
 * services.work_delayed: jiffies that a delay of 5 took, one of 50 changed to 3, one
 * of 50 that is flushed; results of cancelling before and behind its time; runs.
 */
static long op_work_delayed(const struct kut_op_args *a)
{
	struct delayed d = {};
	unsigned long start = jiffies;

	INIT_DELAYED_WORK(&d.work, run_delayed);
	schedule_delayed_work(&d.work, 5);
	msleep(40);
	svc_put(a, 0, d.when - start);
	start = jiffies;
	schedule_delayed_work(&d.work, 50);
	svc_put(a, 1, mod_delayed_work(system_wq, &d.work, 3));
	msleep(40);
	svc_put(a, 2, d.when - start);
	start = jiffies;
	schedule_delayed_work(&d.work, 50);
	flush_delayed_work(&d.work);
	svc_put(a, 3, d.when - start);
	schedule_delayed_work(&d.work, 50);
	svc_put(a, 4, cancel_delayed_work(&d.work));
	svc_put(a, 5, cancel_delayed_work_sync(&d.work));
	svc_put(a, 6, delayed_work_pending(&d.work));
	svc_put(a, 7, mod_delayed_work(system_wq, &d.work, 0));
	flush_work(&d.work.work);
	svc_put(a, 8, d.runs);
	return 0;
}
KUT_OP("services.work_delayed", op_work_delayed);

static void async_letter(void *data, async_cookie_t cookie)
{
	msleep(10);
	svc_step(*(char *)data);
}

/* services.async: two functions beside each other, and both are waited for. */
static long op_async(const struct kut_op_args *a)
{
	static char letters[] = "xx";
	unsigned long start = jiffies;

	svc_begin();
	async_schedule(async_letter, letters);
	async_schedule(async_letter, letters + 1);
	svc_step('s');
	async_synchronize_full();
	svc_step(jiffies - start < msecs_to_jiffies(20) ? 'p' : 'q');
	return svc_text_out(a);
}
KUT_OP("services.async", op_async);

static void tasklet_letter(struct tasklet_struct *t)
{
	svc_step(in_softirq() ? 't' : '!');
}

/* services.tasklet: once for two schedulings, not while it is disabled, dead behind kill. */
static long op_tasklet(const struct kut_op_args *a)
{
	struct tasklet_struct t;

	svc_begin();
	tasklet_setup(&t, tasklet_letter);
	local_bh_disable();
	tasklet_schedule(&t);
	tasklet_schedule(&t);
	svc_step('b');
	local_bh_enable();
	msleep(4);
	tasklet_disable(&t);
	tasklet_schedule(&t);
	msleep(4);
	svc_step('d');
	tasklet_enable(&t);
	msleep(4);
	tasklet_kill(&t);
	svc_step('k');
	return svc_text_out(a);
}
KUT_OP("services.tasklet", op_tasklet);
