/* SPDX-License-Identifier: MIT */
/*
 * The key distribution service: its certificates are read and verified by libcrypto in the
 * default context, its structures by offsets written by hand.
 */
#include <errno.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "psp/certs/kds.h"
#include "tests/psp/bytes.h"
#include "tests/psp/crypto_rig.h"
#include "tests/psp/independent.h"
#include "tests/suite.h"

#define OID "1.3.6.1.4.1.3704.1."

static const uint64_t milan_tcb = 0xdb18061504030201;

/* The seeds used have found their primes soon; any other would do. */
static struct psp_kds *open_kds(uint64_t seed, bool turin)
{
	const struct psp_kds_config config = {
		.seed = seed,
		.rsa_bits = 2048,
		.product = turin ? "Turin" : "Milan",
		.stepping = "B0",
		.turin = turin,
	};
	struct psp_kds *kds;

	ck_assert_int_eq(psp_kds_new(&kds, &config), 0);
	return kds;
}

static X509 *parse(const uint8_t *der, int len)
{
	const uint8_t *p = der;
	X509 *x;

	ck_assert_int_gt(len, 0);
	x = d2i_X509(NULL, &p, len);
	ck_assert_ptr_nonnull(x);
	ck_assert_ptr_eq(p, der + len);
	return x;
}

static X509 *authority(struct psp_kds *kds, enum psp_authority which)
{
	uint8_t der[PSP_X509_MAX];

	return parse(der, psp_kds_x509(kds, which, der, sizeof(der)));
}

static struct psp_chip chip_of(uint64_t serial)
{
	struct psp_chip chip;

	psp_chip_make(serial, &chip);
	return chip;
}

static X509 *vcek(struct psp_kds *kds, uint64_t tcb)
{
	const struct psp_chip chip = chip_of(1);
	uint8_t der[PSP_X509_MAX];

	return parse(der, psp_kds_vcek(kds, &chip, tcb, der, sizeof(der)));
}

static X509 *vlek(struct psp_kds *kds, uint64_t tcb)
{
	uint8_t der[PSP_X509_MAX];

	return parse(der, psp_kds_vlek(kds, "CN=cloud.example", tcb, der, sizeof(der)));
}

static void assert_name(X509 *x, X509_NAME *(*get)(const X509 *), const char *cn)
{
	static const struct {
		int nid;
		const char *text;
	} rest[] = {
		{NID_organizationalUnitName, "Engineering"},
		{NID_countryName, "US"},
		{NID_localityName, "Santa Clara"},
		{NID_stateOrProvinceName, "CA"},
		{NID_organizationName, "Advanced Micro Devices"},
	};
	char text[64];

	X509_NAME_get_text_by_NID(get(x), NID_commonName, text, sizeof(text));
	ck_assert_str_eq(text, cn);
	for (unsigned int i = 0; i < 5; i++) {
		X509_NAME_get_text_by_NID(get(x), rest[i].nid, text, sizeof(text));
		ck_assert_str_eq(text, rest[i].text);
	}
}

/* RSA-PSS, SHA-384, and a salt as long as the hash. */
static void assert_signed_by(X509 *x, X509 *issuer)
{
	int hash, key, bits;
	uint32_t flags;

	ck_assert_int_eq(X509_verify(x, X509_get0_pubkey(issuer)), 1);
	ck_assert_int_eq(X509_get_signature_info(x, &hash, &key, &bits, &flags), 1);
	ck_assert_int_eq(key, NID_rsassaPss);
	ck_assert_int_eq(hash, NID_sha384);
	ck_assert(flags & X509_SIG_INFO_TLS);
	ck_assert_int_eq(X509_check_issued(issuer, x), X509_V_OK);
}

