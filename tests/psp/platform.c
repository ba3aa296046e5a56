/* SPDX-License-Identifier: MIT */
/* INIT, SHUTDOWN, PLATFORM_RESET, PLATFORM_STATUS, GET_ID: 55766, 5. */
#include <string.h>

#include "tests/psp/sevplat.h"

static struct rig rig;

enum { MIB = 1 << 20 };

static int init_es(uint64_t tmr, uint32_t len)
{
	uint8_t buf[0x14] = {1};

	put64(buf + 8, tmr);
	put32(buf + 0x10, len);
	return rig_cmd_raw(&rig, PSP_CMD_INIT, buf, sizeof(buf));
}

static void platform_status(uint8_t buf[12])
{
	memset(buf, 0xff, 12);
	expect_ok(rig_cmd(&rig, PSP_CMD_PLATFORM_STATUS, buf, 12));
}

/*
 *	0 major | 1 minor | 2 state | 3 owner | 4 config (bit 0: ES) | 6 - | 7 build | 8 guests
 */
START_TEST(status_has_its_layout)
{
	static const uint8_t uninit[12] = {1, 55, 0, 0, 0, 0, 0, 5};
	static const uint8_t without_es[12] = {1, 55, 1, 0, 0, 0, 0, 5};
	static const uint8_t with_es[12] = {1, 55, 1, 0, 1, 0, 0, 5};
	uint8_t buf[12];

	rig_new(&rig, NULL);
	platform_status(buf);
	expect_same(buf, uninit);
	expect_ok(init(&rig));
	platform_status(buf);
	expect_same(buf, without_es);
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	platform_status(buf);
	expect_same(buf, uninit);
	expect_ok(init_es(RIG_TMR, MIB));
	platform_status(buf);
	expect_same(buf, with_es);
	/* Linux has bytes 3 to 6 as one word: SEV-ES is its bit 8. */
	ck_assert_uint_eq(get32(buf + 3), 1 << 8);
	rig_free(&rig);
}
END_TEST

START_TEST(status_gives_the_version)
{
	struct psp_config config;
	uint8_t buf[12];

	psp_config_default(&config);
	config.api_major = 0;
	config.api_minor = 24;
	config.build = 15;
	rig_new(&rig, &config);
	platform_status(buf);
	ck_assert_uint_eq(buf[0], 0);
	ck_assert_uint_eq(buf[1], 24);
	ck_assert_uint_eq(buf[7], 15);
	rig_free(&rig);
}
END_TEST

START_TEST(es_needs_a_tmr)
{
	static const struct {
		uint64_t at;
		uint32_t len;
		int status;
	} cases[] = {
		{RIG_TMR, 0, PSP_INVALID_LENGTH},
		{RIG_TMR, MIB - 1, PSP_INVALID_LENGTH},
		{RIG_TMR, MIB + 1, PSP_INVALID_LENGTH},
		{RIG_TMR, 2 * MIB, PSP_INVALID_LENGTH},
		{RIG_TMR + 4096, MIB, PSP_INVALID_ADDRESS},
		{RIG_TMR + MIB / 2, MIB, PSP_INVALID_ADDRESS},
		{RIG_RAM, MIB, PSP_INVALID_ADDRESS},
		{0xfffffffffff00000, MIB, PSP_INVALID_ADDRESS},
		{RIG_TMR + MIB, MIB, PSP_SUCCESS},
	};

	rig_new(&rig, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		expect_status(init_es(cases[i].at, cases[i].len), cases[i].status);
		ck_assert_int_eq(info_of(&rig).state, cases[i].status ? PSP_UNINIT : PSP_INIT);
	}
	ck_assert(info_of(&rig).es);
	rig_free(&rig);
}
END_TEST

START_TEST(without_es_the_tmr_is_not_looked_at)
{
	uint8_t buf[0x14] = {0};

	put64(buf + 8, 0x123);
	put32(buf + 0x10, 7);
	rig_new(&rig, NULL);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_INIT, buf, sizeof(buf)));
	ck_assert(!info_of(&rig).es);
	rig_free(&rig);
}
END_TEST

