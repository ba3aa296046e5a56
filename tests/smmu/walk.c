/* SPDX-License-Identifier: MIT */
/* Walks: every granule, size, level and half: IHI 0070 3.4, DDI 0487 D8.2, D8.3. */
#include "tests/smmu/tables.h"
#include "tests/suite.h"

static struct rig rig;

static const unsigned int granules[] = {12, 14, 16};

/* Is a leaf possible at this level? (4K: 1G, 2M; 16K: 32M; 64K: 512M, and 4T with 52 bits) */
static bool leaf_level(unsigned int granule, int level, unsigned int oas)
{
	if (level == 3 || level == 2)
		return true;
	return level == 1 && (granule == 12 || (granule == 16 && oas == 52));
}

static void expect(struct smmu_result r, uint64_t pa, uint64_t span)
{
	ck_assert_int_eq(r.status, SMMU_OK);
	ck_assert_uint_eq(r.pa, pa);
	ck_assert_uint_eq(r.span, span);
}

static void stage1_case(unsigned int granule, unsigned int tsz, int level, bool upper)
{
	unsigned int ia = 64 - tsz;
	int start = tree_regular_start(granule, ia);
	uint64_t va = 0x5a5a5a5a5a5a5a5aull & ((1ull << ia) - 1), base = upper ? ~0ull << ia : 0;
	uint64_t cd[8], ste[8], cd_pa, size, oa;
	struct tree tree;

	if (level < start || !leaf_level(granule, level, 48))
		return;
	rig_boot(&rig, NULL);
	tree_init(&tree, &rig, granule, ia, start, 0);
	size = 1ull << tree_shift(&tree, level);
	oa = 0x723456789abcull & ~(size - 1);
	tree_map(&tree, va, level, oa, S1_RW);
	cd_make(cd, upper ? NULL : &tree, upper ? &tree : NULL);
	cd_pa = rig_alloc(&rig, 64);
	rig_put(&rig, cd_pa, cd, 8);
	ste_s1(ste, cd_pa, 0);
	rig_ste(&rig, 1, ste);
	expect(rig_translate(&rig, 1, va | base, true), oa | (va & (size - 1)),
	       size - (va & (size - 1)));
	/* The other half is disabled, and the first address past this one is outside. */
	ck_assert_int_eq(rig_translate(&rig, 1, va | ~base << 1, false).status, SMMU_ABORT);
	ck_assert_int_eq(rig_translate(&rig, 1, upper ? base - 1 : 1ull << ia, false).status,
			 SMMU_ABORT);
	rig_close(&rig);
}

START_TEST(stage1_matrix)
{
	for (unsigned int g = 0; g < 3; g++)
		for (unsigned int tsz = 16; tsz <= (granules[g] == 16 ? 47 : 48); tsz++)
			for (int level = 0; level <= 3; level++) {
				stage1_case(granules[g], tsz, level, false);
				stage1_case(granules[g], tsz, level, true);
			}
}
END_TEST

static void stage2_case(unsigned int granule, unsigned int ia, int start, int level)
{
	uint64_t ipa = 0x5a5a5a5a5a5a5a5aull & ((1ull << ia) - 1), ste[8], size, oa;
	struct tree tree;

	if (level < start || !leaf_level(granule, level, 48))
		return;
	rig_boot(&rig, NULL);
	tree_init(&tree, &rig, granule, ia, start, 0);
	size = 1ull << tree_shift(&tree, level);
	oa = 0x723456789abcull & ~(size - 1);
	tree_map(&tree, ipa, level, oa, S2_RW);
	ste_s2(ste, &tree, 5);
	rig_ste(&rig, 1, ste);
	expect(rig_translate(&rig, 1, ipa, true), oa | (ipa & (size - 1)),
	       size - (ipa & (size - 1)));
	if (ia < 48) {
		uint64_t out = 1ull << ia;

		ck_assert_int_eq(rig_translate(&rig, 1, out, false).status, SMMU_ABORT);
		/* F_TRANSLATION, read, S2, CLASS IN */
		ck_event(&rig, 0x10 | 1ull << 32, 1ull << 35 | 1ull << 39 | 2ull << 40, out, out);
	}
	rig_close(&rig);
}

