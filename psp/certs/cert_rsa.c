/* SPDX-License-Identifier: MIT */
/* RSA-PSS with the numbers and signatures little-endian, as AMD stores them. */
#include <errno.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "psp/certs/cert_internal.h"

enum psp_digest psp_rsa_digest(unsigned int bits)
{
	return bits > 2048 ? PSP_SHA384 : PSP_SHA256;
}

static EVP_PKEY *import(struct psp_crypto *c, const BIGNUM *n, const BIGNUM *e)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(c->lib, "RSA", NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (ctx && bld && n && e && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e))
		params = OSSL_PARAM_BLD_to_param(bld);
	if (!params || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

EVP_PKEY *psp_rsa_import(struct psp_crypto *c, const uint8_t *modulus, const uint8_t *exponent,
			 size_t bytes)
{
	BIGNUM *n = BN_lebin2bn(modulus, (int)bytes, NULL);
	BIGNUM *e = BN_lebin2bn(exponent, (int)bytes, NULL);
	EVP_PKEY *key = import(c, n, e);

	BN_free(e);
	BN_free(n);
	return key;
}

static bool export_number(EVP_PKEY *key, const char *name, uint8_t *out, size_t bytes)
{
	BIGNUM *bn = NULL;
	bool ok;

	ok = EVP_PKEY_get_bn_param(key, name, &bn) == 1 &&
	     BN_bn2lebinpad(bn, out, (int)bytes) == (int)bytes;
	BN_free(bn);
	return ok;
}

bool psp_rsa_export(EVP_PKEY *key, uint8_t *modulus, uint8_t *exponent, size_t bytes)
{
	return export_number(key, OSSL_PKEY_PARAM_RSA_N, modulus, bytes) &&
	       export_number(key, OSSL_PKEY_PARAM_RSA_E, exponent, bytes);
}

static bool set_pss(EVP_PKEY_CTX *ctx, int salt)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt) == 1;
}

int psp_rsa_sign(struct psp_crypto *c, EVP_PKEY *key, enum psp_digest digest, const void *data,
		 size_t len, uint8_t *sig)
{
	uint8_t big_endian[PSP_RSA_MAX];
	size_t sig_len = sizeof(big_endian);
	EVP_PKEY_CTX *ctx;
	bool ok;

	ERR_set_mark();
	ok = EVP_MD_CTX_reset(c->sign_ctx) == 1 &&
	     EVP_DigestSignInit_ex(c->sign_ctx, &ctx, psp_digest_name(digest), c->lib, NULL, key,
				   NULL) == 1 &&
	     set_pss(ctx, RSA_PSS_SALTLEN_DIGEST) &&
	     EVP_DigestSign(c->sign_ctx, big_endian, &sig_len, data, len) == 1;
	ERR_pop_to_mark();
	if (!ok)
		return -EINVAL;
	psp_reverse(sig, big_endian, sig_len);
	return 0;
}

int psp_rsa_verify(struct psp_crypto *c, EVP_PKEY *key, enum psp_digest digest, const void *data,
		   size_t len, const uint8_t *sig)
{
	const size_t sig_len = (size_t)EVP_PKEY_get_size(key);
	uint8_t big_endian[PSP_RSA_MAX];
	EVP_PKEY_CTX *ctx;
	bool ok;

	psp_reverse(big_endian, sig, sig_len);
	ERR_set_mark();
	ok = EVP_MD_CTX_reset(c->sign_ctx) == 1 &&
	     EVP_DigestVerifyInit_ex(c->sign_ctx, &ctx, psp_digest_name(digest), c->lib, NULL, key,
				     NULL) == 1 &&
	     set_pss(ctx, RSA_PSS_SALTLEN_AUTO) &&
	     EVP_DigestVerify(c->sign_ctx, big_endian, sig_len, data, len) == 1;
	ERR_pop_to_mark();
	return ok ? 0 : -EBADMSG;
}
