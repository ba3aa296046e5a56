/* SPDX-License-Identifier: MIT */
/*
 * Hashes by libcrypto's plain functions: no provider is asked, and a state is a struct that
 * assignment copies.
 */
#include "psp/crypto/crypto.h"

void psp_sha256_init(struct psp_sha256 *h)
{
	SHA256_Init(&h->state);
}

void psp_sha256_update(struct psp_sha256 *h, const void *data, size_t len)
{
	SHA256_Update(&h->state, data, len);
}

void psp_sha256_final(struct psp_sha256 *h, uint8_t out[PSP_SHA256_SIZE])
{
	SHA256_Final(out, &h->state);
}

void psp_sha256(const void *data, size_t len, uint8_t out[PSP_SHA256_SIZE])
{
	struct psp_sha256 h;

	psp_sha256_init(&h);
	psp_sha256_update(&h, data, len);
	psp_sha256_final(&h, out);
}

void psp_sha384_init(struct psp_sha384 *h)
{
	SHA384_Init(&h->state);
}

void psp_sha384_update(struct psp_sha384 *h, const void *data, size_t len)
{
	SHA384_Update(&h->state, data, len);
}

void psp_sha384_final(struct psp_sha384 *h, uint8_t out[PSP_SHA384_SIZE])
{
	SHA384_Final(out, &h->state);
}

void psp_sha384(const void *data, size_t len, uint8_t out[PSP_SHA384_SIZE])
{
	struct psp_sha384 h;

	psp_sha384_init(&h);
	psp_sha384_update(&h, data, len);
	psp_sha384_final(&h, out);
}
