/* SPDX-License-Identifier: MIT */
/* DOWNLOAD_FIRMWARE (55766, 5), SNP_DOWNLOAD_FIRMWARE_EX and SNP_COMMIT (56860, 8). */
#include "psp/snp/firmware.h"
#include "psp/sev/sev.h"
#include "psp/snp/snp.h"

static uint64_t image_pages(uint64_t len)
{
	return (len + PSP_PAGE - 1) / PSP_PAGE;
}

/*
 * Commits, but for firmware before 1.50, which knows nothing of committing: to commit its
 * successor, the command has to be given twice (a quirk that Linux serves).
 */
enum psp_status psp_cmd_download_firmware(struct psp_cmd *cmd)
{
	struct psp *psp = cmd->psp;
	uint64_t len = DOWNLOAD_FIRMWARE_len(cmd->buf);
	bool commits = psp_api_at_least(psp, 1, 50);
	enum psp_status status;

	if (psp->snp_on)
		return PSP_INVALID_PLATFORM_STATE;
	status = psp_firmware_load(psp, DOWNLOAD_FIRMWARE_address(cmd->buf), len);
	if (status)
		return status;
	cmd->pages = image_pages(len);
	if (commits)
		psp_firmware_commit(psp);
	return PSP_SUCCESS;
}

/* Unverified: the layout of the buffer, and SHUTDOWN_REQUIRED while SEV is initialised. */
enum psp_status psp_cmd_snp_download_firmware_ex(struct psp_cmd *cmd)
{
	struct psp *psp = cmd->psp;
	uint64_t len = SNP_DOWNLOAD_FIRMWARE_EX_fw_len(cmd->buf);
	enum psp_status status;

	if (SNP_DOWNLOAD_FIRMWARE_EX_len(cmd->buf) != psp_cmd_size(cmd->id))
		return PSP_INVALID_LENGTH;
	if (psp_sev_state(psp) != PSP_UNINIT)
		return PSP_SHUTDOWN_REQUIRED;
	status = psp_firmware_load(psp, SNP_DOWNLOAD_FIRMWARE_EX_fw_paddr(cmd->buf), len);
	if (status)
		return status;
	cmd->pages = image_pages(len);
	if (SNP_DOWNLOAD_FIRMWARE_EX_commit(cmd->buf))
		psp_firmware_commit(psp);
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_snp_commit(struct psp_cmd *cmd)
{
	if (SNP_COMMIT_len(cmd->buf) != psp_cmd_size(cmd->id))
		return PSP_INVALID_LENGTH;
	if (cmd->psp->snp->restore_required)
		return PSP_RESTORE_REQUIRED;
	psp_firmware_commit(cmd->psp);
	return PSP_SUCCESS;
}
