/* SPDX-License-Identifier: MIT */
/*
 * The TLB: what it keeps, and exactly what each invalidation reaches:
 * IHI 0070 3.17, 4.4. Every case maps, translates, unmaps without telling the
 * SMMU, sees the stale answer, invalidates, and looks again.
 */
#include "tests/smmu/tables.h"
#include "tests/suite.h"

static struct rig rig;
static struct tree s1, s2;
static uint64_t cd_pa;

static bool works(uint32_t sid, uint64_t addr)
{
	uint64_t r[4];

	if (rig_translate(&rig, sid, addr, false).status == SMMU_OK)
		return true;
	while (rig_event(&rig, r))
		;
	return false;
}

static void cached_config(struct smmu_config *c)
{
	*c = rig_config();
	c->tlb_entries = 64;
}

static void boot(void)
{
	struct smmu_config c;

	cached_config(&c);
	rig_boot(&rig, &c);
}

/*
 * Stream 1: VMID 0, ASID 5. VA 0x1000 non-global page, 0x2000 global page,
 * 0x400000 a 2 MB block, non-global. All are used once, then unmapped.
 */
static void stale_s1(void)
{
	boot();
	cd_pa = stream_s1(&rig, &s1);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW | S1_NG);
	tree_map(&s1, 0x2000, 3, 0x12000, S1_RW);
	tree_map(&s1, 0x400000, 2, 0x800000, S1_RW | S1_NG);
	ck_assert(works(1, 0x1000) && works(1, 0x2000) && works(1, 0x412345));
	rig_put64(&rig, tree_slot(&s1, 0x1000, 3), 0);
	rig_put64(&rig, tree_slot(&s1, 0x2000, 3), 0);
	rig_put64(&rig, tree_slot(&s1, 0x400000, 2), 0);
	/* stale, and so it stays */
	ck_assert(works(1, 0x1000) && works(1, 0x2000) && works(1, 0x5fffff));
}

/* Which of the three remain after a command: page, global, block. */
static void reach(uint64_t dw0, uint64_t dw1, bool page, bool global, bool block)
{
	stale_s1();
	rig_cmd(&rig, dw0, dw1);
	ck_assert_uint_eq(rig_cmd_error(&rig), 0);
	ck_assert_msg(works(1, 0x1000) == page && works(1, 0x2000) == global &&
			      works(1, 0x400000) == block,
		      "command %#llx %#llx", (unsigned long long)dw0, (unsigned long long)dw1);
	rig_close(&rig);
}

#define ASID(n) ((uint64_t)(n) << 48)
#define VMID(n) ((uint64_t)(n) << 32)

START_TEST(all_of_a_vmid)
{
	reach(0x10, 0, false, false, false);
	reach(0x10 | VMID(1), 0, true, true, true);
	reach(0x30, 0, false, false, false);
	reach(0x28, 0, false, false, false);
	reach(0x28 | VMID(1), 0, true, true, true);
}
END_TEST

START_TEST(by_asid)
{
	reach(0x11 | ASID(5), 0, false, true, false); /* spares global entries */
	reach(0x11 | ASID(6), 0, true, true, true);
	reach(0x11 | ASID(5) | VMID(1), 0, true, true, true);
}
END_TEST

START_TEST(by_address_and_asid)
{
	reach(0x12 | ASID(5), 0x1000, false, true, true);
	reach(0x12 | ASID(6), 0x1000, true, true, true);
	reach(0x12 | ASID(6), 0x2000, true, false, true);   /* global matches any ASID */
	reach(0x12 | ASID(5), 0x5ff000, true, true, false); /* anywhere in the block */
	reach(0x12 | ASID(5), 0x600000, true, true, true);
	reach(0x12 | ASID(5) | VMID(1), 0x1000, true, true, true);
	reach(0x12 | ASID(5), 0x1001, false, true, true); /* Leaf */
}
END_TEST

START_TEST(by_address)
{
	reach(0x13, 0x1000, false, true, true);
	reach(0x13, 0x2000, true, false, true);
	reach(0x13 | VMID(3), 0x2000, true, true, true);
}
END_TEST

