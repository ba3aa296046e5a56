// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vmalloc area and ioremap(). A mapping really aliases the pages of simulated
 * RAM. An ioremap() cookie is io_base + physical address and is never mapped:
 * register accessors turn it back (mmio.c).
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "kut.h"

struct area {
	struct vm_struct vm;   /* first: find_vm_area() returns it */
	struct list_head node; /* by address */
	unsigned long *pa;     /* of each page */
	unsigned long n;
	bool owns_pages; /* vm.pages and what they point at */
};

static LIST_HEAD(areas);

unsigned long vmalloc_base;

static unsigned long area_end(const struct area *a)
{
	return (unsigned long)a->vm.addr + a->vm.size;
}

/* First fit; a guard page stays between areas (vm.size includes it). */
static struct area *area_new(unsigned long size, unsigned long flags)
{
	struct area *a = kzalloc(sizeof(*a), GFP_KERNEL), *other;
	unsigned long addr = kut_layout.vmalloc_base;
	struct list_head *behind = &areas;

	if (!a)
		return NULL;
	a->vm.size = size + PAGE_SIZE;
	a->vm.flags = flags;
	list_for_each_entry(other, &areas, node) {
		if (addr + a->vm.size <= (unsigned long)other->vm.addr)
			break;
		addr = area_end(other);
		behind = &other->node;
	}
	if (addr + a->vm.size > kut_layout.vmalloc_base + kut_layout.vmalloc_size) {
		kfree(a);
		return NULL;
	}
	a->vm.addr = (void *)addr;
	list_add(&a->node, behind);
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
static int area_map(struct area *a, struct page **pages, unsigned long n)
{
	a->pa = kvmalloc_array(n, sizeof(*a->pa), GFP_KERNEL);
	if (!a->pa)
		return -ENOMEM;
	for (a->n = 0; a->n < n; a->n++)
		a->pa[a->n] = page_to_phys(pages[a->n]);
	return kut_host->map((unsigned long)a->vm.addr, a->pa, n);
}

static void area_free(struct area *a)
{
	if (a->n)
		kut_host->unmap((unsigned long)a->vm.addr, a->n);
	list_del(&a->node);
	kvfree(a->pa);
	if (a->owns_pages) {
		for (unsigned int i = 0; i < a->vm.nr_pages; i++)
			__free_page(a->vm.pages[i]);
		kvfree(a->vm.pages);
	}
	kfree(a);
}

void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	struct area *a = area_new((unsigned long)count << PAGE_SHIFT, flags);

	if (!a)
		return NULL;
	if (area_map(a, pages, count)) {
		area_free(a);
		return NULL;
	}
	if (flags & VM_MAP_PUT_PAGES) {
		a->owns_pages = true;
		a->vm.pages = pages;
		a->vm.nr_pages = count;
	}
	return a->vm.addr;
}

static void release(const void *addr, const char *what)
{
	struct area *a = area_at(addr);

	if (!addr)
		return;
	if (!a || a->vm.addr != addr) {
		kut_finding("bad free", "BUG: %s of an address that is not mapped: %px", what,
			    addr);
		dump_stack();
		return;
	}
	area_free(a);
}

void vunmap(const void *addr)
{
	release(addr, "vunmap");
}

void vfree(const void *addr)
{
	release(addr, "vfree");
}

static bool area_fill(struct area *a, unsigned int count)
{
	a->vm.pages = kvcalloc(count, sizeof(*a->vm.pages), GFP_KERNEL);
	if (!a->vm.pages)
		return false;
	for (unsigned int i = 0; i < count; i++) {
		a->vm.pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!a->vm.pages[i])
			return false;
		a->vm.nr_pages++;
	}
	return area_map(a, a->vm.pages, count) == 0;
}

void *kut_vmalloc(unsigned long size)
{
	struct area *a;

	if (!size || size > kut_layout.ram_size) /* it would wrap, else */
		return NULL;
	a = area_new(PAGE_ALIGN(size), VM_ALLOC);
	if (!a)
		return NULL;
	a->owns_pages = true;
	if (!area_fill(a, PAGE_ALIGN(size) >> PAGE_SHIFT)) {
		area_free(a);
		return NULL;
	}
	return a->vm.addr;
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

void __iomem *ioremap(resource_size_t phys, unsigned long size)
{
	return (void __iomem *)(kut_layout.io_base + phys);
}

void __iomem *ioremap_uc(resource_size_t phys, unsigned long size)
{
	return ioremap(phys, size);
}

void __iomem *ioremap_wc(resource_size_t phys, unsigned long size)
{
	return ioremap(phys, size);
}

void iounmap(volatile void __iomem *addr)
{
}
