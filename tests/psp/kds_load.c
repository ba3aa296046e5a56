/* SPDX-License-Identifier: MIT */
/* The service with authorities from files, and what it makes for SEV: AMD certificates, CEKs. */
#include <errno.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "psp/crypto/crypto_internal.h"
#include "psp/certs/kds.h"
#include "tests/psp/bytes.h"
#include "tests/psp/crypto_rig.h"
#include "tests/psp/independent.h"
#include "tests/suite.h"

/* The seeds used have found their primes soon; any other would do. */
static struct psp_kds *open_kds(uint64_t seed, unsigned int bits)
{
	const struct psp_kds_config config = {
		.seed = seed, .rsa_bits = bits, .product = "Rome", .stepping = "B0"};
	struct psp_kds *kds;

	ck_assert_int_eq(psp_kds_new(&kds, &config), 0);
	return kds;
}

static uint32_t u32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* 55766: head of 0x40 bytes, then exponent, modulus, signature. */
static void assert_amd_cert(const uint8_t *cert, int len, uint32_t usage, const uint8_t *issuer,
			    unsigned int bits)
{
	const size_t bytes = bits / 8;
	const char *hash = bits == 2048 ? "SHA256" : "SHA384";

	ck_assert_int_eq(len, bits == 2048 ? 832 : 1600);
	ck_assert_uint_eq(u32(cert), 1);
	ck_assert_mem_eq(cert + 0x14, issuer + 0x4, 16);
	ck_assert_uint_eq(u32(cert + 0x24), usage);
	for (unsigned int i = 0x28; i < 0x38; i++)
		ck_assert_uint_eq(cert[i], 0);
	ck_assert_uint_eq(u32(cert + 0x38), bits);
	ck_assert_uint_eq(u32(cert + 0x3c), bits);
	ck_assert_bytes(cert + 0x40, "0100010000000000"); /* 65537 */
	ck_assert(ind_pss_ok(issuer + 0x40 + bytes, issuer + 0x40, bytes, hash, cert,
			     0x40 + 2 * bytes, cert + 0x40 + 2 * bytes));
}

static void make_cek(struct psp_crypto *c, uint8_t cert[0x824])
{
	struct psp_ec_key key;
	struct psp_chip chip;

	psp_chip_make(1, &chip);
	ck_assert_int_eq(psp_cek(c, &chip, &key), 0);
	psp_cert_build(cert, 0, 14, PSP_USAGE_CEK, &key);
}

static void check_generation(uint64_t seed, unsigned int bits, uint32_t algo)
{
	static uint8_t ark[PSP_AMD_CERT_MAX], ask[PSP_AMD_CERT_MAX], cek[0x824];
	const char *hash = bits == 2048 ? "SHA256" : "SHA384";
	struct psp_kds *kds = open_kds(seed, bits);
	struct psp_crypto *c = open_crypto();
	const int ark_len = psp_kds_amd_cert(kds, PSP_ARK, ark);
	const int ask_len = psp_kds_amd_cert(kds, PSP_ASK, ask);
	const size_t bytes = bits / 8;

	assert_amd_cert(ark, ark_len, 0, ark, bits);
	assert_amd_cert(ask, ask_len, 0x13, ark, bits);
	ck_assert_mem_ne(ark + 4, ask + 4, 16);
	ck_assert_int_eq(
		psp_amd_cert_verify(c, ark, (size_t)ark_len, PSP_USAGE_ARK, ark, (size_t)ark_len),
		0);
	ck_assert_int_eq(
		psp_amd_cert_verify(c, ask, (size_t)ask_len, PSP_USAGE_ASK, ark, (size_t)ark_len),
		0);

	make_cek(c, cek);
	ck_assert_int_eq(psp_cert_verify_amd(c, cek, ask, (size_t)ask_len), -ENOENT);
	ck_assert_int_eq(psp_kds_sign_cek(kds, cek), 0);
	ck_assert_int_eq(psp_cert_check(c, cek, PSP_USAGE_CEK), 0);
	ck_assert_uint_eq(u32(cek + 0x414), 0x13);
	ck_assert_uint_eq(u32(cek + 0x418), algo);
	ck_assert_uint_eq(u32(cek + 0x61c), 0x1000);
	ck_assert(ind_pss_ok(ask + 0x40 + bytes, ask + 0x40, bytes, hash, cek, 0x414, cek + 0x41c));
	ck_assert_int_eq(psp_cert_verify_amd(c, cek, ask, (size_t)ask_len), 0);
	ck_assert_int_eq(psp_cert_verify_amd(c, cek, ark, (size_t)ark_len), -EBADMSG);
	close_crypto(c);
	psp_kds_free(kds);
}

