/* SPDX-License-Identifier: MIT */
/*
 * The DMA test device as a driver sees it. Offsets and codes are numbers here,
 * taken from the register map's text, so that the map itself is under test.
 */
#include <errno.h>
#include <string.h>

#include "tests/models/dma_bed.h"
#include "tests/suite.h"

enum {
	CTRL = 0x4,
	STATUS = 0x8,
	BASE_LO = 0x10,
	BASE_HI = 0x14,
	RING_SIZE = 0x18,
	HEAD = 0x1c,
	TAIL = 0x20,
	IRQ_STATUS = 0x24,
	RING = 0x8000, /* page 8 of the bed */
};

static struct bed bed;

static void put32(uint64_t at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		bed.mem[at + i] = (uint8_t)(value >> (8 * i));
}

static void put64(uint64_t at, uint64_t value)
{
	put32(at, (uint32_t)value);
	put32(at + 4, (uint32_t)(value >> 32));
}

static uint32_t get32(uint64_t at)
{
	return bed.mem[at] | bed.mem[at + 1] << 8 | bed.mem[at + 2] << 16 |
	       (uint32_t)bed.mem[at + 3] << 24;
}

static uint64_t get64(uint64_t at)
{
	return get32(at) | (uint64_t)get32(at + 4) << 32;
}

static uint64_t slot(unsigned int index)
{
	return RING + 64 * index;
}

static void describe(unsigned int index, uint32_t ctl, uint64_t src, uint64_t dst, uint32_t len,
		     uint64_t data)
{
	memset(bed.mem + slot(index), 0, 64);
	put32(slot(index), ctl);
	put64(slot(index) + 0x08, src);
	put64(slot(index) + 0x10, dst);
	put32(slot(index) + 0x18, len);
	put32(slot(index) + 0x1c, 0xc00c1e);
	put64(slot(index) + 0x20, data);
}

/* An enabled ring of `size` with interrupts on. */
static void set_up(uint32_t size)
{
	bed_new(&bed, NULL);
	bed_wr(&bed, BASE_LO, RING);
	bed_wr(&bed, RING_SIZE, size);
	bed_wr(&bed, CTRL, 3);
	ck_assert_uint_eq(bed_rd(&bed, CTRL), 3);
}

START_TEST(identity_and_reset_values)
{
	bed_new(&bed, NULL);
	ck_assert_uint_eq(bed_rd(&bed, 0), 0xfa170001);
	for (uint64_t offset = 4; offset < 0x1000; offset += 4)
		ck_assert_uint_eq(bed_rd(&bed, offset), offset == 0x28 ? 1 : 0); /* one vector */
	bed_free(&bed);
}
END_TEST

START_TEST(a_descriptor_is_done)
{
	set_up(4);
	memcpy(bed.mem + 0x100, "12345678", 8);
	describe(0, 1 | 1 << 11, 0x100, 0, 8, 0);
	bed_wr(&bed, HEAD, 1);
	ck_assert_uint_eq(bed.kicks, 1);
	ck_assert_uint_eq(bed_rd(&bed, STATUS), 1);
	ck_assert_uint_eq(bed_run(&bed), 3); /* fetch, read, result */
	ck_assert_uint_eq(bed_rd(&bed, STATUS), 0);
	ck_assert_uint_eq(bed_rd(&bed, TAIL), 1);
	ck_assert_uint_eq(get32(slot(0) + 0x28), 1);
	ck_assert_uint_eq(get32(slot(0) + 0x2c), 8);
	ck_assert_uint_eq(get64(slot(0) + 0x30), 0);
	ck_assert_uint_eq(get64(slot(0) + 0x38), 0x3837363534333231);
	ck_assert_uint_eq(get32(slot(0) + 0x1c), 0xc00c1e);
	ck_assert_uint_eq(bed_rd(&bed, IRQ_STATUS), 1);
	ck_assert(bed.wire);
	ck_assert_uint_eq(bed.msis, 1);
	bed_wr(&bed, IRQ_STATUS, 1);
	ck_assert(!bed.wire);
	ck_assert_uint_eq(bed.completions, 0); /* the panel hears nothing of it */
	bed_free(&bed);
}
END_TEST

