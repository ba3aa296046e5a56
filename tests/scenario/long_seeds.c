// SPDX-License-Identifier: MIT
/* Interleavings: whatever the seed, the verdict is the same, and so is a second run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenario/common.h"

enum { SEEDS = 60, CONCURRENT_SEEDS = 200 };

static void run_seeds(const char *scenario, unsigned int first)
{
	for (unsigned int seed = first; seed < first + SEEDS; seed++) {
		struct outcome one = run_cli("run '%s/scenarios/%s.lua' -q --seed %u", SOURCE_DIR,
					     scenario, seed);
		struct outcome two = run_cli("run '%s/scenarios/%s.lua' -q --seed %u", SOURCE_DIR,
					     scenario, seed);

		ck_assert_msg(one.status == 0, "%s, seed %u:\n%.2000s", scenario, seed, one.out);
		ck_assert_msg(strcmp(one.out, two.out) == 0, "%s, seed %u: two runs differ",
			      scenario, seed);
		outcome_free(&one);
		outcome_free(&two);
	}
}

START_TEST(dma_over_many_seeds)
{
	if (!no_kernel("6.12"))
		run_seeds("dma", 1);
}
END_TEST

START_TEST(nested_over_many_seeds)
{
	if (!no_kernel("6.12-smmuv3-nested"))
		run_seeds("nested", 1);
}
END_TEST

START_TEST(nested_over_many_large_seeds)
{
	if (!no_kernel("6.12-smmuv3-nested"))
		run_seeds("nested", 4000000000u);
}
END_TEST

static void run_concurrent(const char *kernel)
{
	if (no_kernel(kernel))
		return;
	check_seeds("concurrent", kernel, CONCURRENT_SEEDS);
	check_seeds("concurrent-lazy", kernel, CONCURRENT_SEEDS);
}

START_TEST(concurrent_over_200_seeds)
{
	run_concurrent("6.12");
}
END_TEST

START_TEST(concurrent_over_200_seeds_on_5_10)
{
	run_concurrent("5.10");
}
END_TEST

START_TEST(concurrent_over_200_seeds_on_7)
{
	run_concurrent("7");
}
END_TEST

void suite_cases(void)
{
	/* 400 runs a case */
	setenv("CK_TIMEOUT_MULTIPLIER", "5", 0);
	SUITE_CASE(dma_over_many_seeds);
	SUITE_CASE(nested_over_many_seeds);
	SUITE_CASE(nested_over_many_large_seeds);
	SUITE_CASE(concurrent_over_200_seeds);
	SUITE_CASE(concurrent_over_200_seeds_on_5_10);
	SUITE_CASE(concurrent_over_200_seeds_on_7);
}
