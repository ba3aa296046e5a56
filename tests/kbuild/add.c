/* SPDX-License-Identifier: MIT */
/* Whole object sets, of a tree of three files. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/kbuild.h"
#include "tests/kbuild/fixture.h"
#include "tests/suite.h"

static void add_ok(const char *name, const char *series)
{
	char *why = NULL;

	ck_assert_msg(add_toy(name, series, &why) == 0, "%s", why);
}

static void add_fails(const char *name, const char *series, const char *said)
{
	char *why = NULL;

	ck_assert_int_lt(add_toy(name, series, &why), 0);
	ck_assert_msg(strstr(why, said) != NULL, "\"%s\" does not say \"%s\"", why, said);
	free(why);
}

static void expect_kernels(const char *names)
{
	char *got = names_in("kernels");

	ck_assert_str_eq(got, names);
	free(got);
}

static void put_patch(const char *path, const char *from, const char *to)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "--- a/kernel/resource.c\n+++ b/kernel/resource.c\n@@ -1 +1 @@\n-%s\n+%s\n", from,
		 to);
	put(path, text);
}

START_TEST(set_is_made_whole)
{
	struct kut_object_set *set;
	char *why = NULL, *wanted;

	scratch_enter();
	put_toy();
	add_ok("k", NULL);
	expect_kernels("k");
	ck_assert_int_eq(kut_kernel_find("kernels", "k", &set, &why), 0);
	ck_assert_str_eq(set->version, "6.12.1");
	ck_assert_str_eq(set->target, "toy");
	ck_assert_uint_eq(set->n_series, 0);
	ck_assert_str_eq(set->skip_initcalls[0], "nothing_init");
	ck_assert_uint_eq(strlen(set->fingerprint), 64);
	ck_assert(exists(set->kernel_o) && exists(set->runtime_o));
	wanted = get("kernels/k/wanted.txt");
	ck_assert_str_eq(wanted, "other\tlib/two.o\nservice\tlib/one.o lib/two.o\n");
	free(wanted);
	kut_object_set_close(set);
}
END_TEST

START_TEST(users_tree_is_not_written)
{
	char *text, *names;

	scratch_enter();
	put_toy();
	put_patch("fix.patch", "int resource = 1;", "int resource = 2;");
	add_ok("k", "fix.patch");
	text = get("tree/kernel/resource.c");
	ck_assert_str_eq(text, "int resource = 1;\n");
	free(text);
	text = get("tree/Kconfig");
	ck_assert_ptr_null(strstr(text, "X86_64"));
	free(text);
	text = get("kernels/k/src/Kconfig");
	ck_assert_ptr_nonnull(strstr(text, "depends on X86_64 || ARM64"));
	free(text);
	text = get("kernels/k/src/kernel/resource.c");
	ck_assert_str_eq(text, "int resource = 2;\n");
	free(text);
	names = names_in("tree");
	ck_assert_str_eq(names, "Kconfig Makefile kernel lib");
	free(names);
}
END_TEST

START_TEST(unchanged_set_is_left_alone)
{
	struct stat before, after;

	scratch_enter();
	put_toy();
	add_ok("k", NULL);
	ck_assert_int_eq(stat("kernels/k/kernel.o", &before), 0);
	add_ok("k", NULL);
	ck_assert_ptr_nonnull(strstr(last_result, "is up to date"));
	ck_assert_str_eq(last_steps, "");
	ck_assert_int_eq(stat("kernels/k/kernel.o", &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
}
END_TEST

START_TEST(changed_runtime_makes_only_runtime_o)
{
	struct stat before, after;

	scratch_enter();
	put_toy();
	add_ok("k", NULL);
	ck_assert_int_eq(stat("kernels/k/kernel.o", &before), 0);
	put("res/modules/extra.c", "int extra;\n");
	add_ok("k", NULL);
	ck_assert_ptr_nonnull(strstr(last_result, "runtime.o made again"));
	ck_assert_int_eq(stat("kernels/k/kernel.o", &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	expect_kernels("k");
	add_ok("k", NULL);
	ck_assert_ptr_nonnull(strstr(last_result, "is up to date"));
}
END_TEST

START_TEST(changed_tree_replaces_the_set)
{
	char *text;

	scratch_enter();
	put_toy();
	add_ok("k", NULL);
	put("tree/kernel/resource.c", "int resource = 77;\n");
	add_ok("k", NULL);
	ck_assert_ptr_nonnull(strstr(last_result, "made of 3 objects"));
	ck_assert_ptr_nonnull(strstr(last_steps, "starting from the build of k"));
	text = get("kernels/k/src/kernel/resource.c");
	ck_assert_str_eq(text, "int resource = 77;\n");
	free(text);
	expect_kernels("k");
}
END_TEST

static bool holds(const char *path, const char *wanted)
{
	char *text = get(path);
	bool found = strstr(text, wanted) != NULL;

	free(text);
	return found;
}

/* A kernel, and a series for it, to which a test adds. */
static void put_toy_and_series(void)
{
	scratch_enter();
	put_toy();
	put_patch("res/series/ours/0001.patch", "int resource = 1;", "int resource = 2;");
}

