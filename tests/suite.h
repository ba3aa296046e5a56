/* SPDX-License-Identifier: MIT */
/*
 * A suite is one program: tests/suite.c holds main(), the suite's file defines
 * suite_cases(), which adds every test to the one Check suite with SUITE_CASE.
 *
 * Options of the program: --list prints the names of the cases, a line each;
 * --filter GLOB runs those whose name matches (fnmatch). Output is KTAP
 * version 1, one result line for each case; exit status 0 iff all passed.
 */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>

/* Add one case: FN is defined by START_TEST(FN); its name is the case's name. */
#define SUITE_CASE(fn) suite_add(#fn, fn)

void suite_add(const char *name, const TTest *test);
/* A case that may take longer than a minute. */
void suite_add_limit(const char *name, const TTest *test, unsigned int seconds);

/* Defined by each suite. */
void suite_cases(void);

#endif
