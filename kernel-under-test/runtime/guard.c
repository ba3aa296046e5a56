// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guarded objects: each at the end of pages of its own, in front of a page that
 * nobody can access, so that whoever writes or reads behind it faults at that
 * instruction. While it waits in the quarantine its own pages are inaccessible,
 * too. Physical addresses stay real, and a device's accesses go another way to
 * the same RAM: only the kernel's view is closed.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "memory.h"
#include "slab.h"

static struct kmem_cache records = {
	.name = "guard-record",
	.size = sizeof(struct kut_slab) + sizeof(struct kut_object),
	.unguarded = true,
};

bool kut_guards(const struct kmem_cache *c)
{
	return kut_layout.memory & KUT_MEMORY_GUARD && !c->unguarded &&
	       !(c->flags & SLAB_TYPESAFE_BY_RCU);
}

static int protect(const struct kut_slab *slab, unsigned long from, unsigned long pages,
		   bool accessible)
{
	unsigned long va = (unsigned long)page_address(slab->page) + from * PAGE_SIZE;

	return kut_host->protect(va, pages, accessible);
}

static unsigned long data_pages(const struct kut_slab *slab)
{
	return PFN_UP(slab->size + slab->redzone);
}

/* kmalloc() of a power of two is aligned to it, of other sizes to the minimum. */
static unsigned int align_of(const struct kmem_cache *c, size_t asked)
{
	if (asked == c->size)
		return c->align;
	return is_power_of_2(asked) ? max_t(size_t, asked, ARCH_KMALLOC_MINALIGN)
				    : ARCH_KMALLOC_MINALIGN;
}

static void give_pages(struct kut_slab *slab)
{
	kut_slab_mark(slab->page, NULL);
	kut_track_take(&kut_page_track(slab->page)->freed, KUT_FRAME);
	kut_pages_give(slab->page, slab->order);
	kfree(slab);
}

struct kut_slab *kut_guard_slab(struct kmem_cache *c, gfp_t gfp, size_t asked,
				const unsigned long *frame)
{
	gfp_t own = (gfp & ~__GFP_ZERO) | __GFP_COMP;
	struct kut_slab *slab = kut_slab_alloc(&records, own | __GFP_ZERO, records.size, frame);

	if (!slab)
		return NULL;
	kut_not_leak(slab);
	slab->guarded = true;
	slab->cache = c;
	slab->size = asked;
	slab->redzone = ALIGN(asked, align_of(c, asked)) - asked;
	slab->n = 1;
	slab->object[0].slab = slab;
	slab->order = get_order((data_pages(slab) + 1) * PAGE_SIZE);
	slab->page = kut_pages_take(own, slab->order, KUT_PAGES_SLAB, frame);
	if (!slab->page) {
		kfree(slab);
		return NULL;
	}
	kut_slab_mark(slab->page, slab);
	slab->base = page_address(slab->page) + data_pages(slab) * PAGE_SIZE - slab->size -
		     slab->redzone;
	slab->left_redzone = offset_in_page(slab->base) >= KUT_LEFT_REDZONE;
	if (protect(slab, data_pages(slab), 1, false)) {
		kut_guard_tell_limit();
		give_pages(slab);
		return NULL;
	}
	if (c->ctor)
		c->ctor(slab->base);
	return slab;
}

void kut_guard_close(struct kut_slab *slab)
{
	if (protect(slab, 0, data_pages(slab), false))
		kut_guard_tell_limit();
}

void kut_guard_free(struct kut_slab *slab)
{
	protect(slab, 0, data_pages(slab) + 1, true);
	give_pages(slab);
}
