/* SPDX-License-Identifier: MIT */
/* ATTESTATION (55766, 6), verified by an independent guest owner. */
#include <string.h>

#include "tests/psp/guest.h"
#include "tests/suite.h"

static const uint8_t nonce[16] = "a fresh mnonce!";

static void expect_report(struct rig *rig, uint32_t handle, const struct owner_sev_expect *expect)
{
	struct platform_certs certs;
	uint32_t len;

	platform_certs(rig, &certs);
	expect_ok(guest_attest(rig, handle, nonce, AT_OUT, 0xd0, &len));
	ck_assert_uint_eq(len, 0xd0);
	ck_assert_int_eq(owner_sev_report_verify(rig->ram + AT_OUT, certs.chain, expect), OWNER_OK);
}

START_TEST(report_has_the_launch_digest)
{
	uint8_t plain[8192];
	struct owner_part parts[] = {{plain, 8192}};
	struct owner_sev_expect expect = {.policy = ES | NODBG};
	struct rig rig;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	handle = guest_launch(&rig, ES | NODBG);
	memcpy(expect.mnonce, nonce, 16);
	guest_pattern(plain, sizeof(plain), 1);
	memcpy(rig.ram + AT_GUEST, plain, sizeof(plain));
	expect_ok(guest_range(&rig, PSP_CMD_LAUNCH_UPDATE_DATA, handle, AT_GUEST, 4096, NULL));
	parts[0].len = 4096;
	owner_sev_digest(parts, 1, expect.digest);
	expect_report(&rig, handle, &expect);
	expect_ok(
		guest_range(&rig, PSP_CMD_LAUNCH_UPDATE_DATA, handle, AT_GUEST + 4096, 4096, NULL));
	parts[0].len = 8192;
	owner_sev_digest(parts, 1, expect.digest);
	expect_report(&rig, handle, &expect);
	expect_ok(guest_range(&rig, PSP_CMD_LAUNCH_MEASURE, handle, AT_OUT, 0x30, NULL));
	expect_report(&rig, handle, &expect);
	expect_ok(guest_cmd(&rig, PSP_CMD_LAUNCH_FINISH, handle));
	expect_report(&rig, handle, &expect);
	rig_free(&rig);
}
END_TEST

START_TEST(report_of_a_launch_that_was_not_measured)
{
	struct owner_part part = {nonce, 16};
	struct owner_sev_expect expect = {0};
	struct rig rig;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	handle = guest_launch(&rig, 0);
	memcpy(rig.ram + AT_GUEST, nonce, 16);
	expect_ok(guest_range(&rig, PSP_CMD_LAUNCH_UPDATE_DATA, handle, AT_GUEST, 16, NULL));
	expect_ok(guest_cmd(&rig, PSP_CMD_LAUNCH_FINISH, handle));
	memcpy(expect.mnonce, nonce, 16);
	owner_sev_digest(&part, 1, expect.digest);
	expect_report(&rig, handle, &expect);
	rig_free(&rig);
}
END_TEST

START_TEST(attestation_tells_the_length)
{
	struct psp_config config;
	struct rig rig;
	uint32_t handle, len;

	rig_new(&rig, NULL);
	rig_init(&rig);
	handle = guest_launch(&rig, 0);
	expect_status(guest_attest(&rig, handle, nonce, 0, 0, &len), PSP_INVALID_LENGTH);
	ck_assert_uint_eq(len, 0xd0);
	expect_status(guest_attest(&rig, handle, nonce, AT_OUT, 0xcf, &len), PSP_INVALID_LENGTH);
	ck_assert_uint_eq(len, 0xd0);
	expect_status(guest_attest(&rig, handle, nonce, RIG_RAM - 16, 0xd0, &len),
		      PSP_INVALID_ADDRESS);
	expect_status(guest_attest(&rig, handle + 1, nonce, AT_OUT, 0xd0, &len), PSP_INVALID_GUEST);
	rig_free(&rig);

	psp_config_default(&config);
	config.snp = false;
	config.api_major = 0;
	config.api_minor = 21;
	rig_new(&rig, &config);
	rig_init(&rig);
	handle = guest_launch(&rig, 0);
	expect_status(guest_attest(&rig, handle, nonce, AT_OUT, 0xd0, &len), PSP_INVALID_COMMAND);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(report_has_the_launch_digest);
	SUITE_CASE(report_of_a_launch_that_was_not_measured);
	SUITE_CASE(attestation_tells_the_length);
}
