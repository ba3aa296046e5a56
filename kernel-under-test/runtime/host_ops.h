/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The whole contract between the hosted kernel's runtime (compiled with the
 * kernel's flags and headers) and the simulator (ordinary C). Plain C types
 * only, no variadics: both sides include this file.
 *
 * The kernel side keeps 8-byte stack alignment; the host realigns at each entry.
 * A function marked [waits] may let other threads of the simulation run.
 */
#ifndef KUT_HOST_OPS_H
#define KUT_HOST_OPS_H

#define KUT_MAX_CPUS 8

/*
 * Changes whenever this contract does: an object set that was made for another
 * one is refused before any of its code runs. Count KUT_HOST_VERSION up when a
 * meaning changes and no size does.
 */
#define KUT_HOST_VERSION 3
#define KUT_HOST_ABI                                                                               \
	(((unsigned long)KUT_HOST_VERSION << 48) + (sizeof(struct kut_host_ops) << 36) +           \
	 (sizeof(struct kut_entry) << 24) + (sizeof(struct kut_layout) << 12) +                    \
	 sizeof(struct kut_call))

enum kut_stop {
	KUT_STOP_PANIC,	 /* panic(), or die() after an oops */
	KUT_STOP_IMPORT, /* an import that nobody provides was called */
	KUT_STOP_LOCKUP, /* no progress: an endless loop */
	KUT_STOP_DEADLOCK,
};

#define KUT_PAGE_TRACK_BYTES 128

/* Each object of a cache lies in front of a page that nobody can access. */
#define KUT_MEMORY_GUARD 1

enum kut_alloc_kind { KUT_ALLOC_SLAB, KUT_ALLOC_PAGES, KUT_ALLOC_VMALLOC, KUT_ALLOC_PERCPU };

/* An allocation that is about to be. */
struct kut_alloc {
	enum kut_alloc_kind kind;
	unsigned long size; /* bytes */
	int may_sleep;	    /* GFP_KERNEL and its like; not GFP_ATOMIC, GFP_NOWAIT */
};

/* A part of the memory in use. */
struct kut_memory_item {
	const char *name; /* a cache's, or "pages", "vmalloc", "percpu", "ioremap" */
	int is_cache;
	unsigned long objects, bytes;
};

/* The state that the runtime publishes for the host; filled before boot. */
struct kut_layout {
	unsigned long page_offset;  /* where physical address 0 appears */
	unsigned long ram_base;	    /* first physical address of RAM */
	unsigned long ram_size;	    /* bytes */
	unsigned long page_structs; /* struct page array */
	unsigned long io_base;	    /* ioremap() cookie of physical address 0; never mapped */
	unsigned long vmalloc_base, vmalloc_size;
	unsigned long percpu_start, percpu_size; /* template, room behind it included */
	unsigned long percpu_used;		 /* static part of the template */
	unsigned long percpu_copy[KUT_MAX_CPUS]; /* each CPU's copy */
	/* Physical addresses of what firmware left at the start of RAM; one of the two is 0. */
	unsigned long dtb;	    /* the devicetree blob */
	unsigned long rsdp;	    /* ACPI's root pointer */
	unsigned long firmware_end; /* behind either, and all that belongs to it */
	unsigned long page_tracks;  /* room of KUT_PAGE_TRACK_BYTES, zero, for each page of RAM */
	unsigned int cpus;
	unsigned int memory; /* KUT_MEMORY_ bits */
	unsigned long seed;
	const char *cmdline;
};

struct kut_call;

struct kut_boot_call;

struct kut_host_ops {
	/* Time, in ps of simulated time. */
	unsigned long (*now)(void);
	/* [waits] The calling thread is busy for this long. */
	void (*spend)(unsigned long ps);

	/* Threads and events of the event kernel; handles are opaque. */
	void *(*thread_start)(const char *name, void (*fn)(void *), void *arg);
	/* Print the call trace of a thread that waits, not the caller's. */
	void (*backtrace_of)(void *thread);
	void *(*event_new)(const char *name);
	void (*event_free)(void *event);
	void (*event_notify)(void *event, unsigned long delay_ps);
	void (*event_cancel)(void *event);
	/* [waits] 0 fired, 1 timed out; ~0UL: no timeout. */
	int (*event_wait)(void *event, unsigned long timeout_ps);

	/* %gs base of the OS thread: the virtual CPU that runs. */
	void (*set_gs)(unsigned long base);

	/* [waits] A register access at a physical address; size 1, 2, 4 or 8. */
	unsigned long (*mmio_read)(unsigned long pa, unsigned int size);
	void (*mmio_write)(unsigned long pa, unsigned long value, unsigned int size);

	/* Make `pages` pages of RAM at physical pa[] appear at va / vanish again. */
	int (*map)(unsigned long va, const unsigned long *pa, unsigned long pages);
	void (*unmap)(unsigned long va, unsigned long pages);

	/* Pages of the view of RAM at va can be accessed or not; -errno: too many mappings. */
	int (*protect)(unsigned long va, unsigned long pages, int accessible);
	/* A fault point wants this allocation to fail: 1. */
	int (*alloc_fails)(const struct kut_alloc *alloc);

