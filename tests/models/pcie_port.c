/* SPDX-License-Identifier: MIT */
/*
 * Ports and what passes through them. Offsets and bits are those of the PCI Express
 * base specification, written as numbers.
 *
 *	00:01.0 root port ---- 01:00.0 switch ---- 02:00.0 port ---- 03:00.0 endpoint
 *	                                      \--- 02:01.0 port ---- 04:00.0, 04:00.1
 *	00:02.0 integrated endpoint
 */
#include <errno.h>

#include "tests/models/pcie_bed.h"
#include "tests/suite.h"

enum {
	PORT = BDF(0, 1, 0),
	UP = BDF(1, 0, 0),
	DOWN0 = BDF(2, 0, 0),
	DOWN1 = BDF(2, 1, 0),
	LEAF = BDF(3, 0, 0),
	PAIR = BDF(4, 0, 0),
};

static uint8_t regs_a = 0xa, regs_b = 0xb, regs_c = 0xc;
static struct mdl_pcie_fn *root, *upstream, *down0, *down1, *leaf, *pair;
static unsigned int resets;

static void on_reset(void *ctx)
{
	(void)ctx;
	resets++;
}

static struct mdl_pcie_desc endpoint(uint8_t *regs)
{
	return (struct mdl_pcie_desc){
		.vendor = 0x1111,
		.device = 0x2222,
		.bar = {[0] = {.size = 0x1000, .ops = &bed_bar_ops, .ctx = regs},
			[2] = {.size = UINT64_C(4) << 30,
			       .is64 = true,
			       .prefetchable = true,
			       .ops = &bed_bar_ops,
			       .ctx = regs}},
		.msi_vectors = 1,
		.reset = on_reset,
	};
}

static void set_up(void)
{
	const struct mdl_pcie_port_desc port = {.vendor = 0x1111, .device = 0x3333, .acs = 0x1d};
	const struct mdl_pcie_port_desc plain = {.vendor = 0x1111, .device = 0x4444};
	struct mdl_pcie_desc a = endpoint(&regs_a), b = endpoint(&regs_b), c = endpoint(&regs_c);

	resets = 0;
	pcie_bed_new();
	root = mdl_pcie_add_port(pcie_bed.pcie, NULL, 1, 0, &port);
	upstream = mdl_pcie_add_port(pcie_bed.pcie, root, 0, 0, &plain);
	down0 = mdl_pcie_add_port(pcie_bed.pcie, upstream, 0, 0, &port);
	down1 = mdl_pcie_add_port(pcie_bed.pcie, upstream, 1, 0, &port);
	leaf = mdl_pcie_add_below(down0, 0, 0, &a);
	pair = mdl_pcie_add_below(down1, 0, 0, &b);
	ck_assert_ptr_nonnull(leaf);
	ck_assert_ptr_nonnull(pair);
	ck_assert_ptr_nonnull(mdl_pcie_add_below(down1, 0, 1, &b));
	ck_assert_ptr_nonnull(mdl_pcie_add(pcie_bed.pcie, 2, 0, &c));
}

static void set_up_numbered(void)
{
	set_up();
	ck_assert_uint_eq(number_buses(0, 1), 5);
}

START_TEST(header_of_type_1)
{
	set_up();
	ck_assert_uint_eq(cfg_rd(PORT, 0x00, 4), 0x33331111);
	ck_assert_uint_eq(cfg_rd(PORT, 0x08, 4) >> 8, 0x060400);
	ck_assert_uint_eq(cfg_rd(PORT, 0x0e, 1), 0x01);
	ck_assert_uint_eq(cfg_rd(PORT, 0x18, 4), 0);
	for (unsigned int at = 0x18; at < 0x34; at += 4)
		cfg_wr(PORT, at, 4, 0xffffffff);
	cfg_wr(PORT, 0x3c, 4, 0xffffffbf);		      /* no reset */
	ck_assert_uint_eq(cfg_rd(PORT, 0x18, 4), 0x00ffffff); /* no secondary latency timer */
	ck_assert_uint_eq(cfg_rd(PORT, 0x1c, 2), 0x0000);     /* no I/O window */
	ck_assert_uint_eq(cfg_rd(PORT, 0x20, 4), 0xfff0fff0);
	ck_assert_uint_eq(cfg_rd(PORT, 0x24, 4), 0xfff1fff1); /* of 64 bits */
	ck_assert_uint_eq(cfg_rd(PORT, 0x28, 4), 0xffffffff);
	ck_assert_uint_eq(cfg_rd(PORT, 0x2c, 4), 0xffffffff);
	ck_assert_uint_eq(cfg_rd(PORT, 0x30, 4), 0);
	ck_assert_uint_eq(cfg_rd(PORT, 0x3d, 1), 0);
	ck_assert_uint_eq(cfg_rd(PORT, 0x38, 4), 0); /* no ROM */
	pcie_bed_free();
}
END_TEST

