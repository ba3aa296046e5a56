// SPDX-License-Identifier: GPL-2.0-only
/* Tasks are woken: one of them, by a wait queue, or all of a wake queue. */
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sched/wake_q.h>
#include <linux/wait.h>

#include "kut.h"

int try_to_wake_up(struct task_struct *p, unsigned int state, int wake_flags);

int try_to_wake_up(struct task_struct *p, unsigned int state, int wake_flags)
{
	struct kut_task *t = kut_task_of(p);

	if (!(READ_ONCE(kut_task_state(p)) & state) || t->exited)
		return 0;
	WRITE_ONCE(kut_task_state(p), TASK_RUNNING);
	if (kut_cpus[task_cpu(p)].running == t || t->queued)
		return 1;
	kut_enqueue(t);
	kut_woken_on(&kut_cpus[task_cpu(p)]);
	return 1;
}

int wake_up_process(struct task_struct *p)
{
	return try_to_wake_up(p, TASK_NORMAL, 0);
}

int wake_up_state(struct task_struct *p, unsigned int state)
{
	return try_to_wake_up(p, state, 0);
}

int default_wake_function(wait_queue_entry_t *entry, unsigned int mode, int wake_flags, void *key)
{
	return try_to_wake_up(entry->private, mode, wake_flags);
}

/* The wake queue is the kernel's own list through task->wake_q. */
static bool wake_q_link(struct wake_q_head *head, struct task_struct *task)
{
	struct wake_q_node *node = &task->wake_q;

	if (node->next)
		return false;
	node->next = WAKE_Q_TAIL;
	*head->lastp = node;
	head->lastp = &node->next;
	return true;
}

void wake_q_add(struct wake_q_head *head, struct task_struct *task)
{
	if (wake_q_link(head, task))
		get_task_struct(task);
}

void wake_q_add_safe(struct wake_q_head *head, struct task_struct *task)
{
	if (!wake_q_link(head, task))
		put_task_struct(task);
}

void wake_up_q(struct wake_q_head *head)
{
	struct wake_q_node *node = head->first;

	while (node != WAKE_Q_TAIL) {
		struct task_struct *task = container_of(node, struct task_struct, wake_q);

		node = node->next;
		task->wake_q.next = NULL;
		wake_up_process(task);
		put_task_struct(task);
	}
}
