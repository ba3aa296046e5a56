/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/psp/owner/test.h"

#define PEK 0
#define OCA OWNER_CERT_SIZE
#define CEK (2 * OWNER_CERT_SIZE)
#define SIG 8 /* of the signature in its slot */

static struct owner_chip chip;

static enum owner_check verify(void)
{
	struct owner_platform platform = owner_chip_platform(&chip);

	return owner_platform_verify(&platform);
}

static void make(unsigned int bits)
{
	struct owner_rand rand;

	owner_rand_init(&rand, "certificates");
	owner_chip_make(&chip, &rand, bits);
}

START_TEST(a_chain_of_either_root_holds)
{
	make(2048);
	CHECK_IS(verify(), OWNER_OK);
	make(4096);
	CHECK_IS(verify(), OWNER_OK);
}
END_TEST

/* Flip one bit at a time; each says which link it breaks. */
static void breaks(uint8_t *at, unsigned int bit, enum owner_check want, const char *what)
{
	enum owner_check got;

	*at ^= (uint8_t)(1u << bit);
	got = verify();
	ck_assert_msg(got == want, "%s: got \"%s\", wanted \"%s\"", what, owner_check_text(got),
		      owner_check_text(want));
	*at ^= (uint8_t)(1u << bit);
	CHECK_IS(verify(), OWNER_OK);
}

START_TEST(each_broken_signature_is_named)
{
	size_t amd_sig = 0x40 + 2 * 256;

	make(2048);
	for (unsigned int i = 0; i < 256; i += 37) {
		breaks(chip.ark + amd_sig + i, i % 8, OWNER_ARK_SELF, "ARK");
		breaks(chip.ask + amd_sig + i, i % 8, OWNER_ASK_BY_ARK, "ASK");
		breaks(chip.chain + CEK + OWNER_CERT_SIG1 + SIG + i, i % 8, OWNER_CEK_BY_ASK,
		       "CEK");
	}
	for (unsigned int i = 0; i < 144; i += 11) {
		uint8_t *chain = chip.chain;

		breaks(chain + OCA + OWNER_CERT_SIG1 + SIG + i, i % 8, OWNER_OCA_SELF, "OCA");
		breaks(chain + PEK + OWNER_CERT_SIG1 + SIG + i, i % 8, OWNER_PEK_BY_OCA, "OCA-PEK");
		breaks(chain + PEK + OWNER_CERT_SIG2 + SIG + i, i % 8, OWNER_PEK_BY_CEK, "CEK-PEK");
		breaks(chip.pdh + OWNER_CERT_SIG1 + SIG + i, i % 8, OWNER_PDH_BY_PEK, "PDH");
	}
}
END_TEST

START_TEST(each_changed_body_is_named)
{
	make(2048);
	breaks(chip.ark + 4, 0, OWNER_ARK_SELF, "ARK's id");
	breaks(chip.ask + 0x14, 0, OWNER_ASK_BY_ARK, "ASK's certifier");
	breaks(chip.ask + 0x40 + 256, 3, OWNER_ASK_BY_ARK, "ASK's modulus");
	breaks(chip.chain + CEK + OWNER_CERT_API_MINOR, 0, OWNER_CEK_BY_ASK, "CEK's API");
	breaks(chip.chain + OCA + OWNER_CERT_API_MINOR, 0, OWNER_OCA_SELF, "OCA's API");
	breaks(chip.chain + PEK + OWNER_CERT_API_MINOR, 0, OWNER_PEK_BY_OCA, "PEK's API");
	breaks(chip.pdh + OWNER_CERT_API_MINOR, 0, OWNER_PDH_BY_PEK, "PDH's API");
	breaks(chip.chain + OCA + OWNER_CERT_KEY + 4, 0, OWNER_KEY, "OCA's point");
}
END_TEST

START_TEST(each_malformed_certificate_is_named)
{
	static const size_t fields[] = {OWNER_CERT_VERSION,	 OWNER_CERT_RESERVED,
					OWNER_CERT_RESERVED + 1, OWNER_CERT_USAGE,
					OWNER_CERT_ALGO,	 OWNER_CERT_KEY,
					OWNER_CERT_SIG1,	 OWNER_CERT_SIG1 + 4,
					OWNER_CERT_SIG2,	 OWNER_CERT_SIG2 + 4};

	make(2048);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		breaks(chip.chain + CEK + fields[i], 1, OWNER_CEK_FORM, "CEK");
		breaks(chip.chain + OCA + fields[i], 1, OWNER_OCA_FORM, "OCA");
		breaks(chip.chain + PEK + fields[i], 1, OWNER_PEK_FORM, "PEK");
		breaks(chip.pdh + fields[i], 1, OWNER_PDH_FORM, "PDH");
	}
	for (size_t at = 0; at < 5; at++) {
		static const size_t amd[] = {0, 0x24, 0x28, 0x3b, 0x3d};

		breaks(chip.ark + amd[at], 1, OWNER_ARK_FORM, "ARK");
		breaks(chip.ask + amd[at], 1, OWNER_ASK_FORM, "ASK");
	}
}
END_TEST

