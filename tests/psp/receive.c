/* SPDX-License-Identifier: MIT */
/* RECEIVE_* (55766, 6), from an independent owner that plays the source. */
#include <string.h>

#include "tests/psp/migration.h"
#include "tests/suite.h"

/* The owner plays the source. */
struct incoming {
	struct rig rig;
	struct guest_owner owner;
	uint32_t handle;
	uint8_t plain[4096];
};

static void incoming_new(struct incoming *in, uint32_t policy)
{
	migration_rig(&in->rig, 3);
	guest_owner(&in->rig, &in->owner, "source", policy);
	expect_ok(guest_start(&in->rig, PSP_CMD_RECEIVE_START, policy, 0, true, &in->handle));
	expect_ok(guest_activate(&in->rig, in->handle, policy & ES ? ASID_ES : ASID_SEV));
	guest_pattern(in->plain, sizeof(in->plain), 9);
}

static void incoming_packet(struct incoming *in, enum owner_packet_kind kind, size_t len)
{
	owner_packet_seal(&in->owner.session, kind, &in->owner.rand, NULL, in->plain, len,
			  in->rig.ram + AT_HDR, in->rig.ram + AT_TRANS);
}

START_TEST(owner_writes_what_is_received)
{
	struct incoming in;
	uint8_t got[4096];

	incoming_new(&in, ES);
	incoming_packet(&in, OWNER_PACKET_DATA, 4096);
	expect_ok(
		migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle, AT_GUEST, 4096));
	guest_read(&in.rig, ASID_ES, AT_GUEST, got, 4096);
	ck_assert_mem_eq(got, in.plain, 4096);
	ck_assert_mem_ne(in.rig.ram + AT_GUEST, in.plain, 16);
	incoming_packet(&in, OWNER_PACKET_VMSA, 4096);
	expect_ok(migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_VMSA, in.handle,
				    AT_GUEST + 4096, 4096));
	expect_ok(guest_cmd(&in.rig, PSP_CMD_RECEIVE_FINISH, in.handle));
	expect_status(
		migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle, AT_GUEST, 4096),
		PSP_INVALID_GUEST_STATE);
	rig_free(&in.rig);
}
END_TEST

START_TEST(altered_packet_is_refused)
{
	static const uint8_t zero[64];
	struct incoming in;

	incoming_new(&in, ES);
	incoming_packet(&in, OWNER_PACKET_DATA, 64);
	for (size_t at = 4; at < 0x34; at += 7) {
		in.rig.ram[AT_HDR + at] ^= 4;
		expect_status(migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle,
						AT_GUEST, 64),
			      PSP_BAD_MEASUREMENT);
		in.rig.ram[AT_HDR + at] ^= 4;
	}
	in.rig.ram[AT_TRANS] ^= 1;
	expect_status(
		migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle, AT_GUEST, 64),
		PSP_BAD_MEASUREMENT);
	in.rig.ram[AT_TRANS] ^= 1;
	expect_status(
		migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle, AT_GUEST, 48),
		PSP_BAD_MEASUREMENT);
	ck_assert_mem_eq(in.rig.ram + AT_GUEST, zero, 64);
	expect_ok(migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle, AT_GUEST, 64));
	/* Data is no VMSA, nor the reverse. */
	incoming_packet(&in, OWNER_PACKET_DATA, 4096);
	expect_status(
		migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_VMSA, in.handle, AT_GUEST, 4096),
		PSP_BAD_MEASUREMENT);
	incoming_packet(&in, OWNER_PACKET_VMSA, 4096);
	expect_status(
		migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle, AT_GUEST, 4096),
		PSP_BAD_MEASUREMENT);
	put32(in.rig.ram + AT_HDR, 1); /* compressed */
	expect_status(
		migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle, AT_GUEST, 4096),
		PSP_UNSUPPORTED);
	rig_free(&in.rig);
}
END_TEST

START_TEST(receive_answers_lengths_addresses_and_states)
{
	struct packet_cmd short_hdr = {0x30, 64, 64, AT_GUEST}, uneven = {0x34, 64, 48, AT_GUEST};
	struct incoming in;

	incoming_new(&in, 0);
	incoming_packet(&in, OWNER_PACKET_DATA, 64);
	expect_status(guest_packet(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle, &short_hdr),
		      PSP_INVALID_LENGTH);
	expect_status(guest_packet(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle, &uneven),
		      PSP_INVALID_LENGTH);
	expect_status(
		migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle, AT_GUEST, 0),
		PSP_INVALID_LENGTH);
	expect_status(migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle, AT_GUEST,
					0x4010),
		      PSP_INVALID_LENGTH);
	expect_status(migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle,
					AT_GUEST + 4, 64),
		      PSP_INVALID_ADDRESS);
	expect_status(migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle,
					RIG_RAM - 16, 64),
		      PSP_INVALID_ADDRESS);
	expect_status(
		migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_VMSA, in.handle, AT_GUEST, 64),
		PSP_INVALID_LENGTH);
	expect_status(
		migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_VMSA, in.handle, AT_GUEST, 4096),
		PSP_POLICY_FAILURE);
	expect_status(guest_cmd(&in.rig, PSP_CMD_LAUNCH_FINISH, in.handle),
		      PSP_INVALID_GUEST_STATE);
	expect_status(guest_cmd(&in.rig, PSP_CMD_SEND_FINISH, in.handle), PSP_INVALID_GUEST_STATE);
	expect_ok(guest_cmd(&in.rig, PSP_CMD_DEACTIVATE, in.handle));
	expect_status(
		migration_receive(&in.rig, PSP_CMD_RECEIVE_UPDATE_DATA, in.handle, AT_GUEST, 64),
		PSP_INACTIVE);
	rig_free(&in.rig);
}
END_TEST

START_TEST(receive_start_needs_a_true_session_and_policy)
{
	struct guest_owner owner;
	struct rig rig;
	uint32_t handle;

	migration_rig(&rig, 3);
	guest_owner(&rig, &owner, "source", NODBG);
	expect_status(guest_start(&rig, PSP_CMD_RECEIVE_START, NODBG, 0, false, &handle),
		      PSP_INVALID_LENGTH);
	expect_status(guest_start(&rig, PSP_CMD_RECEIVE_START, 0, 0, true, &handle),
		      PSP_BAD_MEASUREMENT);
	expect_status(
		guest_start(&rig, PSP_CMD_RECEIVE_START, 1u << 16 | 200u << 24, 0, true, &handle),
		PSP_POLICY_FAILURE);
	rig.ram[AT_SESSION + 0x10] ^= 1;
	expect_status(guest_start(&rig, PSP_CMD_RECEIVE_START, NODBG, 0, true, &handle),
		      PSP_BAD_MEASUREMENT);
	rig.ram[AT_SESSION + 0x10] ^= 1;
	rig.ram[AT_CERT + 8] ^= 1; /* usage */
	expect_status(guest_start(&rig, PSP_CMD_RECEIVE_START, NODBG, 0, true, &handle),
		      PSP_INVALID_CERTIFICATE);
	rig.ram[AT_CERT + 8] ^= 1;
	expect_ok(guest_start(&rig, PSP_CMD_RECEIVE_START, NODBG, 0, true, &handle));
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(owner_writes_what_is_received);
	SUITE_CASE(altered_packet_is_refused);
	SUITE_CASE(receive_answers_lengths_addresses_and_states);
	SUITE_CASE(receive_start_needs_a_true_session_and_policy);
}
