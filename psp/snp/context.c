/* SPDX-License-Identifier: MIT */
/*
 * Contexts of SNP guests: made, bound to an ASID, looked at, ended (56860, 8). A context
 * page goes from Firmware to Context state and back.
 */
#include "psp/sev/asid.h"
#include "psp/snp/guest.h"
#include "psp/snp/page.h"

static struct psp_snp_guest *slot_of(struct psp *psp, uint64_t gctx)
{
	for (unsigned int i = 0; i < psp->config.max_guests; i++)
		if (psp->snp->guests[i].gctx == gctx)
			return &psp->snp->guests[i];
	return NULL;
}

/* Page 0 cannot be told from a free slot: no context lives there. */
struct psp_snp_guest *psp_snp_guest(struct psp *psp, uint64_t gctx_paddr)
{
	uint64_t pa = psp_strip_c_bit(psp, gctx_paddr);

	return pa ? slot_of(psp, pa) : NULL;
}

static enum psp_status fill_context_page(struct psp *psp, uint64_t pa)
{
	struct psp_crypto *crypto = psp_crypto(psp);
	uint8_t page[PSP_PAGE];

	if (!crypto)
		return PSP_RESOURCE_LIMIT;
	psp_random(crypto, page, sizeof(page));
	return psp_raw_write(psp, pa, page, sizeof(page));
}

enum psp_status psp_cmd_snp_gctx_create(struct psp_cmd *cmd)
{
	struct psp *psp = cmd->psp;
	struct psp_snp_guest *guest = slot_of(psp, 0);
	struct psp_page page;
	enum psp_status status;

	status = psp_page_find(psp, SNP_GCTX_CREATE_gctx_paddr(cmd->buf), false, &page);
	if (status != PSP_SUCCESS)
		return status;
	if (page.state != PSP_PAGE_FIRMWARE || psp_rmp_own(psp, page.pa))
		return PSP_INVALID_PAGE_STATE;
	if (!page.pa)
		return PSP_INVALID_ADDRESS;
	if (!guest)
		return PSP_RESOURCE_LIMIT;
	status = fill_context_page(psp, page.pa);
	if (status != PSP_SUCCESS)
		return status;
	page.entry.vmsa = true;
	psp_page_put(psp, &page);
	*guest = (struct psp_snp_guest){.gctx = page.pa, .state = PSP_GSTATE_INIT};
	psp->snp->n_guests++;
	cmd->pages = 1;
	return PSP_SUCCESS;
}

/*
 * The guests of a migration agent that ends cannot be migrated any more; their reports
 * still name it (unverified).
 */
static void leave_agent(struct psp *psp, uint64_t agent)
{
	for (unsigned int i = 0; i < psp->config.max_guests; i++)
		if (psp->snp->guests[i].ma_gctx == agent)
			psp->snp->guests[i].ma_gctx = 0;
}

static void end_guest(struct psp *psp, struct psp_snp_guest *guest)
{
	if (guest->asid)
		psp_asid_release(psp, guest->asid);
	leave_agent(psp, guest->gctx);
	memset(guest, 0, sizeof(*guest));
	psp->snp->n_guests--;
}

enum psp_status psp_cmd_snp_decommission(struct psp_cmd *cmd)
{
	struct psp *psp = cmd->psp;
	struct psp_page page;

	psp_page_find(psp, cmd->snp_guest->gctx, false, &page);
	end_guest(psp, cmd->snp_guest);
	psp_page_disown(psp, &page, true);
	return PSP_SUCCESS;
}

void psp_snp_end_guests(struct psp *psp)
{
	for (unsigned int i = 0; i < psp->config.max_guests; i++)
		if (psp->snp->guests[i].gctx)
			end_guest(psp, &psp->snp->guests[i]);
}

static enum psp_status activate(struct psp *psp, struct psp_snp_guest *guest, unsigned int asid)
{
	enum psp_status status;

	if (psp->snp->flush_required)
		return PSP_DF_FLUSH_REQUIRED;
	status = psp_asid_bind(psp, asid, PSP_ASID_SNP, guest->gctx);
	if (status != PSP_SUCCESS)
		return status;
	psp_key_load(psp, asid, guest->vek);
	guest->asid = asid;
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_snp_activate(struct psp_cmd *cmd)
{
	if (cmd->snp_guest->asid)
		return PSP_ACTIVE;
	return activate(cmd->psp, cmd->snp_guest, (unsigned int)SNP_ACTIVATE_asid(cmd->buf));
}

/*
 * As SNP_ACTIVATE, for some core complexes; again for more of them, with the same ASID.
 * Keys of this model serve all cores at once. Unverified: INVALID_LENGTH for ex_len.
 */
enum psp_status psp_cmd_snp_activate_ex(struct psp_cmd *cmd)
{
	const uint8_t *b = cmd->buf;
	unsigned int asid = (unsigned int)SNP_ACTIVATE_EX_asid(b);
	struct psp_snp_guest *guest = cmd->snp_guest;
	enum psp_status status;

	if (SNP_ACTIVATE_EX_ex_len(b) != psp_cmd_size(cmd->id))
		return PSP_INVALID_LENGTH;
	status = psp_asid_cores(cmd->psp, SNP_ACTIVATE_EX_ids_paddr(b), SNP_ACTIVATE_EX_num_ids(b));
	if (status != PSP_SUCCESS)
		return status;
	if (guest->asid)
		return guest->asid == asid ? PSP_SUCCESS : PSP_ACTIVE;
	return activate(cmd->psp, guest, asid);
}

enum psp_status psp_cmd_snp_guest_status(struct psp_cmd *cmd)
{
	const struct psp_snp_guest *guest = cmd->snp_guest;
	uint64_t pa = SNP_GUEST_STATUS_address(cmd->buf);
	uint8_t page[PSP_PAGE] = {0};
	enum psp_status status;

	if (pa % PSP_PAGE)
		return PSP_INVALID_ADDRESS;
	status = psp_buf_writable(cmd->psp, pa, sizeof(page));
	if (status != PSP_SUCCESS)
		return status;
	STATUS_PAGE_put_policy(page, guest->policy);
	STATUS_PAGE_put_asid(page, guest->asid);
	STATUS_PAGE_put_state(page, guest->state);
	status = psp_buf_write(cmd->psp, pa, page, sizeof(page));
	if (status == PSP_SUCCESS)
		psp_pages_give_back(cmd->psp, pa, sizeof(page));
	return status;
}
