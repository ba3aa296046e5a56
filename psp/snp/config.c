/* SPDX-License-Identifier: MIT */
/*
 * SNP_CONFIG and SNP_VLEK_LOAD (56860, 8). Unverified: a reported TCB of 0 stands for the
 * committed one; statuses for hashsticks that do not fit (BAD_MEASUREMENT: of another chip
 * or changed; INVALID_KEY: for a TCB below the reported one).
 */
#include <errno.h>

#include "psp/certs/endorse.h"
#include "psp/memory/memory.h"
#include "psp/sev/sev.h"
#include "psp/snp/snp.h"

void psp_snp_report_tcb(struct psp *psp, uint64_t tcb)
{
	struct psp_snp *snp = psp->snp;

	if (snp->reported_tcb != tcb) {
		snp->vlek_loaded = false;
		memset(&snp->vlek, 0, sizeof(snp->vlek));
	}
	snp->reported_tcb = tcb;
}

enum psp_status psp_cmd_snp_config(struct psp_cmd *cmd)
{
	struct psp *psp = cmd->psp;
	uint64_t tcb = SNP_CONFIG_reported_tcb(cmd->buf);

	if (!tcb)
		tcb = psp->committed.tcb;
	if (!psp_tcb_reaches(psp->committed.tcb, tcb))
		return PSP_INVALID_PARAM;
	psp_snp_report_tcb(psp, tcb);
	psp->snp->mask_chip_id = SNP_CONFIG_mask_chip_id(cmd->buf);
	psp->snp->mask_chip_key = SNP_CONFIG_mask_chip_key(cmd->buf);
	return PSP_SUCCESS;
}

static enum psp_status load_vlek(struct psp *psp, const uint8_t blob[PSP_WRAPPED_VLEK_SIZE])
{
	struct psp_crypto *c = psp_crypto(psp);
	struct psp_sticks sticks;
	struct psp_ec_key key;

	if (!c)
		return PSP_RESOURCE_LIMIT;
	if (psp_vlek_unwrap(c, &psp->sev->chip, blob, &sticks))
		return PSP_BAD_MEASUREMENT;
	if (psp_sticks_lower(&sticks, psp->snp->reported_tcb))
		return PSP_INVALID_KEY;
	if (psp_sticks_key(c, &sticks, &key))
		return PSP_RESOURCE_LIMIT;
	psp->snp->vlek = key;
	psp->snp->vlek_loaded = true;
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_snp_vlek_load(struct psp_cmd *cmd)
{
	uint8_t blob[PSP_WRAPPED_VLEK_SIZE];
	enum psp_status status;

	if (SNP_VLEK_LOAD_len(cmd->buf) != psp_cmd_size(cmd->id))
		return PSP_INVALID_LENGTH;
	if (SNP_VLEK_LOAD_vlek_wrapped_version(cmd->buf))
		return PSP_INVALID_PARAM;
	status = psp_buf_read(cmd->psp, SNP_VLEK_LOAD_vlek_wrapped_address(cmd->buf), blob,
			      sizeof(blob));
	return status == PSP_SUCCESS ? load_vlek(cmd->psp, blob) : status;
}
