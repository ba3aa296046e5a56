/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/suite.h"
#include "traces/trace.h"

static void formats(const struct trc_record *record, const char *expected)
{
	char line[512];
	int n = trc_format(line, sizeof(line), record);

	ck_assert_str_eq(line, expected);
	ck_assert_int_eq(n, (int)strlen(expected));
}

START_TEST(words_by_name)
{
	formats(&(struct trc_record){1500000000000, TRC_LOG, 1, {4}, "hello", 5},
		"[    1.500000000000] log            level=warning hello");
	formats(&(struct trc_record){1, TRC_MMIO_WRITE, 3, {0x9050020, 0x1f, 4}, NULL, 0},
		"[    0.000000000001] mmio-write     addr=0x9050020 value=0x1f size=4");
	formats(&(struct trc_record){0, TRC_MMIO_READ, 3, {0x9050024, 1, 4}, "CR0ACK", 6},
		"[    0.000000000000] mmio-read      addr=0x9050024 value=0x1 size=4 reg=CR0ACK");
	formats(&(struct trc_record){0, TRC_DMA, 6, {8, TRC_NO_SSID, 0x1000, 64, 1, 1}, NULL, 0},
		"[    0.000000000000] dma            sid=0x8 ssid=none addr=0x1000 length=64 "
		"dir=write status=abort");
	formats(&(struct trc_record){0, TRC_SWITCH, 2, {1, 42}, "irq/7-smmu", 10},
		"[    0.000000000000] switch         cpu=1 pid=42 task=irq/7-smmu");
	formats(&(struct trc_record){0, TRC_CASE, 2, {3, 0}, "a case", 6},
		"[    0.000000000000] case           number=3 passed=no name=a case");
}
END_TEST

START_TEST(values_outside_an_enumeration)
{
	formats(&(struct trc_record){0, TRC_LOG, 1, {77}, "x", 1},
		"[    0.000000000000] log            level=77 x");
}
END_TEST

START_TEST(text_is_made_printable)
{
	formats(&(struct trc_record){0, TRC_FINDING, 0, {0}, "a\nb\0c\x1b", 6},
		"[    0.000000000000] finding        a\\x0ab\\x00c\\x1b");
	formats(&(struct trc_record){0, TRC_REPORT, 0, {0}, "fault\0\x01\xff", 8},
		"[    0.000000000000] report         fault 01ff");
}
END_TEST

/* Too few words for the SMMU's decoder: shown as they are. */
START_TEST(short_smmu_record)
{
	formats(&(struct trc_record){0, TRC_SMMU_CMD, 1, {0x1000}, NULL, 0},
		"[    0.000000000000] smmu-cmd       at=0x1000");
}
END_TEST

/* CMD_SYNC is 0x46, CMD_TLBI_NSNH_ALL 0x30 (IHI 0070, 4.7.3 and 4.4). */
START_TEST(smmu_records_are_decoded)
{
	struct trc_record record = {.kind = TRC_SMMU_CMD, .n_words = 3, .words = {0, 0x46, 0}};
	char line[512];

	trc_format(line, sizeof(line), &record);
	ck_assert_msg(strstr(line, "SYNC") != NULL, "%s", line);
	record.words[1] = 0x30;
	trc_format(line, sizeof(line), &record);
	ck_assert_msg(strstr(line, "TLBI_NSNH_ALL") != NULL, "%s", line);
}
END_TEST

START_TEST(short_buffer_is_terminated)
{
	struct trc_record record = {.kind = TRC_IRQ_LINE, .n_words = 1, .words = {5}};
	char whole[128], line[16];
	int n = trc_format(whole, sizeof(whole), &record);

	memset(line, 'x', sizeof(line));
	ck_assert_int_eq(trc_format(line, 10, &record), n);
	ck_assert_int_eq(strncmp(line, whole, 9), 0);
	ck_assert_int_eq(line[9], '\0');
	ck_assert_int_eq(line[10], 'x');
	ck_assert_int_eq(trc_format(NULL, 0, &record), n);
}
END_TEST

START_TEST(every_kind_has_a_name)
{
	for (int a = 1; a < TRC_KINDS; a++) {
		ck_assert_msg(trc_kind_name(a) != NULL, "kind %d", a);
		for (int b = 1; b < a; b++)
			ck_assert_str_ne(trc_kind_name(a), trc_kind_name(b));
	}
	ck_assert_ptr_null(trc_kind_name(0));
	ck_assert_ptr_null(trc_kind_name(TRC_KINDS));
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(words_by_name);
	SUITE_CASE(values_outside_an_enumeration);
	SUITE_CASE(text_is_made_printable);
	SUITE_CASE(short_smmu_record);
	SUITE_CASE(smmu_records_are_decoded);
	SUITE_CASE(short_buffer_is_terminated);
	SUITE_CASE(every_kind_has_a_name);
}
