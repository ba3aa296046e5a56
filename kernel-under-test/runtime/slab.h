/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the files of the object allocator meet: slab.c (caches and their slabs),
 * kmalloc.c (sizes instead of caches), slab_check.c (what went wrong), leak.c.
 *
 * A slab is a compound page, or with KUT_MEMORY_GUARD one object of its own in
 * front of an inaccessible page. Objects lie `slot` bytes apart; in front of each
 * and behind it is a redzone. What is known of an object is not in it, so a free
 * object is poison from its first byte to its last. A freed object waits in its cache's quarantine
 * before it is used again.
 */
#ifndef KUT_SLAB_H
#define KUT_SLAB_H

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/poison.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "kut.h"
#include "track.h"

/* A new object has never been used, and is not painted either. */
enum kut_object_state {
	KUT_OBJECT_NEW,
	KUT_OBJECT_FREE,
	KUT_OBJECT_USED,
	KUT_OBJECT_QUARANTINED,
};

#define KUT_LEFT_REDZONE 8U /* bytes: a word, since objects are aligned to one */

struct kut_object {
	struct kut_object *next; /* in the slab's free list, or in the quarantine */
	struct kut_slab *slab;
	u32 asked;     /* bytes that its user may touch */
	bool not_leak; /* the runtime's own: see kut_not_leak() */
	enum kut_object_state state;
	struct kut_track allocated, freed;
};

struct kut_slab {
	struct list_head node; /* in the cache's list `partial` or `full` */
	struct rcu_head rcu;
	struct kmem_cache *cache;
	struct page *page;
	void *base;		    /* the first object */
	unsigned int size, redzone; /* of an object: the cache's, or the guarded object's own */
	bool guarded, left_redzone;
	unsigned int order, n;
	unsigned int busy; /* objects that are not in the free list */
	struct kut_object *free;
	struct kut_object object[];
};

struct kmem_cache {
	const char *name;
	unsigned int size, align;   /* of an object, as asked for */
	unsigned int slot, redzone; /* bytes from object to object, and behind one */
	unsigned int order, per_slab;
	slab_flags_t flags;
	bool unguarded; /* KUT_MEMORY_GUARD is not for it */
	void (*ctor)(void *object);
	struct list_head partial, full; /* slabs with and without a free object */
	struct list_head all;		/* in kut_caches */
	unsigned long used;
	struct kut_object *oldest, *newest; /* the quarantine */
	unsigned int quarantined;
};

extern struct list_head kut_caches; /* those that have been used */

/* The slab that an address lies in; NULL: none, or it is not in RAM. */
struct kut_slab *kut_slab_of(const void *p);
/* The object that has `p` as one of its bytes; NULL: `p` is behind the last. */
struct kut_object *kut_object_at(struct kut_slab *slab, const void *p);
void *kut_object_address(const struct kut_object *o);
bool kut_slab_poisons(const struct kmem_cache *c);

void *kut_slab_alloc(struct kmem_cache *c, gfp_t gfp, size_t asked, const unsigned long *frame);
/* `c` NULL: of whatever cache it is. */
void kut_slab_free(struct kmem_cache *c, void *object, const unsigned long *frame);
void kut_memory_describe(const void *p); /* who allocated and freed what lies there */
/* From now on the user may touch so many bytes. */
void kut_object_resize(struct kut_object *o, size_t asked);
void kut_cache_setup(struct kmem_cache *c);

/* The page says that it is the slab's, or (NULL) nobody's. */
void kut_slab_mark(struct page *page, struct kut_slab *slab);

/* guard.c */
bool kut_guards(const struct kmem_cache *c);
/* One object of `asked` bytes; NULL: no memory, or no more guard pages. */
struct kut_slab *kut_guard_slab(struct kmem_cache *c, gfp_t gfp, size_t asked,
				const unsigned long *frame);
void kut_guard_close(struct kut_slab *slab); /* the object is free, but not to be used yet */
void kut_guard_free(struct kut_slab *slab);

/* slab_check.c: each reports what it finds, mends it, and says whether all was well. */
bool kut_check_poison(struct kut_object *o);
bool kut_check_redzones(struct kut_object *o);
void kut_object_paint(struct kut_object *o); /* all of its poison, and its redzones */
void kut_object_finding(const char *kind, const struct kut_object *o, const void *at,
			const char *problem);
void kut_bad_free(const void *p, const char *problem);
void kut_report_remaining(const struct kmem_cache *c);

#endif
