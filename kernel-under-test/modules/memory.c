// SPDX-License-Identifier: GPL-2.0-only
/* What expect.no_leak() needs before it counts: everything that frees later has done so. */
#include <linux/delay.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "kut_module.h"

#define SOON 50 /* ms: longer than timers wait that free, such as that of the flush queue */

static long op_settle(const struct kut_op_args *a)
{
	msleep(SOON);
	for (unsigned int i = 0; i < 2; i++) { /* a callback may queue work, and work a callback */
		rcu_barrier();
		__flush_workqueue(system_wq);
	}
	return 0;
}
KUT_OP("memory.settle", op_settle);