START_TEST(by_range)
{
	/* TG=4K in dw1 11:10; NUM 16:12, SCALE 24:20 in dw0 */
	reach(0x12 | ASID(5) | 1 << 12, 0x1000 | 1 << 10, false, false, true);
	reach(0x12 | ASID(5) | 0 << 12 | 1 << 20, 0x1000 | 1 << 10, false, false, true);
	reach(0x12 | ASID(5) | 1 << 12, 0x2000 | 1 << 10, true, false, true);
	reach(0x12 | ASID(5) | 1 << 12, 0x0000 | 1 << 10, false, true, true);
	reach(0x13 | 31 << 12 | 6 << 20, 0x0000 | 1 << 10, false, false, false); /* 8 MB */
	reach(0x13 | 31 << 12 | 5 << 20, 0x0000 | 1 << 10, false, false, true);	 /* 4 MB */
	reach(0x13 | 31 << 12 | 31 << 20, 0x10000 | 1 << 10, true, true, false);
	/* 64 KB granule */
	reach(0x13 | 63 << 12, 0x0000 | 3 << 10, false, false, true);
	/* the lower half only */
	reach(0x13 | 31 << 12 | 31 << 20, 0xffff000000000000 | 1 << 10, true, true, true);
}
END_TEST

START_TEST(range_without_ril_is_one_address)
{
	struct smmu_config c;

	cached_config(&c);
	c.aidr = 1;
	c.ril = false;
	rig_boot(&rig, &c);
	stream_s1(&rig, &s1);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW);
	tree_map(&s1, 0x2000, 3, 0x12000, S1_RW);
	ck_assert(works(1, 0x1000) && works(1, 0x2000));
	rig_put64(&rig, tree_slot(&s1, 0x1000, 3), 0);
	rig_put64(&rig, tree_slot(&s1, 0x2000, 3), 0);
	rig_cmd(&rig, 0x12 | ASID(5) | 1 << 12, 0x1000 | 1 << 10);
	ck_assert(!works(1, 0x1000));
	ck_assert(works(1, 0x2000));
	rig_close(&rig);
}
END_TEST

START_TEST(el2_commands_do_not_reach_el1)
{
	for (uint64_t op = 0x20; op <= 0x23; op++)
		reach(op | ASID(5), 0x1000, true, true, true);
}
END_TEST

/* Stream 4 in the EL2 world, or EL2-E2H with CR2.E2H; ASID 5. */
static void stale_el2(bool e2h)
{
	uint64_t ste[8], cd[8], pa;
	struct smmu_config c;

	cached_config(&c);
	rig_boot(&rig, &c);
	if (e2h) {
		rig_write(&rig, REG_CR0, CR0_CMDQEN | CR0_EVENTQEN);
		rig_run(&rig);
		rig_write(&rig, REG_CR2, 3);
		rig_write(&rig, REG_CR0, CR0_CMDQEN | CR0_EVENTQEN | CR0_SMMUEN);
		rig_run(&rig);
	}
	tree_init(&s1, &rig, 12, 48, 0, 0);
	cd_make(cd, &s1, NULL);
	pa = rig_alloc(&rig, 64);
	rig_put(&rig, pa, cd, 8);
	ste_s1(ste, pa, 0);
	ste[1] |= 2ull << 30;
	rig_ste(&rig, 4, ste);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW | S1_NG);
	ck_assert(works(4, 0x1000));
	rig_put64(&rig, tree_slot(&s1, 0x1000, 3), 0);
	ck_assert(works(4, 0x1000));
}

static void reach_el2(bool e2h, uint64_t dw0, uint64_t dw1, bool remains)
{
	stale_el2(e2h);
	rig_cmd(&rig, dw0, dw1);
	ck_assert_uint_eq(works(4, 0x1000), remains);
	rig_close(&rig);
}

