/* SPDX-License-Identifier: MIT */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

#include "tests/psp/owner/chip.h"
#include "tests/psp/owner/crypto.h"
#include "tests/psp/owner/root_primes.h"

#define PUBLIC_EXPONENT 65537

static EVP_PKEY *rsa_pair(const BIGNUM *n, const BIGNUM *e, const BIGNUM *d)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;

	owner_must(bld && ctx && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) &&
		   OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) &&
		   OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_D, d));
	params = OSSL_PARAM_BLD_to_param(bld);
	owner_must(params && EVP_PKEY_fromdata_init(ctx) > 0);
	owner_must(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) > 0);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

EVP_PKEY *owner_root_key(enum owner_root_key which)
{
	BIGNUM *p = NULL, *q = NULL, *n = BN_new(), *e = BN_new(), *d = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	EVP_PKEY *key;

	owner_must(n && e && d && ctx && BN_hex2bn(&p, owner_root_primes[which][0]) &&
		   BN_hex2bn(&q, owner_root_primes[which][1]));
	owner_must(BN_mul(n, p, q, ctx) && BN_set_word(e, PUBLIC_EXPONENT));
	owner_must(BN_sub_word(p, 1) && BN_sub_word(q, 1) && BN_mul(p, p, q, ctx));
	owner_must(BN_mod_inverse(d, e, p, ctx) != NULL);
	key = rsa_pair(n, e, d);
	BN_CTX_free(ctx);
	BN_free(n);
	BN_free(e);
	BN_clear_free(d);
	BN_clear_free(p);
	BN_clear_free(q);
	return key;
}

static void sign_pss(EVP_PKEY *key, const uint8_t *data, size_t len, uint8_t *sig)
{
	size_t size = (size_t)EVP_PKEY_get_size(key);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pkey_ctx;

	owner_must(ctx && EVP_DigestSignInit_ex(ctx, &pkey_ctx, size == 256 ? "SHA256" : "SHA384",
						NULL, NULL, key, NULL) > 0);
	owner_must(EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, RSA_PKCS1_PSS_PADDING) > 0);
	owner_must(EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey_ctx, RSA_PSS_SALTLEN_DIGEST) > 0);
	owner_must(EVP_DigestSign(ctx, sig, &size, data, len) > 0);
	for (size_t i = 0; i < size / 2; i++) {
		uint8_t byte = sig[i];

		sig[i] = sig[size - 1 - i];
		sig[size - 1 - i] = byte;
	}
	EVP_MD_CTX_free(ctx);
}

void owner_amd_cert_make(uint8_t *cert, EVP_PKEY *key, EVP_PKEY *signer, enum owner_usage usage,
			 uint8_t id, uint8_t certifier)
{
	size_t size = (size_t)EVP_PKEY_get_size(key);
	BIGNUM *n = NULL, *e = NULL;

	memset(cert, 0, OWNER_AMD_CERT_MAX);
	owner_put32(cert, 1);
	for (unsigned int i = 0; i < 16; i++) {
		cert[4 + i] = (uint8_t)(id + i);
		cert[0x14 + i] = (uint8_t)(certifier + i);
	}
	owner_put32(cert + 0x24, usage);
	owner_put32(cert + 0x38, (uint32_t)size * 8);
	owner_put32(cert + 0x3c, (uint32_t)size * 8);
	owner_must(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) &&
		   EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e));
	owner_must(BN_bn2lebinpad(e, cert + 0x40, (int)size) == (int)size &&
		   BN_bn2lebinpad(n, cert + 0x40 + size, (int)size) == (int)size);
	sign_pss(signer, cert, 0x40 + 2 * size, cert + 0x40 + 2 * size);
	BN_free(n);
	BN_free(e);
}

static void make_cek(struct owner_chip *chip, const uint8_t api[2], EVP_PKEY *ask)
{
	uint8_t *cek = chip->chain + 2 * OWNER_CERT_SIZE;

	owner_cert_make(cek, api, OWNER_USAGE_CEK, OWNER_ALGO_ECDSA_SHA256, &chip->cek_key);
	owner_put32(cek + OWNER_CERT_SIG1, OWNER_USAGE_ASK);
	owner_put32(cek + OWNER_CERT_SIG1 + 4,
		    EVP_PKEY_get_size(ask) == 256 ? OWNER_ALGO_RSA_SHA256 : OWNER_ALGO_RSA_SHA384);
	sign_pss(ask, cek, OWNER_CERT_SIGNED, cek + OWNER_CERT_SIG1 + 8);
}

void owner_chip_make(struct owner_chip *chip, struct owner_rand *rand, unsigned int bits)
{
	static const uint8_t api[2] = {0, 24};
	EVP_PKEY *ark = owner_root_key(bits == 2048 ? OWNER_ARK_2048 : OWNER_ARK_4096);
	EVP_PKEY *ask = owner_root_key(bits == 2048 ? OWNER_ASK_2048 : OWNER_ASK_4096);

	owner_ec_generate(&chip->cek_key, rand);
	owner_ec_generate(&chip->oca_key, rand);
	owner_ec_generate(&chip->pek_key, rand);
	owner_ec_generate(&chip->pdh_key, rand);
	chip->amd_size = 0x40 + 3 * bits / 8;
	owner_amd_cert_make(chip->ark, ark, ark, OWNER_USAGE_ARK, 0xa1, 0xa1);
	owner_amd_cert_make(chip->ask, ask, ark, OWNER_USAGE_ASK, 0xa5, 0xa1);
	make_cek(chip, api, ask);
	owner_oca_make(chip->chain + OWNER_CERT_SIZE, api, &chip->oca_key);
	owner_cert_make(chip->chain, api, OWNER_USAGE_PEK, OWNER_ALGO_ECDSA_SHA256, &chip->pek_key);
	owner_cert_sign(chip->chain, OWNER_CERT_SIG1, OWNER_USAGE_OCA, &chip->oca_key);
	owner_cert_sign(chip->chain, OWNER_CERT_SIG2, OWNER_USAGE_CEK, &chip->cek_key);
	owner_cert_make(chip->pdh, api, OWNER_USAGE_PDH, OWNER_ALGO_ECDH_SHA256, &chip->pdh_key);
	owner_cert_sign(chip->pdh, OWNER_CERT_SIG1, OWNER_USAGE_PEK, &chip->pek_key);
	EVP_PKEY_free(ark);
	EVP_PKEY_free(ask);
}

struct owner_platform owner_chip_platform(const struct owner_chip *chip)
{
	return (struct owner_platform){
		.pdh = chip->pdh,
		.chain = chip->chain,
		.ask = chip->ask,
		.ark = chip->ark,
		.ask_size = chip->amd_size,
		.ark_size = chip->amd_size,
	};
}
