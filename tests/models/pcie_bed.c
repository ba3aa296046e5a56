/* SPDX-License-Identifier: MIT */
#include "tests/models/pcie_bed.h"

#include <string.h>

#include "tests/suite.h"

struct pcie_bed pcie_bed;

static int on_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		   uint64_t *latency)
{
	(void)size;
	(void)latency;
	pcie_bed.accesses++;
	pcie_bed.bar = ctx;
	pcie_bed.offset = offset;
	*value = *(const uint8_t *)ctx;
	return 0;
}

static int on_write(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
		    uint64_t *latency)
{
	(void)value;
	return on_read(ctx, offset, size, &value, latency);
}

const struct mdl_mmio_ops bed_bar_ops = {.read = on_read, .write = on_write};

static void on_msi(void *ctx, uint16_t rid, uint64_t addr, uint32_t data)
{
	(void)ctx;
	pcie_bed.messages++;
	pcie_bed.rid = rid;
	pcie_bed.addr = addr;
	pcie_bed.data = data;
}

void pcie_bed_new(void)
{
	static const struct mdl_pcie_ops ops = {.msi = on_msi};
	const struct mdl_pcie_config config = {
		.mem_base = BED_MEM,
		.mem_size = BED_MEM_SIZE,
		.mem64_base = BED_MEM64,
		.mem64_size = BED_MEM64_SIZE,
		.buses = BED_BUSES,
	};

	memset(&pcie_bed, 0, sizeof(pcie_bed));
	pcie_bed.pcie = mdl_pcie_new(&config, &ops, NULL);
	ck_assert_ptr_nonnull(pcie_bed.pcie);
}

void pcie_bed_free(void)
{
	mdl_pcie_free(pcie_bed.pcie);
}

uint32_t cfg_rd(unsigned int bdf, unsigned int offset, unsigned int size)
{
	uint64_t value = 0, latency = 0;

	ck_assert_int_eq(mdl_pcie_ecam_mmio.read(pcie_bed.pcie, (uint64_t)bdf << 12 | offset, size,
						 &value, &latency),
			 0);
	return (uint32_t)value;
}

void cfg_wr(unsigned int bdf, unsigned int offset, unsigned int size, uint32_t value)
{
	uint64_t latency = 0;

	ck_assert_int_eq(mdl_pcie_ecam_mmio.write(pcie_bed.pcie, (uint64_t)bdf << 12 | offset, size,
						  value, &latency),
			 0);
}

int mem_rd(uint64_t addr, unsigned int size, uint64_t *value)
{
	uint64_t latency = 0;

	*value = 0;
	return addr >= BED_MEM64 ? mdl_pcie_mem64_mmio.read(pcie_bed.pcie, addr - BED_MEM64, size,
							    value, &latency)
				 : mdl_pcie_mem_mmio.read(pcie_bed.pcie, addr - BED_MEM, size,
							  value, &latency);
}

/* A list has a capability once, each is aligned to 4 and lies behind the header. */
unsigned int cap_at(unsigned int bdf, uint8_t id)
{
	unsigned int at = cfg_rd(bdf, 0x34, 1), found = 0;

	ck_assert_uint_eq(cfg_rd(bdf, 0x06, 2) & 0x10, 0x10);
	for (int hops = 0; at; hops++) {
		ck_assert_int_lt(hops, 48);
		ck_assert_uint_ge(at, 0x40);
		ck_assert_uint_eq(at % 4, 0);
		if (cfg_rd(bdf, at, 1) == id) {
			ck_assert_uint_eq(found, 0);
			found = at;
		}
		at = cfg_rd(bdf, at + 1, 1);
	}
	return found;
}

unsigned int ext_cap_at(unsigned int bdf, uint16_t id)
{
	unsigned int at = 0x100, found = 0;

	for (int hops = 0; at && cfg_rd(bdf, at, 4); hops++) {
		uint32_t header = cfg_rd(bdf, at, 4);

		ck_assert_int_lt(hops, 480);
		ck_assert_uint_ge(at, 0x100);
		ck_assert_uint_eq(at % 4, 0);
		if ((header & 0xffff) == id) {
			ck_assert_uint_eq(found, 0);
			ck_assert_uint_eq(header >> 16 & 0xf, 1);
			found = at;
		}
		at = header >> 20;
	}
	return found;
}

uint64_t bar_size(unsigned int bdf, unsigned int offset)
{
	uint32_t low = cfg_rd(bdf, offset, 4), high = 0xffffffff;
	uint64_t mask;

	cfg_wr(bdf, offset, 4, 0xffffffff);
	mask = cfg_rd(bdf, offset, 4) & ~0xfu;
	cfg_wr(bdf, offset, 4, low);
	if (!mask && (low & 6) != 4)
		return 0;
	if ((low & 6) == 4) {
		uint32_t held = cfg_rd(bdf, offset + 4, 4);

		cfg_wr(bdf, offset + 4, 4, 0xffffffff);
		high = cfg_rd(bdf, offset + 4, 4);
		cfg_wr(bdf, offset + 4, 4, held);
	}
	return ~((uint64_t)high << 32 | mask) + 1;
}

unsigned int number_buses(unsigned int bus, unsigned int next)
{
	for (unsigned int devfn = 0; devfn < 256; devfn++) {
		unsigned int bdf = bus << 8 | devfn;

		if (cfg_rd(bdf, 0, 2) == 0xffff)
			continue;
		cfg_wr(bdf, 0x04, 2, 6);
		if ((cfg_rd(bdf, 0x0e, 1) & 0x7f) != 1)
			continue;
		cfg_wr(bdf, 0x18, 1, bus);
		cfg_wr(bdf, 0x19, 1, next);
		cfg_wr(bdf, 0x1a, 1, 0xff);
		next = number_buses(next, next + 1);
		cfg_wr(bdf, 0x1a, 1, next - 1);
	}
	return next;
}
