// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vmalloc area. A mapping really aliases the pages of simulated RAM.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "memory.h"
#include "slab.h"
#include "vmap.h"

struct area {
	struct vm_struct vm;   /* first: find_vm_area() returns it */
	struct list_head node; /* by address */
	unsigned long *pa;     /* of each page */
	unsigned long n;
	bool owns_pages; /* vm.pages and what they point at */
	enum kut_pages_kind kind;
	struct kut_area_track track;
};

static LIST_HEAD(areas);
static unsigned long last_end; /* of the area that was made last */

static struct kut_areas_gone gone;

unsigned long vmalloc_base;

static unsigned long area_end(const struct area *a)
{
	return (unsigned long)a->vm.addr + a->vm.size;
}

/* The first gap from `addr` on, and behind which area it lies; 0: none. */
static unsigned long find_gap(unsigned long addr, unsigned long size, struct list_head **behind)
{
	struct area *other;

	*behind = &areas;
	list_for_each_entry(other, &areas, node) {
		if (addr + size <= (unsigned long)other->vm.addr)
			break;
		addr = max(addr, area_end(other));
		*behind = &other->node;
	}
	return addr + size <= kut_layout.vmalloc_base + kut_layout.vmalloc_size ? addr : 0;
}

/* Who uses an area that is gone shall meet nothing there: addresses come again late. */
static unsigned long take_gap(unsigned long size, struct list_head **behind)
{
	unsigned long addr = find_gap(last_end ?: kut_layout.vmalloc_base, size, behind);

	return addr ?: find_gap(kut_layout.vmalloc_base, size, behind);
}

/* A guard page stays between areas (vm.size includes it). */
static struct area *area_new(unsigned long size, unsigned long flags, gfp_t gfp,
			     const unsigned long *frame)
{
	struct list_head *behind;
	unsigned long addr;
	struct area *a;

	BUG_ON(kut_vmap_forbidden());
	might_sleep_if(kut_vmap_sleeps(gfp));
	a = kut_alloc(sizeof(*a), gfp | __GFP_ZERO, frame);
	if (!a)
		return NULL;
	kut_not_leak(a);
	a->vm.size = size + PAGE_SIZE;
	a->vm.flags = flags;
	addr = take_gap(a->vm.size, &behind);
	if (!addr) {
		kfree(a);
		return NULL;
	}
	a->vm.addr = (void *)addr;
	last_end = addr + a->vm.size;
	list_add(&a->node, behind);
	a->track.addr = addr;
	a->track.size = size;
	kut_track_take(&a->track.allocated, frame);
	return a;
}

static struct area *area_at(const void *addr)
{
	struct area *a;

	list_for_each_entry(a, &areas, node)
		if (addr >= a->vm.addr && (unsigned long)addr < area_end(a))
			return a;
	return NULL;
}

/* The caller's array need not outlive the call. */
static int area_map(struct area *a, struct page **pages, unsigned long n, gfp_t gfp)
{
	a->pa = kvmalloc_array(n, sizeof(*a->pa), gfp);
	if (!a->pa)
		return -ENOMEM;
	kut_not_leak(a->pa);
	for (a->n = 0; a->n < n; a->n++)
		a->pa[a->n] = page_to_phys(pages[a->n]);
	return kut_host->map((unsigned long)a->vm.addr, a->pa, n);
}

static void area_free(struct area *a, const unsigned long *frame)
{
	if (a->n)
		kut_host->unmap((unsigned long)a->vm.addr, a->n);
	list_del(&a->node);
	kvfree(a->pa);
	if (a->owns_pages) {
		for (unsigned int i = 0; i < a->vm.nr_pages; i++)
			kut_pages_free(a->vm.pages[i], 0, a->kind, frame);
		kvfree(a->vm.pages);
	}
	kut_track_take(&a->track.freed, frame);
	kut_area_gone(&gone, &a->track);
	kfree(a);
}

void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	struct area *a = area_new((unsigned long)count << PAGE_SHIFT, flags, GFP_KERNEL, KUT_FRAME);

	if (!a)
		return NULL;
	if (area_map(a, pages, count, GFP_KERNEL)) {
		area_free(a, KUT_FRAME);
		return NULL;
	}
	if (flags & VM_MAP_PUT_PAGES) {
		a->owns_pages = true;
		a->kind = KUT_PAGES_USED;
		a->vm.pages = pages;
		a->vm.nr_pages = count;
	}
	return a->vm.addr;
}

/* The areas that were freed last, for who frees one again. */
void kut_area_gone(struct kut_areas_gone *gone, const struct kut_area_track *track)
{
	gone->track[gone->n++ % KUT_AREAS_GONE] = *track;
}

