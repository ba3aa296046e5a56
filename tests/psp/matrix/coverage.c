/* SPDX-License-Identifier: MIT */
/*
 * docs/sev-coverage.md and docs/sev-unverified.md are what a run of the matrix suites gives.
 * To make them, from the build folder:
 *
 *	for t in platform guest version args; do
 *		FAULTLINE_PSP_CELLS=cells suites/psp.matrix_$t
 *	done
 *	tests/psp/sev-coverage coverage cells >../docs/sev-coverage.md
 *	tests/psp/sev-coverage unverified cells >../docs/sev-unverified.md
 */
#include "tests/cli/common.h"

/* One file for each suite, for they run side by side. */
static void run_suites(void)
{
	struct outcome outcome =
		run_shell("cd '%s' && for t in platform guest version args; do "
			  "FAULTLINE_PSP_CELLS='%s'/$t '%s'/psp.matrix_$t >$t.out 2>&1 || touch "
			  "failed & done; "
			  "wait; cat platform guest version args >cells; test ! -e failed",
			  test_dir(), test_dir(), SUITES_DIR);

	ck_assert_msg(outcome.status == 0, "a suite psp.matrix_* fails; run them");
	outcome_free(&outcome);
}

static void compare(const char *name)
{
	struct outcome diff = run_shell("'%s' %s '%s' | diff -u '%s/docs/sev-%s.md' - | head -20",
					SEV_COVERAGE, name, test_file("cells"), SOURCE_DIR, name);

	ck_assert_msg(diff.status == 0 && !diff.out[0],
		      "docs/sev-%s.md is out of date; tests/psp/matrix/coverage.c says how to make "
		      "it\n%s",
		      name, diff.out);
	outcome_free(&diff);
}

START_TEST(committed_pages_are_those_of_a_run)
{
	run_suites();
	compare("coverage");
	compare("unverified");
	test_clean();
}
END_TEST

/* What did not pass is in no page. */
START_TEST(failed_cell_is_refused)
{
	struct outcome outcome;

	test_write("cells", "INIT\tUNINIT, no SNP\tSUCCESS\tpsp.matrix_platform\tFAILED\n", false);
	outcome = run_shell("'%s' coverage '%s'", SEV_COVERAGE, test_file("cells"));
	expect_status(&outcome, 1);
	expect_in(outcome.err, "not passed: INIT, UNINIT, no SNP");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(committed_pages_are_those_of_a_run);
	SUITE_CASE(failed_cell_is_refused);
}
