/* SPDX-License-Identifier: MIT */
/*
 * Patches that break the kernel (broken/): it is the patched code that runs, and
 * what is wrong with it is said where it shows. Each set is made beside the
 * prepared one, so that Kbuild compiles only what the patch touches.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cli/common.h"
#include "tests/kernels/set.h"

#define SEEDS 200u

/*
 * A kernels folder of the test's own, with the prepared set and the unpacked trees
 * by symbolic links; a set is only read when another one starts from it.
 */
static bool set_up(void)
{
	char *folder = set_folder();
	struct outcome outcome;

	if (!folder)
		return false;
	outcome = run_shell("mkdir '%s' && ln -s '%s' \"$(dirname '%s')/.trees\" '%s'",
			    test_file("kernels"), folder, folder, test_file("kernels"));
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	free(folder);
	setenv("FAULTLINE_KERNELS", test_file("kernels"), 1);
	return true;
}

static struct outcome add_with(const char *name, const char *options)
{
	return run_cli("kernel add %s --series '%s/tests/kernels/broken/%s.patch' %s", name,
		       SOURCE_DIR, name, options);
}

static struct outcome add(const char *name)
{
	return add_with(name, "");
}

static struct outcome run_dma(const char *kernel)
{
	return run_cli("run '%s/scenarios/dma.lua' --kernel %s", SOURCE_DIR, kernel);
}

/* Only what set_up() made is there. */
static void expect_nothing_left(void)
{
	struct outcome outcome = run_shell("cd '%s' && ls -A", test_file("kernels"));

	ck_assert_str_eq(outcome.out, ".locks\n.trees\n6.12\n");
	outcome_free(&outcome);
}

/* How fast strict invalidation is, is not told of a kernel that does not invalidate. */
static void check_bench(void)
{
	struct outcome outcome = run_cli("bench dma-map --kernel no-tlbi-on-unmap");

	expect_status(&outcome, 1);
	expect_in(outcome.err,
		  "bench dma-map: the kernel has invalidated fewer times than it has unmapped");
	expect_not_in(outcome.out, "map_unmap_per_s");
	outcome_free(&outcome);
	outcome = run_cli("bench dma-map --kernel 6.12");
	expect_status(&outcome, 0);
	expect_in(outcome.out, "map_unmap_per_s");
	outcome_free(&outcome);
}

START_TEST(missing_tlbi_shows_as_a_stale_mapping)
{
	struct outcome outcome;
	unsigned long addr, tlb_addr, pa;
	const char *came, *stale;

	if (!set_up())
		return;
	outcome = add("no-tlbi-on-unmap");
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	outcome = run_dma("no-tlbi-on-unmap");
	expect_status(&outcome, 1);
	came = strstr(outcome.out, "came: write of 8 bytes at ");
	stale = strstr(outcome.out, "stale mapping: ");
	ck_assert_msg(came && stale, "no stale mapping in: %s", outcome.out);
	ck_assert_int_eq(
		sscanf(came, "came: write of 8 bytes at %lx by dma0 (stream 0x10): OK", &addr), 1);
	ck_assert_int_eq(sscanf(stale,
				"stale mapping: the TLB led %lx to %lx; the tables do not map it",
				&tlb_addr, &pa),
			 2);
	ck_assert_uint_eq(addr, tlb_addr);
	ck_assert_uint_ne(pa, 0);
	expect_in(
		stale,
		"\nnot ok 6 dma0: after dma_unmap_single the device no longer reaches the page\n");
	/* Only the unmapping is broken. */
	expect_in(outcome.out, "\nok 1 dma0:");
	expect_in(outcome.out, "\nok 4 dma0:");
	outcome_free(&outcome);
	/* The same scenario passes on the kernel without the patch. */
	outcome = run_dma("6.12");
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	check_bench();
	test_clean();
}
END_TEST