START_TEST(kinds_of_ports)
{
	set_up_numbered();
	ck_assert_uint_eq(cfg_rd(PORT, cap_at(PORT, 0x10) + 2, 2), 0x0042);
	ck_assert_uint_eq(cfg_rd(UP, cap_at(UP, 0x10) + 2, 2), 0x0052);
	ck_assert_uint_eq(cfg_rd(DOWN1, cap_at(DOWN1, 0x10) + 2, 2), 0x0062);
	ck_assert_uint_eq(cfg_rd(LEAF, cap_at(LEAF, 0x10) + 2, 2), 0x0002);
	ck_assert_uint_eq(cfg_rd(BDF(0, 2, 0), cap_at(BDF(0, 2, 0), 0x10) + 2, 2), 0x0092);
	/* A link of 2.5 GT/s and one lane; an integrated endpoint has none. */
	ck_assert_uint_eq(cfg_rd(LEAF, cap_at(LEAF, 0x10) + 0x0c, 4) & 0x3ff, 0x11);
	ck_assert_uint_eq(cfg_rd(LEAF, cap_at(LEAF, 0x10) + 0x12, 2) & 0x3ff, 0x11);
	ck_assert_uint_eq(cfg_rd(BDF(0, 2, 0), cap_at(BDF(0, 2, 0), 0x10) + 0x0c, 4), 0);
	/* A port has no function level reset. */
	ck_assert_uint_eq(cfg_rd(PORT, cap_at(PORT, 0x10) + 4, 4) & 0x10000000, 0);
	pcie_bed_free();
}
END_TEST

START_TEST(access_control_services)
{
	unsigned int acs;

	set_up_numbered();
	acs = ext_cap_at(PORT, 0x000d);
	ck_assert_uint_ne(acs, 0);
	ck_assert_uint_eq(cfg_rd(PORT, acs + 4, 4), 0x001d); /* off until software turns it on */
	cfg_wr(PORT, acs + 6, 2, 0xffff);
	ck_assert_uint_eq(cfg_rd(PORT, acs + 4, 4), 0x001d001d);
	ck_assert_uint_eq(ext_cap_at(UP, 0x000d), 0);
	ck_assert_uint_ne(ext_cap_at(DOWN0, 0x000d), 0);
	pcie_bed_free();
}
END_TEST

START_TEST(nothing_is_found_behind_a_port_without_a_number)
{
	set_up();
	for (unsigned int bus = 1; bus < BED_BUSES; bus++)
		ck_assert_uint_eq(cfg_rd(BDF(bus, 0, 0), 0, 4), 0xffffffff);
	ck_assert(!mdl_pcie_present(leaf));
	pcie_bed_free();
}
END_TEST

START_TEST(bus_numbers_make_requester_ids)
{
	set_up_numbered();
	ck_assert(mdl_pcie_present(leaf));
	ck_assert_uint_eq(mdl_pcie_rid(leaf), 0x0300);
	ck_assert_uint_eq(mdl_pcie_rid(pair), 0x0400);
	ck_assert_uint_eq(cfg_rd(LEAF, 0, 4), 0x22221111);
	ck_assert_uint_eq(cfg_rd(BDF(4, 0, 1), 0, 4), 0x22221111);
	ck_assert_uint_eq(cfg_rd(PAIR, 0x0e, 1), 0x80);
	ck_assert_uint_eq(cfg_rd(BDF(4, 0, 1), 0x0e, 1), 0x80);
	ck_assert_uint_eq(cfg_rd(BDF(3, 1, 0), 0, 4), 0xffffffff);
	cfg_wr(DOWN0, 0x19, 2, 0x0707); /* another number, outside of the switch's */
	ck_assert_uint_eq(cfg_rd(BDF(7, 0, 0), 0, 4), 0xffffffff);
	cfg_wr(UP, 0x1a, 1, 7);
	ck_assert_uint_eq(cfg_rd(BDF(7, 0, 0), 0, 4), 0xffffffff);
	cfg_wr(PORT, 0x1a, 1, 7);
	ck_assert_uint_eq(cfg_rd(BDF(7, 0, 0), 0, 4), 0x22221111);
	ck_assert_uint_eq(mdl_pcie_rid(leaf), 0x0700);
	pcie_bed_free();
}
END_TEST

