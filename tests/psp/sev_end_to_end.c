/* SPDX-License-Identifier: MIT */
/*
 * The whole life of a guest, of SEV and of SEV-ES, as its owner follows it:
 *
 *	the owner trusts AMD's root alone, and from it the first platform;
 *	launches its guest there, and confirms what was launched;
 *	sends it a secret;
 *	asks for a report while it runs;
 *	trusts a second platform, to which the first one sends the guest;
 *	and asks for a report there.
 *
 * All the while the host looks for what it shall not see.
 */
#define _GNU_SOURCE /* memmem() */
#include <string.h>

#include "tests/psp/migration.h"
#include "tests/suite.h"

enum {
	IMAGE_PAGES = 2,
	IMAGE_BYTES = IMAGE_PAGES * RIG_PAGE,
	AT_VMSA = AT_GUEST + IMAGE_BYTES,
	AT_SECRET = AT_VMSA + RIG_PAGE,
	SECRET_BYTES = 64,
	PAGES = IMAGE_PAGES + 2,
};

struct life {
	uint32_t policy, asid;
	struct psp_kds *amd;
	uint8_t ark[OWNER_AMD_CERT_MAX], ask[OWNER_AMD_CERT_MAX];
	size_t amd_size;
	struct guest_owner owner;
	uint8_t image[IMAGE_BYTES], vmsa[RIG_PAGE], secret[SECRET_BYTES];
	uint8_t digest[32];
};

static void amd_opens(struct life *life)
{
	const struct psp_kds_config config = {
		.seed = 5, .rsa_bits = 2048, .product = "Milan", .stepping = "B1"};
	int ark, ask;

	ck_assert_int_eq(psp_kds_new(&life->amd, &config), 0);
	ark = psp_kds_amd_cert(life->amd, PSP_ARK, life->ark);
	ask = psp_kds_amd_cert(life->amd, PSP_ASK, life->ask);
	ck_assert_int_gt(ark, 0);
	ck_assert_int_eq(ark, ask);
	life->amd_size = (size_t)ark;
}

static void boot(struct life *life, struct rig *rig, uint64_t seed)
{
	struct psp_config config;

	psp_config_default(&config);
	config.seed = seed;
	config.kds = life->amd;
	rig_new(rig, &config);
	rig_init(rig);
}

/* The platform's certificates, its CEK as AMD signed it, once the owner trusts them. */
static struct platform_certs trusted(struct life *life, struct rig *rig)
{
	struct platform_certs certs;
	struct owner_platform platform = {
		.pdh = certs.pdh,
		.chain = certs.chain,
		.ask = life->ask,
		.ark = life->ark,
		.ask_size = life->amd_size,
		.ark_size = life->amd_size,
	};

	platform_certs(rig, &certs);
	ck_assert_int_ne(owner_platform_verify(&platform), OWNER_OK); /* the chip's own CEK */
	ck_assert_int_eq(psp_kds_chip_cek(life->amd, rig->psp, certs.chain + 2 * OWNER_CERT_SIZE),
			 OWNER_CERT_SIZE);
	ck_assert_int_eq(owner_platform_verify(&platform), OWNER_OK);
	return certs;
}

/* No 16 bytes of what is the guest's own are in RAM. */
static void host_sees_nothing(const struct life *life, const struct rig *rig)
{
	ck_assert_ptr_null(memmem(rig->ram, RIG_RAM, life->image + 0x100, 16));
	ck_assert_ptr_null(memmem(rig->ram, RIG_RAM, life->secret, 16));
	if (life->policy & ES)
		ck_assert_ptr_null(memmem(rig->ram, RIG_RAM, life->vmsa, 16));
	ck_assert_ptr_null(memmem(rig->ram, RIG_RAM, life->owner.session.tek, 16));
	ck_assert_ptr_null(memmem(rig->ram, RIG_RAM, life->owner.session.tik, 16));
}

