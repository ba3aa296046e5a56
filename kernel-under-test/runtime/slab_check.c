// SPDX-License-Identifier: GPL-2.0-only
/* Poison and redzones of objects, and what is said about them, in SLUB's words. */
#include <linux/poison.h>
#include <linux/string.h>

#include "memory.h"
#include "slab.h"

#define RULE "============================================================================="
#define DASH "-----------------------------------------------------------------------------"

/* A constructed object, and one that readers under RCU may see, must keep its bytes. */
bool kut_slab_poisons(const struct kmem_cache *c)
{
	return !c->ctor && !(c->flags & SLAB_TYPESAFE_BY_RCU);
}

/* What is known of an object: where it lies, who allocated it, who freed it. */
static void describe(const struct kut_object *o, const void *at)
{
	const struct kmem_cache *c = o->slab->cache;
	const void *address = kut_object_address(o);

	kut_track_log("Allocated", &o->allocated);
	kut_track_log("Freed", &o->freed);
	kut_log(LOGLEVEL_ERR, "Object 0x%px of cache %s, size %u, asked for %u, @offset=%ld%s\n",
		address, c->name, c->size, o->asked, (long)(at - address),
		o->state == KUT_OBJECT_USED ? "" : ", free");
}

void kut_object_finding(const char *kind, const struct kut_object *o, const void *at,
			const char *problem)
{
	const struct kut_slab *slab = kut_slab_of(at);

	kut_log(LOGLEVEL_ERR, RULE "\n");
	kut_finding(kind, "BUG %s (Not tainted): %s", slab ? slab->cache->name : "?", problem);
	kut_log(LOGLEVEL_ERR, DASH "\n");
	if (o)
		describe(o, at);
	dump_stack();
}

void kut_memory_describe(const void *p)
{
	struct kut_slab *slab = kut_slab_of(p);
	struct kut_object *o = slab ? kut_object_at(slab, p) : NULL;

	if (o)
		describe(o, p);
	else
		kut_pages_describe(p);
}

void kut_bad_free(const void *p, const char *problem)
{
	char at[64];

	kut_finding("bad free", "BUG: %s: %s", problem, kut_address(p, at, sizeof(at)));
	kut_memory_describe(p);
	dump_stack();
}

void kut_object_paint(struct kut_object *o)
{
	const struct kut_slab *slab = o->slab;
	u8 *p = kut_object_address(o);

	if (o->state != KUT_OBJECT_USED && kut_slab_poisons(slab->cache)) {
		memset(p, POISON_FREE, slab->size - 1);
		p[slab->size - 1] = POISON_END;
	} else if (o->state == KUT_OBJECT_USED) {
		memset(p + o->asked, SLUB_RED_ACTIVE, slab->size - o->asked);
	}
	memset(p + slab->size, SLUB_RED_ACTIVE, slab->redzone);
}

/* The first byte that is not what it was painted; NULL: none. */
static u8 *damaged_poison(const struct kut_object *o)
{
	const struct kut_slab *slab = o->slab;
	u8 *p = kut_object_address(o), *bad;

	if (!kut_slab_poisons(slab->cache) || o->state == KUT_OBJECT_NEW || slab->guarded)
		return NULL;
	bad = memchr_inv(p, POISON_FREE, slab->size - 1);
	if (!bad && p[slab->size - 1] != POISON_END)
		bad = p + slab->size - 1;
	return bad;
}

bool kut_check_poison(struct kut_object *o)
{
	u8 *bad = damaged_poison(o);
	char problem[96];

	if (!bad)
		return true;
	snprintf(problem, sizeof(problem),
		 "Poison overwritten, at offset %ld: 0x%02x instead of 0x%02x",
		 (long)(bad - (u8 *)kut_object_address(o)), *bad,
		 bad == (u8 *)kut_object_address(o) + o->slab->size - 1 ? POISON_END : POISON_FREE);
	kut_object_finding("use after free", o, bad, problem);
	kut_object_paint(o);
	return false;
}

bool kut_check_redzone(struct kut_object *o)
{
	const struct kut_slab *slab = o->slab;
	u8 *p = kut_object_address(o);
	u8 *bad = memchr_inv(p + o->asked, SLUB_RED_ACTIVE, slab->size + slab->redzone - o->asked);
	char problem[96];

	if (!bad)
		return true;
	snprintf(problem, sizeof(problem),
		 "Right Redzone overwritten, %ld bytes behind %u: 0x%02x instead of 0x%02x",
		 (long)(bad - p) - o->asked + 1, o->asked, *bad, SLUB_RED_ACTIVE);
	kut_object_finding("overflow", o, bad, problem);
	kut_object_paint(o);
	return false;
}

static void report_used(const struct kut_slab *slab)
{
	for (unsigned int i = 0; i < slab->n; i++)
		if (slab->object[i].state == KUT_OBJECT_USED)
			describe(&slab->object[i], kut_object_address(&slab->object[i]));
}

void kut_report_remaining(const struct kmem_cache *c)
{
	const struct kut_slab *slab;

	kut_log(LOGLEVEL_ERR, RULE "\n");
	kut_finding("leak",
		    "BUG %s (Not tainted): Objects remaining on __kmem_cache_shutdown(): %lu",
		    c->name, c->used);
	kut_log(LOGLEVEL_ERR, DASH "\n");
	list_for_each_entry(slab, &c->partial, node)
		report_used(slab);
	list_for_each_entry(slab, &c->full, node)
		report_used(slab);
	dump_stack();
}