	/* One finished line of kernel log without prefix and newline; level 0..7. */
	void (*log)(int level, const char *text, unsigned long len);
	/* A WARN, BUG, lockup ...: fails the run; the text has been logged before. */
	void (*finding)(const char *kind, const char *text);
	/* Ends the run; does not return. */
	void (*stop)(enum kut_stop why, const char *text);

	/* Random number below `bound` from the stream of scheduling decisions; 0 with seed 0. */
	unsigned long (*choose)(unsigned long bound);
	/* A scheduling decision for the trace: task `name` (pid) now runs on `cpu`. */
	void (*trace_switch)(unsigned int cpu, int pid, const char *name);
	void (*trace_irq)(unsigned int cpu, unsigned int hwirq);

	/* Text for a code address: "function+0x10/0x80"; returns its length. */
	int (*symbolize)(unsigned long addr, char *buf, unsigned long size);
	/* Initcall number `index`; 0 behind the last. */
	int (*initcall)(unsigned int index, struct kut_boot_call *call);
	/* Print the call trace of the caller into the kernel log. */
	void (*backtrace)(void);
	/* boot() has finished, or a submitted call has; called by the kernel's thread. */
	void (*done)(struct kut_call *call);
	/* A report of the hosted kernel's exerciser to the scenario (see modules/kut_module.h). */
	void (*report)(const char *channel, const void *data, unsigned long len);
};

/* A call from the scenario into the hosted kernel, run by a kernel task. */
struct kut_call {
	const char *op;
	unsigned int cpu;
	unsigned long arg[8];
	void *buf; /* host memory, readable by kernel code */
	unsigned long buf_len;
	long result; /* out: 0 or positive, or negative errno */
	int done;    /* out */
};

/* An initcall of the image, in kernel order. */
struct kut_boot_call {
	unsigned long fn;
	const char *name;
	const char *level;
};

enum kut_fault_kind {
	KUT_FAULT_PAGE,
	KUT_FAULT_STACK,      /* the page below the stack */
	KUT_FAULT_PROTECTION, /* non-canonical address, privileged instruction ... */
	KUT_FAULT_DIVIDE,
	KUT_FAULT_OPCODE,
	KUT_FAULT_BREAKPOINT,
	KUT_FAULT_LOOP, /* none: the code runs on and on */
};

struct kut_fault {
	enum kut_fault_kind kind;
	unsigned long ip;     /* in kernel code, or where it jumped */
	unsigned long addr;   /* KUT_FAULT_PAGE: what was accessed */
	unsigned long code;   /* KUT_FAULT_PAGE: X86_PF_ bits */
	unsigned int seconds; /* KUT_FAULT_LOOP: of CPU time */
};

/* What an ud2 was. */
enum {
	KUT_BUG_TOLD, /* a WARN, or one that was told before: continue behind it */
	KUT_BUG_FATAL,
	KUT_BUG_SUPPRESSED /* a WARN that the kernel does not want told this time */
};

/*
 * What the runtime exports to the host, as the symbol kut_entry. The host sets
 * the symbols kut_host (pointer) and kut_layout before it calls any of these.
 */
struct kut_entry {
	unsigned long abi; /* KUT_HOST_ABI; always the first member */
	/* All called on the host's threads, never nested. */
	/* Bring up to the end of initcalls; runs as a thread of the event kernel. [waits] */
	void (*boot)(void *unused);
	/* An interrupt is pending for this CPU, or no longer. */
	void (*cpu_line)(unsigned int cpu, int level);
	/* Queue a call; its task runs when the event kernel does. Sets call->done at the end. */
	void (*submit)(struct kut_call *call);
	/* The kernel's end: log it in the kernel's form. Called on a stack of the host's. */
	void (*oops)(const struct kut_fault *fault);
	/*
	 * Report each task that has been blocked for `limit` ps, once. When, in ps of
	 * simulated time, the next one may have been. With an `op` (NULL: none) the call
	 * of this name does not end: report it, too, and log all that are blocked.
	 */
	unsigned long (*hung)(const char *op, unsigned long limit);
	/* ud2: KUT_BUG_*. `flags` has BUGFLAG_DONE if a WARN_ON_ONCE was told before. */
	int (*bug)(unsigned long ip, const char *file, unsigned int line, unsigned int flags);
	/* 1 once boot() has finished. */
	int (*booted)(void);
	/*
	 * Memory. memory_mark() remembers what is in use, under a number, 0 or 1.
	 * memory_leaks() reports as findings what has come since the mark and is still
	 * in use, by the place that has allocated it, where that is `minimum` objects
	 * or more; how many places. memory_check() reports damaged redzones and writes
	 * to what is free. memory_left() logs how much of what was allocated after the
	 * boot is in use. memory_item() gives what is in use: 0 behind the last.
	 */
	void (*memory_mark)(unsigned int mark);
	unsigned int (*memory_leaks)(unsigned int mark, unsigned long minimum);
	void (*memory_check)(void);
	void (*memory_left)(void);
	int (*memory_item)(unsigned int index, struct kut_memory_item *item);
	/* Names of all operations for kut_call, one after the other; NULL behind the last. */
	const char *(*op_name)(unsigned int index);

	/* Shapes that the kernel's version and configuration decide. */
	unsigned int page_struct_size; /* bytes of struct page */
	int bug_file_from_entry;       /* a bug entry's file counts from the entry's start */
	int acpi;		       /* it can be booted by ACPI */
};

#endif
