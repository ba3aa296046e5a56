/* SPDX-License-Identifier: MIT */
/* INIT_EX, and non-volatile storage in flash and in host memory: 55766, 5. */
#include <string.h>

#include "tests/psp/sevplat.h"

static struct rig rig;

/* One wrong field of INIT_EX at a time. */
START_TEST(init_ex_checks_its_buffer)
{
	static const struct {
		unsigned int at, bytes;
		uint64_t value;
		int status;
	} wrong[] = {
		{0x00, 4, 0, PSP_INVALID_LENGTH},
		{0x00, 4, 0x23, PSP_INVALID_LENGTH},
		{0x00, 4, 0x25, PSP_INVALID_LENGTH},
		{0x04, 4, 2, PSP_INVALID_PARAM},
		{0x04, 4, 0x80000000, PSP_INVALID_PARAM},
		{0x04, 4, 1, PSP_INVALID_LENGTH}, /* SEV-ES without a TMR */
		{0x14, 4, 1, PSP_INVALID_PARAM},
		{0x18, 8, 0, PSP_INVALID_ADDRESS},
		{0x18, 8, NV_AT + 0x800, PSP_INVALID_ADDRESS},
		{0x18, 8, NV_AT + 1, PSP_INVALID_ADDRESS},
		{0x18, 8, RIG_RAM, PSP_INVALID_ADDRESS},
		{0x18, 8, RIG_RAM - 7 * RIG_PAGE, PSP_INVALID_ADDRESS},
		{0x20, 4, 0, PSP_INVALID_LENGTH},
		{0x20, 4, NV_LEN - 1, PSP_INVALID_LENGTH},
		{0x20, 4, NV_LEN + RIG_PAGE, PSP_INVALID_LENGTH},
	};
	static const uint8_t zeros[NV_LEN];
	uint8_t buf[0x24];

	rig_new(&rig, NULL);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		init_ex_buffer(buf);
		memcpy(buf + wrong[i].at, &wrong[i].value, wrong[i].bytes);
		expect_status(rig_cmd_raw(&rig, PSP_CMD_INIT_EX, buf, sizeof(buf)),
			      wrong[i].status);
		ck_assert_int_eq(info_of(&rig).state, PSP_UNINIT);
		ck_assert_mem_eq(rig.ram + NV_AT, zeros, NV_LEN);
	}
	rig_free(&rig);
}
END_TEST

START_TEST(init_ex_takes_a_tmr)
{
	uint8_t buf[0x24];

	rig_new(&rig, NULL);
	init_ex_buffer(buf);
	put32(buf + 4, 1);
	put64(buf + 8, RIG_TMR);
	put32(buf + 0x10, 1 << 20);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_INIT_EX, buf, sizeof(buf)));
	ck_assert(info_of(&rig).es);
	rig_free(&rig);
}
END_TEST

/* The driver gives the address with the C-bit, which is none without SME. */
START_TEST(init_ex_takes_the_c_bit)
{
	uint8_t buf[0x24];

	rig_new(&rig, NULL);
	init_ex_buffer(buf);
	put64(buf + 0x18, NV_AT | 1ull << rig.config.c_bit);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_INIT_EX, buf, sizeof(buf)));
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	rig.ram[NV_AT + 0x100] ^= 1;
	expect_status(init_ex(&rig), PSP_SECURE_DATA_INVALID);
	rig_free(&rig);
}
END_TEST

/* A new file is all zeros, or all ones. */
static void first_use(int fill)
{
	struct certs first, second;

	rig_new(&rig, NULL);
	memset(rig.ram + NV_AT, fill, NV_LEN);
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &first));
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &second));
	ck_assert_mem_eq(&first, &second, sizeof(first));
	rig_free(&rig);
}

START_TEST(new_area_is_filled)
{
	first_use(0);
	first_use(0xff);
}
END_TEST

START_TEST(other_bytes_are_no_new_area)
{
	rig_new(&rig, NULL);
	memset(rig.ram + NV_AT, 0x55, NV_LEN);
	expect_status(init_ex(&rig), PSP_SECURE_DATA_INVALID);
	memset(rig.ram + NV_AT, 0, NV_LEN);
	rig.ram[NV_AT + NV_LEN - 1] = 1;
	expect_status(init_ex(&rig), PSP_SECURE_DATA_INVALID);
	expect_ok(init_ex(&rig));
	rig_free(&rig);
}
END_TEST