START_TEST(modules_of_a_series_come_with_it)
{
	put_toy_and_series();
	put("res/modules/ours/probe.c", "int probe;\n");
	add_ok("plain", NULL);
	add_ok("with", "ours");
	ck_assert(!holds("kernels/plain/manifest.json", "probe.c"));
	ck_assert(holds("kernels/with/manifest.json", "modules/ours/probe.c"));
}
END_TEST

START_TEST(series_share_modules)
{
	put_toy_and_series();
	put("res/modules/ours/seam.c", "int seam;\n");
	put("res/modules/ours/shared.txt", "# a comment\ncommon\n");
	put("res/modules/shared/common/probe.c", "int probe;\n");
	put("res/modules/shared/other/unused.c", "int unused;\n");
	add_ok("plain", NULL);
	add_ok("with", "ours");
	ck_assert(!holds("kernels/plain/manifest.json", "probe.c"));
	ck_assert(holds("kernels/with/manifest.json", "modules/ours/seam.c"));
	ck_assert(holds("kernels/with/manifest.json", "modules/shared/common/probe.c"));
	ck_assert(!holds("kernels/with/manifest.json", "unused.c"));
	put("res/modules/shared/common/probe.c", "int probe = 1;\n");
	add_ok("plain", NULL);
	ck_assert_ptr_nonnull(strstr(last_result, "is up to date"));
	add_ok("with", "ours");
	ck_assert_ptr_nonnull(strstr(last_result, "runtime.o made again"));
}
END_TEST

START_TEST(shared_modules_that_are_not_there_are_refused)
{
	put_toy_and_series();
	put("res/modules/ours/shared.txt", "missing\n");
	add_fails("with", "ours", "shared.txt: no sources in");
	expect_kernels("");
}
END_TEST

START_TEST(options_of_a_series_override_the_targets)
{
	put_toy_and_series();
	put("res/series/ours/faultline.config", "CONFIG_A=m\n");
	add_ok("plain", NULL);
	add_ok("with", "ours");
	ck_assert(!holds("kernels/plain/src/build/.config", "CONFIG_A=m"));
	ck_assert(holds("kernels/with/src/build/.config", "CONFIG_A=m"));
	put("res/series/ours/faultline.config", "CONFIG_UNMET=y\n");
	add_fails("again", "ours", "CONFIG_UNMET=y: is not set");
	expect_kernels("plain with");
}
END_TEST

START_TEST(header_that_hides_another_starts_a_new_build)
{
	scratch_enter();
	put_toy();
	add_ok("k", NULL);
	put("kernels/k/src/build/of-the-first", "");
	put("res/overrides/kut/forced.h", "#define FORCED 4\n");
	add_ok("k", NULL);
	ck_assert(exists("kernels/k/src/build/of-the-first"));
	put("res/overrides/linux/new.h", "");
	add_ok("k", NULL);
	ck_assert(!exists("kernels/k/src/build/of-the-first"));
}
END_TEST

START_TEST(failed_series_leaves_nothing)
{
	scratch_enter();
	put_toy();
	put_patch("bad.patch", "no such line", "anything");
	add_fails("k", "bad.patch", "does not apply");
	expect_kernels("");
}
END_TEST

START_TEST(compiler_error_is_shown_and_the_old_set_stays)
{
	char *text;

	scratch_enter();
	put_toy();
	add_ok("k", NULL);
	put_patch("bad.patch", "int resource = 1;", "int resource = nonsense;");
	add_fails("k", "bad.patch", "'nonsense' undeclared");
	add_fails("k", "bad.patch", "\nkernel/resource.o did not compile");
	expect_kernels("k");
	text = get("kernels/k/src/kernel/resource.c");
	ck_assert_str_eq(text, "int resource = 1;\n");
	free(text);
}
END_TEST

START_TEST(runtime_error_is_shown)
{
	scratch_enter();
	put_toy();
	put("res/runtime/service.c", "int x = nonsense;\n");
	add_fails("k", NULL, "'nonsense' undeclared");
	expect_kernels("");
}
END_TEST

START_TEST(dropped_option_is_an_error)
{
	scratch_enter();
	put_toy();
	put("res/targets/toy.config", "CONFIG_A=y\nCONFIG_UNMET=y\n");
	add_fails("k", NULL, "CONFIG_UNMET=y: is not set");
	expect_kernels("");
}
END_TEST

