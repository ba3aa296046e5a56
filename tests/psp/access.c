/* SPDX-License-Identifier: MIT */
/* Who may do what to which page: the RMP's checks of every agent, and what a refusal says. */
#include "tests/psp/rmp_rig.h"

#include <string.h>

enum { GPA = 0x40000000, HOST, LEGACY, SHARED, DEVICE, PRIVATE, AGENTS };

static const uint8_t KEY[16] = {1, 2, 3};

static struct psp_access by(int agent, uint64_t pa, bool write)
{
	struct psp_access a = {.agent = PSP_GUEST, .pa = pa, .write = write, .asid = 1, .gpa = GPA};

	a.gpa += pa % RIG_2M - PAGE % RIG_2M;
	a.agent = agent == HOST ? PSP_HOST : agent == DEVICE ? PSP_DEVICE : PSP_GUEST;
	a.snp = agent == SHARED || agent == PRIVATE;
	a.encrypted = agent == PRIVATE || agent == LEGACY;
	a.asid = agent == LEGACY ? 120 : 1;
	return a;
}

static enum psp_access_status refused(int agent)
{
	return agent == HOST ? PSP_ACCESS_PF : agent == DEVICE ? PSP_ACCESS_IO : PSP_ACCESS_NPF;
}

static enum psp_access_status check(struct psp_access access)
{
	struct psp_fault fault = {.error_code = ~0ull};
	enum psp_access_status status = psp_rmp_check(rig.psp, &access, &fault);

	if (status) {
		ck_assert_int_eq(fault.status, status);
		ck_assert_ptr_nonnull(fault.reason);
	}
	ck_assert_int_eq(psp_rmp_check(rig.psp, &access, NULL), status);
	return status;
}

static uint64_t error_code(struct psp_access access)
{
	struct psp_fault fault = {0};

	ck_assert_int_ne(psp_rmp_check(rig.psp, &access, &fault), PSP_ACCESS_OK);
	return fault.error_code;
}

/* An entry for each page state, as ASID 1 at GPA would have it. */
static const struct {
	struct psp_rmp_entry entry;
	enum psp_access_status guest; /* private access of ASID 1 */
} states[] = {
	[PSP_PAGE_HYPERVISOR] = {{0}, PSP_ACCESS_NPF},
	[PSP_PAGE_HV_FIXED] = {{.immutable = true}, PSP_ACCESS_NPF},
	[PSP_PAGE_FIRMWARE] = {{.assigned = true, .immutable = true}, PSP_ACCESS_NPF},
	[PSP_PAGE_RECLAIM] = {{.assigned = true}, PSP_ACCESS_NPF},
	[PSP_PAGE_CONTEXT] = {{.assigned = true, .immutable = true, .vmsa = true}, PSP_ACCESS_NPF},
	[PSP_PAGE_METADATA] = {{.assigned = true, .immutable = true, .gpa = GPA}, PSP_ACCESS_NPF},
	[PSP_PAGE_PRE_GUEST] = {{.assigned = true, .immutable = true, .asid = 1, .gpa = GPA},
				PSP_ACCESS_NPF},
	[PSP_PAGE_PRE_SWAP] = {{.assigned = true,
				.immutable = true,
				.asid = 1,
				.gpa = GPA,
				.validated = true,
				.perms = {15}},
			       PSP_ACCESS_NPF},
	[PSP_PAGE_GUEST_INVALID] = {{.assigned = true, .asid = 1, .gpa = GPA, .perms = {15}},
				    PSP_ACCESS_VC},
	[PSP_PAGE_GUEST_VALID] =
		{{.assigned = true, .asid = 1, .gpa = GPA, .validated = true, .perms = {15}},
		 PSP_ACCESS_OK},
};

