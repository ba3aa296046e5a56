/* SPDX-License-Identifier: MIT */
/* LAUNCH_UPDATE_*, LAUNCH_MEASURE, LAUNCH_SECRET and LAUNCH_FINISH (55766, 6). */
#include "psp/sev/guest.h"

#include "psp/memory/memory.h"

static void hash_plain(void *digest, const void *plain, size_t len)
{
	psp_sha256_update(digest, plain, len);
}

static enum psp_status update(struct psp_cmd *cmd, uint64_t pa, uint64_t len)
{
	struct psp_sha256 digest = cmd->guest->digest;
	enum psp_status status = psp_buf_writable(cmd->psp, pa, len);

	if (status == PSP_SUCCESS)
		status =
			psp_guest_encrypt(cmd->psp, cmd->guest->asid, pa, len, hash_plain, &digest);
	if (status != PSP_SUCCESS)
		return status;
	cmd->guest->digest = digest;
	cmd->pages = psp_pages(pa, len);
	return PSP_SUCCESS;
}

enum psp_status psp_cmd_launch_update_data(struct psp_cmd *cmd)
{
	uint64_t pa = LAUNCH_UPDATE_DATA_address(cmd->buf);
	uint64_t len = LAUNCH_UPDATE_DATA_len(cmd->buf);

	if (!len || len % 16)
		return PSP_INVALID_LENGTH;
	if (pa % 16)
		return PSP_INVALID_ADDRESS;
	return update(cmd, pa, len);
}

enum psp_status psp_cmd_launch_update_vmsa(struct psp_cmd *cmd)
{
	uint64_t pa = LAUNCH_UPDATE_VMSA_address(cmd->buf);
	uint64_t len = LAUNCH_UPDATE_VMSA_len(cmd->buf);
	enum psp_status status = psp_vmsa_check(cmd->guest, pa, len);

	return status == PSP_SUCCESS ? update(cmd, pa, len) : status;
}

void psp_guest_measure(struct psp *psp, const struct psp_guest *guest, const uint8_t digest[32],
		       const uint8_t mnonce[16], uint8_t measurement[32])
{
	uint8_t head[8] = {4, psp->current.api_major, psp->current.api_minor, psp->current.build};
	unsigned int skip = psp_api_at_least(psp, 0, 17) ? 0 : 4;
	struct iovec parts[] = {
		{head + skip, sizeof(head) - skip},
		{(void *)digest, 32},
		{(void *)mnonce, 16},
	};

	psp_put_le(head + 4, guest->policy, 4);
	psp_hmac(psp->crypto, guest->tik, 16, parts, 3, measurement);
}

/* Nothing can be added to the digest from here on. */
static void freeze(struct psp_guest *guest)
{
	struct psp_sha256 digest = guest->digest;

	psp_sha256_final(&digest, guest->launch_digest);
}

enum psp_status psp_cmd_launch_measure(struct psp_cmd *cmd)
{
	uint64_t pa = LAUNCH_MEASURE_address(cmd->buf);
	uint32_t len = LAUNCH_MEASURE_len(cmd->buf);
	struct psp *psp = cmd->psp;
	struct psp_guest *guest = cmd->guest;
	uint8_t blob[PSP_MEASURE_SIZE];
	enum psp_status status;

	LAUNCH_MEASURE_put_len(cmd->buf, PSP_MEASURE_SIZE);
	if (!pa || len < PSP_MEASURE_SIZE)
		return PSP_INVALID_LENGTH;
	status = psp_buf_writable(psp, pa, PSP_MEASURE_SIZE);
	if (status != PSP_SUCCESS)
		return status;
	freeze(guest);
	psp_random(psp->crypto, blob + PSP_MEASURE_mnonce, 16);
	psp_guest_measure(psp, guest, guest->launch_digest, blob + PSP_MEASURE_mnonce,
			  guest->measurement);
	memcpy(blob + PSP_MEASURE_measurement, guest->measurement, 32);
	status = psp_buf_write(psp, pa, blob, sizeof(blob));
	if (status == PSP_SUCCESS)
		guest->state = PSP_G_LSECRET;
	return status;
}

enum psp_status psp_cmd_launch_secret(struct psp_cmd *cmd)
{
	return psp_packet_receive(cmd, PSP_PACKET_SECRET);
}

/* From LUPDATE, too: a guest whose owner never asked for a measurement. */
enum psp_status psp_cmd_launch_finish(struct psp_cmd *cmd)
{
	freeze(cmd->guest);
	cmd->guest->state = PSP_G_RUNNING;
	return PSP_SUCCESS;
}
