// SPDX-License-Identifier: GPL-2.0-only
/* WARN, BUG, oops and panic, in the kernel's own words. */
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sched/debug.h>

#include "kut.h"

#define CUT_HERE "------------[ cut here ]------------\n"

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

void __warn_printk(const char *fmt, ...)
{
	va_list args;

	kut_log(LOGLEVEL_WARNING, CUT_HERE);
	va_start(args, fmt);
	vprintk_emit(0, LOGLEVEL_WARNING, NULL, fmt, args);
	va_end(args);
}

static void trace(void)
{
	kut_log(LOGLEVEL_WARNING, "CPU: %d PID: %d Comm: %s\n", raw_smp_processor_id(), current->pid,
		current->comm);
	kut_host->backtrace();
}

int kut_bug(unsigned long ip, const char *file, unsigned int line, unsigned int flags)
{
	char text[128], at[96];

	symbol(ip, at, sizeof(at));
	if (flags & BUGFLAG_WARNING) {
		if (!(flags & BUGFLAG_NO_CUT_HERE))
			kut_log(LOGLEVEL_WARNING, CUT_HERE);
		where("WARNING", file, line, ip);
		trace();
		kut_log(LOGLEVEL_WARNING, "---[ end trace 0000000000000000 ]---\n");
		scnprintf(text, sizeof(text), "WARNING at %s:%u %s", file ? file : "?", line, at);
		kut_host->finding("WARN", text);
		return 0;
	}
	kut_log(LOGLEVEL_WARNING, CUT_HERE);
	kut_log(LOGLEVEL_ALERT, "kernel BUG at %s:%u!\n", file ? file : "?", line);
	kut_oops("invalid opcode", ip, 0);
	return 1;
}

void kut_oops(const char *what, unsigned long ip, unsigned long addr)
{
	char text[192], at[96];

	symbol(ip, at, sizeof(at));
	if (addr || strcmp(what, "invalid opcode"))
		kut_log(LOGLEVEL_ALERT, "BUG: %s, address: %016lx\n", what, addr);
	kut_log(LOGLEVEL_ALERT, "Oops: 0000 [#1] SMP\n");
	kut_log(LOGLEVEL_ALERT, "RIP: 0010:%s\n", at);
	trace();
	scnprintf(text, sizeof(text), "%s at %s", what, at);
	kut_host->finding("oops", text);
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
