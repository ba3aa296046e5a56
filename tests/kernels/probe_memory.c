/* SPDX-License-Identifier: MIT */
/*
 * Each allocation of the SMMU driver's probe fails once: at boot, and, for what the
 * probe leaves behind, again and again after it. Scenarios: memory/. Kernels that are
 * not prepared are left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cli/common.h"
#include "tests/kernels/set.h"

#define MANY	 400u /* no probe has so many allocations */
#define FEW	 40u  /* each probe has more */
#define END	 4    /* exit status of a run whose case was skipped */
#define NOT_BOOT "--fault mem.alloc:1@iommu_device_sysfs_add"

static bool prepared(const char *kernel)
{
	struct outcome outcome = run_cli("kernel show %s", kernel);
	bool there = outcome.status == 0;

	outcome_free(&outcome);
	return there;
}

/* What allocations show of a kernel as it is, see docs/memory.md; ended by NULL. */
struct sweep {
	const char *kernel;
	const char *const *defects;
	unsigned int shown; /* bits, by number */
};

/* One of the defects that are known: it, and no other, may fail the run. */
static bool known(struct sweep *s, const struct outcome *outcome)
{
	for (unsigned int i = 0; s->defects[i]; i++)
		if (strstr(outcome->out, s->defects[i])) {
			s->shown |= 1u << i;
			return true;
		}
	return false;
}

static void check_all_shown(const struct sweep *s)
{
	for (unsigned int i = 0; s->defects[i]; i++)
		ck_assert_msg(s->shown & 1u << i, "no allocation shows: %s", s->defects[i]);
}

/* A message of Check's holds only a part of a long text. */
static void check_run(struct sweep *s, unsigned int n, const struct outcome *outcome)
{
	size_t length = strlen(outcome->out);

	if (outcome->status && outcome->status != END && !known(s, outcome))
		ck_abort_msg("allocation %u: ...%s", n,
			     outcome->out + (length > 2000 ? length - 2000 : 0));
}

static void sweep_boot(struct sweep *s)
{
	unsigned int n = 1;
	int status = 0;

	if (!prepared(s->kernel))
		return;
	for (; status != END && n < MANY; n++) {
		struct outcome outcome = run_cli("run '%s/tests/kernels/memory/boot.lua' -k %s "
						 "--fault mem.alloc:%u@arm_smmu_device_probe",
						 SOURCE_DIR, s->kernel, n);

		status = outcome.status;
		check_run(s, n, &outcome);
		outcome_free(&outcome);
	}
	ck_assert_int_eq(status, END);
	ck_assert_uint_gt(n, FEW);
	check_all_shown(s);
}

/* From allocation n on; the one behind which to go on, or 0 behind the last. */
static unsigned int sweep_from(struct sweep *s, unsigned int n)
{
	struct outcome outcome =
		run_shell("sed 's/^local N = .*/local N = %u/' '%s/tests/kernels/memory/probe.lua' "
			  ">'%s' && '%s' run '%s' -k %s " NOT_BOOT,
			  n, SOURCE_DIR, test_file("probe.lua"), FAULTLINE, test_file("probe.lua"),
			  s->kernel);
	const char *last =
		strstr(outcome.out, outcome.status ? "# allocation " : "does without allocation ");
	unsigned int found = 0;

	check_run(s, n, &outcome);
	if (last)
		found = (unsigned int)strtoul(strstr(last, "allocation ") + strlen("allocation "),
					      NULL, 10);
	else
		expect_in(outcome.out, "there is no allocation ");
	outcome_free(&outcome);
	return found;
}

static void sweep_probe(struct sweep *s)
{
	unsigned int n = 0;

	if (!prepared(s->kernel))
		return;
	do
		n = sweep_from(s, n + 1);
	while (n && n < MANY);
	ck_assert_uint_eq(n, 0);
	check_all_shown(s);
	test_clean();
}

#define SWEEP(which, name, kernel, ...)                                                            \
	START_TEST(which##_of_##name)                                                              \
	{                                                                                          \
		sweep_##which(&(struct sweep){kernel, (const char *const[]){__VA_ARGS__}, 0});     \
	}                                                                                          \
	END_TEST

SWEEP(boot, 6_12, "6.12", NULL)
SWEEP(probe, 6_12, "6.12", NULL)
SWEEP(boot, 5_10, "5.10", "kernel NULL pointer dereference at irq_domain_alloc_irqs_locked+0x",
      " at iommu_ops_from_fwnode+0x", NULL)
SWEEP(probe, 5_10, "5.10",
      "sysfs: cannot create duplicate filename '/devices/platform/soc/9050000.iommu/iommu/smmu",
      NULL)
SWEEP(boot, 7_3, "7.3", "late IOMMU probe at driver bind, something fishy here!",
      "arm-smmu-v3.c:1193 arm_smmu_install_old_domain_invs+0x", NULL)
SWEEP(probe, 7_3, "7.3", NULL)

void suite_cases(void)
{
	SUITE_CASE(boot_of_6_12);
	SUITE_CASE(probe_of_6_12);
	SUITE_CASE(boot_of_5_10);
	SUITE_CASE(probe_of_5_10);
	SUITE_CASE(boot_of_7_3);
	SUITE_CASE(probe_of_7_3);
}
