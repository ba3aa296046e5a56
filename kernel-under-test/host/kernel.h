/* SPDX-License-Identifier: MIT */
/*
 * A hosted kernel: an object set loaded into this process, booted on a machine,
 * and called.
 *
 * Concepts. The kernel's tasks are threads of the event kernel, so it lives only
 * while evk is open, and it runs only inside evk_run(); kut_kernel_boot() and
 * kut_kernel_call() do that themselves, on the caller's stack, and come back when
 * what they started has ended. Registers are reached through hooks: this library
 * does not know the machine. What ends a kernel (oops, panic, lockup, an import
 * that nobody provides) is told once, in its own words, and every later call
 * fails with -EIO. There is at most one hosted kernel in a process.
 *
 * Functions that fail return a negative errno and set *why to a malloc()ed text.
 */
#ifndef KUT_KERNEL_H
#define KUT_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel-under-test/runtime/host_ops.h"
#include "models/ram.h"
#include "traces/trace.h"

struct kut_kernel;

struct kut_hooks {
	void *ctx;
	/* A line of the kernel log; level 0..7. */
	void (*log)(void *ctx, int level, const char *text, size_t len);
	/* WARN, BUG, oops, lockup ...: `kind` is a word or two, `text` one line. */
	void (*finding)(void *ctx, const char *kind, const char *text);
	/* What an exerciser reports. */
	void (*report)(void *ctx, const char *channel, const void *data, size_t len);
	/* Scheduling, interrupts, calls. May be NULL. */
	void (*record)(void *ctx, const struct trc_record *record);
	/* Whether an allocation shall fail; kut_kernel_called_by() tells where it is. */
	bool (*alloc_fails)(void *ctx, const struct kut_alloc *alloc);
	/* Register accesses; *latency in ps. */
	uint64_t (*mmio_read)(void *ctx, uint64_t pa, unsigned int size, uint64_t *latency);
	void (*mmio_write)(void *ctx, uint64_t pa, unsigned int size, uint64_t value,
			   uint64_t *latency);
};

struct kut_kernel_config {
	const char *kernel_o, *runtime_o; /* paths */
	const char *wanted;		  /* path of wanted.txt: who wants an import; may be NULL */
	char *const *skip_initcalls;	  /* functions that must not be called at boot */
	size_t n_skip_initcalls;
	struct mdl_ram *ram;
	/* Physical addresses; one of dtb and rsdp, the other is 0. */
	uint64_t dtb;	       /* the devicetree blob */
	uint64_t rsdp;	       /* ACPI's root pointer */
	uint64_t firmware_end; /* behind either, from the start of RAM */
	unsigned int cpus;     /* 1..KUT_MAX_CPUS */
	unsigned int memory;   /* KUT_MEMORY_ bits */
	uint64_t seed;
	const char *cmdline;
	double timeout_s; /* host seconds for the whole run; 0: none */
	struct kut_hooks hooks;
};

/* Load and link. -EBUSY: there is one already. */
int kut_kernel_new(struct kut_kernel **out, const struct kut_kernel_config *config, char **why);
void kut_kernel_free(struct kut_kernel *kernel);

/* Run until the last initcall has returned. -EIO: the kernel died on the way. */
int kut_kernel_boot(struct kut_kernel *kernel, char **why);

/*
 * Run one operation of an exerciser to its end; its result is in call->result.
 * -EIO: the kernel died or hangs (then *why says how); -EINVAL: no such operation.
 */
int kut_kernel_call(struct kut_kernel *kernel, struct kut_call *call, char **why);

/*
 * From now on, an operation hangs that takes longer than this, and a task that is
 * blocked for longer is a finding; 120 s before.
 */
void kut_kernel_hung_timeout(struct kut_kernel *kernel, uint64_t ps);

/*
 * Let simulated time pass: until `until` (ps, absolute), or *done (may be NULL) is
 * true, whose setter calls evk_stop(). -EIO as above.
 */
int kut_kernel_run(struct kut_kernel *kernel, uint64_t until, const bool *done, char **why);

/* An interrupt controller's output. */
void kut_kernel_cpu_line(struct kut_kernel *kernel, unsigned int cpu, bool level);

/*
 * Memory, as struct kut_entry has it: remember what is in use; find what has come
 * since the mark and stayed, and how many places it came from; find damage; log what
 * has come since the boot; what is in use. Nothing happens, and the result is 0, if the kernel is
 * dead or not booted.
 */
void kut_kernel_memory_mark(struct kut_kernel *kernel, unsigned int mark);
unsigned int kut_kernel_memory_leaks(struct kut_kernel *kernel, unsigned int mark,
				     unsigned long minimum);
void kut_kernel_memory_check(struct kut_kernel *kernel);
void kut_kernel_memory_left(struct kut_kernel *kernel);
bool kut_kernel_memory_item(struct kut_kernel *kernel, unsigned int index,
			    struct kut_memory_item *item);

/* In a hook: whether a function of this name has called, as the guess unwinder sees it. */
bool kut_kernel_called_by(struct kut_kernel *kernel, const char *function);

/* True once the time limit has passed: for loops outside the kernel. */
bool kut_kernel_timed_out(const struct kut_kernel *kernel);
/* The host's clock has ended it, by the limit or in an endless loop: where is chance. */
bool kut_kernel_ended_by_clock(const struct kut_kernel *kernel);

#endif
