// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools of workers. As in the kernel, a pool that belongs to a CPU lets one
 * worker run at a time: the next one starts when that one sleeps. Items of an
 * unbound pool get a worker each.
 */
#include <linux/sched.h>
#include <linux/slab.h>

#include "pool.h"

static struct kut_pool pools[KUT_MAX_CPUS + 1];

struct kut_pool *kut_pool_of(int cpu)
{
	return &pools[cpu + 1];
}

void kut_pools_init(void)
{
	for (int cpu = -1; cpu < KUT_MAX_CPUS; cpu++) {
		struct kut_pool *p = kut_pool_of(cpu);

		p->cpu = cpu;
		p->bound = cpu == 0; /* the others are, as their CPU comes up */
		INIT_LIST_HEAD(&p->worklist);
		INIT_LIST_HEAD(&p->workers);
	}
}

static bool intensive(const struct kut_worker *w)
{
	return w->lane && w->lane->wq->flags & WQ_CPU_INTENSIVE;
}

static void count(struct kut_worker *w)
{
	if (!w->pool->bound || w->counted)
		return;
	w->counted = true;
	w->pool->busy++;
}

static void uncount(struct kut_worker *w)
{
	if (!w->counted)
		return;
	w->counted = false;
	w->pool->busy--;
}

static struct kut_worker *find_running(const struct work_struct *work, work_func_t fn,
				       unsigned long until)
{
	struct kut_worker *w;

	for (unsigned int i = 0; i < ARRAY_SIZE(pools); i++)
		list_for_each_entry(w, &pools[i].workers, node)
			if (w->work == work && w->fn == fn && w->seq <= until)
				return w;
	return NULL;
}

struct kut_worker *kut_pool_runs(const struct work_struct *work, work_func_t fn,
				 unsigned long until)
{
	return find_running(work, fn, until);
}

struct kut_worker *kut_pool_next_running(const struct workqueue_struct *wq, unsigned long until,
					 const struct kut_worker *last)
{
	bool behind = !last;
	struct kut_worker *w;

	for (unsigned int i = 0; i < ARRAY_SIZE(pools); i++)
		list_for_each_entry(w, &pools[i].workers, node) {
			if (behind && w->work && w->lane->wq == wq && w->seq <= until)
				return w;
			behind |= w == last;
		}
	return NULL;
}

struct kut_task *kut_work_runs_in(const struct work_struct *work)
{
	struct kut_worker *w;

	for (unsigned int i = 0; i < ARRAY_SIZE(pools); i++)
		list_for_each_entry(w, &pools[i].workers, node)
			if (w->work == work)
				return w->task;
	return NULL;
}

/* The first item that does not run already: an item never runs twice at once. */
static struct work_struct *next_work(struct kut_pool *p)
{
	struct work_struct *work;

	list_for_each_entry(work, &p->worklist, entry)
		if (!find_running(work, work->func, ULONG_MAX))
			return work;
	return NULL;
}

static void check_leak(struct kut_worker *w)
{
	char fn[96];

	if (!preempt_count() && !irqs_disabled() && !w->task->held.n)
		return;
	kut_finding("workqueue leak",
		    "BUG: workqueue leaked atomic, lock or RCU: %s[%d] preempt=0x%08x lock=0->%u "
		    "workfn=%s",
		    current->comm, current->pid, preempt_count(), w->task->held.n,
		    kut_symbol((unsigned long)w->fn, fn, sizeof(fn)));
	kut_show_atomic();
	kut_forget_spins();
	w->task->held.n = 0;
	preempt_count_set(0);
	local_irq_enable();
}

static void run_item(struct kut_worker *w, struct work_struct *work)
{
	struct kut_lane *lane = kut_work_lane(work);

	w->work = work;
	w->fn = work->func;
	w->seq = kut_work_seq(work);
	w->lane = lane;
	kut_work_start(work);
	if (intensive(w)) {
		uncount(w);
		kut_pool_kick(w->pool);
	}
	w->fn(work); /* may free the item */
	count(w);
	check_leak(w);
	w->work = NULL;
	w->lane = NULL;
	kut_work_finished(lane);
}

static void rest(struct kut_worker *w)
{
	w->idle = true;
	uncount(w);
	while (w->idle) {
		set_current_state(TASK_IDLE);
		if (w->idle)
			schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static int worker_main(void *data)
{
	struct kut_worker *w = data;
	struct work_struct *work;

	for (;;) {
		if (w->pool->bound && raw_smp_processor_id() != w->pool->cpu)
			schedule();
		while ((!w->pool->bound || w->pool->busy <= 1) && (work = next_work(w->pool)))
			run_item(w, work);
		rest(w);
	}
	return 0;
}

static void bind(struct kut_worker *w)
{
	w->task->home = w->pool->cpu;
	kut_set_allowed(w->task, cpumask_of(w->pool->cpu));
}

static void make_worker(struct kut_pool *p)
{
	struct kut_worker *w = kzalloc(sizeof(*w), GFP_ATOMIC);
	char name[TASK_COMM_LEN];

	if (p->cpu < 0)
		snprintf(name, sizeof(name), "kworker/u%u:%u", nr_cpu_ids, p->n_workers++);
	else
		snprintf(name, sizeof(name), "kworker/%d:%u", p->cpu, p->n_workers++);
	if (w)
		w->task = kut_task_create(name, worker_main, w, p->cpu);
	if (!w || !w->task)
		panic("workqueue: no memory for a worker");
	w->pool = p;
	w->task->worker = w;
	w->task->task.flags |= PF_WQ_WORKER | PF_NO_SETAFFINITY;
	if (p->bound)
		bind(w);
	count(w);
	list_add_tail(&w->node, &p->workers);
	wake_up_process(&w->task->task);
}

void kut_pool_kick(struct kut_pool *p)
{
	struct kut_worker *w;

	if (list_empty(&p->worklist) || p->busy)
		return;
	list_for_each_entry(w, &p->workers, node) {
		if (w->idle) {
			w->idle = false;
			count(w);
			wake_up_process(&w->task->task);
			return;
		}
	}
	make_worker(p);
}

void kut_worker_sleeps(struct kut_worker *w)
{
	if (!w->work || !w->counted)
		return;
	uncount(w);
	kut_pool_kick(w->pool);
}

void kut_worker_runs(struct kut_worker *w)
{
	if (w->work && !intensive(w))
		count(w);
}

/* What waits is not held up by the item that uses the CPU just now. */
void kut_pool_unbind(struct kut_pool *p)
{
	struct kut_worker *w;

	p->bound = false;
	list_for_each_entry(w, &p->workers, node) {
		uncount(w);
		w->task->home = -1;
		kut_set_allowed(w->task, cpu_possible_mask);
	}
	kut_pool_kick(p);
}

/* A worker that runs an item elsewhere comes back when that sleeps or ends. */
void kut_pool_bind(struct kut_pool *p)
{
	struct kut_worker *w;

	p->bound = true;
	list_for_each_entry(w, &p->workers, node) {
		bind(w);
		if (!w->idle && !intensive(w) &&
		    READ_ONCE(kut_task_state(&w->task->task)) == TASK_RUNNING)
			count(w);
	}
}
