// SPDX-License-Identifier: GPL-2.0-only
/* Copies from and to a process's memory that ends within them. */
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "services.h"

#define LONGEST 256UL

/*
 * services.user_copy: buf lies at the end of a page with none behind it. arg0 bytes
 * are copied from there (arg1 0) or to there (1) -> how many were not. What came, or
 * what the page has then, is left in buf.
 */
static long op_user_copy(const struct kut_op_args *a)
{
	unsigned long n = min(a->arg[0], LONGEST), have = min(a->buf_len, LONGEST);
	unsigned char bytes[LONGEST];
	void *page = vmalloc(PAGE_SIZE);
	void *user = page + PAGE_SIZE - have;
	long left;

	if (!page)
		return -ENOMEM;
	memcpy(user, a->buf, have);
	memset(bytes, 0xee, sizeof(bytes));
	if (a->arg[1])
		left = copy_to_user((void __user *)user, bytes, n);
	else
		left = copy_from_user(bytes, (const void __user *)user, n);
	memcpy(a->buf, a->arg[1] ? user : (void *)bytes, have);
	vfree(page);
	return left;
}
KUT_OP("services.user_copy", op_user_copy);

/* services.user_null: arg0 bytes from address 0 -> how many were not copied. */
static long op_user_null(const struct kut_op_args *a)
{
	unsigned char bytes[LONGEST];

	return copy_from_user(bytes, NULL, min(a->arg[0], LONGEST));
}
KUT_OP("services.user_null", op_user_null);
