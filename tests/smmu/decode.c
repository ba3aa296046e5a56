/* SPDX-License-Identifier: MIT */
/* The decoders: names and values of the specification, one line each. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/smmu/rig.h"
#include "tests/suite.h"

static char line[1024];

START_TEST(commands)
{
	const uint64_t cfgi[2] = {0x03 | 0x10ull << 32, 1};
	const uint64_t va[2] = {0x12 | 3 << 12 | 2 << 20 | 7ull << 32 | 9ull << 48,
				0xabcd000 | 1 << 10 | 1};
	const uint64_t sync[2] = {0x46 | 1 << 12 | 3 << 22 | 0xf << 24 | 5ull << 32, 0x8000};
	const uint64_t bad[2] = {0x99, 0x1};

	smmu_decode_cmd(line, sizeof(line), cfgi);
	ck_assert_str_eq(line, "CMD_CFGI_STE SID=0x10 Leaf=1");
	smmu_decode_cmd(line, sizeof(line), va);
	ck_assert_str_eq(line, "CMD_TLBI_NH_VA NUM=3 SCALE=2 VMID=7 ASID=9 Leaf=1 TTL=0 TG=1 "
			       "Addr=0xabcd000");
	smmu_decode_cmd(line, sizeof(line), sync);
	ck_assert_str_eq(line, "CMD_SYNC CS=1 MSH=3 MSIAttr=0xf MSIData=5 MSIAddress=0x8000");
	smmu_decode_cmd(line, sizeof(line), bad);
	ck_assert_str_eq(line, "CMD_reserved OP=0x99 dw0=0x99 dw1=0x1");
}
END_TEST

/* "NAME=value" for each. */
static void add_field(void *text, const char *name, uint64_t value)
{
	char *end = (char *)text + strlen(text);

	sprintf(end, "%s=%#llx ", name, (unsigned long long)value);
}

START_TEST(structures_by_field)
{
	const uint64_t cd[2] = {0x05 | 7 << 12 | 0x10ull << 32, 1};
	const uint64_t bad[2] = {0x99, 0x1};
	const uint64_t ste[8] = {1 | 7 << 1 | 0x40 | 5ull << 59, 2, 3, 0x1000, 0, 0, 0, 0};

	line[0] = '\0';
	smmu_cmd_fields(cd, add_field, line);
	ck_assert_str_eq(line, "SSID=0x7 SID=0x10 Leaf=0x1 ");
	line[0] = '\0';
	smmu_cmd_fields(bad, add_field, line);
	ck_assert_str_eq(line, "");
	smmu_ste_fields(ste, add_field, line);
	ck_assert_msg(strstr(line, "V=0x1 Config=0x7 S1Fmt=0 S1ContextPtr=0x40 S1CDMax=0x5 "
				   "S1DSS=0x2 ") == line,
		      "%s", line);
	ck_assert_ptr_nonnull(strstr(line, " S2VMID=0x3 "));
	ck_assert_ptr_nonnull(strstr(line, " S2TTB=0x1000 "));
	ck_assert_str_eq(smmu_cmd_name(0x46), "CMD_SYNC");
	ck_assert_ptr_null(smmu_cmd_name(0x99));
}
END_TEST

START_TEST(events)
{
	/* A record of real hardware: SID 0x7d12, a write, CLASS IN. */
	const uint64_t real[4] = {0x00007d1200000010, 0x000012000000007c, 0x1000, 0};
	const uint64_t fetch[4] = {0x09 | 1 << 11 | 5 << 12 | 3ull << 32, 0, 0, 0x4000};

	smmu_decode_event(line, sizeof(line), real);
	ck_assert_str_eq(line,
			 "F_TRANSLATION SSV=0 SSID=0 SID=0x7d12 STAG=0x7c Stall=0 PnU=0 InD=0 "
			 "RnW=0 S2=0 CLASS=IN InputAddr=0x1000 IPA=0");
	smmu_decode_event(line, sizeof(line), fetch);
	ck_assert_str_eq(line, "F_CD_FETCH SSV=1 SSID=5 SID=3 Reason=0 FetchAddr=0x4000");
}
END_TEST

START_TEST(structures)
{
	const uint64_t ste[8] = {1 | 7 << 1 | 0x40000000, 0, 5};
	const uint64_t cd[8] = {1ull << 31 | 16, 0x5000};

	smmu_decode_ste(line, sizeof(line), ste);
	ck_assert_str_eq(line, "STE V=1 Config=S1+S2 S1ContextPtr=0x40000000 S2VMID=5");
	smmu_decode_cd(line, sizeof(line), cd);
	ck_assert_str_eq(line, "CD V=1 T0SZ=0x10 TTB0=0x5000");
}
END_TEST

