/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How workqueue.c (which item waits where) and pool.c (who runs it) meet.
 *
 * A pool has the worker tasks of one CPU, or those that may run anywhere, as they do
 * while their CPU is down; its worklist holds the items that may run. Of a queue's items at most
 * max_active are active (on the worklist or running) in each pool; the others wait in its lane, the
 * queue's part that belongs to a pool.
 */
#ifndef KUT_POOL_H
#define KUT_POOL_H

#include <linux/list.h>
#include <linux/workqueue.h>

#include "kut.h"

struct kut_pool {
	int cpu;	   /* -1: of no CPU */
	bool bound;	   /* else workers run anywhere, and items do not wait for each other */
	unsigned int busy; /* workers of a bound pool that use the CPU or are about to */
	unsigned int n_workers;
	struct list_head worklist, workers;
};

struct kut_lane {
	struct workqueue_struct *wq;
	struct kut_pool *pool;
	struct list_head inactive;
	unsigned int active;
	unsigned int id; /* in the data word of its items, see workqueue.c */
};

struct workqueue_struct {
	char name[32];
	unsigned int flags, max_active, n_lanes;
	struct kut_lane lane[KUT_MAX_CPUS]; /* one for each CPU; of an unbound queue, only one */
};

struct kut_worker {
	struct kut_task *task;
	struct kut_pool *pool;
	struct kut_lane *lane;	  /* of the item that runs */
	struct work_struct *work; /* the item that runs; it may be freed already */
	work_func_t fn;
	unsigned long seq; /* when that item was queued */
	bool idle;
	bool counted; /* in the pool's `busy` */
	struct list_head node;
};

/* pool.c */
struct kut_pool *kut_pool_of(int cpu);
void kut_pools_init(void);
/* A CPU's pool loses its CPU, or has it again. */
void kut_pool_unbind(struct kut_pool *pool);
void kut_pool_bind(struct kut_pool *pool);
/* There is work: wake or make a worker if no other will come to it by itself. */
void kut_pool_kick(struct kut_pool *pool);
/* The worker that runs `work`, queued at `until` or before; NULL: none. */
struct kut_worker *kut_pool_runs(const struct work_struct *work, work_func_t fn,
				 unsigned long until);
/*
 * A worker that runs an item of `wq` which was queued at `until` or before: the one
 * behind `last` (NULL: the first); NULL: none.
 */
struct kut_worker *kut_pool_next_running(const struct workqueue_struct *wq, unsigned long until,
					 const struct kut_worker *last);

/* workqueue.c */
/* Who flushes a queue waits for this (KUT_QUEUE_END). */
struct kut_flush {
	const struct workqueue_struct *wq;
	unsigned long until;
};
struct kut_lane *kut_work_lane(const struct work_struct *work);
unsigned long kut_work_seq(const struct work_struct *work);
/* The item leaves its worklist to run; afterwards `finished` tells that it has ended. */
void kut_work_start(struct work_struct *work);
void kut_work_finished(struct kut_lane *lane);

#endif
