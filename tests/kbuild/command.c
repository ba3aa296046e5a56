/* SPDX-License-Identifier: MIT */
/* The command's exit statuses and what it says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/kbuild/command.h"
#include "tests/kbuild/fixture.h"
#include "tests/suite.h"

/* Run in the case's own process, its output going to the files "out" and "err". */
static void expect(int status, const char *file, const char *said, const char *a, const char *b,
		   const char *c)
{
	char *argv[] = {"kernel", (char *)a, (char *)b, (char *)c, NULL}, *text;
	int argc = 1;

	while (argv[argc] != NULL)
		argc++;
	ck_assert_ptr_nonnull(freopen("out", "w", stdout));
	ck_assert_ptr_nonnull(freopen("err", "w", stderr));
	ck_assert_int_eq(kut_kernel_main(argc, argv), status);
	fflush(stdout);
	fflush(stderr);
	text = get(file);
	ck_assert_msg(strstr(text, said) != NULL, "\"%s\" does not say \"%s\"", text, said);
	free(text);
}

static void enter(void)
{
	scratch_enter();
	ck_assert_int_eq(setenv("FAULTLINE_KERNELS", "kernels", 1), 0);
}

START_TEST(unknown_option_lists_the_known_ones)
{
	enter();
	expect(2, "err", "unknown option --frob; known ones:", "add", "k", "--frob");
	expect(2, "err", "--tarball FILE", "add", "k", "--frob");
	expect(2, "err", "unknown option -x", "add", "k", "-x");
	expect(2, "err", "--tree needs an argument", "add", "k", "--tree");
}
END_TEST

START_TEST(wrong_use_is_status_2)
{
	enter();
	expect(2, "err", "usage: faultline kernel COMMAND", NULL, NULL, NULL);
	expect(2, "err", "no command \"frob\"", "frob", NULL, NULL);
	expect(2, "err", "Give its NAME", "add", NULL, NULL);
	expect(2, "err", "\"b\" is one argument too many", "remove", "a", "b");
	expect(2, "err", "\"a\" is one argument too many", "list", "a", NULL);
}
END_TEST

START_TEST(failure_is_status_1)
{
	enter();
	expect(1, "err", "no kernel gone in", "show", "gone", NULL);
	expect(1, "err", "no kernel gone in", "remove", "gone", NULL);
	expect(1, "err", "cannot name a kernel", "add", "a/b", NULL);
}
END_TEST

START_TEST(help_and_empty_list_are_status_0)
{
	enter();
	expect(0, "out", "--series PATH", "add", "--help", NULL);
	expect(0, "out", "remove", "--help", NULL, NULL);
	expect(0, "out", "no kernels in", "list", NULL, NULL);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(unknown_option_lists_the_known_ones);
	SUITE_CASE(wrong_use_is_status_2);
	SUITE_CASE(failure_is_status_1);
	SUITE_CASE(help_and_empty_list_are_status_0);
}
