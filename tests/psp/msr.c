/* SPDX-License-Identifier: MIT */
/* MSRs that place the RMP and switch encryption and SNP on. */
#include "psp/memory/memory.h"
#include "tests/psp/rig.h"
#include "tests/suite.h"

#include <errno.h>

enum { NAMES = 5 };

static const uint32_t msrs[NAMES] = {0xc0010010, 0xc0010117, 0xc0010132, 0xc0010133, 0xc0010136};

static int wr(struct rig *rig, unsigned int cpu, uint32_t msr, uint64_t value)
{
	return psp_wrmsr(rig->psp, cpu, msr, value);
}

static uint64_t rd(struct rig *rig, unsigned int cpu, uint32_t msr)
{
	uint64_t value = 0x5a5a;

	ck_assert_int_eq(psp_rdmsr(rig->psp, cpu, msr, &value), 0);
	return value;
}

START_TEST(all_are_zero_at_reset)
{
	struct rig rig;

	rig_new(&rig, NULL);
	rig_snp_enable(&rig);
	ck_assert_int_eq(wr(&rig, 3, PSP_MSR_VM_HSAVE_PA, 0x5000), 0);
	psp_reset(rig.psp);
	for (unsigned int cpu = 0; cpu < rig.config.cpus; cpu++)
		for (int i = 0; i < NAMES; i++)
			ck_assert_uint_eq(rd(&rig, cpu, msrs[i]), 0);
	ck_assert(!psp_rmp_on(rig.psp));
	rig_free(&rig);
}
END_TEST

START_TEST(each_core_has_its_own)
{
	static const uint64_t values[NAMES] = {0x800000, 0x7000, 0x200000, 0x3fffff, 0x2401};
	struct rig rig;

	rig_new(&rig, NULL);
	for (int i = 0; i < NAMES; i++) {
		ck_assert_int_eq(wr(&rig, 2, msrs[i], values[i]), 0);
		ck_assert_uint_eq(rd(&rig, 2, msrs[i]), values[i]);
		ck_assert_uint_eq(rd(&rig, 1, msrs[i]), 0);
	}
	rig_free(&rig);
}
END_TEST

START_TEST(others_are_refused)
{
	uint64_t value;
	struct rig rig;

	rig_new(&rig, NULL);
	ck_assert_int_eq(wr(&rig, 0, 0xc0010015, 0), -ENOENT);
	ck_assert_int_eq(psp_rdmsr(rig.psp, 0, 0xc0010015, &value), -ENOENT);
	ck_assert_int_eq(wr(&rig, rig.config.cpus, PSP_MSR_SYSCFG, 0), -EINVAL);
	ck_assert_int_eq(psp_rdmsr(rig.psp, rig.config.cpus, PSP_MSR_SYSCFG, &value), -EINVAL);
	rig_free(&rig);
}
END_TEST

START_TEST(reserved_bits_are_gp)
{
	static const struct {
		uint32_t msr;
		uint64_t value;
	} bad[] = {
		{PSP_MSR_SYSCFG, 1ull << 17},  {PSP_MSR_SYSCFG, 1ull << 26},
		{PSP_MSR_VM_HSAVE_PA, 0x800},  {PSP_MSR_VM_HSAVE_PA, 1ull << 52},
		{PSP_MSR_RMP_BASE, 0x1000},    {PSP_MSR_RMP_BASE, 1ull << 52},
		{PSP_MSR_RMP_END, 1ull << 52}, {PSP_MSR_RMP_CFG, 2},
		{PSP_MSR_RMP_CFG, 1ull << 14},
	};
	struct rig rig;

	rig_new(&rig, NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(wr(&rig, 0, bad[i].msr, bad[i].value), -EPERM);
		ck_assert_uint_eq(rd(&rig, 0, bad[i].msr), 0);
	}
	rig_free(&rig);
}
END_TEST

START_TEST(end_is_the_last_byte)
{
	struct rig rig;

	rig_new(&rig, NULL);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_RMP_END, 0x3ffe000), 0);
	ck_assert_uint_eq(rd(&rig, 0, PSP_MSR_RMP_END), 0x3ffffff);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_RMP_END, 0), 0);
	ck_assert_uint_eq(rd(&rig, 0, PSP_MSR_RMP_END), 0);
	rig_free(&rig);
}
END_TEST

