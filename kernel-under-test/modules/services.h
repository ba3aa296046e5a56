/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the services_*.c share. These exercisers use the kernel's services as any
 * driver would, and report in buf what they measured: 64-bit numbers, or a text of
 * one letter for each step in the order in which the steps came. What the kernel
 * promises about them is stated by the scenario that calls them.
 */
#ifndef SERVICES_H
#define SERVICES_H

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "kut_module.h"

static inline void svc_put(const struct kut_op_args *a, unsigned int index, s64 value)
{
	if ((index + 1) * sizeof(s64) <= a->buf_len)
		((s64 *)a->buf)[index] = value;
}

/* The steps of the operation that runs; there is one at a time. */
#define SVC_STEPS 256
extern char svc_text[SVC_STEPS];
extern unsigned int svc_steps;

static inline void svc_begin(void)
{
	svc_steps = 0;
}

static inline void svc_step(char c)
{
	if (svc_steps < SVC_STEPS)
		svc_text[svc_steps++] = c;
}

static inline long svc_text_out(const struct kut_op_args *a)
{
	memcpy(a->buf, svc_text, min_t(unsigned long, svc_steps, a->buf_len));
	return svc_steps;
}

/* A thread on a CPU, that has begun when svc_thread_join() asks for its result. */
struct svc_thread {
	struct task_struct *task;
	struct completion begun;
	int (*fn)(void *data);
	void *data;
};

int svc_thread_start(struct svc_thread *t, unsigned int cpu, int (*fn)(void *data), void *data);
int svc_thread_join(struct svc_thread *t);

/* An input of the interrupt controller that no device has: its interrupt, and a pulse on it. */
int svc_irq_map(void);
void svc_irq_raise(void);

#endif
