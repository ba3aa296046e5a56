/* SPDX-License-Identifier: MIT */
/* SNP_LAUNCH_FINISH: the guest owner's ID block and what else a launch ends with. */
#include <string.h>

#include "tests/psp/snp_rig.h"
#include "tests/suite.h"

enum { BLOCK_EN = 1, AUTHOR_EN = 2, VCEK_DIS = 4 };

static struct rig rig;
static struct snp_vm vm;
static struct owner_id_block block;
static struct owner_ec_key id, author;
static uint8_t report[OWNER_REPORT_SIZE];

/* A guest in launch, and an ID block with both keys that fits it. */
static void machine(void)
{
	struct owner_rand rand;
	struct owner_secrets secrets;

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	snp_vm_start(&vm, &rig, 0, 5, SNP_POLICY);
	memset(rig.ram + SNP_RAM, 0x77, RIG_PAGE);
	snp_update(&vm, SNP_RAM, (struct owner_page){.type = OWNER_PAGE_NORMAL, .gpa = 0x800000});
	snp_secrets(&vm, SNP_RAM + RIG_PAGE, &secrets);
	rig_to_firmware(&rig, SNP_RSP, 1);
	owner_rand_init(&rand, "ID block");
	owner_ec_generate(&id, &rand);
	owner_ec_generate(&author, &rand);
	block = (struct owner_id_block){.guest_svn = 0x1234, .policy = vm.policy};
	memcpy(block.ld, vm.ld, sizeof(block.ld));
	memset(block.family_id, 0xfa, sizeof(block.family_id));
	memset(block.image_id, 0x1a, sizeof(block.image_id));
}

static void make(void)
{
	owner_id_block_make(&block, rig.ram + SNP_ID_BLOCK);
	owner_id_auth_make(rig.ram + SNP_ID_BLOCK, &id, &author, rig.ram + SNP_ID_AUTH);
}

static int finish(unsigned int bits)
{
	uint8_t b[0x40] = {0};

	put64(b, vm.gctx);
	put64(b + 8, SNP_ID_BLOCK);
	put64(b + 0x10, SNP_ID_AUTH);
	put64(b + 0x18, bits);
	memset(b + 0x20, 0x4d, 32);
	return rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_FINISH, b, sizeof(b));
}

static void get_report(void)
{
	static const uint8_t data[64];

	ck_assert_uint_eq(snp_report(&vm, 0, 0, 0, data, report), 0);
}

START_TEST(block_with_both_keys)
{
	uint8_t digest[48];

	machine();
	make();
	expect_ok(finish(BLOCK_EN | AUTHOR_EN));
	get_report();
	ck_assert_uint_eq(get32(report + 4), 0x1234);
	ck_assert_mem_eq(report + 0x10, block.family_id, 16);
	ck_assert_mem_eq(report + 0x20, block.image_id, 16);
	ck_assert_uint_eq(get32(report + 0x48) & 1, 1);
	ck_assert_mem_eq(report + 0x90, vm.ld, 48);
	owner_key_digest(&id, digest);
	ck_assert_mem_eq(report + 0xe0, digest, 48);
	owner_key_digest(&author, digest);
	ck_assert_mem_eq(report + 0x110, digest, 48);
	rig_free(&rig);
}
END_TEST

/* The page has an author key, which AUTH_KEY_EN says not to look at. */
START_TEST(block_without_author_key)
{
	static const uint8_t zero[48];
	uint8_t digest[48];

	machine();
	make();
	memset(rig.ram + SNP_ID_AUTH + 4, 0xff, 4);
	memset(rig.ram + SNP_ID_AUTH + 0x680, 0, 0x200 + 0x404);
	expect_ok(finish(BLOCK_EN));
	get_report();
	ck_assert_uint_eq(get32(report + 0x48) & 1, 0);
	owner_key_digest(&id, digest);
	ck_assert_mem_eq(report + 0xe0, digest, 48);
	ck_assert_mem_eq(report + 0x110, zero, 48);
	rig_free(&rig);
}
END_TEST

START_TEST(no_block)
{
	static const uint8_t zero[48];
	uint8_t host_data[32];

	machine();
	expect_ok(finish(0));
	get_report();
	memset(host_data, 0x4d, sizeof(host_data));
	ck_assert_mem_eq(report + 0xc0, host_data, 32);
	ck_assert_mem_eq(report + 0x90, vm.ld, 48);
	ck_assert_uint_eq(get32(report + 4), 0);
	ck_assert_mem_eq(report + 0x10, zero, 32);
	ck_assert_mem_eq(report + 0xe0, zero, 48);
	ck_assert_mem_eq(report + 0x110, zero, 48);
	rig_free(&rig);
}
END_TEST

/* A refused finish leaves the guest in launch: the right block is accepted after. */
static void expect_refused(unsigned int bits, enum psp_status status)
{
	expect_status(finish(bits), status);
	expect_status(snp_request_raw(&vm), PSP_INVALID_GUEST_STATE);
}

static void flip_and_refuse(uint64_t pa, unsigned int bits, enum psp_status status)
{
	rig.ram[pa] ^= 0x10;
	expect_refused(bits, status);
	rig.ram[pa] ^= 0x10;
}