START_TEST(naples_has_2048_bits_and_sha256)
{
	check_generation(66, 2048, 1);
}
END_TEST

START_TEST(rome_has_4096_bits_and_sha384)
{
	check_generation(6, 4096, 0x101);
}
END_TEST

START_TEST(changed_amd_certificates_are_refused)
{
	uint8_t ark[832], ask[832];
	struct psp_kds *kds = open_kds(66, 2048);
	struct psp_crypto *c = open_crypto();
	static const struct {
		unsigned int offset;
		int error;
	} flips[] = {
		{0x0, -EINVAL},	   {0x4, -EBADMSG},  {0x14, -EINVAL},	{0x24, -EINVAL},
		{0x28, -EINVAL},   {0x38, -EINVAL},  {0x3c, -EINVAL},	{0x140, -EBADMSG},
		{0x200, -EBADMSG}, {0x23f, -EINVAL}, {0x240, -EBADMSG}, {0x33f, -EBADMSG},
	};

	ck_assert_int_eq(psp_kds_amd_cert(kds, PSP_ARK, ark), 832);
	ck_assert_int_eq(psp_kds_amd_cert(kds, PSP_ASK, ask), 832);
	for (unsigned int i = 0; i < sizeof(flips) / sizeof(flips[0]); i++) {
		ask[flips[i].offset] ^= 0x80;
		ck_assert_msg(psp_amd_cert_verify(c, ask, 832, PSP_USAGE_ASK, ark, 832) ==
				      flips[i].error,
			      "offset %x", flips[i].offset);
		ask[flips[i].offset] ^= 0x80;
	}
	ck_assert_int_eq(psp_amd_cert_verify(c, ask, 832, PSP_USAGE_ASK, ark, 832), 0);
	ck_assert_int_eq(psp_amd_cert_verify(c, ask, 832, PSP_USAGE_ARK, ark, 832), -EINVAL);
	ck_assert_int_eq(psp_amd_cert_verify(c, ask, 831, PSP_USAGE_ASK, ark, 832), -EINVAL);
	ck_assert_int_eq(psp_amd_cert_verify(c, ask, 10, PSP_USAGE_ASK, ark, 832), -EINVAL);
	ck_assert_int_eq(psp_amd_cert_verify(c, ask, 832, PSP_USAGE_ASK, ask, 832), -EINVAL);
	close_crypto(c);
	psp_kds_free(kds);
}
END_TEST

