/* SPDX-License-Identifier: MIT */
/*
 * The configuration cache: it serves what it holds until a CFGI names it:
 * IHI 0070 3.21.3, 4.3.
 */
#include "tests/smmu/tables.h"
#include "tests/suite.h"

static struct rig rig;
static struct tree trees[2];
static uint64_t cds;

enum { SSIDS = 4 };

static void boot(void)
{
	struct smmu_config c = rig_config();

	c.cfg_entries = 64;
	rig_boot(&rig, &c);
}

/* Streams 8..15 bypass; all are used once, then their STEs are cleared. */
static void stale_stes(void)
{
	boot();
	for (uint32_t sid = 8; sid < 16; sid++) {
		rig_put64(&rig, RIG_STRTAB + sid * 64, 1 | 4 << 1);
		ck_assert_int_eq(rig_translate(&rig, sid, 0, false).status, SMMU_OK);
		rig_put64(&rig, RIG_STRTAB + sid * 64, 0);
		ck_assert_int_eq(rig_translate(&rig, sid, 0, false).status, SMMU_OK);
	}
}

static void reach_stes(uint64_t dw0, uint64_t dw1, uint32_t first, uint32_t last)
{
	stale_stes();
	rig_cmd(&rig, dw0, dw1);
	for (uint32_t sid = 8; sid < 16; sid++) {
		bool gone = sid >= first && sid <= last;
		uint64_t r[4];

		ck_assert_msg((rig_translate(&rig, sid, 0, false).status == SMMU_ABORT) == gone,
			      "command %#llx, stream %u", (unsigned long long)dw0, sid);
		if (gone) {
			ck_assert(rig_event(&rig, r));
			ck_assert_uint_eq(r[0], 4 | (uint64_t)sid << 32);
		}
	}
	rig_close(&rig);
}

#define SID(n) ((uint64_t)(n) << 32)

START_TEST(ste_invalidation)
{
	reach_stes(0x03 | SID(9), 0, 9, 9);
	reach_stes(0x03 | SID(9), 1, 9, 9); /* Leaf */
	reach_stes(0x03 | SID(20), 0, 1, 0);
	reach_stes(0x04 | SID(10), 0, 10, 11); /* 2 entries */
	reach_stes(0x04 | SID(11), 1, 8, 11);  /* 4, aligned down */
	reach_stes(0x04 | SID(15), 2, 8, 15);  /* 8 */
	reach_stes(0x04, 31, 8, 15);	       /* CFGI_ALL */
	reach_stes(0x05 | SID(9), 0, 1, 0);    /* CFGI_CD leaves STEs */
	reach_stes(0x06 | SID(9), 0, 1, 0);
	reach_stes(0x30, 0, 1, 0); /* TLBI as well */
}
END_TEST

/* Stream 1 has CDs 0..3 that map 0x1000 to 0x10_000; then all point elsewhere. */
static void stale_cds(void)
{
	uint64_t ste[8], cd[8];

	boot();
	for (unsigned int i = 0; i < 2; i++) {
		tree_init(&trees[i], &rig, 12, 39, 1, 0);
		tree_map(&trees[i], 0x1000, 3, 0x10000ull << i, S1_RW);
	}
	cds = rig_alloc(&rig, 64 * SSIDS);
	ste_s1(ste, cds, 2);
	rig_ste(&rig, 1, ste);
	rig_ste(&rig, 2, ste);
	for (unsigned int i = 0; i < SSIDS; i++) {
		cd_make(cd, &trees[0], NULL);
		rig_put(&rig, cds + i * 64, cd, 8);
		ck_assert_uint_eq(rig_translate_ssid(&rig, 1, i, 0x1000).pa, 0x10000);
		ck_assert_uint_eq(rig_translate_ssid(&rig, 2, i, 0x1000).pa, 0x10000);
		cd_make(cd, &trees[1], NULL);
		rig_put(&rig, cds + i * 64, cd, 8);
	}
}

/* Bit n of `gone`: CD n of stream 1; bit n + 4: of stream 2. */
static void reach_cds(uint64_t dw0, uint64_t dw1, unsigned int gone)
{
	stale_cds();
	rig_cmd(&rig, dw0, dw1);
	for (unsigned int i = 0; i < 2 * SSIDS; i++) {
		uint64_t pa = rig_translate_ssid(&rig, 1 + i / SSIDS, i % SSIDS, 0x1000).pa;

		ck_assert_msg(pa == (gone >> i & 1 ? 0x20000 : 0x10000),
			      "command %#llx, CD %u: %#llx", (unsigned long long)dw0, i,
			      (unsigned long long)pa);
	}
	rig_close(&rig);
}

