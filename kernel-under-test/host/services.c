// SPDX-License-Identifier: MIT
/*
 * struct kut_host_ops: what the hosted kernel's runtime asks of the simulator.
 * Kernel code keeps the stack aligned to 8 bytes only, so each entry realigns.
 */
#include <asm/prctl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel-under-test/host/internal.h"

#define ENTRY	      static __attribute__((force_align_arg_pointer))
#define PAGE	      4096
#define MAX_LOG_LINES 1000000

/* At the head of a service: who called it, for what goes wrong in it. */
#define enter() enter_from(__builtin_return_address(0), __builtin_frame_address(0))

static struct kut_kernel *enter_from(void *caller, void *frame)
{
	struct kut_kernel *k = kut_live;

	k->caller = (uintptr_t)caller;
	k->caller_sp = (uintptr_t)frame;
	if ((k->timed_out || k->stuck) && !k->dead && !k->trap_sp)
		kut_end_here(k);
	return k;
}

/*
 * Memory that the kernel hands over is looked at here, before state of ours is
 * half changed: a bad pointer ends the kernel without harm.
 */
static void must_be_readable(const void *data, unsigned long len)
{
	const volatile char *p = data;

	for (unsigned long i = 0; i < len; i += PAGE)
		(void)p[i];
	if (len)
		(void)p[len - 1];
}

static void record(struct kut_kernel *k, struct trc_record *r)
{
	if (!k->config.hooks.record)
		return;
	r->time = evk_now();
	k->config.hooks.record(k->config.hooks.ctx, r);
}

/* The one place where a kernel thread gives way to others. */
static int give_way(struct kut_kernel *k, evk_event *event, uint64_t ps)
{
	struct kut_thread *self = k->running;
	uintptr_t caller = k->caller, caller_sp = k->caller_sp;
	int ret;

	if (self)
		self->sp = (uintptr_t)__builtin_frame_address(0);
	k->running = NULL;
	ret = event ? evk_wait_event(event, ps) : evk_wait(ps);
	k->running = self;
	k->caller = caller;
	k->caller_sp = caller_sp;
	return ret;
}

ENTRY unsigned long op_now(void)
{
	enter();
	return evk_now();
}

/* Other seeds than 0 stretch each delay a little: CPUs meet in other orders. */
static uint64_t stretched(struct kut_kernel *k, uint64_t ps)
{
	return k->config.seed && ps ? ps + sim_rng_below(&k->sched, ps / 4 + 1) : ps;
}

ENTRY void op_spend(unsigned long ps)
{
	struct kut_kernel *k = enter();

	give_way(k, NULL, stretched(k, ps));
}

static void thread_main(void *arg)
{
	struct kut_thread *t = arg;

	t->stack_top = (uintptr_t)__builtin_frame_address(0);
	kut_live->running = t;
	t->fn(t->arg);
	kut_live->running = NULL;
	free(t);
}

ENTRY void *op_thread_start(const char *name, void (*fn)(void *), void *arg)
{
	struct kut_thread *t = malloc(sizeof(*t));

	enter();
	if (!t)
		return NULL;
	*t = (struct kut_thread){.fn = fn, .arg = arg};
	if (evk_thread_new(name, thread_main, t, 0))
		return t;
	free(t);
	return NULL;
}

ENTRY void *op_event_new(const char *name)
{
	return evk_event_new(name);
}

ENTRY void op_event_free(void *event)
{
	evk_event_free(event);
}

ENTRY void op_event_notify(void *event, unsigned long delay)
{
	struct kut_kernel *k = enter();

	evk_notify(event, stretched(k, delay));
}

ENTRY void op_event_cancel(void *event)
{
	evk_cancel(event);
}

ENTRY int op_event_wait(void *event, unsigned long timeout)
{
	return give_way(enter(), event, timeout) != 0;
}

