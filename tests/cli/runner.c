/* SPDX-License-Identifier: MIT */
/*
 * `faultline test` over suites made for the purpose:
 *
 *	area.good	yes, fine
 *	area.bad	no, crash, skipped
 *	area.long-one	slow
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cli/common.h"

static const char good[] = "#!/bin/sh\n"
			   "[ \"$1\" = --list ] && printf 'yes\\nfine\\n' && exit\n"
			   "[ \"$2\" = yes ] && sleep 0.3\n"
			   "printf 'KTAP version 1\\n1..1\\nok 1 %s\\n' \"$2\"\n";

static const char bad[] = "#!/bin/sh\n"
			  "[ \"$1\" = --list ] && printf 'no\\ncrash\\nskipped\\n' && exit\n"
			  "case $2 in\n"
			  "no) echo 'not ok 1 no'; echo '# file.c:3: 1 < 2 & 3'; exit 1 ;;\n"
			  "crash) echo 'last words' >&2; kill -SEGV $$ ;;\n"
			  "skipped) echo 'ok 1 skipped # SKIP no such machine' ;;\n"
			  "esac\n";

static const char slow[] = "#!/bin/sh\n"
			   "[ \"$1\" = --list ] && echo slow && exit\n"
			   "echo $$ >\"$(dirname \"$0\")/../pid\"\n"
			   "sleep 60 & wait\n";

static void set_up(bool with_bad)
{
	struct outcome outcome = run_shell("cd '%s' && mkdir -p suites && cp '%s' faultline && "
					   "pwd >source-dir",
					   test_dir(), FAULTLINE);

	expect_status(&outcome, 0);
	outcome_free(&outcome);
	test_write("suites/area.good", good, true);
	test_write("suites/area.long-one", slow, true);
	if (with_bad)
		test_write("suites/area.bad", bad, true);
}

static struct outcome run_tests(const char *options)
{
	return run_shell("'%s' test %s", test_file("faultline"), options);
}

/* `text` ends with the line `last`. */
static void ends_with(const char *text, const char *last)
{
	size_t length = strlen(text), part = strlen(last);

	ck_assert_msg(length >= part && strcmp(text + length - part, last) == 0,
		      "does not end with '%s': %s", last, text);
}

