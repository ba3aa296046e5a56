/* SPDX-License-Identifier: MIT */
/*
 * Packets (55766, 2 and 6): a header with IV and MAC, and guest data encrypted by the TEK.
 * LAUNCH_SECRET, SEND_UPDATE_* and RECEIVE_UPDATE_* have one layout of the buffer.
 * Compressed packets are refused: their format is not public.
 */
#include "psp/sev/guest.h"

#include "psp/memory/memory.h"

struct packet {
	enum psp_packet_kind kind;
	uint64_t guest_pa;
	uint32_t guest_len, hdr_len, trans_len;
	uint8_t hdr[PSP_PACKET_SIZE];
	uint8_t data[PSP_PACKET_MAX];
};

static void lengths(const struct psp_cmd *cmd, enum psp_packet_kind kind, struct packet *p)
{
	p->kind = kind;
	p->guest_pa = LAUNCH_SECRET_guest_address(cmd->buf);
	p->guest_len = LAUNCH_SECRET_guest_len(cmd->buf);
	p->hdr_len = LAUNCH_SECRET_hdr_len(cmd->buf);
	p->trans_len = LAUNCH_SECRET_trans_len(cmd->buf);
}

static enum psp_status check_guest(const struct psp_cmd *cmd, const struct packet *p)
{
	if (p->kind == PSP_PACKET_VMSA)
		return psp_vmsa_check(cmd->guest, p->guest_pa, p->guest_len);
	if (!p->guest_len || p->guest_len % 16 || p->guest_len > PSP_PACKET_MAX)
		return PSP_INVALID_LENGTH;
	return p->guest_pa % 16 ? PSP_INVALID_ADDRESS : PSP_SUCCESS;
}

/* Over p->data as ciphertext. A secret's MAC binds it to this launch since API 0.17. */
static void packet_mac(const struct psp_cmd *cmd, const struct packet *p, uint8_t mac[32])
{
	bool bound = p->kind == PSP_PACKET_SECRET && psp_api_at_least(cmd->psp, 0, 17);
	uint8_t kind = p->kind, len[8];
	struct iovec parts[] = {
		{&kind, 1},
		{(void *)(p->hdr + PSP_PACKET_flags), 4},
		{(void *)(p->hdr + PSP_PACKET_iv), 16},
		{len, 8},
		{(void *)p->data, p->guest_len},
		{cmd->guest->measurement, 32},
	};

	psp_put_le(len, p->guest_len, 4);
	psp_put_le(len + 4, p->trans_len, 4);
	psp_hmac(cmd->psp->crypto, cmd->guest->tik, 16, parts, bound ? 6 : 5, mac);
}

static enum psp_status read_packet(struct psp_cmd *cmd, struct packet *p)
{
	struct psp *psp = cmd->psp;
	uint64_t hdr_pa = LAUNCH_SECRET_hdr_address(cmd->buf);
	uint64_t trans_pa = LAUNCH_SECRET_trans_address(cmd->buf);
	enum psp_status status = psp_buf_read(psp, hdr_pa, p->hdr, sizeof(p->hdr));
	uint32_t flags = psp_get_le(p->hdr + PSP_PACKET_flags, 4);

	if (status != PSP_SUCCESS)
		return status;
	if (flags)
		return flags == 1 ? PSP_UNSUPPORTED : PSP_INVALID_PARAM;
	return psp_buf_read(psp, trans_pa, p->data, p->trans_len);
}

enum psp_status psp_packet_receive(struct psp_cmd *cmd, enum psp_packet_kind kind)
{
	struct psp *psp = cmd->psp;
	struct packet p;
	uint8_t mac[32];
	enum psp_status status;

	lengths(cmd, kind, &p);
	if (p.hdr_len != PSP_PACKET_SIZE || p.trans_len != p.guest_len)
		return PSP_INVALID_LENGTH;
	status = check_guest(cmd, &p);
	if (status == PSP_SUCCESS)
		status = psp_buf_writable(psp, p.guest_pa, p.guest_len);
	if (status == PSP_SUCCESS)
		status = read_packet(cmd, &p);
	if (status != PSP_SUCCESS)
		return status;
	packet_mac(cmd, &p, mac);
	if (!psp_equal(mac, p.hdr + PSP_PACKET_mac, 32))
		return PSP_BAD_MEASUREMENT;
	psp_aes_ctr(psp->crypto, cmd->guest->tek, p.hdr + PSP_PACKET_iv, p.data, p.data,
		    p.guest_len);
	cmd->pages = psp_pages(p.guest_pa, p.guest_len);
	return psp_guest_write(psp, cmd->guest->asid, p.guest_pa, p.data, p.guest_len);
}

/* Unverified: who asks without a range is told what the largest packet needs. */
static enum psp_status check_room(struct psp_cmd *cmd, const struct packet *p)
{
	uint32_t need = p->guest_len ? p->guest_len : PSP_PACKET_MAX;
	bool hdr = LAUNCH_SECRET_hdr_address(cmd->buf) && p->hdr_len >= PSP_PACKET_SIZE;
	bool trans = LAUNCH_SECRET_trans_address(cmd->buf) && p->trans_len >= need;

	LAUNCH_SECRET_put_hdr_len(cmd->buf, PSP_PACKET_SIZE);
	LAUNCH_SECRET_put_trans_len(cmd->buf, need);
	return hdr && trans ? PSP_SUCCESS : PSP_INVALID_LENGTH;
}

static enum psp_status check_send(struct psp_cmd *cmd, const struct packet *p)
{
	enum psp_status status = check_room(cmd, p);

	if (status == PSP_SUCCESS)
		status = check_guest(cmd, p);
	if (status == PSP_SUCCESS)
		status = psp_buf_writable(cmd->psp, LAUNCH_SECRET_hdr_address(cmd->buf),
					  PSP_PACKET_SIZE);
	if (status == PSP_SUCCESS)
		status = psp_buf_writable(cmd->psp, LAUNCH_SECRET_trans_address(cmd->buf),
					  p->guest_len);
	return status;
}

enum psp_status psp_packet_send(struct psp_cmd *cmd, enum psp_packet_kind kind)
{
	struct psp *psp = cmd->psp;
	struct packet p;
	enum psp_status status;

	lengths(cmd, kind, &p);
	status = check_send(cmd, &p);
	if (status == PSP_SUCCESS)
		status = psp_guest_read(psp, cmd->guest->asid, p.guest_pa, p.data, p.guest_len);
	if (status != PSP_SUCCESS)
		return status;
	p.trans_len = p.guest_len;
	memset(p.hdr + PSP_PACKET_flags, 0, 4);
	psp_random(psp->crypto, p.hdr + PSP_PACKET_iv, 16);
	psp_aes_ctr(psp->crypto, cmd->guest->tek, p.hdr + PSP_PACKET_iv, p.data, p.data,
		    p.guest_len);
	packet_mac(cmd, &p, p.hdr + PSP_PACKET_mac);
	cmd->pages = psp_pages(p.guest_pa, p.guest_len);
	status = psp_buf_write(psp, LAUNCH_SECRET_trans_address(cmd->buf), p.data, p.guest_len);
	if (status != PSP_SUCCESS)
		return status;
	return psp_buf_write(psp, LAUNCH_SECRET_hdr_address(cmd->buf), p.hdr, sizeof(p.hdr));
}
