/* SPDX-License-Identifier: MIT */
/*
 * A guest goes from one platform to another with its migration agent: EXPORT, IMPORT,
 * and its page by way of SNP_PAGE_SWAP_OUT and _IN.
 *
 *	here				there
 *	PAGE  -- swap out --> OUT	OUT   -- swap in --> PAGE
 *	MDATA -- swap out --> OUT_MD	OUT_MD -- swap in --> MDATA
 *	context -- EXPORT --> agent	agent -- IMPORT --> context
 */
#include <string.h>

#include "tests/psp/snp_agent.h"
#include "tests/suite.h"

enum {
	PAGE = SNP_RAM + 0x40000,
	SECRETS = SNP_RAM + 0x41000,
	MDATA = SNP_RAM + 0x42000,
	OUT = SNP_RAM + 0x43000,
	OUT_MD = SNP_RAM + 0x44000,
	GPA = 0x30000,
	OEK_COUNT = 0x20 + 0x10,  /* in a message: of the context */
	MSG_COUNTS = 0x20 + 0x20, /* in a message: of the context's four counters */
};

static struct rig rig, far;
static struct snp_vm agent, far_agent, vm, moved;

static void here(void)
{
	struct owner_secrets secrets;

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	snp_vm_run(&agent, &rig, 1, 9, SNP_POLICY);
	snp_vm_start_bound(&vm, &agent, 0, 5, SNP_POLICY | SNP_POLICY_MA);
	for (unsigned int i = 0; i < RIG_PAGE; i++)
		rig.ram[PAGE + i] = (uint8_t)(i * 11 + 1);
	snp_update(&vm, PAGE, (struct owner_page){.type = OWNER_PAGE_NORMAL, .gpa = GPA});
	snp_secrets(&vm, SECRETS, &secrets);
	expect_ok(snp_finish(&vm));
}

/* Another chip, of a higher TCB, with an agent and an empty context. */
static void there(void)
{
	struct psp_config config;

	psp_config_default(&config);
	config.seed = 99;
	config.tcb.microcode = 0x74;
	rig_new(&far, &config);
	rig_snp_init(&far);
	snp_vm_run(&far_agent, &far, 1, 3, SNP_POLICY);
	moved = vm;
	moved.rig = &far;
	moved.asid = 8;
	moved.gctx = snp_gctx(&far, 0);
}

static void pack(void)
{
	rig_to_firmware(&rig, OUT, 2);
	snp_metadata_page(&vm, MDATA);
	snp_freeze(&vm, PAGE, GPA);
	expect_ok(snp_swap(&vm, PSP_CMD_SNP_PAGE_SWAP_OUT, PAGE, OUT, MDATA, 0));
	expect_ok(snp_swap(&vm, PSP_CMD_SNP_PAGE_SWAP_OUT, MDATA, OUT_MD, 0,
			   SNP_SWAP_METADATA | SNP_SWAP_ROOT));
	rig_to_host(&rig, OUT, 2);
}

static void unpack(void)
{
	memcpy(far.ram + OUT, rig.ram + OUT, 2 * RIG_PAGE);
	rig_to_firmware(&far, MDATA, 1);
	snp_pre_guest(&moved, PAGE, GPA, false);
	expect_ok(snp_swap(&moved, PSP_CMD_SNP_PAGE_SWAP_IN, OUT_MD, MDATA, 0,
			   SNP_SWAP_METADATA | SNP_SWAP_ROOT));
	expect_ok(snp_swap(&moved, PSP_CMD_SNP_PAGE_SWAP_IN, OUT, PAGE, MDATA, 0));
}

START_TEST(guest_moves)
{
	uint8_t exported[OWNER_MSG_MAX], req[SNP_CONTEXT], before[RIG_PAGE], seen[RIG_PAGE];
	uint8_t old[OWNER_REPORT_SIZE], new[OWNER_REPORT_SIZE], ma[OWNER_REPORT_SIZE];
	static const uint8_t data[64];

	here();
	there();
	snp_guest_read(&vm, PAGE, GPA, before, sizeof(before));
	ck_assert_uint_eq(snp_report(&vm, 0, 0, 0, data, old), 0);
	ck_assert_uint_eq(snp_report(&agent, 0, 0, 0, data, ma), 0);
	ck_assert_mem_eq(old + 0x160, ma + 0x140, 32);
	pack();
	ck_assert_uint_eq(snp_export(&agent, vm.gctx, exported), 0);
	moved.owner = vm.owner;
	snp_import_request(exported, moved.gctx, req);
	ck_assert_uint_eq(snp_import(&far_agent, req), 0);
	expect_ok(snp_activate(&far, moved.gctx, moved.asid));
	unpack();
	snp_guest_read(&moved, PAGE, GPA, seen, sizeof(seen));
	ck_assert_mem_eq(seen, before, sizeof(seen));
	/* the same guest, keys and counters among it, on another chip */
	ck_assert_uint_eq(snp_report(&moved, 0, 0, 0, data, new), 0);
	ck_assert_uint_eq(get64(new + 8), vm.policy);
	ck_assert_mem_eq(new + 0x90, vm.ld, 48);
	ck_assert_mem_eq(new + 0x140, old + 0x140, 32);
	ck_assert_mem_ne(new + 0x1a0, old + 0x1a0, 64);
	ck_assert_uint_eq(get64(old + 0x1f0), 0x7308000000000003ull);
	ck_assert_uint_eq(get64(new + 0x1f0), 0x7408000000000003ull);
	ck_assert_uint_eq(snp_report(&far_agent, 0, 0, 0, data, ma), 0);
	ck_assert_mem_eq(new + 0x160, ma + 0x140, 32);
	rig_free(&rig);
	rig_free(&far);
}
END_TEST

