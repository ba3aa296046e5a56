/* SPDX-License-Identifier: MIT */
/*
 * SR-IOV, MSI-X tables of many vectors, and power states. Offsets and bits are those
 * of the PCI Express base specification, written as numbers.
 */
#include <errno.h>

#include "tests/models/pcie_bed.h"
#include "tests/suite.h"

enum { PF = BDF(0, 3, 0), VECTORS = 300, TABLE = 0x2000, PENDING = 0x3800 };

static uint8_t pf_regs = 0xf0, vf_regs[3] = {0xf1, 0xf2, 0xf3};
static struct mdl_pcie_fn *pf, *vf[3];
static unsigned int resets[3], iov;

static void on_reset(void *ctx)
{
	resets[(uint8_t *)ctx - vf_regs]++;
}

/* Three VFs with BARs of 4 and 64 KiB, the second of 64 bits; and 300 vectors by MSI-X. */
static const struct mdl_pcie_desc pf_desc = {
	.vendor = 0x1111,
	.device = 0x2222,
	.subsystem_vendor = 0x3333,
	.subsystem = 0x4444,
	.class_code = 0x088000,
	.bar = {[0] = {.size = 0x4000, .ops = &bed_bar_ops, .ctx = &pf_regs}},
	.msix_vectors = VECTORS,
	.msix_bar = 0,
	.msix_offset = TABLE,
	.pm = true,
	.ats = true,
	.pasid_width = 16,
	.sriov = {.total = 3,
		  .offset = 2,
		  .stride = 1,
		  .device = 0x5555,
		  .bar = {[0] = {.size = 0x1000},
			  [2] = {.size = 0x10000, .is64 = true, .prefetchable = true}}},
};

static struct mdl_pcie_desc vf_desc(unsigned int n)
{
	return (struct mdl_pcie_desc){
		.bar = {[0] = {.size = 0x1000, .ops = &bed_bar_ops, .ctx = &vf_regs[n]},
			[2] = {.size = 0x10000,
			       .is64 = true,
			       .prefetchable = true,
			       .ops = &bed_bar_ops,
			       .ctx = &vf_regs[n]}},
		.msi_vectors = 1,
		.ats = true,
		.reset = on_reset,
		.ctx = &vf_regs[n],
	};
}

static void set_up(void)
{
	pcie_bed_new();
	pf = mdl_pcie_add(pcie_bed.pcie, 3, 0, &pf_desc);
	ck_assert_ptr_nonnull(pf);
	for (unsigned int n = 0; n < 3; n++) {
		struct mdl_pcie_desc desc = vf_desc(n);

		vf[n] = mdl_pcie_add_vf(pf, n, &desc);
		ck_assert_ptr_nonnull(vf[n]);
		resets[n] = 0;
	}
	iov = ext_cap_at(PF, 0x0010);
	ck_assert_uint_ne(iov, 0);
}

/* NumVFs, then VF Enable and VF MSE. */
static void enable(unsigned int n)
{
	cfg_wr(PF, iov + 0x10, 2, n);
	cfg_wr(PF, iov + 0x08, 2, 0x9);
}

START_TEST(capability)
{
	set_up();
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x04, 4), 0); /* no migration, no ARI */
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x08, 4), 0);
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x0c, 2), 3); /* InitialVFs */
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x0e, 2), 3); /* TotalVFs */
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x10, 2), 0);
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x14, 2), 2); /* First VF Offset */
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x16, 2), 1); /* VF Stride */
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x1a, 2), 0x5555);
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x1c, 4), 0x553); /* page sizes that all must have */
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x20, 4), 1);
	ck_assert_uint_eq(bar_size(PF, iov + 0x24), 0x1000);
	ck_assert_uint_eq(bar_size(PF, iov + 0x2c), 0x10000);
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x2c, 4), 0xc);
	ck_assert_uint_eq(bar_size(PF, iov + 0x28), 0);
	pcie_bed_free();
}
END_TEST

