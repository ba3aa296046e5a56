/* SPDX-License-Identifier: MIT */
/*
 * The secrets page (56860, 8, SNP_LAUNCH_UPDATE). Unverified: which API version brought
 * version 3 of the page. The guest's own area and that of an SVSM start as zeros, no
 * register of a VMSA is tweaked, and TSC_FACTOR is 0 (tsc.c).
 */
#include "psp/snp/guest.h"

enum { API_SECRETS_3 = 55 };

void psp_snp_secrets_page(const struct psp *psp, const struct psp_snp_guest *guest,
			  uint8_t page[PSP_PAGE])
{
	memset(page, 0, PSP_PAGE);
	SECRETS_put_version(page, psp_api_at_least(psp, 1, API_SECRETS_3) ? 3 : 2);
	SECRETS_put_imi(page, guest->imi);
	SECRETS_put_fms(page, psp_cpuid_signature(psp));
	memcpy(SECRETS_gosvw(page), guest->gosvw, SECRETS_gosvw_SIZE);
	memcpy(SECRETS_vmpck(page), guest->vmpck, SECRETS_vmpck_SIZE);
}
