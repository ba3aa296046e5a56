// SPDX-License-Identifier: GPL-2.0-only
/* Seam: by what name kernel code offers its CPU; 7.x, preemptible, does not. */
#include <linux/sched.h>

#include "kut.h"

#if KUT_BEFORE(5, 14)
int _cond_resched(void)
{
	return kut_cond_resched();
}
#elif KUT_BEFORE(6, 15)
int __cond_resched(void)
{
	return kut_cond_resched();
}
#endif
