// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory used wrongly, each in one way. `memory.bug` makes number arg0 of the table
 * at the end; its name comes back in buf, and behind the last one -ENOENT.
 */
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "kut_module.h"

/* What the compiler shall not know, lest it warn of what is done here on purpose. */
static void *hidden(void *p)
{
	OPTIMIZER_HIDE_VAR(p);
	return p;
}

static void write_at(void *p, long offset)
{
	((u8 *)hidden(p))[offset] = 0x5c;
}

static noinline void overflow(void)
{
	u8 *p = kmalloc(50, GFP_KERNEL);

	write_at(p, 50);
	kfree(p);
}

static noinline void overflow_of_a_full_object(void)
{
	u8 *p = kmalloc(64, GFP_KERNEL);

	write_at(p, 67);
	kfree(p);
}

static noinline void write_in_front(void)
{
	u8 *p = kmalloc(50, GFP_KERNEL);

	write_at(p, -1);
	kfree(p);
}

static noinline void write_in_front_of_a_page(void)
{
	u8 *p = kmalloc(4096, GFP_KERNEL);

	write_at(p, -8);
	kfree(p);
}

static noinline void write_behind_a_free_object(void)
{
	u8 *p = kmalloc(64, GFP_KERNEL);

	kfree(p);
	write_at(p, 65);
}

static noinline void write_in_front_of_a_free_object(void)
{
	u8 *p = kmalloc(64, GFP_KERNEL);

	kfree(p);
	write_at(p, -2);
}

static noinline void free_twice(void)
{
	void *p = kmalloc(200, GFP_KERNEL);

	kfree(p);
	kfree(hidden(p));
}

static noinline void free_inside(void)
{
	u8 *p = kmalloc(200, GFP_KERNEL);

	kfree(hidden(p) + 8);
	kfree(p);
}

static noinline void free_to_another_cache(void)
{
	struct kmem_cache *a = kmem_cache_create("bug-a", 72, 0, 0, NULL);
	struct kmem_cache *b = kmem_cache_create("bug-b", 72, 0, 0, NULL);
	void *p = kmem_cache_alloc(a, GFP_KERNEL);

	kmem_cache_free(b, p);
	kmem_cache_free(a, p);
	kmem_cache_destroy(b);
	kmem_cache_destroy(a);
}

static noinline void free_of_data(void)
{
	static u64 data[4];

	kfree(hidden(data));
}

static noinline void free_of_the_stack(void)
{
	u64 data[4];

	kfree(hidden(data));
}

static noinline void vfree_of_the_stack(void)
{
	u64 data[4];

	vfree(hidden(data));
}

static noinline void free_pages_of_the_stack(void)
{
	u64 data[4];

	free_pages((unsigned long)hidden(data), 0);
}

static noinline void free_percpu_of_the_stack(void)
{
	u64 data[4];

	free_percpu((void __percpu *)hidden(data));
}

static noinline void kfree_of_vmalloc(void)
{
	void *p = vmalloc(PAGE_SIZE);

	kfree(hidden(p));
	vfree(p);
}

static noinline void vfree_of_kmalloc(void)
{
	void *p = kmalloc(64, GFP_KERNEL);

	vfree(hidden(p));
	kfree(p);
}

static noinline void vfree_twice(void)
{
	void *p = vmalloc(PAGE_SIZE);

	vfree(p);
	vfree(hidden(p));
}

static noinline void vunmap_of_vmalloc(void)
{
	void *p = vmalloc(PAGE_SIZE);

	vunmap(p);
	vfree(p);
}

static noinline void kfree_of_pages(void)
{
	unsigned long p = __get_free_pages(GFP_KERNEL, 1);

	kfree(hidden((void *)p));
	free_pages(p, 1);
}

static noinline void free_pages_of_kmalloc(void)
{
	void *p = kmalloc(4 * PAGE_SIZE, GFP_KERNEL);

	free_pages((unsigned long)p, 2);
	kfree(p);
}

static noinline void free_pages_of_a_slab(void)
{
	void *p = kmalloc(64, GFP_KERNEL);

	free_pages((unsigned long)p & PAGE_MASK, 0);
	kfree(p);
}

static noinline void another_order(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);

	__free_pages(page, 1);
	__free_pages(page, 2);
}

static noinline void page_freed_twice(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	__free_page(page);
	__free_page(page);
}

static noinline void tail_page_freed(void)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	__free_page(page + 1);
	__free_pages(page, 2);
}

/* Whoever gets the page next would have one reference too many. */
static noinline void reference_to_a_free_page(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	__free_page(page);
	page_ref_inc(page);
	__free_page(alloc_page(GFP_KERNEL));
}

/* The page is free behind the first, and nothing looks at the count behind the second. */
static noinline void page_put_twice(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	put_page(page);
	put_page(page);
}

