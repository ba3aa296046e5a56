// SPDX-License-Identifier: MIT
/*
 * Call traces. The objects carry neither frame pointers nor unwind tables
 * (UNWINDER_GUESS), so, as the kernel's own guess unwinder does, every word on
 * the stack that can be a return address is printed, marked with a question mark.
 */
#include <stdio.h>
#include <string.h>

#include "kernel-under-test/host/internal.h"

#define MAX_SCAN  (64 * 1024)
#define MAX_LINES 32

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

void kut_backtrace_from(struct kut_kernel *k, uintptr_t sp)
{
	uintptr_t top = k->running ? k->running->stack_top : 0;
	char at[160], text[192];
	unsigned int lines = 0;

	if (k->trap_sp)
		sp = k->trap_sp;
	line(k, "Call Trace:");
	sp = (sp + 7) & ~(uintptr_t)7;
	if (sp > top || top - sp > MAX_SCAN)
		return;
	for (; sp < top && lines < MAX_LINES; sp += 8) {
		uint64_t word = *(const uint64_t *)sp;

		if (!behind_call(k->image, word))
			continue;
		kut_image_symbolize(k->image, word, at, sizeof(at));
		snprintf(text, sizeof(text), " ? %s", at);
		line(k, text);
		lines++;
	}
}
