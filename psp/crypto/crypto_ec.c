/* SPDX-License-Identifier: MIT */
/* Curve P-384: keys, signatures, key agreement. */
#include <errno.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "psp/crypto/crypto_internal.h"

enum {
	POINT_SIZE = 1 + 2 * PSP_P384_SIZE, /* SEC 1, uncompressed */
	DER_MAX = 128,			    /* a signature's DER form has at most 104 bytes */
	DRAW_SIZE = PSP_P384_SIZE + 8,	    /* FIPS 186-4 B.4.1: 64 bits more than the order */
};

const char *psp_digest_name(enum psp_digest digest)
{
	return digest == PSP_SHA256 ? "SHA256" : "SHA384";
}

/* 1 <= d < order */
static bool private_in_range(const struct psp_crypto *c, const BIGNUM *d)
{
	return !BN_is_zero(d) && BN_cmp(d, c->order_less_1) <= 0;
}

static OSSL_PARAM *import_params(const uint8_t *point, const BIGNUM *d)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;

	if (bld && OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "P-384", 0) &&
	    OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, POINT_SIZE) &&
	    (!d || OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d)))
		params = OSSL_PARAM_BLD_to_param(bld);
	OSSL_PARAM_BLD_free(bld);
	return params;
}

static EVP_PKEY *import(struct psp_crypto *c, const uint8_t *point, const BIGNUM *d)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(c->lib, "EC", NULL);
	OSSL_PARAM *params = import_params(point, d);
	EVP_PKEY *key = NULL;

	if (!ctx || !params || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, d ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

EVP_PKEY *psp_ec_import(struct psp_crypto *c, const uint8_t *x, const uint8_t *y, const uint8_t *d)
{
	uint8_t point[POINT_SIZE] = {POINT_CONVERSION_UNCOMPRESSED};
	BIGNUM *priv = NULL;
	EVP_PKEY *key = NULL;

	memcpy(point + 1, x, PSP_P384_SIZE);
	memcpy(point + 1 + PSP_P384_SIZE, y, PSP_P384_SIZE);
	if (d) {
		priv = BN_bin2bn(d, PSP_P384_SIZE, NULL);
		if (!priv || !private_in_range(c, priv))
			goto out;
	}
	key = import(c, point, priv);
out:
	BN_clear_free(priv);
	return key;
}

/* d = draw mod (order - 1) + 1, and its point. */
static bool make_key(struct psp_crypto *c, const uint8_t draw[DRAW_SIZE], struct psp_ec_key *key,
		     BN_CTX *ctx)
{
	BIGNUM *d = BN_CTX_get(ctx), *x = BN_CTX_get(ctx), *y = BN_CTX_get(ctx);
	EC_POINT *q = EC_POINT_new(c->p384);
	bool ok;

	ok = y && q && BN_bin2bn(draw, DRAW_SIZE, d) && BN_mod(d, d, c->order_less_1, ctx) &&
	     BN_add_word(d, 1) && EC_POINT_mul(c->p384, q, d, NULL, NULL, ctx) &&
	     EC_POINT_get_affine_coordinates(c->p384, q, x, y, ctx) &&
	     BN_bn2binpad(d, key->d, PSP_P384_SIZE) == PSP_P384_SIZE &&
	     BN_bn2binpad(x, key->x, PSP_P384_SIZE) == PSP_P384_SIZE &&
	     BN_bn2binpad(y, key->y, PSP_P384_SIZE) == PSP_P384_SIZE;
	EC_POINT_free(q);
	return ok;
}

static int key_from(struct psp_crypto *c, const uint8_t draw[DRAW_SIZE], struct psp_ec_key *key)
{
	BN_CTX *ctx = BN_CTX_new_ex(c->lib);
	bool ok = false;

	ERR_set_mark();
	if (ctx) {
		BN_CTX_start(ctx);
		ok = make_key(c, draw, key, ctx);
		BN_CTX_end(ctx);
	}
	ERR_pop_to_mark();
	BN_CTX_free(ctx);
	return ok ? 0 : -ENOMEM;
}

int psp_ec_generate(struct psp_crypto *c, struct psp_ec_key *key)
{
	uint8_t draw[DRAW_SIZE];

	psp_random(c, draw, sizeof(draw));
	return key_from(c, draw, key);
}

int psp_ec_derive(struct psp_crypto *c, const void *secret, size_t len, struct psp_ec_key *key)
{
	uint8_t draw[DRAW_SIZE];

	psp_kdf(c, secret, len, "p384-key", NULL, 0, draw, sizeof(draw));
	return key_from(c, draw, key);
}

/* From DER to two little-endian numbers. */
static bool export_signature(const uint8_t *der, size_t len, uint8_t sig[PSP_ECDSA_SIZE])
{
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &der, (long)len);
	bool ok;

	ok = s && BN_bn2lebinpad(ECDSA_SIG_get0_r(s), sig, PSP_ECDSA_FIELD) == PSP_ECDSA_FIELD &&
	     BN_bn2lebinpad(ECDSA_SIG_get0_s(s), sig + PSP_ECDSA_FIELD, PSP_ECDSA_FIELD) ==
		     PSP_ECDSA_FIELD;
	ECDSA_SIG_free(s);
	return ok;
}

