/* SPDX-License-Identifier: MIT */
/* SNP_SHUTDOWN and SNP_SHUTDOWN_EX. */
#include "tests/psp/snp_platform.h"

#include <string.h>

START_TEST(shutdown_needs_df_flush)
{
	struct rig rig;

	rig_new(&rig, NULL);
	rig_snp_enable(&rig);
	expect_ok(init_ex(&rig, INIT_RMP, 0, 0));
	expect_status(shutdown_ex(&rig, 8, 1), PSP_DF_FLUSH_REQUIRED);
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_SHUTDOWN, NULL, 0), PSP_DF_FLUSH_REQUIRED);
	ck_assert(initialized(&rig));
	flush(&rig);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_SHUTDOWN, NULL, 0));
	ck_assert(!initialized(&rig));
	/* What is down is not shut down. */
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_SHUTDOWN, NULL, 0), PSP_INVALID_PLATFORM_STATE);
	expect_status(shutdown_ex(&rig, 8, 1), PSP_INVALID_PLATFORM_STATE);
	rig_free(&rig);
}
END_TEST

/* A guest that was decommissioned leaves an ASID that is not flushed. */
START_TEST(shutdown_after_decommission)
{
	uint8_t gctx[8];
	struct rig rig;

	page_rig_new(&rig);
	page_guest(&rig, PAGE_GCTX, PAGE_POLICY, PAGE_ASID);
	put64(gctx, PAGE_GCTX);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_DECOMMISSION, gctx, sizeof(gctx)));
	expect_status(shutdown_ex(&rig, 8, 1), PSP_DF_FLUSH_REQUIRED);
	flush(&rig);
	expect_ok(shutdown_ex(&rig, 8, 1));
	rig_free(&rig);
}
END_TEST

START_TEST(shutdown_arguments)
{
	struct rig rig;

	page_rig_new(&rig);
	expect_status(shutdown_ex(&rig, 7, 1), PSP_INVALID_LENGTH);
	expect_status(shutdown_ex(&rig, 8, 4), PSP_INVALID_PARAM);
	/* x86 shutdown came with 1.58. */
	expect_status(shutdown_ex(&rig, 8, 3), PSP_INVALID_PARAM);
	rig_init(&rig);
	expect_status(shutdown_ex(&rig, 8, 1), PSP_INVALID_PLATFORM_STATE);
	ck_assert(initialized(&rig));
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SHUTDOWN, NULL, 0));
	expect_ok(shutdown_ex(&rig, 8, 1));
	rig_free(&rig);
}
END_TEST

/* The table stays in force, and nobody's buffer. */
START_TEST(shutdown_keeps_the_table)
{
	uint8_t before[RIG_PAGE], b[12];
	struct rig rig;

	page_rig_new(&rig);
	expect_ok(shutdown_ex(&rig, 8, 1));
	memcpy(before, rig.ram + RIG_RMP, sizeof(before));
	put64(b, RIG_RMP);
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_PLATFORM_STATUS, b, 8), PSP_INVALID_PAGE_STATE);
	put32(b + 8, 64);
	expect_status(rig_cmd_raw(&rig, PSP_CMD_GET_ID, b, sizeof(b)), PSP_INVALID_PAGE_STATE);
	expect_status(psp_command(rig.psp, PSP_CMD_PLATFORM_STATUS, RIG_RMP, NULL),
		      PSP_INVALID_PAGE_STATE);
	ck_assert_mem_eq(rig.ram + RIG_RMP, before, sizeof(before));
	put64(b, 0x40000);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_PLATFORM_STATUS, b, 8));
	rig_free(&rig);
}
END_TEST

START_TEST(shutdown_x86)
{
	struct psp_info info;
	struct rig rig;
	uint64_t syscfg;

	page_rig_new_as(&rig, PSP_GENOA, 58, true);
	expect_status(shutdown_ex(&rig, 8, 2), PSP_INVALID_PARAM);
	expect_ok(shutdown_ex(&rig, 8, 3));
	psp_get_info(rig.psp, &info);
	ck_assert(!info.snp_initialized && !info.rmp_initialized);
	for (unsigned int cpu = 0; cpu < rig.config.cpus; cpu++) {
		ck_assert_int_eq(psp_rdmsr(rig.psp, cpu, PSP_MSR_SYSCFG, &syscfg), 0);
		ck_assert(!(syscfg & PSP_SYSCFG_SNP_EN));
	}
	rig_snp_init(&rig);
	rig_free(&rig);
}
END_TEST