/* The area names its keys only by its length: nothing of a key or a certificate is legible. */
START_TEST(area_shows_no_key)
{
	struct certs certs;
	const uint8_t *area;

	rig_new(&rig, NULL);
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &certs));
	area = rig.ram + NV_AT;
	for (size_t i = 0; i + 16 <= NV_LEN; i++) {
		ck_assert_mem_ne(area + i, certs.pek + 0x14, 16);
		ck_assert_mem_ne(area + i, certs.oca + 0x14, 16);
		ck_assert_mem_ne(area + i, certs.pdh + 0x14, 16);
	}
	rig_free(&rig);
}
END_TEST

START_TEST(flash_and_area_are_apart)
{
	static const uint8_t zeros[NV_LEN];
	struct certs flash, area, again;

	rig_new(&rig, NULL);
	expect_ok(init(&rig));
	expect_ok(export(&rig, &flash));
	ck_assert_mem_eq(rig.ram + NV_AT, zeros, NV_LEN);
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	expect_ok(init_ex(&rig));
	expect_ok(sev(&rig, PSP_CMD_PDH_GEN));
	expect_ok(export(&rig, &area));
	expect_other(flash.oca, area.oca);
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	expect_ok(init(&rig));
	expect_ok(export(&rig, &again));
	ck_assert_mem_eq(&flash, &again, sizeof(flash));
	rig_free(&rig);
}
END_TEST

/* The area of `at` and the host's, by turns. */
static void use_flash(uint8_t *nv, bool out)
{
	if (out)
		psp_nv_save(rig.psp, nv);
	else
		psp_nv_load(rig.psp, nv);
}

static void use_area(uint8_t *nv, bool out)
{
	if (out)
		memcpy(nv, rig.ram + NV_AT, NV_LEN);
	else
		memcpy(rig.ram + NV_AT, nv, NV_LEN);
}

typedef int init_fn(struct rig *rig);
typedef void nv_fn(uint8_t *nv, bool out);

/* A changed bit anywhere: once SECURE_DATA_INVALID, then a new platform. */
static void corrupt(init_fn *init_by, nv_fn *nv_by)
{
	/* Magic, IV, tag, flags, number of resets, three keys, three certificates, the rest. */
	static const unsigned int at[] = {0x0000, 0x0007, 0x0008, 0x0013, 0x0014, 0x0023,
					  0x0024, 0x0028, 0x0034, 0x00c4, 0x0154, 0x01e4,
					  0x0a08, 0x122c, 0x1a50, 0x4000, 0x7fff};
	static uint8_t good[NV_LEN], nv[NV_LEN];
	struct certs first, second, third;

	rig_new(&rig, NULL);
	expect_ok(init_by(&rig));
	expect_ok(export(&rig, &first));
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	nv_by(good, true);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		memcpy(nv, good, NV_LEN);
		nv[at[i]] ^= 1u << i % 8;
		nv_by(nv, false);
		expect_status(init_by(&rig), PSP_SECURE_DATA_INVALID);
		ck_assert_int_eq(info_of(&rig).state, PSP_UNINIT);
		expect_ok(init_by(&rig));
		expect_ok(export(&rig, &second));
		expect_other(first.oca, second.oca);
		expect_other(first.pek, second.pek);
		expect_other(first.pdh, second.pdh);
		expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
		expect_ok(init_by(&rig));
		expect_ok(export(&rig, &third));
		ck_assert_mem_eq(&second, &third, sizeof(second));
		expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	}
	nv_by(good, false);
	expect_ok(init_by(&rig));
	expect_ok(export(&rig, &second));
	ck_assert_mem_eq(&first, &second, sizeof(first));
	rig_free(&rig);
}

START_TEST(corrupt_flash_is_replaced)
{
	corrupt(init, use_flash);
}
END_TEST

START_TEST(corrupt_area_is_replaced)
{
	corrupt(init_ex, use_area);
}
END_TEST

START_TEST(fault_point_corrupts_once)
{
	static init_fn *const by[] = {init, init_ex};
	struct certs first, second;

	for (unsigned int i = 0; i < 2; i++) {
		rig_new(&rig, NULL);
		expect_ok(by[i](&rig));
		expect_ok(export(&rig, &first));
		expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
		rig_fault(&rig, "psp.nv-corrupt", 1, 1);
		expect_status(by[i](&rig), PSP_SECURE_DATA_INVALID);
		expect_ok(by[i](&rig));
		expect_ok(export(&rig, &second));
		expect_other(first.oca, second.oca);
		rig_free(&rig);
	}
}
END_TEST

