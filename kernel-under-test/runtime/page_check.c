// SPDX-License-Identifier: GPL-2.0-only
/* Who has a block of pages, and what is wrong with one that is freed or taken. */
#include <linux/mm.h>
#include <linux/page-flags.h>

#include "memory.h"
#include "slab.h"

struct kut_page_track *kut_page_track(struct page *page)
{
	unsigned long index = page_to_pfn(page) - PFN_DOWN(kut_layout.ram_base);

	return (void *)(kut_layout.page_tracks + index * KUT_PAGE_TRACK_BYTES);
}

enum kut_pages_kind kut_pages_kind(const void *p)
{
	struct page *page;

	if (!kut_is_ram(p))
		return KUT_PAGES_FREE;
	page = virt_to_head_page(p);
	return p == page_address(page) ? kut_page_track(page)->kind : KUT_PAGES_FREE;
}

static void log_tracks(struct page *page)
{
	const struct kut_page_track *t = kut_page_track(page);

	kut_track_log("Allocated", &t->allocated);
	kut_track_log("Freed", &t->freed);
}

void kut_pages_describe(const void *p)
{
	if (kut_is_ram(p))
		log_tracks(virt_to_head_page(p));
}

static void bad_page(struct page *page, const char *reason)
{
	char mapping[64];

	kut_finding("bad page", "BUG: Bad page state in process %s  pfn:%05lx: %s", current->comm,
		    page_to_pfn(page), reason);
	kut_log(LOGLEVEL_WARNING, "page: refcount:%d mapping:%s order:%u\n", page_ref_count(page),
		kut_address(page->mapping, mapping, sizeof(mapping)), kut_page_track(page)->order);
	log_tracks(compound_head(page));
	dump_stack();
}

/* What the block is not that its user frees; NULL: it is that. */
static const char *mismatch(struct page *page, unsigned int order, enum kut_pages_kind kind)
{
	const struct kut_page_track *t = kut_page_track(page);

	if (PageTail(page))
		return "free of a tail page";
	if (t->kind == KUT_PAGES_FREE)
		return "the page is free already";
	if (t->kind == KUT_PAGES_SLAB)
		return "free of a page that holds objects of a cache";
	if (t->kind != kind)
		return t->kind == KUT_PAGES_KMALLOC ? "free of pages that kmalloc has allocated"
						    : "free of pages that vmalloc has allocated";
	if (t->order != order)
		return "free with another order than it was allocated with";
	return NULL;
}

/* As free_page_is_bad(), for a block that nobody else holds. */
static const char *bad_state(struct page *page)
{
	if (atomic_read(&page->_mapcount) != -1)
		return "nonzero mapcount";
	return page->mapping ? "non-NULL mapping" : NULL;
}

bool kut_pages_bad_free(struct page *page, unsigned int order, enum kut_pages_kind kind, int held)
{
	const char *reason = mismatch(page, order, kind);

	if (!reason && page_ref_count(page) < held)
		reason = "no reference is left to give back";
	if (!reason && page_ref_count(page) == held)
		reason = bad_state(page);
	if (reason)
		bad_page(page, reason);
	return reason;
}

void kut_page_check_new(struct page *page)
{
	if (!page_ref_count(page))
		return;
	bad_page(page, "nonzero _refcount");
	set_page_count(page, 0);
}
