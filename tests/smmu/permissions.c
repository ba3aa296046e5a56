/* SPDX-License-Identifier: MIT */
/* Permissions of leaves and tables, and of both stages: DDI 0487 D8.4, IHI 0070 5.2, 5.4. */
#include "tests/smmu/tables.h"
#include "tests/suite.h"

static struct rig rig;
static struct tree tree;
static uint64_t cd_pa, cd[8];

enum { F_PERMISSION = 0x13 };

/* Accesses as letters: r w x by the user, R W X privileged. */
static const char letters[] = "rwxRWX";

static bool granted(uint32_t sid, uint64_t addr, char letter)
{
	bool priv = letter < 'a';
	char kind = (char)(letter | 0x20);
	struct smmu_txn txn = {
		.sid = sid,
		.addr = addr,
		.write = kind == 'w',
		.instruction = kind == 'x',
		.privileged = priv,
	};
	struct smmu_result result;
	uint64_t r[4], dw1;

	smmu_translate(rig.smmu, &txn, &result);
	if (result.status == SMMU_OK)
		return true;
	ck_assert(rig_event(&rig, r));
	ck_assert_uint_eq(r[0], F_PERMISSION | (uint64_t)sid << 32);
	dw1 = (uint64_t)priv << 33 | (uint64_t)(kind == 'x') << 34 | (uint64_t)(kind != 'w') << 35;
	ck_assert_uint_eq(r[1] & (7ull << 33), dw1);
	return false;
}

static void expect(uint32_t sid, uint64_t addr, const char *want, const char *what)
{
	for (unsigned int i = 0; i < 6; i++)
		ck_assert_msg(granted(sid, addr, letters[i]) == (want[i] != '-'),
			      "%s: access %c, want %s", what, letters[i], want);
}

static void begin(uint64_t cd0_bits, uint64_t leaf)
{
	rig_boot(&rig, NULL);
	cd_pa = stream_s1(&rig, &tree);
	tree_map(&tree, 0x1000, 3, 0x11000, S1_AF | leaf);
	cd_make(cd, &tree, NULL);
	cd[0] |= cd0_bits;
	rig_put(&rig, cd_pa, cd, 8);
}

static void leaf_case(uint64_t cd0_bits, uint64_t leaf, const char *want, const char *what)
{
	begin(cd0_bits, leaf);
	expect(1, 0x1000, want, what);
	rig_close(&rig);
}

START_TEST(access_bits)
{
	leaf_case(0, 0, "--xRWX", "AP=00");
	leaf_case(0, S1_USER, "rwxRW-", "AP=01: user-writable is never privileged-executable");
	leaf_case(0, S1_RO, "--xR-X", "AP=10");
	leaf_case(0, S1_USER | S1_RO, "r-xR-X", "AP=11");
}
END_TEST

START_TEST(execute_never)
{
	leaf_case(0, S1_USER | S1_RO | S1_UXN, "r--R-X", "UXN");
	leaf_case(0, S1_USER | S1_RO | S1_PXN, "r-xR--", "PXN");
	leaf_case(0, S1_USER | S1_RO | S1_PXN | S1_UXN, "r--R--", "both");
}
END_TEST

START_TEST(writable_execute_never)
{
	leaf_case(1ull << 36, 0, "--xRW-", "WXN, AP=00");
	leaf_case(1ull << 36, S1_USER, "rw-RW-", "WXN, AP=01");
	leaf_case(1ull << 36, S1_RO, "--xR-X", "WXN, AP=10");
}
END_TEST

START_TEST(privileged_access_never)
{
	leaf_case(1ull << 40, S1_USER, "rwx---", "PAN, AP=01");
	leaf_case(1ull << 40, S1_USER | S1_RO, "r-x--X", "PAN, AP=11");
	leaf_case(1ull << 40, 0, "--xRWX", "PAN, AP=00");
}
END_TEST

