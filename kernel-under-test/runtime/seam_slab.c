// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seam: by what names and with what arguments the kernel allocates objects. All
 * lead to slab.c; the node, the caller, the bucket and the token do not matter.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "slab.h"

#if KUT_BEFORE(6, 10)

void *__kmalloc(size_t size, gfp_t gfp)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

void *__kmalloc_track_caller(size_t size, gfp_t gfp, unsigned long caller)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

void *kmalloc_order(size_t size, gfp_t gfp, unsigned int order)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

void *kvmalloc_node(size_t size, gfp_t gfp, int node)
{
	return kut_kvalloc(size, gfp, KUT_FRAME);
}

void *krealloc(const void *p, size_t size, gfp_t gfp)
{
	return kut_realloc(p, size, gfp, KUT_FRAME);
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *))
{
	return kut_cache_create(name, size, align, flags, ctor);
}

void *kmem_cache_alloc(struct kmem_cache *c, gfp_t gfp)
{
	return kut_slab_alloc(c, gfp, c->size, KUT_FRAME);
}

int kmem_cache_alloc_bulk(struct kmem_cache *c, gfp_t gfp, size_t n, void **objects)
{
	return kut_cache_alloc_bulk(c, gfp, n, objects, KUT_FRAME) ? n : 0;
}

#else

/* Empty: the size decides. */
kmem_buckets kmalloc_caches[NR_KMALLOC_TYPES];

size_t kmalloc_size_roundup(size_t size)
{
	return kut_alloc_size(size);
}

#if KUT_BEFORE(6, 15)

void *__kmalloc_noprof(size_t size, gfp_t gfp)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

void *__kmalloc_node_noprof(DECL_BUCKET_PARAMS(size, b), gfp_t gfp, int node)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

void *__kmalloc_node_track_caller_noprof(DECL_BUCKET_PARAMS(size, b), gfp_t gfp, int node,
					 unsigned long caller)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

void *__kvmalloc_node_noprof(DECL_BUCKET_PARAMS(size, b), gfp_t gfp, int node)
{
	return kut_kvalloc(size, gfp, KUT_FRAME);
}

void *krealloc_noprof(const void *p, size_t size, gfp_t gfp)
{
	return kut_realloc(p, size, gfp, KUT_FRAME);
}

void *kvrealloc_noprof(const void *p, size_t size, gfp_t gfp)
{
	return kut_kvrealloc(p, size, gfp, KUT_FRAME);
}

int kmem_cache_alloc_bulk_noprof(struct kmem_cache *c, gfp_t gfp, size_t n, void **objects)
{
	return kut_cache_alloc_bulk(c, gfp, n, objects, KUT_FRAME) ? n : 0;
}

#else

void *__kmalloc_noprof(DECL_TOKEN_PARAMS(size, token), gfp_t gfp)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

void *__kmalloc_node_noprof(DECL_KMALLOC_PARAMS(size, b, token), gfp_t gfp, int node)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

void *__kmalloc_node_track_caller_noprof(DECL_KMALLOC_PARAMS(size, b, token), gfp_t gfp, int node,
					 unsigned long caller)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

void *__kvmalloc_node_noprof(DECL_KMALLOC_PARAMS(size, b, token), unsigned long align, gfp_t gfp,
			     int node)
{
	return kut_kvalloc(size, gfp, KUT_FRAME);
}

void *krealloc_node_align_noprof(const void *p, DECL_TOKEN_PARAMS(size, token), unsigned long align,
				 gfp_t gfp, int node)
{
	return kut_realloc(p, size, gfp, KUT_FRAME);
}

void *kvrealloc_node_align_noprof(const void *p, DECL_TOKEN_PARAMS(size, token),
				  unsigned long align, gfp_t gfp, int node)
{
	return kut_kvrealloc(p, size, gfp, KUT_FRAME);
}

bool kmem_cache_alloc_bulk_noprof(struct kmem_cache *c, gfp_t gfp, size_t n, void **objects)
{
	return kut_cache_alloc_bulk(c, gfp, n, objects, KUT_FRAME);
}

/* Objects put by, so that taking one from the sheaf cannot fail. */
struct slab_sheaf {
	unsigned int have, room;
	void *object[];
};

int kmem_cache_refill_sheaf(struct kmem_cache *c, gfp_t gfp, struct slab_sheaf **sheaf,
			    unsigned int size)
{
	struct slab_sheaf *s = *sheaf;

	if (size > s->room) {
		s = kut_realloc(s, struct_size(s, object, size), gfp, KUT_FRAME);
		if (!s)
			return -ENOMEM;
		s->room = size;
		*sheaf = s;
	}
	for (; s->have < size; s->have++) {
		s->object[s->have] = kut_slab_alloc(c, gfp, c->size, KUT_FRAME);
		if (!s->object[s->have])
			return -ENOMEM;
	}
	return 0;
}

void kmem_cache_return_sheaf(struct kmem_cache *c, gfp_t gfp, struct slab_sheaf *s)
{
	kmem_cache_free_bulk(c, s->have, s->object);
	kfree(s);
}

struct slab_sheaf *kmem_cache_prefill_sheaf(struct kmem_cache *c, gfp_t gfp, unsigned int size)
{
	struct slab_sheaf *s = kut_alloc(struct_size(s, object, size), gfp | __GFP_ZERO, KUT_FRAME);

	if (!s)
		return NULL;
	s->room = size;
	if (!kmem_cache_refill_sheaf(c, gfp, &s, size))
		return s;
	kmem_cache_return_sheaf(c, gfp, s);
	return NULL;
}

void *kmem_cache_alloc_from_sheaf_noprof(struct kmem_cache *c, gfp_t gfp, struct slab_sheaf *s)
{
	void *object = s->have ? s->object[--s->have] : NULL;

	if (object && gfp & __GFP_ZERO)
		memset(object, 0, c->size);
	return object;
}

unsigned int kmem_cache_sheaf_size(struct slab_sheaf *s)
{
	return s->have;
}

#endif

void *__kmalloc_cache_noprof(struct kmem_cache *c, gfp_t gfp, size_t size)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

void *__kmalloc_cache_node_noprof(struct kmem_cache *c, gfp_t gfp, int node, size_t size)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

void *__kmalloc_large_noprof(size_t size, gfp_t gfp)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

void *__kmalloc_large_node_noprof(size_t size, gfp_t gfp, int node)
{
	return kut_alloc(size, gfp, KUT_FRAME);
}

struct kmem_cache *__kmem_cache_create_args(const char *name, unsigned int size,
					    struct kmem_cache_args *args, slab_flags_t flags)
{
	return kut_cache_create(name, size, args->align, flags, args->ctor);
}

void *kmem_cache_alloc_noprof(struct kmem_cache *c, gfp_t gfp)
{
	return kut_slab_alloc(c, gfp, c->size, KUT_FRAME);
}

void *kmem_cache_alloc_lru_noprof(struct kmem_cache *c, struct list_lru *lru, gfp_t gfp)
{
	return kut_slab_alloc(c, gfp, c->size, KUT_FRAME);
}

void *kmem_cache_alloc_node_noprof(struct kmem_cache *c, gfp_t gfp, int node)
{
	return kut_slab_alloc(c, gfp, c->size, KUT_FRAME);
}

#endif
