/* SPDX-License-Identifier: MIT */
/* The engine of the DMA test device through its front panel. */
#include "models/dma.h"

#include <errno.h>
#include <string.h>

#include "tests/models/dma_bed.h"
#include "tests/suite.h"

static struct bed bed;

/* The outputs of SplitMix64 started with 1234567, as published with the generator. */
static const uint64_t splitmix_1234567[] = {
	UINT64_C(6457827717110365317),	UINT64_C(3203168211198807973),
	UINT64_C(9817491932198370423),	UINT64_C(4593380528125082431),
	UINT64_C(16408922859458223821),
};

START_TEST(pattern_is_splitmix64)
{
	uint64_t words[5];
	uint8_t part[11], whole[40];

	mdl_dma_pattern(1234567, 0, words, sizeof(words));
	ck_assert_mem_eq(words, splitmix_1234567, sizeof(words));
	mdl_dma_pattern(1234567, 0, whole, 40);
	mdl_dma_pattern(1234567, 13, part, 11);
	ck_assert_mem_eq(part, whole + 13, 11);
	/* Seed 0: first output 0xe220a8397b1dcdaf. */
	mdl_dma_pattern(0, 0, words, 8);
	ck_assert_uint_eq(words[0], 0xe220a8397b1dcdaf);
}
END_TEST

START_TEST(write_repeats_its_data)
{
	bed_new(&bed, NULL);
	bed_do(&bed,
	       &(struct mdl_dma_desc){
		       .op = MDL_DMA_WRITE, .dst = 0x103, .len = 11, .data = 0x6867666564636261});
	ck_assert_mem_eq(bed.mem + 0x102, "\0abcdefghabc\0", 13);
	ck_assert_uint_eq(bed.completions, 1);
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_OK);
	ck_assert_uint_eq(bed.result.done, 11);
	ck_assert_uint_eq(bed.result.addr, 0);
	ck_assert(!bed.result.stalled);
	bed_free(&bed);
}
END_TEST

START_TEST(read_and_write_with_a_buffer)
{
	char to[6] = "", from[] = "hello";

	bed_new(&bed, NULL);
	bed_do(&bed,
	       &(struct mdl_dma_desc){.op = MDL_DMA_WRITE, .dst = 0xffd, .len = 5, .buf = from});
	ck_assert_mem_eq(bed.mem + 0xffd, "hello", 5);
	bed_do(&bed, &(struct mdl_dma_desc){.op = MDL_DMA_READ, .src = 0xffd, .len = 5, .buf = to});
	ck_assert_str_eq(to, "hello");
	/* "hello" as a little-endian number */
	ck_assert_uint_eq(bed.result.value, 0x6f6c6c6568);
	bed_free(&bed);
}
END_TEST

/* 0x0ffd..0x2002: 3 bytes, a page, 3 bytes. */
START_TEST(accesses_do_not_cross_pages)
{
	static const uint64_t addr[] = {0xffd, 0x1000, 0x2000};
	static const uint32_t len[] = {3, 4096, 3};

	bed_new(&bed, NULL);
	bed_do(&bed, &(struct mdl_dma_desc){.op = MDL_DMA_READ, .src = 0xffd, .len = 4102});
	ck_assert_uint_eq(bed.n_log, 3);
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_eq(bed.log[i].addr, addr[i]);
		ck_assert_uint_eq(bed.log[i].len, len[i]);
		ck_assert(!bed.log[i].write);
	}
	ck_assert_uint_eq(bed.result.done, 4102);
	bed_free(&bed);
}
END_TEST

