// SPDX-License-Identifier: GPL-2.0-only
/* Wait queues and completions are the tree's own sources, compiled as they are. */
#include <linux/mmu_context.h>
#include <linux/sched/debug.h>
#include <linux/sched/signal.h>

#include "sched/sched.h"

#include "sched/wait.c"
#include "sched/swait.c"
#include "sched/completion.c"
#include "sched/wait_bit.c"
