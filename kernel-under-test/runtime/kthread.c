// SPDX-License-Identifier: GPL-2.0-only
/* Kernel threads, and the work that a task does before it goes back to user mode. */
#include <linux/kthread.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "kut.h"

struct task_struct *kthread_create_on_node(int (*fn)(void *), void *data, int node,
					   const char fmt[], ...)
{
	char name[64];
	va_list args;
	struct kut_task *t;

	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	t = kut_task_create(name, fn, data, -1);
	return t ? &t->task : ERR_PTR(-ENOMEM);
}

bool kthread_should_stop(void)
{
	return kut_task_of(current)->should_stop;
}

/* Nothing parks a thread here. */
bool kthread_should_stop_or_park(void)
{
	return kthread_should_stop();
}

int kthread_stop(struct task_struct *p)
{
	struct kut_task *t = kut_task_of(p);

	t->should_stop = true;
	wake_up_process(p);
	return kut_task_join(t);
}

int kthread_stop_put(struct task_struct *p)
{
	int ret = kthread_stop(p);

	put_task_struct(p);
	return ret;
}

/* Kernel threads run the work when they exit: irq threads count on it. */
int task_work_add(struct task_struct *task, struct callback_head *work,
		  enum task_work_notify_mode mode)
{
	work->next = task->task_works;
	task->task_works = work;
	return 0;
}

struct callback_head *task_work_cancel_func(struct task_struct *task, task_work_func_t func)
{
	struct callback_head **link = &task->task_works;

	for (; *link; link = &(*link)->next) {
		struct callback_head *work = *link;

		if (work->func == func) {
			*link = work->next;
			return work;
		}
	}
	return NULL;
}
