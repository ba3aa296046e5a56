/* SPDX-License-Identifier: MIT */
/*
 * ASIDs: who may have which, and when again (55766, 6). The default machine:
 *
 *	0      1 ................ 99     100 ............... 509
 *	host   SEV-ES and SNP guests     SEV guests without SEV-ES
 *
 * and with ciphertext hiding up to 40: SNP 1 .. 40, SEV-ES 41 .. 99.
 */
#include <string.h>

#include "psp/sev/asid.h"
#include "tests/psp/sevplat.h"

static struct rig rig;

enum { ES = 1 << 2, MIN_SEV = 100, MAX = 509, HIDDEN = 40 };

static void boot(void)
{
	rig_new(&rig, NULL);
	rig_init(&rig);
}

static uint32_t launch(uint32_t policy)
{
	uint8_t buf[0x24] = {0};

	put32(buf + 4, policy);
	expect_ok(rig_cmd(&rig, PSP_CMD_LAUNCH_START, buf, sizeof(buf)));
	return get32(buf);
}

static int activate(uint32_t handle, uint32_t asid)
{
	uint8_t buf[8];

	put32(buf, handle);
	put32(buf + 4, asid);
	return rig_cmd_raw(&rig, PSP_CMD_ACTIVATE, buf, sizeof(buf));
}

static int by_handle(enum psp_cmd_id id, uint32_t handle)
{
	uint8_t buf[4];

	put32(buf, handle);
	return rig_cmd_raw(&rig, id, buf, sizeof(buf));
}

static int deactivate(uint32_t handle)
{
	return by_handle(PSP_CMD_DEACTIVATE, handle);
}

START_TEST(guests_have_ranges)
{
	static const struct {
		uint32_t policy, asid;
		int status;
	} cases[] = {
		{0, 0, PSP_INVALID_ASID},
		{0, 1, PSP_INVALID_ASID},
		{0, MIN_SEV - 1, PSP_INVALID_ASID},
		{0, MIN_SEV, PSP_SUCCESS},
		{0, MAX, PSP_SUCCESS},
		{0, MAX + 1, PSP_INVALID_ASID},
		{0, 0xffffffff, PSP_INVALID_ASID},
		{ES, 0, PSP_INVALID_ASID},
		{ES, 1, PSP_SUCCESS},
		{ES, MIN_SEV - 1, PSP_SUCCESS},
		{ES, MIN_SEV, PSP_INVALID_ASID},
		{ES, MAX, PSP_INVALID_ASID},
	};

	boot();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_status(activate(launch(cases[i].policy), cases[i].asid), cases[i].status);
	rig_free(&rig);
}
END_TEST

/* Without a machine for them, ASIDs of a kind are not there. */
START_TEST(ranges_may_be_empty)
{
	struct psp_config config;

	psp_config_default(&config);
	config.min_sev_asid = 1;
	rig_new(&rig, &config);
	rig_init(&rig);
	expect_status(activate(launch(ES), 1), PSP_INVALID_ASID);
	expect_ok(activate(launch(0), 1));
	rig_free(&rig);

	config.min_sev_asid = config.max_asid + 1;
	rig_new(&rig, &config);
	rig_init(&rig);
	expect_status(activate(launch(0), config.max_asid), PSP_INVALID_ASID);
	expect_ok(activate(launch(ES), config.max_asid));
	rig_free(&rig);
}
END_TEST

/* One ASID after another: whose is it? Nothing stays bound. */
static void expect_range(enum psp_asid_kind kind, unsigned int first, unsigned int last)
{
	for (unsigned int asid = 0; asid <= MAX + 1; asid++) {
		bool inside = asid >= first && asid <= last;

		expect_status(psp_asid_bind(rig.psp, asid, kind, 7),
			      inside ? PSP_SUCCESS : PSP_INVALID_ASID);
		if (inside)
			psp_asid_release(rig.psp, asid);
	}
	rig_wbinvd(&rig);
	expect_ok(psp_asid_flush(rig.psp));
}

START_TEST(snp_shares_the_range_of_es)
{
	boot();
	expect_range(PSP_ASID_SEV, MIN_SEV, MAX);
	expect_range(PSP_ASID_SEV_ES, 1, MIN_SEV - 1);
	expect_range(PSP_ASID_SNP, 1, MIN_SEV - 1);
	rig_free(&rig);
}
END_TEST

