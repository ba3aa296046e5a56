/* SPDX-License-Identifier: MIT */
/* CD tables, CDs and SubstreamIDs: IHI 0070 3.3.3, 5.3, 5.4, 7.3.7 to 7.3.10. */
#include "tests/smmu/tables.h"
#include "tests/suite.h"

enum { F_STREAM_DISABLED = 6, C_BAD_SUBSTREAMID = 8, F_CD_FETCH = 9, C_BAD_CD = 0xa };

static struct rig rig;
static struct tree trees[4];

/* A CD whose TTB0 tree maps VA 0x1000 to 0x9000_0000 + n * 0x1000. */
static void context(uint64_t pa, unsigned int n)
{
	uint64_t cd[8];

	tree_init(&trees[n], &rig, 12, 39, 1, 0);
	tree_map(&trees[n], 0x1000, 3, 0x90000000 + n * 0x1000, S1_RW);
	cd_make(cd, &trees[n], NULL);
	rig_put(&rig, pa, cd, 8);
}

static void stream(uint64_t s1ctxptr, unsigned int s1cdmax, unsigned int fmt, unsigned int s1dss)
{
	uint64_t ste[8];

	ste_s1(ste, s1ctxptr, s1cdmax);
	ste[0] |= (uint64_t)fmt << 4;
	ste[1] |= s1dss;
	rig_ste(&rig, 1, ste);
}

static void reaches(struct smmu_result r, unsigned int n)
{
	ck_assert_int_eq(r.status, SMMU_OK);
	ck_assert_uint_eq(r.pa, 0x90000000 + n * 0x1000);
}

START_TEST(linear_table)
{
	uint64_t table;

	rig_boot(&rig, NULL);
	table = rig_alloc(&rig, 64 * 8);
	stream(table, 3, 0, 2);
	context(table, 0);
	context(table + 64, 1);
	context(table + 7 * 64, 2);
	reaches(rig_translate(&rig, 1, 0x1000, false), 0); /* S1DSS=10: CD 0 */
	reaches(rig_translate_ssid(&rig, 1, 1, 0x1000), 1);
	reaches(rig_translate_ssid(&rig, 1, 7, 0x1000), 2);
	ck_no_event(&rig);
	rig_translate_ssid(&rig, 1, 8, 0x1000);
	ck_event(&rig, C_BAD_SUBSTREAMID | 8 << 12 | 1ull << 32, 0, 0, 0);
	rig_close(&rig);
}
END_TEST

/* L1 entry [1] leads to a table of 2^split CDs; entry [2] is invalid. */
static void two_levels(unsigned int fmt, unsigned int split)
{
	uint64_t l1, l2;

	rig_boot(&rig, NULL);
	l1 = rig_alloc(&rig, 4096);
	l2 = rig_alloc(&rig, 64ull << split);
	rig_put64(&rig, l1 + 8, l2 | 1);
	rig_put64(&rig, l1 + 16, l2);
	stream(l1, 10, fmt, 0);
	if (split == 10)
		rig_put64(&rig, l1, l2 | 1);
	context(l2 + 5 * 64, 1);
	if (split == 6) {
		reaches(rig_translate_ssid(&rig, 1, 64 + 5, 0x1000), 1);
		rig_translate_ssid(&rig, 1, 128, 0x1000);
		ck_event(&rig, C_BAD_SUBSTREAMID | 128 << 12 | 1ull << 32, 0, 0, 0);
	} else {
		reaches(rig_translate_ssid(&rig, 1, 5, 0x1000), 1);
	}
	rig_close(&rig);
}

START_TEST(two_levels_4k)
{
	two_levels(1, 6);
}
END_TEST

START_TEST(two_levels_64k)
{
	two_levels(2, 10);
}
END_TEST

