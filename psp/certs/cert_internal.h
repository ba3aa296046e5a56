/* SPDX-License-Identifier: MIT */
/* What cert_*.c and kds_*.c share: fields of a certificate, RSA-PSS as AMD stores it. */
#ifndef PSP_CERT_INTERNAL_H
#define PSP_CERT_INTERNAL_H

#include <endian.h>
#include <string.h>

#include "psp/buffers.h"
#include "psp/certs/cert.h"
#include "psp/crypto/crypto_internal.h"

enum psp_cert_bytes {
#define FIELD(structure, name, offset, bytes) PSP_##structure##_##name##_BYTES = (bytes),
#include "psp/certs/cert.def"
#undef FIELD
};

enum {
	PSP_RSA_MAX = 512, /* bytes of a modulus */
};

static inline uint32_t psp_get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static inline void psp_put32(uint8_t *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

/* `to` = the `len` bytes of `from` in reverse order. They do not overlap. */
static inline void psp_reverse(uint8_t *to, const uint8_t *from, size_t len)
{
	for (size_t i = 0; i < len; i++)
		to[i] = from[len - 1 - i];
}

/* The hash that goes with a modulus of so many bits: SHA-384 with 4096. */
enum psp_digest psp_rsa_digest(unsigned int bits);
/* The public key of a little-endian modulus and exponent of `bytes` each. NULL: no such key. */
EVP_PKEY *psp_rsa_import(struct psp_crypto *c, const uint8_t *modulus, const uint8_t *exponent,
			 size_t bytes);
/* Its numbers, little-endian, `bytes` each. */
bool psp_rsa_export(EVP_PKEY *key, uint8_t *modulus, uint8_t *exponent, size_t bytes);
/* RSA-PSS with a salt as long as the digest; `sig` byte-reversed, as long as the modulus. */
int psp_rsa_sign(struct psp_crypto *c, EVP_PKEY *key, enum psp_digest digest, const void *data,
		 size_t len, uint8_t *sig);
/* A salt of any length. */
int psp_rsa_verify(struct psp_crypto *c, EVP_PKEY *key, enum psp_digest digest, const void *data,
		   size_t len, const uint8_t *sig);

/* The key of an AMD certificate of good form. NULL: it is none. */
EVP_PKEY *psp_amd_cert_key(struct psp_crypto *c, const uint8_t *cert, size_t len);

#endif
