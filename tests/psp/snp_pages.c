/* SPDX-License-Identifier: MIT */
/* SNP_PAGE_RECLAIM, SNP_PAGE_UNSMASH, SNP_PAGE_SET_STATE, SNP_PAGE_MD_INIT. */
#include "tests/psp/page_rig.h"
#include "tests/suite.h"

#include <string.h>

enum { LIST = 0x20000, GPA = 0x40000, GPA_2M = 0x600000, PAGE_2 = PAGE_SMALL + RIG_PAGE };

static int unsmash(struct rig *rig, uint64_t pa)
{
	uint8_t buf[8];

	put64(buf, pa);
	return rig_cmd_raw(rig, PSP_CMD_SNP_PAGE_UNSMASH, buf, sizeof(buf));
}

static int set_state(struct rig *rig, uint32_t len, uint64_t list)
{
	uint8_t buf[0x10] = {0};

	put32(buf, len);
	put64(buf + 8, list);
	return rig_cmd_raw(rig, PSP_CMD_SNP_PAGE_SET_STATE, buf, sizeof(buf));
}

static int md_init(struct rig *rig, uint64_t pa)
{
	uint8_t buf[0x10];

	put64(buf, PAGE_GCTX);
	put64(buf + 8, pa);
	return rig_cmd_raw(rig, PSP_CMD_SNP_PAGE_MD_INIT, buf, sizeof(buf));
}

/* What each state becomes; PSP_PAGE_OTHER: it is refused, and nothing changes. */
static const struct {
	enum psp_page_state from, to;
} reclaims[] = {
	{PSP_PAGE_HYPERVISOR, PSP_PAGE_OTHER},	      {PSP_PAGE_FIRMWARE, PSP_PAGE_RECLAIM},
	{PSP_PAGE_RECLAIM, PSP_PAGE_RECLAIM},	      {PSP_PAGE_METADATA, PSP_PAGE_RECLAIM},
	{PSP_PAGE_PRE_GUEST, PSP_PAGE_GUEST_INVALID}, {PSP_PAGE_PRE_SWAP, PSP_PAGE_GUEST_VALID},
	{PSP_PAGE_GUEST_INVALID, PSP_PAGE_OTHER},     {PSP_PAGE_GUEST_VALID, PSP_PAGE_OTHER},
};
enum { N_RECLAIMS = sizeof(reclaims) / sizeof(reclaims[0]) };

static void reclaim_each(struct rig *rig, bool large)
{
	for (unsigned int i = 0; i < N_RECLAIMS; i++) {
		uint64_t pa = large ? PAGE_LARGE + (uint64_t)i * RIG_2M
				    : PAGE_SMALL + (uint64_t)i * RIG_PAGE;
		bool legal = reclaims[i].to != PSP_PAGE_OTHER;

		if (large && reclaims[i].from == PSP_PAGE_METADATA)
			continue;
		page_make(rig, pa, reclaims[i].from,
			  GPA_2M + pa - (large ? PAGE_LARGE : PAGE_SMALL), large);
		expect_status(page_reclaim(rig, pa | large),
			      legal ? PSP_SUCCESS : PSP_INVALID_PAGE_STATE);
		page_expect(rig, pa, legal ? reclaims[i].to : reclaims[i].from);
		page_expect_returnable(rig, pa, large);
	}
}

START_TEST(reclaim_states)
{
	struct rig rig;

	page_guest_rig(&rig);
	reclaim_each(&rig, false);
	rig_free(&rig);
}
END_TEST

START_TEST(reclaim_states_2m)
{
	struct rig rig;

	page_guest_rig(&rig);
	reclaim_each(&rig, true);
	rig_free(&rig);
}
END_TEST

