/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/psp/owner/test.h"

static struct x509_chain chain;
static struct owner_ec_key vek;
static uint8_t report[OWNER_REPORT_SIZE], chip_id[OWNER_CHIP_ID_SIZE];
static struct x509_wish wish;

static void sign_report(void)
{
	uint8_t digest[48];

	memset(report + 0x2a0, 0, sizeof(report) - 0x2a0);
	owner_sha384(report, 0x2a0, digest);
	owner_ecdsa_sign(&vek, digest, sizeof(digest), report + 0x2a0);
}

/* A version 2 report of a Milan, in which every field has its own value. */
static void make(void)
{
	struct owner_rand rand;

	owner_rand_init(&rand, "VCEK");
	owner_ec_generate(&vek, &rand);
	owner_rand_bytes(&rand, chip_id, sizeof(chip_id));
	memset(report, 0, sizeof(report));
	owner_put32(report, 2);
	owner_put32(report + 4, 0x11);
	owner_put64(report + 8, 0x3001f);
	memset(report + 0x10, 0x12, 16);
	memset(report + 0x20, 0x13, 16);
	owner_put32(report + 0x30, 3);
	owner_put32(report + 0x34, 1);
	owner_put64(report + 0x38, 0x8016000000000002ull);
	owner_put64(report + 0x40, 0x25);
	memset(report + 0x50, 0x14, 64);
	memset(report + 0x90, 0x15, 48);
	memset(report + 0xc0, 0x16, 32);
	memset(report + 0xe0, 0x17, 48);
	memset(report + 0x140, 0x18, 32);
	memset(report + 0x160, 0x19, 32);
	owner_put64(report + 0x180, 0x8015000000000102ull);
	memcpy(report + 0x1a0, chip_id, sizeof(chip_id));
	owner_put64(report + 0x1e0, 0x8016000000000001ull);
	memcpy(report + 0x1e8, (const uint8_t[]){5, 55, 1, 0, 4, 54, 2, 0}, 8);
	owner_put64(report + 0x1f0, 0x8014000000000000ull);
	sign_report();
	wish = (struct x509_wish){
		.product = "Milan-B0",
		.tcb = {.bootloader = 2, .tee = 1, .snp = 0x15, .microcode = 0x80},
		.hwid = chip_id,
		.hwid_len = sizeof(chip_id),
	};
}

static enum owner_check verify_as(enum owner_product product)
{
	struct owner_report out;

	x509_chain_make(&chain, &wish, product, &vek);
	return owner_report_verify(report, &chain.certs, &out);
}

static enum owner_check verify(void)
{
	return verify_as(OWNER_MILAN);
}

static bool filled(const uint8_t *at, size_t len, uint8_t with)
{
	for (size_t i = 0; i < len; i++)
		if (at[i] != with)
			return false;
	return true;
}

START_TEST(every_field_is_taken_from_its_place)
{
	struct owner_report out;

	make();
	CHECK_IS(owner_report_parse(report, &out), OWNER_OK);
	ck_assert_uint_eq(out.version, 2);
	ck_assert_uint_eq(out.guest_svn, 0x11);
	ck_assert_uint_eq(out.policy, 0x3001f);
	ck_assert_uint_eq(out.vmpl, 3);
	ck_assert_uint_eq(out.platform_info, 0x25);
	ck_assert_uint_eq(out.current_tcb, 0x8016000000000002ull);
	ck_assert_uint_eq(out.reported_tcb, 0x8015000000000102ull);
	ck_assert_uint_eq(out.committed_tcb, 0x8016000000000001ull);
	ck_assert_uint_eq(out.launch_tcb, 0x8014000000000000ull);
	ck_assert(filled(out.family_id, 16, 0x12) && filled(out.image_id, 16, 0x13));
	ck_assert(filled(out.report_data, 64, 0x14) && filled(out.measurement, 48, 0x15));
	ck_assert(filled(out.host_data, 32, 0x16) && filled(out.id_key_digest, 48, 0x17));
	ck_assert(filled(out.report_id, 32, 0x18) && filled(out.report_id_ma, 32, 0x19));
	ck_assert_mem_eq(out.chip_id, chip_id, sizeof(chip_id));
	ck_assert(out.current.build == 5 && out.current.minor == 55 && out.current.major == 1);
	ck_assert(out.committed.build == 4 && out.committed.minor == 54 &&
		  out.committed.major == 2);
	ck_assert(!out.author_key && !out.mask_chip_key);
	ck_assert_int_eq(out.signer, OWNER_SIGNER_VCEK);
}
END_TEST

