// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workqueues: what is pending where, flushing and cancelling. The data word of
 * an item is ours (the kernel's headers only initialise it and look at the
 * pending bit):
 *
 *	63    56 55          16 15         4 3     0
 *	disabled | sequence no. | lane of it | flags
 *
 * The sequence number tells what was queued before a flush began; "disabled"
 * counts those who do not want the item to be queued.
 */
#include <linux/slab.h>

#include "pool.h"

#define LANE_SHIFT   4
#define LANES	     4096
#define SEQ_SHIFT    16
#define SEQ_MASK     GENMASK_ULL(55, 16)
#define DISABLE_ONE  BIT(56)
#define MAX_DISABLED 255

struct workqueue_struct *system_wq, *system_percpu_wq, *system_highpri_wq, *system_long_wq,
	*system_unbound_wq, *system_dfl_wq, *system_freezable_wq, *system_power_efficient_wq,
	*system_freezable_power_efficient_wq;

static struct kut_lane *lanes[LANES]; /* by id; 0 is none */
static unsigned int lanes_end = 1;
static unsigned long last_seq;
static DECLARE_WAIT_QUEUE_HEAD(changed); /* an item has ended, or was taken back */

static bool pending(const struct work_struct *work)
{
	return test_bit(WORK_STRUCT_PENDING_BIT, work_data_bits((struct work_struct *)work));
}

static bool queued(const struct work_struct *work)
{
	return pending(work) && !list_empty(&work->entry);
}

static bool disabled(const struct work_struct *work)
{
	return *work_data_bits((struct work_struct *)work) >= DISABLE_ONE;
}

unsigned long kut_work_seq(const struct work_struct *work)
{
	return (*work_data_bits((struct work_struct *)work) & SEQ_MASK) >> SEQ_SHIFT;
}

struct kut_lane *kut_work_lane(const struct work_struct *work)
{
	return lanes[*work_data_bits((struct work_struct *)work) >> LANE_SHIFT & (LANES - 1)];
}

static void activate(struct kut_lane *lane, struct work_struct *work)
{
	lane->active++;
	clear_bit(WORK_STRUCT_INACTIVE_BIT, work_data_bits(work));
	list_move_tail(&work->entry, &lane->pool->worklist);
	kut_pool_kick(lane->pool);
}

static void activate_next(struct kut_lane *lane)
{
	lane->active--;
	if (lane->active < lane->wq->max_active && !list_empty(&lane->inactive))
		activate(lane, list_first_entry(&lane->inactive, struct work_struct, entry));
}

void kut_work_start(struct work_struct *work)
{
	list_del_init(&work->entry);
	clear_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
}

void kut_work_finished(struct kut_lane *lane)
{
	activate_next(lane);
	/* The same item may wait in another pool; in this one the worker looks itself. */
	for (int cpu = -1; cpu < (int)kut_layout.cpus; cpu++)
		if (kut_pool_of(cpu) != lane->pool)
			kut_pool_kick(kut_pool_of(cpu));
	wake_up_all(&changed);
}

/* An item that runs is queued where it runs, so that it never runs twice at once. */
static struct kut_lane *choose_lane(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	struct kut_worker *w = kut_pool_runs(work, work->func, ULONG_MAX);

	if (w && w->lane->wq == wq)
		return w->lane;
	if (wq->n_lanes == 1)
		return &wq->lane[0];
	return &wq->lane[cpu < 0 || cpu >= wq->n_lanes ? raw_smp_processor_id() : cpu];
}

static bool chained(const struct workqueue_struct *wq)
{
	struct kut_worker *w = kut_task_of(current)->worker;

	return w && w->lane && w->lane->wq == wq;
}

/* `work` is marked as pending already. */
static void enqueue(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	unsigned long *data = work_data_bits(work);
	struct kut_lane *lane;

	if (wq->flags & (__WQ_DRAINING | __WQ_DESTROYING) && WARN_ON_ONCE(!chained(wq)))
		return;
	lane = choose_lane(cpu, wq, work);
	if (WARN_ON(!list_empty(&work->entry)))
		return;
	*data = (*data & ~(SEQ_MASK | (LANES - 1) << LANE_SHIFT)) | lane->id << LANE_SHIFT |
		(++last_seq << SEQ_SHIFT & SEQ_MASK);
	if (list_empty(&lane->inactive) && lane->active < wq->max_active) {
		activate(lane, work);
		return;
	}
	set_bit(WORK_STRUCT_INACTIVE_BIT, data);
	list_add_tail(&work->entry, &lane->inactive);
}