/* A context page comes back with its guest's end. */
START_TEST(reclaim_context)
{
	uint8_t gctx[8];
	struct rig rig;

	page_guest_rig(&rig);
	expect_status(page_reclaim(&rig, PAGE_GCTX), PSP_INVALID_PAGE_STATE);
	put64(gctx, PAGE_GCTX);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_DECOMMISSION, gctx, sizeof(gctx)));
	page_expect_returnable(&rig, PAGE_GCTX, false);
	rig_free(&rig);
}
END_TEST

START_TEST(reclaim_arguments)
{
	struct rig rig;

	page_rig_new(&rig);
	page_make(&rig, PAGE_SMALL, PSP_PAGE_FIRMWARE, 0, false);
	page_make(&rig, PAGE_LARGE, PSP_PAGE_FIRMWARE, 0, true);
	expect_status(page_reclaim(&rig, PAGE_SMALL | 1), PSP_INVALID_PAGE_SIZE);
	expect_status(page_reclaim(&rig, PAGE_LARGE), PSP_INVALID_PAGE_SIZE);
	expect_status(page_reclaim(&rig, PAGE_LARGE + RIG_PAGE), PSP_INVALID_PAGE_SIZE);
	expect_status(page_reclaim(&rig, (PAGE_LARGE + RIG_PAGE) | 1), PSP_INVALID_ADDRESS);
	expect_status(page_reclaim(&rig, 1ull << 40), PSP_INVALID_ADDRESS);
	expect_status(page_reclaim(&rig, PAGE_SMALL | 2), PSP_INVALID_PARAM);
	/* The RMP's own pages are in Firmware state, but never the host's again. */
	page_expect(&rig, RIG_RMP, PSP_PAGE_FIRMWARE);
	expect_status(page_reclaim(&rig, RIG_RMP), PSP_INVALID_PAGE_STATE);
	expect_status(page_reclaim(&rig, RIG_RAM - RIG_PAGE), PSP_INVALID_PAGE_STATE);
	expect_ok(page_reclaim(&rig, PAGE_SMALL));
	expect_ok(page_reclaim(&rig, PAGE_LARGE | 1));
	rig_free(&rig);
}
END_TEST

/* Where firmware would write, if it were asked to write its own pages. */
static int into(struct rig *rig, enum psp_cmd_id id, size_t size, size_t at, uint64_t pa)
{
	uint8_t b[0x30] = {0};

	put64(b, PAGE_GCTX);
	put64(b + at, pa);
	return rig_cmd_raw(rig, id, b, size);
}

static void expect_untouchable(struct rig *rig, uint64_t pa)
{
	uint8_t before[RIG_PAGE];

	memcpy(before, rig->ram + pa, sizeof(before));
	page_expect(rig, pa, PSP_PAGE_FIRMWARE);
	expect_status(page_reclaim(rig, pa), PSP_INVALID_PAGE_STATE);
	expect_status(into(rig, PSP_CMD_SNP_GCTX_CREATE, 8, 0, pa), PSP_INVALID_PAGE_STATE);
	expect_status(into(rig, PSP_CMD_SNP_PLATFORM_STATUS, 8, 0, pa), PSP_INVALID_PAGE_STATE);
	expect_status(into(rig, PSP_CMD_SNP_GUEST_STATUS, 0x10, 8, pa), PSP_INVALID_PAGE_STATE);
	expect_status(into(rig, PSP_CMD_SNP_PAGE_MD_INIT, 0x10, 8, pa), PSP_INVALID_PAGE_STATE);
	page_expect(rig, pa, PSP_PAGE_FIRMWARE);
	ck_assert_mem_eq(rig->ram + pa, before, sizeof(before));
}

/* The table's pages are in Firmware state, and nobody's buffers. */
START_TEST(table_is_nobodys_buffer)
{
	struct rig rig;

	page_guest_rig(&rig);
	expect_untouchable(&rig, RIG_RMP);
	expect_untouchable(&rig, RIG_RMP + 0x4000);
	expect_untouchable(&rig, RIG_RAM - RIG_PAGE);
	rig_free(&rig);
}
END_TEST

