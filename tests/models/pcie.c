/* SPDX-License-Identifier: MIT */
/*
 * Configuration space, BARs and capabilities. Offsets and bits are those of the
 * PCI Express base specification, written as numbers.
 */
#include "models/pcie.h"

#include <errno.h>

#include "tests/suite.h"

enum { COMMAND = 0x04, MEM_BASE = 0x10000000 };

static struct mdl_pcie *pcie;
static struct mdl_pcie_fn *fn;

struct bar {
	unsigned int number, reads, writes;
	uint64_t offset, value;
	unsigned int size;
};
static struct bar bars[6];
static bool fail_cfg;
static int resets;

static int bar_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		    uint64_t *latency)
{
	struct bar *bar = ctx;

	bar->reads++;
	bar->offset = offset;
	bar->size = size;
	*value = 0xb0 + bar->number;
	*latency += 3;
	return 0;
}

static int bar_write(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
		     uint64_t *latency)
{
	struct bar *bar = ctx;

	bar->writes++;
	bar->offset = offset;
	bar->size = size;
	bar->value = value;
	*latency += 3;
	return 0;
}

static const struct mdl_mmio_ops bar_ops = {.read = bar_read, .write = bar_write};

static void on_msi(void *ctx, uint16_t rid, uint64_t addr, uint32_t data)
{
	(void)ctx;
	ck_abort_msg("message from %x to %llx: %x", rid, (unsigned long long)addr, data);
}

static bool on_fault(void *ctx, const char *name)
{
	(void)ctx;
	ck_assert_str_eq(name, "pcie.cfg");
	return fail_cfg;
}

static void on_reset(void *ctx)
{
	ck_assert_ptr_eq(ctx, &resets);
	resets++;
}

/* BAR 0: 4 KiB; BAR 2 and 3: 64 bit, 8 GiB, prefetchable; BAR 5: 16 bytes. */
static const struct mdl_pcie_desc full = {
	.vendor = 0x1234,
	.device = 0x5678,
	.subsystem_vendor = 0x9abc,
	.subsystem = 0xdef0,
	.class_code = 0x088000,
	.revision = 3,
	.bar = {[0] = {.size = 0x1000, .ops = &bar_ops, .ctx = &bars[0]},
		[2] = {.size = UINT64_C(8) << 30,
		       .is64 = true,
		       .prefetchable = true,
		       .ops = &bar_ops,
		       .ctx = &bars[2]},
		[5] = {.size = 16, .ops = &bar_ops, .ctx = &bars[5]}},
	.msi_vectors = 4,
	.ats = true,
	.pasid_width = 20,
	.pasid_exec = true,
	.reset = on_reset,
	.ctx = &resets,
};

static void set_up(const struct mdl_pcie_desc *desc)
{
	static const struct mdl_pcie_ops ops = {.msi = on_msi, .fault = on_fault};
	const struct mdl_pcie_config config = {
		.mem_base = MEM_BASE, .mem_size = 0x1000000, .cfg_latency = 70, .mem_latency = 40};

	for (unsigned int i = 0; i < 6; i++)
		bars[i].number = i;
	pcie = mdl_pcie_new(&config, &ops, NULL);
	ck_assert_ptr_nonnull(pcie);
	fn = mdl_pcie_add(pcie, 1, 0, desc);
	ck_assert_ptr_nonnull(fn);
}

/* ECAM: bus << 20 | device << 15 | function << 12 | register; the function is 00:01.0. */
static uint32_t rd_at(uint64_t offset, unsigned int size)
{
	uint64_t value, latency = 0;

	ck_assert_int_eq(mdl_pcie_ecam_mmio.read(pcie, offset, size, &value, &latency), 0);
	ck_assert_uint_eq(latency, 70);
	return (uint32_t)value;
}

static uint32_t rd(unsigned int offset, unsigned int size)
{
	return rd_at(0x8000 + offset, size);
}

static void wr(unsigned int offset, unsigned int size, uint32_t value)
{
	uint64_t latency = 0;

	ck_assert_int_eq(mdl_pcie_ecam_mmio.write(pcie, 0x8000 + offset, size, value, &latency), 0);
}

