// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page allocator: binary buddies over the simulated RAM, in two zones. struct
 * page is the kernel's own, at vmemmap; a free block's head is marked PageBuddy and
 * keeps its order in page->private, as in mm/page_alloc.c.
 */
#include <linux/gfp.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page-flags.h>
#include <linux/sizes.h>
#include <asm/dma.h>
#include <asm/page.h>

#include "memory.h"
#include "slab.h"

#define ORDERS (MAX_PAGE_ORDER + 1)

/* As in the kernel, memory that few can use is taken last: zones from the highest down. */
struct zone_of_ours {
	unsigned long first, end; /* page frames */
	unsigned long free, min;  /* pages; see kut_gfp_reserve() */
	unsigned long used_end;	  /* no page from here on was ever allocated */
	struct list_head lists[ORDERS];
};

enum { DMA32, NORMAL, N_ZONES };

static struct zone_of_ours zones[N_ZONES];
static unsigned long first_pfn, end_pfn;

unsigned long max_pfn;
struct memblock memblock;
struct pglist_data contig_page_data = {.node_spanned_pages = 1};
pteval_t __default_kernel_pte_mask = ~0UL;

bool kut_is_ram(const void *p)
{
	unsigned long pa = (unsigned long)p - kut_layout.page_offset;

	return pa >= kut_layout.ram_base && pa - kut_layout.ram_base < kut_layout.ram_size;
}

static struct zone_of_ours *zone_at(unsigned long pfn)
{
	return &zones[pfn < MAX_DMA32_PFN ? DMA32 : NORMAL];
}

static void list_free(struct page *page, unsigned int order)
{
	struct zone_of_ours *z = zone_at(page_to_pfn(page));

	__SetPageBuddy(page);
	set_page_private(page, order);
	list_add(&page->lru, &z->lists[order]);
	z->free += 1UL << order;
}

static void list_take(struct page *page)
{
	zone_at(page_to_pfn(page))->free -= 1UL << page_private(page);
	list_del(&page->lru);
	__ClearPageBuddy(page);
	set_page_private(page, 0);
}

static struct page *take_from(struct zone_of_ours *z, unsigned int order, gfp_t gfp)
{
	struct page *page;
	unsigned int o = order;

	if (z->free < kut_gfp_reserve(gfp, z->min) + (1UL << order))
		return NULL;
	while (o < ORDERS && list_empty(&z->lists[o]))
		o++;
	if (o == ORDERS)
		return NULL;
	page = list_first_entry(&z->lists[o], struct page, lru);
	list_take(page);
	z->used_end = max(z->used_end, page_to_pfn(page) + (1UL << order));
	while (o > order) {
		o--;
		atomic_set(&page[1UL << o]._mapcount, -1);
		list_free(page + (1UL << o), o);
	}
	return page;
}

static struct page *take_block(unsigned int order, gfp_t gfp)
{
	struct page *page = NULL;

	for (int i = gfp & __GFP_DMA32 ? DMA32 : NORMAL; i >= 0 && !page; i--)
		page = take_from(&zones[i], order, gfp);
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

/* Nobody uses these pages of the block that `of` is of any more. */
static void give_back(struct page *page, unsigned int order, const struct kut_page_track *of)
{
	kut_pages_poison(page, order, of);
	if (!kut_guard_pages_close(page, order))
		give_block(page, order);
}

void kut_pages_give_guarded(struct page *page, unsigned int order)
{
	atomic_set(&page[1UL << order]._mapcount, -1);
	give_block(page + (1UL << order), 0);
	give_block(page, order);
}

/* A block with a guard page behind it; what else there is behind is free. */
static struct page *take_guarded(unsigned int order, gfp_t gfp)
{
	struct page *page = order < MAX_PAGE_ORDER ? take_block(order + 1, gfp) : NULL;
	struct page *guard = page + (1UL << order);

