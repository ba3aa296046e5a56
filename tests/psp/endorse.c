/* SPDX-License-Identifier: MIT */
/* Keys of a chip and a TCB version. Sticks are recomputed here through EVP. */
#include <errno.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "psp/certs/endorse.h"
#include "tests/psp/bytes.h"
#include "tests/psp/crypto_rig.h"
#include "tests/suite.h"

static const uint64_t lower = 0x4805000000000203, higher = 0x49060000000007ff;

static struct psp_chip chip_of(uint64_t serial)
{
	struct psp_chip chip;

	psp_chip_make(serial, &chip);
	return chip;
}

START_TEST(chips_differ_and_do_not_depend_on_the_seed)
{
	struct psp_crypto *a = psp_crypto_new(1), *b = psp_crypto_new(2);
	const struct psp_chip one = chip_of(1), same = chip_of(1), two = chip_of(2);
	struct psp_ec_key cek, vcek, other;

	ck_assert_mem_eq(&one, &same, sizeof(one));
	ck_assert_mem_ne(one.id, two.id, sizeof(one.id));
	ck_assert_mem_ne(one.secret, two.secret, sizeof(one.secret));
	ck_assert_int_eq(psp_cek(a, &one, &cek), 0);
	ck_assert_int_eq(psp_cek(b, &one, &other), 0);
	ck_assert_mem_eq(&cek, &other, sizeof(cek));
	ck_assert_int_eq(psp_cek(a, &two, &other), 0);
	ck_assert_mem_ne(&cek, &other, sizeof(cek));
	ck_assert_int_eq(psp_vcek(a, &one, 0, &vcek), 0);
	ck_assert_mem_ne(&cek, &vcek, sizeof(cek));
	ck_assert_int_eq(psp_vcek(a, &two, 0, &other), 0);
	ck_assert_mem_ne(&vcek, &other, sizeof(vcek));
	psp_crypto_free(a);
	psp_crypto_free(b);
}
END_TEST

START_TEST(one_key_for_each_tcb_version)
{
	struct psp_crypto *c = open_crypto();
	const struct psp_chip chip = chip_of(1);
	struct psp_ec_key keys[9], again;

	ck_assert_int_eq(psp_vcek(c, &chip, lower, &keys[8]), 0);
	ck_assert_int_eq(psp_vcek(c, &chip, lower, &again), 0);
	ck_assert_mem_eq(&keys[8], &again, sizeof(again));
	for (unsigned int i = 0; i < 8; i++) {
		ck_assert_int_eq(psp_vcek(c, &chip, lower + (1ull << 8 * i), &keys[i]), 0);
		for (unsigned int j = 0; j < i; j++)
			ck_assert_mem_ne(&keys[i], &keys[j], sizeof(again));
		ck_assert_mem_ne(&keys[i], &keys[8], sizeof(again));
	}
	close_crypto(c);
}
END_TEST

START_TEST(lower_means_in_every_component)
{
	ck_assert(psp_tcb_reaches(higher, lower));
	ck_assert(psp_tcb_reaches(lower, lower));
	ck_assert(psp_tcb_reaches(lower, 0));
	ck_assert(!psp_tcb_reaches(lower, higher));
	/* a smaller number, but one component is higher */
	ck_assert(!psp_tcb_reaches(0x0100000000000000, 0x0001000000000000));
	for (unsigned int i = 0; i < 8; i++) {
		ck_assert(!psp_tcb_reaches(lower, lower + (1ull << 8 * i)));
		ck_assert(psp_tcb_reaches(lower + (1ull << 8 * i), lower));
	}
}
END_TEST

/* SP 800-108 with AMD's byte order for 48 bytes, from the text of the documentation. */
static void seed_of_stick(const uint8_t *secret, size_t len, uint8_t component, uint8_t out[48])
{
	uint8_t message[] = "\1\0\0\0tcb-stick\0?\x80\1\0";
	uint8_t block[64];

	message[14] = component;
	for (unsigned int i = 0; i < 2; i++) {
		message[0] = (uint8_t)(i + 1);
		HMAC(EVP_sha256(), secret, (int)len, message, 19, block + 32 * i, NULL);
	}
	memcpy(out, block, 48);
}

static void hash48(uint8_t stick[48])
{
	EVP_Digest(stick, 48, stick, NULL, EVP_sha384(), NULL);
}

START_TEST(a_stick_is_hashed_255_less_spl_times)
{
	struct psp_crypto *c = open_crypto();
	struct psp_sticks sticks;
	uint8_t want[48];

	psp_sticks_make(c, "secret", 6, higher, &sticks);
	ck_assert_uint_eq(sticks.tcb, higher);
	for (unsigned int i = 0; i < 8; i++) {
		seed_of_stick((const uint8_t *)"secret", 6, (uint8_t)i, want);
		for (unsigned int n = higher >> 8 * i & 255; n < 255; n++)
			hash48(want);
		ck_assert_mem_eq(sticks.stick[i], want, 48);
	}
	close_crypto(c);
}
END_TEST

