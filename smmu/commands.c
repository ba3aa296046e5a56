/* SPDX-License-Identifier: MIT */
/* The command queue: IHI 0070 4.1 and 7.1. */
#include "smmu/internal.h"

enum opcode {
#define COMMAND(op, name, handler, condition, shown) OP_##name = op,
#include "smmu/commands.def"
#undef COMMAND
};

static unsigned int cmdq_log2size(const struct smmu *smmu)
{
	unsigned int n = (unsigned int)CMDQ_BASE_LOG2SIZE(smmu->reg[R_CMDQ_BASE]);

	return n < smmu->config.cmdqs ? n : smmu->config.cmdqs;
}

/* 4.1.2, 4.1.3: an opcode that this configuration lacks, or the Secure bit, is illegal. */
static enum cerror dispatch(struct smmu *smmu, const uint64_t *cmd)
{
	const struct smmu_config *c = &smmu->config;

	if (CMD_SSec(cmd))
		return CERROR_ILL;
	switch (CMD_OP(cmd)) {
#define COMMAND(op, name, handler, condition, shown)                                               \
	case op:                                                                                   \
		return condition ? command_##handler(smmu, cmd) : CERROR_ILL;
#include "smmu/commands.def"
#undef COMMAND
	default:
		return CERROR_ILL;
	}
}

static void trace_command(struct smmu *smmu, uint64_t addr, const uint64_t *cmd)
{
	struct smmu_trace record = {
		.kind = SMMU_TRACE_CMD,
		.addr = addr,
		.n_data = 2,
		.data = {cmd[0], cmd[1]},
	};

	smmu->ops.trace(smmu->ctx, &record);
}

/* 7.1: ERR and RD are there before the error becomes active; RD names the bad command. */
static void stop(struct smmu *smmu, enum cerror error)
{
	uint64_t cons = smmu->reg[R_CMDQ_CONS] & ~M_CMDQ_CONS_ERR;

	smmu->reg[R_CMDQ_CONS] = cons | CMDQ_CONS_put_ERR(error);
	gerror_raise(smmu, M_GERROR_CMDQ_ERR);
}

/* More commands between the indices than the queue has: none is consumed (3.5.1). */
static bool inconsistent(uint64_t prod, uint64_t cons, unsigned int log2size)
{
	return ((prod - cons) & ones(log2size + 1)) > BIT(log2size);
}

bool commands_step(struct smmu *smmu, uint64_t *latency)
{
	unsigned int log2size = cmdq_log2size(smmu);
	uint64_t prod = smmu->reg[R_CMDQ_PROD], cons = CMDQ_CONS_RD(smmu->reg[R_CMDQ_CONS]);
	uint64_t cmd[2], addr;
	enum cerror error = CERROR_ABT;

	if (!CR0_CMDQEN(smmu->reg[R_CR0ACK]) || gerror_active(smmu, M_GERROR_CMDQ_ERR) ||
	    queue_empty(prod, cons, log2size) || inconsistent(prod, cons, log2size))
		return false;
	addr = queue_slot(CMDQ_BASE_ADDR(smmu->reg[R_CMDQ_BASE]), cons, log2size, sizeof(cmd));
	addr &= ones(smmu->config.oas);
	*latency += smmu->config.latency.cmd;
	if (!fault_point(smmu, "smmu.cmd-fetch-abort") &&
	    mem_read(smmu, addr, cmd, 2, queue_attr(smmu)) == 0) {
		if (smmu->ops.trace)
			trace_command(smmu, addr, cmd);
		if (CMD_OP(cmd) == OP_CMD_SYNC)
			*latency += smmu->config.latency.cmd_sync;
		error = dispatch(smmu, cmd);
	}
	if (error != CERROR_NONE) {
		stop(smmu, error);
		return true;
	}
	smmu->stats.commands++;
	smmu->reg[R_CMDQ_CONS] =
		(smmu->reg[R_CMDQ_CONS] & ~M_CMDQ_CONS_RD) | queue_next(cons, log2size);
	return true;
}

/*
 * 4.7.3. Everything older has taken effect when its own step ended, so only the
 * completion signal is left to do.
 */
enum cerror command_sync(struct smmu *smmu, const uint64_t *cmd)
{
	uint64_t cs = CMD_CS(cmd), addr = CMD_MSIAddress(cmd);

	if (cs == 3)
		return CERROR_ILL;
	if (smmu->atc_timeout) {
		smmu->atc_timeout = false;
		return CERROR_ATC_INV_SYNC;
	}
	if (cs == 2 && smmu->ops.sev)
		smmu->ops.sev(smmu->ctx);
	if (cs != 1)
		return CERROR_NONE;
	if (!smmu->config.msi || !addr) {
		if (smmu->ops.irq)
			smmu->ops.irq(smmu->ctx, SMMU_LINE_CMD_SYNC);
	} else if (!msi_write(smmu, addr, (uint32_t)CMD_MSIData(cmd),
			      attr_memattr((unsigned int)CMD_MSIAttr(cmd),
					   (unsigned int)CMD_MSH(cmd)))) {
		gerror_raise(smmu, M_GERROR_MSI_CMDQ_ABT_ERR);
	}
	return CERROR_NONE;
}

/* 4.2.1, 4.2.2: hints. The configuration is fetched; failures leave no trace. */
enum cerror command_prefetch(struct smmu *smmu, const uint64_t *cmd)
{
	struct smmu_txn txn = {
		.sid = (uint32_t)CMD_SID(cmd),
		.ssid = (uint32_t)CMD_SSID(cmd),
		.has_ssid = CMD_SSV(cmd) != 0,
	};
	struct xlate x;

	if (!smmu->enabled)
		return CERROR_NONE;
	xlate_begin(&x, smmu, &txn);
	xlate_find_config(&x);
	return CERROR_NONE;
}

/* 4.5.1: ignored while translation is off. */
enum cerror command_atc_inv(struct smmu *smmu, const uint64_t *cmd)
{
	struct smmu_atc_inv inv = {
		.sid = (uint32_t)CMD_SID(cmd),
		.ssid = (uint32_t)CMD_SSID(cmd),
		.has_ssid = CMD_SSV(cmd) != 0,
		.global = CMD_Global(cmd) != 0,
		.addr = CMD_Addr(cmd),
		.size_log2 = (uint8_t)CMD_Size(cmd),
	};

	if (!smmu->enabled)
		return CERROR_NONE;
	if (fault_point(smmu, "smmu.atc-timeout") ||
	    (smmu->ops.atc_inv && smmu->ops.atc_inv(smmu->ctx, &inv) == -ETIMEDOUT))
		smmu->atc_timeout = true;
	return CERROR_NONE;
}

/* 4.5.2. */
enum cerror command_pri_resp(struct smmu *smmu, const uint64_t *cmd)
{
	static const uint8_t code[] = {15, 1, 0}; /* failure, invalid request, success */
	struct smmu_prg_response response = {
		.sid = (uint32_t)CMD_SID(cmd),
		.ssid = (uint32_t)CMD_SSID(cmd),
		.has_ssid = CMD_SSV(cmd) != 0,
		.prg_index = (uint16_t)CMD_PRGIndex(cmd),
	};

	if (CMD_Resp(cmd) == 3)
		return CERROR_ILL;
	response.code = code[CMD_Resp(cmd)];
	if (smmu->enabled && smmu->ops.pri_resp)
		smmu->ops.pri_resp(smmu->ctx, &response);
	return CERROR_NONE;
}
