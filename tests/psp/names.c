/* SPDX-License-Identifier: MIT */
/*
 * Numbers behind the names: tests say PSP_INVALID_GUEST and PSP_G_SENT, and here is what those
 * are to software (psp-sev.h, sev-tool). Ids of commands are tested by psp.matrix_platform.
 */
#include <errno.h>

#include "psp/psp.h"
#include "tests/suite.h"

static const struct {
	unsigned int code;
	const char *name;
} statuses[] = {
	{0x00, "SUCCESS"},
	{0x01, "INVALID_PLATFORM_STATE"},
	{0x02, "INVALID_GUEST_STATE"},
	{0x03, "INVALID_CONFIG"},
	{0x04, "INVALID_LENGTH"},
	{0x05, "ALREADY_OWNED"},
	{0x06, "INVALID_CERTIFICATE"},
	{0x07, "POLICY_FAILURE"},
	{0x08, "INACTIVE"},
	{0x09, "INVALID_ADDRESS"},
	{0x0a, "BAD_SIGNATURE"},
	{0x0b, "BAD_MEASUREMENT"},
	{0x0c, "ASID_OWNED"},
	{0x0d, "INVALID_ASID"},
	{0x0e, "WBINVD_REQUIRED"},
	{0x0f, "DF_FLUSH_REQUIRED"},
	{0x10, "INVALID_GUEST"},
	{0x11, "INVALID_COMMAND"},
	{0x12, "ACTIVE"},
	{0x13, "HWERROR_PLATFORM"},
	{0x14, "HWERROR_UNSAFE"},
	{0x15, "UNSUPPORTED"},
	{0x16, "INVALID_PARAM"},
	{0x17, "RESOURCE_LIMIT"},
	{0x18, "SECURE_DATA_INVALID"},
	{0x19, "INVALID_PAGE_SIZE"},
	{0x1a, "INVALID_PAGE_STATE"},
	{0x1b, "INVALID_MDATA_ENTRY"},
	{0x1c, "INVALID_PAGE_OWNER"},
	{0x1d, "AEAD_OFLOW"},
	{0x1f, "RING_BUFFER_EXIT"},
	{0x20, "RMP_INIT_REQUIRED"},
	{0x21, "BAD_SVN"},
	{0x22, "BAD_VERSION"},
	{0x23, "SHUTDOWN_REQUIRED"},
	{0x24, "UPDATE_FAILED"},
	{0x25, "RESTORE_REQUIRED"},
	{0x26, "RMP_INITIALIZATION_FAILED"},
	{0x27, "INVALID_KEY"},
	{0x28, "SHUTDOWN_INCOMPLETE"},
	{0x30, "INCORRECT_BUFFER_LENGTH"},
	{0x31, "EXPAND_BUFFER_LENGTH_REQUEST"},
	{0x32, "SPDM_REQUEST"},
	{0x33, "SPDM_ERROR"},
};

START_TEST(statuses_have_their_codes)
{
	const size_t n = sizeof(statuses) / sizeof(statuses[0]);
	size_t i = 0;

	for (unsigned int code = 0; code < 0x10000; code++) {
		if (i == n || code != statuses[i].code) {
			ck_assert_ptr_null(psp_status_name(code));
			continue;
		}
		ck_assert_str_eq(psp_status_name(code), statuses[i++].name);
	}
	ck_assert_uint_eq(i, n);
	ck_assert_int_eq(PSP_INVALID_PAGE_STATE, 0x1a);
	ck_assert_int_eq(PSP_SPDM_ERROR, 0x33);
}
END_TEST

START_TEST(states_have_their_numbers)
{
	ck_assert_int_eq(PSP_UNINIT, 0);
	ck_assert_int_eq(PSP_INIT, 1);
	ck_assert_int_eq(PSP_WORKING, 2);
	ck_assert_int_eq(PSP_G_UNINIT, 0);
	ck_assert_int_eq(PSP_G_LUPDATE, 1);
	ck_assert_int_eq(PSP_G_LSECRET, 2);
	ck_assert_int_eq(PSP_G_RUNNING, 3);
	ck_assert_int_eq(PSP_G_SUPDATE, 4);
	ck_assert_int_eq(PSP_G_RUPDATE, 5);
	ck_assert_int_eq(PSP_G_SENT, 6);
	ck_assert_int_eq(PSP_GSTATE_INIT, 0);
	ck_assert_int_eq(PSP_GSTATE_LAUNCH, 1);
	ck_assert_int_eq(PSP_GSTATE_RUNNING, 2);
}
END_TEST

