// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seam: WARN() with a text. In 7.x it is a call with the bug entry and the text's
 * arguments; up to then a printk and the instruction that every WARN_ON is.
 */
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include "kut.h"

#if KUT_BEFORE(6, 15)

void __warn_printk(const char *fmt, ...)
{
	va_list args;

	kut_log(LOGLEVEL_WARNING, KUT_CUT_HERE);
	va_start(args, fmt);
	vprintk_emit(0, LOGLEVEL_WARNING, NULL, fmt, args);
	va_end(args);
}

#else

static const void *follow(const int *disp)
{
	return (const void *)disp + *disp;
}

void __WARN_trap(struct bug_entry *bug, ...)
{
	unsigned long ip = (unsigned long)__builtin_return_address(0);
	unsigned int flags = bug->flags;
	va_list args;

	if (kut_warning_suppressed() || (flags & BUGFLAG_DONE))
		return;
	if (flags & BUGFLAG_ONCE)
		bug->flags |= BUGFLAG_DONE;
	kut_log(LOGLEVEL_WARNING, KUT_CUT_HERE);
	va_start(args, bug);
	vprintk_emit(0, LOGLEVEL_WARNING, NULL, follow(&bug->format_disp), args);
	va_end(args);
	kut_bug(ip, follow(&bug->file_disp), bug->line, flags | BUGFLAG_NO_CUT_HERE);
}

/* The call sites go through a static call, which nobody patches here. */
asm(".globl __SCT__WARN_trap\n.set __SCT__WARN_trap, __WARN_trap");
struct static_call_key __SCK__WARN_trap = {.func = __WARN_trap};

#endif
