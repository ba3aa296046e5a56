/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/psp/owner/crypto.h"

#define AMD_MIN	  0x40 /* bytes before the exponent */
#define CHAIN_PEK 0
#define CHAIN_OCA OWNER_CERT_SIZE
#define CHAIN_CEK (2 * OWNER_CERT_SIZE)

/* Offsets in an AMD certificate; exponent, modulus and signature follow. */
enum {
	AMD_VERSION = 0,
	AMD_ID = 4,
	AMD_CERTIFIER = 0x14,
	AMD_USAGE = 0x24,
	AMD_RESERVED = 0x28,
	AMD_EXPONENT_BITS = 0x38,
	AMD_MODULUS_BITS = 0x3c,
};

struct amd_cert {
	const uint8_t *data, *exponent, *modulus, *sig;
	size_t key_size; /* bytes */
	const char *md;	 /* of the signatures that this key makes */
};

/* What a certificate of the chip has to look like. */
struct cert_form {
	enum owner_usage usage;
	enum owner_algo algo;
	enum owner_usage signer[2];
	enum owner_check bad;
};

static bool amd_parse(struct amd_cert *cert, const uint8_t *data, size_t size,
		      enum owner_usage usage)
{
	uint32_t bits;

	if (size < AMD_MIN)
		return false;
	bits = owner_get32(data + AMD_MODULUS_BITS);
	if ((bits != 2048 && bits != 4096) || size != AMD_MIN + 3 * (size_t)bits / 8)
		return false;
	cert->data = data;
	cert->key_size = bits / 8;
	cert->exponent = data + AMD_MIN;
	cert->modulus = cert->exponent + cert->key_size;
	cert->sig = cert->modulus + cert->key_size;
	cert->md = bits == 2048 ? "SHA256" : "SHA384";
	return owner_get32(data + AMD_VERSION) == 1 && owner_get32(data + AMD_USAGE) == usage &&
	       owner_zero(data + AMD_RESERVED, 16) && owner_get32(data + AMD_EXPONENT_BITS) <= bits;
}

static bool amd_signed_by(const struct amd_cert *cert, const struct amd_cert *signer)
{
	return cert->key_size == signer->key_size &&
	       memcmp(cert->data + AMD_CERTIFIER, signer->data + AMD_ID, 16) == 0 &&
	       owner_pss_verify(signer->modulus, signer->exponent, cert->sig, signer->key_size,
				signer->md,
				OWNER_PARTS({cert->data, (size_t)(cert->sig - cert->data)}));
}

static bool slot_is(const uint8_t *slot, enum owner_usage signer, bool rsa, size_t rsa_size)
{
	enum owner_algo algo = OWNER_ALGO_ECDSA_SHA256;

	if (signer == OWNER_USAGE_NONE)
		algo = OWNER_ALGO_NONE;
	else if (rsa)
		algo = rsa_size == 256 ? OWNER_ALGO_RSA_SHA256 : OWNER_ALGO_RSA_SHA384;
	return owner_get32(slot) == signer && owner_get32(slot + 4) == algo;
}

static bool body_is(const uint8_t *cert, enum owner_usage usage, enum owner_algo algo)
{
	return owner_get32(cert + OWNER_CERT_VERSION) == 1 &&
	       owner_zero(cert + OWNER_CERT_RESERVED, 2) &&
	       owner_get32(cert + OWNER_CERT_USAGE) == usage &&
	       owner_get32(cert + OWNER_CERT_ALGO) == algo &&
	       owner_get32(cert + OWNER_CERT_KEY) == OWNER_CURVE_P384;
}

static enum owner_check check_form(const uint8_t *cert, const struct cert_form *form,
				   size_t rsa_size)
{
	if (!body_is(cert, form->usage, form->algo) ||
	    !slot_is(cert + OWNER_CERT_SIG1, form->signer[0], form->signer[0] == OWNER_USAGE_ASK,
		     rsa_size) ||
	    !slot_is(cert + OWNER_CERT_SIG2, form->signer[1], false, 0))
		return form->bad;
	return OWNER_OK;
}

