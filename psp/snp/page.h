/* SPDX-License-Identifier: MIT */
/* Pages that SNP commands name: found, judged and moved between states (56860, 5). */
#ifndef PSP_SNP_PAGE_H
#define PSP_SNP_PAGE_H

#include "psp/internal.h"

/* A page of 4 KiB or 2 MiB with its entry of the RMP. */
struct psp_page {
	uint64_t pa; /* without C-bit */
	bool large;
	enum psp_page_state state; /* PSP_PAGE_OTHER if psp_page_kept() */
	struct psp_rmp_entry entry;
};

static inline size_t psp_page_bytes(bool large)
{
	return large ? PSP_PAGE_2M : PSP_PAGE;
}

/*
 * The page is no command's to use, though in Firmware state: it holds a part of the RMP or,
 * with SNP and from INIT with SEV-ES to SHUTDOWN, of the TMR (unverified).
 */
bool psp_page_kept(const struct psp *psp, uint64_t pa);

/*
 * Look up the page of that size at pa. INVALID_ADDRESS: not aligned to it, or not in the
 * RMP; INVALID_PAGE_SIZE: assigned in the other size.
 */
enum psp_status psp_page_find(struct psp *psp, uint64_t pa, bool large, struct psp_page *page);

/* The entry becomes that of an assigned page without owner: Firmware, or else Reclaim. */
void psp_page_disown(struct psp *psp, struct psp_page *page, bool firmware);
/* Write page->entry back. */
void psp_page_put(struct psp *psp, const struct psp_page *page);

/*
 * The firmware has written `len` bytes at pa for the host: Firmware pages there, of 2 MiB too,
 * become Reclaim pages as a whole (unverified). Nothing happens while SNP is not initialised.
 */
void psp_pages_give_back(struct psp *psp, uint64_t pa, size_t len);

#endif
