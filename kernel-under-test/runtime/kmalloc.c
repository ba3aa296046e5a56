// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmalloc() and its like: objects of a size class, whole pages above the largest,
 * and the vmalloc area for kvmalloc(). By what names the kernel calls them is in
 * seam_slab.c. What kmalloc() promises of alignment: that of ARCH_KMALLOC_MINALIGN,
 * and for a power of two, the size itself.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "memory.h"
#include "slab.h"

static struct kmem_cache classes[] = {
#define SIZE_CLASS(n)                                                                              \
	{                                                                                          \
		.name = "kmalloc-" #n, .size = n, .align = (n) & -(n)                              \
	}
	SIZE_CLASS(8),	  SIZE_CLASS(16),   SIZE_CLASS(32),   SIZE_CLASS(64),  SIZE_CLASS(96),
	SIZE_CLASS(128),  SIZE_CLASS(192),  SIZE_CLASS(256),  SIZE_CLASS(512), SIZE_CLASS(1024),
	SIZE_CLASS(2048), SIZE_CLASS(4096), SIZE_CLASS(8192),
#undef SIZE_CLASS
};

/* Classes are sorted by size. */
static struct kmem_cache *class_of(size_t size)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(classes); i++)
		if (size <= classes[i].size)
			return &classes[i];
	return NULL;
}

void *kut_alloc(size_t size, gfp_t gfp, const unsigned long *frame)
{
	struct kmem_cache *c;
	struct page *page;

	if (!size)
		return ZERO_SIZE_PTR;
	c = class_of(size);
	if (c)
		return kut_slab_alloc(c, gfp, size, frame);
	page = kut_pages_alloc_as(gfp | __GFP_COMP, get_order(size), KUT_PAGES_KMALLOC, frame);
	if (!page)
		return NULL;
	kut_pages_resize(page, size);
	return page_address(page);
}

static void free_large(struct page *page, const unsigned long *frame)
{
	kut_pages_check_tail(page);
	kut_pages_free(page, compound_order(page), KUT_PAGES_KMALLOC, frame);
}

void kfree(const void *object)
{
	if (ZERO_OR_NULL_PTR(object))
		return;
	if (kut_slab_of(object))
		kut_slab_free(NULL, (void *)object, KUT_FRAME);
	else if (kut_pages_kind(object) == KUT_PAGES_KMALLOC)
		free_large(virt_to_page(object), KUT_FRAME);
	else
		kut_bad_free(object, "kfree of what kmalloc has not allocated");
}

size_t kut_alloc_size(size_t size)
{
	struct kmem_cache *c = size ? class_of(size) : NULL;

	return c ? c->size : size ? PAGE_SIZE << get_order(size) : 0;
}

/* What its user asked for, or may use since it has asked ksize(). */
static size_t asked(const void *object)
{
	struct kut_slab *slab = kut_slab_of(object);

	return slab ? kut_object_at(slab, object)->asked
		    : kut_page_track(virt_to_head_page(object))->asked;
}

static size_t room(const void *object)
{
	struct kut_slab *slab = kut_slab_of(object);

	return slab ? slab->size : PAGE_SIZE << compound_order(virt_to_head_page(object));
}

static void set_asked(const void *object, size_t size)
{
	struct kut_slab *slab = kut_slab_of(object);

	if (slab)
		kut_object_resize(kut_object_at(slab, object), size);
	else
		kut_pages_resize(virt_to_head_page(object), size);
}

size_t ksize(const void *object)
{
	if (ZERO_OR_NULL_PTR(object))
		return 0;
	set_asked(object, room(object));
	return room(object);
}

/* In place, if there is room and not far too much of it. */
static bool resize(const void *p, size_t size, gfp_t gfp)
{
	size_t before = asked(p);

	if (size > room(p))
		return false;
	set_asked(p, size);
	if (gfp & __GFP_ZERO && size > before)
		memset((void *)p + before, 0, size - before);
	return true;
}

void *kut_realloc(const void *p, size_t size, gfp_t gfp, const unsigned long *frame)
{
	void *fresh;

	if (!size) {
		kfree(p);
		return ZERO_SIZE_PTR;
	}
	if (!ZERO_OR_NULL_PTR(p) && resize(p, size, gfp))
		return (void *)p;
	fresh = kut_alloc(size, gfp, frame);
	if (fresh && !ZERO_OR_NULL_PTR(p)) {
		memcpy(fresh, p, asked(p));
		kfree(p);
	}
	return fresh;
}

void *kut_kvalloc(size_t size, gfp_t gfp, const unsigned long *frame)
{
	void *p = kut_alloc(size, size > PAGE_SIZE ? gfp | __GFP_NOWARN : gfp, frame);

	if (p || size <= PAGE_SIZE || WARN_ON_ONCE(size > INT_MAX && !(gfp & __GFP_NOWARN)))
		return p;
	return kut_vmalloc(size, gfp, frame);
}

void kvfree(const void *p)
{
	if (is_vmalloc_addr(p))
		vfree(p);
	else
		kfree(p);
}

static size_t kv_asked(const void *p)
{
	return is_vmalloc_addr(p) ? get_vm_area_size(find_vm_area(p)) : asked(p);
}

void *kut_kvrealloc(const void *p, size_t size, gfp_t gfp, const unsigned long *frame)
{
	void *fresh;

	if (!size) {
		kvfree(p);
		return ZERO_SIZE_PTR;
	}
	if (!ZERO_OR_NULL_PTR(p) &&
	    (is_vmalloc_addr(p) ? kv_asked(p) >= size : resize(p, size, gfp)))
		return (void *)p;
	fresh = kut_kvalloc(size, gfp, frame);
	if (fresh && !ZERO_OR_NULL_PTR(p)) {
		memcpy(fresh, p, kv_asked(p));
		kvfree(p);
	}
	return fresh;
}
