/* SPDX-License-Identifier: MIT */
/*
 * SEND_* (55766, 6): to another platform, which receives, and to an independent owner that
 * plays the target.
 */
#include <string.h>

#include "psp/certs/kds.h"
#include "tests/psp/migration.h"
#include "tests/suite.h"

/* A running guest with a pattern in three pages, the last a VMSA for SEV-ES. */
static uint32_t running(struct rig *rig, uint32_t policy, uint8_t plain[3 * 4096])
{
	uint32_t handle = guest_launch(rig, policy);

	guest_pattern(plain, 3 * 4096, 1);
	memcpy(rig->ram + AT_GUEST, plain, 3 * 4096);
	expect_ok(guest_range(rig, PSP_CMD_LAUNCH_UPDATE_DATA, handle, AT_GUEST, 3 * 4096, NULL));
	expect_ok(guest_cmd(rig, PSP_CMD_LAUNCH_FINISH, handle));
	return handle;
}

static void migrate(uint32_t policy)
{
	uint8_t plain[3 * 4096], got[3 * 4096];
	uint32_t asid = policy & ES ? ASID_ES : ASID_SEV;
	struct rig a, b;
	struct platform_certs certs;
	struct migration target;
	uint32_t source, copy;

	migration_rig(&a, 1);
	migration_rig(&b, 2);
	source = running(&a, policy, plain);
	platform_certs(&b, &certs);
	target = migration_to(&certs);
	expect_ok(migration_start(&a, source, &target));
	ck_assert_uint_eq(target.policy, policy);
	ck_assert_int_eq(guest_state(&a, source), PSP_G_SUPDATE);
	copy = migration_session(&b, &a, policy);

	for (unsigned int page = 0; page < 3; page++) {
		bool vmsa = page == 2 && policy & ES;
		uint64_t from = AT_GUEST + page * 4096, to = AT_GUEST + 0x8000 - page * 4096;

		expect_ok(migration_send(&a,
					 vmsa ? PSP_CMD_SEND_UPDATE_VMSA : PSP_CMD_SEND_UPDATE_DATA,
					 source, from, 4096));
		migration_packet(&b, &a);
		expect_ok(migration_receive(
			&b, vmsa ? PSP_CMD_RECEIVE_UPDATE_VMSA : PSP_CMD_RECEIVE_UPDATE_DATA, copy,
			to, 4096));
		guest_read(&b, asid, to, got + page * 4096, 4096);
	}
	ck_assert_mem_eq(got, plain, sizeof(plain));
	expect_ok(guest_cmd(&a, PSP_CMD_SEND_FINISH, source));
	ck_assert_int_eq(guest_state(&a, source), PSP_G_SENT);
	expect_ok(guest_cmd(&b, PSP_CMD_RECEIVE_FINISH, copy));
	ck_assert_int_eq(guest_state(&b, copy), PSP_G_RUNNING);
	ck_assert_uint_eq(guest_status(&b, copy).policy, policy);
	rig_free(&a);
	rig_free(&b);
}

START_TEST(guest_moves_between_two_platforms)
{
	migrate(0);
	migrate(NODBG);
}
END_TEST

START_TEST(sev_es_guest_moves_with_its_vmsa)
{
	migrate(ES | NOKS);
}
END_TEST

