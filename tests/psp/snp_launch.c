/* SPDX-License-Identifier: MIT */
/*
 * SNP_LAUNCH_UPDATE: page types, states and sizes, the launch digest. What the digest is
 * shows in LAUNCH_FINISH, which takes an ID block only with the right one.
 */
#include <string.h>

#include "tests/psp/snp_rig.h"
#include "tests/suite.h"

enum { GPA = 0x7654000 };

static struct rig rig;
static struct snp_vm vm;

static void machine(void)
{
	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	snp_vm_start(&vm, &rig, 0, 5, SNP_POLICY);
}

/* LAUNCH_FINISH with an ID block that names this digest. */
static int finish_with(const uint8_t ld[48])
{
	struct owner_id_block block = {.policy = vm.policy};
	uint8_t b[0x40] = {0};
	struct owner_rand rand;
	struct owner_ec_key id;

	owner_rand_init(&rand, "launch");
	owner_ec_generate(&id, &rand);
	memcpy(block.ld, ld, sizeof(block.ld));
	owner_id_block_make(&block, rig.ram + SNP_ID_BLOCK);
	owner_id_auth_make(rig.ram + SNP_ID_BLOCK, &id, NULL, rig.ram + SNP_ID_AUTH);
	put64(b, vm.gctx);
	put64(b + 8, SNP_ID_BLOCK);
	put64(b + 0x10, SNP_ID_AUTH);
	b[0x18] = 1;
	return rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_FINISH, b, sizeof(b));
}

static void pattern(uint8_t *p, size_t len, unsigned int seed)
{
	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(seed + i * 7 + (i >> 8) * 31);
}

START_TEST(digest_of_nothing_is_zero)
{
	static const uint8_t zero[48];
	uint8_t one[48] = {1};

	machine();
	expect_status(finish_with(one), PSP_BAD_MEASUREMENT);
	expect_ok(finish_with(zero));
	rig_free(&rig);
}
END_TEST

/*
 * Computed with Python's hashlib from the layout of PAGE_INFO: a NORMAL page of 0xab at
 * GPA 0x7654000 with masks 1, 6 and 0xf for VMPL1, 2, 3, then a ZERO page at 0x1000.
 */
START_TEST(digest_known_answer)
{
	static const uint8_t ld[48] = {
		0x60, 0x2a, 0x23, 0x1f, 0xb1, 0xa0, 0xe1, 0xed, 0x98, 0xf7, 0xca, 0x5b,
		0xbe, 0x0e, 0x01, 0xaf, 0x58, 0x1d, 0xbd, 0xa7, 0x07, 0x22, 0xbc, 0xa8,
		0x3e, 0x2e, 0x96, 0x35, 0x0f, 0x4a, 0x92, 0x39, 0x3b, 0x0c, 0x88, 0xdb,
		0x06, 0x68, 0xbd, 0x8e, 0xa8, 0x2e, 0x9c, 0x9f, 0x00, 0xd5, 0x49, 0xb3,
	};
	struct owner_page normal = {
		.type = OWNER_PAGE_NORMAL, .vmpl_perms = {1, 6, 0xf}, .gpa = GPA};
	struct owner_page zero = {.type = OWNER_PAGE_ZERO, .gpa = 0x1000};

	machine();
	memset(rig.ram + SNP_RAM, 0xab, RIG_PAGE);
	snp_update(&vm, SNP_RAM, normal);
	snp_update(&vm, SNP_RAM + RIG_PAGE, zero);
	ck_assert_mem_eq(vm.ld, ld, sizeof(ld));
	expect_ok(finish_with(ld));
	rig_free(&rig);
}
END_TEST

/* Every type, non-zero masks, a VMSA at the top of the guest's address space. */
START_TEST(digest_of_every_type)
{
	static const struct owner_page pages[] = {
		{.type = OWNER_PAGE_NORMAL, .vmpl_perms = {3, 5, 9}, .gpa = GPA},
		{.type = OWNER_PAGE_ZERO, .vmpl_perms = {1, 0, 0}, .gpa = GPA + 0x1000},
		{.type = OWNER_PAGE_UNMEASURED, .vmpl_perms = {0, 1, 0}, .gpa = GPA + 0x2000},
		{.type = OWNER_PAGE_SECRETS, .vmpl_perms = {0, 0, 1}, .gpa = GPA + 0x3000},
		{.type = OWNER_PAGE_CPUID, .vmpl_perms = {0xf, 7, 1}, .gpa = GPA + 0x4000},
		{.type = OWNER_PAGE_VMSA, .vmpl_perms = {2, 4, 8}, .gpa = OWNER_VMSA_GPA},
		{.type = OWNER_PAGE_NORMAL, .vmpl_perms = {0xf, 0xf, 0xf}, .gpa = GPA + 0x5000},
	};
	uint64_t pa = SNP_RAM;

	machine();
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++, pa += RIG_PAGE) {
		if (pages[i].type != OWNER_PAGE_CPUID)
			pattern(rig.ram + pa, RIG_PAGE, (unsigned int)i);
		snp_update(&vm, pa, pages[i]);
	}
	expect_ok(finish_with(vm.ld));
	rig_free(&rig);
}
END_TEST

