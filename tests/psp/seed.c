/* SPDX-License-Identifier: MIT */
/*
 * All random numbers are the seed's: equal in every process, never the system's, and libcrypto's
 * default context has no part in them.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <openssl/provider.h>
#include <openssl/rand.h>

#include "psp/certs/kds.h"
#include "tests/psp/crypto_rig.h"
#include "tests/suite.h"

#define ASK_FOR_DIGEST "PSP_SEED_DIGEST"

static const struct psp_kds_config service = {
	.seed = 5, .rsa_bits = 2048, .product = "Milan", .stepping = "B0"};

/* Also where Check does not run. */
static void must(bool ok)
{
	if (!ok)
		abort();
}

/*
 * A hash over everything that a seed determines: numbers, keys, nonces, salts, primes. The seeds
 * used have found their primes soon; any other would do.
 */
static void digest_of(uint64_t seed, uint8_t out[PSP_SHA256_SIZE])
{
	struct psp_kds_config config = service;
	struct psp_crypto *c = psp_crypto_new(seed);
	struct psp_kds *kds;
	struct psp_ec_key key;
	uint8_t number[100], sig[2][PSP_ECDSA_SIZE], der[PSP_X509_MAX], z[PSP_P384_SIZE];
	struct psp_sha256 h;
	int len;

	config.seed = seed;
	must(c != NULL);
	psp_random(c, number, sizeof(number));
	must(psp_ec_generate(c, &key) == 0);
	for (unsigned int i = 0; i < 2; i++)
		must(psp_ec_sign(c, &key, PSP_SHA384, "data", 4, sig[i]) == 0);
	must(psp_ecdh(c, &key, key.x, key.y, z) == 0);
	must(psp_kds_new(&kds, &config) == 0);
	len = psp_kds_x509(kds, PSP_ARK, der, sizeof(der));
	must(len > 0);

	psp_sha256_init(&h);
	psp_sha256_update(&h, number, sizeof(number));
	psp_sha256_update(&h, &key, sizeof(key));
	psp_sha256_update(&h, sig, sizeof(sig));
	psp_sha256_update(&h, z, sizeof(z));
	psp_sha256_update(&h, der, (size_t)len);
	psp_sha256_final(&h, out);
	psp_kds_free(kds);
	psp_crypto_free(c);
}

START_TEST(equal_seeds_give_equal_bytes)
{
	uint8_t a[PSP_SHA256_SIZE], b[PSP_SHA256_SIZE], other[PSP_SHA256_SIZE];

	digest_of(34, a);
	digest_of(34, b);
	digest_of(50, other);
	ck_assert_mem_eq(a, b, sizeof(a));
	ck_assert_mem_ne(a, other, sizeof(a));
}
END_TEST

/* Each bit of a seed counts, for numbers and for what libcrypto draws. */
START_TEST(different_seeds_give_different_bytes)
{
	static const uint64_t seeds[] = {0, 1, 1ull << 31, 1ull << 63};
	uint8_t number[4][16], sig[4][PSP_ECDSA_SIZE];
	struct psp_ec_key key;

	for (unsigned int i = 0; i < 4; i++) {
		struct psp_crypto *c = psp_crypto_new(seeds[i]);

		ck_assert_int_eq(psp_ec_derive(c, "k", 1, &key), 0);
		psp_random(c, number[i], 16);
		psp_crypto_stream(c, "label", NULL, 0);
		ck_assert_int_eq(psp_ec_sign(c, &key, PSP_SHA256, "x", 1, sig[i]), 0);
		psp_crypto_free(c);
		for (unsigned int j = 0; j < i; j++) {
			ck_assert_mem_ne(number[i], number[j], 16);
			ck_assert_mem_ne(sig[i], sig[j], PSP_ECDSA_SIZE);
		}
	}
}
END_TEST