START_TEST(all_good)
{
	struct outcome outcome;

	set_up(false);
	outcome = run_tests("");
	expect_status(&outcome, 0);
	/* The first one takes longer: the order is that of the names all the same. */
	ck_assert_str_eq(outcome.out, "KTAP version 1\n"
				      "ok 1 area.good.fine\n"
				      "ok 2 area.good.yes\n"
				      "1..2\n"
				      "2 passed, 0 failed, 0 skipped\n");
	ck_assert_str_eq(outcome.err, "");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(order_does_not_depend_on_jobs)
{
	struct outcome one, many;

	set_up(true);
	one = run_tests("--jobs 1");
	many = run_tests("--jobs 8");
	expect_status(&one, 1);
	ck_assert_str_eq(one.out, many.out);
	outcome_free(&one);
	outcome_free(&many);
	test_clean();
}
END_TEST

START_TEST(failures_are_explained)
{
	struct outcome outcome;

	set_up(true);
	outcome = run_tests("");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "# file.c:3: 1 < 2 & 3\nnot ok 2 area.bad.no\n");
	expect_in(outcome.out, "signal 11");
	expect_in(outcome.out, "# last words\nnot ok 1 area.bad.crash\n");
	expect_in(outcome.out, "ok 3 area.bad.skipped # SKIP no such machine\n");
	ends_with(outcome.out, "1..5\n2 passed, 2 failed, 1 skipped\n");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(filter_selects_by_full_name)
{
	struct outcome outcome;

	set_up(true);
	outcome = run_tests("--filter 'area.*.s*'");
	expect_status(&outcome, 4); /* nothing but a skip */
	ends_with(outcome.out, "0 passed, 0 failed, 1 skipped\n");
	outcome_free(&outcome);
	outcome = run_tests("--filter area.good.fine");
	expect_status(&outcome, 0);
	ends_with(outcome.out, "1 passed, 0 failed, 0 skipped\n");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(filter_without_match_is_an_error)
{
	struct outcome outcome;

	set_up(true);
	outcome = run_tests("--filter 'arena.*'");
	expect_status(&outcome, 2);
	ck_assert_str_eq(outcome.out, "");
	expect_in(outcome.err, "no test matches 'arena.*'");
	outcome_free(&outcome);
	outcome = run_tests("--filter '*slow'");
	expect_status(&outcome, 2);
	expect_in(outcome.err, "--long");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(list_prints_names_only)
{
	struct outcome outcome;

	set_up(true);
	outcome = run_tests("--list");
	expect_status(&outcome, 0);
	ck_assert_str_eq(outcome.out, "area.bad.crash\narea.bad.no\narea.bad.skipped\n"
				      "area.good.fine\narea.good.yes\n");
	outcome_free(&outcome);
	outcome = run_tests("--list --long --filter '*one*'");
	ck_assert_str_eq(outcome.out, "area.long-one.slow\n");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(scenarios_belong_to_the_tests)
{
	struct outcome outcome;

	set_up(false);
	outcome = run_shell("cd '%s' && mkdir -p scenarios tests/scenarios && "
			    "echo 'local x = = 1' >scenarios/broken.lua && "
			    "printf -- '-- license\\n-- long, since\\n' >tests/scenarios/huge.lua",
			    test_dir());
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	outcome = run_tests("--list");
	ck_assert_str_eq(outcome.out, "area.good.fine\narea.good.yes\nsmmu-host.broken.*\n");
	outcome_free(&outcome);
	outcome = run_tests("--filter 'smmu-host.*'");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "broken.lua:1");
	expect_in(outcome.out, "not ok 1 smmu-host.broken.run\n");
	ends_with(outcome.out, "0 passed, 1 failed, 0 skipped\n");
	outcome_free(&outcome);
	outcome = run_tests("--filter 'smmu-ghost.*'");
	expect_status(&outcome, 2);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* Scenarios of one kernel and of three, none of which is there. */
static struct outcome run_matrix(const char *before, const char *options)
{
	struct outcome outcome;

	set_up(false);
	outcome = run_shell(
		"cd '%s' && mkdir -p scenarios && "
		"echo 'local k = kernel { \"6.12\" }' >scenarios/one.lua && "
		"echo 'local k = kernel { { \"6.12\", \"5.10\", \"7\" }, cmdline = \"x\" }'"
		" >scenarios/three.lua",
		test_dir());
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	return run_shell("FAULTLINE_KERNELS='%s' %s '%s' test --filter 'smmu-host.*' %s",
			 test_file("none"), before, test_file("faultline"), options);
}

START_TEST(scenarios_run_on_the_kernels_that_are_wanted)
{
	struct outcome outcome = run_matrix("", "--list");

	ck_assert_str_eq(outcome.out, "smmu-host.one.*\nsmmu-host.three.*\n");
	outcome_free(&outcome);
	outcome = run_matrix("", "--list --kernels all");
	ck_assert_str_eq(outcome.out, "smmu-host.one.*\nsmmu-host.three.*\n"
				      "smmu-host.three@5.10.*\nsmmu-host.three@7.*\n");
	outcome_free(&outcome);
	outcome = run_matrix("", "--list --kernels 7");
	ck_assert_str_eq(outcome.out, "smmu-host.three@7.*\n");
	outcome_free(&outcome);
	outcome = run_matrix("", "--list --kernels 7,5.9");
	expect_status(&outcome, 2);
	expect_in(outcome.err, "no scenario names kernel '5.9'");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(kernel_that_is_missing_is_a_skip_unless_required)
{
	struct outcome outcome = run_matrix("", "--kernels 5.10,7");

	expect_in(outcome.out, "ok 1 smmu-host.three@5.10.run # SKIP there is no kernel 5.10: "
			       "./bootstrap kernels prepares it");
	ends_with(outcome.out, "0 passed, 0 failed, 2 skipped\n");
	outcome_free(&outcome);
	outcome = run_matrix("FAULTLINE_REQUIRE_KERNELS=6.12,7", "--kernels 5.10,7");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "not ok 2 smmu-host.three@7.run");
	ends_with(outcome.out, "0 passed, 1 failed, 1 skipped\n");
	outcome_free(&outcome);
	outcome = run_matrix("FAULTLINE_REQUIRE_KERNELS=6.12,8.1", "--kernels 7");
	expect_status(&outcome, 2);
	expect_in(outcome.err, "FAULTLINE_REQUIRE_KERNELS: no scenario names kernel '8.1'");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

static struct outcome run_kunit(const char *before, const char *options)
{
	return run_shell("FAULTLINE_KERNELS='%s' %s '%s' test --kunit %s", test_file("none"),
			 before, test_file("faultline"), options);
}

START_TEST(kunit_without_a_kernel_is_a_skip_unless_required)
{
	struct outcome outcome;

	set_up(false);
	outcome = run_kunit("", "");
	expect_status(&outcome, 4);
	expect_in(outcome.out, "ok 1 kunit # SKIP no kernel has KUnit; made by: faultline kernel "
			       "add 6.12-kunit --package linux-source-6.12 --target smmu-kunit\n");
	ends_with(outcome.out, "1..1\n0 passed, 0 failed, 1 skipped\n");
	outcome_free(&outcome);
	outcome = run_kunit("FAULTLINE_REQUIRE_KERNELS=6.12-kunit", "");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "not ok 1 kunit\n");
	outcome_free(&outcome);
	outcome = run_kunit("", "--kernels 7");
	expect_status(&outcome, 2);
	expect_in(outcome.err, "--kernels is for scenarios");
	outcome_free(&outcome);
	outcome = run_kunit("", "--list");
	ck_assert_str_eq(outcome.out, "kunit.*\n");
	outcome_free(&outcome);
	outcome = run_kunit("", "--filter 'area.*'");
	expect_status(&outcome, 2);
	expect_in(outcome.err, "no test matches 'area.*'");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(hanging_test_is_ended)
{
	struct outcome outcome;

	set_up(false);
	outcome = run_tests("--long --filter '*slow' --timeout 1");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "no end after 1 s");
	expect_in(outcome.out, "not ok 1 area.long-one.slow\n");
	outcome_free(&outcome);
	outcome = run_shell("kill -0 \"$(cat '%s')\"", test_file("pid"));
	ck_assert_int_ne(outcome.status, 0);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(interrupt_ends_the_children)
{
	struct outcome outcome;

	set_up(false);
	outcome = run_shell("cd '%s' && timeout --preserve-status -s INT 1 ./faultline test --long "
			    "--filter '*slow'",
			    test_dir());
	expect_status(&outcome, 130);
	outcome_free(&outcome);
	outcome = run_shell("kill -0 \"$(cat '%s')\"", test_file("pid"));
	ck_assert_int_ne(outcome.status, 0);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(json_is_one_object)
{
	struct outcome outcome;
	json_t *object;

	set_up(true);
	outcome = run_tests("--json");
	expect_status(&outcome, 1);
	object = json_loads(outcome.out, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_msg(json_is_object(object), "not one object: %s", outcome.out);
	ck_assert_int_eq(json_integer_value(json_object_get(object, "passed")), 2);
	ck_assert_int_eq(json_integer_value(json_object_get(object, "failed")), 2);
	ck_assert_int_eq(json_integer_value(json_object_get(object, "skipped")), 1);
	ck_assert_uint_eq(json_array_size(json_object_get(object, "cases")), 5);
	ck_assert_str_eq(outcome.err, "2 passed, 2 failed, 1 skipped\n");
	json_decref(object);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(junit_is_written)
{
	struct outcome outcome, report;

	set_up(true);
	outcome = run_shell("cd '%s' && ./faultline test --junit report.xml", test_dir());
	expect_status(&outcome, 1);
	report = run_shell("cat '%s'", test_file("report.xml"));
	expect_in(report.out, "tests=\"5\" failures=\"2\" skipped=\"1\"");
	expect_in(report.out, "name=\"area.good.yes\"/>");
	expect_in(report.out, "<failure message=\"file.c:3: 1 &lt; 2 &amp; 3\">");
	expect_in(report.out, "<skipped message=\"no such machine\">");
	outcome_free(&report);
	outcome_free(&outcome);
	outcome = run_shell("cd '%s' && ./faultline test --junit none/report.xml", test_dir());
	expect_status(&outcome, 1);
	expect_in(outcome.err, "none/report.xml");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(broken_suite_is_told)
{
	struct outcome outcome;

	set_up(false);
	test_write("suites/area.broken", "#!/bin/sh\necho 'cannot load' >&2\nexit 3\n", true);
	outcome = run_tests("");
	expect_status(&outcome, 1);
	expect_in(outcome.err, "area.broken --list failed");
	expect_in(outcome.err, "cannot load");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(all_good);
	SUITE_CASE(order_does_not_depend_on_jobs);
	SUITE_CASE(failures_are_explained);
	SUITE_CASE(filter_selects_by_full_name);
	SUITE_CASE(filter_without_match_is_an_error);
	SUITE_CASE(list_prints_names_only);
	SUITE_CASE(scenarios_belong_to_the_tests);
	SUITE_CASE(scenarios_run_on_the_kernels_that_are_wanted);
	SUITE_CASE(kernel_that_is_missing_is_a_skip_unless_required);
	SUITE_CASE(kunit_without_a_kernel_is_a_skip_unless_required);
	SUITE_CASE(hanging_test_is_ended);
	SUITE_CASE(interrupt_ends_the_children);
	SUITE_CASE(json_is_one_object);
	SUITE_CASE(junit_is_written);
	SUITE_CASE(broken_suite_is_told);
}
