// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seam: wait queues and completions are the tree's own sources, compiled as they
 * are. In 5.10 they are objects of their own, and the target has them.
 */
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
#include <linux/mmu_context.h>
#include <linux/sched/debug.h>
#include <linux/sched/signal.h>

#include "sched/sched.h"

#include "sched/wait.c"
#include "sched/swait.c"
#include "sched/completion.c"
#include "sched/wait_bit.c"

#endif
