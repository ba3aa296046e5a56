/* SPDX-License-Identifier: MIT */
/*
 * MSG_KEY_REQ: derived keys. Those of a VMRK that the migration agent gave are computed
 * again by the owner's KDF; those of the VCEK, which nobody knows, by what they depend on.
 */
#include <string.h>

#include "psp/certs/endorse.h"
#include "psp/sev/sev.h"
#include "tests/psp/owner/crypto.h"
#include "tests/psp/snp_agent.h"
#include "tests/suite.h"

#define TCB 0x7308000000000003ull

static struct rig rig;
static struct snp_vm vm;
static struct owner_id_block block;
static uint8_t vmrk[32], id_digest[48], host_data[32];

static int finish_with_block(const struct snp_vm *guest)
{
	struct owner_ec_key id;
	struct owner_rand rand;
	uint8_t b[0x40] = {0};

	owner_rand_init(&rand, "key");
	owner_ec_generate(&id, &rand);
	owner_key_digest(&id, id_digest);
	block = (struct owner_id_block){.guest_svn = 7, .policy = guest->policy};
	memcpy(block.ld, guest->ld, sizeof(block.ld));
	memset(block.family_id, 0xf1, 16);
	memset(block.image_id, 0x12, 16);
	memset(host_data, 0x5e, sizeof(host_data));
	owner_id_block_make(&block, rig.ram + SNP_ID_BLOCK);
	owner_id_auth_make(rig.ram + SNP_ID_BLOCK, &id, NULL, rig.ram + SNP_ID_AUTH);
	put64(b, guest->gctx);
	put64(b + 8, SNP_ID_BLOCK);
	put64(b + 0x10, SNP_ID_AUTH);
	b[0x18] = 1;
	memcpy(b + 0x20, host_data, sizeof(host_data));
	return rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_FINISH, b, sizeof(b));
}

/* An agent, and a guest bound to it that has an ID block and the agent's VMRK. */
static void machine(const struct psp_config *config)
{
	uint8_t req[0x40] = {0}, payload[OWNER_MSG_MAX];
	struct owner_secrets secrets;
	struct snp_vm agent;

	rig_new(&rig, config);
	rig_snp_init(&rig);
	snp_vm_run(&agent, &rig, 1, 9, SNP_POLICY);
	snp_vm_start_bound(&vm, &agent, 0, 5, SNP_POLICY | SNP_POLICY_MA);
	memset(vmrk, 0x6b, sizeof(vmrk));
	put64(req, vm.gctx);
	memcpy(req + 0x20, vmrk, sizeof(vmrk));
	ck_assert_uint_eq(snp_message(&agent, OWNER_MSG_VMRK, req, sizeof(req), payload), 0);
	snp_secrets(&vm, SNP_RAM, &secrets);
	expect_ok(finish_with_block(&vm));
}

static uint32_t raw_key(unsigned int vmpck, uint8_t version, const void *req, size_t req_len,
			uint8_t key[32])
{
	struct owner_request request = {
		.vmpck = vmpck,
		.type = OWNER_MSG_KEY,
		.version = version,
		.payload = req,
		.len = req_len,
	};
	uint8_t payload[OWNER_MSG_MAX];
	uint32_t told;
	size_t len;

	if (snp_exchange(&vm, &request, payload, &len))
		return get32(payload);
	ck_assert_int_eq(owner_key_response(payload, len, &told, key), OWNER_OK);
	return 0;
}

static uint32_t key_of(unsigned int vmpck, struct owner_key_request what, uint8_t key[32])
{
	uint8_t req[OWNER_KEY_REQ_SIZE];

	owner_key_request(req, &what);
	return raw_key(vmpck, 1, req, 0x20, key);
}

static uint32_t status_of(struct owner_key_request what)
{
	uint8_t key[32];

	return key_of(0, what, key);
}

/*
 * What is mixed: root select u32, VMPL u32, fields u64, policy, TCB u64, SVN u32; at 0x30
 * image id, 0x40 family id, 0x50 measurement, 0x80 host data, 0xa0 ID key digest, 0xd0
 * author key digest.
 */
static void recompute(struct owner_key_request what, const uint8_t *root, size_t len,
		      uint8_t key[32])
{
	uint8_t mix[0x100] = {0};

	put32(mix, what.vmrk);
	put32(mix + 4, what.vmpl);
	put64(mix + 8, what.fields);
	if (what.fields & 1)
		put64(mix + 0x10, vm.policy);
	if (what.fields & 0x20)
		put64(mix + 0x18, what.tcb);
	if (what.fields & 0x10)
		put32(mix + 0x20, what.guest_svn);
	if (what.fields & 2)
		memcpy(mix + 0x30, block.image_id, 16);
	if (what.fields & 4)
		memcpy(mix + 0x40, block.family_id, 16);
	if (what.fields & 8)
		memcpy(mix + 0x50, block.ld, 48);
	memcpy(mix + 0x80, host_data, 32);
	memcpy(mix + 0xa0, id_digest, 48);
	owner_kdf(root, len, "gmsg-keyreq", mix, sizeof(mix), key, 32);
}