START_TEST(later_versions_use_reserved_bytes)
{
	struct owner_report out;

	make();
	memcpy(report + 0x188, (const uint8_t[]){0x19, 0x11, 1}, 3);
	CHECK_IS(owner_report_parse(report, &out), OWNER_RESERVED);
	report[0] = 3;
	CHECK_IS(owner_report_parse(report, &out), OWNER_OK);
	ck_assert(out.cpuid_family == 0x19 && out.cpuid_model == 0x11 && out.cpuid_stepping == 1);
	owner_put64(report + 0x1f8, 6);
	owner_put64(report + 0x200, 7);
	CHECK_IS(owner_report_parse(report, &out), OWNER_RESERVED);
	report[0] = 5;
	CHECK_IS(owner_report_parse(report, &out), OWNER_OK);
	ck_assert_uint_eq(out.launch_mit_vector, 6);
	ck_assert_uint_eq(out.current_mit_vector, 7);
	report[0] = 1;
	CHECK_IS(owner_report_parse(report, &out), OWNER_VERSION);
	report[0] = 6;
	CHECK_IS(owner_report_parse(report, &out), OWNER_VERSION);
}
END_TEST

START_TEST(a_report_that_contradicts_itself)
{
	static const size_t reserved[] = {0x4a,	 0x4c,	0x4f,  0x18b, 0x19f,
					  0x1eb, 0x1ef, 0x208, 0x29f};
	struct owner_report out;

	make();
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		report[reserved[i]] ^= 0x40;
		CHECK_IS(owner_report_parse(report, &out), OWNER_RESERVED);
		report[reserved[i]] ^= 0x40;
	}
	report[8 + 2] ^= 2;
	CHECK_IS(owner_report_parse(report, &out), OWNER_POLICY);
	report[8 + 2] ^= 2;
	report[0x34] = 2;
	CHECK_IS(owner_report_parse(report, &out), OWNER_ALGO);
	report[0x34] = 1;
	report[0x48] = 1;
	CHECK_IS(owner_report_parse(report, &out), OWNER_AUTH_KEY);
	report[0x110] = 1;
	CHECK_IS(owner_report_parse(report, &out), OWNER_OK);
	ck_assert(out.author_key && out.author_key_digest[0] == 1);
	report[0x48] = 0;
	CHECK_IS(owner_report_parse(report, &out), OWNER_AUTH_KEY);
}
END_TEST