START_TEST(burst_limits_the_length)
{
	const struct mdl_dma_config config = {.burst = 64, .access_latency = 5};
	uint64_t latency;

	bed_new(&bed, &config);
	mdl_dma_submit(bed.dev, &(struct mdl_dma_desc){.op = MDL_DMA_READ, .src = 8, .len = 130});
	ck_assert(mdl_dma_step(bed.dev, &latency));
	ck_assert_uint_eq(latency, 1005);
	bed_run(&bed);
	ck_assert_uint_eq(bed.n_log, 3);
	ck_assert_uint_eq(bed.log[0].len, 64);
	ck_assert_uint_eq(bed.log[1].addr, 72);
	ck_assert_uint_eq(bed.log[2].len, 2);
	bed_free(&bed);
	errno = 0;
	ck_assert_ptr_null(mdl_dma_new(&(struct mdl_dma_config){.burst = 4097},
				       &(struct mdl_dma_ops){0}, NULL));
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

/*
 *  src  0x0f00 |--256--|1000 ----- 4096 ----- |
 *  dst  0x3e00 |-- 512 --|4000 ---- 4096 ---- |
 *
 * pieces end at the page ends of either side: 256, 256, and the other 3584
 */
START_TEST(copy_splits_at_both_sides)
{
	static const uint32_t len[] = {256, 256, 3584};
	uint8_t expected[4096];

	bed_new(&bed, NULL);
	mdl_dma_pattern(9, 0, bed.mem + 0xf00, 4096);
	mdl_dma_pattern(9, 0, expected, 4096);
	bed_do(&bed, &(struct mdl_dma_desc){
			     .op = MDL_DMA_COPY, .src = 0xf00, .dst = 0x3e00, .len = 4096});
	ck_assert_mem_eq(bed.mem + 0x3e00, expected, 4096);
	ck_assert_uint_eq(bed.n_log, 6);
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_eq(bed.log[2 * i].len, len[i]);
		ck_assert(!bed.log[2 * i].write);
		ck_assert_uint_eq(bed.log[2 * i + 1].len, len[i]);
		ck_assert(bed.log[2 * i + 1].write);
	}
	bed_free(&bed);
}
END_TEST

START_TEST(fill_then_check)
{
	bed_new(&bed, NULL);
	bed_do(&bed, &(struct mdl_dma_desc){
			     .op = MDL_DMA_FILL, .dst = 0x1ff5, .len = 5000, .data = 1234567});
	ck_assert_mem_eq(bed.mem + 0x1ff5, splitmix_1234567, 40);
	bed_do(&bed, &(struct mdl_dma_desc){
			     .op = MDL_DMA_CHECK, .src = 0x1ff5, .len = 5000, .data = 1234567});
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_OK);
	ck_assert_uint_eq(bed.result.done, 5000);
	bed_free(&bed);
}
END_TEST

START_TEST(check_names_the_first_wrong_byte)
{
	uint8_t right;

	bed_new(&bed, NULL);
	mdl_dma_pattern(7, 0, bed.mem + 0x800, 6000);
	right = bed.mem[0x800 + 4321];
	bed.mem[0x800 + 4321] = right ^ 0x10;
	bed.mem[0x800 + 4322] ^= 0xff;
	bed_do(&bed,
	       &(struct mdl_dma_desc){.op = MDL_DMA_CHECK, .src = 0x800, .len = 6000, .data = 7});
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_MISMATCH);
	ck_assert_uint_eq(bed.result.done, 4321);
	ck_assert_uint_eq(bed.result.addr, 0x800 + 4321);
	ck_assert_uint_eq(bed.result.expected, right);
	ck_assert_uint_eq(bed.result.got, right ^ 0x10);
	bed_free(&bed);
}
END_TEST

START_TEST(zero_length_makes_no_access)
{
	bed_new(&bed, NULL);
	for (int op = MDL_DMA_READ; op <= MDL_DMA_CHECK; op++) {
		bed_do(&bed, &(struct mdl_dma_desc){.op = (enum mdl_dma_op)op,
						    .src = UINT64_MAX,
						    .dst = UINT64_MAX});
		ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_OK);
	}
	ck_assert_uint_eq(bed.completions, 5);
	ck_assert_uint_eq(bed.n_log, 0);
	bed_free(&bed);
}
END_TEST

START_TEST(attributes_go_with_the_access)
{
	bed_new(&bed, NULL);
	bed_do(&bed, &(struct mdl_dma_desc){.op = MDL_DMA_COPY,
					    .src = 0,
					    .dst = 64,
					    .len = 4,
					    .has_ssid = true,
					    .ssid = 0xfffff,
					    .privileged = true,
					    .instruction = true});
	ck_assert_uint_eq(bed.n_log, 2);
	for (int i = 0; i < 2; i++) {
		ck_assert(bed.log[i].has_ssid && bed.log[i].privileged);
		ck_assert_uint_eq(bed.log[i].ssid, 0xfffff);
	}
	ck_assert(bed.log[0].instruction);
	ck_assert(!bed.log[1].instruction); /* nobody fetches by writing */
	bed_do(&bed, &(struct mdl_dma_desc){.op = MDL_DMA_READ, .len = 4, .ssid = 5});
	ck_assert(!bed.log[2].has_ssid && !bed.log[2].privileged && !bed.log[2].instruction);
	ck_assert_uint_eq(bed.log[2].ssid, 0);
	bed_free(&bed);
}
END_TEST

