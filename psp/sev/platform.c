/* SPDX-License-Identifier: MIT */
/*
 * The SEV platform: life, shutdown, status (55766, 5). Unverified: PLATFORM_STATUS shows no owner
 * and no SEV-ES before INIT; SHUTDOWN in UNINIT succeeds.
 */
#include "psp/sev/sev.h"

#include <errno.h>
#include <stdlib.h>

#include "psp/sev/asid.h"
#include "psp/sev/identity.h"
#include "psp/sev/nv.h"

int psp_sev_new(struct psp *psp)
{
	struct psp_sev *sev = calloc(1, sizeof(*sev));

	if (!sev)
		return -ENOMEM;
	psp->sev = sev;
	sev->nv = calloc(1, PSP_NV_SIZE);
	sev->guests = calloc(psp->config.max_guests, sizeof(*sev->guests));
	sev->asids = psp_asid_table(&psp->config);
	if (!sev->nv || !sev->guests || !sev->asids) {
		psp_sev_free(psp);
		return -ENOMEM;
	}
	psp_identity_load(psp);
	return 0;
}

void psp_sev_free(struct psp *psp)
{
	if (!psp->sev)
		return;
	free(psp->sev->nv);
	free(psp->sev->guests);
	free(psp->sev->asids);
	free(psp->sev);
	psp->sev = NULL;
}

/* Back to UNINIT: no identity, no ownership; how often the platform was reset is kept. */
static struct psp_sev uninitialised(const struct psp_sev *sev)
{
	return (struct psp_sev){
		.chip = sev->chip,
		.nv = sev->nv,
		.resets = sev->resets,
		.power_cycles = sev->power_cycles,
		.guests = sev->guests,
		.last_handle = sev->last_handle,
		.asids = sev->asids,
	};
}

void psp_sev_reset(struct psp *psp)
{
	struct psp_sev *sev = psp->sev;

	*sev = uninitialised(sev);
	sev->resets = 0;
	sev->last_handle = 0;
	sev->power_cycles++;
	psp_identity_load(psp);
	memset(sev->guests, 0, psp->config.max_guests * sizeof(*sev->guests));
	psp_asid_reset(psp);
}

enum psp_platform_state psp_sev_state(const struct psp *psp)
{
	const struct psp_sev *sev = psp->sev;

	return sev->state == PSP_INIT && sev->n_guests ? PSP_WORKING : sev->state;
}

void psp_sev_info(const struct psp *psp, struct psp_info *info)
{
	info->state = psp_sev_state(psp);
	info->externally_owned = psp->sev->externally_owned;
	info->es = psp->sev->es;
	info->guests = psp->sev->n_guests;
	psp_chip_id(psp, info->chip_id);
}

enum psp_status psp_sev_commit(struct psp *psp, const struct psp_sev *next)
{
	enum psp_status status = psp_nv_store(psp, next);

	if (status == PSP_SUCCESS)
		*psp->sev = *next;
	return status;
}

enum psp_status psp_cmd_shutdown(struct psp_cmd *cmd)
{
	struct psp *psp = cmd->psp;

	psp_sev_end_guests(psp);
	*psp->sev = uninitialised(psp->sev);
	return PSP_SUCCESS;
}

/* Always of the flash: the host's area is not known any more (nv.h says what becomes of it). */
enum psp_status psp_cmd_platform_reset(struct psp_cmd *cmd)
{
	struct psp *psp = cmd->psp;
	struct psp_sev next = uninitialised(psp->sev);
	uint32_t resets;

	if (!psp_crypto(psp))
		return PSP_RESOURCE_LIMIT;
	resets = psp_nv_resets(psp);
	if (resets > next.resets)
		next.resets = resets;
	next.resets++;
	cmd->pages = PSP_NV_PAGES;
	return psp_sev_commit(psp, &next);
}

enum psp_status psp_cmd_platform_status(struct psp_cmd *cmd)
{
	const struct psp *psp = cmd->psp;
	uint8_t *status = cmd->buf;

	memset(status, 0, sizeof(cmd->buf));
	PLATFORM_STATUS_put_api_major(status, psp->current.api_major);
	PLATFORM_STATUS_put_api_minor(status, psp->current.api_minor);
	PLATFORM_STATUS_put_state(status, psp_sev_state(psp));
	PLATFORM_STATUS_put_owner(status, psp->sev->externally_owned);
	PLATFORM_STATUS_put_config(status, psp->sev->es);
	PLATFORM_STATUS_put_build(status, psp->current.build);
	PLATFORM_STATUS_put_guest_count(status, psp->sev->n_guests);
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_df_flush(struct psp_cmd *cmd)
{
	return psp_asid_flush(cmd->psp);
}

enum psp_status psp_cmd_nop(struct psp_cmd *cmd)
{
	(void)cmd;
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_unsupported(struct psp_cmd *cmd)
{
	(void)cmd;
	return PSP_UNSUPPORTED;
}