static int mem_read(uint64_t addr, unsigned int size, uint64_t *value)
{
	uint64_t latency = 0;

	return mdl_pcie_mem_mmio.read(pcie, addr - MEM_BASE, size, value, &latency);
}

/* Offset of a capability by walking the list; 0: not there. */
static unsigned int cap(uint8_t id)
{
	unsigned int at = rd(0x34, 1);

	for (int hops = 0; at && hops < 48; hops++) {
		ck_assert_uint_ge(at, 0x40);
		ck_assert_uint_eq(at % 4, 0);
		if (rd(at, 1) == id)
			return at;
		at = rd(at + 1, 1);
	}
	ck_assert_uint_eq(at, 0);
	return 0;
}

static unsigned int ext_cap(uint16_t id)
{
	unsigned int at = 0x100;

	while (at) {
		uint32_t header = rd(at, 4);

		if ((header & 0xffff) == id) {
			ck_assert_uint_eq(header >> 16 & 0xf, 1);
			return at;
		}
		at = header >> 20;
		ck_assert_uint_eq(at % 4, 0);
	}
	return 0;
}

START_TEST(header)
{
	set_up(&full);
	ck_assert_uint_eq(rd(0x00, 4), 0x56781234);
	ck_assert_uint_eq(rd(0x04, 2), 0);
	ck_assert_uint_eq(rd(0x06, 2), 0x0010);
	ck_assert_uint_eq(rd(0x08, 4), 0x08800003);
	ck_assert_uint_eq(rd(0x0e, 1), 0x00);
	ck_assert_uint_eq(rd(0x2c, 4), 0xdef09abc);
	ck_assert_uint_eq(rd(0x3d, 1), 0); /* no INTx */
	ck_assert_uint_eq(mdl_pcie_rid(fn), 8);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(absent_functions_read_all_ones)
{
	set_up(&full);
	ck_assert_uint_eq(rd_at(0, 4), 0xffffffff);
	ck_assert_uint_eq(rd_at(0x9000, 2), 0xffff); /* 00:01.1 */
	ck_assert_uint_eq(rd_at(0xff000, 1), 0xff);  /* 00:1f.7 */
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(ecam_refuses_64_bit_accesses)
{
	uint64_t value, latency = 0;

	set_up(&full);
	ck_assert_int_eq(mdl_pcie_ecam_mmio.read(pcie, 0x8000, 8, &value, &latency), -EFAULT);
	ck_assert_int_eq(mdl_pcie_ecam_mmio.write(pcie, 0x8000, 8, 0, &latency), -EFAULT);
	ck_assert_int_eq(mdl_pcie_ecam_mmio.read(pcie, 0x100000, 4, &value, &latency), -EFAULT);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(read_only_fields_stay)
{
	set_up(&full);
	wr(0x00, 4, 0);
	wr(0x08, 4, 0);
	wr(0x2c, 4, 0);
	wr(0x34, 1, 0);
	wr(0x3d, 1, 1);
	wr(COMMAND, 2, 0xffff);
	ck_assert_uint_eq(rd(0x00, 4), 0x56781234);
	ck_assert_uint_eq(rd(0x08, 4), 0x08800003);
	ck_assert_uint_eq(rd(0x2c, 4), 0xdef09abc);
	ck_assert_uint_ne(rd(0x34, 1), 0);
	ck_assert_uint_eq(rd(0x3d, 1), 0);
	/* INTx disable, SERR, parity, bus master, memory; there is no I/O space. */
	ck_assert_uint_eq(rd(COMMAND, 2), 0x0546);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(bar_sizing)
{
	set_up(&full);
	for (unsigned int at = 0x10; at < 0x28; at += 4)
		wr(at, 4, 0xffffffff);
	ck_assert_uint_eq(rd(0x10, 4), 0xfffff000);
	ck_assert_uint_eq(rd(0x14, 4), 0);
	ck_assert_uint_eq(rd(0x18, 4), 0x0000000c); /* 64 bit, prefetchable; 8 GiB */
	ck_assert_uint_eq(rd(0x1c, 4), 0xfffffffe);
	ck_assert_uint_eq(rd(0x20, 4), 0);
	ck_assert_uint_eq(rd(0x24, 4), 0xfffffff0);
	wr(0x30, 4, 0xffffffff); /* no expansion ROM */
	ck_assert_uint_eq(rd(0x30, 4), 0);
	wr(0x10, 4, MEM_BASE + 0x2345);
	ck_assert_uint_eq(rd(0x10, 4), MEM_BASE + 0x2000);
	mdl_pcie_free(pcie);
}
END_TEST

/* At 0, where it is after reset, the 8 GiB of BAR 2 would claim the window too. */
static void move_large_bar_away(void)
{
	wr(0x1c, 4, 2);
}

START_TEST(bar_needs_memory_space_enable)
{
	uint64_t value = 0;

	set_up(&full);
	move_large_bar_away();
	wr(0x10, 4, MEM_BASE + 0x3000);
	ck_assert_int_eq(mem_read(MEM_BASE + 0x3010, 4, &value), -EFAULT);
	wr(COMMAND, 2, 0x0002);
	ck_assert_int_eq(mem_read(MEM_BASE + 0x3010, 4, &value), 0);
	ck_assert_uint_eq(value, 0xb0);
	ck_assert_uint_eq(bars[0].offset, 0x10);
	ck_assert_uint_eq(bars[0].size, 4);
	ck_assert_int_eq(mem_read(MEM_BASE + 0x2ffc, 4, &value), -EFAULT);
	ck_assert_int_eq(mem_read(MEM_BASE + 0x4000, 4, &value), -EFAULT);
	wr(COMMAND, 2, 0);
	ck_assert_int_eq(mem_read(MEM_BASE + 0x3010, 4, &value), -EFAULT);
	ck_assert_uint_eq(bars[0].reads, 1);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(bar_moves)
{
	uint64_t value = 0, latency = 0;

	set_up(&full);
	move_large_bar_away();
	wr(COMMAND, 2, 0x0002);
	wr(0x24, 4, MEM_BASE + 0x100);
	ck_assert_int_eq(mem_read(MEM_BASE + 0x108, 8, &value), 0);
	ck_assert_uint_eq(value, 0xb5);
	wr(0x24, 4, MEM_BASE + 0x200);
	ck_assert_int_eq(mem_read(MEM_BASE + 0x108, 8, &value), -EFAULT);
	ck_assert_int_eq(mdl_pcie_mem_mmio.write(pcie, 0x20e, 2, 0xbeef, &latency), 0);
	ck_assert_uint_eq(latency, 43);
	ck_assert_uint_eq(bars[5].offset, 0xe);
	ck_assert_uint_eq(bars[5].value, 0xbeef);
	mdl_pcie_free(pcie);
}
END_TEST

/* The upper half counts: the same low half 4 GiB higher is elsewhere. */
START_TEST(bar_of_64_bits)
{
	struct mdl_pcie_desc desc = full;
	uint64_t value = 0;

	desc.bar[2].size = 0x10000;
	set_up(&desc);
	wr(COMMAND, 2, 0x0002);
	wr(0x18, 4, MEM_BASE + 0x50000);
	wr(0x1c, 4, 1);
	ck_assert_uint_eq(rd(0x18, 4), (MEM_BASE + 0x50000) | 0xc);
	ck_assert_int_eq(mem_read(MEM_BASE + 0x50000, 4, &value), -EFAULT);
	wr(0x1c, 4, 0);
	ck_assert_int_eq(mem_read(MEM_BASE + 0x5fffc, 4, &value), 0);
	ck_assert_uint_eq(value, 0xb2);
	ck_assert_uint_eq(bars[2].offset, 0xfffc);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(pci_express_capability)
{
	unsigned int at;

	set_up(&full);
	at = cap(0x10);
	ck_assert_uint_ne(at, 0);
	ck_assert_uint_eq(rd(at + 2, 2), 0x0092); /* version 2, integrated endpoint */
	ck_assert_uint_eq(rd(at + 4, 4) & 0x10008000, 0x10008000); /* FLR, role-based errors */
	ck_assert_uint_eq(rd(at + 8, 2), 0x2810);
	ck_assert_uint_eq(rd(at + 0x24, 4) & 0x00e00000, 0x00600000); /* one End-End prefix */
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(ats_and_pasid)
{
	unsigned int ats, pasid;

	set_up(&full);
	ats = ext_cap(0x000f);
	pasid = ext_cap(0x001b);
	ck_assert_uint_eq(ats, 0x100);
	ck_assert_uint_ne(pasid, 0);
	ck_assert_uint_eq(rd(ats + 4, 2), 0x0020); /* depth 32, page-aligned requests */
	ck_assert(!mdl_pcie_ats_enabled(fn));
	wr(ats + 6, 2, 0x8001);
	ck_assert_uint_eq(rd(ats + 6, 2), 0x8001);
	ck_assert(mdl_pcie_ats_enabled(fn));
	ck_assert_uint_eq(rd(pasid + 4, 2), 0x1402); /* 20 bits, execute */
	ck_assert(!mdl_pcie_pasid_enabled(fn));
	wr(pasid + 6, 2, 0xffff);
	ck_assert_uint_eq(rd(pasid + 6, 2), 0x0003); /* privileged mode is not supported */
	ck_assert(mdl_pcie_pasid_enabled(fn));
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(capabilities_that_were_not_asked_for)
{
	struct mdl_pcie_desc desc = {.vendor = 1, .device = 2};

	set_up(&desc);
	ck_assert_uint_ne(cap(0x10), 0);
	ck_assert_uint_eq(cap(0x05), 0);
	ck_assert_uint_eq(cap(0x11), 0);
	ck_assert_uint_eq(rd(0x100, 4), 0);
	ck_assert_uint_eq(rd(cap(0x10) + 0x24, 4), 0);
	ck_assert(!mdl_pcie_ats_enabled(fn));
	ck_assert(!mdl_pcie_pasid_enabled(fn));
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(request_needs_bus_master_enable)
{
	struct mdl_pcie_prefix prefix = {0};

	set_up(&full);
	ck_assert(!mdl_pcie_bus_master(fn));
	ck_assert_int_eq(mdl_pcie_request(fn, &prefix), -EACCES);
	ck_assert_uint_eq(rd(0x06, 2), 0x2010); /* Received Master Abort */
	wr(0x06, 2, 0x2000);
	ck_assert_uint_eq(rd(0x06, 2), 0x0010);
	wr(COMMAND, 2, 0x0004);
	ck_assert(mdl_pcie_bus_master(fn));
	ck_assert_int_eq(mdl_pcie_request(fn, &prefix), 0);
	ck_assert_uint_eq(rd(0x06, 2), 0x0010);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(request_with_a_pasid)
{
	struct mdl_pcie_prefix all = {.has_pasid = true, .privileged = true, .execute = true};
	struct mdl_pcie_prefix none = {.privileged = true, .execute = true}, prefix = all;

	set_up(&full);
	wr(COMMAND, 2, 0x0004);
	ck_assert_int_eq(mdl_pcie_request(fn, &prefix), -EACCES);
	wr(ext_cap(0x1b) + 6, 2, 1);
	prefix = all;
	ck_assert_int_eq(mdl_pcie_request(fn, &prefix), 0);
	ck_assert(prefix.has_pasid && !prefix.privileged && !prefix.execute);
	wr(ext_cap(0x1b) + 6, 2, 7);
	prefix = all;
	ck_assert_int_eq(mdl_pcie_request(fn, &prefix), 0);
	ck_assert(!prefix.privileged && prefix.execute);
	ck_assert_int_eq(mdl_pcie_request(fn, &none), 0);
	ck_assert(!none.privileged && !none.execute);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(function_level_reset)
{
	unsigned int at;

	set_up(&full);
	at = cap(0x10);
	wr(COMMAND, 2, 0x0006);
	wr(0x10, 4, MEM_BASE);
	wr(0x3c, 1, 9);
	wr(at + 8, 2, 0x000f);
	ck_assert_int_eq(resets, 0);
	ck_assert_uint_eq(rd(at + 8, 2), 0x000f);
	wr(at + 9, 1, 0x80); /* the upper byte alone */
	ck_assert_int_eq(resets, 1);
	ck_assert_uint_eq(rd(COMMAND, 2), 0);
	ck_assert_uint_eq(rd(0x10, 4), 0);
	ck_assert_uint_eq(rd(0x3c, 1), 0);
	ck_assert_uint_eq(rd(at + 8, 2), 0x2810);
	wr(at + 8, 2, 0x8000);
	wr(at + 8, 4, 0x8000);
	ck_assert_int_eq(resets, 3);
	wr(at + 8, 4, 0x80000000); /* that is Device Status */
	ck_assert_int_eq(resets, 3);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(functions_of_one_device)
{
	set_up(&full);
	ck_assert_ptr_nonnull(mdl_pcie_add(pcie, 1, 7, &full));
	ck_assert_uint_eq(rd(0x0e, 1), 0x80);
	ck_assert_uint_eq(rd_at(0xf00e, 1), 0x80);
	ck_assert_ptr_nonnull(mdl_pcie_add(pcie, 31, 0, &full));
	ck_assert_uint_eq(rd_at(0xf800e, 1), 0);
	errno = 0;
	ck_assert_ptr_null(mdl_pcie_add(pcie, 1, 7, &full));
	ck_assert_int_eq(errno, EEXIST);
	mdl_pcie_free(pcie);
}
END_TEST

static void refused(const struct mdl_pcie_desc *desc, unsigned int slot, unsigned int function)
{
	errno = 0;
	ck_assert_ptr_null(mdl_pcie_add(pcie, slot, function, desc));
	ck_assert_int_eq(errno, EINVAL);
}

START_TEST(bad_descriptions_are_refused)
{
	struct mdl_pcie_desc desc = full;

	set_up(&full);
	refused(&full, 32, 0);
	refused(&full, 2, 8);
	desc.bar[0].size = 0x1800;
	refused(&desc, 2, 0);
	desc.bar[0].size = 8;
	refused(&desc, 2, 0);
	desc.bar[0].size = UINT64_C(1) << 32; /* too large for 32 bits */
	refused(&desc, 2, 0);
	desc = full;
	desc.bar[3] = desc.bar[0]; /* the upper half of BAR 2 is there */
	refused(&desc, 2, 0);
	desc = full;
	desc.bar[5].is64 = true;
	refused(&desc, 2, 0);
	desc = full;
	desc.bar[0].ops = NULL;
	refused(&desc, 2, 0);
	desc = full;
	desc.msi_vectors = 3;
	refused(&desc, 2, 0);
	desc = full;
	desc.pasid_width = 21;
	refused(&desc, 2, 0);
	desc = full;
	desc.msix_vectors = 1;
	desc.msix_bar = 5; /* too small */
	refused(&desc, 2, 0);
	desc.msix_bar = 0;
	desc.msix_offset = 0x1000; /* behind its end */
	refused(&desc, 2, 0);
	desc = full;
	desc.acs = 0x20; /* Egress Control */
	refused(&desc, 2, 0);
	desc = full;
	desc.pri = 513;
	refused(&desc, 2, 0);
	ck_assert_ptr_null(mdl_pcie_new(&(struct mdl_pcie_config){0},
					&(struct mdl_pcie_ops){.msi = on_msi}, NULL));
	mdl_pcie_free(pcie);
	mdl_pcie_free(NULL);
}
END_TEST

START_TEST(fault_point)
{
	set_up(&full);
	fail_cfg = true;
	ck_assert_uint_eq(rd(0, 4), 0xffffffff);
	wr(COMMAND, 2, 0x0006);
	fail_cfg = false;
	ck_assert_uint_eq(rd(COMMAND, 2), 0);
	mdl_pcie_free(pcie);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(header);
	SUITE_CASE(absent_functions_read_all_ones);
	SUITE_CASE(ecam_refuses_64_bit_accesses);
	SUITE_CASE(read_only_fields_stay);
	SUITE_CASE(bar_sizing);
	SUITE_CASE(bar_needs_memory_space_enable);
	SUITE_CASE(bar_moves);
	SUITE_CASE(bar_of_64_bits);
	SUITE_CASE(pci_express_capability);
	SUITE_CASE(ats_and_pasid);
	SUITE_CASE(capabilities_that_were_not_asked_for);
	SUITE_CASE(request_needs_bus_master_enable);
	SUITE_CASE(request_with_a_pasid);
	SUITE_CASE(function_level_reset);
	SUITE_CASE(functions_of_one_device);
	SUITE_CASE(bad_descriptions_are_refused);
	SUITE_CASE(fault_point);
}
