// SPDX-License-Identifier: MIT
/* Recording and replaying runs: what differs, what is damaged, and disks that are full. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenario/common.h"

static const char scenario[] = BOOT
	"case('one', function() local b = d:map '4K' expect.ok(d:write(b.iova, 'x')) end)\n"
	"case('two', function() local b = d:map '8K' expect.ok(d:fill(b.iova, '8K', 3)) end)\n";

static void record(const char *options)
{
	struct outcome outcome;

	test_write("r.lua", scenario, false);
	outcome = run_shell("cd '%s' && '%s' run r.lua -q --seed 5 --trace r.trc %s", test_dir(),
			    FAULTLINE, options);
	expect_status(&outcome, 0);
	outcome_free(&outcome);
}

static struct outcome replay(void)
{
	return run_shell("cd '%s' && timeout 30 '%s' replay r.trc -q", test_dir(), FAULTLINE);
}

static void expect_last_line(const struct outcome *a, const struct outcome *b)
{
	const char *digest = strstr(a->out, "# seed");

	ck_assert_ptr_nonnull(digest);
	ck_assert_msg(strstr(b->out, digest) != NULL, "%s and %s", a->out, b->out);
}

START_TEST(a_replay_is_the_same_run)
{
	struct outcome first, outcome;

	if (no_kernel("6.12"))
		return;
	record("");
	first = run_shell("cd '%s' && '%s' run r.lua -q --seed 5", test_dir(), FAULTLINE);
	outcome = replay();
	expect_status(&outcome, 0);
	expect_last_line(&first, &outcome);
	outcome_free(&first);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* Fault points that the command line arms: with another kernel log, another run. */
