// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workqueues. Workers are kernel tasks of one pool; a work item that sleeps
 * delays no other, because an idle worker is found or made for each item that
 * may run. An item never runs twice at once, and an ordered queue runs one item
 * at a time.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "kut.h"

struct workqueue_struct {
	char name[32];
	int max_active; /* 0: no limit */
	int active;     /* items running */
	struct list_head items;
	struct list_head node; /* in all_queues */
};

struct worker {
	struct kut_task *task;
	struct workqueue_struct *wq; /* of the item that runs, or the next one */
	struct work_struct *work;    /* the item that runs */
	bool idle;
	struct list_head node;
};

struct workqueue_struct *system_wq, *system_percpu_wq, *system_highpri_wq, *system_long_wq,
	*system_unbound_wq, *system_dfl_wq, *system_freezable_wq, *system_power_efficient_wq;

static LIST_HEAD(all_queues);
static LIST_HEAD(workers);
static DECLARE_WAIT_QUEUE_HEAD(finished); /* woken at the end of each item */
static unsigned int n_workers;

static struct worker *runs(const struct work_struct *work)
{
	struct worker *w;

	list_for_each_entry(w, &workers, node)
		if (w->work == work)
			return w;
	return NULL;
}

/* The first item of `wq` that may run now. */
static struct work_struct *runnable(struct workqueue_struct *wq)
{
	struct work_struct *work;

	if (wq->max_active && wq->active >= wq->max_active)
		return NULL;
	list_for_each_entry(work, &wq->items, entry)
		if (!runs(work))
			return work;
	return NULL;
}

static struct workqueue_struct *queue_with_work(void)
{
	struct workqueue_struct *wq;

	list_for_each_entry(wq, &all_queues, node)
		if (runnable(wq))
			return wq;
	return NULL;
}

static void run_item(struct worker *w, struct workqueue_struct *wq)
{
	struct work_struct *work = runnable(wq);
	work_func_t fn = work->func;

	list_del_init(&work->entry);
	w->wq = wq;
	w->work = work;
	wq->active++;
	clear_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
	fn(work); /* may free the item */
	w->work = NULL;
	wq->active--;
	wake_up_all(&finished);
}

static int worker_main(void *data)
{
	struct worker *w = data;
	struct workqueue_struct *wq;

	for (;;) {
		while ((wq = queue_with_work()))
			run_item(w, wq);
		w->idle = true;
		set_current_state(TASK_IDLE);
		schedule();
		w->idle = false;
	}
	return 0;
}

static void wake_worker(void)
{
	struct worker *w;
	char name[TASK_COMM_LEN];

	list_for_each_entry(w, &workers, node) {
		if (w->idle) {
			w->idle = false;
			wake_up_process(&w->task->task);
			return;
		}
	}
	w = kzalloc(sizeof(*w), GFP_ATOMIC);
	if (!w)
		panic("workqueue: no memory for a worker");
	snprintf(name, sizeof(name), "kworker/u:%u", n_workers++);
	w->task = kut_task_create(name, worker_main, w, -1);
	if (!w->task)
		panic("workqueue: no memory for a worker");
	list_add_tail(&w->node, &workers);
	wake_up_process(&w->task->task);
}

static void enqueue(struct workqueue_struct *wq, struct work_struct *work)
{
	list_add_tail(&work->entry, &wq->items);
	wake_worker();
}

bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	if (test_and_set_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work)))
		return false;
	enqueue(wq, work);
	return true;
}

void delayed_work_timer_fn(struct timer_list *t)
{
	struct delayed_work *dwork = container_of(t, struct delayed_work, timer);

	enqueue(dwork->wq, &dwork->work);
}

static void start_delay(struct workqueue_struct *wq, struct delayed_work *dwork,
			unsigned long delay)
{
	dwork->wq = wq;
	if (!delay)
		enqueue(wq, &dwork->work);
	else
		mod_timer(&dwork->timer, jiffies + delay);
}

bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			   unsigned long delay)
{
	if (test_and_set_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(&dwork->work)))
		return false;
	start_delay(wq, dwork, delay);
	return true;
}

/* Take a pending item back, wherever it waits; false: it was not pending. */
static bool steal(struct work_struct *work)
{
	if (!test_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work)))
		return false;
	if (!list_empty(&work->entry))
		list_del_init(&work->entry);
	return true;
}

bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			 unsigned long delay)
{
	bool pending = kut_timer_delete(&dwork->timer) | steal(&dwork->work);

	set_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(&dwork->work));
	start_delay(wq, dwork, delay);
	return pending;
}

static bool cancel(struct work_struct *work)
{
	bool pending = steal(work);

	if (pending)
		clear_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
	return pending;
}

bool cancel_work_sync(struct work_struct *work)
{
	bool pending = cancel(work);

	wait_event(finished, !runs(work));
	return pending;
}

bool cancel_delayed_work(struct delayed_work *dwork)
{
	return kut_timer_delete(&dwork->timer) ? cancel(&dwork->work), true : cancel(&dwork->work);
}

bool cancel_delayed_work_sync(struct delayed_work *dwork)
{
	bool pending = cancel_delayed_work(dwork);

	return cancel_work_sync(&dwork->work) || pending;
}

static bool unfinished(struct work_struct *work)
{
	return test_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work)) || runs(work);
}

bool flush_work(struct work_struct *work)
{
	bool waited = unfinished(work);

	wait_event(finished, !unfinished(work));
	return waited;
}

bool flush_delayed_work(struct delayed_work *dwork)
{
	if (kut_timer_delete(&dwork->timer))
		enqueue(dwork->wq, &dwork->work);
	return flush_work(&dwork->work);
}

void kut_workqueue_flush(struct workqueue_struct *wq)
{
	wait_event(finished, list_empty(&wq->items) && wq->active == 0);
}

struct workqueue_struct *kut_workqueue_new(const char *fmt, va_list args, unsigned int flags,
					   int max_active)
{
	struct workqueue_struct *wq = kzalloc(sizeof(*wq), GFP_KERNEL);

	if (!wq)
		return NULL;
	vsnprintf(wq->name, sizeof(wq->name), fmt, args);
	wq->max_active = flags & __WQ_ORDERED ? 1 : max_active;
	INIT_LIST_HEAD(&wq->items);
	list_add_tail(&wq->node, &all_queues);
	return wq;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	kut_workqueue_flush(wq);
	list_del(&wq->node);
	kfree(wq);
}

void kut_workqueue_init(void)
{
	system_wq = system_percpu_wq = alloc_workqueue("events", 0, 0);
	system_highpri_wq = alloc_workqueue("events_highpri", WQ_HIGHPRI, 0);
	system_long_wq = alloc_workqueue("events_long", 0, 0);
	system_unbound_wq = system_dfl_wq = alloc_workqueue("events_unbound", WQ_UNBOUND, 0);
	system_freezable_wq = alloc_workqueue("events_freezable", WQ_FREEZABLE, 0);
	system_power_efficient_wq = alloc_workqueue("events_power_efficient", WQ_POWER_EFFICIENT, 0);
}
