/* SPDX-License-Identifier: MIT */
/* PVALIDATE and RMPADJUST. */
#include "tests/psp/rmp_rig.h"

#include <string.h>

enum { GPA = 0x40000000 };

static struct psp_access at(uint64_t pa, uint64_t gpa)
{
	return (struct psp_access){.agent = PSP_GUEST,
				   .pa = pa,
				   .gpa = gpa,
				   .asid = 1,
				   .snp = true,
				   .encrypted = true};
}

struct outcome {
	enum psp_rmp_result result;
	enum psp_access_status status;
	uint64_t error_code;
	bool unchanged;
};

static struct outcome validate_by(struct psp_access access, bool page_2m, bool validate)
{
	struct psp_fault fault;
	struct outcome o;

	memset(&fault, 0xff, sizeof(fault));
	o.result = psp_pvalidate(rig.psp, &access, page_2m, validate, &o.unchanged, &fault);
	o.status = fault.status;
	o.error_code = fault.error_code;
	return o;
}

static struct outcome adjust_by(struct psp_access access, bool page_2m, uint64_t attributes)
{
	struct psp_fault fault;
	struct outcome o = {.unchanged = false};

	memset(&fault, 0xff, sizeof(fault));
	o.result = psp_rmpadjust(rig.psp, &access, page_2m, attributes, &fault);
	o.status = fault.status;
	o.error_code = fault.error_code;
	return o;
}

#define expect_result(o, want)                                                                     \
	do {                                                                                       \
		struct outcome o_ = (o);                                                           \
		ck_assert_int_eq(o_.status, PSP_ACCESS_OK);                                        \
		ck_assert_int_eq(o_.result, want);                                                 \
	} while (0)
#define expect_fault(o, want, bits)                                                                \
	do {                                                                                       \
		struct outcome o_ = (o);                                                           \
		ck_assert_int_eq(o_.status, want);                                                 \
		ck_assert_uint_eq(o_.error_code, bits);                                            \
	} while (0)

#define NPF (PSP_PF_PRESENT | PSP_PF_RMP | PSP_NPF_ENC)

SNP_TEST(pvalidate_validates_and_rescinds)
{
	struct outcome o;

	UPDATE(PAGE, .assigned = true, .asid = 1, .gpa = GPA);
	o = validate_by(at(PAGE, GPA), false, true);
	expect_result(o, PSP_RMP_OK);
	ck_assert(!o.unchanged);
	expect_raw(PAGE, 1 | GPA | 1ull << 51 | 1ull << 62, 0xf);
	o = validate_by(at(PAGE, GPA), false, true);
	expect_result(o, PSP_RMP_OK);
	ck_assert(o.unchanged);
	expect_state(PAGE, PSP_PAGE_GUEST_VALID);
	o = validate_by(at(PAGE, GPA), false, false);
	expect_result(o, PSP_RMP_OK);
	ck_assert(!o.unchanged);
	expect_state(PAGE, PSP_PAGE_GUEST_INVALID);
	o = validate_by(at(PAGE, GPA), false, false);
	ck_assert(o.unchanged);
}

SNP_TEST(pvalidate_of_2m)
{
	struct psp_access access = at(BIG, GPA);

	access.page_2m = true;
	UPDATE(BIG, .assigned = true, .page_2m = true, .asid = 1, .gpa = GPA);
	expect_result(validate_by(access, true, true), PSP_RMP_OK);
	expect_state(BIG + 0x5000, PSP_PAGE_GUEST_VALID);
	ck_assert_int_eq(psp_psmash(rig.psp, 0, BIG), PSP_RMP_OK);
	expect_raw(BIG + 0x5000, 1 | (GPA + 0x5000) | 1ull << 51 | 1ull << 62, 0xf);
}