START_TEST(nonsense_is_refused)
{
	static const struct mdl_dma_desc bad[] = {
		{.op = (enum mdl_dma_op)0, .len = 1},
		{.op = (enum mdl_dma_op)6, .len = 1},
		{.op = MDL_DMA_READ, .len = 1, .has_ssid = true, .ssid = 0x100000},
		{.op = MDL_DMA_READ, .src = UINT64_MAX, .len = 2},
		{.op = MDL_DMA_COPY, .src = 0, .dst = UINT64_MAX - 2, .len = 4},
	};

	bed_new(&bed, NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(mdl_dma_submit(bed.dev, &bad[i]), -EINVAL);
	ck_assert_uint_eq(bed.kicks, 0);
	ck_assert(!mdl_dma_busy(bed.dev));
	/* The last byte of the address space is good. */
	ck_assert_int_eq(mdl_dma_submit(bed.dev, &(struct mdl_dma_desc){.op = MDL_DMA_WRITE,
									.dst = UINT64_MAX,
									.len = 1}),
			 0);
	ck_assert_uint_eq(bed.kicks, 1);
	bed_free(&bed);
}
END_TEST

START_TEST(abort_ends_the_descriptor)
{
	bed_new(&bed, NULL);
	bed.page[2] = MDL_DMA_ABORT;
	bed_do(&bed, &(struct mdl_dma_desc){
			     .op = MDL_DMA_WRITE, .dst = 0x1ff0, .len = 0x2000, .data = ~0ull});
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_ABORT);
	ck_assert_uint_eq(bed.result.addr, 0x2000);
	ck_assert_uint_eq(bed.result.done, 16);
	ck_assert_uint_eq(bed.n_log, 2);
	ck_assert_uint_eq(bed.mem[0x3000], 0);
	bed_free(&bed);
}
END_TEST

START_TEST(copy_that_aborts_on_its_write_counts_nothing)
{
	bed_new(&bed, NULL);
	bed.page[2] = MDL_DMA_ABORT;
	bed_do(&bed,
	       &(struct mdl_dma_desc){.op = MDL_DMA_COPY, .src = 0x100, .dst = 0x2000, .len = 8});
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_ABORT);
	ck_assert_uint_eq(bed.result.addr, 0x2000);
	ck_assert_uint_eq(bed.result.done, 0);
	bed_do(&bed,
	       &(struct mdl_dma_desc){.op = MDL_DMA_COPY, .src = 0x100, .dst = 0x3000, .len = 8});
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_OK);
	bed_free(&bed);
}
END_TEST

START_TEST(terminated_read_gives_zero_and_goes_on)
{
	uint8_t to[32];

	bed_new(&bed, NULL);
	memset(bed.mem, 0x77, sizeof(bed.mem));
	memset(to, 0x11, sizeof(to));
	bed.page[1] = MDL_DMA_RAZ_WI;
	bed_do(&bed,
	       &(struct mdl_dma_desc){.op = MDL_DMA_READ, .src = 0x1ff0, .len = 32, .buf = to});
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_RAZ_WI);
	ck_assert_uint_eq(bed.result.addr, 0x1ff0);
	ck_assert_uint_eq(bed.result.done, 32);
	for (int i = 0; i < 32; i++)
		ck_assert_uint_eq(to[i], i < 16 ? 0 : 0x77);
	bed_free(&bed);
}
END_TEST

START_TEST(check_does_not_judge_a_terminated_read)
{
	bed_new(&bed, NULL);
	bed.page[1] = MDL_DMA_RAZ_WI;
	mdl_dma_pattern(3, 0, bed.mem + 0x1ff0, 32);
	bed_do(&bed,
	       &(struct mdl_dma_desc){.op = MDL_DMA_CHECK, .src = 0x1ff0, .len = 32, .data = 3});
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_RAZ_WI);
	bed.mem[0x2004] ^= 1;
	bed_do(&bed,
	       &(struct mdl_dma_desc){.op = MDL_DMA_CHECK, .src = 0x1ff0, .len = 32, .data = 3});
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_MISMATCH);
	ck_assert_uint_eq(bed.result.addr, 0x2004);
	bed_free(&bed);
}
END_TEST