START_TEST(ciphertext_hiding_parts_snp_from_es)
{
	uint8_t buf[0x40] = {1 | 1 << 3};
	struct psp_config config;

	psp_config_default(&config);
	config.product = PSP_TURIN;
	put16(buf + 0x10, HIDDEN);
	rig_new(&rig, &config);
	rig_snp_enable(&rig);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_INIT_EX, buf, sizeof(buf)));
	expect_range(PSP_ASID_SEV, MIN_SEV, MAX);
	expect_range(PSP_ASID_SEV_ES, HIDDEN + 1, MIN_SEV - 1);
	expect_range(PSP_ASID_SNP, 1, HIDDEN);
	rig_free(&rig);
}
END_TEST

START_TEST(an_asid_has_one_owner)
{
	uint32_t first, second;

	boot();
	first = launch(0);
	second = launch(0);
	expect_ok(activate(first, MIN_SEV));
	expect_status(activate(second, MIN_SEV), PSP_ASID_OWNED);
	expect_ok(activate(second, MIN_SEV + 1));
	rig_free(&rig);
}
END_TEST

START_TEST(kinds_do_not_share_an_owner)
{
	boot();
	expect_ok(psp_asid_bind(rig.psp, 5, PSP_ASID_SEV_ES, 7));
	expect_ok(psp_asid_bind(rig.psp, 5, PSP_ASID_SEV_ES, 7));
	expect_status(psp_asid_bind(rig.psp, 5, PSP_ASID_SNP, 7), PSP_ASID_OWNED);
	expect_status(psp_asid_bind(rig.psp, 5, PSP_ASID_SEV_ES, 8), PSP_ASID_OWNED);
	rig_free(&rig);
}
END_TEST

/*
 * DEACTIVATE -> the ASID waits for DF_FLUSH, and that for WBINVD on every core; other ASIDs
 * do not wait.
 */
START_TEST(released_asids_wait_for_flushes)
{
	uint32_t first, second;

	boot();
	first = launch(0);
	second = launch(0);
	expect_ok(activate(first, MIN_SEV));
	expect_ok(deactivate(first));
	expect_status(activate(second, MIN_SEV), PSP_DF_FLUSH_REQUIRED);
	expect_status(sev(&rig, PSP_CMD_DF_FLUSH), PSP_WBINVD_REQUIRED);
	for (unsigned int cpu = 1; cpu < rig.config.cpus; cpu++)
		psp_wbinvd(rig.psp, cpu);
	expect_status(sev(&rig, PSP_CMD_DF_FLUSH), PSP_WBINVD_REQUIRED);
	psp_wbinvd(rig.psp, 0);
	expect_status(activate(second, MIN_SEV), PSP_DF_FLUSH_REQUIRED);
	expect_ok(activate(second, MIN_SEV + 1));
	expect_ok(sev(&rig, PSP_CMD_DF_FLUSH));
	expect_ok(activate(first, MIN_SEV));
	rig_free(&rig);
}
END_TEST

/* WBINVD before the DEACTIVATE is none. */
START_TEST(each_release_asks_for_wbinvd_again)
{
	uint32_t first, second;

	boot();
	first = launch(0);
	second = launch(0);
	expect_ok(activate(first, MIN_SEV));
	expect_ok(activate(second, MIN_SEV + 1));
	expect_ok(deactivate(first));
	rig_wbinvd(&rig);
	expect_ok(deactivate(second));
	expect_status(sev(&rig, PSP_CMD_DF_FLUSH), PSP_WBINVD_REQUIRED);
	rig_wbinvd(&rig);
	expect_ok(sev(&rig, PSP_CMD_DF_FLUSH));
	expect_ok(sev(&rig, PSP_CMD_DF_FLUSH));
	expect_ok(activate(first, MIN_SEV + 1));
	expect_ok(activate(second, MIN_SEV));
	rig_free(&rig);
}
END_TEST

/* Linux decommissions before it flushes, OpenBSD after. */
START_TEST(both_orders_of_ending_a_guest_work)
{
	uint32_t guest;

	boot();
	for (unsigned int flush_first = 0; flush_first < 2; flush_first++) {
		guest = launch(0);
		expect_ok(activate(guest, MIN_SEV));
		expect_ok(deactivate(guest));
		if (!flush_first)
			expect_ok(by_handle(PSP_CMD_DECOMMISSION, guest));
		rig_wbinvd(&rig);
		expect_ok(sev(&rig, PSP_CMD_DF_FLUSH));
		if (flush_first)
			expect_ok(by_handle(PSP_CMD_DECOMMISSION, guest));
	}
	expect_ok(activate(launch(0), MIN_SEV));
	rig_free(&rig);
}
END_TEST

