/* SPDX-License-Identifier: MIT */
/* What LAUNCH_START makes of a policy (55766, 2). Elsewhere: NOKS in guests.c, NODBG in debug.c,
 * NOSEND, DOMAIN and SEV in send_receive.c. */
#include "tests/psp/guest.h"
#include "tests/suite.h"

static int start(struct rig *rig, uint32_t policy)
{
	uint32_t handle;
	int status = guest_start(rig, PSP_CMD_LAUNCH_START, policy, 0, false, &handle);

	if (status == PSP_SUCCESS)
		expect_ok(guest_cmd(rig, PSP_CMD_DECOMMISSION, handle));
	return status;
}

START_TEST(reserved_bits_must_be_zero)
{
	struct rig rig;

	rig_new(&rig, NULL);
	rig_init(&rig);
	for (unsigned int bit = 0; bit < 16; bit++)
		expect_status(start(&rig, 1u << bit), bit < 6 ? PSP_SUCCESS : PSP_INVALID_PARAM);
	rig_free(&rig);
}
END_TEST

START_TEST(firmware_must_be_new_enough)
{
	struct psp_config config;
	struct rig rig;

	psp_config_default(&config);
	config.snp = false;
	config.api_major = 1;
	config.api_minor = 40;
	rig_new(&rig, &config);
	rig_init(&rig);
	expect_ok(start(&rig, 1u << 16 | 40u << 24));
	expect_status(start(&rig, 1u << 16 | 41u << 24), PSP_POLICY_FAILURE);
	expect_ok(start(&rig, 0u << 16 | 255u << 24));
	expect_status(start(&rig, 2u << 16 | 0u << 24), PSP_POLICY_FAILURE);
	rig_free(&rig);
}
END_TEST

START_TEST(sev_es_must_be_initialised)
{
	uint8_t init[0x14] = {0};
	struct rig rig;

	rig_new(&rig, NULL);
	rig_wbinvd(&rig);
	expect_ok(rig_cmd(&rig, PSP_CMD_INIT, init, sizeof(init)));
	expect_ok(start(&rig, 0));
	expect_status(start(&rig, ES), PSP_POLICY_FAILURE);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(reserved_bits_must_be_zero);
	SUITE_CASE(firmware_must_be_new_enough);
	SUITE_CASE(sev_es_must_be_initialised);
}