ENTRY void op_set_gs(unsigned long base)
{
	static int fast = -1;

	if (fast < 0)
		fast = (getauxval(AT_HWCAP2) >> 1) & 1; /* HWCAP2_FSGSBASE */
	if (fast)
		__asm__ volatile("wrgsbase %0" ::"r"(base) : "memory");
	else
		syscall(SYS_arch_prctl, ARCH_SET_GS, base);
}

ENTRY unsigned long op_mmio_read(unsigned long pa, unsigned int size)
{
	struct kut_kernel *k = enter();
	uint64_t latency = 0, value;

	value = k->config.hooks.mmio_read(k->config.hooks.ctx, pa, size, &latency);
	give_way(k, NULL, stretched(k, latency));
	return value;
}

ENTRY void op_mmio_write(unsigned long pa, unsigned long value, unsigned int size)
{
	struct kut_kernel *k = enter();
	uint64_t latency = 0;

	k->config.hooks.mmio_write(k->config.hooks.ctx, pa, size, value, &latency);
	give_way(k, NULL, stretched(k, latency));
}

ENTRY int op_map(unsigned long va, const unsigned long *pa, unsigned long pages)
{
	struct kut_kernel *k = enter();
	uint64_t base = mdl_ram_base(k->config.ram);

	/* Neighbours together: the host limits the number of mappings. */
	for (unsigned long i = 0, n; i < pages; i += n) {
		void *at = (void *)(va + i * PAGE);

		for (n = 1; i + n < pages && pa[i + n] == pa[i] + n * PAGE; n++)
			;
		if (mmap(at, n * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			 mdl_ram_fd(k->config.ram), pa[i] - base) != at)
			return -errno;
	}
	return 0;
}

ENTRY void op_unmap(unsigned long va, unsigned long pages)
{
	enter();
	munmap((void *)va, pages * PAGE);
}

ENTRY int op_protect(unsigned long va, unsigned long pages, int accessible)
{
	enter();
	return mprotect((void *)va, pages * PAGE, accessible ? PROT_READ | PROT_WRITE : PROT_NONE)
		       ? -errno
		       : 0;
}

ENTRY int op_alloc_fails(const struct kut_alloc *alloc)
{
	struct kut_kernel *k = enter();

	return k->config.hooks.alloc_fails &&
	       k->config.hooks.alloc_fails(k->config.hooks.ctx, alloc);
}

/* A loop that prints would take all memory before any clock ends it. */
static __attribute__((noreturn)) void end_flood(struct kut_kernel *k)
{
	char text[80];

	snprintf(text, sizeof(text), "the kernel has logged more than %d lines", MAX_LOG_LINES);
	k->config.hooks.log(k->config.hooks.ctx, 2, text, strlen(text));
	k->config.hooks.finding(k->config.hooks.ctx, "log flood", text);
	kut_backtrace_from(k, k->caller_sp);
	kut_set_dead(k, "%s", text);
	kut_die();
}

ENTRY void op_log(int level, const char *text, unsigned long len)
{
	struct kut_kernel *k = enter();

	must_be_readable(text, len);
	if (++k->log_lines > MAX_LOG_LINES && !k->dead && !k->trap_sp)
		end_flood(k);
	k->config.hooks.log(k->config.hooks.ctx, level, text, len);
}

ENTRY void op_finding(const char *kind, const char *text)
{
	struct kut_kernel *k = enter();

	must_be_readable(kind, 1);
	must_be_readable(text, 1);
	k->config.hooks.finding(k->config.hooks.ctx, kind, text);
}

ENTRY void op_stop(enum kut_stop why, const char *text)
{
	static const char *const names[] = {
		[KUT_STOP_PANIC] = "kernel panic",
		[KUT_STOP_IMPORT] = "kernel import not provided",
		[KUT_STOP_LOCKUP] = "lockup",
		[KUT_STOP_DEADLOCK] = "deadlock",
	};

	kut_set_dead(kut_live, "%s: %s", names[why], text);
	kut_die();
}

