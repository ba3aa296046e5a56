/* SPDX-License-Identifier: MIT */
/* SNP_CONFIG, SNP_VLEK_LOAD, and what SNP_COMMIT does to the VLEK. */
#include "tests/psp/page_rig.h"
#include "tests/suite.h"

#include <string.h>

enum { BLOB = 0x20000, STATUS = 0x30000, IMAGE = 0x40000 };

/* Boot loader 3, TEE 0, SNP 8, microcode 115. */
#define TCB 0x7308000000000003ull

static int config_raw(struct rig *rig, uint64_t tcb, uint32_t flags, unsigned int at, uint8_t value)
{
	uint8_t buf[0x40] = {0};

	put64(buf, tcb);
	put32(buf + 8, flags);
	buf[at] |= value;
	return rig_cmd_raw(rig, PSP_CMD_SNP_CONFIG, buf, sizeof(buf));
}

static int config(struct rig *rig, uint64_t tcb, uint32_t flags)
{
	return config_raw(rig, tcb, flags, 0, 0);
}

static int vlek_load(struct rig *rig, uint32_t len, uint8_t version, uint64_t pa)
{
	uint8_t buf[0x10] = {0};

	put32(buf, len);
	buf[4] = version;
	put64(buf + 8, pa);
	return rig_cmd_raw(rig, PSP_CMD_SNP_VLEK_LOAD, buf, sizeof(buf));
}

/* AMD wraps the provider's material of a TCB for the chip of `rig`, into `blob`. */
static void wrap(struct rig *rig, uint64_t tcb, uint8_t *blob)
{
	const struct psp_kds_config config = {
		.seed = 5, .rsa_bits = 4096, .product = "Milan", .stepping = "B0"};
	struct psp_kds *kds;

	ck_assert_int_eq(psp_kds_new(&kds, &config), 0);
	ck_assert_int_eq(psp_kds_chip_vlek(kds, rig->psp, "CN=cloud.example", tcb, blob), 0x1b0);
	psp_kds_free(kds);
}

static int vlek_of(struct rig *rig, uint64_t tcb)
{
	wrap(rig, tcb, rig->ram + BLOB);
	return vlek_load(rig, 0x10, 0, BLOB);
}

static const uint8_t *status_page(struct rig *rig)
{
	uint8_t buf[8];

	rig_to_firmware(rig, STATUS, 1);
	put64(buf, STATUS);
	expect_ok(rig_cmd_raw(rig, PSP_CMD_SNP_PLATFORM_STATUS, buf, sizeof(buf)));
	rig_to_host(rig, STATUS, 1);
	return rig->ram + STATUS;
}

static bool has_vlek(struct rig *rig)
{
	return get32(status_page(rig) + 8) & 4;
}

static void expect_reported(struct rig *rig, uint64_t tcb)
{
	const uint8_t *page = status_page(rig);

	ck_assert_uint_eq(get64(page + 0x10), TCB);
	ck_assert_uint_eq(get64(page + 0x18), tcb);
}

START_TEST(reported_tcb)
{
	/* Each component alone above the committed one; each reserved byte. */
	static const uint64_t above[] = {
		TCB + 1,
		TCB + (1ull << 8),
		TCB + (1ull << 16),
		TCB + (1ull << 40),
		TCB + (1ull << 48),
		TCB + (1ull << 56),
		0x7207000000000004ull,
	};
	struct rig rig;

	page_rig_new(&rig);
	expect_reported(&rig, TCB);
	for (size_t i = 0; i < sizeof(above) / sizeof(above[0]); i++) {
		expect_status(config(&rig, above[i], 3), PSP_INVALID_PARAM);
		expect_reported(&rig, TCB);
		ck_assert_uint_eq(get32(status_page(&rig) + 8) & 3, 0);
	}
	expect_ok(config(&rig, 0x7207000000000002ull, 0));
	expect_reported(&rig, 0x7207000000000002ull);
	/* Up again to what is committed; 0 says the same. */
	expect_ok(config(&rig, TCB, 0));
	expect_reported(&rig, TCB);
	expect_ok(config(&rig, 0x0000000000000001ull, 0));
	expect_ok(config(&rig, 0, 0));
	expect_reported(&rig, TCB);
	rig_free(&rig);
}
END_TEST

START_TEST(masks)
{
	struct rig rig;

	page_rig_new(&rig);
	for (uint32_t mask = 0; mask < 4; mask++) {
		expect_ok(config(&rig, TCB, mask));
		ck_assert_uint_eq(get32(status_page(&rig) + 8) & 3, mask);
	}
	expect_status(config(&rig, TCB, 4), PSP_INVALID_PARAM);
	for (unsigned int at = 0xc; at < 0x40; at++)
		expect_status(config_raw(&rig, TCB, 0, at, 0x80), PSP_INVALID_PARAM);
	ck_assert_uint_eq(get32(status_page(&rig) + 8) & 3, 3);
	rig_free(&rig);
}
END_TEST

