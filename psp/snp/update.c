/* SPDX-License-Identifier: MIT */
/*
 * SNP_LAUNCH_UPDATE (56860, 8): one page of 4 KiB or 2 MiB goes from Pre-guest to
 * Guest-valid, encrypted in place or filled by the firmware, and into the launch digest.
 *
 *	page		RAM after		digest takes
 *	NORMAL, VMSA	its contents		SHA-384 of them, for each 4 KiB
 *	ZERO		zeros			48 zero bytes
 *	UNMEASURED	its contents		48 zero bytes
 *	SECRETS		psp_snp_secrets_page()	48 zero bytes
 *	CPUID		its contents, if right	48 zero bytes
 *
 * A CPUID page that the policy does not allow stays a Pre-guest page and gets the
 * corrected table in the host's view. VMPL0 has all permissions, the others what the
 * command says. Unverified: VMSA, SECRETS and CPUID pages of 2 MiB are
 * INVALID_PAGE_SIZE; an IMI page of a guest without IMI is INVALID_PARAM.
 */
#include "psp/snp/guest.h"
#include "psp/snp/page.h"

enum { PAGE_INFO_SIZE = 0x70, PERMS_ALL = 0xf };

struct update {
	struct psp *psp;
	struct psp_snp_guest *guest;
	struct psp_page page;
	enum psp_snp_page_type type;
	uint64_t address; /* as given */
	bool imi;
	uint8_t perms[4];
	/* Launch digest so far, and of the page under way: how much of it was hashed. */
	uint8_t ld[48];
	unsigned int pages;
	size_t filled;
	struct psp_sha384 contents;
};

static void extend(struct update *u, const uint8_t contents[48])
{
	uint8_t info[PAGE_INFO_SIZE] = {0};

	memcpy(PAGE_INFO_digest(info), u->ld, sizeof(u->ld));
	memcpy(PAGE_INFO_contents(info), contents, PAGE_INFO_contents_SIZE);
	PAGE_INFO_put_length(info, sizeof(info));
	PAGE_INFO_put_page_type(info, u->type);
	PAGE_INFO_put_imi(info, u->imi);
	PAGE_INFO_put_vmpl1_perms(info, u->perms[1]);
	PAGE_INFO_put_vmpl2_perms(info, u->perms[2]);
	PAGE_INFO_put_vmpl3_perms(info, u->perms[3]);
	PAGE_INFO_put_gpa(info, u->page.entry.gpa + (uint64_t)u->pages * PSP_PAGE);
	psp_sha384(info, sizeof(info), u->ld);
	u->pages++;
}

static void extend_unmeasured(struct update *u)
{
	static const uint8_t zero[48];

	for (size_t at = 0; at < psp_page_bytes(u->page.large); at += PSP_PAGE)
		extend(u, zero);
}

/* Plaintext on its way into the guest; pieces need not be pages. */
static void measure(void *arg, const void *plain, size_t len)
{
	struct update *u = arg;
	const uint8_t *p = plain;

	while (len) {
		size_t n = PSP_PAGE - u->filled < len ? PSP_PAGE - u->filled : len;

		if (!u->filled)
			psp_sha384_init(&u->contents);
		psp_sha384_update(&u->contents, p, n);
		u->filled += n;
		p += n;
		len -= n;
		if (u->filled == PSP_PAGE) {
			uint8_t contents[48];

			psp_sha384_final(&u->contents, contents);
			extend(u, contents);
			u->filled = 0;
		}
	}
}

/* The host wrote the page through its own key: it is read that way, page by page. */
static enum psp_status encrypt_host_view(struct update *u, psp_plain_fn *plain)
{
	uint8_t page[PSP_PAGE];
	enum psp_status status = PSP_SUCCESS;

	for (size_t at = 0; at < psp_page_bytes(u->page.large); at += sizeof(page)) {
		status = psp_buf_read(u->psp, u->address + at, page, sizeof(page));
		if (status != PSP_SUCCESS)
			break;
		if (plain)
			plain(u, page, sizeof(page));
		status = psp_guest_write(u->psp, u->guest->asid, u->page.pa + at, page,
					 sizeof(page));
		if (status != PSP_SUCCESS)
			break;
	}
	return status;
}

static enum psp_status encrypt(struct update *u, psp_plain_fn *plain)
{
	if (u->address != u->page.pa)
		return encrypt_host_view(u, plain);
	return psp_guest_encrypt(u->psp, u->guest->asid, u->page.pa, psp_page_bytes(u->page.large),
				 plain, u);
}

static enum psp_status fill(struct update *u, const uint8_t contents[PSP_PAGE])
{
	enum psp_status status = PSP_SUCCESS;

