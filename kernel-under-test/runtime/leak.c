// SPDX-License-Identifier: GPL-2.0-only
/* What is in use: how much of what, what was never freed, and what is damaged. */
#include <linux/jhash.h>
#include <linux/list.h>
#include <linux/string.h>

#include "memory.h"
#include "slab.h"
#include "vmap.h"

#define PLACES 2048U /* a power of two */
#define MARKS  2U
#define NAME   24

#define IOREMAP "ioremap"

/* What is in use of one kind that was allocated at one place. */
struct place {
	char what[NAME];
	struct kut_track newest;
	long objects, bytes;
};

/* Hashed; the last one, that is never found, has what finds no room. */
struct census {
	struct place place[PLACES];
	unsigned long since; /* ps; what was allocated before does not count */
	bool taken;
};

static struct census marks[MARKS], today;
static unsigned long boot_end; /* ps */

void kut_memory_booted(void)
{
	boot_end = kut_host->now();
}

void kut_not_leak(const void *p)
{
	struct kut_slab *slab = kut_slab_of(p);

	if (slab)
		kut_object_at(slab, p)->not_leak = true;
	else if (kut_pages_kind(p) == KUT_PAGES_KMALLOC)
		kut_page_track(virt_to_head_page(p))->not_leak = true;
}

static bool same(const struct place *p, const char *what, const struct kut_track *track)
{
	return !strncmp(p->what, what, NAME - 1) && kut_track_same_place(&p->newest, track);
}

static struct place *find(struct census *c, const char *what, const struct kut_track *track)
{
	u32 hash = jhash(what, min(strlen(what), (size_t)NAME - 1), 0);
	unsigned int i = jhash2(track->call, KUT_TRACK_KEY, hash) % PLACES;

	for (unsigned int n = 0; n < PLACES - 1; n++, i = (i + 1) % PLACES)
		if (!c->place[i].what[0] || same(&c->place[i], what, track))
			return &c->place[i];
	return &c->place[i];
}

static void count(struct census *c, const char *what, const struct kut_track *track,
		  unsigned long bytes)
{
	struct place *p;

	if (track->when <= c->since)
		return;
	p = find(c, what, track);
	if (track->when >= p->newest.when)
		p->newest = *track;
	strscpy(p->what, what, NAME);
	p->objects++;
	p->bytes += bytes;
}

static void each_object(struct list_head *slabs, void (*fn)(struct kut_object *o, void *arg),
			void *arg)
{
	struct kut_slab *slab;

	list_for_each_entry(slab, slabs, node)
		for (unsigned int i = 0; i < slab->n; i++)
			fn(&slab->object[i], arg);
}

static void each_object_of_all(void (*fn)(struct kut_object *o, void *arg), void *arg)
{
	struct kmem_cache *c;

	list_for_each_entry(c, &kut_caches, all) {
		each_object(&c->partial, fn, arg);
		each_object(&c->full, fn, arg);
	}
}

static void count_object(struct kut_object *o, void *census)
{
	if (o->state == KUT_OBJECT_USED && !o->not_leak)
		count(census, o->slab->cache->name, &o->allocated, o->asked);
}

/* Pages that hold objects of a cache, or back the vmalloc area, are counted there. */
static bool counts(const struct kut_page_track *t)
{
	return t->kind != KUT_PAGES_SLAB && t->kind != KUT_PAGES_VMALLOC;
}

static void count_pages(struct census *c)
{
	struct page *page = NULL;

	while ((page = kut_pages_next(page))) {
		const struct kut_page_track *t = kut_page_track(page);

		if (counts(t) && !t->not_leak)
			count(c, "pages", &t->allocated, PAGE_SIZE << t->order);
	}
}

static void count_areas(struct census *c, const char *what,
			const struct kut_area_track *(*next)(const struct kut_area_track *track))
{
	const struct kut_area_track *t = NULL;

	while ((t = next(t)))
		count(c, what, &t->allocated, t->size);
}

