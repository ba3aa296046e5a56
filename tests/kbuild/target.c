/* SPDX-License-Identifier: MIT */
/* Target files, Kconfig edits, .config fragments, saved commands of Kbuild. */
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/kbuild/build.h"
#include "kernel-under-test/kbuild/target.h"
#include "tests/kbuild/fixture.h"
#include "tests/suite.h"

static const char kconfig[] = "config OTHER\n"
			      "\tdepends on ARM64\n"
			      "\n"
			      "menuconfig LPAE\n"
			      "\tbool \"lpae\"\n"
			      "\tdepends on ARM || ARM64 || COMPILE_TEST\n"
			      "\tdepends on !ATOMIC64\t# ARM64 has it\n"
			      "\n"
			      "\thelp\n"
			      "\t  depends on ARM64\n"
			      "\n"
			      "config LPAE_TEST\n"
			      "\tbool\n";

/* Apply one edit to kconfig; 0, or the error with its text checked. */
static void expect_edit(const char *edit, const char *result)
{
	struct kut_target target;
	char text[512], *why = NULL, *got;

	put("t/Kconfig", kconfig);
	snprintf(text, sizeof(text), "version 1.2\nconfig c\nobjects lib a\nkconfig %s\n", edit);
	put("res/targets/x-1.2.target", text);
	put("res/targets/c", "");
	ck_assert_msg(kut_target_read(&target, "res", "x", "1.2.3", &why) == 0, "%s", why);
	if (kut_kconfig_apply(&target, "t", &why) == 0) {
		got = get("t/Kconfig");
		ck_assert_ptr_nonnull(strstr(got, result));
		free(got);
	} else {
		ck_assert_msg(strstr(why, result) != NULL, "\"%s\"", why);
	}
	free(why);
	kut_target_free(&target);
}

START_TEST(edit_widens_the_symbols_own_line)
{
	char *got;

	scratch_enter();
	expect_edit(
		"Kconfig LPAE ARM64 X86_64",
		"\tdepends on X86_64 || ARM || ARM64 || COMPILE_TEST\n\tdepends on !ATOMIC64\t#");
	got = get("t/Kconfig");
	ck_assert_ptr_nonnull(strstr(got, "config OTHER\n\tdepends on ARM64\n"));
	free(got);
}
END_TEST

START_TEST(edit_that_is_there_changes_nothing)
{
	scratch_enter();
	expect_edit("Kconfig LPAE ARM64 COMPILE_TEST", kconfig);
}
END_TEST

START_TEST(edit_without_its_place_is_an_error)
{
	scratch_enter();
	expect_edit("Kconfig NONE ARM64 X86_64", "Kconfig: no config NONE");
	expect_edit("Kconfig LPAE_TEST ARM64 X86_64", "config LPAE_TEST has no \"depends on\"");
	expect_edit("Kconfig LPAE RISCV X86_64", "line with RISCV");
	expect_edit("gone/Kconfig LPAE ARM64 X86_64", "gone/Kconfig");
}
END_TEST

/* As expect_edit(), with another statement, twice. */
static void expect_twice(const char *statement, const char *result)
{
	struct kut_target target;
	char text[512], *why = NULL, *got;
	int ret;

	put("t/Kconfig", kconfig);
	snprintf(text, sizeof(text), "version 1.2\nconfig c\nobjects lib a\n%s\n", statement);
	put("res/targets/x-1.2.target", text);
	put("res/targets/c", "");
	ck_assert_int_eq(kut_target_read(&target, "res", "x", "1.2.3", &why), 0);
	ret = kut_kconfig_apply(&target, "t", &why);
	if (ret == 0)
		ret = kut_kconfig_apply(&target, "t", &why); /* changes nothing again */
	got = ret == 0 ? get("t/Kconfig") : strdup(why);
	ck_assert_msg(strstr(got, result) != NULL, "\"%s\"", got);
	free(got);
	free(why);
	kut_target_free(&target);
}

START_TEST(select_is_added_once)
{
	scratch_enter();
	expect_twice("select Kconfig LPAE MSI", "menuconfig LPAE\n\tselect MSI\n\tbool");
	expect_twice("select Kconfig LPAE_TEST MSI", "config LPAE_TEST\n\tselect MSI\n\tbool");
	expect_twice("select Kconfig NONE MSI", "Kconfig: no config NONE");
}
END_TEST

START_TEST(line_is_appended_once)
{
	char *got, *first;

	scratch_enter();
	expect_twice("append Kconfig config NEW\nappend Kconfig def_bool y",
		     "config LPAE_TEST\n\tbool\nconfig NEW\ndef_bool y\n");
	got = get("t/Kconfig");
	first = strstr(got, "config NEW");
	ck_assert_ptr_null(strstr(first + 1, "config NEW"));
	free(got);
	expect_twice("append Kconfig config LPAE_TEST", kconfig); /* it has that line */
	expect_twice("append gone/Kconfig x", "gone/Kconfig");
}
END_TEST

