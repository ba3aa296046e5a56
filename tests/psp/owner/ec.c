/* SPDX-License-Identifier: MIT */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <string.h>

#include "tests/psp/owner/crypto.h"

#define FIELD 72 /* bytes of a number in a key or a signature */

static EVP_PKEY *key_from(const char *group, const uint8_t *point, size_t point_len,
			  const BIGNUM *scalar)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;

	owner_must(bld && ctx);
	owner_must(OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, group, 0));
	owner_must(
		OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, point_len));
	if (scalar)
		owner_must(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, scalar));
	params = OSSL_PARAM_BLD_to_param(bld);
	owner_must(params && EVP_PKEY_fromdata_init(ctx) > 0);
	if (EVP_PKEY_fromdata(ctx, &key, scalar ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) <=
	    0)
		ERR_clear_error();
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *own_key(const struct owner_ec_key *key)
{
	BIGNUM *scalar = BN_bin2bn(key->scalar, sizeof(key->scalar), NULL);
	uint8_t point[97] = {POINT_CONVERSION_UNCOMPRESSED};
	EVP_PKEY *pkey;

	memcpy(point + 1, key->x, 48);
	memcpy(point + 49, key->y, 48);
	pkey = key_from("P-384", point, sizeof(point), scalar);
	owner_must(pkey);
	BN_clear_free(scalar);
	return pkey;
}

static void reverse(const uint8_t *from, uint8_t *to, size_t len)
{
	for (size_t i = 0; i < len; i++)
		to[i] = from[len - 1 - i];
}

EVP_PKEY *owner_ec_public(const uint8_t key[OWNER_KEY_SIZE])
{
	uint32_t curve = owner_get32(key);
	size_t len = curve == OWNER_CURVE_P384 ? 48 : 32;
	uint8_t point[97] = {POINT_CONVERSION_UNCOMPRESSED};

	if (curve != OWNER_CURVE_P256 && curve != OWNER_CURVE_P384)
		return NULL;
	for (size_t i = 0; i < 2; i++) {
		if (!owner_zero(key + 4 + i * FIELD + len, FIELD - len))
			return NULL;
		reverse(key + 4 + i * FIELD, point + 1 + i * len, len);
	}
	if (!owner_zero(key + 4 + 2 * FIELD, OWNER_KEY_SIZE - 4 - 2 * FIELD))
		return NULL;
	return key_from(len == 48 ? "P-384" : "P-256", point, 1 + 2 * len, NULL);
}

void owner_ec_generate(struct owner_ec_key *key, struct owner_rand *rand)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	EC_POINT *point = EC_POINT_new(group);
	BIGNUM *scalar = BN_new(), *x = BN_new(), *y = BN_new();

	owner_must(point && scalar && x && y);
	do {
		owner_rand_bytes(rand, key->scalar, sizeof(key->scalar));
		owner_must(BN_bin2bn(key->scalar, sizeof(key->scalar), scalar) != NULL);
	} while (BN_is_zero(scalar) || BN_cmp(scalar, EC_GROUP_get0_order(group)) >= 0);
	owner_must(EC_POINT_mul(group, point, scalar, NULL, NULL, NULL));
	owner_must(EC_POINT_get_affine_coordinates(group, point, x, y, NULL));
	owner_must(BN_bn2binpad(x, key->x, 48) == 48 && BN_bn2binpad(y, key->y, 48) == 48);
	BN_free(y);
	BN_free(x);
	BN_clear_free(scalar);
	EC_POINT_free(point);
	EC_GROUP_free(group);
}

void owner_ec_export(const struct owner_ec_key *key, uint8_t out[OWNER_KEY_SIZE])
{
	memset(out, 0, OWNER_KEY_SIZE);
	owner_put32(out, OWNER_CURVE_P384);
	reverse(key->x, out + 4, 48);
	reverse(key->y, out + 4 + FIELD, 48);
}

bool owner_ecdsa_verify(EVP_PKEY *key, const uint8_t *digest, size_t len, const uint8_t sig[144])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	BIGNUM *r = BN_lebin2bn(sig, FIELD, NULL), *s = BN_lebin2bn(sig + FIELD, FIELD, NULL);
	ECDSA_SIG *pair = ECDSA_SIG_new();
	unsigned char *der = NULL;
	int der_len, right;

	owner_must(ctx && r && s && pair && ECDSA_SIG_set0(pair, r, s));
	der_len = i2d_ECDSA_SIG(pair, &der);
	owner_must(der_len > 0 && EVP_PKEY_verify_init(ctx) > 0);
	right = EVP_PKEY_verify(ctx, der, (size_t)der_len, digest, len);
	ERR_clear_error();
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	EVP_PKEY_CTX_free(ctx);
	return right == 1;
}

void owner_ecdsa_sign(const struct owner_ec_key *key, const uint8_t *digest, size_t len,
		      uint8_t sig[144])
{
	EVP_PKEY *pkey = own_key(key);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	unsigned char der[128];
	const unsigned char *at = der;
	size_t der_len = sizeof(der);
	ECDSA_SIG *pair;

	owner_must(ctx && EVP_PKEY_sign_init(ctx) > 0);
	owner_must(EVP_PKEY_sign(ctx, der, &der_len, digest, len) > 0);
	pair = d2i_ECDSA_SIG(NULL, &at, (long)der_len);
	owner_must(pair != NULL);
	owner_must(BN_bn2lebinpad(ECDSA_SIG_get0_r(pair), sig, FIELD) == FIELD);
	owner_must(BN_bn2lebinpad(ECDSA_SIG_get0_s(pair), sig + FIELD, FIELD) == FIELD);
	ECDSA_SIG_free(pair);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(pkey);
}

enum owner_check owner_ecdh(const struct owner_ec_key *key, const uint8_t peer[OWNER_KEY_SIZE],
			    uint8_t z[48])
{
	EVP_PKEY *theirs = owner_get32(peer) == OWNER_CURVE_P384 ? owner_ec_public(peer) : NULL;
	EVP_PKEY *own;
	EVP_PKEY_CTX *ctx;
	size_t len = 48;

	if (!theirs)
		return OWNER_KEY;
	own = own_key(key);
	ctx = EVP_PKEY_CTX_new(own, NULL);
	owner_must(ctx && EVP_PKEY_derive_init(ctx) > 0);
	owner_must(EVP_PKEY_derive_set_peer(ctx, theirs) > 0);
	owner_must(EVP_PKEY_derive(ctx, z, &len) > 0 && len == 48);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(own);
	EVP_PKEY_free(theirs);
	return OWNER_OK;
}