/* Rows: granule, start level, lowest and highest input size, concatenation included. */
START_TEST(stage2_matrix)
{
	static const unsigned char rows[][4] = {
		{12, 0, 40, 48}, {12, 1, 31, 43}, {12, 2, 22, 34}, {12, 3, 16, 25}, {14, 1, 37, 48},
		{14, 2, 26, 40}, {14, 3, 16, 29}, {16, 1, 43, 48}, {16, 2, 30, 46}, {16, 3, 17, 33},
	};

	for (unsigned int i = 0; i < sizeof(rows) / 4; i++)
		for (unsigned int ia = rows[i][2]; ia <= rows[i][3]; ia++)
			for (int level = 0; level <= 3; level++)
				stage2_case(rows[i][0], ia, rows[i][1], level);
}
END_TEST

/* 64K granule, 52 bits: addresses with bits 51:48 in tables, pages and 4 TB blocks. */
START_TEST(addresses_of_52_bits)
{
	struct smmu_config c = rig_config();
	uint64_t ste[8];
	struct tree tree;

	c.oas = 52;
	rig_boot(&rig, &c);
	rig.next = 0xa000040000000;
	tree_init(&tree, &rig, 16, 52, 1, 0);
	ste_s2(ste, &tree, 6);
	rig_ste(&rig, 1, ste);
	tree_map(&tree, 0xc123456780000, 3, 0xfedcba9870000, S2_RW);
	tree_map(&tree, 0x3000000000000, 1, 0x9000000000000 & ~0x3ffffffffffull, S2_RW);
	expect(rig_translate(&rig, 1, 0xc123456781234, false), 0xfedcba9871234, 0x10000 - 0x1234);
	expect(rig_translate(&rig, 1, 0x3000000001000, false), 0x9000000001000,
	       0x40000000000 - 0x1000);
	rig_close(&rig);
}
END_TEST

START_TEST(stage1_output_of_52_bits)
{
	struct smmu_config c = rig_config();
	uint64_t ste[8], cd[8], cd_pa;
	struct tree tree;

	c.oas = 52;
	rig_boot(&rig, &c);
	tree_init(&tree, &rig, 16, 48, 1, 0);
	cd_make(cd, &tree, NULL);
	cd[0] = (cd[0] & ~(7ull << 32)) | 6ull << 32;
	cd_pa = rig_alloc(&rig, 64);
	rig_put(&rig, cd_pa, cd, 8);
	ste_s1(ste, cd_pa, 0);
	rig_ste(&rig, 1, ste);
	tree_map(&tree, 0x10000, 3, 0xf000000020000, S1_RW);
	expect(rig_translate(&rig, 1, 0x10000, false), 0xf000000020000, 0x10000);
	/* IPS of 48 bits: F_ADDR_SIZE, read, CLASS IN */
	cd[0] = (cd[0] & ~(7ull << 32)) | 5ull << 32;
	rig_put(&rig, cd_pa, cd, 8);
	rig_translate(&rig, 1, 0x10000, false);
	ck_event(&rig, 0x11 | 1ull << 32, 1ull << 35 | 2ull << 40, 0x10000, 0);
	rig_close(&rig);
}
END_TEST

/*
 * A block where the level has none is invalid.
 */
START_TEST(blocks_where_none_may_be)
{
	static const struct {
		unsigned int granule, ia;
		int level;
	} rows[] = {{12, 48, 0}, {14, 48, 0}, {14, 47, 1}, {16, 48, 1}};

	for (unsigned int i = 0; i < 4; i++) {
		uint64_t ste[8], cd[8], cd_pa;
		struct tree tree;

		rig_boot(&rig, NULL);
		tree_init(&tree, &rig, rows[i].granule, rows[i].ia,
			  tree_regular_start(rows[i].granule, rows[i].ia), 0);
		tree_map(&tree, 0, rows[i].level, 0, S1_RW);
		cd_make(cd, &tree, NULL);
		cd_pa = rig_alloc(&rig, 64);
		rig_put(&rig, cd_pa, cd, 8);
		ste_s1(ste, cd_pa, 0);
		rig_ste(&rig, 1, ste);
		rig_translate(&rig, 1, 0x40, false);
		ck_event(&rig, 0x10 | 1ull << 32, 1ull << 35 | 2ull << 40, 0x40, 0);
		rig_close(&rig);
	}
}
END_TEST

