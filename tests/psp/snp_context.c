/* SPDX-License-Identifier: MIT */
/* SNP contexts and ASIDs: GCTX_CREATE, DECOMMISSION, ACTIVATE(_EX), GUEST_STATUS. */
#include <string.h>

#include "tests/psp/snp_rig.h"
#include "tests/suite.h"

static struct rig rig;

static void machine(void)
{
	rig_new(&rig, NULL);
	rig_snp_init(&rig);
}

static int create(uint64_t pa)
{
	uint8_t b[8];

	put64(b, pa);
	return rig_cmd_raw(&rig, PSP_CMD_SNP_GCTX_CREATE, b, sizeof(b));
}

static int decommission(uint64_t gctx)
{
	uint8_t b[8];

	put64(b, gctx);
	return rig_cmd_raw(&rig, PSP_CMD_SNP_DECOMMISSION, b, sizeof(b));
}

static unsigned int guests(void)
{
	struct psp_info info;

	psp_get_info(rig.psp, &info);
	return info.snp_guests;
}

START_TEST(create_makes_a_context_page)
{
	static const uint8_t zero[RIG_PAGE];
	struct psp_rmp_entry entry;

	machine();
	rig_to_firmware(&rig, SNP_GCTX, 1);
	expect_ok(create(SNP_GCTX));
	psp_rmp_lookup(rig.psp, SNP_GCTX, &entry);
	ck_assert(entry.assigned && entry.immutable && entry.vmsa && !entry.validated);
	ck_assert_uint_eq(entry.asid, 0);
	ck_assert_uint_eq(entry.gpa, 0);
	ck_assert_int_eq(psp_page_state(rig.psp, SNP_GCTX), PSP_PAGE_CONTEXT);
	ck_assert_mem_ne(rig.ram + SNP_GCTX, zero, RIG_PAGE);
	ck_assert_uint_eq(guests(), 1);
	rig_free(&rig);
}
END_TEST

START_TEST(create_wants_a_firmware_page)
{
	machine();
	expect_status(create(SNP_GCTX), PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&rig, SNP_GCTX, 1);
	expect_status(create(SNP_GCTX + 0x10), PSP_INVALID_ADDRESS);
	expect_status(create(1ull << 40), PSP_INVALID_ADDRESS);
	expect_ok(create(SNP_GCTX | 1ull << rig.config.c_bit));
	expect_status(create(SNP_GCTX), PSP_INVALID_PAGE_STATE);
	ck_assert_uint_eq(guests(), 1);
	rig_free(&rig);
}
END_TEST

/* Page 0 is the name of no context. */
START_TEST(create_in_page_0)
{
	machine();
	rig_to_firmware(&rig, 0, 1);
	expect_status(create(0), PSP_INVALID_ADDRESS);
	rig_to_host(&rig, 0, 1);
	rig_free(&rig);
}
END_TEST

START_TEST(create_stops_at_the_limit)
{
	struct psp_config config;

	psp_config_default(&config);
	config.max_guests = 2;
	rig_new(&rig, &config);
	rig_snp_init(&rig);
	snp_gctx(&rig, 0);
	snp_gctx(&rig, 1);
	rig_to_firmware(&rig, SNP_GCTX + 2 * RIG_PAGE, 1);
	expect_status(create(SNP_GCTX + 2 * RIG_PAGE), PSP_RESOURCE_LIMIT);
	rig_to_host(&rig, SNP_GCTX + 2 * RIG_PAGE, 1);
	ck_assert_int_eq(psp_page_state(rig.psp, SNP_GCTX + 2 * RIG_PAGE), PSP_PAGE_HYPERVISOR);
	rig_free(&rig);
}
END_TEST

START_TEST(decommission_gives_the_page_back)
{
	static const struct psp_rmp_entry free_page;
	struct snp_vm vm;

	machine();
	snp_vm_run(&vm, &rig, 0, 5, SNP_POLICY);
	expect_ok(decommission(vm.gctx));
	ck_assert_int_eq(psp_page_state(rig.psp, vm.gctx), PSP_PAGE_FIRMWARE);
	ck_assert_int_eq(psp_page_state(rig.psp, SNP_RAM), PSP_PAGE_GUEST_VALID);
	ck_assert_uint_eq(guests(), 0);
	expect_status(decommission(vm.gctx), PSP_INVALID_GUEST);
	rig_to_host(&rig, vm.gctx, 1);
	ck_assert_int_eq(psp_rmpupdate(rig.psp, 0, SNP_RAM, &free_page), PSP_RMP_OK);
	rig_free(&rig);
}
END_TEST

