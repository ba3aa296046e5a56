/* SPDX-License-Identifier: MIT */
/* What the service makes for SEV: AMD certificates, the signature of a CEK. */
#include <errno.h>

#include "psp/certs/kds_internal.h"

int psp_kds_amd_cert(struct psp_kds *kds, enum psp_authority which, uint8_t *cert)
{
	const enum psp_usage usage = which == PSP_ARK ? PSP_USAGE_ARK : PSP_USAGE_ASK;
	uint8_t id[PSP_SHA256_SIZE], ark_id[PSP_SHA256_SIZE];
	EVP_PKEY *key, *ark;

	if (which == PSP_ASVK)
		return -EINVAL;
	key = psp_kds_key(kds, which);
	ark = psp_kds_key(kds, PSP_ARK);
	if (!key || !ark)
		return -ENOMEM;
	if (!psp_kds_key_id(key, id) || !psp_kds_key_id(ark, ark_id))
		return -ENOMEM;
	psp_crypto_stream(kds->crypto, "amd-cert", id, sizeof(id));
	return psp_amd_cert_build(kds->crypto, cert, usage, id, key, ark_id, ark);
}

int psp_kds_sign_cek(struct psp_kds *kds, uint8_t cert[PSP_CERT_SIZE])
{
	EVP_PKEY *ask = psp_kds_key(kds, PSP_ASK);

	if (!ask)
		return -ENOMEM;
	psp_crypto_stream(kds->crypto, "cek", cert, PSP_CERT_BODY);
	return psp_cert_sign_rsa(kds->crypto, cert, 1, PSP_USAGE_ASK, ask);
}
