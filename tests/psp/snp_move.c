/* SPDX-License-Identifier: MIT */
/* SNP_PAGE_MOVE, and RMPUPDATE's way to the Pre-swap pages that it moves. */
#include "tests/psp/page_rig.h"
#include "tests/suite.h"

#include <string.h>

enum { GPA = 0x40000, GPA_2M = 0x600000, PAGE_2 = PAGE_SMALL + RIG_PAGE };

static int move(struct rig *rig, uint64_t gctx, uint64_t src, uint64_t dst, bool large)
{
	uint8_t buf[0x20] = {0};

	put64(buf, gctx);
	put32(buf + 8, large);
	put64(buf + 0x10, src);
	put64(buf + 0x18, dst);
	return rig_cmd_raw(rig, PSP_CMD_SNP_PAGE_MOVE, buf, sizeof(buf));
}

static void pattern(uint8_t *data, size_t len, unsigned int salt)
{
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 7 + (i >> 8) + salt);
}

/* A page of the guest with data, immutable: Pre-swap. */
static void page_with_data(struct rig *rig, uint64_t pa, uint64_t gpa, bool large,
			   const uint8_t *data)
{
	struct psp_rmp_entry rmp = {.assigned = true,
				    .page_2m = large,
				    .immutable = true,
				    .asid = PAGE_ASID,
				    .gpa = gpa};

	page_make(rig, pa, PSP_PAGE_GUEST_VALID, gpa, large);
	page_guest_write(rig, PAGE_ASID, pa, gpa, large, data, large ? RIG_2M : RIG_PAGE);
	page_rmpupdate(rig, pa, &rmp);
	page_expect(rig, pa, PSP_PAGE_PRE_SWAP);
}

/* The immutable bit alone leaves a guest its page; anything more takes it. */
START_TEST(pre_swap_by_rmpupdate)
{
	const struct psp_rmp_entry same = {
		.assigned = true, .immutable = true, .asid = PAGE_ASID, .gpa = GPA};
	struct psp_rmp_entry moved = same, other = same;
	struct rig rig;

	moved.gpa = 2 * GPA;
	other.asid = PAGE_ASID2;
	page_guest_rig(&rig);
	for (unsigned int i = 0; i < 3; i++)
		page_make(&rig, PAGE_SMALL + i * RIG_PAGE, PSP_PAGE_GUEST_VALID, GPA, false);
	page_rmpupdate(&rig, PAGE_SMALL, &same);
	page_rmpupdate(&rig, PAGE_SMALL + RIG_PAGE, &moved);
	page_rmpupdate(&rig, PAGE_SMALL + 2 * RIG_PAGE, &other);
	page_expect(&rig, PAGE_SMALL, PSP_PAGE_PRE_SWAP);
	page_expect(&rig, PAGE_SMALL + RIG_PAGE, PSP_PAGE_PRE_GUEST);
	page_expect(&rig, PAGE_SMALL + 2 * RIG_PAGE, PSP_PAGE_PRE_GUEST);
	rig_free(&rig);
}
END_TEST

static void move_and_look(bool large)
{
	static uint8_t data[RIG_2M], got[RIG_2M];
	uint64_t src = PAGE_LARGE, dst = PAGE_LARGE + 2 * RIG_2M;
	size_t len = large ? RIG_2M : RIG_PAGE;
	struct psp_rmp_entry rmp;
	struct rig rig;

	page_guest_rig(&rig);
	pattern(data, len, 3);
	page_with_data(&rig, src, GPA_2M, large, data);
	page_make(&rig, dst, PSP_PAGE_PRE_GUEST, 2 * GPA_2M, large);
	expect_ok(move(&rig, PAGE_GCTX, src, dst, large));
	page_expect(&rig, dst, PSP_PAGE_GUEST_VALID);
	page_expect(&rig, src, PSP_PAGE_PRE_GUEST);
	psp_rmp_lookup(rig.psp, dst, &rmp);
	ck_assert_uint_eq(rmp.gpa, GPA_2M);
	ck_assert_uint_eq(rmp.perms[0], 0xf);
	/* Ciphertext that was copied instead would read as noise there. */
	page_guest_read(&rig, PAGE_ASID, dst, GPA_2M, large, got, len);
	ck_assert_mem_eq(got, data, len);
	ck_assert_mem_ne(rig.ram + dst, rig.ram + src, len);
	page_expect_returnable(&rig, src, large);
	page_expect_returnable(&rig, dst, large);
	rig_free(&rig);
}

