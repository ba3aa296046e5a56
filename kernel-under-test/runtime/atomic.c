// SPDX-License-Identifier: GPL-2.0-only
/*
 * Atomic context: what must not sleep, and what must leave the preempt count as it
 * found it. The kernel's names for the checks: seam_atomic.c.
 */
#include <linux/bug.h>
#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/spinlock.h>

#include "kut.h"

DEFINE_PER_CPU(unsigned long, kut_atomic_ip);

const char *kut_symbol(unsigned long addr, char *buf, unsigned long size)
{
	kut_host->symbolize(addr, buf, size);
	return buf;
}

/* A lock function says nothing: the place is where the first of the locks was taken. */
static void show_place(const char *what, unsigned long ip)
{
	struct kut_held_list *spins = this_cpu_ptr(&kut_spins);
	char at[128];

	if (spins->n && in_lock_functions(ip))
		ip = spins->held[1].ip;
	kut_log(LOGLEVEL_ERR, "%s disabled at: %s\n", what, kut_symbol(ip, at, sizeof(at)));
}

void kut_show_atomic(void)
{
	if (preempt_count())
		show_place("Preemption", this_cpu_read(kut_atomic_ip));
	if (irqs_disabled())
		show_place("Interrupts", kut_this_cpu()->irqs_off_ip);
	kut_show_held(kut_task_of(current));
	dump_stack();
}

/* Each place once in a second, for each place that made it atomic. */
static bool told_lately(const char *file, int line)
{
	static struct {
		const char *file;
		int line;
		unsigned long atomic, irqs_off, jiffies;
	} told;
	unsigned long atomic = preempt_count() ? this_cpu_read(kut_atomic_ip) : 0;
	unsigned long irqs_off = irqs_disabled() ? kut_this_cpu()->irqs_off_ip : 0;

	if (told.file == file && told.line == line && told.atomic == atomic &&
	    told.irqs_off == irqs_off && time_before(jiffies, told.jiffies + HZ))
		return true;
	told.file = file;
	told.line = line;
	told.atomic = atomic;
	told.irqs_off = irqs_off;
	told.jiffies = jiffies;
	return false;
}

void kut_might_resched(const char *file, int line, unsigned int expected)
{
	unsigned int count = preempt_count();

	if (likely(count == expected && !irqs_disabled() && !current->non_block_count))
		return;
	if (is_idle_task(current) || system_state == SYSTEM_BOOTING ||
	    system_state > SYSTEM_RUNNING || told_lately(file, line))
		return;
	kut_finding("sleep in atomic context",
		    "BUG: sleeping function called from invalid context at %s:%d", file, line);
	kut_log(LOGLEVEL_ERR,
		"in_atomic(): %d, irqs_disabled(): %d, non_block: %d, pid: %d, name: %s\n",
		in_atomic(), irqs_disabled(), current->non_block_count, current->pid,
		current->comm);
	kut_log(LOGLEVEL_ERR, "preempt_count: %x, expected: %x\n", count, expected);
	kut_show_atomic();
}

void kut_might_sleep(const char *file, int line, unsigned int expected)
{
	unsigned int state = READ_ONCE(kut_task_state(current));

	WARN_ONCE(state != TASK_RUNNING && current->task_state_change,
		  "do not call blocking ops when !TASK_RUNNING; state=%x\n", state);
	kut_might_resched(file, line, expected);
}

static void assumed(const char *what, const char *file, int line)
{
	if (told_lately(file, line))
		return;
	kut_finding("not atomic", "BUG: assuming %s context at %s:%d", what, file, line);
	kut_log(LOGLEVEL_ERR, "in_atomic(): %d, irqs_disabled(): %d, pid: %d, name: %s\n",
		in_atomic(), irqs_disabled(), current->pid, current->comm);
	kut_show_atomic();
}

void kut_cant_sleep(const char *file, int line, unsigned int offset)
{
	if (!irqs_disabled() && preempt_count() <= offset)
		assumed("atomic", file, line);
}

void __cant_migrate(const char *file, int line)
{
	if (!irqs_disabled() && !preempt_count())
		assumed("non migratable", file, line);
}

void kut_forget_spins(void)
{
	this_cpu_ptr(&kut_spins)->n = kut_this_cpu()->outer_spins;
}

bool kut_check_balance(const char *what, const void *fn, int count, bool irqs_off)
{
	char at[96];

	if (likely(preempt_count() == count && irqs_disabled() == irqs_off))
		return true;
	kut_symbol((unsigned long)fn, at, sizeof(at));
	if (preempt_count() != count)
		kut_finding("preempt leak", "WARNING: %s: %s preempt leak: %08x -> %08x", what, at,
			    count, preempt_count());
	else
		kut_finding("interrupt leak", "WARNING: %s: %s returned with interrupts %s", what,
			    at, irqs_off ? "enabled" : "disabled");
	kut_show_atomic();
	kut_forget_spins();
	preempt_count_set(count);
	if (irqs_off)
		local_irq_disable();
	else
		local_irq_enable();
	return false;
}
