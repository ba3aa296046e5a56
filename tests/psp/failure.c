/* SPDX-License-Identifier: MIT */
/*
 * When libcrypto fails: what is broken here from within a context is what cannot be broken from
 * without.
 */
#include <errno.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "psp/certs/kds_internal.h"
#include "tests/psp/crypto_rig.h"
#include "tests/psp/rig.h"
#include "tests/suite.h"

/* A cipher context without a key. */
static void break_cipher(EVP_CIPHER_CTX **ctx)
{
	EVP_CIPHER_CTX_free(*ctx);
	*ctx = EVP_CIPHER_CTX_new();
}

static void drop_cipher(EVP_CIPHER **cipher, EVP_CIPHER_CTX **ctx)
{
	break_cipher(ctx);
	EVP_CIPHER_free(*cipher);
	*cipher = NULL;
}

static void assert_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		ck_assert_uint_eq(p[i], 0);
}

static void assert_failed(struct psp_crypto *c)
{
	uint8_t number[8];

	ck_assert(psp_crypto_failed(c));
	psp_random(c, number, sizeof(number)); /* what goes well makes it no better */
	ck_assert(psp_crypto_failed(c));
	ck_assert_uint_eq(ERR_peek_error(), 0);
	psp_crypto_free(c);
}

START_TEST(random_numbers_that_fail_are_zero)
{
	struct psp_crypto *c = open_crypto();
	uint8_t number[8] = {1, 2, 3};

	break_cipher(&c->own.ctx);
	psp_random(c, number, sizeof(number));
	assert_zero(number, sizeof(number));
	assert_failed(c);
}
END_TEST

START_TEST(a_stream_that_fails_is_remembered)
{
	struct psp_crypto *c = open_crypto();

	drop_cipher(&c->drawn.cipher, &c->drawn.ctx);
	psp_crypto_stream(c, "label", NULL, 0);
	assert_failed(c);
}
END_TEST

START_TEST(macs_that_fail_are_zero)
{
	struct psp_crypto *c = open_crypto();
	const struct iovec part = {(void *)"data", 4};
	uint8_t mac[PSP_SHA256_SIZE] = {1, 2, 3};

	psp_hmac(c, NULL, 0, &part, 1, mac); /* no key, and none from before */
	assert_zero(mac, sizeof(mac));
	assert_failed(c);
}
END_TEST

START_TEST(ciphers_that_fail_give_zero)
{
	struct psp_crypto *c = open_crypto();
	static const uint8_t key[32], iv[16];
	uint8_t out[20], tag[PSP_GCM_TAG];

	drop_cipher(&c->ctr, &c->ctr_ctx);
	memset(out, 1, sizeof(out));
	psp_aes_ctr(c, key, iv, "text", out, 4);
	assert_zero(out, 4);
	ck_assert(psp_crypto_failed(c));

	c->failed = false;
	drop_cipher(&c->gcm, &c->gcm_ctx);
	memset(out, 1, sizeof(out));
	memset(tag, 1, sizeof(tag));
	psp_gcm_seal(c, key, iv, NULL, 0, "text", 4, out, tag);
	assert_zero(out, 4);
	assert_zero(tag, sizeof(tag));
	assert_failed(c);
}
END_TEST

START_TEST(signatures_need_random_numbers)
{
	struct psp_crypto *c = open_crypto();
	struct psp_ec_key key;
	uint8_t cert[PSP_CERT_SIZE], before[PSP_CERT_SIZE];

	ck_assert_int_eq(psp_ec_generate(c, &key), 0);
	psp_cert_build(cert, 1, 55, PSP_USAGE_OCA, &key);
	memcpy(before, cert, sizeof(cert));
	break_cipher(&c->drawn.ctx);
	ck_assert_int_eq(psp_cert_sign(c, cert, 1, PSP_USAGE_OCA, &key), -ENOMEM);
	ck_assert_mem_eq(cert, before, sizeof(cert));
	ck_assert_uint_eq(ERR_peek_error(), 0);
	psp_crypto_free(c);
}
END_TEST

static void ask(struct psp_kds *kds, int want)
{
	uint8_t der[PSP_X509_MAX], cek[PSP_CERT_SIZE] = {0};
	struct psp_chip chip = {0};

	ck_assert_int_eq(psp_kds_x509(kds, PSP_ARK, der, sizeof(der)), want);
	ck_assert_int_eq(psp_kds_x509(kds, PSP_ASVK, der, sizeof(der)), want);
	ck_assert_int_eq(psp_kds_amd_cert(kds, PSP_ASK, der), want);
	ck_assert_int_eq(psp_kds_sign_cek(kds, cek), want);
	ck_assert_int_eq(psp_kds_vcek(kds, &chip, 0, der, sizeof(der)), want);
	ck_assert_int_eq(psp_kds_vlek(kds, "CN=cloud", 0, der, sizeof(der)), want);
	ck_assert_uint_eq(ERR_peek_error(), 0);
}