static void guest_has_everything(struct life *life, struct rig *rig)
{
	uint8_t got[IMAGE_BYTES];

	guest_read(rig, life->asid, AT_GUEST, got, IMAGE_BYTES);
	ck_assert_mem_eq(got, life->image, IMAGE_BYTES);
	guest_read(rig, life->asid, AT_SECRET, got, SECRET_BYTES);
	ck_assert_mem_eq(got, life->secret, SECRET_BYTES);
	if (life->policy & ES) {
		guest_read(rig, life->asid, AT_VMSA, got, RIG_PAGE);
		ck_assert_mem_eq(got, life->vmsa, RIG_PAGE);
	}
}

static uint32_t launch(struct life *life, struct rig *rig)
{
	struct owner_part parts[] = {{life->image, IMAGE_BYTES}, {life->vmsa, RIG_PAGE}};
	uint32_t handle;

	guest_owner(rig, &life->owner, "owner", life->policy);
	expect_ok(guest_start(rig, PSP_CMD_LAUNCH_START, life->policy, 0, true, &handle));
	expect_ok(guest_activate(rig, handle, life->asid));
	memcpy(rig->ram + AT_GUEST, life->image, IMAGE_BYTES);
	expect_ok(
		guest_range(rig, PSP_CMD_LAUNCH_UPDATE_DATA, handle, AT_GUEST, IMAGE_BYTES, NULL));
	if (life->policy & ES) {
		memcpy(rig->ram + AT_VMSA, life->vmsa, RIG_PAGE);
		expect_ok(guest_range(rig, PSP_CMD_LAUNCH_UPDATE_VMSA, handle, AT_VMSA, RIG_PAGE,
				      NULL));
	}
	expect_ok(
		guest_range(rig, PSP_CMD_LAUNCH_MEASURE, handle, AT_OUT, OWNER_MEASURE_SIZE, NULL));
	owner_sev_digest(parts, life->policy & ES ? 2 : 1, life->digest);
	return handle;
}

/* The owner confirms the measurement and then only gives the secret away. */
static void confirm(struct life *life, struct rig *rig, uint32_t handle)
{
	struct packet_cmd secret = {OWNER_PACKET_HDR_SIZE, SECRET_BYTES, SECRET_BYTES, AT_SECRET};
	uint8_t *measurement = rig->ram + AT_OUT;

	ck_assert_int_eq(owner_measure_verify(&life->owner.session, platform_version(rig),
					      life->digest, measurement),
			 OWNER_OK);
	owner_packet_seal(&life->owner.session, OWNER_PACKET_SECRET, &life->owner.rand, measurement,
			  life->secret, SECRET_BYTES, rig->ram + AT_HDR, rig->ram + AT_TRANS);
	expect_ok(guest_packet(rig, PSP_CMD_LAUNCH_SECRET, handle, &secret));
	expect_ok(guest_cmd(rig, PSP_CMD_LAUNCH_FINISH, handle));
	ck_assert_int_eq(guest_state(rig, handle), PSP_G_RUNNING);
}

/* Signed by the PEK of a chain that the owner trusts. */
static void attest(struct life *life, struct rig *rig, uint32_t handle,
		   const struct platform_certs *certs, const uint8_t digest[32])
{
	struct owner_sev_expect expect = {.policy = life->policy};

	owner_rand_bytes(&life->owner.rand, expect.mnonce, sizeof(expect.mnonce));
	memcpy(expect.digest, digest, sizeof(expect.digest));
	expect_ok(guest_attest(rig, handle, expect.mnonce, AT_OUT, OWNER_SEV_REPORT_SIZE, NULL));
	ck_assert_int_eq(owner_sev_report_verify(rig->ram + AT_OUT, certs->chain, &expect),
			 OWNER_OK);
	expect.policy ^= NODBG;
	ck_assert_int_eq(owner_sev_report_verify(rig->ram + AT_OUT, certs->chain, &expect),
			 OWNER_POLICY);
}