static bool make_pending(struct work_struct *work)
{
	return !disabled(work) && !test_and_set_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
}

bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	if (!make_pending(work))
		return false;
	enqueue(cpu, wq, work);
	return true;
}

bool queue_work_node(int node, struct workqueue_struct *wq, struct work_struct *work)
{
	return queue_work_on(WORK_CPU_UNBOUND, wq, work);
}

void delayed_work_timer_fn(struct timer_list *t)
{
	struct delayed_work *dwork = container_of(t, struct delayed_work, timer);

	enqueue(dwork->cpu, dwork->wq, &dwork->work);
}

static void start_delay(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			unsigned long delay)
{
	dwork->wq = wq;
	dwork->cpu = cpu;
	dwork->timer.expires = jiffies + delay;
	if (!delay)
		enqueue(cpu, wq, &dwork->work);
	else if (cpu < nr_cpu_ids)
		add_timer_on(&dwork->timer, cpu);
	else
		add_timer(&dwork->timer);
}

bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			   unsigned long delay)
{
	if (!make_pending(&dwork->work))
		return false;
	start_delay(cpu, wq, dwork, delay);
	return true;
}

/* Take an item back from the list where it waits; false: it was in none. */
static bool unqueue(struct work_struct *work)
{
	struct kut_lane *lane;

	if (!queued(work))
		return false;
	lane = kut_work_lane(work);
	list_del_init(&work->entry);
	clear_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work));
	if (!test_and_clear_bit(WORK_STRUCT_INACTIVE_BIT, work_data_bits(work)))
		activate_next(lane);
	wake_up_all(&changed);
	return true;
}

static bool take_back(struct delayed_work *dwork)
{
	if (!kut_timer_delete(&dwork->timer))
		return unqueue(&dwork->work);
	clear_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(&dwork->work));
	return true;
}

bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			 unsigned long delay)
{
	bool was_pending = take_back(dwork);

	if (make_pending(&dwork->work))
		start_delay(cpu, wq, dwork, delay);
	return was_pending;
}

/* Where an item waits, looked up by its address alone: it may be freed meanwhile. */
static struct work_struct *find_queued(struct work_struct *work)
{
	struct work_struct *w;

	for (unsigned int i = 1; i < lanes_end; i++)
		if (lanes[i])
			list_for_each_entry(w, &lanes[i]->inactive, entry)
				if (w == work)
					return w;
	for (int cpu = -1; cpu < (int)kut_layout.cpus; cpu++)
		list_for_each_entry(w, &kut_pool_of(cpu)->worklist, entry)
			if (w == work)
				return w;
	return NULL;
}

/* An instance that was queued at `seq` or before has not ended. */
static bool unfinished(struct work_struct *work, work_func_t fn, unsigned long seq)
{
	if (kut_pool_runs(work, fn, seq))
		return true;
	work = find_queued(work);
	return work && kut_work_seq(work) <= seq;
}

/* The item that runs is the only one that may, and the lane's next one waits for its end. */
struct kut_task *kut_work_waits_for(const struct work_struct *work)
{
	struct work_struct *w = find_queued((struct work_struct *)work);
	struct kut_worker *runs = NULL;
	struct kut_lane *lane;

	if (!w || !test_bit(WORK_STRUCT_INACTIVE_BIT, work_data_bits(w)))
		return NULL;
	lane = kut_work_lane(w);
	if (lane->active != 1)
		return NULL;
	while ((runs = kut_pool_next_running(lane->wq, ULONG_MAX, runs)))
		if (runs->lane == lane)
			return runs->task;
	return NULL;
}

