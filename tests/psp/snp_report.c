/* SPDX-License-Identifier: MIT */
/*
 * Attestation reports, believed by the owner as far as AMD's root and the VCEK or VLEK
 * carry them. Offsets are written out.
 */
#include <string.h>

#include "tests/psp/snp_rig.h"
#include "tests/suite.h"

/* Milan: boot loader in byte 0, TEE 1, SNP 6, microcode 7; the default machine's. */
#define TCB 0x7308000000000003ull

static struct rig rig;
static struct snp_vm vm;
static struct psp_kds *kds;
static uint8_t report[OWNER_REPORT_SIZE], data[64];
static uint8_t ark[2048], ask[2048], vek[2048];
static struct owner_snp_certs certs;

static void machine(const struct psp_config *config)
{
	rig_new(&rig, config);
	rig_snp_init(&rig);
	snp_vm_run(&vm, &rig, 0, 5, SNP_POLICY);
	for (unsigned int i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(0x80 + i);
}

static void certify(enum psp_authority authority, int vek_len)
{
	int ark_len = psp_kds_x509(kds, PSP_ARK, ark, sizeof(ark));
	int ask_len = psp_kds_x509(kds, authority, ask, sizeof(ask));

	ck_assert_int_gt(ark_len, 0);
	ck_assert_int_gt(ask_len, 0);
	ck_assert_int_gt(vek_len, 0);
	certs.ark = (struct owner_part){ark, (size_t)ark_len};
	certs.ask = (struct owner_part){ask, (size_t)ask_len};
	certs.vek = (struct owner_part){vek, (size_t)vek_len};
}

static void authority(const char *product, bool turin)
{
	struct psp_kds_config config = {
		.seed = 3, .rsa_bits = 2048, .product = product, .stepping = "B0", .turin = turin};

	ck_assert_int_eq(psp_kds_new(&kds, &config), 0);
	certs = (struct owner_snp_certs){.product = turin ? OWNER_TURIN : OWNER_MILAN};
}

/* With the VCEK of a TCB. */
static enum owner_check judge(uint64_t tcb, struct owner_report *out)
{
	certify(PSP_ASK, psp_kds_chip_vcek(kds, rig.psp, tcb, vek, sizeof(vek)));
	return owner_report_verify(report, &certs, out);
}

static void get_report(void)
{
	ck_assert_uint_eq(snp_report(&vm, 0, 0, 0, data, report), 0);
}

static int config_cmd(uint64_t tcb, uint32_t masks)
{
	uint8_t b[0x40] = {0};

	put64(b, tcb);
	put32(b + 8, masks);
	return rig_cmd_raw(&rig, PSP_CMD_SNP_CONFIG, b, sizeof(b));
}

START_TEST(signed_by_the_vcek)
{
	struct owner_report out;
	struct psp_info info;

	machine(NULL);
	authority("Milan", false);
	get_report();
	ck_assert_int_eq(judge(TCB, &out), OWNER_OK);
	psp_get_info(rig.psp, &info);
	ck_assert_int_eq(out.signer, OWNER_SIGNER_VCEK);
	ck_assert_mem_eq(out.measurement, vm.ld, 48);
	ck_assert_mem_eq(out.report_data, data, 64);
	ck_assert_mem_eq(out.chip_id, info.chip_id, 64);
	/* one byte of what is signed, and another TCB's key */
	report[0x29f] ^= 1;
	ck_assert_int_ne(judge(TCB, &out), OWNER_OK);
	report[0x29f] ^= 1;
	ck_assert_int_eq(judge(TCB - 1, &out), OWNER_SIGNATURE);
	psp_kds_free(kds);
	rig_free(&rig);
}
END_TEST

/* SMT and ECC; API 1.55 build 5; the guest has no ID block and no migration agent. */
START_TEST(fields_of_version_2)
{
	static const uint8_t zero[0x20];
	uint8_t ones[32];

	machine(NULL);
	get_report();
	memset(ones, 0xff, sizeof(ones));
	ck_assert_uint_eq(get32(report), 2);
	ck_assert_uint_eq(get32(report + 4), 0);
	ck_assert_uint_eq(get64(report + 8), SNP_POLICY);
	ck_assert_mem_eq(report + 0x10, zero, 0x20);
	ck_assert_uint_eq(get32(report + 0x30), 0);
	ck_assert_uint_eq(get32(report + 0x34), 1);
	ck_assert_uint_eq(get64(report + 0x38), TCB);
	ck_assert_uint_eq(get64(report + 0x40), 5);
	ck_assert_uint_eq(get32(report + 0x48), 0);
	ck_assert_mem_eq(report + 0x50, data, 64);
	ck_assert_mem_eq(report + 0x90, vm.ld, 48);
	ck_assert_mem_eq(report + 0xc0, zero, 32);
	ck_assert_mem_ne(report + 0x140, zero, 32);
	ck_assert_mem_eq(report + 0x160, ones, 32);
	ck_assert_uint_eq(get64(report + 0x180), TCB);
	ck_assert_mem_eq(report + 0x188, zero, 0x18);
	ck_assert_uint_eq(get64(report + 0x1e0), TCB);
	ck_assert_mem_eq(report + 0x1e8, ((const uint8_t[]){5, 55, 1, 0, 5, 55, 1, 0}), 8);
	ck_assert_uint_eq(get64(report + 0x1f0), TCB);
	for (unsigned int at = 0x1f8; at < 0x2a0; at++)
		ck_assert_uint_eq(report[at], 0);
	for (unsigned int at = 0x2a0 + 144; at < 0x4a0; at++)
		ck_assert_uint_eq(report[at], 0);
	rig_free(&rig);
}
END_TEST

START_TEST(version_by_api)
{
	static const struct {
		uint8_t minor, version;
	} apis[] = {{52, 2}, {55, 2}, {56, 3}, {57, 3}, {58, 5}};
	struct psp_config config;
	struct owner_report out;

	for (size_t i = 0; i < sizeof(apis) / sizeof(apis[0]); i++) {
		psp_config_default(&config);
		config.api_minor = apis[i].minor;
		machine(&config);
		get_report();
		ck_assert_uint_eq(get32(report), apis[i].version);
		ck_assert_int_eq(owner_report_parse(report, &out), OWNER_OK);
		if (apis[i].version >= 3)
			ck_assert_mem_eq(report + 0x188, ((const uint8_t[]){0x19, 1, 1, 0}), 4);
		rig_free(&rig);
	}
}
END_TEST

/* TSME, no ECC, no SMT; RAPL off and ciphertext hiding need SNP_INIT_EX of a Turin. */
START_TEST(platform_info_and_turin)
{
	uint8_t init[0x40] = {1 | 4 | 8};
	struct psp_config config;
	struct owner_report out;
	struct psp_info info;
	struct owner_tcb tcb;

	psp_config_default(&config);
	config.product = PSP_TURIN;
	config.generation = PSP_V6;
	config.tsme = true;
	config.ecc = false;
	config.smt = false;
	config.tcb =
		(struct psp_tcb){.fmc = 1, .boot_loader = 2, .tee = 3, .snp = 4, .microcode = 5};
	rig_new(&rig, &config);
	put16(init + 0x10, 50);
	rig_snp_enable(&rig);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_INIT_EX, init, sizeof(init)));
	rig_wbinvd(&rig);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_DF_FLUSH, NULL, 0));
	snp_vm_run(&vm, &rig, 0, 5, SNP_POLICY);
	get_report();
	ck_assert_uint_eq(get64(report + 0x40), 2 | 8 | 0x10);
	ck_assert_uint_eq(get64(report + 0x180), 0x0500000004030201ull);
	psp_get_info(rig.psp, &info);
	ck_assert_mem_eq(report + 0x1a0, info.chip_id, 64);
	authority("Turin", true);
	ck_assert_int_eq(judge(0x0500000004030201ull, &out), OWNER_OK);
	ck_assert_int_eq(owner_tcb_parse(OWNER_TURIN, out.reported_tcb, &tcb), OWNER_OK);
	ck_assert_uint_eq(tcb.fmc, 1);
	psp_kds_free(kds);
	rig_free(&rig);
}
END_TEST

