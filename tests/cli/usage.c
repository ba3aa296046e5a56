/* SPDX-License-Identifier: MIT */
/* Command lines that are wrong, and --help. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cli/common.h"

/* The commands as a user knows them, not as the program's table says. */
static const char *const commands[] = {"run",  "replay", "trace show", "kernel",
				       "test", "bench",	 "help",       "version"};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

/* Status 2, nothing on stdout, and each part in the message. */
static void refused(const char *arguments, const char *part1, const char *part2)
{
	struct outcome outcome = run_cli("%s", arguments);

	expect_status(&outcome, 2);
	ck_assert_str_eq(outcome.out, "");
	expect_in(outcome.err, part1);
	expect_in(outcome.err, part2);
	outcome_free(&outcome);
	test_clean();
}

START_TEST(unknown_command_lists_the_known)
{
	for (int i = 0; i < COMMANDS; i++)
		refused("frobnicate", "unknown command 'frobnicate'", commands[i]);
	refused("trace frobnicate", "trace frobnicate", "trace show");
	refused("trace", "trace", "trace show");
}
END_TEST

START_TEST(no_command_shows_the_list)
{
	struct outcome outcome = run_cli("%s", "");

	expect_status(&outcome, 2);
	for (int i = 0; i < COMMANDS; i++)
		expect_in(outcome.err, commands[i]);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(unknown_option_lists_the_known)
{
	refused("run x.lua --no-such-option", "unknown option '--no-such-option'", "--seed N");
	refused("run x.lua --no-such-option", "unknown option", "--bisect");
	refused("test --lost", "unknown option '--lost'", "--filter GLOB");
	refused("run -z", "unknown option '-z'", "--trace FILE");
	refused("version --see", "unknown option '--see'", "--help");
}
END_TEST

START_TEST(options_and_operands_are_checked)
{
	refused("run", "SCENARIO.lua", "run --help");
	refused("run a.lua b.lua", "unexpected operand 'b.lua'", "run --help");
	refused("run a.lua --seed", "--seed needs an argument", "N");
	refused("run a.lua --json=yes", "--json takes no argument", "yes");
	refused("run a.lua --seed seven", "'seven' is not a number", "--seed");
	refused("run a.lua --seed=-1", "'-1' is not a number", "--seed");
	refused("run a.lua --seed 99999999999999999999", "is not a number", "--seed");
	refused("run a.lua --seed 9223372036854775808", "from 0 to 9223372036854775807", "--seed");
	refused("run a.lua --timeout soon", "'soon' is not a number of seconds", "--timeout");
	refused("test --jobs 0", "--jobs", "from 1");
	refused("bench disks", "unknown benchmark 'disks'", "kernel-boot|dma-map|smmu|evk");
}
END_TEST

START_TEST(missing_files_are_named)
{
	refused("run /nonexistent.lua", "/nonexistent.lua", "No such file");
	refused("replay /nonexistent.trace", "/nonexistent.trace", "No such file");
	refused("trace show /nonexistent.trace", "/nonexistent.trace", "No such file");
}
END_TEST

START_TEST(help_of_each_command)
{
	for (int i = 0; i < COMMANDS; i++) {
		struct outcome outcome = run_cli("%s --help", commands[i]);

		expect_status(&outcome, 0);
		expect_in(outcome.out, commands[i]);
		ck_assert_str_eq(outcome.err, "");
		outcome_free(&outcome);
	}
	test_clean();
}
END_TEST

START_TEST(help_is_the_same_by_both_ways)
{
	for (int i = 0; i < COMMANDS; i++) {
		struct outcome a, b;

		if (strcmp(commands[i], "kernel") == 0)
			continue; /* its --help describes its own commands */
		a = run_cli("%s -h", commands[i]);
		b = run_cli("help %s", commands[i]);
		expect_status(&b, 0);
		ck_assert_str_eq(a.out, b.out);
		outcome_free(&a);
		outcome_free(&b);
	}
	test_clean();
}
END_TEST

START_TEST(version_is_one_line)
{
	struct outcome outcome = run_cli("--version");

	expect_status(&outcome, 0);
	expect_in(outcome.out, "faultline 0.");
	ck_assert_ptr_eq(strchr(outcome.out, '\n'), outcome.out + strlen(outcome.out) - 1);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(full_disk_under_the_output)
{
	struct outcome outcome = run_shell("'%s' help >/dev/full", FAULTLINE);

	expect_status(&outcome, 1);
	expect_in(outcome.err, "cannot write the output");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* A file that the program opens must not get the number of stdout. */
START_TEST(closed_output_is_told_and_goes_to_no_file)
{
	struct outcome outcome;

	test_write("pass.lua", "case('one', function() end)\n", false);
	outcome = run_shell("cd '%s' && '%s' run pass.lua --junit report.xml >&-", test_dir(),
			    FAULTLINE);
	expect_status(&outcome, 1);
	expect_in(outcome.err, "cannot write the output");
	outcome_free(&outcome);
	outcome = run_shell("cat '%s'", test_file("report.xml"));
	ck_assert_msg(strncmp(outcome.out, "<?xml", 5) == 0, "no report: %s", outcome.out);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* XML takes no bytes that are no UTF-8 and few control characters. */
START_TEST(junit_of_odd_names_is_well_formed)
{
	struct outcome outcome;

	test_write("odd.lua",
		   "case('\\xff \\xc3\\xa9 \\xed\\xa0\\x80 \\xe2\\x82 \\1 <&>', function() end)\n",
		   false);
	outcome = run_cli("run '%s' --quiet --junit /dev/stdout | grep testcase",
			  test_file("odd.lua"));
	expect_status(&outcome, 0);
	expect_in(outcome.out, "name=\"? \xc3\xa9 ??? ?? ? &lt;&amp;&gt;\"/>");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* Renaming a finished file over a device would remove the device. */
START_TEST(reports_go_into_devices)
{
	struct outcome outcome;

	test_write("pass.lua", "case('one', function() end)\n", false);
	outcome = run_shell("cd '%s' && ln -s /dev/full report && '%s' run pass.lua --junit report",
			    test_dir(), FAULTLINE);
	expect_status(&outcome, 1);
	expect_in(outcome.err, "report: No space left on device");
	outcome_free(&outcome);
	outcome = run_shell("test -L '%s'", test_file("report"));
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* stdout is one JSON object and nothing else, even if the scenario cannot be run. */
START_TEST(json_of_a_broken_scenario_is_one_object)
{
	struct outcome outcome;
	json_t *object;

	test_write("broken.lua", "local m = = 1\n", false);
	outcome = run_cli("run '%s' --json", test_file("broken.lua"));
	expect_status(&outcome, 2);
	expect_in(outcome.err, "broken.lua:1");
	object = json_loads(outcome.out, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_msg(json_is_object(object), "not one object: %s", outcome.out);
	ck_assert_str_eq(json_string_value(json_object_get(object, "verdict")), "fail");
	expect_in(json_string_value(json_object_get(object, "error")), "broken.lua:1");
	ck_assert_uint_eq(json_array_size(json_object_get(object, "cases")), 0);
	json_decref(object);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* For `git bisect run` a tree whose scenario cannot run is neither good nor bad. */
START_TEST(bisect_skips_what_cannot_run)
{
	struct outcome outcome;

	test_write("broken.lua", "local m = = 1\n", false);
	outcome = run_cli("run '%s' --bisect", test_file("broken.lua"));
	expect_status(&outcome, 125);
	outcome_free(&outcome);
	outcome = run_cli("run /nonexistent.lua --bisect");
	expect_status(&outcome, 125);
	outcome_free(&outcome);
	outcome = run_cli("run '%s/scenarios/probe.lua' --kernel no-such-kernel --bisect",
			  SOURCE_DIR);
	expect_status(&outcome, 125);
	expect_in(outcome.err, "no-such-kernel");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(unknown_command_lists_the_known);
	SUITE_CASE(no_command_shows_the_list);
	SUITE_CASE(unknown_option_lists_the_known);
	SUITE_CASE(options_and_operands_are_checked);
	SUITE_CASE(missing_files_are_named);
	SUITE_CASE(help_of_each_command);
	SUITE_CASE(help_is_the_same_by_both_ways);
	SUITE_CASE(version_is_one_line);
	SUITE_CASE(full_disk_under_the_output);
	SUITE_CASE(closed_output_is_told_and_goes_to_no_file);
	SUITE_CASE(junit_of_odd_names_is_well_formed);
	SUITE_CASE(reports_go_into_devices);
	SUITE_CASE(json_of_a_broken_scenario_is_one_object);
	SUITE_CASE(bisect_skips_what_cannot_run);
}
