/* SPDX-License-Identifier: MIT */
/* The table's beginning and end, flat and in segments. */
#include "psp/memory/memory.h"
#include "tests/psp/rig.h"
#include "tests/suite.h"

#include <string.h>

static struct rig rig;

static void msr_on(unsigned int cpu, uint32_t msr, uint64_t value)
{
	ck_assert_int_eq(psp_wrmsr(rig.psp, cpu, msr, value), 0);
}

static void enable(unsigned int cpu)
{
	msr_on(cpu, PSP_MSR_SYSCFG, PSP_SYSCFG_MFDM | PSP_SYSCFG_SNP_EN | PSP_SYSCFG_VMPL_EN);
}

static void all(uint32_t msr, uint64_t value)
{
	for (unsigned int cpu = 0; cpu < rig.config.cpus; cpu++)
		msr_on(cpu, msr, value);
}

static void place(uint64_t base, uint64_t end)
{
	all(PSP_MSR_RMP_BASE, base);
	all(PSP_MSR_RMP_END, end);
}

static void enable_all(void)
{
	for (unsigned int cpu = 0; cpu < rig.config.cpus; cpu++)
		enable(cpu);
}

START_TEST(zeroes_the_table_and_takes_its_pages)
{
	rig_new(&rig, NULL);
	memset(rig.ram + RIG_RMP, 0xff, RIG_RMP_SIZE);
	rig_snp_enable(&rig);
	expect_ok(psp_rmp_init(rig.psp));
	for (uint64_t spa = 0; spa < RIG_RAM; spa += RIG_PAGE) {
		const bool own = spa >= RIG_RMP;
		const uint8_t *raw = rig.ram + RIG_RMP + 0x4000 + spa / RIG_PAGE * 16;
		const uint64_t head = spa == RIG_RMP ? 511ull << 3 : 0;

		ck_assert_uint_eq(get64(raw), own ? 0x5 | head : 0);
		ck_assert_uint_eq(get64(raw + 8), 0);
		ck_assert_int_eq(psp_page_state(rig.psp, spa),
				 own ? PSP_PAGE_FIRMWARE : PSP_PAGE_HYPERVISOR);
	}
	for (unsigned int at = 0; at < 0x4000; at += 8)
		ck_assert_uint_eq(get64(rig.ram + RIG_RMP + at), 0);
	rig_free(&rig);
}
END_TEST

