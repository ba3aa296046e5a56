/* SPDX-License-Identifier: MIT */
/* SNP_LAUNCH_START: policy, migration agent, what a launch begins with. */
#include <string.h>

#include "tests/psp/snp_rig.h"
#include "tests/suite.h"

static struct rig rig;
static struct snp_vm vm;

/* SNP_INIT_EX bits: 2 RAPL off, 3 ciphertext hiding. */
static void machine(const struct psp_config *config, uint8_t init_bits)
{
	uint8_t init[0x40] = {1 | init_bits};

	rig_new(&rig, config);
	if (!init_bits) {
		rig_snp_init(&rig);
	} else {
		if (init_bits & 8)
			put16(init + 0x10, 50);
		rig_snp_enable(&rig);
		expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_INIT_EX, init, sizeof(init)));
		rig_wbinvd(&rig);
		expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_DF_FLUSH, NULL, 0));
	}
	vm = (struct snp_vm){.rig = &rig, .gctx = snp_gctx(&rig, 0)};
}

static int start(uint64_t policy)
{
	uint8_t b[0x30];

	vm.policy = policy;
	snp_start_buffer(&vm, b);
	return rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, b, sizeof(b));
}

/* The context is as before: still in GSTATE_INIT. */
static void expect_refused(uint64_t policy, enum psp_status status)
{
	expect_status(start(policy), status);
	expect_status(snp_activate(&rig, vm.gctx, 1), PSP_INVALID_GUEST_STATE);
}

/* The default machine has SMT on, API 1.55, AES-128, RAPL on, no ciphertext hiding. */
START_TEST(policy_of_the_default_machine)
{
	machine(NULL, 0);
	expect_refused(0, PSP_INVALID_PARAM);
	expect_refused(1ull << 16, PSP_INVALID_PARAM);
	for (unsigned int bit = 25; bit < 64; bit++)
		expect_refused(SNP_POLICY | 1ull << bit, PSP_INVALID_PARAM);
	expect_refused(1ull << 17, PSP_POLICY_FAILURE);
	expect_refused(SNP_POLICY | 1ull << 22, PSP_POLICY_FAILURE);
	expect_refused(SNP_POLICY | 1ull << 23, PSP_POLICY_FAILURE);
	expect_refused(SNP_POLICY | 1ull << 24, PSP_POLICY_FAILURE);
	expect_ok(start(SNP_POLICY | 1ull << 18 | 1ull << 19 | 1ull << 20 | 1ull << 21));
	rig_free(&rig);
}
END_TEST

START_TEST(policy_abi_is_a_minimum)
{
	machine(NULL, 0);
	expect_refused(SNP_POLICY | 0x138, PSP_POLICY_FAILURE);
	expect_refused(SNP_POLICY | 0x200, PSP_POLICY_FAILURE);
	expect_ok(start(SNP_POLICY | 0x137));
	rig_free(&rig);
}
END_TEST

START_TEST(policy_abi_of_an_older_major)
{
	machine(NULL, 0);
	expect_ok(start(SNP_POLICY | 0x0ff));
	rig_free(&rig);
}
END_TEST

START_TEST(policy_without_smt)
{
	struct psp_config config;

	psp_config_default(&config);
	config.smt = false;
	machine(&config, 0);
	expect_ok(start(1ull << 17));
	rig_free(&rig);
}
END_TEST

START_TEST(policy_rapl_off)
{
	machine(NULL, 4);
	expect_refused(SNP_POLICY | 1ull << 24, PSP_POLICY_FAILURE);
	expect_ok(start(SNP_POLICY | 1ull << 23));
	rig_free(&rig);
}
END_TEST

