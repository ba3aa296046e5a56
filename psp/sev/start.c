/* SPDX-License-Identifier: MIT */
/*
 * LAUNCH_START and RECEIVE_START (55766, 6): a new guest, with a memory key of its own or,
 * if the buffer names a handle, that guest's. Unverified: who shares a key must have NOKS
 * clear on both sides, and nothing else in common; a launch without a session gets random
 * transport keys.
 */
#include "psp/sev/guest.h"

#include "psp/memory/memory.h"

static enum psp_status check_sharing(struct psp *psp, uint32_t handle, uint32_t policy)
{
	const struct psp_guest *other = psp_sev_guest(psp, handle);

	if (!handle)
		return PSP_SUCCESS;
	if (!other)
		return PSP_INVALID_GUEST;
	if ((other->policy | policy) & PSP_POLICY_NOKS)
		return PSP_POLICY_FAILURE;
	return PSP_SUCCESS;
}

static enum psp_status read_session(struct psp_cmd *cmd, struct psp_transport *keys)
{
	struct psp *psp = cmd->psp;
	uint8_t cert[PSP_CERT_SIZE], blob[PSP_SESSION_SIZE];
	enum psp_status status;

	status = psp_buf_read(psp, LAUNCH_START_dh_cert_address(cmd->buf), cert, sizeof(cert));
	if (status != PSP_SUCCESS)
		return status;
	status = psp_buf_read(psp, LAUNCH_START_session_address(cmd->buf), blob, sizeof(blob));
	if (status != PSP_SUCCESS)
		return status;
	return psp_session_open(psp, cert, blob, LAUNCH_START_policy(cmd->buf), keys);
}

static bool has_session(const uint8_t *buf)
{
	return LAUNCH_START_dh_cert_address(buf) || LAUNCH_START_dh_cert_len(buf) ||
	       LAUNCH_START_session_address(buf) || LAUNCH_START_session_len(buf);
}

static void begin(struct psp_cmd *cmd, struct psp_guest *guest, enum psp_guest_state state,
		  const struct psp_transport *keys)
{
	struct psp *psp = cmd->psp;
	const struct psp_guest *other = psp_sev_guest(psp, LAUNCH_START_handle(cmd->buf));

	guest->policy = LAUNCH_START_policy(cmd->buf);
	memcpy(guest->tek, keys->tek, 16);
	memcpy(guest->tik, keys->tik, 16);
	if (other)
		memcpy(guest->vek, other->vek, 16);
	else
		psp_random(psp->crypto, guest->vek, 16);
	psp_sha256_init(&guest->digest);
	psp_guest_begin(psp, guest, state);
	LAUNCH_START_put_handle(cmd->buf, guest->handle);
}

/* The two commands have one layout. */
static enum psp_status start(struct psp_cmd *cmd, enum psp_guest_state state, bool session)
{
	struct psp *psp = cmd->psp;
	uint32_t policy = LAUNCH_START_policy(cmd->buf);
	struct psp_guest *guest = psp_guest_slot(psp);
	struct psp_transport keys;
	enum psp_status status;

	if (session && (LAUNCH_START_dh_cert_len(cmd->buf) != PSP_CERT_SIZE ||
			LAUNCH_START_session_len(cmd->buf) != PSP_SESSION_SIZE))
		return PSP_INVALID_LENGTH;
	status = psp_policy_check(psp, policy);
	if (status == PSP_SUCCESS)
		status = check_sharing(psp, LAUNCH_START_handle(cmd->buf), policy);
	if (status != PSP_SUCCESS)
		return status;
	if (!guest || !psp_crypto(psp))
		return PSP_RESOURCE_LIMIT;
	if (session)
		status = read_session(cmd, &keys);
	else
		psp_random(psp->crypto, &keys, sizeof(keys));
	if (status != PSP_SUCCESS)
		return status;
	begin(cmd, guest, state, &keys);
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_launch_start(struct psp_cmd *cmd)
{
	return start(cmd, PSP_G_LUPDATE, has_session(cmd->buf));
}

enum psp_status psp_cmd_receive_start(struct psp_cmd *cmd)
{
	return start(cmd, PSP_G_RUPDATE, true);
}
