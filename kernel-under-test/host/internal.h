/* SPDX-License-Identifier: MIT */
/* What the files of the host side share. host_ops carries no context: one kernel. */
#ifndef KUT_HOST_INTERNAL_H
#define KUT_HOST_INTERNAL_H

#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>

#include "kernel-under-test/host/kernel.h"
#include "kernel-under-test/loader/loader.h"
#include "sim/evk.h"
#include "sim/rng.h"

/* A thread of the event kernel that runs kernel code. */
struct kut_thread {
	void (*fn)(void *arg);
	void *arg;
	uintptr_t stack_top; /* the highest address of interest on its stack */
	uintptr_t sp;	     /* while it waits */
};

/* No stack of a thread is larger. */
#define KUT_MAX_STACK (1024 * 1024)

struct kut_kernel {
	struct kut_kernel_config config;
	struct kut_image *image;
	const struct kut_entry *entry;
	struct kut_layout *layout; /* inside the image */
	uint64_t percpu_size;
	struct sim_rng sched;
	struct kut_thread *running;  /* NULL: none, or not a kernel thread */
	uintptr_t trap_sp;	     /* while a trap is handled: the stack that it interrupted */
	uintptr_t caller, caller_sp; /* of the service that runs */
	jmp_buf outside;	     /* where kernel code ends that runs in no thread */
	bool outside_set;	     /* it runs */
	bool booted, boot_started;
	bool dead;
	bool reported; /* the reason of `dead` has been told */
	char *reason;
	volatile sig_atomic_t timed_out;
	volatile sig_atomic_t stuck; /* the kernel goes on and on: it ends at its next service */
	unsigned long log_lines;
	uint64_t hung_ps; /* simulated time after which a call, or a task, hangs */
	uint64_t look_at; /* when to look for tasks that do */
	uint64_t *told;	  /* addresses of WARN_ON_ONCE() that have been told */
	size_t n_told;
	evk_event *alarm; /* keeps time going while nothing happens */
	evk_event *never; /* what a dead thread waits for */
};

extern struct kut_kernel *kut_live;

/* services.c */
extern const struct kut_host_ops kut_services;
void kut_service_missing(const char *symbol);

/* memory.c: where things lie in the address space. */
int kut_memory_map(struct kut_kernel *k, char **why);
void kut_memory_unmap(struct kut_kernel *k);

/* traps.c */
/* Is the code that runs now the kernel's, or called by it? */
bool kut_in_kernel(const struct kut_kernel *k);
/* Log and find, in the kernel's words, what ended it; trap_sp is set. */
void kut_tell_end(struct kut_kernel *k, const struct kut_fault *fault);
void kut_redirect_to_die(const struct kut_kernel *k, ucontext_t *uc);
int kut_traps_install(char **why);
void kut_traps_remove(void);
/* Kernel code ends here, and with it the run. Does not return. */
void kut_die(void) __attribute__((noreturn));
/* The reason is told once; the first one counts. */
void kut_set_dead(struct kut_kernel *k, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ports.c: the instruction at RIP, if it is port I/O. */
bool kut_port_emulate(greg_t *regs);

/* watchdog.c */
/* The watchdog wants the end, and a service has been called. Does not return. */
void kut_end_here(struct kut_kernel *k) __attribute__((noreturn));
/* The time limit of the run has passed: log it, find it, and be dead of it. */
void kut_time_limit(struct kut_kernel *k);
int kut_watchdog_start(struct kut_kernel *k, char **why);
void kut_watchdog_stop(void);

/* backtrace.c */
/* From `sp`, or from the stack that the trap in progress interrupted. */
void kut_backtrace_from(struct kut_kernel *k, uintptr_t sp);
/* Whether a call of `function` stands on the stack from `sp` on. */
bool kut_backtrace_has(struct kut_kernel *k, uintptr_t sp, const char *function);
/* Of a thread that waits. */
void kut_backtrace_of(struct kut_kernel *k, const struct kut_thread *thread);

/* "kernel import not provided: NAME (wanted by OBJECT)", malloc()ed. */
char *kut_missing_text(const struct kut_kernel *k, const char *symbol);

#endif
