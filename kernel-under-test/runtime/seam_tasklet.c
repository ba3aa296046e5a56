// SPDX-License-Identifier: GPL-2.0-only
/* Seam: the lock of a tasklet; in 5.10 its functions are inline in the kernel's header. */
#include <linux/interrupt.h>
#include <linux/wait_bit.h>

#include "kut.h"

#if !KUT_BEFORE(5, 13)

void tasklet_unlock(struct tasklet_struct *t)
{
	clear_bit(TASKLET_STATE_RUN, &t->state);
	wake_up_var(&t->state);
}

void tasklet_unlock_wait(struct tasklet_struct *t)
{
	wait_var_event(&t->state, !test_bit(TASKLET_STATE_RUN, &t->state));
}

void tasklet_unlock_spin_wait(struct tasklet_struct *t)
{
	while (test_bit(TASKLET_STATE_RUN, &t->state))
		cpu_relax();
}

#endif
