/* SPDX-License-Identifier: MIT */
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdlib.h>

#include "tests/psp/owner/crypto.h"

void owner_must(bool done)
{
	if (!done)
		abort();
}

void owner_sha256(const struct owner_part *parts, size_t n, uint8_t out[32])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	owner_must(ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
	for (size_t i = 0; i < n; i++)
		owner_must(EVP_DigestUpdate(ctx, parts[i].data, parts[i].len));
	owner_must(EVP_DigestFinal_ex(ctx, out, NULL));
	EVP_MD_CTX_free(ctx);
}

void owner_sha384(const void *data, size_t len, uint8_t out[48])
{
	owner_must(EVP_Digest(data, len, out, NULL, EVP_sha384(), NULL));
}

void owner_hmac(const uint8_t *key, size_t key_len, const struct owner_part *parts, size_t n,
		uint8_t out[32])
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);

	owner_must(ctx && EVP_MAC_init(ctx, key, key_len, params));
	for (size_t i = 0; i < n; i++)
		owner_must(EVP_MAC_update(ctx, parts[i].data, parts[i].len));
	owner_must(EVP_MAC_final(ctx, out, NULL, 32));
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
}

void owner_ctr(const uint8_t key[16], const uint8_t iv[16], const void *in, void *out, size_t len)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;

	owner_must(ctx && EVP_EncryptInit_ex(ctx, EVP_aes_128_ctr(), NULL, key, iv));
	owner_must(EVP_EncryptUpdate(ctx, out, &n, in, (int)len));
	EVP_CIPHER_CTX_free(ctx);
}

void owner_gcm_seal(const uint8_t key[32], const uint8_t iv[12], struct owner_part aad,
		    const void *in, void *out, size_t len, uint8_t tag[16])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;

	owner_must(ctx && EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, iv));
	owner_must(EVP_EncryptUpdate(ctx, NULL, &n, aad.data, (int)aad.len));
	owner_must(EVP_EncryptUpdate(ctx, out, &n, in, (int)len));
	owner_must(EVP_EncryptFinal_ex(ctx, (uint8_t *)out + n, &n));
	owner_must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, 16, tag));
	EVP_CIPHER_CTX_free(ctx);
}

enum owner_check owner_gcm_open(const uint8_t key[32], const uint8_t iv[12], struct owner_part aad,
				const void *in, void *out, size_t len, const uint8_t tag[16])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n, right;

	owner_must(ctx && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, iv));
	owner_must(EVP_DecryptUpdate(ctx, NULL, &n, aad.data, (int)aad.len));
	owner_must(EVP_DecryptUpdate(ctx, out, &n, in, (int)len));
	owner_must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, 16, (void *)(uintptr_t)tag));
	right = EVP_DecryptFinal_ex(ctx, (uint8_t *)out + n, &n);
	EVP_CIPHER_CTX_free(ctx);
	return right > 0 ? OWNER_OK : OWNER_TAG;
}
