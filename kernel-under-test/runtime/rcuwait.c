// SPDX-License-Identifier: GPL-2.0-only
/* The two functions of struct rcuwait that are in the kernel's own exit path. */
#include <linux/rcuwait.h>
#include <linux/sched.h>

#include "kut.h"

int rcuwait_wake_up(struct rcuwait *w)
{
	struct task_struct *task;
	int woken = 0;

	rcu_read_lock();
	smp_mb(); /* the condition is set before the task is looked at */
	task = rcu_dereference(w->task);
	if (task)
		woken = wake_up_process(task);
	rcu_read_unlock();
	return woken;
}

#if !KUT_BEFORE(5, 13)
void finish_rcuwait(struct rcuwait *w)
{
	rcu_assign_pointer(w->task, NULL);
	__set_current_state(TASK_RUNNING);
}
#endif
