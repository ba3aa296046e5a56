/* SPDX-License-Identifier: MIT */
/* What `faultline test` can run. */
#ifndef SIM_CLI_TESTS_H
#define SIM_CLI_TESTS_H

#include <stdbool.h>
#include <stddef.h>

/* One process of a test run: a case of a suite, or a scenario with all its cases. */
struct test_unit {
	char *name;	 /* area.suite.case; of a scenario area.file, or area.file@kernel */
	char *path;	 /* of the suite's program or the scenario */
	char *case_name; /* NULL: a scenario */
	char *kernel;	 /* that a scenario names; NULL: it names none */
	bool chosen;	 /* the scenario names several, and this is the one to run on */
	bool is_long;
	bool kunit; /* KUnit's suites of the object set `kernel`; NULL: there is no such set */
};

/* The set that a run of KUnit is required to have, if any. */
#define TESTS_KUNIT_KERNEL "6.12-kunit"

struct test_units {
	struct test_unit *units;
	size_t n;
	char **kernels; /* that scenarios name, wanted or not */
	size_t n_kernels;
};

/*
 * All tests, by name in order of strcmp(). A scenario that names several kernels runs
 * on its first one; `kernels`, if not NULL, is a list with commas of those that it
 * runs on, or "all". 0 or an exit status, message on stderr.
 */
int tests_find(struct test_units *units, const char *kernels);
/* The KUnit suites of each object set that has them; one unit without a kernel if none has. */
int tests_find_kunit(struct test_units *units);
/*
 * `list`, with commas, has only kernels that scenarios name, and `also` (NULL: none): 0
 * or an exit status, with a message about `what`.
 */
int tests_check_kernels(const struct test_units *units, const char *what, const char *list,
			const char *also);
/* Whether `name` stands in a list with commas. */
bool tests_in_list(const char *list, const char *name);
void tests_free(struct test_units *units);

/* Whether a test of this unit may have a name that matches: sure for a suite's case. */
bool tests_may_match(const struct test_unit *unit, const char *glob);

#endif