static void expect_entry(uint64_t pa, uint64_t gpa, bool large, bool vmsa, const uint8_t perms[4])
{
	struct psp_rmp_entry entry;

	ck_assert_int_eq(psp_page_state(rig.psp, pa), PSP_PAGE_GUEST_VALID);
	psp_rmp_lookup(rig.psp, pa, &entry);
	ck_assert(entry.assigned && entry.validated && !entry.immutable);
	ck_assert_int_eq(entry.vmsa, vmsa);
	ck_assert_int_eq(entry.page_2m, large);
	ck_assert_uint_eq(entry.asid, vm.asid);
	ck_assert_uint_eq(entry.gpa, gpa);
	ck_assert_mem_eq(entry.perms, perms, 4);
}

START_TEST(page_becomes_the_guests)
{
	struct owner_page page = {.type = OWNER_PAGE_NORMAL, .vmpl_perms = {1, 3, 8}, .gpa = GPA};
	uint8_t before[RIG_PAGE], seen[RIG_PAGE];

	machine();
	pattern(before, sizeof(before), 1);
	page.contents = before;
	snp_update(&vm, SNP_RAM, page);
	expect_entry(SNP_RAM, GPA, false, false, (const uint8_t[]){0xf, 1, 3, 8});
	ck_assert_mem_ne(rig.ram + SNP_RAM, before, 16);
	snp_guest_read(&vm, SNP_RAM, GPA, seen, sizeof(seen));
	ck_assert_mem_eq(seen, before, sizeof(seen));
	rig_free(&rig);
}
END_TEST

START_TEST(vmsa_page_has_its_bit)
{
	struct owner_page page = {.type = OWNER_PAGE_VMSA, .gpa = OWNER_VMSA_GPA};

	machine();
	snp_update(&vm, SNP_RAM, page);
	expect_entry(SNP_RAM, OWNER_VMSA_GPA, false, true, (const uint8_t[]){0xf, 0, 0, 0});
	rig_free(&rig);
}
END_TEST

START_TEST(zero_page_is_zero_to_the_guest)
{
	static const uint8_t zero[RIG_PAGE];
	uint8_t seen[RIG_PAGE];

	machine();
	memset(rig.ram + SNP_RAM, 0x5a, RIG_PAGE);
	snp_update(&vm, SNP_RAM, (struct owner_page){.type = OWNER_PAGE_ZERO, .gpa = GPA});
	snp_guest_read(&vm, SNP_RAM, GPA, seen, sizeof(seen));
	ck_assert_mem_eq(seen, zero, sizeof(seen));
	ck_assert_mem_ne(rig.ram + SNP_RAM, zero, 16);
	rig_free(&rig);
}
END_TEST

START_TEST(unmeasured_page_keeps_its_contents)
{
	uint8_t before[RIG_PAGE], seen[RIG_PAGE];

	machine();
	pattern(before, sizeof(before), 9);
	snp_update(
		&vm, SNP_RAM,
		(struct owner_page){.type = OWNER_PAGE_UNMEASURED, .gpa = GPA, .contents = before});
	snp_guest_read(&vm, SNP_RAM, GPA, seen, sizeof(seen));
	ck_assert_mem_eq(seen, before, sizeof(seen));
	expect_ok(finish_with(vm.ld));
	rig_free(&rig);
}
END_TEST