/* Swap a page out after all, and tell the IV in its entry. */
static uint64_t iv_of(const struct snp_vm *guest, uint64_t pa, uint64_t gpa, uint64_t md)
{
	rig_to_firmware(guest->rig, OUT, 1);
	snp_metadata_page(guest, md);
	snp_freeze(guest, pa, gpa);
	expect_ok(snp_swap(guest, PSP_CMD_SNP_PAGE_SWAP_OUT, pa, OUT, md, 0));
	return get64(guest->rig->ram + md + 8);
}

/* Both sides have the offline encryption key, and a host may go on at both. */
START_TEST(no_iv_twice)
{
	uint8_t exported[OWNER_MSG_MAX], req[SNP_CONTEXT];

	here();
	there();
	pack();
	ck_assert_uint_eq(snp_export(&agent, vm.gctx, exported), 0);
	snp_import_request(exported, moved.gctx, req);
	ck_assert_uint_eq(snp_import(&far_agent, req), 0);
	expect_ok(snp_activate(&far, moved.gctx, moved.asid));
	unpack();
	ck_assert_uint_ne(iv_of(&vm, SECRETS, 0x801000, MDATA + 0x10000),
			  iv_of(&moved, PAGE, GPA, MDATA + 0x10000));
	rig_free(&rig);
	rig_free(&far);
}
END_TEST

/* The number of migrations is a part of IVs, and ends, too. */
START_TEST(too_many_migrations)
{
	uint8_t exported[OWNER_MSG_MAX], req[SNP_CONTEXT];

	here();
	there();
	ck_assert_uint_eq(snp_export(&agent, vm.gctx, exported), 0);
	snp_import_request(exported, moved.gctx, req);
	put64(req + OEK_COUNT, 0xffffull << 48);
	ck_assert_uint_eq(snp_import(&far_agent, req), 0x1d);
	put64(req + OEK_COUNT, 0xfffeull << 48);
	ck_assert_uint_eq(snp_import(&far_agent, req), 0);
	rig_free(&rig);
	rig_free(&far);
}
END_TEST

START_TEST(export_is_the_agents_alone)
{
	uint8_t payload[OWNER_MSG_MAX], req[0x10] = {0};
	struct snp_vm other;

	here();
	snp_vm_run(&other, &rig, 2, 10, SNP_POLICY);
	ck_assert_uint_eq(snp_export(&other, vm.gctx, payload), 0x10);
	ck_assert_uint_eq(snp_export(&agent, other.gctx, payload), 0x10);
	ck_assert_uint_eq(snp_export(&agent, SNP_REQ, payload), 0x10);
	put64(req, vm.gctx);
	req[8] = 1;
	ck_assert_uint_eq(snp_message(&agent, OWNER_MSG_EXPORT, req, sizeof(req), payload), 0x16);
	ck_assert_uint_eq(snp_export(&agent, vm.gctx, payload), 0);
	rig_free(&rig);
}
END_TEST

START_TEST(export_wants_a_running_guest)
{
	uint8_t payload[OWNER_MSG_MAX];

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	snp_vm_run(&agent, &rig, 1, 9, SNP_POLICY);
	snp_vm_start_bound(&vm, &agent, 0, 5, SNP_POLICY | SNP_POLICY_MA);
	ck_assert_uint_eq(snp_export(&agent, vm.gctx, payload), 2);
	rig_free(&rig);
}
END_TEST

/* When the agent ends, its guests stay where they are. */
START_TEST(agent_ends)
{
	static const struct psp_rmp_entry free_page;
	uint8_t b[8], payload[OWNER_MSG_MAX];

	here();
	put64(b, agent.gctx);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_DECOMMISSION, b, sizeof(b)));
	rig_to_host(&rig, agent.gctx, 1);
	for (uint64_t pa = SNP_RAM + 0x10000; pa < SNP_RAM + 0x12000; pa += RIG_PAGE)
		ck_assert_int_eq(psp_rmpupdate(rig.psp, 0, pa, &free_page), PSP_RMP_OK);
	rig_wbinvd(&rig);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_DF_FLUSH, NULL, 0));
	snp_vm_run(&agent, &rig, 1, 9, SNP_POLICY);
	ck_assert_uint_eq(snp_export(&agent, vm.gctx, payload), 0x10);
	rig_free(&rig);
}
END_TEST

static void expect_not_imported(const uint8_t *req, uint32_t status)
{
	ck_assert_uint_eq(snp_import(&far_agent, req), status);
	expect_status(snp_activate(&far, moved.gctx, 8), PSP_INVALID_GUEST_STATE);
}

