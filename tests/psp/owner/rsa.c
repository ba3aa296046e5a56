/* SPDX-License-Identifier: MIT */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "tests/psp/owner/crypto.h"

static EVP_PKEY *rsa_public(const uint8_t *modulus, const uint8_t *exponent, size_t size)
{
	BIGNUM *n = BN_lebin2bn(modulus, (int)size, NULL);
	BIGNUM *e = BN_lebin2bn(exponent, (int)size, NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;

	owner_must(n && e && bld && ctx);
	owner_must(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n));
	owner_must(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e));
	params = OSSL_PARAM_BLD_to_param(bld);
	owner_must(params && EVP_PKEY_fromdata_init(ctx) > 0);
	if (EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
		ERR_clear_error();
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	BN_free(e);
	BN_free(n);
	return key;
}

bool owner_pss_verify(const uint8_t *modulus, const uint8_t *exponent, const uint8_t *sig,
		      size_t size, const char *md, const struct owner_part *parts, size_t n)
{
	EVP_PKEY *key = rsa_public(modulus, exponent, size);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t *big_endian = malloc(size);
	EVP_PKEY_CTX *pkey_ctx;
	bool right = false;

	owner_must(ctx && big_endian);
	for (size_t i = 0; i < size; i++)
		big_endian[i] = sig[size - 1 - i];
	if (key && EVP_DigestVerifyInit_ex(ctx, &pkey_ctx, md, NULL, NULL, key, NULL) > 0) {
		owner_must(EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, RSA_PKCS1_PSS_PADDING) > 0);
		owner_must(EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey_ctx, RSA_PSS_SALTLEN_AUTO) > 0);
		for (size_t i = 0; i < n; i++)
			owner_must(EVP_DigestVerifyUpdate(ctx, parts[i].data, parts[i].len));
		right = EVP_DigestVerifyFinal(ctx, big_endian, size) == 1;
	}
	ERR_clear_error();
	free(big_endian);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return right;
}
