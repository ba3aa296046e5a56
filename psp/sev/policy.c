/* SPDX-License-Identifier: MIT */
/* What a guest's policy asks of the platform that it is on. */
#include "psp/sev/guest.h"

enum psp_status psp_policy_check(const struct psp *psp, uint32_t policy)
{
	if (policy & PSP_POLICY_RESERVED)
		return PSP_INVALID_PARAM;
	if (!psp_api_at_least(psp, psp_policy_major(policy), psp_policy_minor(policy)))
		return PSP_POLICY_FAILURE;
	if (policy & PSP_POLICY_ES && !psp->sev->es)
		return PSP_POLICY_FAILURE;
	return PSP_SUCCESS;
}

enum psp_status psp_vmsa_check(const struct psp_guest *guest, uint64_t pa, uint64_t len)
{
	if (len != PSP_PAGE)
		return PSP_INVALID_LENGTH;
	if (pa % PSP_PAGE)
		return PSP_INVALID_ADDRESS;
	if (!(guest->policy & PSP_POLICY_ES))
		return PSP_POLICY_FAILURE;
	return PSP_SUCCESS;
}
