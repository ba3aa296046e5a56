// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page allocator: binary buddies over the simulated RAM. struct page is the
 * kernel's own, at vmemmap; a free block's head is marked PageBuddy and keeps its
 * order in page->private, as in mm/page_alloc.c.
 */
#include <linux/gfp.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page-flags.h>
#include <linux/ratelimit.h>
#include <asm/page.h>

#include "kut.h"

#define ORDERS (MAX_PAGE_ORDER + 1)

static struct list_head free_lists[ORDERS];
static unsigned long first_pfn, end_pfn;

unsigned long max_pfn;
struct memblock memblock;
struct pglist_data contig_page_data = {.node_spanned_pages = 1};
pteval_t __default_kernel_pte_mask = ~0UL;

static void list_free(struct page *page, unsigned int order)
{
	__SetPageBuddy(page);
	set_page_private(page, order);
	list_add(&page->lru, &free_lists[order]);
}

static void list_take(struct page *page)
{
	list_del(&page->lru);
	__ClearPageBuddy(page);
	set_page_private(page, 0);
}

static struct page *take_block(unsigned int order)
{
	struct page *page;
	unsigned int o = order;

	while (o < ORDERS && list_empty(&free_lists[o]))
		o++;
	if (o == ORDERS)
		return NULL;
	page = list_first_entry(&free_lists[o], struct page, lru);
	list_take(page);
	while (o > order) {
		o--;
		atomic_set(&page[1UL << o]._mapcount, -1);
		list_free(page + (1UL << o), o);
	}
	return page;
}

static void give_block(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	for (; order < MAX_PAGE_ORDER; order++) {
		unsigned long buddy = pfn ^ (1UL << order);
		struct page *other = pfn_to_page(buddy);

		if (buddy < first_pfn || buddy + (1UL << order) > end_pfn || !PageBuddy(other) ||
		    page_private(other) != order)
			break;
		list_take(other);
		pfn &= buddy;
	}
	list_free(pfn_to_page(pfn), order);
}

static void prepare(struct page *page, unsigned int order, gfp_t gfp)
{
	for (unsigned long i = 0; i < 1UL << order; i++) {
		kut_page_reset(&page[i]);
		page[i].mapping = NULL;
		atomic_set(&page[i]._mapcount, -1);
		set_page_count(&page[i], 0);
		set_page_private(&page[i], 0);
	}
	set_page_count(page, 1);
	if (order && gfp & __GFP_COMP)
		kut_compound_make(page, order);
	if (gfp & __GFP_ZERO)
		memset(page_address(page), 0, PAGE_SIZE << order);
}

static void report_failure(gfp_t gfp, unsigned int order)
{
	static DEFINE_RATELIMIT_STATE(limit, 10 * HZ, 1);

	if (gfp & __GFP_NOWARN || !__ratelimit(&limit))
		return;
	pr_warn("%s: page allocation failure: order:%u, mode:%#x(%pGg)\n", current->comm, order,
		gfp, &gfp);
	dump_stack();
}

struct page *kut_pages_alloc(gfp_t gfp, unsigned int order)
{
	struct page *page;

	if (order > MAX_PAGE_ORDER) {
		WARN_ON_ONCE(!(gfp & __GFP_NOWARN));
		return NULL;
	}
	page = take_block(order);
	if (page)
		prepare(page, order, gfp);
	else
		report_failure(gfp, order);
	return page;
}

/* Nobody may mistake a free page for the tail of what it belonged to. */
void kut_pages_release(struct page *page, unsigned int order)
{
	if (PageHead(page)) {
		__ClearPageHead(page);
		for (unsigned long i = 1; i < 1UL << order; i++)
			kut_page_reset(&page[i]);
	}
	give_block(page, order);
}

/*
 * Of pages that are not compound, only the first has a count: who holds another
 * reference to it keeps that one page, and the others are free.
 */
void __free_pages(struct page *page, unsigned int order)
{
	bool compound = PageHead(page);

	if (PageBuddy(page) || PageTail(page) || !page_count(page)) {
		kut_finding("bad page", "BUG: Bad page state: pfn %05lx is freed twice",
			    page_to_pfn(page));
		dump_stack();
		return;
	}
	if (put_page_testzero(page))
		kut_pages_release(page, order);
	else if (!compound)
		while (order-- > 0)
			give_block(page + (1UL << order), order);
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr)
		__free_pages(virt_to_page((void *)addr), order);
}

unsigned long kut_pages_get(gfp_t gfp, unsigned int order)
{
	struct page *page = kut_pages_alloc(gfp, order);

	return page ? (unsigned long)page_address(page) : 0;
}

void split_page(struct page *page, unsigned int order)
{
	for (unsigned long i = 1; i < 1UL << order; i++)
		set_page_count(page + i, 1);
}

/* The page allocator is up before the first caller of memblock: it is the memory. */
void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min, phys_addr_t max,
			     int nid)
{
	return (void *)kut_pages_get(GFP_KERNEL | __GFP_ZERO, get_order(max(size, align)));
}

/* RAM is what the machine's firmware says; the host has read it already. */
int memblock_add(phys_addr_t base, phys_addr_t size)
{
	return 0;
}

void kut_pages_init(void)
{
	unsigned long pfn;

	for (unsigned int i = 0; i < ORDERS; i++)
		INIT_LIST_HEAD(&free_lists[i]);
	first_pfn = PFN_UP(kut_layout.firmware_end);
	end_pfn = max_pfn = PFN_DOWN(kut_layout.ram_base + kut_layout.ram_size);
	contig_page_data.node_spanned_pages = end_pfn;
	for (pfn = first_pfn; pfn < end_pfn;) {
		unsigned int order =
			min_t(unsigned int, pfn ? __ffs(pfn) : MAX_PAGE_ORDER, MAX_PAGE_ORDER);

		while (pfn + (1UL << order) > end_pfn)
			order--;
		atomic_set(&pfn_to_page(pfn)->_mapcount, -1);
		list_free(pfn_to_page(pfn), order);
		pfn += 1UL << order;
	}
	/* Lists are last-in first-out; the lowest block goes first. */
	for (unsigned int i = 0; i < ORDERS; i++) {
		LIST_HEAD(sorted);
		struct page *page, *tmp;

		list_for_each_entry_safe(page, tmp, &free_lists[i], lru)
			list_move(&page->lru, &sorted);
		list_splice(&sorted, &free_lists[i]);
	}
}

unsigned long kut_free_pages_count(void);
unsigned long kut_free_pages_count(void)
{
	unsigned long n = 0;
	struct page *page;

	for (unsigned int o = 0; o < ORDERS; o++)
		list_for_each_entry(page, &free_lists[o], lru)
			n += 1UL << o;
	return n;
}
