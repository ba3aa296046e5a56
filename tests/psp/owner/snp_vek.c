/* SPDX-License-Identifier: MIT */
/* The VCEK's and VLEK's X.509 certificates and their AMD extensions. */
#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>

#include "tests/psp/owner/crypto.h"

#define TURIN_HWID_SIZE 8
#define AMD_OID(rest)	"1.3.6.1.4.1.3704.1." rest

static const char *const product_names[] = {
	[OWNER_MILAN] = "Milan",
	[OWNER_GENOA] = "Genoa",
	[OWNER_TURIN] = "Turin",
};

struct chain {
	X509 *vek, *ask, *ark;
};

static X509 *parse(struct owner_part der)
{
	const unsigned char *at = der.data;
	X509 *cert = d2i_X509(NULL, &at, (long)der.len);

	ERR_clear_error();
	if (cert && at != (const unsigned char *)der.data + der.len) {
		X509_free(cert);
		cert = NULL;
	}
	return cert;
}

/* Signed by RSA-PSS with SHA-384, and issued in the signer's name. */
static bool signed_by(X509 *cert, X509 *signer)
{
	EVP_PKEY *key = X509_get0_pubkey(signer);
	int md, algo;
	bool right;

	right = key && X509_get_signature_info(cert, &md, &algo, NULL, NULL) && md == NID_sha384 &&
		algo == NID_rsassaPss &&
		X509_NAME_cmp(X509_get_issuer_name(cert), X509_get_subject_name(signer)) == 0 &&
		X509_verify(cert, key) == 1;
	ERR_clear_error();
	return right;
}

static enum owner_check check_chain(const struct chain *chain)
{
	if (!chain->ark)
		return OWNER_ARK_FORM;
	if (!signed_by(chain->ark, chain->ark))
		return OWNER_ARK_SELF;
	if (!chain->ask)
		return OWNER_ASK_FORM;
	if (!signed_by(chain->ask, chain->ark))
		return OWNER_ASK_BY_ARK;
	if (!chain->vek)
		return OWNER_VEK_FORM;
	return signed_by(chain->vek, chain->ask) ? OWNER_OK : OWNER_VEK_BY_ASK;
}

/* The bytes of an extension's value; NULL if the certificate has no such extension. */
static const ASN1_OCTET_STRING *extension(const X509 *cert, const char *oid)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int index;

	owner_must(object);
	index = X509_get_ext_by_OBJ(cert, object, -1);
	ASN1_OBJECT_free(object);
	return index < 0 ? NULL : X509_EXTENSION_get_data(X509_get_ext(cert, index));
}

/* A security patch level: a DER INTEGER from 0 to 255. */
static bool level(const X509 *cert, const char *oid, uint8_t *out)
{
	const ASN1_OCTET_STRING *value = extension(cert, oid);
	const unsigned char *at;
	ASN1_INTEGER *integer;
	int64_t number = -1;
	bool right;

	if (!value)
		return false;
	at = ASN1_STRING_get0_data(value);
	integer = d2i_ASN1_INTEGER(NULL, &at, ASN1_STRING_length(value));
	right = integer && ASN1_INTEGER_get_int64(&number, integer) && number >= 0 && number <= 255;
	ASN1_INTEGER_free(integer);
	ERR_clear_error();
	*out = (uint8_t)number;
	return right;
}

static bool text(const X509 *cert, const char *oid, char *out, size_t size)
{
	const ASN1_OCTET_STRING *value = extension(cert, oid);
	const unsigned char *at;
	ASN1_IA5STRING *string;
	bool right;

	if (!value)
		return false;
	at = ASN1_STRING_get0_data(value);
	string = d2i_ASN1_IA5STRING(NULL, &at, ASN1_STRING_length(value));
	right = string && (size_t)ASN1_STRING_length(string) < size;
	if (right) {
		memcpy(out, ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string));
		out[ASN1_STRING_length(string)] = '\0';
	}
	ASN1_IA5STRING_free(string);
	ERR_clear_error();
	return right;
}

