/* SPDX-License-Identifier: MIT */
/*
 * SNP_DBG_DECRYPT and SNP_DBG_ENCRYPT (56860, 8): a guest's page into a page of the
 * host, and back, where the policy has bit 19. Unverified: the status codes; the page
 * that is decrypted to is a firmware page, and a Reclaim page after.
 */
#include "psp/snp/guest.h"
#include "psp/snp/page.h"

/* The 4 KiB at pa are the guest's, in a page of either size. */
static enum psp_status guest_page(struct psp *psp, const struct psp_snp_guest *guest, uint64_t pa)
{
	enum psp_page_state state = psp_page_state(psp, pa);
	struct psp_rmp_entry entry;

	if (pa % PSP_PAGE || !psp_rmp_covers(psp, pa))
		return PSP_INVALID_ADDRESS;
	if (state != PSP_PAGE_GUEST_VALID && state != PSP_PAGE_GUEST_INVALID)
		return PSP_INVALID_PAGE_STATE;
	psp_rmp_lookup(psp, pa, &entry);
	return entry.asid == guest->asid ? PSP_SUCCESS : PSP_INVALID_PAGE_OWNER;
}

static enum psp_status check(const struct psp_cmd *cmd, uint64_t guest_pa, uint64_t host_pa)
{
	if (!(cmd->snp_guest->policy & PSP_POLICY_DEBUG))
		return PSP_POLICY_FAILURE;
	if (host_pa % PSP_PAGE)
		return PSP_INVALID_ADDRESS;
	return guest_page(cmd->psp, cmd->snp_guest, guest_pa);
}

enum psp_status psp_cmd_snp_dbg_decrypt(struct psp_cmd *cmd)
{
	uint64_t src = psp_strip_c_bit(cmd->psp, SNP_DBG_DECRYPT_src_addr(cmd->buf));
	uint64_t dst = SNP_DBG_DECRYPT_dst_addr(cmd->buf);
	enum psp_status status = check(cmd, src, dst);
	uint8_t page[PSP_PAGE];

	if (status == PSP_SUCCESS)
		status = psp_buf_writable(cmd->psp, dst, sizeof(page));
	if (status == PSP_SUCCESS)
		status = psp_guest_read(cmd->psp, cmd->snp_guest->asid, src, page, sizeof(page));
	if (status == PSP_SUCCESS)
		status = psp_buf_write(cmd->psp, dst, page, sizeof(page));
	if (status != PSP_SUCCESS)
		return status;
	psp_pages_give_back(cmd->psp, dst, sizeof(page));
	cmd->pages = 1;
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_snp_dbg_encrypt(struct psp_cmd *cmd)
{
	uint64_t src = SNP_DBG_ENCRYPT_src_addr(cmd->buf);
	uint64_t dst = psp_strip_c_bit(cmd->psp, SNP_DBG_ENCRYPT_dst_addr(cmd->buf));
	enum psp_status status = check(cmd, dst, src);
	uint8_t page[PSP_PAGE];

	if (status == PSP_SUCCESS)
		status = psp_buf_read(cmd->psp, src, page, sizeof(page));
	if (status == PSP_SUCCESS)
		status = psp_guest_write(cmd->psp, cmd->snp_guest->asid, dst, page, sizeof(page));
	if (status == PSP_SUCCESS)
		cmd->pages = 1;
	return status;
}