START_TEST(vfs_are_there_while_they_are_enabled)
{
	set_up();
	for (unsigned int n = 0; n < 3; n++)
		ck_assert_uint_eq(cfg_rd(BDF(0, 3, 2 + n), 0x08, 4), 0xffffffff);
	enable(2);
	ck_assert_uint_eq(mdl_pcie_rid(vf[0]), 0x1a); /* 00:03.2 */
	ck_assert_uint_eq(mdl_pcie_rid(vf[1]), 0x1b);
	ck_assert(mdl_pcie_present(vf[1]));
	ck_assert(!mdl_pcie_present(vf[2]));
	ck_assert_uint_eq(cfg_rd(BDF(0, 3, 4), 0x08, 4), 0xffffffff);
	cfg_wr(PF, iov + 0x08, 2, 0);
	ck_assert(!mdl_pcie_present(vf[0]));
	ck_assert_uint_eq(resets[0], 1);
	pcie_bed_free();
}
END_TEST

START_TEST(configuration_space_of_a_vf)
{
	unsigned int at = BDF(0, 3, 2);

	set_up();
	enable(3);
	ck_assert_uint_eq(cfg_rd(at, 0x00, 4), 0xffffffff); /* the IDs are the PF's to say */
	ck_assert_uint_eq(cfg_rd(at, 0x08, 4) >> 8, 0x088000);
	ck_assert_uint_eq(cfg_rd(at, 0x2c, 4), 0x44443333);
	cfg_wr(at, 0x04, 2, 0xffff);
	ck_assert_uint_eq(cfg_rd(at, 0x04, 2), 0x0004);
	for (unsigned int bar = 0x10; bar < 0x28; bar += 4)
		ck_assert_uint_eq(bar_size(at, bar), 0);
	ck_assert_uint_eq(ext_cap_at(at, 0x001b), 0); /* PASID is the PF's */
	ck_assert_uint_eq(ext_cap_at(at, 0x0010), 0);
	cfg_wr(at, ext_cap_at(at, 0x000f) + 6, 2, 0x801f);
	ck_assert_uint_eq(cfg_rd(at, ext_cap_at(at, 0x000f) + 6, 2), 0x8000); /* so is the STU */
	pcie_bed_free();
}
END_TEST

START_TEST(bars_side_by_side)
{
	uint64_t value;

	set_up();
	cfg_wr(PF, iov + 0x24, 4, BED_MEM + 0x10000);
	cfg_wr(PF, iov + 0x30, 4, 0x80);
	enable(3);
	cfg_wr(PF, iov + 0x08, 2, 0x1); /* without VF MSE */
	ck_assert_int_eq(mem_rd(BED_MEM + 0x10000, 4, &value), -EFAULT);
	cfg_wr(PF, iov + 0x08, 2, 0x9);
	for (unsigned int n = 0; n < 3; n++) {
		ck_assert_int_eq(mem_rd(BED_MEM + 0x10000 + n * 0x1000 + 0x44, 4, &value), 0);
		ck_assert_uint_eq(value, 0xf1 + n);
		ck_assert_uint_eq(pcie_bed.offset, 0x44);
		ck_assert_int_eq(mem_rd(BED_MEM64 + n * 0x10000 + 0xfff8, 8, &value), 0);
		ck_assert_uint_eq(value, 0xf1 + n);
		ck_assert_uint_eq(pcie_bed.offset, 0xfff8);
	}
	ck_assert_int_eq(mem_rd(BED_MEM + 0x13000, 4, &value), -EFAULT);
	pcie_bed_free();
}
END_TEST

/* With pages of 64 KiB the BARs of 4 KiB are 64 KiB apart. */
START_TEST(system_page_size)
{
	uint64_t value;

	set_up();
	cfg_wr(PF, iov + 0x20, 4, 0x10);
	ck_assert_uint_eq(bar_size(PF, iov + 0x24), 0x10000);
	cfg_wr(PF, iov + 0x24, 4, BED_MEM + 0x10000);
	cfg_wr(PF, iov + 0x30, 4, 0x80);
	enable(2);
	ck_assert_int_eq(mem_rd(BED_MEM + 0x20000, 4, &value), 0);
	ck_assert_uint_eq(value, 0xf2);
	ck_assert_int_eq(mem_rd(BED_MEM + 0x11000, 4, &value), -EFAULT);
	pcie_bed_free();
}
END_TEST

START_TEST(numvfs_is_fixed_while_enabled)
{
	set_up();
	enable(2);
	cfg_wr(PF, iov + 0x10, 2, 3);
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x10, 2), 2);
	cfg_wr(PF, iov + 0x08, 2, 0);
	cfg_wr(PF, iov + 0x10, 2, 3);
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x10, 2), 3);
	cfg_wr(PF, iov + 0x10, 2, 4); /* more than TotalVFs */
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x10, 2), 0);
	pcie_bed_free();
}
END_TEST