START_TEST(changed_ceks_are_refused)
{
	uint8_t ask[832], cek[0x824];
	struct psp_kds *kds = open_kds(66, 2048);
	struct psp_crypto *c = open_crypto();

	make_cek(c, cek);
	ck_assert_int_eq(psp_kds_amd_cert(kds, PSP_ASK, ask), 832);
	ck_assert_int_eq(psp_kds_sign_cek(kds, cek), 0);
	for (unsigned int i = 0; i < 0x414; i++) {
		cek[i] ^= 1 << i % 8;
		ck_assert_int_eq(psp_cert_verify_amd(c, cek, ask, 832), -EBADMSG);
		cek[i] ^= 1 << i % 8;
	}
	for (unsigned int i = 0x41c; i < 0x61c; i += 5) {
		cek[i] ^= 1 << i % 8;
		ck_assert_int_eq(psp_cert_verify_amd(c, cek, ask, 832),
				 i < 0x51c ? -EBADMSG : -EINVAL);
		cek[i] ^= 1 << i % 8;
	}
	cek[0x419] ^= 1; /* SHA-384 */
	ck_assert_int_eq(psp_cert_verify_amd(c, cek, ask, 832), -EINVAL);
	cek[0x419] ^= 1;
	ck_assert_int_eq(psp_cert_verify_amd(c, cek, ask, 831), -EINVAL);
	ask[0x23f] ^= 0x80; /* 2047 bits */
	ck_assert_int_eq(psp_cert_verify_amd(c, cek, ask, 832), -EINVAL);
	ask[0x23f] ^= 0x80;
	ck_assert_int_eq(psp_cert_verify_amd(c, cek, ask, 832), 0);
	close_crypto(c);
	psp_kds_free(kds);
}
END_TEST

START_TEST(the_asvk_has_no_amd_certificate)
{
	struct psp_kds *kds = open_kds(66, 2048);
	uint8_t cert[PSP_AMD_CERT_MAX];

	ck_assert_int_eq(psp_kds_amd_cert(kds, PSP_ASVK, cert), -EINVAL);
	psp_kds_free(kds);
}
END_TEST

START_TEST(amd_certificates_have_two_sizes)
{
	const uint8_t id[16] = {0};
	struct psp_crypto *c = open_crypto();
	EVP_PKEY *small = EVP_PKEY_Q_keygen(c->lib, NULL, "RSA", (size_t)1024);
	uint8_t cert[PSP_AMD_CERT_MAX], cek[0x824] = {0};

	ck_assert_int_eq(psp_amd_cert_build(c, cert, PSP_USAGE_ARK, id, small, id, small), -EINVAL);
	/* a salt of 32 bytes and such a hash need more than 512 bits */
	EVP_PKEY_free(small);
	small = EVP_PKEY_Q_keygen(c->lib, NULL, "RSA", (size_t)512);
	ck_assert_int_eq(psp_cert_sign_rsa(c, cek, 1, PSP_USAGE_ASK, small), -EINVAL);
	ck_assert_uint_eq(u32(cek + 0x418), 0);
	EVP_PKEY_free(small);
	close_crypto(c);
}
END_TEST

/* A file's contents. */
struct file {
	char data[4096];
	size_t len;
};

static void read_back(BIO *bio, struct file *f)
{
	f->len = (size_t)BIO_read(bio, f->data, sizeof(f->data));
	ck_assert_uint_lt(f->len, sizeof(f->data));
	BIO_free(bio);
}

static X509 *certify(EVP_PKEY *key, const char *cn, EVP_PKEY *issuer, const char *issuer_cn)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_NAME_new();

	X509_set_version(x, X509_VERSION_3);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const uint8_t *)cn, -1, -1, 0);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)issuer_cn, -1, -1, 0);
	X509_set_issuer_name(x, name);
	X509_time_adj_ex(X509_getm_notBefore(x), 0, 0, NULL);
	X509_time_adj_ex(X509_getm_notAfter(x), 10, 0, NULL);
	X509_sign(x, issuer, EVP_sha256());
	X509_NAME_free(name);
	return x;
}

/* Authorities that somebody made with other tools: certificate, key, in PEM and DER. */
struct pki {
	struct psp_crypto *crypto; /* for primes of a seed */
	EVP_PKEY *ark_key, *ask_key;
	struct file ark[2], ark_key_file[2], ask[2], ask_key_file[2];
};