	if (!page)
		return NULL;
	for (unsigned int o = order; o-- > 0;) {
		atomic_set(&guard[1UL << o]._mapcount, -1);
		give_block(guard + (1UL << o), o);
	}
	if (kut_guard_pages_open(page, order))
		return page;
	kut_pages_give_guarded(page, order);
	return NULL;
}

static void prepare(struct page *page, unsigned int order, gfp_t gfp)
{
	for (unsigned long i = 0; i < 1UL << order; i++) {
		kut_page_check_new(&page[i]);
		kut_page_check_poison(&page[i]);
		kut_page_reset(&page[i]);
		kut_page_track(&page[i])->poisoned = false;
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

struct page *kut_pages_take(gfp_t gfp, unsigned int order, enum kut_pages_kind kind,
			    const unsigned long *frame)
{
	struct kut_page_track *t;
	struct page *page;

	if (order > MAX_PAGE_ORDER) {
		WARN_ON_ONCE(!(gfp & __GFP_NOWARN));
		return NULL;
	}
	page = kut_guards_pages(kind) ? take_guarded(order, gfp) : NULL;
	while (!page) {
		page = take_block(order, gfp);
		if (!page && !kut_guard_pages_drain() && !kut_gfp_retry(gfp))
			break;
	}
	if (!page) {
		kut_gfp_failed(gfp, order);
		return NULL;
	}
	prepare(page, order, gfp);
	t = kut_page_track(page);
	t->kind = kind;
	t->order = order;
	t->not_leak = false;
	kut_track_take(&t->allocated, frame);
	if (kut_page_track(page + (1UL << order) - 1)->guarded)
		*kut_page_track(page + (1UL << order)) =
			(struct kut_page_track){.allocated = t->allocated};
	return page;
}

struct page *kut_pages_alloc_as(gfp_t gfp, unsigned int order, enum kut_pages_kind kind,
				const unsigned long *frame)
{
	gfp = kut_gfp_enter(gfp);
	if (kut_alloc_fails(KUT_ALLOC_PAGES, PAGE_SIZE << order, gfp, frame))
		return NULL;
	return kut_pages_take(gfp, order, kind, frame);
}

struct page *kut_pages_alloc(gfp_t gfp, unsigned int order, const unsigned long *frame)
{
	return kut_pages_alloc_as(gfp, order, KUT_PAGES_USED, frame);
}

/* Nobody may mistake a free page for the tail of what it belonged to. */
void kut_pages_give(struct page *page, unsigned int order)
{
	if (PageHead(page)) {
		__ClearPageHead(page);
		for (unsigned long i = 1; i < 1UL << order; i++)
			kut_page_reset(&page[i]);
	}
	set_page_count(page, 0);
	kut_page_track(page)->kind = KUT_PAGES_FREE;
	give_back(page, order, kut_page_track(page));
}

/* The last reference has gone by put_page(). */
void kut_pages_release(struct page *page, unsigned int order, const unsigned long *frame)
{
	if (kut_pages_bad_free(page, order, KUT_PAGES_USED, 0))
		return;
	kut_track_take(&kut_page_track(page)->freed, frame);
	kut_pages_give(page, order);
}

/*
 * Of pages that are not compound, only the first has a count: who holds another
 * reference to it keeps that one page, and the others are free.
 */
void kut_pages_free(struct page *page, unsigned int order, enum kut_pages_kind kind,
		    const unsigned long *frame)
{
	bool compound = PageHead(page);

	if (kut_pages_bad_free(page, order, kind, 1))
		return;
	kut_track_take(&kut_page_track(page)->freed, frame);
	if (put_page_testzero(page)) {
		kut_pages_give(page, order);
		return;
	}
	if (compound)
		return;
	kut_page_track(page)->order = 0;
	while (order-- > 0)
		give_back(page + (1UL << order), order, kut_page_track(page));
}

void __free_pages(struct page *page, unsigned int order)
{
	kut_pages_free(page, order, KUT_PAGES_USED, KUT_FRAME);
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr && !kut_is_ram((void *)addr))
		kut_bad_free((void *)addr, "free_pages of what is no page");
	else if (addr)
		kut_pages_free(virt_to_page((void *)addr), order, KUT_PAGES_USED, KUT_FRAME);
}

unsigned long kut_pages_get(gfp_t gfp, unsigned int order, const unsigned long *frame)
{
	struct page *page = kut_pages_alloc(gfp, order, frame);

	return page ? (unsigned long)page_address(page) : 0;
}

void split_page(struct page *page, unsigned int order)
{
	struct kut_page_track *t = kut_page_track(page);

	t->order = 0;
	for (unsigned long i = 1; i < 1UL << order; i++) {
		struct kut_page_track *tail = kut_page_track(page + i);
		bool guarded = tail->guarded;

		set_page_count(page + i, 1);
		*tail = *t;
		tail->guarded = guarded;
	}
}

/* The page allocator is up before the first caller of memblock: it is the memory. */
void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min, phys_addr_t max,
			     int nid)
{
	return (void *)kut_pages_get(GFP_KERNEL | __GFP_ZERO, get_order(max(size, align)),
				     KUT_FRAME);
}

/* As calculate_min_free_kbytes(): for those that cannot wait. */
static void zone_init(struct zone_of_ours *z, unsigned long first, unsigned long end)
{
	for (unsigned int i = 0; i < ORDERS; i++)
		INIT_LIST_HEAD(&z->lists[i]);
	z->first = z->used_end = first;
	z->end = max(first, end);
	z->min = int_sqrt((z->end - first) * (PAGE_SIZE / SZ_1K) * 16) / (PAGE_SIZE / SZ_1K);
}

/* Lists are last-in first-out: from the end, so that the lowest block goes first. */
static void zone_fill(struct zone_of_ours *z)
{
	for (unsigned long pfn = z->end; pfn > z->first;) {
		unsigned int order = min_t(unsigned int, __ffs(pfn), MAX_PAGE_ORDER);

		while (pfn < z->first + (1UL << order))
			order--;
		pfn -= 1UL << order;
		atomic_set(&pfn_to_page(pfn)->_mapcount, -1);
		list_free(pfn_to_page(pfn), order);
	}
}

void kut_pages_init(void)
{
	first_pfn = PFN_UP(kut_layout.firmware_end);
	end_pfn = max_pfn = PFN_DOWN(kut_layout.ram_base + kut_layout.ram_size);
	contig_page_data.node_spanned_pages = end_pfn;
	zone_init(&zones[DMA32], first_pfn, min(end_pfn, MAX_DMA32_PFN));
	zone_init(&zones[NORMAL], max(first_pfn, MAX_DMA32_PFN), end_pfn);
	for (unsigned int i = 0; i < N_ZONES; i++)
		zone_fill(&zones[i]);
}

struct page *kut_pages_next(struct page *page)
{
	unsigned long pfn = page ? page_to_pfn(page) : first_pfn;

	if (page)
		pfn += 1UL << kut_page_track(page)->order;
	while (pfn < end_pfn) {
		struct page *at = pfn_to_page(pfn);

		if (PageBuddy(at))
			pfn += 1UL << page_private(at);
		else if (kut_page_track(at)->kind != KUT_PAGES_FREE)
			return at;
		else
			pfn++;
	}
	return NULL;
}

static void each_free_of(const struct zone_of_ours *z, void (*fn)(struct page *page))
{
	for (unsigned long pfn = z->first; pfn < z->used_end;) {
		struct page *page = pfn_to_page(pfn);
		unsigned long n = 1;

		if (PageBuddy(page)) {
			n = min(1UL << page_private(page), z->used_end - pfn);
			for (unsigned long i = 0; i < n; i++)
				fn(&page[i]);
		} else if (kut_page_track(page)->kind != KUT_PAGES_FREE) {
			n = 1UL << kut_page_track(page)->order;
		}
		pfn += n;
	}
}

void kut_pages_each_free(void (*fn)(struct page *page))
{
	for (unsigned int i = 0; i < N_ZONES; i++)
		each_free_of(&zones[i], fn);
}
