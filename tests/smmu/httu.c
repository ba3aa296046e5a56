/* SPDX-License-Identifier: MIT */
/* Hardware update of Access flag and dirty state: IHI 0070 3.13. */
#include "tests/smmu/tables.h"
#include "tests/suite.h"

static struct rig rig;
static struct tree s1, s2;
static uint64_t cd_pa;

enum { DATA = RIG_ALLOC + 0xf00000 };
#define IPA_DATA (DATA + NESTED_BIAS)
#define CD_HD	 (1ull << 42)
#define CD_HA	 (1ull << 43)
#define STE_S2HD (1ull << 55)
#define STE_S2HA (1ull << 56)

static void boot(uint64_t cd_bits, unsigned int tlb)
{
	struct smmu_config c = rig_config();
	uint64_t cd[8];

	c.tlb_entries = tlb;
	rig_boot(&rig, &c);
	cd_pa = stream_s1(&rig, &s1);
	cd_make(cd, &s1, NULL);
	cd[0] |= cd_bits;
	rig_put(&rig, cd_pa, cd, 8);
}

static uint64_t leaf(struct tree *tree, uint64_t ia)
{
	return rig_get64(&rig, tree_slot(tree, ia, 3));
}

START_TEST(access_flag)
{
	boot(CD_HA, 0);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_USER);
	ck_assert_int_eq(rig_translate(&rig, 1, 0x1000, false).status, SMMU_OK);
	ck_assert_uint_eq(leaf(&s1, 0x1000), 0x11000 | S1_USER | S1_AF | 3);
	/* A permission fault is a permission fault. */
	tree_map(&s1, 0x2000, 3, 0x11000, S1_USER | S1_RO);
	rig_translate(&rig, 1, 0x2000, true);
	ck_event(&rig, 0x13 | 1ull << 32, 2ull << 40, 0x2000, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(dirty_state)
{
	struct smmu_result r;

	boot(CD_HA | CD_HD, 0);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW | S1_RO | DESC_DBM);
	r = rig_translate(&rig, 1, 0x1000, false);
	ck_assert(r.readable && !r.writable); /* clean */
	ck_assert_uint_eq(leaf(&s1, 0x1000) >> 7 & 1, 1);
	r = rig_translate(&rig, 1, 0x1000, true);
	ck_assert_int_eq(r.status, SMMU_OK);
	ck_assert(r.writable);
	ck_assert_uint_eq(leaf(&s1, 0x1000), 0x11000 | S1_RW | DESC_DBM | 3);
	rig_close(&rig);
}
END_TEST

START_TEST(dirty_state_needs_all_its_conditions)
{
	uint64_t slot;

	boot(CD_HD, 0); /* HD without HA is off */
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW | S1_RO | DESC_DBM);
	ck_assert_int_eq(rig_translate(&rig, 1, 0x1000, true).status, SMMU_ABORT);
	rig_close(&rig);
	boot(CD_HA | CD_HD, 0);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW | S1_RO); /* no DBM */
	ck_assert_int_eq(rig_translate(&rig, 1, 0x1000, true).status, SMMU_ABORT);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW | S1_RO | DESC_DBM);
	slot = tree_slot(&s1, 0x1000, 1); /* APTable takes writing away */
	rig_put64(&rig, slot, rig_get64(&rig, slot) | 2ull << 61);
	ck_assert_int_eq(rig_translate(&rig, 1, 0x1000, true).status, SMMU_ABORT);
	ck_assert_uint_eq(leaf(&s1, 0x1000) >> 7 & 1, 1);
	rig_close(&rig);
}
END_TEST

START_TEST(dirty_through_the_tlb)
{
	boot(CD_HA | CD_HD, 64);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW | S1_RO | DESC_DBM);
	rig_translate(&rig, 1, 0x1000, false);
	ck_assert_int_eq(rig_translate(&rig, 1, 0x1000, true).status, SMMU_OK);
	ck_assert_uint_eq(leaf(&s1, 0x1000) >> 7 & 1, 0);
	rig.reads = 0;
	rig_translate(&rig, 1, 0x1000, true); /* now a plain hit: STE and CD only */
	ck_assert_uint_eq(rig.reads, 2);
	rig_close(&rig);
}
END_TEST

START_TEST(somebody_else_was_faster)
{
	boot(CD_HA, 0);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_USER);
	rig.race_pa = tree_slot(&s1, 0x1000, 3);
	rig.race_value = 0x22000 | S1_USER | 3;
	ck_assert_uint_eq(rig_translate(&rig, 1, 0x1000, false).pa, 0x22000);
	ck_assert_uint_eq(leaf(&s1, 0x1000), 0x22000 | S1_USER | S1_AF | 3);
	/* ... and unmapped it */
	tree_map(&s1, 0x1000, 3, 0x11000, S1_USER);
	rig.race_pa = tree_slot(&s1, 0x1000, 3);
	rig.race_value = 0;
	ck_assert_int_eq(rig_translate(&rig, 1, 0x1000, false).status, SMMU_ABORT);
	ck_event(&rig, 0x10 | 1ull << 32, 1ull << 35 | 2ull << 40, 0x1000, 0);
	ck_assert_uint_eq(leaf(&s1, 0x1000), 0);
	rig_close(&rig);
}
END_TEST

static void boot_nested(uint64_t cd_bits, uint64_t ste2_bits)
{
	uint64_t cd[8], ste[8];

	rig_boot(&rig, NULL);
	cd_pa = stream_nested(&rig, &s1, &s2);
	cd_make(cd, &s1, NULL);
	cd[0] |= cd_bits;
	rig_put(&rig, cd_pa, cd, 8);
	ste_nested(ste, cd_pa + NESTED_BIAS, 0, &s2, 5);
	ste[2] |= ste2_bits;
	rig_ste(&rig, 3, ste);
}

