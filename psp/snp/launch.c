/* SPDX-License-Identifier: MIT */
/*
 * SNP_LAUNCH_START and SNP_LAUNCH_FINISH (56860, 8). Unverified: the report id of a guest
 * without migration agent reads as all ones for the agent's, as reports of real machines
 * show it; a migration agent must be running and have no agent itself; the launch TCB is
 * that of LAUNCH_FINISH; a VMRK that no agent gave is drawn there.
 */
#include "psp/snp/guest.h"

enum psp_status psp_snp_new_keys(struct psp *psp, struct psp_snp_guest *guest)
{
	struct psp_crypto *crypto = psp_crypto(psp);

	if (!crypto)
		return PSP_RESOURCE_LIMIT;
	psp_random(crypto, guest->vek, sizeof(guest->vek));
	psp_random(crypto, guest->oek, sizeof(guest->oek));
	psp_random(crypto, guest->vmpck, sizeof(guest->vmpck));
	psp_random(crypto, guest->report_id, sizeof(guest->report_id));
	return psp_crypto_failed(crypto) ? PSP_HWERROR_PLATFORM : PSP_SUCCESS;
}

static enum psp_status bind_agent(struct psp *psp, struct psp_snp_guest *guest, uint64_t gctx)
{
	const struct psp_snp_guest *agent = psp_snp_guest(psp, gctx);

	if (!(guest->policy & PSP_POLICY_MIGRATE_MA))
		return PSP_POLICY_FAILURE;
	if (!agent || agent->ma_gctx)
		return PSP_INVALID_GUEST;
	if (agent->state != PSP_GSTATE_RUNNING)
		return PSP_INVALID_GUEST_STATE;
	guest->ma_gctx = agent->gctx;
	memcpy(guest->report_id_ma, agent->report_id, sizeof(guest->report_id_ma));
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_snp_launch_start(struct psp_cmd *cmd)
{
	const uint8_t *b = cmd->buf;
	struct psp_snp_guest guest = {
		.gctx = cmd->snp_guest->gctx,
		.state = PSP_GSTATE_LAUNCH,
		.policy = SNP_LAUNCH_START_policy(b),
		.imi = SNP_LAUNCH_START_imi_en(b),
		.desired_tsc_khz = (uint32_t)SNP_LAUNCH_START_desired_tsc_khz(b),
	};
	enum psp_status status = psp_snp_policy_check(cmd->psp, guest.policy);

	memcpy(guest.gosvw, SNP_LAUNCH_START_gosvw(b), sizeof(guest.gosvw));
	memset(guest.report_id_ma, 0xff, sizeof(guest.report_id_ma));
	if (status == PSP_SUCCESS && SNP_LAUNCH_START_ma_en(b))
		status = bind_agent(cmd->psp, &guest, SNP_LAUNCH_START_ma_gctx_paddr(b));
	if (status == PSP_SUCCESS)
		status = psp_snp_new_keys(cmd->psp, &guest);
	if (status == PSP_SUCCESS)
		*cmd->snp_guest = guest;
	return status;
}

static enum psp_status take_id_block(struct psp_cmd *cmd, struct psp_snp_guest *guest)
{
	const uint8_t *b = cmd->buf;
	bool author_key = SNP_LAUNCH_FINISH_auth_key_en(b);

	if (!SNP_LAUNCH_FINISH_id_block_en(b))
		return author_key ? PSP_INVALID_PARAM : PSP_SUCCESS;
	return psp_snp_id_block(cmd->psp, guest, SNP_LAUNCH_FINISH_id_block_paddr(b),
				SNP_LAUNCH_FINISH_id_auth_paddr(b), author_key);
}

enum psp_status psp_cmd_snp_launch_finish(struct psp_cmd *cmd)
{
	struct psp_crypto *crypto = psp_crypto(cmd->psp);
	struct psp_snp_guest guest = *cmd->snp_guest;
	enum psp_status status;

	if (!crypto)
		return PSP_RESOURCE_LIMIT;
	status = take_id_block(cmd, &guest);
	if (status != PSP_SUCCESS)
		return status;
	if (!guest.vmrk_given)
		psp_random(crypto, guest.vmrk, sizeof(guest.vmrk));
	memcpy(guest.host_data, SNP_LAUNCH_FINISH_host_data(cmd->buf), sizeof(guest.host_data));
	guest.vcek_disabled = SNP_LAUNCH_FINISH_vcek_disabled(cmd->buf);
	guest.launch_tcb = cmd->psp->current.tcb;
	guest.state = PSP_GSTATE_RUNNING;
	*cmd->snp_guest = guest;
	return PSP_SUCCESS;
}