START_TEST(fault_points_are_replayed)
{
	struct outcome outcome;

	if (no_kernel("6.12"))
		return;
	record("--fault mem.alloc:11@arm_smmu_device_probe,smmu.tlbi-lost:9 --filter 'o*'");
	outcome = replay();
	expect_status(&outcome, 0);
	expect_in(outcome.out, "ok 1 one");
	expect_not_in(outcome.out, "two");
	outcome_free(&outcome);
	outcome = run_shell("cd '%s' && '%s' trace show r.trc | grep 'Failed in '", test_dir(),
			    FAULTLINE);
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(fault_that_never_comes_is_told)
{
	struct outcome outcome;

	if (no_kernel("6.12"))
		return;
	test_write("r.lua", scenario, false);
	outcome = run_shell("cd '%s' && '%s' run r.lua -q --fault "
			    "mem.alloc:1@no_such_function,smmu.tlbi-lost",
			    test_dir(), FAULTLINE);
	expect_in(outcome.out, "# --fault: has not happened: mem.alloc (of 0 occurrences");
	expect_not_in(outcome.out, "smmu.tlbi-lost (of");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(fault_lists_that_are_wrong)
{
	static const struct {
		const char *list, *message;
	} wrong[] = {
		{"bla:3", "there is no fault point \"bla\""},
		{"", "there is no fault point \"\""},
		{"mem.alloc,", "there is no fault point \"\""},
		{"mem.alloc:x", "mem.alloc: FIRST and COUNT are numbers from 1 on"},
		{"mem.alloc:0", "FIRST and COUNT are numbers from 1 on"},
		{"mem.alloc:1:0", "FIRST and COUNT are numbers from 1 on"},
		{"mem.alloc:1:2:3", "FIRST and COUNT are numbers from 1 on"},
		{"mem.alloc:99999999999999999999", "FIRST and COUNT are numbers from 1 on"},
		{"mem.alloc@", "behind @ a function's name is wanted"},
		{"smmu.tlbi-lost@f", "smmu.tlbi-lost is no point of memory"},
		{"mem.alloc:1,mem.alloc:5", "mem.alloc is there twice"},
	};

	test_write("r.lua", scenario, false);
	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct outcome outcome = run_shell("cd '%s' && '%s' run r.lua -q --fault '%s'",
						   test_dir(), FAULTLINE, wrong[i].list);

		expect_status(&outcome, 2);
		expect_in(outcome.err, wrong[i].message);
		outcome_free(&outcome);
	}
	test_clean();
}
END_TEST

START_TEST(a_filter_is_replayed)
{
	struct outcome outcome;

	if (no_kernel("6.12"))
		return;
	record("--filter 't*'");
	outcome = replay();
	expect_status(&outcome, 0);
	expect_in(outcome.out, "ok 1 two\n1..1\n");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(one_more_dma_is_shown_with_both_sides)
{
	struct outcome outcome;

	if (no_kernel("6.12"))
		return;
	record("");
	test_write("r.lua",
		   BOOT
		   "case('one', function() local b = d:map '4K' expect.ok(d:write(b.iova, 'x'))\n"
		   "expect.ok(d:read(b.iova, 4)) end)\n",
		   false);
	outcome = replay();
	expect_status(&outcome, 1);
	expect_in(outcome.out, "# the scenario has changed since the recording\n");
	expect_in(outcome.out, "first difference at record ");
	expect_in(outcome.out, "\n# - [");
	expect_in(outcome.out, "\n# + [");
	expect_in(outcome.out, "not ok 2 run\n1..2\n");
	outcome_free(&outcome);
	/* Less than what was recorded is a difference too. */
	test_write("r.lua", BOOT "case('one', function() end)", false);
	outcome = replay();
	expect_status(&outcome, 1);
	expect_in(outcome.out, "# - [");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* A replay ends at the difference although the scenario catches every error. */
START_TEST(a_difference_cannot_be_caught)
{
	struct outcome outcome;

	if (no_kernel("6.12"))
		return;
	record("");
	test_write("r.lua",
		   BOOT
		   "case('one', function() while true do pcall(d.read, d, 0x9000, 4) end end)\n"
		   "case('two', function() end)",
		   false);
	outcome = replay();
	expect_status(&outcome, 1);
	expect_in(outcome.out, "first difference");
	expect_not_in(outcome.out, " two\n");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(a_scenario_or_kernel_that_has_vanished)
{
	struct outcome outcome;

	if (no_kernel("6.12"))
		return;
	record("");
	outcome = run_shell("cd '%s' && FAULTLINE_KERNELS=. '%s' replay r.trc", test_dir(),
			    FAULTLINE);
	expect_status(&outcome, 1);
	expect_in(outcome.err, "no kernel 6.12 in ");
	outcome_free(&outcome);
	unlink(test_file("r.lua"));
	outcome = replay();
	expect_status(&outcome, 2);
	expect_in(outcome.err, "r.trc records the scenario r.lua, which cannot be read from here");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

static void expect_refused(const char *what)
{
	static const char *const commands[] = {"replay r.trc -q", "trace show r.trc"};

	for (int i = 0; i < 2; i++) {
		struct outcome outcome = run_shell("cd '%s' && timeout 30 '%s' %s", test_dir(),
						   FAULTLINE, commands[i]);

		ck_assert_msg(outcome.status == 1 || outcome.status == 2, "%s, %s: %d", what,
			      commands[i], outcome.status);
		ck_assert_msg(strncmp(outcome.err, "faultline: ", 11) == 0 &&
				      strstr(outcome.err, "r.trc"),
			      "%s, %s: %s", what, commands[i], outcome.err);
		outcome_free(&outcome);
	}
}

START_TEST(traces_that_are_cut_damaged_or_foreign)
{
	char *data = malloc(1 << 20);
	FILE *file;
	size_t n;

	if (no_kernel("6.12"))
		return;
	record("");
	file = fopen(test_file("r.trc"), "r");
	n = fread(data, 1, 1 << 20, file);
	fclose(file);
	ck_assert_uint_gt(n, 1000);
	for (int i = 0; i < 6; i++) {
		static const char *const what[] = {
			"empty",	  "cut in the header", "cut in the middle",
			"cut at the end", "a changed byte",    "foreign"};
		const size_t sizes[] = {0, 10, n / 2, n - 1, n, 400};

		file = fopen(test_file("r.trc"), "w");
		if (i == 4)
			data[n / 2] ^= 0x10;
		if (i == 5)
			memset(data, 'x', 400);
		fwrite(data, 1, sizes[i], file);
		fclose(file);
		expect_refused(what[i]);
	}
	free(data);
	test_clean();
}
END_TEST

START_TEST(a_folder_that_does_not_take_the_trace)
{
	struct outcome outcome;

	if (no_kernel("6.12"))
		return;
	test_write("r.lua", scenario, false);
	outcome = run_shell("cd '%s' && '%s' run r.lua -q --trace no/r.trc", test_dir(), FAULTLINE);
	expect_status(&outcome, 1);
	expect_in(outcome.err, "no/r.trc: cannot write the trace: No such file or directory");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(a_full_disk_fails_the_run_and_leaves_nothing)
{
	struct outcome outcome;

	if (no_kernel("6.12"))
		return;
	test_write("r.lua", scenario, false);
	outcome = run_shell("cd '%s' && "
			    "'%s' run r.lua -q --trace /dev/full; s=$?; ls -A; exit $s",
			    test_dir(), FAULTLINE);
	expect_status(&outcome, 1);
	expect_in(outcome.err,
		  "/dev/full: the trace could not be written: No space left on device");
	outcome_free(&outcome);
	outcome = run_shell("cd '%s' && mkdir small && mount -t tmpfs -o size=4k none small "
			    "2>/dev/null || exit 77; '%s' run r.lua -q --trace small/r.trc; s=$?; "
			    "ls -A small; umount small; exit $s",
			    test_dir(), FAULTLINE);
	if (outcome.status != 77) {
		expect_status(&outcome, 1);
		expect_in(outcome.err, "No space left on device");
		expect_not_in(outcome.out, "\nr.trc");
	}
	outcome_free(&outcome);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(a_replay_is_the_same_run);
	SUITE_CASE(a_filter_is_replayed);
	SUITE_CASE(fault_points_are_replayed);
	SUITE_CASE(fault_that_never_comes_is_told);
	SUITE_CASE(fault_lists_that_are_wrong);
	SUITE_CASE(one_more_dma_is_shown_with_both_sides);
	SUITE_CASE(a_difference_cannot_be_caught);
	SUITE_CASE(a_scenario_or_kernel_that_has_vanished);
	SUITE_CASE(traces_that_are_cut_damaged_or_foreign);
	SUITE_CASE(a_folder_that_does_not_take_the_trace);
	SUITE_CASE(a_full_disk_fails_the_run_and_leaves_nothing);
}