SNP_TEST(every_agent_and_every_state)
{
	for (enum psp_page_state s = PSP_PAGE_HYPERVISOR; s <= PSP_PAGE_GUEST_VALID; s++) {
		const bool hypervisors = s == PSP_PAGE_HYPERVISOR || s == PSP_PAGE_HV_FIXED;

		psp_rmp_set(rig.psp, PAGE, &states[s].entry);
		expect_state(PAGE, s);
		for (int agent = HOST; agent < PRIVATE; agent++) {
			ck_assert_int_eq(check(by(agent, PAGE, false)), PSP_ACCESS_OK);
			ck_assert_int_eq(check(by(agent, PAGE, true)),
					 hypervisors ? PSP_ACCESS_OK : refused(agent));
		}
		ck_assert_int_eq(check(by(PRIVATE, PAGE, false)), states[s].guest);
		ck_assert_int_eq(check(by(PRIVATE, PAGE, true)), states[s].guest);
	}
}

SNP_TEST(without_snp_nothing_is_refused)
{
	struct rig off;

	rig_new(&off, NULL);
	for (int agent = HOST; agent < AGENTS; agent++) {
		struct psp_access access = by(agent, PAGE, true);

		ck_assert_int_eq(psp_rmp_check(off.psp, &access, NULL), PSP_ACCESS_OK);
	}
	rig_free(&off);
}

/* The checks are a core's; devices have them as soon as one core does. */
SNP_TEST(a_core_without_snp_checks_nothing)
{
	struct psp_access access = by(HOST, RIG_RMP, true);
	struct rig one;

	rig_new(&one, NULL);
	ck_assert_int_eq(psp_wrmsr(one.psp, 1, PSP_MSR_RMP_BASE, RIG_RMP), 0);
	ck_assert_int_eq(psp_wrmsr(one.psp, 1, PSP_MSR_RMP_END, RIG_RAM - 1), 0);
	ck_assert_int_eq(psp_wrmsr(one.psp, 1, PSP_MSR_SYSCFG, PSP_SYSCFG_SNP_EN), 0);
	psp_rmp_set(one.psp, RIG_RMP, &ENTRY(.assigned = true));
	ck_assert_int_eq(psp_rmp_check(one.psp, &access, NULL), PSP_ACCESS_OK);
	access.cpu = 1;
	ck_assert_int_eq(psp_rmp_check(one.psp, &access, NULL), PSP_ACCESS_PF);
	access.agent = PSP_DEVICE;
	access.cpu = 0;
	ck_assert_int_eq(psp_rmp_check(one.psp, &access, NULL), PSP_ACCESS_IO);
	rig_free(&one);
}

SNP_TEST(error_codes)
{
	struct psp_access a = by(HOST, PAGE, true);

	psp_rmp_set(rig.psp, PAGE, &states[PSP_PAGE_FIRMWARE].entry);
	ck_assert_uint_eq(error_code(a), 1 | 2 | 1ull << 31);
	a.user = true;
	ck_assert_uint_eq(error_code(a), 1 | 2 | 4 | 1ull << 31);
	ck_assert_uint_eq(error_code(by(DEVICE, PAGE, true)), 0);
	ck_assert_uint_eq(error_code(by(SHARED, PAGE, true)), 1 | 2 | 1ull << 31);
	ck_assert_uint_eq(error_code(by(LEGACY, PAGE, true)), 1 | 2 | 1ull << 31 | 1ull << 34);
	a = by(PRIVATE, PAGE, false);
	ck_assert_uint_eq(error_code(a), 1 | 1ull << 31 | 1ull << 34);
	a.execute = a.user = true;
	ck_assert_uint_eq(error_code(a), 1 | 4 | 16 | 1ull << 31 | 1ull << 34);
	psp_rmp_set(rig.psp, PAGE, &states[PSP_PAGE_GUEST_INVALID].entry);
	ck_assert_uint_eq(error_code(a), 0);
	psp_rmp_set(rig.psp, PAGE, &states[PSP_PAGE_GUEST_VALID].entry);
	a = by(PRIVATE, PAGE, true);
	a.vmpl = 3;
	ck_assert_uint_eq(error_code(a), 1 | 2 | 1ull << 31 | 1ull << 34 | 1ull << 36);
}

