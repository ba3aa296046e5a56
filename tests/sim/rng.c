/* SPDX-License-Identifier: MIT */
/* Published vectors of the parts, and the properties of streams. */
#include <string.h>

#include "sim/rng.h"
#include "tests/suite.h"

/* xoshiro256** from state 1, 2, 3, 4: the vector of the Rust crate rand_xoshiro. */
START_TEST(xoshiro256starstar_vector)
{
	const uint64_t want[] = {
		UINT64_C(11520),
		UINT64_C(0),
		UINT64_C(1509978240),
		UINT64_C(1215971899390074240),
		UINT64_C(1216172134540287360),
		UINT64_C(607988272756665600),
		UINT64_C(16172922978634559625),
		UINT64_C(8476171486693032832),
		UINT64_C(10595114339597558777),
		UINT64_C(2904607092377533576),
	};
	struct sim_rng rng = {{1, 2, 3, 4}};

	for (int i = 0; i < 10; i++)
		ck_assert_uint_eq(sim_rng_next(&rng), want[i]);
}
END_TEST

/* splitmix64 from 1234567: the vector of Rosetta Code's task "Pseudo-random numbers/Splitmix64". */
START_TEST(splitmix64_vector)
{
	const uint64_t want[] = {
		UINT64_C(6457827717110365317),	UINT64_C(3203168211198807973),
		UINT64_C(9817491932198370423),	UINT64_C(4593380528125082431),
		UINT64_C(16408922859458223821),
	};
	uint64_t state = 1234567;

	for (int i = 0; i < 5; i++)
		ck_assert_uint_eq(sim_rng_splitmix64(&state), want[i]);
}
END_TEST

/* The vectors of draft-eastlake-fnv, appendix C. */
START_TEST(fnv1a_vector)
{
	ck_assert_uint_eq(sim_rng_fnv1a(""), UINT64_C(0xcbf29ce484222325));
	ck_assert_uint_eq(sim_rng_fnv1a("a"), UINT64_C(0xaf63dc4c8601ec8c));
	ck_assert_uint_eq(sim_rng_fnv1a("foobar"), UINT64_C(0x85944171f73967e8));
}
END_TEST

START_TEST(stream_depends_on_seed_and_name)
{
	struct sim_rng a, same, other_name, other_seed;
	uint64_t first;

	sim_rng_init(&a, 7, "sched");
	sim_rng_init(&same, 7, "sched");
	sim_rng_init(&other_name, 7, "dma0");
	sim_rng_init(&other_seed, 8, "sched");
	ck_assert_mem_eq(&a, &same, sizeof(a));
	first = sim_rng_next(&a);
	ck_assert_uint_eq(first, sim_rng_next(&same));
	ck_assert_uint_ne(first, sim_rng_next(&other_name));
	ck_assert_uint_ne(first, sim_rng_next(&other_seed));
}
END_TEST

START_TEST(below_stays_below)
{
	const uint64_t bounds[] = {1,	      2, 3, 10, UINT64_C(1) << 32, (UINT64_C(1) << 63) + 1,
				   UINT64_MAX};
	const uint64_t seed = 3;
	struct sim_rng rng;

	sim_rng_init(&rng, seed, "below");
	for (unsigned int b = 0; b < sizeof(bounds) / sizeof(bounds[0]); b++)
		for (int i = 0; i < 1000; i++)
			ck_assert_uint_lt(sim_rng_below(&rng, bounds[b]), bounds[b]);
	ck_assert_uint_eq(sim_rng_below(&rng, 0), 0);
}
END_TEST

/*
 * With bound 3 * 2^62, taking the high half of the product without drawing
 * again gives one residue class of 3 twice its share. Here each has a third of
 * 30000 draws; the limit is more than seven standard deviations (82) away.
 */
START_TEST(below_is_unbiased)
{
	const uint64_t seed = 4;
	int count[3] = {0};
	struct sim_rng rng;

	sim_rng_init(&rng, seed, "bias");
	for (int i = 0; i < 30000; i++)
		count[sim_rng_below(&rng, UINT64_C(3) << 62) % 3]++;
	for (int i = 0; i < 3; i++)
		ck_assert_msg(count[i] > 9400 && count[i] < 10600, "seed %u: %d",
			      (unsigned int)seed, count[i]);
}
END_TEST

START_TEST(below_reaches_every_value)
{
	unsigned int seen = 0;
	struct sim_rng rng;

	sim_rng_init(&rng, 5, "all");
	for (int i = 0; i < 1000; i++)
		seen |= 1u << sim_rng_below(&rng, 20);
	ck_assert_uint_eq(seen, (1u << 20) - 1);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(xoshiro256starstar_vector);
	SUITE_CASE(splitmix64_vector);
	SUITE_CASE(fnv1a_vector);
	SUITE_CASE(stream_depends_on_seed_and_name);
	SUITE_CASE(below_stays_below);
	SUITE_CASE(below_is_unbiased);
	SUITE_CASE(below_reaches_every_value);
}
