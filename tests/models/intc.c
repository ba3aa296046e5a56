/* SPDX-License-Identifier: MIT */
/* Offsets and numbers stand here as the register map of the header's text gives them. */
#include "models/intc.h"

#include <errno.h>

#include "tests/suite.h"

enum { NONE = 1023 };

static struct mdl_intc *intc;
static bool out[8];
static int changes;

static void cpu_line(void *ctx, unsigned int cpu, bool level)
{
	ck_assert_ptr_eq(ctx, out);
	ck_assert_uint_lt(cpu, 8);
	ck_assert(out[cpu] != level);
	out[cpu] = level;
	changes++;
}

static void set_up(unsigned int cpus)
{
	static const struct mdl_intc_ops ops = {.cpu_line = cpu_line};

	intc = mdl_intc_new(cpus, 500, &ops, out);
	ck_assert_ptr_nonnull(intc);
}

static uint32_t rd(uint64_t offset)
{
	uint64_t value, latency = 0;

	ck_assert_int_eq(mdl_intc_mmio.read(intc, offset, 4, &value, &latency), 0);
	ck_assert_uint_eq(latency, 500);
	return (uint32_t)value;
}

static void wr(uint64_t offset, uint32_t value)
{
	uint64_t latency = 0;

	ck_assert_int_eq(mdl_intc_mmio.write(intc, offset, 4, value, &latency), 0);
	ck_assert_uint_eq(latency, 500);
}

static void msi(uint64_t offset, unsigned int size, uint32_t value)
{
	uint64_t latency = 0;

	ck_assert_int_eq(mdl_intc_msi_mmio.write(intc, offset, size, value, &latency), 0);
}