/*
 * Bytes of a command's buffer as those documents have it; commands whose buffer none of them
 * has are not in the list, and those without a buffer have 0.
 */
static const struct {
	const char *name;
	size_t size;
} sizes[] = {
	{"INIT", 0x14},
	{"SHUTDOWN", 0},
	{"PLATFORM_RESET", 0},
	{"PLATFORM_STATUS", 0xc},
	{"PEK_GEN", 0},
	{"PEK_CSR", 0xc},
	{"PEK_CERT_IMPORT", 0x1c},
	{"PDH_CERT_EXPORT", 0x1c},
	{"PDH_GEN", 0},
	{"DF_FLUSH", 0},
	{"DOWNLOAD_FIRMWARE", 0xc},
	{"GET_ID", 0xc},
	{"INIT_EX", 0x24},
	{"NOP", 0},
	{"DECOMMISSION", 4},
	{"ACTIVATE", 8},
	{"DEACTIVATE", 4},
	{"GUEST_STATUS", 0xd},
	{"COPY", 0x18},
	{"ACTIVATE_EX", 0x18},
	{"LAUNCH_START", 0x24},
	{"LAUNCH_UPDATE_DATA", 0x14},
	{"LAUNCH_UPDATE_VMSA", 0x14},
	{"LAUNCH_MEASURE", 0x14},
	{"LAUNCH_SECRET", 0x34},
	{"LAUNCH_FINISH", 4},
	{"ATTESTATION", 0x24},
	{"SEND_START", 0x44},
	{"SEND_UPDATE_DATA", 0x34},
	{"SEND_UPDATE_VMSA", 0x34}, /* sev-tool; psp-sev.h has no reserved word, and 0x30 */
	{"SEND_FINISH", 4},
	{"SEND_CANCEL", 4},
	{"RECEIVE_START", 0x24},
	{"RECEIVE_UPDATE_DATA", 0x34},
	{"RECEIVE_UPDATE_VMSA", 0x34},
	{"RECEIVE_FINISH", 4},
	{"DBG_DECRYPT", 0x1c},
	{"DBG_ENCRYPT", 0x1c},
	{"SNP_INIT", 0},
	{"SNP_SHUTDOWN", 0},
	{"SNP_PLATFORM_STATUS", 8},
	{"SNP_DF_FLUSH", 0},
	{"SNP_INIT_EX", 0x40},
	{"SNP_SHUTDOWN_EX", 8},
	{"SNP_DECOMMISSION", 8},
	{"SNP_ACTIVATE", 0xc},
	{"SNP_GUEST_STATUS", 0x10},
	{"SNP_GCTX_CREATE", 8},
	{"SNP_GUEST_REQUEST", 0x18},
	{"SNP_ACTIVATE_EX", 0x20},
	{"SNP_LAUNCH_START", 0x30},
	{"SNP_LAUNCH_UPDATE", 0x20},
	{"SNP_LAUNCH_FINISH", 0x40},
	{"SNP_DBG_DECRYPT", 0x18},
	{"SNP_DBG_ENCRYPT", 0x18},
	{"SNP_PAGE_SWAP_OUT", 0x30},
	{"SNP_PAGE_MD_INIT", 0x10},
	{"SNP_PAGE_MOVE", 0x20},
	{"SNP_PAGE_RECLAIM", 8},
	{"SNP_PAGE_UNSMASH", 8},
	{"SNP_CONFIG", 0x40},
	{"SNP_COMMIT", 4},
	{"SNP_VLEK_LOAD", 0x10},
	{"SNP_FEATURE_INFO", 0x10},
};

START_TEST(buffers_have_their_size)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int id = psp_cmd_number(sizes[i].name);

		ck_assert_msg(id > 0, "%s", sizes[i].name);
		ck_assert_msg(psp_cmd_size((unsigned int)id) == sizes[i].size, "%s", sizes[i].name);
	}
	ck_assert_uint_eq(psp_cmd_size(0), 0);
	ck_assert_uint_eq(psp_cmd_size(UINT32_MAX), 0);
	ck_assert_int_eq(psp_cmd_number("NONE"), -EINVAL);
	ck_assert_ptr_null(psp_cmd_name(UINT32_MAX));
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(statuses_have_their_codes);
	SUITE_CASE(states_have_their_numbers);
	SUITE_CASE(buffers_have_their_size);
}