START_TEST(file_of_the_major_version_serves_the_others)
{
	struct kut_target target;
	char *why = NULL;

	scratch_enter();
	put("res/targets/x-7.target", "version 7\nconfig c\nobjects lib a\ncompiler-headers\n");
	put("res/targets/x-7.2.target", "version 7.2\nconfig c\nobjects lib a\n");
	put("res/targets/c", "");
	ck_assert_int_eq(kut_target_read(&target, "res", "x", "7.3.4", &why), 0);
	ck_assert_str_eq(target.version, "7");
	ck_assert(target.compiler_headers);
	kut_target_free(&target);
	ck_assert_int_eq(kut_target_read(&target, "res", "x", "7.2.1", &why), 0);
	ck_assert_str_eq(target.version, "7.2");
	ck_assert(!target.compiler_headers);
	kut_target_free(&target);
	ck_assert_int_ne(kut_target_read(&target, "res", "x", "70.1", &why), 0);
	free(why);
}
END_TEST

START_TEST(included_file_counts_in_its_place)
{
	struct kut_target target, again;
	char *why = NULL;

	scratch_enter();
	put("res/targets/x-1.2.target", "version 1.2\nconfig c\nobjects lib a\n");
	put("res/targets/x-more-1.2.target",
	    "include x-1.2.target\nconfig more\nobjects lib b\nskip-initcall f\n");
	put("res/targets/c", "CONFIG_A=y\n");
	put("res/targets/more", "CONFIG_B=y\n");
	ck_assert_msg(kut_target_read(&target, "res", "x-more", "1.2.3", &why) == 0, "%s", why);
	ck_assert_str_eq(target.name, "x-more");
	ck_assert_str_eq(target.version, "1.2");
	ck_assert_uint_eq(target.configs.n, 2);
	ck_assert_str_eq(target.configs.item[0], "res/targets/c");
	ck_assert_str_eq(target.configs.item[1], "res/targets/more");
	ck_assert_uint_eq(target.n_links, 2);
	ck_assert_str_eq(target.link[0].path, "lib/a.o");
	ck_assert_str_eq(target.link[1].path, "lib/b.o");
	/* What changes an included file, or its fragment, changes the target. */
	put("res/targets/c", "CONFIG_A=m\n");
	ck_assert_int_eq(kut_target_read(&again, "res", "x-more", "1.2.3", &why), 0);
	ck_assert_str_ne(again.fingerprint, target.fingerprint);
	kut_target_free(&again);
	put("res/targets/c", "CONFIG_A=y\n");
	put("res/targets/x-1.2.target", "version 1.2\nconfig c\nobjects lib a # the same\n");
	ck_assert_int_eq(kut_target_read(&again, "res", "x-more", "1.2.3", &why), 0);
	ck_assert_str_ne(again.fingerprint, target.fingerprint);
	kut_target_free(&again);
	kut_target_free(&target);
}
END_TEST

START_TEST(wrong_include_is_told)
{
	struct kut_target target;
	char *why = NULL;

	scratch_enter();
	put("res/targets/x-1.2.target", "version 1.2\nconfig c\nobjects lib a\ninclude gone\n");
	put("res/targets/c", "");
	ck_assert_int_lt(kut_target_read(&target, "res", "x", "1.2", &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "res/targets/gone"));
	put("res/targets/x-1.2.target", "version 1.2\ninclude x-1.2.target\n");
	ck_assert_int_lt(kut_target_read(&target, "res", "x", "1.2", &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "include each other"));
	put("res/targets/x-1.2.target", "include y\n");
	put("res/targets/y", "object lib a\n");
	ck_assert_int_lt(kut_target_read(&target, "res", "x", "1.2", &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "y:1: \"object\""));
	/* x-more is another target, and not a version of x. */
	put("res/targets/x-more-1.2.target", "");
	ck_assert_int_lt(kut_target_read(&target, "res", "x", "3.4", &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "supports: 1.2 ("));
	free(why);
}
END_TEST

START_TEST(target_file_is_chosen_by_version)
{
	struct kut_target target;
	char *why = NULL;

	scratch_enter();
	put_toy();
	put("res/targets/toy-5.10.target", "version 5.10\n");
	ck_assert_int_eq(kut_target_read(&target, "res", "toy", "6.12.117", &why), 0);
	ck_assert_str_eq(target.version, "6.12");
	ck_assert_uint_eq(target.n_links, 3);
	ck_assert_str_eq(target.link[2].path, "kernel/resource.o");
	ck_assert_str_eq(target.forced[0].object, "two");
	ck_assert_str_eq(target.skip_initcalls.item[0], "nothing_init");
	kut_target_free(&target);
	ck_assert_int_lt(kut_target_read(&target, "res", "toy", "6.1.117", &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "the tree is Linux 6.1.117; target toy supports: 5.10, "
					  "6.12"));
	ck_assert_int_lt(kut_target_read(&target, "res", "ploy", "6.12", &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "no target ploy in res/targets; there: toy"));
	free(why);
}
END_TEST