static void write_files(X509 *x, EVP_PKEY *key, struct file cert[2], struct file key_file[2])
{
	BIO *bio[4];

	for (unsigned int i = 0; i < 4; i++)
		bio[i] = BIO_new(BIO_s_mem());
	PEM_write_bio_X509(bio[0], x);
	i2d_X509_bio(bio[1], x);
	PEM_write_bio_PrivateKey(bio[2], key, NULL, NULL, 0, NULL, NULL);
	i2d_PrivateKey_bio(bio[3], key);
	for (unsigned int i = 0; i < 2; i++) {
		read_back(bio[i], &cert[i]);
		read_back(bio[2 + i], &key_file[i]);
	}
}

static void pki_open(struct pki *p)
{
	X509 *ark, *ask;

	p->crypto = psp_crypto_new(41);
	p->ark_key = EVP_PKEY_Q_keygen(p->crypto->lib, NULL, "RSA", (size_t)2048);
	p->ask_key = EVP_PKEY_Q_keygen(p->crypto->lib, NULL, "RSA", (size_t)2048);
	ark = certify(p->ark_key, "My root", p->ark_key, "My root");
	ask = certify(p->ask_key, "My ASK", p->ark_key, "My root");
	write_files(ark, p->ark_key, p->ark, p->ark_key_file);
	write_files(ask, p->ask_key, p->ask, p->ask_key_file);
	X509_free(ark);
	X509_free(ask);
}

static void pki_close(struct pki *p)
{
	EVP_PKEY_free(p->ark_key);
	EVP_PKEY_free(p->ask_key);
	psp_crypto_free(p->crypto);
}

static int load(struct psp_kds *kds, enum psp_authority which, const struct file *cert,
		const struct file *key)
{
	return psp_kds_load(kds, which, cert->data, cert->len, key->data, key->len);
}

START_TEST(loaded_authorities_sign)
{
	static struct pki p;
	uint8_t der[PSP_X509_MAX], cek[0x824], ask_cert[PSP_AMD_CERT_MAX];
	struct psp_crypto *c = open_crypto();
	struct psp_chip chip;
	char cn[32];

	pki_open(&p);
	psp_chip_make(1, &chip);
	for (unsigned int form = 0; form < 2; form++) {
		struct psp_kds *kds = open_kds(66, 2048);
		const uint8_t *at = der;
		X509 *x;
		int len;

		ck_assert_int_eq(load(kds, PSP_ARK, &p.ark[form], &p.ark_key_file[form]), 0);
		ck_assert_int_eq(load(kds, PSP_ASK, &p.ask[form], &p.ask_key_file[form]), 0);
		/* its own certificate is passed on as it is */
		len = psp_kds_x509(kds, PSP_ASK, der, sizeof(der));
		ck_assert_int_eq(len, (int)p.ask[1].len);
		ck_assert_mem_eq(der, p.ask[1].data, p.ask[1].len);

		len = psp_kds_vcek(kds, &chip, 0, der, sizeof(der));
		x = d2i_X509(NULL, &at, len);
		ck_assert_int_eq(X509_verify(x, p.ask_key), 1);
		X509_NAME_get_text_by_NID(X509_get_issuer_name(x), NID_commonName, cn, 32);
		ck_assert_str_eq(cn, "My ASK");
		X509_free(x);

		make_cek(c, cek);
		ck_assert_int_eq(psp_kds_sign_cek(kds, cek), 0);
		len = psp_kds_amd_cert(kds, PSP_ASK, ask_cert);
		ck_assert_int_eq(psp_cert_verify_amd(c, cek, ask_cert, (size_t)len), 0);
		psp_kds_free(kds);
	}
	pki_close(&p);
	close_crypto(c);
}
END_TEST

