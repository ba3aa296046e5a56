/* SPDX-License-Identifier: MIT */
/* DBG_DECRYPT and DBG_ENCRYPT (55766, 6). */
#include <string.h>

#include "tests/psp/guest.h"
#include "tests/suite.h"

enum { LEN = 3 * 4096 };

/* An active guest with a pattern at AT_GUEST. */
struct debug {
	struct rig rig;
	uint32_t handle;
	uint8_t plain[LEN];
};

static void debug_new(struct debug *d, uint32_t policy)
{
	rig_new(&d->rig, NULL);
	rig_init(&d->rig);
	d->handle = guest_launch(&d->rig, policy);
	guest_pattern(d->plain, LEN, 1);
	memcpy(d->rig.ram + AT_GUEST, d->plain, LEN);
	expect_ok(guest_range(&d->rig, PSP_CMD_LAUNCH_UPDATE_DATA, d->handle, AT_GUEST, LEN, NULL));
}

static int decrypt(struct debug *d, uint64_t src, uint64_t dst, uint32_t len)
{
	return guest_debug(&d->rig, PSP_CMD_DBG_DECRYPT, d->handle, src, dst, len);
}

static int encrypt(struct debug *d, uint64_t src, uint64_t dst, uint32_t len)
{
	return guest_debug(&d->rig, PSP_CMD_DBG_ENCRYPT, d->handle, src, dst, len);
}

START_TEST(decrypt_shows_the_host_what_the_guest_has)
{
	struct debug d;

	debug_new(&d, 0);
	expect_ok(decrypt(&d, AT_GUEST, AT_TRANS, LEN));
	ck_assert_mem_eq(d.rig.ram + AT_TRANS, d.plain, LEN);
	ck_assert_mem_ne(d.rig.ram + AT_GUEST, d.plain, 16);
	memset(d.rig.ram + AT_TRANS, 0, 64);
	expect_ok(decrypt(&d, AT_GUEST + 0xff0, AT_TRANS + 16, 32)); /* over a page's end */
	ck_assert_mem_eq(d.rig.ram + AT_TRANS + 16, d.plain + 0xff0, 32);
	ck_assert_uint_eq(get64(d.rig.ram + AT_TRANS + 8), 0);
	ck_assert_uint_eq(get64(d.rig.ram + AT_TRANS + 48), 0);
	rig_free(&d.rig);
}
END_TEST

START_TEST(encrypt_writes_for_the_destination_address)
{
	uint8_t text[64], got[64], cipher[64];
	struct debug d;

	debug_new(&d, 0);
	guest_pattern(text, sizeof(text), 2);
	memcpy(d.rig.ram + AT_TRANS, text, sizeof(text));
	expect_ok(encrypt(&d, AT_TRANS, AT_GUEST + 0x40, 64));
	guest_read(&d.rig, ASID_SEV, AT_GUEST + 0x40, got, 64);
	ck_assert_mem_eq(got, text, 64);
	memcpy(cipher, d.rig.ram + AT_GUEST + 0x40, 64);
	expect_ok(encrypt(&d, AT_TRANS, AT_GUEST + 0x1040, 64));
	ck_assert_mem_ne(d.rig.ram + AT_GUEST + 0x1040, cipher, 16);
	guest_read(&d.rig, ASID_SEV, AT_GUEST, got, 64); /* neighbours stay */
	ck_assert_mem_eq(got, d.plain, 64);
	ck_assert_mem_eq(d.rig.ram + AT_TRANS, text, 64);
	rig_free(&d.rig);
}
END_TEST

/* The host's side of the copy obeys the C-bit of its address. */
START_TEST(host_side_is_seen_through_the_c_bit)
{
	struct psp_access host = {.agent = PSP_HOST, .pa = AT_TRANS, .encrypted = true};
	struct debug d;
	uint64_t c_bit;
	uint8_t got[64], text[64];

	debug_new(&d, 0);
	c_bit = 1ull << d.rig.config.c_bit;
	for (unsigned int cpu = 0; cpu < d.rig.config.cpus; cpu++)
		ck_assert_int_eq(psp_wrmsr(d.rig.psp, cpu, PSP_MSR_SYSCFG, PSP_SYSCFG_SME_EN), 0);
	expect_ok(decrypt(&d, AT_GUEST, c_bit | AT_TRANS, 64));
	ck_assert_mem_ne(d.rig.ram + AT_TRANS, d.plain, 16);
	ck_assert_int_eq(psp_access(d.rig.psp, &host, got, 64, NULL), PSP_ACCESS_OK);
	ck_assert_mem_eq(got, d.plain, 64);
	guest_pattern(text, sizeof(text), 3);
	memcpy(got, text, 64);
	host.write = true;
	ck_assert_int_eq(psp_access(d.rig.psp, &host, got, 64, NULL), PSP_ACCESS_OK);
	expect_ok(encrypt(&d, c_bit | AT_TRANS, c_bit | AT_GUEST, 64));
	guest_read(&d.rig, ASID_SEV, AT_GUEST, got, 64);
	ck_assert_mem_eq(got, text, 64);
	rig_free(&d.rig);
}
END_TEST