static enum psp_access_status device_write(struct rig *rig, uint64_t pa)
{
	const struct psp_access access = {.agent = PSP_DEVICE, .pa = pa, .write = true};
	uint8_t byte = 1;

	return psp_access(rig->psp, &access, &byte, 1, NULL);
}

/* The IOMMU checks devices until it is shut down, too. */
START_TEST(shutdown_iommu)
{
	struct rig rig;

	page_rig_new(&rig);
	page_make(&rig, PAGE_SMALL, PSP_PAGE_RECLAIM, 0, false);
	ck_assert_int_eq(device_write(&rig, PAGE_SMALL), PSP_ACCESS_IO);
	expect_ok(shutdown_ex(&rig, 8, 0));
	ck_assert_int_eq(device_write(&rig, PAGE_SMALL), PSP_ACCESS_IO);
	expect_ok(init_ex(&rig, 0, 0, 0));
	flush(&rig);
	expect_ok(shutdown_ex(&rig, 8, 1));
	ck_assert_int_eq(device_write(&rig, PAGE_SMALL), PSP_ACCESS_OK);
	expect_ok(init_ex(&rig, 0, 0, 0));
	ck_assert_int_eq(device_write(&rig, PAGE_SMALL), PSP_ACCESS_IO);
	rig_free(&rig);
}
END_TEST

/* Guests end, and no page is lost: the host gets every one back by RMPUPDATE. */
START_TEST(shutdown_returns_pages)
{
	static const enum psp_page_state states[] = {
		PSP_PAGE_HYPERVISOR,  PSP_PAGE_FIRMWARE,      PSP_PAGE_RECLAIM,
		PSP_PAGE_METADATA,    PSP_PAGE_PRE_GUEST,     PSP_PAGE_PRE_SWAP,
		PSP_PAGE_GUEST_VALID, PSP_PAGE_GUEST_INVALID,
	};
	enum { N = sizeof(states) / sizeof(states[0]) };
	struct psp_rmp_entry none = {0}, large = {.page_2m = true};
	struct psp_info info;
	struct rig rig;

	page_rig_new(&rig);
	page_guest(&rig, PAGE_GCTX, PAGE_POLICY, PAGE_ASID);
	for (unsigned int i = 0; i < N; i++)
		page_make(&rig, PAGE_SMALL + i * RIG_PAGE, states[i], 0x10000 + i * RIG_PAGE,
			  false);
	page_make(&rig, PAGE_LARGE, PSP_PAGE_PRE_GUEST, RIG_2M, true);
	psp_get_info(rig.psp, &info);
	ck_assert_uint_eq(info.snp_guests, 1);
	expect_ok(shutdown_ex(&rig, 8, 1));
	psp_get_info(rig.psp, &info);
	ck_assert_uint_eq(info.snp_guests, 0);
	page_expect(&rig, PAGE_SMALL + 1 * RIG_PAGE, PSP_PAGE_RECLAIM);
	page_expect(&rig, PAGE_GCTX, PSP_PAGE_RECLAIM);
	page_rmpupdate(&rig, PAGE_GCTX, &none);
	for (unsigned int i = 0; i < N; i++)
		page_rmpupdate(&rig, PAGE_SMALL + i * RIG_PAGE, &none);
	page_rmpupdate(&rig, PAGE_LARGE, &large);
	/* The RMP itself is not the host's. */
	ck_assert_int_ne(psp_rmpupdate(rig.psp, 0, RIG_RMP, &none), PSP_RMP_OK);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(shutdown_needs_df_flush);
	SUITE_CASE(shutdown_after_decommission);
	SUITE_CASE(shutdown_arguments);
	SUITE_CASE(shutdown_keeps_the_table);
	SUITE_CASE(shutdown_x86);
	SUITE_CASE(shutdown_iommu);
	SUITE_CASE(shutdown_returns_pages);
}
