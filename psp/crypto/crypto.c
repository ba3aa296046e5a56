/* SPDX-License-Identifier: MIT */
/* The context: what libcrypto is asked for once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include "psp/crypto/crypto_internal.h"

static bool open_generator(struct psp_crypto *c)
{
	if (psp_stream_open(&c->own, c->lib) || psp_stream_open(&c->drawn, c->lib))
		return false;
	if (!psp_stream_start(&c->own, c->seed, "random", NULL, 0) ||
	    !psp_stream_start(&c->drawn, c->seed, "libcrypto", NULL, 0))
		return false;
	c->generator = psp_generator_load(c->lib, &c->drawn);
	return c->generator != NULL;
}

static bool open_ciphers(struct psp_crypto *c)
{
	c->ctr = EVP_CIPHER_fetch(c->lib, "AES-128-CTR", NULL);
	c->gcm = EVP_CIPHER_fetch(c->lib, "AES-256-GCM", NULL);
	c->ctr_ctx = EVP_CIPHER_CTX_new();
	c->gcm_ctx = EVP_CIPHER_CTX_new();
	return c->ctr && c->gcm && c->ctr_ctx && c->gcm_ctx;
}

static bool open_hmac(struct psp_crypto *c)
{
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
		OSSL_PARAM_construct_end(),
	};

	c->hmac = EVP_MAC_fetch(c->lib, "HMAC", NULL);
	c->hmac_ctx = c->hmac ? EVP_MAC_CTX_new(c->hmac) : NULL;
	return c->hmac_ctx && EVP_MAC_CTX_set_params(c->hmac_ctx, params) == 1;
}

static bool open_curve(struct psp_crypto *c)
{
	c->sign_ctx = EVP_MD_CTX_new();
	c->p384 = EC_GROUP_new_by_curve_name_ex(c->lib, NULL, NID_secp384r1);
	if (!c->sign_ctx || !c->p384)
		return false;
	c->order_less_1 = BN_dup(EC_GROUP_get0_order(c->p384));
	return c->order_less_1 && BN_sub_word(c->order_less_1, 1);
}

static bool open_all(struct psp_crypto *c)
{
	c->lib = OSSL_LIB_CTX_new();
	if (!c->lib)
		return false;
	c->algorithms = OSSL_PROVIDER_load(c->lib, "default");
	return c->algorithms && open_generator(c) && open_ciphers(c) && open_hmac(c) &&
	       open_curve(c);
}

struct psp_crypto *psp_crypto_new(uint64_t seed)
{
	struct psp_crypto *c = calloc(1, sizeof(*c));
	bool ok;

	if (!c)
		return NULL;
	c->seed = seed;
	ERR_set_mark();
	ok = open_all(c);
	ERR_pop_to_mark();
	if (!ok) {
		psp_crypto_free(c);
		return NULL;
	}
	return c;
}

void psp_crypto_free(struct psp_crypto *c)
{
	if (!c)
		return;
	BN_free(c->order_less_1);
	EC_GROUP_free(c->p384);
	EVP_MD_CTX_free(c->sign_ctx);
	EVP_MAC_CTX_free(c->hmac_ctx);
	EVP_MAC_free(c->hmac);
	EVP_CIPHER_CTX_free(c->gcm_ctx);
	EVP_CIPHER_CTX_free(c->ctr_ctx);
	EVP_CIPHER_free(c->gcm);
	EVP_CIPHER_free(c->ctr);
	psp_stream_close(&c->drawn);
	psp_stream_close(&c->own);
	if (c->generator)
		OSSL_PROVIDER_unload(c->generator);
	if (c->algorithms)
		OSSL_PROVIDER_unload(c->algorithms);
	OSSL_LIB_CTX_free(c->lib);
	free(c);
}

bool psp_crypto_failed(const struct psp_crypto *c)
{
	return c->failed;
}

void psp_random(struct psp_crypto *c, void *buf, size_t len)
{
	ERR_set_mark();
	if (!psp_stream_read(&c->own, buf, len))
		c->failed = true;
	ERR_pop_to_mark();
}

void psp_crypto_stream(struct psp_crypto *c, const char *label, const void *context, size_t len)
{
	ERR_set_mark();
	if (!psp_stream_start(&c->drawn, c->seed, label, context, len))
		c->failed = true;
	ERR_pop_to_mark();
}
