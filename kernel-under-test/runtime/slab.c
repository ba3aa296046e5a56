// SPDX-License-Identifier: GPL-2.0-only
/*
 * Caches and their slabs; see slab.h. By what names the kernel calls them is in
 * seam_slab.c.
 */
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "memory.h"
#include "slab.h"

#define SLAB_MARK	 0x51ab51ab51ab51abUL
#define CACHE_LINE	 64UL
#define REDZONE_MIN	 8U
#define REDZONE_MAX	 16U
#define PER_SLAB_WANTED	 8U
#define ORDER_WANTED_MAX 3U   /* no more pages than this to have PER_SLAB_WANTED */
#define PAINTED_MAX	 512U /* larger objects are painted when they are used first */
#define QUARANTINE_MAX	 32U
#define QUARANTINE_BYTES 65536U

LIST_HEAD(kut_caches);

/* Where a slab's page says so: words of struct page that no kernel uses meanwhile. */
void kut_slab_mark(struct page *page, struct kut_slab *slab)
{
	kut_page_set_slab(page, slab);
	page->private = slab ? SLAB_MARK : 0;
	page->mapping = (void *)slab;
}

struct kut_slab *kut_slab_of(const void *p)
{
	struct page *page;

	if (!kut_is_ram(p))
		return NULL;
	page = virt_to_head_page(p);
	return page->private == SLAB_MARK ? (void *)page->mapping : NULL;
}

void *kut_object_address(const struct kut_object *o)
{
	return o->slab->base + (o - o->slab->object) * o->slab->cache->slot;
}

struct kut_object *kut_object_at(struct kut_slab *slab, const void *p)
{
	unsigned long index = (p - slab->base) / slab->cache->slot;

	if (slab->guarded)
		return slab->object;
	return p >= slab->base && index < slab->n ? &slab->object[index] : NULL;
}

static unsigned long record_bytes(unsigned int n)
{
	return sizeof(struct kut_slab) + n * sizeof(struct kut_object);
}

/* What is in front of the first object: what is known of all of them, and a redzone. */
static unsigned long front_bytes(const struct kmem_cache *c, unsigned int n)
{
	return ALIGN(record_bytes(n) + KUT_LEFT_REDZONE, c->align);
}

static unsigned int fitting(const struct kmem_cache *c, unsigned int order)
{
	unsigned long bytes = PAGE_SIZE << order;
	unsigned int n = bytes / c->slot + 1;

	while (n &&
	       front_bytes(c, n) + (n - 1) * (unsigned long)c->slot + c->size + c->redzone > bytes)
		n--;
	return n;
}

void kut_cache_setup(struct kmem_cache *c)
{
	c->align = max_t(unsigned int, c->align, ARCH_KMALLOC_MINALIGN);
	c->slot = ALIGN(c->size + REDZONE_MIN + KUT_LEFT_REDZONE, c->align);
	c->redzone = min(c->slot - c->size - KUT_LEFT_REDZONE, REDZONE_MAX);
	c->order = 0;
	while (!fitting(c, c->order) ||
	       (fitting(c, c->order) < PER_SLAB_WANTED && c->order < ORDER_WANTED_MAX))
		c->order++;
	c->per_slab = fitting(c, c->order);
	INIT_LIST_HEAD(&c->partial);
	INIT_LIST_HEAD(&c->full);
	list_add_tail(&c->all, &kut_caches);
}

static void add_free(struct kut_slab *slab, struct kut_object *o)
{
	if (!slab->free)
		list_move(&slab->node, &slab->cache->partial);
	o->next = slab->free;
	slab->free = o;
}

static struct kut_slab *new_slab(struct kmem_cache *c, gfp_t gfp, const unsigned long *frame)
{
	gfp_t own = (gfp & ~__GFP_ZERO) | __GFP_COMP;
	struct page *page;
	struct kut_slab *slab;