START_TEST(snp_wants_a_larger_tmr_of_firmware_pages)
{
	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	expect_status(init_es(RIG_TMR, MIB), PSP_INVALID_LENGTH);
	expect_status(init_es(RIG_TMR + MIB, 2 * MIB), PSP_INVALID_ADDRESS);
	expect_status(init_es(RIG_TMR, 2 * MIB), PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&rig, RIG_TMR, 511);
	expect_status(init_es(RIG_TMR, 2 * MIB), PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&rig, RIG_TMR + 511 * RIG_PAGE, 1);
	expect_ok(init_es(RIG_TMR, 2 * MIB));
	rig_free(&rig);
}
END_TEST

/* As machines are seen to behave on which SNP_INIT failed. */
START_TEST(enabled_snp_comes_before_sev)
{
	rig_new(&rig, NULL);
	rig_snp_enable(&rig);
	expect_status(init(&rig), PSP_INVALID_PLATFORM_STATE);
	expect_status(init_ex(&rig), PSP_INVALID_PLATFORM_STATE);
	rig_free(&rig);
}
END_TEST

START_TEST(old_firmware_knows_no_snp)
{
	struct psp_config config;

	psp_config_default(&config);
	config.api_minor = 50;
	rig_new(&rig, &config);
	rig_snp_enable(&rig);
	expect_ok(init(&rig));
	rig_free(&rig);
}
END_TEST

START_TEST(flags_have_one_bit)
{
	uint8_t buf[0x14] = {0};

	rig_new(&rig, NULL);
	for (unsigned int bit = 1; bit < 32; bit++) {
		put32(buf, 1u << bit);
		expect_status(rig_cmd_raw(&rig, PSP_CMD_INIT, buf, sizeof(buf)), PSP_INVALID_PARAM);
	}
	ck_assert_int_eq(info_of(&rig).state, PSP_UNINIT);
	rig_free(&rig);
}
END_TEST

/* What the platform's state forbids, and what it does not. */
START_TEST(states)
{
	static const struct {
		enum psp_cmd_id id;
		int uninit, initialised;
	} table[] = {
		{PSP_CMD_PEK_GEN, PSP_INVALID_PLATFORM_STATE, PSP_SUCCESS},
		{PSP_CMD_PDH_GEN, PSP_INVALID_PLATFORM_STATE, PSP_SUCCESS},
		{PSP_CMD_DF_FLUSH, PSP_INVALID_PLATFORM_STATE, PSP_SUCCESS},
		{PSP_CMD_PLATFORM_RESET, PSP_SUCCESS, PSP_INVALID_PLATFORM_STATE},
		{PSP_CMD_NOP, PSP_SUCCESS, PSP_SUCCESS},
		{PSP_CMD_SWAP_OUT, PSP_UNSUPPORTED, PSP_UNSUPPORTED},
		{PSP_CMD_SWAP_IN, PSP_UNSUPPORTED, PSP_UNSUPPORTED},
		{PSP_CMD_TIO_INIT, PSP_UNSUPPORTED, PSP_UNSUPPORTED},
		{PSP_CMD_SHUTDOWN, PSP_SUCCESS, PSP_SUCCESS},
	};
	struct certs certs;

	rig_new(&rig, NULL);
	rig_wbinvd(&rig);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		expect_status(sev(&rig, table[i].id), table[i].uninit);
	expect_status(export(&rig, &certs), PSP_INVALID_PLATFORM_STATE);
	expect_ok(init(&rig));
	expect_status(init(&rig), PSP_INVALID_PLATFORM_STATE);
	expect_status(init_ex(&rig), PSP_INVALID_PLATFORM_STATE);
	expect_ok(export(&rig, &certs));
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		expect_status(sev(&rig, table[i].id), table[i].initialised);
	ck_assert_int_eq(info_of(&rig).state, PSP_UNINIT);
	rig_free(&rig);
}
END_TEST