/* With SME the host's C-bit says by which key it wrote the page. */
START_TEST(page_that_the_host_encrypted)
{
	uint64_t c_bit, value;
	uint8_t before[RIG_PAGE], seen[RIG_PAGE];
	struct owner_page page = {.type = OWNER_PAGE_NORMAL, .gpa = GPA, .contents = before};
	struct psp_access access = {
		.agent = PSP_HOST, .pa = SNP_RAM, .write = true, .encrypted = true};

	rig_new(&rig, NULL);
	for (unsigned int cpu = 0; cpu < rig.config.cpus; cpu++)
		ck_assert_int_eq(psp_wrmsr(rig.psp, cpu, PSP_MSR_SYSCFG, PSP_SYSCFG_SME_EN), 0);
	rig_snp_init(&rig);
	ck_assert_int_eq(psp_rdmsr(rig.psp, 0, PSP_MSR_SYSCFG, &value), 0);
	for (unsigned int cpu = 0; cpu < rig.config.cpus; cpu++)
		psp_wrmsr(rig.psp, cpu, PSP_MSR_SYSCFG, value | PSP_SYSCFG_SME_EN);
	c_bit = 1ull << rig.config.c_bit;
	snp_vm_start(&vm, &rig, 0, 5, SNP_POLICY);
	pattern(before, sizeof(before), 3);
	memcpy(seen, before, sizeof(seen));
	ck_assert_int_eq(psp_access(rig.psp, &access, seen, sizeof(seen), NULL), PSP_ACCESS_OK);
	ck_assert_mem_ne(rig.ram + SNP_RAM, before, 16);
	snp_pre_guest(&vm, SNP_RAM, GPA, false);
	expect_ok(snp_update_raw(&vm, SNP_RAM | c_bit, &page));
	owner_digest_page(vm.ld, &page);
	snp_guest_read(&vm, SNP_RAM, GPA, seen, sizeof(seen));
	ck_assert_mem_eq(seen, before, sizeof(seen));
	expect_ok(finish_with(vm.ld));
	rig_free(&rig);
}
END_TEST

START_TEST(large_pages)
{
	struct owner_page page = {.type = OWNER_PAGE_NORMAL,
				  .large = true,
				  .vmpl_perms = {7, 1, 0},
				  .gpa = 0x40000000};
	uint8_t seen[16], want[16];

	machine();
	pattern(rig.ram + SNP_RAM, RIG_2M, 5);
	memcpy(want, rig.ram + SNP_RAM + 0x155000, sizeof(want));
	snp_update(&vm, SNP_RAM, page);
	expect_entry(SNP_RAM, page.gpa, true, false, (const uint8_t[]){0xf, 7, 1, 0});
	snp_guest_read(&vm, SNP_RAM + 0x155000, page.gpa + 0x155000, seen, sizeof(seen));
	ck_assert_mem_eq(seen, want, sizeof(seen));
	page.type = OWNER_PAGE_ZERO;
	page.gpa += RIG_2M;
	snp_update(&vm, SNP_RAM + RIG_2M, page);
	page.type = OWNER_PAGE_UNMEASURED;
	page.gpa += RIG_2M;
	snp_update(&vm, SNP_RAM + 2 * RIG_2M, page);
	expect_ok(finish_with(vm.ld));
	rig_free(&rig);
}
END_TEST

/* A refused page stays a Pre-guest page, goes back to the host, and is not in the digest. */
static void expect_refused(uint64_t pa, struct owner_page page, enum psp_status status)
{
	static const uint8_t zero[48];

	expect_status(snp_update_raw(&vm, pa, &page), status);
	ck_assert_mem_eq(vm.ld, zero, sizeof(zero));
}

START_TEST(page_states_and_sizes)
{
	struct owner_page page = {.type = OWNER_PAGE_NORMAL, .gpa = GPA};
	struct owner_page large = {.type = OWNER_PAGE_NORMAL, .large = true, .gpa = 0x40000000};
	static const uint8_t zero[48];

	machine();
	expect_refused(SNP_RAM, page, PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&rig, SNP_RAM, 1);
	expect_refused(SNP_RAM, page, PSP_INVALID_PAGE_STATE);
	rig_to_host(&rig, SNP_RAM, 1);
	snp_pre_guest(&vm, SNP_RAM, GPA, false);
	expect_refused(SNP_RAM + 0x10, page, PSP_INVALID_ADDRESS);
	expect_refused(1ull << 40, page, PSP_INVALID_ADDRESS);
	expect_refused(SNP_RAM, large, PSP_INVALID_PAGE_SIZE);
	expect_refused(SNP_RAM + RIG_PAGE, large, PSP_INVALID_ADDRESS);
	rig_to_host(&rig, SNP_RAM, 1);
	snp_pre_guest(&vm, SNP_RAM, 0x40000000, true);
	expect_refused(SNP_RAM, page, PSP_INVALID_PAGE_SIZE);
	large.type = OWNER_PAGE_VMSA;
	expect_refused(SNP_RAM, large, PSP_INVALID_PAGE_SIZE);
	large.type = OWNER_PAGE_SECRETS;
	expect_refused(SNP_RAM, large, PSP_INVALID_PAGE_SIZE);
	large.type = OWNER_PAGE_CPUID;
	expect_refused(SNP_RAM, large, PSP_INVALID_PAGE_SIZE);
	expect_ok(finish_with(zero));
	rig_free(&rig);
}
END_TEST

