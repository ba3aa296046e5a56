/* SPDX-License-Identifier: MIT */
/*
 * The platform put together: RAM and doorbell on a bus, the DMA test device
 * behind PCIe, its message through the interrupt controller.
 *
 *   0x08000000 intc   0x08010000 MSI frame   0x10000000 PCI memory
 *   0x30000000 ECAM   0x40000000 RAM
 */
#include "models/pcie_dma.h"

#include "models/bus.h"
#include "models/intc.h"
#include "tests/suite.h"

enum {
	INTC = 0x08000000,
	MSI_FRAME = 0x08010000,
	MEM = 0x10000000,
	ECAM = 0x30000000,
	FUNCTION = ECAM + 0x18000, /* 00:03.0 */
	RAM = 0x40000000,
	RING = RAM + 0x3000,
};

static struct mdl_ram *ram;
static struct mdl_bus *bus;
static struct mdl_intc *intc;
static struct mdl_pcie *pcie;
static struct mdl_pcie_dma *dev;
static bool cpu0;
static unsigned int accesses, bus_errors;
static struct mdl_dma_access last;
static struct mdl_dma_result result;
static unsigned int completions;

static void on_cpu_line(void *ctx, unsigned int cpu, bool level)
{
	(void)ctx;
	ck_assert_uint_eq(cpu, 0);
	cpu0 = level;
}

static void on_bus_error(void *ctx, const struct mdl_bus_error *error)
{
	(void)ctx;
	(void)error;
	bus_errors++;
}

static void on_msi(void *ctx, uint16_t rid, uint64_t addr, uint32_t data)
{
	(void)ctx;
	ck_assert_uint_eq(rid, 0x18);
	ck_assert_int_eq(mdl_bus_dma_write(bus, addr, &data, 4, NULL), 0);
}

static enum mdl_dma_answer on_access(void *ctx, const struct mdl_dma_access *access, uint32_t *stag,
				     uint64_t *latency)
{
	int err;

	(void)ctx;
	(void)stag;
	accesses++;
	last = *access;
	if (access->write)
		err = mdl_bus_dma_write(bus, access->addr, access->buf, access->len, latency);
	else
		err = mdl_bus_dma_read(bus, access->addr, access->buf, access->len, latency);
	return err ? MDL_DMA_ABORT : MDL_DMA_OK;
}

static void on_kick(void *ctx)
{
	(void)ctx;
}

static void on_complete(void *ctx, const struct mdl_dma_desc *desc, const struct mdl_dma_result *r)
{
	(void)ctx;
	(void)desc;
	result = *r;
	completions++;
}

static void set_up(void)
{
	static const struct mdl_intc_ops intc_ops = {.cpu_line = on_cpu_line};
	static const struct mdl_pcie_ops pcie_ops = {.msi = on_msi};
	static const struct mdl_bus_ops bus_ops = {.error = on_bus_error};
	static const struct mdl_dma_ops dma_ops = {
		.access = on_access, .kick = on_kick, .complete = on_complete};
	const struct mdl_pcie_config config = {.mem_base = MEM, .mem_size = 0x100000};
	const struct mdl_pcie_dma_config dma = {.ats = true, .pasid_width = 16};

	ram = mdl_ram_new(RAM, 0x10000);
	bus = mdl_bus_new(&bus_ops, NULL);
	intc = mdl_intc_new(1, 0, &intc_ops, NULL);
	pcie = mdl_pcie_new(&config, &pcie_ops, NULL);
	dev = mdl_pcie_dma_new(pcie, NULL, 3, 0, &dma, &dma_ops, NULL);
	ck_assert_ptr_nonnull(dev);
	mdl_bus_add_ram(bus, "ram", ram, 0);
	mdl_bus_add(bus, "intc", INTC, FLT_INTC_SIZE, &mdl_intc_mmio, intc);
	mdl_bus_add(bus, "msi", MSI_FRAME, FLT_INTC_MSI_SIZE, &mdl_intc_msi_mmio, intc);
	mdl_bus_add(bus, "pcie-mem", MEM, 0x100000, &mdl_pcie_mem_mmio, pcie);
	mdl_bus_add(bus, "pcie-ecam", ECAM, MDL_PCIE_ECAM_SIZE, &mdl_pcie_ecam_mmio, pcie);
}