	page = kut_pages_take(own, c->order, KUT_PAGES_SLAB, frame);
	if (!page)
		return NULL;
	slab = page_address(page);
	memset(slab, 0, record_bytes(c->per_slab));
	slab->base = (void *)slab + front_bytes(c, c->per_slab);
	slab->left_redzone = true;
	slab->cache = c;
	slab->page = page;
	slab->order = c->order;
	slab->n = c->per_slab;
	slab->size = c->size;
	slab->redzone = c->redzone;
	INIT_LIST_HEAD(&slab->node);
	kut_slab_mark(page, slab);
	for (unsigned int i = slab->n; i-- > 0;) {
		struct kut_object *o = &slab->object[i];

		o->slab = slab;
		if (c->ctor)
			c->ctor(kut_object_address(o));
		add_free(slab, o);
		if (c->size > PAINTED_MAX)
			continue;
		o->state = KUT_OBJECT_FREE;
		kut_object_paint(o);
	}
	return slab;
}

static void free_slab_now(struct kut_slab *slab)
{
	struct page *page = slab->page;
	unsigned int order = slab->order;

	kut_slab_mark(page, NULL);
	kut_track_take(&kut_page_track(page)->freed, KUT_FRAME);
	kut_pages_give(page, order);
}

static void free_slab_rcu(struct rcu_head *head)
{
	free_slab_now(container_of(head, struct kut_slab, rcu));
}

/* Readers under RCU may look at a freed object of such a cache: its page stays for them. */
static void free_slab(struct kut_slab *slab)
{
	list_del(&slab->node);
	for (struct kut_object *o = slab->free; o; o = o->next)
		if (kut_check_poison(o))
			kut_check_redzones(o);
	if (slab->cache->flags & SLAB_TYPESAFE_BY_RCU)
		call_rcu(&slab->rcu, free_slab_rcu);
	else
		free_slab_now(slab);
}

/* The oldest object of the quarantine may be used again. */
static void release_oldest(struct kmem_cache *c)
{
	struct kut_object *o = c->oldest;
	struct kut_slab *slab = o->slab;

	c->oldest = o->next;
	c->quarantined--;
	if (slab->guarded) {
		list_del(&slab->node);
		kut_guard_free(slab);
		return;
	}
	o->state = KUT_OBJECT_FREE;
	add_free(slab, o);
	slab->busy--;
	if (!slab->busy && !list_is_singular(&c->partial))
		free_slab(slab);
}

static void drain(struct kmem_cache *c)
{
	while (c->quarantined)
		release_oldest(c);
}

static void quarantine(struct kmem_cache *c, struct kut_object *o)
{
	o->state = KUT_OBJECT_QUARANTINED;
	o->next = NULL;
	if (c->quarantined++)
		c->newest->next = o;
	else
		c->oldest = o;
	c->newest = o;
	if (c->quarantined > QUARANTINE_MAX || c->quarantined * c->size > QUARANTINE_BYTES)
		release_oldest(c);
}

static struct kut_slab *slab_with_room(struct kmem_cache *c, gfp_t gfp, const unsigned long *frame)
{
	struct kut_slab *slab = list_first_entry_or_null(&c->partial, struct kut_slab, node);

	if (!slab)
		slab = new_slab(c, c->quarantined ? gfp | __GFP_NOWARN : gfp, frame);
	if (slab || !c->quarantined)
		return slab;
	drain(c); /* better soon used again than not to be had */
	return list_first_entry_or_null(&c->partial, struct kut_slab, node);
}

static struct kut_object *take_from(struct kut_slab *slab)
{
	struct kut_object *o = slab->free;

	if (o->state == KUT_OBJECT_NEW)
		kut_object_paint(o);
	else if (kut_check_poison(o))
		kut_check_redzones(o);
	slab->free = o->next;
	slab->busy++;
	if (!slab->free)
		list_move(&slab->node, &slab->cache->full);
	return o;
}

static struct kut_object *take(struct kmem_cache *c, gfp_t gfp, size_t asked,
			       const unsigned long *frame)
{
	struct kut_slab *slab = kut_guards(c) ? kut_guard_slab(c, gfp, asked, frame) : NULL;

	if (slab) {
		list_add(&slab->node, &c->full);
		kut_object_paint(slab->object);
		return slab->object;
	}
	slab = slab_with_room(c, gfp, frame);
	return slab ? take_from(slab) : NULL;
}

