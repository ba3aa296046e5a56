/* SPDX-License-Identifier: MIT */
/*
 * SNP_PLATFORM_STATUS and SNP_FEATURE_INFO (56860, 8). The pages that they write become
 * Reclaim pages. Unverified: which product and version has which feature, EAX, and
 * INVALID_PARAM for an unknown sub-function.
 */
#include "psp/memory/memory.h"
#include "psp/snp/snp.h"
#include "psp/snp/page.h"

struct status_page {
	uint8_t api_major, api_minor, state, rmp;
	uint32_t build, flags, guests;
	uint64_t current_tcb, reported_tcb;
};
_Static_assert(sizeof(struct status_page) == 0x20, "no padding");

enum status_flag {
	STATUS_MASK_CHIP_ID = 1 << 0,
	STATUS_MASK_CHIP_KEY = 1 << 1,
	STATUS_VLEK = 1 << 2,
	STATUS_FEATURE_INFO = 1 << 3,
	STATUS_RAPL_DISABLED = 1 << 4,
	STATUS_CIPHERTEXT_HIDING_CAP = 1 << 5,
	STATUS_CIPHERTEXT_HIDING = 1 << 6,
};

struct feature_page {
	uint32_t eax, ebx, ecx, edx;
};

uint32_t psp_snp_features(const struct psp *psp)
{
	enum psp_product product = psp->config.product;
	uint32_t features = 0;

	if (psp_api_at_least(psp, 1, 55))
		features |= PSP_FEATURE_RAPL_DISABLE;
	if (psp_api_at_least(psp, 1, 55) && product >= PSP_GENOA)
		features |= PSP_FEATURE_CXL_ALLOW;
	if (psp_api_at_least(psp, 1, 55) && product >= PSP_TURIN)
		features |= PSP_FEATURE_CIPHERTEXT_HIDING;
	if (psp_api_at_least(psp, 1, 58))
		features |= PSP_FEATURE_X86_SHUTDOWN;
	return features;
}

static bool has_feature_info(const struct psp *psp)
{
	return psp_api_at_least(psp, 1, 54);
}

static uint32_t status_flags(const struct psp *psp)
{
	const struct psp_snp *snp = psp->snp;
	uint32_t flags = 0;

	if (snp->mask_chip_id)
		flags |= STATUS_MASK_CHIP_ID;
	if (snp->mask_chip_key)
		flags |= STATUS_MASK_CHIP_KEY;
	if (snp->vlek_loaded)
		flags |= STATUS_VLEK;
	if (has_feature_info(psp))
		flags |= STATUS_FEATURE_INFO;
	if (snp->rapl_disabled)
		flags |= STATUS_RAPL_DISABLED;
	if (psp_snp_features(psp) & PSP_FEATURE_CIPHERTEXT_HIDING)
		flags |= STATUS_CIPHERTEXT_HIDING_CAP;
	if (snp->ciphertext_hiding)
		flags |= STATUS_CIPHERTEXT_HIDING;
	return flags;
}

/* Write a result for the host, whose page comes back to it. */
static enum psp_status answer(struct psp *psp, uint64_t pa, const void *data, size_t len)
{
	enum psp_status status = psp_buf_writable(psp, pa, len);

	if (status == PSP_SUCCESS)
		status = psp_buf_write(psp, pa, data, len);
	if (status == PSP_SUCCESS)
		psp_pages_give_back(psp, pa, len);
	return status;
}

enum psp_status psp_cmd_snp_platform_status(struct psp_cmd *cmd)
{
	const struct psp *psp = cmd->psp;
	const struct status_page page = {
		.api_major = psp->current.api_major,
		.api_minor = psp->current.api_minor,
		.state = psp->snp_on ? PSP_INIT : PSP_UNINIT,
		.rmp = psp->snp->rmp_initialized,
		.build = psp->current.build,
		.flags = status_flags(psp),
		.guests = psp->snp->n_guests,
		.current_tcb = psp->current.tcb,
		.reported_tcb = psp->snp->reported_tcb,
	};

	return answer(cmd->psp, SNP_PLATFORM_STATUS_address(cmd->buf), &page, sizeof(page));
}

enum psp_status psp_cmd_snp_feature_info(struct psp_cmd *cmd)
{
	const struct feature_page page = {.ecx = psp_snp_features(cmd->psp)};
	uint64_t pa = SNP_FEATURE_INFO_feature_info_paddr(cmd->buf);

	if (SNP_FEATURE_INFO_len(cmd->buf) != psp_cmd_size(cmd->id))
		return PSP_INVALID_LENGTH;
	if (SNP_FEATURE_INFO_ecx_in(cmd->buf))
		return PSP_INVALID_PARAM;
	/* What the firmware writes does not cross a page's end. */
	if (pa % PSP_PAGE > PSP_PAGE - sizeof(page))
		return PSP_INVALID_ADDRESS;
	return answer(cmd->psp, pa, &page, sizeof(page));
}
