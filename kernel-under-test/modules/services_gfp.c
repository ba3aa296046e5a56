// SPDX-License-Identifier: GPL-2.0-only
/* What GFP flags, fault points, mempools and DMA pools do. */
#include <linux/dmapool.h>
#include <linux/gfp.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "services.h"

/* Pages chained through their own first word. */
static unsigned long take(gfp_t gfp, unsigned long **chain)
{
	unsigned long n = 0, *page;

	while ((page = (unsigned long *)__get_free_page(gfp | __GFP_NOWARN))) {
		*page = (unsigned long)*chain;
		*chain = page;
		n++;
	}
	return n;
}

static void give(unsigned long *chain)
{
	while (chain) {
		unsigned long *next = (unsigned long *)*chain;

		free_page((unsigned long)chain);
		chain = next;
	}
}

/* services.reserves: pages that each kind gets in turn: GFP_KERNEL, GFP_ATOMIC, MEMALLOC. */
static long op_reserves(const struct kut_op_args *a)
{
	unsigned long *chain = NULL;

	svc_put(a, 0, take(GFP_KERNEL, &chain));
	svc_put(a, 1, take(GFP_NOWAIT, &chain));
	svc_put(a, 2, take(GFP_ATOMIC, &chain));
	svc_put(a, 3, take(GFP_ATOMIC | __GFP_MEMALLOC, &chain));
	give(chain);
	return 0;
}
KUT_OP("services.reserves", op_reserves);

/* services.zones: the highest page frame of 1000 pages, GFP_DMA32, and the lowest of GFP_KERNEL. */
static long op_zones(const struct kut_op_args *a)
{
	unsigned long low = ULONG_MAX, high = 0, pfn;

	for (unsigned int i = 0; i < 1000; i++) {
		struct page *p = alloc_page(GFP_KERNEL), *q = alloc_page(GFP_KERNEL | GFP_DMA32);

		low = min(low, page_to_pfn(p));
		pfn = page_to_pfn(q);
		high = max(high, pfn);
		__free_page(p);
		__free_page(q);
	}
	svc_put(a, 0, low << PAGE_SHIFT);
	svc_put(a, 1, high << PAGE_SHIFT);
	return 0;
}
KUT_OP("services.zones", op_zones);

/* services.too_much: more than there is, in a memalloc_noio_save() section. */
static long op_too_much(const struct kut_op_args *a)
{
	unsigned long *chain = NULL;
	unsigned int scope;
	struct page *page;

	take(GFP_KERNEL, &chain);
	scope = memalloc_noio_save();
	page = alloc_page(GFP_KERNEL);
	memalloc_noio_restore(scope);
	give(chain);
	return page != NULL;
}
KUT_OP("services.too_much", op_too_much);

/* services.alloc: kmalloc() of arg0 bytes; arg1 1: GFP_ATOMIC, 2: __GFP_NOFAIL. Was it had? */
static long op_alloc(const struct kut_op_args *a)
{
	static const gfp_t gfp[] = {GFP_KERNEL, GFP_ATOMIC, GFP_KERNEL | __GFP_NOFAIL};
	void *p = kmalloc(a->arg[0], gfp[a->arg[1] % ARRAY_SIZE(gfp)]);
	bool had = p;

	kfree(p);
	return had;
}
KUT_OP("services.alloc", op_alloc);

/* services.alloc_kinds: pages, vmalloc, per-CPU: one bit for each that was had. */
static long op_alloc_kinds(const struct kut_op_args *a)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void __percpu *percpu = __alloc_percpu(8, 8);
	void *p = vmalloc(PAGE_SIZE);
	long had = (page != NULL) | (p != NULL) << 1 | (percpu != NULL) << 2;

	if (page)
		__free_page(page);
	vfree(p);
	free_percpu(percpu);
	return had;
}
KUT_OP("services.alloc_kinds", op_alloc_kinds);

static DEFINE_SPINLOCK(lock);

/*
 * services.atomic_alloc: an allocation where nobody may sleep. arg0 0: under a spinlock with
 * interrupts off, 1: with softirqs off; arg1 1: GFP_ATOMIC instead of GFP_KERNEL.
 */
static noinline long op_atomic_alloc(const struct kut_op_args *a)
{
	gfp_t gfp = a->arg[1] ? GFP_ATOMIC : GFP_KERNEL;
	unsigned long flags;
	void *p;

	if (a->arg[0]) {
		local_bh_disable();
		p = kmalloc(32, gfp);
		local_bh_enable();
	} else {
		spin_lock_irqsave(&lock, flags);
		p = kmalloc(32, gfp);
		spin_unlock_irqrestore(&lock, flags);
	}
	kfree(p);
	return p ? 0 : -ENOMEM;
}
KUT_OP("services.atomic_alloc", op_atomic_alloc);