START_TEST(authorities_are_signed_by_the_root)
{
	struct psp_kds *kds = open_kds(39, false);
	X509 *ark = authority(kds, PSP_ARK), *ask = authority(kds, PSP_ASK),
	     *asvk = authority(kds, PSP_ASVK);
	X509 *const all[] = {ark, ask, asvk};
	static const char *const names[] = {"ARK-Milan", "SEV-Milan", "SEV-VLEK-Milan"};
	/* the seconds about 2020-01-01 and 2045-01-01 */
	time_t before = 1577836799, first = 1577836800, last = 2366841599, after = 2366841600;

	for (unsigned int i = 0; i < 3; i++) {
		assert_signed_by(all[i], ark);
		assert_name(all[i], X509_get_subject_name, names[i]);
		assert_name(all[i], X509_get_issuer_name, "ARK-Milan");
		ck_assert_int_eq(X509_get_version(all[i]), X509_VERSION_3);
		ck_assert_int_eq(X509_check_ca(all[i]), 1);
		ck_assert_uint_eq(X509_get_key_usage(all[i]), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
		ck_assert_int_eq(EVP_PKEY_get_bits(X509_get0_pubkey(all[i])), 2048);
		ck_assert_int_eq(X509_get_pathlen(all[i]), i ? 0 : -1);
		ck_assert_int_eq(X509_cmp_time(X509_get0_notBefore(all[i]), &before), 1);
		ck_assert_int_eq(X509_cmp_time(X509_get0_notBefore(all[i]), &first), -1);
		ck_assert_int_eq(X509_cmp_time(X509_get0_notAfter(all[i]), &last), 1);
		ck_assert_int_eq(X509_cmp_time(X509_get0_notAfter(all[i]), &after), -1);
	}
	ck_assert_int_eq(X509_verify(ark, X509_get0_pubkey(ask)), 0);
	ERR_clear_error();
	ck_assert_int_eq(EVP_PKEY_eq(X509_get0_pubkey(ask), X509_get0_pubkey(asvk)), 0);
	X509_free(ark);
	X509_free(ask);
	X509_free(asvk);
	psp_kds_free(kds);
}
END_TEST

/* What a verifier does, on 1 January 2030. */
static int verify_chain(X509 *root, X509 *middle, X509 *leaf)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *untrusted = sk_X509_new_null();
	int error;

	X509_STORE_add_cert(store, root);
	sk_X509_push(untrusted, middle);
	X509_STORE_CTX_init(ctx, store, leaf, untrusted);
	X509_STORE_CTX_set_time(ctx, 0, 1893456000);
	X509_verify_cert(ctx);
	error = X509_STORE_CTX_get_error(ctx);
	sk_X509_free(untrusted);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	ERR_clear_error();
	return error;
}

START_TEST(chains_verify)
{
	struct psp_kds *kds = open_kds(39, false), *other = open_kds(34, false);
	X509 *ark = authority(kds, PSP_ARK), *ask = authority(kds, PSP_ASK),
	     *asvk = authority(kds, PSP_ASVK), *wrong = authority(other, PSP_ARK);
	X509 *v = vcek(kds, milan_tcb), *l = vlek(kds, milan_tcb);

	assert_signed_by(v, ask);
	assert_signed_by(l, asvk);
	assert_name(v, X509_get_subject_name, "SEV-VCEK");
	assert_name(v, X509_get_issuer_name, "SEV-Milan");
	assert_name(l, X509_get_subject_name, "SEV-VLEK");
	assert_name(l, X509_get_issuer_name, "SEV-VLEK-Milan");
	ck_assert_int_eq(X509_verify(v, X509_get0_pubkey(asvk)), 0);
	ck_assert_int_eq(verify_chain(ark, ask, v), X509_V_OK);
	ck_assert_int_eq(verify_chain(ark, asvk, l), X509_V_OK);
	ck_assert_int_ne(verify_chain(wrong, ask, v), X509_V_OK);
	ck_assert_int_ne(verify_chain(ark, asvk, v), X509_V_OK);
	X509_free(ark);
	X509_free(ask);
	X509_free(asvk);
	X509_free(wrong);
	X509_free(v);
	X509_free(l);
	psp_kds_free(kds);
	psp_kds_free(other);
}
END_TEST

