/* SPDX-License-Identifier: MIT */
/* Every named fault point does what its name says, through the architecture's own error. */
#include <string.h>

#include "tests/smmu/tables.h"
#include "tests/suite.h"

static struct rig rig;
static struct tree s1, s2;

static void boot(const char *name)
{
	bool known = false;

	for (unsigned int i = 0; smmu_fault_names[i]; i++)
		known |= strcmp(smmu_fault_names[i], name) == 0;
	ck_assert_msg(known, "%s is not listed", name);
	rig_boot(&rig, NULL);
	stream_s1(&rig, &s1);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW);
	rig.fault = name;
}

static void event_is(unsigned int number)
{
	uint64_t r[4];

	ck_assert_int_eq(rig_translate(&rig, 1, 0x1000, false).status, SMMU_ABORT);
	ck_assert(rig_event(&rig, r));
	ck_assert_uint_eq(r[0], number | 1ull << 32);
	rig.fault = NULL;
	ck_assert_int_eq(rig_translate(&rig, 1, 0x1000, false).status, SMMU_OK);
	rig_close(&rig);
}

START_TEST(fetches)
{
	boot("smmu.ste-fetch-abort");
	event_is(0x03);
	boot("smmu.cd-fetch-abort");
	event_is(0x09);
	boot("smmu.walk-abort");
	event_is(0x0b);
}
END_TEST

START_TEST(stage2_walk)
{
	uint64_t r[4];

	boot("smmu.walk-abort");
	stream_s2(&rig, &s2);
	rig_translate(&rig, 2, 0x1000, false);
	ck_assert(rig_event(&rig, r));
	ck_assert_uint_eq(r[0], 0x0b | 2ull << 32);
	ck_assert_uint_eq(r[1] >> 39 & 1, 1);
	rig_close(&rig);
}
END_TEST

static void gerror_is(uint64_t bit)
{
	ck_assert_uint_eq(rig_read(&rig, REG_GERROR), bit);
	rig_close(&rig);
}

START_TEST(queue_and_message_writes)
{
	struct smmu_page_request request = {.sid = 1, .last = true};
	struct smmu_prg_response answer;

	boot("smmu.event-write-abort");
	rig_translate(&rig, 100, 0, false);
	gerror_is(1 << 2);
	boot("smmu.pri-write-abort");
	ck_assert(smmu_page_request(rig.smmu, &request, &answer));
	gerror_is(1 << 3);
	boot("smmu.msi-abort");
	rig_cmd(&rig, 0x46 | 1 << 12, 0x5000);
	gerror_is(1 << 4);
	boot("smmu.cmd-fetch-abort");
	rig_cmd(&rig, 0x46, 0);
	gerror_is(1 << 0);
}
END_TEST

START_TEST(atc_timeout)
{
	boot("smmu.atc-timeout");
	rig_cmd(&rig, 0x40, 0);
	rig_cmd(&rig, 0x46, 0);
	ck_assert_uint_eq(rig_cmd_error(&rig), 3);
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(fetches);
	SUITE_CASE(stage2_walk);
	SUITE_CASE(queue_and_message_writes);
	SUITE_CASE(atc_timeout);
}