/* The owner plays the target: it opens the session and each packet. */
START_TEST(owner_reads_what_is_sent)
{
	static struct owner_chip chip;
	uint8_t plain[3 * 4096], got[4096], iv[2][16], tek[16];
	struct owner_session session;
	struct platform_certs source;
	struct owner_rand rand;
	struct migration target;
	struct rig rig;
	uint32_t handle;

	migration_rig(&rig, 1);
	owner_rand_init(&rand, "target");
	owner_chip_make(&chip, &rand, 2048);
	handle = running(&rig, ES, plain);
	platform_certs(&rig, &source);
	target = migration_to_chip(&chip);
	expect_ok(migration_start(&rig, handle, &target));
	ck_assert_int_eq(
		owner_session_open(&session, &chip.pdh_key, source.pdh, ES, rig.ram + AT_SESSION),
		OWNER_OK);
	for (unsigned int i = 0; i < 2; i++) {
		expect_ok(migration_send(&rig, PSP_CMD_SEND_UPDATE_DATA, handle, AT_GUEST, 4096));
		memcpy(iv[i], rig.ram + AT_HDR + 4, 16);
		ck_assert_int_eq(owner_packet_open(&session, OWNER_PACKET_DATA, NULL,
						   rig.ram + AT_HDR, rig.ram + AT_TRANS, 4096, got),
				 OWNER_OK);
		ck_assert_mem_eq(got, plain, 4096);
	}
	ck_assert_mem_ne(iv[0], iv[1], 16);
	expect_ok(migration_send(&rig, PSP_CMD_SEND_UPDATE_DATA, handle, AT_GUEST + 0xff0, 48));
	ck_assert_int_eq(owner_packet_open(&session, OWNER_PACKET_DATA, NULL, rig.ram + AT_HDR,
					   rig.ram + AT_TRANS, 48, got),
			 OWNER_OK);
	ck_assert_mem_eq(got, plain + 0xff0, 48);
	expect_ok(migration_send(&rig, PSP_CMD_SEND_UPDATE_VMSA, handle, AT_GUEST + 0x2000, 4096));
	ck_assert_int_eq(owner_packet_open(&session, OWNER_PACKET_VMSA, NULL, rig.ram + AT_HDR,
					   rig.ram + AT_TRANS, 4096, got),
			 OWNER_OK);
	ck_assert_mem_eq(got, plain + 0x2000, 4096);

	/* Each SEND_START has keys of its own. */
	memcpy(tek, session.tek, 16);
	expect_ok(guest_cmd(&rig, PSP_CMD_SEND_CANCEL, handle));
	ck_assert_int_eq(guest_state(&rig, handle), PSP_G_RUNNING);
	expect_ok(migration_start(&rig, handle, &target));
	ck_assert_int_eq(
		owner_session_open(&session, &chip.pdh_key, source.pdh, ES, rig.ram + AT_SESSION),
		OWNER_OK);
	ck_assert_mem_ne(tek, session.tek, 16);
	rig_free(&rig);
}
END_TEST

/* A running guest that is to be sent to a chip that the owner plays. */
struct outgoing {
	struct rig rig;
	struct owner_chip chip;
	struct migration target;
	uint32_t handle;
};

static void outgoing_new(struct outgoing *out, uint32_t policy, struct psp_kds *kds)
{
	struct owner_rand rand;
	struct psp_config config;

	psp_config_default(&config);
	config.kds = kds;
	rig_new(&out->rig, &config);
	rig_init(&out->rig);
	owner_rand_init(&rand, "target");
	owner_chip_make(&out->chip, &rand, 2048);
	out->target = migration_to_chip(&out->chip);
	out->handle = guest_run(&out->rig, policy);
}

static int outgoing_start(struct outgoing *out)
{
	struct migration target = out->target;
	int status = migration_start(&out->rig, out->handle, &target);

	ck_assert_int_eq(guest_state(&out->rig, out->handle),
			 status == PSP_SUCCESS ? PSP_G_SUPDATE : PSP_G_RUNNING);
	return status;
}