static void tear_down(void)
{
	mdl_bus_free(bus);
	mdl_pcie_dma_free(dev);
	mdl_pcie_free(pcie);
	mdl_intc_free(intc);
	mdl_ram_free(ram);
}

static void wr(uint64_t pa, unsigned int size, uint64_t value)
{
	mdl_bus_write(bus, pa, size, value, NULL);
}

static uint64_t rd(uint64_t pa, unsigned int size)
{
	return mdl_bus_read(bus, pa, size, NULL);
}

static void run(const struct mdl_dma_desc *desc)
{
	ck_assert_int_eq(mdl_dma_submit(mdl_pcie_dma_engine(dev), desc), 0);
	while (mdl_dma_step(mdl_pcie_dma_engine(dev), NULL))
		continue;
}

/* Header of the extended capability `id`: address in ECAM. */
static uint64_t ext_cap(uint32_t id)
{
	uint64_t at = 0x100;

	while ((rd(FUNCTION + at, 4) & 0xffff) != id) {
		at = rd(FUNCTION + at, 4) >> 20;
		ck_assert_uint_ne(at, 0);
	}
	return FUNCTION + at;
}

static uint64_t cap(uint64_t id)
{
	uint64_t at = rd(FUNCTION + 0x34, 1);

	while (rd(FUNCTION + at, 1) != id) {
		at = rd(FUNCTION + at + 1, 1);
		ck_assert_uint_ne(at, 0);
	}
	return FUNCTION + at;
}

START_TEST(a_driver_brings_it_up_and_gets_its_interrupt)
{
	uint64_t msi;

	set_up();
	ck_assert_uint_eq(rd(FUNCTION, 4), 0x0001fa17);
	wr(FUNCTION + 0x10, 4, MEM + 0x4000);
	wr(FUNCTION + 4, 2, 0x0006);
	ck_assert_uint_eq(rd(MEM + 0x4000, 4), 0xfa170001);
	msi = cap(0x05);
	wr(msi + 4, 4, MSI_FRAME + 0x40);
	wr(msi + 12, 2, 300);
	wr(msi + 2, 2, 1);
	wr(INTC + 0x1000 + 4 * 9, 4, 1u << 12); /* enable 300 = 9 * 32 + 12 */

	wr(RING, 8, 2 | 1 << 11); /* write, interrupt */
	wr(RING + 0x10, 8, RAM + 0x100);
	wr(RING + 0x18, 4, 8);
	wr(RING + 0x20, 8, 0x1122334455667788);
	wr(MEM + 0x4010, 4, RING);
	wr(MEM + 0x4018, 4, 16);
	wr(MEM + 0x4004, 4, 3);
	wr(MEM + 0x401c, 4, 1);
	while (mdl_dma_step(mdl_pcie_dma_engine(dev), NULL))
		continue;
	ck_assert_uint_eq(rd(RAM + 0x100, 8), 0x1122334455667788);
	ck_assert_uint_eq(rd(RING + 0x28, 4), 1);
	ck_assert(cpu0);
	ck_assert_uint_eq(rd(INTC + 0x2000, 4), 300);
	ck_assert_uint_eq(bus_errors, 0);
	tear_down();
}
END_TEST

START_TEST(without_bus_master_enable)
{
	const struct mdl_dma_desc desc = {.op = MDL_DMA_WRITE, .dst = RAM, .len = 4, .data = 1};

	set_up();
	run(&desc);
	ck_assert_uint_eq(result.code, MDL_DMA_CODE_ABORT);
	ck_assert_uint_eq(result.addr, RAM);
	ck_assert_uint_eq(accesses, 0);
	ck_assert_uint_eq(rd(FUNCTION + 6, 2) & 0x2000, 0x2000);
	wr(FUNCTION + 4, 2, 4);
	run(&desc);
	ck_assert_uint_eq(result.code, MDL_DMA_CODE_OK);
	ck_assert_uint_eq(rd(RAM, 4), 1);
	tear_down();
}
END_TEST

