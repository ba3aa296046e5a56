/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lockdep is not built; where the kernel leaves it to lockdep to say that interrupts
 * must be on, as in smp_call_function_many(), they are looked at all the same.
 */
#ifndef KUT_LINUX_LOCKDEP_H
#define KUT_LINUX_LOCKDEP_H

#include_next <linux/lockdep.h>

#undef lockdep_assert_irqs_enabled
#define lockdep_assert_irqs_enabled() WARN_ON_ONCE(irqs_disabled())

#endif