START_TEST(wrong_target_file_names_its_line)
{
	struct kut_target target;
	char *why = NULL;

	scratch_enter();
	put("res/targets/x-1.2.target", "version 1.2\n\nobject lib a\n");
	ck_assert_int_lt(kut_target_read(&target, "res", "x", "1.2", &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "x-1.2.target:3: \"object\""));
	put("res/targets/x-1.2.target", "version 1.2\nobjects lib a\n");
	ck_assert_int_lt(kut_target_read(&target, "res", "x", "1.2", &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "needs a version, a config and objects"));
	free(why);
}
END_TEST

START_TEST(later_fragment_overrides)
{
	struct kut_list files = {0}, lines = {0};
	char *why = NULL, *all;

	scratch_enter();
	put("a", "# a comment\nCONFIG_A=y\nCONFIG_B=12\n# CONFIG_C is not set\n");
	put("b", "CONFIG_C=y \n\nCONFIG_A=n\n");
	kut_list_add(&files, "a");
	kut_list_add(&files, "b");
	ck_assert_msg(kut_config_lines(&files, &lines, &why) == 0, "%s", why);
	all = kut_list_join(&lines, "|");
	ck_assert_str_eq(all, "# CONFIG_A is not set|CONFIG_B=12|CONFIG_C=y");
	free(all);
	put("b", "CONFIG_C=y\nA=y\n");
	ck_assert_int_lt(kut_config_lines(&files, &lines, &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "b:2: \"A=y\" sets no option"));
	free(why);
	kut_list_free(&files);
	kut_list_free(&lines);
}
END_TEST

START_TEST(dropped_options_are_named)
{
	struct kut_list lines = {0};
	char *why = NULL;

	scratch_enter();
	put("c", "# head\nCONFIG_A=y\nCONFIG_AB=y\nCONFIG_N=12\n# CONFIG_D is not set\n");
	kut_list_add(&lines, "CONFIG_A=y");
	kut_list_add(&lines, "# CONFIG_D is not set");
	kut_list_add(&lines, "# CONFIG_UNKNOWN is not set");
	ck_assert_msg(kut_config_check(&lines, "c", &why) == 0, "%s", why);
	kut_list_add(&lines, "CONFIG_N=1");
	kut_list_add(&lines, "CONFIG_GONE=y");
	kut_list_add(&lines, "# CONFIG_AB is not set");
	ck_assert_int_lt(kut_config_check(&lines, "c", &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "CONFIG_N=1: became CONFIG_N=12"));
	ck_assert_ptr_nonnull(strstr(why, "CONFIG_GONE=y: is not set"));
	ck_assert_ptr_nonnull(strstr(why, "# CONFIG_AB is not set: became CONFIG_AB=y"));
	ck_assert_ptr_null(strstr(why, "CONFIG_A=y"));
	free(why);
	kut_list_free(&lines);
}
END_TEST

START_TEST(saved_flags_are_unquoted)
{
	struct kut_list flags = {0};
	char *why = NULL, *all;

	scratch_enter();
	put("x.cmd", "savedcmd_kernel/resource.o := gcc -Wp,-MMD,kernel/.x.d -nostdinc -I../o "
		     "-DA='\"a b\"' -DKBUILD_MODFILE='\"kernel/resource\"' -DB=\\\"c\\\" "
		     "-D__KBUILD_MODNAME=kmod_resource -fsanitize-coverage=trace-pc -c -o "
		     "kernel/resource.o ../r.c ; "
		     "./tools/objtool/objtool x\n\nsource_x := y\n");
	ck_assert_msg(kut_saved_flags("x.cmd", &flags, &why) == 0, "%s", why);
	all = kut_list_join(&flags, "|");
	ck_assert_str_eq(all, "gcc|-nostdinc|-I../o|-DA=\"a b\"|-DB=\"c\"");
	free(all);
	kut_list_free(&flags);
	put("x.cmd", "nothing\n");
	ck_assert_int_lt(kut_saved_flags("x.cmd", &flags, &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "x.cmd: no compile command"));
	free(why);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(edit_widens_the_symbols_own_line);
	SUITE_CASE(edit_that_is_there_changes_nothing);
	SUITE_CASE(edit_without_its_place_is_an_error);
	SUITE_CASE(select_is_added_once);
	SUITE_CASE(line_is_appended_once);
	SUITE_CASE(file_of_the_major_version_serves_the_others);
	SUITE_CASE(included_file_counts_in_its_place);
	SUITE_CASE(wrong_include_is_told);
	SUITE_CASE(target_file_is_chosen_by_version);
	SUITE_CASE(wrong_target_file_names_its_line);
	SUITE_CASE(later_fragment_overrides);
	SUITE_CASE(dropped_options_are_named);
	SUITE_CASE(saved_flags_are_unquoted);
}