/* Everything that makes a configuration wrong, one at a time. */
START_TEST(wrong_configurations)
{
	const uint64_t good = PSP_SYSCFG_MFDM | PSP_SYSCFG_SNP_EN | PSP_SYSCFG_VMPL_EN;
	const struct {
		uint64_t base, end, other_base, other_end, syscfg, hsave;
		enum psp_status status;
	} rows[] = {
		{RIG_RMP, RIG_RAM - 1, RIG_RMP, RIG_RAM - 1, good, 0, PSP_SUCCESS},
		{RIG_RMP, RIG_RAM - 1, RIG_RMP, RIG_RAM - 1, good & ~PSP_SYSCFG_SNP_EN, 0,
		 PSP_INVALID_CONFIG},
		{RIG_RMP, RIG_RAM - 1, RIG_RMP, RIG_RAM - 1, good & ~PSP_SYSCFG_VMPL_EN, 0,
		 PSP_INVALID_CONFIG},
		{RIG_RMP, RIG_RAM - 1, RIG_RMP, RIG_RAM - 1, good & ~PSP_SYSCFG_MFDM, 0,
		 PSP_INVALID_CONFIG},
		{RIG_RMP, RIG_RAM - 1, RIG_RMP, RIG_RAM - 1, good, 0x1000, PSP_INVALID_CONFIG},
		{RIG_RMP, RIG_RAM - 1, 0x100000, RIG_RAM - 1, good, 0, PSP_INVALID_CONFIG},
		{RIG_RMP, RIG_RAM - 1, RIG_RMP, 0x3dfffff, good, 0, PSP_INVALID_CONFIG},
		{0, RIG_RAM - 1, 0, RIG_RAM - 1, good, 0, PSP_INVALID_CONFIG},
		{RIG_RMP, 0, RIG_RMP, 0, good, 0, PSP_INVALID_CONFIG},
		{RIG_RMP, 0x100000, RIG_RMP, 0x100000, good, 0, PSP_INVALID_CONFIG},
		{RIG_RMP + 0x2000, RIG_RAM - 1, RIG_RMP + 0x2000, RIG_RAM - 1, good, 0,
		 PSP_INVALID_CONFIG},
		/* 64 MiB are 16384 pages: 256 KiB of entries, and the 16 KiB before them */
		{0x100000, 0x143fff, 0x100000, 0x143fff, good, 0, PSP_SUCCESS},
		{0x100000, 0x141fff, 0x100000, 0x141fff, good, 0, PSP_INVALID_CONFIG},
		{0x100000, 0x103fff, 0x100000, 0x103fff, good, 0, PSP_INVALID_CONFIG},
		{RIG_RAM - 0x100000, RIG_RAM + 0xfffff, RIG_RAM - 0x100000, RIG_RAM + 0xfffff, good,
		 0, PSP_RMP_INITIALIZATION_FAILED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_new(&rig, NULL);
		place(rows[i].base, rows[i].end);
		msr_on(5, PSP_MSR_RMP_BASE, rows[i].other_base);
		msr_on(5, PSP_MSR_RMP_END, rows[i].other_end);
		for (unsigned int cpu = 0; cpu < rig.config.cpus; cpu++)
			if (cpu != 5)
				enable(cpu);
		msr_on(5, PSP_MSR_SYSCFG, rows[i].syscfg);
		msr_on(5, PSP_MSR_VM_HSAVE_PA, rows[i].hsave);
		expect_status(psp_rmp_init(rig.psp), rows[i].status);
		expect_status(psp_rmp_ready(rig.psp), rows[i].status == PSP_INVALID_CONFIG
							      ? PSP_INVALID_CONFIG
							      : PSP_SUCCESS);
		rig_free(&rig);
	}
}
END_TEST

/*
 *	8 MiB    bookkeeping; at +16 KiB the segment table:
 *	         [0] 16 MiB, 1 GiB mapped    [1] 20 MiB, 2 GiB mapped (of which 1 GiB counts)
 *	16 MiB   entries of the first GiB, 4 MiB
 *	20 MiB   entries of the second, 4 MiB; segments of 2^30 bytes
 */
enum { SEG_BASE = 0x800000, SEG_0 = 0x1000000, SEG_1 = 0x1400000 };

static void segmented(uint64_t cfg)
{
	rig_new(&rig, NULL);
	put64(rig.ram + SEG_BASE + 0x4000, SEG_0 | 1);
	put64(rig.ram + SEG_BASE + 0x4008, SEG_1 | 2);
	all(PSP_MSR_RMP_BASE, SEG_BASE);
	all(PSP_MSR_RMP_CFG, cfg);
	enable_all();
}

START_TEST(segments)
{
	const uint64_t far = 0x40000000 + 0x5000;

	segmented(1 | 30 << 8);
	expect_ok(psp_rmp_init(rig.psp));
	ck_assert_uint_eq(get64(rig.ram + SEG_BASE + 0x4000), SEG_0 | 1);
	ck_assert(psp_rmp_covers(rig.psp, 0x7ffff000));
	ck_assert(!psp_rmp_covers(rig.psp, 0x80000000));
	ck_assert(!psp_rmp_covers(rig.psp, 1ull << 51));
	psp_rmp_set(rig.psp, far, &(struct psp_rmp_entry){.assigned = true, .asid = 1});
	ck_assert_uint_eq(get64(rig.ram + SEG_1 + 5 * 16), 1 | 1ull << 51);
	psp_rmp_set(rig.psp, 0x5000, &(struct psp_rmp_entry){.assigned = true, .asid = 2});
	ck_assert_uint_eq(get64(rig.ram + SEG_0 + 5 * 16), 1 | 2ull << 51);
	ck_assert_int_eq(psp_page_state(rig.psp, far), PSP_PAGE_GUEST_INVALID);
	ck_assert_int_eq(psp_page_state(rig.psp, far + 0x1000), PSP_PAGE_HYPERVISOR);
	rig_free(&rig);
}
END_TEST

START_TEST(segments_belong_to_the_firmware)
{
	static const struct {
		uint64_t spa;
		bool own;
	} pages[] = {
		{SEG_BASE - 0x1000, false}, {SEG_BASE, true},	     {SEG_BASE + 0x4000, true},
		{SEG_BASE + 0x5000, false}, {SEG_0 - 0x1000, false}, {SEG_0, true},
		{SEG_1 - 0x1000, true},	    {SEG_1, true},	     {SEG_1 + 0x3ff000, true},
		{SEG_1 + 0x400000, false},
	};

	segmented(1 | 30 << 8);
	expect_ok(psp_rmp_init(rig.psp));
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		ck_assert(psp_rmp_own(rig.psp, pages[i].spa) == pages[i].own);
		ck_assert_int_eq(psp_page_state(rig.psp, pages[i].spa),
				 pages[i].own ? PSP_PAGE_FIRMWARE : PSP_PAGE_HYPERVISOR);
	}
	rig_free(&rig);
}
END_TEST

