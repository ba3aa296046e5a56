/* SPDX-License-Identifier: MIT */
/* The order of activities depends on the calls alone, not on addresses. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/suite.h"

struct digest {
	char text[32];
};

static void run_program(int output, const char *seed, const char *step, bool aslr)
{
	int persona = personality(0xffffffff);

	dup2(output, STDOUT_FILENO);
	personality(aslr ? persona & ~ADDR_NO_RANDOMIZE : persona | ADDR_NO_RANDOMIZE);
	execl(ORDER_DIGEST, ORDER_DIGEST, seed, step, (char *)NULL);
	_exit(127);
}

/* `step` NULL: as one run. */
static struct digest digest_of_steps(const char *seed, const char *step, bool aslr)
{
	struct digest digest = {""};
	int pipe_ends[2], status;
	pid_t child;

	ck_assert_int_eq(pipe(pipe_ends), 0);
	child = fork();
	if (child == 0)
		run_program(pipe_ends[1], seed, step, aslr);
	close(pipe_ends[1]);
	ck_assert_int_gt(read(pipe_ends[0], digest.text, sizeof(digest.text) - 1), 0);
	close(pipe_ends[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(strlen(digest.text), 17);
	return digest;
}

static struct digest digest_of(const char *seed, bool aslr)
{
	return digest_of_steps(seed, NULL, aslr);
}

START_TEST(order_is_the_same_with_and_without_aslr)
{
	const char *const seeds[] = {"0", "1", "7", "8"};

	for (int s = 0; s < 4; s++) {
		struct digest fixed = digest_of(seeds[s], false);

		for (int i = 0; i < 4; i++)
			ck_assert_str_eq(digest_of(seeds[s], true).text, fixed.text);
	}
}
END_TEST

START_TEST(order_differs_from_seed_to_seed)
{
	ck_assert_str_ne(digest_of("1", true).text, digest_of("2", true).text);
}
END_TEST

/* A thread that waits runs cycles itself only within a run: the shorter, the fewer. */
START_TEST(order_is_the_same_in_one_run_and_in_many)
{
	for (int seed = 0; seed < 40; seed++) {
		char text[8];
		struct digest whole;

		snprintf(text, sizeof(text), "%d", seed);
		whole = digest_of(text, true);
		ck_assert_msg(!strcmp(digest_of_steps(text, "0", true).text, whole.text) &&
				      !strcmp(digest_of_steps(text, "100", true).text, whole.text),
			      "seed %d", seed);
	}
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(order_is_the_same_in_one_run_and_in_many);
	SUITE_CASE(order_is_the_same_with_and_without_aslr);
	SUITE_CASE(order_differs_from_seed_to_seed);
}
