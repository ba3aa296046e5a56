/* SPDX-License-Identifier: MIT */
/* X.509 certificates as AMD's key server issues them, with the fixed root keys. */
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "tests/psp/owner/test.h"

#define AMD_OID "1.3.6.1.4.1.3704.1."

static void set_name(X509_NAME *name, const char *common)
{
	owner_must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
					      (const unsigned char *)common, -1, -1, 0));
}

static X509 *begin(const char *subject, const char *issuer, EVP_PKEY *key)
{
	X509 *cert = X509_new();

	owner_must(cert && X509_set_version(cert, X509_VERSION_3));
	owner_must(ASN1_INTEGER_set(X509_get_serialNumber(cert), 1));
	set_name(X509_get_subject_name(cert), subject);
	set_name(X509_get_issuer_name(cert), issuer);
	owner_must(ASN1_TIME_set_string(X509_getm_notBefore(cert), "20240101000000Z") &&
		   ASN1_TIME_set_string(X509_getm_notAfter(cert), "20490101000000Z") &&
		   X509_set_pubkey(cert, key));
	return cert;
}

/* Sign, write out as DER, and free. */
static struct owner_part finish(X509 *cert, EVP_PKEY *signer, const EVP_MD *md, uint8_t *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pkey_ctx;
	unsigned char *at = out;
	int len;

	owner_must(ctx && EVP_DigestSignInit(ctx, &pkey_ctx, md, NULL, signer) > 0);
	owner_must(EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, RSA_PKCS1_PSS_PADDING) > 0);
	owner_must(EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey_ctx, RSA_PSS_SALTLEN_DIGEST) > 0);
	owner_must(X509_sign_ctx(cert, ctx) > 0);
	EVP_MD_CTX_free(ctx);
	ck_assert_int_lt(i2d_X509(cert, NULL), 2048);
	len = i2d_X509(cert, &at);
	X509_free(cert);
	return (struct owner_part){out, (size_t)len};
}

static void extend(X509 *cert, const char *oid, const void *value, size_t len)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	ASN1_OCTET_STRING *string = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension;

	owner_must(object && string && ASN1_OCTET_STRING_set(string, value, (int)len));
	extension = X509_EXTENSION_create_by_OBJ(NULL, object, 0, string);
	owner_must(extension && X509_add_ext(cert, extension, -1));
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(string);
	ASN1_OBJECT_free(object);
}

/* A DER INTEGER from 0 to 255. */
static void extend_level(X509 *cert, const char *oid, uint8_t level)
{
	const uint8_t small[] = {2, 1, level}, large[] = {2, 2, 0, level};

	if (level < 0x80)
		extend(cert, oid, small, sizeof(small));
	else
		extend(cert, oid, large, sizeof(large));
}

/* A short DER string of type `tag`. */
static void extend_string(X509 *cert, const char *oid, uint8_t tag, const void *data, size_t len)
{
	uint8_t der[2 + 127] = {tag, (uint8_t)len};

	ck_assert_uint_le(len, 127);
	memcpy(der + 2, data, len);
	extend(cert, oid, der, 2 + len);
}

static void extend_vek(X509 *cert, const struct x509_wish *wish)
{
	extend_level(cert, AMD_OID "1", 0);
	extend_string(cert, AMD_OID "2", wish->odd_product ? V_ASN1_UTF8STRING : V_ASN1_IA5STRING,
		      wish->product, strlen(wish->product));
	extend_level(cert, AMD_OID "3.1", wish->tcb.bootloader);
	extend_level(cert, AMD_OID "3.2", wish->tcb.tee);
	extend_level(cert, AMD_OID "3.3", wish->tcb.snp);
	extend_level(cert, AMD_OID "3.8", wish->tcb.microcode);
	if (wish->turin)
		extend_level(cert, AMD_OID "3.9", wish->tcb.fmc);
	if (wish->hwid && wish->wrap_hwid)
		extend_string(cert, AMD_OID "4", V_ASN1_OCTET_STRING, wish->hwid, wish->hwid_len);
	else if (wish->hwid)
		extend(cert, AMD_OID "4", wish->hwid, wish->hwid_len);
	if (wish->csp_id)
		extend_string(cert, AMD_OID "5", V_ASN1_IA5STRING, wish->csp_id,
			      strlen(wish->csp_id));
}

void x509_chain_make(struct x509_chain *chain, const struct x509_wish *wish,
		     enum owner_product product, const struct owner_ec_key *vek)
{
	EVP_PKEY *ark = owner_root_key(OWNER_ARK_2048), *ask = owner_root_key(OWNER_ASK_2048);
	uint8_t bytes[OWNER_KEY_SIZE];
	EVP_PKEY *key;
	X509 *cert;

	owner_ec_export(vek, bytes);
	key = wish->wrong_key ? EVP_EC_gen("P-256") : owner_ec_public(bytes);
	ck_assert_ptr_nonnull(key);
	if (wish->compressed)
		owner_must(EVP_PKEY_set_utf8_string_param(
			key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed"));
	chain->certs.product = product;
	chain->certs.ark =
		finish(begin("ARK-Test", "ARK-Test", ark), ark, EVP_sha384(), chain->ark);
	chain->certs.ask =
		finish(begin("SEV-Test", "ARK-Test", ask), ark, EVP_sha384(), chain->ask);
	cert = begin("SEV-VEK", wish->wrong_issuer ? "ARK-Test" : "SEV-Test", key);
	extend_vek(cert, wish);
	chain->certs.vek =
		finish(cert, ask, wish->sha256 ? EVP_sha256() : EVP_sha384(), chain->vek);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ark);
	EVP_PKEY_free(ask);
}