START_TEST(commands_come_with_their_version)
{
	static const struct {
		enum psp_cmd_id id;
		unsigned int major, minor;
	} since[] = {
		{PSP_CMD_GET_ID, 0, 16},
		{PSP_CMD_INIT_EX, 1, 49},
		{PSP_CMD_NOP, 1, 49},
	};
	struct psp_config config;
	uint8_t buf[0x24] = {0};

	for (size_t i = 0; i < sizeof(since) / sizeof(since[0]); i++)
		for (unsigned int older = 0; older < 2; older++) {
			psp_config_default(&config);
			config.api_major = since[i].major;
			config.api_minor = since[i].minor - older;
			rig_new(&rig, &config);
			if (older)
				expect_status(rig_cmd_raw(&rig, since[i].id, buf, sizeof(buf)),
					      PSP_INVALID_COMMAND);
			else
				ck_assert_int_ne(rig_cmd_raw(&rig, since[i].id, buf, sizeof(buf)),
						 PSP_INVALID_COMMAND);
			rig_free(&rig);
		}
}
END_TEST

START_TEST(shutdown_keeps_keys_and_reset_makes_new_ones)
{
	struct certs first, second;

	rig_new(&rig, NULL);
	expect_ok(init(&rig));
	expect_ok(export(&rig, &first));
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	expect_ok(init(&rig));
	expect_ok(export(&rig, &second));
	ck_assert_mem_eq(&first, &second, sizeof(first));
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	expect_ok(sev(&rig, PSP_CMD_PLATFORM_RESET));
	expect_ok(init(&rig));
	expect_ok(export(&rig, &second));
	expect_other(first.oca, second.oca);
	expect_other(first.pek, second.pek);
	expect_other(first.pdh, second.pdh);
	expect_same(first.cek, second.cek);
	rig_free(&rig);
}
END_TEST

START_TEST(power_cycle_keeps_what_is_not_volatile)
{
	struct certs first, second;
	struct psp_info before, after;

	rig_new(&rig, NULL);
	expect_ok(init_es(RIG_TMR, MIB));
	expect_ok(export(&rig, &first));
	before = info_of(&rig);
	psp_reset(rig.psp);
	after = info_of(&rig);
	ck_assert_int_eq(after.state, PSP_UNINIT);
	ck_assert(!after.es);
	expect_same(before.chip_id, after.chip_id);
	expect_ok(init(&rig));
	expect_ok(export(&rig, &second));
	ck_assert_mem_eq(&first, &second, sizeof(first));
	rig_free(&rig);
}
END_TEST

/* Its secrets do not outlive the power: another chip id, another CEK, foreign NV data. */
START_TEST(engineering_part_is_another_after_each_power_cycle)
{
	struct psp_config config;
	struct psp_info before, after;
	struct certs first, second;

	psp_config_default(&config);
	config.fused = false;
	rig_new(&rig, &config);
	before = info_of(&rig);
	expect_ok(init(&rig));
	expect_ok(export(&rig, &first));
	psp_reset(rig.psp);
	after = info_of(&rig);
	expect_other(before.chip_id, after.chip_id);
	expect_status(init(&rig), PSP_SECURE_DATA_INVALID);
	expect_ok(init(&rig));
	expect_ok(export(&rig, &second));
	expect_other(first.cek, second.cek);
	rig_free(&rig);
}
END_TEST