START_TEST(a_loaded_root_signs_a_generated_ask)
{
	static struct pki p;
	struct psp_kds *kds = open_kds(66, 2048);
	uint8_t der[PSP_X509_MAX];
	const uint8_t *at = der;
	X509 *x;
	int len;

	pki_open(&p);
	ck_assert_int_eq(load(kds, PSP_ARK, &p.ark[0], &p.ark_key_file[1]), 0);
	len = psp_kds_x509(kds, PSP_ASK, der, sizeof(der));
	x = d2i_X509(NULL, &at, len);
	ck_assert_int_eq(X509_verify(x, p.ark_key), 1);
	X509_free(x);
	/* now it has a key */
	ck_assert_int_eq(load(kds, PSP_ASK, &p.ask[0], &p.ask_key_file[0]), -EBUSY);
	ck_assert_int_eq(load(kds, PSP_ARK, &p.ark[0], &p.ark_key_file[0]), -EBUSY);
	psp_kds_free(kds);
	pki_close(&p);
}
END_TEST

static void encrypt(EVP_PKEY *key, struct file *out)
{
	BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio_PrivateKey(bio, key, EVP_aes_128_cbc(), (const uint8_t *)"x", 1, NULL, NULL);
	read_back(bio, out);
}

START_TEST(what_does_not_fit_is_not_loaded)
{
	static struct pki p;
	static struct file encrypted, weak[2], weak_key[2], stranger[2], stranger_key[2];
	const struct file garbage = {"0garbage", 8}, text = {"garbage", 7}, empty = {"", 0};
	struct psp_kds *kds = open_kds(66, 2048);
	EVP_PKEY *small = EVP_RSA_gen(1024);
	X509 *x = certify(small, "small", small, "small"), *self;

	pki_open(&p);
	self = certify(p.ask_key, "My ASK", p.ask_key, "My root");
	write_files(self, p.ask_key, stranger, stranger_key);
	encrypt(p.ark_key, &encrypted);
	write_files(x, small, weak, weak_key);
	ck_assert_int_eq(load(kds, PSP_ASK, &p.ask[0], &p.ask_key_file[0]), -EINVAL);
	ck_assert_int_eq(load(kds, PSP_ARK, &p.ark[0], &p.ask_key_file[0]), -EINVAL);
	ck_assert_int_eq(load(kds, PSP_ARK, &p.ark[0], &encrypted), -EINVAL);
	ck_assert_int_eq(load(kds, PSP_ARK, &weak[0], &weak_key[0]), -EINVAL);
	ck_assert_int_eq(load(kds, PSP_ARK, &p.ask[0], &p.ask_key_file[0]), -EBADMSG);
	ck_assert_int_eq(load(kds, PSP_ARK, &garbage, &p.ark_key_file[0]), -EINVAL);
	ck_assert_int_eq(load(kds, PSP_ARK, &text, &text), -EINVAL);
	ck_assert_int_eq(load(kds, PSP_ARK, &empty, &empty), -EINVAL);
	ck_assert_int_eq(load(kds, PSP_ARK, &p.ark[1], &garbage), -EINVAL);
	ck_assert_uint_eq(ERR_peek_error(), 0);

	ck_assert_int_eq(load(kds, PSP_ARK, &p.ark[0], &p.ark_key_file[0]), 0);
	ck_assert_int_eq(load(kds, PSP_ASK, &stranger[0], &stranger_key[0]), -EBADMSG);
	ck_assert_int_eq(load(kds, PSP_ASK, &p.ask[0], &p.ask_key_file[0]), 0);
	X509_free(self);
	X509_free(x);
	EVP_PKEY_free(small);
	psp_kds_free(kds);
	pki_close(&p);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(naples_has_2048_bits_and_sha256);
	SUITE_CASE(rome_has_4096_bits_and_sha384);
	SUITE_CASE(changed_amd_certificates_are_refused);
	SUITE_CASE(changed_ceks_are_refused);
	SUITE_CASE(amd_certificates_have_two_sizes);
	SUITE_CASE(the_asvk_has_no_amd_certificate);
	SUITE_CASE(loaded_authorities_sign);
	SUITE_CASE(a_loaded_root_signs_a_generated_ask);
	SUITE_CASE(what_does_not_fit_is_not_loaded);
}