START_TEST(the_ring_is_accessed_without_attributes)
{
	set_up(2);
	describe(0, 1 | 1 << 8 | 1 << 9 | 1 << 10, 0x100, 0, 4, 0);
	put32(slot(0) + 4, 0x54321);
	bed_wr(&bed, HEAD, 1);
	bed_run(&bed);
	ck_assert_uint_eq(bed.n_log, 3);
	ck_assert_uint_eq(bed.log[0].addr, RING);
	ck_assert_uint_eq(bed.log[0].len, 64);
	ck_assert(!bed.log[0].write && !bed.log[0].has_ssid && !bed.log[0].privileged);
	ck_assert(bed.log[1].has_ssid && bed.log[1].privileged && bed.log[1].instruction);
	ck_assert_uint_eq(bed.log[1].ssid, 0x54321);
	ck_assert_uint_eq(bed.log[2].addr, RING + 0x28);
	ck_assert_uint_eq(bed.log[2].len, 24);
	ck_assert(bed.log[2].write && !bed.log[2].has_ssid && !bed.log[2].privileged);
	bed_free(&bed);
}
END_TEST

/* 10 rounds of 3 descriptors through a ring of 4 slots. */
START_TEST(the_ring_wraps)
{
	uint32_t head = 0;

	set_up(4);
	for (uint32_t round = 0; round < 10; round++) {
		for (uint32_t i = 0; i < 3; i++) {
			describe(head, 2, 0, 0x100 * i, 4, round * 3 + i + 1);
			head = (head + 1) % 4;
		}
		bed_wr(&bed, HEAD, head);
		bed_run(&bed);
		ck_assert_uint_eq(bed_rd(&bed, TAIL), head);
		for (uint32_t i = 0; i < 3; i++)
			ck_assert_uint_eq(get32(0x100 * i), round * 3 + i + 1);
	}
	ck_assert_uint_eq(bed_rd(&bed, IRQ_STATUS), 0); /* none asked for it */
	bed_free(&bed);
}
END_TEST

START_TEST(base_above_4g_and_low_bits)
{
	bed_new(&bed, NULL);
	bed_wr(&bed, BASE_LO, 0xffffffff);
	bed_wr(&bed, BASE_HI, 0x0000abcd);
	ck_assert_uint_eq(bed_rd(&bed, BASE_LO), 0xffffffc0);
	ck_assert_uint_eq(bed_rd(&bed, BASE_HI), 0xabcd);
	bed_free(&bed);
}
END_TEST

START_TEST(geometry_is_fixed_while_enabled)
{
	set_up(4);
	bed_wr(&bed, BASE_LO, 0);
	bed_wr(&bed, BASE_HI, 1);
	bed_wr(&bed, RING_SIZE, 8);
	ck_assert_uint_eq(bed_rd(&bed, BASE_LO), RING);
	ck_assert_uint_eq(bed_rd(&bed, BASE_HI), 0);
	ck_assert_uint_eq(bed_rd(&bed, RING_SIZE), 4);
	bed_free(&bed);
}
END_TEST

START_TEST(size_out_of_range)
{
	static const uint32_t bad[] = {0, 1, 65537, 0xffffffff};

	bed_new(&bed, NULL);
	for (int i = 0; i < 4; i++) {
		bed_wr(&bed, RING_SIZE, bad[i]);
		bed_wr(&bed, CTRL, 1);
		ck_assert_uint_eq(bed_rd(&bed, CTRL), 0);
		ck_assert_uint_eq(bed_rd(&bed, STATUS), 4);
		ck_assert_uint_eq(bed_rd(&bed, IRQ_STATUS), 2);
	}
	bed_wr(&bed, RING_SIZE, 65536);
	bed_wr(&bed, CTRL, 1);
	ck_assert_uint_eq(bed_rd(&bed, CTRL), 1);
	ck_assert_uint_eq(bed_rd(&bed, STATUS), 0);
	bed_free(&bed);
}
END_TEST

START_TEST(head_out_of_range)
{
	set_up(4);
	bed_wr(&bed, HEAD, 4);
	ck_assert_uint_eq(bed_rd(&bed, STATUS), 4);
	ck_assert_uint_eq(bed_rd(&bed, CTRL), 2);
	ck_assert_uint_eq(bed_rd(&bed, IRQ_STATUS), 2);
	ck_assert(bed.wire);
	ck_assert_uint_eq(bed_run(&bed), 0);
	bed_wr(&bed, HEAD, 1); /* no longer enabled */
	ck_assert_uint_eq(bed_rd(&bed, HEAD), 0);
	bed_wr(&bed, CTRL, 3);
	ck_assert_uint_eq(bed_rd(&bed, STATUS), 0);
	bed_free(&bed);
}
END_TEST