/* Memory windows of 1 MiB granules: base and limit hold bits 31 to 20. */
static void windows(unsigned int bdf, uint16_t base, uint16_t limit)
{
	cfg_wr(bdf, 0x20, 4, (uint32_t)limit << 16 | base);
}

static void close_windows(unsigned int bdf)
{
	windows(bdf, 0xfff0, 0);
	cfg_wr(bdf, 0x24, 4, 0x0000fff0);
}

START_TEST(memory_passes_through_windows)
{
	uint64_t value;

	set_up_numbered();
	for (unsigned int i = 0; i < 4; i++)
		close_windows((const unsigned int[]){PORT, UP, DOWN0, DOWN1}[i]);
	cfg_wr(LEAF, 0x10, 4, BED_MEM + 0x100000);
	cfg_wr(LEAF, 0x1c, 4, 0x90); /* the large one is elsewhere */
	cfg_wr(PAIR, 0x1c, 4, 0x90);
	cfg_wr(BDF(4, 0, 1), 0x1c, 4, 0x90);
	cfg_wr(BDF(0, 2, 0), 0x1c, 4, 0x90);
	ck_assert_int_eq(mem_rd(BED_MEM + 0x100000, 4, &value), -EFAULT);
	windows(PORT, 0x1010, 0x1010);
	windows(UP, 0x1010, 0x1010);
	ck_assert_int_eq(mem_rd(BED_MEM + 0x100000, 4, &value), -EFAULT);
	windows(DOWN0, 0x1010, 0x1010);
	ck_assert_int_eq(mem_rd(BED_MEM + 0x100ffc, 4, &value), 0);
	ck_assert_uint_eq(value, 0xa);
	ck_assert_uint_eq(pcie_bed.offset, 0xffc);
	cfg_wr(UP, 4, 2, 4); /* Memory Space Enable of the switch */
	ck_assert_int_eq(mem_rd(BED_MEM + 0x100000, 4, &value), -EFAULT);
	cfg_wr(UP, 4, 2, 6);
	windows(UP, 0x1020, 0x1030);
	ck_assert_int_eq(mem_rd(BED_MEM + 0x100000, 4, &value), -EFAULT);
	pcie_bed_free();
}
END_TEST

START_TEST(a_window_of_64_bits)
{
	uint64_t value;

	set_up_numbered();
	cfg_wr(LEAF, 0x18, 4, 0);
	cfg_wr(LEAF, 0x1c, 4, 0x81);
	for (unsigned int i = 0; i < 3; i++) {
		unsigned int bdf = (const unsigned int[]){PORT, UP, DOWN0}[i];

		close_windows(bdf);
		cfg_wr(bdf, 0x24, 4, 0xfff00000); /* 0x81_0000_0000 to 0x81_ffff_ffff */
		cfg_wr(bdf, 0x28, 4, 0x81);
		cfg_wr(bdf, 0x2c, 4, 0x81);
	}
	ck_assert_int_eq(mem_rd(UINT64_C(0x81fffffff8), 8, &value), 0);
	ck_assert_uint_eq(value, 0xa);
	ck_assert_uint_eq(pcie_bed.offset, 0xfffffff8);
	ck_assert_int_eq(mem_rd(UINT64_C(0x8200000000), 8, &value), -EFAULT);
	cfg_wr(PORT, 0x2c, 4, 0x80);
	ck_assert_int_eq(mem_rd(UINT64_C(0x8100000000), 8, &value), -EFAULT);
	pcie_bed_free();
}
END_TEST

START_TEST(requests_need_bus_master_enable_all_the_way_up)
{
	struct mdl_pcie_prefix none = {0};
	struct mdl_pcie_stats stats;

	set_up_numbered();
	ck_assert_int_eq(mdl_pcie_request(leaf, &none), 0);
	for (unsigned int i = 0; i < 4; i++) {
		unsigned int bdf = (const unsigned int[]){PORT, UP, DOWN0, LEAF}[i];

		cfg_wr(bdf, 4, 2, 2);
		ck_assert_int_eq(mdl_pcie_request(leaf, &none), -EACCES);
		cfg_wr(bdf, 4, 2, 6);
		ck_assert_int_eq(mdl_pcie_request(leaf, &none), 0);
	}
	cfg_wr(DOWN1, 4, 2, 0); /* not on its way */
	ck_assert_int_eq(mdl_pcie_request(leaf, &none), 0);
	mdl_pcie_get_stats(pcie_bed.pcie, &stats);
	ck_assert_uint_eq(stats.requests_refused, 4);
	pcie_bed_free();
}
END_TEST