START_TEST(el2_commands)
{
	reach_el2(false, 0x10, 0, true);
	reach_el2(false, 0x30, 0, true);
	reach_el2(false, 0x20, 0, false);
	reach_el2(false, 0x22 | ASID(9), 0x1000, false); /* no ASID in EL2 */
	reach_el2(false, 0x22, 0x2000, true);
	reach_el2(false, 0x23, 0x1000, false);
	reach_el2(true, 0x20, 0, false);
	reach_el2(true, 0x21 | ASID(5), 0, false);
	reach_el2(true, 0x21 | ASID(6), 0, true);
	reach_el2(true, 0x22 | ASID(5), 0x1000, false);
	reach_el2(true, 0x22 | ASID(6), 0x1000, true);
	reach_el2(true, 0x23, 0x1000, false);
}
END_TEST

START_TEST(asids_and_globals_are_shared_across_streams)
{
	uint64_t ste[8], cd[8], pa;

	boot();
	stream_s1(&rig, &s1);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW | S1_NG);
	tree_map(&s1, 0x2000, 3, 0x12000, S1_RW);
	ck_assert(works(1, 0x1000) && works(1, 0x2000));
	/* Another stream, another ASID, the same VMID, empty tables. */
	tree_init(&s2, &rig, 12, 48, 0, 0);
	cd_make(cd, &s2, NULL);
	cd[0] = (cd[0] & ~ASID(0xffff)) | ASID(6);
	pa = rig_alloc(&rig, 64);
	rig_put(&rig, pa, cd, 8);
	ste_s1(ste, pa, 0);
	rig_ste(&rig, 5, ste);
	ck_assert(!works(5, 0x1000)); /* nG: only its ASID */
	ck_assert(works(5, 0x2000));
	/* ... but not one with the other ASET, or the other VMID. */
	cd[0] |= 1ull << 47;
	rig_put(&rig, pa, cd, 8);
	ck_assert(!works(5, 0x2000));
	cd[0] &= ~(1ull << 47);
	rig_put(&rig, pa, cd, 8);
	ste[2] = 7;
	rig_ste(&rig, 5, ste);
	ck_assert(!works(5, 0x2000));
	rig_close(&rig);
}
END_TEST

/* Stream 2: VMID 1, stage 2 alone. */
static void reach_s2(uint64_t dw0, uint64_t dw1, bool remains)
{
	boot();
	stream_s2(&rig, &s2);
	tree_map(&s2, 0x1000, 3, 0x11000, S2_RW);
	ck_assert(works(2, 0x1000));
	rig_put64(&rig, tree_slot(&s2, 0x1000, 3), 0);
	ck_assert(works(2, 0x1000));
	rig_cmd(&rig, dw0, dw1);
	ck_assert_msg(works(2, 0x1000) == remains, "command %#llx", (unsigned long long)dw0);
	rig_close(&rig);
}

START_TEST(stage2_commands)
{
	reach_s2(0x2a | VMID(1), 0x1000, false);
	reach_s2(0x2a | VMID(1), 0x2000, true);
	reach_s2(0x2a | VMID(2), 0x1000, true);
	reach_s2(0x2a | VMID(1) | 1 << 12, 0x0000 | 1 << 10, false);
	reach_s2(0x28 | VMID(1), 0, false);
	reach_s2(0x28 | VMID(2), 0, true);
	reach_s2(0x30, 0, false);
	reach_s2(0x10 | VMID(1), 0, true); /* stage 1 only */
	reach_s2(0x13 | VMID(1), 0x1000, true);
}
END_TEST

/* Nested: VA 0x1000 -> IPA_DATA -> DATA. The host takes the stage 2 page away. */
enum { DATA = RIG_ALLOC + 0xf00000 };
#define IPA_DATA (DATA + NESTED_BIAS)

static void stale_nested(void)
{
	struct smmu_config c;

	cached_config(&c);
	c.tlb_entries = 1024;
	rig_boot(&rig, &c);
	stream_nested(&rig, &s1, &s2);
	tree_map(&s1, 0x1000, 3, IPA_DATA, S1_RW | S1_NG);
	ck_assert(works(3, 0x1000));
	rig_put64(&rig, tree_slot(&s2, IPA_DATA, 3), 0);
	ck_assert(works(3, 0x1000));
}