START_TEST(stage2_updates)
{
	boot_nested(0, STE_S2HA | STE_S2HD);
	tree_map(&s2, IPA_DATA, 3, DATA, S2_R | S2_WB | DESC_DBM);
	tree_map(&s1, 0x1000, 3, IPA_DATA, S1_RW);
	ck_assert_int_eq(rig_translate(&rig, 3, 0x1000, false).status, SMMU_OK);
	ck_assert_uint_eq(leaf(&s2, IPA_DATA), DATA | S2_R | S2_WB | DESC_DBM | S1_AF | 3);
	ck_assert_int_eq(rig_translate(&rig, 3, 0x1000, true).status, SMMU_OK);
	ck_assert_uint_eq(leaf(&s2, IPA_DATA), DATA | S2_R | S2_W | S2_WB | DESC_DBM | S1_AF | 3);
	rig_close(&rig);
}
END_TEST

START_TEST(cd_fetch_sets_the_access_flag_only)
{
	uint64_t ipa;

	boot_nested(0, STE_S2HA | STE_S2HD);
	ipa = cd_pa + NESTED_BIAS;
	tree_map(&s2, ipa, 3, cd_pa, S2_R | S2_WB | DESC_DBM);
	tree_map(&s1, 0x1000, 3, IPA_DATA, S1_RW);
	ck_assert_int_eq(rig_translate(&rig, 3, 0x1000, true).status, SMMU_OK);
	ck_assert_uint_eq(leaf(&s2, ipa), cd_pa | S2_R | S2_WB | DESC_DBM | S1_AF | 3);
	rig_close(&rig);
}
END_TEST

/* An update of stage 1 is a write to its table's page. */
START_TEST(stage1_update_needs_stage2_write)
{
	uint64_t slot, ipa;

	boot_nested(CD_HA, 0);
	tree_map(&s1, 0x1000, 3, IPA_DATA, S1_USER);
	slot = tree_slot(&s1, 0x1000, 3);
	ipa = (slot & ~0xfffull) + NESTED_BIAS;
	tree_map(&s2, ipa, 3, slot & ~0xfffull, S1_AF | S2_R | S2_WB);
	rig_translate(&rig, 3, 0x1000, false);
	/* F_PERMISSION, S2, CLASS TT, TTRnW 0 */
	ck_event(&rig, 0x13 | 3ull << 32, 1ull << 35 | 1ull << 39 | 1ull << 40, 0x1000, ipa);
	ck_assert_uint_eq(leaf(&s1, 0x1000) & S1_AF, 0);
	rig_close(&rig);
	boot_nested(CD_HA, STE_S2HA | STE_S2HD);
	tree_map(&s1, 0x1000, 3, IPA_DATA, S1_USER);
	slot = tree_slot(&s1, 0x1000, 3);
	ipa = (slot & ~0xfffull) + NESTED_BIAS;
	tree_map(&s2, ipa, 3, slot & ~0xfffull, S2_R | S2_WB | DESC_DBM);
	ck_assert_int_eq(rig_translate(&rig, 3, 0x1000, false).status, SMMU_OK);
	ck_assert_uint_eq(leaf(&s2, ipa) & S2_W, S2_W); /* the page became dirty */
	ck_assert_uint_eq(leaf(&s1, 0x1000) & S1_AF, S1_AF);
	rig_close(&rig);
}
END_TEST

/* The descriptor can be read but not updated. */
START_TEST(update_aborts)
{
	uint64_t slot;

	boot(CD_HA, 0);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_USER);
	slot = tree_slot(&s1, 0x1000, 3);
	rig.cas_aborts = true;
	rig_translate(&rig, 1, 0x1000, false);
	ck_event(&rig, 0x0b | 1ull << 32, 1ull << 35 | 1ull << 40, 0x1000, slot);
	rig_close(&rig);
	boot_nested(0, STE_S2HA);
	tree_map(&s1, 0x1000, 3, IPA_DATA, S1_RW);
	tree_map(&s2, IPA_DATA, 3, DATA, S2_R | S2_WB);
	slot = tree_slot(&s2, IPA_DATA, 3);
	rig.cas_aborts = true;
	rig_translate(&rig, 3, 0x1000, false);
	ck_event(&rig, 0x0b | 3ull << 32, 1ull << 35 | 1ull << 39 | 2ull << 40, 0x1000, slot);
	rig_close(&rig);
}
END_TEST

START_TEST(looking_does_not_update)
{
	struct smmu_txn txn = {.sid = 1, .addr = 0x1000, .write = true};
	struct smmu_result r;

	boot(CD_HA | CD_HD, 0);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_USER | S1_RO | DESC_DBM);
	smmu_translate_fresh(rig.smmu, &txn, &r);
	ck_assert_int_eq(r.status, SMMU_OK);
	ck_assert_uint_eq(leaf(&s1, 0x1000), 0x11000 | S1_USER | S1_RO | DESC_DBM | 3);
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(access_flag);
	SUITE_CASE(dirty_state);
	SUITE_CASE(dirty_state_needs_all_its_conditions);
	SUITE_CASE(dirty_through_the_tlb);
	SUITE_CASE(somebody_else_was_faster);
	SUITE_CASE(stage2_updates);
	SUITE_CASE(cd_fetch_sets_the_access_flag_only);
	SUITE_CASE(stage1_update_needs_stage2_write);
	SUITE_CASE(update_aborts);
	SUITE_CASE(looking_does_not_update);
}
