/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a kernel-side exerciser can count on. An exerciser is ordinary kernel
 * code of ours (a driver, with its own module_init), built with the target's
 * flags and loaded with the other objects. It offers operations to scenarios:
 *
 *	static long op_frob(const struct kut_op_args *a) { ... }
 *	KUT_OP("frob", op_frob);
 *
 * An operation runs in process context in a task of the hosted kernel, may
 * sleep, and returns 0 or a positive number, or a negative errno. Numbers come
 * in arg[]; a byte string comes and goes in buf (buf_len bytes, host memory that
 * kernel code may touch). What happens later (a fault handler that is called) is
 * sent to the scenario with kut_report("channel", data, len).
 */
#ifndef KUT_MODULE_H
#define KUT_MODULE_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "compat.h"

struct kut_op_args {
	const unsigned long *arg; /* 8 numbers */
	void *buf;
	unsigned long buf_len;
};

struct kut_op {
	const char *name;
	long (*fn)(const struct kut_op_args *args);
};

#define KUT_OP(op_name, op_fn)                                                                     \
	static const struct kut_op kut_op_##op_fn __used __aligned(8)                              \
		__section(".kut_ops") = {op_name, op_fn}

/* May be called from any context. */
void kut_report(const char *channel, const void *data, unsigned long len);

#endif
