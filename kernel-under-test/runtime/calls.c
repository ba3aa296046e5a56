// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls from a scenario: each runs one operation of an exerciser (section
 * .kut_ops, see modules/kut_module.h) in a task of its own.
 */
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kut.h"
#include "../modules/kut_module.h"

extern const struct kut_op __start_kut_ops[], __stop_kut_ops[];

static const struct kut_op *find(const char *name)
{
	for (const struct kut_op *op = __start_kut_ops; op < __stop_kut_ops; op++)
		if (!strcmp(op->name, name))
			return op;
	return NULL;
}

const char *kut_op_name(unsigned int index)
{
	return index < __stop_kut_ops - __start_kut_ops ? __start_kut_ops[index].name : NULL;
}

/* As do_one_initcall() looks at what it called, and repairs it. */
static void check_balance(const char *op)
{
	if (preempt_count()) {
		kut_finding("imbalance", "WARNING: %s returned with preemption imbalance", op);
		kut_show_atomic();
		kut_forget_spins();
		preempt_count_set(0);
	}
	if (irqs_disabled()) {
		kut_finding("imbalance", "WARNING: %s returned with disabled interrupts", op);
		kut_show_atomic();
		local_irq_enable();
	}
}

static int run_call(void *data)
{
	struct kut_call *call = data;
	const struct kut_op *op = find(call->op);
	struct kut_op_args args = {call->arg, call->buf, call->buf_len};

	call->result = op ? op->fn(&args) : -ENOENT;
	check_balance(call->op);
	call->done = 1;
	kut_host->done(call);
	return 0;
}

/* Runs on the host's side, outside any task: only queues the task. */
void kut_submit(struct kut_call *call)
{
	struct kut_task *t;

	kut_resumed(&kut_cpus[call->cpu]);
	t = kut_task_create(call->op, run_call, call, call->cpu);
	if (!t)
		panic("no memory for the call %s", call->op);
	put_task_struct(&t->task); /* nobody joins it */
	wake_up_process(&t->task);
}

void kut_report(const char *channel, const void *data, unsigned long len)
{
	kut_host->report(channel, data, len);
}