START_TEST(guests_make_the_platform_work)
{
	uint8_t status[12] = {0};
	uint32_t guest;

	boot();
	guest = launch(0);
	launch(0);
	expect_ok(rig_cmd(&rig, PSP_CMD_PLATFORM_STATUS, status, sizeof(status)));
	ck_assert_uint_eq(status[2], 2);
	ck_assert_uint_eq(get32(status + 8), 2);
	expect_status(sev(&rig, PSP_CMD_PEK_GEN), PSP_INVALID_PLATFORM_STATE);
	expect_ok(sev(&rig, PSP_CMD_PDH_GEN));
	expect_ok(by_handle(PSP_CMD_DECOMMISSION, guest));
	ck_assert_int_eq(info_of(&rig).state, PSP_WORKING);
	expect_ok(by_handle(PSP_CMD_DECOMMISSION, guest + 1));
	expect_ok(rig_cmd(&rig, PSP_CMD_PLATFORM_STATUS, status, sizeof(status)));
	ck_assert_uint_eq(status[2], 1);
	ck_assert_uint_eq(get32(status + 8), 0);
	expect_ok(sev(&rig, PSP_CMD_PEK_GEN));
	rig_free(&rig);
}
END_TEST

/* SHUTDOWN ends guests; their ASIDs wait for the flush through the next INIT. */
START_TEST(shutdown_loses_guests)
{
	uint32_t guest;

	boot();
	guest = launch(0);
	expect_ok(activate(guest, MIN_SEV));
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	ck_assert_int_eq(info_of(&rig).state, PSP_UNINIT);
	ck_assert_uint_eq(info_of(&rig).guests, 0);
	expect_ok(init(&rig));
	ck_assert_int_eq(info_of(&rig).state, PSP_INIT);
	expect_status(deactivate(guest), PSP_INVALID_GUEST);
	guest = launch(0);
	expect_status(activate(guest, MIN_SEV), PSP_DF_FLUSH_REQUIRED);
	expect_status(sev(&rig, PSP_CMD_DF_FLUSH), PSP_WBINVD_REQUIRED);
	rig_wbinvd(&rig);
	expect_ok(sev(&rig, PSP_CMD_DF_FLUSH));
	expect_ok(activate(guest, MIN_SEV));
	rig_free(&rig);
}
END_TEST

/* A power cycle empties caches and buffers; nothing waits. */
START_TEST(power_cycle_frees_all)
{
	uint32_t guest;

	boot();
	guest = launch(0);
	expect_ok(activate(guest, MIN_SEV));
	expect_ok(activate(launch(ES), 1));
	expect_ok(deactivate(guest));
	psp_reset(rig.psp);
	ck_assert_uint_eq(info_of(&rig).guests, 0);
	ck_assert(!psp_asid_unflushed(rig.psp));
	expect_ok(init(&rig));
	expect_status(activate(guest, MIN_SEV), PSP_INVALID_GUEST);
	expect_ok(activate(launch(0), MIN_SEV));
	expect_ok(psp_asid_bind(rig.psp, 1, PSP_ASID_SEV_ES, 9));
	rig_free(&rig);
}
END_TEST

START_TEST(unflushed_is_told)
{
	boot();
	ck_assert(!psp_asid_unflushed(rig.psp));
	expect_ok(psp_asid_bind(rig.psp, MAX, PSP_ASID_SEV, 7));
	ck_assert(!psp_asid_unflushed(rig.psp));
	psp_asid_release(rig.psp, MAX);
	ck_assert(psp_asid_unflushed(rig.psp));
	rig_wbinvd(&rig);
	ck_assert(psp_asid_unflushed(rig.psp));
	expect_ok(psp_asid_flush(rig.psp));
	ck_assert(!psp_asid_unflushed(rig.psp));
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(guests_have_ranges);
	SUITE_CASE(ranges_may_be_empty);
	SUITE_CASE(snp_shares_the_range_of_es);
	SUITE_CASE(ciphertext_hiding_parts_snp_from_es);
	SUITE_CASE(an_asid_has_one_owner);
	SUITE_CASE(kinds_do_not_share_an_owner);
	SUITE_CASE(released_asids_wait_for_flushes);
	SUITE_CASE(each_release_asks_for_wbinvd_again);
	SUITE_CASE(both_orders_of_ending_a_guest_work);
	SUITE_CASE(guests_make_the_platform_work);
	SUITE_CASE(shutdown_loses_guests);
	SUITE_CASE(power_cycle_frees_all);
	SUITE_CASE(unflushed_is_told);
}