/* Value of an extension, NULL: not there. */
static const ASN1_OCTET_STRING *extension(X509 *x, const char *oid)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	const int at = X509_get_ext_by_OBJ(x, object, -1);

	ASN1_OBJECT_free(object);
	return at < 0 ? NULL : X509_EXTENSION_get_data(X509_get_ext(x, at));
}

static void assert_integer(X509 *x, const char *oid, int64_t want)
{
	const ASN1_OCTET_STRING *value = extension(x, oid);
	const uint8_t *p;
	ASN1_INTEGER *integer;
	int64_t got;

	if (want < 0) {
		ck_assert_ptr_null(value);
		return;
	}
	ck_assert_ptr_nonnull(value);
	p = ASN1_STRING_get0_data(value);
	integer = d2i_ASN1_INTEGER(NULL, &p, ASN1_STRING_length(value));
	ck_assert_ptr_nonnull(integer);
	ck_assert_int_eq(ASN1_INTEGER_get_int64(&got, integer), 1);
	ck_assert_int_eq(got, want);
	ck_assert_ptr_eq(p, ASN1_STRING_get0_data(value) + ASN1_STRING_length(value));
	ASN1_INTEGER_free(integer);
}

static void assert_ia5(X509 *x, const char *oid, const char *want)
{
	const ASN1_OCTET_STRING *value = extension(x, oid);
	const uint8_t *p;

	ck_assert_ptr_nonnull(value);
	p = ASN1_STRING_get0_data(value);
	ck_assert_uint_eq(p[0], 22); /* IA5String */
	ck_assert_uint_eq(p[1], strlen(want));
	ck_assert_int_eq(ASN1_STRING_length(value), (int)strlen(want) + 2);
	ck_assert_mem_eq(p + 2, want, strlen(want));
}

/* Components by the number of their extension; -1: absent. */
static void assert_components(X509 *x, const int want[9])
{
	char oid[] = OID "3.0";

	for (unsigned int i = 0; i < 9; i++) {
		oid[sizeof(oid) - 2] = (char)('1' + i);
		assert_integer(x, oid, want[i]);
	}
}

/* Is a signature by the chip's key one by the certificate's? */
static bool certifies(X509 *x, struct psp_crypto *c, const struct psp_ec_key *key)
{
	uint8_t sig[144], point[97], le[2][72] = {0};
	size_t len;

	ck_assert_int_eq(EVP_PKEY_get_octet_string_param(X509_get0_pubkey(x), "pub", point,
							 sizeof(point), &len),
			 1);
	ck_assert_uint_eq(len, 97);
	ck_assert_uint_eq(point[0], 4);
	for (unsigned int i = 0; i < 48; i++) {
		le[0][i] = point[48 - i];
		le[1][i] = point[96 - i];
	}
	ck_assert_int_eq(psp_ec_sign(c, key, PSP_SHA384, "report", 6, sig), 0);
	return ind_ecdsa_ok(le[0], le[1], "SHA384", "report", 6, sig);
}

START_TEST(vcek_of_milan_tells_chip_and_tcb)
{
	const int want[9] = {0x01, 0x02, 0x18, 0x03, 0x04, 0x15, 0x06, 0xdb, -1};
	struct psp_kds *kds = open_kds(40, false);
	struct psp_crypto *c = psp_crypto_new(77);
	struct psp_ec_key key;
	const struct psp_chip chip = chip_of(1);
	X509 *x = vcek(kds, milan_tcb);
	const ASN1_OCTET_STRING *hwid = extension(x, OID "4");

	assert_integer(x, OID "1", 0);
	assert_ia5(x, OID "2", "Milan-B0");
	assert_components(x, want);
	ck_assert_int_eq(ASN1_STRING_length(hwid), 64);
	ck_assert_mem_eq(ASN1_STRING_get0_data(hwid), chip.id, 64);
	ck_assert_ptr_null(extension(x, OID "5"));
	ck_assert_int_eq(X509_get_ext_count(x), 11);

	ck_assert_int_eq(psp_vcek(c, &chip, milan_tcb, &key), 0);
	ck_assert(certifies(x, c, &key));
	ck_assert_int_eq(psp_vcek(c, &chip, milan_tcb + 1, &key), 0);
	ck_assert(!certifies(x, c, &key));
	X509_free(x);
	psp_crypto_free(c);
	psp_kds_free(kds);
}
END_TEST