START_TEST(send_tells_the_lengths)
{
	struct packet_cmd ask = {0, 0, 0, 0}, small = {0x34, 64, 63, AT_GUEST};
	struct outgoing out;
	struct migration target;

	outgoing_new(&out, 0, NULL);
	target = out.target;
	target.session_len = 0;
	expect_status(migration_start(&out.rig, out.handle, &target), PSP_INVALID_LENGTH);
	ck_assert_uint_eq(target.session_len, 0x80);
	target.session_len = 0x7f;
	expect_status(migration_start(&out.rig, out.handle, &target), PSP_INVALID_LENGTH);
	ck_assert_uint_eq(target.session_len, 0x80);
	target = out.target;
	target.chain_len = 0x186b;
	expect_status(migration_start(&out.rig, out.handle, &target), PSP_INVALID_LENGTH);
	target = out.target;
	target.amd_len = 2 * 0x640 + 1;
	expect_status(migration_start(&out.rig, out.handle, &target), PSP_INVALID_LENGTH);
	expect_ok(outgoing_start(&out));
	expect_status(guest_packet(&out.rig, PSP_CMD_SEND_UPDATE_DATA, out.handle, &ask),
		      PSP_INVALID_LENGTH);
	ck_assert_uint_eq(ask.hdr_len, 0x34);
	ck_assert_uint_eq(ask.trans_len, 0x4000);
	expect_status(guest_packet(&out.rig, PSP_CMD_SEND_UPDATE_DATA, out.handle, &small),
		      PSP_INVALID_LENGTH);
	ck_assert_uint_eq(small.trans_len, 64);
	small.hdr_len = 0x33;
	expect_status(guest_packet(&out.rig, PSP_CMD_SEND_UPDATE_DATA, out.handle, &small),
		      PSP_INVALID_LENGTH);
	ck_assert_uint_eq(small.hdr_len, 0x34);
	rig_free(&out.rig);
}
END_TEST

START_TEST(send_start_answers_addresses)
{
	static const uint64_t good[] = {AT_CERT, AT_CHAIN, AT_AMD, AT_SESSION};
	static const uint32_t len[] = {0x824, 0x186c, 0x40, 0x80};
	struct outgoing out;
	struct migration target;

	outgoing_new(&out, 0, NULL);
	target = out.target;
	target.session_len = 0; /* fills memory, and is refused */
	expect_status(migration_start(&out.rig, out.handle, &target), PSP_INVALID_LENGTH);
	for (unsigned int bad = 0; bad <= 4; bad++) {
		uint8_t buf[0x44] = {0};

		put32(buf, out.handle);
		for (unsigned int i = 0; i < 4; i++) {
			put64(buf + 8 + 0x10 * i, i == bad ? RIG_RAM - 16 : good[i]);
			put32(buf + 0x10 + 0x10 * i, len[i]);
		}
		expect_status(rig_cmd(&out.rig, PSP_CMD_SEND_START, buf, sizeof(buf)),
			      bad < 4 ? PSP_INVALID_ADDRESS : PSP_SUCCESS);
	}
	rig_free(&out.rig);
}
END_TEST

START_TEST(send_answers_addresses_and_states)
{
	struct outgoing out;

	outgoing_new(&out, 0, NULL);
	expect_status(migration_send(&out.rig, PSP_CMD_SEND_UPDATE_DATA, out.handle, AT_GUEST, 64),
		      PSP_INVALID_GUEST_STATE);
	expect_status(guest_cmd(&out.rig, PSP_CMD_SEND_CANCEL, out.handle),
		      PSP_INVALID_GUEST_STATE);
	expect_ok(outgoing_start(&out));
	expect_status(migration_send(&out.rig, PSP_CMD_SEND_UPDATE_DATA, out.handle, AT_GUEST, 24),
		      PSP_INVALID_LENGTH);
	expect_status(
		migration_send(&out.rig, PSP_CMD_SEND_UPDATE_DATA, out.handle, AT_GUEST, 0x4010),
		PSP_INVALID_LENGTH);
	expect_status(
		migration_send(&out.rig, PSP_CMD_SEND_UPDATE_DATA, out.handle, AT_GUEST + 8, 64),
		PSP_INVALID_ADDRESS);
	expect_status(
		migration_send(&out.rig, PSP_CMD_SEND_UPDATE_DATA, out.handle, RIG_RAM - 16, 64),
		PSP_INVALID_ADDRESS);
	expect_status(
		migration_send(&out.rig, PSP_CMD_SEND_UPDATE_VMSA, out.handle, AT_GUEST, 4096),
		PSP_POLICY_FAILURE);
	expect_ok(guest_cmd(&out.rig, PSP_CMD_DEACTIVATE, out.handle));
	expect_status(migration_send(&out.rig, PSP_CMD_SEND_UPDATE_DATA, out.handle, AT_GUEST, 64),
		      PSP_INACTIVE);
	rig_free(&out.rig);
}
END_TEST

