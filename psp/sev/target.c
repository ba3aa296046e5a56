/* SPDX-License-Identifier: MIT */
/*
 * The platform that a guest is sent to, judged by its certificates (55766, 2 and 6):
 *
 *	ARK -- ASK -- CEK --.                 policy SEV: all of this row
 *	                     PEK -- PDH       always: PDH by PEK, PEK by OCA, OCA by itself
 *	              OCA --'                 policy DOMAIN: this OCA is ours, too
 *
 * Unverified: which checks are made without DOMAIN and SEV, that the version in the policy
 * is compared with the one of the PDH's certificate, and that the AMD certificates' root must
 * be the one that config.kds has.
 */
#include "psp/sev/guest.h"

#include <errno.h>

#include "psp/sev/platform_certs.h"

static enum psp_status check(struct psp *psp, const uint8_t *cert, enum psp_usage usage,
			     const uint8_t *issuer)
{
	int error = psp_cert_check(psp->crypto, cert, usage);

	if (!error)
		error = psp_cert_verify(psp->crypto, cert, issuer);
	return psp_cert_status(error);
}

static enum psp_status check_platform(struct psp *psp, const struct psp_target *t)
{
	enum psp_status status = check(psp, t->oca, PSP_USAGE_OCA, t->oca);

	if (status == PSP_SUCCESS)
		status = check(psp, t->pek, PSP_USAGE_PEK, t->oca);
	if (status == PSP_SUCCESS)
		status = check(psp, t->pdh, PSP_USAGE_PDH, t->pek);
	return status;
}

static bool new_enough(uint32_t policy, const uint8_t *cert)
{
	uint8_t major = cert[PSP_CERT_api_major], minor = cert[PSP_CERT_api_minor];

	return major > psp_policy_major(policy) ||
	       (major == psp_policy_major(policy) && minor >= psp_policy_minor(policy));
}

static bool same_owner(const struct psp *psp, const struct psp_target *t)
{
	return !memcmp(t->oca + PSP_CERT_pubkey, psp->sev->oca_cert + PSP_CERT_pubkey,
		       PSP_PUBKEY_SIZE);
}

/* Bytes of an AMD certificate, before its signature and in all. 0: no such size. */
static size_t amd_body(const uint8_t *cert)
{
	uint32_t bits = psp_get_le(cert + PSP_AMD_modulus_bits, 4);

	return bits == 2048 || bits == 4096 ? PSP_AMD_exponent + 2 * (bits / 8) : 0;
}

static size_t amd_size(const uint8_t *cert, size_t room)
{
	size_t body = room > PSP_AMD_exponent ? amd_body(cert) : 0;
	size_t size = body + (body - PSP_AMD_exponent) / 2;

	return body && size <= room ? size : 0;
}

struct amd_chain {
	const uint8_t *ask, *ark;
	size_t ask_len, ark_len;
};

static int split(const struct psp_target *t, struct amd_chain *chain)
{
	size_t first = amd_size(t->amd, t->amd_len);
	size_t second = first ? amd_size(t->amd + first, t->amd_len - first) : 0;

	if (!second || first + second != t->amd_len)
		return -EINVAL;
	*chain = (struct amd_chain){t->amd, t->amd + first, first, second};
	if (psp_get_le(t->amd + PSP_AMD_usage, 4) == PSP_USAGE_ARK)
		*chain = (struct amd_chain){t->amd + first, t->amd, second, first};
	return 0;
}

/* Equal keys; the signatures of two copies of a root certificate may differ. */
static enum psp_status check_root(struct psp *psp, const struct amd_chain *chain)
{
	const size_t key = PSP_AMD_exponent_bits;
	uint8_t ark[PSP_AMD_CERT_MAX];
	int len;

	if (!psp->config.kds)
		return PSP_POLICY_FAILURE;
	len = psp_kds_amd_cert(psp->config.kds, PSP_ARK, ark);
	if (len < 0)
		return PSP_HWERROR_PLATFORM;
	if ((size_t)len != chain->ark_len ||
	    memcmp(ark + key, chain->ark + key, amd_body(ark) - key))
		return PSP_POLICY_FAILURE;
	return PSP_SUCCESS;
}

static enum psp_status check_amd(struct psp *psp, const struct psp_target *t)
{
	struct amd_chain chain;
	int error = split(t, &chain);

	if (!error)
		error = psp_amd_cert_verify(psp->crypto, chain.ark, chain.ark_len, PSP_USAGE_ARK,
					    chain.ark, chain.ark_len);
	if (!error)
		error = psp_amd_cert_verify(psp->crypto, chain.ask, chain.ask_len, PSP_USAGE_ASK,
					    chain.ark, chain.ark_len);
	if (!error)
		error = psp_cert_check(psp->crypto, t->cek, PSP_USAGE_CEK);
	if (!error)
		error = psp_cert_verify_amd(psp->crypto, t->cek, chain.ask, chain.ask_len);
	if (!error)
		error = psp_cert_verify(psp->crypto, t->pek, t->cek);
	return error ? psp_cert_status(error) : check_root(psp, &chain);
}

enum psp_status psp_target_verify(struct psp *psp, uint32_t policy, const struct psp_target *target)
{
	enum psp_status status = check_platform(psp, target);

	if (status != PSP_SUCCESS)
		return status;
	if (!new_enough(policy, target->pdh))
		return PSP_POLICY_FAILURE;
	if (policy & PSP_POLICY_DOMAIN && !same_owner(psp, target))
		return PSP_POLICY_FAILURE;
	return policy & PSP_POLICY_SEV ? check_amd(psp, target) : PSP_SUCCESS;
}