START_TEST(policy_ciphertext_hiding)
{
	struct psp_config config;

	psp_config_default(&config);
	config.product = PSP_TURIN;
	machine(&config, 8);
	expect_refused(SNP_POLICY | 1ull << 23, PSP_POLICY_FAILURE);
	expect_ok(start(SNP_POLICY | 1ull << 24));
	expect_status(snp_activate(&rig, vm.gctx, 51), PSP_INVALID_ASID);
	expect_ok(snp_activate(&rig, vm.gctx, 50));
	rig_free(&rig);
}
END_TEST

START_TEST(policy_bits_by_api)
{
	struct psp_config config;

	psp_config_default(&config);
	config.api_minor = 54;
	machine(&config, 0);
	for (unsigned int bit = 21; bit <= 25; bit++)
		expect_refused(SNP_POLICY | 1ull << bit, PSP_INVALID_PARAM);
	rig_free(&rig);
	config.api_minor = 58;
	machine(&config, 0);
	expect_ok(start(SNP_POLICY | 1ull << 25));
	rig_free(&rig);
}
END_TEST

START_TEST(start_once)
{
	machine(NULL, 0);
	expect_ok(start(SNP_POLICY));
	expect_status(start(SNP_POLICY), PSP_INVALID_GUEST_STATE);
	rig_free(&rig);
}
END_TEST

START_TEST(start_refuses_reserved_bits)
{
	uint8_t b[0x30];

	machine(NULL, 0);
	vm.policy = SNP_POLICY;
	for (unsigned int bit = 2; bit < 32; bit++) {
		snp_start_buffer(&vm, b);
		put32(b + 0x18, 1u << bit);
		expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, b, sizeof(b)),
			      PSP_INVALID_PARAM);
	}
	rig_free(&rig);
}
END_TEST

static int start_with_agent(uint64_t policy, uint64_t agent)
{
	uint8_t b[0x30];

	vm.policy = policy;
	snp_start_buffer(&vm, b);
	put64(b + 0x10, agent);
	b[0x18] = 1;
	return rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, b, sizeof(b));
}

START_TEST(agent_must_be_a_running_guest)
{
	struct snp_vm agent;

	machine(NULL, 0);
	snp_vm_start(&agent, &rig, 1, 2, SNP_POLICY);
	expect_status(start_with_agent(SNP_POLICY, agent.gctx), PSP_POLICY_FAILURE);
	expect_status(start_with_agent(SNP_POLICY | SNP_POLICY_MA, SNP_RAM), PSP_INVALID_GUEST);
	expect_status(start_with_agent(SNP_POLICY | SNP_POLICY_MA, agent.gctx),
		      PSP_INVALID_GUEST_STATE);
	expect_ok(snp_finish(&agent));
	expect_ok(start_with_agent(SNP_POLICY | SNP_POLICY_MA, agent.gctx));
	rig_free(&rig);
}
END_TEST

START_TEST(agent_has_no_agent)
{
	struct snp_vm agent, bound;

	machine(NULL, 0);
	snp_vm_start(&agent, &rig, 1, 2, SNP_POLICY);
	expect_ok(snp_finish(&agent));
	expect_ok(start_with_agent(SNP_POLICY | SNP_POLICY_MA, agent.gctx));
	bound = vm;
	expect_ok(snp_finish(&bound));
	vm.gctx = snp_gctx(&rig, 2);
	expect_status(start_with_agent(SNP_POLICY | SNP_POLICY_MA, bound.gctx), PSP_INVALID_GUEST);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(policy_of_the_default_machine);
	SUITE_CASE(policy_abi_is_a_minimum);
	SUITE_CASE(policy_abi_of_an_older_major);
	SUITE_CASE(policy_without_smt);
	SUITE_CASE(policy_rapl_off);
	SUITE_CASE(policy_ciphertext_hiding);
	SUITE_CASE(policy_bits_by_api);
	SUITE_CASE(start_once);
	SUITE_CASE(start_refuses_reserved_bits);
	SUITE_CASE(agent_must_be_a_running_guest);
	SUITE_CASE(agent_has_no_agent);
}