/* As psp-sev.h lays SEND_UPDATE_VMSA out, its address would be read as reserved bits. */
START_TEST(send_update_vmsa_has_the_layout_of_sev_tool)
{
	uint8_t linux_way[0x34] = {0};
	struct outgoing out;

	outgoing_new(&out, ES, NULL);
	expect_ok(outgoing_start(&out));
	put32(linux_way, out.handle);
	put64(linux_way + 4, AT_HDR);
	put32(linux_way + 0xc, 0x34);
	put64(linux_way + 0x14, AT_GUEST);
	put32(linux_way + 0x1c, 4096);
	put64(linux_way + 0x24, AT_TRANS);
	put32(linux_way + 0x2c, 4096);
	expect_status(rig_cmd(&out.rig, PSP_CMD_SEND_UPDATE_VMSA, linux_way, sizeof(linux_way)),
		      PSP_INVALID_PARAM);
	expect_ok(migration_send(&out.rig, PSP_CMD_SEND_UPDATE_VMSA, out.handle, AT_GUEST, 4096));
	rig_free(&out.rig);
}
END_TEST

START_TEST(sent_guest_can_only_end)
{
	static const enum psp_cmd_id ids[] = {PSP_CMD_SEND_FINISH, PSP_CMD_SEND_CANCEL,
					      PSP_CMD_LAUNCH_FINISH, PSP_CMD_RECEIVE_FINISH};
	struct outgoing out;
	struct migration target;

	outgoing_new(&out, 0, NULL);
	expect_ok(outgoing_start(&out));
	expect_ok(guest_cmd(&out.rig, PSP_CMD_SEND_FINISH, out.handle));
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		expect_status(guest_cmd(&out.rig, ids[i], out.handle), PSP_INVALID_GUEST_STATE);
	target = out.target;
	expect_status(migration_start(&out.rig, out.handle, &target), PSP_INVALID_GUEST_STATE);
	expect_status(migration_send(&out.rig, PSP_CMD_SEND_UPDATE_DATA, out.handle, AT_GUEST, 64),
		      PSP_INVALID_GUEST_STATE);
	expect_ok(guest_cmd(&out.rig, PSP_CMD_DEACTIVATE, out.handle));
	expect_ok(guest_cmd(&out.rig, PSP_CMD_DECOMMISSION, out.handle));
	rig_free(&out.rig);
}
END_TEST

START_TEST(nosend_stays)
{
	struct outgoing out;

	outgoing_new(&out, NOSEND, NULL);
	expect_status(outgoing_start(&out), PSP_POLICY_FAILURE);
	rig_free(&out.rig);
}
END_TEST