bool flush_work(struct work_struct *work)
{
	work_func_t fn = work->func;
	unsigned long seq = queued(work) ? kut_work_seq(work) : last_seq;
	struct kut_held outer;

	might_sleep();
	if (!queued(work) && !kut_pool_runs(work, fn, seq))
		return false;
	outer = kut_wait_begin(work, _RET_IP_, KUT_WORK_END);
	wait_event(changed, !unfinished(work, fn, seq));
	kut_wait_end(&outer);
	return true;
}

bool flush_delayed_work(struct delayed_work *dwork)
{
	if (kut_timer_delete(&dwork->timer))
		enqueue(dwork->cpu, dwork->wq, &dwork->work);
	return flush_work(&dwork->work);
}

bool cancel_work(struct work_struct *work)
{
	return unqueue(work);
}

bool cancel_delayed_work(struct delayed_work *dwork)
{
	return take_back(dwork);
}

static void disable(struct work_struct *work)
{
	unsigned long *data = work_data_bits(work);

	if (!WARN_ON_ONCE(*data / DISABLE_ONE == MAX_DISABLED))
		*data += DISABLE_ONE;
}

bool enable_work(struct work_struct *work)
{
	unsigned long *data = work_data_bits(work);

	if (!WARN_ON_ONCE(!disabled(work)))
		*data -= DISABLE_ONE;
	return !disabled(work);
}

bool enable_delayed_work(struct delayed_work *dwork)
{
	return enable_work(&dwork->work);
}

bool disable_work(struct work_struct *work)
{
	disable(work);
	return unqueue(work);
}

bool disable_work_sync(struct work_struct *work)
{
	bool was_pending = disable_work(work);

	flush_work(work);
	return was_pending;
}

bool disable_delayed_work(struct delayed_work *dwork)
{
	disable(&dwork->work);
	return take_back(dwork);
}

bool disable_delayed_work_sync(struct delayed_work *dwork)
{
	bool was_pending = disable_delayed_work(dwork);

	flush_work(&dwork->work);
	return was_pending;
}

/* Disabled meanwhile: an item that queues itself again does not escape. */
bool cancel_work_sync(struct work_struct *work)
{
	bool was_pending = disable_work_sync(work);

	enable_work(work);
	return was_pending;
}

bool cancel_delayed_work_sync(struct delayed_work *dwork)
{
	bool was_pending = disable_delayed_work_sync(dwork);

	enable_work(&dwork->work);
	return was_pending;
}

static void rcu_work_due(struct rcu_head *head)
{
	struct rcu_work *rwork = container_of(head, struct rcu_work, rcu);

	enqueue(WORK_CPU_UNBOUND, rwork->wq, &rwork->work);
}

bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *rwork)
{
	if (!make_pending(&rwork->work))
		return false;
	rwork->wq = wq;
	call_rcu(&rwork->rcu, rcu_work_due);
	return true;
}

unsigned int work_busy(struct work_struct *work)
{
	return (pending(work) ? WORK_BUSY_PENDING : 0) |
	       (kut_pool_runs(work, work->func, ULONG_MAX) ? WORK_BUSY_RUNNING : 0);
}

struct work_struct *current_work(void)
{
	struct kut_worker *w = kut_task_of(current)->worker;

	return w ? w->work : NULL;
}

/* Anything that was queued at `seq` or before waits or runs. */
static bool busy(struct workqueue_struct *wq, unsigned long seq)
{
	struct work_struct *work;

	for (unsigned int i = 0; i < wq->n_lanes; i++) {
		list_for_each_entry(work, &wq->lane[i].inactive, entry)
			if (kut_work_seq(work) <= seq)
				return true;
		list_for_each_entry(work, &wq->lane[i].pool->worklist, entry)
			if (kut_work_lane(work) == &wq->lane[i] && kut_work_seq(work) <= seq)
				return true;
	}
	return kut_pool_next_running(wq, seq, NULL);
}

static void wait_until_done(struct workqueue_struct *wq, unsigned long seq, unsigned long ip)
{
	struct kut_flush flush = {wq, seq};
	struct kut_held outer = kut_wait_begin(&flush, ip, KUT_QUEUE_END);

	wait_event(changed, !busy(wq, seq));
	kut_wait_end(&outer);
}

void kut_workqueue_flush(struct workqueue_struct *wq)
{
	wait_until_done(wq, last_seq, _RET_IP_);
}

