/* SPDX-License-Identifier: MIT */
/* KUnit's KTAP, as kernels write it, and as broken kernels do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/cli.h"
#include "sim/cli/kunit.h"
#include "tests/suite.h"

static char told[4096];

static void note(void *arg, const char *suite, const char *name, enum scn_verdict verdict,
		 const char *message)
{
	static const char *const verdicts[] = {"pass", "fail", "skip"};
	size_t used = strlen(told);

	(void)arg;
	snprintf(told + used, sizeof(told) - used, "%s.%s %s [%s]\n", suite, name,
		 verdicts[verdict], message);
}

static void expect(const char *ktap, const char *cases)
{
	told[0] = '\0';
	kunit_parse(ktap, note, NULL);
	ck_assert_str_eq(told, cases);
}

START_TEST(cases_of_two_suites)
{
	expect("KTAP version 1\n"
	       "1..2\n"
	       "    KTAP version 1\n"
	       "    # Subtest: one\n"
	       "    # module: mod\n"
	       "    1..3\n"
	       "    ok 1 good\n"
	       "    # bad: EXPECTATION FAILED at file.c:3\n"
	       "    Expected 1 == 2\n"
	       "    not ok 2 bad\n"
	       "    ok 3 absent # SKIP no such machine\n"
	       "# one: pass:1 fail:1 skip:1 total:3\n"
	       "not ok 1 one\n"
	       "    KTAP version 1\n"
	       "    # Subtest: two\n"
	       "    1..1\n"
	       "    ok 1 good\n"
	       "ok 2 two\n",
	       "one.good pass []\n"
	       "one.bad fail [# bad: EXPECTATION FAILED at file.c:3\nExpected 1 == 2\n]\n"
	       "one.absent skip [no such machine]\n"
	       "two.good pass []\n");
}
END_TEST

START_TEST(parameters_are_part_of_their_case)
{
	expect("KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: one\n    1..1\n"
	       "        KTAP version 1\n        # Subtest: each\n"
	       "        ok 1 p0\n        not ok 2 p1\n"
	       "    not ok 1 each\n"
	       "not ok 1 one\n",
	       "one.each fail [# Subtest: each\nok 1 p0\nnot ok 2 p1\n]\n");
}
END_TEST

START_TEST(what_never_comes_fails)
{
	/* The kernel died in the second case. */
	expect("KTAP version 1\n1..2\n    KTAP version 1\n    # Subtest: one\n    1..3\n"
	       "    ok 1 good\nBUG: kernel NULL pointer dereference\n",
	       "one.good pass []\n"
	       "one.run fail [ended with 2 cases to come]\n"
	       "suites.run fail [ended with 2 suites to come]\n");
	expect("", "");
}
END_TEST

START_TEST(suite_that_fails_without_a_case)
{
	expect("KTAP version 1\n1..1\n# one: failed to initialize (-12)\nnot ok 1 one\n",
	       "one.run fail [# one: failed to initialize (-12)\n]\n");
	expect("KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: one\n    1..1\n"
	       "    ok 1 good\n# leak\nnot ok 1 one\n",
	       "one.good pass []\none.run fail [# leak\n]\n");
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(cases_of_two_suites);
	SUITE_CASE(parameters_are_part_of_their_case);
	SUITE_CASE(what_never_comes_fails);
	SUITE_CASE(suite_that_fails_without_a_case);
}