START_TEST(instances_do_not_disturb_each_other)
{
	struct psp_crypto *a = psp_crypto_new(3), *b = psp_crypto_new(3), *c = psp_crypto_new(4);
	struct psp_ec_key ka, kb;
	uint8_t sa[PSP_ECDSA_SIZE], sb[PSP_ECDSA_SIZE], first[PSP_ECDSA_SIZE], number[8];

	ck_assert_int_eq(psp_ec_generate(a, &ka), 0);
	ck_assert_int_eq(psp_ec_sign(a, &ka, PSP_SHA256, "x", 1, first), 0);
	psp_random(c, number, sizeof(number));
	ck_assert_int_eq(psp_ec_sign(c, &ka, PSP_SHA256, "x", 1, sa), 0);
	ck_assert_mem_ne(first, sa, sizeof(sa));
	ck_assert_int_eq(psp_ec_sign(a, &ka, PSP_SHA256, "x", 1, sa), 0);

	ck_assert_int_eq(psp_ec_generate(b, &kb), 0);
	ck_assert_mem_eq(&ka, &kb, sizeof(ka));
	ck_assert_int_eq(psp_ec_sign(b, &kb, PSP_SHA256, "x", 1, sb), 0);
	ck_assert_mem_eq(first, sb, sizeof(sb));
	ck_assert_int_eq(psp_ec_sign(b, &kb, PSP_SHA256, "x", 1, sb), 0);
	ck_assert_mem_eq(sa, sb, sizeof(sb));
	ck_assert_mem_ne(first, sb, sizeof(sb));
	psp_crypto_free(a);
	psp_crypto_free(b);
	psp_crypto_free(c);
}
END_TEST

/* How often libcrypto draws is libcrypto's affair. */
START_TEST(numbers_do_not_depend_on_what_libcrypto_draws)
{
	struct psp_crypto *a = psp_crypto_new(3), *b = psp_crypto_new(3);
	const struct psp_ec_key none = {0};
	struct psp_ec_key key = none;
	uint8_t na[64], nb[64], sig[PSP_ECDSA_SIZE];

	ck_assert_int_eq(psp_ec_derive(a, "k", 1, &key), 0);
	ck_assert_int_eq(psp_ec_sign(a, &key, PSP_SHA256, "x", 1, sig), 0);
	psp_random(a, na, 24);
	psp_random(a, na + 24, 40);
	psp_random(b, nb, 64);
	ck_assert_mem_eq(na, nb, 64);
	psp_random(b, nb, 64);
	ck_assert_mem_ne(na, nb, 64);
	psp_crypto_free(a);
	psp_crypto_free(b);
}
END_TEST

START_TEST(a_stream_makes_an_operation_independent_of_those_before)
{
	struct psp_crypto *c = psp_crypto_new(3);
	struct psp_ec_key key;
	uint8_t sig[4][PSP_ECDSA_SIZE];
	static const char *const context[] = {"one", "two", "one", "one"};

	ck_assert_int_eq(psp_ec_derive(c, "k", 1, &key), 0);
	for (unsigned int i = 0; i < 4; i++) {
		if (i < 3)
			psp_crypto_stream(c, "label", context[i], 3);
		ck_assert_int_eq(psp_ec_sign(c, &key, PSP_SHA256, "x", 1, sig[i]), 0);
	}
	ck_assert_mem_eq(sig[0], sig[2], PSP_ECDSA_SIZE);
	ck_assert_mem_ne(sig[0], sig[1], PSP_ECDSA_SIZE);
	ck_assert_mem_ne(sig[2], sig[3], PSP_ECDSA_SIZE);
	psp_crypto_free(c);
}
END_TEST