START_TEST(descriptor_that_cannot_be_read)
{
	set_up(4);
	bed.page[8] = MDL_DMA_ABORT;
	bed_wr(&bed, HEAD, 2);
	ck_assert_uint_eq(bed_run(&bed), 1);
	ck_assert_uint_eq(bed_rd(&bed, STATUS), 4);
	ck_assert_uint_eq(bed_rd(&bed, CTRL), 2);
	ck_assert_uint_eq(bed_rd(&bed, TAIL), 0);
	ck_assert_uint_eq(bed_rd(&bed, IRQ_STATUS), 2);
	ck_assert_uint_eq(bed.msis, 1);
	bed_free(&bed);
}
END_TEST

START_TEST(result_that_cannot_be_written)
{
	set_up(4);
	describe(0, 2 | 1 << 11, 0, 0x100, 4, 7);
	bed_wr(&bed, HEAD, 1);
	mdl_dma_step(bed.dev, NULL);
	bed.page[8] = MDL_DMA_RAZ_WI;
	bed_run(&bed);
	ck_assert_uint_eq(get32(0x100), 7);
	ck_assert_uint_eq(bed_rd(&bed, STATUS), 4);
	ck_assert_uint_eq(bed_rd(&bed, TAIL), 0);
	ck_assert_uint_eq(bed_rd(&bed, IRQ_STATUS), 2);
	bed_free(&bed);
}
END_TEST

START_TEST(results_by_code)
{
	set_up(8);
	bed.page[1] = MDL_DMA_ABORT;
	bed.page[2] = MDL_DMA_RAZ_WI;
	describe(0, 3, 0x0, 0x1ff0, 4, 0);   /* copy to an aborting page */
	describe(1, 1, 0x2ffc, 0, 8, 0);     /* read from a terminating page, and the next */
	describe(2, 4, 0, 0x4000, 16, 77);   /* fill */
	describe(3, 5, 0x4000, 0, 16, 78);   /* check with another seed */
	describe(4, 9, 0, 0, 0, 0);	     /* no such operation */
	describe(5, 1 | 1 << 8, 0, 0, 4, 0); /* SSID of 21 bits */
	put32(slot(5) + 4, 0x100000);
	describe(6, 1, UINT64_MAX, 0, 2, 0); /* beyond the last address */
	bed_wr(&bed, HEAD, 7);
	bed_run(&bed);
	ck_assert_uint_eq(bed_rd(&bed, TAIL), 7);
	ck_assert_uint_eq(get32(slot(0) + 0x28), 2);
	ck_assert_uint_eq(get32(slot(0) + 0x2c), 0);
	ck_assert_uint_eq(get64(slot(0) + 0x30), 0x1ff0);
	ck_assert_uint_eq(get32(slot(1) + 0x28), 3);
	ck_assert_uint_eq(get32(slot(1) + 0x2c), 8);
	ck_assert_uint_eq(get64(slot(1) + 0x30), 0x2ffc);
	ck_assert_uint_eq(get32(slot(2) + 0x28), 1);
	ck_assert_uint_eq(get32(slot(3) + 0x28), 4);
	ck_assert_uint_eq(get32(slot(4) + 0x28), 5);
	ck_assert_uint_eq(get32(slot(5) + 0x28), 5);
	ck_assert_uint_eq(get32(slot(6) + 0x28), 5);
	bed_free(&bed);
}
END_TEST

START_TEST(mismatch_tells_both_bytes)
{
	set_up(2);
	/* First output of SplitMix64 with seed 0, little-endian; its third byte spoilt. */
	memcpy(bed.mem + 0x200, "\xaf\xcd\x99\x7b\x39\xa8\x20\xe2", 8);
	describe(0, 5, 0x200, 0, 8, 0);
	bed_wr(&bed, HEAD, 1);
	bed_run(&bed);
	ck_assert_uint_eq(get32(slot(0) + 0x28), 4);
	ck_assert_uint_eq(get32(slot(0) + 0x2c), 2);
	ck_assert_uint_eq(get64(slot(0) + 0x30), 0x202);
	ck_assert_uint_eq(get64(slot(0) + 0x38), 0x991d);
	bed_free(&bed);
}
END_TEST

