// SPDX-License-Identifier: GPL-2.0-only
/* Pages, objects, per-CPU and vmalloc memory, strings, random bytes, parameters. */
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "services.h"

#define QUIET (GFP_KERNEL | __GFP_NOWARN)

/* services.slab_sizes: every size from 1 to arg0: wrong ones of alignment, room, overlap. */
static long op_slab_sizes(const struct kut_op_args *a)
{
	s64 misaligned = 0, small = 0, dirty = 0, overlaps = 0;

	for (size_t size = 1; size <= a->arg[0]; size += 1 + size / 64) {
		unsigned char *p = kmalloc(size, GFP_KERNEL), *q = kzalloc(size, GFP_KERNEL);

		if (is_power_of_2(size) && !IS_ALIGNED((unsigned long)p, size))
			misaligned++;
		if (!IS_ALIGNED((unsigned long)p, ARCH_KMALLOC_MINALIGN))
			misaligned++;
		small += ksize(p) < size;
		dirty += memchr_inv(q, 0, size) != NULL;
		memset(p, 0xa5, size);
		overlaps += memchr_inv(q, 0, size) != NULL;
		kfree(p);
		kfree(q);
	}
	svc_put(a, 0, misaligned);
	svc_put(a, 1, small);
	svc_put(a, 2, dirty);
	svc_put(a, 3, overlaps);
	return 0;
}
KUT_OP("services.slab_sizes", op_slab_sizes);

/* services.krealloc: bytes kept while an object grows from 1 to arg0 bytes, and shrinks. */
static long op_krealloc(const struct kut_op_args *a)
{
	unsigned char *p = NULL;
	s64 lost = 0;

	for (size_t size = 1; size <= a->arg[0]; size *= 2) {
		p = krealloc(p, size, GFP_KERNEL);
		memset(p + size / 2, size & 0xff ? 7 : 9, size - size / 2);
		lost += p[0] != 7;
	}
	p = krealloc(p, 1, GFP_KERNEL);
	lost += p[0] != 7;
	svc_put(a, 0, lost);
	svc_put(a, 1, krealloc(p, 0, GFP_KERNEL) == ZERO_SIZE_PTR);
	return 0;
}
KUT_OP("services.krealloc", op_krealloc);

static unsigned int constructed;

static void construct(void *object)
{
	constructed++;
	*(u64 *)object = 0x5ca1ab1e;
}

/* services.slab_ctor: constructions for 100 allocations of one object; its state. */
static long op_slab_ctor(const struct kut_op_args *a)
{
	struct kmem_cache *c = kmem_cache_create("svc-ctor", 200, 0, 0, construct);
	unsigned int before;
	u64 *p;

	constructed = 0;
	kmem_cache_free(c, kmem_cache_alloc(c, GFP_KERNEL));
	before = constructed;
	for (unsigned int i = 0; i < 100; i++) {
		p = kmem_cache_alloc(c, GFP_KERNEL);
		svc_put(a, 1, *p);
		kmem_cache_free(c, p);
	}
	svc_put(a, 0, constructed - before);
	kmem_cache_destroy(c);
	return 0;
}
KUT_OP("services.slab_ctor", op_slab_ctor);

/* services.slab_leak: a cache is destroyed with an object in it. */
static long op_slab_leak(const struct kut_op_args *a)
{
	struct kmem_cache *c = kmem_cache_create("svc-leak", 64, 0, 0, NULL);
	void *p = kmem_cache_alloc(c, GFP_KERNEL);

	kmem_cache_destroy(c);
	kfree(p);
	return 0;
}
KUT_OP("services.slab_leak", op_slab_leak);

/*
 * services.slab_rcu: objects of three slabs are freed under RCU's eyes -> their pages
 * that are free at once, of two caches: an ordinary one and SLAB_TYPESAFE_BY_RCU.
 */
static long op_slab_rcu(const struct kut_op_args *a)
{
	static const slab_flags_t flags[] = {0, SLAB_TYPESAFE_BY_RCU};
	void **objects = kcalloc(1024, sizeof(*objects), GFP_KERNEL);

	for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++) {
		struct kmem_cache *c = kmem_cache_create("svc-rcu", 256, 0, flags[i], NULL);
		unsigned int gone = 0;

		for (unsigned int n = 0; n < 1024; n++)
			objects[n] = kmem_cache_alloc(c, GFP_KERNEL);
		rcu_read_lock();
		kmem_cache_free_bulk(c, 1024, objects);
		for (unsigned int n = 0; n < 1024; n++)
			gone += page_count(virt_to_page(objects[n])) == 0;
		rcu_read_unlock();
		svc_put(a, i, gone > 0);
		kmem_cache_destroy(c);
	}
	kfree(objects);
	return 0;
}
KUT_OP("services.slab_rcu", op_slab_rcu);