START_TEST(level_3_needs_both_bits)
{
	struct tree tree;

	rig_boot(&rig, NULL);
	stream_s1(&rig, &tree);
	rig_put64(&rig, tree_slot(&tree, 0x1000, 3), 0x5000 | S1_RW | 1);
	rig_put64(&rig, tree_slot(&tree, 0x2000, 3), 0x5000 | S1_RW | 2);
	for (uint64_t va = 0x1000; va < 0x3000; va += 0x1000) {
		rig_translate(&rig, 1, va, false);
		ck_event(&rig, 0x10 | 1ull << 32, 1ull << 35 | 2ull << 40, va, 0);
	}
	rig_close(&rig);
}
END_TEST

START_TEST(top_byte_ignored)
{
	uint64_t cd[8], cd_pa;
	struct tree lower, upper;

	rig_boot(&rig, NULL);
	cd_pa = stream_s1(&rig, &lower);
	tree_init(&upper, &rig, 12, 48, 0, 0);
	tree_map(&lower, 0x1000, 3, 0x11000, S1_RW);
	tree_map(&upper, 0x1000, 3, 0x22000, S1_RW);
	cd_make(cd, &lower, &upper);
	rig_put(&rig, cd_pa, cd, 8);
	expect(rig_translate(&rig, 1, 0x1000, false), 0x11000, 0x1000);
	expect(rig_translate(&rig, 1, 0xffff000000001000, false), 0x22000, 0x1000);
	ck_assert_int_eq(rig_translate(&rig, 1, 0xab00000000001000, false).status, SMMU_ABORT);
	/* The record keeps the tag byte. */
	ck_event(&rig, 0x10 | 1ull << 32, 1ull << 35 | 2ull << 40, 0xab00000000001000, 0);
	cd[0] |= 3ull << 38; /* TBI0, TBI1 */
	rig_put(&rig, cd_pa, cd, 8);
	expect(rig_translate(&rig, 1, 0xab00000000001000, false), 0x11000, 0x1000);
	/* VA[55] still chooses. */
	expect(rig_translate(&rig, 1, 0x00ff000000001000, false), 0x22000, 0x1000);
	ck_assert_int_eq(rig_translate(&rig, 1, 0xab01000000001000, false).status, SMMU_ABORT);
	rig_close(&rig);
}
END_TEST

