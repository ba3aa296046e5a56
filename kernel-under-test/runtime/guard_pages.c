// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guarded pages: behind each block of the page allocator's callers and of large
 * kmalloc()s is a page that nobody can access. A freed block waits in a quarantine,
 * inaccessible. Slabs and the vmalloc area have guards of their own.
 */
#include <linux/mm.h>

#include "memory.h"

#define QUARANTINE_BLOCKS 32U
#define QUARANTINE_PAGES  512UL

struct closed {
	struct page *page;
	unsigned int order;
};

static struct closed ring[QUARANTINE_BLOCKS];
static unsigned int oldest, n_closed;
static unsigned long closed_pages;

void kut_guard_tell_limit(void)
{
	static bool told;

	if (!told)
		kut_log(LOGLEVEL_WARNING, "guard pages: the host gives no more mappings "
					  "(vm.max_map_count); further memory has none\n");
	told = true;
}

bool kut_guards_pages(enum kut_pages_kind kind)
{
	return kut_layout.memory & KUT_MEMORY_GUARD &&
	       (kind == KUT_PAGES_USED || kind == KUT_PAGES_KMALLOC);
}

static int protect(struct page *page, unsigned long n, bool accessible)
{
	return kut_host->protect((unsigned long)page_address(page), n, accessible);
}

static bool *mark_of(struct page *page, unsigned int order)
{
	return &kut_page_track(page + (1UL << order) - 1)->guarded;
}

bool kut_guard_pages_open(struct page *page, unsigned int order)
{
	if (protect(page + (1UL << order), 1, false)) {
		kut_guard_tell_limit();
		return false;
	}
	*mark_of(page, order) = true;
	return true;
}

static void release_oldest(void)
{
	struct closed c = ring[oldest];

	oldest = (oldest + 1) % QUARANTINE_BLOCKS;
	n_closed--;
	closed_pages -= 1UL << c.order;
	protect(c.page, (1UL << c.order) + 1, true);
	*mark_of(c.page, c.order) = false;
	kut_pages_give_guarded(c.page, c.order);
}

bool kut_guard_pages_close(struct page *page, unsigned int order)
{
	if (!*mark_of(page, order))
		return false;
	if (protect(page, 1UL << order, false))
		kut_guard_tell_limit();
	if (n_closed == QUARANTINE_BLOCKS)
		release_oldest();
	ring[(oldest + n_closed++) % QUARANTINE_BLOCKS] = (struct closed){page, order};
	closed_pages += 1UL << order;
	while (closed_pages > QUARANTINE_PAGES)
		release_oldest();
	return true;
}

bool kut_guard_pages_drain(void)
{
	bool any = n_closed;

	while (n_closed)
		release_oldest();
	return any;
}