START_TEST(keys_of_the_vmrk)
{
	uint8_t key[32], want[32];

	machine(NULL);
	for (uint64_t fields = 0; fields < 0x40; fields++) {
		struct owner_key_request what = {
			.vmrk = true, .fields = fields, .vmpl = 2, .guest_svn = 6, .tcb = TCB};

		ck_assert_uint_eq(key_of(0, what, key), 0);
		recompute(what, vmrk, sizeof(vmrk), want);
		ck_assert_mem_eq(key, want, 32);
	}
	rig_free(&rig);
}
END_TEST

START_TEST(keys_of_the_vcek)
{
	struct owner_key_request what = {.fields = 0, .tcb = TCB};
	uint8_t key[32], again[32], other[32];

	machine(NULL);
	ck_assert_uint_eq(key_of(0, what, key), 0);
	ck_assert_uint_eq(key_of(0, what, again), 0);
	ck_assert_mem_eq(key, again, 32);
	for (unsigned int bit = 0; bit < 6; bit++) {
		what.fields = 1u << bit;
		ck_assert_uint_eq(key_of(0, what, other), 0);
		ck_assert_mem_ne(key, other, 32);
	}
	what.fields = 0;
	what.vmrk = true;
	ck_assert_uint_eq(key_of(0, what, other), 0);
	ck_assert_mem_ne(key, other, 32);
	rig_free(&rig);
}
END_TEST

/* With the TCB mixed in, each TCB up to the committed one has its own; without, all have one. */
START_TEST(keys_by_tcb)
{
	struct owner_key_request what = {.fields = OWNER_KEY_TCB, .tcb = TCB};
	uint8_t key[32], other[32];

	machine(NULL);
	ck_assert_uint_eq(key_of(0, what, key), 0);
	what.tcb = TCB - 1;
	ck_assert_uint_eq(key_of(0, what, other), 0);
	ck_assert_mem_ne(key, other, 32);
	what.fields = 0;
	ck_assert_uint_eq(key_of(0, what, key), 0);
	what.tcb = TCB;
	ck_assert_uint_eq(key_of(0, what, other), 0);
	ck_assert_mem_eq(key, other, 32);
	rig_free(&rig);
}
END_TEST

/* The root is the chip's VCEK of the TCB that is mixed in, or else of TCB 0. */
START_TEST(root_is_a_vcek)
{
	struct psp_crypto *crypto = psp_crypto_new(1);
	uint8_t key[32], want[32];

	machine(NULL);
	for (uint64_t fields = 0; fields <= OWNER_KEY_TCB; fields += OWNER_KEY_TCB) {
		struct owner_key_request what = {.fields = fields, .tcb = TCB - 1};
		struct psp_ec_key vcek;

		ck_assert_int_eq(psp_vcek(crypto, &rig.psp->sev->chip, fields ? TCB - 1 : 0, &vcek),
				 0);
		recompute(what, vcek.d, sizeof(vcek.d), want);
		ck_assert_uint_eq(key_of(0, what, key), 0);
		ck_assert_mem_eq(key, want, 32);
	}
	psp_crypto_free(crypto);
	rig_free(&rig);
}
END_TEST

START_TEST(nothing_above_the_guest)
{
	machine(NULL);
	ck_assert_uint_eq(status_of((struct owner_key_request){.guest_svn = 7}), 0);
	ck_assert_uint_eq(status_of((struct owner_key_request){.guest_svn = 8}), 0x16);
	ck_assert_uint_eq(status_of((struct owner_key_request){.tcb = TCB + 1}), 0x16);
	ck_assert_uint_eq(status_of((struct owner_key_request){.tcb = TCB + (1ull << 48)}), 0x16);
	ck_assert_uint_eq(status_of((struct owner_key_request){.tcb = 1 << 8}), 0x16);
	ck_assert_uint_eq(status_of((struct owner_key_request){.vmpl = 3}), 0);
	ck_assert_uint_eq(status_of((struct owner_key_request){.vmpl = 4}), 0x16);
	ck_assert_uint_eq(status_of((struct owner_key_request){.fields = 0x40}), 0x16);
	ck_assert_uint_eq(status_of((struct owner_key_request){.fields = 1ull << 63}), 0x16);
	rig_free(&rig);
}
END_TEST

