// SPDX-License-Identifier: MIT
/*
 * Call traces. The objects carry neither frame pointers nor unwind tables
 * (UNWINDER_GUESS), so, as the kernel's own guess unwinder does, every word on
 * the stack that can be a return address is printed, marked with a question mark.
 */
#include <stdio.h>
#include <string.h>

#include "kernel-under-test/host/internal.h"

/* Of a deep stack both ends are told. */
#define INNERMOST 24
#define OUTERMOST 8

/* A return address stands behind a call: e8 rel32, or ff /2 with 2 to 7 bytes. */
static bool behind_call(const struct kut_image *image, uint64_t addr)
{
	const uint8_t *p = (const uint8_t *)addr;

	if (!kut_image_is_text(image, addr) || !kut_image_is_text(image, addr - 7))
		return false;
	if (p[-5] == 0xe8)
		return true;
	for (int n = 2; n <= 7; n++)
		if (p[-n] == 0xff && ((p[-n + 1] >> 3) & 7) == 2)
			return true;
	return false;
}

static void line(struct kut_kernel *k, const char *text)
{
	k->config.hooks.log(k->config.hooks.ctx, 4, text, strlen(text));
}

/* The place of the call: where it returns to may be the next function already. */
static void print_call(struct kut_kernel *k, uint64_t addr)
{
	char at[160], text[192];
	unsigned long offset, size;
	char *plus;

	kut_image_symbolize(k->image, addr - 1, at, sizeof(at));
	plus = strchr(at, '+');
	if (!plus) /* a stub of the loader's */
		return;
	if (sscanf(plus, "+0x%lx/0x%lx", &offset, &size) == 2)
		snprintf(plus, sizeof(at) - (size_t)(plus - at), "+0x%lx/0x%lx", offset + 1, size);
	snprintf(text, sizeof(text), " ? %s", at);
	line(k, text);
}

/* The next return address from *sp on, which moves behind it; 0 behind the last. */
static uint64_t next_return(const struct kut_image *image, uintptr_t *sp, uintptr_t top)
{
	while (*sp < top) {
		uint64_t word = *(const uint64_t *)*sp;

		*sp += 8;
		if (behind_call(image, word))
			return word;
	}
	return 0;
}

/* From sp to the top of its stack. */
static void scan(struct kut_kernel *k, uintptr_t sp, uintptr_t top)
{
	unsigned int count = 0, i = 0;
	uintptr_t at;
	uint64_t addr;

	line(k, "Call Trace:");
	sp = (sp + 7) & ~(uintptr_t)7;
	if (sp > top || top - sp > KUT_MAX_STACK)
		return;
	at = sp;
	while (next_return(k->image, &at, top))
		count++;
	for (at = sp; (addr = next_return(k->image, &at, top)); i++) {
		if (i < INNERMOST || count - i <= OUTERMOST)
			print_call(k, addr);
		else if (i == INNERMOST)
			line(k, " ...");
	}
}

bool kut_backtrace_has(struct kut_kernel *k, uintptr_t sp, const char *function)
{
	uintptr_t at = (sp + 7) & ~(uintptr_t)7, top = k->running ? k->running->stack_top : 0;
	size_t n = strlen(function);
	char text[160];
	uint64_t addr;

	if (sp > top || top - sp > KUT_MAX_STACK)
		return false;
	while ((addr = next_return(k->image, &at, top))) {
		kut_image_symbolize(k->image, addr - 1, text, sizeof(text));
		if (strncmp(text, function, n) == 0 && text[n] == '+')
			return true;
	}
	return false;
}

void kut_backtrace_from(struct kut_kernel *k, uintptr_t sp)
{
	scan(k, k->trap_sp ? k->trap_sp : sp, k->running ? k->running->stack_top : 0);
}

void kut_backtrace_of(struct kut_kernel *k, const struct kut_thread *thread)
{
	scan(k, thread->sp, thread->stack_top);
}
