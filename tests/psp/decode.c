/* SPDX-License-Identifier: MIT */
/* Names, fields of buffers, decoded lines, and what is traced. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/psp/rig.h"
#include "tests/suite.h"

/* Ids of SEV and SNP, and sizes of their buffers. */
static const struct {
	const char *name;
	unsigned int id;
	size_t size;
} commands[] = {
	{"INIT", 0x001, 0x14},
	{"SHUTDOWN", 0x002, 0},
	{"PLATFORM_STATUS", 0x004, 0x0c},
	{"PEK_CERT_IMPORT", 0x007, 0x1c},
	{"INIT_EX", 0x00d, 0x24},
	{"ACTIVATE_EX", 0x025, 0x18},
	{"GUEST_STATUS", 0x023, 0x0d},
	{"LAUNCH_SECRET", 0x034, 0x34},
	{"SEND_START", 0x040, 0x44},
	{"SEND_UPDATE_VMSA", 0x042, 0x34},
	{"SNP_INIT_EX", 0x085, 0x40},
	{"SNP_LAUNCH_START", 0x0a0, 0x30},
	{"SNP_LAUNCH_FINISH", 0x0a2, 0x40},
	{"SNP_PAGE_SWAP_OUT", 0x0c0, 0x30},
	{"SNP_FEATURE_INFO", 0x0ce, 0x10},
	{"TIO_DEV_DISCONNECT", 0x0d5, 0},
};

START_TEST(commands_have_names_and_sizes)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		ck_assert_str_eq(psp_cmd_name(commands[i].id), commands[i].name);
		ck_assert_int_eq(psp_cmd_number(commands[i].name), (int)commands[i].id);
		ck_assert_uint_eq(psp_cmd_size(commands[i].id), commands[i].size);
	}
	ck_assert_ptr_null(psp_cmd_name(0x7ff));
	ck_assert_ptr_null(psp_cmd_name(0));
	ck_assert_int_eq(psp_cmd_number("SEV_ES"), -EINVAL);
	ck_assert_uint_eq(psp_cmd_size(0x7ff), 0);
}
END_TEST

static void count(void *arg, unsigned int id, const char *name)
{
	unsigned int *n = arg;

	ck_assert_str_eq(psp_cmd_name(id), name);
	(*n)++;
}

/* 15 of the platform, 26 of guests, 29 of SNP, 6 of TIO. */
START_TEST(all_commands)
{
	unsigned int n = 0;

	psp_cmd_each(count, &n);
	ck_assert_uint_eq(n, 15 + 26 + 29 + 6);
}
END_TEST

START_TEST(statuses_have_names)
{
	ck_assert_str_eq(psp_status_name(0), "SUCCESS");
	ck_assert_str_eq(psp_status_name(0x1a), "INVALID_PAGE_STATE");
	ck_assert_str_eq(psp_status_name(0x28), "SHUTDOWN_INCOMPLETE");
	ck_assert_ptr_null(psp_status_name(0x1e));
	ck_assert_ptr_null(psp_status_name(0xffff));
}
END_TEST

START_TEST(a_command_in_one_line)
{
	uint8_t buf[0x14] = {0};
	char line[200];

	put32(buf, 3);
	put64(buf + 8, 0x123456789000);
	put32(buf + 0x10, 4096);
	psp_decode_command(line, sizeof(line), PSP_CMD_LAUNCH_UPDATE_DATA, buf, sizeof(buf));
	ck_assert_str_eq(line, "LAUNCH_UPDATE_DATA handle=0x3 address=0x123456789000 len=0x1000");
	psp_decode_command(line, sizeof(line), PSP_CMD_LAUNCH_UPDATE_DATA, buf, 8);
	ck_assert_str_eq(line, "LAUNCH_UPDATE_DATA handle=0x3");
	psp_decode_command(line, sizeof(line), 0x777, NULL, 0);
	ck_assert_str_eq(line, "command 0x777");
}
END_TEST