START_TEST(bad_sources_are_refused)
{
	scratch_enter();
	put_toy();
	put("tree/Makefile", "all:\n");
	add_fails("k", NULL, "no Linux kernel tree");
	put("tree/Makefile", "VERSION = 4\nPATCHLEVEL = 4\n");
	add_fails("k", NULL, "the tree is Linux 4.4; target toy supports: 6.12");
	ck_assert_int_eq(rename("tree", "moved"), 0);
	add_fails("k", NULL, "cannot open the tree tree: No such file");
	expect_kernels("");
}
END_TEST

START_TEST(missing_package_says_what_to_install)
{
	struct kut_add_request req = {.name = "k",
				      .target = "toy",
				      .package = "linux-source-9.9",
				      .package_dir = ".",
				      .kernels_dir = "kernels",
				      .resource_dir = "res"};
	char *why = NULL;

	scratch_enter();
	put_toy();
	ck_assert_int_eq(kut_kernel_add(&req, NULL, NULL, &why), -ENOENT);
	ck_assert_ptr_nonnull(strstr(why, "apt-get install linux-source-9.9"));
	free(why);
}
END_TEST

/* Without a source the default package is meant: not in place of another tree. */
START_TEST(folder_that_cannot_be_made_is_named)
{
	struct kut_add_request req = {
		.name = "k", .target = "toy", .kernels_dir = "/dev/null/kernels"};
	char *why = NULL;

	ck_assert_int_lt(kut_kernel_add(&req, NULL, NULL, &why), 0);
	ck_assert_str_eq(why, "cannot make the folder /dev/null/kernels: Not a directory");
	free(why);
}
END_TEST

START_TEST(default_package_replaces_no_other_source)
{
	struct kut_add_request req = {.name = "k",
				      .target = "toy",
				      .package_dir = ".",
				      .kernels_dir = "kernels",
				      .resource_dir = "res"};
	char *why = NULL, *text;

	scratch_enter();
	put_toy();
	add_ok("k", NULL);
	ck_assert_int_eq(
		system("cp -r tree other && echo 'int resource = 5;' > other/kernel/resource.c "
		       "&& tar czf linux-source-6.12.tar.gz other"),
		0);
	ck_assert_int_eq(kut_kernel_add(&req, NULL, NULL, &why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why, "the set k was made of"));
	free(why);
	text = get("kernels/k/src/kernel/resource.c");
	ck_assert_ptr_null(strstr(text, "= 5;"));
	free(text);
	req.package = "linux-source-6.12";
	ck_assert_msg(kut_kernel_add(&req, NULL, NULL, &why) == 0, "%s", why);
}
END_TEST

START_TEST(tarball_is_unpacked_once)
{
	struct kut_add_request req = {.name = "k",
				      .target = "toy",
				      .tarball = "toy.tar.gz",
				      .kernels_dir = "kernels",
				      .resource_dir = "res"};
	char *why = NULL;

	scratch_enter();
	put_toy();
	ck_assert_int_eq(system("tar czf toy.tar.gz tree && rm -r tree"), 0);
	ck_assert_msg(kut_kernel_add(&req, NULL, NULL, &why) == 0, "%s", why);
	put("junk.tar.gz", "junk\n");
	req.tarball = "junk.tar.gz";
	ck_assert_int_lt(kut_kernel_add(&req, NULL, NULL, &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "tar cannot unpack"));
	free(why);
	why = names_in("kernels/.trees");
	ck_assert_uint_eq(strlen(why), strlen("tarball-0123456789abcdef"));
	free(why);
	expect_kernels("k");
}
END_TEST

START_TEST(checkout_gives_its_tracked_files)
{
	scratch_enter();
	put_toy();
	if (system("git --version >git.log 2>&1") != 0)
		return; /* git is not among what the project needs */
	ck_assert_int_eq(system("cd tree && git init -q . && git add . && git -c user.name=a "
				"-c user.email=a@b commit -q -m x"),
			 0);
	put("tree/lib/untracked.c", "int untracked;\n");
	put("tree/lib/one.o", "not an object\n");
	put("tree/kernel/resource.c", "int resource = 5;\n");
	add_ok("k", NULL);
	ck_assert(!exists("kernels/k/src/lib/untracked.c"));
	ck_assert(!exists("kernels/k/src/lib/one.o"));
	ck_assert(exists("tree/lib/untracked.c"));
	add_ok("k", NULL);
	ck_assert_ptr_nonnull(strstr(last_result, "is up to date"));
	put("tree/kernel/resource.c", "int resource = 6;\n");
	add_ok("k", NULL);
	ck_assert_ptr_nonnull(strstr(last_result, "made of"));
}
END_TEST

