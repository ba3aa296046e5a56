// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seam: the per-CPU words that every kernel entry uses. 6.12 keeps them in one
 * struct pcpu_hot; 5.10 and 7.x in variables, 7.x with a 64-bit preempt count
 * whose top bit, when clear, asks for a reschedule.
 */
#include <linux/hardirq.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <asm/current.h>

#include "kut.h"

#if !KUT_BEFORE(6, 2) && KUT_BEFORE(6, 15)

DEFINE_PER_CPU_READ_MOSTLY(unsigned long, this_cpu_off);
DEFINE_PER_CPU_ALIGNED(struct pcpu_hot, pcpu_hot);
/* The linker script's second name for it. */
asm(".globl const_pcpu_hot\n.set const_pcpu_hot, pcpu_hot");

void kut_set_current(struct task_struct *task)
{
	this_cpu_write(pcpu_hot.current_task, task);
}

void kut_current_init(unsigned int cpu, unsigned long offset, struct task_struct *idle)
{
	per_cpu(this_cpu_off, cpu) = offset;
	per_cpu(pcpu_hot.cpu_number, cpu) = cpu;
	per_cpu(pcpu_hot.current_task, cpu) = idle;
}

#else

#if KUT_BEFORE(6, 2)
DEFINE_PER_CPU(struct task_struct *, current_task) ____cacheline_aligned;
DEFINE_PER_CPU(int, __preempt_count) = PREEMPT_ENABLED;
DEFINE_PER_CPU_READ_MOSTLY(int, cpu_number);
DEFINE_PER_CPU_READ_MOSTLY(unsigned long, this_cpu_off);
DEFINE_PER_CPU_SHARED_ALIGNED(irq_cpustat_t, irq_stat);
#else
DEFINE_PER_CPU_CACHE_HOT(struct task_struct *, current_task);
DEFINE_PER_CPU_CACHE_HOT(unsigned long, __preempt_count) = PREEMPT_ENABLED;
DEFINE_PER_CPU_CACHE_HOT(int, cpu_number);
DEFINE_PER_CPU_CACHE_HOT(unsigned long, this_cpu_off);
DEFINE_PER_CPU(unsigned long, local_interrupt_disable_state);
DEFINE_PER_CPU_CACHE_HOT(u16, __softirq_pending);
/* The linker script's second name for it. */
asm(".globl const_current_task\n.set const_current_task, current_task");
/* preempt_enable() comes here if a reschedule is asked for; no register may change. */
asm(".globl preempt_schedule_thunk\n"
    ".type preempt_schedule_thunk, @function\n"
    "preempt_schedule_thunk:\n"
    "\tpush %rax\n\tpush %rcx\n\tpush %rdx\n\tpush %rsi\n\tpush %rdi\n"
    "\tpush %r8\n\tpush %r9\n\tpush %r10\n\tpush %r11\n"
    "\tcall kut_preempt\n"
    "\tpop %r11\n\tpop %r10\n\tpop %r9\n\tpop %r8\n"
    "\tpop %rdi\n\tpop %rsi\n\tpop %rdx\n\tpop %rcx\n\tpop %rax\n"
    "\tret\n"
    ".size preempt_schedule_thunk, . - preempt_schedule_thunk");
#endif

void kut_set_current(struct task_struct *task)
{
	this_cpu_write(current_task, task);
}

void kut_current_init(unsigned int cpu, unsigned long offset, struct task_struct *idle)
{
	per_cpu(this_cpu_off, cpu) = offset;
	per_cpu(cpu_number, cpu) = cpu;
	per_cpu(current_task, cpu) = idle;
}

#endif
