/* SPDX-License-Identifier: MIT */
/* Random numbers: key streams of AES-256-CTR, one for each seed, label and context. */
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "psp/crypto/crypto_internal.h"

int psp_stream_open(struct psp_stream *s, OSSL_LIB_CTX *lib)
{
	s->cipher = EVP_CIPHER_fetch(lib, "AES-256-CTR", NULL);
	s->ctx = EVP_CIPHER_CTX_new();
	return s->cipher && s->ctx ? 0 : -ENOMEM;
}

void psp_stream_close(struct psp_stream *s)
{
	EVP_CIPHER_CTX_free(s->ctx);
	EVP_CIPHER_free(s->cipher);
}

bool psp_stream_start(struct psp_stream *s, uint64_t seed, const char *label, const void *context,
		      size_t len)
{
	static const uint8_t iv[16];
	const uint64_t seed_le = htole64(seed);
	uint8_t key[PSP_SHA256_SIZE];
	struct psp_sha256 h;

	psp_sha256_init(&h);
	psp_sha256_update(&h, &seed_le, sizeof(seed_le));
	psp_sha256_update(&h, label, strlen(label) + 1);
	psp_sha256_update(&h, context, len);
	psp_sha256_final(&h, key);
	return EVP_EncryptInit_ex2(s->ctx, s->cipher, key, iv, NULL) == 1;
}

bool psp_stream_read(struct psp_stream *s, void *buf, size_t len)
{
	uint8_t *p = buf;

	memset(buf, 0, len);
	while (len) {
		const int piece = len > INT_MAX ? INT_MAX : (int)len;
		int done;

		if (EVP_EncryptUpdate(s->ctx, p, &done, p, piece) != 1) {
			memset(buf, 0, (size_t)(p - (uint8_t *)buf) + len);
			return false;
		}
		p += piece;
		len -= (size_t)piece;
	}
	return true;
}
