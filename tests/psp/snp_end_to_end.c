/* SPDX-License-Identifier: MIT */
/*
 * The life of an SNP guest, as its owner sees it: launched, attested, spoken with, and
 * moved to a second chip. The owner believes AMD's root alone.
 *
 *	first chip			second chip
 *	CODE -- swap out --> OUT	OUT -- swap in --> CODE
 *	VMSA -- swap out --> OUT + 1	OUT + 1 -- swap in --> VMSA
 *	MDATA -- swap out --> OUT + 2	OUT + 2 -- swap in --> MDATA
 *	context -- EXPORT --> agent	agent -- IMPORT --> context
 */
#define _GNU_SOURCE
#include <string.h>

#include "tests/psp/snp_agent.h"
#include "tests/suite.h"

enum {
	CODE = SNP_RAM + 0x40000,
	STACK = SNP_RAM + 0x41000,
	VMSA = SNP_RAM + 0x42000,
	SECRETS = SNP_RAM + 0x43000,
	MDATA = SNP_RAM + 0x44000,
	OUT = SNP_RAM + 0x45000,
	CODE_GPA = 0x100000,
	STACK_GPA = 0x200000,
	SVN = 7,
	ID_BLOCK_WITH_AUTHOR = 3,
};

/* A chip with SNP and a migration agent, and what AMD says of it. */
struct chip {
	struct rig rig;
	struct snp_vm agent;
	uint64_t tcb;
	uint8_t vcek[2048];
	struct owner_snp_certs certs;
};

static struct psp_kds *amd;
static uint8_t ark[2048], ask[2048];
static struct chip first, second;
static struct owner_rand rand_;
static struct owner_ec_key id_key, author_key;
static uint8_t code[RIG_PAGE], vmsa[RIG_PAGE], host_data[32];

static struct owner_part x509(enum psp_authority which, uint8_t *der)
{
	int len = psp_kds_x509(amd, which, der, 2048);

	ck_assert_int_gt(len, 0);
	return (struct owner_part){der, (size_t)len};
}

static void make_amd(void)
{
	struct psp_kds_config config = {
		.seed = 17, .rsa_bits = 2048, .product = "Milan", .stepping = "B0"};

	ck_assert_int_eq(psp_kds_new(&amd, &config), 0);
}

static void make_chip(struct chip *chip, uint64_t seed, uint8_t microcode)
{
	struct psp_config config;
	int len;

	psp_config_default(&config);
	config.seed = seed;
	config.tcb = (struct psp_tcb){.boot_loader = 3, .snp = 8, .microcode = microcode};
	rig_new(&chip->rig, &config);
	rig_snp_init(&chip->rig);
	snp_vm_run(&chip->agent, &chip->rig, 1, 9, SNP_POLICY);
	chip->tcb = 0x0008000000000003ull | (uint64_t)microcode << 56;
	len = psp_kds_chip_vcek(amd, chip->rig.psp, chip->tcb, chip->vcek, sizeof(chip->vcek));
	ck_assert_int_gt(len, 0);
	chip->certs = (struct owner_snp_certs){
		.product = OWNER_MILAN,
		.ark = x509(PSP_ARK, ark),
		.ask = x509(PSP_ASK, ask),
		.vek = {chip->vcek, (size_t)len},
	};
}

/* What the owner wants to be launched, and nothing else. */
static void sign_id_block(const struct snp_vm *vm)
{
	struct owner_id_block block = {.guest_svn = SVN, .policy = vm->policy};

	memcpy(block.ld, vm->ld, sizeof(block.ld));
	memset(block.family_id, 0xfa, sizeof(block.family_id));
	memset(block.image_id, 0x1a, sizeof(block.image_id));
	owner_id_block_make(&block, vm->rig->ram + SNP_ID_BLOCK);
	owner_id_auth_make(vm->rig->ram + SNP_ID_BLOCK, &id_key, &author_key,
			   vm->rig->ram + SNP_ID_AUTH);
}

static int finish(const struct snp_vm *vm)
{
	uint8_t b[0x40] = {0};

	put64(b, vm->gctx);
	put64(b + 8, SNP_ID_BLOCK);
	put64(b + 0x10, SNP_ID_AUTH);
	b[0x18] = ID_BLOCK_WITH_AUTHOR;
	memcpy(b + 0x20, host_data, sizeof(host_data));
	return rig_cmd_raw(vm->rig, PSP_CMD_SNP_LAUNCH_FINISH, b, sizeof(b));
}