/* The TMR is the firmware's from INIT to SHUTDOWN; Linux reclaims it page by page after. */
START_TEST(tmr_is_nobodys_buffer)
{
	struct rig rig;

	page_guest_rig(&rig);
	rig_init(&rig);
	expect_untouchable(&rig, RIG_TMR);
	expect_untouchable(&rig, RIG_TMR + RIG_2M - RIG_PAGE);
	page_make(&rig, RIG_TMR - RIG_PAGE, PSP_PAGE_FIRMWARE, 0, false);
	page_make(&rig, RIG_TMR + RIG_2M, PSP_PAGE_FIRMWARE, 0, false);
	expect_ok(page_reclaim(&rig, RIG_TMR - RIG_PAGE));
	expect_ok(page_reclaim(&rig, RIG_TMR + RIG_2M));
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SHUTDOWN, NULL, 0));
	rig_to_host(&rig, RIG_TMR, 512);
	page_expect(&rig, RIG_TMR, PSP_PAGE_HYPERVISOR);
	rig_free(&rig);
}
END_TEST

/* 512 pages in a row at PAGE_LARGE, guest addresses in a row from GPA_2M. */
static void smashed(struct rig *rig, enum psp_page_state state)
{
	for (unsigned int i = 0; i < 512; i++)
		page_make(rig, PAGE_LARGE + i * RIG_PAGE, state, GPA_2M + i * RIG_PAGE, false);
}

START_TEST(unsmash_pages)
{
	static const enum psp_page_state states[] = {PSP_PAGE_PRE_GUEST, PSP_PAGE_PRE_SWAP};

	for (unsigned int i = 0; i < 2; i++) {
		struct psp_rmp_entry rmp;
		struct rig rig;

		page_guest_rig(&rig);
		smashed(&rig, states[i]);
		expect_ok(unsmash(&rig, PAGE_LARGE));
		psp_rmp_lookup(rig.psp, PAGE_LARGE + 100 * RIG_PAGE, &rmp);
		ck_assert(rmp.page_2m && rmp.immutable && rmp.asid == PAGE_ASID);
		page_expect(&rig, PAGE_LARGE, states[i]);
		expect_status(unsmash(&rig, PAGE_LARGE), PSP_INVALID_PAGE_SIZE);
		page_expect_returnable(&rig, PAGE_LARGE, true);
		page_expect(&rig, PAGE_LARGE + 511 * RIG_PAGE, PSP_PAGE_HYPERVISOR);
		rig_free(&rig);
	}
}
END_TEST

/* What was smashed by PSMASH is whole again. */
START_TEST(unsmash_after_psmash)
{
	struct psp_rmp_entry rmp;
	struct rig rig;

	page_guest_rig(&rig);
	page_make(&rig, PAGE_LARGE, PSP_PAGE_PRE_GUEST, GPA_2M, true);
	expect_ok(page_reclaim(&rig, PAGE_LARGE | 1));
	ck_assert_int_eq(psp_psmash(rig.psp, 0, PAGE_LARGE), PSP_RMP_OK);
	for (unsigned int i = 0; i < 512; i++) {
		rmp = (struct psp_rmp_entry){.assigned = true,
					     .immutable = true,
					     .asid = PAGE_ASID,
					     .gpa = GPA_2M + i * RIG_PAGE};
		page_rmpupdate(&rig, PAGE_LARGE + i * RIG_PAGE, &rmp);
	}
	expect_ok(unsmash(&rig, PAGE_LARGE));
	psp_rmp_lookup(rig.psp, PAGE_LARGE, &rmp);
	ck_assert(rmp.page_2m);
	ck_assert_uint_eq(rmp.gpa, GPA_2M);
	rig_free(&rig);
}
END_TEST

