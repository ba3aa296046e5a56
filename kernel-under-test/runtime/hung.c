// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that are blocked for long, as khungtaskd tells them. The host asks when the
 * first of them is due, so a kernel that runs does not pay for it.
 */
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/string.h>

#include "kut.h"

#define PS_PER_S (1000UL * 1000 * 1000 * 1000)

static void show_task(struct kut_task *t)
{
	kut_log(LOGLEVEL_INFO, "task:%-15.15s state:%c pid:%-5d tgid:%-5d flags:0x%08x\n",
		t->task.comm, task_state_to_char(&t->task), t->task.pid, t->task.tgid,
		t->task.flags);
	if (t->thread)
		kut_host->backtrace_of(t->thread);
	else
		kut_log(LOGLEVEL_INFO, "nobody has woken it since it was made\n");
}

/* In an uninterruptible sleep: neither killable, nor one of those that wait for work. */
static bool blocked(const struct kut_task *t)
{
	unsigned int state = READ_ONCE(kut_task_state(&t->task));

	return (state & (TASK_UNINTERRUPTIBLE | TASK_WAKEKILL | TASK_NOLOAD)) ==
	       TASK_UNINTERRUPTIBLE;
}

/* The name of a task is cut off at its end. */
static bool runs(const struct kut_task *t, const char *op)
{
	return op && t->thread && !strncmp(t->task.comm, op, TASK_COMM_LEN - 1);
}

static void tell(struct kut_task *t, unsigned long limit)
{
	t->told_since = t->off_since;
	kut_finding("hung task", "INFO: task %s:%d blocked for more than %lu seconds.",
		    t->task.comm, t->task.pid, limit / PS_PER_S);
	show_task(t);
}

/* Runs on the host's side, outside any task. */
unsigned long kut_hung(const char *op, unsigned long limit)
{
	unsigned long now = kut_host->now(), next = now + limit;
	struct kut_task *t;

	kut_resumed(&kut_cpus[0]);
	list_for_each_entry(t, &kut_tasks, all) {
		bool told = t->told_since == t->off_since;

		if (runs(t, op) || (blocked(t) && !told && now - t->off_since >= limit))
			tell(t, limit);
		else if (blocked(t) && op)
			show_task(t);
		else if (blocked(t) && !told)
			next = min(next, t->off_since + limit);
	}
	return next;
}