static void take_census(struct census *c, unsigned long since)
{
	memset(c, 0, sizeof(*c));
	c->since = since;
	each_object_of_all(count_object, c);
	count_pages(c);
	count_areas(c, "vmalloc", kut_area_next);
	count_areas(c, "percpu", kut_percpu_next);
	count_areas(c, IOREMAP, kut_io_next);
	c->taken = true;
}

void kut_memory_mark(unsigned int mark)
{
	if (mark < MARKS)
		take_census(&marks[mark], 0);
}

static long total(const struct census *c, const char *what)
{
	long objects = 0;

	for (unsigned int i = 0; i < PLACES; i++)
		if (!strcmp(c->place[i].what, what))
			objects += c->place[i].objects;
	return objects;
}

/* More at this place, and more in all: what another place has given up is no leak. */
static bool has_grown(struct census *then, const struct place *now, long minimum)
{
	const struct place *before = find(then, now->what, &now->newest);

	return now->objects - before->objects >= minimum &&
	       total(&today, now->what) - total(then, now->what) >= minimum;
}

static void report(struct census *then, const struct place *now)
{
	const struct place *before = find(then, now->what, &now->newest);
	char at[96];

	kut_track_place(&now->newest, at, sizeof(at));
	kut_finding("leak", "BUG %s: %ld not freed, %ld bytes, allocated in %s", now->what,
		    now->objects - before->objects, now->bytes - before->bytes, at);
	kut_track_log("Allocated", &now->newest);
}

unsigned int kut_memory_leaks(unsigned int mark, unsigned long minimum)
{
	unsigned int n = 0;

	if (mark >= MARKS || !marks[mark].taken)
		return 0;
	take_census(&today, 0);
	for (unsigned int i = 0; i < PLACES; i++) {
		if (!today.place[i].what[0] || !has_grown(&marks[mark], &today.place[i], minimum))
			continue;
		report(&marks[mark], &today.place[i]);
		n++;
	}
	return n;
}

void kut_memory_left(void)
{
	const struct place *most = NULL;
	long objects = 0, bytes = 0;
	char at[96];

	take_census(&today, boot_end);
	for (const struct place *p = today.place; p < today.place + PLACES; p++) {
		if (!strcmp(p->what, IOREMAP)) /* registers are no memory */
			continue;
		objects += p->objects;
		bytes += p->bytes;
		if (p->objects && (!most || p->bytes > most->bytes))
			most = p;
	}
	if (!most)
		return;
	kut_track_place(&most->newest, at, sizeof(at));
	kut_log(LOGLEVEL_INFO,
		"memory: %ld objects of %ld bytes, allocated since the boot, are in use; "
		"%ld of %ld bytes (%s) from %s; leak_check = true reports each place\n",
		objects, bytes, most->objects, most->bytes, most->what, at);
	kut_track_log("Allocated", &most->newest);
}

static void check_object(struct kut_object *o, void *unused)
{
	if (kut_check_poison(o))
		kut_check_redzones(o);
}

static void check_tails(void)
{
	struct page *page = NULL;

	while ((page = kut_pages_next(page)))
		if (kut_page_track(page)->kind == KUT_PAGES_KMALLOC)
			kut_pages_check_tail(page);
}

void kut_memory_check(void)
{
	each_object_of_all(check_object, NULL);
	check_tails();
	kut_guard_pages_drain();
	kut_percpu_check();
	kut_pages_each_free(kut_page_check_new);
	kut_pages_each_free(kut_page_check_poison);
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

static struct kut_memory_item pages_item(void)
{
	struct kut_memory_item item = {.name = "pages"};
	struct page *page = NULL;

	while ((page = kut_pages_next(page))) {
		const struct kut_page_track *t = kut_page_track(page);

		if (!counts(t))
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
	case 3:
		*item = areas_item(IOREMAP, kut_io_next);
		return 1;
	}
	index -= 4;
	list_for_each_entry(c, &kut_caches, all) {
		if (index-- > 0)
			continue;
		*item = cache_item(c);
		return 1;
	}
	return 0;
}
