// SPDX-License-Identifier: GPL-2.0-only
/* Seam: what kvfree_rcu() hands over, by what names SRCU is set up and CPUs come and go. */
#include <linux/cpu.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#include "kut.h"

#if KUT_BEFORE(6, 0)
/* `func` is the offset of the head in the object, or the object without a head. */
void kvfree_call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	kut_rcu_kvfree(head, head ? (void *)head - (unsigned long)func : (void *)func);
}
#elif KUT_BEFORE(6, 15)
void kvfree_call_rcu(struct rcu_head *head, void *ptr)
{
	kut_rcu_kvfree(head, ptr);
}
#else
void kvfree_call_rcu(struct kvfree_rcu_head *head, void *ptr)
{
	kut_rcu_kvfree((struct rcu_head *)head, ptr);
}

/* Tasks are freed by their last put_task_struct(), at once. */
void __put_task_struct_rcu_cb(struct rcu_head *head)
{
	__put_task_struct(container_of(head, struct task_struct, rcu));
}
#endif

#if KUT_BEFORE(6, 15)
int init_srcu_struct(struct srcu_struct *ssp)
#else
int init_srcu_struct_generic(struct srcu_struct *ssp)
#endif
{
	return kut_srcu_init(ssp);
}

#if KUT_BEFORE(6, 0)
void rcu_cpu_starting(unsigned int cpu)
{
	kut_rcu_watch(&kut_cpus[cpu], true);
}

void rcu_report_dead(unsigned int cpu)
{
	kut_rcu_watch(&kut_cpus[cpu], false);
}
#else
void rcutree_report_cpu_starting(unsigned int cpu)
{
	kut_rcu_watch(&kut_cpus[cpu], true);
}

void rcutree_report_cpu_dead(void)
{
	kut_rcu_watch(kut_this_cpu(), false);
}
#endif