START_TEST(cd_invalidation)
{
	reach_cds(0x05 | 1 << 11 | 2 << 12 | SID(1), 0, 1 << 2);
	reach_cds(0x05 | 1 << 11 | 2 << 12 | SID(1), 1, 1 << 2);
	reach_cds(0x05 | SID(1), 0, 1 << 0);
	reach_cds(0x06 | SID(1), 0, 0x0f);
	reach_cds(0x06 | SID(2), 0, 0xf0);
	reach_cds(0x03 | SID(1), 0, 0x0f); /* an STE takes its CDs along */
	reach_cds(0x04 | SID(2), 0, 0xf0);
	reach_cds(0x04, 31, 0xff);
	reach_cds(0x11 | 5ull << 48, 0, 0);
	reach_cds(0x10, 0, 0);
}
END_TEST

START_TEST(illegal_entries_are_cached)
{
	boot();
	rig_translate(&rig, 8, 0, false);
	ck_event(&rig, 4 | SID(8), 0, 0, 0);
	rig_put64(&rig, RIG_STRTAB + 8 * 64, 1 | 4 << 1);
	rig_translate(&rig, 8, 0, false);
	ck_event(&rig, 4 | SID(8), 0, 0, 0);
	rig_cmd(&rig, 0x03 | SID(8), 1);
	ck_assert_int_eq(rig_translate(&rig, 8, 0, false).status, SMMU_OK);
	rig_close(&rig);
}
END_TEST

START_TEST(failed_fetches_are_not_cached)
{
	uint64_t r[4];

	boot();
	rig_put64(&rig, RIG_STRTAB + 8 * 64, 1 | 4 << 1);
	rig.abort_first = RIG_STRTAB;
	rig.abort_last = RIG_STRTAB + 4095;
	ck_assert_int_eq(rig_translate(&rig, 8, 0, false).status, SMMU_ABORT);
	ck_assert(rig_event(&rig, r));
	rig.abort_first = ~0ull;
	ck_assert_int_eq(rig_translate(&rig, 8, 0, false).status, SMMU_OK);
	rig_close(&rig);
}
END_TEST

START_TEST(prefetch_fills_and_is_silent)
{
	boot();
	rig_put64(&rig, RIG_STRTAB + 8 * 64, 1 | 4 << 1);
	rig_cmd(&rig, 0x01 | SID(8), 0);
	rig_put64(&rig, RIG_STRTAB + 8 * 64, 0);
	ck_assert_int_eq(rig_translate(&rig, 8, 0, false).status, SMMU_OK);
	rig_cmd(&rig, 0x01 | SID(9), 0); /* C_BAD_STE is not reported */
	rig_cmd(&rig, 0x02 | SID(1000), 0x5000);
	ck_no_event(&rig);
	ck_assert_uint_eq(rig_cmd_error(&rig), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(many_streams_replace_each_other)
{
	struct smmu_config c = rig_config();

	c.cfg_entries = 8;
	rig_boot(&rig, &c);
	for (unsigned int round = 0; round < 3; round++) {
		for (uint32_t sid = 0; sid < 64; sid++) {
			rig_put64(&rig, RIG_STRTAB + sid * 64, 1 | 4 << 1);
			ck_assert_int_eq(rig_translate(&rig, sid, sid, false).status, SMMU_OK);
		}
	}
	rig_close(&rig);
}
END_TEST

START_TEST(many_contexts_replace_each_other)
{
	struct smmu_config c = rig_config();
	uint64_t ste[8], cd[8], table;

	c.cfg_entries = 4;
	rig_boot(&rig, &c);
	table = rig_alloc(&rig, 64 * 16);
	ste_s1(ste, table, 4);
	rig_ste(&rig, 1, ste);
	tree_init(&trees[0], &rig, 12, 39, 1, 0);
	tree_map(&trees[0], 0x1000, 3, 0x10000, S1_RW);
	cd_make(cd, &trees[0], NULL);
	for (unsigned int i = 0; i < 16; i++)
		rig_put(&rig, table + i * 64, cd, 8);
	for (unsigned int i = 0; i < 48; i++)
		ck_assert_uint_eq(rig_translate_ssid(&rig, 1, i % 16, 0x1000).pa, 0x10000);
	rig_close(&rig);
}
END_TEST

START_TEST(a_lost_invalidation)
{
	stale_stes();
	rig.fault = "smmu.cfgi-lost";
	rig_cmd(&rig, 0x04, 31);
	ck_assert_int_eq(rig_translate(&rig, 9, 0, false).status, SMMU_OK);
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(ste_invalidation);
	SUITE_CASE(cd_invalidation);
	SUITE_CASE(illegal_entries_are_cached);
	SUITE_CASE(failed_fetches_are_not_cached);
	SUITE_CASE(prefetch_fills_and_is_silent);
	SUITE_CASE(many_streams_replace_each_other);
	SUITE_CASE(many_contexts_replace_each_other);
	SUITE_CASE(a_lost_invalidation);
}