START_TEST(page_of_another_guest)
{
	struct owner_page page = {.type = OWNER_PAGE_NORMAL, .gpa = GPA};
	struct snp_vm other = {.rig = &rig, .asid = 6};

	machine();
	snp_pre_guest(&other, SNP_RAM, GPA, false);
	expect_refused(SNP_RAM, page, PSP_INVALID_PAGE_OWNER);
	rig_to_host(&rig, SNP_RAM, 1);
	rig_free(&rig);
}
END_TEST

START_TEST(page_twice)
{
	struct owner_page page = {.type = OWNER_PAGE_NORMAL, .gpa = GPA};

	machine();
	snp_update(&vm, SNP_RAM, page);
	expect_status(snp_update_raw(&vm, SNP_RAM, &page), PSP_INVALID_PAGE_STATE);
	expect_ok(finish_with(vm.ld));
	rig_free(&rig);
}
END_TEST

START_TEST(wrong_types_and_masks)
{
	struct owner_page page = {.type = 0, .gpa = GPA};

	machine();
	snp_pre_guest(&vm, SNP_RAM, GPA, false);
	expect_refused(SNP_RAM, page, PSP_INVALID_PARAM);
	page.type = 7;
	expect_refused(SNP_RAM, page, PSP_INVALID_PARAM);
	page.type = OWNER_PAGE_NORMAL;
	for (unsigned int i = 0; i < 3; i++) {
		page.vmpl_perms[i] = 0x10;
		expect_refused(SNP_RAM, page, PSP_INVALID_PARAM);
		page.vmpl_perms[i] = 0;
	}
	page.imi = true;
	expect_refused(SNP_RAM, page, PSP_INVALID_PARAM);
	rig_to_host(&rig, SNP_RAM, 1);
	rig_free(&rig);
}
END_TEST

START_TEST(needs_launch_and_asid)
{
	struct owner_page page = {.type = OWNER_PAGE_NORMAL, .gpa = GPA};
	uint8_t start[0x30];

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	vm = (struct snp_vm){.rig = &rig, .asid = 5, .policy = SNP_POLICY};
	vm.gctx = snp_gctx(&rig, 0);
	snp_pre_guest(&vm, SNP_RAM, GPA, false);
	expect_refused(SNP_RAM, page, PSP_INVALID_GUEST_STATE);
	snp_start_buffer(&vm, start);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, start, sizeof(start)));
	expect_refused(SNP_RAM, page, PSP_INACTIVE);
	expect_ok(snp_activate(&rig, vm.gctx, 5));
	expect_ok(snp_update_raw(&vm, SNP_RAM, &page));
	expect_ok(snp_finish(&vm));
	snp_pre_guest(&vm, SNP_RAM + RIG_PAGE, GPA, false);
	expect_status(snp_update_raw(&vm, SNP_RAM + RIG_PAGE, &page), PSP_INVALID_GUEST_STATE);
	rig_free(&rig);
}
END_TEST

/* Pages of a migration image are marked in the digest. */
START_TEST(imi_pages)
{
	struct owner_page page = {.type = OWNER_PAGE_NORMAL, .imi = true, .gpa = GPA};
	uint8_t start[0x30];

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	vm = (struct snp_vm){.rig = &rig, .asid = 5, .policy = SNP_POLICY};
	vm.gctx = snp_gctx(&rig, 0);
	snp_start_buffer(&vm, start);
	start[0x18] = 2;
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, start, sizeof(start)));
	expect_ok(snp_activate(&rig, vm.gctx, 5));
	snp_update(&vm, SNP_RAM, page);
	page.imi = false;
	page.gpa += 0x1000;
	snp_update(&vm, SNP_RAM + RIG_PAGE, page);
	expect_ok(finish_with(vm.ld));
	rig_free(&rig);
}
END_TEST