/* 4 KiB operand in a 2 MiB page: the hypervisor is told to split it. */
SNP_TEST(small_operand_in_a_large_page_is_a_fault)
{
	struct psp_access access = at(BIG + 0x3000, GPA + 0x3000);

	UPDATE(BIG, .assigned = true, .page_2m = true, .asid = 1, .gpa = GPA);
	expect_fault(validate_by(access, false, true), PSP_ACCESS_NPF, NPF | PSP_NPF_SIZEM);
	expect_fault(adjust_by(access, false, 1), PSP_ACCESS_NPF, NPF | PSP_NPF_SIZEM);
	ck_assert_int_eq(psp_psmash(rig.psp, 0, BIG), PSP_RMP_OK);
	expect_result(validate_by(access, false, true), PSP_RMP_OK);
	expect_state(BIG + 0x3000, PSP_PAGE_GUEST_VALID);
	expect_state(BIG + 0x4000, PSP_PAGE_GUEST_INVALID);
}

SNP_TEST(large_operand_needs_large_page_and_mapping)
{
	struct psp_access access = at(BIG, GPA);

	UPDATE(BIG, .assigned = true, .asid = 1, .gpa = GPA);
	access.page_2m = true;
	expect_result(validate_by(access, true, true), PSP_RMP_FAIL_SIZEMISMATCH);
	expect_result(adjust_by(access, true, 1), PSP_RMP_FAIL_SIZEMISMATCH);
	UPDATE(BIG, .assigned = false);
	UPDATE(BIG, .assigned = true, .page_2m = true, .asid = 1, .gpa = GPA);
	access.page_2m = false;
	expect_result(validate_by(access, true, true), PSP_RMP_FAIL_SIZEMISMATCH);
	access.page_2m = true;
	expect_result(validate_by(access, true, true), PSP_RMP_OK);
}

/* What a guest has in 2 MiB of its own addresses may be 4 KiB pages from anywhere. */
SNP_TEST(large_operand_over_scattered_pages)
{
	UPDATE(PAGE + 0x3000, .assigned = true, .asid = 1, .gpa = GPA);
	expect_result(validate_by(at(PAGE + 0x3000, GPA), true, true), PSP_RMP_FAIL_SIZEMISMATCH);
	expect_result(adjust_by(at(PAGE + 0x3000, GPA), true, 1), PSP_RMP_FAIL_SIZEMISMATCH);
	expect_result(validate_by(at(PAGE + 0x3000, GPA), false, true), PSP_RMP_OK);
}

SNP_TEST(operands_are_aligned)
{
	UPDATE(PAGE, .assigned = true, .asid = 1, .gpa = GPA);
	UPDATE(BIG, .assigned = true, .page_2m = true, .asid = 1, .gpa = GPA);
	expect_result(validate_by(at(PAGE + 8, GPA + 8), false, true), PSP_RMP_FAIL_INPUT);
	expect_result(validate_by(at(BIG + 0x1000, GPA + 0x1000), true, true), PSP_RMP_FAIL_INPUT);
	expect_result(adjust_by(at(PAGE, GPA + 8), false, 1), PSP_RMP_FAIL_INPUT);
	expect_result(adjust_by(at(BIG + 0x1000, GPA + 0x1000), true, 1), PSP_RMP_FAIL_INPUT);
}

/* Pages that are not the guest's as it thinks: the hypervisor hears of it. */
SNP_TEST(pages_of_others_fault)
{
	static const struct psp_rmp_entry wrong[] = {
		{0},
		{.assigned = true, .asid = 2, .gpa = GPA},
		{.assigned = true, .asid = 1, .gpa = GPA + 0x1000},
		{.assigned = true, .asid = 1, .gpa = GPA, .immutable = true},
		{.assigned = true, .immutable = true},
		{.immutable = true},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		psp_rmp_set(rig.psp, PAGE, &wrong[i]);
		expect_fault(validate_by(at(PAGE, GPA), false, true), PSP_ACCESS_NPF, NPF);
		expect_fault(adjust_by(at(PAGE, GPA), false, 1), PSP_ACCESS_NPF, NPF);
	}
	expect_fault(validate_by(at(1ull << 40, GPA), false, true), PSP_ACCESS_NPF, NPF);
}

