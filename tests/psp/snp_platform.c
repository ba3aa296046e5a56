/* SPDX-License-Identifier: MIT */
/* SNP_INIT(_EX), SNP_DF_FLUSH, SNP_PLATFORM_STATUS, SNP_FEATURE_INFO. */
#include "tests/psp/snp_platform.h"

#include <string.h>

enum { LIST = 0x20000, STATUS = 0x30000 };

static int status_at(struct rig *rig, uint64_t pa)
{
	uint8_t buf[8];

	put64(buf, pa);
	return rig_cmd_raw(rig, PSP_CMD_SNP_PLATFORM_STATUS, buf, sizeof(buf));
}

static int feature_info(struct rig *rig, uint32_t len, uint32_t ecx, uint64_t pa)
{
	uint8_t buf[0x10];

	put32(buf, len);
	put32(buf + 4, ecx);
	put64(buf + 8, pa);
	return rig_cmd_raw(rig, PSP_CMD_SNP_FEATURE_INFO, buf, sizeof(buf));
}

/* The status page's flags (dword at 8). */
static uint32_t status_flags(struct rig *rig)
{
	if (initialized(rig))
		rig_to_firmware(rig, STATUS, 1);
	expect_ok(status_at(rig, STATUS));
	if (initialized(rig))
		rig_to_host(rig, STATUS, 1);
	return get32(rig->ram + STATUS + 8);
}

START_TEST(init)
{
	struct rig rig;

	rig_new(&rig, NULL);
	rig_snp_enable(&rig);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_INIT, NULL, 0));
	ck_assert(initialized(&rig));
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_INIT, NULL, 0), PSP_INVALID_PLATFORM_STATE);
	expect_status(init_ex(&rig, INIT_RMP, 0, 0), PSP_INVALID_PLATFORM_STATE);
	rig_free(&rig);
}
END_TEST

/* SEV, when both are wanted, comes after SNP. */
START_TEST(init_after_legacy_init)
{
	struct rig rig;

	rig_new(&rig, NULL);
	rig_init(&rig);
	rig_snp_enable(&rig);
	expect_status(init_ex(&rig, INIT_RMP, 0, 0), PSP_INVALID_PLATFORM_STATE);
	ck_assert(!initialized(&rig));
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SHUTDOWN, NULL, 0));
	expect_ok(init_ex(&rig, INIT_RMP, 0, 0));
	rig_init(&rig);
	rig_free(&rig);
}
END_TEST

/* The last core of all is not as it must be. */
START_TEST(init_with_a_wrong_core)
{
	static const uint64_t syscfg[] = {
		0,
		PSP_SYSCFG_SNP_EN | PSP_SYSCFG_VMPL_EN,
		PSP_SYSCFG_MFDM | PSP_SYSCFG_VMPL_EN,
		PSP_SYSCFG_MFDM | PSP_SYSCFG_SNP_EN,
	};
	struct rig rig;

	for (size_t i = 0; i < sizeof(syscfg) / sizeof(syscfg[0]); i++) {
		rig_new(&rig, NULL);
		for (unsigned int cpu = 0; cpu < rig.config.cpus; cpu++) {
			bool last = cpu == rig.config.cpus - 1;

			psp_wrmsr(rig.psp, cpu, PSP_MSR_RMP_BASE, RIG_RMP);
			psp_wrmsr(rig.psp, cpu, PSP_MSR_RMP_END, RIG_RAM - 1);
			psp_wrmsr(rig.psp, cpu, PSP_MSR_SYSCFG,
				  last ? syscfg[i]
				       : PSP_SYSCFG_MFDM | PSP_SYSCFG_SNP_EN | PSP_SYSCFG_VMPL_EN);
		}
		rig_wbinvd(&rig);
		expect_status(init_ex(&rig, INIT_RMP, 0, 0), PSP_INVALID_CONFIG);
		ck_assert(!initialized(&rig));
		rig_free(&rig);
	}
}
END_TEST