START_TEST(higher_material_makes_every_lower_key)
{
	struct psp_crypto *c = open_crypto();
	const struct psp_chip chip = chip_of(1);
	static const uint64_t targets[] = {0x49060000000007ff, lower, 0x0100000000000000, 0};
	struct psp_sticks sticks;
	struct psp_ec_key derived, direct;

	psp_sticks_make(c, chip.secret, sizeof(chip.secret), higher, &sticks);
	for (unsigned int i = 0; i < 4; i++) {
		ck_assert_int_eq(psp_sticks_lower(&sticks, targets[i]), 0);
		ck_assert_uint_eq(sticks.tcb, targets[i]);
		ck_assert_int_eq(psp_sticks_key(c, &sticks, &derived), 0);
		ck_assert_int_eq(psp_vcek(c, &chip, targets[i], &direct), 0);
		ck_assert_mem_eq(&derived, &direct, sizeof(direct));
	}
	close_crypto(c);
}
END_TEST

/*
 * In no component does hashing on, as often as sticks are ever hashed, lead from the lower
 * version's stick to the higher one's.
 */
START_TEST(lower_material_makes_no_higher_key)
{
	struct psp_crypto *c = open_crypto();
	struct psp_sticks low, high, before;

	psp_sticks_make(c, "secret", 6, lower, &low);
	before = low;
	for (unsigned int i = 0; i < 8; i++) {
		const uint64_t tcb = lower + (1ull << 8 * i);

		ck_assert_int_eq(psp_sticks_lower(&low, tcb), -EINVAL);
		ck_assert_mem_eq(&low, &before, sizeof(low));
		psp_sticks_make(c, "secret", 6, tcb, &high);
		for (unsigned int n = 0; n < 256; n++, hash48(low.stick[i]))
			ck_assert_mem_ne(low.stick[i], high.stick[i], 48);
		low = before;
	}
	/* a smaller number, but one component is higher */
	ck_assert_int_eq(psp_sticks_lower(&low, lower - (1ull << 56) + 1), -EINVAL);
	ck_assert_mem_eq(&low, &before, sizeof(low));
	close_crypto(c);
}
END_TEST

/* 56860: 0x1b0 bytes; the form within is the model's. */
START_TEST(a_wrapped_vlek_opens_on_its_chip_alone)
{
	struct psp_crypto *c = open_crypto();
	const struct psp_chip one = chip_of(1), two = chip_of(2);
	const uint8_t iv[12] = {1, 2, 3};
	struct psp_chip renamed = one;
	struct psp_sticks sticks, got;
	uint8_t blob[0x1b0];

	psp_sticks_make(c, "provider", 8, higher, &sticks);
	psp_vlek_wrap(c, &one, &sticks, iv, blob);
	ck_assert_mem_eq(blob, iv, 12);
	ck_assert_int_eq(psp_vlek_unwrap(c, &one, blob, &got), 0);
	ck_assert_mem_eq(&got, &sticks, sizeof(got));
	ck_assert_int_eq(psp_vlek_unwrap(c, &two, blob, &got), -EBADMSG);
	renamed.id[63] ^= 1;
	ck_assert_int_eq(psp_vlek_unwrap(c, &renamed, blob, &got), -EBADMSG);
	renamed = one;
	renamed.secret[0] ^= 1;
	ck_assert_int_eq(psp_vlek_unwrap(c, &renamed, blob, &got), -EBADMSG);
	close_crypto(c);
}
END_TEST

START_TEST(a_changed_bit_of_a_wrapped_vlek_is_found)
{
	struct psp_crypto *c = open_crypto();
	const struct psp_chip chip = chip_of(1);
	const uint8_t iv[12] = {0};
	struct psp_sticks sticks, got;
	uint8_t blob[0x1b0];

	psp_sticks_make(c, "provider", 8, lower, &sticks);
	psp_vlek_wrap(c, &chip, &sticks, iv, blob);
	for (unsigned int i = 0; i < sizeof(blob); i++) {
		blob[i] ^= 1 << i % 8;
		ck_assert_int_eq(psp_vlek_unwrap(c, &chip, blob, &got), -EBADMSG);
		blob[i] ^= 1 << i % 8;
	}
	ck_assert_int_eq(psp_vlek_unwrap(c, &chip, blob, &got), 0);
	close_crypto(c);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(chips_differ_and_do_not_depend_on_the_seed);
	SUITE_CASE(one_key_for_each_tcb_version);
	SUITE_CASE(lower_means_in_every_component);
	SUITE_CASE(a_stick_is_hashed_255_less_spl_times);
	SUITE_CASE(higher_material_makes_every_lower_key);
	SUITE_CASE(lower_material_makes_no_higher_key);
	SUITE_CASE(a_wrapped_vlek_opens_on_its_chip_alone);
	SUITE_CASE(a_changed_bit_of_a_wrapped_vlek_is_found);
}
