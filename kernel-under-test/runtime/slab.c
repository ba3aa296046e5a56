// SPDX-License-Identifier: GPL-2.0-only
/*
 * The object allocator behind kmalloc() and kmem_cache; by what names the kernel
 * calls it is in seam_slab.c. A slab is a compound page whose head page holds its
 * cache, its free list and the number of objects in use. Free objects are poisoned, so that a
 * second free, or a write after free, is found when it happens or at the next
 * allocation.
 */
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "kut.h"

#define SLAB_MARK      0x51ab0000UL
#define SLAB_MARK_MASK 0xffff0000UL
#define POISON_FREED   0x6b
#define POISONED_MAX   512 /* larger objects carry poison in their first bytes only */

struct kmem_cache {
	const char *name;
	unsigned int size, align, order, per_slab;
	slab_flags_t flags;
	void (*ctor)(void *object);
	struct list_head partial; /* slabs with a free object */
	unsigned long in_use;
};

/*
 * A slab's head page: words of struct page that no kernel uses meanwhile. A page
 * that waits for RCU has its rcu_head where `partial` is.
 */
struct slab_page {
	unsigned long flags;
	union {
		struct list_head partial;
		struct rcu_head rcu;
	};
	struct kmem_cache *cache;
	struct free_object *free;
	unsigned long mark; /* SLAB_MARK and the number of objects in use */
};
static_assert(offsetof(struct page, private) == offsetof(struct slab_page, mark));
static_assert(offsetof(struct page, mapping) == offsetof(struct slab_page, cache));

/* Objects of a slab lie `size` apart from its start; free ones are chained. */
struct free_object {
	struct free_object *next;
	unsigned char poison[];
};

static struct kmem_cache caches[] = {
#define SIZE_CLASS(n)                                                                              \
	{                                                                                          \
		.name = "kmalloc-" #n, .size = n, .align = (n) & -(n)                              \
	}
	SIZE_CLASS(16),	  SIZE_CLASS(32),   SIZE_CLASS(64),   SIZE_CLASS(96),
	SIZE_CLASS(128),  SIZE_CLASS(192),  SIZE_CLASS(256),  SIZE_CLASS(512),
	SIZE_CLASS(1024), SIZE_CLASS(2048), SIZE_CLASS(4096), SIZE_CLASS(8192),
#undef SIZE_CLASS
};

static unsigned int poison_bytes(const struct kmem_cache *c)
{
	if (c->ctor || c->flags & SLAB_TYPESAFE_BY_RCU)
		return 0;
	return min(c->size, (unsigned int)POISONED_MAX) - sizeof(struct free_object);
}

static void cache_setup(struct kmem_cache *c)
{
	unsigned int slot;

	c->align = max_t(unsigned int, c->align, 8);
	slot = ALIGN(max_t(unsigned int, c->size, 16), c->align);
	/* A constructed object must keep its bytes: its free link lies behind it. */
	if (c->ctor || c->flags & SLAB_TYPESAFE_BY_RCU)
		slot = ALIGN(slot + sizeof(void *), c->align);
	c->size = slot;
	c->order = get_order(slot * 8);
	if (slot > PAGE_SIZE)
		c->order = get_order(slot * 2);
	c->per_slab = (PAGE_SIZE << c->order) / slot;
	INIT_LIST_HEAD(&c->partial);
}

/* Classes are sorted by size. */
static struct kmem_cache *class_of(size_t size)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(caches); i++)
		if (size <= caches[i].size)
			return &caches[i];
	return NULL;
}

static struct free_object *link_of(struct kmem_cache *c, void *object)
{
	return poison_bytes(c) ? object : object + c->size - sizeof(struct free_object);
}

static void *object_of(struct kmem_cache *c, struct free_object *link)
{
	return poison_bytes(c) ? (void *)link : (void *)link - c->size + sizeof(struct free_object);
}

static struct page *page_of(struct slab_page *slab)
{
	return (struct page *)slab;
}

static unsigned long in_use(const struct slab_page *slab)
{
	return slab->mark & ~SLAB_MARK_MASK;
}

static void push(struct kmem_cache *c, struct slab_page *slab, void *object)
{
	struct free_object *link = link_of(c, object);

	link->next = slab->free;
	slab->free = link;
	memset(link->poison, POISON_FREED, poison_bytes(c));
}

static struct slab_page *new_slab(struct kmem_cache *c, gfp_t gfp)
{
	struct page *page = kut_pages_alloc((gfp & ~__GFP_ZERO) | __GFP_COMP, c->order);
	struct slab_page *slab = (struct slab_page *)page;
	void *base;