START_TEST(init_with_a_save_area)
{
	struct rig rig;

	rig_new(&rig, NULL);
	rig_snp_enable(&rig);
	ck_assert_int_eq(psp_wrmsr(rig.psp, 7, PSP_MSR_VM_HSAVE_PA, 0x50000), 0);
	expect_status(init_ex(&rig, INIT_RMP, 0, 0), PSP_INVALID_CONFIG);
	ck_assert_int_eq(psp_wrmsr(rig.psp, 7, PSP_MSR_VM_HSAVE_PA, 0), 0);
	expect_ok(init_ex(&rig, INIT_RMP, 0, 0));
	flush(&rig);
	expect_ok(shutdown_ex(&rig, 8, 1));
	/* The same goes for an RMP that is kept. */
	rig_wbinvd(&rig);
	ck_assert_int_eq(psp_wrmsr(rig.psp, 7, PSP_MSR_VM_HSAVE_PA, 0x50000), 0);
	expect_status(init_ex(&rig, 0, 0, 0), PSP_INVALID_CONFIG);
	rig_free(&rig);
}
END_TEST

START_TEST(init_without_rmp)
{
	struct rig rig;

	rig_new(&rig, NULL);
	rig_snp_enable(&rig);
	expect_status(init_ex(&rig, 0, 0, 0), PSP_RMP_INIT_REQUIRED);
	ck_assert(!initialized(&rig));
	expect_ok(init_ex(&rig, INIT_RMP, 0, 0));
	flush(&rig);
	page_make(&rig, PAGE_SMALL, PSP_PAGE_RECLAIM, 0, false);
	expect_ok(shutdown_ex(&rig, 8, 1));
	/* Kept ... */
	expect_ok(init_ex(&rig, 0, 0, 0));
	page_expect(&rig, PAGE_SMALL, PSP_PAGE_RECLAIM);
	flush(&rig);
	expect_ok(shutdown_ex(&rig, 8, 1));
	/* ... and begun anew. */
	expect_ok(init_ex(&rig, INIT_RMP, 0, 0));
	page_expect(&rig, PAGE_SMALL, PSP_PAGE_HYPERVISOR);
	rig_free(&rig);
}
END_TEST

/* Each core must have written its caches back since an ASID was given up. */
START_TEST(init_needs_wbinvd)
{
	struct rig rig;

	page_rig_new(&rig);
	page_guest(&rig, PAGE_GCTX, PAGE_POLICY, PAGE_ASID);
	expect_ok(shutdown_ex(&rig, 8, 1));
	expect_status(init_ex(&rig, INIT_RMP, 0, 0), PSP_WBINVD_REQUIRED);
	for (unsigned int cpu = 0; cpu < rig.config.cpus - 1; cpu++)
		psp_wbinvd(rig.psp, cpu);
	expect_status(init_ex(&rig, INIT_RMP, 0, 0), PSP_WBINVD_REQUIRED);
	psp_wbinvd(rig.psp, rig.config.cpus - 1);
	expect_ok(init_ex(&rig, INIT_RMP, 0, 0));
	rig_free(&rig);
}
END_TEST

/*
 * The list at LIST:	count 2		0x40000: 3 pages	0x48000: 1 page
 */
static void two_ranges(struct rig *rig)
{
	uint8_t *list = rig->ram + LIST;

	memset(list, 0, RIG_PAGE);
	put32(list, 2);
	put64(list + 0x08, 0x40000);
	put32(list + 0x10, 3);
	put64(list + 0x18, 0x48000);
	put32(list + 0x20, 1);
}

START_TEST(init_with_ranges)
{
	struct psp_rmp_entry firmware = {.assigned = true, .immutable = true};
	struct rig rig;

	rig_new(&rig, NULL);
	rig_snp_enable(&rig);
	two_ranges(&rig);
	expect_ok(init_ex(&rig, INIT_RMP | LIST_EN, LIST, 0));
	page_expect(&rig, 0x3f000, PSP_PAGE_HYPERVISOR);
	page_expect(&rig, 0x40000, PSP_PAGE_HV_FIXED);
	page_expect(&rig, 0x42000, PSP_PAGE_HV_FIXED);
	page_expect(&rig, 0x43000, PSP_PAGE_HYPERVISOR);
	page_expect(&rig, 0x48000, PSP_PAGE_HV_FIXED);
	ck_assert_int_ne(psp_rmpupdate(rig.psp, 0, 0x48000, &firmware), PSP_RMP_OK);
	expect_status(page_reclaim(&rig, 0x48000), PSP_INVALID_PAGE_STATE);
	/* They are fixed until shutdown. */
	flush(&rig);
	expect_ok(shutdown_ex(&rig, 8, 1));
	page_expect(&rig, 0x48000, PSP_PAGE_HYPERVISOR);
	page_rmpupdate(&rig, 0x48000, &firmware);
	rig_free(&rig);
}
END_TEST

