// SPDX-License-Identifier: MIT
/* Cases that are known to fail: their verdict, and what each kind of report makes of it. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "tests/scenario/common.h"

/* A case's options, and what its function expects of 1. */
#define KNOWN "{ xfail = 'it cannot count', shows = 'came: 1' }"
#define CASE(name, options, value)                                                                 \
	"case('" name "', " options ", function() expect.equal(1, " value ") end)\n"

static const char five[] = CASE("known", KNOWN, "2") CASE("passes", KNOWN, "1")
	CASE("otherwise", "{ xfail = 'it cannot count', shows = 'came: 7' }", "2")
		CASE("plain", "{ xfail = false }", "1") "case('skipped', " KNOWN
							", function() skip 'no' end)\n";

START_TEST(the_report_tells_how_a_case_ended)
{
	struct outcome outcome = run_lua(five, "");

	expect_status(&outcome, 1);
	expect_in(outcome.out, "# it cannot count\n# s.lua:1: values differ\n");
	expect_in(outcome.out, "\nok 1 known # XFAIL it cannot count\n");
	expect_in(outcome.out, "# XPASS: the case passed, though it is known to fail: it cannot "
			       "count\nnot ok 2 passes\n");
	expect_in(outcome.out, "# it is known to fail: it cannot count\n"
			       "# but not in this way, without \"came: 7\":\n"
			       "# s.lua:3: values differ\n");
	expect_in(outcome.out, "\nnot ok 3 otherwise\n");
	expect_in(outcome.out, "\nok 4 plain\n");
	expect_in(outcome.out, "\nok 5 skipped # SKIP no\n");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(a_run_passes_with_failures_that_are_known)
{
	struct outcome outcome = run_lua(five, "-f known --json");
	json_t *object = json_loads(outcome.out, 0, NULL), *first;

	expect_status(&outcome, 0);
	first = json_array_get(json_object_get(object, "cases"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(object, "verdict")), "pass");
	ck_assert_str_eq(json_string_value(json_object_get(first, "verdict")), "xfail");
	expect_in(json_string_value(json_object_get(first, "message")),
		  "it cannot count\ns.lua:1: values differ");
	json_decref(object);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(junit_counts_known_failures_as_skipped)
{
	struct outcome outcome = run_lua(five, "--junit report.xml");

	outcome_free(&outcome);
	outcome = run_shell("cat '%s'", test_file("report.xml"));
	expect_in(outcome.out, "tests=\"5\" failures=\"2\" skipped=\"2\">");
	expect_in(outcome.out, "name=\"known\">\n    <skipped type=\"xfail\" message=\"it cannot "
			       "count\">it cannot count\n");
	expect_in(outcome.out, "name=\"passes\">\n    <failure message=\"XPASS: ");
	expect_in(outcome.out, "name=\"skipped\">\n    <skipped message=\"no\">");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* What happened and nobody expected counts as well: here a WARN. */
START_TEST(a_finding_can_be_the_known_failure)
{
	static const struct ending endings[] = {
		{BOOT "case('a', { xfail = 'it warns', shows = 'WARNING' }, "
		      "function() k:call('crash.warn', nil, 0) end)",
		 0, "ok 1 a # XFAIL it warns"},
		{BOOT "case('a', { xfail = 'it warns', shows = 'WARNING' }, "
		      "function() k:call('crash.warn', nil, 1) end)",
		 1, "XPASS"},
	};

	if (!no_kernel("6.12"))
		check_endings(endings, 2);
}
END_TEST

START_TEST(what_is_known_has_to_be_said_in_full)
{
	static const struct ending endings[] = {
		{"case('a', { xfail = 'why' }, function() end)", 2,
		 "s.lua:1: case: xfail = reason, shows = a pattern"},
		{"case('a', { xfail = true, shows = 'x' }, function() end)", 2, "case: xfail = "},
		{"case('a', { xfail = 'why', shows = '[' }, function() end)", 2,
		 "s.lua:1: case: shows: malformed pattern"},
		{"case('a', { fails = 'why' }, function() end)", 2,
		 "case: unknown option \"fails\" (known: shows, xfail)"},
		{"case('a', function() end, function() end)", 2, "case: a table is wanted"},
		{"case('a', {})", 2, "case: a name and a function are wanted"},
	};

	check_endings(endings, sizeof(endings) / sizeof(endings[0]));
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(the_report_tells_how_a_case_ended);
	SUITE_CASE(a_run_passes_with_failures_that_are_known);
	SUITE_CASE(junit_counts_known_failures_as_skipped);
	SUITE_CASE(a_finding_can_be_the_known_failure);
	SUITE_CASE(what_is_known_has_to_be_said_in_full);
}
