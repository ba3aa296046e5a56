// SPDX-License-Identifier: GPL-2.0-only
/* What is in use: how much of what, what was never freed, and what is damaged. */
#include <linux/list.h>
#include <linux/string.h>

#include "memory.h"
#include "slab.h"
#include "vmap.h"

#define GROUPS 256U

/* Allocations of one kind, made at one place. */
struct group {
	const char *what;
	const struct kut_track *track;
	unsigned long objects, bytes;
};

unsigned int kut_memory_span = 1;

static struct group groups[GROUPS];
static unsigned int n_groups;

unsigned int kut_memory_span_begin(void)
{
	return ++kut_memory_span;
}

void kut_not_leak(const void *p)
{
	struct kut_slab *slab = kut_slab_of(p);

	if (slab)
		kut_object_at(slab, p)->span = 0;
	else if (kut_pages_kind(p) == KUT_PAGES_KMALLOC)
		kut_page_track(virt_to_head_page(p))->span = 0;
}

/* Groups beyond the last one are counted in it. */
static void count(const char *what, const struct kut_track *track, unsigned long bytes)
{
	unsigned int i = 0;

	while (i < n_groups &&
	       (strcmp(groups[i].what, what) || !kut_track_same_place(groups[i].track, track)))
		i++;
	if (i == GROUPS)
		i--;
	else if (i == n_groups)
		groups[n_groups++] = (struct group){what, track};
	groups[i].objects++;
	groups[i].bytes += bytes;
}

static void each_object(struct list_head *slabs, void (*fn)(struct kut_object *o, void *arg),
			void *arg)
{
	struct kut_slab *slab;

	list_for_each_entry(slab, slabs, node)
		for (unsigned int i = 0; i < slab->n; i++)
			fn(&slab->object[i], arg);
}

static void count_object(struct kut_object *o, void *span)
{
	if (o->state == KUT_OBJECT_USED && o->span >= *(unsigned int *)span)
		count(o->slab->cache->name, &o->allocated, o->asked);
}

static bool is_slab(const struct kut_page_track *t)
{
	return t->kind == KUT_PAGES_SLAB;
}

static void count_pages(unsigned int span)
{
	struct page *page = NULL;

	while ((page = kut_pages_next(page))) {
		const struct kut_page_track *t = kut_page_track(page);

		if (!is_slab(t) && t->kind != KUT_PAGES_VMALLOC && t->span >= span)
			count("pages", &t->allocated, PAGE_SIZE << t->order);
	}
}

static void count_areas(const char *what, unsigned int span,
			const struct kut_area_track *(*next)(const struct kut_area_track *track))
{
	const struct kut_area_track *t = NULL;

	while ((t = next(t)))
		if (t->span >= span)
			count(what, &t->allocated, t->size);
}

unsigned int kut_memory_leaks(unsigned int span, unsigned long minimum)
{
	struct kmem_cache *c;
	unsigned int n = 0;
	char at[96];

	n_groups = 0;
	list_for_each_entry(c, &kut_caches, all) {
		each_object(&c->partial, count_object, &span);
		each_object(&c->full, count_object, &span);
	}
	count_pages(span);
	count_areas("vmalloc", span, kut_area_next);
	count_areas("percpu", span, kut_percpu_next);
	for (unsigned int i = 0; i < n_groups; i++) {
		struct group *g = &groups[i];

		if (g->objects < minimum)
			continue;
		kut_track_place(g->track, at, sizeof(at));
		kut_finding("leak", "BUG %s: %lu not freed, %lu bytes, allocated in %s", g->what,
			    g->objects, g->bytes, at);
		kut_track_log("Allocated", g->track);
		n++;
	}
	return n;
}

static void check_object(struct kut_object *o, void *unused)
{
	if (o->state == KUT_OBJECT_USED)
		kut_check_redzone(o);
	else
		kut_check_poison(o);
}

void kut_memory_check(void)
{
	struct kmem_cache *c;

	list_for_each_entry(c, &kut_caches, all) {
		each_object(&c->partial, check_object, NULL);
		each_object(&c->full, check_object, NULL);
	}
}

static void sum_object(struct kut_object *o, void *arg)
{
	struct kut_memory_item *item = arg;

	if (o->state == KUT_OBJECT_USED)
		item->bytes += o->asked;
}

static struct kut_memory_item cache_item(struct kmem_cache *c)
{
	struct kut_memory_item item = {.name = c->name, .is_cache = 1, .objects = c->used};

	each_object(&c->partial, sum_object, &item);
	each_object(&c->full, sum_object, &item);
	return item;
}

/* Those that hold objects of a cache, or back the vmalloc area, are counted there. */
static struct kut_memory_item pages_item(void)
{
	struct kut_memory_item item = {.name = "pages"};
	struct page *page = NULL;

	while ((page = kut_pages_next(page))) {
		const struct kut_page_track *t = kut_page_track(page);

		if (is_slab(t) || t->kind == KUT_PAGES_VMALLOC)
			continue;
		item.objects++;
		item.bytes += PAGE_SIZE << t->order;
	}
	return item;
}

static struct kut_memory_item
areas_item(const char *name,
	   const struct kut_area_track *(*next)(const struct kut_area_track *track))
{
	struct kut_memory_item item = {.name = name};
	const struct kut_area_track *t = NULL;

	while ((t = next(t))) {
		item.objects++;
		item.bytes += t->size;
	}
	return item;
}

int kut_memory_item(unsigned int index, struct kut_memory_item *item)
{
	struct kmem_cache *c;

	switch (index) {
	case 0:
		*item = pages_item();
		return 1;
	case 1:
		*item = areas_item("vmalloc", kut_area_next);
		return 1;
	case 2:
		*item = areas_item("percpu", kut_percpu_next);
		return 1;
	}
	index -= 3;
	list_for_each_entry(c, &kut_caches, all) {
		if (index-- > 0)
			continue;
		*item = cache_item(c);
		return 1;
	}
	return 0;
}
