/* SPDX-License-Identifier: MIT */
/* Stream tables and STEs: IHI 0070 3.3.2, 5.1, 5.2, 7.3.2 to 7.3.4. */
#include <errno.h>
#include <string.h>

#include "tests/smmu/tables.h"
#include "tests/suite.h"

enum { C_BAD_STREAMID = 0x02, F_STE_FETCH = 0x03, C_BAD_STE = 0x04 };

static struct rig rig;

static void bypass(uint64_t pa)
{
	rig_put64(&rig, pa, 1 | 4 << 1);
	rig_put64(&rig, pa + 8, 1ull << 44);
}

START_TEST(linear_bypass)
{
	struct smmu_result r;

	rig_boot(&rig, NULL);
	bypass(RIG_STRTAB + 63 * 64);
	r = rig_translate(&rig, 63, 0xabcdef, true);
	ck_assert_int_eq(r.status, SMMU_OK);
	ck_assert_uint_eq(r.pa, 0xabcdef);
	ck_assert(r.readable && r.writable);
	ck_no_event(&rig);
	rig_close(&rig);
}
END_TEST

START_TEST(streamid_beyond_the_table)
{
	rig_boot(&rig, NULL);
	ck_assert_int_eq(rig_translate(&rig, 64, 0x1000, false).status, SMMU_ABORT);
	ck_event(&rig, C_BAD_STREAMID | 64ull << 32, 0, 0, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(streamid_events_are_optional)
{
	rig_boot(&rig, NULL);
	rig_write(&rig, REG_CR0, CR0_EVENTQEN);
	rig_run(&rig);
	rig_write(&rig, REG_CR2, 0);
	rig_write(&rig, REG_CR0, CR0_EVENTQEN | CR0_SMMUEN);
	rig_run(&rig);
	ck_assert_int_eq(rig_translate(&rig, 64, 0x1000, false).status, SMMU_ABORT);
	ck_no_event(&rig);
	rig_close(&rig);
}
END_TEST

/* The effective size is capped by IDR1.SIDSIZE. */
START_TEST(streamid_size_is_capped)
{
	struct smmu_config c = rig_config();

	c.sidsize = 4;
	rig_boot(&rig, &c);
	bypass(RIG_STRTAB + 15 * 64);
	bypass(RIG_STRTAB + 16 * 64);
	ck_assert_int_eq(rig_translate(&rig, 15, 0, false).status, SMMU_OK);
	ck_assert_int_eq(rig_translate(&rig, 16, 0, false).status, SMMU_ABORT);
	rig_close(&rig);
}
END_TEST

/*
 *   STRTAB_BASE -> L1 [0] Span 9 -> 256 STEs at L2
 *                     [1] Span 0
 *                     [2] Span 3 -> 4 STEs
 *                     [3] Span 10 > SPLIT + 1
 */
static uint64_t two_level(unsigned int split)
{
	uint64_t l1 = rig_alloc(&rig, 4096), l2 = rig_alloc(&rig, 64 << split);

	rig_write(&rig, REG_CR0, CR0_EVENTQEN | CR0_CMDQEN);
	rig_run(&rig);
	rig_write64(&rig, REG_STRTAB_BASE, l1);
	rig_write(&rig, REG_STRTAB_BASE_CFG, 1 << 16 | split << 6 | 16);
	rig_write(&rig, REG_CR0, CR0_EVENTQEN | CR0_CMDQEN | CR0_SMMUEN);
	rig_run(&rig);
	rig_put64(&rig, l1, l2 | (split + 1));
	rig_put64(&rig, l1 + 16, rig_alloc(&rig, 256) | 3);
	rig_put64(&rig, l1 + 24, l2 | (split + 2));
	return l1;
}

START_TEST(two_levels)
{
	static const unsigned int splits[] = {6, 8, 10};

	for (unsigned int i = 0; i < 3; i++) {
		unsigned int split = splits[i];
		uint64_t l1, l2;

		rig_boot(&rig, NULL);
		l1 = two_level(split);
		l2 = rig_get64(&rig, l1) & ~63ull;
		bypass(l2 + 64 * ((1ull << split) - 1));
		bypass((rig_get64(&rig, l1 + 16) & ~63ull) + 3 * 64);
		ck_assert_int_eq(rig_translate(&rig, (1u << split) - 1, 0, false).status, SMMU_OK);
		ck_assert_int_eq(rig_translate(&rig, (2u << split) + 3, 0, false).status, SMMU_OK);
		ck_no_event(&rig);
		/* Span 0, beyond the span, span too large. */
		rig_translate(&rig, 1u << split, 0, false);
		ck_event(&rig, C_BAD_STREAMID | (1ull << split) << 32, 0, 0, 0);
		rig_translate(&rig, (2u << split) + 4, 0, false);
		ck_event(&rig, C_BAD_STREAMID | ((2ull << split) + 4) << 32, 0, 0, 0);
		rig_translate(&rig, 3u << split, 0, false);
		ck_event(&rig, C_BAD_STREAMID | (3ull << split) << 32, 0, 0, 0);
		rig_close(&rig);
	}
}
END_TEST

/* L2Ptr bits below the table's size are taken as zero. */
START_TEST(second_level_is_aligned)
{
	uint64_t l1, l2;

	rig_boot(&rig, NULL);
	l1 = two_level(8);
	l2 = rig_get64(&rig, l1) & ~63ull;
	rig_put64(&rig, l1, (l2 + 64) | 9);
	bypass(l2 + 5 * 64);
	ck_assert_int_eq(rig_translate(&rig, 5, 0, false).status, SMMU_OK);
	rig_close(&rig);
}
END_TEST

START_TEST(fetch_aborts)
{
	uint64_t l1, l2;

	rig_boot(&rig, NULL);
	rig.abort_first = RIG_STRTAB + 64;
	rig.abort_last = RIG_STRTAB + 127;
	ck_assert_int_eq(rig_translate(&rig, 1, 0x1234, true).status, SMMU_ABORT);
	ck_event(&rig, F_STE_FETCH | 1ull << 32, 0, 0, RIG_STRTAB + 64);
	l1 = two_level(8);
	l2 = rig_get64(&rig, l1) & ~63ull;
	rig.abort_first = l2 + 64;
	rig.abort_last = l2 + 127;
	rig_translate_ssid(&rig, 1, 0xabcde, 0);
	ck_event(&rig, F_STE_FETCH | 1 << 11 | 0xabcdeull << 12 | 1ull << 32, 0, 0, l2 + 64);
	rig.abort_first = l1;
	rig.abort_last = l1 + 7;
	rig_translate(&rig, 1, 0, false);
	ck_event(&rig, F_STE_FETCH | 1ull << 32, 0, 0, l1);
	rig_close(&rig);
}
END_TEST

/* Memory's word, whatever the cache holds; and nothing comes of asking. */
START_TEST(an_entry_read_aside)
{
	struct smmu_config c = rig_config();
	uint64_t ste[8], l1, l2;
	struct smmu_stats before, after;

	c.cfg_entries = 16;
	rig_boot(&rig, &c);
	bypass(RIG_STRTAB + 63 * 64);
	rig_translate(&rig, 63, 0, false);
	rig_put64(&rig, RIG_STRTAB + 63 * 64, 1 | 6 << 1);
	rig_put64(&rig, RIG_STRTAB + 63 * 64 + 56, 77);
	smmu_get_stats(rig.smmu, &before);
	ck_assert_int_eq(smmu_read_ste(rig.smmu, 63, ste), 0);
	ck_assert_uint_eq(ste[0], 1 | 6 << 1);
	ck_assert_uint_eq(ste[1], 1ull << 44);
	ck_assert_uint_eq(ste[7], 77);
	ck_assert_int_eq(smmu_read_ste(rig.smmu, 64, ste), -ENOENT);
	rig.abort_first = RIG_STRTAB + 64;
	rig.abort_last = RIG_STRTAB + 127;
	ck_assert_int_eq(smmu_read_ste(rig.smmu, 1, ste), -EFAULT);
	rig.abort_first = 1;
	rig.abort_last = 0;
	smmu_get_stats(rig.smmu, &after);
	ck_assert_mem_eq(&before, &after, sizeof(before));
	ck_no_event(&rig);
	/* Still served by the cache. */
	ck_assert_int_eq(rig_translate(&rig, 63, 0, false).status, SMMU_OK);
	l1 = two_level(8);
	l2 = rig_get64(&rig, l1) & ~63ull;
	bypass(l2 + 64 * 255);
	ck_assert_int_eq(smmu_read_ste(rig.smmu, 255, ste), 0);
	ck_assert_uint_eq(ste[0], 1 | 4 << 1);
	ck_assert_int_eq(smmu_read_ste(rig.smmu, 256, ste), -ENOENT);
	rig_close(&rig);
}
END_TEST

START_TEST(abort_is_silent)
{
	rig_boot(&rig, NULL);
	for (unsigned int config = 0; config < 4; config++) {
		rig_put64(&rig, RIG_STRTAB, 1 | config << 1);
		ck_assert_int_eq(rig_translate(&rig, 0, 0, false).status, SMMU_ABORT);
		ck_assert_int_eq(rig_translate_ssid(&rig, 0, 1, 0).status, SMMU_ABORT);
	}
	ck_no_event(&rig);
	rig_close(&rig);
}
END_TEST

START_TEST(bypass_beyond_the_output_size)
{
	rig_boot(&rig, NULL);
	bypass(RIG_STRTAB);
	ck_assert_int_eq(rig_translate(&rig, 0, 1ull << 48, false).status, SMMU_ABORT);
	/* F_ADDR_SIZE, read, CLASS IN */
	ck_event(&rig, 0x11, 1ull << 35 | 2ull << 40, 1ull << 48, 0);
	rig_close(&rig);
}
END_TEST

/* ---- C_BAD_STE: a good STE with one field changed ---- */

enum kind { S1, S2, NESTED };

static struct tree tree;

static void good(enum kind kind, uint64_t ste[8])
{
	uint64_t cd_pa = rig_alloc(&rig, 64), cd[8];

	tree_init(&tree, &rig, 12, 40, kind == S1 ? 0 : 1, 0);
	cd_make(cd, &tree, NULL);
	rig_put(&rig, cd_pa, cd, 8);
	if (kind == S1)
		ste_s1(ste, cd_pa, 0);
	else if (kind == S2)
		ste_s2(ste, &tree, 5);
	else
		ste_nested(ste, cd_pa, 0, &tree, 5);
}

/* Set the field dw[hi:lo] to value in a good STE: is it C_BAD_STE? */
static bool bad(const struct smmu_config *c, enum kind kind, unsigned int dw, unsigned int hi,
		unsigned int lo, uint64_t value)
{
	uint64_t ste[8], r[4] = {0};
	uint64_t mask = (~0ull >> (63 - hi + lo)) << lo;
	struct smmu_config plain = rig_config();

	rig_boot(&rig, c ? c : &plain);
	good(kind, ste);
	ste[dw] = (ste[dw] & ~mask) | value << lo;
	rig_ste(&rig, 7, ste);
	rig_translate(&rig, 7, 0x123456000, false);
	rig_event(&rig, r);
	if ((r[0] & 0xff) == C_BAD_STE) {
		ck_assert_uint_eq(r[0], C_BAD_STE | 7ull << 32);
		ck_assert_uint_eq(r[1] | r[2] | r[3], 0);
	}
	rig_close(&rig);
	return (r[0] & 0xff) == C_BAD_STE;
}

START_TEST(good_ones_are_good)
{
	ck_assert(!bad(NULL, S1, 0, 0, 0, 1));
	ck_assert(!bad(NULL, S2, 0, 0, 0, 1));
	ck_assert(!bad(NULL, NESTED, 0, 0, 0, 1));
}
END_TEST

START_TEST(invalid_and_absent_stages)
{
	struct smmu_config c = rig_config();

	ck_assert(bad(NULL, S1, 0, 0, 0, 0)); /* V=0 */
	c.hyp = false;
	c.s1p = false;
	ck_assert(bad(&c, S1, 0, 0, 0, 1));
	ck_assert(bad(&c, NESTED, 0, 0, 0, 1));
	ck_assert(!bad(&c, S2, 0, 0, 0, 1));
	c.s1p = true;
	c.s2p = false;
	ck_assert(bad(&c, S2, 0, 0, 0, 1));
	ck_assert(bad(&c, NESTED, 0, 0, 0, 1));
	ck_assert(!bad(&c, S1, 0, 0, 0, 1));
}
END_TEST

START_TEST(stage1_fields)
{
	struct smmu_config c = rig_config();

	ck_assert(!bad(NULL, S1, 1, 27, 27, 1)); /* S1STALLD where stalls exist */
	ck_assert(bad(NULL, S1, 0, 63, 59, 11)); /* S1CDMax above SSIDSIZE 10 */
	ck_assert(!bad(NULL, S1, 0, 63, 59, 10));
	ck_assert(bad(NULL, S1, 0, 55, 6, 1ull << 42)); /* S1ContextPtr bit 48 */
	c.stall = false;
	ck_assert(bad(&c, S1, 1, 27, 27, 1));
	c.ssidsize = 0;
	ck_assert(!bad(&c, S1, 0, 63, 59, 11)); /* ignored without SubstreamIDs */
}
END_TEST

START_TEST(stage1_formats_without_two_levels)
{
	struct smmu_config c = rig_config();
	uint64_t ste[8], r[4];

	c.cd2l = false;
	for (unsigned int fmt = 0; fmt < 4; fmt++) {
		rig_boot(&rig, &c);
		good(S1, ste);
		ste[0] |= (uint64_t)fmt << 4 | 1ull << 59;
		ste[1] |= 2; /* S1DSS=10 */
		rig_ste(&rig, 7, ste);
		rig_translate(&rig, 7, 0, false);
		ck_assert(rig_event(&rig, r));
		/* Format 3 acts as 0. */
		ck_assert_uint_eq(r[0] & 0xff, fmt == 1 || fmt == 2 ? C_BAD_STE : 0x10);
		rig_close(&rig);
	}
}
END_TEST

START_TEST(streamworld)
{
	struct smmu_config c = rig_config();

	ck_assert(!bad(NULL, S1, 1, 31, 30, 2));
	ck_assert(bad(NULL, S1, 1, 31, 30, 1));
	ck_assert(bad(NULL, S1, 1, 31, 30, 3));
	ck_assert(!bad(NULL, NESTED, 1, 31, 30, 1)); /* used with stage 1 alone only */
	ck_assert(!bad(NULL, S2, 1, 31, 30, 3));
	c.hyp = false;
	ck_assert(!bad(&c, S1, 1, 31, 30, 1)); /* RES0 */
}
END_TEST

START_TEST(vmid_of_16_bits)
{
	struct smmu_config c = rig_config();

	ck_assert(!bad(NULL, S2, 2, 15, 0, 0x100));
	c.vmid16 = false;
	ck_assert(bad(&c, S2, 2, 15, 0, 0x100));
	ck_assert(!bad(&c, S2, 2, 15, 0, 0xff));
	ck_assert(bad(&c, S1, 2, 15, 0, 0x100)); /* tags stage 1 alone as well */
	c.hyp = false;
	c.s2p = false;
	ck_assert(!bad(&c, S1, 2, 15, 0, 0x100));
}
END_TEST

START_TEST(ats_fields)
{
	struct smmu_config c = rig_config();

	ck_assert(bad(NULL, S1, 1, 29, 28, 2)); /* split stage needs both */
	ck_assert(bad(NULL, S2, 1, 29, 28, 2));
	ck_assert(!bad(NULL, NESTED, 1, 29, 28, 2));
	ck_assert(!bad(NULL, S1, 1, 29, 28, 1));
	c.pri = false;
	c.ats = false;
	ck_assert(!bad(&c, S1, 1, 29, 28, 2)); /* ignored */
}
END_TEST

START_TEST(stalling_stage2_with_ats)
{
	uint64_t ste[8], r[4];

	for (unsigned int eats = 0; eats < 3; eats++) {
		rig_boot(&rig, NULL);
		good(NESTED, ste);
		ste[1] |= (uint64_t)eats << 28;
		ste[2] |= 1ull << 57; /* S2S */
		rig_ste(&rig, 7, ste);
		rig_translate(&rig, 7, 0, false);
		ck_assert(rig_event(&rig, r));
		ck_assert_uint_eq((r[0] & 0xff) == C_BAD_STE, eats != 0);
		rig_close(&rig);
	}
}
END_TEST

START_TEST(stage2_fields)
{
	struct smmu_config c = rig_config();

	ck_assert(bad(NULL, S2, 2, 51, 51, 0)); /* S2AA64=0 */
	ck_assert(bad(NULL, S2, 2, 52, 52, 1)); /* S2ENDI */
	ck_assert(bad(NULL, S2, 2, 47, 46, 3)); /* S2TG reserved */
	ck_assert(!bad(NULL, S2, 2, 57, 57, 1));
	ck_assert(bad(NULL, S2, 3, 51, 4, 1ull << 44)); /* S2TTB bit 48 */
	ck_assert(bad(NULL, S2, 2, 50, 48, 0) == false);
	c.stall = false;
	ck_assert(bad(&c, S2, 2, 57, 57, 1));
	c.gran = 6;
	ck_assert(bad(&c, S2, 2, 47, 46, 0));
}
END_TEST

START_TEST(stage2_base_within_s2ps)
{
	uint64_t ste[8];

	rig_boot(&rig, NULL);
	good(S2, ste);
	ste[2] &= ~(7ull << 48); /* 32 bits */
	ste[3] = 1ull << 32;
	rig_ste(&rig, 7, ste);
	rig_translate(&rig, 7, 0, false);
	ck_event(&rig, C_BAD_STE | 7ull << 32, 0, 0, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(stage2_hardware_update_fields)
{
	struct smmu_config c = rig_config();

	ck_assert(!bad(NULL, S2, 2, 56, 56, 1)); /* S2HA */
	ck_assert(!bad(NULL, S2, 2, 55, 55, 1)); /* S2HD alone acts as off */
	c.httu = 1;
	ck_assert(!bad(&c, S2, 2, 56, 56, 1));
	ck_assert(bad(&c, S2, 2, 55, 55, 1));
	c.httu = 0;
	ck_assert(bad(&c, S2, 2, 56, 56, 1));
}
END_TEST

/*
 * S2T0SZ against SL0 and granule (5.2; facts of DDI 0487 D8.2): rows are
 * {S2TG, SL0, T0SZ lowest, highest} for 48-bit output and small translation tables.
 */
START_TEST(stage2_sizes)
{
	static const unsigned char rows[][4] = {
		{0, 2, 16, 24}, {0, 1, 21, 33}, {0, 0, 30, 42}, {0, 3, 39, 48},
		{2, 2, 16, 27}, {2, 1, 24, 38}, {2, 0, 35, 48}, {1, 2, 16, 21},
		{1, 1, 18, 34}, {1, 0, 31, 47}, {2, 3, 64, 64}, {1, 3, 64, 64},
	};

	for (unsigned int i = 0; i < sizeof(rows) / 4; i++) {
		for (unsigned int t0sz = 0; t0sz < 64; t0sz++) {
			bool ok = t0sz >= rows[i][2] && t0sz <= rows[i][3];
			uint64_t field = t0sz | (uint64_t)rows[i][1] << 6 | 5 << 8 | 3 << 12 |
					 (uint64_t)rows[i][0] << 14;
			uint64_t ste[8] = {0}, r[4] = {0};

			rig_boot(&rig, NULL);
			ste[0] = 1 | 6 << 1;
			ste[2] = 1 | field << 32 | 5ull << 48 | 1ull << 51 | 1ull << 58;
			ste[3] = 0x80000000;
			rig_ste(&rig, 7, ste);
			rig_translate(&rig, 7, 0, false);
			rig_event(&rig, r);
			ck_assert_msg(((r[0] & 0xff) == C_BAD_STE) == !ok,
				      "S2TG %u SL0 %u T0SZ %u: event %#llx", rows[i][0], rows[i][1],
				      t0sz, (unsigned long long)r[0]);
			rig_close(&rig);
		}
	}
}
END_TEST

START_TEST(stage2_sizes_without_small_tables)
{
	struct smmu_config c = rig_config();

	c.stt = false;
	/* SL0=1 level 1 with T0SZ 33; SL0=0 level 2 with T0SZ 39 and 40; SL0=3 is reserved */
	ck_assert(!bad(&c, S2, 2, 39, 32, 1 << 6 | 33));
	ck_assert(!bad(&c, S2, 2, 39, 32, 39));
	ck_assert(bad(&c, S2, 2, 39, 32, 40));
	ck_assert(bad(&c, S2, 2, 39, 32, 3 << 6 | 39));
}
END_TEST

START_TEST(stage2_level_limits_of_the_output_size)
{
	struct smmu_config c = rig_config();

	c.oas = 42;
	ck_assert(bad(&c, S2, 2, 39, 32, 2 << 6 | 24)); /* 4K level 0 wants 44 bits */
	ck_assert(!bad(&c, S2, 2, 39, 32, 1 << 6 | 24));
	/* 16K level 1 wants 42, 64K level 1 wants 44; T0SZ below 64-IAS is illegal */
	ck_assert(!bad(&c, S2, 2, 47, 32, 2 << 14 | 2 << 6 | 22));
	ck_assert(bad(&c, S2, 2, 47, 32, 1 << 14 | 2 << 6 | 21));
	ck_assert(bad(&c, S2, 2, 39, 32, 1 << 6 | 21));
}
END_TEST

/* Bits that no rule names do not matter. */
START_TEST(software_bits_do_not_matter)
{
	ck_assert(!bad(NULL, NESTED, 1, 23, 20, 0xf));
	ck_assert(!bad(NULL, NESTED, 2, 31, 16, 0xffff));
	ck_assert(!bad(NULL, NESTED, 5, 63, 0, ~0ull));
	ck_assert(!bad(NULL, S1, 3, 63, 0, ~0ull));
	ck_assert(!bad(NULL, S1, 2, 63, 32, 0xffffffff));
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(linear_bypass);
	SUITE_CASE(streamid_beyond_the_table);
	SUITE_CASE(streamid_events_are_optional);
	SUITE_CASE(streamid_size_is_capped);
	SUITE_CASE(two_levels);
	SUITE_CASE(second_level_is_aligned);
	SUITE_CASE(fetch_aborts);
	SUITE_CASE(an_entry_read_aside);
	SUITE_CASE(abort_is_silent);
	SUITE_CASE(bypass_beyond_the_output_size);
	SUITE_CASE(good_ones_are_good);
	SUITE_CASE(invalid_and_absent_stages);
	SUITE_CASE(stage1_fields);
	SUITE_CASE(stage1_formats_without_two_levels);
	SUITE_CASE(streamworld);
	SUITE_CASE(vmid_of_16_bits);
	SUITE_CASE(ats_fields);
	SUITE_CASE(stalling_stage2_with_ats);
	SUITE_CASE(stage2_fields);
	SUITE_CASE(stage2_base_within_s2ps);
	SUITE_CASE(stage2_hardware_update_fields);
	SUITE_CASE(stage2_sizes);
	SUITE_CASE(stage2_sizes_without_small_tables);
	SUITE_CASE(stage2_level_limits_of_the_output_size);
	SUITE_CASE(software_bits_do_not_matter);
}
