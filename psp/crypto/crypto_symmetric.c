/* SPDX-License-Identifier: MIT */
/* HMAC, key derivation, AES. */
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "psp/crypto/crypto_internal.h"

static bool hmac(struct psp_crypto *c, const void *key, size_t key_len, const struct iovec *parts,
		 unsigned int n, uint8_t out[PSP_SHA256_SIZE])
{
	size_t len;

	if (EVP_MAC_init(c->hmac_ctx, key, key_len, NULL) != 1)
		return false;
	for (unsigned int i = 0; i < n; i++)
		if (EVP_MAC_update(c->hmac_ctx, parts[i].iov_base, parts[i].iov_len) != 1)
			return false;
	return EVP_MAC_final(c->hmac_ctx, out, &len, PSP_SHA256_SIZE) == 1;
}

void psp_hmac(struct psp_crypto *c, const void *key, size_t key_len, const struct iovec *parts,
	      unsigned int n, uint8_t out[PSP_SHA256_SIZE])
{
	ERR_set_mark();
	if (!hmac(c, key, key_len, parts, n, out)) {
		memset(out, 0, PSP_SHA256_SIZE);
		c->failed = true;
	}
	ERR_pop_to_mark();
}

bool psp_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void psp_kdf(struct psp_crypto *c, const void *key, size_t key_len, const char *label,
	     const void *context, size_t context_len, void *out, size_t len)
{
	const uint32_t bits = htole32((uint32_t)len * 8);
	uint8_t block[PSP_SHA256_SIZE];
	uint8_t *p = out;

	for (uint32_t i = 1; len; i++) {
		const uint32_t counter = htole32(i);
		const size_t piece = len < sizeof(block) ? len : sizeof(block);
		const struct iovec parts[] = {
			{(void *)&counter, sizeof(counter)},
			{(void *)label, strlen(label) + 1},
			{(void *)context, context_len},
			{(void *)&bits, sizeof(bits)},
		};

		psp_hmac(c, key, key_len, parts, 4, block);
		memcpy(p, block, piece);
		p += piece;
		len -= piece;
	}
}

/* EVP counts in int: `len` bytes in pieces. */
static bool cipher(EVP_CIPHER_CTX *ctx, const void *in, void *out, size_t len)
{
	const uint8_t *from = in;
	uint8_t *to = out;

	while (len) {
		const int piece = len > 1 << 30 ? 1 << 30 : (int)len;
		int done;

		if (EVP_CipherUpdate(ctx, to, &done, from, piece) != 1)
			return false;
		from += piece;
		if (to)
			to += piece;
		len -= (size_t)piece;
	}
	return true;
}

void psp_aes_ctr(struct psp_crypto *c, const uint8_t key[16], const uint8_t iv[16], const void *in,
		 void *out, size_t len)
{
	ERR_set_mark();
	if (EVP_EncryptInit_ex2(c->ctr_ctx, c->ctr, key, iv, NULL) != 1 ||
	    !cipher(c->ctr_ctx, in, out, len)) {
		memset(out, 0, len);
		c->failed = true;
	}
	ERR_pop_to_mark();
}

static bool gcm_seal(struct psp_crypto *c, const uint8_t key[32], const uint8_t iv[PSP_GCM_IV],
		     const void *aad, size_t aad_len, const void *in, size_t len, void *out,
		     uint8_t tag[PSP_GCM_TAG])
{
	uint8_t none[PSP_GCM_TAG];
	int done;

	return EVP_EncryptInit_ex2(c->gcm_ctx, c->gcm, key, iv, NULL) == 1 &&
	       cipher(c->gcm_ctx, aad, NULL, aad_len) && cipher(c->gcm_ctx, in, out, len) &&
	       EVP_EncryptFinal_ex(c->gcm_ctx, none, &done) == 1 &&
	       EVP_CIPHER_CTX_ctrl(c->gcm_ctx, EVP_CTRL_AEAD_GET_TAG, PSP_GCM_TAG, tag) == 1;
}

void psp_gcm_seal(struct psp_crypto *c, const uint8_t key[32], const uint8_t iv[PSP_GCM_IV],
		  const void *aad, size_t aad_len, const void *in, size_t len, void *out,
		  uint8_t tag[PSP_GCM_TAG])
{
	ERR_set_mark();
	if (!gcm_seal(c, key, iv, aad, aad_len, in, len, out, tag)) {
		memset(out, 0, len);
		memset(tag, 0, PSP_GCM_TAG);
		c->failed = true;
	}
	ERR_pop_to_mark();
}

int psp_gcm_open(struct psp_crypto *c, const uint8_t key[32], const uint8_t iv[PSP_GCM_IV],
		 const void *aad, size_t aad_len, const void *in, size_t len, void *out,
		 const uint8_t tag[PSP_GCM_TAG])
{
	uint8_t none[PSP_GCM_TAG];
	int done;
	bool ok;

	ERR_set_mark();
	ok = EVP_DecryptInit_ex2(c->gcm_ctx, c->gcm, key, iv, NULL) == 1 &&
	     cipher(c->gcm_ctx, aad, NULL, aad_len) && cipher(c->gcm_ctx, in, out, len) &&
	     EVP_CIPHER_CTX_ctrl(c->gcm_ctx, EVP_CTRL_AEAD_SET_TAG, PSP_GCM_TAG, (void *)tag) ==
		     1 &&
	     EVP_DecryptFinal_ex(c->gcm_ctx, none, &done) == 1;
	ERR_pop_to_mark();
	if (!ok) {
		memset(out, 0, len);
		return -EBADMSG;
	}
	return 0;
}
