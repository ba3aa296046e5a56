// SPDX-License-Identifier: GPL-2.0-only
/* Seam: names of struct timer_list's functions, of naps and of jiffies. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/timer.h>

#include "kut.h"

#if KUT_BEFORE(6, 15)
void init_timer_key(struct timer_list *t, void (*fn)(struct timer_list *), unsigned int flags,
		    const char *name, struct lock_class_key *key)
{
	kut_timer_init(t, fn, flags);
}

unsigned int jiffies_to_msecs(const unsigned long j)
{
	return j * (MSEC_PER_SEC / HZ);
}

unsigned int jiffies_to_usecs(const unsigned long j)
{
	return j * (USEC_PER_SEC / HZ);
}
#else
void timer_init_key(struct timer_list *t, void (*fn)(struct timer_list *), unsigned int flags,
		    const char *name, struct lock_class_key *key)
{
	kut_timer_init(t, fn, flags);
}
#endif

#if KUT_BEFORE(6, 2)
int del_timer(struct timer_list *t)
#else
int timer_delete(struct timer_list *t)
#endif
{
	return kut_timer_delete(t);
}

/* 5.10 has this name since a stable release took it over. */
int timer_delete_sync(struct timer_list *t)
{
	return kut_timer_delete_sync(t);
}

#if KUT_BEFORE(5, 15)
void usleep_range(unsigned long min, unsigned long max)
{
	kut_nap(min, max, TASK_UNINTERRUPTIBLE);
}

/* Rounding only gathers timers of many CPUs. */
unsigned long round_jiffies(unsigned long j)
{
	return j;
}
#else
void usleep_range_state(unsigned long min, unsigned long max, unsigned int state)
{
	kut_nap(min, max, state);
}
#endif