void drain_workqueue(struct workqueue_struct *wq)
{
	bool nested = wq->flags & __WQ_DRAINING;

	wq->flags |= __WQ_DRAINING;
	wait_until_done(wq, ULONG_MAX, _RET_IP_);
	if (!nested)
		wq->flags &= ~__WQ_DRAINING;
}

static bool lane_init(struct workqueue_struct *wq, unsigned int i, int cpu)
{
	struct kut_lane *lane = &wq->lane[i];

	for (lane->id = 1; lane->id < LANES && lanes[lane->id]; lane->id++)
		;
	if (lane->id == LANES)
		return false;
	lane->wq = wq;
	lane->pool = kut_pool_of(cpu);
	INIT_LIST_HEAD(&lane->inactive);
	lanes[lane->id] = lane;
	lanes_end = max(lanes_end, lane->id + 1);
	wq->n_lanes++;
	return true;
}

static void wq_free(struct workqueue_struct *wq)
{
	for (unsigned int i = 0; i < wq->n_lanes; i++)
		lanes[wq->lane[i].id] = NULL;
	kfree(wq);
}

static bool lanes_init(struct workqueue_struct *wq)
{
	if (wq->flags & WQ_UNBOUND)
		return lane_init(wq, 0, -1);
	for (unsigned int cpu = 0; cpu < kut_layout.cpus; cpu++)
		if (!lane_init(wq, cpu, cpu))
			return false;
	return true;
}

struct workqueue_struct *kut_workqueue_new(const char *fmt, va_list args, unsigned int flags,
					   int max_active)
{
	struct workqueue_struct *wq = kzalloc(sizeof(*wq), GFP_KERNEL);

	if (!wq)
		return NULL;
	vsnprintf(wq->name, sizeof(wq->name), fmt, args);
	wq->flags = flags;
	wq->max_active = clamp(max_active ?: WQ_DFL_ACTIVE, 1, WQ_MAX_ACTIVE);
	if (flags & __WQ_ORDERED)
		wq->max_active = 1;
	if (lanes_init(wq))
		return wq;
	wq_free(wq);
	return NULL;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	wq->flags |= __WQ_DESTROYING;
	drain_workqueue(wq);
	wq_free(wq);
}

int workqueue_online_cpu(unsigned int cpu)
{
	if (!kut_pool_of(cpu)->bound)
		kut_pool_bind(kut_pool_of(cpu));
	return 0;
}

int workqueue_offline_cpu(unsigned int cpu)
{
	kut_pool_unbind(kut_pool_of(cpu));
	return 0;
}

struct work_for_cpu {
	struct work_struct work;
	long (*fn)(void *arg);
	void *arg;
	long ret;
};

static void run_for_cpu(struct work_struct *work)
{
	struct work_for_cpu *w = container_of(work, struct work_for_cpu, work);

	w->ret = w->fn(w->arg);
}

long kut_work_on_cpu(int cpu, long (*fn)(void *arg), void *arg)
{
	struct work_for_cpu w = {.fn = fn, .arg = arg};

	INIT_WORK_ONSTACK(&w.work, run_for_cpu);
	queue_work_on(cpu, system_wq, &w.work);
	flush_work(&w.work);
	destroy_work_on_stack(&w.work);
	return w.ret;
}

void kut_workqueue_init(void)
{
	kut_pools_init();
	system_wq = system_percpu_wq = alloc_workqueue("events", 0, 0);
	system_highpri_wq = alloc_workqueue("events_highpri", WQ_HIGHPRI, 0);
	system_long_wq = alloc_workqueue("events_long", 0, 0);
	system_unbound_wq = system_dfl_wq = alloc_workqueue("events_unbound", WQ_UNBOUND, 0);
	system_freezable_wq = alloc_workqueue("events_freezable", WQ_FREEZABLE, 0);
	system_power_efficient_wq =
		alloc_workqueue("events_power_efficient", WQ_POWER_EFFICIENT, 0);
	system_freezable_power_efficient_wq = alloc_workqueue("events_freezable_pwr_efficient",
							      WQ_FREEZABLE | WQ_POWER_EFFICIENT, 0);
}