void kut_area_describe(const struct kut_areas_gone *gone, unsigned long addr)
{
	for (unsigned int i = 0; i < KUT_AREAS_GONE; i++) {
		const struct kut_area_track *t = &gone->track[i];

		if (addr - t->addr >= t->size)
			continue;
		kut_track_log("Allocated", &t->allocated);
		kut_track_log("Freed", &t->freed);
	}
}

void kut_vmap_describe(unsigned long addr)
{
	kut_area_describe(&gone, addr);
}

void kut_area_bad_free(const struct kut_areas_gone *gone, const void *addr, const char *what)
{
	char at[64];

	kut_finding("bad free", "Trying to %s() nonexistent vm area (%s)", what,
		    kut_address(addr, at, sizeof(at)));
	kut_area_describe(gone, (unsigned long)addr);
	kut_memory_describe(addr);
	dump_stack();
}

static void release(const void *addr, const char *what, bool allocated, const unsigned long *frame)
{
	struct area *a = area_at(addr);

	if (!addr)
		return;
	if (!a || a->vm.addr != addr) {
		kut_area_bad_free(&gone, addr, what);
	} else if (allocated != a->owns_pages) {
		kut_finding("bad free", "%s of an area that %s has made: %px", what,
			    a->owns_pages ? "vmalloc" : "vmap", addr);
		kut_track_log("Allocated", &a->track.allocated);
		dump_stack();
	} else {
		area_free(a, frame);
	}
}

void vunmap(const void *addr)
{
	BUG_ON(in_interrupt());
	might_sleep();
	release(addr, "vunmap", false, KUT_FRAME);
}

/* In an interrupt the kernel puts it off, and does not sleep. */
void vfree(const void *addr)
{
	might_sleep_if(!in_interrupt());
	release(addr, "vfree", true, KUT_FRAME);
}

/* As __vmalloc_area_node(): the array of the pages, then each page. */
static bool area_fill(struct area *a, unsigned int count, gfp_t gfp, const unsigned long *frame)
{
	a->vm.pages = kvcalloc(count, sizeof(*a->vm.pages), gfp);
	if (!a->vm.pages)
		return false;
	kut_not_leak(a->vm.pages);
	for (unsigned int i = 0; i < count; i++) {
		a->vm.pages[i] = kut_pages_alloc_as(gfp, 0, KUT_PAGES_VMALLOC, frame);
		if (!a->vm.pages[i])
			return false;
		a->vm.nr_pages++;
	}
	return area_map(a, a->vm.pages, count, gfp) == 0;
}

void *kut_vmalloc(unsigned long size, gfp_t gfp, const unsigned long *frame)
{
	struct area *a;

	if (!size || size > kut_layout.ram_size || /* it would wrap, else */
	    kut_alloc_fails(KUT_ALLOC_VMALLOC, size, gfp, frame))
		return NULL;
	a = area_new(PAGE_ALIGN(size), VM_ALLOC, gfp, frame);
	if (!a)
		return NULL;
	a->owns_pages = true;
	a->kind = KUT_PAGES_VMALLOC;
	if (!area_fill(a, PAGE_ALIGN(size) >> PAGE_SHIFT, gfp, frame)) {
		area_free(a, frame);
		return NULL;
	}
	return a->vm.addr;
}

const struct kut_area_track *kut_area_next(const struct kut_area_track *track)
{
	struct area *a = track ? container_of(track, struct area, track) : NULL;

	a = a ? list_next_entry(a, node) : list_first_entry(&areas, struct area, node);
	return list_entry_is_head(a, &areas, node) ? NULL : &a->track;
}

struct vm_struct *find_vm_area(const void *addr)
{
	struct area *a = area_at(addr);

	return a ? &a->vm : NULL;
}

bool is_vmalloc_addr(const void *p)
{
	unsigned long addr = (unsigned long)p;

	return addr >= kut_layout.vmalloc_base &&
	       addr < kut_layout.vmalloc_base + kut_layout.vmalloc_size;
}

int is_vmalloc_or_module_addr(const void *p)
{
	return is_vmalloc_addr(p);
}

struct page *vmalloc_to_page(const void *addr)
{
	struct area *a = area_at(addr);

	unsigned long i = a ? (addr - a->vm.addr) >> PAGE_SHIFT : 0;

	return a && i < a->n ? pfn_to_page(PFN_DOWN(a->pa[i])) : NULL;
}

unsigned long vmalloc_to_pfn(const void *addr)
{
	return page_to_pfn(vmalloc_to_page(addr));
}
