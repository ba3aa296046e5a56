/* SPDX-License-Identifier: MIT */
/* What is generated from the option tables and from the sources. */
#include <stdlib.h>
#include <string.h>

#include "tests/cli/common.h"

START_TEST(committed_reference_is_the_generated_one)
{
	struct outcome diff = run_shell("'%s' help --markdown | diff -u '%s/docs/cli.md' -",
					FAULTLINE, SOURCE_DIR);

	ck_assert_msg(diff.status == 0,
		      "docs/cli.md is out of date; run: faultline help --markdown >docs/cli.md\n%s",
		      diff.out);
	outcome_free(&diff);
	test_clean();
}
END_TEST

START_TEST(reference_has_every_option_of_help)
{
	struct outcome reference = run_cli("help --markdown");
	struct outcome help = run_cli("help run");
	char *option = help.out;

	while ((option = strstr(option, "--"))) {
		char name[64] = "`";

		strncat(name, option, strcspn(option, " \n`"));
		expect_in(reference.out, name);
		option += 2;
	}
	outcome_free(&help);
	outcome_free(&reference);
	test_clean();
}
END_TEST

START_TEST(man_pages_are_written)
{
	static const char *const pages[] = {"faultline", "faultline-run", "faultline-trace-show",
					    "faultline-test"};
	struct outcome outcome = run_cli("help --man '%s/man'", test_dir());

	expect_status(&outcome, 0);
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		struct outcome page = run_shell("cat '%s/man/%s.1'", test_dir(), pages[i]);

		expect_status(&page, 0);
		expect_in(page.out, ".TH ");
		expect_in(page.out, ".SH NAME");
		outcome_free(&page);
	}
	outcome_free(&outcome);
	outcome = run_shell("ls '%s/man'", test_dir());
	expect_not_in(outcome.out, "boot-once");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(man_folder_that_cannot_be_made)
{
	struct outcome outcome = run_cli("help --man '%s/a/b'", test_dir());

	expect_status(&outcome, 1);
	expect_in(outcome.err, "/a/b");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* Source the script in bash and ask it as readline would. */
static void completes(const char *words, int n, const char *expected)
{
	struct outcome outcome = run_shell("cd '%s' && bash -c 'source <(\"%s\" help "
					   "--bash-completion) && COMP_WORDS=(%s) && "
					   "COMP_CWORD=%d && _faultline && "
					   "echo \"${COMPREPLY[*]}\"'",
					   test_dir(), FAULTLINE, words, n);

	expect_status(&outcome, 0);
	outcome.out[strcspn(outcome.out, "\n")] = '\0';
	ck_assert_str_eq(outcome.out, expected);
	outcome_free(&outcome);
}

START_TEST(bash_completes)
{
	test_write("x.lua", "", false);
	completes("faultline re", 1, "replay");
	completes("faultline tr", 1, "trace");
	completes("faultline run --se", 2, "--seed");
	completes("faultline run x", 2, "x.lua");
	completes("faultline trace sh", 2, "show");
	completes("faultline kernel re", 2, "remove");
	completes("faultline kernel add --ser", 3, "--series");
	completes("faultline bench sm", 2, "smmu");
	test_clean();
}
END_TEST

START_TEST(committed_stand_ins_are_the_generated_ones)
{
	struct outcome diff = run_shell("cd '%s/kernel-under-test/runtime' && "
					"awk -f stand-ins.awk constants.c seam_constants.c | "
					"diff -u ../../docs/stand-ins.md -",
					SOURCE_DIR);

	ck_assert_msg(diff.status == 0,
		      "docs/stand-ins.md is out of date; it says how to make it\n%s", diff.out);
	outcome_free(&diff);
	test_clean();
}
END_TEST

START_TEST(stand_in_without_a_reason_is_refused)
{
	struct outcome outcome;

	test_write("x.c", "/* The file's. */\n#include <a.h>\n\nint f(void)\n{\n\treturn 0;\n}\n",
		   false);
	outcome = run_shell("awk -f '%s/kernel-under-test/runtime/stand-ins.awk' '%s'", SOURCE_DIR,
			    test_file("x.c"));
	expect_status(&outcome, 1);
	expect_in(outcome.err, "f() has no reason in front of it");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(committed_reference_is_the_generated_one);
	SUITE_CASE(committed_stand_ins_are_the_generated_ones);
	SUITE_CASE(stand_in_without_a_reason_is_refused);
	SUITE_CASE(reference_has_every_option_of_help);
	SUITE_CASE(man_pages_are_written);
	SUITE_CASE(man_folder_that_cannot_be_made);
	SUITE_CASE(bash_completes);
}