START_TEST(move_page)
{
	move_and_look(false);
}
END_TEST

START_TEST(move_page_2m)
{
	move_and_look(true);
}
END_TEST

START_TEST(move_invalid_page)
{
	struct rig rig;

	page_guest_rig(&rig);
	page_make(&rig, PAGE_SMALL, PSP_PAGE_PRE_GUEST, GPA, false);
	page_make(&rig, PAGE_2, PSP_PAGE_PRE_GUEST, GPA, false);
	expect_ok(move(&rig, PAGE_GCTX, PAGE_SMALL, PAGE_2, false));
	page_expect(&rig, PAGE_2, PSP_PAGE_GUEST_INVALID);
	page_expect(&rig, PAGE_SMALL, PSP_PAGE_PRE_GUEST);
	rig_free(&rig);
}
END_TEST

START_TEST(move_metadata_page)
{
	struct rig rig;

	page_guest_rig(&rig);
	page_make(&rig, PAGE_SMALL, PSP_PAGE_METADATA, 0, false);
	memset(rig.ram + PAGE_SMALL, 0x5a, RIG_PAGE);
	expect_status(move(&rig, PAGE_GCTX, PAGE_SMALL, PAGE_2, false), PSP_INVALID_PAGE_STATE);
	page_make(&rig, PAGE_2, PSP_PAGE_FIRMWARE, 0, false);
	expect_ok(move(&rig, PAGE_GCTX, PAGE_SMALL, PAGE_2, false));
	page_expect(&rig, PAGE_2, PSP_PAGE_METADATA);
	page_expect(&rig, PAGE_SMALL, PSP_PAGE_FIRMWARE);
	ck_assert_uint_eq(rig.ram[PAGE_2], 0x5a);
	ck_assert_uint_eq(rig.ram[PAGE_2 + RIG_PAGE - 1], 0x5a);
	/* Another guest has no business with it. */
	page_guest(&rig, PAGE_GCTX2, PAGE_POLICY, PAGE_ASID2);
	expect_status(move(&rig, PAGE_GCTX2, PAGE_2, PAGE_SMALL, false), PSP_INVALID_PAGE_OWNER);
	expect_status(move(&rig, PAGE_GCTX, PAGE_2, RIG_RMP, false), PSP_INVALID_PAGE_STATE);
	rig_free(&rig);
}
END_TEST

static const enum psp_page_state states[] = {
	PSP_PAGE_HYPERVISOR, PSP_PAGE_FIRMWARE, PSP_PAGE_RECLAIM,	PSP_PAGE_METADATA,
	PSP_PAGE_PRE_GUEST,  PSP_PAGE_PRE_SWAP, PSP_PAGE_GUEST_INVALID, PSP_PAGE_GUEST_VALID,
};
enum { N_STATES = sizeof(states) / sizeof(states[0]) };

/* Every pair of states: legal ones are moved in the tests above. */
START_TEST(move_states)
{
	struct rig rig;

	page_guest_rig(&rig);
	for (unsigned int i = 0; i < N_STATES * N_STATES; i++) {
		enum psp_page_state from = states[i / N_STATES];
		enum psp_page_state to = states[i % N_STATES];
		bool guest = from == PSP_PAGE_PRE_GUEST || from == PSP_PAGE_PRE_SWAP;

		if ((guest && to == PSP_PAGE_PRE_GUEST) ||
		    (from == PSP_PAGE_METADATA && to == PSP_PAGE_FIRMWARE))
			continue;
		page_make(&rig, PAGE_SMALL, from, GPA, false);
		page_make(&rig, PAGE_2, to, GPA, false);
		expect_status(move(&rig, PAGE_GCTX, PAGE_SMALL, PAGE_2, false),
			      PSP_INVALID_PAGE_STATE);
		page_expect(&rig, PAGE_SMALL, from);
		page_expect(&rig, PAGE_2, to);
		page_expect_returnable(&rig, PAGE_SMALL, false);
		page_expect_returnable(&rig, PAGE_2, false);
	}
	rig_free(&rig);
}
END_TEST