static void unsmash_with(struct rig *rig, unsigned int page, enum psp_page_state state,
			 unsigned int asid, uint64_t gpa, enum psp_status status)
{
	uint64_t pa = PAGE_LARGE + (uint64_t)page * RIG_PAGE;

	page_expect_returnable(rig, pa, false);
	page_make_of(rig, asid, PAGE_GCTX2, pa, state, gpa, false);
	expect_status(unsmash(rig, PAGE_LARGE), status);
	page_expect(rig, pa, state);
	page_expect_returnable(rig, pa, false);
	page_make(rig, pa, PSP_PAGE_PRE_GUEST, GPA_2M + page * RIG_PAGE, false);
}

START_TEST(unsmash_arguments)
{
	struct rig rig;

	page_guest_rig(&rig);
	page_guest(&rig, PAGE_GCTX2, PAGE_POLICY, PAGE_ASID2);
	expect_status(unsmash(&rig, PAGE_LARGE), PSP_INVALID_PAGE_STATE);
	smashed(&rig, PSP_PAGE_PRE_GUEST);
	expect_status(unsmash(&rig, PAGE_LARGE + RIG_PAGE), PSP_INVALID_ADDRESS);
	expect_status(unsmash(&rig, 1ull << 40), PSP_INVALID_ADDRESS);
	expect_status(unsmash(&rig, PAGE_LARGE | 1), PSP_INVALID_PARAM);
	unsmash_with(&rig, 511, PSP_PAGE_GUEST_INVALID, PAGE_ASID, GPA_2M + 511 * RIG_PAGE,
		     PSP_INVALID_PAGE_STATE);
	unsmash_with(&rig, 511, PSP_PAGE_PRE_SWAP, PAGE_ASID, GPA_2M + 511 * RIG_PAGE,
		     PSP_INVALID_PAGE_STATE);
	unsmash_with(&rig, 511, PSP_PAGE_HYPERVISOR, 0, 0, PSP_INVALID_PAGE_STATE);
	unsmash_with(&rig, 511, PSP_PAGE_PRE_GUEST, PAGE_ASID2, GPA_2M + 511 * RIG_PAGE,
		     PSP_INVALID_PAGE_OWNER);
	unsmash_with(&rig, 511, PSP_PAGE_PRE_GUEST, PAGE_ASID, GPA_2M + 510 * RIG_PAGE,
		     PSP_INVALID_ADDRESS);
	/* Guest address not on 2 MiB. */
	unsmash_with(&rig, 0, PSP_PAGE_PRE_GUEST, PAGE_ASID, GPA, PSP_INVALID_ADDRESS);
	expect_ok(unsmash(&rig, PAGE_LARGE));
	rig_free(&rig);
}
END_TEST

/* Pages that a VMPL may use differently are not one page. */
START_TEST(unsmash_permissions)
{
	const struct psp_access access = {.agent = PSP_GUEST,
					  .pa = PAGE_LARGE + 7 * RIG_PAGE,
					  .encrypted = true,
					  .asid = PAGE_ASID,
					  .snp = true,
					  .gpa = GPA_2M + 7 * RIG_PAGE};
	struct psp_rmp_entry rmp = {.assigned = true,
				    .immutable = true,
				    .asid = PAGE_ASID,
				    .gpa = GPA_2M + 7 * RIG_PAGE};
	struct psp_fault fault = {0};
	struct rig rig;

	page_guest_rig(&rig);
	smashed(&rig, PSP_PAGE_PRE_SWAP);
	expect_ok(page_reclaim(&rig, access.pa));
	ck_assert_int_eq(psp_rmpadjust(rig.psp, &access, false, 0x101, &fault), PSP_RMP_OK);
	page_rmpupdate(&rig, access.pa, &rmp);
	page_expect(&rig, access.pa, PSP_PAGE_PRE_SWAP);
	expect_status(unsmash(&rig, PAGE_LARGE), PSP_INVALID_PAGE_STATE);
	rig_free(&rig);
}
END_TEST

