// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seam: what kvfree_rcu() hands over, and SRCU. SRCU is the kernel's own scheme of
 * two pairs of counters for each CPU, flipped twice by synchronize_srcu(). The
 * counters are where every kernel has them, at the start of struct srcu_data; the
 * index of the current pair is CPU 0's srcu_gp_seq_needed, which nobody else uses.
 */
#include <linux/delay.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#include "kut.h"

#if KUT_BEFORE(6, 0)
/* `func` is the offset of the head in the object, or the object without a head. */
void kvfree_call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	kut_rcu_kvfree(head ? (void *)head - (unsigned long)func : (void *)func);
}
#elif KUT_BEFORE(6, 15)
void kvfree_call_rcu(struct rcu_head *head, void *ptr)
{
	kut_rcu_kvfree(ptr);
}
#else
void kvfree_call_rcu(struct kvfree_rcu_head *head, void *ptr)
{
	kut_rcu_kvfree(ptr);
}

/* Tasks are freed by their last put_task_struct(), at once. */
void __put_task_struct_rcu_cb(struct rcu_head *head)
{
	__put_task_struct(container_of(head, struct task_struct, rcu));
}
#endif

struct counters {
	atomic_long_t locks[2], unlocks[2];
};
static_assert(sizeof(struct counters) <= offsetof(struct srcu_data, srcu_gp_seq_needed));

static struct counters *counters(struct srcu_data *sd)
{
	return (struct counters *)sd;
}

static unsigned long *current_pair(struct srcu_struct *ssp)
{
	return &per_cpu_ptr(ssp->sda, 0)->srcu_gp_seq_needed;
}

static int init(struct srcu_struct *ssp)
{
	ssp->sda = alloc_percpu(struct srcu_data);
	return ssp->sda ? 0 : -ENOMEM;
}

#if KUT_BEFORE(6, 15)
int init_srcu_struct(struct srcu_struct *ssp)
{
	return init(ssp);
}
#else
int init_srcu_struct_generic(struct srcu_struct *ssp)
{
	return init(ssp);
}
#endif

void cleanup_srcu_struct(struct srcu_struct *ssp)
{
	free_percpu(ssp->sda);
	ssp->sda = NULL;
}

int __srcu_read_lock(struct srcu_struct *ssp)
{
	int idx = READ_ONCE(*current_pair(ssp)) & 1;

	atomic_long_inc(&counters(this_cpu_ptr(ssp->sda))->locks[idx]);
	return idx;
}

void __srcu_read_unlock(struct srcu_struct *ssp, int idx)
{
	atomic_long_inc(&counters(this_cpu_ptr(ssp->sda))->unlocks[idx]);
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

void synchronize_srcu(struct srcu_struct *ssp)
{
	for (int flip = 0; flip < 2; flip++) {
		int idx = (*current_pair(ssp))++ & 1;

		while (readers(ssp, idx))
			schedule_timeout_uninterruptible(1);
	}
}