SNP_TEST(a_private_page_has_one_owner_and_one_address)
{
	struct psp_access a = by(PRIVATE, PAGE, false);

	psp_rmp_set(rig.psp, PAGE, &states[PSP_PAGE_GUEST_VALID].entry);
	ck_assert_int_eq(check(a), PSP_ACCESS_OK);
	a.asid = 2;
	ck_assert_int_eq(check(a), PSP_ACCESS_NPF);
	a = by(PRIVATE, PAGE, false);
	a.gpa += RIG_PAGE;
	ck_assert_int_eq(check(a), PSP_ACCESS_NPF);
	a = by(PRIVATE, PAGE + 0x123, false);
	ck_assert_uint_eq(a.gpa, GPA + 0x123);
	ck_assert_int_eq(check(a), PSP_ACCESS_OK);
	a.pa = 1ull << 40; /* outside of the table */
	ck_assert_int_eq(check(a), PSP_ACCESS_NPF);
	a = by(HOST, 1ull << 40, true);
	ck_assert_int_eq(check(a), PSP_ACCESS_OK);
}

/* Each permission bit stands for its own kind of access, at each VMPL. */
SNP_TEST(vmpl_permissions)
{
	for (uint8_t vmpl = 0; vmpl < 4; vmpl++)
		for (unsigned int perms = 0; perms < 16; perms++) {
			struct psp_rmp_entry e = states[PSP_PAGE_GUEST_VALID].entry;
			struct psp_access a = by(PRIVATE, PAGE, false);

			memset(e.perms, (int)(perms ^ 15), 4);
			e.perms[vmpl] = (uint8_t)perms;
			psp_rmp_set(rig.psp, PAGE, &e);
			a.vmpl = vmpl;
			ck_assert_int_eq(check(a) == PSP_ACCESS_OK, perms & 1);
			a.write = true;
			ck_assert_int_eq(check(a) == PSP_ACCESS_OK, perms >> 1 & 1);
			a.write = false;
			a.execute = a.user = true;
			ck_assert_int_eq(check(a) == PSP_ACCESS_OK, perms >> 2 & 1);
			a.user = false;
			ck_assert_int_eq(check(a) == PSP_ACCESS_OK, perms >> 3 & 1);
		}
}

SNP_TEST(permissions_need_vmpl_en)
{
	struct psp_access a = by(PRIVATE, PAGE, true);
	struct rig off;

	rig_new(&off, NULL);
	ck_assert_int_eq(psp_wrmsr(off.psp, 0, PSP_MSR_RMP_BASE, RIG_RMP), 0);
	ck_assert_int_eq(psp_wrmsr(off.psp, 0, PSP_MSR_RMP_END, RIG_RAM - 1), 0);
	ck_assert_int_eq(psp_wrmsr(off.psp, 0, PSP_MSR_SYSCFG, PSP_SYSCFG_SNP_EN), 0);
	psp_rmp_set(off.psp, PAGE, &states[PSP_PAGE_GUEST_VALID].entry);
	a.vmpl = 2;
	ck_assert_int_eq(psp_rmp_check(off.psp, &a, NULL), PSP_ACCESS_OK);
	psp_rmp_set(rig.psp, PAGE, &states[PSP_PAGE_GUEST_VALID].entry);
	ck_assert_int_eq(check(a), PSP_ACCESS_NPF);
	rig_free(&off);
}

/*
 *	BIG  | 4K | 4K | assigned | 4K ...        a mapping of the whole 2 MiB may not write
 */
SNP_TEST(large_mapping_over_a_small_assignment)
{
	for (int agent = HOST; agent < PRIVATE; agent++) {
		struct psp_access a = by(agent, BIG + 0x1000, true);

		a.page_2m = true;
		ck_assert_int_eq(check(a), PSP_ACCESS_OK);
		SET(BIG + 0x7000, .assigned = true, .asid = 1);
		ck_assert_int_eq(check(a), refused(agent));
		a.write = false;
		ck_assert_int_eq(check(a), PSP_ACCESS_OK);
		a.write = true;
		a.page_2m = false;
		ck_assert_int_eq(check(a), PSP_ACCESS_OK);
		SET(BIG + 0x7000, .assigned = false);
		SET(BIG, .assigned = true, .asid = 1);
		ck_assert_int_eq(check(a), PSP_ACCESS_OK);
		a.page_2m = true;
		ck_assert_int_eq(check(a), refused(agent));
		SET(BIG, .assigned = false);
	}
}