START_TEST(fault_point_corrupts_a_new_area)
{
	rig_new(&rig, NULL);
	rig_fault(&rig, "psp.nv-corrupt", 1, 1);
	expect_status(init_ex(&rig), PSP_SECURE_DATA_INVALID);
	expect_ok(init_ex(&rig));
	rig_free(&rig);
}
END_TEST

START_TEST(another_chips_data_are_refused)
{
	static uint8_t nv[NV_LEN];
	struct psp_config config;
	struct certs first, second;

	psp_config_default(&config);
	rig_new(&rig, &config);
	expect_ok(init(&rig));
	expect_ok(export(&rig, &first));
	psp_nv_save(rig.psp, nv);
	rig_free(&rig);

	rig_new(&rig, &config);
	psp_nv_load(rig.psp, nv);
	expect_ok(init(&rig));
	expect_ok(export(&rig, &second));
	ck_assert_mem_eq(&first, &second, sizeof(first));
	rig_free(&rig);

	config.seed++;
	rig_new(&rig, &config);
	psp_nv_load(rig.psp, nv);
	memcpy(rig.ram + NV_AT, nv, NV_LEN);
	expect_status(init(&rig), PSP_SECURE_DATA_INVALID);
	expect_status(init_ex(&rig), PSP_SECURE_DATA_INVALID);
	expect_ok(init_ex(&rig));
	rig_free(&rig);
}
END_TEST

/* Each command that changes the identity rewrites the area: it alone brings the change back. */
static void expect_stored(enum psp_cmd_id id)
{
	static uint8_t before[NV_LEN], after[NV_LEN];
	struct certs certs, again;

	rig_new(&rig, NULL);
	expect_ok(init_ex(&rig));
	memcpy(before, rig.ram + NV_AT, NV_LEN);
	expect_ok(sev(&rig, id));
	memcpy(after, rig.ram + NV_AT, NV_LEN);
	expect_other(before, after);
	expect_ok(export(&rig, &certs));
	rig_free(&rig);

	rig_new(&rig, NULL);
	memcpy(rig.ram + NV_AT, after, NV_LEN);
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &again));
	ck_assert_mem_eq(&certs, &again, sizeof(certs));
	rig_free(&rig);
}

START_TEST(changes_are_stored)
{
	expect_stored(PSP_CMD_PDH_GEN);
	expect_stored(PSP_CMD_PEK_GEN);
}
END_TEST

/*
 * PLATFORM_RESET knows no area of the host's; what one has from before the reset counts as
 * an empty area, on every chip whose flash knows of the reset.
 */
START_TEST(reset_makes_older_data_void)
{
	static uint8_t old[NV_LEN], flash[NV_LEN], fresh[NV_LEN];
	struct certs first, second, third;

	rig_new(&rig, NULL);
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &first));
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	memcpy(old, rig.ram + NV_AT, NV_LEN);
	expect_ok(sev(&rig, PSP_CMD_PLATFORM_RESET));
	ck_assert_mem_eq(rig.ram + NV_AT, old, NV_LEN);
	psp_nv_save(rig.psp, flash);
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &second));
	expect_other(first.oca, second.oca);
	expect_other(first.pek, second.pek);
	memcpy(fresh, rig.ram + NV_AT, NV_LEN);
	rig_free(&rig);

	rig_new(&rig, NULL);
	psp_nv_load(rig.psp, flash);
	memcpy(rig.ram + NV_AT, fresh, NV_LEN);
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &third));
	ck_assert_mem_eq(&second, &third, sizeof(second));
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	memcpy(rig.ram + NV_AT, old, NV_LEN);
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &third));
	expect_other(first.oca, third.oca);
	rig_free(&rig);
}
END_TEST

/* Flash counts resets through power cycles. */
START_TEST(resets_go_on_from_flash)
{
	struct certs first, second;

	rig_new(&rig, NULL);
	expect_ok(sev(&rig, PSP_CMD_PLATFORM_RESET));
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &first));
	psp_reset(rig.psp);
	expect_ok(sev(&rig, PSP_CMD_PLATFORM_RESET));
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &second));
	expect_other(first.oca, second.oca);
	rig_free(&rig);
}
END_TEST

