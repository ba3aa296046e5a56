/* SPDX-License-Identifier: MIT */
/* Certificates that an owner makes. */
#include <string.h>

#include "tests/psp/owner/crypto.h"

void owner_cert_make(uint8_t cert[OWNER_CERT_SIZE], const uint8_t api[2], enum owner_usage usage,
		     enum owner_algo algo, const struct owner_ec_key *key)
{
	memset(cert, 0, OWNER_CERT_SIZE);
	owner_put32(cert + OWNER_CERT_VERSION, 1);
	cert[OWNER_CERT_API_MAJOR] = api[0];
	cert[OWNER_CERT_API_MINOR] = api[1];
	owner_put32(cert + OWNER_CERT_USAGE, usage);
	owner_put32(cert + OWNER_CERT_ALGO, algo);
	owner_ec_export(key, cert + OWNER_CERT_KEY);
	owner_put32(cert + OWNER_CERT_SIG1, OWNER_USAGE_NONE);
	owner_put32(cert + OWNER_CERT_SIG2, OWNER_USAGE_NONE);
}

void owner_cert_sign(uint8_t cert[OWNER_CERT_SIZE], enum owner_cert_field slot,
		     enum owner_usage signer, const struct owner_ec_key *key)
{
	uint8_t digest[32];

	owner_sha256(OWNER_PARTS({cert, OWNER_CERT_SIGNED}), digest);
	owner_put32(cert + slot, signer);
	owner_put32(cert + slot + 4, OWNER_ALGO_ECDSA_SHA256);
	owner_ecdsa_sign(key, digest, sizeof(digest), cert + slot + 8);
}

void owner_oca_make(uint8_t oca[OWNER_CERT_SIZE], const uint8_t api[2],
		    const struct owner_ec_key *key)
{
	owner_cert_make(oca, api, OWNER_USAGE_OCA, OWNER_ALGO_ECDSA_SHA256, key);
	owner_cert_sign(oca, OWNER_CERT_SIG1, OWNER_USAGE_OCA, key);
}

enum owner_check owner_pek_import(uint8_t pek[OWNER_CERT_SIZE], const uint8_t csr[OWNER_CERT_SIZE],
				  const struct owner_ec_key *oca)
{
	if (owner_get32(csr + OWNER_CERT_VERSION) != 1 ||
	    !owner_zero(csr + OWNER_CERT_RESERVED, 2) ||
	    owner_get32(csr + OWNER_CERT_USAGE) != OWNER_USAGE_PEK ||
	    owner_get32(csr + OWNER_CERT_ALGO) != OWNER_ALGO_ECDSA_SHA256 ||
	    owner_get32(csr + OWNER_CERT_SIG1) != OWNER_USAGE_NONE ||
	    owner_get32(csr + OWNER_CERT_SIG1 + 4) != OWNER_ALGO_NONE ||
	    owner_get32(csr + OWNER_CERT_SIG2) != OWNER_USAGE_NONE ||
	    owner_get32(csr + OWNER_CERT_SIG2 + 4) != OWNER_ALGO_NONE)
		return OWNER_PEK_FORM;
	memcpy(pek, csr, OWNER_CERT_SIZE);
	owner_cert_sign(pek, OWNER_CERT_SIG1, OWNER_USAGE_OCA, oca);
	return OWNER_OK;
}
