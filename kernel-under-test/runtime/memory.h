/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the memory files meet: gfp.c (may this allocation be, and shall it fail),
 * pages.c (blocks of pages), page_check.c (what is known of them), leak.c.
 * Functions with a `frame` take KUT_FRAME of the function that the kernel called.
 */
#ifndef KUT_MEMORY_H
#define KUT_MEMORY_H

#include <linux/gfp.h>
#include <linux/mm.h>

#include "kut.h"
#include "track.h"

/* gfp.c: the context's rules applied (memalloc_nofs_save() ...), and checked. */
gfp_t kut_gfp_enter(gfp_t gfp);
/* A fault point wants it to fail, which is logged. Not asked for __GFP_NOFAIL. */
bool kut_alloc_fails(enum kut_alloc_kind kind, unsigned long size, gfp_t gfp,
		     const unsigned long *frame);
/* How much of a reserve of `min` pages this allocation must leave. */
unsigned long kut_gfp_reserve(gfp_t gfp, unsigned long min);
/* Nothing is left: whether to try once more (__GFP_NOFAIL), after a while. */
bool kut_gfp_retry(gfp_t gfp);
void kut_gfp_failed(gfp_t gfp, unsigned int order);

/* Who has a block of pages. */
enum kut_pages_kind {
	KUT_PAGES_FREE,
	KUT_PAGES_USED,	   /* the page allocator's callers */
	KUT_PAGES_KMALLOC, /* too large for a slab */
	KUT_PAGES_SLAB,
	KUT_PAGES_VMALLOC,
};

/* Of a block's first page, but what is said to be of each. */
struct kut_page_track {
	enum kut_pages_kind kind;
	unsigned int order;
	bool not_leak;
	bool poisoned;			   /* of each: the page is free, and was not always */
	bool guarded;			   /* of the last: the page behind it is a guard page */
	unsigned long asked;		   /* KUT_PAGES_KMALLOC: bytes that its user may touch */
	struct kut_track allocated, freed; /* of each, once they are free */
};
static_assert(sizeof(struct kut_page_track) <= KUT_PAGE_TRACK_BYTES);

/* pages.c: with one reference; NULL when there is none. */
struct page *kut_pages_alloc_as(gfp_t gfp, unsigned int order, enum kut_pages_kind kind,
				const unsigned long *frame);
/* The same behind kut_gfp_enter() and kut_alloc_fails(). */
struct page *kut_pages_take(gfp_t gfp, unsigned int order, enum kut_pages_kind kind,
			    const unsigned long *frame);
/* One reference less, if the block is in order; `kind` is what the caller takes it for. */
void kut_pages_free(struct page *page, unsigned int order, enum kut_pages_kind kind,
		    const unsigned long *frame);
/* No reference is left, and nothing is to be checked. */
void kut_pages_give(struct page *page, unsigned int order);
bool kut_is_ram(const void *p); /* an address in the direct map */
/* Each block in use, in order of address: NULL for the first, NULL behind the last. */
struct page *kut_pages_next(struct page *page);
/* Each free page that was allocated before, and perhaps some that were not. */
void kut_pages_each_free(void (*fn)(struct page *page));

/* Of a block that kut_guard_pages_close() has kept: give it and its guard page back. */
void kut_pages_give_guarded(struct page *page, unsigned int order);

/* guard_pages.c: blocks in front of a page that nobody can access, with KUT_MEMORY_GUARD. */
bool kut_guards_pages(enum kut_pages_kind kind);
/* Close the page behind the block, which nobody else has; false: it cannot be done. */
bool kut_guard_pages_open(struct page *page, unsigned int order);
/* If the block has a guard page, nobody shall access either for a while. */
bool kut_guard_pages_close(struct page *page, unsigned int order);
/* Give back what is closed; whether there was any. */
bool kut_guard_pages_drain(void);
void kut_guard_tell_limit(void);

/* page_check.c */
struct kut_page_track *kut_page_track(struct page *page);
enum kut_pages_kind kut_pages_kind(const void *p);
/* Log who allocated and who freed the page that `p` lies in, if that is known. */
void kut_pages_describe(const void *p);
/*
 * Of a block that is being freed: report what is wrong, and whether it may not be.
 * `held`: references that the last user has, 1, or 0 when it has given it back.
 */
bool kut_pages_bad_free(struct page *page, unsigned int order, enum kut_pages_kind kind, int held);
/* Of a page that is free, or taken from the free lists: nobody holds a reference. */
void kut_page_check_new(struct page *page);

/* page_poison.c: pages that are being freed, and belonged to the block that `of` is of. */
void kut_pages_poison(struct page *page, unsigned int order, const struct kut_page_track *of);
void kut_page_check_poison(struct page *page);
/* From now on the user of a KUT_PAGES_KMALLOC block may touch so many bytes. */
void kut_pages_resize(struct page *page, unsigned long asked);
void kut_pages_check_tail(struct page *page);

/* percpu.c: redzones and poison of per-CPU memory. */
void kut_percpu_check(void);

/* leak.c: see host_ops.h */
void kut_memory_mark(unsigned int mark);
unsigned int kut_memory_leaks(unsigned int mark, unsigned long minimum);
/* Of a kmalloc()ed object: it belongs to the runtime, or to what it was made for. */
void kut_not_leak(const void *p);
void kut_memory_check(void);
void kut_memory_left(void);
int kut_memory_item(unsigned int index, struct kut_memory_item *item);

#endif