/* The VMPL in a report is that of the key's owner, or a less privileged one. */
START_TEST(vmpl_rule)
{
	machine(NULL);
	for (unsigned int key = 0; key < 4; key++) {
		for (uint32_t vmpl = 0; vmpl < 6; vmpl++) {
			bool right = vmpl >= key && vmpl <= 3;

			ck_assert_uint_eq(snp_report(&vm, key, vmpl, 0, data, report),
					  right ? 0 : 0x16);
			if (right)
				ck_assert_uint_eq(get32(report + 0x30), vmpl);
		}
	}
	rig_free(&rig);
}
END_TEST

START_TEST(masked_chip)
{
	static const uint8_t zero[0x200];
	struct owner_report out;

	machine(NULL);
	authority("Milan", false);
	expect_ok(config_cmd(TCB, 1));
	get_report();
	ck_assert_mem_eq(report + 0x1a0, zero, 64);
	ck_assert_int_eq(owner_report_parse(report, &out), OWNER_OK);
	ck_assert_int_eq(out.signer, OWNER_SIGNER_VCEK);
	expect_ok(config_cmd(TCB, 2));
	get_report();
	ck_assert_mem_ne(report + 0x1a0, zero, 64);
	ck_assert_uint_eq(get32(report + 0x48), 7 << 2 | 2);
	ck_assert_mem_eq(report + 0x2a0, zero, 0x200);
	ck_assert_int_eq(judge(TCB, &out), OWNER_UNSIGNED);
	psp_kds_free(kds);
	rig_free(&rig);
}
END_TEST