	if (!page)
		return NULL;
	slab->cache = c;
	slab->free = NULL;
	slab->mark = SLAB_MARK;
	base = page_address(page);
	for (unsigned int i = c->per_slab; i-- > 0;) {
		if (c->ctor)
			c->ctor(base + i * c->size);
		push(c, slab, base + i * c->size);
	}
	list_add(&slab->partial, &c->partial);
	return slab;
}

static void check_poison(struct kmem_cache *c, struct free_object *link)
{
	void *bad = memchr_inv(link->poison, POISON_FREED, poison_bytes(c));

	if (!bad)
		return;
	kut_finding("use after free",
		    "BUG %s: an object was written to after it was freed, at offset %ld", c->name,
		    (long)(bad - object_of(c, link)));
	dump_stack();
}

static void *cache_alloc(struct kmem_cache *c, gfp_t gfp)
{
	struct slab_page *slab;
	struct free_object *link;

	if (!c->per_slab)
		cache_setup(c);
	slab = list_first_entry_or_null(&c->partial, struct slab_page, partial);
	if (!slab)
		slab = new_slab(c, gfp);
	if (!slab)
		return NULL;
	link = slab->free;
	slab->free = link->next;
	check_poison(c, link);
	slab->mark++;
	c->in_use++;
	if (!slab->free)
		list_del_init(&slab->partial);
	if (gfp & __GFP_ZERO)
		memset(object_of(c, link), 0, c->size);
	return object_of(c, link);
}

static void free_slab_page(struct slab_page *slab)
{
	slab->cache = NULL;
	slab->mark = 0;
	__free_pages(page_of(slab), compound_order(page_of(slab)));
}

static void free_slab_rcu(struct rcu_head *head)
{
	free_slab_page(container_of(head, struct slab_page, rcu));
}

/* Readers under RCU may look at a freed object of such a cache: its page stays for them. */
static void free_slab(struct kmem_cache *c, struct slab_page *slab)
{
	list_del(&slab->partial);
	if (c->flags & SLAB_TYPESAFE_BY_RCU)
		call_rcu(&slab->rcu, free_slab_rcu);
	else
		free_slab_page(slab);
}

static bool already_free(struct kmem_cache *c, struct slab_page *slab, void *object)
{
	struct free_object *link;

	for (link = slab->free; link; link = link->next)
		if (link == link_of(c, object))
			return true;
	return false;
}

static void bad_free(const char *what, const void *object)
{
	kut_finding("bad free", "BUG: %s of %px", what, object);
	dump_stack();
}

static void cache_free(struct kmem_cache *c, struct slab_page *slab, void *object)
{
	unsigned int n = poison_bytes(c);

	if ((object - page_address(page_of(slab))) % c->size) {
		bad_free("free of a pointer into an object", object);
		return;
	}
	if (!memchr_inv(link_of(c, object)->poison, POISON_FREED, n) &&
	    already_free(c, slab, object)) {
		bad_free("double free", object);
		return;
	}
	if (!slab->free)
		list_add(&slab->partial, &c->partial);
	push(c, slab, object);
	slab->mark--;
	c->in_use--;
	if (in_use(slab) == 0 && !list_is_singular(&c->partial))
		free_slab(c, slab);
}

/* The slab that an object lies in; NULL: whole pages. */
static struct slab_page *slab_of(const void *object)
{
	struct slab_page *slab = (struct slab_page *)virt_to_head_page(object);

	return (slab->mark & SLAB_MARK_MASK) == SLAB_MARK ? slab : NULL;
}

void *kut_alloc(size_t size, gfp_t gfp)
{
	struct kmem_cache *c;

	if (!size)
		return ZERO_SIZE_PTR;
	c = class_of(size);
	if (c)
		return cache_alloc(c, gfp);
	return (void *)kut_pages_get(gfp | __GFP_COMP, get_order(size));
}

void kfree(const void *object)
{
	struct slab_page *slab;
	struct page *page;

	if (ZERO_OR_NULL_PTR(object))
		return;
	slab = slab_of(object);
	page = virt_to_head_page(object);
	if (slab)
		cache_free(slab->cache, slab, (void *)object);
	else
		__free_pages(page, compound_order(page));
}

size_t kut_alloc_size(size_t size)
{
	struct kmem_cache *c = size ? class_of(size) : NULL;

	return c ? c->size : PAGE_ALIGN(size);
}