START_TEST(enhanced_privileged_access_never)
{
	struct smmu_config c = rig_config();

	c.aidr = 4;
	rig_boot(&rig, &c);
	cd_pa = stream_s1(&rig, &tree);
	tree_map(&tree, 0x1000, 3, 0x11000, S1_AF);
	tree_map(&tree, 0x2000, 3, 0x11000, S1_AF | S1_UXN);
	cd_make(cd, &tree, NULL);
	cd[0] |= 1ull << 40;
	cd[1] |= 1ull << 59;
	rig_put(&rig, cd_pa, cd, 8);
	expect(1, 0x1000, "--x--X", "EPAN, user-executable");
	expect(1, 0x2000, "---RWX", "EPAN, not user-executable");
	rig_close(&rig);
}
END_TEST

START_TEST(el2_has_no_privilege_levels)
{
	uint64_t ste[8];

	begin(1ull << 40, S1_PXN); /* PAN and PXN mean nothing */
	ste_s1(ste, cd_pa, 0);
	ste[1] |= 2ull << 30;
	rig_ste(&rig, 1, ste);
	expect(1, 0x1000, "rwxRWX", "EL2");
	rig_put64(&rig, tree_slot(&tree, 0x1000, 3), 0x11000 | S1_AF | S1_RO | S1_UXN | 3);
	expect(1, 0x1000, "r--R--", "EL2, read-only, XN");
	rig_close(&rig);
}
END_TEST

/* Limits of a table at `level` for a leaf that grants everything it can. */
static void table_case(int level, uint64_t table_bits, uint64_t leaf, bool had, const char *want)
{
	uint64_t slot;

	begin(0, leaf);
	slot = tree_slot(&tree, 0x1000, level);
	rig_put64(&rig, slot, rig_get64(&rig, slot) | table_bits);
	if (had) {
		cd[1] |= 2;
		rig_put(&rig, cd_pa, cd, 8);
	}
	expect(1, 0x1000, want, "table");
	rig_close(&rig);
}

START_TEST(hierarchical_permissions)
{
	for (int level = 0; level < 3; level++) {
		table_case(level, 1ull << 61, S1_USER, false, "--xRWX"); /* no unprivileged */
		table_case(level, 2ull << 61, S1_USER, false, "r-xR-X"); /* no writes */
		table_case(level, 3ull << 61, S1_USER, false, "--xR-X");
		table_case(level, 1ull << 60, S1_USER | S1_RO, false, "r--R-X");
		table_case(level, 1ull << 59, S1_USER | S1_RO, false, "r-xR--");
		/* HAD: as if they were not there */
		table_case(level, 15ull << 59, S1_USER | S1_RO, true, "r-xR-X");
	}
}
END_TEST

START_TEST(limits_accumulate)
{
	uint64_t slot;

	begin(0, S1_USER);
	slot = tree_slot(&tree, 0x1000, 0);
	rig_put64(&rig, slot, rig_get64(&rig, slot) | 2ull << 61);
	slot = tree_slot(&tree, 0x1000, 2);
	rig_put64(&rig, slot, rig_get64(&rig, slot) | 1ull << 61);
	expect(1, 0x1000, "--xR-X", "level 0 and 2");
	rig_close(&rig);
}
END_TEST

START_TEST(e0pd)
{
	struct smmu_txn txn = {.sid = 1, .addr = 0x1000};
	struct smmu_result r;

	begin(0, S1_USER);
	cd[1] |= 4; /* E0PD0 */
	rig_put(&rig, cd_pa, cd, 8);
	smmu_translate(rig.smmu, &txn, &r);
	ck_event(&rig, 0x10 | 1ull << 32, 1ull << 35 | 2ull << 40, 0x1000, 0);
	txn.privileged = true;
	smmu_translate(rig.smmu, &txn, &r);
	ck_assert_int_eq(r.status, SMMU_OK);
	rig_close(&rig);
}
END_TEST

