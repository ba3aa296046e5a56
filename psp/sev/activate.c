/* SPDX-License-Identifier: MIT */
/*
 * Binding of guests to ASIDs (55766, 6). The keys are the memory controller's, which all
 * cores share: ACTIVATE_EX checks its list of cores, but a core that is not in it is kept
 * from nothing.
 */
#include "psp/sev/guest.h"

#include "psp/sev/asid.h"
#include "psp/memory/memory.h"

static enum psp_status activate(struct psp *psp, struct psp_guest *guest, uint32_t asid)
{
	bool es = guest->policy & PSP_POLICY_ES;
	enum psp_status status;

	if (guest->asid)
		return PSP_ACTIVE;
	status = psp_asid_bind(psp, asid, es ? PSP_ASID_SEV_ES : PSP_ASID_SEV, guest->handle);
	if (status != PSP_SUCCESS)
		return status;
	psp_key_load(psp, asid, guest->vek);
	guest->asid = asid;
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_activate(struct psp_cmd *cmd)
{
	return activate(cmd->psp, cmd->guest, ACTIVATE_asid(cmd->buf));
}

enum psp_status psp_cmd_activate_ex(struct psp_cmd *cmd)
{
	enum psp_status status;

	if (ACTIVATE_EX_ex_len(cmd->buf) != psp_cmd_size(cmd->id))
		return PSP_INVALID_LENGTH;
	status = psp_asid_cores(cmd->psp, ACTIVATE_EX_ids_paddr(cmd->buf),
				ACTIVATE_EX_num_ids(cmd->buf));
	if (status != PSP_SUCCESS)
		return status;
	return activate(cmd->psp, cmd->guest, ACTIVATE_EX_asid(cmd->buf));
}

enum psp_status psp_cmd_deactivate(struct psp_cmd *cmd)
{
	if (!cmd->guest->asid)
		return PSP_INACTIVE;
	psp_asid_release(cmd->psp, cmd->guest->asid);
	cmd->guest->asid = 0;
	return PSP_SUCCESS;
}
