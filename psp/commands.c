/* SPDX-License-Identifier: MIT */
/*
 * The command table, and what every command goes through before its handler. Which
 * failure wins where several apply is unverified: the order is that of psp_cmd_run().
 */
#include "psp/commands.h"
#include "psp/crypto/crypto.h"
#include "psp/mailbox/mailbox.h"
#include "psp/memory/memory.h"
#include "psp/sev/sev.h"
#include "psp/snp/snp.h"

enum {
	U = 1 << PSP_UNINIT,
	I = 1 << PSP_INIT,
	W = 1 << PSP_WORKING,
	SU = 1 << 4,
	SI = 1 << 5,
	OUT = 1 << 0,
	ACTIVE = 1 << 1,
	EVERY = 1 << 2,
	SNP_STATES = 1 << 15, /* marks a set of SNP guest states */
	LIVE = 0x7f & ~(1 << PSP_G_UNINIT),
};
#define V(major, minor) ((major) << 8 | (minor))
#define G(state)	(1 << PSP_G_##state)
#define SG(state)	(SNP_STATES | 1 << PSP_GSTATE_##state)

struct info {
	psp_handler *handler; /* NULL: no such command */
	uint16_t size, since;
	uint16_t platform, guest, flags;
};

static const struct info table[PSP_CMD_IDS] = {
#define COMMAND(id, name, handler, size, since, platform, guest, flags)                            \
	[id] = {psp_cmd_##handler, size, since, platform, guest, flags},
#include "psp/commands.def"
#undef COMMAND
};

static const struct info *find(const struct psp *psp, uint16_t id)
{
	const struct info *info = id < PSP_CMD_IDS ? &table[id] : NULL;

	if (!info || !info->handler || (id >= PSP_CMD_SNP_INIT && !psp->config.snp) ||
	    !psp_api_at_least(psp, info->since >> 8, info->since & 0xff))
		return NULL;
	return info;
}

static bool platform_legal(const struct psp *psp, const struct info *info)
{
	unsigned int sev = info->platform & (U | I | W), snp = info->platform & (SU | SI);

	if (sev && !(sev & 1u << psp_sev_state(psp)))
		return false;
	return !snp || snp & (psp->snp_on ? SI : SU);
}

static bool reserved_zero(const struct psp_known *known, const uint8_t *buf)
{
	for (size_t i = 0; i < PSP_CMD_BYTES; i += 8)
		if (psp_get_le(buf + i, 8) & ~psp_get_le(known->bits + i, 8))
			return false;
	return true;
}

/*
 * Everything about the buffer that does not depend on the command; `status` is that of
 * having read it.
 */
static enum psp_status check_buffer(struct psp_cmd *cmd, const struct info *info,
				    enum psp_status status)
{
	struct psp *psp = cmd->psp;

	if (!info->size)
		return PSP_SUCCESS;
	if (status == PSP_SUCCESS && info->flags & OUT)
		status = psp_buf_writable(psp, cmd->pa, info->size);
	if (status == PSP_SUCCESS && !(info->flags & EVERY) &&
	    !reserved_zero(&psp_known(psp)[cmd->id], cmd->buf))
		status = PSP_INVALID_PARAM;
	return status;
}

/* Where a command names its guest. */
static const uint8_t *guest_name(const struct psp_cmd *cmd)
{
	switch (cmd->id) {
	case PSP_CMD_ACTIVATE_EX:
		return cmd->buf + 4;
	case PSP_CMD_SNP_ACTIVATE_EX:
		return cmd->buf + 8;
	default:
		return cmd->buf;
	}
}

static enum psp_status take_snp_guest(struct psp_cmd *cmd, const struct info *info)
{
	cmd->snp_guest = psp_snp_guest(cmd->psp, psp_get_le(guest_name(cmd), 8));
	if (!cmd->snp_guest)
		return PSP_INVALID_GUEST;
	if (!(info->guest & 1u << cmd->snp_guest->state))
		return PSP_INVALID_GUEST_STATE;
	return info->flags & ACTIVE && !cmd->snp_guest->asid ? PSP_INACTIVE : PSP_SUCCESS;
}

static enum psp_status take_guest(struct psp_cmd *cmd, const struct info *info)
{
	if (!info->guest)
		return PSP_SUCCESS;
	if (info->guest & SNP_STATES)
		return take_snp_guest(cmd, info);
	cmd->guest = psp_sev_guest(cmd->psp, (uint32_t)psp_get_le(guest_name(cmd), 4));
	if (!cmd->guest)
		return PSP_INVALID_GUEST;
	if (!(info->guest & 1u << cmd->guest->state))
		return PSP_INVALID_GUEST_STATE;
	return info->flags & ACTIVE && !cmd->guest->asid ? PSP_INACTIVE : PSP_SUCCESS;
}

/* RING_BUFFER_EXIT: in ring mode a command only ends that mode. */
static bool leave_ring(struct psp *psp)
{
	bool on = psp->mailbox->ring_on;

	psp->mailbox->ring_on = false;
	return on;
}

static enum psp_status run(struct psp_cmd *cmd, enum psp_status buffer)
{
	struct psp *psp = cmd->psp;
	const struct info *info = find(psp, cmd->id);
	enum psp_status status;

	if (leave_ring(psp))
		return PSP_RING_BUFFER_EXIT;
	if (!info)
		return PSP_INVALID_COMMAND;
	if (psp_injected(psp, cmd->id, &status))
		return status;
	if (!platform_legal(psp, info))
		return PSP_INVALID_PLATFORM_STATE;
	status = check_buffer(cmd, info, buffer);
	if (status != PSP_SUCCESS)
		return status;
	status = take_guest(cmd, info);
	if (status == PSP_SUCCESS)
		status = info->handler(cmd);
	if (psp->crypto && psp_crypto_failed(psp->crypto))
		status = PSP_HWERROR_PLATFORM;
	if (info->flags & OUT)
		psp_buf_write(psp, cmd->pa, cmd->buf, info->size);
	return status;
}

/* The buffer is read once: who listens to the trace causes no accesses to memory. */
enum psp_status psp_cmd_run(struct psp *psp, uint16_t id, uint64_t pa, uint64_t *latency)
{
	struct psp_cmd cmd = {.psp = psp, .id = id, .pa = pa};
	size_t len = psp_cmd_size(id);
	enum psp_status status = psp_buf_read(psp, pa, cmd.buf, len);

	if (status != PSP_SUCCESS)
		len = 0;
	psp_trace(psp, PSP_TRACE_COMMAND, id, 0, pa, cmd.buf, len);
	status = run(&cmd, status);
	psp_trace(psp, PSP_TRACE_RESPONSE, id, status, pa, cmd.buf, len);
	*latency = psp_cmd_latency(&psp->config.latency, id, cmd.pages);
	psp->stats.commands++;
	psp->stats.failed += status != PSP_SUCCESS;
	return status;
}

size_t psp_cmd_size(unsigned int id)
{
	return id < PSP_CMD_IDS ? table[id].size : 0;
}
