/* SPDX-License-Identifier: MIT */
/* What moving and swapping guest pages have in common (swap.c). */
#ifndef PSP_SNP_SWAP_H
#define PSP_SNP_SWAP_H

#include "psp/snp/snp.h"
#include "psp/snp/page.h"

/* POLICY_FAILURE: the guest's policy forbids all of it. */
enum psp_status psp_swap_allowed(const struct psp_snp_guest *guest);
/*
 * A guest page that may leave (Pre-guest, Pre-swap), one that may arrive there (Pre-guest).
 * INACTIVE: the guest has no ASID; INVALID_PAGE_STATE, INVALID_PAGE_OWNER.
 */
enum psp_status psp_swap_source(const struct psp_snp_guest *guest, const struct psp_page *page);
enum psp_status psp_swap_target(const struct psp_snp_guest *guest, const struct psp_page *page);
/* `page` takes GPA, validation, VMSA and permissions of `from`, and loses immutability. */
void psp_swap_arrive(struct psp *psp, struct psp_page *page, const struct psp_rmp_entry *from);
/* The page is the guest's, with nothing of it: Pre-guest. */
void psp_swap_vacate(struct psp *psp, struct psp_page *page);

#endif
