// SPDX-License-Identifier: GPL-2.0-only
/* WARN, BUG, oops and panic, in the kernel's own words. */
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched/debug.h>
#include <asm/trap_pf.h>

#include "slab.h"
#include "vmap.h"

int panic_on_warn, oops_in_progress;
unsigned long panic_print;

static void symbol(unsigned long ip, char *buf, unsigned long size)
{
	kut_host->symbolize(ip, buf, size);
}

static void where(const char *what, const char *file, unsigned int line, unsigned long ip)
{
	char at[128];

	symbol(ip, at, sizeof(at));
	kut_log(LOGLEVEL_ALERT, "%s: CPU: %d PID: %d at %s:%u %s\n", what, raw_smp_processor_id(),
		current->pid, file ? file : "?", line, at);
}

static void trace(void)
{
	kut_log(LOGLEVEL_WARNING, "CPU: %d PID: %d Comm: %s\n", raw_smp_processor_id(),
		current->pid, current->comm);
	kut_host->backtrace();
}

int kut_bug(unsigned long ip, const char *file, unsigned int line, unsigned int flags)
{
	char text[128], at[96];

	symbol(ip, at, sizeof(at));
	if ((flags & BUGFLAG_WARNING) && kut_warning_suppressed())
		return KUT_BUG_SUPPRESSED;
	if (flags & BUGFLAG_DONE)
		return KUT_BUG_TOLD;
	if (flags & BUGFLAG_WARNING) {
		if (!(flags & BUGFLAG_NO_CUT_HERE))
			kut_log(LOGLEVEL_WARNING, KUT_CUT_HERE);
		where("WARNING", file, line, ip);
		trace();
		kut_log(LOGLEVEL_WARNING, "---[ end trace 0000000000000000 ]---\n");
		scnprintf(text, sizeof(text), "WARNING at %s:%u %s", file ? file : "?", line, at);
		kut_host->finding("WARN", text);
		return KUT_BUG_TOLD;
	}
	kut_log(LOGLEVEL_WARNING, KUT_CUT_HERE);
	kut_log(LOGLEVEL_ALERT, "kernel BUG at %s:%u!\n", file ? file : "?", line);
	kut_oops(&(struct kut_fault){.kind = KUT_FAULT_OPCODE, .ip = ip});
	return KUT_BUG_FATAL;
}

/* What a page fault was, as show_fault_oops() says it. */
static void page_fault(const struct kut_fault *f)
{
	const char *access = f->code & X86_PF_INSTR   ? "instruction fetch"
			     : f->code & X86_PF_WRITE ? "write access"
						      : "read access";
	unsigned long code = f->code & (X86_PF_PROT | X86_PF_WRITE | X86_PF_INSTR);

	if (f->addr < PAGE_SIZE)
		kut_log(LOGLEVEL_ALERT, "BUG: kernel NULL pointer dereference, address: %016lx\n",
			f->addr);
	else
		kut_log(LOGLEVEL_ALERT, "BUG: unable to handle page fault for address: %016lx\n",
			f->addr);
	kut_log(LOGLEVEL_ALERT, "#PF: supervisor %s in kernel mode\n", access);
	kut_log(LOGLEVEL_ALERT, "#PF: error_code(0x%04lx) - %s\n", code,
		code & X86_PF_PROT ? "permissions violation" : "not-present page");
	kut_log(LOGLEVEL_EMERG, "Oops: Oops: %04lx [#1] SMP\n", code);
}

/* What it can be: a guard page, a freed object, an area or a mapping that is gone. */
static void describe(unsigned long addr)
{
	kut_memory_describe((void *)addr);
	kut_vmap_describe(addr);
	kut_io_describe(addr);
}

void kut_lockup_text(char *text, unsigned long size, unsigned int seconds)
{
	unsigned int cpu = raw_smp_processor_id();

	if (irqs_disabled())
		scnprintf(text, size, "Watchdog detected hard LOCKUP on cpu %u", cpu);
	else
		scnprintf(text, size, "BUG: soft lockup - CPU#%u stuck for %us! [%s:%d]", cpu,
			  seconds, current->comm, current->pid);
}

void kut_show_other_cpus(void)
{
	for (unsigned int i = 0; i < kut_layout.cpus; i++) {
		const struct kut_task *t = kut_cpus[i].running;

		if (&kut_cpus[i] == kut_this_cpu() || !t->thread)
			continue;
		if (kut_cpus[i].idle_waiting) {
			kut_log(LOGLEVEL_WARNING, "NMI backtrace for cpu %u skipped: idling\n", i);
			continue;
		}
		kut_log(LOGLEVEL_WARNING, "NMI backtrace for cpu %u\n", i);
		kut_log(LOGLEVEL_WARNING, "CPU: %u PID: %d Comm: %s\n", i, t->task.pid,
			t->task.comm);
		kut_host->backtrace_of(t->thread);
	}
}

static void lockup(unsigned int seconds)
{
	char text[96];

	kut_lockup_text(text, sizeof(text), seconds);
	kut_log(LOGLEVEL_EMERG, "watchdog: %s\n", text);
}

void kut_oops(const struct kut_fault *f)
{
	static const char *const names[] = {
		[KUT_FAULT_PAGE] = "unable to handle page fault",
		[KUT_FAULT_STACK] = "stack guard page",
		[KUT_FAULT_PROTECTION] = "general protection fault",
		[KUT_FAULT_DIVIDE] = "divide error",
		[KUT_FAULT_OPCODE] = "invalid opcode",
		[KUT_FAULT_BREAKPOINT] = "int3",
		[KUT_FAULT_LOOP] = "endless loop",
	};
	const char *name = names[f->kind];
	char text[192], at[96];

	symbol(f->ip, at, sizeof(at));
	if (f->kind == KUT_FAULT_PAGE && f->addr < PAGE_SIZE)
		name = "kernel NULL pointer dereference";
	if (f->kind == KUT_FAULT_STACK)
		kut_log(LOGLEVEL_EMERG, "BUG: TASK stack guard page was hit\n");
	if (f->kind == KUT_FAULT_PAGE)
		page_fault(f);
	else if (f->kind == KUT_FAULT_LOOP)
		lockup(f->seconds);
	else
		kut_log(LOGLEVEL_EMERG, "Oops: %s: 0000 [#1] SMP\n", name);
	kut_log(LOGLEVEL_ALERT, "RIP: 0010:%s\n", at);
	trace();
	if (f->kind == KUT_FAULT_LOOP)
		kut_show_other_cpus();
	if (f->kind == KUT_FAULT_PAGE)
		describe(f->addr);
	scnprintf(text, sizeof(text), "%s at %s", name, at);
	kut_host->finding(f->kind == KUT_FAULT_LOOP ? "lockup" : "oops", text);
	if (in_interrupt() && f->kind != KUT_FAULT_LOOP)
		kut_log(LOGLEVEL_EMERG,
			"Kernel panic - not syncing: Fatal exception in interrupt\n");
}

void panic(const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	kut_log(LOGLEVEL_EMERG, "Kernel panic - not syncing: %s\n", text);
	trace();
	kut_log(LOGLEVEL_EMERG, "---[ end Kernel panic - not syncing: %s ]---\n", text);
	kut_host->stop(KUT_STOP_PANIC, text);
	for (;;)
		cpu_relax();
}

void dump_stack(void)
{
	trace();
}

void dump_stack_lvl(const char *level)
{
	trace();
}