START_TEST(equal_pages_differ_between_guests)
{
	uint8_t page[RIG_PAGE], other[RIG_PAGE];
	struct owner_page what = {.type = OWNER_PAGE_NORMAL, .gpa = GPA, .contents = page};
	static const struct psp_rmp_entry free_page;

	machine();
	pattern(page, sizeof(page), 2);
	snp_update(&vm, SNP_RAM, what);
	memcpy(other, rig.ram + SNP_RAM, sizeof(other));
	ck_assert_int_eq(psp_rmpupdate(rig.psp, 0, SNP_RAM, &free_page), PSP_RMP_OK);
	snp_vm_start(&vm, &rig, 1, 6, SNP_POLICY);
	snp_update(&vm, SNP_RAM, what);
	for (unsigned int at = 0; at < RIG_PAGE; at += 16)
		ck_assert_mem_ne(rig.ram + SNP_RAM + at, other + at, 16);
	rig_free(&rig);
}
END_TEST

/* Family 19h, model 1, stepping 1 have the signature 00a00f11. */
START_TEST(secrets_page_has_what_the_guest_needs)
{
	struct owner_secrets secrets, second;
	uint8_t start[0x30], zero[64] = {0};

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	vm = (struct snp_vm){.rig = &rig, .asid = 5, .policy = SNP_POLICY};
	vm.gctx = snp_gctx(&rig, 0);
	snp_start_buffer(&vm, start);
	start[0x18] = 2;
	pattern(start + 0x20, 16, 0x33);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, start, sizeof(start)));
	expect_ok(snp_activate(&rig, vm.gctx, 5));
	memset(rig.ram + SNP_RAM, 0xff, RIG_PAGE);
	snp_secrets(&vm, SNP_RAM, &secrets);
	ck_assert_uint_eq(secrets.version, 3);
	ck_assert(secrets.imi);
	ck_assert_mem_eq(secrets.fms, ((const uint8_t[]){0x11, 0x0f, 0xa0, 0x00}), 4);
	ck_assert_mem_eq(secrets.gosvw, start + 0x20, 16);
	ck_assert_mem_eq(secrets.guest_area, zero, 0x40);
	for (unsigned int i = 0; i < 4; i++) {
		ck_assert_mem_ne(secrets.vmpck[i], zero, 32);
		for (unsigned int j = 0; j < i; j++)
			ck_assert_mem_ne(secrets.vmpck[i], secrets.vmpck[j], 32);
	}
	snp_secrets(&vm, SNP_RAM + RIG_PAGE, &second);
	ck_assert_mem_eq(second.vmpck, secrets.vmpck, sizeof(secrets.vmpck));
	rig_free(&rig);
}
END_TEST

/* Two machines of a seed give the same bytes, another seed gives others. */
START_TEST(bytes_follow_from_the_seed)
{
	uint8_t first[2 * RIG_PAGE];
	struct psp_config config;
	struct snp_vm other;

	psp_config_default(&config);
	for (unsigned int i = 0; i < 3; i++) {
		config.seed = i < 2 ? 77 : 78;
		rig_new(&rig, &config);
		rig_snp_init(&rig);
		snp_vm_run(&other, &rig, 0, 5, SNP_POLICY);
		if (i == 0)
			memcpy(first, rig.ram + SNP_RAM, sizeof(first));
		if (i == 1)
			ck_assert_mem_eq(first, rig.ram + SNP_RAM, sizeof(first));
		if (i == 2)
			ck_assert_mem_ne(first + RIG_PAGE, rig.ram + SNP_RAM + RIG_PAGE, 16);
		rig_free(&rig);
	}
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(digest_of_nothing_is_zero);
	SUITE_CASE(digest_known_answer);
	SUITE_CASE(digest_of_every_type);
	SUITE_CASE(page_becomes_the_guests);
	SUITE_CASE(vmsa_page_has_its_bit);
	SUITE_CASE(zero_page_is_zero_to_the_guest);
	SUITE_CASE(unmeasured_page_keeps_its_contents);
	SUITE_CASE(page_that_the_host_encrypted);
	SUITE_CASE(large_pages);
	SUITE_CASE(page_states_and_sizes);
	SUITE_CASE(page_of_another_guest);
	SUITE_CASE(page_twice);
	SUITE_CASE(wrong_types_and_masks);
	SUITE_CASE(needs_launch_and_asid);
	SUITE_CASE(imi_pages);
	SUITE_CASE(equal_pages_differ_between_guests);
	SUITE_CASE(secrets_page_has_what_the_guest_needs);
	SUITE_CASE(bytes_follow_from_the_seed);
}