/* services.large: kmalloc() of arg0 bytes, quietly -> was it had; kvmalloc() of the same. */
static long op_large(const struct kut_op_args *a)
{
	void *p = kmalloc(a->arg[0], QUIET), *q = kvmalloc(a->arg[0], QUIET | __GFP_ZERO);

	svc_put(a, 0, p != NULL);
	svc_put(a, 1, q != NULL);
	svc_put(a, 2, q && !memchr_inv(q, 0, a->arg[0]));
	svc_put(a, 3, is_vmalloc_addr(q));
	kfree(p);
	kvfree(q);
	return 0;
}
KUT_OP("services.large", op_large);

/* All blocks of an order, chained through their own first word. */
static unsigned long take_all(unsigned int order, unsigned long **chain)
{
	unsigned long n = 0, *block;

	while ((block = (unsigned long *)__get_free_pages(QUIET, order))) {
		*block = (unsigned long)*chain;
		*chain = block;
		n++;
	}
	return n;
}

static void give_all(unsigned int order, unsigned long *chain)
{
	while (chain) {
		unsigned long *next = (unsigned long *)*chain;

		free_pages((unsigned long)chain, order);
		chain = next;
	}
}

/* services.buddy: largest blocks before and after all single pages were taken and freed. */
static long op_buddy(const struct kut_op_args *a)
{
	unsigned long *chain = NULL, *single = NULL;

	svc_put(a, 0, take_all(MAX_PAGE_ORDER, &chain));
	give_all(MAX_PAGE_ORDER, chain);
	svc_put(a, 1, take_all(0, &single));
	svc_put(a, 2, __get_free_page(QUIET));
	give_all(0, single);
	chain = NULL;
	svc_put(a, 3, take_all(MAX_PAGE_ORDER, &chain));
	give_all(MAX_PAGE_ORDER, chain);
	return 0;
}
KUT_OP("services.buddy", op_buddy);

static unsigned long free_pages_now(void)
{
	unsigned long *single = NULL, n = take_all(0, &single);

	give_all(0, single);
	return n;
}

static int nothing(void *unused)
{
	return 0;
}

/* services.thread_leak: arg0 threads come and go -> pages that went with them. */
static long op_thread_leak(const struct kut_op_args *a)
{
	unsigned long before = free_pages_now();

	for (unsigned long i = 0; i < a->arg[0]; i++) {
		struct svc_thread t;

		svc_thread_start(&t, i % 2, nothing, NULL);
		svc_thread_join(&t);
	}
	rcu_barrier();
	svc_put(a, 0, before - free_pages_now());
	return 0;
}
KUT_OP("services.thread_leak", op_thread_leak);

/* services.pages: what holds of compound, split, shared and zeroed pages. */
static long op_pages(const struct kut_op_args *a)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 3), *tail = page + 5;

	svc_put(a, 0, PageHead(page) && compound_order(page) == 3 && compound_head(tail) == page);
	get_page(tail);
	put_page(page);
	svc_put(a, 1, page_count(page)); /* the tail's reference is the whole's */
	put_page(tail);
	svc_put(a, 2, PageHead(page) || PageTail(tail));
	page = alloc_pages(GFP_KERNEL, 2);
	split_page(page, 2);
	for (unsigned int i = 0; i < 4; i++)
		__free_page(page + (i ^ 1));
	page = alloc_pages(GFP_KERNEL, 2); /* not compound: others keep only its first page */
	get_page(page);
	__free_pages(page, 2);
	svc_put(a, 3, page_count(page));
	put_page(page);
	page = alloc_pages(GFP_KERNEL, 1);
	memset(page_address(page), 0xff, 2 * PAGE_SIZE);
	__free_pages(page, 1);
	page = alloc_pages(GFP_KERNEL | __GFP_ZERO, 1);
	svc_put(a, 4, memchr_inv(page_address(page), 0, 2 * PAGE_SIZE) == NULL);
	svc_put(a, 5, IS_ALIGNED(page_to_pfn(page), 2));
	__free_pages(page, 1);
	return 0;
}
KUT_OP("services.pages", op_pages);

/* services.page_twice: a page is freed twice. */
static long op_page_twice(const struct kut_op_args *a)
{
	struct page *page = alloc_page(GFP_KERNEL);

	__free_page(page);
	__free_page(page);
	return 0;
}
KUT_OP("services.page_twice", op_page_twice);

