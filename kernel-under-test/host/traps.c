// SPDX-License-Identifier: MIT
/*
 * The net under the hosted kernel: what its instructions raise in user mode is
 * emulated (port I/O), told as a WARN (ud2), fixed up (exception table), or ends
 * the kernel with an oops in its own words. Only a fault of our own, which no
 * kernel code has led to, ends the process.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel-under-test/host/internal.h"
#include "traces/trace.h"

#define ALT_STACK	(256 * 1024)
#define RED_ZONE	256
#define DEEP		(128 * 1024) /* used more of its stack than this: no more frames there */
#define PAGE		4096
#define BUGFLAG_WARNING 1
#define BUGFLAG_ONCE	2
#define BUGFLAG_DONE	4
#define PF_PROT		1
#define EX_TYPE_DEFAULT 1
#define EX_TYPE_UACCESS 3

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT};
#define N_SIGNALS (sizeof(signals) / sizeof(signals[0]))
static struct sigaction old_actions[N_SIGNALS];
static void *alt_stack;
static bool reporting;	   /* the kernel is telling of its end */
static jmp_buf report_end; /* where a fault in that goes */

void kut_set_dead(struct kut_kernel *k, const char *fmt, ...)
{
	va_list args;

	if (k->dead)
		return;
	k->dead = true;
	va_start(args, fmt);
	if (vasprintf(&k->reason, fmt, args) < 0)
		k->reason = NULL;
	va_end(args);
}

void kut_die(void)
{
	evk_stop(0);
	if (!evk_thread_self())
		_longjmp(kut_live->outside, 1);
	for (;;)
		evk_wait_event(kut_live->never, EVK_FOREVER);
}

bool kut_in_kernel(const struct kut_kernel *k)
{
	return k->running || k->outside_set;
}

/* Continue in kut_die() when the handler returns: on the same stack, if it has room. */
void kut_redirect_to_die(const struct kut_kernel *k, ucontext_t *uc)
{
	uintptr_t sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP] - RED_ZONE;

	if (k->running && k->running->stack_top - sp > DEEP)
		sp = k->running->stack_top - RED_ZONE;
	uc->uc_mcontext.gregs[REG_RSP] = (greg_t)((sp & ~(uintptr_t)15) - 8);
	uc->uc_mcontext.gregs[REG_RIP] = (greg_t)kut_die;
}

void kut_tell_end(struct kut_kernel *k, const struct kut_fault *fault)
{
	static const char text[] = "(the report ends here: it met a fault itself)";

	if (_setjmp(report_end) == 0) {
		reporting = true;
		k->entry->oops(fault);
	} else {
		k->config.hooks.log(k->config.hooks.ctx, 0, text, strlen(text));
		k->config.hooks.finding(k->config.hooks.ctx, "oops",
					"fault in the report of a fault");
	}
	reporting = false;
}

/* What the kernel's handlers before 5.17 do besides; false: not one that can be answered here. */
static bool old_handler(const char *name, ucontext_t *uc)
{
	if (strcmp(name, "ex_handler_default") == 0 || strcmp(name, "ex_handler_uaccess") == 0)
		return true;
	if (strcmp(name, "ex_handler_copy") != 0 && strcmp(name, "ex_handler_fault") != 0)
		return false;
	uc->uc_mcontext.gregs[REG_RAX] = uc->uc_mcontext.gregs[REG_TRAPNO];
	return true;
}

static bool fix_up(struct kut_kernel *k, ucontext_t *uc, uint64_t ip)
{
	const char *handler = kut_image_fixup_handler(k->image, ip);
	uint64_t fixup;
	uint32_t type;

	if (!kut_image_fixup(k->image, ip, &fixup, &type))
		return false;
	if (handler ? !old_handler(handler, uc)
		    : (type & 0xff) != EX_TYPE_DEFAULT && (type & 0xff) != EX_TYPE_UACCESS)
		return false;
	uc->uc_mcontext.gregs[REG_RIP] = fixup;
	return true;
}

/*
 * WARN_ON_ONCE(): told at its first time. The kernel notes that in its bug table,
 * whose entries differ from version to version; the addresses do as well.
 */