/* A list without its flag is not looked at. */
START_TEST(init_with_wrong_ranges)
{
	static const struct {
		uint32_t at, value;
		enum psp_status status;
	} wrong[] = {
		{0x00, 256, PSP_INVALID_PARAM}, /* 255 fit into a page */
		{0x04, 1, PSP_INVALID_PARAM},	/* reserved */
		{0x14, 1, PSP_INVALID_PARAM},	/* reserved */
		{0x24, 1, PSP_INVALID_PARAM},	/* reserved */
		{0x18, 0x48010, PSP_INVALID_ADDRESS},
	};
	struct rig rig;

	rig_new(&rig, NULL);
	rig_snp_enable(&rig);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		two_ranges(&rig);
		put32(rig.ram + LIST + wrong[i].at, wrong[i].value);
		expect_status(init_ex(&rig, INIT_RMP | LIST_EN, LIST, 0), wrong[i].status);
		ck_assert(!initialized(&rig));
	}
	two_ranges(&rig);
	put64(rig.ram + LIST + 8, 0xfffffffffffff000ull);
	expect_status(init_ex(&rig, INIT_RMP | LIST_EN, LIST, 0), PSP_INVALID_ADDRESS);
	expect_status(init_ex(&rig, INIT_RMP | LIST_EN, LIST + 8, 0), PSP_INVALID_ADDRESS);
	expect_status(init_ex(&rig, INIT_RMP | LIST_EN, RIG_RAM, 0), PSP_INVALID_ADDRESS);
	expect_ok(init_ex(&rig, INIT_RMP, RIG_RAM, 0));
	rig_free(&rig);
}
END_TEST

START_TEST(init_features)
{
	struct rig rig;

	rig_new(&rig, NULL);
	rig_snp_enable(&rig);
	expect_status(init_ex(&rig, INIT_RMP | TIO, 0, 0), PSP_INVALID_PARAM);
	expect_status(init_ex(&rig, INIT_RMP | HIDING, 0, 50), PSP_INVALID_PARAM);
	expect_status(init_ex(&rig, INIT_RMP | 0x20, 0, 0), PSP_INVALID_PARAM);
	ck_assert(!initialized(&rig));
	ck_assert_uint_eq(status_flags(&rig), 0x08);
	expect_ok(init_ex(&rig, INIT_RMP | RAPL_DIS, 0, 0));
	ck_assert_uint_eq(status_flags(&rig), 0x18);
	flush(&rig);
	expect_ok(shutdown_ex(&rig, 8, 1));
	ck_assert_uint_eq(status_flags(&rig), 0x08);
	rig_free(&rig);

	page_rig_new_as(&rig, PSP_MILAN, 54, false);
	rig_snp_enable(&rig);
	expect_status(init_ex(&rig, INIT_RMP | RAPL_DIS, 0, 0), PSP_INVALID_PARAM);
	rig_free(&rig);
}
END_TEST