START_TEST(move_arguments)
{
	struct rig rig;

	page_guest_rig(&rig);
	page_guest(&rig, PAGE_GCTX2, PAGE_POLICY, PAGE_ASID2);
	page_make(&rig, PAGE_SMALL, PSP_PAGE_PRE_SWAP, GPA, false);
	page_make(&rig, PAGE_2, PSP_PAGE_PRE_GUEST, GPA, false);
	page_make_of(&rig, PAGE_ASID2, PAGE_GCTX2, PAGE_2 + RIG_PAGE, PSP_PAGE_PRE_GUEST, GPA,
		     false);
	page_make(&rig, PAGE_LARGE, PSP_PAGE_PRE_GUEST, GPA_2M, true);
	expect_status(move(&rig, PAGE_GCTX, PAGE_SMALL, PAGE_SMALL, false), PSP_INVALID_ADDRESS);
	expect_status(move(&rig, PAGE_GCTX, PAGE_SMALL + 1, PAGE_2, false), PSP_INVALID_ADDRESS);
	expect_status(move(&rig, PAGE_GCTX, PAGE_SMALL, PAGE_2 + 16, false), PSP_INVALID_ADDRESS);
	expect_status(move(&rig, PAGE_GCTX, PAGE_SMALL, 1ull << 40, false), PSP_INVALID_ADDRESS);
	expect_status(move(&rig, PAGE_GCTX, PAGE_SMALL, PAGE_LARGE, false), PSP_INVALID_PAGE_SIZE);
	expect_status(move(&rig, PAGE_GCTX, PAGE_LARGE, PAGE_SMALL, true), PSP_INVALID_PAGE_SIZE);
	expect_status(move(&rig, PAGE_GCTX2, PAGE_SMALL, PAGE_2, false), PSP_INVALID_PAGE_OWNER);
	expect_status(move(&rig, PAGE_GCTX, PAGE_SMALL, PAGE_2 + RIG_PAGE, false),
		      PSP_INVALID_PAGE_OWNER);
	page_expect(&rig, PAGE_SMALL, PSP_PAGE_PRE_SWAP);
	page_expect(&rig, PAGE_2, PSP_PAGE_PRE_GUEST);
	expect_ok(move(&rig, PAGE_GCTX, PAGE_SMALL, PAGE_2, false));
	rig_free(&rig);
}
END_TEST

/* Policy bit 25. */
START_TEST(move_forbidden_by_policy)
{
	struct rig rig;

	page_rig_new_as(&rig, PSP_GENOA, 58, true);
	page_guest(&rig, PAGE_GCTX, PAGE_POLICY | PAGE_NO_SWAP, PAGE_ASID);
	page_make(&rig, PAGE_SMALL, PSP_PAGE_PRE_SWAP, GPA, false);
	page_make(&rig, PAGE_2, PSP_PAGE_PRE_GUEST, GPA, false);
	expect_status(move(&rig, PAGE_GCTX, PAGE_SMALL, PAGE_2, false), PSP_POLICY_FAILURE);
	page_expect(&rig, PAGE_SMALL, PSP_PAGE_PRE_SWAP);
	rig_free(&rig);
}
END_TEST

/* A guest without ASID has no key to move with. */
START_TEST(move_inactive)
{
	uint8_t start[0x30] = {0};
	struct rig rig;

	page_rig_new(&rig);
	rig_to_firmware(&rig, PAGE_GCTX, 1);
	put64(start, PAGE_GCTX);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_GCTX_CREATE, start, 8));
	put64(start + 8, PAGE_POLICY);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, start, sizeof(start)));
	page_make(&rig, PAGE_SMALL, PSP_PAGE_PRE_GUEST, GPA, false);
	page_make(&rig, PAGE_2, PSP_PAGE_PRE_GUEST, GPA, false);
	expect_status(move(&rig, PAGE_GCTX, PAGE_SMALL, PAGE_2, false), PSP_INACTIVE);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(pre_swap_by_rmpupdate);
	SUITE_CASE(move_page);
	SUITE_CASE(move_page_2m);
	SUITE_CASE(move_invalid_page);
	SUITE_CASE(move_metadata_page);
	SUITE_CASE(move_states);
	SUITE_CASE(move_arguments);
	SUITE_CASE(move_forbidden_by_policy);
	SUITE_CASE(move_inactive);
}