SNP_TEST(sizes_of_private_pages)
{
	struct psp_access a = by(PRIVATE, BIG + 0x5000, true);
	struct psp_rmp_entry e = states[PSP_PAGE_GUEST_VALID].entry;

	e.page_2m = true;
	psp_rmp_set(rig.psp, BIG, &e);
	ck_assert_uint_eq(a.gpa, GPA + 0x5000);
	ck_assert_int_eq(check(a), PSP_ACCESS_OK);
	a.page_2m = true;
	ck_assert_int_eq(check(a), PSP_ACCESS_OK);
	a.gpa += RIG_PAGE;
	ck_assert_int_eq(check(a), PSP_ACCESS_NPF);
	a.gpa -= RIG_PAGE;
	ck_assert_int_eq(psp_psmash(rig.psp, 0, BIG), PSP_RMP_OK);
	ck_assert_int_eq(check(a), PSP_ACCESS_NPF);
	a.page_2m = false;
	ck_assert_int_eq(check(a), PSP_ACCESS_OK);
}

SNP_TEST(save_areas)
{
	struct psp_rmp_entry e = states[PSP_PAGE_GUEST_VALID].entry;
	struct psp_access a = by(PRIVATE, PAGE, true);

	psp_rmp_set(rig.psp, PAGE, &e);
	a.vmsa = true;
	ck_assert_int_eq(check(a), PSP_ACCESS_NPF);
	e.vmsa = true;
	psp_rmp_set(rig.psp, PAGE, &e);
	ck_assert_int_eq(check(a), PSP_ACCESS_OK);
	a.gpa = 0xfffffffff000; /* found by its system address */
	ck_assert_int_eq(check(a), PSP_ACCESS_OK);
	a.asid = 2;
	ck_assert_int_eq(check(a), PSP_ACCESS_NPF);
	a = by(PRIVATE, PAGE, true);
	ck_assert_int_eq(check(a), PSP_ACCESS_NPF);
	a.write = false;
	ck_assert_int_eq(check(a), PSP_ACCESS_OK);
	e.validated = false;
	psp_rmp_set(rig.psp, PAGE, &e);
	a.vmsa = true;
	ck_assert_int_eq(check(a), PSP_ACCESS_VC);
}

SNP_TEST(fetches_are_private)
{
	uint8_t plain[64], back[64];
	struct psp_access a = by(PRIVATE, PAGE, true);

	psp_key_load(rig.psp, 1, KEY);
	psp_rmp_set(rig.psp, PAGE, &states[PSP_PAGE_GUEST_VALID].entry);
	memset(plain, 0x90, sizeof(plain));
	ck_assert_int_eq(psp_access(rig.psp, &a, plain, sizeof(plain), NULL), PSP_ACCESS_OK);
	a.write = a.encrypted = false;
	a.execute = true;
	ck_assert_int_eq(psp_access(rig.psp, &a, back, sizeof(back), NULL), PSP_ACCESS_OK);
	ck_assert_mem_eq(back, plain, sizeof(back));
	a.snp = false; /* a SEV guest, for its ASID has a key */
	ck_assert_int_eq(psp_access(rig.psp, &a, back, sizeof(back), NULL), PSP_ACCESS_OK);
	ck_assert_mem_eq(back, plain, sizeof(back));
	a.asid = 2; /* a guest without encryption */
	ck_assert_int_eq(psp_access(rig.psp, &a, back, sizeof(back), NULL), PSP_ACCESS_OK);
	ck_assert_mem_eq(back, rig.ram + PAGE, sizeof(back));
	a.asid = 40000;
	ck_assert_int_eq(psp_access(rig.psp, &a, back, sizeof(back), NULL), PSP_ACCESS_OK);
	a.encrypted = true;
	ck_assert_int_eq(psp_access(rig.psp, &a, back, sizeof(back), NULL), PSP_ACCESS_ABORT);
	a.asid = 0;
	ck_assert_int_eq(psp_access(rig.psp, &a, back, sizeof(back), NULL), PSP_ACCESS_ABORT);
	psp_rmp_set(rig.psp, PAGE, &states[PSP_PAGE_HYPERVISOR].entry);
	a = by(SHARED, PAGE, false);
	ck_assert_int_eq(check(a), PSP_ACCESS_OK);
	a.execute = true;
	ck_assert_int_eq(check(a), PSP_ACCESS_NPF);
}