static void launch(struct snp_vm *vm)
{
	struct owner_secrets secrets;

	snp_vm_start_bound(vm, &first.agent, 0, 5, SNP_POLICY | SNP_POLICY_MA);
	snp_update(
		vm, CODE,
		(struct owner_page){.type = OWNER_PAGE_NORMAL, .gpa = CODE_GPA, .contents = code});
	snp_update(vm, STACK, (struct owner_page){.type = OWNER_PAGE_ZERO, .gpa = STACK_GPA});
	snp_secrets(vm, SECRETS, &secrets);
	snp_update(vm, VMSA,
		   (struct owner_page){
			   .type = OWNER_PAGE_VMSA, .gpa = OWNER_VMSA_GPA, .contents = vmsa});
	sign_id_block(vm);
	vm->rig->ram[SNP_ID_BLOCK] ^= 1;
	expect_status(finish(vm), PSP_BAD_MEASUREMENT);
	vm->rig->ram[SNP_ID_BLOCK] ^= 1;
	expect_ok(finish(vm));
}

/* A report with the owner's nonce, from where the guest runs now. */
static void attest(struct snp_vm *vm, const struct chip *chip, struct owner_report *report)
{
	uint8_t bytes[OWNER_REPORT_SIZE], nonce[64], digest[48];

	owner_rand_bytes(&rand_, nonce, sizeof(nonce));
	ck_assert_uint_eq(snp_report(vm, 0, 0, 0, nonce, bytes), 0);
	ck_assert_int_eq(owner_report_verify(bytes, &chip->certs, report), OWNER_OK);
	ck_assert_mem_eq(report->report_data, nonce, sizeof(nonce));
	ck_assert_mem_eq(report->measurement, vm->ld, sizeof(vm->ld));
	ck_assert_mem_eq(report->host_data, host_data, sizeof(host_data));
	ck_assert_uint_eq(report->policy, vm->policy);
	ck_assert_uint_eq(report->guest_svn, SVN);
	ck_assert_uint_eq(report->reported_tcb, chip->tcb);
	owner_key_digest(&id_key, digest);
	ck_assert_mem_eq(report->id_key_digest, digest, sizeof(digest));
	owner_key_digest(&author_key, digest);
	ck_assert_mem_eq(report->author_key_digest, digest, sizeof(digest));
	bytes[0x90] ^= 1;
	ck_assert_int_eq(owner_report_verify(bytes, &chip->certs, report), OWNER_SIGNATURE);
	bytes[0x90] ^= 1;
	ck_assert_int_eq(owner_report_verify(bytes, &chip->certs, report), OWNER_OK);
}

/* Of the guest's own root, for what it keeps on disks. */
static void disk_key(struct snp_vm *vm, uint8_t key[32])
{
	struct owner_key_request what = {.vmrk = true, .fields = OWNER_KEY_MEASUREMENT};
	uint8_t req[OWNER_KEY_REQ_SIZE], payload[OWNER_MSG_MAX];
	uint32_t status;

	owner_key_request(req, &what);
	ck_assert_uint_eq(snp_message(vm, OWNER_MSG_KEY, req, 0x20, payload), 0);
	ck_assert_int_eq(owner_key_response(payload, 0x40, &status, key), OWNER_OK);
}

static void pack(const struct snp_vm *vm)
{
	rig_to_firmware(vm->rig, OUT, 3);
	snp_metadata_page(vm, MDATA);
	snp_freeze(vm, CODE, CODE_GPA);
	snp_freeze(vm, VMSA, OWNER_VMSA_GPA);
	expect_ok(snp_swap(vm, PSP_CMD_SNP_PAGE_SWAP_OUT, CODE, OUT, MDATA, 0));
	expect_ok(snp_swap(vm, PSP_CMD_SNP_PAGE_SWAP_OUT, VMSA, OUT + RIG_PAGE, MDATA + 0x40,
			   SNP_SWAP_VMSA));
	expect_ok(snp_swap(vm, PSP_CMD_SNP_PAGE_SWAP_OUT, MDATA, OUT + 2 * RIG_PAGE, 0,
			   SNP_SWAP_METADATA | SNP_SWAP_ROOT));
	rig_to_host(vm->rig, OUT, 3);
}