START_TEST(vmpl_rule)
{
	uint8_t key[32];

	machine(NULL);
	for (unsigned int vmpck = 0; vmpck < 4; vmpck++)
		for (uint32_t vmpl = 0; vmpl < 4; vmpl++)
			ck_assert_uint_eq(
				key_of(vmpck, (struct owner_key_request){.vmpl = vmpl}, key),
				vmpl < vmpck ? 0x16 : 0);
	rig_free(&rig);
}
END_TEST

static uint32_t select_root(uint32_t select)
{
	uint8_t req[0x20] = {0}, key[32];

	put32(req, select);
	return raw_key(0, 1, req, sizeof(req), key);
}

/* Bit 0 VMRK; bits 2:1 which of VCEK and VLEK. */
START_TEST(root_selectors)
{
	uint8_t b[0x40] = {0}, req[0x20] = {0}, key[32];

	machine(NULL);
	ck_assert_uint_eq(select_root(0), 0);
	ck_assert_uint_eq(select_root(1), 0);
	ck_assert_uint_eq(select_root(1 << 1), 0);
	ck_assert_uint_eq(select_root(2 << 1), 0x27);
	ck_assert_uint_eq(select_root(3 << 1), 0x16);
	ck_assert_uint_eq(select_root(1 << 1 | 1), 0x16);
	for (unsigned int bit = 3; bit < 32; bit++)
		ck_assert_uint_eq(select_root(1u << bit), 0x16);
	req[4] = 1;
	ck_assert_uint_eq(raw_key(0, 1, req, sizeof(req), key), 0x16);
	/* a masked chip key is no root either */
	put64(b, TCB);
	b[8] = 2;
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_CONFIG, b, sizeof(b)));
	ck_assert_uint_eq(select_root(0), 0x27);
	ck_assert_uint_eq(select_root(1), 0);
	rig_free(&rig);
}
END_TEST

START_TEST(vlek_is_another_root)
{
	struct psp_kds_config config = {
		.seed = 3, .rsa_bits = 2048, .product = "Milan", .stepping = "B0"};
	uint8_t b[0x10] = {0x10}, req[0x20] = {0}, vcek[32], vlek[32], any[32];
	struct psp_kds *kds;

	machine(NULL);
	put32(req, 1 << 1);
	ck_assert_uint_eq(raw_key(0, 1, req, sizeof(req), vcek), 0);
	ck_assert_int_eq(psp_kds_new(&kds, &config), 0);
	ck_assert_int_gt(psp_kds_chip_vlek(kds, rig.psp, "CN=x", TCB, rig.ram + SNP_ID_AUTH), 0);
	put64(b + 8, SNP_ID_AUTH);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_VLEK_LOAD, b, sizeof(b)));
	put32(req, 2 << 1);
	ck_assert_uint_eq(raw_key(0, 1, req, sizeof(req), vlek), 0);
	ck_assert_mem_ne(vlek, vcek, 32);
	put32(req, 0);
	ck_assert_uint_eq(raw_key(0, 1, req, sizeof(req), any), 0);
	ck_assert_mem_ne(any, vcek, 32);
	psp_kds_free(kds);
	rig_free(&rig);
}
END_TEST

START_TEST(second_version)
{
	uint8_t req[OWNER_KEY_REQ_SIZE] = {0}, key[32], other[32];
	struct psp_config config;

	machine(NULL);
	ck_assert_uint_eq(raw_key(0, 2, req, 0x28, key), 0x16);
	rig_free(&rig);
	psp_config_default(&config);
	config.api_minor = 58;
	machine(&config);
	ck_assert_uint_eq(raw_key(0, 2, req, 0x28, key), 0);
	ck_assert_uint_eq(raw_key(0, 1, req, 0x28, key), 0x16);
	ck_assert_uint_eq(raw_key(0, 2, req, 0x20, key), 0x16);
	put64(req + 8, 0x40);
	ck_assert_uint_eq(raw_key(0, 2, req, 0x28, other), 0);
	ck_assert_mem_ne(key, other, 32);
	put64(req + 0x20, 1);
	ck_assert_uint_eq(raw_key(0, 2, req, 0x28, other), 0x16);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(keys_of_the_vmrk);
	SUITE_CASE(keys_of_the_vcek);
	SUITE_CASE(keys_by_tcb);
	SUITE_CASE(root_is_a_vcek);
	SUITE_CASE(nothing_above_the_guest);
	SUITE_CASE(vmpl_rule);
	SUITE_CASE(root_selectors);
	SUITE_CASE(vlek_is_another_root);
	SUITE_CASE(second_version);
}
