/* SPDX-License-Identifier: MIT */
/*
 * SNP_PAGE_MOVE and SNP_PAGE_MD_INIT (56860, 8). A guest page moves from a Pre-guest or
 * Pre-swap page to a Pre-guest page of the same guest, which becomes Guest-invalid or
 * Guest-valid; a Metadata page moves to a Firmware page. The RMP attributes go along, the
 * GPA among them. What is left behind is a Pre-guest page or a Firmware page.
 * Unverified: these states, and the statuses.
 */
#include <stdlib.h>

#include "psp/memory/memory.h"
#include "psp/snp/mdata.h"
#include "psp/snp/swap.h"

static enum psp_status move_guest_page(struct psp_cmd *cmd, struct psp_page *src,
				       struct psp_page *dst)
{
	unsigned int asid = cmd->snp_guest->asid;
	size_t len = psp_page_bytes(src->large);
	enum psp_status status;
	uint8_t *data;

	status = psp_swap_target(cmd->snp_guest, dst);
	if (status)
		return status;
	data = malloc(len);
	if (!data)
		return PSP_RESOURCE_LIMIT;
	status = psp_guest_read(cmd->psp, asid, src->pa, data, len);
	if (status == PSP_SUCCESS)
		status = psp_guest_write(cmd->psp, asid, dst->pa, data, len);
	free(data);
	if (status)
		return status;
	psp_swap_arrive(cmd->psp, dst, &src->entry);
	psp_swap_vacate(cmd->psp, src);
	return PSP_SUCCESS;
}

static enum psp_status move_metadata(struct psp_cmd *cmd, struct psp_page *src,
				     struct psp_page *dst)
{
	uint8_t data[PSP_PAGE];
	enum psp_status status;

	if (src->entry.gpa != cmd->snp_guest->gctx)
		return PSP_INVALID_PAGE_OWNER;
	if (dst->state != PSP_PAGE_FIRMWARE)
		return PSP_INVALID_PAGE_STATE;
	status = psp_raw_read(cmd->psp, src->pa, data, sizeof(data));
	if (status == PSP_SUCCESS)
		status = psp_raw_write(cmd->psp, dst->pa, data, sizeof(data));
	if (status)
		return status;
	psp_mdata_own(cmd->psp, cmd->snp_guest, dst);
	psp_page_disown(cmd->psp, src, true);
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_snp_page_move(struct psp_cmd *cmd)
{
	bool large = SNP_PAGE_MOVE_page_size(cmd->buf);
	struct psp_page src, dst;
	enum psp_status status = psp_swap_allowed(cmd->snp_guest);

	if (status == PSP_SUCCESS)
		status = psp_page_find(cmd->psp, SNP_PAGE_MOVE_src_paddr(cmd->buf), large, &src);
	if (status == PSP_SUCCESS)
		status = psp_page_find(cmd->psp, SNP_PAGE_MOVE_dst_paddr(cmd->buf), large, &dst);
	if (status == PSP_SUCCESS && src.pa == dst.pa)
		status = PSP_INVALID_ADDRESS;
	if (status)
		return status;
	cmd->pages = psp_page_bytes(large) / PSP_PAGE;
	if (src.state == PSP_PAGE_METADATA)
		return move_metadata(cmd, &src, &dst);
	status = psp_swap_source(cmd->snp_guest, &src);
	return status == PSP_SUCCESS ? move_guest_page(cmd, &src, &dst) : status;
}

enum psp_status psp_cmd_snp_page_md_init(struct psp_cmd *cmd)
{
	static const uint8_t zero[PSP_PAGE];
	struct psp_page page;
	enum psp_status status;

	status = psp_page_find(cmd->psp, SNP_PAGE_MD_INIT_page_paddr(cmd->buf), false, &page);
	if (status)
		return status;
	if (page.state != PSP_PAGE_FIRMWARE)
		return PSP_INVALID_PAGE_STATE;
	status = psp_raw_write(cmd->psp, page.pa, zero, sizeof(zero));
	if (status)
		return status;
	cmd->pages = 1;
	psp_mdata_own(cmd->psp, cmd->snp_guest, &page);
	return PSP_SUCCESS;
}
