/* SPDX-License-Identifier: MIT */
/* What a trace shows of commands, fetches, walks, hits and events, in order. */
#include "tests/smmu/tables.h"
#include "tests/suite.h"

static struct rig rig;
static struct tree s1, s2;

enum { DATA = RIG_ALLOC + 0xf00000 };
#define IPA_DATA (DATA + NESTED_BIAS)

static void boot(void)
{
	struct smmu_config c = rig_config();

	c.tlb_entries = 256;
	c.cfg_entries = 8;
	rig_boot_traced(&rig, &c);
	ck_assert_uint_eq(rig.n_traces, 0);
}

static void is(unsigned int n, enum smmu_trace_kind kind, uint64_t addr, uint64_t first)
{
	const struct smmu_trace *t = &rig.traces[n];

	ck_assert_uint_lt(n, rig.n_traces);
	ck_assert_int_eq(t->kind, kind);
	ck_assert_uint_eq(t->addr, addr);
	ck_assert_uint_gt(t->n_data, 0);
	ck_assert_uint_eq(t->data[0], first);
}

static void is_walk(unsigned int n, unsigned int stage, int level, uint64_t slot)
{
	is(n, SMMU_TRACE_WALK, slot, rig_get64(&rig, slot));
	ck_assert_uint_eq(rig.traces[n].stage, stage);
	ck_assert_int_eq(rig.traces[n].level, level);
	ck_assert_uint_eq(rig.traces[n].sid, stage == 1 ? 1 : 2);
}

START_TEST(one_stage)
{
	uint64_t cd_pa;

	boot();
	cd_pa = stream_s1(&rig, &s1);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW);
	rig_translate(&rig, 1, 0x1008, false);
	is(0, SMMU_TRACE_STE, RIG_STRTAB + 64, rig_get64(&rig, RIG_STRTAB + 64));
	ck_assert_uint_eq(rig.traces[0].n_data, 8);
	is(1, SMMU_TRACE_CD, cd_pa, rig_get64(&rig, cd_pa));
	for (int level = 0; level < 4; level++)
		is_walk(2 + (unsigned int)level, 1, level, tree_slot(&s1, 0x1000, level));
	is(6, SMMU_TRACE_TRANSLATE, 0x1008, 0x11008);
	ck_assert_uint_eq(rig.traces[6].data[1], SMMU_OK);
	rig_translate(&rig, 1, 0x1010, false);
	is(7, SMMU_TRACE_TLB_HIT, 0x1010, 0x11010);
	is(8, SMMU_TRACE_TRANSLATE, 0x1010, 0x11010);
	ck_assert_uint_eq(rig.n_traces, 9);
	rig_close(&rig);
}
END_TEST

START_TEST(stage2_alone)
{
	boot();
	stream_s2(&rig, &s2);
	tree_map(&s2, 0x1000, 3, 0x11000, S2_RW);
	rig_translate(&rig, 2, 0x1000, false);
	for (int level = 0; level < 4; level++)
		is_walk(1 + (unsigned int)level, 2, level, tree_slot(&s2, 0x1000, level));
	rig_translate(&rig, 2, 0x1000, false);
	is(6, SMMU_TRACE_TLB_HIT, 0x1000, 0x11000);
	ck_assert_uint_eq(rig.traces[6].stage, 2);
	rig_close(&rig);
}
END_TEST

/* Caches shorten the nested walk: after stage 2 knows the tables' pages. */
START_TEST(nested)
{
	unsigned int walks[3] = {0, 0, 0};

	boot();
	stream_nested(&rig, &s1, &s2);
	tree_map(&s1, 0x1000, 3, IPA_DATA, S1_RW);
	rig_translate(&rig, 3, 0x1000, false);
	for (unsigned int i = 0; i < rig.n_traces; i++)
		if (rig.traces[i].kind == SMMU_TRACE_WALK)
			walks[rig.traces[i].stage]++;
	ck_assert_uint_eq(walks[1], 4);
	/* CD, four tables, data: all on pages of their own */
	ck_assert_uint_eq(walks[2], 24);
	rig_close(&rig);
}
END_TEST

START_TEST(commands_and_events)
{
	boot();
	rig_cmd(&rig, 0x04, 31);
	is(0, SMMU_TRACE_CMD, RIG_CMDQ, 0x04);
	ck_assert_uint_eq(rig.traces[0].data[1], 31);
	rig_translate(&rig, 100, 0, false);
	is(1, SMMU_TRACE_EVENT, RIG_EVTQ, 2 | 100ull << 32);
	is(2, SMMU_TRACE_TRANSLATE, 0, 0);
	ck_assert_uint_eq(rig.traces[2].data[1], SMMU_ABORT);
	rig_cmd(&rig, 0xff, 0);
	is(3, SMMU_TRACE_CMD, RIG_CMDQ + 16, 0xff);
	is(4, SMMU_TRACE_GERROR, 0, 1);
	rig_write(&rig, REG_CR0, CR0_SMMUEN);
	rig_run(&rig);
	rig_translate(&rig, 100, 0, false);
	is(5, SMMU_TRACE_EVENT, 0, 2 | 100ull << 32); /* lost */
	rig_close(&rig);
}
END_TEST

START_TEST(two_level_tables)
{
	uint64_t l1std, stes, l1cd, cds, ste[8], cd[8];

	boot();
	l1std = rig_alloc(&rig, 64);
	stes = rig_alloc(&rig, 64 * 64);
	l1cd = rig_alloc(&rig, 128);
	cds = rig_alloc(&rig, 4096);
	rig_write(&rig, REG_CR0, CR0_EVENTQEN);
	rig_run(&rig);
	rig_write64(&rig, REG_STRTAB_BASE, l1std);
	rig_write(&rig, REG_STRTAB_BASE_CFG, 1 << 16 | 6 << 6 | 8);
	rig_write(&rig, REG_CR0, CR0_EVENTQEN | CR0_SMMUEN);
	rig_run(&rig);
	rig_put64(&rig, l1std, stes | 7);
	rig_put64(&rig, l1cd, cds | 1);
	ste_s1(ste, l1cd, 10);
	ste[0] |= 1 << 4;
	rig_put(&rig, stes + 64, ste, 8);
	tree_init(&s1, &rig, 12, 48, 0, 0);
	cd_make(cd, &s1, NULL);
	rig_put(&rig, cds + 3 * 64, cd, 8);
	rig_translate_ssid(&rig, 1, 3, 0x1000);
	is(0, SMMU_TRACE_L1STD, l1std, stes | 7);
	is(1, SMMU_TRACE_STE, stes + 64, ste[0]);
	is(2, SMMU_TRACE_L1CD, l1cd, cds | 1);
	is(3, SMMU_TRACE_CD, cds + 3 * 64, cd[0]);
	ck_assert(rig.traces[3].has_ssid);
	ck_assert_uint_eq(rig.traces[3].ssid, 3);
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(one_stage);
	SUITE_CASE(stage2_alone);
	SUITE_CASE(nested);
	SUITE_CASE(commands_and_events);
	SUITE_CASE(two_level_tables);
}
