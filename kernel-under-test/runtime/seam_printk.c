// SPDX-License-Identifier: GPL-2.0-only
/* Seam: printk() is a macro around _printk() since 5.15. */
#include <linux/kernel.h>
#include <linux/printk.h>

#include "kut.h"

#if KUT_BEFORE(5, 15)
#define PRINTK		printk
#define PRINTK_DEFERRED printk_deferred
#else
#define PRINTK		_printk
#define PRINTK_DEFERRED _printk_deferred
#endif

int PRINTK(const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vprintk(fmt, args);
	va_end(args);
	return len;
}

int PRINTK_DEFERRED(const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vprintk(fmt, args);
	va_end(args);
	return len;
}