START_TEST(import_checks_the_context)
{
	uint8_t exported[OWNER_MSG_MAX], req[SNP_CONTEXT], good[SNP_CONTEXT];

	here();
	there();
	ck_assert_uint_eq(snp_export(&agent, vm.gctx, exported), 0);
	snp_import_request(exported, moved.gctx, good);
	memcpy(req, good, sizeof(req));
	req[8]++;
	expect_not_imported(req, 0x16);
	memcpy(req, good, sizeof(req));
	req[0xc]++;
	expect_not_imported(req, 0x16);
	memcpy(req, good, sizeof(req));
	req[0x10] = 1;
	expect_not_imported(req, 0x16);
	memcpy(req, good, sizeof(req));
	req[0x20 + 0x18 + 7] = 0x80;
	expect_not_imported(req, 0x16);
	/* policy: bit 17 clear; ABI above the firmware's; no migration agent allowed */
	memcpy(req, good, sizeof(req));
	put64(req + 0x20, SNP_POLICY_MA | 1 << 16);
	expect_not_imported(req, 0x16);
	put64(req + 0x20, SNP_POLICY | SNP_POLICY_MA | 0x200);
	expect_not_imported(req, 7);
	put64(req + 0x20, SNP_POLICY);
	expect_not_imported(req, 7);
	/* to whom: no context, one in use */
	memcpy(req, good, sizeof(req));
	put64(req, SNP_REQ);
	expect_not_imported(req, 0x10);
	put64(req, far_agent.gctx);
	expect_not_imported(req, 2);
	ck_assert_uint_eq(snp_import(&far_agent, good), 0);
	ck_assert_uint_eq(snp_import(&far_agent, good), 2);
	rig_free(&rig);
	rig_free(&far);
}
END_TEST

/* Who has an agent is none. */
START_TEST(import_by_a_bound_guest)
{
	uint8_t exported[OWNER_MSG_MAX], req[SNP_CONTEXT];

	here();
	ck_assert_uint_eq(snp_export(&agent, vm.gctx, exported), 0);
	snp_import_request(exported, snp_gctx(&rig, 3), req);
	ck_assert_uint_eq(snp_import(&vm, req), 0x10);
	rig_free(&rig);
}
END_TEST

START_TEST(vmrk_in_launch_only)
{
	uint8_t req[0x40] = {0}, payload[OWNER_MSG_MAX];

	here();
	put64(req, vm.gctx);
	ck_assert_uint_eq(snp_message(&agent, OWNER_MSG_VMRK, req, sizeof(req), payload), 2);
	put64(req, agent.gctx);
	ck_assert_uint_eq(snp_message(&agent, OWNER_MSG_VMRK, req, sizeof(req), payload), 0x10);
	req[8] = 1;
	ck_assert_uint_eq(snp_message(&agent, OWNER_MSG_VMRK, req, sizeof(req), payload), 0x16);
	rig_free(&rig);
}
END_TEST

/* The last message that a counter has room for, and the first that it has not. */
START_TEST(counter_overflow)
{
	uint8_t exported[OWNER_MSG_MAX], req[SNP_CONTEXT], report[OWNER_REPORT_SIZE];
	static const uint8_t data[64];
	struct owner_request request = {.type = OWNER_MSG_REPORT, .version = 1, .payload = data};

	here();
	there();
	ck_assert_uint_eq(snp_export(&agent, vm.gctx, exported), 0);
	snp_import_request(exported, moved.gctx, req);
	put64(req + MSG_COUNTS, UINT64_MAX - 3);
	put64(req + MSG_COUNTS + 8, UINT64_MAX - 1);
	ck_assert_uint_eq(snp_import(&far_agent, req), 0);
	moved.owner.count[0] = UINT64_MAX - 3;
	ck_assert_uint_eq(snp_report(&moved, 0, 0, 0, data, report), 0);
	moved.owner.count[0] = 0;
	ck_assert_int_eq(owner_request_seal(&moved.owner, &request, far.ram + SNP_REQ), OWNER_OK);
	expect_status(snp_request_raw(&moved), PSP_AEAD_OFLOW);
	request.vmpck = 1;
	ck_assert_int_eq(owner_request_seal(&moved.owner, &request, far.ram + SNP_REQ), OWNER_OK);
	expect_status(snp_request_raw(&moved), PSP_AEAD_OFLOW);
	/* the other keys have their own counters */
	ck_assert_uint_eq(snp_report(&moved, 2, 2, 0, data, report), 0);
	rig_free(&rig);
	rig_free(&far);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(guest_moves);
	SUITE_CASE(no_iv_twice);
	SUITE_CASE(too_many_migrations);
	SUITE_CASE(export_is_the_agents_alone);
	SUITE_CASE(export_wants_a_running_guest);
	SUITE_CASE(agent_ends);
	SUITE_CASE(import_checks_the_context);
	SUITE_CASE(import_by_a_bound_guest);
	SUITE_CASE(vmrk_in_launch_only);
	SUITE_CASE(counter_overflow);
}