	for (size_t at = 0; at < psp_page_bytes(u->page.large) && status == PSP_SUCCESS;
	     at += PSP_PAGE)
		status = psp_guest_write(u->psp, u->guest->asid, u->page.pa + at, contents,
					 PSP_PAGE);
	return status;
}

static enum psp_status fill_secrets(struct update *u)
{
	uint8_t page[PSP_PAGE];

	psp_snp_secrets_page(u->psp, u->guest, page);
	return fill(u, page);
}

static enum psp_status check_cpuid(struct update *u)
{
	uint8_t page[PSP_PAGE];
	enum psp_status status = psp_buf_read(u->psp, u->address, page, sizeof(page));
	uint64_t count;

	if (status != PSP_SUCCESS)
		return status;
	count = CPUID_HEAD_count(page);
	if (count > PSP_CPUID_MAX)
		return PSP_INVALID_PARAM;
	if (psp_snp_cpuid_check(u->psp, page + PSP_CPUID_HEAD, (unsigned int)count))
		return fill(u, page);
	psp_buf_write(u->psp, u->address, page, sizeof(page));
	return PSP_INVALID_PARAM;
}

static enum psp_status take_page(struct update *u)
{
	static const uint8_t zero[PSP_PAGE];

	switch (u->type) {
	case PSP_LAUNCH_NORMAL:
	case PSP_LAUNCH_VMSA:
		return encrypt(u, measure);
	case PSP_LAUNCH_ZERO:
		return fill(u, zero);
	case PSP_LAUNCH_UNMEASURED:
		return encrypt(u, NULL);
	case PSP_LAUNCH_SECRETS:
		return fill_secrets(u);
	case PSP_LAUNCH_CPUID:
		return check_cpuid(u);
	}
	return PSP_INVALID_PARAM;
}

static bool measured(const struct update *u)
{
	return u->type == PSP_LAUNCH_NORMAL || u->type == PSP_LAUNCH_VMSA;
}

static enum psp_status check_params(const struct update *u)
{
	if (u->type < PSP_LAUNCH_NORMAL || u->type > PSP_LAUNCH_CPUID || (u->imi && !u->guest->imi))
		return PSP_INVALID_PARAM;
	for (unsigned int vmpl = 1; vmpl < 4; vmpl++)
		if (u->perms[vmpl] & ~PERMS_ALL)
			return PSP_INVALID_PARAM;
	return PSP_SUCCESS;
}

static enum psp_status find_page(struct update *u, bool large)
{
	enum psp_status status = psp_page_find(u->psp, u->address, large, &u->page);

	if (status != PSP_SUCCESS)
		return status;
	if (large && (u->type == PSP_LAUNCH_VMSA || u->type >= PSP_LAUNCH_SECRETS))
		return PSP_INVALID_PAGE_SIZE;
	if (u->page.state != PSP_PAGE_PRE_GUEST)
		return PSP_INVALID_PAGE_STATE;
	return u->page.entry.asid == u->guest->asid ? PSP_SUCCESS : PSP_INVALID_PAGE_OWNER;
}

static void make_guest_valid(struct update *u)
{
	struct psp_rmp_entry *entry = &u->page.entry;

	entry->immutable = false;
	entry->validated = true;
	entry->vmsa = u->type == PSP_LAUNCH_VMSA;
	memcpy(entry->perms, u->perms, sizeof(entry->perms));
	psp_page_put(u->psp, &u->page);
}

enum psp_status psp_cmd_snp_launch_update(struct psp_cmd *cmd)
{
	const uint8_t *b = cmd->buf;
	struct update u = {
		.psp = cmd->psp,
		.guest = cmd->snp_guest,
		.type = SNP_LAUNCH_UPDATE_page_type(b),
		.address = SNP_LAUNCH_UPDATE_address(b),
		.imi = SNP_LAUNCH_UPDATE_imi_page(b),
		.perms = {PERMS_ALL, (uint8_t)SNP_LAUNCH_UPDATE_vmpl1_perms(b),
			  (uint8_t)SNP_LAUNCH_UPDATE_vmpl2_perms(b),
			  (uint8_t)SNP_LAUNCH_UPDATE_vmpl3_perms(b)},
	};
	enum psp_status status = check_params(&u);

	memcpy(u.ld, u.guest->ld, sizeof(u.ld));
	if (status == PSP_SUCCESS)
		status = find_page(&u, SNP_LAUNCH_UPDATE_page_size(b));
	if (status == PSP_SUCCESS)
		status = take_page(&u);
	if (status != PSP_SUCCESS)
		return status;
	if (!measured(&u))
		extend_unmeasured(&u);
	make_guest_valid(&u);
	memcpy(u.guest->ld, u.ld, sizeof(u.ld));
	cmd->pages = psp_page_bytes(u.page.large) / PSP_PAGE;
	return PSP_SUCCESS;
}