static void move_page(struct life *life, struct rig *from, uint32_t source, struct rig *to,
		      uint32_t copy, uint64_t pa)
{
	bool vmsa = pa == AT_VMSA && life->policy & ES;

	expect_ok(migration_send(from, vmsa ? PSP_CMD_SEND_UPDATE_VMSA : PSP_CMD_SEND_UPDATE_DATA,
				 source, pa, RIG_PAGE));
	migration_packet(to, from);
	expect_ok(migration_receive(
		to, vmsa ? PSP_CMD_RECEIVE_UPDATE_VMSA : PSP_CMD_RECEIVE_UPDATE_DATA, copy, pa,
		RIG_PAGE));
}

/* The policy SEV wants AMD's word for the second platform. */
static uint32_t migrate(struct life *life, struct rig *from, uint32_t source, struct rig *to,
			const struct platform_certs *certs)
{
	struct migration target = migration_to(certs);
	uint32_t copy;

	expect_status(migration_start(from, source, &target), PSP_INVALID_CERTIFICATE);
	memcpy(target.amd, life->ask, life->amd_size);
	memcpy(target.amd + life->amd_size, life->ark, life->amd_size);
	target.amd_len = (uint32_t)(2 * life->amd_size);
	expect_ok(migration_start(from, source, &target));
	copy = migration_session(to, from, life->policy);
	for (unsigned int i = 0; i < PAGES; i++)
		move_page(life, from, source, to, copy, AT_GUEST + i * RIG_PAGE);
	expect_ok(guest_cmd(from, PSP_CMD_SEND_FINISH, source));
	expect_ok(guest_cmd(to, PSP_CMD_RECEIVE_FINISH, copy));
	ck_assert_int_eq(guest_state(to, copy), PSP_G_RUNNING);
	return copy;
}

/* What the source leaves behind is not even the guest's any more. */
static void end(struct life *life, struct rig *rig, uint32_t handle)
{
	uint8_t got[16];

	ck_assert_int_eq(guest_state(rig, handle), PSP_G_SENT);
	expect_ok(guest_cmd(rig, PSP_CMD_DEACTIVATE, handle));
	expect_ok(guest_cmd(rig, PSP_CMD_DECOMMISSION, handle));
	guest_read(rig, life->asid, AT_SECRET, got, sizeof(got));
	ck_assert_mem_ne(got, life->secret, sizeof(got));
	rig_wbinvd(rig);
	expect_ok(rig_cmd(rig, PSP_CMD_DF_FLUSH, NULL, 0));
}

static void live(uint32_t policy)
{
	static const uint8_t not_measured_there[32];
	static struct life life;
	struct platform_certs first, second;
	struct rig here, there;
	uint32_t source, copy;

	memset(&life, 0, sizeof(life));
	life.policy = policy;
	life.asid = policy & ES ? ASID_ES : ASID_SEV;
	guest_pattern(life.image, IMAGE_BYTES, 1);
	guest_pattern(life.vmsa, RIG_PAGE, 2);
	guest_pattern(life.secret, SECRET_BYTES, 3);
	amd_opens(&life);
	boot(&life, &here, 1);
	boot(&life, &there, 2);

	first = trusted(&life, &here);
	source = launch(&life, &here);
	confirm(&life, &here, source);
	guest_has_everything(&life, &here);
	host_sees_nothing(&life, &here);
	attest(&life, &here, source, &first, life.digest);

	second = trusted(&life, &there);
	copy = migrate(&life, &here, source, &there, &second);
	guest_has_everything(&life, &there);
	host_sees_nothing(&life, &here);
	host_sees_nothing(&life, &there);
	attest(&life, &there, copy, &second, not_measured_there);
	end(&life, &here, source);

	rig_free(&here);
	rig_free(&there);
	psp_kds_free(life.amd);
}

START_TEST(life_of_a_sev_guest)
{
	live(NODBG | NOKS | SEV);
}
END_TEST

START_TEST(life_of_a_sev_es_guest)
{
	live(NODBG | NOKS | SEV | ES);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(life_of_a_sev_guest);
	SUITE_CASE(life_of_a_sev_es_guest);
}