START_TEST(held_access_is_retried)
{
	bed_new(&bed, NULL);
	bed.page[1] = MDL_DMA_STALL;
	bed_do(&bed, &(struct mdl_dma_desc){.op = MDL_DMA_WRITE,
					    .dst = 0xff8,
					    .len = 16,
					    .data = 0x4141414141414141,
					    .cookie = 99});
	ck_assert_uint_eq(bed.stalls, 1);
	ck_assert_uint_eq(bed.stag, 40);
	ck_assert_uint_eq(bed.stalled_addr, 0x1000);
	ck_assert_uint_eq(bed.stalled_desc.cookie, 99);
	ck_assert_uint_eq(bed.completions, 0);
	ck_assert(mdl_dma_busy(bed.dev));
	ck_assert(!mdl_dma_step(bed.dev, NULL));
	ck_assert_int_eq(mdl_dma_resume(bed.dev, 41, true, false), -ENOENT);
	/* Retried too early: held again, under another tag. */
	ck_assert_int_eq(mdl_dma_resume(bed.dev, 40, true, false), 0);
	bed_run(&bed);
	ck_assert_uint_eq(bed.stag, 41);
	bed.page[1] = MDL_DMA_OK;
	bed.kicks = 0;
	ck_assert_int_eq(mdl_dma_resume(bed.dev, 41, true, false), 0);
	ck_assert_uint_eq(bed.kicks, 1);
	bed_run(&bed);
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_OK);
	ck_assert(bed.result.stalled);
	ck_assert_uint_eq(bed.result.done, 16);
	ck_assert_mem_eq(bed.mem + 0xff8, "AAAAAAAAAAAAAAAA", 16);
	ck_assert_int_eq(mdl_dma_resume(bed.dev, 41, true, false), -ENOENT);
	bed_free(&bed);
}
END_TEST

START_TEST(held_access_is_ended_by_abort)
{
	bed_new(&bed, NULL);
	bed.page[1] = MDL_DMA_STALL;
	bed_do(&bed, &(struct mdl_dma_desc){.op = MDL_DMA_READ, .src = 0xff8, .len = 16});
	ck_assert_int_eq(mdl_dma_resume(bed.dev, 40, false, true), 0);
	bed_run(&bed);
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_ABORT);
	ck_assert(bed.result.stalled);
	ck_assert_uint_eq(bed.result.done, 8);
	ck_assert_uint_eq(bed.n_log, 2); /* it was not presented again */
	bed_free(&bed);
}
END_TEST

START_TEST(held_read_is_ended_as_zero)
{
	uint8_t to[24];

	bed_new(&bed, NULL);
	memset(bed.mem, 0x55, sizeof(bed.mem));
	bed.page[1] = MDL_DMA_STALL;
	memset(to, 0xee, sizeof(to));
	bed_do(&bed,
	       &(struct mdl_dma_desc){.op = MDL_DMA_READ, .src = 0x1ff8, .len = 24, .buf = to});
	ck_assert_int_eq(mdl_dma_resume(bed.dev, 40, false, false), 0);
	bed_run(&bed);
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_RAZ_WI);
	for (int i = 0; i < 24; i++)
		ck_assert_uint_eq(to[i], i < 8 ? 0 : 0x55);
	bed_free(&bed);
}
END_TEST

START_TEST(copy_keeps_its_data_while_its_write_is_held)
{
	bed_new(&bed, NULL);
	memcpy(bed.mem, "payload", 8);
	bed.page[1] = MDL_DMA_STALL;
	bed_do(&bed, &(struct mdl_dma_desc){.op = MDL_DMA_COPY, .dst = 0x1000, .len = 8});
	memset(bed.mem, 0, 8);
	bed.page[1] = MDL_DMA_OK;
	mdl_dma_resume(bed.dev, 40, true, false);
	bed_run(&bed);
	ck_assert_str_eq((char *)bed.mem + 0x1000, "payload");
	ck_assert_uint_eq(bed.n_log, 3);
	bed_free(&bed);
}
END_TEST

