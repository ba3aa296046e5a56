/* SPDX-License-Identifier: MIT */
/*
 * SNP_PAGE_SWAP_OUT and SNP_PAGE_SWAP_IN (56860, 8): a page leaves its guest as ciphertext
 * under the offline encryption key, with a metadata entry that brings it back once.
 *
 *	out	source			target		left behind
 *	data	Pre-guest, Pre-swap	Firmware	Pre-guest
 *	VMSA	the same, VMSA bit	Firmware	Pre-guest
 *	mdata	Metadata		Firmware	Firmware
 *
 * The target, which holds the ciphertext then, becomes a Reclaim page. In, data and VMSA go
 * to a Pre-guest page, which becomes Guest-valid or Guest-invalid as it was; metadata to a
 * Firmware page. Swapped in place, the ciphertext lies in the target itself.
 * Unverified: page types and states, GCM with the entry as authenticated data, the GPA
 * taken from the entry, and the statuses.
 */
#include "psp/snp/swap.h"

#include <stdlib.h>

#include "psp/snp/guest.h"
#include "psp/snp/mdata.h"

enum page_type { TYPE_DATA, TYPE_METADATA, TYPE_VMSA, TYPES };

enum psp_status psp_swap_allowed(const struct psp_snp_guest *guest)
{
	return guest->policy & PSP_POLICY_PAGE_SWAP_DISABLE ? PSP_POLICY_FAILURE : PSP_SUCCESS;
}

static enum psp_status check_owner(const struct psp_snp_guest *guest, const struct psp_page *page)
{
	if (!guest->asid)
		return PSP_INACTIVE;
	return page->entry.asid == guest->asid ? PSP_SUCCESS : PSP_INVALID_PAGE_OWNER;
}

enum psp_status psp_swap_source(const struct psp_snp_guest *guest, const struct psp_page *page)
{
	if (page->state != PSP_PAGE_PRE_GUEST && page->state != PSP_PAGE_PRE_SWAP)
		return PSP_INVALID_PAGE_STATE;
	return check_owner(guest, page);
}

enum psp_status psp_swap_target(const struct psp_snp_guest *guest, const struct psp_page *page)
{
	if (page->state != PSP_PAGE_PRE_GUEST)
		return PSP_INVALID_PAGE_STATE;
	return check_owner(guest, page);
}

void psp_swap_arrive(struct psp *psp, struct psp_page *page, const struct psp_rmp_entry *from)
{
	page->entry.immutable = false;
	page->entry.validated = from->validated;
	page->entry.vmsa = from->vmsa;
	page->entry.gpa = from->gpa;
	memcpy(page->entry.perms, from->perms, sizeof(page->entry.perms));
	psp_page_put(psp, page);
}

void psp_swap_vacate(struct psp *psp, struct psp_page *page)
{
	page->entry.validated = false;
	page->entry.vmsa = false;
	/* VMPL0 has what RMPUPDATE gave it: RMPADJUST changes higher VMPLs only. */
	memset(page->entry.perms + 1, 0, sizeof(page->entry.perms) - 1);
	psp_page_put(psp, page);
}

/* One swap on its way, in or out. `page` is the guest's or the Metadata page. */
struct swap {
	struct psp *psp;
	struct psp_snp_guest *guest;
	enum page_type type;
	bool large;
	size_t len;
	struct psp_page page;
	struct psp_mdata_at at;
	struct psp_mdata entry;
	uint8_t *data;
};

static enum psp_status begin(struct swap *s, struct psp_cmd *cmd, uint64_t type, bool large)
{
	s->psp = cmd->psp;
	s->guest = cmd->snp_guest;
	s->type = (enum page_type)type;
	s->large = large;
	s->len = psp_page_bytes(large);
	cmd->pages = s->len / PSP_PAGE;
	if (type >= TYPES)
		return PSP_INVALID_PARAM;
	if (large && type != TYPE_DATA)
		return PSP_INVALID_PAGE_SIZE;
	return psp_swap_allowed(s->guest);
}

static enum psp_status
with_data(struct swap *s, enum psp_status (*transfer)(struct swap *, uint64_t), uint64_t outside)
{
	enum psp_status status;

	s->data = malloc(s->len);
	if (!s->data)
		return PSP_RESOURCE_LIMIT;
	status = transfer(s, outside);
	free(s->data);
	return status;
}

