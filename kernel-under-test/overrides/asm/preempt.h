/* SPDX-License-Identifier: GPL-2.0-only */
/* The preempt count, and where it left 0: a sleep in atomic context is told with that place. */
#ifndef KUT_ASM_PREEMPT_H
#define KUT_ASM_PREEMPT_H

#include_next <asm/preempt.h>

#ifndef __ASSEMBLY__

DECLARE_PER_CPU(unsigned long, kut_atomic_ip);

/* An instruction of the function into which the caller is inlined. */
static __always_inline unsigned long kut_this_ip(void)
{
	unsigned long ip;

	asm("lea (%%rip), %0" : "=r"(ip));
	return ip;
}

static __always_inline void kut_preempt_count_add(int val)
{
	if (!preempt_count())
		raw_cpu_write_8(kut_atomic_ip, kut_this_ip());
	__preempt_count_add(val);
}
#define __preempt_count_add(val) kut_preempt_count_add(val)

#endif /* __ASSEMBLY__ */
#endif
