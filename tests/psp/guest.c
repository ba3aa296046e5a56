/* SPDX-License-Identifier: MIT */
#include "tests/psp/guest.h"

#include <check.h>
#include <string.h>

struct guest_status guest_status(struct rig *rig, uint32_t handle)
{
	uint8_t buf[0xd] = {0};
	int status;

	put32(buf, handle);
	status = rig_cmd(rig, PSP_CMD_GUEST_STATUS, buf, sizeof(buf));
	if (status == PSP_INVALID_GUEST)
		return (struct guest_status){.state = NO_GUEST};
	expect_ok(status);
	ck_assert_uint_eq(get32(buf), handle);
	return (struct guest_status){buf[0xc], get32(buf + 4), get32(buf + 8)};
}

int guest_state(struct rig *rig, uint32_t handle)
{
	return guest_status(rig, handle).state;
}

int guest_cmd(struct rig *rig, enum psp_cmd_id id, uint32_t handle)
{
	uint8_t buf[4];

	put32(buf, handle);
	return rig_cmd(rig, id, buf, sizeof(buf));
}

int guest_activate(struct rig *rig, uint32_t handle, uint32_t asid)
{
	uint8_t buf[8];

	put32(buf, handle);
	put32(buf + 4, asid);
	return rig_cmd(rig, PSP_CMD_ACTIVATE, buf, sizeof(buf));
}

int guest_range(struct rig *rig, enum psp_cmd_id id, uint32_t handle, uint64_t pa, uint32_t len,
		uint32_t *len_out)
{
	uint8_t buf[0x14] = {0};
	int status;

	put32(buf, handle);
	put64(buf + 8, pa);
	put32(buf + 0x10, len);
	status = rig_cmd(rig, id, buf, sizeof(buf));
	if (len_out)
		*len_out = get32(buf + 0x10);
	return status;
}

int guest_attest(struct rig *rig, uint32_t handle, const uint8_t mnonce[16], uint64_t pa,
		 uint32_t len, uint32_t *len_out)
{
	uint8_t buf[0x24] = {0};
	int status;

	put32(buf, handle);
	put64(buf + 8, pa);
	memcpy(buf + 0x10, mnonce, 16);
	put32(buf + 0x20, len);
	status = rig_cmd(rig, PSP_CMD_ATTESTATION, buf, sizeof(buf));
	if (len_out)
		*len_out = get32(buf + 0x20);
	return status;
}

int guest_debug(struct rig *rig, enum psp_cmd_id id, uint32_t handle, uint64_t src, uint64_t dst,
		uint32_t len)
{
	uint8_t buf[0x1c] = {0};

	put32(buf, handle);
	put64(buf + 8, src);
	put64(buf + 0x10, dst);
	put32(buf + 0x18, len);
	return rig_cmd(rig, id, buf, sizeof(buf));
}

int guest_start(struct rig *rig, enum psp_cmd_id id, uint32_t policy, uint32_t share, bool session,
		uint32_t *handle)
{
	uint8_t buf[0x24] = {0};
	int status;

	put32(buf, share);
	put32(buf + 4, policy);
	if (session) {
		put64(buf + 8, AT_CERT);
		put32(buf + 0x10, 0x824);
		put64(buf + 0x18, AT_SESSION);
		put32(buf + 0x20, 0x80);
	}
	status = rig_cmd(rig, id, buf, sizeof(buf));
	*handle = get32(buf);
	return status;
}

uint32_t guest_launch(struct rig *rig, uint32_t policy)
{
	uint32_t handle;

	expect_ok(guest_start(rig, PSP_CMD_LAUNCH_START, policy, 0, false, &handle));
	expect_ok(guest_activate(rig, handle, policy & ES ? ASID_ES : ASID_SEV));
	return handle;
}

uint32_t guest_run(struct rig *rig, uint32_t policy)
{
	uint32_t handle = guest_launch(rig, policy);

	expect_ok(guest_cmd(rig, PSP_CMD_LAUNCH_FINISH, handle));
	return handle;
}

int guest_packet(struct rig *rig, enum psp_cmd_id id, uint32_t handle, struct packet_cmd *cmd)
{
	uint8_t buf[0x34] = {0};
	int status;

	put32(buf, handle);
	put64(buf + 8, AT_HDR);
	put32(buf + 0x10, cmd->hdr_len);
	put64(buf + 0x18, cmd->guest);
	put32(buf + 0x20, cmd->guest_len);
	put64(buf + 0x28, AT_TRANS);
	put32(buf + 0x30, cmd->trans_len);
	status = rig_cmd(rig, id, buf, sizeof(buf));
	cmd->hdr_len = get32(buf + 0x10);
	cmd->trans_len = get32(buf + 0x30);
	return status;
}

void platform_certs(struct rig *rig, struct platform_certs *certs)
{
	uint8_t buf[0x1c] = {0};

	put64(buf, AT_CERT);
	put32(buf + 8, sizeof(certs->pdh));
	put64(buf + 0x10, AT_CHAIN);
	put32(buf + 0x18, sizeof(certs->chain));
	expect_ok(rig_cmd(rig, PSP_CMD_PDH_CERT_EXPORT, buf, sizeof(buf)));
	memcpy(certs->pdh, rig->ram + AT_CERT, sizeof(certs->pdh));
	memcpy(certs->chain, rig->ram + AT_CHAIN, sizeof(certs->chain));
}

struct owner_version platform_version(struct rig *rig)
{
	uint8_t buf[0xc] = {0};

	expect_ok(rig_cmd(rig, PSP_CMD_PLATFORM_STATUS, buf, sizeof(buf)));
	return (struct owner_version){buf[0], buf[1], buf[7]};
}

void guest_owner(struct rig *rig, struct guest_owner *owner, const char *seed, uint32_t policy)
{
	struct platform_certs certs;

	platform_certs(rig, &certs);
	owner_rand_init(&owner->rand, seed);
	owner_ec_generate(&owner->dh, &owner->rand);
	owner_dh_make(rig->ram + AT_CERT, certs.pdh, &owner->dh);
	ck_assert_int_eq(owner_session_start(&owner->session, &owner->rand, &owner->dh, certs.pdh,
					     policy, rig->ram + AT_SESSION),
			 OWNER_OK);
}

void guest_read(struct rig *rig, uint32_t asid, uint64_t pa, void *buf, size_t len)
{
	struct psp_access access = {.agent = PSP_GUEST, .encrypted = true, .asid = asid};
	uint8_t *at = buf;

	for (size_t done = 0, n; done < len; done += n) {
		access.pa = pa + done;
		n = RIG_PAGE - access.pa % RIG_PAGE;
		n = n < len - done ? n : len - done;
		ck_assert_int_eq(psp_access(rig->psp, &access, at + done, n, NULL), PSP_ACCESS_OK);
	}
}

void guest_pattern(void *buf, size_t len, unsigned int salt)
{
	uint8_t *p = buf;

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(i * 7 + (i >> 8) * 13 + salt * 31 + 1);
}
