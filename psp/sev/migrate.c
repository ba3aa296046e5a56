/* SPDX-License-Identifier: MIT */
/*
 * SEND_* and RECEIVE_* (55766, 6); RECEIVE_START is in start.c. A guest is sent with transport
 * keys of its own, which the session blob brings to the target.
 */
#include "psp/sev/guest.h"

#include "psp/memory/memory.h"

/* Lengths of what SEND_START is given; who is not asked for AMD's certificates may have none. */
static enum psp_status check_lengths(struct psp_cmd *cmd)
{
	const uint8_t *buf = cmd->buf;
	uint64_t session = SEND_START_session_address(buf);
	uint32_t len = SEND_START_session_len(buf);

	SEND_START_put_session_len(cmd->buf, PSP_SESSION_SIZE);
	if (!session || len < PSP_SESSION_SIZE || SEND_START_pdh_cert_len(buf) != PSP_CERT_SIZE ||
	    SEND_START_plat_certs_len(buf) != PSP_CHAIN_SIZE ||
	    SEND_START_amd_certs_len(buf) > sizeof(((struct psp_target *)0)->amd))
		return PSP_INVALID_LENGTH;
	return PSP_SUCCESS;
}

static enum psp_status read_target(struct psp_cmd *cmd, struct psp_target *t)
{
	struct psp *psp = cmd->psp;
	uint8_t chain[PSP_CHAIN_SIZE];
	enum psp_status status;

	t->amd_len = SEND_START_amd_certs_len(cmd->buf);
	status = psp_buf_read(psp, SEND_START_pdh_cert_address(cmd->buf), t->pdh, PSP_CERT_SIZE);
	if (status == PSP_SUCCESS)
		status = psp_buf_read(psp, SEND_START_plat_certs_address(cmd->buf), chain,
				      sizeof(chain));
	if (status == PSP_SUCCESS && t->amd_len)
		status = psp_buf_read(psp, SEND_START_amd_certs_address(cmd->buf), t->amd,
				      t->amd_len);
	if (status != PSP_SUCCESS)
		return status;
	memcpy(t->pek, chain, PSP_CERT_SIZE);
	memcpy(t->oca, chain + PSP_CERT_SIZE, PSP_CERT_SIZE);
	memcpy(t->cek, chain + 2 * PSP_CERT_SIZE, PSP_CERT_SIZE);
	return PSP_SUCCESS;
}

static enum psp_status send_start(struct psp_cmd *cmd, const struct psp_target *target)
{
	struct psp *psp = cmd->psp;
	struct psp_guest *guest = cmd->guest;
	struct psp_transport keys;
	uint8_t blob[PSP_SESSION_SIZE];
	enum psp_status status;

	psp_random(psp->crypto, &keys, sizeof(keys));
	status = psp_session_make(psp, target->pdh, guest->policy, &keys, blob);
	if (status == PSP_SUCCESS)
		status = psp_buf_write(psp, SEND_START_session_address(cmd->buf), blob,
				       sizeof(blob));
	if (status != PSP_SUCCESS)
		return status;
	memcpy(guest->tek, keys.tek, 16);
	memcpy(guest->tik, keys.tik, 16);
	guest->state = PSP_G_SUPDATE;
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_send_start(struct psp_cmd *cmd)
{
	uint32_t policy = cmd->guest->policy;
	struct psp_target target;
	enum psp_status status = check_lengths(cmd);

	SEND_START_put_policy(cmd->buf, policy);
	if (status != PSP_SUCCESS)
		return status;
	if (policy & PSP_POLICY_NOSEND)
		return PSP_POLICY_FAILURE;
	status = psp_buf_writable(cmd->psp, SEND_START_session_address(cmd->buf), PSP_SESSION_SIZE);
	if (status == PSP_SUCCESS)
		status = read_target(cmd, &target);
	if (status == PSP_SUCCESS)
		status = psp_target_verify(cmd->psp, policy, &target);
	return status == PSP_SUCCESS ? send_start(cmd, &target) : status;
}

enum psp_status psp_cmd_send_update_data(struct psp_cmd *cmd)
{
	return psp_packet_send(cmd, PSP_PACKET_DATA);
}

enum psp_status psp_cmd_send_update_vmsa(struct psp_cmd *cmd)
{
	return psp_packet_send(cmd, PSP_PACKET_VMSA);
}

enum psp_status psp_cmd_send_finish(struct psp_cmd *cmd)
{
	cmd->guest->state = PSP_G_SENT;
	return PSP_SUCCESS;
}

/* Unverified: the guest runs on here. What the target has got, it cannot finish alone. */
enum psp_status psp_cmd_send_cancel(struct psp_cmd *cmd)
{
	cmd->guest->state = PSP_G_RUNNING;
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_receive_update_data(struct psp_cmd *cmd)
{
	return psp_packet_receive(cmd, PSP_PACKET_DATA);
}

enum psp_status psp_cmd_receive_update_vmsa(struct psp_cmd *cmd)
{
	return psp_packet_receive(cmd, PSP_PACKET_VMSA);
}

enum psp_status psp_cmd_receive_finish(struct psp_cmd *cmd)
{
	cmd->guest->state = PSP_G_RUNNING;
	return PSP_SUCCESS;
}