/* From a context nobody launched, too. */
START_TEST(decommission_in_each_state)
{
	uint64_t gctx;
	struct snp_vm vm;

	machine();
	gctx = snp_gctx(&rig, 0);
	expect_ok(decommission(gctx));
	snp_vm_start(&vm, &rig, 1, 1, SNP_POLICY);
	expect_ok(decommission(vm.gctx));
	ck_assert_int_eq(psp_page_state(rig.psp, gctx), PSP_PAGE_FIRMWARE);
	ck_assert_int_eq(psp_page_state(rig.psp, vm.gctx), PSP_PAGE_FIRMWARE);
	rig_free(&rig);
}
END_TEST

START_TEST(context_is_named_by_its_page)
{
	uint64_t gctx;

	machine();
	gctx = snp_gctx(&rig, 0);
	expect_status(snp_activate(&rig, gctx + RIG_PAGE, 1), PSP_INVALID_GUEST);
	expect_status(snp_activate(&rig, gctx + 8, 1), PSP_INVALID_GUEST);
	expect_status(snp_activate(&rig, 0, 1), PSP_INVALID_GUEST);
	expect_status(snp_activate(&rig, gctx, 1), PSP_INVALID_GUEST_STATE);
	rig_free(&rig);
}
END_TEST

START_TEST(activate_binds_one_asid)
{
	struct snp_vm a, b = {.rig = &rig, .policy = SNP_POLICY};
	uint8_t start[0x30];

	machine();
	snp_vm_start(&a, &rig, 0, 7, SNP_POLICY);
	b.gctx = snp_gctx(&rig, 1);
	snp_start_buffer(&b, start);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, start, sizeof(start)));
	expect_status(snp_activate(&rig, a.gctx, 8), PSP_ACTIVE);
	expect_status(snp_activate(&rig, b.gctx, 7), PSP_ASID_OWNED);
	expect_status(snp_activate(&rig, b.gctx, 0), PSP_INVALID_ASID);
	expect_status(snp_activate(&rig, b.gctx, rig.config.min_sev_asid), PSP_INVALID_ASID);
	expect_ok(snp_activate(&rig, b.gctx, rig.config.min_sev_asid - 1));
	rig_free(&rig);
}
END_TEST

START_TEST(asid_needs_a_flush_after_its_guest)
{
	struct snp_vm a, b = {.rig = &rig, .policy = SNP_POLICY};
	uint8_t start[0x30];

	machine();
	snp_vm_start(&a, &rig, 0, 7, SNP_POLICY);
	expect_ok(decommission(a.gctx));
	b.gctx = snp_gctx(&rig, 1);
	snp_start_buffer(&b, start);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, start, sizeof(start)));
	expect_status(snp_activate(&rig, b.gctx, 7), PSP_DF_FLUSH_REQUIRED);
	rig_wbinvd(&rig);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_DF_FLUSH, NULL, 0));
	expect_ok(snp_activate(&rig, b.gctx, 7));
	rig_free(&rig);
}
END_TEST

START_TEST(no_activation_before_the_first_flush)
{
	struct snp_vm vm = {.rig = &rig, .policy = SNP_POLICY};
	uint8_t init[0x40] = {1}, start[0x30];

	rig_new(&rig, NULL);
	rig_snp_enable(&rig);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_INIT_EX, init, sizeof(init)));
	vm.gctx = snp_gctx(&rig, 0);
	snp_start_buffer(&vm, start);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, start, sizeof(start)));
	expect_status(snp_activate(&rig, vm.gctx, 1), PSP_DF_FLUSH_REQUIRED);
	rig_free(&rig);
}
END_TEST

static int activate_ex(uint32_t len, uint64_t gctx, uint32_t asid, uint32_t n, uint64_t ids)
{
	uint8_t b[0x20] = {0};

	put32(b, len);
	put64(b + 8, gctx);
	put32(b + 0x10, asid);
	put32(b + 0x14, n);
	put64(b + 0x18, ids);
	return rig_cmd_raw(&rig, PSP_CMD_SNP_ACTIVATE_EX, b, sizeof(b));
}

START_TEST(activate_ex_takes_cores)
{
	struct snp_vm vm = {.rig = &rig, .policy = SNP_POLICY};
	uint8_t start[0x30];

	machine();
	vm.gctx = snp_gctx(&rig, 0);
	expect_status(activate_ex(0x20, vm.gctx, 3, 0, 0), PSP_INVALID_GUEST_STATE);
	snp_start_buffer(&vm, start);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, start, sizeof(start)));
	put32(rig.ram + SNP_REQ, 1);
	put32(rig.ram + SNP_REQ + 4, 7);
	put32(rig.ram + SNP_REQ + 8, 8); /* the machine has CPUs 0 to 7 */
	expect_status(activate_ex(0x1c, vm.gctx, 3, 2, SNP_REQ), PSP_INVALID_LENGTH);
	expect_status(activate_ex(0x1c, vm.gctx + RIG_PAGE, 3, 2, SNP_REQ), PSP_INVALID_GUEST);
	expect_status(activate_ex(0x20, vm.gctx, 3, 0, SNP_REQ), PSP_INVALID_PARAM);
	expect_status(activate_ex(0x20, vm.gctx, 3, 3, SNP_REQ), PSP_INVALID_PARAM);
	expect_status(activate_ex(0x20, vm.gctx, 3, 9, SNP_REQ), PSP_INVALID_PARAM);
	expect_status(activate_ex(0x20, vm.gctx, 3, 2, RIG_RAM), PSP_INVALID_ADDRESS);
	expect_ok(activate_ex(0x20, vm.gctx, 3, 2, SNP_REQ));
	expect_ok(activate_ex(0x20, vm.gctx, 3, 1, SNP_REQ + 4));
	expect_status(activate_ex(0x20, vm.gctx, 4, 1, SNP_REQ), PSP_ACTIVE);
	expect_status(snp_activate(&rig, vm.gctx, 3), PSP_ACTIVE);
	rig_free(&rig);
}
END_TEST

