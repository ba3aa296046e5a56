/* SPDX-License-Identifier: MIT */
/* Which message an event of the DMA test device sends. Registers are written as numbers. */
#include <errno.h>
#include <string.h>

#include "tests/models/dma_bed.h"
#include "tests/suite.h"

enum {
	CTRL = 0x04,
	HEAD = 0x1c,
	IRQ_STATUS = 0x24,
	VECTORS = 0x28,
	VECTOR_STATUS = 0x2c,
	ERROR_VECTOR = 0x30,
	TRIGGER = 0x34,
	RING = 0x8000,
};

static struct bed bed;

static void set_up(unsigned int vectors)
{
	bed_new(&bed, &(struct mdl_dma_config){.vectors = vectors});
	bed_wr(&bed, 0x10, RING);
	bed_wr(&bed, 0x18, 8);
	bed_wr(&bed, CTRL, 3);
}

/* A fill of 4 bytes that asks for an interrupt by `vector`. */
static void describe(unsigned int index, uint32_t vector)
{
	uint8_t *desc = bed.mem + RING + 64 * index;

	memset(desc, 0, 64);
	desc[0] = 4;
	desc[1] = 1 << 3;
	desc[2] = (uint8_t)vector;
	desc[0x18] = 4;
}

START_TEST(descriptors_choose_their_message)
{
	set_up(4);
	ck_assert_uint_eq(bed_rd(&bed, VECTORS), 4);
	describe(0, 3);
	describe(1, 1);
	bed_wr(&bed, HEAD, 1);
	bed_run(&bed);
	ck_assert_uint_eq(bed.vectors, 1 << 3);
	bed_wr(&bed, HEAD, 2);
	bed_run(&bed);
	ck_assert_uint_eq(bed.msis, 2);
	ck_assert_uint_eq(bed.vectors, 1 << 3 | 1 << 1);
	ck_assert_uint_eq(bed_rd(&bed, VECTOR_STATUS), 0xa);
	bed_wr(&bed, VECTOR_STATUS, 8);
	ck_assert_uint_eq(bed_rd(&bed, VECTOR_STATUS), 2);
	ck_assert_uint_eq(bed_rd(&bed, IRQ_STATUS), 1);
	bed_free(&bed);
}
END_TEST

START_TEST(numbers_count_modulo_the_vectors)
{
	set_up(3);
	describe(0, 31);
	bed_wr(&bed, HEAD, 1);
	bed_run(&bed);
	ck_assert_uint_eq(bed.vectors, 1 << 1);
	bed_wr(&bed, TRIGGER, 5);
	ck_assert_uint_eq(bed.vectors, 1 << 1 | 1 << 2);
	ck_assert_uint_eq(bed_rd(&bed, TRIGGER), 0);
	bed_free(&bed);
}
END_TEST

START_TEST(errors_have_a_vector_of_their_own)
{
	set_up(4);
	bed_wr(&bed, ERROR_VECTOR, 2);
	bed_wr(&bed, HEAD, 9); /* out of range */
	ck_assert_uint_eq(bed.vectors, 1 << 2);
	ck_assert_uint_eq(bed_rd(&bed, IRQ_STATUS), 2);
	bed_wr(&bed, ERROR_VECTOR, 0xffffffff);
	ck_assert_uint_eq(bed_rd(&bed, ERROR_VECTOR), 31);
	bed_free(&bed);
}
END_TEST

START_TEST(what_was_held_back_is_sent_once_each)
{
	set_up(4);
	bed_wr(&bed, CTRL, 1);
	bed_wr(&bed, TRIGGER, 0);
	bed_wr(&bed, TRIGGER, 3);
	bed_wr(&bed, TRIGGER, 3);
	ck_assert_uint_eq(bed.msis, 0);
	bed_wr(&bed, CTRL, 3);
	ck_assert_uint_eq(bed.msis, 2);
	ck_assert_uint_eq(bed.vectors, 9);
	bed_wr(&bed, CTRL, 3); /* it was set */
	ck_assert_uint_eq(bed.msis, 2);
	bed_free(&bed);
}
END_TEST

START_TEST(clearing_all_of_irq_status_clears_the_vectors)
{
	set_up(4);
	bed_wr(&bed, TRIGGER, 1);
	bed_wr(&bed, HEAD, 9);
	bed_wr(&bed, IRQ_STATUS, 1);
	ck_assert_uint_eq(bed_rd(&bed, VECTOR_STATUS), 3);
	bed_wr(&bed, IRQ_STATUS, 2);
	ck_assert_uint_eq(bed_rd(&bed, VECTOR_STATUS), 0);
	bed_free(&bed);
}
END_TEST

START_TEST(reset_forgets_them)
{
	set_up(4);
	bed_wr(&bed, TRIGGER, 1);
	bed_wr(&bed, ERROR_VECTOR, 3);
	bed_wr(&bed, CTRL, 4);
	ck_assert_uint_eq(bed_rd(&bed, VECTOR_STATUS), 0);
	ck_assert_uint_eq(bed_rd(&bed, ERROR_VECTOR), 0);
	ck_assert_uint_eq(bed_rd(&bed, VECTORS), 4);
	bed_free(&bed);
}
END_TEST

START_TEST(at_most_32)
{
	bed_refused(&(struct mdl_dma_config){.vectors = 33}, EINVAL);
	set_up(32);
	ck_assert_uint_eq(bed_rd(&bed, VECTORS), 32);
	bed_free(&bed);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(descriptors_choose_their_message);
	SUITE_CASE(numbers_count_modulo_the_vectors);
	SUITE_CASE(errors_have_a_vector_of_their_own);
	SUITE_CASE(what_was_held_back_is_sent_once_each);
	SUITE_CASE(clearing_all_of_irq_status_clears_the_vectors);
	SUITE_CASE(reset_forgets_them);
	SUITE_CASE(at_most_32);
}
