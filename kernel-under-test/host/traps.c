// SPDX-License-Identifier: MIT
/*
 * The net under the hosted kernel: what its instructions raise in user mode is
 * emulated (port I/O), told as a WARN (ud2), fixed up (exception table), or ends
 * the kernel with an oops in its own words. Nothing ends the process here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel-under-test/host/internal.h"

#define ALT_STACK	(256 * 1024)
#define RED_ZONE	256
#define BUGFLAG_WARNING 1
#define EX_TYPE_DEFAULT 1
#define EX_TYPE_UACCESS 3

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
#define N_SIGNALS (sizeof(signals) / sizeof(signals[0]))
static struct sigaction old_actions[N_SIGNALS];
static void *alt_stack;

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
	for (;;) {
		evk_stop(0);
		evk_wait_event(kut_live->never, EVK_FOREVER);
	}
}

/* Continue in kut_die() on the thread's own stack, when the handler returns. */
static void redirect_to_die(ucontext_t *uc)
{
	greg_t sp = uc->uc_mcontext.gregs[REG_RSP] - RED_ZONE;

	uc->uc_mcontext.gregs[REG_RSP] = (sp & -16) - 8;
	uc->uc_mcontext.gregs[REG_RIP] = (greg_t)kut_die;
}

/* in and out: there is no port; reads give all ones. */
static bool emulate_port(ucontext_t *uc, uint64_t ip)
{
	const uint8_t *p = (const uint8_t *)ip;
	greg_t *rax = &uc->uc_mcontext.gregs[REG_RAX];
	bool word = *p == 0x66;
	uint8_t op = p[word];
	unsigned int length = word + (op < 0xe8 ? 2 : 1);

	switch (op) {
	case 0xe4:
	case 0xec:
		*rax |= 0xff;
		break;
	case 0xe5:
	case 0xed:
		*rax = word ? *rax | 0xffff : 0xffffffff;
		break;
	case 0xe6:
	case 0xe7:
	case 0xee:
	case 0xef:
		break;
	default:
		return false;
	}
	uc->uc_mcontext.gregs[REG_RIP] += length;
	return true;
}

static bool fix_up(struct kut_kernel *k, ucontext_t *uc, uint64_t ip)
{
	uint64_t fixup;
	uint32_t type;

	if (!kut_image_fixup(k->image, ip, &fixup, &type))
		return false;
	if ((type & 0xff) != EX_TYPE_DEFAULT && (type & 0xff) != EX_TYPE_UACCESS)
		return false;
	uc->uc_mcontext.gregs[REG_RIP] = fixup;
	return true;
}

/* True: a WARN, execution goes on behind it. */
static bool warned(struct kut_kernel *k, ucontext_t *uc, uint64_t ip)
{
	struct kut_bug bug;

	if (!kut_image_bug(k->image, ip, &bug))
		return false;
	if (!(bug.flags & BUGFLAG_WARNING)) {
		k->entry->bug(ip, bug.file, bug.line, bug.flags);
		kut_set_dead(k, "kernel BUG at %s:%u", bug.file ? bug.file : "?", bug.line);
		redirect_to_die(uc);
		return true;
	}
	k->entry->bug(ip, bug.file, bug.line, bug.flags);
	uc->uc_mcontext.gregs[REG_RIP] += 2;
	return true;
}

static const char *what_of(int sig, const siginfo_t *info)
{
	switch (sig) {
	case SIGFPE:
		return "divide error";
	case SIGILL:
		return "invalid opcode";
	case SIGTRAP:
		return "int3";
	default:
		break;
	}
	if (info->si_code == SI_KERNEL)
		return "general protection fault";
	return (uintptr_t)info->si_addr < 4096 ? "kernel NULL pointer dereference"
					       : "unable to handle page fault";
}

static void missing_data(struct kut_kernel *k, const char *symbol)
{
	char *text = kut_missing_text(k, symbol);

	k->config.hooks.finding(k->config.hooks.ctx, "import", text ? text : symbol);
	kut_set_dead(k, "%s", text ? text : symbol);
	free(text);
}

static void oops(struct kut_kernel *k, int sig, const siginfo_t *info, ucontext_t *uc, uint64_t ip)
{
	uint64_t addr = sig == SIGILL ? 0 : (uintptr_t)info->si_addr;
	const char *missing = kut_image_missing_at(k->image, addr);
	char at[160];

	kut_image_symbolize(k->image, ip, at, sizeof(at));
	k->entry->oops(what_of(sig, info), ip, addr);
	if (missing)
		missing_data(k, missing);
	kut_set_dead(k, "%s at %s", what_of(sig, info), at);
	redirect_to_die(uc);
}

/* A fault of our own code: the kernel may have handed it a bad pointer, or it is our bug. */
static void own_fault(struct kut_kernel *k, int sig, ucontext_t *uc)
{
	static const char text[] = "faultline: internal error: a fault outside the hosted kernel\n";

	if (k && k->running && !k->dead) {
		k->entry->oops("fault in a service called by the kernel",
			       uc->uc_mcontext.gregs[REG_RIP], 0);
		kut_set_dead(k, "fault in a service called by the kernel");
		redirect_to_die(uc);
		return;
	}
	if (write(2, text, sizeof(text) - 1) < 0)
		_exit(1);
	signal(sig, SIG_DFL);
}

static void handle(int sig, siginfo_t *info, void *context)
{
	struct kut_kernel *k = kut_live;
	ucontext_t *uc = context;
	uint64_t ip = uc->uc_mcontext.gregs[REG_RIP];

	/* A jump to a wild address: the caller's return address is the place to name. */
	if (k && k->running && !k->dead && ip == (uintptr_t)info->si_addr &&
	    !kut_image_is_text(k->image, ip)) {
		oops(k, sig, info, uc, ip);
		return;
	}
	if (!k || !kut_image_is_text(k->image, ip) || k->dead) {
		own_fault(k, sig, uc);
		return;
	}
	if (sig == SIGSEGV && info->si_code == SI_KERNEL && emulate_port(uc, ip))
		return;
	if (sig == SIGILL && warned(k, uc, ip))
		return;
	if (fix_up(k, uc, ip))
		return;
	oops(k, sig, info, uc, ip);
}

static void handler(int sig, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;

	if (kut_live)
		kut_live->trap_sp = uc->uc_mcontext.gregs[REG_RSP];
	handle(sig, info, context);
	if (kut_live)
		kut_live->trap_sp = 0;
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
