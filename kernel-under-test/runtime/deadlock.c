// SPDX-License-Identifier: GPL-2.0-only
/* Deadlocks: a circle of tasks, each of which waits for what the next one holds. */
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "locks.h"
#include "pool.h"

#define MAX_CIRCLE 16

static struct kut_task *path[MAX_CIRCLE];	   /* path[i] waits for path[i + 1] */
static const struct kut_held *held_by[MAX_CIRCLE]; /* by path[i + 1]; NULL: not a lock */

static bool visit(unsigned int depth);

static bool spins(enum kut_lock kind)
{
	return kind <= KUT_WRITE_LOCK || kind == KUT_TIMER_END || kind == KUT_HRTIMER_END ||
	       kind == KUT_CALL_END;
}

/*
 * Whether `t` waits for what it wants, as one that `held` (NULL: no lock) is up to. Who
 * holds a spinlock does not sleep, though it may be on its way to: inside mutex_lock().
 */
static bool waits(const struct kut_task *t, const struct kut_held *held)
{
	if (!t->wants.task)
		return false;
	if (spins(t->wants.kind))
		return true;
	return READ_ONCE(kut_task_state(&t->task)) != TASK_RUNNING && !(held && spins(held->kind));
}

/* True: `t`, on which path[depth] waits, closes the circle. */
static bool follow(unsigned int depth, struct kut_task *t, const struct kut_held *held)
{
	held_by[depth] = held;
	if (!waits(t, held))
		return false;
	if (t == path[0]) {
		path[depth + 1] = t;
		return true;
	}
	for (unsigned int i = 1; i <= depth; i++)
		if (path[i] == t)
			return false;
	if (depth + 2 >= MAX_CIRCLE)
		return false;
	path[depth + 1] = t;
	return visit(depth + 1);
}

/* Readers keep writers out, and not each other. */
static bool keeps_out(const struct kut_held *held, const struct kut_held *wants)
{
	bool reads = held->kind == KUT_READ_LOCK || held->kind == KUT_DOWN_READ;
	bool wants_read = wants->kind == KUT_READ_LOCK || wants->kind == KUT_DOWN_READ;

	return held->lock == wants->lock && !(reads && wants_read);
}

static bool follow_list(unsigned int depth, const struct kut_held_list *l)
{
	const struct kut_held *wants = &path[depth]->wants;

	for (unsigned int i = 1; i <= l->n && i < KUT_MAX_HELD; i++)
		if (keeps_out(&l->held[i], wants) &&
		    follow(depth, kut_task_of(l->held[i].task), &l->held[i]))
			return true;
	return false;
}

/* A reader queues behind a writer that waits. */
static bool follow_writers(unsigned int depth)
{
	const struct kut_held *wants = &path[depth]->wants;
	enum kut_lock writes = wants->kind == KUT_DOWN_READ ? KUT_DOWN_WRITE : KUT_WRITE_LOCK;
	struct kut_task *t;

	if (wants->kind != KUT_DOWN_READ && (wants->kind != KUT_READ_LOCK || in_interrupt()))
		return false;
	list_for_each_entry(t, &kut_tasks, all)
		if (t->wants.lock == wants->lock && t->wants.kind == writes &&
		    follow(depth, t, NULL))
			return true;
	return false;
}

static bool follow_lock(unsigned int depth)
{
	struct kut_task *t;

	for (unsigned int i = 0; i < kut_layout.cpus; i++)
		if (follow_list(depth, per_cpu_ptr(&kut_spins, i)))
			return true;
	list_for_each_entry(t, &kut_tasks, all)
		if (follow_list(depth, &t->held))
			return true;
	return follow_writers(depth);
}

static bool follow_queue(unsigned int depth)
{
	const struct kut_flush *flush = path[depth]->wants.lock;
	struct kut_worker *w = NULL;

	while ((w = kut_pool_next_running(flush->wq, flush->until, w)))
		if (follow(depth, w->task, NULL))
			return true;
	return false;
}

/* Which hrtimer it is, or which CPU was called, is known of a circle only. */
static bool follow_hrtimers(unsigned int depth)
{
	for (unsigned int i = 0; i < kut_layout.cpus; i++)
		for (unsigned int soft = 0; soft < 2; soft++) {
			const void *timer = kut_hrtimer_running(i, soft);

			path[depth]->wants.lock = timer;
			if (timer && follow(depth, kut_cpus[i].running, NULL))
				return true;
		}
	return false;
}

static bool follow_calls(unsigned int depth)
{
	for (unsigned int i = 0; i < kut_layout.cpus; i++) {
		path[depth]->wants.lock = &kut_cpus[i];
		if (kut_cpus[i].called && kut_cpus[i].running != path[depth] &&
		    follow(depth, kut_cpus[i].running, NULL))
			return true;
	}
	return false;
}

static bool visit(unsigned int depth)
{
	const struct kut_held *wants = &path[depth]->wants;
	struct kut_task *t;

	switch (wants->kind) {
	case KUT_TASK_END:
		return follow(depth, (struct kut_task *)wants->lock, NULL);
	case KUT_WORK_END:
		t = kut_work_runs_in(wants->lock) ?: kut_work_waits_for(wants->lock);
		return t && follow(depth, t, NULL);
	case KUT_QUEUE_END:
		return follow_queue(depth);
	case KUT_HRTIMER_END:
		return follow_hrtimers(depth);
	case KUT_CALL_END:
		return follow_calls(depth);
	case KUT_TIMER_END:
		t = kut_timer_runs_in(wants->lock);
		return t && follow(depth, t, NULL);
	default:
		return follow_lock(depth);
	}
}