static enum owner_check check_ecdsa(const uint8_t *cert, enum owner_cert_field slot,
				    const uint8_t *signer, enum owner_check bad)
{
	EVP_PKEY *key = owner_ec_public(signer + OWNER_CERT_KEY);
	uint8_t digest[32];
	bool right;

	if (!key)
		return OWNER_KEY;
	owner_sha256(OWNER_PARTS({cert, OWNER_CERT_SIGNED}), digest);
	right = owner_ecdsa_verify(key, digest, sizeof(digest), cert + slot + 8);
	EVP_PKEY_free(key);
	return right ? OWNER_OK : bad;
}

static enum owner_check check_amd(const struct owner_platform *p, struct amd_cert *ask)
{
	struct amd_cert ark;

	if (!amd_parse(&ark, p->ark, p->ark_size, OWNER_USAGE_ARK))
		return OWNER_ARK_FORM;
	if (!amd_signed_by(&ark, &ark))
		return OWNER_ARK_SELF;
	if (!amd_parse(ask, p->ask, p->ask_size, OWNER_USAGE_ASK))
		return OWNER_ASK_FORM;
	return amd_signed_by(ask, &ark) ? OWNER_OK : OWNER_ASK_BY_ARK;
}

static enum owner_check check_cek(const struct owner_platform *p, const uint8_t *cek,
				  const struct amd_cert *ask)
{
	static const struct cert_form form = {OWNER_USAGE_CEK,
					      OWNER_ALGO_ECDSA_SHA256,
					      {OWNER_USAGE_ASK, OWNER_USAGE_NONE},
					      OWNER_CEK_FORM};

	if (check_form(cek, &form, ask->key_size))
		return form.bad;
	if (memcmp(cek, p->chain + CHAIN_CEK, OWNER_CERT_SIGNED) != 0)
		return OWNER_CEK_OTHER;
	return owner_pss_verify(ask->modulus, ask->exponent, cek + OWNER_CERT_SIG1 + 8,
				ask->key_size, ask->md, OWNER_PARTS({cek, OWNER_CERT_SIGNED}))
		       ? OWNER_OK
		       : OWNER_CEK_BY_ASK;
}

enum owner_check owner_platform_verify(const struct owner_platform *p)
{
	static const struct cert_form oca_form = {OWNER_USAGE_OCA,
						  OWNER_ALGO_ECDSA_SHA256,
						  {OWNER_USAGE_OCA, OWNER_USAGE_NONE},
						  OWNER_OCA_FORM};
	static const struct cert_form pek_form = {OWNER_USAGE_PEK,
						  OWNER_ALGO_ECDSA_SHA256,
						  {OWNER_USAGE_OCA, OWNER_USAGE_CEK},
						  OWNER_PEK_FORM};
	static const struct cert_form pdh_form = {OWNER_USAGE_PDH,
						  OWNER_ALGO_ECDH_SHA256,
						  {OWNER_USAGE_PEK, OWNER_USAGE_NONE},
						  OWNER_PDH_FORM};
	const uint8_t *pek = p->chain + CHAIN_PEK, *oca = p->chain + CHAIN_OCA;
	const uint8_t *cek = p->cek ? p->cek : p->chain + CHAIN_CEK;
	struct amd_cert ask;
	enum owner_check bad;

	if ((bad = check_amd(p, &ask)) || (bad = check_cek(p, cek, &ask)) ||
	    (bad = check_form(oca, &oca_form, 0)) ||
	    (bad = check_ecdsa(oca, OWNER_CERT_SIG1, oca, OWNER_OCA_SELF)) ||
	    (bad = check_form(pek, &pek_form, 0)) ||
	    (bad = check_ecdsa(pek, OWNER_CERT_SIG1, oca, OWNER_PEK_BY_OCA)) ||
	    (bad = check_ecdsa(pek, OWNER_CERT_SIG2, cek, OWNER_PEK_BY_CEK)) ||
	    (bad = check_form(p->pdh, &pdh_form, 0)))
		return bad;
	return check_ecdsa(p->pdh, OWNER_CERT_SIG1, pek, OWNER_PDH_BY_PEK);
}