/* The id itself, or an OCTET STRING that holds it. */
static bool hardware_id(const X509 *cert, struct owner_vek *vek)
{
	const ASN1_OCTET_STRING *value = extension(cert, AMD_OID("4"));
	const unsigned char *at;
	ASN1_OCTET_STRING *inner;
	bool right;

	if (!value)
		return false;
	at = ASN1_STRING_get0_data(value);
	vek->hwid_len = (size_t)ASN1_STRING_length(value);
	if (vek->hwid_len == OWNER_CHIP_ID_SIZE || vek->hwid_len == TURIN_HWID_SIZE) {
		memcpy(vek->hwid, at, vek->hwid_len);
		return true;
	}
	inner = d2i_ASN1_OCTET_STRING(NULL, &at, ASN1_STRING_length(value));
	right = inner && ASN1_STRING_length(inner) > 0 &&
		ASN1_STRING_length(inner) <= OWNER_CHIP_ID_SIZE;
	if (right) {
		vek->hwid_len = (size_t)ASN1_STRING_length(inner);
		memcpy(vek->hwid, ASN1_STRING_get0_data(inner), vek->hwid_len);
	}
	ASN1_OCTET_STRING_free(inner);
	ERR_clear_error();
	return right;
}

static enum owner_check read_extensions(const X509 *cert, enum owner_product product,
					struct owner_vek *vek)
{
	const char *name = product_names[product];
	uint8_t version;

	if (!level(cert, AMD_OID("1"), &version) ||
	    !text(cert, AMD_OID("2"), vek->product, sizeof(vek->product)) ||
	    !level(cert, AMD_OID("3.1"), &vek->tcb.bootloader) ||
	    !level(cert, AMD_OID("3.2"), &vek->tcb.tee) ||
	    !level(cert, AMD_OID("3.3"), &vek->tcb.snp) ||
	    !level(cert, AMD_OID("3.8"), &vek->tcb.microcode) ||
	    (product == OWNER_TURIN && !level(cert, AMD_OID("3.9"), &vek->tcb.fmc)))
		return OWNER_EXTENSION;
	vek->vlek = extension(cert, AMD_OID("5")) != NULL;
	if (vek->vlek ? extension(cert, AMD_OID("4")) != NULL ||
				!text(cert, AMD_OID("5"), vek->csp_id, sizeof(vek->csp_id))
		      : !hardware_id(cert, vek))
		return OWNER_EXTENSION;
	return strncmp(vek->product, name, strlen(name)) == 0 ? OWNER_OK : OWNER_PRODUCT;
}

static enum owner_check read_key(const X509 *cert, struct owner_vek *vek)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	char group[32];
	size_t len;

	if (!key || !EVP_PKEY_is_a(key, "EC") ||
	    !EVP_PKEY_get_group_name(key, group, sizeof(group), &len) ||
	    strcmp(group, "secp384r1") != 0)
		return OWNER_KEY;
	/* The point of the SubjectPublicKeyInfo as it stands in the certificate. */
	if (!EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, vek->key,
					     sizeof(vek->key), &len) ||
	    len != sizeof(vek->key))
		return OWNER_KEY;
	return OWNER_OK;
}

enum owner_check owner_vek_verify(const struct owner_snp_certs *certs, struct owner_vek *vek)
{
	struct chain chain = {parse(certs->vek), parse(certs->ask), parse(certs->ark)};
	enum owner_check bad;

	memset(vek, 0, sizeof(*vek));
	if (!(bad = check_chain(&chain)) && !(bad = read_key(chain.vek, vek)))
		bad = read_extensions(chain.vek, certs->product, vek);
	X509_free(chain.vek);
	X509_free(chain.ask);
	X509_free(chain.ark);
	return bad;
}
