// SPDX-License-Identifier: MIT
/* The order in which CPUs get ahead is the seed's, and none is wrong; more: long_seeds.c. */
#include "tests/scenario/common.h"

enum { SEEDS = 20 };

static void run_concurrent(const char *kernel)
{
	if (!no_kernel(kernel))
		check_seeds("concurrent", kernel, SEEDS);
}

START_TEST(concurrent_over_20_seeds)
{
	run_concurrent("6.12");
}
END_TEST

START_TEST(concurrent_over_20_seeds_on_5_10)
{
	run_concurrent("5.10");
}
END_TEST

START_TEST(concurrent_over_20_seeds_on_7)
{
	run_concurrent("7");
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(concurrent_over_20_seeds);
	SUITE_CASE(concurrent_over_20_seeds_on_5_10);
	SUITE_CASE(concurrent_over_20_seeds_on_7);
}