static bool told_before(const struct kut_kernel *k, uint64_t ip)
{
	for (size_t i = 0; i < k->n_told; i++)
		if (k->told[i] == ip)
			return true;
	return false;
}

static void remember_told(struct kut_kernel *k, uint64_t ip)
{
	uint64_t *more = realloc(k->told, (k->n_told + 1) * sizeof(*more));

	if (!more)
		return;
	k->told = more;
	k->told[k->n_told++] = ip;
}

/* True: a WARN or BUG. Execution goes on behind a WARN. */
static bool warned(struct kut_kernel *k, ucontext_t *uc, uint64_t ip)
{
	struct kut_bug bug;
	bool before;

	if (!kut_image_bug(k->image, ip, &bug))
		return false;
	if (reporting && !(bug.flags & BUGFLAG_WARNING))
		_longjmp(report_end, 1);
	before = (bug.flags & BUGFLAG_ONCE) && told_before(k, ip);
	if (k->entry->bug(ip, bug.file, bug.line, bug.flags | (before ? BUGFLAG_DONE : 0)) ==
		    KUT_BUG_TOLD &&
	    (bug.flags & BUGFLAG_ONCE) && !before)
		remember_told(k, ip);
	if (bug.flags & BUGFLAG_WARNING) {
		uc->uc_mcontext.gregs[REG_RIP] += 2;
		return true;
	}
	kut_set_dead(k, "kernel BUG at %s:%u", bug.file ? bug.file : "?", bug.line);
	kut_redirect_to_die(k, uc);
	return true;
}

/* Stacks have a page below them that cannot be accessed; nothing else near sp can fault. */
static bool is_overflow(const struct kut_kernel *k, const ucontext_t *uc, uintptr_t addr)
{
	uintptr_t sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];

	return k->running && k->running->stack_top - sp > DEEP &&
	       k->running->stack_top - addr < KUT_MAX_STACK && addr + PAGE > sp && addr < sp + PAGE;
}

static struct kut_fault fault_of(const struct kut_kernel *k, int sig, const siginfo_t *info,
				 const ucontext_t *uc, uint64_t ip)
{
	struct kut_fault f = {.kind = KUT_FAULT_PAGE, .ip = ip};

	if (sig == SIGFPE) {
		f.kind = KUT_FAULT_DIVIDE;
	} else if (sig == SIGILL) {
		f.kind = KUT_FAULT_OPCODE;
	} else if (sig == SIGTRAP) {
		f.kind = KUT_FAULT_BREAKPOINT;
	} else if (info->si_code == SI_KERNEL) {
		f.kind = KUT_FAULT_PROTECTION;
	} else if (is_overflow(k, uc, (uintptr_t)info->si_addr)) {
		f.kind = KUT_FAULT_STACK;
	} else {
		f.addr = (uintptr_t)info->si_addr;
		f.code = (unsigned long)uc->uc_mcontext.gregs[REG_ERR];
		/* Of its own half of the addresses the host says this, mapped or not. */
		if ((int64_t)f.addr < 0)
			f.code &= ~(unsigned long)PF_PROT;
	}
	return f;
}

static const char *name_of(const struct kut_fault *f)
{
	static const char *const names[] = {
		[KUT_FAULT_PAGE] = "unable to handle page fault",
		[KUT_FAULT_STACK] = "stack overflow",
		[KUT_FAULT_PROTECTION] = "general protection fault",
		[KUT_FAULT_DIVIDE] = "divide error",
		[KUT_FAULT_OPCODE] = "invalid opcode",
		[KUT_FAULT_BREAKPOINT] = "int3",
	};

	if (f->kind == KUT_FAULT_PAGE && f->addr < PAGE)
		return "kernel NULL pointer dereference";
	return names[f->kind];
}

static void missing_data(struct kut_kernel *k, const char *symbol)
{
	char *text = kut_missing_text(k, symbol);

	k->config.hooks.finding(k->config.hooks.ctx, "import", text ? text : symbol);
	kut_set_dead(k, "%s", text ? text : symbol);
	free(text);
}

