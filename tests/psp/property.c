/* SPDX-License-Identifier: MIT */
/*
 * Random programs (tests/fuzz/program.h) on machines brought to each beginning: commands of
 * SEV and SNP guests, right and wrong, RMP instructions, accesses, MSRs, faults. After every
 * step the library is held against the ledger (tests/fuzz/ledger.h): no page has two owners,
 * no ASID two guests, no plaintext of a guest is in RAM; each page that was lent to the firmware
 * for a command comes back, and in the end every page does. Equal programs do the same.
 *
 * A failure prints the seed; PSP_SEED=N runs it alone.
 */
#include <stdlib.h>

#include "tests/fuzz/ledger.h"
#include "tests/fuzz/program.h"
#include "tests/suite.h"

enum { SEEDS = 80, BYTES = 4000, COMMANDS_THAT_SUCCEED = 45 };

static uint64_t seed;
static unsigned int steps, succeeded;

static void does_not_hold(const char *text)
{
	ck_abort_msg("seed %llu, step %u: %s", (unsigned long long)seed, steps, text);
}

/* SplitMix64 */
static uint64_t mixed(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void make_bytes(uint8_t bytes[BYTES])
{
	uint64_t state = mixed(seed);

	for (unsigned int i = 0; i < BYTES; i++)
		bytes[i] = (uint8_t)mixed(state += 0x9e3779b97f4a7c15);
	/* a machine of the usual kind, or with caches, or any; every beginning in turn */
	if (seed % 3) {
		bytes[0] = seed % 3 == 1;
		bytes[1] = 0;
	}
	bytes[2] = (uint8_t)(seed % STARTS);
}

static bool run(uint8_t digest[32], struct program_seen *seen)
{
	uint8_t bytes[BYTES];
	struct input in = {bytes, sizeof(bytes)};
	struct machine m;

	make_bytes(bytes);
	if (!machine_new(&m, &in, does_not_hold))
		return false;
	program_prologue(&m, input_below(&in, STARTS));
	for (steps = 0; in.left; steps++)
		program_step(&m, &in, seen);
	ledger_check(m.ledger, true);
	machine_finish(&m);
	machine_digest(&m, digest);
	machine_free(&m);
	return true;
}

/* Programs that are refused everything prove nothing. */
static void count_succeeded(void *arg, unsigned int id, const char *name)
{
	(void)name;
	succeeded += ((const struct program_seen *)arg)->succeeded[id] != 0;
}

START_TEST(random_programs)
{
	const char *given = getenv("PSP_SEED");
	uint64_t last = given ? strtoull(given, NULL, 0) : SEEDS;
	struct program_seen seen = {0};
	uint8_t digest[32];

	for (seed = given ? last : 1; seed <= last; seed++)
		run(digest, &seen);
	if (given)
		return;
	psp_cmd_each(count_succeeded, &seen);
	ck_assert_uint_ge(succeeded, COMMANDS_THAT_SUCCEED);
}
END_TEST

START_TEST(equal_programs_do_the_same)
{
	uint8_t first[32], second[32];

	for (seed = 1; seed <= 2 * STARTS; seed++)
		if (run(first, NULL)) {
			run(second, NULL);
			ck_assert_msg(!memcmp(first, second, sizeof(first)), "seed %llu",
				      (unsigned long long)seed);
		}
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(random_programs);
	SUITE_CASE(equal_programs_do_the_same);
}