START_TEST(s2_ipa_leaves_combined_entries)
{
	stale_nested();
	rig_cmd(&rig, 0x2a | VMID(1), IPA_DATA);
	ck_assert(works(3, 0x1000)); /* needs a stage 1 command as well */
	rig_cmd(&rig, 0x10 | VMID(1), 0);
	ck_assert(!works(3, 0x1000));
	rig_close(&rig);
	/* and the other way round: the stage 2 entry is still there */
	stale_nested();
	rig_cmd(&rig, 0x10 | VMID(1), 0);
	ck_assert(works(3, 0x1000));
	rig_cmd(&rig, 0x2a | VMID(1), IPA_DATA);
	ck_assert(works(3, 0x1000)); /* recombined meanwhile */
	rig_cmd(&rig, 0x10 | VMID(1), 0);
	ck_assert(!works(3, 0x1000));
	rig_close(&rig);
}
END_TEST

START_TEST(s12_vmall_takes_both)
{
	stale_nested();
	rig_cmd(&rig, 0x28 | VMID(1), 0);
	ck_assert(!works(3, 0x1000));
	rig_close(&rig);
}
END_TEST

START_TEST(guest_unmap_needs_its_address)
{
	stale_nested();
	rig_put64(&rig, tree_slot(&s2, IPA_DATA, 3), DATA | S2_RW | 3);
	rig_put64(&rig, tree_slot(&s1, 0x1000, 3), 0);
	rig_cmd(&rig, 0x12 | VMID(1) | ASID(5), 0x2000);
	rig_cmd(&rig, 0x12 | VMID(2) | ASID(5), 0x1000);
	rig_cmd(&rig, 0x12 | VMID(1) | ASID(4), 0x1000);
	rig_cmd(&rig, 0x2a | VMID(1), 0x1000);
	ck_assert(works(3, 0x1000));
	rig_cmd(&rig, 0x12 | VMID(1) | ASID(5), 0x1000);
	ck_assert(!works(3, 0x1000));
	rig_close(&rig);
}
END_TEST

START_TEST(hits_keep_permissions_and_addresses)
{
	struct smmu_result r;

	boot();
	stream_s1(&rig, &s1);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW | S1_RO);
	ck_assert(works(1, 0x1000));
	tree_map(&s1, 0x1000, 3, 0x22000, S1_RW);
	r = rig_translate(&rig, 1, 0x1008, false);
	ck_assert_uint_eq(r.pa, 0x11008);
	ck_assert(r.readable && !r.writable);
	rig_translate(&rig, 1, 0x1008, true); /* the stale permission faults */
	ck_event(&rig, 0x13 | 1ull << 32, 2ull << 40, 0x1008, 0);
	rig_cmd(&rig, 0x30, 0);
	ck_assert_uint_eq(rig_translate(&rig, 1, 0x1008, true).pa, 0x22008);
	rig_close(&rig);
}
END_TEST

/* A permission fault of stage 2 out of a combined entry still names its IPA. */
START_TEST(hits_name_the_ipa)
{
	struct smmu_config c;

	cached_config(&c);
	rig_boot(&rig, &c);
	stream_nested(&rig, &s1, &s2);
	tree_map(&s2, IPA_DATA, 3, DATA, S1_AF | S2_R | S2_WB);
	tree_map(&s1, 0x1000, 3, IPA_DATA, S1_RW);
	ck_assert(works(3, 0x1000));
	rig_translate(&rig, 3, 0x1abc, true);
	ck_event(&rig, 0x13 | 3ull << 32, 1ull << 39 | 2ull << 40, 0x1abc, IPA_DATA);
	rig_close(&rig);
}
END_TEST

