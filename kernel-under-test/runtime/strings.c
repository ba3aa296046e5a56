// SPDX-License-Identifier: GPL-2.0-only
/* Copies of strings and memory, as mm/util.c offers them. */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "kut.h"
#include "track.h"

void *kut_memdup(const void *src, size_t len, gfp_t gfp, const unsigned long *frame)
{
	void *p = kut_alloc(len, gfp, frame);

	if (p)
		memcpy(p, src, len);
	return p;
}

static char *copy(const char *s, size_t len, gfp_t gfp, const unsigned long *frame)
{
	char *p = s ? kut_alloc(len + 1, gfp, frame) : NULL;

	if (p) {
		memcpy(p, s, len);
		p[len] = '\0';
	}
	return p;
}

char *kmemdup_nul(const char *s, size_t len, gfp_t gfp)
{
	return copy(s, len, gfp, KUT_FRAME);
}

char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? copy(s, strlen(s), gfp, KUT_FRAME) : NULL;
}

char *kstrndup(const char *s, size_t max, gfp_t gfp)
{
	return s ? copy(s, strnlen(s, max), gfp, KUT_FRAME) : NULL;
}

/* No section of the image is known to be constant here: always a copy. */
const char *kstrdup_const(const char *s, gfp_t gfp)
{
	return s ? copy(s, strlen(s), gfp, KUT_FRAME) : NULL;
}

void kfree_const(const void *p)
{
	kfree(p);
}

void kfree_sensitive(const void *p)
{
	size_t size = ksize(p);

	if (size)
		memzero_explicit((void *)p, size);
	kfree(p);
}

/* What a file that shows `available` bytes answers to a read. */
ssize_t memory_read_from_buffer(void *to, size_t count, loff_t *ppos, const void *from,
				size_t available)
{
	loff_t pos = *ppos;

	if (pos < 0)
		return -EINVAL;
	if (pos >= available)
		return 0;
	count = min_t(size_t, count, available - pos);
	memcpy(to, from + pos, count);
	*ppos = pos + count;
	return count;
}

void *memdup_user_nul(const void __user *src, size_t len)
{
	char *p = kmalloc(len + 1, GFP_KERNEL);

	if (!p)
		return ERR_PTR(-ENOMEM);
	memcpy(p, (const void __force *)src, len);
	p[len] = '\0';
	return p;
}
