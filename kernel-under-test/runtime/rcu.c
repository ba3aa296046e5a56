// SPDX-License-Identifier: GPL-2.0-only
/*
 * RCU: a callback runs once every CPU has passed a quiescent state (a context
 * switch, cond_resched() or idleness) since call_rcu(). A CPU that is off does not
 * count: from rcu_report_dead() to rcu_cpu_starting(), as 5.10 names them.
 */
#include <linux/completion.h>
#include <linux/rcupdate.h>
#include <linux/rcupdate_wait.h>
#include <linux/slab.h>
#include <linux/mm.h>

#include "kut.h"

struct rcu_queue {
	struct rcu_head *first, **tail;
};

static struct rcu_queue next = {NULL, &next.first}; /* wait for the next period */
static struct rcu_queue current_gp = {NULL, &current_gp.first};
static struct rcu_queue done = {NULL, &done.first};
static unsigned long snapshot[KUT_MAX_CPUS];

static void queue_add(struct rcu_queue *q, struct rcu_head *head)
{
	head->next = NULL;
	*q->tail = head;
	q->tail = &head->next;
}

static void queue_move(struct rcu_queue *to, struct rcu_queue *from)
{
	if (!from->first)
		return;
	*to->tail = from->first;
	to->tail = from->tail;
	from->first = NULL;
	from->tail = &from->first;
}

static bool period_over(void)
{
	for (unsigned int i = 0; i < kut_layout.cpus; i++)
		if (kut_cpus[i].rcu_watches && kut_cpus[i].quiescent == snapshot[i] &&
		    !kut_cpus[i].idle_waiting)
			return false;
	return true;
}

static void start_period(void)
{
	queue_move(&current_gp, &next);
	for (unsigned int i = 0; i < kut_layout.cpus; i++)
		snapshot[i] = kut_cpus[i].quiescent;
}

static void advance(void)
{
	if (current_gp.first && period_over()) {
		queue_move(&done, &current_gp);
		kut_softirq_raise(kut_this_cpu());
	}
	if (!current_gp.first && next.first)
		start_period();
}

void kut_rcu_quiescent(struct kut_cpu *cpu)
{
	cpu->quiescent++;
	if (current_gp.first || next.first)
		advance();
}

/* The period that is under way does not wait for a CPU that comes up in it. */
void kut_rcu_watch(struct kut_cpu *cpu, bool on)
{
	cpu->quiescent++;
	cpu->rcu_watches = on;
}

/* On a CPU that stays: the one that died may have been the last one waited for. */
void rcutree_migrate_callbacks(int cpu)
{
	advance();
	if (done.first)
		kut_softirq_raise(kut_this_cpu());
}

/* kvfree_rcu() stores how far behind the object's start its head lies. */
static void invoke(struct rcu_head *head)
{
	unsigned long offset = (unsigned long)head->func;

	if (offset < PAGE_SIZE)
		kvfree((void *)head - offset);
	else
		head->func(head);
}

/* One CPU at a time, so that callbacks end in the order of call_rcu(): see rcu_barrier(). */
void kut_rcu_run(void)
{
	static bool runs;
	int count = preempt_count();

	if (runs)
		return;
	runs = true;
	while (done.first) {
		struct rcu_head *head = done.first;
		const void *func = head->func;

		done.first = head->next;
		if (!done.first)
			done.tail = &done.first;
		invoke(head);
		kut_check_balance("RCU callback", func, count, false);
	}
	runs = false;
}

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	head->func = func;
	queue_add(&next, head);
	if (!current_gp.first)
		start_period();
}

struct rcu_wait {
	struct rcu_head head;
	struct completion completion;
};

static void rcu_wait_over(struct rcu_head *head)
{
	complete(&container_of(head, struct rcu_wait, head)->completion);
}

void synchronize_rcu(void)
{
	struct rcu_wait w;

	init_completion(&w.completion);
	call_rcu(&w.head, rcu_wait_over);
	wait_for_completion(&w.completion);
}

void synchronize_rcu_expedited(void)
{
	synchronize_rcu();
}

/* Callbacks run in order: behind one of our own, all earlier ones have run. */
void rcu_barrier(void)
{
	synchronize_rcu();
}

/* The callback is the head's place in the object: invoke() knows it from a function. */
void kut_rcu_kvfree(struct rcu_head *head, void *object)
{
	if (head) {
		call_rcu(head, (rcu_callback_t)((void *)head - object));
		return;
	}
	synchronize_rcu(); /* the form without a head may sleep */
	kvfree(object);
}