/* A reset count from the area is taken over: the next reset is later than all of them. */
START_TEST(resets_go_on_from_the_area)
{
	static uint8_t area[NV_LEN];
	struct certs first, second;

	rig_new(&rig, NULL);
	for (unsigned int i = 0; i < 3; i++)
		expect_ok(sev(&rig, PSP_CMD_PLATFORM_RESET));
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &first));
	memcpy(area, rig.ram + NV_AT, NV_LEN);
	rig_free(&rig);

	rig_new(&rig, NULL); /* with new flash */
	memcpy(rig.ram + NV_AT, area, NV_LEN);
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &second));
	ck_assert_mem_eq(&first, &second, sizeof(first));
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	expect_ok(sev(&rig, PSP_CMD_PLATFORM_RESET));
	memcpy(rig.ram + NV_AT, area, NV_LEN);
	expect_ok(init_ex(&rig));
	expect_ok(export(&rig, &second));
	expect_other(first.oca, second.oca);
	rig_free(&rig);
}
END_TEST

START_TEST(snp_wants_an_area_of_firmware_pages)
{
	static uint8_t area[NV_LEN];
	struct certs first, second;

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	rig_to_firmware(&rig, CERT_AT, 1);
	rig_to_firmware(&rig, CHAIN_AT, 2);
	expect_status(init_ex(&rig), PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&rig, NV_AT, 7);
	expect_status(init_ex(&rig), PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&rig, NV_AT + 7 * RIG_PAGE, 1);
	expect_ok(init_ex(&rig));
	rig_to_firmware(&rig, RIG_CMD, 1);
	expect_ok(export(&rig, &first));
	memcpy(area, rig.ram + NV_AT, NV_LEN);

	/* The host takes a page back: what cannot be stored does not happen. */
	rig_to_host(&rig, NV_AT + 3 * RIG_PAGE, 1);
	expect_status(sev(&rig, PSP_CMD_PDH_GEN), PSP_INVALID_PAGE_STATE);
	expect_status(sev(&rig, PSP_CMD_PEK_GEN), PSP_INVALID_PAGE_STATE);
	expect_ok(export(&rig, &second));
	ck_assert_mem_eq(&first, &second, sizeof(first));
	ck_assert_mem_eq(rig.ram + NV_AT, area, NV_LEN);

	rig_to_firmware(&rig, NV_AT + 3 * RIG_PAGE, 1);
	expect_ok(sev(&rig, PSP_CMD_PDH_GEN));
	expect_ok(export(&rig, &second));
	expect_other(first.pdh, second.pdh);
	rig_free(&rig);
}
END_TEST

/* The seed and the calls decide every byte. */
START_TEST(equal_seeds_give_equal_bytes)
{
	static uint8_t nv[3][NV_LEN];
	struct psp_config config;
	struct certs certs[3];

	for (unsigned int i = 0; i < 3; i++) {
		psp_config_default(&config);
		config.seed = i == 2 ? 78 : 77;
		rig_new(&rig, &config);
		expect_ok(init(&rig));
		expect_ok(export(&rig, &certs[i]));
		psp_nv_save(rig.psp, nv[i]);
		rig_free(&rig);
	}
	ck_assert_mem_eq(&certs[0], &certs[1], sizeof(certs[0]));
	ck_assert_mem_eq(nv[0], nv[1], NV_LEN);
	expect_other(certs[0].cek, certs[2].cek);
	expect_other(certs[0].oca, certs[2].oca);
	expect_other(certs[0].pek, certs[2].pek);
	expect_other(certs[0].pdh, certs[2].pdh);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(init_ex_checks_its_buffer);
	SUITE_CASE(init_ex_takes_a_tmr);
	SUITE_CASE(init_ex_takes_the_c_bit);
	SUITE_CASE(new_area_is_filled);
	SUITE_CASE(other_bytes_are_no_new_area);
	SUITE_CASE(area_shows_no_key);
	SUITE_CASE(flash_and_area_are_apart);
	SUITE_CASE(corrupt_flash_is_replaced);
	SUITE_CASE(corrupt_area_is_replaced);
	SUITE_CASE(fault_point_corrupts_once);
	SUITE_CASE(fault_point_corrupts_a_new_area);
	SUITE_CASE(another_chips_data_are_refused);
	SUITE_CASE(changes_are_stored);
	SUITE_CASE(reset_makes_older_data_void);
	SUITE_CASE(resets_go_on_from_flash);
	SUITE_CASE(resets_go_on_from_the_area);
	SUITE_CASE(snp_wants_an_area_of_firmware_pages);
	SUITE_CASE(equal_seeds_give_equal_bytes);
}