/* PDH by PEK, PEK by OCA, OCA by itself; the CEK does not count without policy SEV. */
START_TEST(target_must_have_a_true_chain)
{
	enum { PEK_AT = 0, OCA_AT = OWNER_CERT_SIZE, CEK_AT = 2 * OWNER_CERT_SIZE };
	static struct outgoing out;
	uint8_t *chain = out.chip.chain;

	outgoing_new(&out, 0, NULL);
	out.chip.pdh[OWNER_CERT_SIG1 + 8 + 20] ^= 1;
	expect_status(outgoing_start(&out), PSP_BAD_SIGNATURE);
	out.chip.pdh[OWNER_CERT_SIG1 + 8 + 20] ^= 1;
	out.chip.pdh[OWNER_CERT_API_MINOR] ^= 1;
	expect_status(outgoing_start(&out), PSP_BAD_SIGNATURE);
	out.chip.pdh[OWNER_CERT_API_MINOR] ^= 1;
	chain[PEK_AT + OWNER_CERT_SIG1 + 8] ^= 1;
	expect_status(outgoing_start(&out), PSP_BAD_SIGNATURE);
	chain[PEK_AT + OWNER_CERT_SIG1 + 8] ^= 1;
	chain[OCA_AT + OWNER_CERT_SIG1 + 8] ^= 1;
	expect_status(outgoing_start(&out), PSP_BAD_SIGNATURE);
	chain[OCA_AT + OWNER_CERT_SIG1 + 8] ^= 1;
	chain[OCA_AT + OWNER_CERT_USAGE] ^= 1;
	expect_status(outgoing_start(&out), PSP_INVALID_CERTIFICATE);
	chain[OCA_AT + OWNER_CERT_USAGE] ^= 1;
	chain[PEK_AT + OWNER_CERT_VERSION] ^= 2;
	expect_status(outgoing_start(&out), PSP_INVALID_CERTIFICATE);
	chain[PEK_AT + OWNER_CERT_VERSION] ^= 2;
	out.chip.pdh[OWNER_CERT_ALGO] ^= 1;
	expect_status(outgoing_start(&out), PSP_INVALID_CERTIFICATE);
	out.chip.pdh[OWNER_CERT_ALGO] ^= 1;
	memset(chain + CEK_AT, 0, OWNER_CERT_SIZE);
	expect_ok(outgoing_start(&out));
	rig_free(&out.rig);
}
END_TEST

START_TEST(target_must_have_the_version_of_the_policy)
{
	static struct outgoing out;
	uint8_t major, minor;
	uint32_t newer;

	outgoing_new(&out, 0, NULL);
	major = out.chip.pdh[OWNER_CERT_API_MAJOR];
	minor = out.chip.pdh[OWNER_CERT_API_MINOR];
	ck_assert(major < 1 || minor < 55); /* older than the sender */
	newer = major < 1 ? 1u << 16 : (uint32_t)major << 16 | (minor + 1u) << 24;
	rig_free(&out.rig);
	outgoing_new(&out, (uint32_t)major << 16 | (uint32_t)minor << 24, NULL);
	expect_ok(outgoing_start(&out));
	rig_free(&out.rig);
	outgoing_new(&out, newer, NULL);
	expect_status(outgoing_start(&out), PSP_POLICY_FAILURE);
	rig_free(&out.rig);
}
END_TEST

/* The rig's platform gets the OCA of the chip that the owner plays. */
static void own(struct rig *rig, const struct owner_chip *chip)
{
	uint8_t csr[0xc] = {0}, import[0x1c] = {0};

	put64(csr, AT_CERT);
	put32(csr + 8, OWNER_CERT_SIZE);
	expect_ok(rig_cmd(rig, PSP_CMD_PEK_CSR, csr, sizeof(csr)));
	ck_assert_int_eq(owner_pek_import(rig->ram + AT_OUT, rig->ram + AT_CERT, &chip->oca_key),
			 OWNER_OK);
	memcpy(rig->ram + AT_CHAIN, chip->chain + OWNER_CERT_SIZE, OWNER_CERT_SIZE);
	put64(import, AT_OUT);
	put32(import + 8, OWNER_CERT_SIZE);
	put64(import + 0x10, AT_CHAIN);
	put32(import + 0x18, OWNER_CERT_SIZE);
	expect_ok(rig_cmd(rig, PSP_CMD_PEK_CERT_IMPORT, import, sizeof(import)));
}

