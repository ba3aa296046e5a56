/* SPDX-License-Identifier: MIT */
/* Page requests. Offsets and bits are those of the PCI Express base specification. */
#include <errno.h>

#include "tests/models/pcie_bed.h"
#include "tests/suite.h"

enum { FN = BDF(0, 1, 0), RF = 1, UPRGI = 2, STOPPED = 0x100, PASID_REQUIRED = 0x8000 };

static struct mdl_pcie_fn *fn;
static unsigned int pri;

static void set_up(unsigned int pasid_width)
{
	const struct mdl_pcie_desc desc = {
		.vendor = 1, .device = 2, .ats = true, .pasid_width = pasid_width, .pri = 8};

	pcie_bed_new();
	fn = mdl_pcie_add(pcie_bed.pcie, 1, 0, &desc);
	ck_assert_ptr_nonnull(fn);
	pri = ext_cap_at(FN, 0x0013);
	ck_assert_uint_ne(pri, 0);
	cfg_wr(FN, 0x04, 2, 4);
}

static uint32_t status(void)
{
	return cfg_rd(FN, pri + 6, 2);
}

static void enable(uint32_t allocation)
{
	cfg_wr(FN, pri + 0x0c, 4, allocation);
	cfg_wr(FN, pri + 4, 2, 1);
}

START_TEST(capability)
{
	set_up(0);
	ck_assert_uint_eq(cfg_rd(FN, pri + 4, 4), (uint32_t)STOPPED << 16);
	ck_assert_uint_eq(cfg_rd(FN, pri + 8, 4), 8);
	ck_assert_uint_eq(cfg_rd(FN, pri + 0x0c, 4), 0);
	cfg_wr(FN, pri + 8, 4, 0);
	ck_assert_uint_eq(cfg_rd(FN, pri + 8, 4), 8);
	ck_assert(!mdl_pcie_pri_enabled(fn));
	enable(4);
	ck_assert(mdl_pcie_pri_enabled(fn));
	ck_assert_uint_eq(status(), 0);
	pcie_bed_free();
	set_up(20);
	ck_assert_uint_eq(status(), PASID_REQUIRED | STOPPED);
	pcie_bed_free();
}
END_TEST

START_TEST(requests_need_to_be_enabled)
{
	set_up(0);
	ck_assert_int_eq(mdl_pcie_page_request(fn, 0), -EACCES);
	enable(4);
	cfg_wr(FN, 0x04, 2, 0);
	ck_assert_int_eq(mdl_pcie_page_request(fn, 0), -EACCES);
	cfg_wr(FN, 0x04, 2, 4);
	ck_assert_int_eq(mdl_pcie_page_request(fn, 512), -EINVAL);
	ck_assert_int_eq(mdl_pcie_page_request(fn, 511), 0);
	pcie_bed_free();
}
END_TEST

START_TEST(as_many_as_are_allocated)
{
	set_up(0);
	enable(2);
	ck_assert_int_eq(mdl_pcie_page_request(fn, 3), 0);
	ck_assert_int_eq(mdl_pcie_page_request(fn, 3), 0);
	ck_assert_int_eq(mdl_pcie_page_request(fn, 4), -EBUSY);
	ck_assert(mdl_pcie_prg_response(fn, 3, 0)); /* of both */
	ck_assert_int_eq(mdl_pcie_page_request(fn, 4), 0);
	cfg_wr(FN, pri + 0x0c, 4, 100); /* more than the capacity of 8 */
	for (unsigned int i = 1; i < 8; i++)
		ck_assert_int_eq(mdl_pcie_page_request(fn, i), 0);
	ck_assert_int_eq(mdl_pcie_page_request(fn, 4), -EBUSY);
	pcie_bed_free();
}
END_TEST

START_TEST(stopped_when_nothing_is_outstanding)
{
	set_up(0);
	enable(4);
	mdl_pcie_page_request(fn, 1);
	mdl_pcie_page_request(fn, 2);
	cfg_wr(FN, pri + 4, 2, 0);
	ck_assert_uint_eq(status(), 0);
	ck_assert(mdl_pcie_prg_response(fn, 2, 0));
	ck_assert_uint_eq(status(), 0);
	ck_assert(mdl_pcie_prg_response(fn, 1, 1)); /* Invalid Request is an answer, too */
	ck_assert_uint_eq(status(), STOPPED);
	pcie_bed_free();
}
END_TEST

