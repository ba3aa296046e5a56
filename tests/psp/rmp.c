/* SPDX-License-Identifier: MIT */
/*
 * The RMP in memory: raw entries at hand-written bit positions, page states, and
 * the host's instructions on it.
 */
#include "tests/psp/rmp_rig.h"

#include <string.h>

SNP_TEST(raw_entry_of_a_guest_page)
{
	ck_assert_int_eq(UPDATE(PAGE, .assigned = true, .asid = 5, .gpa = 0x123456789000),
			 PSP_RMP_OK);
	/* assigned: bit 0; GPA in place; ASID 5: bits 51 and 53 */
	expect_raw(PAGE, 0x0028123456789001, 0x0f);
}

/* Every field of an entry at its own bits. */
SNP_TEST(raw_entry_bit_by_bit)
{
	static const struct {
		struct psp_rmp_entry entry;
		uint64_t lo, hi;
	} golden[] = {
		{{.assigned = true}, 0x1, 0},
		{{.immutable = true}, 0x4, 0},
		{{.gpa = 0x7fffffffff000}, 0x0007fffffffff000, 0},
		{{.gpa = 0x1000}, 0x1000, 0},
		{{.asid = 1}, 0x0008000000000000, 0},
		{{.asid = 0x3ff}, 0x1ff8000000000000, 0},
		{{.vmsa = true}, 0x2000000000000000, 0},
		{{.validated = true}, 0x4000000000000000, 0},
		{{.lock = true}, 0x8000000000000000, 0},
		{{.perms = {0xf, 0, 0, 0}}, 0, 0x0000000f},
		{{.perms = {0, 0x3, 0, 0}}, 0, 0x00000300},
		{{.perms = {0, 0, 0x5, 0}}, 0, 0x00050000},
		{{.perms = {0, 0, 0, 0x9}}, 0, 0x09000000},
	};
	struct psp_rmp_entry back;

	for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
		psp_rmp_set(rig.psp, PAGE + 0x1000, &golden[i].entry);
		expect_raw(PAGE + 0x1000, golden[i].lo, golden[i].hi);
		psp_rmp_lookup(rig.psp, PAGE + 0x1000, &back);
		ck_assert_mem_eq(&back, &golden[i].entry, sizeof(back));
		psp_rmp_set(rig.psp, PAGE + 0x1000, &(struct psp_rmp_entry){0});
	}
}

/* Bits 11:3 of the first entry count the other assigned pages of its 2 MiB. */
SNP_TEST(subpage_count_follows_assignments)
{
	ck_assert_int_eq(UPDATE(BIG + 0x3000, .assigned = true, .asid = 1), PSP_RMP_OK);
	expect_raw(BIG, 1 << 3, 0);
	ck_assert_int_eq(UPDATE(BIG + 0x1ff000, .assigned = true, .asid = 1), PSP_RMP_OK);
	expect_raw(BIG, 2 << 3, 0);
	ck_assert_int_eq(UPDATE(BIG + 0x1ff000, .assigned = true, .asid = 2), PSP_RMP_OK);
	expect_raw(BIG, 2 << 3, 0);
	ck_assert_int_eq(UPDATE(BIG, .assigned = true, .asid = 1), PSP_RMP_OK);
	expect_raw(BIG, 1 | 2 << 3 | 1ull << 51, 0xf);
	ck_assert_int_eq(UPDATE(BIG + 0x3000, .assigned = false), PSP_RMP_OK);
	expect_raw(BIG, 1 | 1 << 3 | 1ull << 51, 0xf);
	ck_assert_int_eq(UPDATE(BIG, .assigned = false), PSP_RMP_OK);
	expect_raw(BIG, 1 << 3, 0);
	expect_state(BIG, PSP_PAGE_HYPERVISOR);
	ck_assert_int_eq(UPDATE(BIG + 0x1ff000, .assigned = false), PSP_RMP_OK);
	expect_raw(BIG, 0, 0);
}

