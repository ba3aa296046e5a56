/* SPDX-License-Identifier: MIT */
/*
 * Named fault points: each has a help line, and each command a status that it can be made to
 * give at an occurrence of choice. What the other points do is tested where they act.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/psp/rig.h"
#include "tests/suite.h"

static struct rig rig;

static void setup(void)
{
	rig_new(&rig, NULL);
}

static void teardown(void)
{
	rig_free(&rig);
}

#define FAULT_TEST(name)                                                                           \
	static void name##_run(void);                                                              \
	START_TEST(name)                                                                           \
	{                                                                                          \
		setup();                                                                           \
		name##_run();                                                                      \
		teardown();                                                                        \
	}                                                                                          \
	END_TEST                                                                                   \
	static void name##_run(void)

static bool has_point(const char *name)
{
	for (const char *const *p = psp_fault_names; *p; p++)
		if (!strcmp(*p, name))
			return true;
	return false;
}

FAULT_TEST(every_point_has_a_name_of_its_own_and_help)
{
	static const char *const known[] = {
		"psp.dead",
		"psp.timeout",
		"psp.spurious-irq",
		"psp.busy",
		"psp.inaccessible",
		"psp.nv-corrupt",
		"psp.rmp-violation",
		"psp.update-failed",
		"psp.firmware-downgrade",
		"psp.status.SHUTDOWN",
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		ck_assert(has_point(known[i]));
	for (const char *const *p = psp_fault_names; *p; p++) {
		ck_assert(!strncmp(*p, "psp.", 4));
		ck_assert_ptr_nonnull(psp_fault_help(*p));
		for (const char *const *q = p + 1; *q; q++)
			ck_assert_str_ne(*p, *q);
	}
	ck_assert_ptr_null(psp_fault_help("psp.status.NONE"));
	ck_assert_ptr_null(psp_fault_help(""));
}

static void fail_once(void *arg, unsigned int id, const char *name)
{
	unsigned int *n = arg;
	char point[64];
	int status;

	ck_assert_int_lt(snprintf(point, sizeof(point), "psp.status.%s", name), sizeof(point));
	ck_assert(has_point(point));
	rig_fault(&rig, point, 2, 2);
	memset(rig.ram + RIG_CMD, 0, RIG_PAGE);
	status = psp_command(rig.psp, (enum psp_cmd_id)id, RIG_CMD, NULL);
	ck_assert_msg(status != PSP_HWERROR_PLATFORM, "%s at once", name);
	expect_status(psp_command(rig.psp, (enum psp_cmd_id)id, RIG_CMD, NULL),
		      PSP_HWERROR_PLATFORM);
	expect_ok(psp_inject_status(rig.psp, (enum psp_cmd_id)id, 0x1234));
	rig_fault(&rig, point, 1, 1);
	ck_assert_int_eq(psp_command(rig.psp, (enum psp_cmd_id)id, RIG_CMD, NULL), 0x1234);
	expect_ok(psp_inject_status(rig.psp, (enum psp_cmd_id)id, 0));
	rig_fault(&rig, point, 1, 1);
	expect_status(psp_command(rig.psp, (enum psp_cmd_id)id, RIG_CMD, NULL),
		      PSP_HWERROR_PLATFORM);
	psp_reset(rig.psp);
	(*n)++;
}

FAULT_TEST(every_command_fails_at_its_occurrence)
{
	unsigned int n = 0;

	psp_cmd_each(fail_once, &n);
	ck_assert_uint_eq(n, 76); /* of SEV 41, of SNP and TIO 35 */
	ck_assert_int_eq(psp_inject_status(rig.psp, (enum psp_cmd_id)0, 1), -EINVAL);
	ck_assert_int_eq(psp_inject_status(rig.psp, (enum psp_cmd_id)0x7ff, 1), -EINVAL);
}

/* It is not run: nothing in the platform or the buffer changes, and the next one is. */
FAULT_TEST(failed_command_does_nothing)
{
	uint8_t init[0x14] = {0}, status[0xc];
	struct psp_info info;

	ck_assert_int_eq(psp_inject_status(rig.psp, PSP_CMD_INIT, PSP_WBINVD_REQUIRED), 0);
	rig_fault(&rig, "psp.status.INIT", 1, 1);
	expect_status(rig_cmd(&rig, PSP_CMD_INIT, init, sizeof(init)), PSP_WBINVD_REQUIRED);
	psp_get_info(rig.psp, &info);
	ck_assert_int_eq(info.state, PSP_UNINIT);
	expect_ok(rig_cmd(&rig, PSP_CMD_INIT, init, sizeof(init)));
	memset(status, 0xee, sizeof(status));
	rig_fault(&rig, "psp.status.PLATFORM_STATUS", 1, 1);
	expect_status(rig_cmd(&rig, PSP_CMD_PLATFORM_STATUS, status, sizeof(status)),
		      PSP_HWERROR_PLATFORM);
	for (size_t i = 0; i < sizeof(status); i++)
		ck_assert_uint_eq(status[i], 0xee);
}

/* The dead PSP of any command: the one at which it fires is not run either. */
FAULT_TEST(dead_psp_has_not_run_the_command)
{
	uint8_t init[0x14] = {0};
	struct psp_info info;

	rig_fault(&rig, "psp.dead", 1, 1);
	ck_assert_int_eq(rig_cmd(&rig, PSP_CMD_INIT, init, sizeof(init)), -ETIMEDOUT);
	psp_get_info(rig.psp, &info);
	ck_assert_int_eq(info.state, PSP_UNINIT);
	ck_assert(info.dead);
}

static void die(void *arg, unsigned int id, const char *name)
{
	uint8_t before[RIG_PAGE];
	struct psp_info info;
	unsigned int *n = arg;

	memset(rig.ram + RIG_CMD, 0, RIG_PAGE);
	memcpy(before, rig.ram + RIG_CMD, RIG_PAGE);
	rig_fault(&rig, "psp.dead", 1, 1);
	ck_assert_msg(psp_command(rig.psp, (enum psp_cmd_id)id, RIG_CMD, NULL) == -ETIMEDOUT, "%s",
		      name);
	ck_assert_mem_eq(rig.ram + RIG_CMD, before, RIG_PAGE);
	psp_get_info(rig.psp, &info);
	ck_assert(info.dead);
	psp_reset(rig.psp);
	(*n)++;
}

FAULT_TEST(any_command_finds_a_dead_psp)
{
	unsigned int n = 0;

	psp_cmd_each(die, &n);
	ck_assert_uint_eq(n, 76);
}

void suite_cases(void)
{
	SUITE_CASE(any_command_finds_a_dead_psp);
	SUITE_CASE(every_point_has_a_name_of_its_own_and_help);
	SUITE_CASE(every_command_fails_at_its_occurrence);
	SUITE_CASE(failed_command_does_nothing);
	SUITE_CASE(dead_psp_has_not_run_the_command);
}
