/* SPDX-License-Identifier: MIT */
#include "psp/snp/page.h"

#include "psp/memory/memory.h"
#include "psp/sev/sev.h"

bool psp_page_kept(const struct psp *psp, uint64_t pa)
{
	const struct psp_sev *sev = psp->sev;

	return psp_rmp_own(psp, pa) || (psp->snp_on && sev->es && pa >= sev->tmr_address &&
					pa - sev->tmr_address < PSP_PAGE_2M);
}

enum psp_status psp_page_find(struct psp *psp, uint64_t pa, bool large, struct psp_page *page)
{
	page->pa = psp_strip_c_bit(psp, pa);
	page->large = large;
	if (page->pa % psp_page_bytes(large) || !psp_rmp_covers(psp, page->pa))
		return PSP_INVALID_ADDRESS;
	psp_rmp_lookup(psp, page->pa, &page->entry);
	page->state = psp_page_kept(psp, page->pa) ? PSP_PAGE_OTHER : psp_page_state(psp, page->pa);
	if (page->entry.assigned && page->entry.page_2m != large)
		return PSP_INVALID_PAGE_SIZE;
	return PSP_SUCCESS;
}

void psp_page_disown(struct psp *psp, struct psp_page *page, bool firmware)
{
	page->entry = (struct psp_rmp_entry){
		.assigned = true,
		.page_2m = page->entry.page_2m,
		.immutable = firmware,
	};
	psp_page_put(psp, page);
}

void psp_page_put(struct psp *psp, const struct psp_page *page)
{
	psp_rmp_set(psp, page->pa, &page->entry);
}

/* The page of whatever size that has this address. */
static void find_any(const struct psp *psp, uint64_t pa, struct psp_page *page)
{
	psp_rmp_lookup(psp, pa, &page->entry);
	page->large = page->entry.assigned && page->entry.page_2m;
	page->pa = pa - pa % psp_page_bytes(page->large);
	page->state = psp_page_state(psp, pa);
}

void psp_pages_give_back(struct psp *psp, uint64_t pa, size_t len)
{
	uint64_t at = psp_strip_c_bit(psp, pa), end = at + len;
	struct psp_page page;

	if (!psp->snp_on)
		return;
	for (at -= at % PSP_PAGE; at < end; at += PSP_PAGE) {
		if (!psp_rmp_covers(psp, at))
			continue;
		find_any(psp, at, &page);
		if (page.state == PSP_PAGE_FIRMWARE)
			psp_page_disown(psp, &page, false);
	}
}