START_TEST(vcek_of_turin_has_the_fmc)
{
	/* byte 0 FMC, 1 boot loader, 2 TEE, 3 SNP, 4 to 6 spare, 7 microcode */
	const int want[9] = {0x02, 0x03, 0x04, -1, 0x15, 0x06, 0x18, 0xdb, 0x01};
	struct psp_kds *kds = open_kds(11, true);
	const struct psp_chip chip = chip_of(1);
	X509 *x = vcek(kds, milan_tcb);
	const ASN1_OCTET_STRING *hwid = extension(x, OID "4");

	assert_integer(x, OID "1", 1);
	assert_ia5(x, OID "2", "Turin-B0");
	assert_components(x, want);
	ck_assert_int_eq(ASN1_STRING_length(hwid), 8);
	ck_assert_mem_eq(ASN1_STRING_get0_data(hwid), chip.id, 8);
	assert_name(x, X509_get_issuer_name, "SEV-Turin");
	X509_free(x);
	psp_kds_free(kds);
}
END_TEST

/* Loaded at one TCB version, used at a lower one; two chips of a provider share the key. */
START_TEST(vlek_certifies_the_key_of_the_wrapped_material)
{
	const int want[9] = {0x00, 0x02, 0x18, 0x03, 0x04, 0x15, 0x06, 0xda, -1};
	const uint64_t reported = milan_tcb - 0x0100000000000001;
	struct psp_kds *kds = open_kds(39, false);
	struct psp_crypto *c = psp_crypto_new(77);
	X509 *x = vlek(kds, reported);
	uint8_t blob[2][0x1b0];

	for (unsigned int i = 0; i < 2; i++) {
		const struct psp_chip chip = chip_of(i);
		struct psp_sticks sticks;
		struct psp_ec_key key;

		psp_kds_wrap_vlek(kds, "CN=cloud.example", &chip, milan_tcb, blob[i]);
		ck_assert_int_eq(psp_vlek_unwrap(c, &chip, blob[i], &sticks), 0);
		ck_assert_uint_eq(sticks.tcb, milan_tcb);
		ck_assert_int_eq(psp_sticks_lower(&sticks, reported), 0);
		ck_assert_int_eq(psp_sticks_key(c, &sticks, &key), 0);
		ck_assert(certifies(x, c, &key));
	}
	ck_assert_mem_ne(blob[0], blob[1], 0x1b0);

	assert_ia5(x, OID "5", "CN=cloud.example");
	ck_assert_ptr_null(extension(x, OID "4"));
	assert_components(x, want);
	X509_free(x);
	psp_crypto_free(c);
	psp_kds_free(kds);
}
END_TEST

START_TEST(providers_have_different_keys)
{
	struct psp_kds *kds = open_kds(39, false);
	struct psp_crypto *c = open_crypto();
	const struct psp_chip chip = chip_of(1);
	struct psp_sticks a, b;
	uint8_t blob[0x1b0];

	psp_kds_wrap_vlek(kds, "CN=cloud.example", &chip, 0, blob);
	ck_assert_int_eq(psp_vlek_unwrap(c, &chip, blob, &a), 0);
	psp_kds_wrap_vlek(kds, "CN=cloud.invalid", &chip, 0, blob);
	ck_assert_int_eq(psp_vlek_unwrap(c, &chip, blob, &b), 0);
	for (unsigned int i = 0; i < 8; i++)
		ck_assert_mem_ne(a.stick[i], b.stick[i], 48);
	close_crypto(c);
	psp_kds_free(kds);
}
END_TEST