static noinline void mapping_left_behind(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	page->mapping = (void *)page;
	__free_page(page);
	page->mapping = NULL;
	__free_page(page);
}

static noinline void write_to_a_freed_page(void)
{
	unsigned long p = __get_free_page(GFP_KERNEL);

	free_page(p);
	write_at((void *)p, 17);
}

/* Its last page, for who looks at the first alone. */
static noinline void write_to_freed_pages(void)
{
	unsigned long p = __get_free_pages(GFP_KERNEL, 3);

	free_pages(p, 3);
	write_at((void *)p, 8 * PAGE_SIZE - 1);
	free_pages(__get_free_pages(GFP_KERNEL, 3), 3);
}

static noinline void write_to_a_freed_large_object(void)
{
	u8 *p = kmalloc(9000, GFP_KERNEL);

	kfree(p);
	write_at(p, 0);
}

static noinline void overflow_of_a_large_object(void)
{
	u8 *p = kmalloc(9000, GFP_KERNEL);

	write_at(p, 9000);
	kfree(p);
}

static noinline void overflow_of_a_grown_large_object(void)
{
	u8 *p = kmalloc(9000, GFP_KERNEL);

	p = krealloc(p, 12000, GFP_KERNEL);
	write_at(p, 11999);
	write_at(p, 12001);
	kfree(p);
}

static noinline void overflow_of_percpu(void)
{
	void __percpu *p = __alloc_percpu(20, 4);

	write_at(per_cpu_ptr(p, 1), 21);
	free_percpu(p);
}

static noinline void write_to_freed_percpu(void)
{
	void __percpu *p = __alloc_percpu(16, 8);

	free_percpu(p);
	write_at(per_cpu_ptr(p, 1), 3);
}

static noinline void percpu_twice(void)
{
	void __percpu *p = __alloc_percpu(16, 8);

	free_percpu(p);
	free_percpu(p);
}

#define NO_DEVICE 0x7000000UL /* a physical address where there is none */

static noinline void iounmap_twice(void)
{
	void __iomem *p = ioremap(NO_DEVICE + 8, 16);

	iounmap(p);
	iounmap(p);
}

static const struct {
	const char *name;
	void (*fn)(void);
} bugs[] = {
#define BUG_NAMED(f)                                                                               \
	{                                                                                          \
#f, f                                                                              \
	}
	BUG_NAMED(overflow),
	BUG_NAMED(overflow_of_a_full_object),
	BUG_NAMED(free_twice),
	BUG_NAMED(free_inside),
	BUG_NAMED(free_to_another_cache),
	BUG_NAMED(free_of_data),
	BUG_NAMED(free_of_the_stack),
	BUG_NAMED(kfree_of_vmalloc),
	BUG_NAMED(vfree_of_kmalloc),
	BUG_NAMED(vfree_twice),
	BUG_NAMED(vunmap_of_vmalloc),
	BUG_NAMED(kfree_of_pages),
	BUG_NAMED(free_pages_of_kmalloc),
	BUG_NAMED(free_pages_of_a_slab),
	BUG_NAMED(another_order),
	BUG_NAMED(page_freed_twice),
	BUG_NAMED(tail_page_freed),
	BUG_NAMED(reference_to_a_free_page),
	BUG_NAMED(mapping_left_behind),
	BUG_NAMED(percpu_twice),
	BUG_NAMED(page_put_twice),
	BUG_NAMED(write_in_front),
	BUG_NAMED(write_in_front_of_a_page),
	BUG_NAMED(write_behind_a_free_object),
	BUG_NAMED(write_in_front_of_a_free_object),
	BUG_NAMED(write_to_a_freed_page),
	BUG_NAMED(write_to_freed_pages),
	BUG_NAMED(write_to_a_freed_large_object),
	BUG_NAMED(overflow_of_a_large_object),
	BUG_NAMED(overflow_of_a_grown_large_object),
	BUG_NAMED(overflow_of_percpu),
	BUG_NAMED(write_to_freed_percpu),
	BUG_NAMED(iounmap_twice),
	BUG_NAMED(vfree_of_the_stack),
	BUG_NAMED(free_pages_of_the_stack),
	BUG_NAMED(free_percpu_of_the_stack),
#undef BUG_NAMED
};

static long op_bug(const struct kut_op_args *a)
{
	if (a->arg[0] >= ARRAY_SIZE(bugs))
		return -ENOENT;
	bugs[a->arg[0]].fn();
	return scnprintf(a->buf, a->buf_len, "%s", bugs[a->arg[0]].name);
}
KUT_OP("memory.bug", op_bug);

static u8 *kept;

/* memory.keep: an object of arg0 bytes; memory.kept_write: at arg0; memory.kept_free. */
static noinline long op_keep(const struct kut_op_args *a)
{
	kept = kmalloc(a->arg[0], GFP_KERNEL);
	return kept ? 0 : -ENOMEM;
}
KUT_OP("memory.keep", op_keep);