SNP_TEST(who_may_execute_them)
{
	struct psp_access access = at(PAGE, GPA);
	struct rig off;
	struct psp_fault fault;
	bool unchanged;

	UPDATE(PAGE, .assigned = true, .asid = 1, .gpa = GPA);
	access.vmpl = 1;
	ck_assert_int_eq(validate_by(access, false, true).result, PSP_RMP_UD);
	access = at(PAGE, GPA);
	access.snp = false;
	ck_assert_int_eq(validate_by(access, false, true).result, PSP_RMP_UD);
	ck_assert_int_eq(adjust_by(access, false, 1).result, PSP_RMP_UD);
	expect_state(PAGE, PSP_PAGE_GUEST_INVALID);
	rig_new(&off, NULL);
	access.snp = true;
	ck_assert_int_eq(psp_pvalidate(off.psp, &access, false, true, &unchanged, &fault),
			 PSP_RMP_UD);
	ck_assert_int_eq(psp_rmpadjust(off.psp, &access, false, 1, &fault), PSP_RMP_UD);
	rig_free(&off);
}

SNP_TEST(locked_entries_are_in_use)
{
	SET(PAGE, .assigned = true, .asid = 1, .gpa = GPA, .lock = true, .validated = true,
	    .perms = {15});
	expect_result(validate_by(at(PAGE, GPA), false, false), PSP_RMP_FAIL_INUSE);
	expect_result(adjust_by(at(PAGE, GPA), false, 1 | 1 << 8), PSP_RMP_FAIL_INUSE);
	expect_raw(PAGE, 1 | GPA | 1ull << 51 | 1ull << 62 | 1ull << 63, 0xf);
}

SNP_TEST(rmpadjust_needs_validated_pages)
{
	UPDATE(PAGE, .assigned = true, .asid = 1, .gpa = GPA);
	expect_fault(adjust_by(at(PAGE, GPA), false, 1), PSP_ACCESS_VC, 0);
}

SNP_TEST(rmpadjust_sets_one_vmpl)
{
	SET(PAGE, .assigned = true, .asid = 1, .gpa = GPA, .validated = true,
	    .perms = {0xf, 1, 2, 3});
	expect_result(adjust_by(at(PAGE, GPA), false, 2 | 0xd << 8), PSP_RMP_OK);
	ck_assert_uint_eq(get64(raw(PAGE) + 8), 0x030d010f);
	expect_result(adjust_by(at(PAGE, GPA), false, 2), PSP_RMP_OK);
	ck_assert_uint_eq(get64(raw(PAGE) + 8), 0x0300010f);
}

SNP_TEST(rmpadjust_of_2m)
{
	struct psp_access access = at(BIG, GPA);

	access.page_2m = true;
	SET(BIG, .assigned = true, .page_2m = true, .asid = 1, .gpa = GPA, .validated = true,
	    .perms = {0xf});
	expect_result(adjust_by(access, true, 1 | 1 << 16), PSP_RMP_FAIL_INPUT);
	expect_result(adjust_by(access, true, 3 | 0x1 << 8), PSP_RMP_OK);
	ck_assert_uint_eq(get64(raw(BIG) + 8), 0x0100000f);
	ck_assert_int_eq(psp_psmash(rig.psp, 0, BIG), PSP_RMP_OK);
	ck_assert_uint_eq(get64(raw(BIG + 0x1ff000) + 8), 0x0100000f);
}

