// SPDX-License-Identifier: GPL-2.0-only
/* Seam: names of copies, of per-CPU memory and of the vmalloc area. */
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "kut.h"
#include "track.h"

#if KUT_BEFORE(6, 10)

void *kmemdup(const void *src, size_t len, gfp_t gfp)
{
	return kut_memdup(src, len, gfp, KUT_FRAME);
}

void __percpu *__alloc_percpu(size_t size, size_t align)
{
	return kut_percpu_alloc(size, align, GFP_KERNEL, KUT_FRAME);
}

void __percpu *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp)
{
	return kut_percpu_alloc(size, align, gfp, KUT_FRAME);
}

void *vmalloc(unsigned long size)
{
	return kut_vmalloc(size, GFP_KERNEL, KUT_FRAME);
}

void *vzalloc(unsigned long size)
{
	return kut_vmalloc(size, GFP_KERNEL | __GFP_ZERO, KUT_FRAME);
}

#else

void *kmemdup_noprof(const void *src, size_t len, gfp_t gfp)
{
	return kut_memdup(src, len, gfp, KUT_FRAME);
}

void *kmemdup_array(const void *src, size_t count, size_t element, gfp_t gfp)
{
	return kut_memdup(src, size_mul(element, count), gfp, KUT_FRAME);
}

void __percpu *pcpu_alloc_noprof(size_t size, size_t align, bool reserved, gfp_t gfp)
{
	return kut_percpu_alloc(size, align, gfp, KUT_FRAME);
}

void *vmalloc_noprof(unsigned long size)
{
	return kut_vmalloc(size, GFP_KERNEL, KUT_FRAME);
}

void *vzalloc_noprof(unsigned long size)
{
	return kut_vmalloc(size, GFP_KERNEL | __GFP_ZERO, KUT_FRAME);
}

void *__vmalloc_noprof(unsigned long size, gfp_t gfp)
{
	return kut_vmalloc(size, gfp, KUT_FRAME);
}

#endif