START_TEST(names_are_checked)
{
	static const char *const bad[] = {"", ".x", "-x", "a/b", "a b", "k.tmp-1"};

	scratch_enter();
	put_toy();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		add_fails(bad[i], NULL, "cannot name a kernel");
}
END_TEST

START_TEST(leftovers_of_a_killed_add_are_removed)
{
	scratch_enter();
	put_toy();
	put("kernels/k.tmp-1/src/x", "half-made\n");
	add_ok("k", NULL);
	expect_kernels("k");
}
END_TEST

START_TEST(name_in_use_is_refused)
{
	int fd;

	scratch_enter();
	put_toy();
	put("kernels/.locks/k", "");
	fd = open("kernels/.locks/k", O_RDWR);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	add_fails("k", NULL, "worked on by another process");
	close(fd);
	add_ok("k", NULL);
}
END_TEST

START_TEST(damaged_set_is_named_and_made_again)
{
	struct kut_object_set *set;
	char *why = NULL;

	scratch_enter();
	put_toy();
	add_ok("k", NULL);
	put("kernels/k/manifest.json", "{ \"format\": 1, \"name\": ");
	ck_assert_int_lt(kut_kernel_find("kernels", "k", &set, &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "manifest.json is damaged (line 1"));
	put("kernels/k/manifest.json", "{ \"format\": 1, \"version\": 6.12 }");
	ck_assert_int_lt(kut_kernel_find("kernels", "k", &set, &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "\"version\" is missing or of the wrong kind"));
	put("kernels/k/manifest.json", "{ \"format\": 99 }");
	ck_assert_int_lt(kut_kernel_find("kernels", "k", &set, &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "not a manifest of this version"));
	add_ok("k", NULL);
	ck_assert_int_eq(kut_kernel_find("kernels", "k", &set, &why), 0);
	kut_object_set_close(set);
	ck_assert_int_eq(unlink("kernels/k/kernel.o"), 0);
	ck_assert_int_lt(kut_kernel_find("kernels", "k", &set, &why), 0);
	ck_assert_ptr_nonnull(strstr(why, "lacks kernel.o"));
	free(why);
}
END_TEST

START_TEST(list_show_and_remove)
{
	char *why = NULL, *text = NULL;
	size_t size;
	FILE *out;

	scratch_enter();
	put_toy();
	put_patch("fix.patch", "int resource = 1;", "int resource = 2;");
	add_ok("k", "fix.patch");
	put("kernels/hurt/manifest.json", "junk");
	out = open_memstream(&text, &size);
	ck_assert_int_eq(kut_kernel_list("kernels", out, &why), 0);
	ck_assert_int_eq(kut_kernel_show("kernels", "k", out, &why), 0);
	fclose(out);
	ck_assert_ptr_nonnull(strstr(text, "k                        6.12.1       toy"));
	ck_assert_ptr_nonnull(strstr(text, "hurt                     "));
	ck_assert_ptr_nonnull(strstr(text, "series fix:\n  fix\n"));
	free(text);
	ck_assert_int_eq(kut_kernel_remove("kernels", "k", &why), 0);
	expect_kernels("hurt");
	ck_assert_int_eq(kut_kernel_remove("kernels", "k", &why), -ENOENT);
	ck_assert_ptr_nonnull(strstr(why, "no kernel k in"));
	free(why);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(set_is_made_whole);
	SUITE_CASE(users_tree_is_not_written);
	SUITE_CASE(unchanged_set_is_left_alone);
	SUITE_CASE(changed_runtime_makes_only_runtime_o);
	SUITE_CASE(changed_tree_replaces_the_set);
	SUITE_CASE(modules_of_a_series_come_with_it);
	SUITE_CASE(series_share_modules);
	SUITE_CASE(shared_modules_that_are_not_there_are_refused);
	SUITE_CASE(options_of_a_series_override_the_targets);
	SUITE_CASE(header_that_hides_another_starts_a_new_build);
	SUITE_CASE(failed_series_leaves_nothing);
	SUITE_CASE(compiler_error_is_shown_and_the_old_set_stays);
	SUITE_CASE(runtime_error_is_shown);
	SUITE_CASE(dropped_option_is_an_error);
	SUITE_CASE(bad_sources_are_refused);
	SUITE_CASE(missing_package_says_what_to_install);
	SUITE_CASE(folder_that_cannot_be_made_is_named);
	SUITE_CASE(default_package_replaces_no_other_source);
	SUITE_CASE(tarball_is_unpacked_once);
	SUITE_CASE(checkout_gives_its_tracked_files);
	SUITE_CASE(names_are_checked);
	SUITE_CASE(leftovers_of_a_killed_add_are_removed);
	SUITE_CASE(name_in_use_is_refused);
	SUITE_CASE(damaged_set_is_named_and_made_again);
	SUITE_CASE(list_show_and_remove);
}
