// SPDX-License-Identifier: GPL-2.0-only
/* Tasks that are blocked for ever, in the words of khungtaskd. */
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/string.h>

#include "kut.h"

static void show_task(struct kut_task *t)
{
	kut_log(LOGLEVEL_INFO, "task:%-15.15s state:%c pid:%-5d tgid:%-5d flags:0x%08x\n",
		t->task.comm, task_state_to_char(&t->task), t->task.pid, t->task.tgid,
		t->task.flags);
	kut_host->backtrace_of(t->thread);
}

/* An uninterruptible sleep, but not that of a worker which waits for work. */
static bool blocked(const struct kut_task *t)
{
	return t->thread && READ_ONCE(kut_task_state(&t->task)) == TASK_UNINTERRUPTIBLE;
}

/* The name of a task is cut off at its end. */
static bool runs(const struct kut_task *t, const char *op)
{
	return t->thread && !strncmp(t->task.comm, op, TASK_COMM_LEN - 1);
}

/* Runs on the host's side, outside any task. */
int kut_hung(const char *op, unsigned long seconds)
{
	struct kut_task *t;
	int n = 0;

	kut_resumed(&kut_cpus[0]);
	list_for_each_entry(t, &kut_tasks, all) {
		if (!blocked(t) && !runs(t, op))
			continue;
		kut_finding("hung task", "INFO: task %s:%d blocked for more than %lu seconds.",
			    t->task.comm, t->task.pid, seconds);
		show_task(t);
		n++;
	}
	return n;
}