SNP_TEST(refused_accesses_change_nothing)
{
	uint8_t before[64], data[64];

	memset(rig.ram + PAGE, 0x77, 64);
	memcpy(before, rig.ram + PAGE, 64);
	psp_rmp_set(rig.psp, PAGE, &states[PSP_PAGE_GUEST_INVALID].entry);
	memset(data, 0x11, sizeof(data));
	for (int agent = HOST; agent < AGENTS; agent++) {
		struct psp_access a = by(agent, PAGE, true);
		struct psp_fault fault;

		ck_assert_int_eq(psp_access(rig.psp, &a, data, sizeof(data), &fault),
				 agent == PRIVATE ? PSP_ACCESS_VC : refused(agent));
		ck_assert_mem_eq(rig.ram + PAGE, before, 64);
	}
}

SNP_TEST(aborts)
{
	struct psp_access a = by(HOST, PAGE + 0xff0, false);
	struct psp_fault fault;
	uint8_t buf[64];

	ck_assert_int_eq(psp_access(rig.psp, &a, buf, 17, &fault), PSP_ACCESS_ABORT);
	ck_assert_int_eq(fault.status, PSP_ACCESS_ABORT);
	ck_assert_uint_eq(fault.error_code, 0);
	ck_assert_int_eq(psp_access(rig.psp, &a, buf, SIZE_MAX, NULL), PSP_ACCESS_ABORT);
	ck_assert_int_eq(psp_access(rig.psp, &a, buf, 16, &fault), PSP_ACCESS_OK);
	ck_assert_int_eq(psp_access(rig.psp, &a, buf, 0, &fault), PSP_ACCESS_OK);
	a.pa = RIG_RAM;
	ck_assert_int_eq(psp_access(rig.psp, &a, buf, 1, NULL), PSP_ACCESS_ABORT);
	a.write = true;
	ck_assert_int_eq(psp_access(rig.psp, &a, buf, 1, NULL), PSP_ACCESS_ABORT);
	a = by(LEGACY, RIG_RAM, false);
	ck_assert_int_eq(psp_access(rig.psp, &a, buf, 1, NULL), PSP_ACCESS_ABORT);
}

SNP_TEST(counts)
{
	struct psp_access a = by(HOST, PAGE, true);
	struct psp_stats before, after;
	uint8_t byte = 0;

	psp_get_stats(rig.psp, &before);
	psp_access(rig.psp, &a, &byte, 1, NULL);
	psp_rmp_set(rig.psp, PAGE, &states[PSP_PAGE_RECLAIM].entry);
	psp_access(rig.psp, &a, &byte, 1, NULL);
	psp_rmp_check(rig.psp, &a, NULL);
	psp_get_stats(rig.psp, &after);
	ck_assert_uint_eq(after.rmp_checks - before.rmp_checks, 2);
	ck_assert_uint_eq(after.rmp_faults - before.rmp_faults, 1);
}

SNP_TEST(fault_point)
{
	struct psp_access a = by(HOST, PAGE, false);
	struct psp_fault fault;
	uint8_t byte;

	rig_fault(&rig, "psp.rmp-violation", 2, 2);
	ck_assert_int_eq(psp_access(rig.psp, &a, &byte, 1, &fault), PSP_ACCESS_OK);
	ck_assert_int_eq(psp_access(rig.psp, &a, &byte, 1, &fault), PSP_ACCESS_PF);
	ck_assert_uint_eq(fault.error_code, 1 | 1ull << 31);
	ck_assert_int_eq(psp_access(rig.psp, &a, &byte, 1, &fault), PSP_ACCESS_OK);
	rig_to_firmware(&rig, PAGE, 1);
	expect_ok(psp_buf_writable(rig.psp, PAGE, 8));
	rig_fault(&rig, "psp.rmp-violation", 1, 1);
	expect_status(psp_buf_writable(rig.psp, PAGE, 8), PSP_INVALID_PAGE_STATE);
	expect_ok(psp_buf_writable(rig.psp, PAGE, 8));
}