START_TEST(get_id_asks_for_64_bytes)
{
	static const struct {
		uint64_t at;
		uint32_t len;
		int status;
	} cases[] = {
		{0, 0, PSP_INVALID_LENGTH},
		{0, 64, PSP_INVALID_LENGTH},
		{CERT_AT, 0, PSP_INVALID_LENGTH},
		{CERT_AT, 63, PSP_INVALID_LENGTH},
		{CERT_AT, 64, PSP_SUCCESS},
		{CERT_AT, 128, PSP_SUCCESS},
		{RIG_RAM - 63, 64, PSP_INVALID_ADDRESS},
	};
	uint8_t untouched[65];
	uint32_t needed;

	rig_new(&rig, NULL);
	memset(untouched, 0xa5, sizeof(untouched));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(rig.ram + CERT_AT, 0xa5, 256);
		expect_status(query(&rig, PSP_CMD_GET_ID, cases[i].at, cases[i].len, &needed),
			      cases[i].status);
		ck_assert_uint_eq(needed, 64);
		if (cases[i].status) {
			ck_assert_mem_eq(rig.ram + CERT_AT, untouched, 64);
			continue;
		}
		ck_assert_mem_eq(rig.ram + CERT_AT, info_of(&rig).chip_id, 64);
		ck_assert_mem_eq(rig.ram + CERT_AT + 64, untouched, 64);
	}
	rig_free(&rig);
}
END_TEST

START_TEST(chip_id_is_the_seeds)
{
	struct psp_config config;
	struct psp_info one, two, again;
	unsigned int zeros = 0;

	psp_config_default(&config);
	rig_new(&rig, &config);
	one = info_of(&rig);
	rig_free(&rig);
	rig_new(&rig, &config);
	again = info_of(&rig);
	rig_free(&rig);
	config.seed = 2;
	rig_new(&rig, &config);
	two = info_of(&rig);
	rig_free(&rig);
	expect_same(one.chip_id, again.chip_id);
	ck_assert_mem_ne(one.chip_id, two.chip_id, 32);
	ck_assert_mem_ne(one.chip_id + 32, two.chip_id + 32, 32);
	for (size_t i = 0; i < 64; i++)
		zeros += !one.chip_id[i];
	ck_assert_uint_lt(zeros, 8);
}
END_TEST

/* A Turin has 8 bytes of it, as its VCEKs say; GET_ID fills 64 all the same. */
START_TEST(chip_id_of_a_turin)
{
	static const uint8_t zero[56];
	struct psp_config config;
	uint32_t needed;

	psp_config_default(&config);
	config.product = PSP_TURIN;
	rig_new(&rig, &config);
	expect_ok(query(&rig, PSP_CMD_GET_ID, CERT_AT, 64, &needed));
	ck_assert_mem_eq(rig.ram + CERT_AT, info_of(&rig).chip_id, 64);
	ck_assert_mem_ne(rig.ram + CERT_AT, zero, 8);
	ck_assert_mem_eq(rig.ram + CERT_AT + 8, zero, 56);
	rig_free(&rig);
}
END_TEST

START_TEST(get_id_writes_firmware_pages_only)
{
	uint32_t needed;

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	expect_status(query(&rig, PSP_CMD_GET_ID, CERT_AT, 64, &needed), PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&rig, CERT_AT, 1);
	expect_ok(query(&rig, PSP_CMD_GET_ID, CERT_AT, 64, &needed));
	ck_assert_mem_eq(rig.ram + CERT_AT, info_of(&rig).chip_id, 64);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(status_has_its_layout);
	SUITE_CASE(status_gives_the_version);
	SUITE_CASE(es_needs_a_tmr);
	SUITE_CASE(without_es_the_tmr_is_not_looked_at);
	SUITE_CASE(snp_wants_a_larger_tmr_of_firmware_pages);
	SUITE_CASE(enabled_snp_comes_before_sev);
	SUITE_CASE(old_firmware_knows_no_snp);
	SUITE_CASE(flags_have_one_bit);
	SUITE_CASE(states);
	SUITE_CASE(commands_come_with_their_version);
	SUITE_CASE(shutdown_keeps_keys_and_reset_makes_new_ones);
	SUITE_CASE(power_cycle_keeps_what_is_not_volatile);
	SUITE_CASE(engineering_part_is_another_after_each_power_cycle);
	SUITE_CASE(get_id_asks_for_64_bytes);
	SUITE_CASE(chip_id_is_the_seeds);
	SUITE_CASE(chip_id_of_a_turin);
	SUITE_CASE(get_id_writes_firmware_pages_only);
}
