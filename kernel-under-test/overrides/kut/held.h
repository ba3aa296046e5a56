/* SPDX-License-Identifier: GPL-2.0-only */
/* Locks that are held: by a CPU (those that spin) or by a task (those that sleep). */
#ifndef KUT_HELD_H
#define KUT_HELD_H

struct task_struct;

/* What a task can hold or wait for. */
enum kut_lock {
	KUT_SPINLOCK,
	KUT_READ_LOCK,
	KUT_WRITE_LOCK,
	KUT_MUTEX,
	KUT_DOWN_READ,
	KUT_DOWN_WRITE,
	KUT_TASK_END,
	KUT_WORK_END,
	KUT_TIMER_END,
	KUT_HRTIMER_END,
	KUT_QUEUE_END, /* of what waits and runs in a workqueue */
	KUT_CALL_END,  /* of a function that another CPU is to call */
};

#define KUT_MAX_HELD 16

struct kut_held {
	const void *lock;
	unsigned long ip; /* where it was taken */
	struct task_struct *task;
	enum kut_lock kind;
};

struct kut_held_list {
	unsigned int n; /* may be more than there is room for */
	struct kut_held held[KUT_MAX_HELD];
};

#endif
