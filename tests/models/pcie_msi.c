/* SPDX-License-Identifier: MIT */
/* Messages of a function: MSI and MSI-X, masked and pending. */
#include <errno.h>

#include "models/pcie.h"
#include "tests/suite.h"

enum { COMMAND = 0x04, MEM_BASE = 0x10000000 };

static struct mdl_pcie *pcie;
static struct mdl_pcie_fn *fn;
static struct {
	uint16_t rid;
	uint64_t addr;
	uint32_t data;
} sent[8];
static unsigned int n_sent;

static void on_msi(void *ctx, uint16_t rid, uint64_t addr, uint32_t data)
{
	ck_assert_ptr_eq(ctx, sent);
	ck_assert_uint_lt(n_sent, 8);
	sent[n_sent].rid = rid;
	sent[n_sent].addr = addr;
	sent[n_sent++].data = data;
}

static void wr(unsigned int offset, unsigned int size, uint32_t value)
{
	mdl_pcie_cfg_write(fn, offset, size, value);
}

static uint32_t rd(unsigned int offset, unsigned int size)
{
	return mdl_pcie_cfg_read(fn, offset, size);
}

static unsigned int cap(uint8_t id)
{
	unsigned int at = rd(0x34, 1);

	while (rd(at, 1) != id) {
		at = rd(at + 1, 1);
		ck_assert_uint_ne(at, 0);
	}
	return at;
}

/* Function 00:02.3 with 4 messages by MSI, 5 by MSI-X, its table in BAR 4 at MEM_BASE. */
static void set_up(void)
{
	static const struct mdl_pcie_ops ops = {.msi = on_msi};
	const struct mdl_pcie_config config = {.mem_base = MEM_BASE, .mem_size = 0x10000};
	const struct mdl_pcie_desc desc = {
		.msi_vectors = 4,
		.msix_vectors = 5,
		.msix_bar = 4,
		.bar[4] = {.size = 0x1000},
	};

	pcie = mdl_pcie_new(&config, &ops, sent);
	fn = mdl_pcie_add(pcie, 2, 3, &desc);
	ck_assert_ptr_nonnull(fn);
	wr(COMMAND, 2, 0x0006);
	wr(0x20, 4, MEM_BASE);
}

static void msi_at(uint64_t addr, uint16_t data, uint16_t control)
{
	unsigned int at = cap(0x05);

	wr(at + 4, 4, (uint32_t)addr);
	wr(at + 8, 4, (uint32_t)(addr >> 32));
	wr(at + 12, 2, data);
	wr(at + 2, 2, control);
}

static void table(unsigned int offset, unsigned int size, uint64_t value)
{
	uint64_t latency = 0;

	ck_assert_int_eq(mdl_pcie_mem_mmio.write(pcie, offset, size, value, &latency), 0);
}

static uint64_t table_rd(unsigned int offset, unsigned int size)
{
	uint64_t value, latency = 0;

	ck_assert_int_eq(mdl_pcie_mem_mmio.read(pcie, offset, size, &value, &latency), 0);
	return value;
}