START_TEST(faults_are_not_cached)
{
	boot();
	stream_s1(&rig, &s1);
	ck_assert(!works(1, 0x1000));
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW & ~S1_AF);
	ck_assert(!works(1, 0x1000));
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW);
	ck_assert(works(1, 0x1000));
	rig_close(&rig);
}
END_TEST

START_TEST(probing_changes_nothing)
{
	struct smmu_txn txn = {.sid = 1, .addr = 0x1010};
	struct smmu_stats before, after;
	uint64_t pa = 0;

	boot();
	stream_s1(&rig, &s1);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW);
	ck_assert(!smmu_tlb_probe(rig.smmu, &txn, &pa));
	ck_assert(!smmu_tlb_probe(rig.smmu, &txn, &pa)); /* the first one filled nothing */
	ck_assert(works(1, 0x1000));
	tree_map(&s1, 0x1000, 3, 0x22000, S1_RW);
	smmu_get_stats(rig.smmu, &before);
	ck_assert(smmu_tlb_probe(rig.smmu, &txn, &pa));
	ck_assert_uint_eq(pa, 0x11010);
	smmu_get_stats(rig.smmu, &after);
	ck_assert_mem_eq(&before, &after, sizeof(before));
	rig_close(&rig);
}
END_TEST

START_TEST(the_tables_alone_tell_what_is_stale)
{
	struct smmu_txn txn = {.sid = 1, .addr = 0x1010};
	struct smmu_result r;

	stale_s1();
	smmu_translate_fresh(rig.smmu, &txn, &r);
	ck_assert_int_eq(r.status, SMMU_ABORT);
	ck_assert_uint_eq(r.event, 0x10);
	ck_no_event(&rig);
	ck_assert(works(1, 0x1000));
	rig_close(&rig);
}
END_TEST

START_TEST(the_tables_alone_without_stages)
{
	struct smmu_txn txn = {.sid = 9, .addr = 0x1010};
	struct smmu_result r;

	boot();
	rig_put64(&rig, RIG_STRTAB + 9 * 64, 1 | 4 << 1);
	smmu_translate_fresh(rig.smmu, &txn, &r);
	ck_assert_int_eq(r.status, SMMU_OK);
	ck_assert_uint_eq(r.pa, 0x1010);
	txn.addr = 1ull << 48; /* beyond OAS */
	smmu_translate_fresh(rig.smmu, &txn, &r);
	ck_assert_int_eq(r.status, SMMU_ABORT);
	ck_assert_uint_eq(r.event, 0x11);
	txn.sid = 100;
	smmu_translate_fresh(rig.smmu, &txn, &r);
	ck_assert_uint_eq(r.event, 2);
	ck_no_event(&rig);
	rig_close(&rig);
}
END_TEST

/* 3.11: while translation is off, GBPA decides; no cache takes part. */
START_TEST(the_tables_alone_while_translation_is_off)
{
	struct smmu_txn txn = {.sid = 9, .addr = 0x1010};
	struct smmu_result r;

	boot();
	rig_write(&rig, REG_CR0, 0);
	rig_run(&rig);
	smmu_translate_fresh(rig.smmu, &txn, &r);
	ck_assert_int_eq(r.status, SMMU_OK);
	ck_assert_uint_eq(r.pa, 0x1010);
	rig_write(&rig, REG_GBPA, 1u << 31 | 1 << 20);
	rig_run(&rig);
	smmu_translate_fresh(rig.smmu, &txn, &r);
	ck_assert_int_eq(r.status, SMMU_ABORT);
	ck_assert_uint_eq(r.event, 0);
	rig_close(&rig);
}
END_TEST

/* Block and page at once: what BBML says (3.21.1.3). */
static unsigned int page_under_block(uint8_t bbml)
{
	struct smmu_config c;
	struct smmu_result r;

	cached_config(&c);
	c.aidr = 1;
	c.bbml = bbml;
	rig_boot(&rig, &c);
	stream_s1(&rig, &s1);
	tree_map(&s1, 0x400000, 3, 0x11000, S1_RW);
	ck_assert(works(1, 0x400000));
	rig_put64(&rig, tree_slot(&s1, 0x400000, 2), 0x800000 | S1_RW | 1);
	ck_assert(works(1, 0x401000)); /* brings the block in */
	r = rig_translate(&rig, 1, 0x400010, false);
	if (r.status == SMMU_ABORT)
		ck_event(&rig, 0x20 | 1ull << 32, 1ull << 35, 0x400010, 0);
	rig_close(&rig);
	return r.event;
}