START_TEST(descriptors_finish_in_order)
{
	bed_new(&bed, NULL);
	for (uint64_t i = 0; i < 5; i++)
		mdl_dma_submit(bed.dev, &(struct mdl_dma_desc){.op = MDL_DMA_WRITE,
							       .dst = 0x100 * i,
							       .len = 4,
							       .cookie = 10 + i});
	ck_assert_uint_eq(bed.completions, 0); /* nothing happens by itself */
	ck_assert_uint_eq(bed_run(&bed), 5);
	for (uint64_t i = 0; i < 5; i++)
		ck_assert_uint_eq(bed.order[i], 10 + i);
	ck_assert(!mdl_dma_busy(bed.dev));
	bed_free(&bed);
}
END_TEST

START_TEST(reset_ends_what_is_outstanding)
{
	bed_new(&bed, NULL);
	bed.page[1] = MDL_DMA_STALL;
	for (uint64_t i = 0; i < 3; i++)
		mdl_dma_submit(bed.dev,
			       &(struct mdl_dma_desc){
				       .op = MDL_DMA_READ, .src = 0xffc, .len = 8, .cookie = i});
	bed_run(&bed);
	mdl_dma_reset(bed.dev);
	ck_assert_uint_eq(bed.completions, 3);
	ck_assert_uint_eq(bed.order[2], 2);
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_ABORT);
	ck_assert(!mdl_dma_busy(bed.dev));
	ck_assert_int_eq(mdl_dma_resume(bed.dev, 40, true, false), -ENOENT);
	bed_do(&bed, &(struct mdl_dma_desc){.op = MDL_DMA_READ, .len = 8});
	ck_assert_uint_eq(bed.result.code, MDL_DMA_CODE_OK);
	bed_free(&bed);
}
END_TEST

START_TEST(freeing_with_descriptors_outstanding)
{
	bed_new(&bed, NULL);
	mdl_dma_submit(bed.dev, &(struct mdl_dma_desc){.op = MDL_DMA_READ, .len = 8});
	mdl_dma_submit(bed.dev, &(struct mdl_dma_desc){.op = MDL_DMA_READ, .len = 8});
	bed_free(&bed);
	ck_assert_uint_eq(bed.completions, 0);
	mdl_dma_free(NULL);
}
END_TEST

START_TEST(names_of_codes)
{
	ck_assert_str_eq(mdl_dma_code_name(MDL_DMA_CODE_OK), "OK");
	ck_assert_str_eq(mdl_dma_code_name(MDL_DMA_CODE_ABORT), "ABORT");
	ck_assert_str_eq(mdl_dma_code_name(MDL_DMA_CODE_RAZ_WI), "RAZ_WI");
	ck_assert_str_eq(mdl_dma_code_name(MDL_DMA_CODE_MISMATCH), "MISMATCH");
	ck_assert_str_eq(mdl_dma_code_name(MDL_DMA_CODE_INVALID), "INVALID");
	ck_assert_ptr_null(mdl_dma_code_name((enum mdl_dma_code)0));
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(pattern_is_splitmix64);
	SUITE_CASE(write_repeats_its_data);
	SUITE_CASE(read_and_write_with_a_buffer);
	SUITE_CASE(accesses_do_not_cross_pages);
	SUITE_CASE(burst_limits_the_length);
	SUITE_CASE(copy_splits_at_both_sides);
	SUITE_CASE(fill_then_check);
	SUITE_CASE(check_names_the_first_wrong_byte);
	SUITE_CASE(zero_length_makes_no_access);
	SUITE_CASE(attributes_go_with_the_access);
	SUITE_CASE(nonsense_is_refused);
	SUITE_CASE(abort_ends_the_descriptor);
	SUITE_CASE(copy_that_aborts_on_its_write_counts_nothing);
	SUITE_CASE(terminated_read_gives_zero_and_goes_on);
	SUITE_CASE(check_does_not_judge_a_terminated_read);
	SUITE_CASE(held_access_is_retried);
	SUITE_CASE(held_access_is_ended_by_abort);
	SUITE_CASE(held_read_is_ended_as_zero);
	SUITE_CASE(copy_keeps_its_data_while_its_write_is_held);
	SUITE_CASE(descriptors_finish_in_order);
	SUITE_CASE(reset_ends_what_is_outstanding);
	SUITE_CASE(freeing_with_descriptors_outstanding);
	SUITE_CASE(names_of_codes);
}
