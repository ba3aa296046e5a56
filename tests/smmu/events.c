/* SPDX-License-Identifier: MIT */
/*
 * Translation faults with their exact records, in one and two stages:
 * IHI 0070 3.12, 7.3.11 to 7.3.16, 7.3.22.
 */
#include "tests/smmu/tables.h"
#include "tests/suite.h"

static struct rig rig;
static struct tree s1, s2;
static uint64_t cd_pa;

/* dw1 of a record. */
#define PNU	 (1ull << 33)
#define IND	 (1ull << 34)
#define RNW	 (1ull << 35)
#define S2	 (1ull << 39)
#define CLASS_CD 0ull
#define CLASS_TT (1ull << 40)
#define CLASS_IN (2ull << 40)
#define TTRNW	 (1ull << 44)

enum { F_WALK_EABT = 0x0b, F_TRANSLATION = 0x10, F_ADDR_SIZE, F_ACCESS, F_PERMISSION };

/* What stage 1 maps to in the nested stream: IPA_DATA is the rig's memory at DATA. */
enum { DATA = RIG_ALLOC + 0xf00000 };
#define IPA_DATA (DATA + NESTED_BIAS)

static void one_stage(void)
{
	rig_boot(&rig, NULL);
	cd_pa = stream_s1(&rig, &s1);
	tree_map(&s1, 0x1000, 3, DATA, S1_RW);
}

static void nested(void)
{
	rig_boot(&rig, NULL);
	cd_pa = stream_nested(&rig, &s1, &s2);
	tree_map(&s1, 0x1000, 3, IPA_DATA, S1_RW);
	ck_assert_uint_eq(rig_translate(&rig, 3, 0x1238, true).pa, DATA + 0x238);
}

static void aborted(uint32_t sid, uint64_t addr, bool write)
{
	ck_assert_int_eq(rig_translate(&rig, sid, addr, write).status, SMMU_ABORT);
}