START_TEST(held_access_shows_and_is_remembered)
{
	set_up(4);
	bed.page[1] = MDL_DMA_STALL;
	describe(0, 1, 0x1000, 0, 4, 0);
	bed_wr(&bed, HEAD, 1);
	bed_run(&bed);
	ck_assert_uint_eq(bed_rd(&bed, STATUS), 3);
	ck_assert_uint_eq(bed_rd(&bed, TAIL), 0);
	ck_assert(!bed.stalled_ring);
	mdl_dma_resume(bed.dev, bed.stag, false, true);
	bed_run(&bed);
	ck_assert_uint_eq(bed_rd(&bed, STATUS), 0);
	ck_assert_uint_eq(get32(slot(0) + 0x28), 0x102);
	bed_free(&bed);
}
END_TEST

START_TEST(access_to_the_ring_is_held)
{
	set_up(4);
	describe(0, 2, 0, 0x100, 4, 5);
	bed.page[8] = MDL_DMA_STALL;
	bed_wr(&bed, HEAD, 1);
	bed_run(&bed);
	ck_assert(bed.stalled_ring);
	ck_assert_uint_eq(bed.stalled_addr, RING);
	bed.page[8] = MDL_DMA_OK;
	mdl_dma_resume(bed.dev, bed.stag, true, false);
	mdl_dma_step(bed.dev, NULL);
	bed.page[8] = MDL_DMA_STALL;
	bed_run(&bed);
	ck_assert_uint_eq(bed.stalled_addr, RING + 0x28);
	bed.page[8] = MDL_DMA_OK;
	mdl_dma_resume(bed.dev, bed.stag, true, false);
	bed_run(&bed);
	/* No access of the descriptor's own was held. */
	ck_assert_uint_eq(get32(slot(0) + 0x28), 1);
	ck_assert_uint_eq(bed_rd(&bed, TAIL), 1);
	bed_free(&bed);
}
END_TEST

START_TEST(disable_finishes_the_descriptor_in_progress)
{
	set_up(4);
	describe(0, 2, 0, 0x100, 4, 5);
	describe(1, 2, 0, 0x200, 4, 6);
	bed_wr(&bed, HEAD, 2);
	mdl_dma_step(bed.dev, NULL);
	bed_wr(&bed, CTRL, 0);
	ck_assert_uint_eq(bed_rd(&bed, STATUS), 1);
	bed_wr(&bed, CTRL, 1); /* not while busy */
	ck_assert_uint_eq(bed_rd(&bed, CTRL), 0);
	bed_run(&bed);
	ck_assert_uint_eq(get32(slot(0) + 0x28), 1);
	ck_assert_uint_eq(get32(slot(1) + 0x28), 0);
	ck_assert_uint_eq(bed_rd(&bed, STATUS), 0);
	ck_assert_uint_eq(bed_rd(&bed, TAIL), 1);
	bed_wr(&bed, CTRL, 1);
	ck_assert_uint_eq(bed_rd(&bed, TAIL), 0);
	ck_assert_uint_eq(bed_rd(&bed, HEAD), 0);
	bed_free(&bed);
}
END_TEST

START_TEST(interrupt_enable_gates_wire_and_messages)
{
	set_up(4);
	bed_wr(&bed, CTRL, 1);
	describe(0, 2 | 1 << 11, 0, 0x100, 4, 5);
	bed_wr(&bed, HEAD, 1);
	bed_run(&bed);
	ck_assert_uint_eq(bed_rd(&bed, IRQ_STATUS), 1);
	ck_assert(!bed.wire);
	ck_assert_uint_eq(bed.msis, 0);
	bed_wr(&bed, CTRL, 3);
	ck_assert(bed.wire);
	ck_assert_uint_eq(bed.msis, 1);
	ck_assert_uint_eq(bed_rd(&bed, TAIL), 1); /* it stayed enabled */
	bed_wr(&bed, IRQ_STATUS, 2);		  /* another bit */
	ck_assert(bed.wire);
	bed_free(&bed);
}
END_TEST

START_TEST(each_event_sends_a_message)
{
	set_up(4);
	for (unsigned int i = 0; i < 3; i++)
		describe(i, 2 | 1 << 11, 0, 0x100, 4, 5);
	bed_wr(&bed, HEAD, 3);
	bed_run(&bed);
	ck_assert_uint_eq(bed.msis, 3);
	ck_assert_uint_eq(bed.wire_changes, 1);
	bed_free(&bed);
}
END_TEST