static void unpack(const struct snp_vm *vm)
{
	rig_to_firmware(vm->rig, MDATA, 1);
	snp_pre_guest(vm, CODE, CODE_GPA, false);
	snp_pre_guest(vm, VMSA, OWNER_VMSA_GPA, false);
	expect_ok(snp_swap(vm, PSP_CMD_SNP_PAGE_SWAP_IN, OUT + 2 * RIG_PAGE, MDATA, 0,
			   SNP_SWAP_METADATA | SNP_SWAP_ROOT));
	expect_ok(snp_swap(vm, PSP_CMD_SNP_PAGE_SWAP_IN, OUT, CODE, MDATA, 0));
	expect_ok(snp_swap(vm, PSP_CMD_SNP_PAGE_SWAP_IN, OUT + RIG_PAGE, VMSA, MDATA + 0x40,
			   SNP_SWAP_VMSA));
}

static void migrate(struct snp_vm *vm, struct snp_vm *moved)
{
	uint8_t exported[OWNER_MSG_MAX], req[SNP_CONTEXT];

	*moved = *vm;
	moved->rig = &second.rig;
	moved->asid = 8;
	moved->gctx = snp_gctx(&second.rig, 0);
	pack(vm);
	ck_assert_uint_eq(snp_export(&first.agent, vm->gctx, exported), 0);
	snp_import_request(exported, moved->gctx, req);
	ck_assert_uint_eq(snp_import(&second.agent, req), 0);
	expect_ok(snp_activate(&second.rig, moved->gctx, moved->asid));
	memcpy(second.rig.ram + OUT, first.rig.ram + OUT, 3 * RIG_PAGE);
	unpack(moved);
}

static void expect_memory(const struct snp_vm *vm)
{
	uint8_t seen[RIG_PAGE];

	snp_guest_read(vm, CODE, CODE_GPA, seen, sizeof(seen));
	ck_assert_mem_eq(seen, code, sizeof(code));
	snp_guest_read(vm, VMSA, OWNER_VMSA_GPA, seen, sizeof(seen));
	ck_assert_mem_eq(seen, vmsa, sizeof(vmsa));
}

/* Some blocks of the guest's pages: none is anywhere in the RAM that its host reads. */
static void expect_secret(const struct rig *rig)
{
	for (size_t at = 0; at < RIG_PAGE; at += 0x400) {
		ck_assert_ptr_null(memmem(rig->ram, RIG_RAM, code + at, 16));
		ck_assert_ptr_null(memmem(rig->ram, RIG_RAM, vmsa + at, 16));
	}
}

START_TEST(snp_launch_with_id_block_report_up_to_the_ark_messages_and_migration_to_a_second_chip)
{
	static const uint8_t nonce[64];
	uint8_t key[32], key_there[32], bytes[OWNER_REPORT_SIZE];
	struct owner_report report, agent, there;
	struct snp_vm vm, moved;

	owner_rand_init(&rand_, "end to end");
	owner_rand_bytes(&rand_, code, sizeof(code));
	owner_rand_bytes(&rand_, vmsa, sizeof(vmsa));
	owner_rand_bytes(&rand_, host_data, sizeof(host_data));
	owner_ec_generate(&id_key, &rand_);
	owner_ec_generate(&author_key, &rand_);
	make_amd();
	make_chip(&first, 1, 0x73);
	make_chip(&second, 2, 0x74);

	launch(&vm);
	attest(&vm, &first, &report);
	disk_key(&vm, key);
	expect_memory(&vm);
	expect_secret(&first.rig);

	migrate(&vm, &moved);
	attest(&moved, &second, &there);
	disk_key(&moved, key_there);
	expect_memory(&moved);
	expect_secret(&first.rig);
	expect_secret(&second.rig);

	/* The same guest and its key, on another chip, bound to that chip's agent. */
	ck_assert_mem_eq(there.report_id, report.report_id, sizeof(report.report_id));
	ck_assert_mem_eq(key_there, key, sizeof(key));
	ck_assert_mem_ne(there.chip_id, report.chip_id, sizeof(report.chip_id));
	ck_assert_uint_eq(there.launch_tcb, second.tcb);
	ck_assert_uint_eq(snp_report(&second.agent, 0, 0, 0, nonce, bytes), 0);
	ck_assert_int_eq(owner_report_verify(bytes, &first.certs, &agent), OWNER_SIGNATURE);
	ck_assert_int_eq(owner_report_verify(bytes, &second.certs, &agent), OWNER_OK);
	ck_assert_mem_eq(there.report_id_ma, agent.report_id, sizeof(agent.report_id));
	psp_kds_free(amd);
	rig_free(&first.rig);
	rig_free(&second.rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(
		snp_launch_with_id_block_report_up_to_the_ark_messages_and_migration_to_a_second_chip);
}
