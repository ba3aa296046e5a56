// SPDX-License-Identifier: GPL-2.0-only
/*
 * What lies in free pages, and behind what was asked for of a large kmalloc(). Pages
 * that were never allocated have no poison, so that a boot need not write them all.
 */
#include <linux/mm.h>
#include <linux/poison.h>
#include <linux/string.h>

#include "memory.h"
#include "slab.h"

#define TAIL_MAX    PAGE_SIZE /* so much of what is left over is a redzone */
#define POISON_WORD (PAGE_POISON * 0x0101010101010101UL)

void kut_pages_poison(struct page *page, unsigned int order, const struct kut_page_track *of)
{
	memset64(page_address(page), POISON_WORD, (PAGE_SIZE << order) / sizeof(u64));
	for (unsigned long i = 0; i < 1UL << order; i++) {
		struct kut_page_track *t = kut_page_track(&page[i]);

		t->poisoned = true;
		if (t == of)
			continue;
		t->allocated = of->allocated;
		t->freed = of->freed;
	}
}

/* Faster than memchr_inv(): it is done for each page that is used again. */
static u8 *damaged(void *p)
{
	for (u64 *w = p; w < (u64 *)(p + PAGE_SIZE); w += 8)
		if (w[0] != POISON_WORD || w[1] != POISON_WORD || w[2] != POISON_WORD ||
		    w[3] != POISON_WORD || w[4] != POISON_WORD || w[5] != POISON_WORD ||
		    w[6] != POISON_WORD || w[7] != POISON_WORD)
			return memchr_inv(w, PAGE_POISON, 8 * sizeof(*w));
	return NULL;
}

void kut_page_check_poison(struct page *page)
{
	u8 *p = page_address(page), *bad;

	if (!kut_page_track(page)->poisoned)
		return;
	bad = damaged(p);
	if (!bad)
		return;
	kut_finding(
		"use after free",
		"pagealloc: memory corruption  pfn:%05lx: at offset %ld: 0x%02x instead of 0x%02x",
		page_to_pfn(page), (long)(bad - p), *bad, PAGE_POISON);
	kut_pages_describe(p);
	dump_stack();
	memset(p, PAGE_POISON, PAGE_SIZE);
}

static unsigned long tail_bytes(const struct kut_page_track *t)
{
	return min((PAGE_SIZE << t->order) - t->asked, TAIL_MAX);
}

void kut_pages_resize(struct page *page, unsigned long asked)
{
	struct kut_page_track *t = kut_page_track(page);

	t->asked = asked;
	memset(page_address(page) + asked, SLUB_RED_ACTIVE, tail_bytes(t));
}

void kut_pages_check_tail(struct page *page)
{
	const struct kut_page_track *t = kut_page_track(page);
	u8 *end = page_address(page) + t->asked;
	u8 *bad = memchr_inv(end, SLUB_RED_ACTIVE, tail_bytes(t));

	if (!bad)
		return;
	kut_finding("overflow",
		    "BUG kmalloc of %lu bytes: Right Redzone overwritten, %ld bytes behind: "
		    "0x%02x instead of 0x%02x",
		    t->asked, (long)(bad - end) + 1, *bad, SLUB_RED_ACTIVE);
	kut_pages_describe(end);
	dump_stack();
	kut_pages_resize(page, t->asked);
}