SNP_TEST(first_entry_of_2m_is_in_force)
{
	struct psp_rmp_entry e;

	ck_assert_int_eq(
		UPDATE(BIG, .assigned = true, .page_2m = true, .asid = 3, .gpa = 0x40000000),
		PSP_RMP_OK);
	expect_raw(BIG, 0x3 | 3ull << 51 | 0x40000000, 0xf);
	psp_rmp_lookup(rig.psp, BIG + 0x7000, &e);
	ck_assert(e.page_2m && e.asid == 3 && e.gpa == 0x40000000);
	/* what a page's own entry says does not count then, but shows that it is assigned */
	ck_assert_uint_eq(get64(raw(BIG + 0x7000)) & 1, 1);
	put64(raw(BIG + 0x7000), 0);
	psp_rmp_lookup(rig.psp, BIG + 0x7000, &e);
	ck_assert(e.assigned && e.page_2m && e.asid == 3);
	ck_assert_int_eq(UPDATE(BIG, .page_2m = true), PSP_RMP_OK);
	for (uint64_t at = 0; at < RIG_2M; at += RIG_PAGE)
		expect_raw(BIG + at, 0, 0);
}

/* Each row of the table of page states. */
SNP_TEST(page_states)
{
	static const struct {
		struct psp_rmp_entry e;
		enum psp_page_state state;
		const char *name;
	} rows[] = {
		{{0}, PSP_PAGE_HYPERVISOR, "Hypervisor"},
		{{.immutable = true}, PSP_PAGE_HV_FIXED, "HV-fixed"},
		{{.assigned = true, .immutable = true}, PSP_PAGE_FIRMWARE, "Firmware"},
		{{.assigned = true}, PSP_PAGE_RECLAIM, "Reclaim"},
		{{.assigned = true, .gpa = 0x1000}, PSP_PAGE_RECLAIM, "Reclaim"},
		{{.assigned = true, .immutable = true, .vmsa = true}, PSP_PAGE_CONTEXT, "Context"},
		{{.assigned = true, .immutable = true, .gpa = 0x1000},
		 PSP_PAGE_METADATA,
		 "Metadata"},
		{{.assigned = true, .immutable = true, .asid = 1}, PSP_PAGE_PRE_GUEST, "Pre-guest"},
		{{.assigned = true, .immutable = true, .asid = 1, .validated = true},
		 PSP_PAGE_PRE_SWAP,
		 "Pre-swap"},
		{{.assigned = true, .asid = 1}, PSP_PAGE_GUEST_INVALID, "Guest-invalid"},
		{{.assigned = true, .asid = 1, .validated = true},
		 PSP_PAGE_GUEST_VALID,
		 "Guest-valid"},
		{{.assigned = true, .asid = 1, .validated = true, .vmsa = true, .gpa = 0x5000},
		 PSP_PAGE_GUEST_VALID,
		 "Guest-valid"},
		{{.validated = true}, PSP_PAGE_OTHER, "other"},
		{{.asid = 1}, PSP_PAGE_OTHER, "other"},
		{{.assigned = true, .validated = true}, PSP_PAGE_OTHER, "other"},
		{{.assigned = true, .lock = true}, PSP_PAGE_OTHER, "other"},
		{{.assigned = true, .vmsa = true}, PSP_PAGE_OTHER, "other"},
		{{.assigned = true, .immutable = true, .vmsa = true, .gpa = 0x1000},
		 PSP_PAGE_OTHER,
		 "other"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		psp_rmp_set(rig.psp, PAGE, &rows[i].e);
		ck_assert_int_eq(psp_page_state(rig.psp, PAGE), rows[i].state);
		ck_assert_str_eq(psp_page_state_name(rows[i].state), rows[i].name);
	}
	ck_assert_str_eq(psp_page_state_name((enum psp_page_state)99), "other");
}

/* Which states RMPUPDATE can make of which, at 4 KiB. */
SNP_TEST(rmpupdate_from_each_state_to_each)
{
	static const struct psp_rmp_entry to[] = {
		{0},
		{.assigned = true, .immutable = true},
		{.assigned = true, .immutable = true, .asid = 2, .gpa = 0x7000},
		{.assigned = true, .asid = 2, .gpa = 0x7000},
	};
	static const enum psp_page_state made[] = {PSP_PAGE_HYPERVISOR, PSP_PAGE_FIRMWARE,
						   PSP_PAGE_PRE_GUEST, PSP_PAGE_GUEST_INVALID};
	static const struct {
		struct psp_rmp_entry from;
		enum psp_rmp_result result;
	} rows[] = {
		{{0}, PSP_RMP_OK},
		{{.assigned = true}, PSP_RMP_OK},
		{{.assigned = true, .asid = 1}, PSP_RMP_OK},
		{{.assigned = true,
		  .asid = 1,
		  .validated = true,
		  .vmsa = true,
		  .perms = {15, 3, 1}},
		 PSP_RMP_OK},
		{{.immutable = true}, PSP_RMP_FAIL_PERMISSION},
		{{.assigned = true, .immutable = true}, PSP_RMP_FAIL_PERMISSION},
		{{.assigned = true, .immutable = true, .vmsa = true}, PSP_RMP_FAIL_PERMISSION},
		{{.assigned = true, .immutable = true, .gpa = 0x1000}, PSP_RMP_FAIL_PERMISSION},
		{{.assigned = true, .immutable = true, .asid = 1}, PSP_RMP_FAIL_PERMISSION},
		{{.assigned = true, .immutable = true, .asid = 1, .validated = true},
		 PSP_RMP_FAIL_PERMISSION},
		{{.assigned = true, .asid = 1, .lock = true}, PSP_RMP_FAIL_INUSE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t j = 0; j < sizeof(to) / sizeof(to[0]); j++) {
			struct psp_rmp_entry before, after;

			psp_rmp_set(rig.psp, PAGE, &rows[i].from);
			psp_rmp_lookup(rig.psp, PAGE, &before);
			ck_assert_int_eq(update(PAGE, to[j]), rows[i].result);
			psp_rmp_lookup(rig.psp, PAGE, &after);
			if (rows[i].result) {
				ck_assert_mem_eq(&before, &after, sizeof(after));
				continue;
			}
			expect_state(PAGE, made[j]);
			ck_assert(!after.validated && !after.vmsa);
			ck_assert_uint_eq(after.perms[0], to[j].asid ? 0xf : 0);
			ck_assert_uint_eq(after.perms[1] | after.perms[2] | after.perms[3], 0);
		}
}

/* To Pre-swap: the same page of the same guest, made immutable, stays what it is. */
SNP_TEST(rmpupdate_of_the_immutable_bit_alone)
{
	struct psp_rmp_entry e = {.assigned = true,
				  .asid = 1,
				  .gpa = 0x5000,
				  .validated = true,
				  .vmsa = true,
				  .perms = {15, 3, 1, 0}};

	psp_rmp_set(rig.psp, PAGE, &e);
	ck_assert_int_eq(
		UPDATE(PAGE, .assigned = true, .asid = 1, .gpa = 0x5000, .immutable = true),
		PSP_RMP_OK);
	expect_state(PAGE, PSP_PAGE_PRE_SWAP);
	expect_raw(PAGE, 0x5 | 0x5000 | 1ull << 51 | 3ull << 61, 0x1030f);
	psp_rmp_set(rig.psp, PAGE, &e);
	ck_assert_int_eq(
		UPDATE(PAGE, .assigned = true, .asid = 1, .gpa = 0x6000, .immutable = true),
		PSP_RMP_OK);
	expect_raw(PAGE, 0x5 | 0x6000 | 1ull << 51, 0xf);
}

SNP_TEST(rmpupdate_refuses_input)
{
	const struct {
		uint64_t spa;
		struct psp_rmp_entry state;
	} rows[] = {
		{PAGE + 8, {.assigned = true, .asid = 1}},
		{BIG + 0x1000, {.assigned = true, .page_2m = true, .asid = 1}},
		{BIG, {.assigned = true, .page_2m = true, .asid = 1, .gpa = 0x1000}},
		{PAGE, {.assigned = true, .asid = 1, .gpa = 0x10}},
		{PAGE, {.assigned = true, .asid = 1, .gpa = 1ull << 51}},
		{PAGE, {.assigned = true, .asid = rig.config.max_asid + 1}},
		{PAGE, {.immutable = true}},
		{PAGE, {.asid = 1}},
		{PAGE, {.gpa = 0x1000}},
		{PAGE, {.assigned = true}},
		{PAGE, {.assigned = true, .immutable = true, .gpa = 0x1000}},
		{1ull << 40, {.assigned = true, .asid = 1}},
		{1ull << 60, {.assigned = true, .asid = 1}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_int_eq(update(rows[i].spa, rows[i].state), PSP_RMP_FAIL_INPUT);
	ck_assert_int_eq(
		UPDATE(PAGE, .assigned = true, .asid = rig.config.max_asid, .gpa = 0x7fffffffff000),
		PSP_RMP_OK);
}

SNP_TEST(rmpupdate_finds_overlaps)
{
	const struct psp_rmp_entry small = {.assigned = true, .asid = 1};
	const struct psp_rmp_entry large = {.assigned = true, .page_2m = true, .asid = 1};

	ck_assert_int_eq(update(BIG + 0x5000, small), PSP_RMP_OK);
	ck_assert_int_eq(update(BIG, large), PSP_RMP_FAIL_OVERLAP);
	ck_assert_int_eq(UPDATE(BIG, .page_2m = true), PSP_RMP_FAIL_OVERLAP);
	ck_assert_int_eq(UPDATE(BIG + 0x5000, .assigned = false), PSP_RMP_OK);
	ck_assert_int_eq(update(BIG, small), PSP_RMP_OK);
	ck_assert_int_eq(update(BIG, large), PSP_RMP_FAIL_OVERLAP);
	ck_assert_int_eq(UPDATE(BIG, .assigned = false), PSP_RMP_OK);
	ck_assert_int_eq(update(BIG, large), PSP_RMP_OK);
	ck_assert_int_eq(update(BIG, small), PSP_RMP_FAIL_OVERLAP);
	ck_assert_int_eq(update(BIG + 0x5000, small), PSP_RMP_FAIL_OVERLAP);
	ck_assert_int_eq(UPDATE(BIG + 0x5000, .assigned = false), PSP_RMP_FAIL_OVERLAP);
	ck_assert_int_eq(update(BIG, large), PSP_RMP_OK);
	ck_assert_int_eq(UPDATE(BIG, .page_2m = true), PSP_RMP_OK);
	expect_state(BIG + 0x5000, PSP_PAGE_HYPERVISOR);
}

SNP_TEST(rmpupdate_of_2m_respects_what_is_fixed_in_it)
{
	SET(BIG + 0x9000, .immutable = true);
	ck_assert_int_eq(UPDATE(BIG, .assigned = true, .page_2m = true, .asid = 1),
			 PSP_RMP_FAIL_PERMISSION);
	expect_state(BIG + 0x9000, PSP_PAGE_HV_FIXED);
	expect_state(BIG, PSP_PAGE_HYPERVISOR);
	SET(BIG, .assigned = true, .page_2m = true, .immutable = true);
	ck_assert_int_eq(UPDATE(BIG, .page_2m = true), PSP_RMP_FAIL_PERMISSION);
	ck_assert_int_eq(UPDATE(BIG + 0x9000, .assigned = true, .asid = 1),
			 PSP_RMP_FAIL_PERMISSION);
}

SNP_TEST(table_is_nobodys_to_give)
{
	const uint64_t own[] = {RIG_RMP, RIG_RMP + 0x3000, RIG_RMP + 0x4000, RIG_RAM - RIG_PAGE};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		expect_state(own[i], PSP_PAGE_FIRMWARE);
		ck_assert(psp_rmp_own(rig.psp, own[i]));
		ck_assert_int_eq(UPDATE(own[i], .assigned = false), PSP_RMP_FAIL_PERMISSION);
		/* nor in another state, as before SNP_INIT */
		SET(own[i], .assigned = false);
		ck_assert_int_eq(UPDATE(own[i], .assigned = true, .asid = 1),
				 PSP_RMP_FAIL_PERMISSION);
	}
	ck_assert(!psp_rmp_own(rig.psp, RIG_RMP - RIG_PAGE));
	expect_state(RIG_RMP - RIG_PAGE, PSP_PAGE_HYPERVISOR);
	ck_assert_int_eq(UPDATE(RIG_RMP, .assigned = true, .page_2m = true, .asid = 1),
			 PSP_RMP_FAIL_PERMISSION);
}

SNP_TEST(instructions_need_snp_on_their_core)
{
	struct psp_rmp_entry e = {.assigned = true, .asid = 1};
	struct rig off;
	bool mixed;

	rig_new(&off, NULL);
	ck_assert_int_eq(psp_rmpupdate(off.psp, 0, PAGE, &e), PSP_RMP_UD);
	ck_assert_int_eq(psp_psmash(off.psp, 0, BIG), PSP_RMP_UD);
	ck_assert_int_eq(psp_rmpread(off.psp, 0, BIG, &e, &mixed), PSP_RMP_UD);
	ck_assert_int_eq(psp_page_state(off.psp, PAGE), PSP_PAGE_HYPERVISOR);
	ck_assert(!psp_rmp_on(off.psp) && !psp_rmp_covers(off.psp, PAGE));
	rig_free(&off);
	ck_assert_int_eq(psp_rmpupdate(rig.psp, rig.config.cpus, PAGE, &e), PSP_RMP_UD);
}

SNP_TEST(psmash_makes_512_entries)
{
	const uint64_t gpa = 0x80000000;

	SET(BIG, .assigned = true, .page_2m = true, .asid = 4, .gpa = gpa, .validated = true,
	    .perms = {0xf, 0x3});
	ck_assert_int_eq(psp_psmash(rig.psp, 0, BIG), PSP_RMP_OK);
	expect_raw(BIG, 1 | 511ull << 3 | gpa | 4ull << 51 | 1ull << 62, 0x30f);
	for (uint64_t at = RIG_PAGE; at < RIG_2M; at += RIG_PAGE)
		expect_raw(BIG + at, 1 | (gpa + at) | 4ull << 51 | 1ull << 62, 0x30f);
	ck_assert_int_eq(UPDATE(BIG + 0x5000, .assigned = false), PSP_RMP_OK);
	expect_state(BIG + 0x5000, PSP_PAGE_HYPERVISOR);
	expect_state(BIG + 0x6000, PSP_PAGE_GUEST_VALID);
	ck_assert_uint_eq(get64(raw(BIG)) >> 3 & 511, 510);
}

SNP_TEST(psmash_failures)
{
	ck_assert_int_eq(psp_psmash(rig.psp, 0, BIG + 0x1000), PSP_RMP_FAIL_INPUT);
	ck_assert_int_eq(psp_psmash(rig.psp, 0, 1ull << 40), PSP_RMP_FAIL_INPUT);
	ck_assert_int_eq(psp_psmash(rig.psp, 0, BIG), PSP_RMP_FAIL_PERMISSION);
	SET(BIG, .assigned = true, .asid = 1);
	ck_assert_int_eq(psp_psmash(rig.psp, 0, BIG), PSP_RMP_FAIL_INPUT);
	SET(BIG, .assigned = true, .page_2m = true, .immutable = true, .asid = 1);
	ck_assert_int_eq(psp_psmash(rig.psp, 0, BIG), PSP_RMP_FAIL_PERMISSION);
	SET(BIG, .assigned = true, .page_2m = true, .asid = 1, .lock = true);
	ck_assert_int_eq(psp_psmash(rig.psp, 0, BIG), PSP_RMP_FAIL_INUSE);
	expect_raw(BIG, 0x3 | 1ull << 51 | 1ull << 63, 0);
}

/* A page of the firmware keeps its state in all its pieces: GPA 0 is part of it. */
SNP_TEST(pieces_of_a_page_without_guest_have_no_gpa)
{
	SET(BIG, .assigned = true, .page_2m = true);
	ck_assert_int_eq(psp_psmash(rig.psp, 0, BIG), PSP_RMP_OK);
	expect_raw(BIG + 0x1000, 1, 0);
	SET(BIG, .assigned = true, .page_2m = true, .immutable = true);
	SET(BIG + 0x3000, .assigned = true); /* 4 KiB into 2 MiB: split */
	expect_state(BIG + 0x3000, PSP_PAGE_RECLAIM);
	expect_state(BIG + 0x4000, PSP_PAGE_FIRMWARE);
	expect_raw(BIG, 0x5 | 511 << 3, 0);
}

SNP_TEST(rmpread_shows_the_operand)
{
	struct psp_rmp_entry e;
	bool mixed;

	ck_assert_int_eq(psp_rmpread(rig.psp, 0, PAGE + 1, &e, &mixed), PSP_RMP_FAIL_INPUT);
	ck_assert_int_eq(psp_rmpread(rig.psp, 0, 1ull << 40, &e, &mixed), PSP_RMP_FAIL_INPUT);
	SET(BIG + 0x2000, .assigned = true, .asid = 7, .gpa = 0x5000, .validated = true,
	    .vmsa = true, .perms = {15, 15, 15, 15});
	ck_assert_int_eq(psp_rmpread(rig.psp, 0, BIG + 0x2000, &e, &mixed), PSP_RMP_OK);
	ck_assert(mixed && e.assigned && !e.page_2m && !e.immutable);
	ck_assert(e.asid == 7 && e.gpa == 0x5000);
	ck_assert(!e.validated && !e.vmsa && !e.perms[0] && !e.subpage_count);
	ck_assert_int_eq(psp_rmpread(rig.psp, 0, BIG, &e, &mixed), PSP_RMP_OK);
	ck_assert(mixed && !e.assigned);
	SET(BIG + 0x2000, .assigned = false);
	ck_assert_int_eq(psp_rmpread(rig.psp, 0, BIG, &e, &mixed), PSP_RMP_OK);
	ck_assert(!mixed);
	SET(BIG, .assigned = true, .page_2m = true, .asid = 7);
	ck_assert_int_eq(psp_rmpread(rig.psp, 0, BIG + 0x2000, &e, &mixed), PSP_RMP_OK);
	ck_assert(!mixed && e.page_2m && e.assigned);
	SET(PAGE, .immutable = true);
	ck_assert_int_eq(psp_rmpread(rig.psp, 0, PAGE, &e, &mixed), PSP_RMP_OK);
	ck_assert(!mixed && e.immutable && !e.assigned);
}

SNP_TEST(fixed_ranges_cannot_be_changed)
{
	expect_ok(psp_rmp_fix(rig.psp, PAGE, 2));
	expect_state(PAGE, PSP_PAGE_HV_FIXED);
	expect_state(PAGE + RIG_PAGE, PSP_PAGE_HV_FIXED);
	expect_state(PAGE + 2 * RIG_PAGE, PSP_PAGE_HYPERVISOR);
	ck_assert_int_eq(UPDATE(PAGE, .assigned = true, .asid = 1), PSP_RMP_FAIL_PERMISSION);
	ck_assert_int_eq(UPDATE(PAGE, .assigned = false), PSP_RMP_FAIL_PERMISSION);
	expect_ok(psp_rmp_fix(rig.psp, PAGE, 3));
	expect_state(PAGE + 2 * RIG_PAGE, PSP_PAGE_HV_FIXED);
	ck_assert_int_eq(UPDATE(BIG + 0x1000, .assigned = true, .asid = 1), PSP_RMP_OK);
	expect_status(psp_rmp_fix(rig.psp, BIG, 2), PSP_INVALID_PAGE_STATE);
	expect_state(BIG, PSP_PAGE_HYPERVISOR);
	expect_status(psp_rmp_fix(rig.psp, BIG + 8, 1), PSP_INVALID_ADDRESS);
	/* reserved memory has the table in it, and devices beyond it */
	expect_ok(psp_rmp_fix(rig.psp, RIG_RMP - RIG_PAGE, 0x100000000));
	expect_state(RIG_RMP - RIG_PAGE, PSP_PAGE_HV_FIXED);
	expect_state(RIG_RMP, PSP_PAGE_FIRMWARE);
	expect_ok(psp_rmp_fix(rig.psp, 1ull << 44, 0xffffffff));
}

void suite_cases(void)
{
	SUITE_CASE(raw_entry_of_a_guest_page);
	SUITE_CASE(raw_entry_bit_by_bit);
	SUITE_CASE(subpage_count_follows_assignments);
	SUITE_CASE(first_entry_of_2m_is_in_force);
	SUITE_CASE(page_states);
	SUITE_CASE(rmpupdate_from_each_state_to_each);
	SUITE_CASE(rmpupdate_of_the_immutable_bit_alone);
	SUITE_CASE(rmpupdate_refuses_input);
	SUITE_CASE(rmpupdate_finds_overlaps);
	SUITE_CASE(rmpupdate_of_2m_respects_what_is_fixed_in_it);
	SUITE_CASE(table_is_nobodys_to_give);
	SUITE_CASE(instructions_need_snp_on_their_core);
	SUITE_CASE(psmash_makes_512_entries);
	SUITE_CASE(psmash_failures);
	SUITE_CASE(pieces_of_a_page_without_guest_have_no_gpa);
	SUITE_CASE(rmpread_shows_the_operand);
	SUITE_CASE(fixed_ranges_cannot_be_changed);
}