size_t ksize(const void *object)
{
	struct slab_page *slab;

	if (ZERO_OR_NULL_PTR(object))
		return 0;
	slab = slab_of(object);
	return slab ? slab->cache->size : PAGE_SIZE << compound_order(virt_to_head_page(object));
}

void *kut_realloc(const void *p, size_t size, gfp_t gfp)
{
	void *fresh;

	if (!size) {
		kfree(p);
		return ZERO_SIZE_PTR;
	}
	if (!ZERO_OR_NULL_PTR(p) && ksize(p) >= size) {
		if (gfp & __GFP_ZERO)
			memset((void *)p + size, 0, ksize(p) - size);
		return (void *)p;
	}
	fresh = kut_alloc(size, gfp);
	if (fresh && !ZERO_OR_NULL_PTR(p)) {
		memcpy(fresh, p, ksize(p));
		kfree(p);
	}
	return fresh;
}

struct kmem_cache *kut_cache_create(const char *name, unsigned int size, unsigned int align,
				    slab_flags_t flags, void (*ctor)(void *))
{
	struct kmem_cache *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c) {
		if (flags & SLAB_PANIC)
			panic("no memory for the cache %s", name);
		return NULL;
	}
	c->name = kstrdup_const(name, GFP_KERNEL);
	c->size = size;
	c->align = align;
	if (flags & SLAB_HWCACHE_ALIGN)
		c->align = max_t(unsigned int, c->align, min(64UL, roundup_pow_of_two(size)));
	c->flags = flags;
	c->ctor = ctor;
	cache_setup(c);
	return c;
}

void *kut_cache_alloc(struct kmem_cache *c, gfp_t gfp)
{
	return cache_alloc(c, gfp);
}

void kmem_cache_free(struct kmem_cache *c, void *object)
{
	struct slab_page *slab = object ? slab_of(object) : NULL;

	if (object && (!slab || slab->cache != c))
		bad_free("kmem_cache_free of an object of another cache", object);
	else if (object)
		cache_free(c, slab, object);
}

bool kut_cache_alloc_bulk(struct kmem_cache *c, gfp_t gfp, size_t n, void **objects)
{
	for (size_t i = 0; i < n; i++) {
		objects[i] = cache_alloc(c, gfp);
		if (!objects[i]) {
			kmem_cache_free_bulk(c, i, objects);
			return false;
		}
	}
	return true;
}

void kmem_cache_free_bulk(struct kmem_cache *c, size_t n, void **objects)
{
	for (size_t i = 0; i < n; i++)
		c ? kmem_cache_free(c, objects[i]) : kfree(objects[i]);
}

void kmem_cache_destroy(struct kmem_cache *c)
{
	struct slab_page *slab, *tmp;

	if (!c)
		return;
	if (c->in_use) {
		kut_finding("leak", "BUG %s: %lu objects remain on kmem_cache_destroy()", c->name,
			    c->in_use);
		dump_stack();
		return;
	}
	list_for_each_entry_safe(slab, tmp, &c->partial, partial)
		free_slab(c, slab);
	if (c->flags & SLAB_TYPESAFE_BY_RCU)
		rcu_barrier();
	kfree_const(c->name);
	kfree(c);
}

void *kut_kvalloc(size_t size, gfp_t gfp)
{
	void *p = kut_alloc(size, size > PAGE_SIZE ? gfp | __GFP_NOWARN : gfp);

	if (p || size <= PAGE_SIZE || WARN_ON_ONCE(size > INT_MAX && !(gfp & __GFP_NOWARN)))
		return p;
	return gfp & __GFP_ZERO ? vzalloc(size) : vmalloc(size);
}

void kvfree(const void *p)
{
	if (is_vmalloc_addr(p))
		vfree(p);
	else
		kfree(p);
}

static size_t room(const void *p)
{
	return is_vmalloc_addr(p) ? get_vm_area_size(find_vm_area(p)) : ksize(p);
}

void *kut_kvrealloc(const void *p, size_t size, gfp_t gfp)
{
	void *fresh;

	if (!size) {
		kvfree(p);
		return ZERO_SIZE_PTR;
	}
	if (!ZERO_OR_NULL_PTR(p) && room(p) >= size)
		return (void *)p;
	fresh = kut_kvalloc(size, gfp);
	if (fresh && !ZERO_OR_NULL_PTR(p)) {
		memcpy(fresh, p, room(p));
		kvfree(p);
	}
	return fresh;
}