START_TEST(set_state_fixes_pages)
{
	struct psp_rmp_entry firmware = {.assigned = true, .immutable = true};
	uint8_t *list;
	struct rig rig;

	page_rig_new(&rig);
	list = rig.ram + LIST;
	put32(list, 1);
	put64(list + 8, PAGE_SMALL);
	put32(list + 0x10, 2);
	expect_status(set_state(&rig, 0xf, LIST), PSP_INVALID_LENGTH);
	expect_status(set_state(&rig, 0x10, LIST + 8), PSP_INVALID_ADDRESS);
	expect_status(set_state(&rig, 0x10, RIG_RAM), PSP_INVALID_ADDRESS);
	/* Not while one of them is somebody's. */
	page_make(&rig, PAGE_2, PSP_PAGE_FIRMWARE, 0, false);
	expect_status(set_state(&rig, 0x10, LIST), PSP_INVALID_PAGE_STATE);
	page_expect(&rig, PAGE_SMALL, PSP_PAGE_HYPERVISOR);
	page_expect_returnable(&rig, PAGE_2, false);
	expect_ok(set_state(&rig, 0x10, LIST));
	page_expect(&rig, PAGE_SMALL, PSP_PAGE_HV_FIXED);
	page_expect(&rig, PAGE_2, PSP_PAGE_HV_FIXED);
	page_expect(&rig, PAGE_2 + RIG_PAGE, PSP_PAGE_HYPERVISOR);
	ck_assert_int_ne(psp_rmpupdate(rig.psp, 0, PAGE_2, &firmware), PSP_RMP_OK);
	rig_free(&rig);
}
END_TEST

START_TEST(md_init_states)
{
	struct rig rig;

	page_guest_rig(&rig);
	for (unsigned int i = 0; i < N_RECLAIMS; i++) {
		uint64_t pa = PAGE_SMALL + (uint64_t)i * RIG_PAGE;

		if (reclaims[i].from == PSP_PAGE_FIRMWARE)
			continue;
		page_make(&rig, pa, reclaims[i].from, GPA, false);
		expect_status(md_init(&rig, pa), PSP_INVALID_PAGE_STATE);
		page_expect(&rig, pa, reclaims[i].from);
	}
	page_make(&rig, PAGE_LARGE, PSP_PAGE_FIRMWARE, 0, true);
	expect_status(md_init(&rig, PAGE_LARGE), PSP_INVALID_PAGE_SIZE);
	expect_status(md_init(&rig, PAGE_SMALL + 0x40), PSP_INVALID_ADDRESS);
	expect_status(md_init(&rig, 1ull << 40), PSP_INVALID_ADDRESS);
	expect_status(md_init(&rig, RIG_RMP), PSP_INVALID_PAGE_STATE);
	rig_free(&rig);
}
END_TEST

START_TEST(md_init_clears)
{
	static const uint8_t zero[RIG_PAGE];
	struct rig rig;

	page_guest_rig(&rig);
	memset(rig.ram + PAGE_SMALL, 0xee, RIG_PAGE);
	page_make(&rig, PAGE_SMALL, PSP_PAGE_FIRMWARE, 0, false);
	expect_ok(md_init(&rig, PAGE_SMALL));
	page_expect(&rig, PAGE_SMALL, PSP_PAGE_METADATA);
	ck_assert_mem_eq(rig.ram + PAGE_SMALL, zero, RIG_PAGE);
	expect_ok(page_reclaim(&rig, PAGE_SMALL));
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(reclaim_states);
	SUITE_CASE(reclaim_states_2m);
	SUITE_CASE(reclaim_context);
	SUITE_CASE(reclaim_arguments);
	SUITE_CASE(table_is_nobodys_buffer);
	SUITE_CASE(tmr_is_nobodys_buffer);
	SUITE_CASE(unsmash_pages);
	SUITE_CASE(unsmash_after_psmash);
	SUITE_CASE(unsmash_arguments);
	SUITE_CASE(unsmash_permissions);
	SUITE_CASE(set_state_fixes_pages);
	SUITE_CASE(md_init_states);
	SUITE_CASE(md_init_clears);
}
