// SPDX-License-Identifier: GPL-2.0-only
/*
 * SRCU: the kernel's own scheme of two counters for each CPU. A reader counts on
 * the side that is current; a grace period has passed when each side has been
 * seen without readers. Callbacks wait in their CPU's list for a work item.
 */
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "kut.h"

static DECLARE_WAIT_QUEUE_HEAD(reader_left);

/*
 * The counters are where every kernel has them, at the start of srcu_data; which
 * side is current is told by a word of CPU 0's that nobody else uses.
 */
struct counters {
	atomic_long_t locks[2], unlocks[2];
};
static_assert(sizeof(struct counters) <= offsetof(struct srcu_data, srcu_gp_seq_needed));

static struct counters *counters(struct srcu_data *sd)
{
	return (struct counters *)sd;
}

static unsigned long *side(struct srcu_struct *ssp)
{
	return &per_cpu_ptr(ssp->sda, 0)->srcu_gp_seq_needed;
}

int kut_srcu_init(struct srcu_struct *ssp)
{
	ssp->sda = alloc_percpu(struct srcu_data);
	return ssp->sda ? 0 : -ENOMEM;
}

int __srcu_read_lock(struct srcu_struct *ssp)
{
	int idx = READ_ONCE(*side(ssp)) & 1;

	atomic_long_inc(&counters(this_cpu_ptr(ssp->sda))->locks[idx]);
	return idx;
}

void __srcu_read_unlock(struct srcu_struct *ssp, int idx)
{
	atomic_long_inc(&counters(this_cpu_ptr(ssp->sda))->unlocks[idx]);
	if (waitqueue_active(&reader_left))
		wake_up_all(&reader_left);
}

static bool readers(struct srcu_struct *ssp, int idx)
{
	long sum = 0;

	for (unsigned int i = 0; i < kut_layout.cpus; i++) {
		struct counters *c = counters(per_cpu_ptr(ssp->sda, i));

		sum += atomic_long_read(&c->locks[idx]) - atomic_long_read(&c->unlocks[idx]);
	}
	return sum != 0;
}

/* New readers go to the other side, whoever else waits here. */
static bool side_empty(struct srcu_struct *ssp, int idx)
{
	if ((*side(ssp) & 1) == idx)
		++*side(ssp);
	return !readers(ssp, idx);
}

void synchronize_srcu(struct srcu_struct *ssp)
{
	wait_event(reader_left, side_empty(ssp, 0));
	wait_event(reader_left, side_empty(ssp, 1));
}

void synchronize_srcu_expedited(struct srcu_struct *ssp)
{
	synchronize_srcu(ssp);
}

static void run_callbacks(struct work_struct *work)
{
	struct srcu_data *sd = container_of(work, struct srcu_data, work);
	struct rcu_head *head = sd->srcu_cblist.head, *next;

	sd->srcu_cblist.head = NULL;
	synchronize_srcu(sd->ssp);
	for (; head; head = next) {
		next = head->next;
		local_bh_disable();
		head->func(head);
		local_bh_enable();
	}
}

/* tails[0] is where the next callback goes; a static srcu_struct starts as zeroes. */
void call_srcu(struct srcu_struct *ssp, struct rcu_head *head, rcu_callback_t func)
{
	struct srcu_data *sd = this_cpu_ptr(ssp->sda);

	if (!sd->ssp) {
		sd->ssp = ssp;
		INIT_WORK(&sd->work, run_callbacks);
	}
	head->func = func;
	head->next = NULL;
	if (!sd->srcu_cblist.head)
		sd->srcu_cblist.tails[0] = &sd->srcu_cblist.head;
	*sd->srcu_cblist.tails[0] = head;
	sd->srcu_cblist.tails[0] = &head->next;
	queue_work(system_unbound_wq, &sd->work);
}

void srcu_barrier(struct srcu_struct *ssp)
{
	might_sleep();
	for (unsigned int i = 0; i < kut_layout.cpus; i++)
		if (per_cpu_ptr(ssp->sda, i)->ssp)
			flush_work(&per_cpu_ptr(ssp->sda, i)->work);
}

/* With readers left it leaks rather than lets them use freed memory, as the kernel does. */
void cleanup_srcu_struct(struct srcu_struct *ssp)
{
	if (WARN_ON(readers(ssp, 0) || readers(ssp, 1)))
		return;
	srcu_barrier(ssp);
	free_percpu(ssp->sda);
	ssp->sda = NULL;
}