START_TEST(a_service_without_primes_says_so)
{
	const struct psp_kds_config config = {
		.rsa_bits = 2048, .product = "Milan", .stepping = "B0"};
	struct psp_kds *kds;

	ck_assert_int_eq(psp_kds_new(&kds, &config), 0);
	drop_cipher(&kds->crypto->drawn.cipher, &kds->crypto->drawn.ctx);
	ask(kds, -ENOMEM);
	psp_kds_free(kds);
}
END_TEST

/* libcrypto 3.0 itself leaks when its allocations fail: a leak checker is to look away. */
extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

/* One allocation of libcrypto that fails, counted down. */
static unsigned int until_failure;

static bool fails_now(void)
{
	return until_failure && --until_failure == 0;
}

static void *failing_malloc(size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails_now() ? NULL : malloc(len);
}

static void *failing_realloc(void *p, size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails_now() ? NULL : realloc(p, len);
}

static void plain_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

static struct psp_crypto *new_with_failure(unsigned int n)
{
	struct psp_crypto *c;

	if (__lsan_disable)
		__lsan_disable();
	until_failure = n;
	c = psp_crypto_new(1);
	until_failure = 0;
	if (__lsan_enable)
		__lsan_enable();
	return c;
}

static void sign_something(struct psp_crypto *c, uint8_t sig[PSP_ECDSA_SIZE])
{
	struct psp_ec_key key;

	ck_assert_int_eq(psp_ec_generate(c, &key), 0);
	ck_assert_int_eq(psp_ec_sign(c, &key, PSP_SHA384, "data", 4, sig), 0);
}

START_TEST(a_context_is_whole_or_not_there)
{
	uint8_t want[PSP_ECDSA_SIZE], sig[PSP_ECDSA_SIZE];
	unsigned int refused = 0;
	struct psp_crypto *c;

	ck_assert_int_eq(CRYPTO_set_mem_functions(failing_malloc, failing_realloc, plain_free), 1);
	c = open_crypto(); /* libcrypto sets some things up once */
	sign_something(c, want);
	psp_crypto_free(c);
	for (unsigned int n = 1; n < 1000; n += 3) {
		c = new_with_failure(n);
		if (c) {
			sign_something(c, sig);
			ck_assert_mem_eq(sig, want, sizeof(sig));
			ck_assert(!psp_crypto_failed(c));
		}
		refused += !c;
		psp_crypto_free(c);
	}
	ck_assert_uint_gt(refused, 10);
}
END_TEST

/* Of the first command that needs a context: it answers, and succeeds the next time. */
static void expect_short_of_memory(struct rig *rig, enum psp_cmd_id id, uint64_t pa)
{
	if (__lsan_disable)
		__lsan_disable();
	until_failure = 1;
	expect_status(psp_command(rig->psp, id, pa, NULL), PSP_RESOURCE_LIMIT);
	until_failure = 0;
	if (__lsan_enable)
		__lsan_enable();
	expect_ok(psp_command(rig->psp, id, pa, NULL));
}

START_TEST(platform_without_memory_says_so)
{
	uint8_t cert[0x824];
	struct psp_kds_config config = {
		.seed = 1, .rsa_bits = 2048, .product = "Milan", .stepping = "B0"};
	struct psp_kds *kds;
	struct rig rig;

	ck_assert_int_eq(CRYPTO_set_mem_functions(failing_malloc, failing_realloc, plain_free), 1);
	psp_crypto_free(open_crypto()); /* libcrypto sets some things up once */
	rig_new(&rig, NULL);
	expect_short_of_memory(&rig, PSP_CMD_INIT, RIG_CMD);
	rig_free(&rig);
	rig_new(&rig, NULL);
	put32(rig.ram + RIG_CMD, 0x24); /* INIT_EX */
	put64(rig.ram + RIG_CMD + 0x18, 0x40000);
	put32(rig.ram + RIG_CMD + 0x20, 0x8000);
	expect_short_of_memory(&rig, PSP_CMD_INIT_EX, RIG_CMD);
	rig_free(&rig);
	rig_new(&rig, NULL);
	expect_short_of_memory(&rig, PSP_CMD_PLATFORM_RESET, 0);
	rig_free(&rig);

	ck_assert_int_eq(psp_kds_new(&kds, &config), 0);
	rig_new(&rig, NULL);
	until_failure = 1;
	ck_assert_int_eq(psp_kds_chip_cek(kds, rig.psp, cert), -ENOMEM);
	until_failure = 0;
	rig_free(&rig);
	psp_kds_free(kds);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(random_numbers_that_fail_are_zero);
	SUITE_CASE(a_stream_that_fails_is_remembered);
	SUITE_CASE(macs_that_fail_are_zero);
	SUITE_CASE(ciphers_that_fail_give_zero);
	SUITE_CASE(signatures_need_random_numbers);
	SUITE_CASE(a_service_without_primes_says_so);
	SUITE_CASE(a_context_is_whole_or_not_there);
	SUITE_CASE(platform_without_memory_says_so);
}