/* SNP guests get 1 .. max_snp_asid of the 99 ASIDs below the first for plain SEV. */
START_TEST(init_ciphertext_hiding)
{
	uint8_t activate[0xc] = {0};
	struct rig rig;

	page_rig_new_as(&rig, PSP_TURIN, 55, false);
	rig_snp_enable(&rig);
	ck_assert_uint_eq(status_flags(&rig), 0x28);
	expect_status(init_ex(&rig, INIT_RMP | HIDING, 0, 0), PSP_INVALID_PARAM);
	expect_status(init_ex(&rig, INIT_RMP | HIDING, 0, 100), PSP_INVALID_PARAM);
	expect_ok(init_ex(&rig, INIT_RMP | HIDING, 0, 50));
	ck_assert_uint_eq(status_flags(&rig), 0x68);
	flush(&rig);
	page_guest(&rig, PAGE_GCTX, PAGE_POLICY, 50);
	rig_to_firmware(&rig, PAGE_GCTX2, 1);
	put64(activate, PAGE_GCTX2);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_GCTX_CREATE, activate, 8));
	{
		uint8_t start[0x30] = {0};

		put64(start, PAGE_GCTX2);
		put64(start + 8, PAGE_POLICY);
		expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, start, sizeof(start)));
	}
	put32(activate + 8, 51);
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_ACTIVATE, activate, sizeof(activate)),
		      PSP_INVALID_ASID);
	expect_ok(shutdown_ex(&rig, 8, 1));
	ck_assert_uint_eq(status_flags(&rig), 0x28);
	rig_free(&rig);
}
END_TEST

START_TEST(df_flush)
{
	struct rig rig;

	rig_new(&rig, NULL);
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_DF_FLUSH, NULL, 0), PSP_INVALID_PLATFORM_STATE);
	rig_snp_enable(&rig);
	expect_ok(init_ex(&rig, INIT_RMP, 0, 0));
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_DF_FLUSH, NULL, 0), PSP_WBINVD_REQUIRED);
	rig_wbinvd(&rig);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_DF_FLUSH, NULL, 0));
	rig_free(&rig);
}
END_TEST

START_TEST(status_page)
{
	const uint8_t *page;
	struct rig rig;

	rig_new(&rig, NULL);
	page = rig.ram + STATUS;
	memset(rig.ram + STATUS, 0xee, 0x40);
	expect_ok(status_at(&rig, STATUS));
	ck_assert_uint_eq(page[0], 1);
	ck_assert_uint_eq(page[1], 55);
	ck_assert_uint_eq(page[2], 0);
	ck_assert_uint_eq(page[3], 0);
	ck_assert_uint_eq(get32(page + 4), 5);
	ck_assert_uint_eq(get32(page + 8), 0x08); /* FEATURE_INFO is there */
	ck_assert_uint_eq(get32(page + 0xc), 0);
	ck_assert_uint_eq(get64(page + 0x10), 0x7308000000000003ull);
	ck_assert_uint_eq(get64(page + 0x18), 0x7308000000000003ull);
	ck_assert_uint_eq(page[0x20], 0xee);

	rig_snp_init(&rig);
	page_guest(&rig, PAGE_GCTX, PAGE_POLICY, PAGE_ASID);
	rig_to_firmware(&rig, STATUS, 1);
	expect_ok(status_at(&rig, STATUS));
	ck_assert_uint_eq(page[2], 1);
	ck_assert_uint_eq(page[3], 1);
	ck_assert_uint_eq(get32(page + 0xc), 1);
	rig_free(&rig);
}
END_TEST

/* Anywhere while SNP is down; in a firmware page, which comes back, while it is up. */
START_TEST(status_page_state)
{
	struct rig rig;

	rig_new(&rig, NULL);
	expect_ok(status_at(&rig, STATUS + 0x123));
	expect_status(status_at(&rig, RIG_RAM), PSP_INVALID_ADDRESS);
	rig_snp_init(&rig);
	expect_status(status_at(&rig, STATUS), PSP_INVALID_PAGE_STATE);
	page_make(&rig, STATUS, PSP_PAGE_FIRMWARE, 0, false);
	expect_ok(status_at(&rig, STATUS));
	page_expect(&rig, STATUS, PSP_PAGE_RECLAIM);
	expect_status(status_at(&rig, STATUS), PSP_INVALID_PAGE_STATE);
	expect_ok(page_reclaim(&rig, STATUS));
	rig_to_host(&rig, STATUS, 1);
	/* A large firmware page, as well. */
	page_make(&rig, PAGE_LARGE, PSP_PAGE_FIRMWARE, 0, true);
	expect_ok(status_at(&rig, PAGE_LARGE + 0x5000));
	page_expect_returnable(&rig, PAGE_LARGE, true);
	rig_free(&rig);
}
END_TEST

