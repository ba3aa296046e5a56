// SPDX-License-Identifier: GPL-2.0-only
/* Tasklets: each runs on the CPU that scheduled it, and never on two at once. */
#include <linux/interrupt.h>
#include <linux/wait_bit.h>
#include <asm/processor.h>

#include "kut.h"

static struct queue {
	struct tasklet_struct *first, **tail;
} queues[KUT_MAX_CPUS];

static void add(struct kut_cpu *cpu, struct tasklet_struct *t)
{
	struct queue *q = &queues[cpu->id];

	t->next = NULL;
	if (!q->first)
		q->tail = &q->first;
	*q->tail = t;
	q->tail = &t->next;
	kut_softirq_raise(cpu);
}

void __tasklet_schedule(struct tasklet_struct *t)
{
	add(kut_this_cpu(), t);
}

void __tasklet_hi_schedule(struct tasklet_struct *t)
{
	add(kut_this_cpu(), t);
}

static void run(struct tasklet_struct *t)
{
	const void *fn = t->use_callback ? (void *)t->callback : (void *)t->func;
	int count = preempt_count();

	if (test_and_clear_bit(TASKLET_STATE_SCHED, &t->state))
		wake_up_var(&t->state);
	if (t->use_callback)
		t->callback(t);
	else
		t->func(t->data);
	kut_check_balance("tasklet", fn, count, false);
}

/* One that is disabled, or runs on another CPU, stays: the CPU looks at it again. */
void kut_tasklets_run(struct kut_cpu *cpu)
{
	struct tasklet_struct *t = queues[cpu->id].first, *next;

	for (queues[cpu->id].first = NULL; t; t = next) {
		next = t->next;
		if (!tasklet_trylock(t)) {
			add(cpu, t);
			continue;
		}
		if (atomic_read(&t->count))
			add(cpu, t);
		else
			run(t);
		tasklet_unlock(t);
	}
}

void kut_tasklets_take_over(struct kut_cpu *dead)
{
	struct tasklet_struct *t = queues[dead->id].first, *next;

	for (queues[dead->id].first = NULL; t; t = next) {
		next = t->next;
		add(kut_this_cpu(), t);
	}
}

void tasklet_kill(struct tasklet_struct *t)
{
	while (test_and_set_bit(TASKLET_STATE_SCHED, &t->state))
		wait_var_event(&t->state, !test_bit(TASKLET_STATE_SCHED, &t->state));
	tasklet_unlock_wait(t);
	clear_bit(TASKLET_STATE_SCHED, &t->state);
	wake_up_var(&t->state);
}

void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *))
{
	*t = (struct tasklet_struct){.callback = callback, .use_callback = true};
}

void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data)
{
	*t = (struct tasklet_struct){.func = func, .data = data};
}
