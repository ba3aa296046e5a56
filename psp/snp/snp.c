/* SPDX-License-Identifier: MIT */
/* The SNP part of a struct psp: made, reset, described. */
#include "psp/snp/snp.h"

#include <errno.h>
#include <stdlib.h>

int psp_snp_new(struct psp *psp)
{
	struct psp_snp *snp = calloc(1, sizeof(*snp));

	if (!snp)
		return -ENOMEM;
	psp->snp = snp;
	snp->guests = calloc(psp->config.max_guests, sizeof(*snp->guests));
	if (!snp->guests)
		return -ENOMEM;
	psp_snp_reset(psp);
	return 0;
}

void psp_snp_free(struct psp *psp)
{
	if (psp->snp)
		free(psp->snp->guests);
	free(psp->snp);
	psp->snp = NULL;
}

void psp_snp_reset(struct psp *psp)
{
	struct psp_snp_guest *guests = psp->snp->guests;

	memset(guests, 0, psp->config.max_guests * sizeof(*guests));
	*psp->snp = (struct psp_snp){
		.guests = guests,
		.max_snp_asid = psp->config.min_sev_asid - 1,
		.reported_tcb = psp->committed.tcb,
	};
	psp->snp_on = false;
}

void psp_snp_info(const struct psp *psp, struct psp_info *info)
{
	info->snp_initialized = psp->snp_on;
	info->rmp_initialized = psp->snp->rmp_initialized;
	info->snp_guests = psp->snp->n_guests;
	info->current_tcb = psp->current.tcb;
	info->reported_tcb = psp->snp->reported_tcb;
	info->committed_tcb = psp->committed.tcb;
}