START_TEST(block_of_another_guest)
{
	machine();
	block.ld[47] ^= 1;
	make();
	expect_refused(BLOCK_EN | AUTHOR_EN, PSP_BAD_MEASUREMENT);
	block.ld[47] ^= 1;
	block.policy ^= SNP_POLICY_DEBUG;
	make();
	expect_refused(BLOCK_EN | AUTHOR_EN, PSP_POLICY_FAILURE);
	block.policy = vm.policy;
	make();
	put32(rig.ram + SNP_ID_BLOCK + 0x50, 2);
	expect_refused(BLOCK_EN | AUTHOR_EN, PSP_INVALID_PARAM);
	put32(rig.ram + SNP_ID_BLOCK + 0x50, 0);
	expect_refused(BLOCK_EN | AUTHOR_EN, PSP_INVALID_PARAM);
	make();
	expect_ok(finish(BLOCK_EN | AUTHOR_EN));
	rig_free(&rig);
}
END_TEST

START_TEST(signatures_count)
{
	machine();
	make();
	/* family id, image id, SVN: signed, but in no other relation to the guest */
	flip_and_refuse(SNP_ID_BLOCK + 0x30, BLOCK_EN, PSP_BAD_SIGNATURE);
	flip_and_refuse(SNP_ID_BLOCK + 0x4f, BLOCK_EN, PSP_BAD_SIGNATURE);
	flip_and_refuse(SNP_ID_BLOCK + 0x54, BLOCK_EN, PSP_BAD_SIGNATURE);
	/* r and s of the block's signature, and of the ID key's */
	flip_and_refuse(SNP_ID_AUTH + 0x40, BLOCK_EN, PSP_BAD_SIGNATURE);
	flip_and_refuse(SNP_ID_AUTH + 0x40 + 72, BLOCK_EN, PSP_BAD_SIGNATURE);
	flip_and_refuse(SNP_ID_AUTH + 0x680, BLOCK_EN | AUTHOR_EN, PSP_BAD_SIGNATURE);
	flip_and_refuse(SNP_ID_AUTH + 0x680 + 72, BLOCK_EN | AUTHOR_EN, PSP_BAD_SIGNATURE);
	expect_ok(finish(BLOCK_EN | AUTHOR_EN));
	rig_free(&rig);
}
END_TEST

START_TEST(keys_and_algorithms)
{
	machine();
	make();
	put32(rig.ram + SNP_ID_AUTH, 2);
	expect_refused(BLOCK_EN, PSP_INVALID_PARAM);
	put32(rig.ram + SNP_ID_AUTH, 1);
	put32(rig.ram + SNP_ID_AUTH + 4, 0);
	expect_refused(BLOCK_EN | AUTHOR_EN, PSP_INVALID_PARAM);
	put32(rig.ram + SNP_ID_AUTH + 4, 1);
	/* the curve's number, and a point that is not on it */
	put32(rig.ram + SNP_ID_AUTH + 0x240, 1);
	expect_refused(BLOCK_EN, PSP_INVALID_KEY);
	put32(rig.ram + SNP_ID_AUTH + 0x240, 2);
	flip_and_refuse(SNP_ID_AUTH + 0x244, BLOCK_EN, PSP_INVALID_KEY);
	flip_and_refuse(SNP_ID_AUTH + 0x884, BLOCK_EN | AUTHOR_EN, PSP_INVALID_KEY);
	expect_ok(finish(BLOCK_EN | AUTHOR_EN));
	rig_free(&rig);
}
END_TEST

/* The author signed another ID key than the block's. */
START_TEST(author_of_another_key)
{
	struct owner_ec_key other;
	struct owner_rand rand;
	uint8_t page[OWNER_ID_AUTH_SIZE];

	machine();
	make();
	owner_rand_init(&rand, "another");
	owner_ec_generate(&other, &rand);
	owner_id_auth_make(rig.ram + SNP_ID_BLOCK, &other, &author, page);
	memcpy(rig.ram + SNP_ID_AUTH + 0x680, page + 0x680, 0x200);
	expect_refused(BLOCK_EN | AUTHOR_EN, PSP_BAD_SIGNATURE);
	rig_free(&rig);
}
END_TEST

START_TEST(parameters)
{
	uint8_t b[0x40] = {0};

	machine();
	make();
	expect_refused(AUTHOR_EN, PSP_INVALID_PARAM);
	for (unsigned int bit = 3; bit < 64; bit++) {
		memset(b, 0, sizeof(b));
		put64(b, vm.gctx);
		put64(b + 0x18, 1ull << bit);
		expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_FINISH, b, sizeof(b)),
			      PSP_INVALID_PARAM);
	}
	memset(b, 0, sizeof(b));
	put64(b, vm.gctx);
	put64(b + 8, SNP_ID_BLOCK);
	put64(b + 0x10, RIG_RAM);
	b[0x18] = BLOCK_EN;
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_FINISH, b, sizeof(b)),
		      PSP_INVALID_ADDRESS);
	put64(b + 8, RIG_RAM);
	put64(b + 0x10, SNP_ID_AUTH);
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_FINISH, b, sizeof(b)),
		      PSP_INVALID_ADDRESS);
	expect_ok(finish(0));
	expect_status(finish(0), PSP_INVALID_GUEST_STATE);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(block_with_both_keys);
	SUITE_CASE(block_without_author_key);
	SUITE_CASE(no_block);
	SUITE_CASE(block_of_another_guest);
	SUITE_CASE(signatures_count);
	SUITE_CASE(keys_and_algorithms);
	SUITE_CASE(author_of_another_key);
	SUITE_CASE(parameters);
}
