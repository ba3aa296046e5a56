/* SPDX-License-Identifier: MIT */
/*
 * SNP_PAGE_RECLAIM, SNP_PAGE_UNSMASH and SNP_PAGE_SET_STATE (56860, 5 and 8). Unverified:
 * what becomes of Pre-guest and Pre-swap pages (they lose the immutable bit and nothing
 * else, so that a swap that was not to be leaves the guest its page), statuses, and all
 * of SNP_PAGE_SET_STATE.
 */
#include "psp/memory/memory.h"
#include "psp/snp/snp.h"
#include "psp/snp/page.h"
#include "psp/snp/ranges.h"

enum { SUBPAGES = PSP_PAGE_2M / PSP_PAGE };

enum psp_status psp_cmd_snp_page_reclaim(struct psp_cmd *cmd)
{
	uint64_t pa = SNP_PAGE_RECLAIM_paddr(cmd->buf) * PSP_PAGE;
	struct psp_page page;
	enum psp_status status;

	status = psp_page_find(cmd->psp, pa, SNP_PAGE_RECLAIM_page_size(cmd->buf), &page);
	if (status)
		return status;
	switch (page.state) {
	case PSP_PAGE_RECLAIM:
		return PSP_SUCCESS;
	case PSP_PAGE_FIRMWARE:
	case PSP_PAGE_METADATA:
		psp_page_disown(cmd->psp, &page, false);
		return PSP_SUCCESS;
	case PSP_PAGE_PRE_GUEST:
	case PSP_PAGE_PRE_SWAP:
		page.entry.immutable = false;
		psp_page_put(cmd->psp, &page);
		return PSP_SUCCESS;
	default:
		return PSP_INVALID_PAGE_STATE;
	}
}

/* Does `sub` continue `first`, `i` pages on, as one page of 2 MiB would? */
static enum psp_status continues(const struct psp_page *first, const struct psp_page *sub,
				 unsigned int i)
{
	if (sub->state != first->state || sub->entry.vmsa)
		return PSP_INVALID_PAGE_STATE;
	if (sub->entry.asid != first->entry.asid)
		return PSP_INVALID_PAGE_OWNER;
	if (sub->entry.gpa != first->entry.gpa + (uint64_t)i * PSP_PAGE)
		return PSP_INVALID_ADDRESS;
	return memcmp(sub->entry.perms, first->entry.perms, sizeof(sub->entry.perms))
		       ? PSP_INVALID_PAGE_STATE
		       : PSP_SUCCESS;
}

enum psp_status psp_cmd_snp_page_unsmash(struct psp_cmd *cmd)
{
	uint64_t pa = SNP_PAGE_UNSMASH_paddr(cmd->buf) * PSP_PAGE;
	struct psp_page first, sub;
	enum psp_status status;

	status = psp_page_find(cmd->psp, pa, false, &first);
	if (status)
		return status;
	if (first.pa % PSP_PAGE_2M || first.entry.gpa % PSP_PAGE_2M)
		return PSP_INVALID_ADDRESS;
	if (first.state != PSP_PAGE_PRE_GUEST && first.state != PSP_PAGE_PRE_SWAP)
		return PSP_INVALID_PAGE_STATE;
	for (unsigned int i = 0; i < SUBPAGES && status == PSP_SUCCESS; i++) {
		status = psp_page_find(cmd->psp, first.pa + (uint64_t)i * PSP_PAGE, false, &sub);
		if (status == PSP_SUCCESS)
			status = continues(&first, &sub, i);
	}
	if (status)
		return status;
	first.entry.page_2m = true;
	psp_page_put(cmd->psp, &first);
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_snp_page_set_state(struct psp_cmd *cmd)
{
	struct psp_ranges ranges;
	enum psp_status status;

	if (SNP_PAGE_SET_STATE_len(cmd->buf) != psp_cmd_size(cmd->id))
		return PSP_INVALID_LENGTH;
	status = psp_ranges_read(cmd->psp, SNP_PAGE_SET_STATE_list_paddr(cmd->buf), &ranges);
	return status == PSP_SUCCESS ? psp_ranges_fix(cmd->psp, &ranges) : status;
}
