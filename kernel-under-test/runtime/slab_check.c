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
	if (slab->left_redzone)
		memset(p - KUT_LEFT_REDZONE, SLUB_RED_ACTIVE, KUT_LEFT_REDZONE);
}

/* The first byte that is not what it was painted; NULL: none. */
static u8 *damaged_poison(const struct kut_object *o)
{
	const struct kut_slab *slab = o->slab;
	u8 *p = kut_object_address(o), *bad;

	if (!kut_slab_poisons(slab->cache) || slab->guarded || o->state == KUT_OBJECT_NEW ||
	    o->state == KUT_OBJECT_USED)
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

/* Whose slots are not painted yet, or whose pages are closed, has no redzones. */
static bool has_redzones(const struct kut_object *o)
{
	return o->state != KUT_OBJECT_NEW && !(o->slab->guarded && o->state != KUT_OBJECT_USED);
}

static u8 *damaged_left(const struct kut_object *o, u8 *p)
{
	static const u64 red = SLUB_RED_ACTIVE * 0x0101010101010101UL;

	if (!o->slab->left_redzone || *(u64 *)(p - KUT_LEFT_REDZONE) == red)
		return NULL;
	return memchr_inv(p - KUT_LEFT_REDZONE, SLUB_RED_ACTIVE, KUT_LEFT_REDZONE);
}

/* Of a free object all bytes up to its size are poison. */
static u8 *damaged_right(const struct kut_object *o, u8 *p)
{
	const struct kut_slab *slab = o->slab;
	unsigned int from = o->state == KUT_OBJECT_USED ? o->asked : slab->size;

	return memchr_inv(p + from, SLUB_RED_ACTIVE, slab->size + slab->redzone - from);
}

bool kut_check_redzones(struct kut_object *o)
{
	u8 *p = kut_object_address(o), *left, *right;
	char problem[96];

	if (!has_redzones(o))
		return true;
	left = damaged_left(o, p);
	right = damaged_right(o, p);
	if (left) {
		snprintf(problem, sizeof(problem),
			 "Left Redzone overwritten, %ld bytes in front: 0x%02x instead of 0x%02x",
			 (long)(p - left), *left, SLUB_RED_ACTIVE);
		kut_object_finding("overflow", o, left, problem);
	}
	if (right) {
		unsigned int end = o->state == KUT_OBJECT_USED ? o->asked : o->slab->size;

		snprintf(problem, sizeof(problem),
			 "Right Redzone overwritten, %ld bytes behind %u: 0x%02x instead of 0x%02x",
			 (long)(right - p) - end + 1, end, *right, SLUB_RED_ACTIVE);
		kut_object_finding("overflow", o, right, problem);
	}
	if (left || right)
		kut_object_paint(o);
	return !left && !right;
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
