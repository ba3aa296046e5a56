/* SPDX-License-Identifier: MIT */
/*
 * What the owner's protocols are made of: libcrypto with plain buffers. Numbers
 * of keys and signatures are little-endian in fields of the size of the SEV
 * formats (55766), the rest is as libcrypto has it. Functions give OWNER_OK or
 * say what is wrong.
 */
#ifndef TESTS_PSP_OWNER_CRYPTO_H
#define TESTS_PSP_OWNER_CRYPTO_H

#include <openssl/evp.h>

#include "tests/psp/owner/owner.h"

/* The two arguments "parts, n" of the functions below. */
#define OWNER_PARTS(...)                                                                           \
	(const struct owner_part[]){__VA_ARGS__},                                                  \
		sizeof((const struct owner_part[]){__VA_ARGS__}) / sizeof(struct owner_part)

/* Abort if libcrypto could not do what cannot fail. */
void owner_must(bool done);

/* Little-endian fields. */
uint16_t owner_get16(const uint8_t *at);
uint32_t owner_get32(const uint8_t *at);
uint64_t owner_get64(const uint8_t *at);
void owner_put16(uint8_t *at, uint16_t value);
void owner_put32(uint8_t *at, uint32_t value);
void owner_put64(uint8_t *at, uint64_t value);
bool owner_zero(const uint8_t *at, size_t len);

void owner_sha256(const struct owner_part *parts, size_t n, uint8_t out[32]);
void owner_sha384(const void *data, size_t len, uint8_t out[48]);
void owner_hmac(const uint8_t *key, size_t key_len, const struct owner_part *parts, size_t n,
		uint8_t out[32]);
/* AES-128-CTR, its own inverse. */
void owner_ctr(const uint8_t key[16], const uint8_t iv[16], const void *in, void *out, size_t len);

/* AES-256-GCM with a 12-byte IV and a 16-byte tag. Opening gives OWNER_TAG. */
void owner_gcm_seal(const uint8_t key[32], const uint8_t iv[12], struct owner_part aad,
		    const void *in, void *out, size_t len, uint8_t tag[16]);
enum owner_check owner_gcm_open(const uint8_t key[32], const uint8_t iv[12], struct owner_part aad,
				const void *in, void *out, size_t len, const uint8_t tag[16]);

/*
 * Counter mode KDF with HMAC-SHA-256 as 55766 uses it: i and the output length in
 * bits are u32 little-endian, i is from 1, the label is without its NUL.
 */
void owner_kdf(const uint8_t *key, size_t key_len, const char *label, const void *context,
	       size_t context_len, uint8_t *out, size_t out_len);

/* `key` (curve and coordinates of cert.h) as libcrypto wants it; NULL if it is none. */
EVP_PKEY *owner_ec_public(const uint8_t key[OWNER_KEY_SIZE]);

/* Verify, and make, r and s in 72 bytes each, little-endian, over `digest`. */
bool owner_ecdsa_verify(EVP_PKEY *key, const uint8_t *digest, size_t len, const uint8_t sig[144]);
void owner_ecdsa_sign(const struct owner_ec_key *key, const uint8_t *digest, size_t len,
		      uint8_t sig[144]);

/* Z: the x-coordinate of the shared point, big-endian. OWNER_KEY if `peer` is no key. */
enum owner_check owner_ecdh(const struct owner_ec_key *key, const uint8_t peer[OWNER_KEY_SIZE],
			    uint8_t z[48]);

/* RSA-PSS with `md`; modulus, exponent and signature are little-endian, `size` bytes each. */
bool owner_pss_verify(const uint8_t *modulus, const uint8_t *exponent, const uint8_t *sig,
		      size_t size, const char *md, const struct owner_part *parts, size_t n);

#endif
