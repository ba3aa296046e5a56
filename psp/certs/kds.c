/* SPDX-License-Identifier: MIT */
/* The service, and its authorities' keys and certificates. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>

#include "psp/certs/kds_internal.h"

static bool config_ok(const struct psp_kds_config *config)
{
	return (config->rsa_bits == 2048 || config->rsa_bits == 4096) && config->product &&
	       config->stepping && strlen(config->product) < 32 && strlen(config->stepping) < 32;
}

int psp_kds_new(struct psp_kds **out, const struct psp_kds_config *config)
{
	struct psp_kds *kds;

	*out = NULL;
	if (!config_ok(config))
		return -EINVAL;
	kds = calloc(1, sizeof(*kds));
	if (!kds)
		return -ENOMEM;
	kds->crypto = psp_crypto_new(config->seed);
	if (!kds->crypto) {
		free(kds);
		return -ENOMEM;
	}
	kds->seed = config->seed;
	kds->rsa_bits = config->rsa_bits;
	kds->turin = config->turin;
	snprintf(kds->product, sizeof(kds->product), "%s", config->product);
	snprintf(kds->product_name, sizeof(kds->product_name), "%s-%s", config->product,
		 config->stepping);
	*out = kds;
	return 0;
}

void psp_kds_free(struct psp_kds *kds)
{
	if (!kds)
		return;
	for (unsigned int i = 0; i < KDS_AUTHORITIES; i++) {
		X509_free(kds->authority[i].cert);
		EVP_PKEY_free(kds->authority[i].key);
	}
	psp_crypto_free(kds->crypto);
	free(kds);
}

/* CN of an authority: what AMD calls it. */
static void name_of(const struct psp_kds *kds, enum psp_authority which, char name[KDS_NAME])
{
	static const char *const prefix[] = {"ARK", "SEV", "SEV-VLEK"};

	snprintf(name, KDS_NAME, "%s-%s", prefix[which], kds->product);
}

EVP_PKEY *psp_kds_key(struct psp_kds *kds, enum psp_authority which)
{
	struct kds_authority *a = &kds->authority[which];
	char name[KDS_NAME];

	if (a->key)
		return a->key;
	name_of(kds, which, name);
	psp_crypto_stream(kds->crypto, "authority", name, strlen(name));
	ERR_set_mark();
	a->key = EVP_PKEY_Q_keygen(kds->crypto->lib, NULL, "RSA", (size_t)kds->rsa_bits);
	ERR_pop_to_mark();
	return a->key;
}

bool psp_kds_key_id(EVP_PKEY *key, uint8_t id[PSP_SHA256_SIZE])
{
	const size_t bytes = (size_t)EVP_PKEY_get_size(key);
	uint8_t modulus[PSP_RSA_MAX], exponent[PSP_RSA_MAX];

	if (bytes > PSP_RSA_MAX || !psp_rsa_export(key, modulus, exponent, bytes))
		return false;
	psp_sha256(modulus, bytes, id);
	return true;
}

static X509 *make_cert(struct psp_kds *kds, const struct kds_subject *s, EVP_PKEY *key)
{
	X509 *x = psp_x509_begin(kds, s);

	if (x && psp_x509_rsa_key(x, key) && psp_x509_ca_extensions(x, key, s->issuer) &&
	    psp_x509_sign(kds, s, x))
		return x;
	X509_free(x);
	return NULL;
}

X509 *psp_kds_cert(struct psp_kds *kds, enum psp_authority which)
{
	struct kds_authority *a = &kds->authority[which];
	X509 *ark = which == PSP_ARK ? NULL : psp_kds_cert(kds, PSP_ARK);
	EVP_PKEY *key = psp_kds_key(kds, which);
	char name[KDS_NAME];
	struct kds_subject s = {.name = name, .issuer = ark, .signer = psp_kds_key(kds, PSP_ARK)};

	if (a->cert || !key || !s.signer || (which != PSP_ARK && !ark))
		return a->cert;
	name_of(kds, which, name);
	ERR_set_mark();
	a->cert = make_cert(kds, &s, key);
	ERR_pop_to_mark();
	return a->cert;
}

int psp_kds_x509(struct psp_kds *kds, enum psp_authority which, uint8_t *der, size_t room)
{
	X509 *x = psp_kds_cert(kds, which);

	return x ? psp_x509_der(x, der, room) : -ENOMEM;
}