START_TEST(msi_capability)
{
	unsigned int at;

	set_up();
	at = cap(0x05);
	/* 4 messages (2 << 1), 64 bit, maskable */
	ck_assert_uint_eq(rd(at + 2, 2), 0x0184);
	wr(at + 2, 2, 0xffff);
	ck_assert_uint_eq(rd(at + 2, 2), 0x01f5);
	wr(at + 2, 2, 0);
	wr(at + 4, 4, 0xffffffff);
	ck_assert_uint_eq(rd(at + 4, 4), 0xfffffffc);
	wr(at + 16, 4, 0xffffffff);
	ck_assert_uint_eq(rd(at + 16, 4), 0x0000000f);
	wr(at + 20, 4, 0xffffffff); /* pending bits are read-only */
	ck_assert_uint_eq(rd(at + 20, 4), 0);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(nothing_is_sent_while_off)
{
	set_up();
	ck_assert_int_eq(mdl_pcie_msi(fn, 0), MDL_PCIE_MSI_OFF);
	msi_at(0x8000040, 0x100, 0x0001);
	wr(COMMAND, 2, 0x0002);
	ck_assert_int_eq(mdl_pcie_msi(fn, 0), MDL_PCIE_MSI_OFF);
	wr(COMMAND, 2, 0x0004);
	ck_assert_int_eq(mdl_pcie_msi(fn, 4), MDL_PCIE_MSI_OFF); /* there are 4 */
	ck_assert_uint_eq(n_sent, 0);
	ck_assert_int_eq(mdl_pcie_msi(fn, 0), MDL_PCIE_MSI_SENT);
	ck_assert_uint_eq(n_sent, 1);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(msi_to_a_64_bit_address)
{
	set_up();
	msi_at(UINT64_C(0xfedcba9876543210), 0x4321, 0x0001);
	ck_assert_int_eq(mdl_pcie_msi(fn, 0), MDL_PCIE_MSI_SENT);
	ck_assert_uint_eq(sent[0].addr, UINT64_C(0xfedcba9876543210));
	ck_assert_uint_eq(sent[0].data, 0x4321);
	ck_assert_uint_eq(sent[0].rid, 0x13);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(vector_goes_into_the_low_bits)
{
	set_up();
	msi_at(0x1000, 0x0100, 0x0021); /* 4 messages allocated */
	mdl_pcie_msi(fn, 3);
	ck_assert_uint_eq(sent[0].data, 0x0103);
	msi_at(0x1000, 0x0100, 0x0011); /* 2 of the 4 */
	mdl_pcie_msi(fn, 3);
	ck_assert_uint_eq(sent[1].data, 0x0101);
	msi_at(0x1000, 0x0107, 0x0001); /* 1: the data as it is */
	mdl_pcie_msi(fn, 3);
	ck_assert_uint_eq(sent[2].data, 0x0107);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(masked_message_is_pending_until_unmasked)
{
	unsigned int at;

	set_up();
	at = cap(0x05);
	wr(at + 16, 4, 0x6);
	msi_at(0x1000, 0x0100, 0x0021);
	ck_assert_int_eq(mdl_pcie_msi(fn, 1), MDL_PCIE_MSI_PENDING);
	ck_assert_int_eq(mdl_pcie_msi(fn, 1), MDL_PCIE_MSI_PENDING);
	ck_assert_int_eq(mdl_pcie_msi(fn, 2), MDL_PCIE_MSI_PENDING);
	ck_assert_uint_eq(rd(at + 20, 4), 0x6);
	ck_assert_uint_eq(n_sent, 0);
	wr(at + 16, 4, 0x4);
	ck_assert_uint_eq(n_sent, 1);
	ck_assert_uint_eq(sent[0].data, 0x0101);
	ck_assert_uint_eq(rd(at + 20, 4), 0x4);
	/* Unmasked while bus mastering is off: it waits for that. */
	wr(COMMAND, 2, 0x0002);
	wr(at + 16, 4, 0);
	ck_assert_uint_eq(n_sent, 1);
	wr(COMMAND, 2, 0x0006);
	ck_assert_uint_eq(n_sent, 2);
	ck_assert_uint_eq(sent[1].data, 0x0102);
	ck_assert_uint_eq(rd(at + 20, 4), 0);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(msix_capability_and_table)
{
	unsigned int at;

	set_up();
	at = cap(0x11);
	ck_assert_uint_eq(rd(at + 2, 2), 4); /* N - 1 */
	ck_assert_uint_eq(rd(at + 4, 4), 4); /* offset 0 of BAR 4 */
	ck_assert_uint_eq(rd(at + 8, 4) & 7, 4);
	wr(at + 2, 2, 0xffff);
	ck_assert_uint_eq(rd(at + 2, 2), 0xc004);
	for (unsigned int i = 0; i < 5; i++)
		ck_assert_uint_eq(table_rd(16 * i + 12, 4), 1); /* masked after reset */
	table(16, 8, UINT64_MAX);
	ck_assert_uint_eq(table_rd(16, 8), 0xfffffffffffffffc);
	table(28, 4, 0xffffffff);
	ck_assert_uint_eq(table_rd(28, 4), 1);
	table(80, 4, 0xffffffff); /* there are 5 entries */
	ck_assert_uint_eq(table_rd(80, 4), 0);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(msix_message)
{
	set_up();
	msi_at(0x1000, 0x55, 0x0001);
	wr(cap(0x11) + 2, 2, 0x8000);
	table(64, 8, UINT64_C(0x123456789abc0));
	table(72, 4, 0xcafe0001);
	table(76, 4, 0);
	ck_assert_int_eq(mdl_pcie_msi(fn, 4), MDL_PCIE_MSI_SENT);
	ck_assert_uint_eq(sent[0].addr, UINT64_C(0x123456789abc0));
	ck_assert_uint_eq(sent[0].data, 0xcafe0001);
	ck_assert_uint_eq(sent[0].rid, 0x13);
	ck_assert_int_eq(mdl_pcie_msi(fn, 5), MDL_PCIE_MSI_OFF);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(msix_pending_by_entry_and_by_function)
{
	unsigned int at, pba;

	set_up();
	at = cap(0x11);
	pba = rd(at + 8, 4) & ~7u;
	wr(at + 2, 2, 0xc000); /* the whole function is masked */
	table(0, 4, 0x1000);
	table(8, 4, 1);
	table(12, 4, 0);
	table(16, 4, 0x2000);
	table(24, 4, 2);
	ck_assert_int_eq(mdl_pcie_msi(fn, 0), MDL_PCIE_MSI_PENDING);
	ck_assert_int_eq(mdl_pcie_msi(fn, 1), MDL_PCIE_MSI_PENDING);
	ck_assert_uint_eq(table_rd(pba, 8), 0x3);
	table(pba, 4, 0);
	ck_assert_uint_eq(table_rd(pba, 4), 0x3); /* read-only */
	wr(at + 2, 2, 0x8000);
	ck_assert_uint_eq(n_sent, 1);
	ck_assert_uint_eq(sent[0].addr, 0x1000);
	ck_assert_uint_eq(table_rd(pba, 8), 0x2);
	table(28, 4, 0);
	ck_assert_uint_eq(n_sent, 2);
	ck_assert_uint_eq(sent[1].data, 2);
	ck_assert_uint_eq(table_rd(pba, 8), 0);
	mdl_pcie_free(pcie);
}
END_TEST

START_TEST(msix_table_refuses_narrow_accesses)
{
	uint64_t value, latency = 0;

	set_up();
	ck_assert_int_eq(mdl_pcie_mem_mmio.read(pcie, 0, 2, &value, &latency), -EFAULT);
	ck_assert_int_eq(mdl_pcie_mem_mmio.write(pcie, 12, 1, 0, &latency), -EFAULT);
	ck_assert_uint_eq(table_rd(12, 4), 1);
	mdl_pcie_free(pcie);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(msi_capability);
	SUITE_CASE(nothing_is_sent_while_off);
	SUITE_CASE(msi_to_a_64_bit_address);
	SUITE_CASE(vector_goes_into_the_low_bits);
	SUITE_CASE(masked_message_is_pending_until_unmasked);
	SUITE_CASE(msix_capability_and_table);
	SUITE_CASE(msix_message);
	SUITE_CASE(msix_pending_by_entry_and_by_function);
	SUITE_CASE(msix_table_refuses_narrow_accesses);
}