START_TEST(stage1_translation)
{
	struct smmu_txn txn = {.sid = 1, .addr = 0x5678, .privileged = true, .instruction = true};
	struct smmu_result r;

	one_stage();
	smmu_translate(rig.smmu, &txn, &r);
	ck_assert_int_eq(r.status, SMMU_ABORT);
	ck_assert_uint_eq(r.event, F_TRANSLATION);
	ck_event(&rig, F_TRANSLATION | 1ull << 32, PNU | IND | RNW | CLASS_IN, 0x5678, 0);
	txn.write = true; /* a write is never an instruction */
	smmu_translate(rig.smmu, &txn, &r);
	ck_event(&rig, F_TRANSLATION | 1ull << 32, PNU | CLASS_IN, 0x5678, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(stage1_translation_at_each_level)
{
	one_stage();
	for (int level = 3; level >= 0; level--) {
		rig_put64(&rig, tree_slot(&s1, 0x1000, level), 0);
		aborted(1, 0x1000, false);
		ck_event(&rig, F_TRANSLATION | 1ull << 32, RNW | CLASS_IN, 0x1000, 0);
	}
	rig_close(&rig);
}
END_TEST

START_TEST(stage1_address_size)
{
	uint64_t cd[8];

	one_stage();
	cd_make(cd, &s1, NULL);
	cd[0] = (cd[0] & ~(7ull << 32)) | 1ull << 32; /* IPS 36 bits */
	rig_put(&rig, cd_pa, cd, 8);
	tree_map(&s1, 0x2000, 3, 1ull << 36, S1_RW);
	aborted(1, 0x2000, true);
	ck_event(&rig, F_ADDR_SIZE | 1ull << 32, CLASS_IN, 0x2000, 0);
	/* a table as well */
	rig_put64(&rig, tree_slot(&s1, 0x2000, 1), 1ull << 36 | 3);
	aborted(1, 0x2000, true);
	ck_event(&rig, F_ADDR_SIZE | 1ull << 32, CLASS_IN, 0x2000, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(stage1_access_flag)
{
	uint64_t cd[8];

	one_stage();
	tree_map(&s1, 0x2000, 3, DATA, S1_RW & ~S1_AF);
	aborted(1, 0x2000, false);
	ck_event(&rig, F_ACCESS | 1ull << 32, RNW | CLASS_IN, 0x2000, 0);
	/* F_ACCESS comes before F_PERMISSION, F_ADDR_SIZE before both. */
	tree_map(&s1, 0x2000, 3, DATA, S1_RO);
	aborted(1, 0x2000, true);
	ck_event(&rig, F_ACCESS | 1ull << 32, CLASS_IN, 0x2000, 0);
	cd_make(cd, &s1, NULL);
	cd[0] |= 1ull << 35; /* AFFD */
	rig_put(&rig, cd_pa, cd, 8);
	aborted(1, 0x2000, true);
	ck_event(&rig, F_PERMISSION | 1ull << 32, CLASS_IN, 0x2000, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(stage1_walk_abort)
{
	uint64_t slot;

	one_stage();
	for (int level = 0; level <= 3; level++) {
		slot = tree_slot(&s1, 0x1000, level);
		rig.abort_first = slot;
		rig.abort_last = slot + 7;
		aborted(1, 0x1000, true);
		ck_event(&rig, F_WALK_EABT | 1ull << 32, CLASS_TT, 0x1000, slot);
	}
	rig_close(&rig);
}
END_TEST

START_TEST(substream_in_the_record)
{
	uint64_t ste[8], table, cd[8];

	one_stage();
	table = rig_alloc(&rig, 128);
	cd_make(cd, &s1, NULL);
	rig_put(&rig, table + 64, cd, 8);
	ste_s1(ste, table, 1);
	rig_ste(&rig, 1, ste);
	rig_translate_ssid(&rig, 1, 1, 0x5000);
	ck_event(&rig, F_TRANSLATION | 1 << 11 | 1 << 12 | 1ull << 32, RNW | CLASS_IN, 0x5000, 0);
	rig_close(&rig);
}
END_TEST

/* CD.A and CD.R (5.4). */
START_TEST(how_stage1_terminates)
{
	uint64_t cd[8];

	one_stage();
	cd_make(cd, &s1, NULL);
	cd[0] &= ~(3ull << 45); /* A=0 R=0: RAZ/WI, silent */
	rig_put(&rig, cd_pa, cd, 8);
	ck_assert_int_eq(rig_translate(&rig, 1, 0x5000, false).status, SMMU_RAZ_WI);
	ck_no_event(&rig);
	cd[0] |= 1ull << 46; /* A=1 */
	rig_put(&rig, cd_pa, cd, 8);
	aborted(1, 0x5000, false);
	ck_no_event(&rig);
	/* R does not silence an abort of the walk. */
	rig.abort_first = tree_slot(&s1, 0x1000, 3);
	rig.abort_last = rig.abort_first + 7;
	aborted(1, 0x1000, false);
	ck_event(&rig, F_WALK_EABT | 1ull << 32, RNW | CLASS_TT, 0x1000, rig.abort_first);
	rig_close(&rig);
}
END_TEST

START_TEST(how_stage2_terminates)
{
	uint64_t ste[8];

	nested();
	ste_nested(ste, cd_pa + NESTED_BIAS, 0, &s2, 5);
	ste[2] &= ~(1ull << 58); /* S2R=0 */
	rig_ste(&rig, 3, ste);
	rig_put64(&rig, tree_slot(&s2, IPA_DATA, 3), 0);
	aborted(3, 0x1000, false);
	ck_no_event(&rig);
	/* a stage 1 fault is CD.R's affair */
	aborted(3, 0x5000, false);
	ck_event(&rig, F_TRANSLATION | 3ull << 32, RNW | CLASS_IN, 0x5000, 0);
	rig_close(&rig);
}
END_TEST

/* Every fault of stage 2 at one IPA, seen through `addr` with this class. */
static void stage2_faults(uint64_t ipa, uint64_t class, uint64_t addr, uint64_t fetch_dw1)
{
	uint64_t slot = tree_slot(&s2, ipa, 3), good = rig_get64(&rig, slot),
		 page = ipa & ~0xfffull;
	uint64_t dw1 = RNW | S2 | class;

	rig_put64(&rig, slot, 0);
	aborted(3, addr, false);
	ck_event(&rig, F_TRANSLATION | 3ull << 32, dw1, addr, page);
	rig_put64(&rig, slot, good & ~S1_AF);
	aborted(3, addr, false);
	ck_event(&rig, F_ACCESS | 3ull << 32, dw1, addr, page);
	rig_put64(&rig, slot, good & ~S2_R);
	aborted(3, addr, false);
	ck_event(&rig, F_PERMISSION | 3ull << 32, dw1 | fetch_dw1, addr, page);
	rig_put64(&rig, slot, good);
	rig.abort_first = slot;
	rig.abort_last = slot + 7;
	aborted(3, addr, false);
	ck_event(&rig, F_WALK_EABT | 3ull << 32, dw1, addr, slot);
	rig.abort_first = ~0ull;
	ck_assert_int_eq(rig_translate(&rig, 3, addr, false).status, SMMU_OK);
}

START_TEST(stage2_faults_on_the_cd)
{
	nested();
	stage2_faults(cd_pa + NESTED_BIAS, CLASS_CD, 0x1234, TTRNW);
	rig_close(&rig);
}
END_TEST

START_TEST(stage2_faults_on_a_table)
{
	nested();
	for (int level = 0; level <= 3; level++)
		stage2_faults(tree_slot(&s1, 0x1000, level) + NESTED_BIAS, CLASS_TT, 0x1234, TTRNW);
	rig_close(&rig);
}
END_TEST

START_TEST(stage2_faults_on_the_input)
{
	nested();
	stage2_faults(IPA_DATA, CLASS_IN, 0x1234, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(stage2_address_size)
{
	uint64_t ste[8];

	nested();
	ste_nested(ste, cd_pa + NESTED_BIAS, 0, &s2, 1); /* S2PS 36 bits */
	rig_ste(&rig, 3, ste);
	tree_map(&s2, IPA_DATA, 3, 1ull << 36, S2_RW);
	aborted(3, 0x1abc, true);
	ck_event(&rig, F_ADDR_SIZE | 3ull << 32, S2 | CLASS_IN, 0x1abc, IPA_DATA);
	rig_close(&rig);
}
END_TEST

/* 7.3.22: at one descriptor stage 2 is first, then the fetch, then the descriptor. */
START_TEST(order_of_faults_when_nested)
{
	uint64_t s1_slot, s2_slot, good;

	nested();
	s1_slot = tree_slot(&s1, 0x1000, 3);
	s2_slot = tree_slot(&s2, s1_slot + NESTED_BIAS, 3);
	good = rig_get64(&rig, s2_slot);
	rig_put64(&rig, s1_slot, 0); /* stage 1 F_TRANSLATION waits below */
	rig_put64(&rig, s2_slot, 0);
	rig.abort_first = s1_slot;
	rig.abort_last = s1_slot + 7;
	aborted(3, 0x1000, false);
	ck_event(&rig, F_TRANSLATION | 3ull << 32, RNW | S2 | CLASS_TT, 0x1000,
		 (s1_slot + NESTED_BIAS) & ~0xfffull);
	rig_put64(&rig, s2_slot, good);
	aborted(3, 0x1000, false);
	ck_event(&rig, F_WALK_EABT | 3ull << 32, RNW | CLASS_TT, 0x1000, s1_slot);
	rig.abort_first = ~0ull;
	aborted(3, 0x1000, false);
	ck_event(&rig, F_TRANSLATION | 3ull << 32, RNW | CLASS_IN, 0x1000, 0);
	rig_close(&rig);
}
END_TEST

/* Stage 1's permission fault hides what stage 2 would say of the output. */
START_TEST(stage1_leaf_before_stage2_of_the_output)
{
	nested();
	tree_map(&s1, 0x1000, 3, IPA_DATA, S1_RW | S1_RO);
	rig_put64(&rig, tree_slot(&s2, IPA_DATA, 3), 0);
	aborted(3, 0x1000, true);
	ck_event(&rig, F_PERMISSION | 3ull << 32, CLASS_IN, 0x1000, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(cd_fetch_abort_names_the_physical_address)
{
	nested();
	rig.abort_first = cd_pa;
	rig.abort_last = cd_pa + 63;
	aborted(3, 0x1000, false);
	ck_event(&rig, 0x09 | 3ull << 32, 0, 0, cd_pa);
	rig_close(&rig);
}
END_TEST

START_TEST(tables_in_device_memory)
{
	uint64_t ste[8], slot;

	nested();
	ste_nested(ste, cd_pa + NESTED_BIAS, 0, &s2, 5);
	ste[2] |= 1ull << 54; /* S2PTW */
	rig_ste(&rig, 3, ste);
	ck_assert_int_eq(rig_translate(&rig, 3, 0x1000, false).status, SMMU_OK);
	slot = tree_slot(&s2, cd_pa + NESTED_BIAS, 3);
	rig_put64(&rig, slot, rig_get64(&rig, slot) & ~S2_WB); /* Device-nGnRnE */
	aborted(3, 0x1000, false);
	ck_event(&rig, F_PERMISSION | 3ull << 32, RNW | S2 | CLASS_CD | TTRNW, 0x1000,
		 cd_pa + NESTED_BIAS);
	ste[2] &= ~(1ull << 54);
	rig_ste(&rig, 3, ste);
	ck_assert_int_eq(rig_translate(&rig, 3, 0x1000, false).status, SMMU_OK);
	rig_close(&rig);
}
END_TEST

START_TEST(stage1_bypassed_in_front_of_stage2)
{
	uint64_t ste[8];

	nested();
	ste_nested(ste, cd_pa + NESTED_BIAS, 1, &s2, 5);
	ste[1] |= 1; /* S1DSS=01 */
	rig_ste(&rig, 3, ste);
	ck_assert_uint_eq(rig_translate(&rig, 3, IPA_DATA + 5, false).pa, DATA + 5);
	aborted(3, 0x1000, false);
	ck_event(&rig, F_TRANSLATION | 3ull << 32, RNW | S2 | CLASS_IN, 0x1000, 0x1000);
	aborted(3, 1ull << 48, false);
	ck_event(&rig, F_ADDR_SIZE | 3ull << 32, RNW | CLASS_IN, 1ull << 48, 0);
	rig_close(&rig);
}
END_TEST

/* The level a driver meets when a guest's stage 1 output is beyond stage 2's input. */
START_TEST(output_of_stage1_beyond_stage2)
{
	uint64_t ste[8];
	struct tree small;

	rig_boot(&rig, NULL);
	cd_pa = stream_nested(&rig, &s1, &s2);
	tree_init(&small, &rig, 12, 40, 1, 0);
	for (uint64_t pa = RIG_ALLOC; pa < RIG_ALLOC + (16 << 20); pa += 1 << 21)
		tree_map(&small, pa + NESTED_BIAS, 2, pa, S2_RW);
	tree_map(&s1, 0x1000, 3, 1ull << 40, S1_RW);
	ste_nested(ste, cd_pa + NESTED_BIAS, 0, &small, 5);
	rig_ste(&rig, 3, ste);
	aborted(3, 0x1234, true);
	ck_event(&rig, F_TRANSLATION | 3ull << 32, S2 | CLASS_IN, 0x1234, 1ull << 40);
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(stage1_translation);
	SUITE_CASE(stage1_translation_at_each_level);
	SUITE_CASE(stage1_address_size);
	SUITE_CASE(stage1_access_flag);
	SUITE_CASE(stage1_walk_abort);
	SUITE_CASE(substream_in_the_record);
	SUITE_CASE(how_stage1_terminates);
	SUITE_CASE(how_stage2_terminates);
	SUITE_CASE(stage2_faults_on_the_cd);
	SUITE_CASE(stage2_faults_on_a_table);
	SUITE_CASE(stage2_faults_on_the_input);
	SUITE_CASE(stage2_address_size);
	SUITE_CASE(order_of_faults_when_nested);
	SUITE_CASE(stage1_leaf_before_stage2_of_the_output);
	SUITE_CASE(cd_fetch_abort_names_the_physical_address);
	SUITE_CASE(tables_in_device_memory);
	SUITE_CASE(stage1_bypassed_in_front_of_stage2);
	SUITE_CASE(output_of_stage1_beyond_stage2);
}
