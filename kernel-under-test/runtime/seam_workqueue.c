// SPDX-License-Identifier: GPL-2.0-only
/* Seam: by what names queues are made and flushed, and a function called on a CPU. */
#include <linux/workqueue.h>

#include "kut.h"

#if KUT_BEFORE(6, 15)
struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
#else
struct workqueue_struct *alloc_workqueue_noprof(const char *fmt, unsigned int flags, int max_active,
						...)
#endif
{
	struct workqueue_struct *wq;
	va_list args;

	va_start(args, max_active);
	wq = kut_workqueue_new(fmt, args, flags, max_active);
	va_end(args);
	return wq;
}

#if KUT_BEFORE(6, 0)
void flush_workqueue(struct workqueue_struct *wq)
#else
void __flush_workqueue(struct workqueue_struct *wq)
#endif
{
	kut_workqueue_flush(wq);
}

#if KUT_BEFORE(6, 7)
long work_on_cpu(int cpu, long (*fn)(void *), void *arg)
{
	return kut_work_on_cpu(cpu, fn, arg);
}
#else
long work_on_cpu_key(int cpu, long (*fn)(void *), void *arg, struct lock_class_key *key)
{
	return kut_work_on_cpu(cpu, fn, arg);
}
#endif
