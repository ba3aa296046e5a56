/* SPDX-License-Identifier: MIT */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "tests/psp/independent.h"

static EVP_PKEY *public_key(const char *type, OSSL_PARAM_BLD *bld)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	return key;
}

static bool ok(EVP_PKEY *key, const char *hash, bool pss, const void *data, size_t len,
	       const uint8_t *sig, size_t sig_len)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	bool good = false;

	if (key && EVP_DigestVerifyInit_ex(md, &ctx, hash, NULL, NULL, key, NULL) == 1) {
		if (pss) {
			EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
			EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST);
		}
		good = EVP_DigestVerify(md, sig, sig_len, data, len) == 1;
	}
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good;
}

bool ind_ecdsa_ok(const uint8_t *x, const uint8_t *y, const char *hash, const void *data,
		  size_t len, const uint8_t *sig)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	ECDSA_SIG *s = ECDSA_SIG_new();
	uint8_t point[97] = {4}, *der = NULL;
	int der_len;
	bool good;

	for (unsigned int i = 0; i < 48; i++) {
		point[1 + i] = x[47 - i];
		point[49 + i] = y[47 - i];
	}
	OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "P-384", 0);
	OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point));
	ECDSA_SIG_set0(s, BN_lebin2bn(sig, 72, NULL), BN_lebin2bn(sig + 72, 72, NULL));
	der_len = i2d_ECDSA_SIG(s, &der);
	good = ok(public_key("EC", bld), hash, false, data, len, der, (size_t)der_len);
	OPENSSL_free(der);
	ECDSA_SIG_free(s);
	return good;
}

bool ind_pss_ok(const uint8_t *modulus, const uint8_t *exponent, size_t bytes, const char *hash,
		const void *data, size_t len, const uint8_t *sig)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *n = BN_lebin2bn(modulus, (int)bytes, NULL);
	BIGNUM *e = BN_lebin2bn(exponent, (int)bytes, NULL);
	uint8_t reversed[512];
	bool good;

	for (size_t i = 0; i < bytes; i++)
		reversed[i] = sig[bytes - 1 - i];
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e);
	good = ok(public_key("RSA", bld), hash, true, data, len, reversed, bytes);
	BN_free(e);
	BN_free(n);
	return good;
}