void *kut_slab_alloc(struct kmem_cache *c, gfp_t gfp, size_t asked, const unsigned long *frame)
{
	struct kut_object *o;

	gfp = kut_gfp_enter(gfp);
	if (kut_alloc_fails(KUT_ALLOC_SLAB, asked, gfp, frame))
		return NULL;
	if (!c->per_slab)
		kut_cache_setup(c);
	o = take(c, gfp, asked, frame);
	if (!o)
		return NULL;
	c->used++;
	o->state = KUT_OBJECT_USED;
	o->not_leak = false;
	kut_track_take(&o->allocated, frame);
	kut_object_resize(o, asked);
	if (gfp & __GFP_ZERO)
		memset(kut_object_address(o), 0, asked);
	return kut_object_address(o);
}

void kut_object_resize(struct kut_object *o, size_t asked)
{
	o->asked = asked;
	if (asked < o->slab->size)
		memset(kut_object_address(o) + asked, SLUB_RED_ACTIVE, o->slab->size - asked);
}

static bool may_free(struct kmem_cache *c, struct kut_object *o, const void *p)
{
	if (!o || p != kut_object_address(o)) {
		kut_object_finding("bad free", o, p, "Invalid object pointer");
		return false;
	}
	if (o->state != KUT_OBJECT_USED) {
		kut_object_finding("bad free", o, p, "Object already free");
		return false;
	}
	if (c && o->slab->cache != c) {
		kut_object_finding("bad free", o, p, "Wrong slab cache");
		return false;
	}
	return true;
}

void kut_slab_free(struct kmem_cache *c, void *p, const unsigned long *frame)
{
	struct kut_slab *slab = kut_slab_of(p);
	struct kut_object *o = slab ? kut_object_at(slab, p) : NULL;

	if (!slab) {
		kut_bad_free(p, "free of what is no object of a cache");
		return;
	}
	if (!may_free(c, o, p))
		return;
	kut_check_redzones(o);
	kut_track_take(&o->freed, frame);
	slab->cache->used--;
	o->state = KUT_OBJECT_QUARANTINED;
	if (slab->guarded)
		kut_guard_close(slab);
	else
		kut_object_paint(o);
	quarantine(slab->cache, o);
}

struct kmem_cache *kut_cache_create(const char *name, unsigned int size, unsigned int align,
				    slab_flags_t flags, void (*ctor)(void *))
{
	struct kmem_cache *c = kzalloc(sizeof(*c), GFP_KERNEL);
	const char *own = c ? kstrdup_const(name, GFP_KERNEL) : NULL;

	if (!own) {
		if (flags & SLAB_PANIC)
			panic("%s: Failed to create slab '%s'. Error %d\n", __func__, name,
			      -ENOMEM);
		kfree(c);
		return NULL;
	}
	c->name = own;
	c->size = size;
	c->align = align;
	if (flags & SLAB_HWCACHE_ALIGN)
		c->align = max_t(unsigned int, align, min(CACHE_LINE, roundup_pow_of_two(size)));
	c->flags = flags;
	c->ctor = ctor;
	kut_cache_setup(c);
	return c;
}

void kmem_cache_free(struct kmem_cache *c, void *object)
{
	if (object)
		kut_slab_free(c, object, KUT_FRAME);
}

bool kut_cache_alloc_bulk(struct kmem_cache *c, gfp_t gfp, size_t n, void **objects,
			  const unsigned long *frame)
{
	for (size_t i = 0; i < n; i++) {
		objects[i] = kut_slab_alloc(c, gfp, c->size, frame);
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
		c ? kut_slab_free(c, objects[i], KUT_FRAME) : kfree(objects[i]);
}

unsigned int kmem_cache_size(struct kmem_cache *c)
{
	return c->size;
}

void kmem_cache_destroy(struct kmem_cache *c)
{
	struct kut_slab *slab, *tmp;

	if (!c)
		return;
	might_sleep();
	if (c->used) {
		kut_report_remaining(c);
		return;
	}
	drain(c);
	list_for_each_entry_safe(slab, tmp, &c->partial, node)
		free_slab(slab);
	if (c->flags & SLAB_TYPESAFE_BY_RCU)
		rcu_barrier();
	list_del(&c->all);
	kfree_const(c->name);
	kfree(c);
}
