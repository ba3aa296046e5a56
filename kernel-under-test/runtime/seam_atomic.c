// SPDX-License-Identifier: GPL-2.0-only
/* Seam: by what names might_sleep() and its like come, and what they hand over. */
#include <linux/kernel.h>
#include <linux/uaccess.h>

#include "kut.h"

#if KUT_BEFORE(5, 17)

void ___might_sleep(const char *file, int line, int preempt_offset)
{
	kut_might_resched(file, line, preempt_offset);
}

void __might_sleep(const char *file, int line, int preempt_offset)
{
	kut_might_sleep(file, line, preempt_offset);
}

#else

/* The upper bits of `offsets` are levels of rcu_read_lock(), which is a preempt count here. */
void __might_resched(const char *file, int line, unsigned int offsets)
{
	kut_might_resched(file, line, offsets & MIGHT_RESCHED_PREEMPT_MASK);
}

void __might_sleep(const char *file, int line)
{
	kut_might_sleep(file, line, 0);
}

#endif

#if KUT_BEFORE(6, 15)
void __cant_sleep(const char *file, int line, int preempt_offset)
{
	kut_cant_sleep(file, line, preempt_offset);
}
#else
void __cant_sleep(const char *file, int line)
{
	kut_cant_sleep(file, line, 0);
}
#endif

/* A fault of a user's page sleeps. */
void __might_fault(const char *file, int line)
{
	if (!pagefault_disabled())
		kut_might_sleep(file, line, 0);
}