START_TEST(edge_is_taken_once)
{
	set_up(1);
	wr(0x1000, 1u << 5);
	mdl_intc_input(intc, 5, true);
	ck_assert(out[0]);
	ck_assert_uint_eq(rd(0x1200), 1u << 5);
	ck_assert_uint_eq(rd(0x2000), 5);
	ck_assert(!out[0]);
	ck_assert_uint_eq(rd(0x1200), 0);
	ck_assert_uint_eq(rd(0x2000), NONE);
	wr(0x2004, 5);
	ck_assert(!out[0]);
	mdl_intc_input(intc, 5, false);
	ck_assert(!out[0]);
	mdl_intc_input(intc, 5, true);
	ck_assert(out[0]);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(edge_while_active_waits_for_eoi)
{
	set_up(1);
	wr(0x1000, 1);
	mdl_intc_input(intc, 0, true);
	ck_assert_uint_eq(rd(0x2000), 0);
	mdl_intc_input(intc, 0, false);
	mdl_intc_input(intc, 0, true);
	ck_assert_uint_eq(rd(0x1200), 1);
	ck_assert(!out[0]);
	ck_assert_uint_eq(rd(0x2000), NONE);
	wr(0x2004, 0);
	ck_assert(out[0]);
	ck_assert_uint_eq(rd(0x2000), 0);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(level_is_pending_again_after_eoi)
{
	set_up(1);
	wr(0x1500 + 4, 1u << 2); /* input 34 */
	wr(0x1000 + 4, 1u << 2);
	mdl_intc_input(intc, 34, true);
	ck_assert_uint_eq(rd(0x2000), 34);
	ck_assert(!out[0]);
	wr(0x2004, 34);
	ck_assert(out[0]);
	ck_assert_uint_eq(rd(0x2000), 34);
	mdl_intc_input(intc, 34, false);
	wr(0x2004, 34);
	ck_assert(!out[0]);
	ck_assert_uint_eq(rd(0x2000), NONE);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(level_that_falls_is_no_longer_pending)
{
	set_up(1);
	wr(0x1500, 1);
	wr(0x1000, 1);
	mdl_intc_input(intc, 0, true);
	wr(0x1400, 1);
	ck_assert_uint_eq(rd(0x1200), 1);
	ck_assert(out[0]);
	mdl_intc_input(intc, 0, false);
	ck_assert(!out[0]);
	ck_assert_uint_eq(rd(0x1200), 0);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(edge_is_remembered_while_disabled)
{
	set_up(1);
	mdl_intc_input(intc, 7, true);
	mdl_intc_input(intc, 7, false);
	ck_assert(!out[0]);
	ck_assert_uint_eq(rd(0x2000), NONE);
	wr(0x1000, 1u << 7);
	ck_assert(out[0]);
	wr(0x1100, 1u << 7);
	ck_assert(!out[0]);
	ck_assert_uint_eq(rd(0x1000), 0);
	wr(0x1400, 1u << 7);
	wr(0x1000, 1u << 7);
	ck_assert(!out[0]);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(lowest_number_first)
{
	static const unsigned int order[] = {3, 31, 32, 700, 1022};

	set_up(1);
	for (unsigned int word = 0; word < 32; word++)
		wr(0x1000 + 4 * word, 0xffffffff);
	for (int i = 4; i >= 0; i--)
		wr(0x1300 + 4 * (order[i] / 32), 1u << (order[i] % 32));
	for (int i = 0; i < 5; i++)
		ck_assert_uint_eq(rd(0x2000), order[i]);
	ck_assert_uint_eq(rd(0x2000), NONE);
	ck_assert(!out[0]);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(number_1023_does_not_exist)
{
	set_up(2);
	wr(0x1000 + 124, 0xffffffff);
	wr(0x1300 + 124, 0x80000000);
	wr(0x1500 + 124, 0x80000000);
	wr(0x0ffc, 1);
	mdl_intc_input(intc, 1023, true);
	mdl_intc_input(intc, 5000, true);
	ck_assert_uint_eq(rd(0x1000 + 124), 0x7fffffff);
	ck_assert_uint_eq(rd(0x1200 + 124), 0);
	ck_assert_uint_eq(rd(0x1500 + 124), 0);
	ck_assert_uint_eq(rd(0x0ffc), 0);
	ck_assert(!out[0] && !out[1]);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(route_chooses_the_cpu)
{
	set_up(2);
	wr(0x1000, 1u << 9);
	wr(4 * 9, 1);
	ck_assert_uint_eq(rd(4 * 9), 1);
	mdl_intc_input(intc, 9, true);
	ck_assert(!out[0] && out[1]);
	ck_assert_uint_eq(rd(0x2000), NONE);
	wr(4 * 9, 0); /* moved while pending */
	ck_assert(out[0] && !out[1]);
	wr(4 * 9, 2); /* there are two CPUs only */
	ck_assert_uint_eq(rd(4 * 9), 0);
	ck_assert_uint_eq(rd(0x2010), NONE);
	ck_assert_uint_eq(rd(0x2000), 9);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(eoi_counts_on_the_cpu_that_took_it)
{
	set_up(2);
	wr(0x1500, 1);
	wr(0x1000, 1);
	mdl_intc_input(intc, 0, true);
	ck_assert_uint_eq(rd(0x2000), 0);
	wr(0x2014, 0);	  /* the other CPU */
	wr(0x2004, 1);	  /* another number */
	wr(0x2004, 4000); /* no number at all */
	ck_assert(!out[0] && !out[1]);
	wr(0x2004, 0);
	ck_assert(out[0]);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(doorbell)
{
	struct mdl_intc_stats stats;

	set_up(1);
	wr(0x1000 + 4 * 8, 1);	       /* 256 */
	wr(0x1000 + 4 * 31, 1u << 30); /* 1022 */
	msi(0x40, 4, 1022);
	msi(0x40, 4, 256);
	ck_assert_uint_eq(rd(0x2000), 256);
	ck_assert_uint_eq(rd(0x2000), 1022);
	msi(0x40, 4, 255);
	msi(0x40, 4, 1023);
	msi(0x40, 4, 0xffffffff);
	msi(0x40, 2, 256);
	msi(0x44, 4, 256);
	ck_assert_uint_eq(rd(0x1200 + 4 * 8), 0);
	mdl_intc_get_stats(intc, &stats);
	ck_assert_uint_eq(stats.msi, 2);
	ck_assert_uint_eq(stats.msi_ignored, 5);
	ck_assert_uint_eq(stats.taken, 2);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(reads_have_no_side_effects_but_iar)
{
	set_up(1);
	wr(0x1000, 2);
	wr(0x1300, 2);
	changes = 0;
	for (uint64_t offset = 0; offset < 0x3000; offset += 4)
		if (offset != 0x2000)
			rd(offset);
	ck_assert_int_eq(changes, 0);
	wr(0x1200, 0xffffffff); /* PENDING is read-only */
	wr(0x2000, 1);		/* so is IAR */
	ck_assert_uint_eq(rd(0x1300), 2);
	ck_assert_uint_eq(rd(0x1400), 2);
	ck_assert_uint_eq(rd(0x1100), 2);
	ck_assert_uint_eq(rd(0x2010), 0); /* CPU 1 does not exist */
	ck_assert_uint_eq(rd(0x2000), 1);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(only_32_bit_accesses)
{
	uint64_t value, latency = 0;

	set_up(1);
	ck_assert_int_eq(mdl_intc_mmio.read(intc, 0x1000, 8, &value, &latency), -EFAULT);
	ck_assert_int_eq(mdl_intc_mmio.read(intc, 0x1000, 1, &value, &latency), -EFAULT);
	ck_assert_int_eq(mdl_intc_mmio.write(intc, 0x1000, 8, 1, &latency), -EFAULT);
	ck_assert_int_eq(mdl_intc_mmio.write(intc, 0x3000, 4, 1, &latency), -EFAULT);
	ck_assert_uint_eq(rd(0x1000), 0);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(trigger_change_looks_at_the_wire)
{
	set_up(1);
	mdl_intc_input(intc, 4, true);
	wr(0x1400, 1u << 4);
	wr(0x1000, 1u << 4);
	ck_assert(!out[0]);
	wr(0x1500, 1u << 4);
	ck_assert(out[0]);
	wr(0x1500, 0);
	ck_assert(!out[0]);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(reset_keeps_the_wires)
{
	set_up(2);
	wr(0x1500, 1);
	wr(0x1000, 1);
	wr(0, 1);
	mdl_intc_input(intc, 0, true);
	ck_assert(out[1]);
	mdl_intc_reset(intc);
	ck_assert(!out[1]);
	ck_assert_uint_eq(rd(0), 0);
	ck_assert_uint_eq(rd(0x1000), 0);
	wr(0x1500, 1);
	wr(0x1000, 1);
	ck_assert(out[0]);
	mdl_intc_free(intc);
}
END_TEST

START_TEST(number_of_cpus_is_checked)
{
	errno = 0;
	ck_assert_ptr_null(mdl_intc_new(0, 0, &(struct mdl_intc_ops){0}, NULL));
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_ptr_null(mdl_intc_new(9, 0, &(struct mdl_intc_ops){0}, NULL));
	set_up(8);
	wr(4 * 3, 7);
	wr(0x1000, 8);
	mdl_intc_input(intc, 3, true);
	ck_assert(out[7]);
	ck_assert_uint_eq(rd(0x2070), 3);
	mdl_intc_free(intc);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(edge_is_taken_once);
	SUITE_CASE(edge_while_active_waits_for_eoi);
	SUITE_CASE(level_is_pending_again_after_eoi);
	SUITE_CASE(level_that_falls_is_no_longer_pending);
	SUITE_CASE(edge_is_remembered_while_disabled);
	SUITE_CASE(lowest_number_first);
	SUITE_CASE(number_1023_does_not_exist);
	SUITE_CASE(route_chooses_the_cpu);
	SUITE_CASE(eoi_counts_on_the_cpu_that_took_it);
	SUITE_CASE(doorbell);
	SUITE_CASE(reads_have_no_side_effects_but_iar);
	SUITE_CASE(only_32_bit_accesses);
	SUITE_CASE(trigger_change_looks_at_the_wire);
	SUITE_CASE(reset_keeps_the_wires);
	SUITE_CASE(number_of_cpus_is_checked);
}