START_TEST(compiler_error_is_shown)
{
	struct outcome outcome;

	if (!set_up())
		return;
	outcome = add("syntax-error");
	expect_status(&outcome, 1);
	expect_in(outcome.err, "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c:3");
	expect_in(outcome.err, "error: ");
	expect_in(outcome.err, "no_such_variable");
	expect_in(outcome.err, "gather->pgsize = no_such_variable");
	expect_in(outcome.err, "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.o did not compile");
	expect_nothing_left();
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(reject_is_shown)
{
	struct outcome outcome;

	if (!set_up())
		return;
	outcome = add("does-not-apply");
	expect_status(&outcome, 1);
	expect_in(outcome.err, "does not apply to this tree");
	expect_in(outcome.err, "arm-smmu-v3.c.rej");
	expect_in(outcome.err, "\n-\t\treturn a_line_that_the_tree_has_not;\n");
	expect_nothing_left();
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(missing_import_is_named)
{
	struct outcome outcome;

	if (!set_up())
		return;
	outcome = add("missing-import");
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	outcome = run_dma("missing-import");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "kernel import not provided: si_mem_available (wanted by "
			       "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.o)");
	expect_in(outcome.out, "Call Trace:");
	expect_in(outcome.out, " ? arm_smmu_iotlb_sync+0x");
	expect_in(outcome.out, "\nnot ok 1 dma0:");
	expect_in(outcome.out, "the kernel has died before: kernel import not provided");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* By how many of the seeds; the first is printed. *told: how many of them say `what`. */
static unsigned int count_findings(const char *kernel, const char *what, unsigned int *told)
{
	unsigned int found = 0, first = 0;

	*told = 0;
	for (unsigned int seed = 1; seed <= SEEDS; seed++) {
		struct outcome outcome =
			run_cli("run '%s/tests/scenarios/concurrent.lua' -q --kernel %s --seed %u",
				SOURCE_DIR, kernel, seed);

		if (outcome.status != 0) {
			expect_status(&outcome, 1);
			*told += strstr(outcome.out, what) != NULL;
			if (found++ == 0)
				first = seed;
		}
		outcome_free(&outcome);
	}
	printf("# %s: found by %u of %u seeds, first by --seed %u\n", kernel, found, SEEDS, first);
	return found;
}

/* Of these seeds some find it, and some do not: it is a race. */
static void expect_found_by_some(const char *kernel, const char *options, const char *what)
{
	struct outcome outcome = add_with(kernel, options);
	unsigned int found, told;

	expect_status(&outcome, 0);
	outcome_free(&outcome);
	found = count_findings(kernel, what, &told);
	ck_assert_msg(told > 0, "%s: none of %u seeds says '%s'", kernel, SEEDS, what);
	ck_assert_msg(found < SEEDS, "%s: found by every seed", kernel);
}

/*
 * Without a lock there is no lock at which a CPU could stand still: it takes basic
 * blocks. What comes of it is an oops, a WARN, a bus address that two have, or a
 * freed object written to.
 */
START_TEST(unlocked_iova_is_found_by_some_seeds)
{
	struct outcome outcome;
	unsigned int told;

	if (!set_up())
		return;
	outcome = run_cli("kernel add stock --trace-pc");
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	ck_assert_uint_eq(count_findings("stock", "", &told), 0);
	expect_found_by_some("unlocked-iova", "--trace-pc", "\nnot ok ");
	test_clean();
}
END_TEST

/* The device reaches a page that is not its own any more: told at once, or by the page's poison. */
START_TEST(lost_tlbi_is_found_by_some_seeds)
{
	if (!set_up())
		return;
	expect_found_by_some("lost-tlbi", "", "stale mapping: ");
	test_clean();
}
END_TEST

void suite_cases(void)
{
	/* Kbuild takes its time, the more beside other work; a case has a minute otherwise. */
	setenv("CK_TIMEOUT_MULTIPLIER", "15", 0);
	SUITE_CASE(missing_tlbi_shows_as_a_stale_mapping);
	SUITE_CASE(compiler_error_is_shown);
	SUITE_CASE(reject_is_shown);
	suite_add("long-missing_import_is_named", missing_import_is_named);
	suite_add("long-unlocked_iova_is_found_by_some_seeds",
		  unlocked_iova_is_found_by_some_seeds);
	suite_add("long-lost_tlbi_is_found_by_some_seeds", lost_tlbi_is_found_by_some_seeds);
}