START_TEST(disabled_halves)
{
	uint64_t cd[8], cd_pa;
	struct tree tree;

	rig_boot(&rig, NULL);
	cd_pa = stream_s1(&rig, &tree);
	cd_make(cd, &tree, &tree);
	cd[0] |= 1 << 14;
	rig_put(&rig, cd_pa, cd, 8);
	rig_translate(&rig, 1, 0x1000, true);
	ck_event(&rig, 0x10 | 1ull << 32, 2ull << 40, 0x1000, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(el2_has_one_table)
{
	uint64_t cd[8], ste[8], cd_pa;
	struct tree tree;

	rig_boot(&rig, NULL);
	cd_pa = stream_s1(&rig, &tree);
	tree_map(&tree, 0x1000, 3, 0x11000, S1_AF); /* AP[1]=0 counts as 1 */
	cd_make(cd, &tree, &tree);
	cd[0] |= 1 << 14; /* EPD0 is ignored */
	rig_put(&rig, cd_pa, cd, 8);
	ste_s1(ste, cd_pa, 0);
	ste[1] |= 2ull << 30;
	rig_ste(&rig, 1, ste);
	expect(rig_translate(&rig, 1, 0x1000, true), 0x11000, 0x1000);
	rig_translate(&rig, 1, 0xffff000000001000, true);
	ck_event(&rig, 0x10 | 1ull << 32, 2ull << 40, 0xffff000000001000, 0);
	rig_close(&rig);
}
END_TEST

/*
 * Contiguous sets: {granule, level, entries}. All members agree, so the span is
 * the whole set; a set whose members point elsewhere is believed entry by entry.
 */
START_TEST(contiguous_sets)
{
	static const struct {
		unsigned int granule;
		int level;
		unsigned int entries;
	} rows[] = {{12, 1, 16},  {12, 2, 16}, {12, 3, 16}, {14, 2, 32},
		    {14, 3, 128}, {16, 2, 32}, {16, 3, 32}};

	for (unsigned int i = 0; i < 7; i++) {
		unsigned int shift, n = rows[i].entries;
		uint64_t ste[8], cd[8], cd_pa, size, base;
		struct tree tree;

		rig_boot(&rig, NULL);
		tree_init(&tree, &rig, rows[i].granule, 48, tree_regular_start(rows[i].granule, 48),
			  0);
		shift = tree_shift(&tree, rows[i].level);
		size = 1ull << shift;
		base = size * n;
		for (unsigned int e = 0; e < n; e++) {
			tree_map(&tree, base + e * size, rows[i].level, 4 * base + e * size,
				 S1_RW | DESC_CONT);
			tree_map(&tree, 2 * base + e * size, rows[i].level,
				 4 * base + (n - 1 - e) * size, S1_RW | DESC_CONT);
		}
		cd_make(cd, &tree, NULL);
		cd_pa = rig_alloc(&rig, 64);
		rig_put(&rig, cd_pa, cd, 8);
		ste_s1(ste, cd_pa, 0);
		rig_ste(&rig, 1, ste);
		expect(rig_translate(&rig, 1, base + 3 * size + 0x123, false),
		       4 * base + 3 * size + 0x123, (n - 3) * size - 0x123);
		expect(rig_translate(&rig, 1, 2 * base + 3 * size + 0x123, false),
		       4 * base + (n - 4) * size + 0x123, size - 0x123);
		rig_close(&rig);
	}
}
END_TEST

/* What is read: STE, CD, four descriptors. */
START_TEST(reads_of_a_whole_walk)
{
	struct smmu_stats stats;
	struct tree tree;

	rig_boot(&rig, NULL);
	stream_s1(&rig, &tree);
	tree_map(&tree, 0x1000, 3, 0x11000, S1_RW);
	rig.reads = 0;
	rig_translate(&rig, 1, 0x1000, false);
	ck_assert_uint_eq(rig.reads, 6);
	rig_translate(&rig, 1, 0x1000, false);
	ck_assert_uint_eq(rig.reads, 12);
	smmu_get_stats(rig.smmu, &stats);
	ck_assert_uint_eq(stats.desc_fetches, 8);
	ck_assert_uint_eq(stats.walks, 2);
	rig_close(&rig);
}
END_TEST

/* STE, 4 for the CD, CD, 4 x (4 + 1), 4 for the output. */
START_TEST(reads_of_a_whole_nested_walk)
{
	struct smmu_result r;
	struct tree s1, s2;

	rig_boot(&rig, NULL);
	stream_nested(&rig, &s1, &s2);
	tree_map(&s1, 0x1000, 3, RIG_ALLOC + 0x5000 + NESTED_BIAS, S1_RW);
	rig.reads = 0;
	r = rig_translate(&rig, 3, 0x1000, false);
	expect(r, RIG_ALLOC + 0x5000, 0x1000);
	ck_assert_uint_eq(rig.reads, 1 + 4 + 1 + 20 + 4);
	ck_assert_uint_eq(r.latency, rig.config.latency.ste_fetch + rig.config.latency.cd_fetch +
					     28 * rig.config.latency.desc_fetch);
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(stage1_matrix);
	SUITE_CASE(stage2_matrix);
	SUITE_CASE(addresses_of_52_bits);
	SUITE_CASE(stage1_output_of_52_bits);
	SUITE_CASE(blocks_where_none_may_be);
	SUITE_CASE(level_3_needs_both_bits);
	SUITE_CASE(top_byte_ignored);
	SUITE_CASE(disabled_halves);
	SUITE_CASE(el2_has_one_table);
	SUITE_CASE(contiguous_sets);
	SUITE_CASE(reads_of_a_whole_walk);
	SUITE_CASE(reads_of_a_whole_nested_walk);
}
