/* SPDX-License-Identifier: MIT */
/* Extensions of X.509 certificates: AMD's own (57230, tables of VCEK extensions), those of a CA. */
#include <openssl/x509v3.h>

#include "psp/certs/kds_internal.h"

#define OID_AMD "1.3.6.1.4.1.3704.1."

/*
 * Extension 3.N holds the SPL of a component: N, byte of the TCB version in Milan and Genoa, in
 * Turin (-1: it has no such component).
 */
static const struct component {
	const char *oid;
	int milan, turin;
} components[] = {
	{OID_AMD "3.1", 0, 1},	/* boot loader */
	{OID_AMD "3.2", 1, 2},	/* TEE */
	{OID_AMD "3.3", 6, 3},	/* SNP firmware */
	{OID_AMD "3.4", 2, -1}, /* 3.4 to 3.7: spare */
	{OID_AMD "3.5", 3, 4},	{OID_AMD "3.6", 4, 5},
	{OID_AMD "3.7", 5, 6},	{OID_AMD "3.8", 7, 7}, /* microcode */
	{OID_AMD "3.9", -1, 0},			       /* FMC */
};

enum {
	TURIN_HWID = 8,
	ID_SIZE = 20, /* subject key identifier */
};

static bool add(X509 *x, const char *oid, const uint8_t *value, int len)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext = NULL;
	bool ok;

	ok = object && octets && ASN1_OCTET_STRING_set(octets, value, len) == 1 &&
	     (ext = X509_EXTENSION_create_by_OBJ(NULL, object, 0, octets)) &&
	     X509_add_ext(x, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(octets);
	ASN1_OBJECT_free(object);
	return ok;
}

static bool add_integer(X509 *x, const char *oid, uint8_t value)
{
	ASN1_INTEGER *integer = ASN1_INTEGER_new();
	uint8_t *der = NULL;
	int len = -1;
	bool ok;

	if (integer && ASN1_INTEGER_set_uint64(integer, value) == 1)
		len = i2d_ASN1_INTEGER(integer, &der);
	ok = len > 0 && add(x, oid, der, len);
	OPENSSL_free(der);
	ASN1_INTEGER_free(integer);
	return ok;
}

static bool add_string(X509 *x, const char *oid, const char *text)
{
	ASN1_IA5STRING *string = ASN1_IA5STRING_new();
	uint8_t *der = NULL;
	int len = -1;
	bool ok;

	if (string && ASN1_STRING_set(string, text, -1) == 1)
		len = i2d_ASN1_IA5STRING(string, &der);
	ok = len > 0 && add(x, oid, der, len);
	OPENSSL_free(der);
	ASN1_IA5STRING_free(string);
	return ok;
}

static bool add_components(const struct psp_kds *kds, X509 *x, uint64_t tcb)
{
	for (size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++) {
		const struct component *p = &components[i];
		const int byte = kds->turin ? p->turin : p->milan;

		if (byte >= 0 && !add_integer(x, p->oid, (uint8_t)(tcb >> 8 * byte)))
			return false;
	}
	return true;
}

bool psp_x509_amd_extensions(const struct psp_kds *kds, X509 *x, uint64_t tcb, const uint8_t *hwid,
			     const char *csp)
{
	if (!add_integer(x, OID_AMD "1", kds->turin) ||
	    !add_string(x, OID_AMD "2", kds->product_name) || !add_components(kds, x, tcb))
		return false;
	if (csp)
		return add_string(x, OID_AMD "5", csp);
	/* The bare bytes, without an ASN.1 type. */
	return add(x, OID_AMD "4", hwid, kds->turin ? TURIN_HWID : PSP_CHIP_ID_SIZE);
}

static bool add_constraints(X509 *x, bool root)
{
	BASIC_CONSTRAINTS *bc = BASIC_CONSTRAINTS_new();
	bool ok = false;

	if (bc) {
		bc->ca = 0xff;
		if (!root)
			bc->pathlen = ASN1_INTEGER_new();
		ok = (root || (bc->pathlen && ASN1_INTEGER_set(bc->pathlen, 0))) &&
		     X509_add1_ext_i2d(x, NID_basic_constraints, bc, 1, 0) == 1;
	}
	BASIC_CONSTRAINTS_free(bc);
	return ok;
}

static bool add_usage(X509 *x)
{
	enum { keyCertSign = 5, cRLSign = 6 }; /* RFC 5280 4.2.1.3 */
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
	bool ok;

	ok = bits && ASN1_BIT_STRING_set_bit(bits, keyCertSign, 1) &&
	     ASN1_BIT_STRING_set_bit(bits, cRLSign, 1) &&
	     X509_add1_ext_i2d(x, NID_key_usage, bits, 1, 0) == 1;
	ASN1_BIT_STRING_free(bits);
	return ok;
}

static bool add_key_id(X509 *x, EVP_PKEY *key)
{
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	uint8_t hash[PSP_SHA256_SIZE];
	bool ok;

	ok = id && psp_kds_key_id(key, hash) && ASN1_OCTET_STRING_set(id, hash, ID_SIZE) == 1 &&
	     X509_add1_ext_i2d(x, NID_subject_key_identifier, id, 0, 0) == 1;
	ASN1_OCTET_STRING_free(id);
	return ok;
}

/* The issuer's subject key identifier, if it has one. */
static bool add_authority_id(X509 *x, X509 *issuer)
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(issuer);
	AUTHORITY_KEYID *authority;
	bool ok;

	if (!id)
		return true;
	authority = AUTHORITY_KEYID_new();
	if (!authority)
		return false;
	authority->keyid = ASN1_OCTET_STRING_dup(id);
	ok = authority->keyid &&
	     X509_add1_ext_i2d(x, NID_authority_key_identifier, authority, 0, 0) == 1;
	AUTHORITY_KEYID_free(authority);
	return ok;
}

bool psp_x509_ca_extensions(X509 *x, EVP_PKEY *key, X509 *issuer)
{
	return add_constraints(x, !issuer) && add_usage(x) && add_key_id(x, key) &&
	       (!issuer || add_authority_id(x, issuer));
}