/* Every pair of levels: only higher numbers can be adjusted. */
SNP_TEST(rmpadjust_goes_down_only)
{
	for (uint8_t vmpl = 0; vmpl < 4; vmpl++)
		for (uint64_t target = 0; target < 6; target++) {
			struct psp_access access = at(PAGE, GPA);

			access.vmpl = vmpl;
			SET(PAGE, .assigned = true, .asid = 1, .gpa = GPA, .validated = true,
			    .perms = {15, 15, 15, 15});
			expect_result(adjust_by(access, false, target | 1 << 8),
				      target > 3      ? PSP_RMP_FAIL_INPUT
				      : target > vmpl ? PSP_RMP_OK
						      : PSP_RMP_FAIL_PERMISSION);
		}
}

/* Every pair of permissions: nobody gives what it does not have. */
SNP_TEST(rmpadjust_gives_no_more_than_it_has)
{
	struct psp_access access = at(PAGE, GPA);

	access.vmpl = 1;
	for (unsigned int own = 0; own < 16; own++)
		for (unsigned int given = 0; given < 16; given++) {
			SET(PAGE, .assigned = true, .asid = 1, .gpa = GPA, .validated = true,
			    .perms = {15, (uint8_t)own});
			expect_result(adjust_by(access, false, 2 | given << 8),
				      (own & given) == given ? PSP_RMP_OK
							     : PSP_RMP_FAIL_PERMISSION);
		}
}

SNP_TEST(rmpadjust_makes_vmsas_at_vmpl0)
{
	struct psp_access access = at(PAGE, GPA);

	SET(PAGE, .assigned = true, .asid = 1, .gpa = GPA, .validated = true, .perms = {15, 15});
	access.vmpl = 1;
	expect_result(adjust_by(access, false, 2 | 1 << 16), PSP_RMP_FAIL_PERMISSION);
	access.vmpl = 0;
	expect_result(adjust_by(access, false, 1 | 15 << 8 | 1 << 16), PSP_RMP_OK);
	ck_assert_uint_eq(get64(raw(PAGE)) >> 61 & 1, 1);
	access.vmpl = 1;
	expect_result(adjust_by(access, false, 2), PSP_RMP_FAIL_PERMISSION);
	expect_result(adjust_by(access, false, 2 | 1 << 16), PSP_RMP_OK);
	access.vmpl = 0;
	expect_result(adjust_by(access, false, 1), PSP_RMP_OK);
	ck_assert_uint_eq(get64(raw(PAGE)) >> 61 & 1, 0);
}

SNP_TEST(rmpadjust_refuses_reserved_bits)
{
	SET(PAGE, .assigned = true, .asid = 1, .gpa = GPA, .validated = true, .perms = {15});
	expect_result(adjust_by(at(PAGE, GPA), false, 1 | 1 << 17), PSP_RMP_FAIL_INPUT);
	expect_result(adjust_by(at(PAGE, GPA), false, 1 | 1ull << 63), PSP_RMP_FAIL_INPUT);
	expect_result(adjust_by(at(PAGE, GPA), false, 1 | 0x10 << 8), PSP_RMP_FAIL_INPUT);
}

void suite_cases(void)
{
	SUITE_CASE(pvalidate_validates_and_rescinds);
	SUITE_CASE(pvalidate_of_2m);
	SUITE_CASE(small_operand_in_a_large_page_is_a_fault);
	SUITE_CASE(large_operand_needs_large_page_and_mapping);
	SUITE_CASE(large_operand_over_scattered_pages);
	SUITE_CASE(operands_are_aligned);
	SUITE_CASE(pages_of_others_fault);
	SUITE_CASE(who_may_execute_them);
	SUITE_CASE(locked_entries_are_in_use);
	SUITE_CASE(rmpadjust_needs_validated_pages);
	SUITE_CASE(rmpadjust_sets_one_vmpl);
	SUITE_CASE(rmpadjust_of_2m);
	SUITE_CASE(rmpadjust_goes_down_only);
	SUITE_CASE(rmpadjust_gives_no_more_than_it_has);
	SUITE_CASE(rmpadjust_makes_vmsas_at_vmpl0);
	SUITE_CASE(rmpadjust_refuses_reserved_bits);
}