START_TEST(unexpected_index)
{
	set_up(0);
	enable(4);
	mdl_pcie_page_request(fn, 1);
	ck_assert(!mdl_pcie_prg_response(fn, 2, 0));
	ck_assert_uint_eq(status(), UPRGI);
	cfg_wr(FN, pri + 6, 2, UPRGI); /* W1C */
	ck_assert_uint_eq(status(), 0);
	ck_assert(mdl_pcie_prg_response(fn, 1, 0));
	ck_assert(!mdl_pcie_prg_response(fn, 1, 0)); /* once alone */
	pcie_bed_free();
}
END_TEST

START_TEST(response_failure_turns_it_off)
{
	set_up(0);
	enable(4);
	mdl_pcie_page_request(fn, 1);
	mdl_pcie_page_request(fn, 2);
	ck_assert(mdl_pcie_prg_response(fn, 1, 15));
	ck_assert_uint_eq(status(), RF | STOPPED);
	ck_assert_uint_eq(cfg_rd(FN, pri + 4, 2), 0);
	ck_assert_int_eq(mdl_pcie_page_request(fn, 1), -EACCES);
	cfg_wr(FN, pri + 6, 2, RF);
	ck_assert_uint_eq(status(), STOPPED);
	pcie_bed_free();
}
END_TEST

/* Reset, bit 1 of Control, has an effect while Enable is clear. */
START_TEST(reset_bit)
{
	set_up(0);
	enable(4);
	mdl_pcie_page_request(fn, 1);
	cfg_wr(FN, pri + 4, 2, 3);
	ck_assert_uint_eq(cfg_rd(FN, pri + 4, 2), 1);
	ck_assert(mdl_pcie_prg_response(fn, 1, 0));
	mdl_pcie_page_request(fn, 1);
	cfg_wr(FN, pri + 4, 2, 0);
	cfg_wr(FN, pri + 4, 2, 2);
	ck_assert_uint_eq(cfg_rd(FN, pri + 4, 2), 0);
	ck_assert_uint_eq(status(), STOPPED);
	ck_assert(!mdl_pcie_prg_response(fn, 1, 0));
	pcie_bed_free();
}
END_TEST

START_TEST(function_level_reset)
{
	set_up(0);
	enable(4);
	mdl_pcie_page_request(fn, 1);
	mdl_pcie_prg_response(fn, 7, 0);
	cfg_wr(FN, ext_cap_at(FN, 0x000f) + 6, 2, 0x8000);
	cfg_wr(FN, cap_at(FN, 0x10) + 8, 2, 0x8000);
	ck_assert_uint_eq(cfg_rd(FN, pri + 4, 4), (uint32_t)STOPPED << 16);
	ck_assert_uint_eq(cfg_rd(FN, pri + 0x0c, 4), 0);
	ck_assert_uint_eq(cfg_rd(FN, ext_cap_at(FN, 0x000f) + 6, 2), 0);
	ck_assert(!mdl_pcie_prg_response(fn, 1, 0));
	pcie_bed_free();
}
END_TEST

START_TEST(without_the_capability)
{
	const struct mdl_pcie_desc desc = {.vendor = 1};
	struct mdl_pcie_fn *plain;

	set_up(0);
	plain = mdl_pcie_add(pcie_bed.pcie, 2, 0, &desc);
	ck_assert_int_eq(mdl_pcie_page_request(plain, 0), -EACCES);
	ck_assert(!mdl_pcie_prg_response(plain, 0, 0));
	ck_assert(!mdl_pcie_pri_enabled(plain));
	pcie_bed_free();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(capability);
	SUITE_CASE(requests_need_to_be_enabled);
	SUITE_CASE(as_many_as_are_allocated);
	SUITE_CASE(stopped_when_nothing_is_outstanding);
	SUITE_CASE(unexpected_index);
	SUITE_CASE(response_failure_turns_it_off);
	SUITE_CASE(reset_bit);
	SUITE_CASE(function_level_reset);
	SUITE_CASE(without_the_capability);
}