START_TEST(vlek)
{
	struct rig rig;

	page_rig_new(&rig);
	ck_assert(!has_vlek(&rig));
	expect_ok(vlek_of(&rig, TCB));
	ck_assert(has_vlek(&rig));
	/* The masks do not touch it, nor does the TCB that it is for. */
	expect_ok(config(&rig, TCB, 1));
	ck_assert(has_vlek(&rig));
	expect_ok(config(&rig, 0, 0));
	ck_assert(has_vlek(&rig));
	expect_ok(config(&rig, TCB - 1, 0));
	ck_assert(!has_vlek(&rig));
	/* Material for a higher TCB is enough; for a lower one it is not. */
	expect_ok(vlek_of(&rig, TCB));
	expect_ok(config(&rig, TCB, 0));
	ck_assert(!has_vlek(&rig));
	expect_status(vlek_of(&rig, TCB - 1), PSP_INVALID_KEY);
	ck_assert(!has_vlek(&rig));
	rig_free(&rig);
}
END_TEST

START_TEST(vlek_arguments)
{
	struct rig rig;

	page_rig_new(&rig);
	wrap(&rig, TCB, rig.ram + BLOB);
	expect_status(vlek_load(&rig, 0xf, 0, BLOB), PSP_INVALID_LENGTH);
	expect_status(vlek_load(&rig, 0x10, 1, BLOB), PSP_INVALID_PARAM);
	expect_status(vlek_load(&rig, 0x10, 0, RIG_RAM - 0x1a0), PSP_INVALID_ADDRESS);
	ck_assert(!has_vlek(&rig));
	expect_ok(vlek_load(&rig, 0x10, 0, BLOB));
	rig_free(&rig);
}
END_TEST

/* A changed blob, and another chip's, leave the one that is loaded. */
START_TEST(vlek_that_does_not_fit)
{
	struct psp_config config;
	struct rig rig, other;

	page_rig_new(&rig);
	expect_ok(vlek_of(&rig, TCB));
	for (unsigned int at = 0; at < 0x1b0; at++) {
		rig.ram[BLOB + at] ^= (uint8_t)(1u << at % 8);
		expect_status(vlek_load(&rig, 0x10, 0, BLOB), PSP_BAD_MEASUREMENT);
		rig.ram[BLOB + at] ^= (uint8_t)(1u << at % 8);
	}
	psp_config_default(&config);
	config.seed = 99;
	rig_new(&other, &config);
	wrap(&other, TCB, rig.ram + BLOB);
	expect_status(vlek_load(&rig, 0x10, 0, BLOB), PSP_BAD_MEASUREMENT);
	ck_assert(has_vlek(&rig));
	rig_free(&other);
	rig_free(&rig);
}
END_TEST

/* SNP_COMMIT of a new firmware raises the reported TCB; of the same one it changes nothing. */
START_TEST(vlek_and_commit)
{
	const struct psp_firmware next = {1, 56, 0, {0, 3, 0, 9, 115}};
	uint8_t commit[4] = {4}, ex[0x18] = {0x18};
	struct rig rig;
	int len;

	page_rig_new(&rig);
	expect_ok(vlek_of(&rig, TCB));
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_COMMIT, commit, sizeof(commit)));
	ck_assert(has_vlek(&rig));
	len = psp_firmware_image(rig.psp, &next, rig.ram + IMAGE, RIG_PAGE);
	ck_assert_int_gt(len, 0);
	put64(ex + 8, IMAGE);
	put32(ex + 0x10, (uint32_t)len);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_DOWNLOAD_FIRMWARE_EX, ex, sizeof(ex)));
	ck_assert(has_vlek(&rig));
	ck_assert_uint_eq(get64(status_page(&rig) + 0x10), 0x7309000000000003ull);
	ck_assert_uint_eq(get64(status_page(&rig) + 0x18), TCB);
	/* Not committed, so not to be reported. */
	expect_status(config(&rig, 0x7309000000000003ull, 0), PSP_INVALID_PARAM);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_COMMIT, commit, sizeof(commit)));
	ck_assert(!has_vlek(&rig));
	ck_assert_uint_eq(get64(status_page(&rig) + 0x18), 0x7309000000000003ull);
	rig_free(&rig);
}
END_TEST

START_TEST(needs_snp)
{
	struct rig rig;

	rig_new(&rig, NULL);
	expect_status(config(&rig, TCB, 0), PSP_INVALID_PLATFORM_STATE);
	expect_status(vlek_load(&rig, 0x10, 0, BLOB), PSP_INVALID_PLATFORM_STATE);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(reported_tcb);
	SUITE_CASE(masks);
	SUITE_CASE(vlek);
	SUITE_CASE(vlek_arguments);
	SUITE_CASE(vlek_that_does_not_fit);
	SUITE_CASE(vlek_and_commit);
	SUITE_CASE(needs_snp);
}
