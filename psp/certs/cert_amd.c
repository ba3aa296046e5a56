/* SPDX-License-Identifier: MIT */
/* AMD's certificates of ARK and ASK (55766): an RSA key and a signature, without X.509. */
#include <errno.h>

#include <openssl/err.h>

#include "psp/certs/cert_internal.h"

enum {
	VERSION = 1,
};

/* Where things of variable length are. */
struct layout {
	size_t bytes; /* of the modulus */
	size_t modulus, signature, total;
};

static struct layout layout_of(unsigned int bits)
{
	const size_t bytes = bits / 8;

	return (struct layout){
		.bytes = bytes,
		.modulus = PSP_AMD_exponent + bytes,
		.signature = PSP_AMD_exponent + 2 * bytes,
		.total = PSP_AMD_exponent + 3 * bytes,
	};
}

static bool bits_ok(uint32_t bits)
{
	return bits == 2048 || bits == 4096;
}

EVP_PKEY *psp_amd_cert_key(struct psp_crypto *c, const uint8_t *cert, size_t len)
{
	struct layout l;
	uint32_t bits;

	if (len < PSP_AMD_exponent || psp_get32(cert + PSP_AMD_version) != VERSION)
		return NULL;
	bits = psp_get32(cert + PSP_AMD_modulus_bits);
	if (!bits_ok(bits) || psp_get32(cert + PSP_AMD_exponent_bits) != bits)
		return NULL;
	l = layout_of(bits);
	/* The modulus has as many bits as it says. */
	if (len != l.total || !(cert[l.modulus + l.bytes - 1] & 0x80))
		return NULL;
	return psp_rsa_import(c, cert + l.modulus, cert + PSP_AMD_exponent, l.bytes);
}

int psp_amd_cert_build(struct psp_crypto *c, uint8_t *cert, enum psp_usage usage,
		       const uint8_t key_id[16], EVP_PKEY *key, const uint8_t certifying_id[16],
		       EVP_PKEY *issuer_key)
{
	const unsigned int bits = (unsigned int)EVP_PKEY_get_bits(key);
	const struct layout l = layout_of(bits);
	int ret;

	if (!bits_ok(bits) || EVP_PKEY_get_bits(issuer_key) != (int)bits)
		return -EINVAL;
	memset(cert, 0, l.total);
	psp_put32(cert + PSP_AMD_version, VERSION);
	memcpy(cert + PSP_AMD_key_id, key_id, PSP_AMD_key_id_BYTES);
	memcpy(cert + PSP_AMD_certifying_id, certifying_id, PSP_AMD_certifying_id_BYTES);
	psp_put32(cert + PSP_AMD_usage, usage);
	psp_put32(cert + PSP_AMD_exponent_bits, bits);
	psp_put32(cert + PSP_AMD_modulus_bits, bits);
	if (!psp_rsa_export(key, cert + l.modulus, cert + PSP_AMD_exponent, l.bytes))
		return -EINVAL;
	ret = psp_rsa_sign(c, issuer_key, psp_rsa_digest(bits), cert, l.signature,
			   cert + l.signature);
	return ret ? ret : (int)l.total;
}

/* `key` is that of `cert`, which is therefore of good form. */
static int verify(struct psp_crypto *c, const uint8_t *cert, const EVP_PKEY *key,
		  EVP_PKEY *issuer_key)
{
	const unsigned int bits = (unsigned int)EVP_PKEY_get_bits(key);
	const struct layout l = layout_of(bits);

	if (EVP_PKEY_get_bits(issuer_key) != (int)bits)
		return -EINVAL;
	return psp_rsa_verify(c, issuer_key, psp_rsa_digest(bits), cert, l.signature,
			      cert + l.signature);
}

int psp_amd_cert_verify(struct psp_crypto *c, const uint8_t *cert, size_t len, enum psp_usage usage,
			const uint8_t *issuer, size_t issuer_len)
{
	EVP_PKEY *key, *issuer_key;
	int ret = -EINVAL;

	ERR_set_mark();
	key = psp_amd_cert_key(c, cert, len);
	issuer_key = psp_amd_cert_key(c, issuer, issuer_len);
	if (key && issuer_key && psp_get32(cert + PSP_AMD_usage) == usage &&
	    psp_is_zero(cert + PSP_AMD_reserved, PSP_AMD_reserved_BYTES) &&
	    psp_equal(cert + PSP_AMD_certifying_id, issuer + PSP_AMD_key_id, PSP_AMD_key_id_BYTES))
		ret = verify(c, cert, key, issuer_key);
	EVP_PKEY_free(issuer_key);
	EVP_PKEY_free(key);
	ERR_pop_to_mark();
	return ret;
}
