/* SPDX-License-Identifier: MIT */
/*
 * Guest policy (56860, 4.3). Unverified: which failure is whose status, and the API
 * versions that gave the bits above 20 a meaning. The platform is one socket without CXL
 * memory, so bits 20 and 21 never keep a guest from it; memory is encrypted with AES-128.
 */
#include "psp/snp/guest.h"

enum { API_PLATFORM_BITS = 55, API_PAGE_SWAP_DISABLE = 58 };

static uint64_t known_bits(const struct psp *psp)
{
	uint64_t known = 0xffff | PSP_POLICY_SMT | PSP_POLICY_ONE | PSP_POLICY_MIGRATE_MA |
			 PSP_POLICY_DEBUG | PSP_POLICY_SINGLE_SOCKET;

	if (psp_api_at_least(psp, 1, API_PLATFORM_BITS))
		known |= PSP_POLICY_CXL_ALLOW | PSP_POLICY_AES_256_XTS | PSP_POLICY_RAPL_DIS |
			 PSP_POLICY_CIPHERTEXT_HIDING;
	if (psp_api_at_least(psp, 1, API_PAGE_SWAP_DISABLE))
		known |= PSP_POLICY_PAGE_SWAP_DISABLE;
	return known;
}

enum psp_status psp_snp_policy_check(const struct psp *psp, uint64_t policy)
{
	const struct psp_snp *snp = psp->snp;

	if (policy & ~known_bits(psp) || !(policy & PSP_POLICY_ONE))
		return PSP_INVALID_PARAM;
	if (!psp_api_at_least(psp, policy >> 8 & 0xff, policy & 0xff))
		return PSP_POLICY_FAILURE;
	if (psp->config.smt && !(policy & PSP_POLICY_SMT))
		return PSP_POLICY_FAILURE;
	if (policy & PSP_POLICY_AES_256_XTS)
		return PSP_POLICY_FAILURE;
	if (policy & PSP_POLICY_RAPL_DIS && !snp->rapl_disabled)
		return PSP_POLICY_FAILURE;
	if (policy & PSP_POLICY_CIPHERTEXT_HIDING && !snp->ciphertext_hiding)
		return PSP_POLICY_FAILURE;
	return PSP_SUCCESS;
}