START_TEST(domain_is_one_owner)
{
	static struct outgoing out;

	outgoing_new(&out, DOMAIN, NULL);
	expect_status(outgoing_start(&out), PSP_POLICY_FAILURE);
	expect_ok(guest_cmd(&out.rig, PSP_CMD_DEACTIVATE, out.handle));
	expect_ok(guest_cmd(&out.rig, PSP_CMD_DECOMMISSION, out.handle));
	own(&out.rig, &out.chip);
	rig_wbinvd(&out.rig);
	expect_ok(rig_cmd(&out.rig, PSP_CMD_DF_FLUSH, NULL, 0));
	out.handle = guest_run(&out.rig, DOMAIN);
	expect_ok(outgoing_start(&out));
	rig_free(&out.rig);
}
END_TEST

static void put_amd(struct outgoing *out, const uint8_t *first, const uint8_t *second, size_t size)
{
	memcpy(out->target.amd, first, size);
	memcpy(out->target.amd + size, second, size);
	out->target.amd_len = (uint32_t)(2 * size);
}

START_TEST(policy_sev_wants_the_chain_to_amd)
{
	const struct psp_kds_config amd = {
		.seed = 7, .rsa_bits = 2048, .product = "Milan", .stepping = "B1"};
	static struct outgoing out;
	uint8_t ark[PSP_AMD_CERT_MAX], ask[PSP_AMD_CERT_MAX];
	uint8_t *cek = out.chip.chain + 2 * OWNER_CERT_SIZE;
	struct psp_kds *kds;

	ck_assert_int_eq(psp_kds_new(&kds, &amd), 0);
	ck_assert_int_eq(psp_kds_amd_cert(kds, PSP_ARK, ark), 0x340);
	ck_assert_int_eq(psp_kds_amd_cert(kds, PSP_ASK, ask), 0x340);
	outgoing_new(&out, SEV, kds);
	expect_status(outgoing_start(&out), PSP_INVALID_CERTIFICATE); /* none at all */
	put_amd(&out, out.chip.ask, out.chip.ark, out.chip.amd_size);
	expect_status(outgoing_start(&out), PSP_POLICY_FAILURE); /* another's root */
	put_amd(&out, ask, ark, 0x340);
	expect_status(outgoing_start(&out), PSP_BAD_SIGNATURE); /* CEK by another's ASK */
	ck_assert_int_eq(psp_kds_sign_cek(kds, cek), 0);
	put_amd(&out, out.chip.ask, ark, 0x340); /* an ASK that names another ARK */
	expect_status(outgoing_start(&out), PSP_INVALID_CERTIFICATE);
	put_amd(&out, ask, ark, 0x340);
	out.target.amd[0x33f] ^= 1; /* ASK by ARK */
	expect_status(outgoing_start(&out), PSP_BAD_SIGNATURE);
	out.target.amd[0x33f] ^= 1;
	out.target.amd[0x67f] ^= 1; /* ARK by itself */
	expect_status(outgoing_start(&out), PSP_BAD_SIGNATURE);
	put_amd(&out, ask, ask, 0x340);
	expect_status(outgoing_start(&out), PSP_INVALID_CERTIFICATE);
	put_amd(&out, ask, ark, 0x340);
	out.target.amd_len--;
	expect_status(outgoing_start(&out), PSP_INVALID_CERTIFICATE);
	put_amd(&out, ask, ark, 0x340);
	out.chip.chain[OWNER_CERT_SIG2 + 8] ^= 1; /* PEK by CEK */
	expect_status(outgoing_start(&out), PSP_BAD_SIGNATURE);
	out.chip.chain[OWNER_CERT_SIG2 + 8] ^= 1;
	expect_ok(outgoing_start(&out));
	expect_ok(guest_cmd(&out.rig, PSP_CMD_SEND_CANCEL, out.handle));
	put_amd(&out, ark, ask, 0x340);
	expect_ok(outgoing_start(&out));
	rig_free(&out.rig);
	psp_kds_free(kds);
}
END_TEST

START_TEST(policy_sev_without_a_known_root_stays)
{
	static struct outgoing out;

	outgoing_new(&out, SEV, NULL);
	put_amd(&out, out.chip.ask, out.chip.ark, out.chip.amd_size);
	expect_status(outgoing_start(&out), PSP_POLICY_FAILURE);
	rig_free(&out.rig);
}
END_TEST