START_TEST(requests_of_a_vf)
{
	struct mdl_pcie_prefix with = {.has_pasid = true};
	struct mdl_pcie_prefix none = {0};
	unsigned int pasid;

	set_up();
	ck_assert_int_eq(mdl_pcie_request(vf[0], &none), -EACCES);
	enable(1);
	ck_assert_int_eq(mdl_pcie_request(vf[0], &none), -EACCES);
	cfg_wr(BDF(0, 3, 2), 0x04, 2, 4); /* its own Bus Master Enable */
	ck_assert_int_eq(mdl_pcie_request(vf[0], &none), 0);
	ck_assert_int_eq(mdl_pcie_request(vf[0], &with), -EACCES);
	pasid = ext_cap_at(PF, 0x001b);
	cfg_wr(PF, pasid + 6, 2, 1);
	ck_assert_int_eq(mdl_pcie_request(vf[0], &with), 0);
	cfg_wr(PF, iov + 0x08, 2, 0);
	ck_assert_int_eq(mdl_pcie_request(vf[0], &none), -EACCES);
	pcie_bed_free();
}
END_TEST

START_TEST(function_level_resets)
{
	unsigned int exp;

	set_up();
	enable(3);
	cfg_wr(BDF(0, 3, 3), 0x04, 2, 4);
	exp = cap_at(BDF(0, 3, 3), 0x10);
	cfg_wr(BDF(0, 3, 3), exp + 8, 2, 0x8000); /* of one VF */
	ck_assert_uint_eq(resets[1], 1);
	ck_assert_uint_eq(resets[0], 0);
	ck_assert_uint_eq(cfg_rd(BDF(0, 3, 3), 0x04, 2), 0);
	ck_assert(mdl_pcie_present(vf[1]));
	cfg_wr(PF, cap_at(PF, 0x10) + 8, 2, 0x8000); /* of the PF: they are gone */
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x08, 2), 0);
	ck_assert_uint_eq(cfg_rd(PF, iov + 0x10, 2), 0);
	ck_assert(!mdl_pcie_present(vf[1]));
	ck_assert_uint_eq(resets[0], 1);
	enable(1); /* and can be enabled again */
	ck_assert(mdl_pcie_present(vf[0]));
	pcie_bed_free();
}
END_TEST

/* The table in the upper half of the PF's BAR 0; its registers keep the rest. */
START_TEST(many_vectors)
{
	uint64_t value, latency = 0;
	unsigned int msix;
	const unsigned int last = VECTORS - 1;

	set_up();
	cfg_wr(PF, 0x10, 4, BED_MEM);
	cfg_wr(PF, 0x04, 2, 6);
	msix = cap_at(PF, 0x11);
	ck_assert_uint_eq(cfg_rd(PF, msix + 2, 2) & 0x7ff, last);
	ck_assert_uint_eq(cfg_rd(PF, msix + 4, 4), TABLE);
	ck_assert_uint_eq(cfg_rd(PF, msix + 8, 4), PENDING);
	ck_assert_int_eq(mem_rd(BED_MEM + TABLE + last * 16 + 12, 4, &value), 0);
	ck_assert_uint_eq(value, 1); /* masked */
	ck_assert_int_eq(mem_rd(BED_MEM + 0x1ffc, 4, &value), 0);
	ck_assert_uint_eq(value, 0xf0);
	cfg_wr(PF, msix + 2, 2, 0x8000);
	mdl_pcie_mem_mmio.write(pcie_bed.pcie, TABLE + last * 16, 8, 0x8020040, &latency);
	mdl_pcie_mem_mmio.write(pcie_bed.pcie, TABLE + last * 16 + 8, 4, 0x777, &latency);
	ck_assert_int_eq(mdl_pcie_msi(pf, last), MDL_PCIE_MSI_PENDING);
	ck_assert_int_eq(mem_rd(BED_MEM + PENDING + 32, 8, &value), 0);
	ck_assert_uint_eq(value, UINT64_C(1) << (last - 256));
	mdl_pcie_mem_mmio.write(pcie_bed.pcie, TABLE + last * 16 + 12, 4, 0, &latency);
	ck_assert_uint_eq(pcie_bed.messages, 1);
	ck_assert_uint_eq(pcie_bed.data, 0x777);
	ck_assert_int_eq(mem_rd(BED_MEM + PENDING + 32, 8, &value), 0);
	ck_assert_uint_eq(value, 0);
	ck_assert_int_eq(mdl_pcie_msi(pf, VECTORS), MDL_PCIE_MSI_OFF);
	pcie_bed_free();
}
END_TEST