START_TEST(second_level_out_of_range)
{
	uint64_t l1;

	rig_boot(&rig, NULL);
	l1 = rig_alloc(&rig, 4096);
	rig_put64(&rig, l1, 1ull << 48 | 1);
	stream(l1, 10, 1, 0);
	rig_translate_ssid(&rig, 1, 3, 0x1000);
	ck_event(&rig, C_BAD_SUBSTREAMID | 3 << 12 | 1ull << 32, 0, 0, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(one_cd_ignores_the_format)
{
	uint64_t cd;

	rig_boot(&rig, NULL);
	cd = rig_alloc(&rig, 64);
	stream(cd, 0, 1, 0); /* S1CDMax=0: neither S1Fmt nor S1DSS count */
	context(cd, 1);
	reaches(rig_translate(&rig, 1, 0x1000, false), 1);
	rig_translate_ssid(&rig, 1, 0, 0x1000);
	ck_event(&rig, C_BAD_SUBSTREAMID | 1ull << 32, 0, 0, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(default_substream)
{
	uint64_t table;

	for (unsigned int s1dss = 0; s1dss < 4; s1dss++) {
		rig_boot(&rig, NULL);
		table = rig_alloc(&rig, 64 * 2);
		stream(table, 1, 0, s1dss);
		context(table, 0);
		context(table + 64, 1);
		reaches(rig_translate_ssid(&rig, 1, 1, 0x1000), 1);
		if (s1dss == 2) {
			reaches(rig_translate(&rig, 1, 0x1000, false), 0);
			ck_no_event(&rig);
			rig_translate_ssid(&rig, 1, 0, 0x1000);
			ck_event(&rig, F_STREAM_DISABLED | 1ull << 32, 0, 0, 0);
		} else if (s1dss == 1) {
			struct smmu_result r = rig_translate(&rig, 1, 0x1000, false);

			ck_assert_uint_eq(r.pa, 0x1000); /* around stage 1 */
			reaches(rig_translate_ssid(&rig, 1, 0, 0x1000), 0);
		} else {
			reaches(rig_translate_ssid(&rig, 1, 0, 0x1000), 0);
			ck_assert_int_eq(rig_translate(&rig, 1, 0x1000, false).status, SMMU_ABORT);
			ck_event(&rig, F_STREAM_DISABLED | 1ull << 32, 0, 0, 0);
		}
		rig_close(&rig);
	}
}
END_TEST

START_TEST(substreams_need_stage_1)
{
	rig_boot(&rig, NULL);
	rig_put64(&rig, RIG_STRTAB + 64, 1 | 4 << 1);
	ck_assert_int_eq(rig_translate_ssid(&rig, 1, 0x12345, 0).status, SMMU_ABORT);
	/* The SubstreamID is always valid here: there is no SSV bit. */
	ck_event(&rig, C_BAD_SUBSTREAMID | 0x12345 << 12 | 1ull << 32, 0, 0, 0);
	stream_s2(&rig, &trees[0]);
	rig_translate_ssid(&rig, 2, 1, 0);
	ck_event(&rig, C_BAD_SUBSTREAMID | 1 << 12 | 2ull << 32, 0, 0, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(fetch_aborts)
{
	uint64_t table, l1;

	rig_boot(&rig, NULL);
	table = rig_alloc(&rig, 128);
	l1 = rig_alloc(&rig, 64);
	stream(table, 1, 0, 2);
	rig.abort_first = table;
	rig.abort_last = table + 127;
	rig_translate(&rig, 1, 0x1000, true);
	ck_event(&rig, F_CD_FETCH | 1ull << 32, 0, 0, table);
	rig_translate_ssid(&rig, 1, 1, 0x1000);
	ck_event(&rig, F_CD_FETCH | 1 << 11 | 1 << 12 | 1ull << 32, 0, 0, table + 64);
	stream(l1, 10, 2, 2);
	rig.abort_first = l1;
	rig.abort_last = l1 + 7;
	rig_translate(&rig, 1, 0x1000, true);
	ck_event(&rig, F_CD_FETCH | 1ull << 32, 0, 0, l1);
	rig_close(&rig);
}
END_TEST

/* ---- C_BAD_CD: a good CD with one field changed ---- */

enum world { EL1, EL2 };

static bool bad(const struct smmu_config *c, enum world world, unsigned int dw, unsigned int hi,
		unsigned int lo, uint64_t value)
{
	uint64_t mask = (~0ull >> (63 - hi + lo)) << lo;
	struct smmu_config plain = rig_config();
	uint64_t ste[8], cd[8], r[4] = {0}, pa;

	rig_boot(&rig, c ? c : &plain);
	pa = rig_alloc(&rig, 64);
	tree_init(&trees[0], &rig, 12, 39, 1, 0);
	tree_init(&trees[1], &rig, 12, 39, 1, 0);
	cd_make(cd, &trees[0], &trees[1]);
	cd[dw] = (cd[dw] & ~mask) | value << lo;
	rig_put(&rig, pa, cd, 8);
	ste_s1(ste, pa, 0);
	if (world == EL2)
		ste[1] |= 2ull << 30;
	rig_ste(&rig, 1, ste);
	rig_translate(&rig, 1, 0x1000, false);
	rig_event(&rig, r);
	if ((r[0] & 0xff) == C_BAD_CD) {
		ck_assert_uint_eq(r[0], C_BAD_CD | 1ull << 32);
		ck_assert_uint_eq(r[1] | r[2] | r[3], 0);
	}
	rig_close(&rig);
	return (r[0] & 0xff) == C_BAD_CD;
}

START_TEST(good_and_invalid)
{
	ck_assert(!bad(NULL, EL1, 0, 31, 31, 1));
	ck_assert(!bad(NULL, EL2, 0, 31, 31, 1));
	ck_assert(bad(NULL, EL1, 0, 31, 31, 0)); /* V=0 */
	ck_assert(bad(NULL, EL1, 0, 41, 41, 0)); /* AA64=0 */
}
END_TEST

START_TEST(endianness)
{
	ck_assert(bad(NULL, EL1, 0, 15, 15, 1));
	/* EPD0 and EPD1 set: no table is ever read */
	ck_assert(!bad(NULL, EL1, 0, 30, 14, 1ull << 16 | 3));
	ck_assert(bad(NULL, EL1, 0, 15, 14, 3));
}
END_TEST

START_TEST(input_sizes)
{
	struct smmu_config c = rig_config();

	for (unsigned int tsz = 0; tsz < 64; tsz++) {
		ck_assert_uint_eq(bad(NULL, EL1, 0, 5, 0, tsz), tsz < 16 || tsz > 48);
		ck_assert_uint_eq(bad(NULL, EL1, 0, 21, 16, tsz), tsz < 16 || tsz > 48);
		/* 64K: one less */
		ck_assert_uint_eq(bad(NULL, EL1, 0, 7, 0, 1 << 6 | tsz), tsz < 16 || tsz > 47);
	}
	c.stt = false;
	ck_assert(!bad(&c, EL1, 0, 5, 0, 39));
	ck_assert(bad(&c, EL1, 0, 5, 0, 40));
	ck_assert(!bad(NULL, EL2, 0, 21, 16, 0)); /* EL2 has no TTB1 */
}
END_TEST

START_TEST(granules)
{
	struct smmu_config c = rig_config();

	ck_assert(bad(NULL, EL1, 0, 7, 6, 3));
	ck_assert(bad(NULL, EL1, 0, 23, 22, 0));
	c.gran = 1;
	ck_assert(bad(&c, EL1, 0, 7, 6, 1));
	ck_assert(bad(&c, EL1, 0, 7, 6, 2));
	ck_assert(bad(&c, EL1, 0, 23, 22, 1));
	ck_assert(bad(&c, EL1, 0, 23, 22, 3));
	ck_assert(!bad(&c, EL1, 0, 23, 22, 2));
	ck_assert(!bad(&c, EL1, 0, 30, 22, 1 << 8)); /* EPD1: not looked at */
}
END_TEST

START_TEST(table_bases)
{
	ck_assert(bad(NULL, EL1, 1, 51, 4, 1ull << 44)); /* bit 48 */
	ck_assert(bad(NULL, EL1, 2, 51, 4, 1ull << 44));
	ck_assert(!bad(NULL, EL1, 1, 51, 4, 0x4000000));
}
END_TEST

START_TEST(table_base_within_ips)
{
	uint64_t cd[8], pa;

	rig_boot(&rig, NULL);
	pa = stream_s1(&rig, &trees[0]);
	cd_make(cd, &trees[0], NULL);
	cd[0] &= ~(7ull << 32); /* 32 bits */
	cd[1] = 1ull << 32;
	rig_put(&rig, pa, cd, 8);
	rig_translate(&rig, 1, 0, false);
	ck_event(&rig, C_BAD_CD | 1ull << 32, 0, 0, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(asids)
{
	struct smmu_config c = rig_config();

	ck_assert(!bad(NULL, EL1, 0, 63, 48, 0x100));
	c.asid16 = false;
	ck_assert(bad(&c, EL1, 0, 63, 48, 0x100));
	ck_assert(!bad(&c, EL1, 0, 63, 48, 0xff));
	ck_assert(!bad(&c, EL2, 0, 63, 48, 0x100)); /* EL2 has none */
}
END_TEST

START_TEST(fault_model)
{
	struct smmu_config c = rig_config();

	ck_assert(!bad(NULL, EL1, 0, 44, 44, 1));
	c.stall = false;
	ck_assert(bad(&c, EL1, 0, 44, 44, 1));
}
END_TEST

START_TEST(stalls_disabled_by_the_ste)
{
	uint64_t cd[8], ste[8], pa;

	rig_boot(&rig, NULL);
	pa = stream_s1(&rig, &trees[0]);
	cd_make(cd, &trees[0], NULL);
	cd[0] |= 1ull << 44;
	rig_put(&rig, pa, cd, 8);
	ste_s1(ste, pa, 0);
	ste[1] |= 1 << 27;
	rig_ste(&rig, 1, ste);
	rig_translate(&rig, 1, 0, false);
	ck_event(&rig, C_BAD_CD | 1ull << 32, 0, 0, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(hardware_update)
{
	struct smmu_config c = rig_config();

	ck_assert(!bad(NULL, EL1, 0, 43, 42, 3));
	ck_assert(!bad(NULL, EL1, 0, 43, 42, 1)); /* HD alone acts as off */
	c.httu = 1;
	ck_assert(!bad(&c, EL1, 0, 43, 42, 2));
	ck_assert(bad(&c, EL1, 0, 43, 42, 3));
	c.httu = 0;
	ck_assert(bad(&c, EL1, 0, 43, 42, 2));
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(linear_table);
	SUITE_CASE(two_levels_4k);
	SUITE_CASE(two_levels_64k);
	SUITE_CASE(second_level_out_of_range);
	SUITE_CASE(one_cd_ignores_the_format);
	SUITE_CASE(default_substream);
	SUITE_CASE(substreams_need_stage_1);
	SUITE_CASE(fetch_aborts);
	SUITE_CASE(good_and_invalid);
	SUITE_CASE(endianness);
	SUITE_CASE(input_sizes);
	SUITE_CASE(granules);
	SUITE_CASE(table_bases);
	SUITE_CASE(table_base_within_ips);
	SUITE_CASE(asids);
	SUITE_CASE(fault_model);
	SUITE_CASE(stalls_disabled_by_the_ste);
	SUITE_CASE(hardware_update);
}