static void oops(struct kut_kernel *k, int sig, const siginfo_t *info, ucontext_t *uc, uint64_t ip,
		 const char *where)
{
	struct kut_fault f = fault_of(k, sig, info, uc, ip);
	const char *missing = f.addr ? kut_image_missing_at(k->image, f.addr) : NULL;
	char at[160];

	if (reporting)
		_longjmp(report_end, 1);
	kut_image_symbolize(k->image, ip, at, sizeof(at));
	if (f.kind == KUT_FAULT_STACK)
		k->trap_sp = ((uintptr_t)info->si_addr | (PAGE - 1)) + 1;
	kut_tell_end(k, &f);
	if (missing)
		missing_data(k, missing);
	kut_set_dead(k, "%s at %s%s", name_of(&f), at, where);
	kut_redirect_to_die(k, uc);
}

/* Nothing of the kernel's is to blame. The address is the one in the file, for addr2line. */
static void internal_error(int sig, const siginfo_t *info, uint64_t ip)
{
	extern const char __ehdr_start[];
	char text[256];
	int n = snprintf(
		text, sizeof(text),
		"faultline: internal error: signal %d outside the hosted kernel, at %#lx of "
		"the program, address %p; please report it, unless kernel code has written "
		"to memory that is not its own\n",
		sig, (unsigned long)(ip - (uintptr_t)__ehdr_start),
		info->si_code > 0 ? info->si_addr : NULL);

	trc_unlink_unfinished();
	if (write(2, text, (size_t)n) < 0)
		_exit(2);
	_exit(1);
}

static void handle(int sig, siginfo_t *info, void *context)
{
	struct kut_kernel *k = kut_live;
	ucontext_t *uc = context;
	uint64_t ip = uc->uc_mcontext.gregs[REG_RIP];
	bool text = k && kut_image_is_text(k->image, ip);

	/* abort(), kill(1), or code that the kernel has no part in */
	if (info->si_code <= 0 || !k || (!text && !kut_in_kernel(k)))
		internal_error(sig, info, ip);
	if (k->dead) { /* what runs on until evk_run() ends may meet the same trouble */
		kut_redirect_to_die(k, uc);
		return;
	}
	/* A jump to a wild address. */
	if (!text && ip == (uintptr_t)info->si_addr) {
		oops(k, sig, info, uc, ip, "");
		return;
	}
	/* Our code, called by the kernel's, which may have handed it a bad pointer. */
	if (!text) {
		k->trap_sp = k->caller_sp;
		oops(k, sig, info, uc, k->caller, ", in a service that it called");
		return;
	}
	if (sig == SIGSEGV && info->si_code == SI_KERNEL && kut_port_emulate(uc->uc_mcontext.gregs))
		return;
	if (sig == SIGILL && warned(k, uc, ip))
		return;
	if (!fix_up(k, uc, ip))
		oops(k, sig, info, uc, ip, "");
}

static void handler(int sig, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	uintptr_t outer = kut_live ? kut_live->trap_sp : 0;

	if (kut_live)
		kut_live->trap_sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];
	handle(sig, info, context);
	if (kut_live)
		kut_live->trap_sp = outer;
}

int kut_traps_install(char **why)
{
	struct sigaction action = {.sa_sigaction = handler,
				   .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
	stack_t stack = {.ss_size = ALT_STACK};

	alt_stack = malloc(ALT_STACK);
	stack.ss_sp = alt_stack;
	if (!alt_stack || sigaltstack(&stack, NULL)) {
		*why = strdup("no memory for the signal stack");
		return -ENOMEM;
	}
	for (size_t i = 0; i < N_SIGNALS; i++)
		sigaction(signals[i], &action, &old_actions[i]);
	return 0;
}

void kut_traps_remove(void)
{
	stack_t off = {.ss_flags = SS_DISABLE};

	for (size_t i = 0; i < N_SIGNALS; i++)
		sigaction(signals[i], &old_actions[i], NULL);
	sigaltstack(&off, NULL);
	free(alt_stack);
	alt_stack = NULL;
}
