/* SPDX-License-Identifier: MIT */
/* Signatures of SEV certificates: the two slots (55766). */
#include <errno.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "psp/certs/cert_internal.h"
#include "psp/certs/cert_slot.h"

static size_t slot_base(unsigned int slot)
{
	return slot == 1 ? PSP_CERT_sig1_usage : PSP_CERT_sig2_usage;
}

enum {
	SLOT_algo = PSP_CERT_sig1_algo - PSP_CERT_sig1_usage,
	SLOT_sig = PSP_CERT_sig1 - PSP_CERT_sig1_usage,
};

_Static_assert(PSP_CERT_sig2_algo - PSP_CERT_sig2_usage == SLOT_algo, "slots are alike");
_Static_assert(PSP_CERT_sig2 - PSP_CERT_sig2_usage == SLOT_sig, "slots are alike");

struct psp_slot psp_slot_of(const uint8_t cert[PSP_CERT_SIZE], unsigned int slot)
{
	const uint8_t *base = cert + slot_base(slot);

	return (struct psp_slot){
		.usage = psp_get32(base),
		.algo = psp_get32(base + SLOT_algo),
		.sig = base + SLOT_sig,
	};
}

bool psp_slot_is_ecdsa(const struct psp_slot *slot)
{
	if (slot->algo != PSP_ALGO_ECDSA_SHA256 && slot->algo != PSP_ALGO_ECDSA_SHA384)
		return false;
	return psp_is_zero(slot->sig + PSP_ECDSA_SIZE, PSP_SIG_SIZE - PSP_ECDSA_SIZE);
}

void psp_cert_put_signature(uint8_t cert[PSP_CERT_SIZE], unsigned int slot, enum psp_usage issuer,
			    enum psp_algo algo, const uint8_t sig[PSP_SIG_SIZE])
{
	uint8_t *base = cert + slot_base(slot);

	psp_put32(base, issuer);
	psp_put32(base + SLOT_algo, algo);
	memcpy(base + SLOT_sig, sig, PSP_SIG_SIZE);
}

void psp_cert_clear_signature(uint8_t cert[PSP_CERT_SIZE], unsigned int slot)
{
	static const uint8_t none[PSP_SIG_SIZE];

	psp_cert_put_signature(cert, slot, PSP_USAGE_NONE, PSP_ALGO_NONE, none);
}

int psp_cert_sign(struct psp_crypto *c, uint8_t cert[PSP_CERT_SIZE], unsigned int slot,
		  enum psp_usage issuer, const struct psp_ec_key *key)
{
	uint8_t sig[PSP_SIG_SIZE] = {0};
	int ret;

	ret = psp_ec_sign(c, key, PSP_SHA256, cert, PSP_CERT_BODY, sig);
	if (ret)
		return ret;
	psp_cert_put_signature(cert, slot, issuer, PSP_ALGO_ECDSA_SHA256, sig);
	return 0;
}

/* The slot that a key of `usage` has signed, 0: none. */
static unsigned int find_slot(const uint8_t *cert, enum psp_usage usage)
{
	for (unsigned int slot = 1; slot <= 2; slot++)
		if (psp_slot_of(cert, slot).usage == usage)
			return slot;
	return 0;
}

int psp_cert_verify(struct psp_crypto *c, const uint8_t cert[PSP_CERT_SIZE],
		    const uint8_t issuer[PSP_CERT_SIZE])
{
	const unsigned int n = find_slot(cert, psp_cert_usage(issuer));
	uint8_t x[PSP_P384_SIZE], y[PSP_P384_SIZE];
	struct psp_slot slot;
	int ret;

	if (!n)
		return -ENOENT;
	slot = psp_slot_of(cert, n);
	if (!psp_slot_is_ecdsa(&slot))
		return -EINVAL;
	ret = psp_cert_point(issuer, x, y);
	if (ret)
		return ret;
	return psp_ec_verify(c, x, y, slot.algo == PSP_ALGO_ECDSA_SHA256 ? PSP_SHA256 : PSP_SHA384,
			     cert, PSP_CERT_BODY, slot.sig);
}

static enum psp_digest digest_of(const EVP_PKEY *key)
{
	return psp_rsa_digest((unsigned int)EVP_PKEY_get_bits(key));
}

static enum psp_algo algo_of(const EVP_PKEY *key)
{
	return digest_of(key) == PSP_SHA256 ? PSP_ALGO_RSA_SHA256 : PSP_ALGO_RSA_SHA384;
}

int psp_cert_sign_rsa(struct psp_crypto *c, uint8_t cert[PSP_CERT_SIZE], unsigned int slot,
		      enum psp_usage issuer, EVP_PKEY *key)
{
	uint8_t sig[PSP_SIG_SIZE] = {0};
	int ret;

	ret = psp_rsa_sign(c, key, digest_of(key), cert, PSP_CERT_BODY, sig);
	if (ret)
		return ret;
	psp_cert_put_signature(cert, slot, issuer, algo_of(key), sig);
	return 0;
}

static int verify_amd(struct psp_crypto *c, const uint8_t *cert, const struct psp_slot *slot,
		      EVP_PKEY *key)
{
	const size_t bytes = (size_t)EVP_PKEY_get_size(key);

	if (slot->algo != algo_of(key) || !psp_is_zero(slot->sig + bytes, PSP_SIG_SIZE - bytes))
		return -EINVAL;
	return psp_rsa_verify(c, key, digest_of(key), cert, PSP_CERT_BODY, slot->sig);
}

int psp_cert_verify_amd(struct psp_crypto *c, const uint8_t cert[PSP_CERT_SIZE], const uint8_t *amd,
			size_t amd_len)
{
	const unsigned int n = find_slot(cert, PSP_USAGE_ASK);
	struct psp_slot slot;
	EVP_PKEY *key;
	int ret;

	if (!n)
		return -ENOENT;
	ERR_set_mark();
	key = psp_amd_cert_key(c, amd, amd_len);
	slot = psp_slot_of(cert, n);
	ret = key ? verify_amd(c, cert, &slot, key) : -EINVAL;
	EVP_PKEY_free(key);
	ERR_pop_to_mark();
	return ret;
}