static noinline long op_kept_read(const struct kut_op_args *a)
{
	return READ_ONCE(((u8 *)hidden(kept))[a->arg[0]]);
}
KUT_OP("memory.kept_read", op_kept_read);

static noinline long op_kept_write(const struct kut_op_args *a)
{
	write_at(kept, a->arg[0]);
	return 0;
}
KUT_OP("memory.kept_write", op_kept_write);

static noinline long op_kept_free(const struct kut_op_args *a)
{
	kfree(hidden(kept));
	return 0;
}
KUT_OP("memory.kept_free", op_kept_free);

/* memory.keep_pages: 2^arg0 pages instead of an object. */
static noinline long op_keep_pages(const struct kut_op_args *a)
{
	kept = (u8 *)__get_free_pages(GFP_KERNEL, a->arg[0]);
	return kept ? 0 : -ENOMEM;
}
KUT_OP("memory.keep_pages", op_keep_pages);

static noinline long op_kept_pages_free(const struct kut_op_args *a)
{
	free_pages((unsigned long)kept, a->arg[0]);
	return 0;
}
KUT_OP("memory.kept_pages_free", op_kept_pages_free);

/* memory.parts: no bug. 2^arg0 pages, split and freed one by one, and a reference to the first. */
static noinline long op_parts(const struct kut_op_args *a)
{
	struct page *page = alloc_pages(GFP_KERNEL, a->arg[0]);

	if (!page)
		return -ENOMEM;
	split_page(page, a->arg[0]);
	for (unsigned long i = 0; i < 1UL << a->arg[0]; i++)
		__free_page(page + i);
	page = alloc_pages(GFP_KERNEL, a->arg[0]);
	if (!page)
		return -ENOMEM;
	get_page(page);
	__free_pages(page, a->arg[0]);
	put_page(page);
	return 0;
}
KUT_OP("memory.parts", op_parts);

/* memory.io_after_unmap: a read (arg0 0) or write of registers that are mapped no more. */
static noinline long op_io_after_unmap(const struct kut_op_args *a)
{
	void __iomem *p = ioremap(NO_DEVICE, PAGE_SIZE);

	iounmap(p);
	if (!a->arg[0])
		return readl(p + 4);
	writel(1, p + 4);
	return 0;
}
KUT_OP("memory.io_after_unmap", op_io_after_unmap);

static noinline long op_write_after_vfree(const struct kut_op_args *a)
{
	u8 *p = vmalloc(PAGE_SIZE);

	vfree(p);
	write_at(p, 5);
	return 0;
}
KUT_OP("memory.write_after_vfree", op_write_after_vfree);

static struct device *device_of(const char *name)
{
	return bus_find_device_by_name(&platform_bus_type, NULL, name);
}

/*
 * memory.coherent: write at arg0 of arg1 bytes of coherent DMA memory of the device named in
 * buf, which is freed before (arg2 1) or not. GFP_ATOMIC: pages, and no vmalloc area.
 */
static noinline long op_coherent(const struct kut_op_args *a)
{
	struct device *dev = device_of(a->buf);
	dma_addr_t at;
	void *p = dev ? dma_alloc_coherent(dev, a->arg[1], &at, GFP_ATOMIC) : NULL;

	if (!p)
		return -ENOMEM;
	if (!a->arg[2])
		write_at(p, a->arg[0]);
	dma_free_coherent(dev, a->arg[1], p, at);
	if (a->arg[2])
		write_at(p, a->arg[0]);
	put_device(dev);
	return 0;
}
KUT_OP("memory.coherent", op_coherent);

static noinline long leak_coherent(const char *name)
{
	struct device *dev = device_of(name);
	dma_addr_t at;
	void *p = dev ? dma_alloc_coherent(dev, 2 * PAGE_SIZE, &at, GFP_KERNEL) : NULL;

	put_device(dev);
	return p ? 0 : -ENOMEM;
}

/*
 * memory.leak: what nobody frees. arg0 0 an object, 1 pages, 2 vmalloc, 3 per-CPU memory,
 * 4 coherent DMA memory of the device named in buf, 5 a mapping of registers.
 */
static noinline long op_leak(const struct kut_op_args *a)
{
	switch (a->arg[0]) {
	case 0:
		return kmalloc(40, GFP_KERNEL) ? 0 : -ENOMEM;
	case 1:
		return alloc_pages(GFP_KERNEL, 1) ? 0 : -ENOMEM;
	case 2:
		return vmalloc(3 * PAGE_SIZE) ? 0 : -ENOMEM;
	case 3:
		return __alloc_percpu(24, 8) ? 0 : -ENOMEM;
	case 4:
		return leak_coherent(a->buf);
	case 5:
		return ioremap(NO_DEVICE, PAGE_SIZE) ? 0 : -ENOMEM;
	}
	return -EINVAL;
}
KUT_OP("memory.leak", op_leak);