/* A lower reported TCB has a key of its own. */
START_TEST(reported_tcb_names_the_key)
{
	struct owner_report out;
	uint64_t lower = TCB - (1ull << 48);

	machine(NULL);
	authority("Milan", false);
	expect_ok(config_cmd(lower, 0));
	get_report();
	ck_assert_uint_eq(get64(report + 0x180), lower);
	ck_assert_uint_eq(get64(report + 0x38), TCB);
	ck_assert_int_eq(judge(lower, &out), OWNER_OK);
	ck_assert_int_ne(judge(TCB, &out), OWNER_OK);
	psp_kds_free(kds);
	rig_free(&rig);
}
END_TEST

static void load_vlek(void)
{
	uint8_t b[0x10] = {0x10};

	ck_assert_int_eq(
		psp_kds_chip_vlek(kds, rig.psp, "CN=cloud.example", TCB, rig.ram + SNP_ID_AUTH),
		0x1b0);
	put64(b + 8, SNP_ID_AUTH);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_VLEK_LOAD, b, sizeof(b)));
}

START_TEST(signed_by_the_vlek)
{
	struct owner_report out;

	machine(NULL);
	authority("Milan", false);
	ck_assert_uint_eq(snp_report(&vm, 0, 0, 2, data, report), 0x27);
	load_vlek();
	get_report();
	ck_assert_uint_eq(get32(report + 0x48), 1 << 2);
	certify(PSP_ASVK, psp_kds_vlek(kds, "CN=cloud.example", TCB, vek, sizeof(vek)));
	ck_assert_int_eq(owner_report_verify(report, &certs, &out), OWNER_OK);
	ck_assert_int_eq(out.signer, OWNER_SIGNER_VLEK);
	/* KEY_SEL 1: the chip's key nevertheless; 2: the provider's; 3: none such */
	ck_assert_uint_eq(snp_report(&vm, 0, 0, 1, data, report), 0);
	ck_assert_int_eq(judge(TCB, &out), OWNER_OK);
	ck_assert_uint_eq(snp_report(&vm, 0, 0, 2, data, report), 0);
	ck_assert_uint_eq(get32(report + 0x48), 1 << 2);
	ck_assert_uint_eq(snp_report(&vm, 0, 0, 3, data, report), 0x16);
	psp_kds_free(kds);
	rig_free(&rig);
}
END_TEST

START_TEST(vcek_disabled)
{
	uint8_t b[0x40] = {0};
	struct owner_secrets secrets;

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	authority("Milan", false);
	snp_vm_start(&vm, &rig, 0, 5, SNP_POLICY);
	snp_secrets(&vm, SNP_RAM, &secrets);
	put64(b, vm.gctx);
	b[0x18] = 4;
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_FINISH, b, sizeof(b)));
	rig_to_firmware(&rig, SNP_RSP, 1);
	ck_assert_uint_eq(snp_report(&vm, 0, 0, 0, data, report), 0x27);
	ck_assert_uint_eq(snp_report(&vm, 0, 0, 1, data, report), 0x27);
	load_vlek();
	ck_assert_uint_eq(snp_report(&vm, 0, 0, 0, data, report), 0);
	ck_assert_uint_eq(get32(report + 0x48), 1 << 2);
	ck_assert_uint_eq(snp_report(&vm, 0, 0, 1, data, report), 0x27);
	psp_kds_free(kds);
	rig_free(&rig);
}
END_TEST

START_TEST(reserved_bytes)
{
	uint8_t req[OWNER_REPORT_REQ_SIZE], payload[OWNER_MSG_MAX];
	struct owner_request request = {
		.type = OWNER_MSG_REPORT, .version = 1, .payload = req, .len = sizeof(req)};
	size_t len;

	machine(NULL);
	for (unsigned int at = 0x48; at < 0x60; at++) {
		owner_report_request(req, data, 0);
		req[at] = 1;
		ck_assert_uint_eq(snp_exchange(&vm, &request, payload, &len), 0x16);
		ck_assert_uint_eq(len, 0x4c0);
	}
	rig_free(&rig);
}
END_TEST

/* A report id stays with its guest and is no other's. */
START_TEST(report_ids)
{
	struct snp_vm other;
	uint8_t first[32];

	machine(NULL);
	get_report();
	memcpy(first, report + 0x140, 32);
	get_report();
	ck_assert_mem_eq(report + 0x140, first, 32);
	snp_vm_run(&other, &rig, 1, 6, SNP_POLICY);
	ck_assert_uint_eq(snp_report(&other, 0, 0, 0, data, report), 0);
	ck_assert_mem_ne(report + 0x140, first, 32);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(signed_by_the_vcek);
	SUITE_CASE(fields_of_version_2);
	SUITE_CASE(version_by_api);
	SUITE_CASE(platform_info_and_turin);
	SUITE_CASE(vmpl_rule);
	SUITE_CASE(masked_chip);
	SUITE_CASE(reported_tcb_names_the_key);
	SUITE_CASE(signed_by_the_vlek);
	SUITE_CASE(vcek_disabled);
	SUITE_CASE(reserved_bytes);
	SUITE_CASE(report_ids);
}
