// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seam: what KUnit needs, in an object set that has it. Its own executor runs the
 * suites that are linked and writes its KTAP into the kernel log.
 */
#include <linux/kernel.h>
#include <linux/version.h>

#include "kut.h"

#if IS_ENABLED(CONFIG_KUNIT)
#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "kut_module.h"

/* kunit.run: all suites, as the kernel runs them at the end of its boot; cases see
 * kunit.filter_glob. */
static long op_run(const struct kut_op_args *a)
{
	return kunit_run_all_tests();
}
KUT_OP("kunit.run", op_run);

/* A failed assertion ends its thread from within. */
void __noreturn kthread_exit(long result)
{
	kut_task_leave(result);
}

void ktime_get_ts64(struct timespec64 *ts)
{
	*ts = ns_to_timespec64(ktime_get());
}

/* As kernel/time/time.c defines it, without dragging in that file. */
void set_normalized_timespec64(struct timespec64 *ts, time64_t sec, s64 nsec)
{
	s64 carry = nsec >= 0 ? nsec / NSEC_PER_SEC : -DIV_ROUND_UP(-nsec, NSEC_PER_SEC);

	ts->tv_sec = sec + carry;
	ts->tv_nsec = nsec - carry * NSEC_PER_SEC;
}

static unsigned long tainted;

void add_taint(unsigned int flag, enum lockdep_ok lockdep_ok)
{
	set_bit(flag, &tainted);
}

int test_taint(unsigned int flag)
{
	return test_bit(flag, &tainted);
}

/* Whether there is a struct page: RAM, where the linear map shows it. */
bool __virt_addr_valid(unsigned long addr)
{
	return addr - kut_layout.page_offset - kut_layout.ram_base < kut_layout.ram_size;
}

#endif

#ifdef kunit_warning_suppress
bool kut_warning_suppressed(void)
{
	return kunit_is_suppressed_warning(true);
}
#else
bool kut_warning_suppressed(void)
{
	return false;
}
#endif
