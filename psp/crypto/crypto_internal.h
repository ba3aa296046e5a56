/* SPDX-License-Identifier: MIT */
/* What the files crypto_*.c, cert_*.c and kds_*.c share: libcrypto's objects, fetched once. */
#ifndef PSP_CRYPTO_INTERNAL_H
#define PSP_CRYPTO_INTERNAL_H

#include <openssl/core.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "psp/crypto/crypto.h"

/* A key stream of AES-256-CTR. */
struct psp_stream {
	EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *ctx;
};

struct psp_crypto {
	uint64_t seed;
	OSSL_LIB_CTX *lib;
	OSSL_PROVIDER *algorithms;
	OSSL_PROVIDER *generator;
	struct psp_stream own;	 /* psp_random() */
	struct psp_stream drawn; /* what libcrypto draws */
	EVP_CIPHER *ctr, *gcm;
	EVP_CIPHER_CTX *ctr_ctx, *gcm_ctx;
	EVP_MAC *hmac;
	EVP_MAC_CTX *hmac_ctx;
	EVP_MD_CTX *sign_ctx;
	EC_GROUP *p384;
	BIGNUM *order_less_1;
	bool failed;
};

/* An own context may not have drawn from a stream before the stream is open. 0 or -ENOMEM. */
int psp_stream_open(struct psp_stream *s, OSSL_LIB_CTX *lib);
void psp_stream_close(struct psp_stream *s);
/* Go to the beginning of the stream of (seed, label, context). */
bool psp_stream_start(struct psp_stream *s, uint64_t seed, const char *label, const void *context,
		      size_t len);
/* false: libcrypto failed, `buf` is zero. */
bool psp_stream_read(struct psp_stream *s, void *buf, size_t len);

/* Make `drawn` the source of all random numbers of `lib`. NULL: failed. */
OSSL_PROVIDER *psp_generator_load(OSSL_LIB_CTX *lib, struct psp_stream *drawn);

/* P-384 keys as libcrypto has them; NULL: not a point of the curve. `d` NULL: the public half. */
EVP_PKEY *psp_ec_import(struct psp_crypto *c, const uint8_t *x, const uint8_t *y, const uint8_t *d);

/* Name of a digest for libcrypto. */
const char *psp_digest_name(enum psp_digest digest);

#endif