START_TEST(status_needs_no_feature_info)
{
	struct rig rig;

	page_rig_new_as(&rig, PSP_MILAN, 53, false);
	ck_assert_uint_eq(status_flags(&rig), 0);
	expect_status(feature_info(&rig, 0x10, 0, STATUS), PSP_INVALID_COMMAND);
	rig_free(&rig);
}
END_TEST

START_TEST(feature_bits)
{
	static const struct {
		enum psp_product product;
		unsigned int minor;
		uint32_t ecx;
	} machines[] = {
		{PSP_MILAN, 54, 0x00}, {PSP_MILAN, 55, 0x04}, {PSP_MILAN, 58, 0x06},
		{PSP_GENOA, 55, 0x24}, {PSP_TURIN, 55, 0x2c}, {PSP_TURIN, 58, 0x2e},
	};

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		struct rig rig;

		page_rig_new_as(&rig, machines[i].product, machines[i].minor, false);
		memset(rig.ram + STATUS, 0xee, 0x20);
		expect_ok(feature_info(&rig, 0x10, 0, STATUS));
		ck_assert_uint_eq(get32(rig.ram + STATUS), 0);
		ck_assert_uint_eq(get32(rig.ram + STATUS + 4), 0); /* no TIO */
		ck_assert_uint_eq(get32(rig.ram + STATUS + 8), machines[i].ecx);
		ck_assert_uint_eq(get32(rig.ram + STATUS + 0xc), 0);
		ck_assert_uint_eq(rig.ram[STATUS + 0x10], 0xee);
		rig_free(&rig);
	}
}
END_TEST

START_TEST(feature_info_arguments)
{
	struct rig rig;

	page_rig_new(&rig);
	expect_status(feature_info(&rig, 0x10, 0, STATUS), PSP_INVALID_PAGE_STATE);
	page_make(&rig, STATUS, PSP_PAGE_FIRMWARE, 0, false);
	expect_status(feature_info(&rig, 0xf, 0, STATUS), PSP_INVALID_LENGTH);
	expect_status(feature_info(&rig, 0x10, 1, STATUS), PSP_INVALID_PARAM);
	expect_status(feature_info(&rig, 0x10, 0, STATUS + 0xff8), PSP_INVALID_ADDRESS);
	expect_status(feature_info(&rig, 0x10, 0, RIG_RAM), PSP_INVALID_ADDRESS);
	page_expect(&rig, STATUS, PSP_PAGE_FIRMWARE);
	expect_ok(feature_info(&rig, 0x10, 0, STATUS + 0xff0));
	page_expect(&rig, STATUS, PSP_PAGE_RECLAIM);
	rig_free(&rig);
}
END_TEST

START_TEST(power_cycle)
{
	struct psp_info info;
	struct rig rig;

	page_rig_new(&rig);
	page_guest(&rig, PAGE_GCTX, PAGE_POLICY, PAGE_ASID);
	psp_reset(rig.psp);
	psp_get_info(rig.psp, &info);
	ck_assert(!info.snp_initialized && !info.rmp_initialized);
	ck_assert_uint_eq(info.snp_guests, 0);
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_INIT, NULL, 0), PSP_INVALID_CONFIG);
	rig_snp_init(&rig);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(init);
	SUITE_CASE(init_after_legacy_init);
	SUITE_CASE(init_with_a_wrong_core);
	SUITE_CASE(init_with_a_save_area);
	SUITE_CASE(init_without_rmp);
	SUITE_CASE(init_needs_wbinvd);
	SUITE_CASE(init_with_ranges);
	SUITE_CASE(init_with_wrong_ranges);
	SUITE_CASE(init_features);
	SUITE_CASE(init_ciphertext_hiding);
	SUITE_CASE(df_flush);
	SUITE_CASE(status_page);
	SUITE_CASE(status_page_state);
	SUITE_CASE(status_needs_no_feature_info);
	SUITE_CASE(feature_bits);
	SUITE_CASE(feature_info_arguments);
	SUITE_CASE(power_cycle);
}
