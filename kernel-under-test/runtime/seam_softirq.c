// SPDX-License-Identifier: GPL-2.0-only
/* Seam: what a softirq's function is given. */
#include <linux/interrupt.h>

#include "kut.h"

static struct softirq_action actions[NR_SOFTIRQS];

#if KUT_BEFORE(6, 12)
void open_softirq(int nr, void (*action)(struct softirq_action *))
{
	actions[nr].action = action;
}

void kut_softirq_call(unsigned int nr)
{
	actions[nr].action(&actions[nr]);
}
#else
void open_softirq(int nr, void (*action)(void))
{
	actions[nr].action = action;
}

void kut_softirq_call(unsigned int nr)
{
	actions[nr].action();
}
#endif