START_TEST(a_vcek_signs_a_report)
{
	make();
	CHECK_IS(verify(), OWNER_OK);
	for (size_t at = 0; at < sizeof(report); at += at < 0x2a0 ? 0x50 : 9) {
		report[at] ^= 0x80;
		ck_assert_int_ne(
			owner_report_verify(report, &chain.certs, &(struct owner_report){0}),
			OWNER_OK);
		report[at] ^= 0x80;
	}
	for (size_t bit = 0; bit < 8 * 144; bit += 5) {
		report[0x2a0 + bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK_IS(owner_report_verify(report, &chain.certs, &(struct owner_report){0}),
			 OWNER_SIGNATURE);
		report[0x2a0 + bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	report[0x2a0 + 144] = 1;
	CHECK_IS(verify(), OWNER_SIGNATURE);
}
END_TEST

START_TEST(a_vcek_of_another_tcb_chip_or_product)
{
	uint8_t other[OWNER_CHIP_ID_SIZE];

	make();
	wish.tcb.tee++;
	CHECK_IS(verify(), OWNER_TCB);
	wish.tcb.tee--;
	memcpy(other, chip_id, sizeof(other));
	other[63] ^= 1;
	wish.hwid = other;
	CHECK_IS(verify(), OWNER_CHIP_ID);
	wish.hwid = chip_id;
	wish.wrap_hwid = true;
	CHECK_IS(verify(), OWNER_OK);
	wish.hwid_len = 63;
	CHECK_IS(verify(), OWNER_CHIP_ID);
	wish.hwid_len = 64;
	CHECK_IS(verify_as(OWNER_GENOA), OWNER_PRODUCT);
	wish.product = "Genoa";
	CHECK_IS(verify_as(OWNER_GENOA), OWNER_OK);
	memset(report + 0x1a0, 0, 64);
	sign_report();
	CHECK_IS(verify_as(OWNER_GENOA), OWNER_CHIP_ID);
}
END_TEST

START_TEST(a_product_name_is_a_short_ia5string)
{
	make();
	wish.odd_product = true;
	CHECK_IS(verify(), OWNER_EXTENSION);
	wish.odd_product = false;
	wish.product = "Milan-7890123456789012345678901";
	CHECK_IS(verify(), OWNER_OK);
	wish.product = "Milan-78901234567890123456789012";
	CHECK_IS(verify(), OWNER_EXTENSION);
}
END_TEST

START_TEST(a_hardware_id_is_bare_or_an_octet_string)
{
	static const uint8_t other[65] = {4, 63};

	make();
	wish.hwid = other;
	wish.hwid_len = 10; /* an OCTET STRING that ends too early */
	CHECK_IS(verify(), OWNER_EXTENSION);
	wish.wrap_hwid = true;
	wish.hwid_len = 0;
	CHECK_IS(verify(), OWNER_EXTENSION);
	wish.hwid_len = sizeof(other);
	CHECK_IS(verify(), OWNER_EXTENSION);
}
END_TEST

START_TEST(turin_has_another_tcb_and_a_short_id)
{
	make();
	owner_put64(report + 0x180, 0x80000000fe030201ull);
	memset(report + 0x1a0 + 8, 0, 64 - 8);
	sign_report();
	wish.product = "Turin";
	wish.hwid_len = 8;
	wish.tcb = (struct owner_tcb){1, 2, 3, 0xfe, 0x80};
	CHECK_IS(verify_as(OWNER_TURIN), OWNER_EXTENSION);
	wish.turin = true;
	CHECK_IS(verify_as(OWNER_TURIN), OWNER_OK);
	wish.tcb.fmc++;
	CHECK_IS(verify_as(OWNER_TURIN), OWNER_TCB);
}
END_TEST

START_TEST(unused_bytes_of_a_tcb_are_zero)
{
	struct owner_tcb tcb;

	for (unsigned int i = 0; i < 8; i++) {
		uint64_t value = 1ull << (8 * i);

		CHECK_IS(owner_tcb_parse(OWNER_MILAN, value, &tcb),
			 i >= 2 && i <= 5 ? OWNER_RESERVED : OWNER_OK);
		CHECK_IS(owner_tcb_parse(OWNER_TURIN, value, &tcb),
			 i >= 4 && i <= 6 ? OWNER_RESERVED : OWNER_OK);
	}
	CHECK_IS(owner_tcb_parse(OWNER_GENOA, 0x0403000000000201ull, &tcb), OWNER_OK);
	ck_assert(!tcb.fmc && tcb.bootloader == 1 && tcb.tee == 2 && tcb.snp == 3 &&
		  tcb.microcode == 4);
}
END_TEST

START_TEST(a_vlek_belongs_to_a_provider)
{
	make();
	wish.hwid = NULL;
	CHECK_IS(verify(), OWNER_EXTENSION);
	wish.csp_id = "Some Cloud";
	CHECK_IS(verify(), OWNER_SIGNER);
	report[0x48] = 1 << 2;
	sign_report();
	CHECK_IS(verify(), OWNER_OK);
	wish.hwid = chip_id;
	CHECK_IS(verify(), OWNER_EXTENSION);
	wish.csp_id = NULL;
	CHECK_IS(verify(), OWNER_SIGNER);
}
END_TEST

START_TEST(a_masked_chip_key_does_not_sign)
{
	static const uint8_t info[] = {2, 7 << 2, 2 | 7 << 2};

	make();
	for (unsigned int i = 0; i < sizeof(info); i++) {
		report[0x48] = info[i];
		sign_report();
		CHECK_IS(verify(), OWNER_SIGNATURE);
		memset(report + 0x2a0, 0, sizeof(report) - 0x2a0);
		CHECK_IS(verify(), OWNER_UNSIGNED);
	}
}
END_TEST

START_TEST(each_link_of_the_x509_chain)
{
	struct owner_vek out;
	uint8_t *last;

	make();
	x509_chain_make(&chain, &wish, OWNER_MILAN, &vek);
	CHECK_IS(owner_vek_verify(&chain.certs, &out), OWNER_OK);
	ck_assert_str_eq(out.product, "Milan-B0");
	last = chain.ark + chain.certs.ark.len - 1;
	*last ^= 1;
	CHECK_IS(owner_vek_verify(&chain.certs, &out), OWNER_ARK_SELF);
	*last ^= 1;
	last = chain.ask + chain.certs.ask.len - 1;
	*last ^= 1;
	CHECK_IS(owner_vek_verify(&chain.certs, &out), OWNER_ASK_BY_ARK);
	*last ^= 1;
	last = chain.vek + chain.certs.vek.len - 1;
	*last ^= 1;
	CHECK_IS(owner_vek_verify(&chain.certs, &out), OWNER_VEK_BY_ASK);
	*last ^= 1;
	chain.certs.vek.len--;
	CHECK_IS(owner_vek_verify(&chain.certs, &out), OWNER_VEK_FORM);
	chain.certs.ask.len++;
	CHECK_IS(owner_vek_verify(&chain.certs, &out), OWNER_ASK_FORM);
	chain.certs.ark.len = 0;
	CHECK_IS(owner_vek_verify(&chain.certs, &out), OWNER_ARK_FORM);
	wish.sha256 = true;
	CHECK_IS(verify(), OWNER_VEK_BY_ASK);
	wish.sha256 = false;
	wish.wrong_issuer = true;
	CHECK_IS(verify(), OWNER_VEK_BY_ASK);
	wish.wrong_issuer = false;
	wish.compressed = true;
	CHECK_IS(verify(), OWNER_KEY);
	wish.compressed = false;
	wish.wrong_key = true;
	CHECK_IS(verify(), OWNER_KEY);
}
END_TEST

void report_cases(void)
{
	SUITE_CASE(every_field_is_taken_from_its_place);
	SUITE_CASE(later_versions_use_reserved_bytes);
	SUITE_CASE(a_report_that_contradicts_itself);
	SUITE_CASE(a_vcek_signs_a_report);
	SUITE_CASE(a_vcek_of_another_tcb_chip_or_product);
	SUITE_CASE(a_product_name_is_a_short_ia5string);
	SUITE_CASE(a_hardware_id_is_bare_or_an_octet_string);
	SUITE_CASE(turin_has_another_tcb_and_a_short_id);
	SUITE_CASE(unused_bytes_of_a_tcb_are_zero);
	SUITE_CASE(a_vlek_belongs_to_a_provider);
	SUITE_CASE(a_masked_chip_key_does_not_sign);
	SUITE_CASE(each_link_of_the_x509_chain);
}