static int status_of(uint64_t gctx, uint64_t page)
{
	uint8_t b[0x10];

	put64(b, gctx);
	put64(b + 8, page);
	return rig_cmd_raw(&rig, PSP_CMD_SNP_GUEST_STATUS, b, sizeof(b));
}

/* Offsets: policy 0 (8 bytes), ASID 8 (4), state 0xc (1), the rest zero. */
static void expect_guest(uint64_t gctx, uint64_t policy, uint32_t asid, uint8_t state)
{
	static const uint8_t zero[RIG_PAGE];
	uint8_t *page = rig.ram + SNP_REQ;

	memset(page, 0xee, RIG_PAGE);
	rig_to_firmware(&rig, SNP_REQ, 1);
	expect_ok(status_of(gctx, SNP_REQ));
	ck_assert_int_eq(psp_page_state(rig.psp, SNP_REQ), PSP_PAGE_RECLAIM);
	rig_to_host(&rig, SNP_REQ, 1);
	ck_assert_uint_eq(get64(page), policy);
	ck_assert_uint_eq(get32(page + 8), asid);
	ck_assert_uint_eq(page[0xc], state);
	ck_assert_mem_eq(page + 0xd, zero, RIG_PAGE - 0xd);
}

START_TEST(status_tells_policy_asid_and_state)
{
	uint64_t gctx;
	struct snp_vm vm;

	machine();
	gctx = snp_gctx(&rig, 1);
	expect_guest(gctx, 0, 0, 0);
	snp_vm_start(&vm, &rig, 0, 9, SNP_POLICY | SNP_POLICY_DEBUG);
	expect_guest(vm.gctx, 0xb0000, 9, 1);
	expect_ok(snp_finish(&vm));
	expect_guest(vm.gctx, 0xb0000, 9, 2);
	rig_free(&rig);
}
END_TEST

START_TEST(status_wants_a_firmware_page)
{
	uint64_t gctx;

	machine();
	gctx = snp_gctx(&rig, 0);
	expect_status(status_of(gctx, SNP_REQ), PSP_INVALID_PAGE_STATE);
	expect_status(status_of(gctx, SNP_REQ + 0x800), PSP_INVALID_ADDRESS);
	expect_status(status_of(gctx, RIG_RAM), PSP_INVALID_ADDRESS);
	expect_status(status_of(SNP_REQ, SNP_REQ), PSP_INVALID_GUEST);
	rig_free(&rig);
}
END_TEST

START_TEST(shutdown_ends_all_guests)
{
	uint8_t b[8] = {8}, init[0x40] = {1};
	struct snp_vm vm;

	machine();
	snp_vm_run(&vm, &rig, 0, 5, SNP_POLICY);
	snp_gctx(&rig, 1);
	ck_assert_uint_eq(guests(), 2);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_SHUTDOWN_EX, b, sizeof(b)));
	ck_assert_uint_eq(guests(), 0);
	rig_wbinvd(&rig);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_INIT_EX, init, sizeof(init)));
	expect_status(snp_activate(&rig, vm.gctx, 5), PSP_INVALID_GUEST);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(create_makes_a_context_page);
	SUITE_CASE(create_wants_a_firmware_page);
	SUITE_CASE(create_in_page_0);
	SUITE_CASE(create_stops_at_the_limit);
	SUITE_CASE(decommission_gives_the_page_back);
	SUITE_CASE(decommission_in_each_state);
	SUITE_CASE(context_is_named_by_its_page);
	SUITE_CASE(activate_binds_one_asid);
	SUITE_CASE(asid_needs_a_flush_after_its_guest);
	SUITE_CASE(no_activation_before_the_first_flush);
	SUITE_CASE(activate_ex_takes_cores);
	SUITE_CASE(status_tells_policy_asid_and_state);
	SUITE_CASE(status_wants_a_firmware_page);
	SUITE_CASE(shutdown_ends_all_guests);
}