START_TEST(snp_wants_firmware_pages)
{
	struct platform_certs certs;
	struct rig a, b;
	struct migration target;
	uint32_t source, copy;

	migration_rig(&b, 2);
	platform_certs(&b, &certs);
	psp_config_default(&a.config);
	rig_new(&a, NULL);
	rig_snp_init(&a);
	rig_init(&a);
	source = guest_run(&a, 0);
	target = migration_to(&certs);
	expect_status(migration_start(&a, source, &target), PSP_INVALID_PAGE_STATE);
	ck_assert_int_eq(guest_state(&a, source), PSP_G_RUNNING);
	rig_to_firmware(&a, AT_SESSION, 1);
	target = migration_to(&certs);
	expect_ok(migration_start(&a, source, &target));
	expect_status(migration_send(&a, PSP_CMD_SEND_UPDATE_DATA, source, AT_GUEST, 4096),
		      PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&a, AT_HDR, 1);
	expect_status(migration_send(&a, PSP_CMD_SEND_UPDATE_DATA, source, AT_GUEST, 4096),
		      PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&a, AT_TRANS, 1);
	expect_ok(migration_send(&a, PSP_CMD_SEND_UPDATE_DATA, source, AT_GUEST, 4096));
	expect_ok(guest_cmd(&a, PSP_CMD_SEND_CANCEL, source));
	rig_to_host(&a, AT_TRANS, 1);
	rig_to_host(&a, AT_HDR, 1);
	rig_to_host(&a, AT_SESSION, 1);

	/* The other way: a guest comes to the platform with SNP. */
	source = guest_run(&b, 0);
	rig_to_firmware(&a, AT_CERT, 1);
	rig_to_firmware(&a, AT_CHAIN, 2);
	platform_certs(&a, &certs);
	rig_to_host(&a, AT_CERT, 1);
	rig_to_host(&a, AT_CHAIN, 2);
	target = migration_to(&certs);
	expect_ok(migration_start(&b, source, &target));
	expect_ok(migration_send(&b, PSP_CMD_SEND_UPDATE_DATA, source, AT_GUEST, 4096));
	platform_certs(&b, &certs);
	memcpy(a.ram + AT_CERT, certs.pdh, OWNER_CERT_SIZE);
	memcpy(a.ram + AT_SESSION, b.ram + AT_SESSION, 0x80);
	expect_ok(guest_start(&a, PSP_CMD_RECEIVE_START, 0, 0, true, &copy));
	expect_ok(guest_activate(&a, copy, ASID_SEV + 1));
	migration_packet(&a, &b);
	expect_status(migration_receive(&a, PSP_CMD_RECEIVE_UPDATE_DATA, copy, AT_GUEST, 4096),
		      PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&a, AT_GUEST, 1);
	expect_ok(migration_receive(&a, PSP_CMD_RECEIVE_UPDATE_DATA, copy, AT_GUEST, 4096));
	rig_free(&a);
	rig_free(&b);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(guest_moves_between_two_platforms);
	SUITE_CASE(sev_es_guest_moves_with_its_vmsa);
	SUITE_CASE(owner_reads_what_is_sent);
	SUITE_CASE(send_tells_the_lengths);
	SUITE_CASE(send_start_answers_addresses);
	SUITE_CASE(send_answers_addresses_and_states);
	SUITE_CASE(send_update_vmsa_has_the_layout_of_sev_tool);
	SUITE_CASE(sent_guest_can_only_end);
	SUITE_CASE(nosend_stays);
	SUITE_CASE(target_must_have_a_true_chain);
	SUITE_CASE(target_must_have_the_version_of_the_policy);
	SUITE_CASE(domain_is_one_owner);
	SUITE_CASE(policy_sev_wants_the_chain_to_amd);
	SUITE_CASE(policy_sev_without_a_known_root_stays);
	SUITE_CASE(snp_wants_firmware_pages);
}
