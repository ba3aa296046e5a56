/* SPDX-License-Identifier: MIT */
/*
 * X.509 certificates. Public keys are put in as their encodings: X509_set_pubkey() would decode
 * them once more in the process's default context.
 */
#include <endian.h>
#include <errno.h>

#include <openssl/bn.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include "psp/certs/kds_internal.h"

#define NOT_BEFORE "20200101000000Z"
#define NOT_AFTER  "20450101000000Z"

static bool set_name(X509_NAME *name, const char *cn)
{
	static const char *const parts[][2] = {
		{"OU", "Engineering"},		 {"C", "US"}, {"L", "Santa Clara"}, {"ST", "CA"},
		{"O", "Advanced Micro Devices"},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (X509_NAME_add_entry_by_txt(name, parts[i][0], MBSTRING_ASC,
					       (const uint8_t *)parts[i][1], -1, -1, 0) != 1)
			return false;
	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)cn, -1, -1,
					  0) == 1;
}

/* 63 bits that depend on the seed, the name and what else makes the certificate unique. */
static bool set_serial(struct psp_kds *kds, const struct kds_subject *s, X509 *x)
{
	const uint64_t seed = htole64(kds->seed);
	const struct iovec parts[] = {
		{(void *)s->name, strlen(s->name) + 1},
		{(void *)s->unique, s->unique_len},
	};
	uint8_t mac[PSP_SHA256_SIZE];
	BIGNUM *bn;
	bool ok;

	psp_hmac(kds->crypto, &seed, sizeof(seed), parts, 2, mac);
	mac[0] &= 0x7f;
	bn = BN_bin2bn(mac, 8, NULL);
	ok = bn && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x));
	BN_free(bn);
	return ok;
}

static bool set_head(struct psp_kds *kds, const struct kds_subject *s, X509 *x)
{
	X509_NAME *subject = X509_get_subject_name(x);

	return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(kds, s, x) &&
	       set_name(subject, s->name) &&
	       X509_set_issuer_name(x, s->issuer ? X509_get_subject_name(s->issuer) : subject) ==
		       1 &&
	       ASN1_TIME_set_string_X509(X509_getm_notBefore(x), NOT_BEFORE) == 1 &&
	       ASN1_TIME_set_string_X509(X509_getm_notAfter(x), NOT_AFTER) == 1;
}

X509 *psp_x509_begin(struct psp_kds *kds, const struct kds_subject *s)
{
	X509 *x = X509_new_ex(kds->crypto->lib, NULL);

	if (x && set_head(kds, s, x))
		return x;
	X509_free(x);
	return NULL;
}

/* `encoded` was allocated by libcrypto, and belongs to the certificate if all is well. */
static bool set_key(X509 *x, int algorithm, int type, void *parameter, uint8_t *encoded, int len)
{
	if (len > 0 && X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(x), OBJ_nid2obj(algorithm), type,
					      parameter, encoded, len) == 1)
		return true;
	OPENSSL_free(encoded);
	return false;
}

bool psp_x509_ec_key(X509 *x, const struct psp_ec_key *key)
{
	const int len = 1 + 2 * PSP_P384_SIZE;
	uint8_t *point = OPENSSL_malloc((size_t)len);

	if (!point)
		return false;
	point[0] = POINT_CONVERSION_UNCOMPRESSED;
	memcpy(point + 1, key->x, PSP_P384_SIZE);
	memcpy(point + 1 + PSP_P384_SIZE, key->y, PSP_P384_SIZE);
	return set_key(x, NID_X9_62_id_ecPublicKey, V_ASN1_OBJECT, OBJ_nid2obj(NID_secp384r1),
		       point, len);
}

bool psp_x509_rsa_key(X509 *x, EVP_PKEY *key)
{
	uint8_t *encoded = NULL;
	const int len = i2d_PublicKey(key, &encoded);

	return set_key(x, NID_rsaEncryption, V_ASN1_NULL, NULL, encoded, len);
}

bool psp_x509_sign(struct psp_kds *kds, const struct kds_subject *s, X509 *x)
{
	EVP_MD_CTX *md = kds->crypto->sign_ctx;
	EVP_PKEY_CTX *ctx;

	psp_crypto_stream(kds->crypto, s->name, s->unique, s->unique_len);
	return EVP_MD_CTX_reset(md) == 1 &&
	       EVP_DigestSignInit_ex(md, &ctx, psp_digest_name(PSP_SHA384), kds->crypto->lib, NULL,
				     s->signer, NULL) == 1 &&
	       EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1 &&
	       X509_sign_ctx(x, md) > 0;
}

int psp_x509_der(X509 *x, uint8_t *der, size_t room)
{
	const int len = i2d_X509(x, NULL);

	if (len <= 0)
		return -ENOMEM;
	if ((size_t)len > room)
		return -ENOSPC;
	return i2d_X509(x, &der);
}
