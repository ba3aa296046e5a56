/* SPDX-License-Identifier: MIT */
/* Guests from the first command to DECOMMISSION, by handle (55766, 6). */
#include "psp/sev/guest.h"

#include "psp/sev/asid.h"

struct psp_guest *psp_sev_guest(struct psp *psp, uint32_t handle)
{
	for (unsigned int i = 0; handle && i < psp->config.max_guests; i++)
		if (psp->sev->guests[i].handle == handle)
			return &psp->sev->guests[i];
	return NULL;
}

struct psp_guest *psp_guest_slot(struct psp *psp)
{
	for (unsigned int i = 0; i < psp->config.max_guests; i++)
		if (!psp->sev->guests[i].handle)
			return &psp->sev->guests[i];
	return NULL;
}

void psp_guest_begin(struct psp *psp, struct psp_guest *guest, enum psp_guest_state state)
{
	struct psp_sev *sev = psp->sev;

	do
		sev->last_handle++;
	while (!sev->last_handle || psp_sev_guest(psp, sev->last_handle));
	guest->handle = sev->last_handle;
	guest->state = state;
	sev->n_guests++;
}

static void guest_end(struct psp *psp, struct psp_guest *guest)
{
	if (guest->asid)
		psp_asid_release(psp, guest->asid);
	*guest = (struct psp_guest){0};
	psp->sev->n_guests--;
}

void psp_sev_end_guests(struct psp *psp)
{
	for (unsigned int i = 0; i < psp->config.max_guests; i++)
		if (psp->sev->guests[i].handle)
			guest_end(psp, &psp->sev->guests[i]);
}

/* Unverified: a guest that still has its ASID must be deactivated before. */
enum psp_status psp_cmd_decommission(struct psp_cmd *cmd)
{
	if (cmd->guest->asid)
		return PSP_ACTIVE;
	guest_end(cmd->psp, cmd->guest);
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_guest_status(struct psp_cmd *cmd)
{
	GUEST_STATUS_put_policy(cmd->buf, cmd->guest->policy);
	GUEST_STATUS_put_asid(cmd->buf, cmd->guest->asid);
	GUEST_STATUS_put_state(cmd->buf, cmd->guest->state);
	return PSP_SUCCESS;
}