/* ---- Out ---- */

static enum psp_status find_source(struct swap *s, uint64_t pa)
{
	enum psp_status status;

	if (s->type == TYPE_METADATA)
		return psp_mdata_page(s->psp, s->guest, pa, &s->page);
	status = psp_page_find(s->psp, pa, s->large, &s->page);
	if (status == PSP_SUCCESS)
		status = psp_swap_source(s->guest, &s->page);
	if (status == PSP_SUCCESS && s->page.entry.vmsa != (s->type == TYPE_VMSA))
		status = PSP_INVALID_PAGE_STATE;
	return status;
}

/* The entry must be free, and not in the page that leaves. */
static enum psp_status find_free_entry(struct swap *s, const uint8_t *buf)
{
	enum psp_status status;

	status = psp_mdata_get(s->psp, s->guest, SNP_PAGE_SWAP_OUT_mdata_paddr(buf),
			       SNP_PAGE_SWAP_OUT_root_mdata_en(buf), &s->at, &s->entry);
	if (status)
		return status;
	if (!s->at.root && s->at.pa - s->at.pa % PSP_PAGE == s->page.pa)
		return PSP_INVALID_ADDRESS;
	return s->entry.flags & PSP_MDATA_VALID ? PSP_INVALID_MDATA_ENTRY : PSP_SUCCESS;
}

static void describe(struct swap *s, uint64_t software_data)
{
	const struct psp_rmp_entry *rmp = &s->page.entry;
	uint64_t flags = PSP_MDATA_VALID;

	if (s->type == TYPE_METADATA)
		flags |= PSP_MDATA_METADATA;
	else
		flags |= rmp->gpa;
	if (rmp->validated)
		flags |= PSP_MDATA_VALIDATED;
	if (s->type == TYPE_VMSA)
		flags |= PSP_MDATA_VMSA;
	if (s->large)
		flags |= PSP_MDATA_2M;
	s->entry = (struct psp_mdata){.software_data = software_data, .flags = flags};
	memcpy(s->entry.perms, rmp->perms, sizeof(s->entry.perms));
}

static enum psp_status transfer_out(struct swap *s, uint64_t dst)
{
	enum psp_status status;

	if (s->type == TYPE_METADATA)
		status = psp_raw_read(s->psp, s->page.pa, s->data, s->len);
	else
		status = psp_guest_read(s->psp, s->guest->asid, s->page.pa, s->data, s->len);
	if (status == PSP_SUCCESS)
		status = psp_mdata_seal(s->psp, s->guest, &s->entry, s->data, s->len);
	if (status == PSP_SUCCESS)
		status = psp_buf_write(s->psp, dst, s->data, s->len);
	if (status == PSP_SUCCESS)
		status = psp_mdata_put(s->psp, &s->at, &s->entry);
	return status;
}

static enum psp_status check_room(struct swap *s, uint64_t dst)
{
	uint64_t pa = psp_strip_c_bit(s->psp, dst);

	if (pa % s->len)
		return PSP_INVALID_ADDRESS;
	return psp_buf_writable(s->psp, dst, s->len);
}

enum psp_status psp_cmd_snp_page_swap_out(struct psp_cmd *cmd)
{
	uint64_t dst = SNP_PAGE_SWAP_OUT_dst_paddr(cmd->buf);
	struct swap s;
	enum psp_status status = begin(&s, cmd, SNP_PAGE_SWAP_OUT_page_type(cmd->buf),
				       SNP_PAGE_SWAP_OUT_page_size(cmd->buf));

	if (status == PSP_SUCCESS)
		status = find_source(&s, SNP_PAGE_SWAP_OUT_src_paddr(cmd->buf));
	if (status == PSP_SUCCESS)
		status = check_room(&s, dst);
	if (status == PSP_SUCCESS)
		status = find_free_entry(&s, cmd->buf);
	if (status)
		return status;
	describe(&s, SNP_PAGE_SWAP_OUT_software_data(cmd->buf));
	status = with_data(&s, transfer_out, dst);
	if (status)
		return status;
	psp_pages_give_back(cmd->psp, dst, s.len);
	if (s.type == TYPE_METADATA)
		psp_page_disown(cmd->psp, &s.page, true);
	else
		psp_swap_vacate(cmd->psp, &s.page);
	return PSP_SUCCESS;
}