START_TEST(descriptors)
{
	smmu_decode_desc(line, sizeof(line), 0, 1, 0);
	ck_assert_str_eq(line, "invalid 0");
	smmu_decode_desc(line, sizeof(line), 0x7000 | 3 | 1ull << 61, 1, 1);
	ck_assert_str_eq(line, "table addr=0x7000 APTable=1");
	smmu_decode_desc(line, sizeof(line), 0x8000 | 3 | 1 << 10 | 1 << 6, 1, 3);
	ck_assert_str_eq(line, "page addr=0x8000 AF=1 AP=1");
	smmu_decode_desc(line, sizeof(line), 0x200000 | 1 | 1 << 10 | 3 << 6 | 0xf << 2, 2, 2);
	ck_assert_str_eq(line, "block addr=0x200000 AF=1 MemAttr=0xf S2AP=3");
}
END_TEST

START_TEST(traces)
{
	const struct smmu_trace walk = {.kind = SMMU_TRACE_WALK,
					.stage = 2,
					.level = 3,
					.sid = 4,
					.addr = 0x9018,
					.n_data = 1};
	const struct smmu_trace done = {.kind = SMMU_TRACE_TRANSLATE,
					.sid = 4,
					.has_ssid = true,
					.ssid = 2,
					.addr = 0x1000,
					.n_data = 2,
					.data = {0x5000, SMMU_OK}};

	smmu_decode_trace(line, sizeof(line), &walk);
	ck_assert_str_eq(line, "walk S2 L3 invalid 0 SID=0x4 @0x9018");
	smmu_decode_trace(line, sizeof(line), &done);
	ck_assert_str_eq(line, "translate 0x1000 -> 0x5000 OK SID=0x4 SSID=0x2");
}
END_TEST

START_TEST(short_buffers)
{
	const uint64_t cfgi[2] = {0x03 | 0x10ull << 32, 1};
	char small[8];
	int need = smmu_decode_cmd(NULL, 0, cfgi);

	ck_assert_int_eq(need, (int)strlen("CMD_CFGI_STE SID=0x10 Leaf=1"));
	ck_assert_int_eq(smmu_decode_cmd(small, sizeof(small), cfgi), need);
	ck_assert_str_eq(small, "CMD_CFG");
}
END_TEST

START_TEST(event_names)
{
	static const struct {
		unsigned int number;
		const char *name;
	} rows[] = {{0x01, "F_UUT"},
		    {0x02, "C_BAD_STREAMID"},
		    {0x03, "F_STE_FETCH"},
		    {0x04, "C_BAD_STE"},
		    {0x05, "F_BAD_ATS_TREQ"},
		    {0x06, "F_STREAM_DISABLED"},
		    {0x07, "F_TRANSL_FORBIDDEN"},
		    {0x08, "C_BAD_SUBSTREAMID"},
		    {0x09, "F_CD_FETCH"},
		    {0x0a, "C_BAD_CD"},
		    {0x0b, "F_WALK_EABT"},
		    {0x10, "F_TRANSLATION"},
		    {0x11, "F_ADDR_SIZE"},
		    {0x12, "F_ACCESS"},
		    {0x13, "F_PERMISSION"},
		    {0x20, "F_TLB_CONFLICT"},
		    {0x21, "F_CFG_CONFLICT"},
		    {0x24, "E_PAGE_REQUEST"},
		    {0x25, "F_VMS_FETCH"}};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_str_eq(smmu_event_name((uint8_t)rows[i].number), rows[i].name);
		ck_assert_int_eq(smmu_event_number(rows[i].name), (int)rows[i].number);
	}
	ck_assert_ptr_null(smmu_event_name(0x0c));
	ck_assert_int_eq(smmu_event_number("F_NOTHING"), -EINVAL);
}
END_TEST

/* Whatever the bits: no decoder writes past its buffer or loses its terminator. */
START_TEST(any_bits)
{
	uint64_t words[8], state = 1;

	for (unsigned int i = 0; i < 20000; i++) {
		struct smmu_trace t = {.n_data = 8};

		for (unsigned int w = 0; w < 8; w++) {
			state = state * 6364136223846793005ull + 1442695040888963407ull;
			words[w] = state ^ state >> 29;
		}
		memcpy(t.data, words, sizeof(words));
		t.kind = (enum smmu_trace_kind)(i % (SMMU_TRACE_KINDS + 1));
		t.level = (int8_t)(words[0] % 4);
		t.stage = (uint8_t)(1 + i % 2);
		ck_assert_int_gt(smmu_decode_trace(line, sizeof(line), &t), 0);
		ck_assert_uint_lt(strlen(line), sizeof(line));
	}
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(commands);
	SUITE_CASE(structures_by_field);
	SUITE_CASE(events);
	SUITE_CASE(structures);
	SUITE_CASE(descriptors);
	SUITE_CASE(traces);
	SUITE_CASE(short_buffers);
	SUITE_CASE(event_names);
	SUITE_CASE(any_bits);
}
