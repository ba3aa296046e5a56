/* SPDX-License-Identifier: MIT */
#include "tests/psp/migration.h"

#include <check.h>
#include <string.h>

int migration_start(struct rig *rig, uint32_t handle, struct migration *t)
{
	uint8_t buf[0x44] = {0};
	int status;

	memcpy(rig->ram + AT_CERT, t->pdh, OWNER_CERT_SIZE);
	memcpy(rig->ram + AT_CHAIN, t->chain, OWNER_CHAIN_SIZE);
	memcpy(rig->ram + AT_AMD, t->amd, sizeof(t->amd));
	put32(buf, handle);
	put64(buf + 8, AT_CERT);
	put32(buf + 0x10, OWNER_CERT_SIZE);
	put64(buf + 0x18, AT_CHAIN);
	put32(buf + 0x20, t->chain_len);
	put64(buf + 0x28, AT_AMD);
	put32(buf + 0x30, t->amd_len);
	put64(buf + 0x38, AT_SESSION);
	put32(buf + 0x40, t->session_len);
	status = rig_cmd(rig, PSP_CMD_SEND_START, buf, sizeof(buf));
	t->policy = get32(buf + 4);
	t->session_len = get32(buf + 0x40);
	return status;
}

struct migration migration_to(const struct platform_certs *certs)
{
	return (struct migration){
		.pdh = certs->pdh, .chain = certs->chain, .chain_len = 0x186c, .session_len = 0x80};
}

struct migration migration_to_chip(const struct owner_chip *chip)
{
	return (struct migration){
		.pdh = chip->pdh, .chain = chip->chain, .chain_len = 0x186c, .session_len = 0x80};
}

void migration_rig(struct rig *rig, uint64_t seed)
{
	struct psp_config config;

	psp_config_default(&config);
	config.seed = seed;
	rig_new(rig, &config);
	rig_init(rig);
}

int migration_send(struct rig *rig, enum psp_cmd_id id, uint32_t handle, uint64_t guest,
		   uint32_t len)
{
	struct packet_cmd cmd = {0x34, len, len, guest};
	int status = guest_packet(rig, id, handle, &cmd);

	if (status == PSP_SUCCESS) {
		ck_assert_uint_eq(cmd.hdr_len, 0x34);
		ck_assert_uint_eq(cmd.trans_len, len);
	}
	return status;
}

int migration_receive(struct rig *rig, enum psp_cmd_id id, uint32_t handle, uint64_t guest,
		      uint32_t len)
{
	struct packet_cmd cmd = {0x34, len, len, guest};

	return guest_packet(rig, id, handle, &cmd);
}

void migration_packet(struct rig *to, const struct rig *from)
{
	memcpy(to->ram + AT_HDR, from->ram + AT_HDR, 0x34);
	memcpy(to->ram + AT_TRANS, from->ram + AT_TRANS, 0x4000);
}

/* RECEIVE_START on `to` of what SEND_START left on `from`. */
uint32_t migration_session(struct rig *to, struct rig *from, uint32_t policy)
{
	struct platform_certs source;
	uint32_t handle;

	platform_certs(from, &source);
	memcpy(to->ram + AT_CERT, source.pdh, OWNER_CERT_SIZE);
	memcpy(to->ram + AT_SESSION, from->ram + AT_SESSION, 0x80);
	expect_ok(guest_start(to, PSP_CMD_RECEIVE_START, policy, 0, true, &handle));
	ck_assert_int_eq(guest_state(to, handle), PSP_G_RUPDATE);
	expect_ok(guest_activate(to, handle, policy & ES ? ASID_ES : ASID_SEV));
	return handle;
}