/* services.vmap: four pages in another order; the array is gone afterwards. */
static long op_vmap(const struct kut_op_args *a)
{
	static const unsigned char order[] = {2, 0, 3, 1};
	struct page **pages = kmalloc_array(4, sizeof(*pages), GFP_KERNEL);
	struct page *base = alloc_pages(GFP_KERNEL, 2);
	char *va;

	for (unsigned int i = 0; i < 4; i++)
		pages[i] = base + order[i];
	va = vmap(pages, 4, VM_MAP, PAGE_KERNEL);
	kfree(pages);
	for (unsigned int i = 0; i < 4; i++)
		va[i * PAGE_SIZE + 17] = 'a' + i;
	for (unsigned int i = 0; i < 4; i++) {
		char *direct = page_address(base + order[i]);

		svc_put(a, i, direct[17]);
		direct[18] = 'A' + i;
		svc_put(a, 4 + i, va[i * PAGE_SIZE + 18]);
		svc_put(a, 8 + i, vmalloc_to_page(va + i * PAGE_SIZE) == base + order[i]);
	}
	vunmap(va);
	__free_pages(base, 2);
	return 0;
}
KUT_OP("services.vmap", op_vmap);

/* services.percpu: aligned, zeroed at each use, a copy for each CPU; blocks until NULL, twice. */
static unsigned long percpu_blocks(void __percpu **p, unsigned long max, size_t size)
{
	unsigned long n = 0;

	while (n < max && (p[n] = __alloc_percpu_gfp(size, 64, QUIET)))
		n++;
	for (unsigned long i = 0; i < n; i++)
		free_percpu(p[i]);
	return n;
}

static long op_percpu(const struct kut_op_args *a)
{
	u64 __percpu *p = __alloc_percpu(sizeof(u64), 64);
	void __percpu **blocks;
	unsigned int cpu;

	svc_put(a, 0, IS_ALIGNED((unsigned long)per_cpu_ptr(p, 1), 64));
	for_each_possible_cpu(cpu)
		*per_cpu_ptr(p, cpu) = 100 + cpu;
	svc_put(a, 1, *this_cpu_ptr(p) - raw_smp_processor_id());
	svc_put(a, 2, *per_cpu_ptr(p, 1));
	free_percpu(p);
	p = __alloc_percpu(sizeof(u64), 64);
	svc_put(a, 3, *per_cpu_ptr(p, 0) + *per_cpu_ptr(p, 1));
	free_percpu(p);
	blocks = kcalloc(8192, sizeof(*blocks), GFP_KERNEL);
	svc_put(a, 4, percpu_blocks(blocks, 8192, 64));
	svc_put(a, 5, percpu_blocks(blocks, 8192, 1024)); /* of what small ones were */
	svc_put(a, 6, percpu_blocks(blocks, 8192, 64));
	kfree(blocks);
	return 0;
}
KUT_OP("services.percpu", op_percpu);

/* services.strings: kstrdup() and its like, joined into one text. */
static long op_strings(const struct kut_op_args *a)
{
	char *copies[] = {kstrdup("whole", GFP_KERNEL), kstrndup("part of it", 4, GFP_KERNEL),
			  kmemdup_nul("bytes", 3, GFP_KERNEL),
			  kasprintf(GFP_KERNEL, "%03d:%s", 7, "x")};
	long n;

	n = scnprintf(a->buf, a->buf_len, "%s,%s,%s,%s,%d", copies[0], copies[1], copies[2],
		      copies[3], kstrdup(NULL, GFP_KERNEL) == NULL);
	for (unsigned int i = 0; i < ARRAY_SIZE(copies); i++)
		kfree(copies[i]);
	return n;
}
KUT_OP("services.strings", op_strings);

/* services.random: buf full of random bytes. */
static long op_random(const struct kut_op_args *a)
{
	get_random_bytes(a->buf, a->buf_len);
	return 0;
}
KUT_OP("services.random", op_random);

static int number = 3, early = -1;
static bool flag;
static char *word = "default";
module_param_named(number, number, int, 0444);
module_param(flag, bool, 0);
module_param(word, charp, 0);

static int __init take_early(char *value)
{
	return kstrtoint(value, 0, &early);
}
early_param("services_early", take_early);

/* services.params: the text of what the command line said. */
static long op_params(const struct kut_op_args *a)
{
	return scnprintf(a->buf, a->buf_len, "%d %d %d %s", number, flag, early, word);
}
KUT_OP("services.params", op_params);