START_TEST(privilege_and_instruction_overrides)
{
	uint64_t ste[8];

	begin(0, 0); /* AP=00: --xRWX */
	ste_s1(ste, cd_pa, 0);
	ste[1] |= 3ull << 48; /* PRIVCFG=privileged */
	rig_ste(&rig, 1, ste);
	ck_assert_int_eq(rig_translate(&rig, 1, 0x1000, true).status, SMMU_OK);
	ste[1] = (ste[1] & ~(3ull << 48)) | 2ull << 48 | 3ull << 50; /* unprivileged, instruction */
	rig_ste(&rig, 1, ste);
	ck_assert_int_eq(rig_translate(&rig, 1, 0x1000, false).status, SMMU_OK);
	rig_put64(&rig, tree_slot(&tree, 0x1000, 3), 0x11000 | S1_AF | S1_UXN | 3);
	rig_translate(&rig, 1, 0x1000, false);
	/* InD and RnW as overridden */
	ck_event(&rig, F_PERMISSION | 1ull << 32, 1ull << 34 | 1ull << 35 | 2ull << 40, 0x1000, 0);
	rig_translate(&rig, 1, 0x1000, true); /* writes are data */
	ck_event(&rig, F_PERMISSION | 1ull << 32, 2ull << 40, 0x1000, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(stage2_permissions)
{
	static const struct {
		uint64_t bits;
		const char *want;
	} rows[] = {
		{0, "------"},
		{S2_R, "r-xR-X"},
		{S2_W, "-w--W-"},
		{S2_R | S2_W, "rwxRWX"},
		{S2_R | 1ull << 53, "r-xR--"}, /* XN=01: unprivileged only */
		{S2_R | 2ull << 53, "r--R--"}, /* XN=10: none */
		{S2_R | 3ull << 53, "r--R-X"}, /* XN=11: privileged only */
	};

	for (unsigned int i = 0; i < 7; i++) {
		rig_boot(&rig, NULL);
		stream_s2(&rig, &tree);
		tree_map(&tree, 0x1000, 3, 0x11000, S1_AF | S2_WB | rows[i].bits);
		expect(2, 0x1000, rows[i].want, "stage 2");
		rig_close(&rig);
	}
}
END_TEST

START_TEST(stage2_without_xnx)
{
	struct smmu_config c = rig_config();

	c.aidr = 0;
	c.xnx = false;
	rig_boot(&rig, &c);
	stream_s2(&rig, &tree);
	tree_map(&tree, 0x1000, 3, 0x11000, S1_AF | S2_WB | S2_R | 1ull << 53);
	tree_map(&tree, 0x2000, 3, 0x11000, S1_AF | S2_WB | S2_R | 2ull << 53);
	expect(2, 0x1000, "r-xR-X", "bit 53 means nothing");
	expect(2, 0x2000, "r--R--", "bit 54");
	rig_close(&rig);
}
END_TEST

START_TEST(both_stages_must_grant)
{
	struct tree s1, s2;

	rig_boot(&rig, NULL);
	stream_nested(&rig, &s1, &s2);
	tree_map(&s2, NESTED_BIAS, 3, 0x11000, S1_AF | S2_WB | S2_R);
	tree_map(&s2, NESTED_BIAS + 0x1000, 3, 0x12000, S2_RW);
	tree_map(&s1, 0x1000, 3, NESTED_BIAS, S1_RW);
	tree_map(&s1, 0x2000, 3, NESTED_BIAS + 0x1000, S1_RW | S1_RO);
	expect(3, 0x1000, "r-xR--", "stage 2 read-only, stage 1 AP=01");
	expect(3, 0x2000, "r-xR-X", "stage 1 read-only");
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(access_bits);
	SUITE_CASE(execute_never);
	SUITE_CASE(writable_execute_never);
	SUITE_CASE(privileged_access_never);
	SUITE_CASE(enhanced_privileged_access_never);
	SUITE_CASE(el2_has_no_privilege_levels);
	SUITE_CASE(hierarchical_permissions);
	SUITE_CASE(limits_accumulate);
	SUITE_CASE(e0pd);
	SUITE_CASE(privilege_and_instruction_overrides);
	SUITE_CASE(stage2_permissions);
	SUITE_CASE(stage2_without_xnx);
	SUITE_CASE(both_stages_must_grant);
}
