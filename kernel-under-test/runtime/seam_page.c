// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seam: compound pages, and the names by which pages are allocated. A tail page
 * names its head by address, or (7.x) by a mask that the struct page array's
 * alignment makes right.
 */
#include <linux/gfp.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/page-flags.h>

#include "kut.h"
#include "track.h"

#if KUT_BEFORE(6, 15)
unsigned long empty_zero_page[PAGE_SIZE / sizeof(unsigned long)] __aligned(PAGE_SIZE);
#else
const uint8_t empty_zero_page[PAGE_SIZE] __aligned(PAGE_SIZE);
#endif

#if KUT_BEFORE(6, 0)

void kut_page_set_slab(struct page *page, bool slab)
{
	if (slab)
		__SetPageSlab(page);
	else
		__ClearPageSlab(page);
}

void kut_compound_make(struct page *page, unsigned int order)
{
	__SetPageHead(page);
	set_compound_order(page, order);
	for (unsigned long i = 1; i < 1UL << order; i++)
		set_compound_head(page + i, page);
}

void kut_page_reset(struct page *page)
{
	page->flags = 0;
	page->compound_head = 0;
}

struct page *__alloc_pages_nodemask(gfp_t gfp, unsigned int order, int nid, nodemask_t *mask)
{
	return kut_pages_alloc(gfp, order, KUT_FRAME);
}

/* The last reference went by put_page(). */
void __put_page(struct page *page)
{
	kut_pages_release(page, compound_order(page), KUT_FRAME);
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	return kut_pages_get(gfp, order, KUT_FRAME);
}

unsigned long get_zeroed_page(gfp_t gfp)
{
	return kut_pages_get(gfp | __GFP_ZERO, 0, KUT_FRAME);
}

#else

#if KUT_BEFORE(6, 15)

static void set_order(struct folio *folio, unsigned int order)
{
	folio->_flags_1 = (folio->_flags_1 & ~0xffUL) | order;
	folio->_folio_nr_pages = 1U << order;
}

static void set_head(struct page *tail, struct page *head, unsigned int order)
{
	set_compound_head(tail, head);
}

void kut_page_reset(struct page *page)
{
	page->flags = 0;
	page->compound_head = 0;
}

struct page *__alloc_pages_noprof(gfp_t gfp, unsigned int order, int nid, nodemask_t *mask)
{
	return kut_pages_alloc(gfp, order, KUT_FRAME);
}

#else

static void set_order(struct folio *folio, unsigned int order)
{
	folio->_flags_1 = (folio->_flags_1 & ~0xffUL) | order;
#ifdef NR_PAGES_IN_LARGE_FOLIO
	folio->_nr_pages = 1U << order;
#endif
}

static void set_head(struct page *tail, struct page *head, unsigned int order)
{
	set_compound_head(tail, head, order);
}

void kut_page_reset(struct page *page)
{
	page->flags.f = 0;
	page->compound_info = 0;
}

void *__memblock_alloc_or_panic(phys_addr_t size, phys_addr_t align, const char *func)
{
	return memblock_alloc_try_nid(size, align, 0, 0, NUMA_NO_NODE)
		       ?: (panic("%s: no memory", func), NULL);
}

struct folio *__folio_alloc_noprof(gfp_t gfp, unsigned int order, int nid, nodemask_t *mask)
{
	return (struct folio *)kut_pages_alloc(gfp | __GFP_COMP, order, KUT_FRAME);
}

struct page *alloc_pages_node_noprof(int nid, gfp_t gfp, unsigned int order)
{
	return kut_pages_alloc(gfp, order, KUT_FRAME);
}

#endif

void kut_page_set_slab(struct page *page, bool slab)
{
	if (slab)
		__folio_set_slab((struct folio *)page);
	else
		__folio_clear_slab((struct folio *)page);
}

void kut_compound_make(struct page *page, unsigned int order)
{
	__SetPageHead(page);
	for (unsigned long i = 1; i < 1UL << order; i++)
		set_head(page + i, page, order);
	set_order((struct folio *)page, order);
}

unsigned long get_free_pages_noprof(gfp_t gfp, unsigned int order)
{
	return kut_pages_get(gfp, order, KUT_FRAME);
}

unsigned long get_zeroed_page_noprof(gfp_t gfp)
{
	return kut_pages_get(gfp | __GFP_ZERO, 0, KUT_FRAME);
}

/* The last reference to a folio went. */
void __folio_put(struct folio *folio)
{
	kut_pages_release(&folio->page, folio_order(folio), KUT_FRAME);
}

#endif