/* Rightly signed, but the certificate names another certifier. */
START_TEST(the_certifier_must_be_the_signer)
{
	EVP_PKEY *ark = owner_root_key(OWNER_ARK_2048), *ask = owner_root_key(OWNER_ASK_2048);

	make(2048);
	owner_amd_cert_make(chip.ask, ask, ark, OWNER_USAGE_ASK, 0xa5, 0xa2);
	CHECK_IS(verify(), OWNER_ASK_BY_ARK);
	owner_amd_cert_make(chip.ask, ask, ark, OWNER_USAGE_ASK, 0xa5, 0xa1);
	CHECK_IS(verify(), OWNER_OK);
	owner_amd_cert_make(chip.ark, ark, ark, OWNER_USAGE_ARK, 0xa1, 0xa2);
	CHECK_IS(verify(), OWNER_ARK_SELF);
	EVP_PKEY_free(ask);
	EVP_PKEY_free(ark);
}
END_TEST

/* The chip exports its CEK unsigned; the signed one comes from AMD. */
START_TEST(the_signed_cek_comes_apart)
{
	struct owner_platform platform;
	uint8_t cek[OWNER_CERT_SIZE];

	make(4096);
	memcpy(cek, chip.chain + CEK, sizeof(cek));
	memset(chip.chain + CEK + OWNER_CERT_SIG1, 0, OWNER_CERT_SIZE - OWNER_CERT_SIG1);
	owner_put32(chip.chain + CEK + OWNER_CERT_SIG1, OWNER_USAGE_NONE);
	owner_put32(chip.chain + CEK + OWNER_CERT_SIG2, OWNER_USAGE_NONE);
	CHECK_IS(verify(), OWNER_CEK_FORM);
	platform = owner_chip_platform(&chip);
	platform.cek = cek;
	CHECK_IS(owner_platform_verify(&platform), OWNER_OK);
	cek[OWNER_CERT_API_MAJOR] ^= 1;
	CHECK_IS(owner_platform_verify(&platform), OWNER_CEK_OTHER);
}
END_TEST

START_TEST(roots_of_another_size_are_refused)
{
	struct owner_platform platform;

	make(4096);
	platform = owner_chip_platform(&chip);
	platform.ark_size = 832;
	CHECK_IS(owner_platform_verify(&platform), OWNER_ARK_FORM);
	platform.ark_size = 0x3f;
	CHECK_IS(owner_platform_verify(&platform), OWNER_ARK_FORM);
	platform.ark_size = chip.amd_size;
	platform.ask_size = chip.amd_size - 1;
	CHECK_IS(owner_platform_verify(&platform), OWNER_ASK_FORM);
}
END_TEST

START_TEST(an_external_oca_owns_the_platform)
{
	static const uint8_t api[2] = {0, 24};
	uint8_t csr[OWNER_CERT_SIZE], *pek = chip.chain + PEK, *oca = chip.chain + OCA;
	struct owner_ec_key owner;
	struct owner_rand rand;

	make(2048);
	owner_rand_init(&rand, "external OCA");
	owner_ec_generate(&owner, &rand);
	owner_cert_make(csr, api, OWNER_USAGE_PEK, OWNER_ALGO_ECDSA_SHA256, &chip.pek_key);
	owner_oca_make(oca, api, &owner);
	CHECK_IS(verify(), OWNER_PEK_BY_OCA);
	CHECK_IS(owner_pek_import(pek, csr, &owner), OWNER_OK);
	CHECK_IS(verify(), OWNER_PEK_FORM);
	owner_cert_sign(pek, OWNER_CERT_SIG2, OWNER_USAGE_CEK, &chip.cek_key);
	CHECK_IS(verify(), OWNER_OK);
	CHECK_IS(owner_pek_import(csr, pek, &owner), OWNER_PEK_FORM);
	CHECK_IS(owner_pek_import(csr, oca, &owner), OWNER_PEK_FORM);
}
END_TEST

void cert_cases(void)
{
	SUITE_CASE(a_chain_of_either_root_holds);
	SUITE_CASE(each_broken_signature_is_named);
	SUITE_CASE(each_changed_body_is_named);
	SUITE_CASE(each_malformed_certificate_is_named);
	SUITE_CASE(the_certifier_must_be_the_signer);
	SUITE_CASE(the_signed_cek_comes_apart);
	SUITE_CASE(roots_of_another_size_are_refused);
	SUITE_CASE(an_external_oca_owns_the_platform);
}