START_TEST(messages_carry_the_requester_id)
{
	struct mdl_pcie_stats stats;
	unsigned int msi;

	set_up_numbered();
	msi = cap_at(LEAF, 0x05);
	cfg_wr(LEAF, msi + 4, 4, 0x8020040);
	cfg_wr(LEAF, msi + 12, 2, 0x123);
	cfg_wr(LEAF, msi + 2, 2, 1);
	ck_assert_int_eq(mdl_pcie_msi(leaf, 0), MDL_PCIE_MSI_SENT);
	ck_assert_uint_eq(pcie_bed.rid, 0x0300);
	ck_assert_uint_eq(pcie_bed.addr, 0x8020040);
	ck_assert_uint_eq(pcie_bed.data, 0x123);
	cfg_wr(PORT, 4, 2, 2);
	ck_assert_int_eq(mdl_pcie_msi(leaf, 0), MDL_PCIE_MSI_OFF);
	ck_assert_uint_eq(pcie_bed.messages, 1);
	mdl_pcie_get_stats(pcie_bed.pcie, &stats);
	ck_assert_uint_eq(stats.messages_refused, 1);
	pcie_bed_free();
}
END_TEST

/* Secondary Bus Reset: bit 6 of Bridge Control. */
START_TEST(secondary_bus_reset)
{
	set_up_numbered();
	cfg_wr(LEAF, 0x10, 4, BED_MEM);
	cfg_wr(PAIR, 0x10, 4, BED_MEM);
	cfg_wr(UP, 0x3e, 2, 0x40);
	ck_assert_uint_eq(resets, 3);
	ck_assert_uint_eq(cfg_rd(DOWN0, 0, 4), 0xffffffff); /* held in reset */
	cfg_wr(UP, 0x3e, 2, 0);
	ck_assert_uint_eq(cfg_rd(DOWN0, 0x18, 4), 0); /* and has lost its numbers */
	ck_assert_uint_eq(cfg_rd(LEAF, 0, 4), 0xffffffff);
	ck_assert_uint_eq(cfg_rd(UP, 0x19, 1), 2);
	ck_assert_uint_eq(number_buses(2, 3), 5);
	ck_assert_uint_eq(cfg_rd(LEAF, 0x10, 4), 0);
	pcie_bed_free();
}
END_TEST

static void refused(const struct mdl_pcie_fn *added, int error)
{
	ck_assert_ptr_null(added);
	ck_assert_int_eq(errno, error);
	errno = 0;
}

START_TEST(places_that_are_not_there)
{
	struct mdl_pcie_desc a = endpoint(&regs_a);
	const struct mdl_pcie_port_desc port = {.vendor = 1};
	const struct mdl_pcie_port_desc egress = {.vendor = 1, .acs = 0x20};
	const struct mdl_pcie_port_desc acs = {.vendor = 1, .acs = 1};

	set_up();
	refused(mdl_pcie_add_below(root, 1, 0, &a), EINVAL); /* a link has device 0 alone */
	refused(mdl_pcie_add_below(root, 0, 0, &a), EEXIST);
	refused(mdl_pcie_add_below(upstream, 2, 0, &a), EINVAL); /* ports alone */
	refused(mdl_pcie_add_below(leaf, 0, 0, &a), EINVAL);
	refused(mdl_pcie_add_port(pcie_bed.pcie, leaf, 0, 0, &port), EINVAL);
	refused(mdl_pcie_add_port(pcie_bed.pcie, down0, 1, 0, &port), EINVAL);
	refused(mdl_pcie_add_port(pcie_bed.pcie, NULL, 3, 0, &egress), EINVAL);
	refused(mdl_pcie_add_port(pcie_bed.pcie, down0, 0, 1, &acs), EINVAL); /* upstream */
	pcie_bed_free();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(header_of_type_1);
	SUITE_CASE(kinds_of_ports);
	SUITE_CASE(access_control_services);
	SUITE_CASE(nothing_is_found_behind_a_port_without_a_number);
	SUITE_CASE(bus_numbers_make_requester_ids);
	SUITE_CASE(memory_passes_through_windows);
	SUITE_CASE(a_window_of_64_bits);
	SUITE_CASE(requests_need_bus_master_enable_all_the_way_up);
	SUITE_CASE(messages_carry_the_requester_id);
	SUITE_CASE(secondary_bus_reset);
	SUITE_CASE(places_that_are_not_there);
}