START_TEST(wrong_segments)
{
	segmented(1 | 29 << 8);
	expect_status(psp_rmp_init(rig.psp), PSP_INVALID_CONFIG);
	ck_assert(!psp_rmp_covers(rig.psp, 0));
	rig_free(&rig);
	segmented(1);
	expect_status(psp_rmp_init(rig.psp), PSP_INVALID_CONFIG);
	rig_free(&rig);
	segmented(1 | 44 << 8);
	expect_status(psp_rmp_init(rig.psp), PSP_INVALID_CONFIG);
	rig_free(&rig);
	rig_new(&rig, NULL);
	all(PSP_MSR_RMP_BASE, SEG_BASE);
	all(PSP_MSR_RMP_CFG, 1 | 30 << 8);
	enable_all();
	expect_status(psp_rmp_init(rig.psp), PSP_INVALID_CONFIG);
	rig_free(&rig);
	rig_new(&rig, NULL);
	put64(rig.ram + SEG_BASE + 0x4000, 0x100000000 | 1);
	all(PSP_MSR_RMP_BASE, SEG_BASE);
	all(PSP_MSR_RMP_CFG, 1 | 30 << 8);
	enable_all();
	expect_status(psp_rmp_init(rig.psp), PSP_RMP_INITIALIZATION_FAILED);
	rig_free(&rig);
}
END_TEST

START_TEST(shutdown_releases_the_table)
{
	struct psp_access write = {.agent = PSP_HOST, .pa = RIG_RMP, .write = true};
	uint8_t byte = 1;

	rig_new(&rig, NULL);
	rig_snp_enable(&rig);
	expect_ok(psp_rmp_init(rig.psp));
	ck_assert_int_eq(psp_access(rig.psp, &write, &byte, 1, NULL), PSP_ACCESS_PF);
	psp_rmp_shutdown(rig.psp);
	ck_assert(!psp_rmp_covers(rig.psp, 0));
	ck_assert_int_eq(psp_access(rig.psp, &write, &byte, 1, NULL), PSP_ACCESS_OK);
	enable_all();
	expect_ok(psp_rmp_init(rig.psp));
	ck_assert_int_eq(psp_access(rig.psp, &write, &byte, 1, NULL), PSP_ACCESS_PF);
	rig_free(&rig);
}
END_TEST

/* Its pages are in Firmware state, but no command makes anything else of them. */
START_TEST(commands_leave_the_table_alone)
{
	static uint8_t before[RIG_RMP_SIZE];
	uint64_t inside = RIG_RMP + 0x8000;
	uint8_t buf[8];

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	memcpy(before, rig.ram + RIG_RMP, sizeof(before));
	put64(buf, inside);
	expect_status(psp_command(rig.psp, PSP_CMD_PLATFORM_STATUS, inside, NULL),
		      PSP_INVALID_PAGE_STATE);
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_PLATFORM_STATUS, buf, sizeof(buf)),
		      PSP_INVALID_PAGE_STATE);
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_GCTX_CREATE, buf, sizeof(buf)),
		      PSP_INVALID_PAGE_STATE);
	ck_assert(!memcmp(rig.ram + RIG_RMP, before, sizeof(before)));
	/* it is there until the x86 shutdown */
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_SHUTDOWN, NULL, 0));
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_PLATFORM_STATUS, buf, sizeof(buf)),
		      PSP_INVALID_PAGE_STATE);
	ck_assert(!memcmp(rig.ram + RIG_RMP, before, sizeof(before)));
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(zeroes_the_table_and_takes_its_pages);
	SUITE_CASE(wrong_configurations);
	SUITE_CASE(segments);
	SUITE_CASE(segments_belong_to_the_firmware);
	SUITE_CASE(wrong_segments);
	SUITE_CASE(shutdown_releases_the_table);
	SUITE_CASE(commands_leave_the_table_alone);
}
