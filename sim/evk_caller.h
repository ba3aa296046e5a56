/* SPDX-License-Identifier: MIT */
/*
 * What the host's machine and AddressSanitizer keep for each stack and SystemC
 * does not carry over a switch: the floating point control words and the bounds
 * of the stack of the caller of evk_run(). Private to the event kernel.
 */
#ifndef SIM_EVK_CALLER_H
#define SIM_EVK_CALLER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct evk_fp {
	uint32_t mxcsr;
	uint16_t x87;
};

/* The values of a new thread, as the psABI has them at process start. */
#define EVK_FP_INITIAL                                                                             \
	{                                                                                          \
		0x1f80, 0x037f                                                                     \
	}

static inline struct evk_fp evk_fp_read(void)
{
	struct evk_fp fp;

	__asm__ volatile("stmxcsr %0" : "=m"(fp.mxcsr));
	__asm__ volatile("fnstcw %0" : "=m"(fp.x87));
	return fp;
}

/* Loading is slow and rarely needed. */
static inline void evk_fp_write(struct evk_fp fp)
{
	const struct evk_fp current = evk_fp_read();

	if (current.mxcsr != fp.mxcsr)
		__asm__ volatile("ldmxcsr %0" : : "m"(fp.mxcsr));
	if (current.x87 != fp.x87)
		__asm__ volatile("fldcw %0" : : "m"(fp.x87));
}

/* AddressSanitizer's, where it is linked. */
void __sanitizer_start_switch_fiber(void **fake, const void *bottom, size_t size)
	__attribute__((weak));
void __sanitizer_finish_switch_fiber(void *fake, const void **bottom, size_t *size)
	__attribute__((weak));

struct evk_stack_bounds {
	const void *bottom;
	size_t size;
};

/* Tell AddressSanitizer that the code runs on this stack. */
static inline void evk_stack_restore(const struct evk_stack_bounds *bounds)
{
	if (!__sanitizer_start_switch_fiber)
		return;
	__sanitizer_start_switch_fiber(NULL, bounds->bottom, bounds->size);
	__sanitizer_finish_switch_fiber(NULL, NULL, NULL);
}

/* It names the bounds of a stack only when that is left: a switch from here to here. */
static inline void evk_stack_remember(struct evk_stack_bounds *bounds)
{
	if (!__sanitizer_start_switch_fiber)
		return;
	__sanitizer_start_switch_fiber(NULL, NULL, 0);
	__sanitizer_finish_switch_fiber(NULL, &bounds->bottom, &bounds->size);
	evk_stack_restore(bounds);
}

#ifdef __cplusplus
}
#endif

#endif