/* What the host reads of a guest's page by its own view, with ciphertext hiding. */
START_TEST(hidden_ciphertext)
{
	uint8_t data[32], ones[32], init[0x40] = {1 | 1 << 3};
	struct psp_access a = by(PRIVATE, PAGE, true);
	struct psp_config config;

	psp_config_default(&config);
	config.product = PSP_TURIN; /* the first that has it */
	rig_new(&rig, &config);
	rig_snp_enable(&rig);
	put16(init + 0x10, 10);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_INIT_EX, init, sizeof(init)));
	psp_key_load(rig.psp, 1, KEY);
	psp_rmp_set(rig.psp, PAGE, &states[PSP_PAGE_GUEST_VALID].entry);
	memset(data, 0x11, sizeof(data));
	memset(ones, 0xff, sizeof(ones));
	ck_assert_int_eq(psp_access(rig.psp, &a, data, sizeof(data), NULL), PSP_ACCESS_OK);
	for (int agent = HOST; agent < PRIVATE; agent++) {
		a = by(agent, PAGE, false);
		ck_assert_int_eq(psp_access(rig.psp, &a, data, sizeof(data), NULL), PSP_ACCESS_OK);
		ck_assert_mem_eq(data, ones, sizeof(data));
	}
	a = by(PRIVATE, PAGE, false);
	ck_assert_int_eq(psp_access(rig.psp, &a, data, sizeof(data), NULL), PSP_ACCESS_OK);
	ck_assert_uint_eq(data[0], 0x11);
	SET(PAGE, .assigned = true, .asid = 11);
	a = by(HOST, PAGE, false);
	ck_assert_int_eq(psp_access(rig.psp, &a, data, sizeof(data), NULL), PSP_ACCESS_OK);
	ck_assert_mem_eq(data, rig.ram + PAGE, sizeof(data));
	rig_free(&rig);
}
END_TEST

SNP_TEST(the_firmware_writes_its_pages_alone)
{
	rig_to_firmware(&rig, PAGE, 2);
	expect_ok(psp_buf_writable(rig.psp, PAGE, 2 * RIG_PAGE));
	expect_ok(psp_buf_writable(rig.psp, PAGE + 0x800, RIG_PAGE));
	expect_ok(psp_buf_writable(rig.psp, PAGE | 1ull << 51, 8));
	expect_ok(psp_buf_writable(rig.psp, PAGE - 8, 0));
	expect_status(psp_buf_writable(rig.psp, PAGE - 8, 16), PSP_INVALID_PAGE_STATE);
	expect_status(psp_buf_writable(rig.psp, PAGE + RIG_PAGE + 1, RIG_PAGE),
		      PSP_INVALID_PAGE_STATE);
	for (enum psp_page_state s = PSP_PAGE_HYPERVISOR; s <= PSP_PAGE_GUEST_VALID; s++) {
		psp_rmp_set(rig.psp, PAGE, &states[s].entry);
		expect_status(psp_buf_writable(rig.psp, PAGE, 8),
			      s == PSP_PAGE_FIRMWARE ? PSP_SUCCESS : PSP_INVALID_PAGE_STATE);
	}
}

void suite_cases(void)
{
	SUITE_CASE(every_agent_and_every_state);
	SUITE_CASE(without_snp_nothing_is_refused);
	SUITE_CASE(a_core_without_snp_checks_nothing);
	SUITE_CASE(error_codes);
	SUITE_CASE(a_private_page_has_one_owner_and_one_address);
	SUITE_CASE(vmpl_permissions);
	SUITE_CASE(permissions_need_vmpl_en);
	SUITE_CASE(large_mapping_over_a_small_assignment);
	SUITE_CASE(sizes_of_private_pages);
	SUITE_CASE(save_areas);
	SUITE_CASE(fetches_are_private);
	SUITE_CASE(refused_accesses_change_nothing);
	SUITE_CASE(aborts);
	SUITE_CASE(counts);
	SUITE_CASE(fault_point);
	SUITE_CASE(hidden_ciphertext);
	SUITE_CASE(the_firmware_writes_its_pages_alone);
}
