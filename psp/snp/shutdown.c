/* SPDX-License-Identifier: MIT */
/*
 * SNP_SHUTDOWN, SNP_SHUTDOWN_EX and SNP_DF_FLUSH (56860, 8). Unverified: SEV must not be
 * initialised; x86 shutdown includes the IOMMU's and asks for its bit; pages of the
 * firmware become Reclaim pages, HV-fixed ones the hypervisor's. Guests that still run are ended,
 * and their ASIDs wait for a flush into the next SNP_INIT.
 */
#include "psp/sev/asid.h"
#include "psp/memory/memory.h"
#include "psp/sev/sev.h"
#include "psp/snp/snp.h"

static void leave(struct psp *psp)
{
	psp_snp_end_guests(psp);
	psp_rmp_release(psp);
	psp->snp->rapl_disabled = false;
	psp->snp->ciphertext_hiding = false;
	psp->snp->max_snp_asid = psp->config.min_sev_asid - 1;
	psp->snp_on = false;
}

static enum psp_status shut_down(struct psp *psp, bool iommu, bool x86)
{
	if (psp_sev_state(psp) != PSP_UNINIT)
		return PSP_INVALID_PLATFORM_STATE;
	if (psp->snp->flush_required || psp_asid_unflushed(psp))
		return PSP_DF_FLUSH_REQUIRED;
	leave(psp);
	if (iommu)
		psp->snp->iommu_off = true;
	if (x86) {
		psp_rmp_shutdown(psp);
		psp->snp->rmp_initialized = false;
	}
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_snp_shutdown(struct psp_cmd *cmd)
{
	return shut_down(cmd->psp, false, false);
}

enum psp_status psp_cmd_snp_shutdown_ex(struct psp_cmd *cmd)
{
	bool iommu = SNP_SHUTDOWN_EX_iommu_snp_shutdown(cmd->buf);
	bool x86 = SNP_SHUTDOWN_EX_x86_snp_shutdown(cmd->buf);

	if (SNP_SHUTDOWN_EX_len(cmd->buf) != psp_cmd_size(cmd->id))
		return PSP_INVALID_LENGTH;
	if (x86 && !(psp_snp_features(cmd->psp) & PSP_FEATURE_X86_SHUTDOWN))
		return PSP_INVALID_PARAM;
	if (x86 && !iommu)
		return PSP_INVALID_PARAM;
	return shut_down(cmd->psp, iommu, x86);
}

enum psp_status psp_cmd_snp_df_flush(struct psp_cmd *cmd)
{
	enum psp_status status = psp_asid_flush(cmd->psp);

	if (status == PSP_SUCCESS)
		cmd->psp->snp->flush_required = false;
	return status;
}