START_TEST(dropped_interrupt)
{
	set_up(4);
	describe(0, 2 | 1 << 11, 0, 0x100, 4, 5);
	describe(1, 2 | 1 << 11, 0, 0x100, 4, 5);
	bed.drop_irq = true;
	bed_wr(&bed, HEAD, 1);
	bed_run(&bed);
	ck_assert_uint_eq(bed_rd(&bed, IRQ_STATUS), 1);
	ck_assert_uint_eq(bed_rd(&bed, TAIL), 1);
	ck_assert(!bed.wire);
	ck_assert_uint_eq(bed.msis, 0);
	bed.drop_irq = false;
	bed_wr(&bed, HEAD, 2);
	bed_run(&bed);
	ck_assert(bed.wire);
	ck_assert_uint_eq(bed.msis, 1);
	bed_free(&bed);
}
END_TEST

START_TEST(reset_bit)
{
	set_up(4);
	bed.page[1] = MDL_DMA_STALL;
	describe(0, 1, 0x1000, 0, 4, 0);
	bed_wr(&bed, HEAD, 1);
	bed_run(&bed);
	bed_wr(&bed, CTRL, 4);
	for (uint64_t offset = 4; offset < 0x1000; offset += 4)
		ck_assert_uint_eq(bed_rd(&bed, offset), offset == 0x28 ? 1 : 0);
	ck_assert_uint_eq(bed_run(&bed), 0);
	ck_assert_uint_eq(get32(slot(0) + 0x28), 0);
	bed_free(&bed);
}
END_TEST

START_TEST(the_panel_goes_first)
{
	set_up(4);
	describe(0, 2, 0, 0x100, 4, 1);
	bed_wr(&bed, HEAD, 1);
	mdl_dma_submit(bed.dev, &(struct mdl_dma_desc){
					.op = MDL_DMA_WRITE, .dst = 0x100, .len = 4, .data = 2});
	mdl_dma_step(bed.dev, NULL);
	ck_assert_uint_eq(bed.completions, 1);
	ck_assert_uint_eq(get32(0x100), 2);
	bed_run(&bed);
	ck_assert_uint_eq(get32(0x100), 1);
	bed_free(&bed);
}
END_TEST

START_TEST(only_32_bit_accesses)
{
	uint64_t value, latency = 0;

	set_up(4);
	ck_assert_int_eq(mdl_dma_mmio.read(bed.dev, 0, 8, &value, &latency), -EFAULT);
	ck_assert_int_eq(mdl_dma_mmio.read(bed.dev, 0, 2, &value, &latency), -EFAULT);
	ck_assert_int_eq(mdl_dma_mmio.write(bed.dev, CTRL, 1, 0, &latency), -EFAULT);
	ck_assert_int_eq(mdl_dma_mmio.write(bed.dev, 0x1000, 4, 0, &latency), -EFAULT);
	ck_assert_uint_eq(bed_rd(&bed, CTRL), 3);
	bed_free(&bed);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(identity_and_reset_values);
	SUITE_CASE(a_descriptor_is_done);
	SUITE_CASE(the_ring_is_accessed_without_attributes);
	SUITE_CASE(the_ring_wraps);
	SUITE_CASE(base_above_4g_and_low_bits);
	SUITE_CASE(geometry_is_fixed_while_enabled);
	SUITE_CASE(size_out_of_range);
	SUITE_CASE(head_out_of_range);
	SUITE_CASE(descriptor_that_cannot_be_read);
	SUITE_CASE(result_that_cannot_be_written);
	SUITE_CASE(results_by_code);
	SUITE_CASE(mismatch_tells_both_bytes);
	SUITE_CASE(held_access_shows_and_is_remembered);
	SUITE_CASE(access_to_the_ring_is_held);
	SUITE_CASE(disable_finishes_the_descriptor_in_progress);
	SUITE_CASE(interrupt_enable_gates_wire_and_messages);
	SUITE_CASE(each_event_sends_a_message);
	SUITE_CASE(dropped_interrupt);
	SUITE_CASE(reset_bit);
	SUITE_CASE(the_panel_goes_first);
	SUITE_CASE(only_32_bit_accesses);
}