START_TEST(conflicts)
{
	ck_assert_uint_eq(page_under_block(0), 0x20);
	ck_assert_uint_eq(page_under_block(1), 0);
	ck_assert_uint_eq(page_under_block(2), 0);
}
END_TEST

START_TEST(replacement_is_deterministic)
{
	struct smmu_stats a, b;

	for (unsigned int run = 0; run < 2; run++) {
		boot();
		stream_s1(&rig, &s1);
		for (uint64_t i = 0; i < 300; i++)
			tree_map(&s1, i << 12, 3, i << 12, S1_RW);
		for (unsigned int round = 0; round < 3; round++)
			for (uint64_t i = 0; i < 300; i++)
				ck_assert_uint_eq(rig_translate(&rig, 1, i << 12, false).pa,
						  i << 12);
		smmu_get_stats(rig.smmu, run ? &b : &a);
		rig_close(&rig);
	}
	ck_assert_mem_eq(&a, &b, sizeof(a));
	ck_assert_uint_gt(a.tlb_misses, 300);
}
END_TEST

/* One entry serves a contiguous set, and any of its pages takes it away. */
START_TEST(contiguous_sets_go_as_a_whole)
{
	boot();
	stream_s1(&rig, &s1);
	for (uint64_t va = 0x10000; va < 0x20000; va += 0x1000)
		tree_map(&s1, va, 3, va, S1_RW | DESC_CONT);
	ck_assert(works(1, 0x12000));
	for (uint64_t va = 0x10000; va < 0x20000; va += 0x1000)
		rig_put64(&rig, tree_slot(&s1, va, 3), 0);
	ck_assert(works(1, 0x10000) && works(1, 0x1f000));
	rig_cmd(&rig, 0x12 | ASID(5), 0x20000);
	ck_assert(works(1, 0x10000));
	rig_cmd(&rig, 0x12 | ASID(5), 0x17000);
	ck_assert(!works(1, 0x10000) && !works(1, 0x1f000));
	rig_close(&rig);
}
END_TEST

START_TEST(a_lost_invalidation)
{
	stale_s1();
	rig.fault = "smmu.tlbi-lost";
	rig_cmd(&rig, 0x30, 0);
	ck_assert(works(1, 0x1000));
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(all_of_a_vmid);
	SUITE_CASE(by_asid);
	SUITE_CASE(by_address_and_asid);
	SUITE_CASE(by_address);
	SUITE_CASE(by_range);
	SUITE_CASE(range_without_ril_is_one_address);
	SUITE_CASE(el2_commands_do_not_reach_el1);
	SUITE_CASE(el2_commands);
	SUITE_CASE(asids_and_globals_are_shared_across_streams);
	SUITE_CASE(stage2_commands);
	SUITE_CASE(s2_ipa_leaves_combined_entries);
	SUITE_CASE(s12_vmall_takes_both);
	SUITE_CASE(guest_unmap_needs_its_address);
	SUITE_CASE(hits_keep_permissions_and_addresses);
	SUITE_CASE(hits_name_the_ipa);
	SUITE_CASE(faults_are_not_cached);
	SUITE_CASE(probing_changes_nothing);
	SUITE_CASE(the_tables_alone_tell_what_is_stale);
	SUITE_CASE(the_tables_alone_without_stages);
	SUITE_CASE(the_tables_alone_while_translation_is_off);
	SUITE_CASE(conflicts);
	SUITE_CASE(replacement_is_deterministic);
	SUITE_CASE(contiguous_sets_go_as_a_whole);
	SUITE_CASE(a_lost_invalidation);
}
