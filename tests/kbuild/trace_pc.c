/* SPDX-License-Identifier: MIT */
/* --trace-pc: what is compiled with it, and what is not; and when a set is another one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel-under-test/kbuild/kbuild.h"
#include "tests/kbuild/fixture.h"
#include "tests/suite.h"

static int add(const char *name, bool trace_pc, char **why)
{
	struct kut_add_request req = {
		.name = name,
		.target = "toy",
		.tree = "tree",
		.trace_pc = trace_pc,
		.kernels_dir = "kernels",
		.resource_dir = "res",
	};

	return kut_kernel_add(&req, NULL, NULL, why);
}

static void add_ok(const char *name, bool trace_pc)
{
	char *why = NULL;

	ck_assert_msg(add(name, trace_pc, &why) == 0, "%s", why);
}

static void expect_wanted(const char *name, const char *expected)
{
	char path[64], *wanted;

	snprintf(path, sizeof(path), "kernels/%s/wanted.txt", name);
	wanted = get(path);
	ck_assert_str_eq(wanted, expected);
	free(wanted);
}

static void put_functions(void)
{
	scratch_enter();
	put_toy();
	put("tree/kernel/resource.c", "int resource(void) { return 1; }\n");
}

static char *fingerprint(const char *name)
{
	struct kut_object_set *set;
	char *why = NULL, *copy;

	ck_assert_int_eq(kut_kernel_find("kernels", name, &set, &why), 0);
	copy = strdup(set->fingerprint);
	kut_object_set_close(set);
	return copy;
}

/* kernel/resource.c is under test; what lib/ has is mostly what the runtime uses too. */
START_TEST(only_what_is_under_test_is_traced)
{
	static const char others[] = "other\tlib/two.o\nservice\tlib/one.o lib/two.o\n";
	char traced[128];

	put_functions();
	add_ok("plain", false);
	expect_wanted("plain", others);
	add_ok("traced", true);
	snprintf(traced, sizeof(traced), "__sanitizer_cov_trace_pc\tkernel/resource.o\n%s", others);
	expect_wanted("traced", traced);
}
END_TEST

START_TEST(option_makes_another_set_of_it)
{
	char *plain, *traced, *again;

	put_functions();
	add_ok("k", false);
	plain = fingerprint("k");
	add_ok("k", true);
	traced = fingerprint("k");
	ck_assert_str_ne(plain, traced);
	add_ok("k", false);
	again = fingerprint("k");
	ck_assert_str_eq(plain, again);
	expect_wanted("k", "other\tlib/two.o\nservice\tlib/one.o lib/two.o\n");
	free(plain);
	free(traced);
	free(again);
}
END_TEST

START_TEST(list_and_show_tell_it)
{
	char *why = NULL, *text = NULL;
	size_t size;
	FILE *out;

	put_functions();
	add_ok("plain", false);
	add_ok("traced", true);
	out = open_memstream(&text, &size);
	ck_assert_int_eq(kut_kernel_list("kernels", out, &why), 0);
	ck_assert_int_eq(kut_kernel_show("kernels", "traced", out, &why), 0);
	fclose(out);
	ck_assert_ptr_nonnull(strstr(text, "TRACE-PC  SERIES\nplain "));
	ck_assert_ptr_nonnull(strstr(text, " MB  -         -\ntraced "));
	ck_assert_ptr_nonnull(strstr(text, " MB  yes       -\n"));
	ck_assert_ptr_nonnull(strstr(text, "\ntrace-pc:    yes\n"));
	free(text);
}
END_TEST

START_TEST(compiler_that_cannot_is_named)
{
	char path[512], *why = NULL;

	put_functions();
	put("bin/gcc", "#!/bin/sh\n"
		       "case $* in\n"
		       "*-fsanitize-coverage*) echo 'gcc: what is coverage?' >&2; exit 1 ;;\n"
		       "*--version*) echo 'gcc (Old) 4.9'; exit ;;\n"
		       "esac\n"
		       "PATH=${PATH#*:} exec gcc \"$@\"\n");
	ck_assert_int_eq(chmod("bin/gcc", 0755), 0);
	snprintf(path, sizeof(path), "%s/bin:%s", scratch_path(), getenv("PATH"));
	setenv("PATH", path, 1);
	ck_assert_int_lt(add("k", true, &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "gcc: what is coverage?\n--trace-pc: this compiler, "
					  "gcc (Old) 4.9, does not take -fsanitize-coverage"));
	free(why);
	ck_assert(!exists("kernels/k"));
	add_ok("k", false);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(only_what_is_under_test_is_traced);
	SUITE_CASE(option_makes_another_set_of_it);
	SUITE_CASE(list_and_show_tell_it);
	SUITE_CASE(compiler_that_cannot_is_named);
}
