/* SPDX-License-Identifier: MIT */
/*
 * SNP_INIT and SNP_INIT_EX (56860, 8). Unverified: statuses for a wrong range list and for
 * features that the firmware does not have (INVALID_PARAM, as older firmware has it for
 * reserved bits), that max_snp_asid counts only with ciphertext hiding, and that WBINVD
 * must have run on all cores.
 */
#include "psp/memory/memory.h"
#include "psp/sev/sev.h"
#include "psp/snp/snp.h"
#include "psp/snp/ranges.h"

static enum psp_status check_features(const struct psp *psp, const uint8_t *buf)
{
	uint32_t features = psp_snp_features(psp);
	uint64_t asid = SNP_INIT_EX_max_snp_asid(buf);

	if (SNP_INIT_EX_tio_en(buf))
		return PSP_INVALID_PARAM;
	if (SNP_INIT_EX_rapl_dis(buf) && !(features & PSP_FEATURE_RAPL_DISABLE))
		return PSP_INVALID_PARAM;
	if (!SNP_INIT_EX_ciphertext_hiding_en(buf))
		return PSP_SUCCESS;
	if (!(features & PSP_FEATURE_CIPHERTEXT_HIDING))
		return PSP_INVALID_PARAM;
	return asid && asid < psp->config.min_sev_asid ? PSP_SUCCESS : PSP_INVALID_PARAM;
}

static enum psp_status check_platform(struct psp *psp, const uint8_t *buf)
{
	if (psp_sev_state(psp) != PSP_UNINIT)
		return PSP_INVALID_PLATFORM_STATE;
	if (psp->snp->restore_required)
		return PSP_RESTORE_REQUIRED;
	if (!SNP_INIT_EX_init_rmp(buf) && !psp->snp->rmp_initialized)
		return PSP_RMP_INIT_REQUIRED;
	if (psp_rmp_ready(psp) != PSP_SUCCESS)
		return PSP_INVALID_CONFIG;
	return psp_wbinvd_done(psp) ? PSP_SUCCESS : PSP_WBINVD_REQUIRED;
}

static void enter(struct psp *psp, const uint8_t *buf)
{
	struct psp_snp *snp = psp->snp;

	snp->rmp_initialized = true;
	snp->rapl_disabled = SNP_INIT_EX_rapl_dis(buf);
	snp->ciphertext_hiding = SNP_INIT_EX_ciphertext_hiding_en(buf);
	snp->max_snp_asid = snp->ciphertext_hiding ? (unsigned int)SNP_INIT_EX_max_snp_asid(buf)
						   : psp->config.min_sev_asid - 1;
	snp->flush_required = true;
	snp->iommu_off = false;
	psp->snp_on = true;
	psp_wbinvd_require(psp);
}

/* `buf` is a buffer of SNP_INIT_EX. */
static enum psp_status init(struct psp *psp, const uint8_t *buf)
{
	struct psp_ranges ranges = {0};
	enum psp_status status = check_features(psp, buf);

	if (status == PSP_SUCCESS)
		status = check_platform(psp, buf);
	if (status == PSP_SUCCESS && SNP_INIT_EX_list_paddr_en(buf))
		status = psp_ranges_read(psp, SNP_INIT_EX_list_paddr(buf), &ranges);
	if (status == PSP_SUCCESS && SNP_INIT_EX_init_rmp(buf))
		status = psp_rmp_init(psp);
	if (status == PSP_SUCCESS)
		status = psp_ranges_fix(psp, &ranges);
	if (status == PSP_SUCCESS)
		enter(psp, buf);
	return status;
}

enum psp_status psp_cmd_snp_init(struct psp_cmd *cmd)
{
	uint8_t buf[PSP_CMD_BYTES] = {0};

	SNP_INIT_EX_put_init_rmp(buf, 1);
	return init(cmd->psp, buf);
}

enum psp_status psp_cmd_snp_init_ex(struct psp_cmd *cmd)
{
	return init(cmd->psp, cmd->buf);
}
