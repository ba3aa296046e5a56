// SPDX-License-Identifier: GPL-2.0-only
/* Kernel threads, and the work that a task does before it goes back to user mode. */
#include <linux/kthread.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "kut.h"

/* It belongs to itself alone: who wants it to outlive its exit takes a reference. */
static struct task_struct *create(int (*fn)(void *), void *data, int cpu, const char *name)
{
	struct kut_task *t;

	might_sleep();
	t = kut_task_create(name, fn, data, cpu);
	if (!t)
		return ERR_PTR(-ENOMEM);
	init_completion(&t->gone);
	init_completion(&t->parked);
	t->task.vfork_done = &t->gone;
	put_task_struct(&t->task);
	return &t->task;
}

struct task_struct *kthread_create_on_node(int (*fn)(void *), void *data, int node,
					   const char fmt[], ...)
{
	char name[64];
	va_list args;

	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	return create(fn, data, -1, name);
}

/* Only a thread that has not begun, or is parked, is bound. */
static void bind(struct kut_task *t, const struct cpumask *mask, unsigned int state)
{
	if (WARN_ON(!kut_wait_inactive(t, state)))
		return;
	kut_set_allowed(t, mask);
	t->task.flags |= PF_NO_SETAFFINITY;
}

void kthread_bind(struct task_struct *p, unsigned int cpu)
{
	bind(kut_task_of(p), cpumask_of(cpu), TASK_UNINTERRUPTIBLE);
}

void kthread_bind_mask(struct task_struct *p, const struct cpumask *mask);
void kthread_bind_mask(struct task_struct *p, const struct cpumask *mask)
{
	bind(kut_task_of(p), mask, TASK_UNINTERRUPTIBLE);
}

struct task_struct *kthread_create_on_cpu(int (*fn)(void *), void *data, unsigned int cpu,
					  const char *fmt)
{
	char name[64];
	struct task_struct *p;

	snprintf(name, sizeof(name), fmt, cpu);
	p = create(fn, data, cpu, name);
	if (!IS_ERR(p))
		kthread_bind(p, cpu);
	return p;
}

/* It runs there also while the CPU comes up or goes down. */
void kthread_set_per_cpu(struct task_struct *p, int cpu)
{
	WARN_ON_ONCE(!(p->flags & PF_NO_SETAFFINITY));
	kut_task_of(p)->home = cpu;
}

bool kthread_should_park(void)
{
	return kut_task_of(current)->should_park;
}

void kthread_parkme(void)
{
	struct kut_task *t = kut_task_of(current);

	while (t->should_park) {
		set_special_state(TASK_PARKED);
		/* Off the CPU before who waits for `parked` can look. */
		preempt_disable();
		complete(&t->parked);
		schedule_preempt_disabled();
		preempt_enable();
	}
	__set_current_state(TASK_RUNNING);
}

int kthread_park(struct task_struct *p)
{
	struct kut_task *t = kut_task_of(p);

	if (WARN_ON(t->exited))
		return -ENOSYS;
	if (WARN_ON_ONCE(t->should_park))
		return -EBUSY;
	t->should_park = true;
	if (p != current) {
		wake_up_process(p);
		wait_for_completion(&t->parked);
	}
	return 0;
}

void kthread_unpark(struct task_struct *p)
{
	struct kut_task *t = kut_task_of(p);

	if (!t->should_park)
		return;
	if (t->home >= 0)
		bind(t, cpumask_of(t->home), TASK_PARKED);
	t->should_park = false;
	wake_up_state(p, TASK_PARKED);
}

void *kthread_data(struct task_struct *p)
{
	return kut_task_of(p)->data;
}

bool kthread_should_stop(void)
{
	return kut_task_of(current)->should_stop;
}

bool kthread_should_stop_or_park(void)
{
	return kthread_should_stop() || kthread_should_park();
}

int kthread_stop(struct task_struct *p)
{
	struct kut_task *t = kut_task_of(p);
	int ret;

	get_task_struct(p);
	t->should_stop = true;
	kthread_unpark(p);
	wake_up_process(p);
	ret = kut_task_join(t);
	put_task_struct(p);
	return ret;
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
	if (kut_task_of(task)->exited)
		return -ESRCH;
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

void kut_task_works_run(struct task_struct *task)
{
	struct callback_head *work;

	while ((work = task->task_works)) {
		task->task_works = work->next;
		work->func(work);
	}
}

unsigned long wait_task_inactive(struct task_struct *p, kut_match_state_t state)
{
	return kut_wait_inactive(kut_task_of(p), state);
}