/* This program once more, for the digest of seed 34. */
static void digest_in_new_process(unsigned long persona, char text[2 * PSP_SHA256_SIZE + 1])
{
	int out[2], status;
	ssize_t len;
	pid_t pid;

	ck_assert_int_eq(pipe(out), 0);
	pid = fork();
	if (pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		setenv(ASK_FOR_DIGEST, "1", 1);
		if (personality(persona) != -1)
			execl("/proc/self/exe", "seed", (char *)NULL);
		_exit(1);
	}
	close(out[1]);
	len = read(out[0], text, 2 * PSP_SHA256_SIZE);
	close(out[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(len, 2 * PSP_SHA256_SIZE);
	text[len] = 0;
}

static void format_digest(char text[2 * PSP_SHA256_SIZE + 1])
{
	uint8_t digest[PSP_SHA256_SIZE];

	digest_of(34, digest);
	for (unsigned int i = 0; i < PSP_SHA256_SIZE; i++)
		sprintf(text + 2 * i, "%02x", digest[i]);
}

START_TEST(address_layout_changes_nothing)
{
	char here[2 * PSP_SHA256_SIZE + 1], there[2 * PSP_SHA256_SIZE + 1];
	const unsigned long persona = (unsigned long)personality(0xffffffff);

	format_digest(here);
	digest_in_new_process(persona & ~(unsigned long)ADDR_NO_RANDOMIZE, there);
	ck_assert_str_eq(here, there);
	digest_in_new_process(persona | ADDR_NO_RANDOMIZE, there);
	ck_assert_str_eq(here, there);
}
END_TEST

/* From now on getrandom() ends the process. */
static void forbid_getrandom(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getrandom, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static int status_of(void (*fn)(void))
{
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		forbid_getrandom();
		fn();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void draw_from_the_system(void)
{
	uint8_t number[8];

	RAND_bytes(number, sizeof(number));
}

static void draw_from_a_seed(void)
{
	uint8_t digest[PSP_SHA256_SIZE];

	digest_of(34, digest);
}

START_TEST(the_system_is_never_asked_for_random_numbers)
{
	const int system = status_of(draw_from_the_system);

	ck_assert(WIFSIGNALED(system) && WTERMSIG(system) == SIGSYS); /* it can be seen */
	ck_assert_int_eq(status_of(draw_from_a_seed), 0);
}
END_TEST

/* With a default context that has no algorithm at all, whatever used it would fail. */
START_TEST(the_default_context_is_not_used)
{
	OSSL_LIB_CTX *empty = OSSL_LIB_CTX_new(), *before;
	OSSL_PROVIDER *none = OSSL_PROVIDER_load(empty, "null");
	uint8_t with[PSP_SHA256_SIZE], without[PSP_SHA256_SIZE];

	digest_of(34, with);
	ck_assert_ptr_nonnull(none);
	before = OSSL_LIB_CTX_set0_default(empty);
	ck_assert_ptr_null(EVP_MD_fetch(NULL, "SHA256", NULL));
	ERR_clear_error();
	digest_of(34, without);
	OSSL_LIB_CTX_set0_default(before);
	OSSL_PROVIDER_unload(none);
	OSSL_LIB_CTX_free(empty);
	ck_assert_mem_eq(with, without, sizeof(with));
}
END_TEST

START_TEST(the_default_context_is_not_changed)
{
	EVP_RAND_CTX *const generator = RAND_get0_public(NULL);
	uint8_t digest[PSP_SHA256_SIZE];

	digest_of(34, digest);
	ck_assert_ptr_eq(RAND_get0_public(NULL), generator);
	ck_assert_str_eq(EVP_RAND_get0_name(EVP_RAND_CTX_get0_rand(generator)), "CTR-DRBG");
	ck_assert_int_eq(OSSL_PROVIDER_available(NULL, "psp"), 0);
	ck_assert_uint_eq(ERR_peek_error(), 0);
}
END_TEST

/* The caller's errors stay in its queue. */
START_TEST(errors_of_the_caller_are_kept)
{
	struct psp_crypto *c = open_crypto();
	const uint8_t zero[PSP_P384_SIZE] = {0}, sig[PSP_ECDSA_SIZE] = {0};

	ERR_raise(ERR_LIB_USER, 42);
	ck_assert_int_ne(psp_ec_verify(c, zero, zero, PSP_SHA256, "", 0, sig), 0);
	ck_assert_int_eq(ERR_GET_REASON(ERR_peek_last_error()), 42);
	ERR_clear_error();
	close_crypto(c);
}
END_TEST

void suite_cases(void)
{
	char text[2 * PSP_SHA256_SIZE + 1];

	if (getenv(ASK_FOR_DIGEST)) {
		format_digest(text);
		fputs(text, stdout);
		exit(0);
	}
	SUITE_CASE(equal_seeds_give_equal_bytes);
	SUITE_CASE(different_seeds_give_different_bytes);
	SUITE_CASE(instances_do_not_disturb_each_other);
	SUITE_CASE(numbers_do_not_depend_on_what_libcrypto_draws);
	SUITE_CASE(a_stream_makes_an_operation_independent_of_those_before);
	SUITE_CASE(address_layout_changes_nothing);
	SUITE_CASE(the_system_is_never_asked_for_random_numbers);
	SUITE_CASE(the_default_context_is_not_used);
	SUITE_CASE(the_default_context_is_not_changed);
	SUITE_CASE(errors_of_the_caller_are_kept);
}