static const char *object_name(const struct kut_held *wants, char *buf, unsigned long size)
{
	const struct kut_task *t = wants->lock;

	if (wants->kind == KUT_TASK_END)
		scnprintf(buf, size, "%s:%d", t->task.comm, t->task.pid);
	else if (wants->kind == KUT_QUEUE_END)
		strscpy(buf, ((const struct kut_flush *)wants->lock)->wq->name, size);
	else if (wants->kind == KUT_CALL_END)
		scnprintf(buf, size, "CPU %u", ((const struct kut_cpu *)wants->lock)->id);
	else
		kut_lock_name(wants->lock, buf, size);
	return buf;
}

/* How path[i + 1] stands to what path[i] waits for. */
static const char *relation(unsigned int i)
{
	const struct kut_held *wants = &path[i]->wants;

	if (held_by[i])
		return "held by";
	if (wants->kind == KUT_WORK_END && kut_work_runs_in(wants->lock) != path[i + 1])
		return "behind";
	return wants->kind >= KUT_WORK_END && wants->kind != KUT_CALL_END ? "run by" : "behind";
}

static void tell_wait(unsigned int i)
{
	const struct kut_held *wants = &path[i]->wants, *held = held_by[i];
	const struct task_struct *next = &path[i + 1]->task;
	char name[96], at[128];

	kut_log(LOGLEVEL_ERR, "%s:%d on CPU %u waits for %s %s at %s\n", path[i]->task.comm,
		path[i]->task.pid, task_cpu(&path[i]->task), kut_lock_kind(wants->kind),
		object_name(wants, name, sizeof(name)), kut_symbol(wants->ip, at, sizeof(at)));
	if (wants->kind != KUT_TASK_END)
		kut_log(LOGLEVEL_ERR, " %s %s:%d%s%s\n", relation(i), next->comm, next->pid,
			held ? ", taken at " : "",
			held ? kut_symbol(held->ip, at, sizeof(at)) : "");
	kut_show_held(path[i]);
	if (&path[i]->task == current)
		dump_stack();
	else
		kut_host->backtrace_of(path[i]->thread);
}

/* A lock that the interrupted code holds, and its handler wants: it waits for ever. */
static bool in_handler(void)
{
	struct kut_held_list *l = this_cpu_ptr(&kut_spins);

	return in_interrupt() && held_by[0] >= l->held &&
	       held_by[0] <= l->held + kut_this_cpu()->outer_spins;
}

static void headline(char *text, unsigned long size, unsigned int n)
{
	unsigned int len = scnprintf(text, size, "%s:%d", path[0]->task.comm, path[0]->task.pid);
	char name[96];

	for (unsigned int i = 0; i < n; i++) {
		const struct kut_held *wants = &path[i]->wants;
		const struct task_struct *next = &path[i + 1]->task;

		len += scnprintf(text + len, size - len, "%s waits for %s %s", i ? ", which" : "",
				 kut_lock_kind(wants->kind),
				 object_name(wants, name, sizeof(name)));
		if (n > 1 && wants->kind != KUT_TASK_END)
			len += scnprintf(text + len, size - len, " %s %s:%d", relation(i),
					 next->comm, next->pid);
	}
	if (n == 1)
		scnprintf(text + len, size - len, ", which %s",
			  !held_by[0]	 ? "is up to itself"
			  : in_handler() ? "the code that this interrupt came into holds"
					 : "it holds itself");
}

static void check(struct kut_task *first)
{
	char text[400];
	unsigned int n = 1;

	path[0] = first;
	if (!waits(path[0], NULL) || !visit(0))
		return;
	while (path[n] != path[0])
		n++;
	headline(text, sizeof(text), n);
	kut_log(LOGLEVEL_ALERT, "BUG: deadlock: %s\n", text);
	kut_host->finding("deadlock", text);
	for (unsigned int i = 0; i < n; i++)
		tell_wait(i);
	kut_host->stop(KUT_STOP_DEADLOCK, text);
}

void kut_check_deadlock(void)
{
	check(kut_task_of(current));
}

/* What a loop of kernel/smp.c or hrtimer.c waits for; they do not say so when they begin. */
static bool loop_waits(unsigned long ip, enum kut_lock *kind)
{
	char at[128];

	kut_symbol(ip, at, sizeof(at));
	*kind = KUT_HRTIMER_END;
	if (!strncmp(at, "hrtimer_cancel+", 15))
		return true;
	*kind = KUT_CALL_END;
	return strstr(at, "smp_call_function") || strstr(at, "csd_lock");
}

void kut_check_spinners(void)
{
	enum kut_lock kind;

	for (unsigned int i = 0; i < kut_layout.cpus; i++) {
		struct kut_task *t = kut_cpus[i].running;

		if (!t->wants.task && kut_cpus[i].spins && loop_waits(kut_cpus[i].spin_ip, &kind))
			t->wants = (struct kut_held){NULL, kut_cpus[i].spin_ip, &t->task, kind};
	}
	for (unsigned int i = 0; i < kut_layout.cpus; i++)
		check(kut_cpus[i].running);
}
