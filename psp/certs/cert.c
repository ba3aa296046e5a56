/* SPDX-License-Identifier: MIT */
/* Making SEV certificates, and the rules for each usage (55766). */
#include <errno.h>

#include <openssl/err.h>

#include "psp/certs/cert_internal.h"
#include "psp/certs/cert_slot.h"

enum {
	VERSION = 1,
};

enum psp_usage psp_cert_usage(const uint8_t cert[PSP_CERT_SIZE])
{
	return (enum psp_usage)psp_get32(cert + PSP_CERT_usage);
}

void psp_cert_build(uint8_t cert[PSP_CERT_SIZE], uint8_t api_major, uint8_t api_minor,
		    enum psp_usage usage, const struct psp_ec_key *key)
{
	const enum psp_algo algo =
		usage == PSP_USAGE_PDH ? PSP_ALGO_ECDH_SHA256 : PSP_ALGO_ECDSA_SHA256;

	memset(cert, 0, PSP_CERT_SIZE);
	psp_put32(cert + PSP_CERT_version, VERSION);
	cert[PSP_CERT_api_major] = api_major;
	cert[PSP_CERT_api_minor] = api_minor;
	psp_put32(cert + PSP_CERT_usage, usage);
	psp_put32(cert + PSP_CERT_algo, algo);
	psp_pubkey_build(cert + PSP_CERT_pubkey, key->x, key->y);
	psp_cert_clear_signature(cert, 1);
	psp_cert_clear_signature(cert, 2);
}

/* Who signs in slots 1 and 2 of each usage (table in cert.h); slot 2 may always be empty. */
static const struct rule {
	enum psp_usage usage;
	bool agrees; /* the key is for ECDH */
	enum psp_usage signer[2];
	bool optional; /* slot 1 may be empty */
} rules[] = {
	{PSP_USAGE_CEK, false, {PSP_USAGE_ASK, PSP_USAGE_NONE}, true},
	{PSP_USAGE_OCA, false, {PSP_USAGE_OCA, PSP_USAGE_NONE}, false},
	{PSP_USAGE_PEK, false, {PSP_USAGE_OCA, PSP_USAGE_CEK}, true},
	{PSP_USAGE_PDH, true, {PSP_USAGE_PEK, PSP_USAGE_NONE}, false},
};

static const struct rule *rule_of(enum psp_usage usage)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].usage == usage)
			return &rules[i];
	return NULL;
}

static bool key_algo_ok(uint32_t algo, bool agrees)
{
	if (agrees)
		return algo == PSP_ALGO_ECDH_SHA256 || algo == PSP_ALGO_ECDH_SHA384;
	return algo == PSP_ALGO_ECDSA_SHA256 || algo == PSP_ALGO_ECDSA_SHA384;
}

static bool slot_empty(const struct psp_slot *slot)
{
	return slot->usage == PSP_USAGE_NONE && slot->algo == PSP_ALGO_NONE &&
	       psp_is_zero(slot->sig, PSP_SIG_SIZE);
}

static bool slot_ok(const struct psp_slot *slot, enum psp_usage signer, bool optional)
{
	if (slot_empty(slot))
		return optional;
	if (slot->usage != signer || signer == PSP_USAGE_NONE)
		return false;
	if (signer == PSP_USAGE_ASK)
		return slot->algo == PSP_ALGO_RSA_SHA256 || slot->algo == PSP_ALGO_RSA_SHA384;
	return psp_slot_is_ecdsa(slot);
}

/* The importer of a key finds out whether it is a point of the curve. */
static bool point_ok(struct psp_crypto *c, const uint8_t *cert)
{
	uint8_t x[PSP_P384_SIZE], y[PSP_P384_SIZE];
	EVP_PKEY *key;

	if (psp_cert_point(cert, x, y))
		return false;
	ERR_set_mark();
	key = psp_ec_import(c, x, y, NULL);
	ERR_pop_to_mark();
	EVP_PKEY_free(key);
	return key != NULL;
}

int psp_cert_check(struct psp_crypto *c, const uint8_t cert[PSP_CERT_SIZE], enum psp_usage usage)
{
	const struct rule *rule = rule_of(usage);

	if (!rule || psp_cert_usage(cert) != usage)
		return -EINVAL;
	if (psp_get32(cert + PSP_CERT_version) != VERSION ||
	    !psp_is_zero(cert + PSP_CERT_reserved, PSP_CERT_reserved_BYTES) ||
	    !psp_is_zero(cert + PSP_CERT_pubkey + PSP_PUBKEY_reserved, PSP_PUBKEY_reserved_BYTES))
		return -EINVAL;
	if (!key_algo_ok(psp_get32(cert + PSP_CERT_algo), rule->agrees))
		return -EINVAL;
	for (unsigned int i = 0; i < 2; i++) {
		const struct psp_slot slot = psp_slot_of(cert, i + 1);

		if (!slot_ok(&slot, rule->signer[i], i == 1 || rule->optional))
			return -EINVAL;
	}
	return point_ok(c, cert) ? 0 : -EINVAL;
}