ENTRY unsigned long op_choose(unsigned long bound)
{
	struct kut_kernel *k = enter();

	return k->config.seed && bound ? sim_rng_below(&k->sched, bound) : 0;
}

ENTRY void op_trace_switch(unsigned int cpu, int pid, const char *name)
{
	struct trc_record r = {.kind = TRC_SWITCH,
			       .n_words = 2,
			       .words = {cpu, (uint64_t)(int64_t)pid},
			       .text = name,
			       .text_len = strlen(name)};

	record(enter(), &r);
}

ENTRY void op_trace_irq(unsigned int cpu, unsigned int hwirq)
{
	struct trc_record r = {.kind = TRC_IRQ_TAKEN, .n_words = 2, .words = {cpu, hwirq}};

	record(enter(), &r);
}

ENTRY int op_symbolize(unsigned long addr, char *buf, unsigned long size)
{
	return kut_image_symbolize(kut_live->image, addr, buf, size);
}

static bool skipped(const struct kut_kernel *k, const char *initcall)
{
	for (size_t i = 0; i < k->config.n_skip_initcalls; i++)
		if (strcmp(k->config.skip_initcalls[i], initcall) == 0)
			return true;
	return false;
}

ENTRY int op_initcall(unsigned int index, struct kut_boot_call *call)
{
	const struct kut_initcall *calls;
	size_t n = kut_image_initcalls(kut_live->image, &calls);

	/* The index is the kernel's: it counts the calls that are wanted. */
	for (size_t i = 0; i < n; i++) {
		if (skipped(kut_live, calls[i].name) || index-- > 0)
			continue;
		*call = (struct kut_boot_call){calls[i].fn, calls[i].name, calls[i].level};
		return 1;
	}
	return 0;
}

ENTRY void op_backtrace(void)
{
	kut_backtrace_from(kut_live, (uintptr_t)__builtin_frame_address(0));
}

ENTRY void op_backtrace_of(void *thread)
{
	kut_backtrace_of(kut_live, thread);
}

ENTRY void op_done(struct kut_call *call)
{
	struct kut_kernel *k = enter();

	if (!call)
		k->booted = true;
	evk_stop(0);
}

ENTRY void op_report(const char *channel, const void *data, unsigned long len)
{
	struct kut_kernel *k = enter();

	must_be_readable(data, len);
	k->config.hooks.report(k->config.hooks.ctx, channel, data, len);
}

/* Called by the loader's stub, which has aligned the stack. */
void kut_service_missing(const char *symbol)
{
	char *text = kut_missing_text(kut_live, symbol);

	op_log(2, text ? text : symbol, strlen(text ? text : symbol));
	op_finding("import", text ? text : symbol);
	kut_backtrace_from(kut_live, (uintptr_t)__builtin_frame_address(0));
	kut_set_dead(kut_live, "%s", text ? text : symbol);
	free(text);
	kut_die();
}

const struct kut_host_ops kut_services = {
	.now = op_now,
	.spend = op_spend,
	.thread_start = op_thread_start,
	.event_new = op_event_new,
	.event_free = op_event_free,
	.event_notify = op_event_notify,
	.event_cancel = op_event_cancel,
	.event_wait = op_event_wait,
	.set_gs = op_set_gs,
	.mmio_read = op_mmio_read,
	.mmio_write = op_mmio_write,
	.map = op_map,
	.unmap = op_unmap,
	.protect = op_protect,
	.alloc_fails = op_alloc_fails,
	.log = op_log,
	.finding = op_finding,
	.stop = op_stop,
	.choose = op_choose,
	.trace_switch = op_trace_switch,
	.trace_irq = op_trace_irq,
	.symbolize = op_symbolize,
	.initcall = op_initcall,
	.backtrace = op_backtrace,
	.backtrace_of = op_backtrace_of,
	.done = op_done,
	.report = op_report,
};