/* Bits of SNP_LAUNCH_UPDATE: page size 1, type 2, IMI; masks of VMPL1 to 3. */
START_TEST(bits_and_arrays)
{
	uint8_t buf[0x40] = {0};
	char line[400];

	put32(buf + 8, 1 | 2 << 1 | 1 << 4);
	put32(buf + 0x18, 0x0f030100);
	psp_decode_command(line, sizeof(line), PSP_CMD_SNP_LAUNCH_UPDATE, buf, 0x20);
	ck_assert_str_eq(line, "SNP_LAUNCH_UPDATE gctx_paddr=0x0 page_size=0x1 page_type=0x2 "
			       "imi_page=0x1 address=0x0 vmpl1_perms=0x1 vmpl2_perms=0x3 "
			       "vmpl3_perms=0xf");
	memset(buf, 0, sizeof(buf));
	put64(buf + 0x20, 0x11);
	put64(buf + 0x28, 0x22);
	psp_decode_command(line, sizeof(line), PSP_CMD_SNP_LAUNCH_START, buf, 0x30);
	ck_assert_ptr_nonnull(strstr(line, "gosvw=0x11 gosvw=0x22"));
}
END_TEST

START_TEST(decoders_say_the_length_they_need)
{
	uint8_t buf[4] = {9};
	char line[8];
	int n = psp_decode_command(line, sizeof(line), PSP_CMD_DECOMMISSION, buf, sizeof(buf));

	ck_assert_int_eq(n, (int)strlen("DECOMMISSION handle=0x9"));
	ck_assert_str_eq(line, "DECOMMI");
	ck_assert_int_eq(psp_decode_command(NULL, 0, PSP_CMD_DECOMMISSION, buf, sizeof(buf)), n);
}
END_TEST

START_TEST(records_in_one_line)
{
	static const uint64_t entry[2] = {0x1, 0x0f};
	static const struct psp_fault fault = {PSP_ACCESS_PF, 0x80000003, "the page is assigned"};
	const struct psp_trace response = {PSP_TRACE_RESPONSE, 0x00a, 0x0e, 0, NULL, 0};
	const struct psp_trace strange = {PSP_TRACE_RESPONSE, 0x00a, 0x1e, 0, NULL, 0};
	const struct psp_trace command = {PSP_TRACE_COMMAND, 0x00a, 0, 0, NULL, 0};
	const struct psp_trace rmp = {PSP_TRACE_RMP, 0, 0, 0x7000, entry, sizeof(entry)};
	const struct psp_trace refused = {PSP_TRACE_FAULT, 0, 2, 0x7000, &fault, sizeof(fault)};
	const struct psp_trace key = {PSP_TRACE_KEY, 17, 1, 0, NULL, 0};
	char line[200];

	psp_decode_trace(line, sizeof(line), &command);
	ck_assert_str_eq(line, "DF_FLUSH");
	psp_decode_trace(line, sizeof(line), &response);
	ck_assert_str_eq(line, "DF_FLUSH WBINVD_REQUIRED");
	psp_decode_trace(line, sizeof(line), &strange);
	ck_assert_str_eq(line, "DF_FLUSH status 0x1e");
	psp_decode_trace(line, sizeof(line), &rmp);
	ck_assert_str_eq(line, "RMP 0x7000 = 0x0000000000000001 0x000000000000000f");
	psp_decode_trace(line, sizeof(line), &refused);
	ck_assert_str_eq(line, "fault 0x7000 error code 0x80000003: the page is assigned");
	psp_decode_trace(line, sizeof(line), &key);
	ck_assert_str_eq(line, "key of ASID 17 loaded");
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(commands_have_names_and_sizes);
	SUITE_CASE(all_commands);
	SUITE_CASE(statuses_have_names);
	SUITE_CASE(a_command_in_one_line);
	SUITE_CASE(bits_and_arrays);
	SUITE_CASE(decoders_say_the_length_they_need);
	SUITE_CASE(records_in_one_line);
}