START_TEST(pasid_must_be_enabled)
{
	const struct mdl_dma_desc desc = {.op = MDL_DMA_READ,
					  .src = RAM,
					  .len = 4,
					  .has_ssid = true,
					  .ssid = 7,
					  .privileged = true,
					  .instruction = true};

	set_up();
	wr(FUNCTION + 4, 2, 4);
	run(&desc);
	ck_assert_uint_eq(result.code, MDL_DMA_CODE_ABORT);
	ck_assert_uint_eq(accesses, 0);
	wr(ext_cap(0x1b) + 6, 2, 1);
	run(&desc);
	ck_assert_uint_eq(result.code, MDL_DMA_CODE_OK);
	ck_assert(last.has_ssid && !last.privileged && !last.instruction);
	ck_assert_uint_eq(last.ssid, 7);
	wr(ext_cap(0x1b) + 6, 2, 7);
	run(&desc);
	ck_assert(last.privileged && last.instruction);
	tear_down();
}
END_TEST

/* The device reads another function's register through the bus, and nothing at all. */
START_TEST(peer_to_peer_and_bus_errors)
{
	set_up();
	wr(FUNCTION + 4, 2, 6);
	wr(FUNCTION + 0x10, 4, MEM);
	run(&(struct mdl_dma_desc){.op = MDL_DMA_READ, .src = MEM, .len = 4});
	ck_assert_uint_eq(result.code, MDL_DMA_CODE_OK);
	ck_assert_uint_eq(result.value, 0xfa170001);
	run(&(struct mdl_dma_desc){.op = MDL_DMA_READ, .src = MEM + 0x1000, .len = 4});
	ck_assert_uint_eq(result.code, MDL_DMA_CODE_ABORT);
	run(&(struct mdl_dma_desc){.op = MDL_DMA_WRITE, .dst = 0x1000, .len = 4});
	ck_assert_uint_eq(result.code, MDL_DMA_CODE_ABORT);
	ck_assert_uint_eq(bus_errors, 2);
	tear_down();
}
END_TEST

START_TEST(function_level_reset_resets_the_engine)
{
	set_up();
	wr(FUNCTION + 4, 2, 6);
	wr(FUNCTION + 0x10, 4, MEM);
	wr(MEM + 0x18, 4, 4);
	wr(MEM + 4, 4, 1);
	mdl_dma_submit(mdl_pcie_dma_engine(dev),
		       &(struct mdl_dma_desc){.op = MDL_DMA_READ, .src = RAM, .len = 4});
	wr(cap(0x10) + 8, 2, 0x8000);
	ck_assert_uint_eq(completions, 1);
	ck_assert_uint_eq(result.code, MDL_DMA_CODE_ABORT);
	ck_assert_uint_eq(rd(MEM, 4), 0xffffffff); /* memory space is off */
	wr(FUNCTION + 4, 2, 6);
	wr(FUNCTION + 0x10, 4, MEM);
	ck_assert_uint_eq(rd(MEM + 4, 4), 0);
	ck_assert_uint_eq(rd(MEM + 0x18, 4), 0);
	tear_down();
}
END_TEST

START_TEST(device_with_an_msix_table)
{
	static const struct mdl_dma_ops ops = {.access = on_access, .kick = on_kick};
	const struct mdl_pcie_dma_config config = {.msix_vectors = 2};
	struct mdl_pcie_dma *other;
	uint64_t function = ECAM + 0x20000;

	set_up();
	other = mdl_pcie_dma_new(pcie, NULL, 4, 0, &config, &ops, NULL);
	ck_assert_ptr_nonnull(other);
	wr(function + 0x18, 4, 0xffffffff);
	ck_assert_uint_eq(rd(function + 0x18, 4), 0xfffff000);
	/* A slot that is taken: nothing of the second device stays. */
	ck_assert_ptr_null(mdl_pcie_dma_new(pcie, NULL, 4, 0, &config, &ops, NULL));
	mdl_pcie_dma_free(other);
	tear_down();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(a_driver_brings_it_up_and_gets_its_interrupt);
	SUITE_CASE(without_bus_master_enable);
	SUITE_CASE(pasid_must_be_enabled);
	SUITE_CASE(peer_to_peer_and_bus_errors);
	SUITE_CASE(function_level_reset_resets_the_engine);
	SUITE_CASE(device_with_an_msix_table);
}