/* Everything that the service makes, asked for from first to last or the other way. */
static void ask_for_all(struct psp_kds *kds, bool backwards, uint8_t out[6][PSP_X509_MAX])
{
	const struct psp_chip chip = chip_of(1);

	memset(out, 0, 6 * PSP_X509_MAX);
	for (unsigned int n = 0; n < 6; n++) {
		const unsigned int i = backwards ? 5 - n : n;
		int len;

		switch (i) {
		case 3:
			len = psp_kds_vcek(kds, &chip, milan_tcb, out[i], PSP_X509_MAX);
			break;
		case 4:
			len = psp_kds_vlek(kds, "CN=cloud.example", 0, out[i], PSP_X509_MAX);
			break;
		case 5:
			len = psp_kds_amd_cert(kds, PSP_ASK, out[i]);
			break;
		default:
			len = psp_kds_x509(kds, i, out[i], PSP_X509_MAX);
			break;
		}
		ck_assert_int_gt(len, 0);
	}
}

START_TEST(the_order_of_questions_does_not_matter)
{
	static uint8_t a[6][PSP_X509_MAX], b[6][PSP_X509_MAX];
	struct psp_kds *one = open_kds(39, false), *two = open_kds(39, false);

	ask_for_all(one, false, a);
	ask_for_all(two, true, b);
	ck_assert_mem_eq(a, b, sizeof(a));
	ask_for_all(two, false, b);
	ck_assert_mem_eq(a, b, sizeof(a));
	psp_kds_free(one);
	psp_kds_free(two);
}
END_TEST

START_TEST(serial_numbers_differ_with_seed_and_subject)
{
	struct psp_kds *kds = open_kds(39, false), *other = open_kds(34, false);
	X509 *const x[] = {authority(kds, PSP_ARK), authority(kds, PSP_ASK), vcek(kds, 0),
			   vcek(kds, 1), authority(other, PSP_ARK)};

	for (unsigned int i = 0; i < 5; i++)
		for (unsigned int j = 0; j < i; j++)
			ck_assert_int_ne(ASN1_INTEGER_cmp(X509_get0_serialNumber(x[i]),
							  X509_get0_serialNumber(x[j])),
					 0);
	for (unsigned int i = 0; i < 5; i++)
		X509_free(x[i]);
	psp_kds_free(kds);
	psp_kds_free(other);
}
END_TEST

START_TEST(a_small_buffer_is_refused)
{
	struct psp_kds *kds = open_kds(34, false);
	uint8_t der[PSP_X509_MAX];
	int len = psp_kds_x509(kds, PSP_ARK, der, sizeof(der));

	ck_assert_int_eq(psp_kds_x509(kds, PSP_ARK, der, (size_t)len - 1), -ENOSPC);
	ck_assert_int_eq(psp_kds_x509(kds, PSP_ARK, der, (size_t)len), len);
	psp_kds_free(kds);
}
END_TEST

START_TEST(configurations_that_cannot_be_are_refused)
{
	const struct psp_kds_config good = {.rsa_bits = 2048, .product = "Milan", .stepping = "B0"};
	struct psp_kds_config bad[4] = {good, good, good, good};
	struct psp_kds *kds;

	bad[0].rsa_bits = 3072;
	bad[1].product = NULL;
	bad[2].stepping = NULL;
	bad[3].product = "a product with a name of 32 byte";
	for (unsigned int i = 0; i < 4; i++) {
		ck_assert_int_eq(psp_kds_new(&kds, &bad[i]), -EINVAL);
		ck_assert_ptr_null(kds);
	}
	ck_assert_int_eq(psp_kds_new(&kds, &good), 0);
	psp_kds_free(kds);
	psp_kds_free(NULL);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(authorities_are_signed_by_the_root);
	SUITE_CASE(chains_verify);
	SUITE_CASE(vcek_of_milan_tells_chip_and_tcb);
	SUITE_CASE(vcek_of_turin_has_the_fmc);
	SUITE_CASE(vlek_certifies_the_key_of_the_wrapped_material);
	SUITE_CASE(providers_have_different_keys);
	SUITE_CASE(the_order_of_questions_does_not_matter);
	SUITE_CASE(serial_numbers_differ_with_seed_and_subject);
	SUITE_CASE(a_small_buffer_is_refused);
	SUITE_CASE(configurations_that_cannot_be_are_refused);
}
