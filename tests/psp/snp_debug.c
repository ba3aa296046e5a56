/* SPDX-License-Identifier: MIT */
/* SNP_DBG_DECRYPT and SNP_DBG_ENCRYPT. */
#include <string.h>

#include "tests/psp/snp_rig.h"
#include "tests/suite.h"

enum { HOST = SNP_ID_AUTH, GPA = 0x800000 };

static struct rig rig;
static struct snp_vm vm;

static void machine(uint64_t policy)
{
	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	snp_vm_run(&vm, &rig, 0, 5, policy);
}

static int dbg(enum psp_cmd_id id, uint64_t src, uint64_t dst)
{
	uint8_t b[0x18];

	put64(b, vm.gctx);
	put64(b + 8, src);
	put64(b + 0x10, dst);
	return rig_cmd_raw(&rig, id, b, sizeof(b));
}

static int decrypt(uint64_t src, uint64_t dst)
{
	return dbg(PSP_CMD_SNP_DBG_DECRYPT, src, dst);
}

static int encrypt(uint64_t src, uint64_t dst)
{
	return dbg(PSP_CMD_SNP_DBG_ENCRYPT, src, dst);
}

/* The guest's page has 0x40 in every byte (snp_vm_run). */
START_TEST(decrypt_a_page)
{
	uint8_t want[RIG_PAGE];

	machine(SNP_POLICY | SNP_POLICY_DEBUG);
	memset(want, 0x40, sizeof(want));
	ck_assert_mem_ne(rig.ram + SNP_RAM, want, 16);
	rig_to_firmware(&rig, HOST, 1);
	expect_ok(decrypt(SNP_RAM, HOST));
	ck_assert_int_eq(psp_page_state(rig.psp, HOST), PSP_PAGE_RECLAIM);
	ck_assert_mem_eq(rig.ram + HOST, want, sizeof(want));
	rig_to_host(&rig, HOST, 1);
	rig_free(&rig);
}
END_TEST

START_TEST(encrypt_a_page)
{
	uint8_t seen[RIG_PAGE];

	machine(SNP_POLICY | SNP_POLICY_DEBUG);
	for (unsigned int i = 0; i < RIG_PAGE; i++)
		rig.ram[HOST + i] = (uint8_t)(i * 3);
	expect_ok(encrypt(HOST, SNP_RAM));
	ck_assert_mem_ne(rig.ram + SNP_RAM, rig.ram + HOST, 16);
	snp_guest_read(&vm, SNP_RAM, GPA, seen, sizeof(seen));
	ck_assert_mem_eq(seen, rig.ram + HOST, sizeof(seen));
	rig_free(&rig);
}
END_TEST

START_TEST(policy_must_allow_it)
{
	machine(SNP_POLICY);
	rig_to_firmware(&rig, HOST, 1);
	expect_status(decrypt(SNP_RAM, HOST), PSP_POLICY_FAILURE);
	rig_to_host(&rig, HOST, 1);
	expect_status(encrypt(HOST, SNP_RAM), PSP_POLICY_FAILURE);
	rig_free(&rig);
}
END_TEST

START_TEST(whole_pages_of_the_guest)
{
	struct snp_vm other;
	uint8_t before[RIG_PAGE];

	machine(SNP_POLICY | SNP_POLICY_DEBUG);
	snp_vm_run(&other, &rig, 1, 6, SNP_POLICY);
	memcpy(before, rig.ram + SNP_RAM, sizeof(before));
	rig_to_firmware(&rig, HOST, 1);
	expect_status(decrypt(SNP_RAM + 16, HOST), PSP_INVALID_ADDRESS);
	expect_status(decrypt(SNP_RAM, HOST + 16), PSP_INVALID_ADDRESS);
	expect_status(decrypt(1ull << 40, HOST), PSP_INVALID_ADDRESS);
	expect_status(decrypt(SNP_REQ, HOST), PSP_INVALID_PAGE_STATE);
	expect_status(decrypt(vm.gctx, HOST), PSP_INVALID_PAGE_STATE);
	expect_status(decrypt(SNP_RAM + 0x10000, HOST), PSP_INVALID_PAGE_OWNER);
	rig_to_host(&rig, HOST, 1);
	expect_status(decrypt(SNP_RAM, HOST), PSP_INVALID_PAGE_STATE);
	expect_status(encrypt(HOST, SNP_RAM + 16), PSP_INVALID_ADDRESS);
	expect_status(encrypt(HOST + 16, SNP_RAM), PSP_INVALID_ADDRESS);
	expect_status(encrypt(RIG_RAM, SNP_RAM), PSP_INVALID_ADDRESS);
	expect_status(encrypt(HOST, SNP_RAM + 0x10000), PSP_INVALID_PAGE_OWNER);
	expect_status(encrypt(HOST, SNP_REQ), PSP_INVALID_PAGE_STATE);
	ck_assert_mem_eq(rig.ram + SNP_RAM, before, sizeof(before));
	rig_free(&rig);
}
END_TEST

/* As KVM does it to show a VMSA, in launch, and within a 2 MiB page. */
START_TEST(pages_of_a_launch)
{
	uint8_t page[RIG_PAGE], *large = NULL;

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	snp_vm_start(&vm, &rig, 0, 5, SNP_POLICY | SNP_POLICY_DEBUG);
	memset(page, 0xa5, sizeof(page));
	snp_update(&vm, SNP_RAM,
		   (struct owner_page){
			   .type = OWNER_PAGE_VMSA, .gpa = OWNER_VMSA_GPA, .contents = page});
	rig_to_firmware(&rig, HOST, 1);
	expect_ok(decrypt(SNP_RAM, HOST));
	ck_assert_mem_eq(rig.ram + HOST, page, sizeof(page));
	rig_to_host(&rig, HOST, 1);
	large = rig.ram + SNP_RAM + RIG_2M;
	for (size_t i = 0; i < RIG_2M; i++)
		large[i] = (uint8_t)(i >> 12);
	memcpy(page, large + 0x42000, sizeof(page));
	snp_update(
		&vm, SNP_RAM + RIG_2M,
		(struct owner_page){.type = OWNER_PAGE_NORMAL, .large = true, .gpa = 0x40000000});
	rig_to_firmware(&rig, HOST, 1);
	expect_ok(decrypt(SNP_RAM + RIG_2M + 0x42000, HOST));
	ck_assert_mem_eq(rig.ram + HOST, page, sizeof(page));
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(decrypt_a_page);
	SUITE_CASE(encrypt_a_page);
	SUITE_CASE(policy_must_allow_it);
	SUITE_CASE(whole_pages_of_the_guest);
	SUITE_CASE(pages_of_a_launch);
}