/* The other way. Any two numbers of 72 bytes are encoded; libcrypto checks their range. */
static size_t import_signature(const uint8_t sig[PSP_ECDSA_SIZE], uint8_t **der)
{
	BIGNUM *r = BN_lebin2bn(sig, PSP_ECDSA_FIELD, NULL);
	BIGNUM *s = BN_lebin2bn(sig + PSP_ECDSA_FIELD, PSP_ECDSA_FIELD, NULL);
	ECDSA_SIG *both = ECDSA_SIG_new();
	int len = 0;

	if (r && s && both && ECDSA_SIG_set0(both, r, s) == 1) {
		r = s = NULL;
		len = i2d_ECDSA_SIG(both, der);
	}
	ECDSA_SIG_free(both);
	BN_free(s);
	BN_free(r);
	return len > 0 ? (size_t)len : 0;
}

static int sign(struct psp_crypto *c, const struct psp_ec_key *key, enum psp_digest digest,
		const void *data, size_t len, uint8_t sig[PSP_ECDSA_SIZE])
{
	EVP_PKEY *pkey = psp_ec_import(c, key->x, key->y, key->d);
	uint8_t der[DER_MAX];
	size_t der_len = sizeof(der);
	bool ok;

	if (!pkey)
		return -EINVAL;
	ok = EVP_MD_CTX_reset(c->sign_ctx) == 1 &&
	     EVP_DigestSignInit_ex(c->sign_ctx, NULL, psp_digest_name(digest), c->lib, NULL, pkey,
				   NULL) == 1 &&
	     EVP_DigestSign(c->sign_ctx, der, &der_len, data, len) == 1 &&
	     export_signature(der, der_len, sig);
	EVP_PKEY_free(pkey);
	return ok ? 0 : -ENOMEM;
}

int psp_ec_sign(struct psp_crypto *c, const struct psp_ec_key *key, enum psp_digest digest,
		const void *data, size_t len, uint8_t sig[PSP_ECDSA_SIZE])
{
	int ret;

	ERR_set_mark();
	ret = sign(c, key, digest, data, len, sig);
	ERR_pop_to_mark();
	return ret;
}

static int verify(struct psp_crypto *c, const uint8_t *x, const uint8_t *y, enum psp_digest digest,
		  const void *data, size_t len, const uint8_t *sig)
{
	EVP_PKEY *pkey = psp_ec_import(c, x, y, NULL);
	uint8_t *der = NULL;
	size_t der_len;
	bool ok;

	if (!pkey)
		return -EINVAL;
	der_len = import_signature(sig, &der);
	ok = der_len && EVP_MD_CTX_reset(c->sign_ctx) == 1 &&
	     EVP_DigestVerifyInit_ex(c->sign_ctx, NULL, psp_digest_name(digest), c->lib, NULL, pkey,
				     NULL) == 1 &&
	     EVP_DigestVerify(c->sign_ctx, der, der_len, data, len) == 1;
	OPENSSL_free(der);
	EVP_PKEY_free(pkey);
	return ok ? 0 : -EBADMSG;
}

int psp_ec_verify(struct psp_crypto *c, const uint8_t x[PSP_P384_SIZE],
		  const uint8_t y[PSP_P384_SIZE], enum psp_digest digest, const void *data,
		  size_t len, const uint8_t sig[PSP_ECDSA_SIZE])
{
	int ret;

	ERR_set_mark();
	ret = verify(c, x, y, digest, data, len, sig);
	ERR_pop_to_mark();
	return ret;
}

static int ecdh(struct psp_crypto *c, const struct psp_ec_key *key, const uint8_t *x,
		const uint8_t *y, uint8_t z[PSP_P384_SIZE])
{
	EVP_PKEY *own = psp_ec_import(c, key->x, key->y, key->d);
	EVP_PKEY *peer = psp_ec_import(c, x, y, NULL);
	EVP_PKEY_CTX *ctx = NULL;
	size_t len = PSP_P384_SIZE;
	int ret = -EINVAL;

	if (!own || !peer)
		goto out;
	ctx = EVP_PKEY_CTX_new_from_pkey(c->lib, own, NULL);
	if (ctx && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
	    EVP_PKEY_derive(ctx, z, &len) == 1)
		ret = 0;
out:
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	EVP_PKEY_free(own);
	return ret;
}

int psp_ecdh(struct psp_crypto *c, const struct psp_ec_key *key, const uint8_t x[PSP_P384_SIZE],
	     const uint8_t y[PSP_P384_SIZE], uint8_t z[PSP_P384_SIZE])
{
	int ret;

	ERR_set_mark();
	ret = ecdh(c, key, x, y, z);
	ERR_pop_to_mark();
	return ret;
}