/* services.cache_rules: misaligned objects of caches with an alignment; misplaced of ksize(). */
static long op_cache_rules(const struct kut_op_args *a)
{
	s64 wrong = 0;
	u8 *p;

	for (unsigned int align = 8; align <= 4096; align *= 2) {
		struct kmem_cache *c = kmem_cache_create("svc-align", 40, align, 0, NULL);
		void *object[20];

		for (unsigned int i = 0; i < ARRAY_SIZE(object); i++) {
			object[i] = kmem_cache_alloc(c, GFP_KERNEL);
			wrong += !IS_ALIGNED((unsigned long)object[i], align);
		}
		kmem_cache_free_bulk(c, ARRAY_SIZE(object), object);
		kmem_cache_destroy(c);
	}
	svc_put(a, 0, wrong);
	wrong = 0;
	for (unsigned int size = 1; size <= 4096; size += 37) {
		p = kmalloc(size, GFP_KERNEL);
		memset(p, 0xee, ksize(p)); /* all of it is the user's, since it has asked */
		wrong += ksize(p) < size;
		kfree(p);
	}
	svc_put(a, 1, wrong);
	return 0;
}
KUT_OP("services.cache_rules", op_cache_rules);

#define POOL_MIN 4
#define POOL_TRY 10

static unsigned int take_pool(mempool_t *pool, void **object)
{
	unsigned int n = 0;

	while (n < POOL_TRY && (object[n] = mempool_alloc(pool, GFP_NOWAIT | __GFP_NOWARN)))
		n++;
	return n;
}

static void give_pool(mempool_t *pool, void **object, unsigned int n)
{
	while (n-- > 0)
		mempool_free(object[n], pool);
}

static mempool_t *pool;
static struct kmem_cache *pool_cache;

/*
 * services.mempool_new: a pool of POOL_MIN objects; _take: how many of POOL_TRY it gives
 * to who cannot wait, and takes back; _resize: to arg0 objects; _gone: the pool's end.
 */

static long op_mempool_new(const struct kut_op_args *a)
{
	pool_cache = kmem_cache_create("svc-pool", 80, 0, 0, NULL);
	pool = mempool_create_slab_pool(POOL_MIN, pool_cache);
	return pool ? 0 : -ENOMEM;
}
KUT_OP("services.mempool_new", op_mempool_new);

static long op_mempool_take(const struct kut_op_args *a)
{
	void *object[POOL_TRY];
	unsigned int n = take_pool(pool, object);

	give_pool(pool, object, n);
	return n;
}
KUT_OP("services.mempool_take", op_mempool_take);

static long op_mempool_resize(const struct kut_op_args *a)
{
	return mempool_resize(pool, a->arg[0]);
}
KUT_OP("services.mempool_resize", op_mempool_resize);

static long op_mempool_gone(const struct kut_op_args *a)
{
	mempool_destroy(pool);
	kmem_cache_destroy(pool_cache);
	return 0;
}
KUT_OP("services.mempool_gone", op_mempool_gone);

/*
 * services.dmapool: blocks of 96 bytes of the device named in buf: misaligned ones,
 * ones that cross 4 KiB, dma addresses that come twice; arg0 1: destroyed with one in use.
 */
static noinline long op_dmapool(const struct kut_op_args *a)
{
	struct device *dev = bus_find_device_by_name(&platform_bus_type, NULL, a->buf);
	struct dma_pool *p = dev ? dma_pool_create("svc-dma", dev, 96, 32, 4096) : NULL;
	s64 misaligned = 0, crossing = 0, twice = 0;
	void *block[100];
	dma_addr_t at[100];

	if (!p)
		return -ENODEV;
	for (unsigned int i = 0; i < ARRAY_SIZE(at); i++) {
		block[i] = dma_pool_alloc(p, GFP_KERNEL, &at[i]);
		misaligned += !IS_ALIGNED(at[i], 32);
		crossing += at[i] / 4096 != (at[i] + 95) / 4096;
		for (unsigned int j = 0; j < i; j++)
			twice += at[i] == at[j];
	}
	for (unsigned int i = a->arg[0] ? 1 : 0; i < ARRAY_SIZE(at); i++)
		dma_pool_free(p, block[i], at[i]);
	dma_pool_destroy(p);
	put_device(dev);
	svc_put(a, 0, misaligned);
	svc_put(a, 1, crossing);
	svc_put(a, 2, twice);
	return 0;
}
KUT_OP("services.dmapool", op_dmapool);