START_TEST(lengths_and_addresses_are_multiples_of_16)
{
	struct debug d;

	debug_new(&d, 0);
	expect_status(decrypt(&d, AT_GUEST, AT_TRANS, 0), PSP_INVALID_LENGTH);
	expect_status(decrypt(&d, AT_GUEST, AT_TRANS, 8), PSP_INVALID_LENGTH);
	expect_status(decrypt(&d, AT_GUEST + 8, AT_TRANS, 16), PSP_INVALID_ADDRESS);
	expect_status(decrypt(&d, AT_GUEST, AT_TRANS + 1, 16), PSP_INVALID_ADDRESS);
	expect_status(encrypt(&d, AT_TRANS, AT_GUEST, 15), PSP_INVALID_LENGTH);
	expect_status(encrypt(&d, AT_TRANS + 4, AT_GUEST, 16), PSP_INVALID_ADDRESS);
	expect_status(encrypt(&d, AT_TRANS, AT_GUEST + 12, 16), PSP_INVALID_ADDRESS);
	expect_status(decrypt(&d, RIG_RAM, AT_TRANS, 16), PSP_INVALID_ADDRESS);
	expect_status(decrypt(&d, AT_GUEST, RIG_RAM - 16, 32), PSP_INVALID_ADDRESS);
	expect_status(decrypt(&d, 0xfffffffffffffff0, AT_TRANS, 32), PSP_INVALID_ADDRESS);
	expect_status(encrypt(&d, RIG_RAM - 16, AT_GUEST, 4096), PSP_INVALID_ADDRESS);
	rig_free(&d.rig);
}
END_TEST

START_TEST(refused_copy_changes_nothing)
{
	static const uint8_t zero[16];
	struct debug d;

	debug_new(&d, 0);
	expect_status(decrypt(&d, RIG_RAM - 4096, AT_TRANS, 8192), PSP_INVALID_ADDRESS);
	ck_assert_mem_eq(d.rig.ram + AT_TRANS, zero, 16);
	expect_status(decrypt(&d, AT_GUEST, RIG_RAM - 4096, 8192), PSP_INVALID_ADDRESS);
	ck_assert_mem_eq(d.rig.ram + RIG_RAM - 4096, zero, 16);
	rig_free(&d.rig);
}
END_TEST

START_TEST(nodbg_forbids_both)
{
	static const uint8_t zero[16];
	struct debug d;

	debug_new(&d, NODBG);
	expect_status(decrypt(&d, AT_GUEST, AT_TRANS, 16), PSP_POLICY_FAILURE);
	ck_assert_mem_eq(d.rig.ram + AT_TRANS, zero, 16);
	expect_status(encrypt(&d, AT_TRANS, AT_GUEST, 16), PSP_POLICY_FAILURE);
	rig_free(&d.rig);
}
END_TEST

START_TEST(guest_must_be_active_in_any_state)
{
	struct debug d;

	debug_new(&d, 0);
	expect_ok(decrypt(&d, AT_GUEST, AT_TRANS, 16));
	expect_ok(guest_cmd(&d.rig, PSP_CMD_LAUNCH_FINISH, d.handle));
	expect_ok(decrypt(&d, AT_GUEST, AT_TRANS, 16));
	expect_ok(guest_cmd(&d.rig, PSP_CMD_DEACTIVATE, d.handle));
	expect_status(decrypt(&d, AT_GUEST, AT_TRANS, 16), PSP_INACTIVE);
	expect_status(encrypt(&d, AT_GUEST, AT_TRANS, 16), PSP_INACTIVE);
	expect_ok(guest_cmd(&d.rig, PSP_CMD_DECOMMISSION, d.handle));
	expect_status(decrypt(&d, AT_GUEST, AT_TRANS, 16), PSP_INVALID_GUEST);
	rig_free(&d.rig);
}
END_TEST

START_TEST(snp_wants_a_firmware_page_as_destination)
{
	struct debug d;

	rig_new(&d.rig, NULL);
	rig_snp_init(&d.rig);
	rig_init(&d.rig);
	d.handle = guest_launch(&d.rig, 0);
	expect_status(decrypt(&d, AT_GUEST, AT_TRANS, 16), PSP_INVALID_PAGE_STATE);
	expect_status(encrypt(&d, AT_TRANS, AT_GUEST, 16), PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&d.rig, AT_GUEST, 1);
	memcpy(d.rig.ram + AT_TRANS, "sixteen bytes...", 16);
	expect_ok(encrypt(&d, AT_TRANS, AT_GUEST, 16));
	rig_to_firmware(&d.rig, AT_OUT, 1);
	expect_ok(decrypt(&d, AT_GUEST, AT_OUT, 16));
	ck_assert_mem_eq(d.rig.ram + AT_OUT, "sixteen bytes...", 16);
	rig_free(&d.rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(decrypt_shows_the_host_what_the_guest_has);
	SUITE_CASE(encrypt_writes_for_the_destination_address);
	SUITE_CASE(host_side_is_seen_through_the_c_bit);
	SUITE_CASE(lengths_and_addresses_are_multiples_of_16);
	SUITE_CASE(refused_copy_changes_nothing);
	SUITE_CASE(nodbg_forbids_both);
	SUITE_CASE(guest_must_be_active_in_any_state);
	SUITE_CASE(snp_wants_a_firmware_page_as_destination);
}