START_TEST(snp_enabled_on_one_core_locks_the_table_on_all)
{
	const uint32_t locked[] = {PSP_MSR_RMP_BASE, PSP_MSR_RMP_END, PSP_MSR_RMP_CFG};
	struct rig rig;

	rig_new(&rig, NULL);
	ck_assert_int_eq(wr(&rig, 1, PSP_MSR_RMP_BASE, RIG_RMP), 0);
	ck_assert_int_eq(wr(&rig, 1, PSP_MSR_RMP_END, RIG_RAM - 1), 0);
	ck_assert_int_eq(wr(&rig, 1, PSP_MSR_SYSCFG, PSP_SYSCFG_SNP_EN), 0);
	ck_assert(psp_rmp_on(rig.psp));
	for (unsigned int cpu = 0; cpu < 2; cpu++)
		for (int i = 0; i < 3; i++)
			ck_assert_int_eq(wr(&rig, cpu, locked[i], 0), -EPERM);
	ck_assert_uint_eq(rd(&rig, 1, PSP_MSR_RMP_BASE), RIG_RMP);
	ck_assert_int_eq(wr(&rig, 1, PSP_MSR_VM_HSAVE_PA, 0x1000), 0);
	rig_free(&rig);
}
END_TEST

START_TEST(snp_is_switched_off_by_the_firmware_alone)
{
	const uint64_t on = PSP_SYSCFG_SNP_EN | PSP_SYSCFG_VMPL_EN;
	struct rig rig;

	rig_new(&rig, NULL);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_SYSCFG, PSP_SYSCFG_VMPL_EN), 0);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_SYSCFG, 0), 0);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_SYSCFG, on), 0);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_SYSCFG, 0), -EPERM);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_SYSCFG, PSP_SYSCFG_SNP_EN), -EPERM);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_SYSCFG, on | PSP_SYSCFG_SME_EN), 0);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_SYSCFG, on), 0);
	ck_assert_int_eq(wr(&rig, 1, PSP_MSR_SYSCFG, on), 0);
	psp_rmp_shutdown(rig.psp);
	ck_assert_uint_eq(rd(&rig, 0, PSP_MSR_SYSCFG), PSP_SYSCFG_VMPL_EN);
	ck_assert(!psp_rmp_on(rig.psp));
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_RMP_BASE, 0x100000), 0);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_SYSCFG, 0), 0);
	rig_free(&rig);
}
END_TEST

START_TEST(a_chip_without_the_feature_has_no_bit)
{
	struct psp_config config;
	struct rig rig;

	psp_config_default(&config);
	config.sme = config.snp = false;
	rig_new(&rig, &config);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_SYSCFG, PSP_SYSCFG_SME_EN), -EPERM);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_SYSCFG, PSP_SYSCFG_SNP_EN), -EPERM);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_SYSCFG, PSP_SYSCFG_VMPL_EN), -EPERM);
	ck_assert_int_eq(wr(&rig, 0, PSP_MSR_SYSCFG, PSP_SYSCFG_MFDM), 0);
	rig_free(&rig);
}
END_TEST

START_TEST(wbinvd_is_asked_of_every_core)
{
	struct rig rig;

	rig_new(&rig, NULL);
	ck_assert(!psp_wbinvd_done(rig.psp));
	for (unsigned int cpu = 0; cpu < rig.config.cpus; cpu++) {
		ck_assert(!psp_wbinvd_done(rig.psp));
		psp_wbinvd(rig.psp, cpu);
	}
	ck_assert(psp_wbinvd_done(rig.psp));
	psp_wbinvd_require(rig.psp);
	ck_assert(!psp_wbinvd_done(rig.psp));
	for (unsigned int cpu = 1; cpu < rig.config.cpus + 1; cpu++)
		psp_wbinvd(rig.psp, cpu);
	ck_assert(!psp_wbinvd_done(rig.psp));
	psp_wbinvd(rig.psp, 0);
	ck_assert(psp_wbinvd_done(rig.psp));
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(all_are_zero_at_reset);
	SUITE_CASE(each_core_has_its_own);
	SUITE_CASE(others_are_refused);
	SUITE_CASE(reserved_bits_are_gp);
	SUITE_CASE(end_is_the_last_byte);
	SUITE_CASE(snp_enabled_on_one_core_locks_the_table_on_all);
	SUITE_CASE(snp_is_switched_off_by_the_firmware_alone);
	SUITE_CASE(a_chip_without_the_feature_has_no_bit);
	SUITE_CASE(wbinvd_is_asked_of_every_core);
}
