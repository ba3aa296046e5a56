/* SPDX-License-Identifier: MIT */
/* The main program of every Check suite; see suite.h. */
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"

enum { MAX_CASES = 512, CASE_TIMEOUT_S = 60 };

static struct {
	const char *name;
	const TTest *test;
	unsigned int limit_s;
} cases[MAX_CASES];
static unsigned int n_cases;

void suite_add(const char *name, const TTest *test)
{
	suite_add_limit(name, test, CASE_TIMEOUT_S);
}

void suite_add_limit(const char *name, const TTest *test, unsigned int seconds)
{
	if (n_cases == MAX_CASES) {
		fprintf(stderr, "tests/suite.c: more than %d cases\n", MAX_CASES);
		exit(2);
	}
	cases[n_cases].name = name;
	cases[n_cases].limit_s = seconds;
	cases[n_cases++].test = test;
}

/* Each case is a Suite of its own, so that its result line carries its name. */
static bool run_case(unsigned int number, unsigned int i)
{
	Suite *suite = suite_create(cases[i].name);
	TCase *tcase = tcase_create(cases[i].name);
	SRunner *runner;
	TestResult **failures;
	bool passed;

	tcase_set_timeout(tcase, cases[i].limit_s);
	tcase_add_test(tcase, cases[i].test);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_SILENT);
	passed = srunner_ntests_failed(runner) == 0;
	failures = srunner_failures(runner);
	printf("%sok %u %s\n", passed ? "" : "not ", number, cases[i].name);
	for (int f = 0; f < srunner_ntests_failed(runner); f++)
		printf("# %s:%d: %s\n", tr_lfile(failures[f]), tr_lno(failures[f]),
		       tr_msg(failures[f]));
	fflush(stdout);
	free(failures);
	srunner_free(runner);
	return passed;
}

int main(int argc, char **argv)
{
	const char *filter = "*";
	unsigned int selected = 0, number = 0, failed = 0;
	bool list = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--list") == 0) {
			list = true;
		} else if (strcmp(argv[i], "--filter") == 0 && i + 1 < argc) {
			filter = argv[++i];
		} else {
			fprintf(stderr, "usage: %s [--list] [--filter GLOB]\n", argv[0]);
			return 2;
		}
	}
	suite_cases();
	for (unsigned int i = 0; i < n_cases; i++) {
		if (fnmatch(filter, cases[i].name, 0) != 0)
			continue;
		selected++;
		if (list)
			puts(cases[i].name);
	}
	if (list)
		return 0;
	printf("KTAP version 1\n1..%u\n", selected);
	fflush(stdout);
	for (unsigned int i = 0; i < n_cases; i++)
		if (fnmatch(filter, cases[i].name, 0) == 0)
			failed += !run_case(++number, i);
	return failed != 0;
}