START_TEST(power_states)
{
	struct mdl_pcie_prefix none = {0};
	uint64_t value;
	unsigned int pm;

	set_up();
	pm = cap_at(PF, 0x01);
	cfg_wr(PF, 0x10, 4, BED_MEM);
	cfg_wr(PF, 0x04, 2, 6);
	ck_assert_uint_eq(cfg_rd(PF, pm + 2, 2) & 7, 3);
	ck_assert_uint_eq(cfg_rd(PF, pm + 4, 2), 0x0008); /* No Soft Reset, D0 */
	cfg_wr(PF, pm + 4, 2, 1);			  /* D1 is not there */
	ck_assert_uint_eq(cfg_rd(PF, pm + 4, 2) & 3, 0);
	cfg_wr(PF, pm + 4, 2, 3);
	ck_assert_uint_eq(cfg_rd(PF, pm + 4, 2) & 3, 3);
	ck_assert_int_eq(mem_rd(BED_MEM, 4, &value), -EFAULT);
	ck_assert_int_eq(mdl_pcie_request(pf, &none), -EACCES);
	cfg_wr(PF, pm + 4, 2, 0);
	ck_assert_int_eq(mem_rd(BED_MEM, 4, &value), 0);
	ck_assert_uint_eq(cfg_rd(PF, 0x10, 4), BED_MEM);
	ck_assert_int_eq(mdl_pcie_request(pf, &none), 0);
	pcie_bed_free();
}
END_TEST

static void refused(const struct mdl_pcie_fn *added)
{
	ck_assert_ptr_null(added);
	ck_assert_int_eq(errno, EINVAL);
	errno = 0;
}

START_TEST(bad_descriptions_are_refused)
{
	struct mdl_pcie_desc desc = pf_desc, v = vf_desc(0);

	set_up();
	refused(mdl_pcie_add_vf(pf, 3, &v));	/* beyond TotalVFs */
	refused(mdl_pcie_add_vf(vf[0], 0, &v)); /* of a VF */
	desc.sriov.total = 257;
	refused(mdl_pcie_add(pcie_bed.pcie, 4, 0, &desc));
	desc = pf_desc;
	desc.sriov.offset = 0;
	refused(mdl_pcie_add(pcie_bed.pcie, 4, 0, &desc));
	desc = pf_desc;
	desc.sriov.bar[0].size = 0x800; /* smaller than a page */
	refused(mdl_pcie_add(pcie_bed.pcie, 4, 0, &desc));
	desc = pf_desc;
	desc.msix_offset = 0x2400; /* not a multiple of 4096 */
	refused(mdl_pcie_add(pcie_bed.pcie, 4, 0, &desc));
	desc = pf_desc;
	desc.msix_vectors = 2049;
	refused(mdl_pcie_add(pcie_bed.pcie, 4, 0, &desc));
	pcie_bed_free();
	pcie_bed_new();
	pf = mdl_pcie_add(pcie_bed.pcie, 3, 0, &pf_desc);
	refused(mdl_pcie_add_vf(pf, 1, &v)); /* not the next */
	v.bar[0].size = 0x2000;		     /* not what the PF says */
	refused(mdl_pcie_add_vf(pf, 0, &v));
	pcie_bed_free();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(capability);
	SUITE_CASE(vfs_are_there_while_they_are_enabled);
	SUITE_CASE(configuration_space_of_a_vf);
	SUITE_CASE(bars_side_by_side);
	SUITE_CASE(system_page_size);
	SUITE_CASE(numvfs_is_fixed_while_enabled);
	SUITE_CASE(requests_of_a_vf);
	SUITE_CASE(function_level_resets);
	SUITE_CASE(many_vectors);
	SUITE_CASE(power_states);
	SUITE_CASE(bad_descriptions_are_refused);
}