/* ---- In ---- */

static enum psp_status find_target(struct swap *s, uint64_t pa)
{
	enum psp_status status = psp_page_find(s->psp, pa, s->large, &s->page);

	if (status)
		return status;
	if (s->type != TYPE_METADATA)
		return psp_swap_target(s->guest, &s->page);
	return s->page.state == PSP_PAGE_FIRMWARE ? PSP_SUCCESS : PSP_INVALID_PAGE_STATE;
}

/* The entry must be in use, and for a page of this type and size. */
static enum psp_status find_used_entry(struct swap *s, const uint8_t *buf)
{
	enum psp_status status;
	uint64_t kind;

	status = psp_mdata_get(s->psp, s->guest, SNP_PAGE_SWAP_IN_mdata_paddr(buf),
			       SNP_PAGE_SWAP_IN_root_mdata_en(buf), &s->at, &s->entry);
	if (status)
		return status;
	kind = s->entry.flags & (PSP_MDATA_METADATA | PSP_MDATA_VMSA);
	if (!(s->entry.flags & PSP_MDATA_VALID) ||
	    kind != (s->type == TYPE_METADATA ? PSP_MDATA_METADATA
		     : s->type == TYPE_VMSA   ? PSP_MDATA_VMSA
					      : 0u))
		return PSP_INVALID_MDATA_ENTRY;
	return s->large == !!(s->entry.flags & PSP_MDATA_2M) ? PSP_SUCCESS : PSP_INVALID_PAGE_SIZE;
}

static enum psp_status transfer_in(struct swap *s, uint64_t src)
{
	enum psp_status status = psp_buf_read(s->psp, src, s->data, s->len);

	if (status == PSP_SUCCESS)
		status = psp_mdata_open(s->psp, s->guest, &s->entry, s->data, s->len);
	if (status)
		return status;
	if (s->type == TYPE_METADATA)
		return psp_raw_write(s->psp, s->page.pa, s->data, s->len);
	return psp_guest_write(s->psp, s->guest->asid, s->page.pa, s->data, s->len);
}

static void arrive(struct swap *s)
{
	struct psp_rmp_entry from = {
		.validated = s->entry.flags & PSP_MDATA_VALIDATED,
		.vmsa = s->entry.flags & PSP_MDATA_VMSA,
		.gpa = s->entry.flags & ~(uint64_t)(PSP_PAGE - 1),
	};

	memcpy(from.perms, s->entry.perms, sizeof(from.perms));
	if (s->type == TYPE_METADATA)
		psp_mdata_own(s->psp, s->guest, &s->page);
	else
		psp_swap_arrive(s->psp, &s->page, &from);
}

enum psp_status psp_cmd_snp_page_swap_in(struct psp_cmd *cmd)
{
	uint64_t src = SNP_PAGE_SWAP_IN_src_paddr(cmd->buf);
	uint64_t dst = SNP_PAGE_SWAP_IN_dst_paddr(cmd->buf);
	struct swap s;
	enum psp_status status = begin(&s, cmd, SNP_PAGE_SWAP_IN_page_type(cmd->buf),
				       SNP_PAGE_SWAP_IN_page_size(cmd->buf));

	if (SNP_PAGE_SWAP_IN_swap_in_place(cmd->buf))
		src = dst;
	if (status == PSP_SUCCESS)
		status = find_target(&s, dst);
	if (status == PSP_SUCCESS && psp_strip_c_bit(cmd->psp, src) % s.len)
		status = PSP_INVALID_ADDRESS;
	if (status == PSP_SUCCESS)
		status = find_used_entry(&s, cmd->buf);
	if (status == PSP_SUCCESS)
		status = with_data(&s, transfer_in, src);
	if (status)
		return status;
	arrive(&s);
	s.entry = (struct psp_mdata){0};
	return psp_mdata_put(cmd->psp, &s.at, &s.entry);
}
